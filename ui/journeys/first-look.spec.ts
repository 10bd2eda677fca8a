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

test('the Clock section shows that the sandbox’s clock is ahead, and what still follows this computer’s', async ({
  page,
}) => {
  await page.keyboard.press('Control+Shift+S');
  const clock = page.getByRole('region', { name: 'Clock' });
  await expect(clock.getByText(/UTC/)).toBeVisible();
  await expect(clock.getByText(/ahead of this computer/)).toHaveCount(0);
  await page.getByRole('button', { name: '+7 days' }).click();
  await expect(clock.getByText('7 days ahead of this computer’s clock')).toBeVisible();
});
