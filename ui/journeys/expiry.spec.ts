import { expect, test } from './portal';

test.beforeEach(async ({ page }) => {
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Expiry' }).click();
  await expect(page.getByRole('heading', { name: 'Expiry', level: 1 })).toBeVisible();
  await expect(page.getByRole('grid', { name: 'Connections that may expire' })).toBeVisible();
  await expect(page.locator('.row[data-place="0"] time')).toBeVisible();
});

test('what may expire is listed soonest first, with what the estimate rests on', async ({ page }) => {
  const grid = page.getByRole('grid', { name: 'Connections that may expire' });
  const rows = grid.locator('.row');
  const foxglove = rows.filter({ hasText: 'Foxglove Interiors' });
  await expect(foxglove).toContainText('5 days');
  await expect(foxglove).toContainText('60 days without a refresh (last read');
  await expect(foxglove).toContainText('estimate');
  await expect(page.getByText(/no known expiry/)).toBeVisible();
  await expect(page.getByText(/connections may expire, \d+ within 14 days/)).toBeVisible();
  await page.keyboard.press('Control+Shift+C');
  await page.keyboard.press('Control+Shift+E');
  await expect(rows.first()).toBeVisible();
  expect(page.url()).toContain('#/expiry');
});

test('days are chosen in the skyline and in its table, by pointer and by keys', async ({ page }) => {
  const grid = page.getByRole('grid', { name: 'Connections that may expire' });
  const all = Number(await grid.getAttribute('aria-rowcount')) - 1;
  const days = page.getByRole('toolbar', { name: 'Days on which connections may expire' });
  const busy = days.getByRole('button', { name: /inactive|consent/ }).first();
  await busy.click();
  await expect(busy).toHaveAttribute('aria-pressed', 'true');
  await expect.poll(async () => Number(await grid.getAttribute('aria-rowcount')) - 1).toBeLessThan(all);
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(days.locator('[aria-pressed=true]')).toHaveCount(3);
  await page.getByRole('button', { name: 'show all days again' }).click();
  await expect.poll(async () => Number(await grid.getAttribute('aria-rowcount')) - 1).toBe(all);

  await page.getByRole('group', { name: 'Chart or table' }).getByRole('button', { name: 'Table' }).click();
  const table = page.getByRole('region', { name: 'Days on which connections may expire' });
  await table.getByRole('button').first().click();
  await expect.poll(async () => Number(await grid.getAttribute('aria-rowcount')) - 1).toBeLessThan(all);
  await page.getByRole('group', { name: 'Kind of expiry' }).getByRole('button', { name: 'Consent' }).click();
  await page.getByRole('button', { name: 'show all days again' }).click();
  await expect(grid.locator('.row .kind', { hasText: 'Inactivity' })).toHaveCount(0);
});

test('connections are chosen by keys, and their Link URLs copied as text and as CSV', async ({
  portal,
  page,
}) => {
  const grid = page.getByRole('grid', { name: 'Connections that may expire' });
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
  await page.getByRole('button', { name: 'Clear selection' }).click();
  await expect(links).toHaveAttribute('aria-disabled', 'true');
});

test('what is past its date and still linked is folded below what is to come, and not counted as near', async ({
  page,
}) => {
  const days = page.locator('.row[data-place] time');
  await expect(days.first()).not.toContainText('ago');
  const near = /(\d+) within 14 days/.exec(await page.getByText(/within 14 days/).innerText())?.[1] ?? '';
  const entry = page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: /^Expiry/ });
  await expect(entry).toContainText(near);
  await expect(page.getByText(/past the estimated date and still linked/)).toBeVisible();
  await page.getByRole('button', { name: /^Show \d+$/ }).click();
  await expect(days.first()).toContainText('ago');
  await page.getByRole('button', { name: 'Past their date, still linked: show all days again' }).click();
  await expect(days.first()).not.toContainText('ago');
});

test('a refresh reads idle clocks once and leaves consents out', async ({ portal, page }) => {
  const row = page.locator('.row').filter({ hasText: 'Foxglove Interiors' });
  await row.getByRole('checkbox').check();
  await page.getByRole('button', { name: 'Refresh 1…' }).click();
  await expect(page.getByRole('dialog')).toContainText('on 1 connection (1 request)');
  await page.getByRole('dialog').getByRole('button', { name: 'Refresh 1' }).click();
  await expect(portal.message('1 refresh queued')).toBeVisible();
  await expect(row, 'its clock begins anew').toContainText('60 days', { timeout: 60_000 });
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
  await page.getByRole('group', { name: 'Chart or table' }).getByRole('button', { name: 'Table' }).click();
  await portal.isAccessible();
  await page.setViewportSize({ width: 900, height: 600 });
  await portal.isAccessible();
  const isWider = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
  expect(isWider, 'nothing is scrolled sideways').toBe(false);
});
