import { expect, test, vi } from 'vitest';
import { PAGE } from '../screens/companies/windowing';
import { Pages } from './pages.svelte';

test('pages that were out of view when something changed are fetched anew when they are seen', async () => {
  let round = 1;
  const pages = new Pages<string>((offset, limit) =>
    Promise.resolve({
      total: 5 * PAGE,
      rows: Array.from({ length: limit }, (_, at) => `${offset + at} of round ${round}`),
    }),
  );
  await pages.again();
  pages.look({ first: 4 * PAGE, end: 4 * PAGE + 10 });
  await vi.waitFor(() => expect(pages.row(4 * PAGE)).toBe(`${4 * PAGE} of round 1`));
  pages.look({ first: 0, end: 10 });
  round = 2;
  await pages.again();
  expect(pages.row(0)).toBe('0 of round 2');
  pages.look({ first: 4 * PAGE, end: 4 * PAGE + 10 });
  expect(pages.row(4 * PAGE), 'shown until the newer are here').toBe(`${4 * PAGE} of round 1`);
  await vi.waitFor(() => expect(pages.row(4 * PAGE)).toBe(`${4 * PAGE} of round 2`));
});
