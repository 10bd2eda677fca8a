// What nobody sees costs no requests: neither a page that is hidden nor one that is closed.
import { setTimeout } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { expect, test, type SandboxSide } from './portal';
import { BAKERY } from './screens';

/** Longer than the slowest polling of a company that is seen, in milliseconds. */
const LONGER_THAN_A_POLL = 25_000;

/** The requests for this company since the log was cleared. */
async function requestsFor(side: SandboxSide, company: string): Promise<string[]> {
  const { results } = await side.call<{ results: { method: string; target: string }[] }>(
    'GET',
    '/_sandbox/requests?limit=500&after=0',
  );
  return results
    .map(({ method, target }) => `${method} ${target}`)
    .filter((request) => request.includes(company));
}

/** Hides the page, or shows it again, as a browser does with a tab. */
async function setHidden(page: Page, hidden: boolean): Promise<void> {
  await page.evaluate((isHidden) => {
    Object.defineProperty(document, 'hidden', { configurable: true, value: isHidden });
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      value: isHidden ? 'hidden' : 'visible',
    });
    document.dispatchEvent(new Event('visibilitychange'));
  }, hidden);
}

test('a company is asked about while its page is seen, and not while the page is hidden or after it is closed', async ({
  portal,
  page,
  side,
}) => {
  const company = await side.company(BAKERY);
  const isAskedAbout = () =>
    expect.poll(() => requestsFor(side, company), { timeout: 60_000 }).not.toEqual([]);
  /** An hour of the sandbox passes, in which it syncs and much changes. */
  const anHourPasses = async () => {
    await side.call('POST', '/_sandbox/clock', { advance: '1h' });
    await side.call('DELETE', '/_sandbox/requests');
    await setTimeout(LONGER_THAN_A_POLL);
  };
  // This part of a company loads its own list again, beside what the application polls.
  await portal.open(BAKERY, 'Data history');
  await page.getByRole('button', { name: 'Write history' }).click();
  await side.call('DELETE', '/_sandbox/requests');
  await isAskedAbout();

  await setHidden(page, true);
  // The application is told a moment after.
  await setTimeout(1_000);
  await anHourPasses();
  expect(await requestsFor(side, company), 'the page is hidden').toEqual([]);

  await setHidden(page, false);
  await isAskedAbout();

  await page.close();
  await setTimeout(1_000);
  await anHourPasses();
  expect(await requestsFor(side, company), 'the page is closed').toEqual([]);
});
