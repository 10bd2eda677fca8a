// Space shows the company at the cursor beside the list, from what the list has of it.
import { expect, test, type Portal } from './portal';

const peek = ({ page }: Portal) => page.getByRole('complementary', { name: /^Peek at / });

async function start(portal: Portal): Promise<void> {
  await portal.search.focus();
  await portal.page.keyboard.press('Enter');
  await portal.page.keyboard.press('Home');
}

test('Space peeks at the company at the cursor, and J and K go to the next', async ({ portal, page }) => {
  const names = await portal.names();
  await start(portal);
  const requests: string[] = [];
  page.on('request', (request) => requests.push(`${request.url()} ${request.postData() ?? ''}`));
  await page.keyboard.press('Space');
  await expect(peek(portal).getByRole('heading', { level: 2 })).toHaveText(names[0] ?? '');
  await expect(page.locator('[data-index="0"] :focus'), 'the keyboard stays in the list').toHaveCount(1);
  for (const [key, at] of [
    ['j', 1],
    ['j', 2],
    ['ArrowDown', 3],
    ['k', 2],
  ] as const) {
    await page.keyboard.press(key);
    await expect(peek(portal).getByRole('heading', { level: 2 })).toHaveText(names[at] ?? '');
    await expect(page.locator(`[data-index="${at}"] :focus`)).toHaveCount(1);
  }
  const chips = portal.rows.filter({ hasText: names[2] ?? '' }).locator('.chip');
  await expect(peek(portal).getByRole('list', { name: 'Connections' }).getByRole('button')).toHaveCount(
    await chips.count(),
  );
  await expect(peek(portal).getByText('Last refresh')).toBeVisible();
  const ofCompanies = requests.filter((request) => /timeline|summary|"company"/.test(request));
  expect(ofCompanies, 'nothing more is loaded').toEqual([]);
  await portal.isAccessible();

  await page.keyboard.press('Escape');
  await expect(peek(portal)).toHaveCount(0);
  await expect(page.locator('[data-index="2"] :focus')).toHaveCount(1);
  await page.keyboard.press('Space');
  await page.keyboard.press('Space');
  await expect(peek(portal), 'Space closes it, too').toHaveCount(0);
});

test('with the keyboard in the peek, J goes on, and Escape returns to the row', async ({ portal, page }) => {
  const names = await portal.names();
  await start(portal);
  await page.keyboard.press('Space');
  await peek(portal).getByRole('button', { name: 'Copy company link' }).click();
  await expect(portal.message('Link URL copied')).toBeVisible();
  await page.keyboard.press('j');
  await expect(peek(portal).getByRole('heading', { level: 2 })).toHaveText(names[1] ?? '');
  await page.keyboard.press('Escape');
  await expect(peek(portal)).toHaveCount(0);
  await expect(page.locator('[data-index="1"] :focus')).toHaveCount(1);
});

test('what is peeked at is refreshed, opened, and looked at by connection', async ({ portal, page }) => {
  await start(portal);
  await page.keyboard.press('Space');
  const name = (await peek(portal).getByRole('heading', { level: 2 }).innerText()).trim();
  await peek(portal).getByRole('button', { name: 'Refresh data' }).click();
  await expect(portal.message('Refresh queued')).toBeVisible();

  const list = peek(portal).getByRole('list', { name: 'Connections' });
  await list.getByRole('button').first().click();
  const connections = page.getByRole('complementary', { name: `Connections of ${name}` });
  await expect(connections).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(peek(portal), 'the peek is beneath').toBeVisible();

  await peek(portal).getByRole('link', { name: 'Open', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(portal.search).toBeVisible();
  await expect(peek(portal)).toHaveCount(0);
});

test('X and Shift+Space select the row at the cursor', async ({ portal, page }) => {
  await start(portal);
  await page.keyboard.press('x');
  await page.keyboard.press('j');
  await page.keyboard.press('Shift+Space');
  await expect(page.getByText('2 companies selected')).toBeVisible();
  await page.keyboard.press('x');
  await expect(page.getByText('1 company selected')).toBeVisible();
  await expect(peek(portal)).toHaveCount(0);
});

test('the menu of a row peeks, too', async ({ portal, page }) => {
  const names = await portal.names();
  await portal.rows.nth(2).click({ button: 'right' });
  await page.getByRole('menuitem', { name: 'Peek' }).click();
  await expect(peek(portal).getByRole('heading', { level: 2 })).toHaveText(names[2] ?? '');
  await page.keyboard.press('j');
  await expect(peek(portal).getByRole('heading', { level: 2 })).toHaveText(names[3] ?? '');
});
