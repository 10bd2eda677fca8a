import { expect, test, type Portal } from './portal';

/** The run that is shown. */
function detail({ page }: Portal) {
  return page.getByRole('region', { name: /^Refresh of/ });
}

test('many are selected, refreshed, paused, and go on after the page was loaded anew', async ({
  portal,
  sandbox,
}) => {
  test.setTimeout(180_000);
  const { page, rows } = portal;

  // By pointer and by key: a box, a range, one less.
  await rows.nth(0).hover();
  await rows.nth(0).locator('[data-box]').click();
  await rows.nth(3).click({ modifiers: ['Shift'], position: { x: 400, y: 20 } });
  await expect(page.getByText('4 companies selected')).toBeVisible();
  await page.keyboard.press('x');
  await rows.nth(5).locator('.lastRead').click();
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByText('5 companies selected')).toBeVisible();
  await portal.isAccessible();

  // All that match, without being on screen.
  await portal.find('is:green');
  const matching = await portal.total();
  await page.getByRole('button', { name: /^Select all/ }).click();
  await expect(page.getByText(new RegExp(`^${matching} companies selected`))).toBeVisible();

  // A server that takes its time, so that there is something to pause.
  const headers = { authorization: `Basic ${Buffer.from(sandbox.key).toString('base64')}` };
  const slow = { headers, data: [{ method: 'POST', delayMs: 2_000 }] };
  expect((await page.request.post(`${sandbox.address}/_sandbox/faults`, slow)).ok()).toBe(true);
  await page
    .getByRole('group', { name: 'Selected companies' })
    .getByRole('button', { name: 'Refresh data' })
    .click();
  const sheet = page.getByRole('dialog', { name: 'Refresh data' });
  await expect(sheet.getByText(`${matching} requests`)).toBeVisible();
  await expect(sheet.getByText(/^Remaining today/)).toBeVisible();
  await portal.isAccessible();
  await sheet.getByRole('button', { name: `Refresh ${matching} companies` }).click();

  // Paused, it asks for nothing more, also when the page comes back.
  await detail(portal).getByRole('button', { name: 'Pause' }).click();
  await expect(detail(portal).getByText('Paused', { exact: true })).toBeVisible();
  await expect(detail(portal).getByText('Sending')).toHaveCount(0, { timeout: 20_000 });
  const toGo = await detail(portal)
    .getByRole('button', { name: /^Waiting/ })
    .innerText();
  await page.reload();
  await expect(detail(portal).getByText('Paused', { exact: true })).toBeVisible();
  await expect(detail(portal).getByRole('button', { name: /^Waiting/ })).toHaveText(toGo);
  await expect(page.getByRole('contentinfo').getByRole('button', { name: /^Refresh paused/ })).toBeVisible();
  await portal.isAccessible();

  expect((await page.request.delete(`${sandbox.address}/_sandbox/faults`, { headers })).ok()).toBe(true);
  await detail(portal).getByRole('button', { name: 'Resume' }).click();
  await expect(detail(portal).getByText('All requests sent. Codat is fetching the data.')).toBeVisible({
    timeout: 30_000,
  });

  // Three days later at the server the reads are complete, also of those whose computers are off over night and
  // over the weekend, and the next sweep shows it.
  const later = { headers, data: { advance: '3d' } };
  expect((await page.request.post(`${sandbox.address}/_sandbox/clock`, later)).ok()).toBe(true);
  await page.keyboard.press('F5');
  // The state of the run, not those of its companies.
  const state = detail(portal).locator('.state:not([role])');
  await expect(state).toHaveText(/^(Done|Finished with failures)$/, { timeout: 60_000 });
  await expect(detail(portal).getByRole('button', { name: /^Waiting/ })).toHaveCount(0);
});

for (const theme of ['Theme: dark', 'Theme: light']) {
  test(`the screens of a refresh keep the rules of accessibility, ${theme}`, async ({ portal }) => {
    const { page, rows } = portal;
    await page.keyboard.press('Control+k');
    await page.keyboard.type(theme);
    await page.keyboard.press('Enter');
    await page.evaluate(() => (window.location.hash = '#/refreshes'));
    await expect(page.getByRole('heading', { name: 'No bulk refreshes yet' })).toBeVisible();
    await portal.isAccessible();
    await page.evaluate(() => (window.location.hash = '#/companies'));
    await rows.nth(0).locator('.lastRead').click();
    await page.keyboard.press('Control+a');
    await portal.isAccessible();
    await page.keyboard.press('Shift+R');
    const sheet = page.getByRole('dialog', { name: 'Refresh data' });
    await sheet.getByRole('button', { name: /^Refresh \d+/ }).click();
    await expect(detail(portal).getByRole('row').first()).toBeVisible();
    await portal.isAccessible();
    await detail(portal).getByRole('button', { name: 'Cancel remaining' }).click();
    await expect(detail(portal).getByRole('button', { name: /^Skipped/ })).toBeVisible();
  });
}
