// The filters of the search in plain words, those that were used last, and the days they mean.
import { expect, test, type Portal } from './portal';

const chips = ({ page }: Portal) => page.getByRole('list', { name: 'Filters' });
const chip = (portal: Portal, label: string) =>
  chips(portal).getByRole('button', { name: `Remove filter ${label}` });
const options = ({ page }: Portal) => page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');

test('filters are chips in plain words while the keyboard is elsewhere, and are removed by mouse and by key', async ({
  portal,
  page,
}) => {
  const before = await page.getByRole('grid', { name: 'Companies' }).boundingBox();
  await portal.find('bakery is:red -platform:xero');
  await expect(chips(portal).getByRole('listitem')).toHaveText([
    'bakery',
    'Status: Broken',
    'Not integration: xero',
  ]);
  await portal.isAccessible();
  expect(await portal.outOfReach()).toEqual([]);

  await chip(portal, 'Status: Broken').click();
  await portal.isAnswered('bakery -platform:xero');
  await chip(portal, 'Not integration: xero').focus();
  await page.keyboard.press('Backspace');
  await portal.isAnswered('bakery');
  await expect(portal.search, 'the last one is gone: the text can be edited').toBeFocused();
  await expect(chips(portal)).toHaveCount(0);

  await portal.find('is:red stale:>7d');
  const after = await page.getByRole('grid', { name: 'Companies' }).boundingBox();
  expect(after, 'nothing moves').toEqual(before);
  await chip(portal, 'Status: Broken').focus();
  await page.keyboard.press('Enter');
  await portal.isAnswered('stale:>7d');
  await expect(chip(portal, 'Not refreshed for 7 days')).toBeFocused();

  await portal.search.focus();
  await expect(chips(portal), 'the text itself is edited').toBeHidden();
  await expect(portal.search).toHaveValue('stale:>7d');
});

test('an empty box offers the filters that were used last in this workspace', async ({ portal, page }) => {
  await portal.search.focus();
  await expect(options(portal)).toHaveCount(0);
  await portal.find('harbour is:red platform:xero');
  await portal.find('stale:>7d');
  await portal.find('');
  await page.reload();
  await expect(portal.rows.first()).toBeVisible();

  await page.keyboard.press('/');
  await expect(options(portal).filter({ hasText: 'Recent' })).toHaveText([
    /stale:>7d.*Not refreshed for 7 days.*Recent/,
    /is:red.*Status: Broken.*Recent/,
    /platform:xero.*Integration: xero.*Recent/,
  ]);
  await portal.isAccessible();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await portal.isAnswered('is:red');
  await expect(portal.status('Broken')).toHaveAttribute('aria-pressed', 'true');

  await portal.search.fill('');
  await expect(options(portal).first()).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(options(portal), 'Escape closes what is offered').toHaveCount(0);
  await expect(portal.search).toBeFocused();
});

test('the name of a company that ends in "Co" offers no filter', async ({ portal }) => {
  await portal.search.focus();
  await portal.search.pressSequentially('Cancelled Co');
  await portal.isAnswered('Cancelled Co');
  await expect(options(portal)).toHaveCount(0);
});

for (const zone of ['Pacific/Auckland', 'America/New_York']) {
  test.describe(zone, () => {
    test.use({ timeZone: zone, timezoneId: zone });

    test(`the day that a row shows in ${zone} finds the row`, async ({ portal, page }) => {
      const shown = await page.evaluate(() =>
        [...document.querySelectorAll<HTMLElement>('[role=row][data-id]')].map((row) => ({
          id: row.dataset['id'] ?? '',
          text: [...row.querySelectorAll('[role=gridcell]')].map((cell) => cell.textContent).join(' | '),
        })),
      );
      const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
      expect(shown.length).toBeGreaterThan(5);
      for (const { id, text } of shown) {
        const [, day = '', month = '', year = ''] =
          /(\d{1,2}) ([A-Z][a-z]{2}) (\d{4}), \d\d:\d\d/.exec(text) ?? [];
        const date = `${year}-${String(MONTHS.indexOf(month) + 1).padStart(2, '0')}-${day.padStart(2, '0')}`;
        await portal.find(`created:${date} ${id}`);
        await expect(portal.rows, `${text} is found by ${date}`).toHaveCount(1);
      }
    });
  });
}
