import { expect, test } from './portal';

test('the safe mode shows what it refuses, with the reason and the switch', async ({ portal, page }) => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Settings' }).click();
  await page.getByRole('button', { name: 'Settings of Sandbox' }).click();
  await page.getByRole('radio', { name: /^View/ }).check();
  await expect(portal.message('is in safe mode “View”')).toBeVisible();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Companies' }).click();
  const create = page.getByRole('button', { name: 'New company' });
  await expect(create).toHaveAttribute('aria-disabled', 'true');
  await portal.rows.first().click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: 'Rename' })).toHaveAttribute('aria-disabled', 'true');
  await expect(page.getByRole('menuitem', { name: /^Copy (company link|link…)/ })).not.toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await expect(page.getByRole('menu')).toContainText('Sandbox is in safe mode “View”');
  await page.getByRole('menuitem', { name: 'Change safe mode…' }).click();
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
});

test('theme and density are remembered', async ({ portal, page }) => {
  await page.keyboard.press('Control+,');
  await page.getByRole('radio', { name: 'Dark' }).check();
  await page.getByRole('radio', { name: 'Compact' }).check();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 }), 'where one was').toBeVisible();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.keyboard.press('Control+Shift+C');
  await expect(portal.rows.first()).toBeVisible();
  expect((await portal.rows.first().boundingBox())?.height).toBe(28);
});

test('a workspace can be renamed and colored, and its frame follows', async ({ page }) => {
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Settings of Sandbox' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Playground');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: /^Workspace Playground/ })).toBeVisible();
  await page.getByRole('radio', { name: 'violet' }).check();
  await expect(page.locator('.frame')).toHaveClass(/hue-violet/);
});

test('the share of the quota has bounds', async ({ page }) => {
  await page.keyboard.press('Control+,');
  const share = page.getByLabel('Percent', { exact: true });
  await share.fill('80');
  await share.press('Tab');
  await expect(share).toHaveValue('50');
});

test('what this desktop cannot do is said', async ({ page }) => {
  await page.keyboard.press('Control+,');
  await expect(page.getByRole('switch', { name: /^Keep running in the tray/ })).toBeDisabled();
  await expect(page.getByText('This desktop has no tray')).toBeVisible();
});

test('an empty workspace form says what is missing, and a wrong key is refused', async ({ page }) => {
  await page.getByRole('button', { name: /^Workspace Sandbox/ }).click();
  await page.getByRole('menuitem', { name: 'Add workspace…' }).click();
  const add = page.getByRole('dialog').getByRole('button', { name: 'Add workspace' });
  await expect(add).toBeDisabled();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Production');
  await page.getByLabel('API key').fill('not a key\u0001');
  await add.click();
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true }), 'what was typed stays').toHaveValue(
    'Production',
  );
});
