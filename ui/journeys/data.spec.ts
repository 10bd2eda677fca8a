import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { ask, fault, hundredths, profitAndLoss, sum, type Line, type Sandbox } from './codat';
import { expect, test, type Portal } from './portal';

const BAKERY = 'Harbour Lane Bakery';

interface Invoice {
  id: string;
  invoiceNumber: string;
  totalAmount: number;
  status: string;
  customerRef: { id: string; companyName?: string };
}

/** Opens a type of a company's data; gives the company's identifier. */
async function open(portal: Portal, page: Page, type: string): Promise<string> {
  await portal.open(BAKERY, 'Data');
  await page
    .getByRole('navigation', { name: 'Data types' })
    .getByRole('button', { name: new RegExp(`^${type}:`) })
    .click();
  return /company\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? '';
}

async function invoicesOf(sandbox: Sandbox, company: string): Promise<Invoice[]> {
  const path = `/companies/${company}/data/invoices?page=1&pageSize=5000`;
  return (await ask<{ results: Invoice[] }>(sandbox, 'GET', path)).results;
}

/** The texts of a column, from the top, as far as they are drawn. */
async function column(page: Page, name: string, heading: string): Promise<string[]> {
  const grid = page.getByRole('grid', { name });
  const headings = await grid.getByRole('columnheader').allInnerTexts();
  const at = headings.findIndex((text) => text.trim() === heading);
  expect(at, `a column ${heading} in ${headings.join(', ')}`).toBeGreaterThanOrEqual(0);
  return grid.locator(`[role=gridcell][data-col="${at}"]`).allInnerTexts();
}

test('types stand in their groups, each with its state and age', async ({ portal, page }) => {
  await portal.open(BAKERY, 'Data');
  const types = page.getByRole('navigation', { name: 'Data types' });
  await expect(types.getByRole('heading')).toContainText([
    'Financial statements',
    'Earning',
    'Spending',
    'Accounting data',
    'Banking data',
    'Reference data',
  ]);
  await expect(types.getByRole('button', { name: /^Invoices: Complete, last refresh / })).toBeVisible();
  await types.getByRole('button', { name: /^Invoices:/ }).focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/data\/\w+$/);
});

test('invoices are those of the source: all of them, sorted, found, to the last penny', async ({
  portal,
  page,
  sandbox,
}) => {
  const company = await open(portal, page, 'Invoices');
  const invoices = await invoicesOf(sandbox, company);
  const grid = page.getByRole('grid', { name: 'Invoices' });
  await expect(grid).toHaveAttribute('aria-rowcount', String(invoices.length + 1));
  await expect(page.getByText('saved offline')).toBeVisible({ timeout: 30_000 });

  await grid.getByRole('button', { name: 'Total', exact: true }).click();
  await grid.getByRole('button', { name: 'Total', exact: true }).click();
  await expect(grid.getByRole('columnheader', { name: 'Total' })).toHaveAttribute('aria-sort', 'descending');
  const most = [...invoices].sort((a, b) => b.totalAmount - a.totalAmount);
  await expect
    .poll(async () => hundredths((await column(page, 'Invoices', 'Total'))[0] ?? ''))
    .toBe(sum([most[0]?.totalAmount ?? NaN]));

  const box = page.getByRole('combobox', { name: 'Query invoices' });
  await box.fill('status=paid && totalAmount>500');
  await box.press('Enter');
  const paid = invoices.filter((it) => it.status === 'Paid' && it.totalAmount > 500);
  expect(paid.length).toBeGreaterThan(0);
  await expect(grid).toHaveAttribute('aria-rowcount', String(paid.length + 1));
  await box.fill('status==');
  await box.press('Enter');
  await expect(page.getByRole('alert')).toContainText('We couldn’t read this query');
  await box.fill('nothing.like.it=1');
  await box.press('Enter');
  await expect(page.getByRole('alert')).toContainText('Could not resolve property');
});

test('the query box completes fields, operators and values', async ({ portal, page }) => {
  await open(portal, page, 'Invoices');
  const box = page.getByRole('combobox', { name: 'Query invoices' });
  await box.pressSequentially('sta');
  await expect(page.getByRole('option', { name: /^status/ })).toBeVisible();
  await box.press('ArrowDown');
  await box.press('Tab');
  await box.pressSequentially('=pa');
  await page.getByRole('option', { name: 'Paid', exact: true }).click();
  await expect(box).toHaveValue('status=Paid');
  await box.press('Enter');
  await expect(page.getByText(/records? match/)).toBeVisible();
});

test('a record is seen whole, copied, and what it refers to opens', async ({ portal, page, sandbox }) => {
  const company = await open(portal, page, 'Invoices');
  const invoices = await invoicesOf(sandbox, company);
  const grid = page.getByRole('grid', { name: 'Invoices' });
  await grid.getByRole('row').nth(1).getByRole('gridcell').first().click();
  const drawer = page.getByRole('complementary', { name: 'One of Invoices' });
  await drawer.getByRole('tab', { name: 'JSON' }).click();
  await expect(drawer.locator('pre')).toContainText('"id"');
  const json = JSON.parse(await drawer.locator('pre').innerText()) as Invoice;
  expect(json).toEqual(invoices.find(({ id }) => id === json.id));
  await expect(page).toHaveURL(new RegExp(`data/invoices/${encodeURIComponent(json.id)}$`));
  await drawer.getByRole('button', { name: 'Copy' }).click();
  await expect.poll(() => portal.clipboard()).toContain(json.id);
  expect(JSON.parse(await portal.clipboard())).toEqual(json);
  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);

  await grid.locator('.reference').first().click();
  await expect(page).toHaveURL(/data\/customers\//);
  const customer = page.getByRole('complementary', { name: 'One of Customers' });
  await expect(customer.getByRole('term').filter({ hasText: 'Customer name' })).toBeVisible();
  await page.goBack();
  await expect(page.getByRole('grid', { name: 'Invoices' })).toBeVisible();
  await page.goForward();
  await page.reload();
  await expect(customer.getByRole('term').filter({ hasText: 'Customer name' })).toBeVisible();
});

test('the grid is walked by keys', async ({ portal, page }) => {
  await open(portal, page, 'Invoices');
  const grid = page.getByRole('grid', { name: 'Invoices' });
  await grid.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowRight');
  await expect(grid.locator('#cell-1-1')).toBeFocused();
  await page.keyboard.press('Control+End');
  const last = Number(await grid.getAttribute('aria-rowcount')) - 2;
  await expect(grid.locator(`#cell-${last}-1`)).toBeFocused();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('complementary', { name: 'One of Invoices' })).toBeVisible();
});

test('what matches is exported, as CSV and as JSON', async ({ portal, page, sandbox }) => {
  const company = await open(portal, page, 'Invoices');
  const invoices = await invoicesOf(sandbox, company);
  const box = page.getByRole('combobox', { name: 'Query invoices' });
  await box.fill('status=Paid');
  await box.press('Enter');
  const paid = invoices.filter(({ status }) => status === 'Paid');
  await expect(page.getByText(`${paid.length} records match`)).toBeVisible();
  const save = async (line: string) => {
    const saving = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export' }).click();
    await page.getByRole('menuitem', { name: line, exact: true }).click();
    const download = await saving;
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
  };
  const json = await save('JSON (raw from Codat)');
  expect(json.name).toMatch(/^Harbour Lane Bakery, invoices, \d{4}-\d\d-\d\d\.json$/);
  expect(JSON.parse(json.text)).toEqual(paid);
  const csv = await save('CSV');
  const lines = csv.text.trimEnd().split('\r\n');
  expect(lines).toHaveLength(paid.length + 1);
  expect(lines[0]).toContain('Currency');
  for (const { invoiceNumber } of paid) expect(csv.text).toContain(invoiceNumber);
});

test('columns that were chosen are there again after a reload', async ({ portal, page }) => {
  await open(portal, page, 'Invoices');
  const grid = page.getByRole('grid', { name: 'Invoices' });
  const heading = (name: string) => grid.getByRole('columnheader', { name, exact: true });
  await expect(heading('Due')).toBeVisible();
  const choose = async (name: string) => {
    await page.getByRole('button', { name: 'Columns' }).click();
    await page.getByRole('menuitemcheckbox', { name, exact: true }).click();
    await page.keyboard.press('Escape');
  };
  await choose('Due');
  await expect(heading('Due')).toHaveCount(0);
  await choose('Note');
  // At once: the page does not wait for an answer, and neither does the person.
  await page.reload();
  await expect(heading('Note')).toBeVisible();
  await expect(heading('Due')).toHaveCount(0);
  await page.evaluate(() => localStorage.clear());
  await page.reload();
  await expect(heading('Note'), 'they are kept by the application').toBeVisible();
  await open(portal, page, 'Bills');
  await expect(
    page.getByRole('grid', { name: 'Bills' }).getByRole('columnheader', { name: 'Due', exact: true }),
    'of another type they are as they were',
  ).toBeVisible();
});

test('a note of megabytes and an amount of thirty digits are shown, opened and copied whole', async ({
  portal,
  page,
  sandbox,
  side,
}) => {
  const company = await side.company(BAKERY);
  const note = `It begins here. ${'Lorem ipsum dolor sit amet. '.repeat(190_000)}And here it ends.`;
  const amount = '123456789012345678901234567890.12';
  const record =
    `{"id":"huge-1","invoiceNumber":"INV-HUGE","currency":"GBP","status":"Submitted",` +
    `"issueDate":"2026-10-01T00:00:00","totalAmount":${amount},"totalTaxAmount":0,"amountDue":1,` +
    `"note":${JSON.stringify(note)}}`;
  const body = `{"results":[${record}],"pageNumber":1,"pageSize":100,"totalResults":1,"_links":{}}`;
  await fault(sandbox, { route: `/companies/${company}/data/invoices`, status: 200, body });
  await open(portal, page, 'Invoices');
  const grid = page.getByRole('grid', { name: 'Invoices' });
  const cell = grid.getByRole('gridcell').filter({ hasText: '123,456,789,012,345,678,901,234,567,890.12' });
  await expect(cell, 'to the last digit').toBeVisible();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Note', exact: true }).click();
  await page.keyboard.press('Escape');
  const noted = grid.getByRole('gridcell').filter({ hasText: 'It begins here.' });
  await expect(noted).toBeVisible();
  expect((await noted.innerText()).length, 'a grid draws little of it').toBeLessThan(1_000);

  await grid.getByText('INV-HUGE').click();
  const drawer = page.getByRole('complementary', { name: 'One of Invoices' });
  await expect(drawer.getByRole('definition').filter({ hasText: `${amount} GBP` })).toBeVisible();
  await drawer.getByRole('tab', { name: 'JSON' }).click();
  await expect(drawer).toContainText('Copy includes all of them');
  const drawn = await drawer.locator('pre').innerText();
  expect(drawn.length).toBeLessThan(300_000);
  expect(drawn.includes(amount), 'digits that no number of a page can hold').toBe(true);
  await drawer.getByRole('button', { name: 'Copy' }).click();
  await expect.poll(async () => (await portal.clipboard()).length).toBeGreaterThan(5_000_000);
  const copied = await portal.clipboard();
  expect(copied.includes(amount), 'copied, it has them too').toBe(true);
  expect((JSON.parse(copied) as { note: string }).note === note, 'and all of the note').toBe(true);
  await page.keyboard.press('Escape');
  await grid.focus();
  await page.keyboard.press('ArrowRight');
  await expect(grid.locator('#cell-0-1')).toBeFocused();
});

test('a record is a form with every field, its lines are a table in pages, and JSON is beside it', async ({
  portal,
  page,
  sandbox,
  side,
}) => {
  const company = await side.company(BAKERY);
  const lines = Array.from({ length: 60 }, (_, at) => ({ description: `Line ${at + 1}`, quantity: at + 1 }));
  const record =
    `{"id":"inv-1","invoiceNumber":"INV-1","currency":"GBP","issueDate":"2026-10-01T00:00:00",` +
    `"totalAmount":120.50,"customerRef":{"id":"c-1","companyName":"Rowan Stores"},"newField":"as it came",` +
    `"lineItems":${JSON.stringify(lines)}}`;
  const body = `{"results":[${record}],"pageNumber":1,"pageSize":100,"totalResults":1,"_links":{}}`;
  await fault(sandbox, { route: `/companies/${company}/data/invoices`, status: 200, body });
  await open(portal, page, 'Invoices');
  await page.getByRole('grid', { name: 'Invoices' }).getByText('INV-1').click();
  const drawer = page.getByRole('complementary', { name: 'One of Invoices' });
  const value = (label: string) =>
    drawer
      .locator('dl > div')
      .filter({ has: page.getByRole('term').getByText(label, { exact: true }) })
      .locator('dd');
  await expect(value('Total amount'), 'as Codat wrote it').toHaveText('120.50 GBP');
  await expect(value('Issue date')).toHaveText('1 Oct 2026');
  await expect(value('New field')).toHaveText('as it came');
  await expect(drawer.getByRole('region', { name: 'Customer' })).toContainText('Rowan Stores');
  const table = drawer.getByRole('region', { name: 'Line items' });
  await expect(table.getByRole('row')).toHaveCount(26);
  await table.getByRole('button', { name: 'Next rows of Line items' }).click();
  await table.getByRole('button', { name: 'Next rows of Line items' }).click();
  await expect(table.getByRole('row')).toHaveCount(11);
  await expect(table).toContainText('51–60 of 60');
  await portal.isAccessible();
  await drawer.getByRole('tab', { name: 'Fields' }).focus();
  await page.keyboard.press('ArrowRight');
  await expect(drawer.getByRole('tab', { name: 'JSON' })).toBeFocused();
  await expect(drawer.locator('pre')).toContainText('120.50');
  await portal.isAccessible();
  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
  await expect(page.getByRole('grid', { name: 'Invoices' }).locator(':focus')).toHaveCount(1);
});

test('a statement whose lines do not come to its figures says so in its place', async ({
  portal,
  page,
  sandbox,
  side,
}) => {
  const company = await side.company(BAKERY);
  const route = `/companies/${company}/data/financials/profitAndLoss`;
  const query = '?periodLength=1&periodsToCompare=36';
  const said = await ask<{ reports: { income: Line; fromDate: string }[] }>(sandbox, 'GET', route + query);
  const [newest] = said.reports;
  if (!newest) throw new Error('the sandbox has statements of this company');
  newest.income.value += 100;
  await fault(sandbox, { route, status: 200, body: said });
  await open(portal, page, 'Profit and loss');
  await expect(page.getByText(/“Difference” rows show by how much/)).toBeVisible();
  const statement = page.getByRole('table', { name: 'Profit and loss' });
  const difference = statement
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: 'Difference', exact: true }) });
  await expect(difference.first()).toBeVisible();
  const figures = await difference.first().getByRole('cell').allInnerTexts();
  expect(
    figures
      .map(hundredths)
      .map(Math.abs)
      .filter((figure) => figure !== 0),
  ).toEqual([10_000]);
});

test('a data type that this version does not know stands apart, with its status as it came', async ({
  portal,
  page,
  sandbox,
}) => {
  const company = await open(portal, page, 'Items');
  const route = `/companies/${company}/dataStatus`;
  const said = await ask<Record<string, unknown>>(sandbox, 'GET', route);
  const quantum = { dataType: 'quantumLedgers', currentStatus: 'Quarantined', latestSyncId: null };
  await fault(sandbox, { route, status: 200, body: { ...said, quantumLedgers: quantum } });
  await portal.refresh(/^Load again/);
  const types = page.getByRole('navigation', { name: 'Data types' });
  await expect(types.getByRole('heading', { name: 'Others' })).toBeVisible();
  await types.getByRole('button', { name: /^quantumLedgers: Quarantined/ }).click();
  const part = page.getByRole('region', { name: 'quantumLedgers', exact: true });
  await expect(part).toContainText('This version doesn’t know this data type');
  await expect(page.getByRole('alert')).toHaveCount(0);
});

test('profit and loss foots, by months and by quarters, and is that of the ledgers', async ({
  portal,
  page,
  sandbox,
}) => {
  const company = await open(portal, page, 'Profit and loss');
  const statement = page.getByRole('table', { name: 'Profit and loss' });
  const months = await profitAndLoss(sandbox, company);
  const income = statement
    .getByRole('row')
    .filter({ has: page.getByRole('rowheader', { name: 'Income', exact: true }) });
  const figures = async () => (await income.first().getByRole('cell').allInnerTexts()).map(hundredths);
  await expect.poll(async () => (await figures()).length).toBe(months.length);
  const byMonth = await figures();
  expect(byMonth).toEqual([...months].reverse().map((month) => sum([month.income.value])));
  await page.getByRole('button', { name: 'Quarters' }).click();
  await expect.poll(async () => (await figures()).length).toBeLessThan(months.length);
  const total = (all: number[]) => all.reduce((one, other) => one + other, 0);
  expect(total(await figures())).toBe(total(byMonth));
  await page.getByRole('button', { name: 'Years' }).click();
  await expect.poll(async () => (await figures()).length).toBeLessThanOrEqual(4);
  expect(total(await figures())).toBe(total(byMonth));
});

test('a statement that is scrolled sideways stops at whole columns, and shows that more are hidden', async ({
  portal,
  page,
}) => {
  await open(portal, page, 'Profit and loss');
  const statement = page.getByRole('table', { name: 'Profit and loss' });
  await expect(statement.getByRole('cell').first()).toBeVisible();
  await expect(statement, 'it opens at the newest month').toHaveClass(/is-scrolled/);
  await expect(page.locator('.has-more')).toHaveCount(0);
  await statement.hover();
  await page.mouse.wheel(-250, 0);
  await expect(page.locator('.has-more')).toHaveCount(1);
  /** How far the column that is nearest to the sticky labels is from their edge, in pixels. */
  const gap = () =>
    statement.getByRole('columnheader').evaluateAll(([label, ...months]) => {
      const edge = label?.getBoundingClientRect().right ?? 0;
      return Math.min(...months.map((month) => Math.abs(month.getBoundingClientRect().left - edge)));
    });
  await expect.poll(gap).toBeLessThan(2);
});

test('what was seen stays, sorted and searched too, when Codat is not there', async ({
  portal,
  page,
  sandbox,
}) => {
  await open(portal, page, 'Invoices');
  await expect(page.getByText('saved offline')).toBeVisible({ timeout: 30_000 });
  await fault(sandbox, { status: 500 });
  const box = page.getByRole('combobox', { name: 'Query invoices' });
  await box.fill('status=Paid');
  await box.press('Enter');
  await expect(page.getByText(/records match/)).toBeVisible();
  await page.reload();
  const grid = page.getByRole('grid', { name: 'Invoices' });
  await expect(grid.getByRole('row').nth(5)).toBeVisible();
  await portal.refresh(/^Load again/);
  await expect(page.getByRole('alert').first()).toBeVisible({ timeout: 30_000 });
  await expect(grid.getByRole('row').nth(5)).toBeVisible();
  await page
    .getByRole('navigation', { name: 'Data types' })
    .getByRole('button', { name: /^Bills:/ })
    .click();
  await expect(page.getByText('We haven’t loaded bills from Codat yet')).toBeVisible({
    timeout: 30_000,
  });
});

test('a company that is deleted elsewhere says so', async ({ portal, page, sandbox }) => {
  const company = await open(portal, page, 'Invoices');
  await expect(page.getByText('saved offline')).toBeVisible({ timeout: 30_000 });
  await ask(sandbox, 'DELETE', `/companies/${company}`);
  await page
    .getByRole('navigation', { name: 'Data types' })
    .getByRole('button', { name: /^Bills:/ })
    .click();
  await expect(page.getByText(/deleted elsewhere|It may have been deleted/).first()).toBeVisible({
    timeout: 30_000,
  });
});

test('every type of the bakery can be shown', async ({ portal, page }) => {
  test.setTimeout(300_000);
  await portal.open(BAKERY, 'Data');
  const types = page.getByRole('navigation', { name: 'Data types' }).getByRole('button', { name: /:/ });
  await expect(types.first()).toBeVisible();
  const count = await types.count();
  expect(count).toBeGreaterThan(25);
  for (let index = 0; index < count; index += 1) {
    await types.nth(index).click();
    const name = (await types.nth(index).locator('.name').innerText()).trim();
    const part = page.getByRole('region', { name, exact: true });
    await expect(part.getByRole('heading', { name, exact: true })).toBeVisible();
    const shown = part.locator('[role=grid], [role=table], .absence, .nothing').first();
    await expect(shown).toBeVisible({ timeout: 30_000 });
    await expect(part.getByRole('alert'), name).toHaveCount(0);
  }
});

for (const theme of ['light', 'dark'] as const) {
  test(`data is accessible: grid, record, statement and absence, ${theme}`, async ({ portal, page }) => {
    await page.emulateMedia({ colorScheme: theme });
    await open(portal, page, 'Invoices');
    await expect(page.getByText('saved offline')).toBeVisible({ timeout: 30_000 });
    await portal.isAccessible();
    await page.getByRole('grid', { name: 'Invoices' }).getByRole('gridcell').first().click();
    await expect(page.getByRole('region', { name: 'Line items' })).toBeVisible();
    await portal.isAccessible();
    await open(portal, page, 'Profit and loss');
    await expect(page.getByRole('table', { name: 'Profit and loss' })).toBeVisible();
    await portal.isAccessible();
    await page.setViewportSize({ width: 900, height: 600 });
    await portal.isAccessible();
  });
}
