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
  await expect(page.getByRole('region', { name: 'Plaid: Pending' })).toBeVisible();
});

test('unlinking and deleting say what is lost, and need the safe mode', async ({ portal, page }) => {
  await portal.open('Vale Veterinary Clinic', 'Connections');
  const xero = page.getByRole('region', { name: 'Xero: Linked' });
  await xero.getByRole('button', { name: 'Unlink… Xero' }).click();
  await expect(page.getByRole('dialog')).toContainText('You can still see the data already synced');
  await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
  const unlinked = page.getByRole('region', { name: 'Xero: Unlinked' });
  await expect(unlinked).toBeVisible();
  await expect(unlinked.getByRole('list', { name: /over time/ })).toContainText('unlinked');
  await unlinked.getByRole('button', { name: 'Delete… Xero' }).click();
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

test('a refresh is one line of the activity, which opens', async ({ portal, page }) => {
  await portal.open('Vale Veterinary Clinic', 'Summary');
  await page.getByRole('button', { name: 'Refresh data' }).click();
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
