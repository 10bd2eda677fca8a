import { expect, test } from 'vitest';
import { parseExact } from './exact-json';
import { formOf, labelOf, valueOf, type Form } from './record-fields';

function form(record: string): Form {
  const found = formOf(parseExact(record));
  if (found === null) throw new Error('no object');
  return found;
}

test('numbers stay as they are written, to the last digit and zero', () => {
  const amounts = form(
    '{"currency":"GBP","totalAmount":123456789012345678901234567890.10,"amountDue":0.00}',
  ).amounts;
  expect(amounts).toEqual([
    { label: 'Total amount', text: '123456789012345678901234567890.10 GBP', isNumber: true },
    { label: 'Amount due', text: '0.00 GBP', isNumber: true },
  ]);
});

test('an amount has the currency of the object that it is in, and none where none is named', () => {
  const { groups, amounts } = form(
    '{"totalAmount":1.5,"allocation":{"currency":"USD","totalAmount":2.50},"payment":{"amount":3}}',
  );
  expect(amounts[0]?.text).toBe('1.5');
  expect(groups[0]?.form.amounts[0]?.text).toBe('2.50 USD');
  expect(groups[1]?.form.amounts[0]?.text).toBe('3');
});

test('rates and quantities are numbers without a currency', () => {
  const { details } = form('{"currency":"GBP","currencyRate":1.10,"quantity":3,"totalTaxRate":20}');
  expect(details.map(({ text }) => text)).toEqual(['GBP', '1.10', '3', '20']);
});

test('a day is a day wherever one is, and a time with a zone is the local one', () => {
  const { dates, details } = form(
    '{"issueDate":"2026-10-01T00:00:00","due":"2026-10-31","at":"2026-10-01T14:05:00","odd":"2026-02-31","modified":"2026-10-01T14:05:00Z"}',
  );
  expect(dates.map(({ text }) => text).slice(0, 3)).toEqual([
    '1 Oct 2026',
    '31 Oct 2026',
    '1 Oct 2026, 14:05',
  ]);
  expect(dates[3]?.title).toContain('2026-10-01T14:05:00Z');
  expect(details, 'a date that does not exist is shown as it is').toEqual([
    { label: 'Odd', text: '2026-02-31' },
  ]);
});

test('fields of any name are shown by their shape', () => {
  const { details, groups, tables } = form(
    '{"quantumFlag":true,"empty":null,"none":[],"tags":["a","b"],"customerRef":{"id":"7","companyName":"Rowan"},' +
      '"lineItems":[{"description":"Flour","quantity":2,"accountRef":{"id":"9","name":"Sales"}},{"quantity":3,"tracking":[{},{}]}]}',
  );
  expect(details).toEqual([
    { label: 'Quantum flag', text: 'Yes' },
    { label: 'Empty', text: '–' },
    { label: 'None', text: 'None' },
    { label: 'Tags', text: 'a, b' },
  ]);
  expect(groups.map(({ label }) => label)).toEqual(['Customer']);
  expect(groups[0]?.form.details.map(({ label, text }) => `${label} ${text}`)).toEqual([
    'ID 7',
    'Company name Rowan',
  ]);
  const lines = tables[0]?.table;
  expect(lines?.columns.map(({ label, isNumber }) => [label, isNumber])).toEqual([
    ['Description', false],
    ['Quantity', true],
    ['Account', false],
    ['Tracking', false],
  ]);
  expect(lines?.rows.map((row) => row.map(({ text }) => text))).toEqual([
    ['Flour', '2', 'ID 9, Name Sales', '–'],
    ['–', '3', '–', '2 entries'],
  ]);
});

test('long texts, long lists and many fields are bounded', () => {
  expect(valueOf('note', { kind: 'text', text: 'x'.repeat(5_000) }, null).text).toHaveLength(2_001);
  const items = Array.from({ length: 80 }, () => ({ kind: 'flag', value: true }) as const);
  expect(valueOf('flags', { kind: 'list', items }, null).text).toMatch(/and 30 more$/);
  const fields = Array.from({ length: 250 }, (_, at) => `"field${at}":1`);
  expect(form(`{${fields.join(',')}}`).hidden).toBe(50);
});

test('names are read as words', () => {
  expect(['id', 'invoiceNumber', 'recordRefs', 'sourceModifiedDate', 'companyId', ''].map(labelOf)).toEqual([
    'ID',
    'Invoice number',
    'Record',
    'Source modified date',
    'Company ID',
    '',
  ]);
});

test('JSON is read as it is written, and what is none is rejected', () => {
  const text = String.raw` { "2" : [ ] , "1":{"a\"\\":"\u00e9\\\"","b":[1e5,-0.50,null]} } `;
  expect(parseExact(text)).toEqual({
    kind: 'object',
    fields: [
      ['2', { kind: 'list', items: [] }],
      [
        '1',
        {
          kind: 'object',
          fields: [
            ['a"\\', { kind: 'text', text: 'é\\"' }],
            [
              'b',
              {
                kind: 'list',
                items: [{ kind: 'number', text: '1e5' }, { kind: 'number', text: '-0.50' }, { kind: 'null' }],
              },
            ],
          ],
        },
      ],
    ],
  });
  expect(() => parseExact('{"a":}')).toThrow(SyntaxError);
});
