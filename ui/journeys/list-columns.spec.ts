// Columns that are chosen are there, in a window of any width: what does not fit is scrolled sideways.
import { expect, test, type Portal } from './portal';

const TITLES = [
  'Name',
  'ID',
  'Created by',
  'Created',
  'Last refresh',
  'Connections',
  'Status',
  'May expire',
  'Products',
  'Tags',
  'Description',
];

/** Ticks the first so many columns and no other. */
async function choose({ page }: Portal, many: number): Promise<void> {
  await page.getByRole('button', { name: 'Columns' }).click();
  for (const [at, title] of TITLES.entries()) {
    if (at > 0) await page.getByRole('checkbox', { name: title, exact: true }).setChecked(at < many);
  }
  await page.keyboard.press('Escape');
}

/** How the columns lie: whether heads and cells stand above each other, and whether everything can be reached. */
async function lie({ page }: Portal) {
  return page.evaluate(() => {
    const grid = document.querySelector<HTMLElement>('[role=grid]');
    if (!grid) throw new Error('the grid is there');
    const boxOf = (of: string, at: number) =>
      document.querySelector(`${of} [data-col="${at}"]`)?.getBoundingClientRect();
    const count = document.querySelectorAll('[data-head] [data-col]').length;
    const apart: number[] = [];
    const places = Array.from({ length: count }, (_, at) => {
      const [head, cell] = [boxOf('[data-head]', at), boxOf('[data-index="0"]', at)];
      if (!head || !cell || Math.abs(head.left - cell.left) > 1 || Math.abs(head.right - cell.right) > 1)
        apart.push(at);
      return { left: head?.left ?? 0, right: head?.right ?? 0 };
    });
    const view = grid.getBoundingClientRect();
    const cell = document.activeElement?.closest<HTMLElement>('[data-col]');
    const focused = Number(cell?.dataset['col'] ?? -1);
    return { apart, places, view: { left: view.left, right: view.right }, focused };
  });
}

test('a column that is ticked is scrolled into view', async ({ portal, page }) => {
  await page.setViewportSize({ width: 1366, height: 768 });
  await choose(portal, TITLES.length - 1);
  await portal.rows.first().locator('.created').click();
  await page.keyboard.press('Home');
  const description = page.getByRole('columnheader', { name: 'Description' });
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Description', exact: true }).check();
  await expect(description).toBeInViewport({ ratio: 0.95 });
});

test('the arrows that move a column are drawn only where the pointer or the keyboard is', async ({
  page,
}) => {
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.mouse.move(300, 5);
  const drawn = () =>
    page
      .getByRole('button', { name: /^Move / })
      .evaluateAll((arrows) =>
        arrows.filter((arrow) => getComputedStyle(arrow).opacity !== '0').map((arrow) => arrow.ariaLabel),
      );
  await expect.poll(drawn).toEqual([]);
  await page.getByText('Description', { exact: true }).hover();
  await expect.poll(drawn).toEqual(['Move Description up', 'Move Description down']);
});

for (const width of [900, 1280, 1366, 1440, 1920, 2560]) {
  test(`every column that is ticked is there at ${width} pixels, and the keyboard reaches it`, async ({
    portal,
    page,
  }) => {
    await page.setViewportSize({ width, height: 900 });
    for (const many of [1, 6, TITLES.length]) {
      await choose(portal, many);
      await expect(page.getByRole('columnheader').filter({ hasNotText: 'Actions' })).toHaveText(
        TITLES.slice(0, many),
      );
      await portal.search.focus();
      await page.keyboard.press('Enter');
      await page.keyboard.press('Home');
      // To the right through every cell, and back: the one with the keyboard is seen whole.
      const grid = page.getByRole('grid', { name: 'Companies' });
      for (const [key, end] of [
        ['ArrowRight', many],
        ['ArrowLeft', 0],
      ] as const) {
        let at = many - end;
        for (let step = 0; step < 40 && at !== end; step += 1) {
          await page.keyboard.press(key);
          const { apart, places, view, focused } = await lie(portal);
          at = focused;
          expect(apart, 'heads stand above their cells').toEqual([]);
          const [name, place] = [places[0], places[at]];
          if (at <= 0 || place === undefined || name === undefined) continue;
          const room = view.right - 24 - 92 - name.right;
          if (place.right - place.left > room) continue;
          expect(place.left, `column ${at} is not beneath the names`).toBeGreaterThanOrEqual(name.right);
          expect(place.right, `column ${at} is not beneath the buttons`).toBeLessThanOrEqual(
            view.right - 115,
          );
        }
        expect(at, 'the keyboard came to the end').toBe(end);
      }
      await expect(grid).toBeVisible();
    }
    expect(await portal.outOfReach()).toEqual([]);
  });
}

test('the names stay while the rest is scrolled sideways, in the head as in the rows', async ({
  portal,
  page,
}) => {
  await page.setViewportSize({ width: 900, height: 600 });
  await choose(portal, TITLES.length);
  const grid = page.getByRole('grid', { name: 'Companies' });
  // The column that was ticked last is in view.
  await grid.evaluate((element) => (element.scrollLeft = 0));
  const before = (await lie(portal)).places;
  await grid.evaluate((element) => (element.scrollLeft = 400));
  const after = await lie(portal);
  expect(after.apart).toEqual([]);
  expect(after.places[0]).toEqual(before[0]);
  expect(Math.round((before[3]?.left ?? 0) - (after.places[3]?.left ?? 0))).toBe(400);
});

test('nothing is scrolled sideways where the columns fit', async ({ portal, page }) => {
  for (const width of [1280, 1440, 1920]) {
    await page.setViewportSize({ width, height: 900 });
    const wider = await page
      .getByRole('grid', { name: 'Companies' })
      .evaluate((grid) => grid.scrollWidth - grid.clientWidth);
    expect(wider, `at ${width}`).toBe(0);
    await expect(portal.rows.first()).toBeVisible();
  }
});

test('a click anywhere in a heading sorts', async ({ portal, page }) => {
  for (const title of ['Name', 'Created', 'Connections']) {
    const heading = page.getByRole('columnheader', { name: title, exact: true });
    const box = await heading.boundingBox();
    if (!box) throw new Error('the heading is there');
    for (const [part, sorted] of [
      [0.9, /ascending|descending/],
      [0.5, /ascending|descending/],
    ] as const) {
      const before = await heading.getAttribute('aria-sort');
      await page.mouse.click(box.x + box.width * part, box.y + box.height / 2);
      await expect(heading).not.toHaveAttribute('aria-sort', before ?? '');
      await expect(heading).toHaveAttribute('aria-sort', sorted);
    }
  }
  await expect(portal.rows.first()).toBeVisible();
});

test('one row at a time shows its actions', async ({ portal, page }) => {
  const shown = page.getByRole('button', { name: /^Copy (company )?link of/ });
  await expect(shown, 'the keyboard is elsewhere').toHaveCount(0);
  await portal.search.focus();
  await page.keyboard.press('Enter');
  await expect(shown).toHaveCount(1);
  await page.locator('[data-index="4"]').hover();
  await expect(
    page.locator('[data-index="4"]').getByRole('button', { name: /^Copy (company )?link of/ }),
  ).toBeVisible();
  await expect(shown, 'the pointer was last').toHaveCount(1);
  await page.keyboard.press('ArrowDown');
  await expect(
    page.locator('[data-index="1"]').getByRole('button', { name: /^Copy (company )?link of/ }),
  ).toBeVisible();
  await expect(shown, 'the keyboard was last').toHaveCount(1);
});
