import type { Page } from '@playwright/test';
import { expect, test } from './portal';

interface Setting {
  dataType: string;
  syncSchedule: number;
  syncOrder: number;
  fetchOnFirstLink: boolean;
}

interface Settings {
  clientId: string;
  overridesDefaults: boolean;
  settings: Setting[];
}

async function open(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Data types' }).click();
  await expect(page.getByLabel('Frequency of Invoices', { exact: true })).toBeVisible();
}

/** The keys of a category, from the top. */
function keys(page: Page, category: string): Promise<string[]> {
  const body = page
    .locator('tbody')
    .filter({ has: page.getByRole('rowheader', { name: category, exact: true }) });
  return body
    .locator('tr[data-type]')
    .evaluateAll((rows) => rows.map((row) => (row as HTMLElement).dataset['type'] ?? ''));
}

test('all types stand by category with their keys, and what is changed is saved for the whole client', async ({
  portal,
  page,
  side,
}) => {
  const before = await side.call<Settings>('GET', '/profile/syncSettings');
  await open(page);
  expect((await keys(page, 'Accounting')).length).toBe(28);
  expect((await keys(page, 'Banking')).length).toBe(4);
  expect((await keys(page, 'Commerce')).length).toBe(11);
  await page.getByLabel('Frequency of Invoices', { exact: true }).selectOption({ label: 'Weekly' });
  await page.getByLabel('Fetch Bills on first link').uncheck();
  await page.getByLabel('Months of Profit and loss', { exact: true }).fill('36');
  const bar = page.getByRole('region', { name: 'Unsaved settings' });
  await expect(bar).toContainText('3 data types changed, not saved yet');
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Companies' }).click();
  await open(page);
  await expect(bar, 'what was not saved is there again').toContainText('3 data types changed');
  await portal.saveSettings();
  await expect(portal.message('Settings saved')).toBeVisible();
  const after = await side.call<Settings>('GET', '/profile/syncSettings');
  const changed = after.settings.filter(
    (one) =>
      JSON.stringify(one) !==
      JSON.stringify(before.settings.find(({ dataType }) => dataType === one.dataType)),
  );
  expect(changed.map(({ dataType }) => dataType).toSorted()).toEqual(['bills', 'invoices', 'profitAndLoss']);
});

test('an odd number of hours is shown as it is and kept', async ({ portal, page, side }) => {
  const before = await side.call<Settings>('GET', '/profile/syncSettings');
  const settings = before.settings.map((one) =>
    one.dataType === 'bills' ? { ...one, syncSchedule: 36 } : one,
  );
  await side.call('POST', '/profile/syncSettings', { ...before, overridesDefaults: true, settings });
  await open(page);
  const bills = page.getByLabel('Frequency of Bills', { exact: true });
  await expect(bills.locator('option:checked')).toHaveText('Every 36 hours');
  await page.getByLabel('Frequency of Invoices', { exact: true }).selectOption({ label: 'Daily' });
  await portal.saveSettings();
  await expect(portal.message('Settings saved')).toBeVisible();
  const after = await side.call<Settings>('GET', '/profile/syncSettings');
  expect(after.settings.find((one) => one.dataType === 'bills')?.syncSchedule).toBe(36);
});

test('a data type of a newer API is shown by its key, and kept when another one is saved', async ({
  portal,
  page,
  side,
}) => {
  const before = await side.call<Settings>('GET', '/profile/syncSettings');
  const quantum = { ...before.settings[0], dataType: 'quantumLedgers', syncSchedule: 24 };
  const body = { ...before, settings: [quantum, ...before.settings] };
  await side.fault({ route: '/profile/syncSettings', method: 'GET', status: 200, body });
  await open(page);
  expect(await keys(page, 'Other')).toEqual(['quantumLedgers']);
  await expect(page.getByLabel('Frequency of quantumLedgers', { exact: true })).toHaveValue('24');
  await page.getByLabel('Frequency of Invoices', { exact: true }).selectOption({ label: 'Weekly' });
  await side.call('DELETE', '/_sandbox/requests');
  await portal.saveSettings();
  const sent = async () => {
    const { results } = await side.call<{ results: { method: string; requestBody?: { text: string } }[] }>(
      'GET',
      '/_sandbox/requests',
    );
    return results.find(({ method }) => method === 'POST' || method === 'PUT')?.requestBody?.text ?? '';
  };
  await expect.poll(sent).toContain('syncSchedule');
  expect(await sent(), 'what is not known goes back as it came').toContain('quantumLedgers');
});

test('the order is changed by keys and by dragging', async ({ portal, page, side }) => {
  await open(page);
  const [first, second, third] = await keys(page, 'Banking');
  const handle = (key: string | undefined) => page.locator(`tr[data-type="${key}"] .handle`);
  await handle(third).focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  expect((await keys(page, 'Banking')).slice(0, 3)).toEqual([third, first, second]);
  await expect(handle(third), 'the keyboard stays with it').toBeFocused();

  await handle(first).scrollIntoViewIfNeeded();
  const from = await handle(second).boundingBox();
  const to = await handle(third).boundingBox();
  if (!from || !to) throw new Error('the handles are not on screen');
  await page.mouse.move(from.x + 8, from.y + 8);
  await page.mouse.down();
  await page.mouse.move(to.x + 8, to.y + 12, { steps: 6 });
  await page.mouse.up();
  expect((await keys(page, 'Banking')).slice(0, 3)).toEqual([second, third, first]);
  await portal.saveSettings();
  await expect(portal.message('Settings saved')).toBeVisible();
  const after = await side.call<Settings>('GET', '/profile/syncSettings');
  const order = (key: string | undefined) =>
    after.settings.find((one) => one.dataType === key)?.syncOrder ?? -1;
  expect(order(second)).toBeLessThan(order(third));
  expect(order(third)).toBeLessThan(order(first));
});

test('what the plan does not have is told at its row, and what moved meanwhile is not overwritten', async ({
  portal,
  page,
  side,
}) => {
  await open(page);
  await page.getByLabel('Frequency of Invoices', { exact: true }).selectOption({ label: 'Hourly' });
  await side.fault({ route: '/profile/syncSettings', method: 'POST', status: 402 });
  await portal.saveSettings();
  await expect(page.locator('tr[data-type=invoices] + tr')).toContainText(
    'Your Codat plan doesn’t allow this',
  );
  await side.noFaults();
  const before = await side.call<Settings>('GET', '/profile/syncSettings');
  const settings = before.settings.map((one) =>
    one.dataType === 'invoices' ? { ...one, syncSchedule: 720 } : one,
  );
  await side.call('POST', '/profile/syncSettings', { ...before, overridesDefaults: true, settings });
  await page.getByLabel('Frequency of Invoices', { exact: true }).selectOption({ label: 'Daily' });
  await portal.saveSettings();
  await expect(page.getByText(/changed elsewhere while you edited/)).toBeVisible();
  await expect(page.locator('tr[data-type=invoices] + tr')).toContainText(
    'Changed at Codat while you edited',
  );
  expect((await side.call<Settings>('GET', '/profile/syncSettings')).settings).toEqual(
    expect.arrayContaining([expect.objectContaining({ dataType: 'invoices', syncSchedule: 720 })]),
  );
  await portal.saveSettings();
  await expect(portal.message('Settings saved')).toBeVisible();
});

test('companies with settings of their own are named, and their types say so', async ({
  portal,
  page,
  side,
}) => {
  const id = await side.company('Ochre Studio');
  const own = await side.call<Settings>('GET', `/companies/${id}/syncSettings`);
  const settings = own.settings.map((one) =>
    one.dataType === 'invoices' ? { ...one, syncSchedule: 24 } : one,
  );
  await side.call('POST', `/companies/${id}/syncSettings`, {
    companyId: id,
    overridesDefaults: true,
    settings,
  });
  await portal.open('Ochre Studio', 'Settings');
  await expect(page.getByLabel('Frequency of Invoices', { exact: true })).toHaveValue('24');
  await open(page);
  const section = page.getByRole('region', { name: 'Companies with their own settings' });
  await expect(section).toContainText('Ochre Studio');
  await expect(section.getByRole('listitem')).toContainText('Invoices');
  await expect(page.locator('tr[data-type=invoices]')).toContainText('1 company differs');
  await section.getByRole('link', { name: 'Ochre Studio' }).click();
  await expect(page.getByRole('tab', { name: 'Settings' })).toHaveAttribute('aria-selected', 'true');
});

test('a category is set at once, and nothing is sent before its changes were reviewed', async ({
  portal,
  page,
  side,
}) => {
  const before = await side.call<Settings>('GET', '/profile/syncSettings');
  await open(page);
  await page.getByLabel('Frequency of all in Banking').selectOption({ label: 'Set all to Daily' });
  await expect(page.getByLabel('Frequency of Account balances', { exact: true })).toHaveValue('24');
  await page.getByRole('searchbox', { name: 'Search data types' }).fill('invoi');
  await expect(page.locator('tr[data-type]')).toHaveCount(1);
  await page.getByLabel('Fetch Invoices on first link').uncheck();
  await page.getByRole('searchbox', { name: 'Search data types' }).press('Escape');
  await page.getByRole('button', { name: 'Banking', exact: true }).click();
  await expect(page.locator('tr[data-type=banking-accounts]')).toHaveCount(0);
  await page.getByRole('button', { name: 'Review changes…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Save 5 changes?' });
  await expect(dialog).toContainText('Codat syncs every company without its own settings this way.');
  await expect(dialog.getByRole('row').filter({ hasText: 'Invoices' })).toHaveText(
    /Invoices\s*Accounting\s*On first link\s*On\s*Off/,
  );
  await expect(dialog.getByRole('row').filter({ hasText: /Frequency\s*None\s*Daily/ })).toHaveCount(4);
  await dialog.getByRole('button', { name: 'Back' }).click();
  await expect(page.getByRole('button', { name: 'Review changes…' })).toBeFocused();
  expect(await side.call<Settings>('GET', '/profile/syncSettings')).toEqual(before);
  await portal.saveSettings();
  await expect(portal.message('Settings saved')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Data types', level: 1 })).toBeFocused();
  const after = await side.call<Settings>('GET', '/profile/syncSettings');
  const daily = after.settings.filter((one) => one.syncSchedule === 24).map(({ dataType }) => dataType);
  expect(daily).toHaveLength(4);
  expect(daily.every((key) => key.startsWith('banking-'))).toBe(true);
});

test('it needs the highest safe mode, and says so', async ({ page }) => {
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Settings of Sandbox' }).click();
  await page.getByRole('radio', { name: /^Operate/ }).check();
  await open(page);
  await expect(page.getByText('this needs “Administer”')).toBeVisible();
  await expect(page.getByLabel('Frequency of Invoices', { exact: true })).toBeDisabled();
});

test('the page is accessible in both themes', async ({ portal, page }) => {
  test.setTimeout(120_000);
  await open(page);
  await page.getByLabel('Frequency of Invoices', { exact: true }).selectOption({ label: 'Weekly' });
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await portal.isAccessible();
  }
  await page.getByRole('button', { name: 'Banking', exact: true }).click();
  await page.getByRole('button', { name: 'Review changes…' }).click();
  await portal.isAccessible();
});
