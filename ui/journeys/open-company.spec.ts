import { expect, test, type Portal } from './portal';

const NAME = 'Harbour Lane Bakery';

async function opened(portal: Portal): Promise<void> {
  await portal.find(`"${NAME.toLowerCase()}"`);
  await portal.rows.first().locator('.lastRead').click();
  await portal.page.keyboard.press('Enter');
  await expect(portal.page.getByRole('heading', { level: 1, name: NAME })).toBeFocused();
}

test('the keys of a row work on the company that is open, and Escape goes back', async ({ portal, page }) => {
  await opened(portal);
  await page.keyboard.press('i');
  await expect(portal.message('ID copied')).toBeVisible();
  await page.keyboard.press('c');
  await expect(page.getByRole('tab', { name: 'Connections' })).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('F2');
  await expect(page.getByLabel('New name')).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { level: 1, name: NAME })).toBeFocused();
  await page.keyboard.press('l');
  await expect(page.getByRole('menu').or(portal.message('Link URL copied'))).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('Delete');
  await expect(page.getByRole('dialog', { name: 'Delete company' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await page.keyboard.press('Escape');
  await expect(portal.search).toBeVisible();
  await opened(portal);
  await page.keyboard.press('Alt+ArrowLeft');
  await expect(portal.search).toBeVisible();
});

test('what is open within a company closes before the company', async ({ portal, page }) => {
  await portal.open(NAME, 'Data history');
  await page.locator('.group-name').first().click();
  await page.locator('[data-operation]').first().click();
  const detail = page.getByRole('complementary').last();
  await expect(detail).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(detail).toHaveCount(0);
  await expect(page.getByRole('tab', { name: 'Data history' })).toBeVisible();
});

test('the tabs stay where they are when another one is chosen', async ({ portal, page }) => {
  await opened(portal);
  const places = () =>
    page.getByRole('tab').evaluateAll((tabs) => tabs.map((tab) => tab.getBoundingClientRect().left));
  const before = await places();
  for (const name of ['Connections', 'Data history', 'Settings']) {
    await page.getByRole('tab', { name, exact: true }).click();
    await expect(page.getByRole('tab', { name, exact: true })).toHaveAttribute('aria-selected', 'true');
    expect(await places(), name).toEqual(before);
  }
});

test('the palette finds what can be done with the company that is open', async ({ portal, page }) => {
  await opened(portal);
  for (const [typed, title] of [
    ['copy link', `Copy link: ${NAME}`],
    ['rename', `Rename: ${NAME}`],
    ['delete', `Delete: ${NAME}`],
    ['back to comp', 'Back to Companies'],
  ] as const) {
    await page.keyboard.press('Control+k');
    await page.keyboard.type(typed);
    await expect(page.getByRole('option', { name: title })).toBeVisible();
    await page.keyboard.press('Escape');
  }
  await page.getByRole('button', { name: 'More' }).click();
  await expect(page.getByRole('menuitem', { name: /^Delete/ })).toBeVisible();
  await portal.isAccessible();
});

for (const size of [
  { width: 720, height: 450 },
  { width: 900, height: 600 },
  { width: 1280, height: 800 },
]) {
  test(`at ${size.width} by ${size.height} the header leaves room for what is beneath`, async ({
    portal,
    page,
  }) => {
    await page.setViewportSize(size);
    await portal.open(NAME, 'Data history');
    await expect(page.getByRole('row').nth(1)).toBeVisible();
    const header = await page.locator('main header').first().boundingBox();
    expect(header?.height).toBeLessThan(size.height / 3.6);
    expect(await portal.outOfReach()).toEqual([]);
  });
}

test('messages cover no button', async ({ portal, page }) => {
  await page.setViewportSize({ width: 900, height: 600 });
  await portal.open(NAME, 'Settings');
  await page.keyboard.press('i');
  await expect(portal.message('ID copied')).toBeVisible();
  await expect
    .poll(() =>
      page.evaluate(() => {
        const toast = document.querySelector('[data-sonner-toast]')?.getBoundingClientRect();
        if (!toast) return ['no message'];
        return [...document.querySelectorAll<HTMLElement>('main button, main a, main input, main select')]
          .filter((one) => one.checkVisibility())
          .filter((one) => {
            const box = one.getBoundingClientRect();
            const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
            const covers = document.elementFromPoint(x, y);
            return covers?.closest('[data-sonner-toast]') !== null && covers !== null;
          })
          .map((one) => one.textContent);
      }),
    )
    .toEqual([]);
});
