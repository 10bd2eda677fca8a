import { expect, test } from './portal';

test('a company is created, and its Link URL is on the clipboard', async ({ portal, page }) => {
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Example Company (Codat[1])');
  await expect(page.locator('.dialog del')).toHaveText(['(', '[', '])']);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  const field = page.getByRole('textbox', { name: 'Link URL' });
  await expect(field).toHaveValue(/\/company\/[0-9a-f-]{36}/);
  await page.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(portal.message('Link URL copied')).toBeVisible();
  expect(await portal.clipboard()).toBe(await field.inputValue());
  await page.getByRole('button', { name: 'Go to company' }).click();
  await expect(portal.row('Example Company Codat1')).toBeVisible();
  await expect(portal.row('Example Company Codat1')).toContainText('No connections yet');
});

test('tags and a description are kept, and found', async ({ portal, page }) => {
  await page.getByRole('button', { name: 'New company' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Tagged Company');
  await page.getByLabel('Description').fill('Met at the fair');
  await page.getByRole('button', { name: 'Add tag' }).click();
  await page.getByLabel('Tag 1, key').fill('origin');
  await page.getByLabel('Tag 1, value').fill('fair');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByRole('button', { name: 'Done' }).click();
  await portal.find('tag:origin=fair');
  await expect(portal.row('Tagged Company')).toBeVisible();
  expect(await portal.total()).toBe(1);
});

test('a name that Codat would leave nothing of is not sent', async ({ page }) => {
  await page.getByRole('button', { name: 'New company' }).click();
  const add = page.getByRole('button', { name: 'Add', exact: true });
  await expect(add).toBeDisabled();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('((()))');
  await expect(page.locator('.dialog .problem')).toBeVisible();
  await expect(add).toBeDisabled();
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'New company' }).click();
  await expect(
    page.getByRole('textbox', { name: 'Name', exact: true }),
    'what was typed is still there',
  ).toHaveValue('((()))');
});

test('a company that was half typed is still there after the page is loaded again', async ({ page }) => {
  await page.getByRole('button', { name: 'New company' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Half a na');
  await page.getByRole('button', { name: 'Add tag' }).click();
  await page.getByLabel('Tag 1, key').fill('origin');
  await page.reload();
  await page.getByRole('button', { name: 'New company' }).click();
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Half a na');
  await expect(page.getByLabel('Tag 1, key')).toHaveValue('origin');
});

test('a company is renamed in place, and Escape leaves it as it was', async ({ portal, page }) => {
  await portal.create('Old Name');
  await portal.find('Old Name');
  await portal.row('Old Name').getByText('No connections yet').click();
  await page.keyboard.press('F2');
  const field = page.getByLabel('New name');
  await field.fill('Never this');
  await field.press('Escape');
  await expect(portal.row('Old Name')).toBeVisible();
  await page.keyboard.press('F2');
  await page.getByLabel('New name').fill('((');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toBeVisible();
  await expect(page.getByLabel('New name'), 'what was typed stays').toHaveValue('((');
  await page.getByLabel('New name').fill('New Name');
  await page.keyboard.press('Enter');
  await portal.find('New Name');
  await expect(portal.row('New Name')).toBeVisible();
});

test('names of every kind are shown as text', async ({ portal, page }) => {
  const name = 'b onerror=alert 1 العربية 日本 ' + 'x'.repeat(60);
  await page.getByRole('button', { name: 'New company' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill(`<img src=x onerror=alert(1)> ${name}`);
  await expect(page.locator('.dialog del').first()).toBeVisible();
  await expect(page.locator('.dialog img')).toHaveCount(0);
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(page.getByRole('textbox', { name: 'Link URL' })).toBeVisible();
  await page.getByRole('button', { name: 'Go to company' }).click();
  await expect(portal.rows).toHaveCount(1);
  await expect(page.locator('[role=grid] img')).toHaveCount(0);
});

test('deleting needs the name, waits, and can be undone', async ({ portal, page }) => {
  await portal.create('Short Lived');
  await portal.find('Short Lived');
  await portal.row('Short Lived').getByText('No connections yet').click();
  await page.keyboard.press('Delete');
  const remove = page.getByRole('button', { name: 'Delete company' });
  await expect(remove).toBeDisabled();
  await page.getByLabel('Type the name to confirm').fill('Short Lived');
  await remove.click();
  await expect(portal.message('Deleting')).toContainText('Short Lived');
  await expect(portal.row('Short Lived'), 'it is still there').toBeVisible();
  await portal.message('Deleting').getByRole('button', { name: 'Undo' }).click();
  await expect(portal.message('Deletion undone')).toBeVisible();
  await expect(portal.message('Deleting')).toHaveCount(0);
  await expect(portal.row('Short Lived')).toBeVisible();
});

test('a deletion that nobody takes back is sent', async ({ portal, page }) => {
  await portal.create('Really Gone');
  await portal.find('Really Gone');
  await portal.row('Really Gone').click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Delete…' }).click();
  await page.getByLabel('Type the name to confirm').fill('Really Gone');
  await page.keyboard.press('Enter');
  await expect(portal.message('Deleted')).toBeVisible({ timeout: 25_000 });
  await expect(portal.row('Really Gone')).toHaveCount(0);
});

test('Copy link offers the broken connection’s first, then the company’s', async ({ portal, page }) => {
  const broken = await portal.countOf('Broken');
  await portal.status('Broken').click();
  await expect.poll(() => portal.total()).toBe(broken);
  await portal.isAnswered('is:red');
  const row = portal.rows.first();
  await row.hover();
  await row.getByRole('button', { name: /^Copy link of/ }).click();
  const lines = page.getByRole('menuitem');
  await expect(lines.first()).toContainText(/Deauthorized|Error|Unlinked/);
  await lines.first().click();
  await expect(portal.message(/Link URL copied/)).toBeVisible();
  const url = await portal.clipboard();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\//);
  await expect(portal.message(/Link URL copied/)).toContainText(url.slice(0, 30));
  await row.hover();
  await row.getByRole('button', { name: /^Copy link of/ }).click();
  await page.getByRole('menuitem', { name: /^Copy company link/ }).click();
  await expect.poll(() => portal.clipboard()).not.toBe(url);
});

test('an ID and the invite URL are copied whole', async ({ portal, page }) => {
  const row = portal.rows.first();
  const id = (await row.getAttribute('data-id')) ?? '';
  await row.getByRole('button', { name: `Copy ID ${id}` }).click();
  await expect(portal.message('ID copied')).toBeVisible();
  expect(await portal.clipboard()).toBe(id);
  await page.getByRole('button', { name: 'Copy invite URL' }).click();
  await expect(portal.message('Invite URL copied')).toBeVisible();
  expect(await portal.clipboard()).toContain('/invite');
});

test('Refresh data says that it was queued', async ({ portal }) => {
  const row = portal.rows.first();
  await row.hover();
  await row.getByRole('button', { name: /^Refresh data of/ }).click();
  await expect(portal.message('Refresh queued')).toBeVisible();
});

test('a connection opens beside the list, with what is known of it', async ({ portal, page }) => {
  await portal.status('Broken').click();
  const chip = portal.rows
    .first()
    .getByRole('button', { name: /: (Deauthorized|Error)$/ })
    .first();
  await chip.click();
  const panel = page.getByRole('complementary', { name: /^Connections of/ });
  await expect(panel).toContainText(/Deauthorized|Error/);
  await expect(panel).toContainText('Source');
  await panel.getByTitle('Copy the connection’s ID').first().click();
  await expect(portal.message('Connection ID copied')).toBeVisible();
  const links = panel.getByRole('button', { name: /^Copy (reconnect|company) link/ });
  await expect(links.last()).toHaveAccessibleName('Copy company link');
  await expect(links.first()).toHaveAccessibleName(/^Copy reconnect link of /);
  await page.keyboard.press('Escape');
  await expect(panel).toHaveCount(0);

  await chip.click();
  const name = (await panel.getByRole('heading', { level: 2 }).innerText()).trim();
  await panel.getByRole('link', { name }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(panel).toHaveCount(0);
});
