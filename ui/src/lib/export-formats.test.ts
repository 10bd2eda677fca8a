import { expect, test } from 'vitest';
import { csvForExcel, recordFormats, tableFormats } from './export-formats';
import type { MenuEntry } from './shell.svelte';

const labels = (entries: MenuEntry[]) => entries.flatMap((one) => (one.kind === 'line' ? [one.label] : []));

test('Excel gets semicolons where numbers have a decimal comma', () => {
  expect(['de-DE', 'fr-FR', 'en-US', 'en-GB', 'ja-JP'].map((locale) => csvForExcel(locale))).toEqual([
    'csvWithSemicolons',
    'csvWithSemicolons',
    'csvForExcel',
    'csvForExcel',
    'csvForExcel',
  ]);
});

test('records have the formats of every table, and JSON', () => {
  const tables = labels(tableFormats({ what: '2 companies', run: () => {} }));
  expect(tables).toEqual(['Excel workbook (.xlsx)', 'CSV for Excel', 'CSV']);
  const records = labels(recordFormats({ what: 'All records', run: () => {} }));
  expect(records).toEqual([...tables, 'JSON (raw from Codat)']);
});

test('a line sends its own format', () => {
  const chosen: string[] = [];
  const entries = recordFormats({ what: 'All records', run: (format) => chosen.push(format) });
  for (const one of entries) if (one.kind === 'line') one.run();
  expect(chosen).toEqual(['xlsx', csvForExcel(), 'csv', 'json']);
});
