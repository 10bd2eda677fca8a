// A list that one comes back to is as it was left: scrolled as far, at the same row, and the keys work.
import { expect, test, type Portal } from './portal';

test.beforeEach(async ({ side, portal, page }) => {
  // So many that the list is long.
  for (let number = 0; number < 320; number += 1)
    await side.call('POST', '/companies', { name: `Long list ${String(number).padStart(3, '0')}` });
  const heading = page.getByRole('columnheader', { name: 'Name' });
  await heading.getByRole('button').click();
  await expect(heading).toHaveAttribute('aria-sort', 'ascending');
  await page.keyboard.press('F5');
  await expect.poll(() => portal.total(), { timeout: 90_000 }).toBeGreaterThan(330);
});

const grid = ({ page }: Portal) => page.getByRole('grid', { name: 'Companies' });

const scrolled = (portal: Portal) => grid(portal).evaluate(({ scrollTop }) => scrollTop);

/** Scrolls far down and opens the company in the middle; gives its name and how far it was scrolled. */
async function openFar(portal: Portal): Promise<{ name: string; top: number }> {
  await grid(portal).evaluate((element) => (element.scrollTop = 6_000));
  const row = portal.page.locator('[data-index="155"]');
  await expect(row.getByRole('link')).toBeVisible();
  const name = (await row.getByRole('link').textContent()) ?? '';
  const top = await scrolled(portal);
  expect(top).toBe(6_000);
  await row.getByRole('link').click();
  await expect(portal.page.getByRole('heading', { level: 1 })).toContainText(name);
  return { name, top };
}

/** The row of this company has the keyboard, which goes on from there. */
async function hasKeyboard(portal: Portal, name: string): Promise<void> {
  const { page } = portal;
  const focused = page.locator('[data-id]:focus-within, [data-id]:focus');
  await expect(focused).toContainText(name);
  const index = Number(await focused.getAttribute('data-index'));
  await page.keyboard.press('ArrowDown');
  await expect(page.locator(`[data-index="${index + 1}"]:focus-within`)).toHaveCount(1);
  await page.keyboard.press('ArrowUp');
}

const WAYS: Record<string, (portal: Portal) => Promise<void>> = {
  'its button': async ({ page }) => page.getByRole('button', { name: 'Back to Companies' }).click(),
  'the browser': async ({ page }) => void (await page.goBack()),
  'the side bar': async ({ page }) =>
    page
      .getByRole('navigation')
      .getByRole('button', { name: /^Companies/ })
      .click(),
  'Alt and the left arrow': async ({ page }) => page.keyboard.press('Alt+ArrowLeft'),
  Escape: async ({ page }) => page.keyboard.press('Escape'),
};

test('the list is where it was, and the keyboard at its row, whatever leads back', async ({ portal }) => {
  for (const [way, goBack] of Object.entries(WAYS)) {
    const { name, top } = await openFar(portal);
    await goBack(portal);
    await expect(grid(portal), way).toBeVisible();
    await expect.poll(() => scrolled(portal), way).toBe(top);
    await hasKeyboard(portal, name);
  }
});

test('the list is where it was after other screens, and sideways as well', async ({ portal, page }) => {
  await page.setViewportSize({ width: 900, height: 600 });
  const { name, top } = await openFar(portal);
  await page.keyboard.press('Escape');
  await grid(portal).evaluate((element) => (element.scrollLeft = 90));
  for (const screen of ['Settings', 'Expiry']) {
    await page.getByRole('navigation').getByRole('button', { name: screen }).click();
    await expect(page.getByRole('heading', { name: screen, level: 1 })).toBeVisible();
    await page
      .getByRole('navigation')
      .getByRole('button', { name: /^Companies/ })
      .click();
    await expect.poll(() => scrolled(portal)).toBe(top);
    await expect.poll(() => grid(portal).evaluate(({ scrollLeft }) => scrollLeft)).toBe(90);
  }
  await hasKeyboard(portal, name);
});

test('the row is found again after its company was renamed and has moved far away', async ({
  portal,
  page,
  side,
}) => {
  const { name } = await openFar(portal);
  const id = await side.company(name);
  await side.call('PATCH', `/companies/${id}`, { name: 'Zzz, renamed elsewhere' });
  await page.keyboard.press('F5');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Zzz, renamed elsewhere', {
    timeout: 90_000,
  });
  await page.keyboard.press('Escape');
  await hasKeyboard(portal, 'Zzz, renamed elsewhere');
  await expect(portal.row('Zzz, renamed elsewhere')).toBeInViewport();
});

test('another search begins at its top', async ({ portal, page }) => {
  await openFar(portal);
  await page.keyboard.press('/');
  await portal.find('long list');
  await expect.poll(() => scrolled(portal)).toBe(0);
});
