// A record as a form: what a field is called and how its value is shown follow from its name and its shape alone, so
// fields that this version does not know are shown like all others.
import { count, DASH, dateInUtc, dateTime, exact, words } from '../../../lib/format';
import type { Json } from './exact-json';

/** A value on one line. */
export interface FieldValue {
  text: string;
  /** More of it, for when one points at it. */
  title?: string;
  /** Whether it is a number, which stands at the right of a table. */
  isNumber?: boolean;
}

/** A field on one line. */
export interface Line extends FieldValue {
  label: string;
}

/** The fields of an object, in the order in which they are shown. */
export interface Form {
  /** Texts, identifiers and numbers that are no amounts. */
  details: Line[];
  amounts: Line[];
  dates: Line[];
  /** Objects within it. */
  groups: { label: string; form: Form }[];
  /** Lists of objects. */
  tables: { label: string; table: Table }[];
  /** Fields that are not shown, because there are too many. */
  hidden: number;
}

/** A list of objects. */
export interface Table {
  columns: { label: string; isNumber: boolean }[];
  /** One cell for each column. */
  rows: FieldValue[][];
}

/** So many fields of an object are shown; the JSON has all. */
const MOST_FIELDS = 200;
/** So many columns of a table. */
const MOST_COLUMNS = 24;
/** So many letters of a text. */
const MOST_LETTERS = 2_000;
/** So many single values of a list. */
const MOST_VALUES = 50;
/** Objects within objects are shown to this depth. */
const DEPTH = 8;

const AMOUNT = /(amount|total|balance|price|cost|discount)$|^(sub|net|gross)?total|^(amount|balance)/i;
const NO_AMOUNT = /rate|percent|quantity|count/i;
const TIME = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?$/;

/** A record as a form; `null` if it is no object. */
export function formOf(record: Json, currency: string | null = null, depth = 0): Form | null {
  if (record.kind !== 'object') return null;
  const own = currencyOf(record.fields) ?? currency;
  const form: Form = { details: [], amounts: [], dates: [], groups: [], tables: [], hidden: 0 };
  form.hidden = Math.max(0, record.fields.length - MOST_FIELDS);
  for (const [name, value] of record.fields.slice(0, MOST_FIELDS)) place(form, name, value, own, depth);
  return form;
}

/** "Invoice number", "Customer" of `customerRef`, "ID". */
export function labelOf(name: string): string {
  const label = words(name.replace(/(?<=.)Refs?$/, '')).replace(/\bid(s?)\b/gi, 'ID$1');
  return label === '' ? name : label;
}

/** A single value, as it is written; a time as everywhere in the app. */
export function valueOf(name: string, value: Json, currency: string | null): FieldValue {
  switch (value.kind) {
    case 'null':
      return { text: DASH };
    case 'flag':
      return { text: value.value ? 'Yes' : 'No' };
    case 'number':
      return { text: isAmount(name) ? withCurrency(value.text, currency) : value.text, isNumber: true };
    case 'text':
      return timeOf(value.text) ?? shortened(value.text);
    case 'list':
      return { text: value.items.length === 0 ? 'None' : listText(name, value.items, currency) };
    case 'object':
      return shortened(
        value.fields
          .filter(([, one]) => one.kind !== 'object' && one.kind !== 'list' && one.kind !== 'null')
          .slice(0, MOST_VALUES)
          .map(([of, one]) => `${labelOf(of)} ${valueOf(of, one, currency).text}`)
          .join(', ') || DASH,
      );
  }
}

function place(form: Form, name: string, value: Json, currency: string | null, depth: number): void {
  const label = labelOf(name);
  if (value.kind === 'object' && depth < DEPTH) {
    const inner = formOf(value, currency, depth + 1);
    if (inner !== null && value.fields.length > 0) form.groups.push({ label, form: inner });
    else form.details.push({ label, text: 'None' });
    return;
  }
  if (value.kind === 'list' && value.items.length > 0 && value.items.every(({ kind }) => kind === 'object')) {
    form.tables.push({ label, table: tableOf(value.items, currency) });
    return;
  }
  const line = { label, ...valueOf(name, value, currency) };
  if (value.kind === 'number' && isAmount(name)) form.amounts.push(line);
  else if (value.kind === 'text' && timeOf(value.text) !== null) form.dates.push(line);
  else form.details.push(line);
}

function tableOf(items: readonly Json[], currency: string | null): Table {
  const names = new Map<string, boolean>();
  for (const item of items) {
    if (item.kind !== 'object') continue;
    for (const [name, value] of item.fields) {
      const isNumber = value.kind === 'number' || value.kind === 'null';
      names.set(name, (names.get(name) ?? true) && isNumber);
    }
  }
  const columns = [...names].slice(0, MOST_COLUMNS);
  return {
    columns: columns.map(([name, isNumber]) => ({ label: labelOf(name), isNumber })),
    rows: items.map((item) => {
      const fields = item.kind === 'object' ? item.fields : [];
      const values = new Map(fields);
      const own = currencyOf(fields) ?? currency;
      return columns.map(([name]) => valueOf(name, values.get(name) ?? { kind: 'null' }, own));
    }),
  };
}

function listText(name: string, items: readonly Json[], currency: string | null): string {
  const inner = items.some(({ kind }) => kind === 'object' || kind === 'list');
  if (inner) return items.length === 1 ? '1 entry' : `${count(items.length)} entries`;
  const texts = items.slice(0, MOST_VALUES).map((item) => valueOf(name, item, currency).text);
  const rest = items.length - texts.length;
  return texts.join(', ') + (rest > 0 ? ` and ${count(rest)} more` : '');
}

function isAmount(name: string): boolean {
  return AMOUNT.test(name) && !NO_AMOUNT.test(name);
}

/** The currency that an object names for its amounts. */
function currencyOf(fields: readonly [string, Json][]): string | null {
  const found = fields.find(([name]) => name === 'currency' || name === 'currencyCode')?.[1];
  return found?.kind === 'text' && found.text.length <= 8 ? found.text : null;
}

/** Every digit as it is written. */
function withCurrency(number: string, currency: string | null): string {
  return currency === null || currency === '' ? number : `${number} ${currency}`;
}

/** A date, or a time with its zone; `null` if the text is none. Without a zone, midnight stands for the day. */
function timeOf(text: string): FieldValue | null {
  const parts = TIME.exec(text);
  if (parts === null) return null;
  const [, year, month, day, hour, minute, zone] = parts;
  if (zone !== undefined) {
    const at = Date.parse(text.replace(' ', 'T'));
    return Number.isNaN(at) ? null : { text: dateTime(at), title: `${exact(at)}\n${text}` };
  }
  const at = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (new Date(at).getUTCDate() !== Number(day)) return null;
  const hasTime = hour !== undefined && `${hour}:${minute ?? ''}` !== '00:00';
  return { text: hasTime ? `${dateInUtc(at)}, ${hour}:${minute ?? ''}` : dateInUtc(at), title: text };
}

function shortened(text: string): FieldValue {
  if (text === '') return { text: DASH };
  if (text.length <= MOST_LETTERS) return { text };
  return { text: `${text.slice(0, MOST_LETTERS)}…`, title: 'The JSON has the whole text' };
}
