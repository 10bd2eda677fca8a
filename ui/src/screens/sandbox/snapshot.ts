// The snapshot of the sandbox that was taken last: it survives a reload of the page.

const NAME = 'portal-sandbox-snapshot';

/** A state of the sandbox. */
export interface Snapshot {
  /** The sandbox's time then, in milliseconds. */
  at: number;
  /** As the sandbox gave it. */
  snapshot: unknown;
}

/** A snapshot, and whether a reload keeps it. */
type SavedSnapshot = Snapshot & { isStored: boolean };

let saved: SavedSnapshot | null = null;

/** Keeps a snapshot, in place of the one before. */
export function saveSnapshot(snapshot: Snapshot): SavedSnapshot {
  saved = { ...snapshot, isStored: store(snapshot) };
  return saved;
}

/** The snapshot that was taken last, if there is one. */
export function savedSnapshot(): SavedSnapshot | null {
  saved ??= stored();
  return saved;
}

function store(snapshot: Snapshot): boolean {
  try {
    sessionStorage.setItem(NAME, JSON.stringify(snapshot));
    return true;
  } catch {
    // Full, or not there: an older one must not come back in its place.
    forget();
    return false;
  }
}

function stored(): SavedSnapshot | null {
  try {
    const text = sessionStorage.getItem(NAME);
    if (text === null) return null;
    const found = JSON.parse(text) as Snapshot;
    return Number.isFinite(found.at) ? { ...found, isStored: true } : null;
  } catch {
    return null;
  }
}

function forget(): void {
  try {
    sessionStorage.removeItem(NAME);
  } catch {
    // There is no storage at all.
  }
}
