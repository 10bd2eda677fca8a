import { expect, test } from './portal';

test('a click on the state shows the log of requests, live, with what each was for', async ({
  portal,
  page,
}) => {
  await page.getByRole('button', { name: /^Up to date/ }).click();
  const dialog = page.getByRole('dialog', { name: 'Requests' });
  const first = dialog.locator('summary').first();
  await expect(dialog.getByText('GET /companies?page=1&pageSize=500').first()).toBeVisible();
  await expect(dialog.getByText('not saved to disk')).toBeVisible();
  await portal.isAccessible();
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await portal.isAccessible(['color-contrast']);

  await dialog.getByLabel('Purpose').selectOption({ label: 'Your clicks' });
  await expect(dialog.getByText('No requests of this kind.')).toBeVisible();
  await page.keyboard.press('Escape');
  await portal.find('"harbour lane bakery"');
  await portal.rows.first().locator('.lastRead').click();
  await page.keyboard.press('R');
  await expect(portal.message('Refresh queued')).toBeVisible();
  await page.keyboard.press('Control+Shift+L');
  await dialog.getByLabel('Purpose').selectOption({ label: 'Your clicks' });
  await expect(first).toContainText(/POST \/companies\/[0-9a-f]{8}…\/data\/all/);
  await first.focus();
  await page.keyboard.press('Enter');
  await dialog.getByRole('button', { name: 'Copy details' }).click();
  await expect
    .poll(() => portal.clipboard())
    .toMatch(/^POST .*\nSent: .*\nPurpose: Your clicks\nOutcome: 204\nDuration: \d+ ms/);
});

test('a failure is found by itself, with what to quote to support', async ({ page, portal, sandbox }) => {
  const answer = await page.request.post(`${sandbox.address}/_sandbox/faults`, {
    headers: { Authorization: `Basic ${Buffer.from(sandbox.key).toString('base64')}` },
    data: [{ route: '/companies', method: 'GET', status: 500, times: 1 }],
  });
  expect(answer.ok()).toBe(true);
  await page.keyboard.press('F5');
  await expect(page.getByRole('button', { name: /^(Codat returns errors|Up to date)/ })).toBeVisible();
  await page.keyboard.press('Control+Shift+L');
  const dialog = page.getByRole('dialog', { name: 'Requests' });
  await dialog.getByLabel('Failed only').check();
  const failed = dialog.locator('summary').first();
  await expect(failed).toContainText('500');
  await failed.click();
  await expect(dialog.locator('pre')).toContainText('Correlation ID: ');
  await portal.isAccessible();
});

test('the meter shows today by what it was for, by keyboard too, and plans a day', async ({
  portal,
  page,
}) => {
  await page.keyboard.press('Control+Shift+U');
  const details = page.getByRole('dialog', { name: 'Requests today' });
  await expect(details.getByText('Status checks', { exact: true })).toBeVisible();
  await expect(details.getByText(/^Based on a check every/)).toBeVisible();
  await portal.isAccessible();
  await page.keyboard.press('Escape');
  await expect(details).toBeHidden();
  const meter = page.getByRole('contentinfo').getByRole('button', { name: /of/ });
  await meter.focus();
  await page.keyboard.press('Enter');
  await details.getByRole('button', { name: 'Plan a day…' }).click();
  const planner = page.getByRole('dialog', { name: 'Plan a day' });
  await planner.getByLabel('For a different number of companies').fill('10000');
  await expect(planner.getByRole('columnheader', { name: '10,000 companies' })).toBeVisible();
  await expect(planner.getByText(/^This fits/)).toBeVisible();
  await portal.isAccessible();
  await planner.getByLabel('For a different number of companies').fill('many');
  await expect(planner.getByText('A number of companies up to 1,000,000')).toBeVisible();
});

test.describe('at a small allowance', () => {
  test.use({ limits: 'day=120,minute=off' });

  test('the app asks before it takes more than half of the day, and the act goes once it may', async ({
    portal,
    page,
  }) => {
    const question = page.getByRole('dialog', { name: 'Use more of today’s requests?' });
    // Each name is a request of its own; a company that is being read already would make none.
    await portal.rows.first().locator('.lastRead').click();
    for (let acts = 0; acts < 80 && !(await question.isVisible()); acts += 1) {
      await page.keyboard.press('F2');
      const field = page.getByLabel('New name');
      await field.fill(`Harbour Lane Bakery ${acts}`);
      await field.press('Enter');
      await expect.poll(async () => (await field.isHidden()) || (await question.isVisible())).toBe(true);
    }
    await expect(question).toBeVisible();
    await portal.isAccessible();
    await question.getByRole('button', { name: 'Use more today' }).click();
    await expect(portal.message('Today’s limit raised')).toBeVisible();
    await expect(question).toBeHidden();
    await expect(portal.message('has used its share of today')).toHaveCount(0);
  });
});
