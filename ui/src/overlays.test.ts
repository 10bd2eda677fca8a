// Every dialog, menu, popover and panel of the source is one that the journey `overlays.spec.ts` opens by keyboard.
import { expect, test } from 'vitest';
import { BULK_ACTS } from './screens/refreshes/bulk-acts';
import { OPENINGS, VARIANTS } from '../journeys/overlays';

const sources = import.meta.glob<string>('./**/*.{ts,svelte}', {
  query: '?raw',
  import: 'default',
  eager: true,
});

/** The parts that others are made of. */
const BUILDING_BLOCKS = ['components/Dialog.svelte', 'components/Menu.svelte', 'components/Drawer.svelte'];

/** What opens something: a component of ours or of bits-ui, a menu, a drawer, an element of the browser's. */
const OPENS =
  /<(Dialog|Drawer)[\s>]|<[A-Z]\w+\.Root\b|\bshell\.menu = \{|\bopenDrawers \+= 1|role="listbox"|<dialog\b|showModal|\spopover[=\s>]/g;

function openingsIn(source: string): number {
  const found = [...source.matchAll(OPENS)].map(([text]) => text);
  // The list of a combobox in a dialog opens with it.
  return found.filter((text) => text !== 'role="listbox"' || !found.includes('<Dialog.Root')).length;
}

test('everything that opens is known to the journey that opens all of it by keyboard', () => {
  const found = Object.entries(sources)
    .map(([path, source]) => [path.slice(2), openingsIn(source)] as const)
    .filter(([path, count]) => count > 0 && !path.endsWith('.test.ts') && !BUILDING_BLOCKS.includes(path));
  const known = Object.entries(OPENINGS).map(([path, names]) => [path, names.length] as const);
  expect(
    Object.fromEntries(found),
    'give what is new a name in journeys/overlays.ts, and a way to open it in journeys/overlay-table.ts',
  ).toEqual(Object.fromEntries(known));
});

test('every act on many companies is a variant of their sheet that the journey opens', () => {
  const sheet = 'screens/refreshes/BulkSheet.svelte';
  const titles = Object.values(BULK_ACTS).map(({ title }) => title);
  expect([...OPENINGS[sheet], ...VARIANTS[sheet]]).toEqual(titles);
});

test('a new dialog, menu, popover, drawer and list is found', () => {
  const texts = [
    '<Dialog\n  title="New"',
    '<Popover.Root open>',
    'shell.menu = {',
    'shell.openDrawers += 1;',
  ];
  for (const text of [...texts, '<Drawer label="New">', '<ul role="listbox">', '<div popover>'])
    expect(openingsIn(text), text).toBe(1);
});
