import { expect, test } from 'vitest';
import {
  choicesFor,
  differs,
  draftsIn,
  draftsText,
  edited,
  frequencyWord,
  problemOf,
  rebased,
  spanWord,
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
  const draft = edited(row(), undefined, { hours: 168 });
  expect(draft?.becomes.hours).toBe(168);
  expect(edited(row(), draft ?? undefined, { hours: 24 })).toBeNull();
});

test('what was not edited follows Codat, what was edited stays', () => {
  const draft = edited(row(), undefined, { hours: 168 });
  if (!draft) throw new Error('there is a draft');
  const next = rebased(draft, { ...FIELDS, order: 9 });
  expect(next?.becomes).toEqual({ ...FIELDS, hours: 168, order: 9 });
  expect(next?.isContested).toBe(false);
});

test('the same field changed at Codat is told, and what was chosen stays', () => {
  const draft = edited(row(), undefined, { hours: 168 });
  if (!draft) throw new Error('there is a draft');
  const next = rebased(draft, { ...FIELDS, hours: 720 });
  expect(next).toMatchObject({ was: { hours: 720 }, becomes: { hours: 168 }, isContested: true });
  expect(rebased(draft, { ...FIELDS, hours: 168 }), 'both meant the same').toBeNull();
});

test('a date and a window never go together', () => {
  const draft = edited(row(), undefined, { window: 6, from: null });
  if (!draft) throw new Error('there is a draft');
  const next = rebased(draft, { ...FIELDS, from: 0 });
  expect(next?.becomes).toMatchObject({ window: 6, from: null });
});

test('numbers that Codat does not take are told before anything is sent', () => {
  expect(problemOf(FIELDS)).toBeNull();
  for (const wrong of [{ order: 1.5 }, { order: -1 }, { window: 0 }, { months: 121 }, { from: Number.NaN }])
    expect(problemOf({ ...FIELDS, ...wrong }), JSON.stringify(wrong)).not.toBeNull();
});

test('intervals and spans are said in words, also those that nobody offers', () => {
  expect([0, 1, 24, 168, 720, 6, -3].map(frequencyWord)).toEqual([
    'None',
    'Hourly',
    'Daily',
    'Weekly',
    'Monthly',
    'Every 6 hours',
    'None',
  ]);
  expect(choicesFor(6).at(-1)).toEqual({ hours: 6, label: 'Every 6 hours' });
  expect(spanWord({ ...FIELDS, window: 1 }, false)).toBe('Last 1 month');
  expect(spanWord({ ...FIELDS, from: Date.UTC(2025, 0, 1) }, false)).toBe('Since 1 Jan 2025');
  expect(spanWord(FIELDS, true)).toBe('24 months, the default');
});

test('a company differs only from what is known of its workspace', () => {
  expect(differs(row({ hours: 1 }, {}))).toBe(true);
  expect(differs(row({}, {}))).toBe(false);
  expect(differs(row({ hours: 1 }))).toBe(false);
});

test('drafts come back as they were kept, and what cannot be read does not', () => {
  const draft = edited(row(), undefined, { hours: 168, window: 6 });
  if (!draft) throw new Error('there is a draft');
  expect(draftsIn(draftsText([['invoices', draft]]))).toEqual([['invoices', draft]]);
  expect(draftsText([])).toBeNull();
  const odd = { ...draft, becomes: { ...draft.becomes, from: Number.NaN } };
  expect(draftsText([['invoices', odd]]), 'half a date is not kept as none').toBeNull();
  for (const text of [null, 'half', '{}', '[1]', '[["invoices",{"was":{},"becomes":{}}]]'])
    expect(draftsIn(text), String(text)).toEqual([]);
});
