import type { Page } from '@playwright/test';
import { expect, test } from './portal';

/** Boxes of the screen that can be scrolled up and down now. */
function scrollers(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      [...document.querySelectorAll('main *')].filter(
        (box) =>
          box.scrollHeight > box.clientHeight + 1 && /auto|scroll/.test(getComputedStyle(box).overflowY),
      ).length,
  );
}

test('a broken connection is named under the header, and its reconnect link is copied', async ({
  portal,
  page,
}) => {
  await portal.open('Northwind Traders', 'Summary');
  const strip = page.getByRole('status').filter({ hasText: 'QuickBooks Online needs to be reconnected.' });
  await expect(strip).toContainText(/No new data since .+\./);
  await portal.isAccessible();
  await strip.getByRole('button', { name: 'Copy reconnect link of QuickBooks Online' }).click();
  await expect(portal.message('Link URL copied')).toContainText('Northwind Traders, QuickBooks Online');
  expect(await portal.clipboard()).toMatch(/^https?:\/\/\S+/);
});

test('an outage of the platform offers no link', async ({ portal, page }) => {
  await portal.open('Granite Peak Outfitters', 'Summary');
  const outage = page.getByRole('status').filter({ hasText: 'Shopify doesn’t respond.' });
  await expect(outage).toContainText('Nothing to send.');
  await expect(outage.getByRole('button')).toHaveCount(0);
});

test('the place of a company is counted as the list counts, or not at all', async ({ portal, page }) => {
  const place = page.getByRole('group', { name: 'Companies of the list' }).getByText(/ of /);
  const listed = Number(await page.locator('header .count').textContent());
  expect(await portal.total(), 'some companies are folded under their parents').toBeLessThan(listed);
  await portal.rows.first().getByRole('link').click();
  await expect(page.getByRole('button', { name: 'Next company' })).toBeVisible();
  await expect(place).toHaveCount(0);
  await page.getByRole('button', { name: 'Back to Companies' }).click();
  await portal.find('is:red');
  const broken = await portal.countOf('Broken');
  await portal.rows.first().getByRole('link').click();
  await expect(place).toHaveText(`1 of ${broken}`);
});

test('J and K open the next and the previous company of the list, in its search and order', async ({
  portal,
  page,
}) => {
  await portal.find('is:red');
  const [first, second, third] = await portal.names();
  await portal.rows.first().getByRole('link').click();
  await page.getByRole('tab', { name: 'Connections' }).click();
  const heading = page.getByRole('heading', { level: 1 });
  await expect(page.getByRole('button', { name: 'Previous company' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
  await page.keyboard.press('j');
  await expect(heading).toHaveText(second ?? '');
  await expect(page.getByRole('tab', { name: 'Connections' })).toHaveAttribute('aria-selected', 'true');
  await page.getByRole('button', { name: 'Next company' }).click();
  await expect(heading).toHaveText(third ?? '');
  await page.keyboard.press('Alt+ArrowUp');
  await expect(heading).toHaveText(second ?? '');
  await page.keyboard.press('k');
  await expect(heading).toHaveText(first ?? '');
  await page.keyboard.press('j');
  await page.getByRole('button', { name: 'Back to Companies' }).click();
  const left = portal.row(second ?? '').locator(':focus');
  await expect(left, 'the keyboard is at the company that was left').toHaveCount(1);
});

test('at twice the size each part has one scroll, and the header folds while it is scrolled', async ({
  portal,
  page,
}) => {
  await portal.open('Granite Peak Outfitters', 'Data history');
  await page.setViewportSize({ width: 720, height: 450 });
  const parts = { 'Data history': 'Read history', Data: 'Invoices' };
  for (const [part, grid] of Object.entries(parts)) {
    await page.getByRole('tab', { name: part, exact: true }).click();
    const rows = page.getByRole('grid', { name: grid });
    await expect(rows.locator('.row').nth(1)).toBeVisible();
    // Closed, the refreshes of a history are too few to scroll.
    if (part === 'Data history') await rows.locator('.group-name').first().click();
    await expect.poll(() => scrollers(page), part).toBe(1);
    const header = page.locator('main header').first();
    const whole = (await header.boundingBox())?.height ?? 0;
    await rows.hover();
    await page.mouse.wheel(0, 200);
    await expect.poll(async () => (await header.boundingBox())?.height).toBe(48);
    expect(whole).toBeGreaterThan(48);
    await expect(page.getByRole('tab', { name: part, exact: true })).toBeInViewport();
    expect(await portal.outOfReach()).toEqual([]);
    await page.mouse.wheel(0, -5_000);
    await expect.poll(async () => (await header.boundingBox())?.height).toBe(whole);
  }
});

test('the settings of a company end with its deletion, which says what goes with it', async ({
  portal,
  page,
}) => {
  await portal.open('Northwind Traders', 'Settings');
  const zone = page.getByRole('region', { name: 'Delete this company' });
  await expect(zone).toContainText('its 2 connections with all synced data');
  await zone.getByRole('button', { name: 'Delete company…' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete company' });
  await expect(dialog).toContainText('QuickBooks Online');
  await dialog.getByLabel(/^Type the name/).fill('Northwind Traders');
  await dialog.getByRole('button', { name: 'Delete company' }).click();
  await expect(portal.message(/Northwind Traders/).getByRole('button', { name: 'Undo' })).toBeVisible();
  await portal
    .message(/Northwind Traders/)
    .getByRole('button', { name: 'Undo' })
    .click();
  await expect(zone).toBeVisible();
});

test('each part has one place for newer data: refresh at the source, or load what Codat has', async ({
  portal,
  page,
}) => {
  await portal.open('Harbour Lane Bakery', 'Data');
  await expect(page.getByRole('grid', { name: 'Invoices' }).getByRole('row').nth(2)).toBeVisible();
  const acts = page.getByRole('main').getByRole('button', { name: /^(refresh|load again|read again)/i });
  await expect(acts).toHaveCount(1);
  const items = async (): Promise<string[]> => {
    await acts.click();
    const texts = await page.getByRole('menu', { name: 'Refresh' }).getByRole('menuitem').allInnerTexts();
    await portal.isAccessible();
    await page.keyboard.press('Escape');
    await expect(acts, 'the keyboard returns').toBeFocused();
    return texts.map((text) => text.split('\n')[0]?.trim() ?? '');
  };
  expect(await items()).toEqual(['Refresh invoices', 'Refresh data', 'Load again']);
  await page.getByRole('tab', { name: 'Summary' }).click();
  await expect(page.locator('.figure')).toHaveCount(3);
  await expect(acts).toHaveCount(1);
  expect(await items()).toEqual(['Refresh data', 'Load again']);
  await page.getByRole('tab', { name: 'Connections' }).click();
  expect(await items(), 'nothing is loaded for this part alone').toEqual(['Refresh data']);

  await page.getByRole('tab', { name: 'Summary' }).click();
  await expect(acts).not.toHaveAttribute('aria-busy', 'true');
  const again = page.waitForRequest(
    (request) => request.url().includes('loadSummary') && /"always":true/.test(request.postData() ?? ''),
  );
  await portal.refresh(/^Load again/);
  await again;
});
