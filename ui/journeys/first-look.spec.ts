// What somebody meets who uses the app for the first time.
import { expect, test } from './portal';

test('the list is as wide as the window: nothing is scrolled sideways at first', async ({ portal, page }) => {
  const grid = page.getByRole('grid', { name: 'Companies' });
  await expect(portal.rows.first()).toBeVisible();
  await expect
    .poll(() =>
      grid.evaluate((one) => [one.scrollWidth - one.clientWidth, one.scrollHeight > one.clientHeight]),
    )
    .toEqual([0, true]);
});

test('a screen is one key away while one types', async ({ page }) => {
  await page.getByRole('combobox', { name: 'Search companies' }).fill('is:red');
  await page.keyboard.press('Control+Shift+E');
  await expect(page.getByRole('heading', { name: 'Expiry' })).toBeVisible();
});

test('a snapshot of the sandbox is there after the page was loaded again', async ({ page, side }) => {
  await page.keyboard.press('Control+Shift+S');
  await page.getByRole('button', { name: 'Take a snapshot' }).click();
  const back = page.getByRole('button', { name: 'Restore it' });
  await expect(back).toBeEnabled();
  const company = await side.company('Ochre Studio');
  await side.call('POST', `/_sandbox/companies/${company}/vanish`);
  await page.reload();
  await expect(page.getByText(/^The state of/)).toBeVisible();
  await back.click();
  await expect.poll(() => side.company('Ochre Studio').catch(() => null)).toBe(company);
});

test('reads that run are named with their company and by what the app calls the data', async ({
  page,
  side,
}) => {
  await page.keyboard.press('Control+Shift+S');
  const company = await side.company('Harbour Lane Bakery');
  await side.call('POST', `/companies/${company}/data/queue/accountTransactions`);
  const reads = page.getByRole('region', { name: 'Live reads' });
  await expect(reads.getByText('Harbour Lane Bakery').first()).toBeVisible();
  await expect(reads.getByText('Account transactions').first()).toBeVisible();
});

test('the sandbox’s workspace goes by the sandbox’s clock, and says so', async ({ page, portal, side }) => {
  const company = await side.company('Harbour Lane Bakery');
  await side.call('POST', `/companies/${company}/data/queue/invoices`);
  await page.keyboard.press('Control+Shift+S');
  const clock = page.getByRole('region', { name: 'Clock' });
  await expect(clock.getByText(/UTC/)).toBeVisible();
  await expect(clock.getByText(/ahead of this computer/)).toHaveCount(0);
  await page.getByRole('button', { name: '+1 day' }).click();
  await expect(clock.getByText('1 day ahead of this computer’s clock')).toBeVisible();
  // The read completed within the day. By this computer's clock its date would be in the future.
  await page.evaluate(() => (window.location.hash = '#/companies'));
  await expect(page.getByText('The sandbox’s clock is 1 day ahead of this computer’s.')).toBeVisible();
  const row = portal.rows.filter({ hasText: 'Harbour Lane Bakery' });
  await expect(row.locator('.lastRead')).toHaveText('Yesterday', { timeout: 60_000 });
  // Moved behind the app's back, by another program.
  await side.call('POST', '/_sandbox/clock', { advance: '3d' });
  await expect(page.getByText('The sandbox’s clock is 4 days ahead of this computer’s.')).toBeVisible({
    timeout: 60_000,
  });
});
