// The search box as text: where its words begin and end, and filters that buttons switch on and off.

/** A word of the search, as it stands there. */
interface SearchWord {
  text: string;
  start: number;
  end: number;
}

/** The words; quotes keep spaces together, an open quote reaches to the end. */
export function splitWords(search: string): SearchWord[] {
  const words: SearchWord[] = [];
  let start = -1;
  let quoted = false;
  for (let at = 0; at <= search.length; at += 1) {
    const letter = search[at];
    const isEnd = letter === undefined || (!quoted && /\s/.test(letter));
    if (letter === '"') quoted = !quoted;
    if (isEnd && start >= 0) words.push({ text: search.slice(start, at), start, end: at });
    if (isEnd) start = -1;
    else if (start < 0) start = at;
  }
  return words;
}

/** Whether a filter such as `is:red` is switched on, by one of the values that mean the same. */
export function hasFilter(search: string, name: string, values: readonly string[]): boolean {
  return splitWords(search).some((word) => isOneOf(word.text, name, values));
}

/** The search with a filter switched on where it was off, and off where it was on. */
export function toggleFilter(search: string, name: string, values: readonly string[]): string {
  const texts = splitWords(search).map((word) => word.text);
  const others = texts.filter((text) => !isOneOf(text, name, values));
  if (others.length < texts.length) return others.join(' ');
  return [...texts, `${name}:${values[0] ?? ''}`].join(' ');
}

function isOneOf(word: string, name: string, values: readonly string[]): boolean {
  const lower = word.toLowerCase().replaceAll('"', '');
  return values.some((value) => lower === `${name}:${value}`);
}
