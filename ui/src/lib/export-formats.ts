// The formats of an export, as the lines of its menu.
import type { MenuEntry, MenuItem } from './shell.svelte';
import type { JsonFormat, TableFormat } from './wire';

/** What is exported in a menu of formats. */
interface FormatMenu<Format> {
  /** What is exported, as the heading of the menu. */
  what: string;
  run: (format: Format) => void;
}

/** The formats of a table. */
export function tableFormats({ what, run }: FormatMenu<TableFormat>): MenuEntry[] {
  const line = (format: TableFormat, label: string): MenuItem => ({
    kind: 'line',
    id: format,
    label,
    run: () => run(format),
  });
  return [
    { kind: 'heading', id: 'what', label: what },
    line('xlsx', 'Excel workbook (.xlsx)'),
    line(csvForExcel(), 'CSV for Excel'),
    line('csv', 'CSV'),
  ];
}

/** The formats of records: those of a table, and what Codat returned. */
export function recordFormats({ what, run }: FormatMenu<TableFormat | JsonFormat>): MenuEntry[] {
  const json: MenuItem = { kind: 'line', id: 'json', label: 'JSON (raw from Codat)', run: () => run('json') };
  return [...tableFormats({ what, run }), json];
}

/** Excel expects semicolons between cells where numbers have a decimal comma. */
export function csvForExcel(locale?: string): TableFormat {
  const parts = new Intl.NumberFormat(locale).formatToParts(1.5);
  const decimal = parts.find(({ type }) => type === 'decimal')?.value;
  return decimal === ',' ? 'csvWithSemicolons' : 'csvForExcel';
}
