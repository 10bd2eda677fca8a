// What changed while nobody saw the workspace, above the list.
import { expect, test } from './portal';

/** Moves the sandbox's clock ahead and returns to the page. */
async function leaveFor(page: import('@playwright/test').Page, button: string): Promise<void> {
  await page.keyboard.press('Control+Shift+S');
  await page.getByRole('button', { name: button }).click();
  await expect(page.getByRole('status').filter({ hasText: 'clock is' })).toBeVisible();
  await page.reload();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Companies' }).click();
}

test('after an absence each line opens its companies, and D hides the card where one is in the list', async ({
  portal,
  page,
}) => {
  const card = page.getByRole('region', { name: /^Since you left/ });
  await expect(portal.rows.first()).toBeVisible();
  await expect(card).toHaveCount(0);
  await leaveFor(page, '+1 day');
  await expect(card).toBeVisible();
  await portal.isAccessible();
  expect(await portal.outOfReach()).toEqual([]);

  await card.getByRole('button', { name: /may expire within 7 days/ }).click();
  await portal.isAnswered('expires:>0m expires:<7d');
  const line = await card.getByRole('button', { name: /may expire within 7 days/ }).innerText();
  expect(await portal.total()).toBe(Number.parseInt(line, 10));

  await portal.rows.first().click();
  const place = await page.evaluate(() =>
    document.activeElement?.closest('[data-id]')?.getAttribute('data-id'),
  );
  await page.keyboard.press('d');
  await expect(card).toHaveCount(0);
  expect(
    await page.evaluate(() => document.activeElement?.closest('[data-id]')?.getAttribute('data-id')),
  ).toBe(place);
  await page.reload();
  await expect(portal.rows.first()).toBeVisible();
  await expect(card).toHaveCount(0);
});
