import { expect, test, type Portal } from './portal';

/** Every view, and the way to it. */
const VIEWS: Record<string, (portal: Portal) => Promise<void>> = {
  list: async () => {},
  search: async ({ page, search }) => {
    await search.click();
    await page.keyboard.type('is:');
    await expect(page.getByRole('option').first()).toBeVisible();
  },
  'search with a problem': async (portal) => {
    await portal.find('colour:red');
    await expect(portal.page.locator('#search-problems')).toBeVisible();
  },
  'nothing found': async ({ page, search }) => {
    await search.fill('no company is called this');
    await expect(page.getByText('No company matches')).toBeVisible();
  },
  'menu of a row': async ({ page, rows }) => {
    await rows.first().click({ button: 'right' });
    await expect(page.getByRole('menu')).toBeVisible();
  },
  columns: async ({ page }) => {
    await page.getByRole('button', { name: 'Columns' }).click();
    await expect(page.getByRole('checkbox', { name: 'Tags' })).toBeVisible();
  },
  connections: async (portal) => {
    await portal.status('Broken').click();
    await portal.rows.first().locator('.chip').first().click();
    await expect(portal.page.getByRole('complementary')).toBeVisible();
  },
  'new company': async ({ page }) => {
    await page.getByRole('button', { name: 'New company' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Struck (out)');
    await page.getByRole('button', { name: 'Add tag' }).click();
    await expect(page.locator('.dialog del').first()).toBeVisible();
  },
  rename: async ({ page, rows }) => {
    await rows.first().locator('.lastRead').click();
    await page.keyboard.press('F2');
    await expect(page.getByLabel('New name')).toBeVisible();
  },
  delete: async ({ page, rows }) => {
    await rows.first().locator('.lastRead').click();
    await page.keyboard.press('Delete');
    await expect(page.getByRole('dialog')).toBeVisible();
  },
  palette: async ({ page }) => {
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog')).toBeVisible();
  },
  'sheet of keys': async ({ page }) => {
    await page.keyboard.press('?');
    await expect(page.getByRole('dialog')).toBeVisible();
  },
  settings: async ({ page }) => {
    await page.keyboard.press('Control+,');
    await page.getByRole('button', { name: 'Settings of Sandbox' }).click();
    await expect(page.getByRole('radio', { name: /^View/ })).toBeVisible();
  },
  'add workspace': async ({ page }) => {
    await page.getByRole('button', { name: /^Workspace Sandbox/ }).click();
    await page.getByRole('menuitem', { name: 'Add workspace…' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
  },
};

/** Two halves, so that two browsers share them. */
const names = Object.keys(VIEWS);
const halves = [names.slice(0, names.length / 2), names.slice(names.length / 2)];

for (const [at, half] of halves.entries()) {
  test(`every view is accessible in both themes, part ${at + 1}`, async ({ portal, page }) => {
    test.setTimeout(420_000);
    await page.setViewportSize({ width: 1240, height: 560 });
    for (const name of half) {
      await test.step(name, async () => {
        await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
        await page.evaluate(() => history.replaceState(null, '', '#/companies'));
        await page.reload();
        await expect(portal.rows.first()).toBeVisible();
        await VIEWS[name]?.(portal);
        await portal.isAccessible();
        await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
        await portal.isAccessible(['color-contrast']);
      });
    }
  });
}

test('high contrast is accessible', async ({ portal, page }) => {
  await page.keyboard.press('Control+,');
  await page.getByRole('radio', { name: 'High contrast' }).check();
  await portal.isAccessible();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Companies' }).click();
  await expect(portal.rows.first()).toBeVisible();
  await portal.isAccessible();
});

test('a small window keeps the name, the last read, the connections and the workspace', async ({
  portal,
  page,
}) => {
  await page.setViewportSize({ width: 900, height: 600 });
  for (const title of ['Name', 'Last read', 'Connections']) {
    await expect(page.getByRole('columnheader', { name: title })).toBeVisible();
  }
  await expect(page.locator('.badge', { hasText: 'Sandbox' })).toBeVisible();
  await portal.isAccessible();
  const isWider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(isWider, 'nothing is scrolled sideways').toBe(false);
});
