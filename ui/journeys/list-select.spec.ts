// Rows are selected by the boxes before the names, and all that match by the box of the head.
import { expect, test } from './portal';

test('every row has its box, and the one of the head selects all that match or none', async ({
  portal,
  page,
}) => {
  await portal.find('is:green');
  const matching = await portal.total();
  const all = page.getByRole('checkbox', { name: /^Select all/ });
  await expect(all).not.toBeChecked();
  await expect(all).toHaveAccessibleName(`Select all ${matching} companies`);
  // No pointer is at a row.
  await page.mouse.move(700, 5);
  const boxes = portal.rows.getByRole('checkbox');
  await expect(boxes).toHaveCount(await portal.rows.count());
  await expect(boxes.nth(3)).toBeVisible();

  await boxes.nth(3).click();
  await expect(boxes.nth(3)).toBeChecked();
  await expect(portal.rows.nth(3)).toHaveAttribute('aria-selected', 'true');
  await expect(portal.rows.nth(3).locator(':focus'), 'the keyboard is at the row').toHaveAttribute(
    'data-col',
    '0',
  );
  await expect(all).toHaveAttribute('aria-checked', 'mixed');
  await portal.isAccessible();

  await all.click();
  await expect(all).toBeChecked();
  await expect(page.getByText(`${matching} companies selected`)).toBeVisible();
  await boxes.nth(0).click();
  await expect(all).toHaveAttribute('aria-checked', 'mixed');
  await all.click();
  await all.click();
  await expect(all).not.toBeChecked();
  await expect(page.getByRole('group', { name: 'Selected companies' })).toHaveCount(0);
});

test('the box of the head is reached by arrows, left of what sorts', async ({ portal, page }) => {
  await portal.search.focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowUp');
  const heading = page.getByRole('columnheader', { name: 'Name' });
  await expect(heading.getByRole('button')).toBeFocused();
  await page.keyboard.press('ArrowLeft');
  const all = page.getByRole('checkbox', { name: /^Select all/ });
  await expect(all).toBeFocused();
  await page.keyboard.press('Space');
  await expect(all).toBeChecked();
  await expect(all).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(portal.rows.first().locator(':focus')).toHaveAttribute('data-col', '0');
});
