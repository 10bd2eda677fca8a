// Companies of the same name: a name need not be the only one, so whoever acts on one of them sees which.
import { call } from './calls';
import { date, shortId } from './format';
import type { CompanyRow } from './wire';

/** The companies that have this name. */
export async function findNamesakes(name: string): Promise<CompanyRow[]> {
  const plain = plainName(name);
  if (plain === '') return [];
  const view = {
    search: `"${name.trim()}"`,
    sort: { column: 'name', descending: false } as const,
    expanded: [],
  };
  const page = await call('companies', view).catch(() => null);
  return page?.rows.filter((row) => plainName(row.name) === plain) ?? [];
}

/** What tells a company from one of the same name: when it was added, its ID, and its tags. */
export function identityOf(company: CompanyRow, isWhole = false): string {
  const tags = company.tags.slice(0, 3).map(([key, value]) => `${key}: ${value}`);
  return [`Added ${date(company.created)}`, `ID ${isWhole ? company.id : shortId(company.id)}`, ...tags].join(
    ', ',
  );
}

function plainName(text: string): string {
  return text.normalize('NFC').trim().toLowerCase();
}
