import type { Page } from '@playwright/test';
import { expect, test, type Portal, type SandboxSide } from './portal';
import { BAKERY, SCREENS, withSomething } from './screens';

/** Every view, and the way to it. */
const VIEWS: Record<string, (portal: Portal) => Promise<void>> = {
  list: async () => {},
  search: async ({ page, search }) => {
    await search.click();
    await page.keyboard.type('is:');
    await expect(page.getByRole('option').first()).toBeVisible();
  },
  'search with a problem': async (portal) => {
    await portal.find('color:red');
    await expect(portal.page.locator('#search-problems')).toBeVisible();
  },
  'nothing found': async ({ page, search }) => {
    await search.fill('no company is called this');
    await expect(page.getByText('No matching companies')).toBeVisible();
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
    await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Struck (out)');
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
        await page.emulateMedia({ colorScheme: 'light' });
        await page.evaluate(() => history.replaceState(null, '', '#/companies'));
        await page.reload();
        await expect(portal.rows.first()).toBeVisible();
        await VIEWS[name]?.(portal);
        await portal.isAccessible();
        await page.emulateMedia({ colorScheme: 'dark' });
        await portal.isAccessible(['color-contrast']);
      });
    }
  });
}

/** Dialogs that stand over a screen, each opened by its key. */
const DIALOGS: Record<string, { key: string; name: string }> = {
  'requests log': { key: 'Control+Shift+L', name: 'Requests' },
};

/** Shows each screen, and what stands over one, and holds it against a rule. */
async function onEveryScreen(
  portal: Portal,
  side: SandboxSide,
  look: (name: string) => Promise<void>,
): Promise<void> {
  const { page } = portal;
  const id = await side.company(BAKERY);
  await withSomething(portal);
  for (const [name, { at, ready }] of Object.entries(SCREENS)) {
    await test.step(name, async () => {
      await page.evaluate((address) => (window.location.hash = address), `#/${at.replace('ID', id)}`);
      await expect(ready(portal)).toBeVisible();
      await look(name);
    });
  }
  for (const [name, { key, name: title }] of Object.entries(DIALOGS)) {
    await test.step(name, async () => {
      await page.keyboard.press(key);
      await expect(page.getByRole('dialog', { name: title })).toBeVisible();
      await look(name);
      await page.keyboard.press('Escape');
    });
  }
}

/** How a screen may be looked at; the rules of axe that depend on it, where not all do. */
interface Way {
  set: (portal: Portal) => Promise<void>;
  rules?: string[];
  /** What else is to be so. */
  also?: (portal: Portal) => Promise<void>;
}

const WAYS: Record<string, Way> = {
  light: { set: ({ page }) => page.emulateMedia({ colorScheme: 'light' }) },
  dark: {
    set: ({ page }) => page.emulateMedia({ colorScheme: 'dark' }),
    rules: ['color-contrast', 'link-in-text-block'],
  },
  'high contrast, light': {
    set: ({ page }) => highContrast(page, 'light'),
    rules: ['color-contrast', 'link-in-text-block'],
  },
  'high contrast, dark': {
    set: ({ page }) => highContrast(page, 'dark'),
    rules: ['color-contrast', 'link-in-text-block'],
  },
  'colors forced by the system': {
    set: ({ page }) => page.emulateMedia({ forcedColors: 'active', colorScheme: 'dark' }),
    // The colors are the system's, and so is their contrast; what is left to us is what a tint told.
    rules: ['aria-hidden-focus', 'nested-interactive'],
    also: async ({ page }) => {
      const chosen = page.locator('[aria-current], [aria-pressed=true], [role=tab][aria-selected=true]');
      const bare = await chosen.evaluateAll((all) =>
        all
          .filter((one) => getComputedStyle(one).outlineStyle === 'none')
          .map((one) => one.textContent?.trim() ?? ''),
      );
      expect(bare, 'what is chosen has an edge').toEqual([]);
    },
  },
  'a small window': { set: ({ page }) => page.setViewportSize({ width: 900, height: 600 }) },
  // What is enlarged twice has half the room.
  '200%': { set: ({ page }) => page.setViewportSize({ width: 720, height: 450 }) },
};

async function highContrast(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await page.keyboard.press('Control+,');
  await page.getByRole('radio', { name: 'High contrast' }).check();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'contrast');
}

for (const [way, { set, rules, also }] of Object.entries(WAYS)) {
  test(`every screen is accessible: ${way}`, async ({ portal, side }) => {
    test.setTimeout(420_000);
    await set(portal);
    await onEveryScreen(portal, side, async (name) => {
      await portal.isAccessible(rules);
      expect(await portal.outOfReach(), `${name}: nothing is cut off where nobody can scroll to it`).toEqual(
        [],
      );
      await also?.(portal);
    });
  });
}

test('a small window keeps the name, the last read, the connections and the workspace', async ({
  portal,
  page,
}) => {
  await page.setViewportSize({ width: 900, height: 600 });
  for (const title of ['Name', 'Last refresh', 'Connections']) {
    await expect(page.getByRole('columnheader', { name: title })).toBeVisible();
  }
  await expect(page.locator('.badge', { hasText: 'Sandbox' })).toBeVisible();
  await portal.isAccessible();
  const isWider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(isWider, 'nothing is scrolled sideways').toBe(false);
});
