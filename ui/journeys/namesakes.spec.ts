// Whoever acts on a company sees which one it is, and is warned where another has the same name.
import { expect, test, type Portal } from './portal';
import { BAKERY } from './screens';

const NAME = 'J. Smith & Sons';
const TOLD_APART = /Added \d+ \w+ \d{4}, ID [0-9a-f]{8}/;
const dialog = ({ page }: Portal) => page.getByRole('dialog');

test('deleting, refreshing and unlinking warn where the name exists twice, and say which company it is', async ({
  portal,
  page,
}) => {
  await portal.find(`"${NAME.toLowerCase()}"`);
  await expect(portal.row(NAME)).toHaveCount(2);
  await portal.row(NAME).first().locator('.lastRead').click();
  await page.keyboard.press('Delete');
  const warning = dialog(portal).getByRole('note');
  await expect(warning).toContainText(`Another company has the name ${NAME}.`);
  await expect(warning.getByRole('listitem')).toHaveText([TOLD_APART]);
  await portal.isAccessible();
  const [mine, other] = await Promise.all([
    dialog(portal).locator('.identity').innerText(),
    warning.getByRole('listitem').innerText(),
  ]);
  expect(mine).not.toContain(/ID ([0-9a-f]{8})/.exec(other)?.[1]);
  await page.keyboard.press('Escape');

  await page.keyboard.press('x');
  await page.keyboard.press('Shift+R');
  await expect(dialog(portal).getByRole('note')).toContainText(`Another company has the name ${NAME}.`);
  await portal.isAccessible();
  await page.keyboard.press('Escape');

  await portal.open(BAKERY, 'Connections');
  await page.getByRole('grid', { name: 'Connections' }).getByText('Stripe').click();
  await page.getByRole('button', { name: 'More for Stripe' }).click();
  await page.getByRole('menuitem', { name: 'Unlink…' }).click();
  await expect(dialog(portal).locator('.identity')).toContainText(
    new RegExp(`${BAKERY}:\\s+Added \\d+ \\w+ \\d{4}, ID [0-9a-f-]{36}`),
  );
  await expect(dialog(portal).getByRole('note')).toHaveCount(0);
});

test('a refresh by one key, of all that match, and of what expires says which company of the name it is', async ({
  portal,
  page,
}) => {
  await portal.find(`"${NAME.toLowerCase()}"`);
  await portal.row(NAME).first().locator('.lastRead').click();
  await page.keyboard.press('r');
  await expect(portal.message(/Refresh queued|A refresh is already/)).toContainText(TOLD_APART);

  await page.keyboard.press('Control+a');
  await page.keyboard.press('Shift+R');
  await expect(
    dialog(portal)
      .getByText(/requests?/)
      .first(),
  ).toBeVisible();
  await expect(dialog(portal).getByRole('note'), 'both are refreshed').toHaveCount(0);
  await page.keyboard.press('Escape');
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+R');
  await expect(dialog(portal).getByRole('note')).toContainText(`Another company has the name ${NAME}.`);
  await page.keyboard.press('Escape');

  await page.keyboard.press('Control+Shift+E');
  await page.getByRole('button', { name: /^Later/ }).click();
  const row = page.locator('.row').filter({ hasText: NAME }).first();
  await row.getByRole('checkbox').check();
  await page.getByRole('button', { name: /^Refresh 1…/ }).click();
  await expect(dialog(portal).locator('.identity')).toContainText(TOLD_APART);
  await expect(dialog(portal).getByRole('note')).toContainText(`Another company has the name ${NAME}.`);
  await portal.isAccessible();
});
