import { expect, test } from './portal';
import type { Page } from '@playwright/test';

/** The button of one of the three lists. */
function list(page: Page, name: 'This fortnight' | 'Later' | 'Not known') {
  return page.getByRole('group', { name: 'Lists' }).getByRole('button', { name: new RegExp(`^${name}`) });
}

test.beforeEach(async ({ page }) => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Expiry' }).click();
  await expect(page.getByRole('heading', { name: 'Expiry', level: 1 })).toBeVisible();
  await expect(page.getByRole('grid', { name: 'Connections that may expire', exact: true })).toBeVisible();
  await expect(page.locator('.row[data-place="0"] time')).toBeVisible();
});

test('what may expire is listed soonest first, with what the estimate rests on', async ({ page }) => {
  const grid = page.getByRole('grid', { name: 'Connections that may expire', exact: true });
  const rows = grid.locator('.row');
  const foxglove = rows.filter({ hasText: 'Foxglove Interiors' });
  await expect(foxglove).toContainText('5 days');
  await expect(foxglove).toContainText('60 days without a refresh (last refresh');
  await expect(foxglove).toContainText('estimate');
  await expect(page.getByText(/connections may expire, \d+ within 14 days/)).toBeVisible();
  await page.keyboard.press('Control+Shift+C');
  await page.keyboard.press('Control+Shift+E');
  await expect(rows.first()).toBeVisible();
  expect(page.url()).toContain('#/expiry');
});

test('a week and a kind are chosen in the strip, by pointer and by keys', async ({ page }) => {
  const grid = page.getByRole('grid', { name: 'Connections that may expire', exact: true });
  const rowCount = async () => Number(await grid.getAttribute('aria-rowcount')) - 1;
  const strip = page.getByRole('grid', { name: 'Connections that may expire, by week' });
  await list(page, 'Later').click();
  await expect(grid.locator('.row .kind', { hasText: 'Consent' }).first()).toBeVisible();
  const later = await rowCount();

  const consents = strip.getByRole('button', { name: /consent/ }).last();
  const many = Number(await consents.innerText());
  await consents.click();
  await expect(consents).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(rowCount).toBe(many);
  await expect(grid.locator('.row .kind', { hasText: 'Inactivity' })).toHaveCount(0);
  await page.getByRole('button', { name: 'show all weeks again' }).click();
  await page.getByRole('group', { name: 'Kind of expiry' }).getByRole('button', { name: /^All/ }).click();
  await expect.poll(rowCount).toBe(later);

  await consents.focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Home');
  await expect(strip.getByRole('button', { name: /inactive/ }).first()).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(list(page, 'This fortnight')).toHaveAttribute('aria-pressed', 'true');
  await expect(grid.locator('.row').filter({ hasText: 'Foxglove Interiors' })).toBeVisible();
});

test('a click on a row opens its connection, and a right click its menu', async ({ page }) => {
  const row = page.locator('.row').filter({ hasText: 'Foxglove Interiors' });
  await row.locator('.kind').click({ button: 'right' });
  await expect(page.getByRole('menuitem', { name: /^Open connection/ })).toBeVisible();
  await expect(page.getByRole('menuitem', { name: /^Copy reconnect link/ })).toBeVisible();
  await page.keyboard.press('Escape');
  await row.locator('.kind').click();
  await expect(page.getByRole('heading', { name: 'Foxglove Interiors', level: 1 })).toBeVisible();
  await expect(page.getByRole('tab', { name: 'Connections' })).toHaveAttribute('aria-selected', 'true');
  await expect(page.getByRole('complementary', { name: 'Xero: Linked' })).toBeVisible();
});

test('the middle of the copy button of a row copies and opens nothing', async ({ portal }) => {
  const { page } = portal;
  const row = page.locator('.row').filter({ hasText: 'Foxglove Interiors' });
  await row
    .getByRole('button', { name: /^Copy reconnect link/ })
    .locator('svg')
    .click();
  await expect(portal.message('Link URL copied')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Expiry', level: 1 })).toBeVisible();
});

test('connections are chosen by keys, and their Link URLs copied as text and as CSV', async ({
  portal,
  page,
}) => {
  const grid = page.getByRole('grid', { name: 'Connections that may expire', exact: true });
  await grid.locator('.row').first().focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByText(/^2 of \d+ selected/)).toBeVisible();
  await page.getByRole('button', { name: 'Copy 2 Link URLs' }).click();
  await page.getByRole('menuitem', { name: /As text/ }).click();
  await expect(portal.message('2 Link URLs copied')).toBeVisible();
  expect((await portal.clipboard()).trim().split('\n')).toHaveLength(2);
  await page.getByRole('button', { name: 'Copy 2 Link URLs' }).click();
  await page.getByRole('menuitem', { name: /As a table/ }).click();
  await expect.poll(() => portal.clipboard()).toContain('Company,Company ID,Integration');
  await grid.locator('.row').nth(1).focus();
  await page.keyboard.press('Escape');
  await expect(page.getByText(/selected/).first()).not.toContainText('2 of');
});

test('nothing is done with connections that were not selected, and all are selected with one click', async ({
  portal,
  page,
}) => {
  const links = page.getByRole('button', { name: 'Copy Link URLs' });
  const refresh = page.getByRole('button', { name: 'Refresh…' });
  for (const button of [links, refresh]) {
    await expect(button).toHaveAttribute('aria-disabled', 'true');
    await expect(button).toHaveAttribute('title', 'Select connections first.');
    await button.click({ force: true });
  }
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(page.getByRole('dialog')).toHaveCount(0);
  const all = page.getByRole('button', { name: /^Select all \d+$/ });
  const many = /\d+/.exec(await all.innerText())?.[0] ?? 'none';
  await all.click();
  await expect(page.getByText(`${many} of ${many} selected`)).toBeVisible();
  await page.getByRole('button', { name: `Copy ${many} Link URLs` }).click();
  await page.getByRole('menuitem', { name: /As text/ }).click();
  await expect(portal.message(/\d+ Link URLs copied/)).toBeVisible();
  await page.getByRole('checkbox').first().uncheck();
  await expect(page.getByText(`${Number(many) - 1} of ${many} selected`)).toBeVisible();
  await page.getByRole('button', { name: 'Clear selection' }).press('Enter');
  await expect(page.getByRole('button', { name: /^Select all/ }), 'the keyboard stays there').toBeFocused();
  await expect(links).toHaveAttribute('aria-disabled', 'true');
});

test('three lists say what comes soon, what comes later and what is not known', async ({ page }) => {
  const dates = page.locator('.row[data-place] time');
  const soon = /(\d+) within 14 days/.exec(await page.getByText(/within 14 days/).innerText())?.[1] ?? 'none';
  const entry = page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: /^Expiry/ });
  await expect(entry, 'the side bar counts this fortnight').toContainText(soon);
  await expect(list(page, 'This fortnight')).toHaveText(new RegExp(`${soon}$`));
  await expect(page.locator('.row[data-place]')).toHaveCount(Number(soon));
  await list(page, 'Later').click();
  await expect(dates.first()).toHaveText(/^\d\d+ days$/);
  await list(page, 'Not known').click();
  await expect(page.getByText(/so the estimate was wrong/)).toBeVisible();
  await expect(page.getByText(/no known expiry/)).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Estimated' })).toBeVisible();
  await expect(dates.first()).toContainText('ago');
});

test('the reason of an estimate is not cut in a wide window', async ({ page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await list(page, 'Later').click();
  await expect(page.locator('.row .why').first()).toBeVisible();
  const cut = await page
    .locator('.row .why')
    .evaluateAll((all) =>
      all.filter((one) => one.scrollWidth > one.clientWidth).map((one) => one.textContent),
    );
  expect(cut).toEqual([]);
});

test('a refresh reads idle clocks once and leaves consents out', async ({ portal, page }) => {
  const row = page.locator('.row').filter({ hasText: 'Foxglove Interiors' });
  await row.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Refresh 1…' }).click();
  await expect(page.getByRole('dialog')).toContainText('on 1 connection (1 request)');
  await page.getByRole('dialog').getByRole('button', { name: 'Refresh 1' }).click();
  await expect(portal.message('1 refresh queued')).toBeVisible();
  await expect(row, 'it leaves this fortnight').toHaveCount(0, { timeout: 60_000 });
  await page.setViewportSize({ width: 1280, height: 1800 });
  await list(page, 'Later').click();
  await expect(row).toContainText('60 days');
});

test('a clock is edited, checked and taken back, and what follows is worked out anew', async ({ page }) => {
  await page.getByRole('tab', { name: 'Expiry rules' }).click();
  await page.getByRole('button', { name: 'Edit the expiry rule for Xero', exact: true }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Days', { exact: true }).fill('0');
  await expect(dialog.getByText('Enter a whole number of days, 1 to 1,830.')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Save' })).toBeDisabled();
  await dialog.getByLabel('Days', { exact: true }).fill('100');
  await dialog.getByLabel(/^Source/).fill('Told by support');
  await dialog.getByLabel('This is an estimate').uncheck();
  await dialog.getByRole('button', { name: 'Save' }).click();
  const xero = page.getByRole('row').filter({ hasText: 'gbol' });
  await expect(xero).toContainText('100');
  await expect(xero).toContainText('Changed by you');
  await page.getByRole('tab', { name: 'Connections' }).click();
  await list(page, 'Later').click();
  await expect(page.locator('.row').filter({ hasText: 'Foxglove Interiors' })).toContainText('45 days');
  await page.getByRole('tab', { name: 'Expiry rules' }).click();
  await page.getByRole('button', { name: 'Reset the expiry rule for Xero', exact: true }).click();
  await expect(xero).not.toContainText('Changed by you');
  await expect(xero).toContainText('60');
});

test('keep-alive is off, and once it is on it says what it did', async ({ page }) => {
  const listed = page.getByRole('row').filter({ hasText: 'Redwood Timber' }).first();
  await expect(listed).toContainText(/\d days/);
  const days = /\d+ days/.exec(await listed.innerText())?.[0] ?? 'no days';
  await page.getByRole('tab', { name: 'Keep-alive' }).click();
  await expect(page.getByRole('radio', { name: 'Off' })).toBeChecked();
  await expect(page.getByText(/due now/)).toBeVisible();
  await page.getByRole('radio', { name: 'On', exact: true }).check();
  const entry = page.getByRole('row').filter({ hasText: 'Redwood Timber' });
  await expect(entry).toContainText('company', { timeout: 30_000 });
  // As many as the list of connections counts.
  await expect(entry).toContainText(days);
  // Nobody waits for it, so that it is seen by the next sweep; who wants to know has one go.
  await expect(async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Command or company' }).fill('Check now');
    await page.keyboard.press('Enter');
    await expect(entry).toContainText('Refreshed', { timeout: 5_000 });
  }).toPass({ timeout: 60_000 });
});

test('the page is accessible in both themes and in a small window', async ({ portal, page }) => {
  test.setTimeout(180_000);
  for (const part of ['Connections', 'Keep-alive', 'Expiry rules']) {
    await page.getByRole('tab', { name: part }).click();
    await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await portal.isAccessible();
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    await portal.isAccessible(['color-contrast']);
  }
  await page.getByRole('tab', { name: 'Connections' }).click();
  await list(page, 'Not known').click();
  await portal.isAccessible();
  await page.setViewportSize({ width: 900, height: 600 });
  await portal.isAccessible();
  const isWider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(isWider, 'nothing is scrolled sideways').toBe(false);
});
