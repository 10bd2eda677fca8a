// The name of a company is edited in its row, and keeps the keyboard while it is.
import { expect, test, type Portal } from './portal';
import type { Page } from '@playwright/test';

/** What would open a dialog, begin a refresh and go elsewhere, were its letters taken for shortcuts. */
const TYPED = 'New Harbour Refresh/Link?';

/** The field that is open, with what was typed into it; nothing else came of that. */
async function isTyped(page: Page, text: string): Promise<void> {
  const field = page.getByLabel('New name');
  await expect(field).toHaveValue(text);
  await expect(field).toBeFocused();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(field).toHaveCount(0);
}

/** The list as it is just after the start, with the keyboard nowhere. */
async function fresh(portal: Portal): Promise<void> {
  await portal.page.reload();
  await expect(portal.rows.first()).toBeVisible();
}

test('the pencil of the row with the cursor opens a field, twenty times on a fresh list', async ({
  portal,
  page,
}) => {
  test.slow();
  for (let turn = 0; turn < 20; turn += 1) {
    await fresh(portal);
    const row = portal.page.locator('[data-index="0"]');
    await row.hover();
    await row.getByRole('button', { name: /^Rename/ }).click();
    await page.keyboard.type(TYPED);
    await isTyped(page, TYPED);
  }
});

test('the pencil opens a field after the row got the cursor by click and by key', async ({
  portal,
  page,
}) => {
  for (let turn = 0; turn < 5; turn += 1) {
    const row = page.locator(`[data-index="${turn + 1}"]`);
    await row.locator('.cell').nth(3).click();
    await row.hover();
    await row.getByRole('button', { name: /^Rename/ }).click();
    await page.keyboard.type(TYPED);
    await isTyped(page, TYPED);
    await page.keyboard.press('ArrowDown');
    const next = page.locator(`[data-index="${turn + 2}"]`);
    await next.hover();
    await next.getByRole('button', { name: /^Rename/ }).click();
    await page.keyboard.type(TYPED);
    await isTyped(page, TYPED);
  }
  await expect(portal.rows.first()).toBeVisible();
});

test('F2 opens a field, and what is typed at once is in it', async ({ portal, page }) => {
  for (let turn = 0; turn < 10; turn += 1) {
    await fresh(portal);
    await portal.search.focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('F2');
    await page.keyboard.type(TYPED);
    await isTyped(page, TYPED);
  }
});

test('a double click on the pencil opens a field with the whole name selected', async ({ portal, page }) => {
  for (let turn = 0; turn < 10; turn += 1) {
    await fresh(portal);
    const row = page.locator(`[data-index="${turn % 2}"]`);
    await row.hover();
    await row.getByRole('button', { name: /^Rename/ }).dblclick();
    await page.keyboard.type(TYPED);
    await isTyped(page, TYPED);
  }
});

test('a name that is half typed stays when its row moves', async ({ portal, page, side }) => {
  const heading = page.getByRole('columnheader', { name: 'Name' });
  await heading.getByRole('button').click();
  await expect(heading).toHaveAttribute('aria-sort', 'ascending');
  await portal.isAnswered('');
  const total = await portal.total();
  const row = page.locator('[data-index="2"]');
  await row.hover();
  await row.getByRole('button', { name: /^Rename/ }).click();
  await page.keyboard.type('Half');
  for (const name of ['AAA One', 'AAA Two', 'AAA Three']) await side.call('POST', '/companies', { name });
  await page.keyboard.press('F5');
  await expect.poll(() => portal.total()).toBe(total + 3);
  await page.keyboard.type(' a name');
  await isTyped(page, 'Half a name');
});
