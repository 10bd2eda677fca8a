import { expect, test } from './portal';

test('the last read moves by itself in the row, in the header and in what expires', async ({ portal }) => {
  test.setTimeout(300_000);
  const { page } = portal;
  const name = 'Foxglove Interiors';
  const within = { timeout: 120_000 };
  const badge = page.getByRole('navigation').getByTitle(/may expire within/);
  const soon = Number(await badge.innerText());

  await portal.find(`"${name.toLowerCase()}"`);
  const inRow = portal.row(name).locator('.lastRead time');
  const before = (await inRow.getAttribute('title')) ?? '';
  await portal.row(name).hover();
  await portal
    .row(name)
    .getByRole('button', { name: /^Refresh data/ })
    .click();
  await expect(inRow).not.toHaveAttribute('title', before, within);
  await expect(inRow).toHaveText(/^(Just now|\d+ (s|min) ago)$/);
  await expect.poll(async () => Number(await badge.innerText()), within).toBeLessThan(soon);

  // In the company's own screen, of another one.
  await portal.open('Northwind Traders', 'Summary');
  const inHeader = page.locator('header .facts time');
  const old = (await inHeader.getAttribute('title')) ?? '';
  await portal.refresh(/^Refresh data/);
  await expect(inHeader).not.toHaveAttribute('title', old, within);
});
