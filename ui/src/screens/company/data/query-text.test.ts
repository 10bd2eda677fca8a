import { expect, test } from 'vitest';
import type { ColumnView } from '../../../lib/wire';
import { complete, completionsAt } from './query-text';

const properties = ['totalAmount', 'status', 'customerRef.id', 'issueDate'];
const columns: ColumnView[] = [
  { label: 'Total', numeric: true, order: 'totalAmount', choices: [], shown: true },
  {
    label: 'Status',
    numeric: false,
    order: 'status',
    choices: ['Draft', 'Paid', 'PartiallyPaid'],
    shown: true,
  },
];

function at(text: string): string[] {
  return completionsAt(text, text.length, properties, columns).options.map((option) => option.text);
}

test('a comparison begins with one of the type’s own fields, those that start so first', () => {
  expect(at('')).toEqual(properties);
  expect(at('S')).toEqual(['status', 'customerRef.id', 'issueDate']);
  expect(at('status=Paid && cust')).toEqual(['customerRef.id']);
  expect(at('{iss')).toEqual(['issueDate']);
});

test('after a field come the operators, after a value the connectives', () => {
  expect(at('totalAmount ')).toContain('>=');
  expect(at('totalAmount>100 ')).toEqual(['&&', '||']);
});

test('a field of few words completes its values', () => {
  expect(at('status=')).toEqual(['Draft', 'Paid', 'PartiallyPaid']);
  expect(at('status != pa')).toEqual(['Paid', 'PartiallyPaid']);
  expect(at('totalAmount=')).toEqual([]);
});

test('what is taken stands in the place of what was typed, and the cursor behind it', () => {
  const text = 'status=pa && issueDate>2026';
  const found = completionsAt(text, 'status=pa'.length, properties, columns);
  expect(complete(text, found, { text: 'Paid', hint: '' })).toEqual({
    text: 'status=Paid && issueDate>2026',
    cursor: 'status=Paid'.length,
  });
});
