// The card that greets a new user above the list.
import { expect, test } from './portal';

test.use({ firstSteps: true });

test('a new user sees two ways to start and three steps, which are ticked off when done', async ({
  portal,
  page,
}) => {
  const card = page.getByRole('region', { name: 'Welcome to Portal Desktop' });
  const steps = card.getByRole('list', { name: 'First steps' });
  await expect(card).toContainText('sample data');
  await expect(steps.getByText(/, done$/)).toHaveCount(0);
  await portal.isAccessible();
  expect(await portal.outOfReach()).toEqual([]);

  await steps.getByRole('button', { name: 'Add your API key' }).press('Enter');
  await expect(page.getByRole('dialog', { name: 'Add Codat workspace' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(steps.getByRole('button', { name: 'Add your API key' })).toBeFocused();
  await expect(card, 'Escape closed the dialog alone').toBeVisible();

  await steps.getByRole('button', { name: 'Save a view' }).press('Enter');
  await page.getByRole('dialog').getByLabel('Name').fill('Mine');
  await page.keyboard.press('Enter');
  await expect(steps).toContainText('Save a view, done');

  await steps.getByRole('button', { name: 'Copy a Link URL' }).press('Enter');
  await page.getByRole('menuitem').last().click();
  await expect(steps).toContainText('Copy a Link URL, done');
  await expect(steps.getByRole('button')).toHaveCount(1);

  await page.reload();
  await expect(steps).toContainText('Save a view, done');
  await expect(steps).toContainText('Copy a Link URL, done');

  await card.getByRole('button', { name: 'Explore sample data' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Harbour Lane Bakery' })).toBeVisible();
});

test('Escape dismisses the card for good, the keyboard is in the list, and the palette brings it back', async ({
  portal,
  page,
}) => {
  const card = page.getByRole('region', { name: 'Welcome to Portal Desktop' });
  await card.getByRole('button', { name: 'Explore sample data' }).focus();
  await page.keyboard.press('Escape');
  await expect(card).toHaveCount(0);
  await expect(page.getByRole('grid', { name: 'Companies' }).locator(':focus')).toHaveCount(1);

  await page.reload();
  await expect(portal.rows.first()).toBeVisible();
  await expect(card).toHaveCount(0);

  await page.keyboard.press('Control+k');
  await page.keyboard.type('show first steps');
  await page.keyboard.press('Enter');
  await expect(card).toBeVisible();
  await card.getByRole('button', { name: 'Dismiss first steps' }).click();
  await expect(card).toHaveCount(0);
});

test('in a low window the card is one line', async ({ portal, page }) => {
  await page.setViewportSize({ width: 720, height: 450 });
  const card = page.getByRole('region', { name: 'Welcome to Portal Desktop' });
  await expect(card.getByRole('list')).toBeHidden();
  expect((await card.boundingBox())?.height).toBeLessThan(48);
  expect(await portal.outOfReach()).toEqual([]);
});
