// What was typed and not yet sent: it survives that its field, the page or the window goes away.

const PREFIX = 'portal-draft-';

/** What was typed here and not sent, if anything was. */
export function readDraft(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Keeps what is typed; `null` once it was sent or is no different from what is there. */
export function saveDraft(name: string, text: string | null): void {
  try {
    if (text === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, text);
  } catch {
    // Without storage, or with a full one, it lives as long as the page.
  }
}
