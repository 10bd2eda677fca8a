import { expect, test, type Portal } from './portal';

const dialog = ({ page }: Portal) => page.getByRole('dialog');

test('Enter right after the last letter adds the company, once', async ({ portal, page, side }) => {
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('(');
  await expect(page.getByText('Codat would remove every character in this name')).toBeVisible();
  await page.getByRole('textbox', { name: 'Name', exact: true }).evaluate((input: HTMLInputElement) => {
    input.value = 'Race One';
    input.dispatchEvent(new InputEvent('input', { bubbles: true }));
    for (let times = 0; times < 3; times += 1) input.form?.requestSubmit();
  });
  await expect(page.getByRole('dialog', { name: 'Company added' })).toBeVisible();
  await page.getByRole('button', { name: 'Done' }).click();
  const found = await side.call<{ totalResults: number }>('GET', '/companies?query=name%3DRace%20One');
  expect(found.totalResults).toBe(1);
  await expect(portal.message('Still adding')).toHaveCount(0);
});

test('a form that is cancelled while it is sent says what became of it, and opens empty', async ({
  portal,
  page,
  side,
}) => {
  await side.fault({ route: '/companies', method: 'POST', delayMs: 4_000, times: 1 });
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Cancelled Co');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Adding…' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog(portal)).toHaveCount(0);
  await expect(portal.message('Still adding “Cancelled Co”…')).toBeVisible();
  await page.keyboard.press('n');
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('');
  await page.keyboard.press('Escape');
  await expect(portal.message('“Cancelled Co” was added')).toBeVisible();
  await expect(portal.message('Still adding')).toHaveCount(0);
});

test('a form that fails after it was closed says so, and what was typed is there again', async ({
  portal,
  page,
  side,
}) => {
  await side.fault({ route: '/companies', method: 'POST', delayMs: 3_000, status: 402, times: 1 });
  await page.keyboard.press('n');
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Too Many');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(portal.message('Couldn’t add “Too Many”')).toBeVisible();
  await page.keyboard.press('n');
  await expect(page.getByRole('textbox', { name: 'Name', exact: true })).toHaveValue('Too Many');
});

test('after an error Escape still closes, and a new tag has the keyboard', async ({ portal, page }) => {
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Add workspace' }).click();
  await page.getByRole('textbox', { name: 'Name', exact: true }).fill('Acme');
  await page.getByLabel('API key', { exact: true }).fill('not-a-key');
  await page.keyboard.press('Enter');
  await expect(dialog(portal).getByRole('alert')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(dialog(portal)).toHaveCount(0);

  await portal.open('Harbour Lane Bakery', 'Settings');
  const tags = page.getByRole('textbox', { name: /^Name of tag/ });
  const before = await tags.count();
  await page.getByRole('button', { name: 'Add tag' }).click();
  await page.keyboard.type('nature');
  await expect(tags.nth(before)).toHaveValue('nature');
  await expect(dialog(portal)).toHaveCount(0);
});

test('a name that exists already, or that a word processor made, is noticed', async ({ portal, page }) => {
  await page.keyboard.press('n');
  const name = page.getByRole('textbox', { name: 'Name', exact: true });
  await name.fill('Harbour Lane Bakery');
  await expect(
    dialog(portal).getByText(/A company already has this name, added .* \(ID [0-9a-f]{8}\)/),
  ).toBeVisible();
  await portal.isAccessible();
  await name.fill('Baker’s Yard – Café “Noir”');
  await expect(dialog(portal).getByText("Baker's Yard - Café Noir")).toBeVisible();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect(name).toHaveValue("Baker's Yard - Café Noir");
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');

  await portal.find('"harbour lane bakery"');
  await portal.rows.first().locator('.lastRead').click();
  await page.keyboard.press('Delete');
  await expect(dialog(portal)).toContainText(/Added \d+ \w+ \d{4}, ID [0-9a-f-]{36}/);
});
