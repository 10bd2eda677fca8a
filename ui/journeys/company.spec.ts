import { expect, test } from './portal';

test('a company opens from its name and from the keyboard, and back leads back', async ({ portal, page }) => {
  await portal.find('vale veterinary');
  await portal.row('Vale Veterinary Clinic').getByRole('link', { name: 'Vale Veterinary Clinic' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Vale Veterinary Clinic' })).toBeVisible();
  await expect(page).toHaveURL(/#\/company\/[0-9a-f-]{36}\/summary$/);
  await page.getByRole('tab', { name: 'Connections' }).click();
  await expect(page).toHaveURL(/connections$/);
  await page.keyboard.press('ArrowRight');
  await expect(page.getByRole('tab', { name: 'Data', exact: true })).toBeFocused();
  await page.goBack();
  await expect(page.getByRole('tab', { name: 'Connections' })).toHaveAttribute('aria-selected', 'true');
  await page.goBack();
  await page.goBack();
  await expect(portal.rows).toHaveCount(1);
  await page.goForward();
  await expect(page.getByRole('tab', { name: 'Summary' })).toHaveAttribute('aria-selected', 'true');
  const address = page.url();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: 'Vale Veterinary Clinic' })).toBeVisible();
  expect(page.url()).toBe(address);
  await page.getByRole('button', { name: 'Back to Companies' }).click();
  await portal.find('vale veterinary');
  await portal.rows.first().locator('.created').click();
  await page.keyboard.press('Home');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Vale Veterinary Clinic' })).toBeVisible();
});

test('a connection is added, and its Link URL is there to send', async ({ portal, page }) => {
  await portal.open('Ochre Studio', 'Connections');
  await page.getByRole('button', { name: 'Add connection' }).click();
  const search = page.getByRole('searchbox', { name: 'Search integrations' });
  await search.fill('file upload');
  const found = page.getByRole('list', { name: 'Integrations' }).getByRole('button');
  await expect(found.nth(1)).toBeVisible();
  await search.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(found.nth(1)).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowUp');
  await expect(search).toBeFocused();
  await search.fill('plaid');
  await expect(found).toHaveCount(1);
  await search.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Link URL' })).toHaveValue(/\/connections\/.*\/start/);
  await page.getByRole('button', { name: 'Done' }).click();
  await expect(page.getByRole('row', { name: /^Plaid Pending/ })).toBeVisible();
});

test('the connections are a table, and the keyboard opens one and returns to its row', async ({
  portal,
  page,
}) => {
  await portal.open('Northwind Traders', 'Connections');
  const grid = page.getByRole('grid', { name: 'Connections' });
  await expect(grid.getByRole('columnheader')).toHaveText([
    'Integration',
    'Status',
    'Last refresh',
    'May expire',
    'Error',
  ]);
  const broken = grid.getByRole('row', { name: /^QuickBooks Online/ });
  await expect(broken).toContainText('The customer or the platform ended the access, or it expired.');
  await portal.isAccessible();
  await grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowDown');
  const second = grid.locator('[data-index="1"]');
  await expect(second).toBeFocused();
  await page.keyboard.press('Enter');
  const drawer = page.getByRole('complementary', { name: /: \w+$/ });
  await expect(drawer).toBeFocused();
  await portal.isAccessible();
  await drawer.getByTitle('Copy the connection’s ID').click();
  await expect.poll(() => portal.clipboard()).toMatch(/^[0-9a-f-]{36}$/);
  await page.keyboard.press('Escape');
  await expect(drawer).toHaveCount(0);
  await expect(second).toBeFocused();
  await expect(page, 'the first Escape closes only the drawer').toHaveURL(/connections$/);
});

test('the drawer of a broken connection explains the error and copies its link', async ({ portal, page }) => {
  await portal.open('Northwind Traders', 'Connections');
  await page.getByRole('row', { name: /^QuickBooks Online/ }).click();
  const drawer = page.getByRole('complementary', { name: /^QuickBooks Online: / });
  await expect(drawer, 'a click gives it the keyboard too').toBeFocused();
  await expect(drawer).toContainText(/Codat reported error 401 on \d+ \w+ \d{4}, \d\d:\d\d\./);
  await expect(drawer).toContainText('Send the customer the reconnect link.');
  await drawer.getByRole('button', { name: 'Copy reconnect link of QuickBooks Online' }).click();
  await expect(portal.message('Link URL copied')).toContainText('QuickBooks Online');
  expect(await portal.clipboard()).toMatch(/^https?:\/\/\S+/);
});

test('unlinking and deleting say what is lost, and need the safe mode', async ({ portal, page }) => {
  await portal.open('Vale Veterinary Clinic', 'Connections');
  await page.getByRole('row', { name: /^Xero Linked/ }).click();
  const xero = page.getByRole('complementary', { name: 'Xero: Linked' });
  await xero.getByRole('button', { name: 'More for Xero' }).click();
  await page.getByRole('menuitem', { name: 'Unlink…' }).click();
  await expect(page.getByRole('dialog')).toContainText('You can still see the data already synced');
  await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
  const unlinked = page.getByRole('complementary', { name: 'Xero: Unlinked' });
  await expect(unlinked).toBeVisible();
  await expect(
    unlinked
      .getByRole('list', { name: /over time/ })
      .getByRole('listitem')
      .first(),
  ).toContainText('unlinked');
  await unlinked.getByRole('button', { name: 'More for Xero' }).click();
  await expect(page.getByRole('menuitem', { name: 'Unlink…' })).toHaveAttribute('aria-disabled', 'true');
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await expect(page.getByRole('dialog')).toContainText('permanently');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(unlinked).toHaveCount(0);
});

test('tags, description and notes are saved', async ({ portal, page }) => {
  await portal.open('Ochre Studio', 'Settings');
  await page.getByRole('button', { name: 'Add tag' }).click();
  await page
    .getByLabel(/^Name of tag/)
    .last()
    .fill('stage');
  await page
    .getByLabel(/^Value of tag/)
    .last()
    .fill('review');
  await page.getByRole('button', { name: 'Save tags' }).click();
  await expect(page.getByText('Tags saved')).toBeVisible();
  await page.getByRole('textbox', { name: 'Description' }).fill('Paints walls');
  await page.getByRole('button', { name: 'Save description' }).click();
  await expect(page.getByText('Description saved')).toBeVisible();
  await page.getByRole('textbox', { name: 'Private notes' }).fill('Call on Mondays');
  await page.getByRole('button', { name: 'Save notes' }).click();
  await page.reload();
  await expect(page.getByRole('textbox', { name: 'Private notes' })).toHaveValue('Call on Mondays');
  await expect(page.getByLabel(/^Value of tag/).last()).toHaveValue('review');
});

test('what was typed and not saved is there after the page is loaded again', async ({ portal, page }) => {
  await portal.open('Ochre Studio', 'Settings');
  const notes = page.getByRole('textbox', { name: 'Private notes' });
  await expect(page.getByRole('button', { name: 'Saved' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Description' }).fill('Half a sentence');
  await notes.fill('Half a thought');
  await page.reload();
  await expect(notes).toHaveValue('Half a thought');
  await expect(page.getByRole('textbox', { name: 'Description' })).toHaveValue('Half a sentence');
});

test('the activity stands under its days, and what the first look found is one line', async ({
  portal,
  page,
}) => {
  await portal.open('Harbour Lane Bakery', 'Summary');
  const activity = page.getByRole('region', { name: 'Activity' });
  await expect(activity.getByText(/started tracking this company.\(3 connections\)/)).toBeVisible();
  await expect(activity.getByText(/when first checked/)).toHaveCount(0);
  await expect(activity.getByRole('heading', { level: 3 }).first()).toHaveText('Today');
  await expect(activity.getByRole('heading', { level: 3 }).nth(1)).toBeVisible();
});

test('a refresh is one line of the activity, which opens', async ({ portal, page }) => {
  await portal.open('Vale Veterinary Clinic', 'Summary');
  await portal.refresh(/^Refresh data/);
  const activity = page.getByRole('region', { name: 'Activity' });
  await expect(activity.getByText(/^Refresh(ed|ing) 2\d data types/).first()).toBeVisible({
    timeout: 20_000,
  });
  await activity.getByRole('button', { name: 'Show data types' }).first().click();
  await expect(activity.getByRole('button', { name: 'Invoices', exact: true }).first()).toBeVisible();
});

for (const theme of ['light', 'dark'] as const) {
  test(`every part of a company is accessible, ${theme}`, async ({ portal, page }) => {
    await page.emulateMedia({ colorScheme: theme });
    for (const part of ['Summary', 'Connections', 'Settings']) {
      await portal.open('Northwind Traders', part);
      await portal.isAccessible();
    }
  });
}
