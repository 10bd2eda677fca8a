// Companies of the same name: a name need not be the only one, so whoever acts on one of them sees which.
import { call } from './calls';
import { date, shortId } from './format';
import { companyList } from './lists';
import type { CompanyRow, CompanySelection } from './wire';

/** The company that the user acts on: its ID and its name. */
export interface CompanyReference {
  id: string;
  name: string;
}

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

/** The first companies of a selection by name, as far as they are rows: enough to look for others of these names. */
export async function findSelected(selection: CompanySelection): Promise<CompanyRow[]> {
  if (selection.search === null) return selection.companies.flatMap((id) => companyList.rowOf(id) ?? []);
  const view = {
    search: selection.search,
    sort: { column: 'name', descending: false } as const,
    expanded: [],
  };
  const page = await call('companies', view).catch(() => null);
  return page?.rows.filter(({ id }) => !selection.except.includes(id)) ?? [];
}

/** A company's name, and what tells it apart if another company has this name. */
export async function distinctName(company: CompanyRow): Promise<string> {
  const namesakes = await findNamesakes(company.name);
  return namesakes.length > 1 ? `${company.name} (${identityOf(company)})` : company.name;
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
