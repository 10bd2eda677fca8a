import { expect, test, type Portal } from './portal';

/** Selects the first rows of the list, by keyboard. */
async function selectRows({ page, rows }: Portal, many: number): Promise<void> {
  await rows.nth(0).locator('.lastRead').click();
  await page.keyboard.press('x');
  for (let more = 1; more < many; more += 1) await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByText(`${many} companies selected`)).toBeVisible();
}

test('tags of many are changed from the keyboard, and the list shows them', async ({ portal }) => {
  const { page } = portal;
  await selectRows(portal, 4);
  await page.keyboard.press('Shift+T');
  const sheet = page.getByRole('dialog', { name: 'Change tags' });
  await expect(sheet.getByText('There’s nothing to change.', { exact: false })).toBeVisible();
  await portal.isAccessible();
  await page.keyboard.type('wave');
  await page.keyboard.press('Tab');
  await page.keyboard.type('7');
  await expect(sheet.getByText('8 requests')).toBeVisible();
  await portal.isAccessible();
  await expect(sheet.getByRole('button', { name: 'Change tags of 4 companies' })).toBeVisible();
  await page.keyboard.press('Enter');

  const run = page.getByRole('region', { name: 'Add tag wave=7 to 4 companies' });
  await expect(run.locator('.state:not([role])')).toHaveText('Done', { timeout: 20_000 });
  await expect(run.getByText('4 done', { exact: true })).toBeVisible();
  await portal.isAccessible();
  await page.evaluate(() => (window.location.hash = '#/companies'));
  await portal.find('tag:wave=7');
  expect(await portal.total()).toBe(4);
});

test('many are deleted after the count is typed and ten seconds, in which it can be undone', async ({
  portal,
}) => {
  test.setTimeout(90_000);
  const { page } = portal;
  const before = await portal.total();
  await portal.find('is:purple');
  await selectRows(portal, 2);
  await page.keyboard.press('Shift+Delete');
  const sheet = page.getByRole('dialog', { name: 'Delete companies' });
  const field = sheet.getByRole('textbox', { name: /^Type the number of companies, 2,/ });
  await expect(field).toBeFocused();
  await portal.isAccessible();
  await page.keyboard.type('3');
  await page.keyboard.press('Enter');
  await expect(sheet).toBeVisible();
  await field.fill('2');
  await page.keyboard.press('Enter');

  // Undone, nothing is deleted.
  const run = page.getByRole('region', { name: 'Delete 2 companies' });
  await expect(run.getByText(/^Deleting starts in/)).toBeVisible();
  await portal.isAccessible();
  await page.keyboard.press('Control+z');
  const state = run.locator('.state:not([role])');
  await expect(state).toHaveText('Cancelled', { timeout: 20_000 });
  await expect(run.getByText('2 cancelled')).toBeVisible();

  await page.evaluate(() => (window.location.hash = '#/companies'));
  await portal.find('is:purple');
  await selectRows(portal, 2);
  await page.keyboard.press('Shift+Delete');
  await field.fill('2');
  await page.keyboard.press('Enter');
  await expect(state).toHaveText('Done', { timeout: 40_000 });
  await portal.isAccessible();
  await page.evaluate(() => (window.location.hash = '#/companies'));
  await portal.find('');
  await expect.poll(() => portal.total()).toBe(before - 2);
});

test('the rows of the list show what a run does with each company, and the others nothing', async ({
  portal,
}) => {
  const { page, rows } = portal;
  await portal.find('is:purple');
  await selectRows(portal, 2);
  await page.keyboard.press('Shift+Delete');
  const sheet = page.getByRole('dialog', { name: 'Delete companies' });
  await sheet.getByRole('textbox', { name: /^Type the number of companies, 2,/ }).fill('2');
  await page.keyboard.press('Enter');
  await expect(page.getByText(/^Deleting starts in/)).toBeVisible();
  await page.evaluate(() => (window.location.hash = '#/companies'));
  const waiting = page.getByTitle('Deletion: waiting', { exact: true });
  await expect(waiting).toHaveCount(2);
  await expect(rows.nth(0)).toContainText('Waiting');
  await expect(rows.nth(2)).not.toContainText('Waiting');
  await portal.isAccessible();
  await page.keyboard.press('Control+z');
  await expect(waiting).toHaveCount(0);
});
