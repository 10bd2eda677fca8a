import { expect, test, type Portal, type SandboxSide } from './portal';

/** Opens the newest refresh with these outcomes. */
async function openRefresh({ page }: Portal, outcomes: RegExp): Promise<void> {
  const group = page
    .getByRole('grid', { name: 'Read history' })
    .getByRole('row')
    .filter({ hasText: outcomes })
    .filter({ has: page.locator('.group-name') })
    .first();
  await group.locator('.group-name').click();
}

test('reads move while one watches, and how they end is seen', async ({ portal, page }) => {
  await portal.open('Vale Veterinary Clinic', 'Data history');
  await portal.refresh(/^Refresh data/);
  await openRefresh(portal, /\d+ running/);
  await expect(page.getByRole('progressbar').first()).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(/reads, \d+ running/)).toBeVisible();
  const table = page.getByRole('grid', { name: 'Read history' });
  const stages = new Set<string>();
  await expect(async () => {
    for (const text of await table.locator('.word').allInnerTexts()) stages.add(text.replace(/\s*\d+%$/, ''));
    await expect(page.getByRole('progressbar')).toHaveCount(0, { timeout: 10 });
  }).toPass({ timeout: 45_000, intervals: [200] });
  expect(stages.size, [...stages].join(', ')).toBeGreaterThan(2);
  await expect(table.getByRole('row').nth(1), 'the refresh').toContainText(/\d+ complete/);
  await expect(page.getByText(/\d+ running/)).toHaveCount(0);
});

test('a failed read explains itself, offers what helps, and is found by type, status and day', async ({
  portal,
  page,
}) => {
  await portal.open('Granite Peak Outfitters', 'Data history');
  const table = page.getByRole('grid', { name: 'Read history' });
  const again = table.getByRole('button', { name: /^Refresh ?: / }).first();
  await openRefresh(portal, /\d+ failed/);
  await expect(again).toBeVisible();
  const failed = table
    .getByRole('row')
    .filter({ has: page.getByRole('button', { name: /^Refresh ?: / }) })
    .first();
  const name = await failed.locator('.name').innerText();
  await failed.locator('.name').click();
  const detail = page.getByRole('complementary').last();
  await expect(detail.locator('.advice')).not.toBeEmpty();
  await expect(page).toHaveURL(/\/history\/[0-9a-f-]{36}$/);
  await page.reload();
  await expect(page.getByRole('complementary').last().locator('.advice')).not.toBeEmpty();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/\/history$/);

  await page.getByLabel('Type', { exact: true }).selectOption({ label: name });
  await expect.poll(() => table.locator('.name').allInnerTexts()).not.toEqual([]);
  expect(new Set(await table.locator('.name').allInnerTexts())).toEqual(new Set([name]));
  await page.getByLabel('From').fill('2001-01-01');
  await page.getByLabel('From').blur();
  await page.getByLabel('to', { exact: true }).fill('2001-01-02');
  await page.getByLabel('to', { exact: true }).blur();
  await expect(page.getByText('No reads match these filters.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  await expect(again).toBeVisible();
});

test('what failed is read again from its row', async ({ portal, page, side }) => {
  await portal.open('Granite Peak Outfitters', 'Data history');
  const id = await side.company('Granite Peak Outfitters');
  const count = async () =>
    (await side.call<{ totalResults: number }>('GET', `/companies/${id}/data/history?page=1&pageSize=1`))
      .totalResults;
  const before = await count();
  await openRefresh(portal, /\d+ failed/);
  const failed = page.getByRole('row').filter({ has: page.getByRole('button', { name: /^Refresh ?: / }) });
  await failed
    .first()
    .getByRole('button', { name: /^Refresh ?: / })
    .click();
  await expect.poll(count).toBe(before + 1);
  await expect(portal.message('Refreshing ')).toBeVisible();
});

test('a refresh is one row that keys open and close, with its failures first', async ({ portal, page }) => {
  await portal.open('Granite Peak Outfitters', 'Data history');
  const table = page.getByRole('grid', { name: 'Read history' });
  const group = table.getByRole('row').filter({ has: page.locator('.group-name') });
  await expect(group.first()).toContainText(/\d+ data types/);
  await expect(page.getByText('End of history')).toBeVisible();
  const closed = await group.count();
  await table.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  const second = table.locator('[data-index="1"]');
  await expect(second).toContainText('26 complete, 1 failed');
  await page.keyboard.press('ArrowRight');
  await expect(second.locator('.group-name')).toHaveAttribute('aria-expanded', 'true');
  await expect(second, 'the keyboard stays').toBeFocused();
  const failure = table.locator('[data-index="2"]');
  await expect(failure).not.toContainText('Complete');
  await expect(table.locator('[data-index="3"]')).toContainText('Complete');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const detail = page.getByRole('complementary').last();
  await expect(detail).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(failure).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  await expect(second).toBeFocused();
  await expect(second.locator('.group-name')).toHaveAttribute('aria-expanded', 'false');
  await expect(table).toHaveAttribute('aria-rowcount', String(closed + 1));
  await portal.isAccessible();
});

test('the number of failed reads leads to them', async ({ portal, page }) => {
  await portal.open('Granite Peak Outfitters', 'Data history');
  const table = page.getByRole('grid', { name: 'Read history' });
  await expect(table.getByText(/\d+ complete/).first()).toBeVisible();
  await page.getByRole('button', { name: /^\d+ failed$/ }).click();
  await expect(page.getByLabel('Status', { exact: true })).toHaveValue('failed');
  await expect(table.getByText(/\d+ complete/)).toHaveCount(0);
  await openRefresh(portal, /^\D*\d+ data types?.*\d+ failed/);
  await expect(table.locator('.name').first()).toBeVisible();
  await expect(table.getByText('Complete', { exact: true })).toHaveCount(0);
});

test('what checks found opens with its records and rules', async ({ portal, page, side }) => {
  await portal.open('Granite Peak Outfitters', 'Data history');
  const id = await side.company('Granite Peak Outfitters');
  const query = encodeURIComponent('status=ValidationError');
  const path = `/companies/${id}/data/history?page=1&pageSize=10&query=${query}`;
  const { results } = await side.call<{ results: { id: string }[] }>('GET', path);
  const [read] = results;
  expect(read, 'the sandbox has a read of this company that failed a check').toBeDefined();
  await page.getByLabel('Status', { exact: true }).selectOption({ label: 'Failed' });
  await openRefresh(portal, /^\D*\d+ data types?.*8 failed/);
  await page.locator(`#operation-${read?.id}`).click();
  const detail = page.getByRole('complementary').last();
  await expect(detail.getByRole('heading', { name: /^Errors/ })).toBeVisible();
  await expect(detail.locator('li').first()).toContainText('Record');
});

test('writes have their own address, and tell what became of their records', async ({ portal, page }) => {
  await portal.open('Harbour Lane Bakery', 'Data history');
  await page.getByRole('button', { name: 'Write history' }).click();
  await expect(page).toHaveURL(/history\/writes$/);
  const table = page.getByRole('grid', { name: 'Write history' });
  await table.locator('.name').first().click();
  await expect(page).toHaveURL(/history\/writes\/[0-9a-f-]{36}$/);
  await expect(page.getByRole('complementary').last()).toContainText('Requested');
  await page.goBack();
  await page.goBack();
  await expect(page.getByRole('grid', { name: 'Read history' })).toBeVisible();
});

/** A write as Codat says it. */
interface Write {
  companyId: string;
  pushOperationKey: string;
  dataConnectionKey: string;
  dataType: string;
  requestedOnUtc: string;
  completedOnUtc?: string;
  status: string;
  statusCode: number;
  errorMessage?: string;
  changes?: unknown[];
  validation?: unknown;
}

/** Writes of a company that only move when they are told to, in place of those of the sandbox. */
class Writes {
  readonly #side: SandboxSide;
  readonly #company: string;
  readonly all: Write[];

  constructor(side: SandboxSide, company: string, connection: string, types: string[]) {
    this.#side = side;
    this.#company = company;
    this.all = types.map((dataType, at) => ({
      companyId: company,
      pushOperationKey: `5eed0000-0000-4000-8000-00000000000${at}`,
      dataConnectionKey: connection,
      dataType,
      requestedOnUtc: new Date(Date.now() - 30_000 - at * 1_000).toISOString(),
      status: 'Pending',
      statusCode: 202,
    }));
  }

  /** They are what is answered from now on, or those of them that are told. */
  async tell(told = this.all): Promise<void> {
    const body = {
      results: told,
      pageNumber: 1,
      pageSize: 100,
      totalResults: told.length,
      _links: {},
    };
    await this.#side.noFaults();
    await this.#side.fault({ route: `/companies/${this.#company}/push`, status: 200, body });
  }

  /** One of them has ended. */
  end(at: number, status: string, more: Partial<Write>): void {
    const write = this.all[at];
    if (!write) throw new Error(`there is no write ${at}`);
    Object.assign(write, { status, completedOnUtc: new Date().toISOString(), ...more });
  }
}

async function openWrites(portal: Portal, side: SandboxSide, types: string[]): Promise<Writes> {
  const name = 'Harbour Lane Bakery';
  const id = await side.company(name);
  const { dataConnections } = await side.call<{ dataConnections: { id: string }[] }>(
    'GET',
    `/companies/${id}`,
  );
  const writes = new Writes(side, id, dataConnections[0]?.id ?? '', types);
  await writes.tell();
  await portal.open(name, 'Data history');
  await portal.page.getByRole('button', { name: 'Write history' }).click();
  return writes;
}

test('writes move while one watches, and each says how it ended', async ({ portal, page, side }) => {
  const writes = await openWrites(portal, side, ['bills', 'invoices', 'journalEntries']);
  const table = page.getByRole('grid', { name: 'Write history' });
  const row = (name: string) => table.getByRole('row').filter({ has: page.getByText(name, { exact: true }) });
  await expect(row('Bills').getByRole('progressbar')).toBeVisible();
  await expect(row('Bills')).toContainText('so far');
  await expect(page.getByText(/3 running/)).toBeVisible();

  const record = { id: 'bill-17', dataType: 'bills' };
  writes.end(0, 'Success', { statusCode: 200, changes: [{ type: 'Created', recordRef: record }] });
  await writes.tell();
  await expect(row('Bills')).toContainText('Success');
  await expect(row('Bills').getByRole('progressbar')).toHaveCount(0);
  await expect(page.getByText(/2 running/)).toBeVisible();

  const message = 'The account is not in the books.';
  const errors = [{ itemId: 'lineItems[0].accountRef.id', message, validatorName: 'AccountRef' }];
  writes.end(1, 'Failed', { statusCode: 400, errorMessage: message, validation: { errors, warnings: [] } });
  writes.end(2, 'TimedOut', { statusCode: 408, errorMessage: 'The source did not answer.' });
  await writes.tell();
  await expect(row('Invoices')).toContainText('Failed');
  await expect(row('Journal entries')).toContainText('Timed out');
  await expect(page.getByText(/running/)).toHaveCount(0);

  await row('Bills').getByRole('button', { name: 'Bills' }).click();
  const detail = page.getByRole('complementary').last();
  await expect(detail).toContainText('Record bill-17 created');
  await row('Invoices').getByRole('button', { name: 'Invoices' }).click();
  await expect(detail).toContainText('The platform rejected this record.');
  await expect(detail).toContainText(`lineItems[0].accountRef.id: ${message}`);
  await row('Journal entries').getByRole('button', { name: 'Journal entries' }).click();
  await expect(detail).toContainText('so we can’t tell if it saved the record');
});

test('how a write ended is not missed behind a filter that it no longer meets', async ({
  portal,
  page,
  side,
}) => {
  await portal.open('Harbour Lane Bakery', 'Data history');
  await page.getByRole('button', { name: 'Write history' }).click();
  const table = page.getByRole('grid', { name: 'Write history' });
  await page.getByLabel('Status', { exact: true }).selectOption({ label: 'Running' });
  await expect(table.getByRole('progressbar')).toHaveCount(1);
  const id = await table.getByRole('button').first().getAttribute('id');
  // A write may take an hour in the sandbox. Whoever asks for what is pending hears nothing of its end.
  await side.call('POST', '/_sandbox/clock', { advance: '1h' });
  await expect(page.getByText('No writes match these filters.')).toBeVisible();
  await page.getByRole('button', { name: 'Clear filters' }).last().click();
  const row = table.getByRole('row').filter({ has: page.locator(`#${id}`) });
  await expect(row).toContainText('Timed out');
  await expect(page.getByText(/running/)).toHaveCount(0);
});

test('a write of a newer API is shown as it came', async ({ portal, page, side }) => {
  const writes = await openWrites(portal, side, ['quantumLedgers']);
  const table = page.getByRole('grid', { name: 'Write history' });
  writes.end(0, 'HeldForApproval', { statusCode: 203 });
  await writes.tell();
  const row = table.getByRole('row').filter({ hasText: 'quantumLedgers' });
  await expect(row).toContainText('Held for approval');
  await expect(row).toContainText('doesn’t know');
  await expect(row.getByRole('progressbar')).toHaveCount(0);
});

test('a long history is scrolled to its end with few rows in the page', async ({ portal, page, side }) => {
  test.setTimeout(120_000);
  const id = await side.company('Everything Emporium');
  await portal.open('Everything Emporium', 'Data history');
  for (let round = 0; round < 2; round += 1) {
    await side.call('POST', `/companies/${id}/data/all`, {});
    await expect
      .poll(
        async () => {
          const path = `/companies/${id}/data/history?page=1&pageSize=1000`;
          const { results } = await side.call<{
            results: { isCompleted: boolean; isErrored: boolean; status: string }[];
          }>('GET', path);
          const over = ['Complete', 'NotSupported', 'Cancelled'];
          return results.every((read) => over.includes(read.status) || /Error|NotMet/.test(read.status));
        },
        { timeout: 40_000 },
      )
      .toBe(true);
  }
  await page.reload();
  const table = page.getByRole('grid', { name: 'Read history' });
  await expect(table.locator('.group-name').first()).toBeVisible();
  const { totalResults } = await side.call<{ totalResults: number }>(
    'GET',
    `/companies/${id}/data/history?page=1&pageSize=1`,
  );
  expect(totalResults).toBeGreaterThan(100);
  await expect(page.getByText(`${totalResults} reads`)).toBeVisible();
  await expect(async () => {
    await table.evaluate((element) => (element.scrollTop = element.scrollHeight));
    await expect(page.getByText('End of history')).toBeVisible({ timeout: 500 });
  }).toPass({ timeout: 40_000 });
  await expect(page.getByText(`${totalResults} reads`)).toBeVisible();
  // Closed, its refreshes are few lines. With all of them open, each read is a line besides those of the refreshes.
  const sizes = await table.locator('.words').allInnerTexts();
  const inGroups = sizes.flatMap((text) => [...text.matchAll(/\d+/g)].map(Number));
  const rows = Number(await table.getAttribute('aria-rowcount')) - 1;
  const alone = rows - sizes.length;
  expect(
    inGroups.reduce((one, other) => one + other, alone),
    'no read is missing',
  ).toBe(totalResults);
  await table.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await expect.poll(async () => Number(await table.getAttribute('aria-rowcount')) - 1).toBeGreaterThan(rows);
  expect(await table.getByRole('row').count()).toBeLessThan(60);
});

test('a status of a newer API is shown as it came, and what was seen stays when Codat cannot be asked', async ({
  portal,
  page,
  side,
}) => {
  const id = await side.company('Vale Veterinary Clinic');
  await portal.open('Vale Veterinary Clinic', 'Data history');
  const table = page.getByRole('grid', { name: 'Read history' });
  await expect(table.getByRole('gridcell').first()).toBeVisible();
  const { dataConnections } = await side.call<{ dataConnections: { id: string }[] }>(
    'GET',
    `/companies/${id}`,
  );
  const read = {
    id: '0b9c4c5e-7a55-4a43-9d0e-5f1f6c7f2a10',
    companyId: id,
    connectionId: dataConnections[0]?.id,
    dataType: 'quantumLedgers',
    status: 'Quarantined',
    requested: new Date(Date.now() + 60_000).toISOString(),
    completed: new Date(Date.now() + 61_000).toISOString(),
    progress: 100,
    isCompleted: true,
    isErrored: false,
  };
  const results = { results: [read], pageNumber: 1, pageSize: 100, totalResults: 1, _links: {} };
  await side.fault({ route: `/companies/${id}/data/history`, status: 200, body: results });
  await portal.refresh(/^Load again/);
  const newer = table.getByRole('row').filter({ hasText: 'quantumLedgers' });
  await expect(newer).toContainText('Quarantined');
  await expect(newer).toContainText('doesn’t know');
  await side.noFaults();
  await side.fault({ status: 503 });
  await portal.refresh(/^Load again/);
  await expect(page.getByRole('alert').first()).toBeVisible();
  await expect(newer).toBeVisible();
  await expect(page.getByText(/Updated/)).toBeVisible();
});

test('a company that is deleted elsewhere while it is open says so', async ({ portal, page, side }) => {
  const id = await side.company('Ochre Studio');
  await portal.open('Ochre Studio', 'Data history');
  await side.call('DELETE', `/companies/${id}`);
  await page.keyboard.press('F5');
  await expect(page.getByRole('heading', { name: 'Company not found' })).toBeVisible({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Back to Companies' }).last().click();
  await portal.find('vale veterinary');
  await expect(portal.rows).toHaveCount(1);
});

for (const theme of ['light', 'dark'] as const) {
  test(`the histories are accessible, ${theme}`, async ({ portal, page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await portal.open('Granite Peak Outfitters', 'Data history');
    await openRefresh(portal, /\d+ failed/);
    await page.locator('[data-operation]').first().click();
    await expect(page.getByRole('complementary').last()).toBeVisible();
    await portal.isAccessible();
    await portal.open('Harbour Lane Bakery', 'Data history');
    await page.getByRole('button', { name: 'Write history' }).click();
    await portal.isAccessible();
  });
}
