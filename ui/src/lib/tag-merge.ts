// Edits that meet other edits: nothing that anybody typed is lost unseen.

/** A tag as it is edited. */
export interface TagRow {
  id: number;
  key: string;
  value: string;
}

/** Pairs as Codat has them. */
type TagPairs = readonly (readonly [string, string])[];

/** The pairs that rows make; rows without a name and a value are none. */
export function tagPairs(rows: readonly TagRow[]): [string, string][] {
  return rows
    .map(({ key, value }): [string, string] => [key.trim(), value.trim()])
    .filter(([key, value]) => key !== '' || value !== '');
}

/** Whether two sets of pairs are the same, in whatever order. */
export function areTagsEqual(one: TagPairs, other: TagPairs): boolean {
  const text = (pairs: TagPairs) =>
    JSON.stringify([...pairs].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  return text(one) === text(other);
}

/**
 * Edited rows over what is there by now: what was changed elsewhere alone follows; what was edited here stays. Names
 * the tags that both changed.
 */
export function mergeTags(
  was: TagPairs,
  rows: readonly TagRow[],
  now: TagPairs,
  nextId: () => number,
): { rows: TagRow[]; contested: string[] } {
  const [before, theirs] = [new Map(was), new Map(now)];
  const mine = new Map(rows.map(({ key, value }) => [key.trim(), value.trim()]));
  const contested: string[] = [];
  let next = [...rows];
  for (const key of new Set([...before.keys(), ...theirs.keys()])) {
    if (before.get(key) === theirs.get(key)) continue;
    if (mine.get(key) === theirs.get(key)) continue;
    if (mine.get(key) !== before.get(key)) {
      contested.push(key);
      continue;
    }
    const value = theirs.get(key);
    if (value === undefined) next = next.filter((row) => row.key.trim() !== key);
    else if (mine.has(key)) next = next.map((row) => (row.key.trim() === key ? { ...row, value } : row));
    else next = [...next, { id: nextId(), key, value }];
  }
  return { rows: next, contested };
}
