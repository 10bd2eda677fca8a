import { expect, test } from 'vitest';

// The packaged window's policy allows no style attributes, and nothing from a server is ever markup.
const sources = import.meta.glob<string>('../**/*.svelte', { query: '?raw', import: 'default', eager: true });

test('no component writes a style attribute or takes text as markup', () => {
  expect(Object.keys(sources).length).toBeGreaterThan(20);
  for (const [path, source] of Object.entries(sources)) {
    expect(source, path).not.toMatch(/\sstyle=/);
    expect(source, path).not.toContain('{@html');
  }
});
