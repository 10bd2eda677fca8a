import { expect, test, type Portal } from './portal';
import type { Page } from '@playwright/test';

/** Opens the page and the editor of a new schedule. */
async function begin(page: Page): Promise<void> {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Schedules' }).click();
  await page.getByRole('button', { name: 'New schedule' }).click();
  await expect(page.getByRole('dialog', { name: 'New schedule' })).toBeVisible();
}

async function save(portal: Portal): Promise<void> {
  await portal.page.getByRole('button', { name: 'Save schedule' }).click();
  await expect(portal.page.getByRole('dialog')).toHaveCount(0);
  await expect(portal.message('Schedule saved').last()).toBeVisible();
}

test('an empty page says what schedules are for, and the first one is made by keyboard alone', async ({
  portal,
  page,
}) => {
  await page.keyboard.press('Control+Shift+H');
  await expect(page.getByRole('heading', { name: 'No schedules yet' })).toBeVisible();
  await page.getByRole('button', { name: 'New schedule' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByLabel('Name', { exact: true })).toBeFocused();
  await page.keyboard.type('Nightly');
  await page.getByRole('checkbox', { name: 'Saturday' }).focus();
  await page.keyboard.press('Space');
  const zone = page.getByRole('combobox', { name: 'Time zone' });
  await zone.focus();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog'), 'Escape closes the list alone').toBeVisible();
  await expect(page.getByRole('listbox', { name: 'Time zones' })).toBeHidden();
  await expect(zone).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.type('london');
  await expect(page.getByRole('listbox').getByRole('option')).toHaveText([/^London \(Europe\)/]);
  await page.keyboard.press('Enter');
  await expect(zone).toHaveValue('London (Europe)');
  await page.getByLabel('Name', { exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(portal.message('Schedule saved')).toBeVisible();
  const row = page.getByRole('row').filter({ hasText: 'Nightly' });
  await expect(row).toContainText('Mon, Tue, Wed, Thu, Fri and Sat at 06:00');
  await expect(row).toContainText('(London)');
});

test('what it comes to is said while it is edited, and an overlap is warned of', async ({ portal, page }) => {
  await begin(page);
  await page.getByLabel('Name', { exact: true }).fill('Everything');
  const comesTo = page.getByRole('region', { name: 'Summary' });
  await expect(comesTo).toContainText(/about \d+ a day/);
  await save(portal);

  await page.getByRole('button', { name: 'New schedule' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Xero invoices');
  await page.getByRole('radio', { name: 'Matching a search' }).check();
  await page.getByRole('searchbox', { name: 'Search', exact: true }).fill('platform:xero');
  await page.getByLabel('Data', { exact: true }).selectOption('invoices');
  await page.getByLabel('Data, 2', { exact: true }).selectOption('bills');
  await expect(comesTo).toContainText(/Refreshes the same data of \d+ compan(y|ies) as “Everything”/);
  await save(portal);
  const row = page
    .getByRole('row')
    .filter({ has: page.getByRole('button', { name: 'Xero invoices', exact: true }) });
  await expect(row).toContainText(
    'Invoices and Bills of companies that match platform:xero, weekdays at 06:00',
  );
  await expect(row).toContainText('as “Everything”');
});

test('what cannot be is refused before it is saved', async ({ page }) => {
  await begin(page);
  await page.getByLabel('Name', { exact: true }).fill('Never');
  for (const day of ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'])
    await page.getByRole('checkbox', { name: day }).uncheck({ force: true });
  await expect(page.getByText('Choose at least one day of the week.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Save schedule' })).toBeDisabled();
  await page.getByRole('button', { name: 'Every day' }).click();
  await page.getByRole('button', { name: 'Add blackout' }).click();
  await page.getByLabel('Blackout 1 from').fill('00:00');
  await page.getByLabel('Blackout 1 until').fill('00:00');
  await expect(page.getByText('The blackouts leave no time at all.')).toBeVisible();
  await page.getByRole('button', { name: 'Remove blackout 1' }).press('Enter');
  await expect(page.getByRole('button', { name: 'Add blackout' })).toBeFocused();
  await expect(page.getByRole('button', { name: 'Save schedule' })).toBeEnabled();
});

test('it runs now, tells what came of it, is switched, deleted and brought back', async ({
  portal,
  page,
}) => {
  await begin(page);
  await page.getByLabel('Name', { exact: true }).fill('Bakery');
  await page.getByRole('radio', { name: 'Specific companies' }).check();
  await page.getByLabel('Search companies to add').fill('harbour lane');
  await page.getByRole('checkbox', { name: 'Harbour Lane Bakery' }).check();
  await page.getByLabel('Spread the refreshes over').selectOption('0');
  await save(portal);
  const runNow = page.getByRole('button', { name: 'Run Bakery now' });
  const runsNow = /Requests a refresh of 1 company right away, without spreading/;
  await expect(runNow).toHaveAttribute('title', runsNow);
  await runNow.click();
  await expect(portal.message('Running Bakery now')).toContainText(runsNow);
  const row = page.getByRole('row').filter({ hasText: 'All data of 1 company' });
  await expect(row).toContainText('1 refresh requested');
  await page.getByRole('button', { name: 'Bakery', exact: true }).click();
  await expect(page.getByRole('cell', { name: 'Run now', exact: true })).toBeVisible();

  const toggle = page.getByRole('switch', { name: 'Bakery is on' });
  await toggle.uncheck();
  await expect(row).toContainText('Off');
  await toggle.check();
  await page.getByRole('button', { name: 'Delete Bakery' }).click();
  await expect(row).toHaveCount(0);
  await portal.message('Schedule deleted').getByRole('button', { name: 'Undo' }).click();
  await expect(row).toContainText('1 refresh requested');
});

test('safe mode shows what it refuses', async ({ portal, page }) => {
  await begin(page);
  await page.getByLabel('Name', { exact: true }).fill('Kept');
  await save(portal);
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Settings of Sandbox' }).click();
  await page.getByRole('radio', { name: /^View/ }).check();
  await page.keyboard.press('Control+Shift+H');
  // What runs by itself can be switched off in every mode, and not on again.
  const isOn = page.getByRole('switch', { name: 'Kept is on' });
  await isOn.click();
  await expect(isOn).not.toBeChecked();
  await expect(isOn).toBeDisabled();
  await expect(page.getByRole('button', { name: 'Edit Kept' })).toHaveAttribute('aria-disabled', 'true');
});

test('page and editor are accessible in both themes', async ({ portal, page }) => {
  test.setTimeout(120_000);
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.keyboard.press('Control+Shift+H');
  await expect(page.getByRole('heading', { name: 'No schedules yet' })).toBeVisible();
  await portal.isAccessible();
  await begin(page);
  await page.getByLabel('Name', { exact: true }).fill('Nightly');
  await page.getByRole('button', { name: 'Add blackout' }).click();
  await page.getByRole('combobox', { name: 'Time zone' }).click();
  await portal.isAccessible();
  await page.keyboard.press('Escape');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await portal.isAccessible();
  }
  await save(portal);
  await page.getByRole('button', { name: 'Nightly', exact: true }).click();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await portal.isAccessible();
  }
});
