// Text that was typed and not yet sent. It survives closing the field, the page or the window.

const PREFIX = 'portal-draft-';

/** The stored draft, if there is one. */
export function readDraft(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Stores a draft; `null` removes it. */
export function saveDraft(name: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
  } catch {
    // Without storage, or if it is full, the draft lives as long as the page.
  }
}
