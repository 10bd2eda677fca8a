// Two workspaces: the sandbox inside, and a Codat client, for which another sandbox stands in.
import type { Page } from '@playwright/test';
import { Portal, expect, test as base } from './portal';
import { standIn } from './stand-in';

const KEY = 'the-key-of-northbank';

const test = base.extend({
  // The program is given where Codat is when it starts, so the stand-in has to be there before.
  codatBase: async ({}, use) => {
    await standIn(['--api-key', KEY, '--companies', '70', '--seed', '9', '--limits', 'off'], use);
  },
});

/** Adds Northbank, which the window then shows. */
async function add(page: Page): Promise<void> {
  await new Portal(page).addWorkspace('Northbank', KEY);
  await expect(page.getByRole('button', { name: /^Workspace Northbank/ })).toBeVisible();
}

test('a workspace that is not shown is watched, until that is switched off', async ({ portal, page }) => {
  const own = await portal.total();
  await add(page);
  await expect.poll(() => portal.total()).toBeGreaterThan(60);
  await page.getByRole('button', { name: /^Workspace Northbank/ }).click();
  await page.getByRole('menuitemcheckbox', { name: /^Sandbox/ }).click();
  await expect.poll(() => portal.total()).toBe(own);
  await page.getByRole('button', { name: /^Workspace Sandbox/ }).click();
  await expect(page.getByRole('menuitemcheckbox', { name: /^Northbank/ })).toContainText('watched');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Settings of Northbank' }).click();
  await page.getByRole('switch', { name: /^Watch while another workspace is open/ }).uncheck();
  await expect(page.getByText(/not watched/)).toBeVisible();
  expect(await portal.outOfReach()).toEqual([]);
});

test('a workspace that takes long to open is named as opening until it is shown', async ({
  portal,
  page,
}) => {
  await add(page);
  await expect.poll(() => portal.total()).toBeGreaterThan(60);
  let open = (): void => {};
  const held = new Promise<void>((resolve) => (open = resolve));
  await page.route('**/call/switchWorkspace', async (route) => {
    await held;
    await route.continue();
  });
  await page.getByRole('button', { name: /^Workspace Northbank/ }).click();
  await page.getByRole('menuitemcheckbox', { name: /^Sandbox/ }).click();
  await expect(
    page.getByRole('button', { name: 'Workspace Sandbox, Opening…. Switch workspace' }),
  ).toBeVisible();
  await expect(page.getByRole('main')).toHaveAttribute('aria-busy', 'true');
  open();
  await expect(page.getByRole('button', { name: /^Workspace Sandbox, Sample data/ })).toBeVisible();
  await expect(page.getByRole('main')).toHaveAttribute('aria-busy', 'false');
});

test('signing out deletes the key and keeps what is known', async ({ portal, page }) => {
  await add(page);
  await expect.poll(() => portal.total()).toBeGreaterThan(60);
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Settings of Northbank' }).click();
  await page.getByRole('button', { name: 'Sign out…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Sign out of Northbank?' });
  await portal.isAccessible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByText('No key', { exact: true })).toHaveCount(0);
  await page.getByRole('button', { name: 'Sign out…' }).click();
  await dialog.getByRole('button', { name: 'Sign out' }).dblclick();
  await expect(portal.message('You’re signed out of Northbank')).toHaveCount(1);
  await expect(page.getByText('No key', { exact: true })).toBeVisible();
  await page.keyboard.press('Control+Shift+C');
  await expect(portal.rows.first()).toBeVisible();
  expect(await portal.total()).toBeGreaterThan(60);
});

test('a Codat client that is there already is not added again', async ({ portal, page }) => {
  await add(page);
  await expect.poll(() => portal.total()).toBeGreaterThan(60);
  await portal.addWorkspace('Northbank again', KEY);
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('You already have this Codat client, as the workspace “Northbank”');
});

test('diagnostics are saved as one archive', async ({ page }) => {
  await page.keyboard.press('Control+,');
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export diagnostics…' }).click();
  expect((await saved).suggestedFilename()).toMatch(/^portal-desktop-diagnostics-.*\.zip$/);
});
