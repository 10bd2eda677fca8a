// Keys as text: "Ctrl+K", "F2", "Shift+F10", "/". On a Mac, Ctrl is the command key.

const isMac = typeof navigator !== 'undefined' && /Mac|iPhone|iPad/.test(navigator.platform);

const SYMBOLS: Record<string, string> = {
  Delete: 'Del',
  Escape: 'Esc',
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  PageUp: 'PgUp',
  PageDown: 'PgDn',
};

/** Whether an event is this key. */
export function isKey(event: KeyboardEvent, key: string): boolean {
  const parts = splitKey(key);
  const name = parts.at(-1) ?? '';
  const needsCtrl = parts.includes('Ctrl');
  const hasCtrl = isMac ? event.metaKey : event.ctrlKey;
  if (needsCtrl !== hasCtrl || parts.includes('Alt') !== event.altKey) return false;
  // A character such as "?" needs Shift on most keyboards, so Shift matters only for named keys and letters.
  const isSign = name.length === 1 && name.toLowerCase() === name.toUpperCase() && !/\d/.test(name);
  if (!isSign && parts.includes('Shift') !== event.shiftKey) return false;
  // By its place, as Alt may make another sign of it; on the numeric pad Alt writes signs by their numbers.
  if (/^\d$/.test(name))
    return event.code === `Digit${name}` || (!event.altKey && event.code === `Numpad${name}`);
  return event.key.toLowerCase() === name.toLowerCase();
}

/** Whether a key is one character without a modifier, which speech input can type by mistake. */
export function isSingleKey(key: string): boolean {
  return key.length === 1;
}

/** A key as it is printed: "Ctrl K". */
export function keyLabel(key: string): string {
  return splitKey(key)
    .map((part) => (part === 'Ctrl' && isMac ? '⌘' : (SYMBOLS[part] ?? part)))
    .join(' ');
}

/** Modifiers and the key itself, which may be the plus. */
function splitKey(key: string): string[] {
  return key.endsWith('++') ? [...key.slice(0, -2).split('+'), '+'] : key.split('+');
}

/** Whether a key belongs to an input method. WebKit marks the key that ends a composition by its key code alone. */
export function isComposing(event: KeyboardEvent): boolean {
  return event.isComposing || event.keyCode === 229;
}

/** Keeps the keys of input methods from everything that listens to keys; returns the way to stop. */
export function startComposing(): () => void {
  const hold = (event: KeyboardEvent) => {
    if (isComposing(event)) event.stopImmediatePropagation();
  };
  window.addEventListener('keydown', hold, true);
  return () => window.removeEventListener('keydown', hold, true);
}

/** Whether the event comes from a place where one types. */
export function isTyping(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (
    target.isContentEditable ||
    target instanceof HTMLTextAreaElement ||
    target instanceof HTMLSelectElement
  )
    return true;
  return (
    target instanceof HTMLInputElement && !['checkbox', 'radio', 'range', 'button'].includes(target.type)
  );
}
