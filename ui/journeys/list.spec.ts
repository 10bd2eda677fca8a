import { expect, test } from './portal';

test.describe('search', () => {
  test('a word of a name is found, whatever its case and accents', async ({ portal }) => {
    await portal.find('OSAKA');
    await expect(portal.row('Ōsaka Noodle House')).toBeVisible();
  });

  test('a company’s ID is found by its beginning', async ({ portal }) => {
    const id = (await portal.rows.nth(3).getAttribute('data-id')) ?? '';
    await portal.find(id.slice(0, 8));
    await expect(portal.rows.first()).toHaveAttribute('data-id', id);
  });

  test('a connection’s ID is found', async ({ portal, page }) => {
    await portal.rows
      .first()
      .getByRole('button', { name: /: \w+$/ })
      .first()
      .click();
    await page.getByTitle('Copy the connection’s ID').first().click();
    await expect(portal.message('Connection ID copied')).toBeVisible();
    const company = await portal.rows.first().getAttribute('data-id');
    await portal.find(await portal.clipboard());
    await expect(portal.rows).toHaveCount(1);
    await expect(portal.rows.first()).toHaveAttribute('data-id', company ?? '');
  });

  test('an integration, a creator and a tag are found', async ({ portal }) => {
    const all = await portal.total();
    for (const text of ['shopify', 'platform:xero', 'by:onboarding', 'tag:region=uk']) {
      await portal.find(text);
      await expect(portal.rows.first(), text).toBeVisible();
      expect(await portal.total(), text).toBeLessThan(all);
    }
  });

  test('filters of time leave fewer companies', async ({ portal }) => {
    const all = await portal.total();
    for (const text of ['stale:>7d', 'created:<7d', 'expires:<90d']) {
      await portal.find(text);
      const page = portal.page;
      const left = (await page.getByText('No matching companies').count()) > 0 ? 0 : await portal.total();
      expect(left, text).toBeLessThan(all);
    }
  });

  test('nothing found says so, and how to go on', async ({ portal, page }) => {
    await portal.search.fill('no company is called this');
    await expect(page.getByRole('heading', { name: 'No matching companies' })).toBeVisible();
    await page.getByRole('main').getByRole('button', { name: 'Clear search' }).last().click();
    await expect(portal.rows.first()).toBeVisible();
  });

  test('what is wrong is said in a sentence, and nothing breaks', async ({ portal, page }) => {
    for (const text of ['color:red', '"open', '%_*', 'is:purplish', '((((', 'tag:=x']) {
      await portal.search.fill(text);
      await portal.isAnswered(text);
    }
    await portal.find('is:purplish');
    await expect(page.locator('#search-problems')).toContainText('is:');
  });

  test('a completion is taken by keyboard, with its count beside it', async ({ portal, page }) => {
    await page.keyboard.press('/');
    await page.keyboard.type('is:r');
    const option = page.getByRole('option', { name: /is:red/ });
    await expect(option).toContainText(/\d/);
    await expect(async () => {
      await page.keyboard.press('ArrowDown');
      await expect(option).toHaveAttribute('aria-selected', 'true', { timeout: 200 });
    }).toPass();
    await page.keyboard.press('Enter');
    await expect(portal.search).toHaveValue(/^is:red ?$/);
    await expect(portal.status('Broken')).toHaveAttribute('aria-pressed', 'true');
  });

  test('letters typed right after "/" are all there', async ({ portal, page }) => {
    await portal.rows.first().click();
    await page.keyboard.press('/');
    await page.keyboard.type('noodle');
    await expect(portal.search).toHaveValue('noodle');
  });
});

test('the status buttons filter, add up, and can be combined', async ({ portal, page }) => {
  const all = await portal.total();
  const [broken, pending] = [await portal.countOf('Broken'), await portal.countOf('Pending')];
  expect(broken).toBeGreaterThan(0);
  const others = ['Unlinked', 'Linked', 'No connections'] as const;
  const counts = await Promise.all(others.map((name) => portal.countOf(name)));
  // Subsidiaries beneath closed parents count, too.
  const companies = Number(await page.locator('main header .count').innerText());
  expect(counts.reduce((sum, count) => sum + count, broken + pending)).toBe(companies);
  await portal.status('No connections').click();
  await expect(portal.search).toHaveValue('is:none');
  await expect.poll(() => portal.total()).toBe(counts[2]);
  await portal.status('No connections').click();
  await portal.status('Broken').click();
  await expect(portal.search).toHaveValue('is:red');
  await expect.poll(() => portal.total()).toBe(broken);
  await portal.status('Pending').click();
  await expect.poll(() => portal.total()).toBe(broken + pending);
  expect(await portal.countOf('Broken'), 'a filter does not change the counts').toBe(broken);
  await portal.status('Broken').click();
  await portal.status('Pending').click();
  await expect(portal.search).toHaveValue('');
  await expect.poll(() => portal.total()).toBe(all);
});

test('a heading sorts both ways, and the order is remembered', async ({ portal, page }) => {
  const heading = page.getByRole('columnheader', { name: 'Name' });
  await heading.getByRole('button').click();
  await expect(heading).toHaveAttribute('aria-sort', 'ascending');
  await expect.poll(async () => isSorted(await portal.names())).toBe(true);
  await heading.getByRole('button').click();
  await expect(heading).toHaveAttribute('aria-sort', 'descending');
  await expect.poll(async () => isSorted((await portal.names()).reverse())).toBe(true);
  await page.reload();
  await expect(portal.rows.first()).toBeVisible();
  await expect(heading).toHaveAttribute('aria-sort', 'descending');
});

test('never-read companies come last both ways', async ({ portal, page }) => {
  const heading = page.getByRole('columnheader', { name: 'Last refresh' });
  const last = () => portal.rows.last().locator('.lastRead');
  const column = Number(await heading.getAttribute('data-col'));
  for (const order of ['ascending', 'descending']) {
    await heading.getByRole('button').click();
    await expect(heading).toHaveAttribute('aria-sort', order);
    await portal.isAnswered('');
    await portal.rows.first().locator(`[data-col="${column}"]`).click();
    await page.keyboard.press('Control+End');
    const total = await portal.total();
    await expect(page.locator(`[data-index="${total - 1}"] .lastRead`)).toHaveText('–');
    await expect(last()).toBeVisible();
    await page.keyboard.press('Control+Home');
  }
});

test('columns are chosen, moved and sized, and all of it is remembered', async ({ portal, page }) => {
  await page.setViewportSize({ width: 1900, height: 900 });
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Tags' }).check();
  await page.getByRole('checkbox', { name: 'Created by' }).uncheck();
  await page.getByRole('button', { name: 'Move ID down' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('columnheader', { name: 'Tags' })).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Created by' })).toHaveCount(0);
  const name = page.getByRole('columnheader', { name: 'Name' });
  const before = (await name.boundingBox())?.width ?? 0;
  await name.getByRole('button').focus();
  for (let step = 0; step < 4; step += 1) await page.keyboard.press('Shift+ArrowRight');
  await expect.poll(async () => (await name.boundingBox())?.width).toBe(before + 64);
  await page.reload();
  await expect(portal.rows.first()).toBeVisible();
  await expect(page.getByRole('columnheader', { name: 'Tags' })).toBeVisible();
  await expect.poll(async () => (await name.boundingBox())?.width).toBe(before + 64);
});

test('what was chosen last survives that the page is loaded again at once', async ({ portal, page }) => {
  await page.setViewportSize({ width: 1900, height: 900 });
  const name = page.getByRole('columnheader', { name: 'Name' });
  const before = (await name.boundingBox())?.width ?? 0;
  await name.getByRole('button').click();
  for (let step = 0; step < 8; step += 1) await page.keyboard.press('Shift+ArrowRight');
  await page.reload();
  await expect(portal.rows.first()).toBeVisible();
  await expect(name).toHaveAttribute('aria-sort', 'ascending');
  await expect.poll(async () => (await name.boundingBox())?.width).toBe(before + 8 * 16);
});

test('a heading is dragged to another place, and its edge to another width', async ({ portal, page }) => {
  const heading = (name: string) => page.getByRole('columnheader', { name, exact: true });
  const from = await heading('Created').boundingBox();
  const to = await heading('ID').boundingBox();
  if (!from || !to) throw new Error('both headings are there');
  await page.mouse.move(from.x + 20, from.y + 10);
  await page.mouse.down();
  await page.mouse.move(to.x + 60, to.y + 10, { steps: 5 });
  await page.mouse.move(to.x + 10, to.y + 10, { steps: 5 });
  await page.mouse.up();
  await expect(heading('Created')).toHaveAttribute('aria-colindex', '2');
  await expect(heading('Created'), 'dragging does not sort').toHaveAttribute('aria-sort', 'none');
  const box = await heading('Name').boundingBox();
  if (!box) throw new Error('the heading is there');
  await page.mouse.move(box.x + box.width + 7, box.y + 10);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width + 57, box.y + 10, { steps: 5 });
  await page.mouse.up();
  await expect
    .poll(async () => Math.round(((await heading('Name').boundingBox())?.width ?? 0) - box.width))
    .toBe(50);
  await expect(portal.rows.first()).toBeVisible();
});

test('the list is used by keyboard alone', async ({ portal, page }) => {
  await portal.search.focus();
  await page.keyboard.press('Enter');
  const focused = page.locator(':focus');
  await expect(focused).toHaveAttribute('role', 'gridcell');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('[data-index="2"] :focus, [data-index="2"]:focus')).toHaveCount(1);
  await page.keyboard.press('End');
  await expect(focused).toHaveAttribute('aria-label', /^More for/);
  await page.keyboard.press('Home');
  await page.keyboard.press('Control+End');
  const total = await portal.total();
  await expect(page.locator(`[data-index="${total - 1}"] :focus`)).toHaveCount(1);
  await page.keyboard.press('Shift+F10');
  await expect(page.getByRole('menu')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('menu')).toHaveCount(0);
  await expect(page.locator(`[data-index="${total - 1}"] :focus`), 'the keyboard comes back').toHaveCount(1);
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowUp');
  await expect(page.getByRole('columnheader').locator(':focus')).toHaveCount(1);
});

test('a parent opens to its subsidiaries', async ({ portal, page }) => {
  const toggle = page.getByRole('button', { name: /^Subsidiaries of/ }).first();
  const before = await portal.total();
  await toggle.click();
  await expect(toggle).toHaveAttribute('aria-expanded', 'true');
  await expect.poll(() => portal.total()).toBeGreaterThan(before);
  await toggle.click();
  await expect.poll(() => portal.total()).toBe(before);
});

test('the palette opens what is typed, however fast, and not what an earlier letter found', async ({
  page,
}) => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('n');
  await expect(page.getByRole('option').first()).toBeVisible();
  await page.keyboard.type('oodle');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Ōsaka Noodle House', level: 1 })).toBeVisible();
});

test('the palette finds commands and companies', async ({ portal, page }) => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('noodle');
  await expect(page.getByRole('option', { name: /Ōsaka Noodle House/ })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Ōsaka Noodle House', level: 1 })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('go to settings');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  await page.keyboard.press('/');
  await expect(portal.search).toBeFocused();
});

/** By folded name, as the list sorts: without case and accents. */
function isSorted(names: string[]): boolean {
  const folded = names.map((name) => name.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase());
  return folded.length > 5 && folded.every((name, at) => at === 0 || (folded[at - 1] ?? '') <= name);
}
