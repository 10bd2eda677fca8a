// Saved views: a search, an order and columns under a name, in the side bar, by a key and by an address.
import { expect, test, type Portal } from './portal';

const side = ({ page }: Portal) => page.getByRole('group', { name: 'Views' });
const view = (portal: Portal, name: string) =>
  side(portal).getByRole('button', { name: new RegExp(`^${name} \\d`) });
const edited = ({ page }: Portal) => page.locator('.search').getByText('Edited');
const names = (portal: Portal) => side(portal).locator('.name').allTextContents();

test('a view is saved, opened by its key, edited, reset, and there again after a reload', async ({
  portal,
  page,
}) => {
  const connections = page.getByRole('columnheader', { name: 'Connections' });
  await portal.find('platform:xero');
  const found = await portal.total();
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Connections' }).uncheck();
  await page.keyboard.press('Escape');
  await expect(connections).toHaveCount(0);

  await page.getByRole('button', { name: 'Save view…' }).click();
  const name = page.getByRole('dialog').getByLabel('Name');
  await name.fill('needs attention');
  await name.fill('Needs attention');
  await name.press('Enter');
  await expect(page.getByRole('alert')).toContainText('already have a view');
  await portal.isAccessible();
  await name.fill('On Xero');
  await name.press('Enter');
  await expect(portal.message('View saved')).toBeVisible();
  await expect(view(portal, 'On Xero')).toHaveAttribute('aria-current', 'page');
  await expect(view(portal, 'On Xero')).toHaveText(`On Xero ${found}`);
  await expect(page).toHaveURL(/companies\?view=/);

  // Without a view the list has its own order and columns.
  await page
    .getByRole('navigation')
    .getByRole('button', { name: /^Companies/ })
    .click();
  await portal.isAnswered('');
  await expect(page).toHaveURL(/#\/companies$/);
  await page.keyboard.press('5');
  await portal.isAnswered('platform:xero');
  await expect(connections).toHaveCount(0);
  await expect(page.getByRole('columnheader', { name: 'Name' })).toHaveAttribute('aria-sort', 'ascending');

  await expect(edited(portal)).toHaveCount(0);
  const box = await portal.search.boundingBox();
  await portal.find('platform:xero is:red');
  await expect(edited(portal)).toBeVisible();
  expect((await portal.search.boundingBox())?.x, 'nothing moves sideways').toBe(box?.x);
  await portal.isAccessible();
  await page.getByRole('button', { name: 'Reset' }).click();
  await portal.isAnswered('platform:xero');
  await expect(edited(portal)).toHaveCount(0);

  await page.reload();
  await expect(view(portal, 'On Xero')).toHaveAttribute('aria-current', 'page');
  await portal.isAnswered('platform:xero');
  await expect(connections).toHaveCount(0);

  // The list's own columns outlive a reload within a view, and Back leads to the view.
  await page.keyboard.press('1');
  await portal.isAnswered('is:attention');
  await expect(connections).toHaveCount(0);
  await page.goBack();
  await portal.isAnswered('platform:xero');
});

test('a view is changed, renamed, moved and deleted by keys, and a deleted one is restored', async ({
  portal,
  page,
}) => {
  expect(await names(portal)).toEqual([
    'Needs attention',
    'Expiring in 14 days',
    'Stale over 7 days',
    'Never linked',
  ]);
  await page.keyboard.press('3');
  await portal.isAnswered('stale:>7d');
  await portal.find('stale:>3d');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(edited(portal)).toHaveCount(0);

  const choose = async (name: string, line: string) => {
    await side(portal)
      .getByRole('button', { name: `Options of ${name}` })
      .focus();
    await page.keyboard.press('Enter');
    await expect(page.getByRole('menu')).toBeVisible();
    await page.getByRole('menuitem', { name: line }).focus();
    await page.keyboard.press('Enter');
  };
  await choose('Stale over 7 days', 'Rename…');
  await page.getByRole('textbox', { name: 'Name' }).fill('Stale over 3 days');
  await page.keyboard.press('Enter');
  await expect(view(portal, 'Stale over 3 days')).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);

  await choose('Stale over 3 days', 'Move up');
  await expect
    .poll(() => names(portal))
    .toEqual(['Needs attention', 'Stale over 3 days', 'Expiring in 14 days', 'Never linked']);
  await expect(view(portal, 'Stale over 3 days')).toBeFocused();

  await choose('Stale over 3 days', 'Delete');
  await expect.poll(() => names(portal)).toHaveLength(3);
  await portal.isAnswered('');
  await portal.message('View deleted').getByRole('button', { name: 'Undo' }).click();
  await expect.poll(async () => (await names(portal))[1]).toBe('Stale over 3 days');
  await portal.isAnswered('stale:>3d');
});

test('the number of a view follows its companies', async ({ portal, side: sandbox, page }) => {
  const text = await view(portal, 'Never linked').textContent();
  const before = Number(text?.replace(/\D/g, ''));
  await sandbox.call('POST', '/companies', { name: 'Counted at once' });
  await page.keyboard.press('F5');
  await expect(view(portal, 'Never linked')).toHaveText(`Never linked ${before + 1}`);
});

test('in a narrow window the views are one menu, and the palette has them too', async ({ portal, page }) => {
  await page.setViewportSize({ width: 900, height: 600 });
  await page.getByRole('button', { name: 'Views', exact: true }).click();
  await portal.isAccessible();
  await page.getByRole('menuitemcheckbox', { name: /Never linked/ }).click();
  await portal.isAnswered('is:none');
  await page.keyboard.press('Control+k');
  await page.keyboard.type('open view stale');
  await page.keyboard.press('Enter');
  await portal.isAnswered('stale:>7d');
  expect(await portal.outOfReach()).toEqual([]);
});

test('a schedule takes the search of a view', async ({ page }) => {
  await page.keyboard.press('Control+Shift+h');
  await page.getByRole('button', { name: 'New schedule' }).first().click();
  await page.getByRole('radio', { name: 'Matching a search' }).check();
  await page.getByLabel('Search of a view').selectOption('Stale over 7 days');
  await expect(page.getByLabel('Search', { exact: true })).toHaveValue('stale:>7d');
});
