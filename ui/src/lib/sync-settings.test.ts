import { expect, test } from 'vitest';
import {
  choicesFor,
  differsFromInherited,
  parseDrafts,
  serializeDrafts,
  applyEdit,
  commonValue,
  effectText,
  fieldChanges,
  matchesSearch,
  frequencyText,
  validationProblem,
  rebaseDraft,
  historyText,
} from './sync-settings';
import type { SyncFields, SyncRow } from './wire';

const FIELDS: SyncFields = {
  fetchOnFirstLink: true,
  hours: 24,
  order: 3,
  from: null,
  window: null,
  months: null,
};

function row(set: Partial<SyncFields> = {}, inherited: Partial<SyncFields> | null = null): SyncRow {
  return {
    dataType: 'invoices',
    name: 'Invoices',
    category: 'Accounting',
    isStatement: false,
    locked: false,
    set: { ...FIELDS, ...set },
    inherited: inherited === null ? null : { ...FIELDS, ...inherited },
  };
}

test('an edit that is taken back leaves nothing to save', () => {
  const draft = applyEdit(row(), undefined, { hours: 168 });
  expect(draft?.becomes.hours).toBe(168);
  expect(applyEdit(row(), draft ?? undefined, { hours: 24 })).toBeNull();
});

test('what was not edited follows Codat, what was edited stays', () => {
  const draft = applyEdit(row(), undefined, { hours: 168 });
  if (!draft) throw new Error('there is a draft');
  const next = rebaseDraft(draft, { ...FIELDS, order: 9 });
  expect(next?.becomes).toEqual({ ...FIELDS, hours: 168, order: 9 });
  expect(next?.isContested).toBe(false);
});

test('the same field changed at Codat is told, and what was chosen stays', () => {
  const draft = applyEdit(row(), undefined, { hours: 168 });
  if (!draft) throw new Error('there is a draft');
  const next = rebaseDraft(draft, { ...FIELDS, hours: 720 });
  expect(next).toMatchObject({ was: { hours: 720 }, becomes: { hours: 168 }, isContested: true });
  expect(rebaseDraft(draft, { ...FIELDS, hours: 168 }), 'both meant the same').toBeNull();
});

test('a date and a window never go together', () => {
  const draft = applyEdit(row(), undefined, { window: 6, from: null });
  if (!draft) throw new Error('there is a draft');
  const next = rebaseDraft(draft, { ...FIELDS, from: 0 });
  expect(next?.becomes).toMatchObject({ window: 6, from: null });
});

test('numbers that Codat does not take are told before anything is sent', () => {
  expect(validationProblem(FIELDS)).toBeNull();
  for (const wrong of [
    { order: 1.5 },
    { order: -1 },
    { order: 1_000 },
    { window: 0 },
    { months: 121 },
    { from: Number.NaN },
  ])
    expect(validationProblem({ ...FIELDS, ...wrong }), JSON.stringify(wrong)).not.toBeNull();
});

test('intervals and spans are said in words, also those that nobody offers', () => {
  expect([0, 1, 24, 168, 720, 6, -3].map(frequencyText)).toEqual([
    'None',
    'Hourly',
    'Daily',
    'Weekly',
    'Monthly',
    'Every 6 hours',
    'None',
  ]);
  expect(choicesFor(6).at(-1)).toEqual({ hours: 6, label: 'Every 6 hours' });
  expect(historyText({ ...FIELDS, window: 1 }, false)).toBe('Last 1 month');
  expect(historyText({ ...FIELDS, from: Date.UTC(2025, 0, 1) }, false)).toBe('Since 1 Jan 2025');
  expect(historyText(FIELDS, true)).toBe('24 months, the default');
});

test('a company differs only from what is known of its workspace', () => {
  expect(differsFromInherited(row({ hours: 1 }, {}))).toBe(true);
  expect(differsFromInherited(row({}, {}))).toBe(false);
  expect(differsFromInherited(row({ hours: 1 }))).toBe(false);
});

test('drafts come back as they were kept, and what cannot be read does not', () => {
  const draft = applyEdit(row(), undefined, { hours: 168, window: 6 });
  if (!draft) throw new Error('there is a draft');
  expect(parseDrafts(serializeDrafts([['invoices', draft]]))).toEqual([['invoices', draft]]);
  expect(serializeDrafts([])).toBeNull();
  const odd = { ...draft, becomes: { ...draft.becomes, from: Number.NaN } };
  expect(serializeDrafts([['invoices', odd]]), 'half a date is not kept as none').toBeNull();
  for (const text of [null, 'half', '{}', '[1]', '[["invoices",{"was":{},"becomes":{}}]]'])
    expect(parseDrafts(text), String(text)).toEqual([]);
});

test('a review lists every changed setting with its values before and after, counted from 1', () => {
  const draft = applyEdit(row(), undefined, { hours: 168, fetchOnFirstLink: false, window: 12, order: 0 });
  expect(draft && fieldChanges(draft, false)).toEqual([
    { field: 'On first link', from: 'On', to: 'Off' },
    { field: 'Frequency', from: 'Daily', to: 'Weekly' },
    { field: 'History', from: 'All', to: 'Last 12 months' },
    { field: 'Order', from: '4', to: '1' },
  ]);
});

test('a review says how many companies are affected, less those known to have their own settings', () => {
  expect(effectText(67, 2)).toContain('up to 65 companies; 2 companies keep their own settings');
  expect(effectText(67, 0)).toContain('up to 67 companies; none is known to have its own settings');
  expect(effectText(null, 0)).not.toContain('up to');
});

test('a category has a common value only if all its types have it', () => {
  expect(commonValue([24, 24])).toBe(24);
  expect(commonValue([24, 0])).toBeNull();
  expect(commonValue([])).toBeNull();
});

test('a search finds a type by words of its name or its key', () => {
  expect(matchesSearch({ name: 'Bill credit notes', dataType: 'billCreditNotes' }, ' credit BILL')).toBe(
    true,
  );
  expect(matchesSearch({ name: 'Accounts', dataType: 'banking-accounts' }, 'bankin')).toBe(true);
  expect(matchesSearch({ name: 'Invoices', dataType: 'invoices' }, 'bill')).toBe(false);
});
