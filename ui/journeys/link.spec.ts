import type { Page } from '@playwright/test';
import { violationsIn } from './axe';
import { expect, test, type Portal } from './portal';

/** The Link pages are their own window, as a customer has it. */
async function customer(portal: Portal): Promise<Page> {
  const context = await portal.page.context().browser()!.newContext({ javaScriptEnabled: true });
  return context.newPage();
}

async function inviteUrl(portal: Portal): Promise<string> {
  await portal.page.getByRole('button', { name: 'Copy invite URL' }).click();
  await expect(portal.message('Invite URL copied')).toBeVisible();
  return portal.clipboard();
}

/** Holds a page to the rules of accessibility in both themes, on a phone's width and a wide one. */
async function isSound(page: Page, what: string): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [320, 1100]) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await page.setViewportSize({ width, height: 720 });
      expect(await violationsIn(page), `${what}, ${colorScheme}, ${width} px`).toEqual([]);
      const isWider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      expect(isWider, `${what} is not scrolled sideways at ${width} px`).toBe(false);
    }
  }
}

test('somebody is invited, connects books, and appears in the list', async ({ portal }) => {
  test.setTimeout(180_000);
  const page = await customer(portal);
  await page.goto(await inviteUrl(portal));
  await isSound(page, 'invite');
  await page.getByRole('button', { name: 'Start' }).click();
  await expect(page.getByRole('alert')).toBeFocused();
  await isSound(page, 'what is missing');
  await page.getByLabel('Company name').fill('Olive & Thyme');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Connect Olive & Thyme');
  await isSound(page, 'categories');

  await page.getByRole('link', { name: /^Accounting software/ }).click();
  await isSound(page, 'platforms');
  await page.getByLabel('Search by name').fill('xer');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status')).toHaveText('1 to choose from');
  await page.getByRole('button', { name: 'Xero' }).click();
  for (const name of ['Purpose', 'Access', 'Account information', 'Platform data', 'Retention']) {
    await expect(page.getByRole('heading', { name, level: 2 })).toBeVisible();
  }
  await isSound(page, 'consent');
  await page.getByRole('button', { name: 'Agree and continue' }).click();
  await isSound(page, 'provider');
  await page.getByRole('button', { name: 'Fail' }).click();
  await isSound(page, 'failure');
  await page.getByRole('link', { name: 'Try again' }).click();
  await page.getByRole('button', { name: 'Agree and continue' }).click();
  await page.getByRole('button', { name: 'Allow access' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Xero is connected');
  await isSound(page, 'success');
  await page.getByRole('link', { name: 'Done' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('You’re done');
  await isSound(page, 'the end');
  await page.context().close();

  await portal.page.keyboard.press('F5');
  await portal.find('olive');
  await expect(portal.row('Olive & Thyme')).toBeVisible({ timeout: 30_000 });
  await expect(portal.row('Olive & Thyme').getByRole('button', { name: 'Xero: Linked' })).toBeVisible();
});

test('without a script a customer turns back, and is told', async ({ portal }) => {
  const context = await portal.page.context().browser()!.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  await page.goto(await inviteUrl(portal));
  await page.getByLabel('Company name').fill('No Script Co');
  await page.getByRole('button', { name: 'Start' }).click();
  await page.getByRole('link', { name: /^Shops and payments/ }).click();
  await page.getByRole('button', { name: 'WooCommerce' }).click();
  await page.getByRole('button', { name: 'Agree and continue' }).click();
  await page.getByRole('button', { name: 'Connect' }).click();
  await expect(page.getByRole('link', { name: 'Consumer key is missing.' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('WooCommerce isn’t connected');
  await page.getByRole('link', { name: 'Leave without connecting' }).click();
  await expect(page.getByText('Result 403')).toBeVisible();
  await context.close();
});

test('a one-time link opens once', async ({ portal }) => {
  await portal.page.keyboard.press('Control+Shift+S');
  await portal.page.getByRole('switch', { name: /^One-time Link URLs/ }).click();
  // The switch itself turns before the sandbox has heard of it.
  await expect(portal.page.getByText('Link settings saved.')).toBeAttached();
  await portal.page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('button', { name: 'Companies' })
    .click();
  const url = await portal.create('Once Only');
  expect(url).toContain('link.otp=');

  const first = await customer(portal);
  await first.goto(url);
  await isSound(first, 'the door');
  await first.getByRole('button', { name: 'Open the link' }).click();
  await expect(first.getByRole('link', { name: /^Accounting software/ })).toBeVisible();
  const second = await customer(portal);
  await second.goto(url);
  await expect(second.getByRole('heading', { level: 1 })).toHaveText('This link is used or has expired');
  await isSound(second, 'refused');
  await first.context().close();
  await second.context().close();
});
