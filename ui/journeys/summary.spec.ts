import { ask, fault, hundredths, profitAndLoss, sum, type Line } from './codat';
import { expect, test } from './portal';

const BAKERY = 'Harbour Lane Bakery';

/** The identifier of the company on screen. */
function idOf(url: string): string {
  return /company\/([0-9a-f-]{36})/.exec(url)?.[1] ?? '';
}

test('the figures and the months are what the ledgers come to', async ({ portal, page, sandbox }) => {
  await portal.open(BAKERY, 'Summary');
  const figures = page.getByRole('region', { name: 'Figures' });
  const whole = async (name: string) => {
    const cell = figures.locator('.cell').filter({ has: page.getByRole('heading', { name, exact: true }) });
    return hundredths((await cell.locator('.figure').getAttribute('title')) ?? '');
  };
  await expect(figures.getByRole('heading', { name: 'Equity', exact: true })).toBeVisible();
  await expect(figures.locator('.figure')).toHaveCount(3);

  const company = idOf(page.url());
  const year = (await profitAndLoss(sandbox, company)).slice(0, 12);
  expect(await whole('Revenue')).toBe(sum(year.map(({ income }) => income.value)));
  expect(await whole('Operating profit')).toBe(sum(year.map((month) => month.netOperatingProfit)));
  const path = `/companies/${company}/data/financials/balanceSheet?periodLength=1&periodsToCompare=1`;
  const sheet = await ask<{ reports: { equity: Line }[] }>(sandbox, 'GET', path);
  expect(await whole('Equity')).toBe(sum([sheet.reports[0]?.equity.value ?? NaN]));
  await expect(figures.getByText(/Updated just now/)).toBeVisible();

  await page.getByRole('button', { name: 'Table', exact: true }).click();
  const rows = page.getByRole('table').getByRole('row');
  await expect(rows).toHaveCount(13);
  for (const [index, month] of [...year].reverse().entries()) {
    const cells = rows.nth(index + 1).getByRole('cell');
    expect(hundredths(await cells.nth(0).innerText())).toBe(sum([month.income.value]));
    expect(hundredths(await cells.nth(1).innerText())).toBe(sum([month.netOperatingProfit]));
  }
});

test('each month can be read by pointer and by keys, and leads to the statement', async ({
  portal,
  page,
}) => {
  await portal.open(BAKERY, 'Summary');
  const months = page.getByRole('toolbar', { name: 'Months' }).getByRole('button');
  await expect(months).toHaveCount(12);
  await months.nth(3).hover();
  const reading = page.locator('.reading');
  await expect(reading).toContainText('Revenue');
  await months.first().focus();
  await page.keyboard.press('End');
  await expect(months.last()).toBeFocused();
  await expect(months.last()).toHaveAccessibleName(
    /^\w{3} \d{4}: revenue £[\d,.]+, operating profit −?£[\d,.]+$/,
  );
  await page.keyboard.press('ArrowLeft');
  await expect(months.nth(10)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/data\/profitAndLoss$/);
  await expect(page.getByRole('table', { name: 'Profit and loss' })).toBeVisible();
});

for (const [name, title, action] of [
  ['Pinewood Academy', 'Never read', 'Refresh data'],
  ['Sandstone Architects', 'No connections', 'Copy company link'],
] as const) {
  test(`${name}: “${title}”, and what helps`, async ({ portal, page }) => {
    await portal.open(name, 'Summary');
    const figures = page.getByRole('region', { name: 'Figures' });
    await expect(figures.getByRole('heading', { name: title }).first()).toBeVisible();
    await expect(figures.getByRole('button', { name: action })).toHaveCount(1);
    await expect(page.getByRole('heading', { name: 'By month' })).toHaveCount(0);
  });
}

test('what was seen stays readable when Codat is not, with its age', async ({ portal, page, sandbox }) => {
  await portal.open(BAKERY, 'Summary');
  const figures = page.getByRole('region', { name: 'Figures' });
  await expect(figures.locator('.figure')).toHaveCount(3);
  const seen = await figures.locator('.figure').first().getAttribute('title');
  await fault(sandbox, { status: 500 });
  await page.reload();
  await expect(figures.locator('.figure').first()).toHaveAttribute('title', seen ?? '');
  await expect(figures.getByText(/Updated/)).toBeVisible();
  await portal.refresh(/^Load again/);
  await expect(figures.getByRole('alert')).toBeVisible({ timeout: 30_000 });
  await expect(figures.locator('.figure').first()).toHaveAttribute('title', seen ?? '');
});

test('beside the figures in a wide window, below them in a narrow one', async ({ portal, page }) => {
  await portal.open(BAKERY, 'Summary');
  const figures = page.getByRole('region', { name: 'Figures' });
  const activity = page.getByRole('region', { name: 'Activity' });
  await expect(figures.locator('.figure')).toHaveCount(3);
  await page.setViewportSize({ width: 1400, height: 900 });
  const [left, right] = [await figures.boundingBox(), await activity.boundingBox()];
  expect(right?.x).toBeGreaterThan((left?.x ?? 0) + (left?.width ?? 0));
  await page.setViewportSize({ width: 900, height: 600 });
  await expect
    .poll(async () => (await activity.boundingBox())?.y)
    .toBeGreaterThan((await figures.boundingBox())?.height ?? 0);
});

for (const theme of ['light', 'dark'] as const) {
  test(`the summary is accessible, as chart and as table, ${theme}`, async ({ portal, page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await portal.open(BAKERY, 'Summary');
    await expect(page.locator('.figure')).toHaveCount(3);
    await portal.isAccessible();
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await portal.isAccessible();
    await portal.open('Pinewood Academy', 'Summary');
    await portal.isAccessible();
  });
}
