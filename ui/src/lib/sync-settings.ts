// Sync settings as one edits them: drafts over what Codat has, and words for both.
import { dateInUtc, plural } from './format';
import type { SyncChange, SyncFields, SyncRow } from './wire';

/** An edited row: as it was when the edit began, and as it is to be. */
export interface Draft {
  was: SyncFields;
  becomes: SyncFields;
  /** Whether what was edited here was changed at Codat meanwhile. */
  isContested: boolean;
}

/** The selectable intervals, in hours; 0 turns automatic sync off. */
export const FREQUENCIES: readonly { hours: number; label: string }[] = [
  { hours: 0, label: 'None' },
  { hours: 720, label: 'Monthly' },
  { hours: 168, label: 'Weekly' },
  { hours: 24, label: 'Daily' },
  { hours: 1, label: 'Hourly' },
];

const FIELDS = ['fetchOnFirstLink', 'hours', 'order', 'from', 'window', 'months'] as const;
/** Ten years: further back nobody has been seen to ask for. */
const MOST_MONTHS = 120;
/** The last place in the queue, counted from 1. */
export const MOST_ORDER = 1_000;

/** An interval in a word: "Daily", "Every 6 hours". */
export function frequencyText(hours: number): string {
  if (hours < 0) return 'None';
  return FREQUENCIES.find((one) => one.hours === hours)?.label ?? `Every ${plural(hours, 'hour', 'hours')}`;
}

/** What can be chosen for a row that has this interval now: the usual ones, and its own. */
export function choicesFor(hours: number): { hours: number; label: string }[] {
  const has = FREQUENCIES.some((one) => one.hours === hours);
  return has ? [...FREQUENCIES] : [...FREQUENCIES, { hours, label: frequencyText(hours) }];
}

/** How far back records are read, in words. */
export function historyText(fields: SyncFields, isStatement: boolean): string {
  if (isStatement)
    return fields.months === null ? '24 months, the default' : plural(fields.months, 'month', 'months');
  if (fields.window !== null) return `Last ${plural(fields.window, 'month', 'months')}`;
  if (fields.from !== null) return `Since ${dateInUtc(fields.from)}`;
  return 'All';
}

/** A place in the queue as it is shown, counted from 1; Codat counts from 0. */
export function shownOrder(order: number): number {
  return order + 1;
}

/** The place in the queue as Codat counts it; `NaN` where none is typed. */
export function orderFromShown(text: string): number {
  return text.trim() === '' ? Number.NaN : Number(text) - 1;
}

/** Whether two rows say the same. */
function areFieldsEqual(one: SyncFields, other: SyncFields): boolean {
  return FIELDS.every((field) => one[field] === other[field]);
}

/** The problem of an edited row; `null` if it is valid. */
export function validationProblem(fields: SyncFields): string | null {
  const whole = (value: number, least: number, most: number) =>
    Number.isInteger(value) && value >= least && value <= most;
  if (!whole(fields.order, 0, MOST_ORDER - 1)) return `The order is a whole number from 1 to ${MOST_ORDER}.`;
  for (const months of [fields.window, fields.months])
    if (months !== null && !whole(months, 1, MOST_MONTHS))
      return `Months are a whole number from 1 to ${MOST_MONTHS}.`;
  if (fields.from !== null && Number.isNaN(fields.from)) return 'Enter a valid date.';
  return null;
}

/** The draft of a row after an edit; none where nothing is left to save. */
export function applyEdit(row: SyncRow, draft: Draft | undefined, change: Partial<SyncFields>): Draft | null {
  const was = draft?.was ?? row.set;
  const becomes = { ...(draft?.becomes ?? row.set), ...change };
  return areFieldsEqual(was, becomes) ? null : { was, becomes, isContested: draft?.isContested ?? false };
}

/**
 * A draft over what Codat has by now. What was not edited follows; what was edited stays, and is contested where
 * it was changed there too.
 */
export function rebaseDraft(draft: Draft, now: SyncFields): Draft | null {
  if (areFieldsEqual(draft.was, now)) return draft;
  const becomes: SyncFields = { ...now };
  let isContested = draft.isContested;
  const keep = <Field extends (typeof FIELDS)[number]>(field: Field) => {
    if (draft.becomes[field] === draft.was[field]) return;
    becomes[field] = draft.becomes[field];
    if (now[field] !== draft.was[field] && now[field] !== draft.becomes[field]) isContested = true;
  };
  FIELDS.forEach(keep);
  // A date and a window exclude each other: the one that was chosen here stands.
  if (becomes.from !== null && becomes.window !== null) {
    if (draft.becomes.window === null) becomes.window = null;
    else becomes.from = null;
  }
  return areFieldsEqual(now, becomes) ? null : { was: now, becomes, isContested };
}

/** One changed setting of a data type, in words. */
interface FieldChange {
  field: string;
  from: string;
  to: string;
}

/** What an edit changes, in the order of the columns. */
export function fieldChanges({ was, becomes }: Draft, isStatement: boolean): FieldChange[] {
  const values = (fields: SyncFields): Record<string, string> => ({
    'On first link': fields.fetchOnFirstLink ? 'On' : 'Off',
    Frequency: frequencyText(fields.hours),
    History: historyText(fields, isStatement),
    Order: String(shownOrder(fields.order)),
  });
  const [before, after] = [values(was), values(becomes)];
  return Object.entries(before)
    .map(([field, from]) => ({ field, from, to: after[field] ?? '' }))
    .filter(({ from, to }) => from !== to);
}

/**
 * Which companies a change of the workspace's settings affects. Codat lists overrides one company at a time, so only
 * those of `overriding` companies are known; `all` is null until the companies are loaded.
 */
export function effectText(all: number | null, overriding: number): string {
  const rule = 'Codat syncs every company without its own settings this way.';
  if (all === null) return rule;
  if (overriding === 0)
    return `${rule} That’s up to ${plural(all, 'company', 'companies')}; none is known to have its own settings.`;
  const affected = plural(Math.max(0, all - overriding), 'company', 'companies');
  const spared = plural(overriding, 'company keeps its own settings', 'companies keep their own settings');
  return `${rule} That’s up to ${affected}; ${spared}.`;
}

/** The value that all have; `null` if they differ or there are none. */
export function commonValue<Value>(values: readonly Value[]): Value | null {
  const [first] = values;
  return first !== undefined && values.every((value) => value === first) ? first : null;
}

/** Whether the name or key of a data type contains all words of a search. */
export function matchesSearch(row: Pick<SyncRow, 'name' | 'dataType'>, search: string): boolean {
  const text = `${row.name} ${row.dataType}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

/** The fields of a row in which a company stands apart from its workspace. */
export function differsFromInherited(row: SyncRow): boolean {
  return row.inherited !== null && !areFieldsEqual(row.set, row.inherited);
}

/** Drafts as the application takes them. */
export function draftChanges(drafts: Iterable<[string, Draft]>): SyncChange[] {
  return [...drafts].map(([dataType, { was, becomes }]) => ({ dataType, was, becomes }));
}

/** Drafts in their stored form; `null` if there are none. */
export function serializeDrafts(drafts: Iterable<[string, Draft]>): string | null {
  // JSON would turn NaN into null, which means "not set".
  const kept = [...drafts].filter(([, { becomes }]) => !Object.values(becomes).some(Number.isNaN));
  return kept.length === 0 ? null : JSON.stringify(kept);
}

/** Reads stored drafts; drafts of another version that cannot be read are dropped. */
export function parseDrafts(text: string | null): [string, Draft][] {
  try {
    const found: unknown = JSON.parse(text ?? '[]');
    return Array.isArray(found) ? found.filter(isKept) : [];
  } catch {
    return [];
  }
}

function isKept(entry: unknown): entry is [string, Draft] {
  if (!Array.isArray(entry) || typeof entry[0] !== 'string') return false;
  const draft: unknown = entry[1];
  if (typeof draft !== 'object' || draft === null) return false;
  const { was, becomes, isContested } = draft as Partial<Draft>;
  return hasFields(was) && hasFields(becomes) && typeof isContested === 'boolean';
}

function hasFields(fields: unknown): fields is SyncFields {
  if (typeof fields !== 'object' || fields === null) return false;
  const { fetchOnFirstLink, hours, order, from, window, months } = fields as Partial<SyncFields>;
  const isNumber = (value: unknown) => typeof value === 'number';
  const isChoice = (value: unknown) => value === null || isNumber(value);
  return (
    typeof fetchOnFirstLink === 'boolean' &&
    [hours, order].every(isNumber) &&
    [from, window, months].every(isChoice)
  );
}
