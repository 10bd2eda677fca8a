// Values that this page stores in the browser or the window: what is convenient to find again, and no loss if it is gone.

/** The value stored under this key; null where there is none. */
export function readStored<T>(key: string): T | null {
  try {
    return JSON.parse(localStorage.getItem(key) ?? 'null') as T | null;
  } catch {
    return null;
  }
}

/** Stores a value; null removes it. */
export function writeStored(key: string, value: unknown): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Without storage, or if it is full, the value lives as long as the page.
  }
}
