import { expect, test } from './portal';

const NAME = 'Ochre Studio';

interface Settings {
  overridesDefaults: boolean;
  settings: { dataType: string; syncSchedule: number; syncOrder: number; fetchOnFirstLink: boolean }[];
}

test('what is edited is shown, discarded or saved, and stands over the workspace', async ({
  portal,
  page,
  side,
}) => {
  const id = await side.company(NAME);
  await portal.open(NAME, 'Settings');
  const frequency = page.getByLabel('Frequency of Invoices', { exact: true });
  await frequency.selectOption({ label: 'Weekly' });
  const bar = page.getByRole('region', { name: 'Unsaved settings' });
  await expect(bar).toContainText('1 data type changed, not saved yet');
  await expect(page.locator('tr[data-type=invoices]')).toContainText('was None');
  await page.getByRole('tab', { name: 'Summary' }).click();
  await page.getByRole('tab', { name: 'Settings' }).click();
  await expect(frequency, 'what was not saved is there again').toHaveValue('168');
  await bar.getByRole('button', { name: 'Discard' }).press('Enter');
  await expect(page.getByRole('searchbox', { name: 'Search data types' })).toBeFocused();
  await expect(frequency).toHaveValue('0');
  await expect(bar).toHaveCount(0);

  await frequency.selectOption({ label: 'Weekly' });
  await portal.saveSettings();
  await expect(portal.message('Settings saved')).toBeVisible();
  const kept = await side.call<Settings>('GET', `/companies/${id}/syncSettings`);
  expect(kept.settings.find((one) => one.dataType === 'invoices')?.syncSchedule).toBe(168);
  const ofAll = await side.call<Settings>('GET', '/profile/syncSettings');
  expect(ofAll.settings.find((one) => one.dataType === 'invoices')?.syncSchedule).toBe(0);
  await expect(page.locator('tr[data-type=invoices]')).toContainText('Workspace: None');
  await page.getByLabel('Only differences from the workspace').check();
  await expect(page.locator('tr[data-type]')).toHaveCount(1);
  await page.getByRole('button', { name: 'Follow the workspace' }).click();
  await expect(page.getByText('This company follows the workspace.')).toBeVisible();
  expect((await side.call<Settings>('GET', `/companies/${id}/syncSettings`)).overridesDefaults).toBe(false);
});

test('settings that were not saved are there again after a reload, over what Codat has by then', async ({
  portal,
  page,
  side,
}) => {
  const id = await side.company(NAME);
  await portal.open(NAME, 'Settings');
  const frequency = (name: string) => page.getByLabel(`Frequency of ${name}`, { exact: true });
  await frequency('Invoices').selectOption({ label: 'Weekly' });
  await frequency('Bills').selectOption({ label: 'Monthly' });
  const bar = page.getByRole('region', { name: 'Unsaved settings' });
  await expect(bar).toContainText('2 data types changed');
  await page.reload();
  await expect(bar).toContainText('2 data types changed, not saved yet');
  await expect(frequency('Invoices')).toHaveValue('168');
  await expect(frequency('Bills')).toHaveValue('720');
  await frequency('Bills').selectOption({ label: 'None' });
  await expect(bar).toContainText('1 data type changed');

  const before = await side.call<Settings>('GET', `/companies/${id}/syncSettings`);
  const settings = before.settings.map((one) =>
    one.dataType === 'invoices' ? { ...one, syncSchedule: 24 } : one,
  );
  await side.call('POST', `/companies/${id}/syncSettings`, { ...before, overridesDefaults: true, settings });
  await page.reload();
  await portal.refresh(/^Load again/);
  await expect(page.locator('tr[data-type=invoices] + tr')).toContainText(
    'Changed at Codat while you edited',
  );
  await expect(frequency('Invoices'), 'what was chosen here stands').toHaveValue('168');
  await bar.getByRole('button', { name: 'Discard' }).click();
  await page.reload();
  await expect(frequency('Invoices')).toHaveValue('24');
  await expect(bar).toHaveCount(0);
});

test('an hourly schedule that the plan does not have is told at its row', async ({ portal, page, side }) => {
  const id = await side.company(NAME);
  await portal.open(NAME, 'Settings');
  await page.getByLabel('Frequency of Invoices', { exact: true }).selectOption({ label: 'Hourly' });
  await page.getByLabel('Frequency of Bills', { exact: true }).selectOption({ label: 'Daily' });
  await side.fault({ route: `/companies/${id}/syncSettings`, method: 'POST', status: 402 });
  await portal.saveSettings();
  await expect(page.getByRole('alert').filter({ hasText: 'plan doesn’t allow' })).toHaveCount(1);
  const told = page.locator('tr[data-type=invoices] + tr');
  await expect(told).toContainText('Your Codat plan doesn’t allow this');
  await expect(page.getByLabel('Frequency of Invoices', { exact: true })).toHaveValue('1');
  await side.noFaults();
  await page.getByLabel('Frequency of Invoices', { exact: true }).selectOption({ label: 'Daily' });
  await portal.saveSettings();
  await expect(portal.message('Settings saved')).toBeVisible();
});

test('settings that were changed elsewhere meanwhile are not overwritten unseen', async ({
  portal,
  page,
  side,
}) => {
  const id = await side.company(NAME);
  await portal.open(NAME, 'Settings');
  await page.getByLabel('Frequency of Invoices', { exact: true }).selectOption({ label: 'Weekly' });
  const before = await side.call<Settings>('GET', `/companies/${id}/syncSettings`);
  const settings = before.settings.map((one) =>
    one.dataType === 'invoices'
      ? { ...one, syncSchedule: 24 }
      : one.dataType === 'bills'
        ? { ...one, syncSchedule: 720 }
        : one,
  );
  await side.call('POST', `/companies/${id}/syncSettings`, {
    companyId: id,
    overridesDefaults: true,
    settings,
  });
  await portal.saveSettings();
  await expect(page.getByText(/changed elsewhere while you edited/)).toBeVisible();
  await expect(page.locator('tr[data-type=invoices] + tr')).toContainText(
    'Changed at Codat while you edited',
  );
  await expect(page.getByLabel('Frequency of Bills', { exact: true })).toHaveValue('720');
  await portal.saveSettings();
  await expect(portal.message('Settings saved')).toBeVisible();
  const after = await side.call<Settings>('GET', `/companies/${id}/syncSettings`);
  const hours = (key: string) => after.settings.find((one) => one.dataType === key)?.syncSchedule;
  expect([hours('invoices'), hours('bills')]).toEqual([168, 720]);
});

test('numbers that Codat does not take are told before anything is sent', async ({ portal, page }) => {
  await portal.open(NAME, 'Settings');
  await page.getByLabel('Months of Profit and loss', { exact: true }).fill('0');
  await expect(page.getByText('Months are a whole number from 1 to 120.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Review changes…' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await page.getByLabel('History of Invoices', { exact: true }).selectOption({ label: 'Last months' });
  await page.getByLabel('Months of Profit and loss', { exact: true }).fill('36');
  await expect(page.getByRole('region', { name: 'Unsaved settings' })).toContainText('2 data types changed');
});

test('two windows edit the tags of one company, and nothing is lost unseen', async ({
  portal,
  page,
  context,
  address,
}) => {
  test.setTimeout(90_000);
  await portal.open('Fenwick Optical', 'Settings');
  const here = page.url().split('#')[1] ?? '';
  const other = await context.newPage();
  await other.goto(`${address}#${here}`);
  const valueOf = (on: typeof page, at: number) => on.getByLabel(`Value of tag ${at}`);
  await expect(valueOf(other, 3)).toHaveValue('2');

  // Different tags: both stay.
  await valueOf(page, 1).fill('eu');
  await valueOf(other, 3).fill('3');
  await other.getByRole('button', { name: 'Save tags' }).click();
  await expect(other.getByText('Tags saved')).toBeVisible();
  await expect(valueOf(page, 3), 'what was changed there is seen here').toHaveValue('3');
  await expect(valueOf(page, 1)).toHaveValue('eu');
  await page.getByRole('button', { name: 'Save tags' }).click();
  await expect(portal.message('Tags saved')).toBeVisible();
  await expect(valueOf(other, 1)).toHaveValue('eu');

  // The same tag: told, and what was typed stays.
  await valueOf(page, 3).fill('mine');
  await valueOf(other, 3).fill('theirs');
  await other.getByRole('button', { name: 'Save tags' }).click();
  await expect(page.getByRole('alert').filter({ hasText: 'tier changed elsewhere' })).toContainText('theirs');
  await expect(valueOf(page, 3)).toHaveValue('mine');
  await page.getByRole('button', { name: 'Save tags' }).click();
  await expect(valueOf(other, 3)).toHaveValue('mine');

  // The same notes.
  const notes = (on: typeof page) => on.getByRole('textbox', { name: 'Private notes' });
  await notes(other).fill('Theirs');
  await notes(page).fill('Mine');
  await other.getByRole('button', { name: 'Save notes' }).click();
  await expect(page.getByText('It changed elsewhere while you edited it.')).toBeVisible();
  await expect(page.locator('blockquote')).toHaveText('Theirs');
  await expect(notes(page)).toHaveValue('Mine');
  await page.getByRole('button', { name: 'Save notes' }).click();
  await expect(notes(other)).toHaveValue('Mine');
});

test('limits of tags are shown, and kept to', async ({ portal, page }) => {
  await portal.open(NAME, 'Settings');
  await page.getByRole('button', { name: 'Add tag' }).click();
  await page.getByLabel('Name of tag 1').fill('a');
  await page.getByLabel('Value of tag 1').fill('x'.repeat(101));
  await expect(page.getByText('The value of a has more than 100 characters.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save tags' })).toHaveAttribute('aria-disabled', 'true');
  await page.getByLabel('Value of tag 1').fill('1');
  for (let tag = 2; tag <= 10; tag += 1) {
    await page.getByRole('button', { name: 'Add tag' }).click();
    await page.getByLabel(`Name of tag ${tag}`, { exact: true }).fill(`k${tag}`);
  }
  await expect(page.getByRole('button', { name: 'Add tag' })).toBeDisabled();
  await expect(page.getByText('10 of 10')).toBeVisible();
});

test('data types need the highest safe mode, and say so', async ({ portal, page }) => {
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Settings of Sandbox' }).click();
  await page.getByRole('radio', { name: /^Operate/ }).check();
  await portal.open(NAME, 'Settings');
  const frequency = page.getByLabel('Frequency of Invoices', { exact: true });
  await expect(frequency).toBeDisabled();
  await expect(frequency).toHaveAttribute('title', /Administer/);
});

for (const theme of ['light', 'dark'] as const) {
  test(`a company’s settings are accessible, ${theme}`, async ({ portal, page }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await portal.open('Northwind Traders', 'Settings');
    await page.getByLabel('Frequency of Invoices', { exact: true }).selectOption({ label: 'Weekly' });
    await expect(page.getByRole('region', { name: 'Unsaved settings' })).toBeVisible();
    await portal.isAccessible();
  });
}
