import { expect, test } from './portal';

test('every part of a company and what is open in it has an address that leads back to it', async ({
  portal,
  page,
  side,
}) => {
  const id = await side.company('Vale Veterinary Clinic');
  const { dataConnections } = await side.call<{ dataConnections: { id: string }[] }>(
    'GET',
    `/companies/${id}`,
  );
  const connection = dataConnections[0]?.id ?? '';
  const places: [string, string][] = [
    ['summary', 'Summary'],
    ['connections', 'Connections'],
    [`connections/${connection}`, 'Connections'],
    ['history', 'Data history'],
    ['history/writes', 'Data history'],
    ['files', 'Files'],
    ['settings', 'Settings'],
  ];
  for (const [place, part] of places) {
    await page.evaluate((hash) => (window.location.hash = hash), `#/company/${id}/${place}`);
    await expect(page.getByRole('tab', { name: part, exact: true })).toHaveAttribute('aria-selected', 'true');
  }
  for (const [place, part] of [...places].reverse()) {
    await expect(page).toHaveURL(new RegExp(`${place}$`));
    await expect(page.getByRole('tab', { name: part, exact: true })).toHaveAttribute('aria-selected', 'true');
    await page.goBack();
  }
  await expect(portal.rows.first()).toBeVisible();
});

test('the drawer of a chip, the dialog that adds a connection and a failed read open from their addresses', async ({
  portal,
  page,
  side,
}) => {
  const id = await side.company('Vale Veterinary Clinic');
  await page.goto(`${page.url().split('#')[0]}#/company/${id}/connections/add`);
  await expect(page.getByRole('dialog', { name: 'Add connection' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/connections$/);
  await page.getByRole('button', { name: 'Back to Companies' }).click();
  await portal.find('vale veterinary');
  await portal.rows.first().locator('.chip').first().click();
  await expect(page.getByRole('complementary', { name: /^Connections of Vale/ })).toBeVisible();
  await expect(portal.rows.first()).toBeVisible();
});

test('addresses that lead nowhere are refused quietly', async ({ portal, page }) => {
  for (const hash of ['#/company/%E0%A4%A/history', '#/nowhere', '#/company', '#//']) {
    await page.evaluate((to) => (window.location.hash = to), hash);
  }
  await page.evaluate(() => (window.location.hash = '#/companies'));
  await expect(portal.rows.first()).toBeVisible();
  await page.evaluate(() => {
    window.location.hash = '#/company/11111111-1111-1111-1111-111111111111/history';
  });
  await expect(page.getByRole('heading', { name: 'Company not found' })).toBeVisible();
  await page.getByRole('button', { name: 'Back to Companies' }).last().click();
  await expect(portal.rows.first()).toBeVisible();
});
