import type { Locator } from '@playwright/test';
import { expect, test, type Portal } from './portal';

/** A dialog: how it is opened, from where, and where the keyboard begins. */
interface Opened {
  open: (portal: Portal) => Promise<Locator>;
  /** What has the keyboard before, and again after. */
  from: (portal: Portal) => Locator;
  first: (portal: Portal) => Locator;
}

const dialog = ({ page }: Portal) => page.getByRole('dialog');

/** Presses a key, or clicks, while this has the keyboard. */
async function at(from: Locator, act: (from: Locator) => Promise<void>): Promise<Locator> {
  await from.focus();
  await act(from);
  return from;
}

const DIALOGS: Record<string, Opened> = {
  'Add new company': {
    from: ({ page }) => page.getByRole('button', { name: 'New company' }),
    open: ({ page }) => at(page.getByRole('button', { name: 'New company' }), (from) => from.press('Enter')),
    first: ({ page }) => page.getByRole('textbox', { name: 'Name', exact: true }),
  },
  'Delete company': {
    from: ({ rows }) => rows.first().locator('.lastRead'),
    open: async ({ page, rows }) => {
      await rows.first().locator('.lastRead').click();
      await page.keyboard.press('Delete');
      return rows.first();
    },
    first: ({ page }) => page.getByLabel(/Type the name to confirm/),
  },
  'Keyboard shortcuts': {
    from: ({ page }) => page.getByRole('button', { name: /^Broken/ }),
    open: ({ page }) => at(page.getByRole('button', { name: /^Broken/ }), () => page.keyboard.press('?')),
    first: ({ page }) => page.getByRole('group', { name: 'Keyboard shortcuts' }),
  },
  Requests: {
    from: ({ page }) => page.getByRole('button', { name: /^Broken/ }),
    open: ({ page }) =>
      at(page.getByRole('button', { name: /^Broken/ }), () => page.keyboard.press('Control+Shift+L')),
    first: ({ page }) => page.getByLabel('Purpose'),
  },
  'Add Codat workspace': {
    from: ({ page }) => page.getByRole('button', { name: 'Add workspace' }),
    open: async ({ page }) => {
      await page.keyboard.press('Control+,');
      return at(page.getByRole('button', { name: 'Add workspace' }), (from) => from.press('Enter'));
    },
    first: ({ page }) => page.getByRole('textbox', { name: 'Name', exact: true }),
  },
  'New schedule': {
    from: ({ page }) => page.getByRole('button', { name: 'New schedule' }).first(),
    open: async ({ page }) => {
      await page.keyboard.press('Control+Shift+H');
      return at(page.getByRole('button', { name: 'New schedule' }).first(), (from) => from.press('Enter'));
    },
    first: ({ page }) => page.getByRole('textbox', { name: /^Name/ }),
  },
  'Expiry rule for Xero': {
    from: ({ page }) => page.getByRole('button', { name: 'Edit the expiry rule for Xero', exact: true }),
    open: async ({ page }) => {
      await page.keyboard.press('Control+Shift+E');
      await page.getByRole('tab', { name: 'Expiry rules' }).click();
      const edit = page.getByRole('button', { name: 'Edit the expiry rule for Xero', exact: true });
      return at(edit, (from) => from.press('Enter'));
    },
    first: ({ page }) => page.getByLabel('Days', { exact: true }),
  },
  'Add connection': {
    from: ({ page }) => page.getByRole('button', { name: 'Add connection' }).first(),
    open: async (portal) => {
      await portal.open('Harbour Lane Bakery', 'Connections');
      const add = portal.page.getByRole('button', { name: 'Add connection' }).first();
      return at(add, (from) => from.press('Enter'));
    },
    first: ({ page }) => page.getByRole('searchbox', { name: 'Search integrations' }),
  },
};

for (const [name, { open, from, first }] of Object.entries(DIALOGS)) {
  test(`${name}: the keyboard begins in the first field, no error is shown, and Escape gives it back`, async ({
    portal,
    page,
  }) => {
    await open(portal);
    await expect(dialog(portal)).toHaveAccessibleName(name);
    await expect(first(portal)).toBeFocused();
    await expect(dialog(portal).getByRole('alert')).toHaveCount(0);
    await expect(dialog(portal).locator('[aria-invalid=true]')).toHaveCount(0);
    // Something typed holds nothing up.
    await page.keyboard.type('x');
    await page.keyboard.press('Escape');
    await expect(dialog(portal)).toHaveCount(0);
    await expect(from(portal)).toBeFocused();
  });
}

test('Enter right after the last letter adds the company, once', async ({ portal, page, side }) => {
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('(');
  await expect(page.getByText('Codat would remove every character in this name')).toBeVisible();
  await page.getByRole('textbox', { name: 'Name', exact: true }).evaluate((input: HTMLInputElement) => {
    input.value = 'Race One';
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    for (let times = 0; times < 3; times += 1) input.form?.requestSubmit();
  });
  await expect(page.getByRole('dialog', { name: 'Company added' })).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).click();
  const found = await side.call<{ totalResults: number }>('GET', '/companies?query=name%3DRace%20One');
  expect(found.totalResults).toBe(1);
  await expect(portal.message('Still adding')).toHaveCount(0);
});

test('a form that is cancelled while it is sent says what became of it, and opens empty', async ({
  portal,
  page,
  side,
}) => {
  await side.fault({ route: '/companies', method: 'POST', delayMs: 4_000, times: 1 });
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Cancelled Co');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Adding…' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog(portal)).toHaveCount(0);
  await expect(portal.message('Still adding “Cancelled Co”…')).toBeVisible();
  await page.keyboard.press('n');
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('');
  await page.keyboard.press('Escape');
  await expect(portal.message('“Cancelled Co” was added')).toBeVisible();
  await expect(portal.message('Still adding')).toHaveCount(0);
});

test('a form that fails after it was closed says so, and what was typed is there again', async ({
  portal,
  page,
  side,
}) => {
  await side.fault({ route: '/companies', method: 'POST', delayMs: 3_000, status: 402, times: 1 });
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Too Many');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(portal.message('Couldn’t add “Too Many”')).toBeVisible();
  await page.keyboard.press('n');
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Too Many');
});

test('after an error Escape still closes, and a new tag has the keyboard', async ({ portal, page }) => {
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Add workspace' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Acme');
  await page.getByLabel('API key', { exact: true }).fill('not-a-key');
  await page.keyboard.press('Enter');
  await expect(dialog(portal).getByRole('alert')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog(portal)).toHaveCount(0);

  await portal.open('Harbour Lane Bakery', 'Settings');
  const tags = page.getByRole('textbox', { name: /^Name of tag/ });
  const before = await tags.count();
  await page.getByRole('button', { name: 'Add tag' }).click();
  await page.keyboard.type('nature');
  await expect(tags.nth(before)).toHaveValue('nature');
  await expect(dialog(portal)).toHaveCount(0);
});

test('a name that exists already, or that a word processor made, is noticed', async ({ portal, page }) => {
  await page.keyboard.press('n');
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await name.fill('Harbour Lane Bakery');
  await expect(
    dialog(portal).getByText(/A company already has this name, added .* \(ID [0-9a-f]{8}\)/),
  ).toBeVisible();
  await portal.isAccessible();
  await name.fill('Baker’s Yard – Café “Noir”');
  await expect(dialog(portal).getByText("Baker's Yard - Café Noir")).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(name).toHaveValue("Baker's Yard - Café Noir");
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  await portal.find('"harbour lane bakery"');
  await portal.rows.first().locator('.lastRead').click();
  await page.keyboard.press('Delete');
  await expect(dialog(portal)).toContainText(/Added \d+ \w+ \d{4}, ID [0-9a-f-]{36}/);
});
