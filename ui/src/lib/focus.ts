// Keeps the keyboard on the screen when an act removes the element that has it.
import { tick } from 'svelte';
import { focusHeading } from './shell.svelte';

/**
 * After the page has changed: if the focused element is gone, the focus goes to this one, or else to the heading of
 * the screen. A dialog that traps the focus has moved it to its first field by then.
 */
export async function refocus(next: () => HTMLElement | null | undefined): Promise<void> {
  const before = document.activeElement;
  await tick();
  const { activeElement, body } = document;
  const isLost = activeElement === null || activeElement === body || before?.isConnected === false;
  if (!isLost) return;
  const element = next();
  if (element) element.focus({ preventScroll: true });
  else focusHeading();
}
