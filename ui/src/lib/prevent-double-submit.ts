/** The second click of a double click asks for nothing more: of a form it would send the same again. */
export function preventDoubleSubmit(event: MouseEvent): void {
  if (event.detail > 1) event.preventDefault();
}
