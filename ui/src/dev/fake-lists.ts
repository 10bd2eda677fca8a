// The lists of an application that is not there: searched, ordered and completed, as far as a page needs it.
import { splitWords } from '../lib/search-text';
import type {
  CompaniesPage,
  CompanyRow,
  CompanySelection,
  Counts,
  Sort,
  Suggestion,
  View,
} from '../lib/wire';
import type { Answer, FakeHost } from './fake-host';

/** What is asked of the lists. */
export const LISTS: Record<string, Answer> = {
  companies: (fake, view: View): CompaniesPage => {
    const { matching, shown } = select(fake, view);
    return {
      version: fake.version,
      all: fake.rows.length,
      matching: matching.length,
      rowCount: shown.length,
      located: locatedIn(shown, view),
      counts: countColours(fake.rows.filter((row) => matches(row, view.search, true))),
      problems: problemsOf(view.search),
      rows: shown.slice(0, 200),
    };
  },
  rows: (fake, args: { view: View; version: number; offset: number; limit: number }) => {
    const { shown } = select(fake, args.view);
    return {
      version: fake.version,
      offset: args.offset,
      rows: shown.slice(args.offset, args.offset + args.limit),
    };
  },
  complete: (fake, args: { search: string; cursor: number }) => suggest(fake, args.search, args.cursor),
  company: (fake, args: { id: string }) => fake.rows.find((row) => row.id === args.id) ?? null,
};

/** The companies of a selection. */
export function chosen(fake: FakeHost, selection: CompanySelection): CompanyRow[] {
  const { companies, search, except } = selection;
  return fake.rows.filter(
    (row) =>
      (search === null ? companies.includes(row.id) : matches(row, search, false)) &&
      !except.includes(row.id),
  );
}

/** The row that is looked for. */
function locatedIn(rows: CompanyRow[], { locate }: View): number | null {
  const at = rows.findIndex((row) => row.id === locate);
  return at < 0 ? null : at;
}

function select(fake: FakeHost, view: View): { matching: CompanyRow[]; shown: CompanyRow[] } {
  const matching = fake.rows.filter((row) => matches(row, view.search, false));
  const sorted = [...matching].sort((a, b) => compare(a, b, view.sort));
  if (view.search.trim() !== '') return { matching, shown: sorted };
  const shown = sorted.filter((row) => row.parent === null);
  return {
    matching,
    shown: shown.flatMap((row) => {
      if (!view.expanded.includes(row.id)) return [row];
      return [
        row,
        ...sorted.filter((child) => child.parent?.id === row.id).map((child) => ({ ...child, depth: 1 })),
      ];
    }),
  };
}

function matches(row: CompanyRow, search: string, withoutColours: boolean): boolean {
  const words = splitWords(search);
  const colours = words.flatMap(({ text }) => (text.startsWith('is:') ? text.slice(3) : []));
  if (!withoutColours && colours.length > 0 && !colours.includes(row.colour)) return false;
  return words.every(({ text }) => {
    const [name, value] = text.toLowerCase().split(':', 2);
    if (value === undefined) return fold(haystack(row)).includes(fold(text.replaceAll('"', '')));
    if (name === 'is') return true;
    if (name === 'platform') return row.connections.some((chip) => fold(chip.name).startsWith(value));
    if (name === 'tag') return row.tags.some(([key, tag]) => value === `${key}=${tag}` || value === key);
    return true;
  });
}

function haystack(row: CompanyRow): string {
  return [
    row.name,
    row.id,
    row.createdBy,
    ...row.connections.map((chip) => chip.name),
    ...row.tags.flat(),
  ].join(' ');
}

function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
}

function compare(a: CompanyRow, b: CompanyRow, sort: Sort): number {
  const [one, two] = [keyOf(a, sort), keyOf(b, sort)];
  if (one === null || two === null) return one === two ? a.name.localeCompare(b.name) : one === null ? 1 : -1;
  const order = typeof one === 'number' ? one - (two as number) : one.localeCompare(two as string);
  return (sort.descending ? -order : order) || a.name.localeCompare(b.name);
}

function keyOf(row: CompanyRow, sort: Sort): string | number | null {
  switch (sort.column) {
    case 'name':
    case 'id':
    case 'createdBy':
    case 'created':
    case 'lastRead':
    case 'expires':
    case 'description':
      return row[sort.column];
    case 'connections':
    case 'status':
      return ['green', 'none', 'purple', 'grey', 'red'].indexOf(row.colour);
    case 'products':
      return row.products.join(' ') || null;
    case 'tags':
      return row.tags.flat().join(' ') || null;
  }
}

function countColours(rows: CompanyRow[]): Counts {
  const counts: Counts = { red: 0, grey: 0, purple: 0, green: 0, none: 0 };
  for (const row of rows) counts[row.colour] += 1;
  return counts;
}

function problemsOf(search: string): CompaniesPage['problems'] {
  const known = ['is', 'has', 'platform', 'tag', 'stale', 'created', 'expires'];
  return splitWords(search).flatMap(({ text, start, end }) => {
    const name = text.split(':')[0] ?? '';
    if (!text.includes(':') || known.includes(name)) return [];
    return [{ start, end, message: `There is no filter “${name}”. There are ${known.join(', ')}.` }];
  });
}

function suggest(fake: FakeHost, search: string, cursor: number): Suggestion[] {
  const word = splitWords(search).find(({ start, end }) => start <= cursor && cursor <= end);
  const typed = word?.text.toLowerCase() ?? '';
  const options = [
    ['is:red', 'Broken'],
    ['is:purple', 'Pending'],
    ['is:grey', 'Unlinked'],
    ['is:green', 'Linked'],
    ['is:none', 'No connections'],
    ['platform:xero', 'Connected to Xero'],
    ['platform:stripe', 'Connected to Stripe'],
    ['tag:region=uk', 'Tagged region = uk'],
    ['stale:>7d', 'Not read for more than 7 days'],
    ['created:<2026-01-01', 'Created before'],
    ['expires:<14d', 'May expire within 14 days'],
  ] as const;
  const found = options.filter(
    ([filter, hint]) => filter.includes(typed) || hint.toLowerCase().includes(typed),
  );
  return found.slice(0, 8).map(([filter, hint]) => {
    const before = search.slice(0, word?.start ?? search.length);
    const text = `${before}${filter} `;
    const left = fake.rows.filter((row) => matches(row, text, false)).length;
    return {
      search: text + search.slice(word?.end ?? search.length).trimStart(),
      cursor: text.length,
      label: filter,
      hint,
      count: left,
    };
  });
}
