/** Ignores the second click of a double click, which would submit a form twice. */
export function preventDoubleSubmit(event: MouseEvent): void {
  if (event.detail > 1) event.preventDefault();
}
