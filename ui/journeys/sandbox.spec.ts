import { Portal, expect, test } from './portal';

test('the sandbox is driven from its screen, and the list shows what comes of it', async ({
  portal,
  page,
}) => {
  await page
    .getByRole('navigation', { name: 'Main' })
    .getByRole('button', { name: 'Sandbox tools', exact: true })
    .click();
  await expect(page.getByRole('heading', { name: 'Sandbox tools', level: 1 })).toBeVisible();
  await page.getByRole('searchbox', { name: 'Name' }).fill('ochre');
  await page.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(page.getByText('1 in all')).toBeVisible();
  await page
    .getByRole('button', { name: /^De-authorize: .* of Ochre Studio$/ })
    .first()
    .click();
  await expect(page.getByText('Deauthorized').first()).toBeVisible();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Companies' }).click();
  await portal.find('"ochre studio" is:red');
  await expect(portal.row('Ochre Studio')).toBeVisible();
});

test('the index beside the tools leads to a section, with the keyboard', async ({ page }) => {
  await page.keyboard.press('Control+Shift+S');
  const requests = page.getByRole('heading', { name: 'Last requests' });
  await expect(page.getByLabel('What goes wrong')).toBeVisible();
  await page
    .getByRole('navigation', { name: 'Sandbox sections' })
    .getByRole('button', { name: 'Last requests' })
    .press('Enter');
  await expect(requests).toBeFocused();
  await expect(requests).toBeInViewport();
});

test('a fault is set and meets the app, and is cleared again', async ({ page }) => {
  await page.keyboard.press('Control+Shift+S');
  await page.getByLabel('What goes wrong').selectOption({ label: 'Truncated JSON' });
  await page.getByLabel('Requests', { exact: true }).fill('');
  await page.getByRole('button', { name: 'Add fault' }).click();
  await expect(page.getByText('Truncated JSON, paths starting with /companies')).toBeVisible();
  await page.getByRole('button', { name: 'Clear all' }).click();
  await expect(page.getByText('No faults are set.')).toBeVisible();
});

test('the app says that the clock of the sandbox is ahead, on the list and on Expiry', async ({ page }) => {
  const ahead = page.getByRole('status').filter({ hasText: 'clock is 95 days ahead' });
  await expect(ahead).toHaveCount(0);
  await page.keyboard.press('Control+Shift+S');
  await page.getByRole('button', { name: '+95 days' }).click();
  await expect(ahead).toBeVisible();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Companies' }).click();
  await expect(ahead).toBeVisible();
  await page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: 'Expiry' }).click();
  await expect(ahead).toBeVisible();
  await page.reload();
  await expect(ahead).toBeVisible();
});

test('a 401 of the sandbox is over when one tries again, and no key is asked for', async ({ page, side }) => {
  await side.fault({ route: '/companies', status: 401, times: 1 });
  await page.keyboard.press('F5');
  const banner = page.getByRole('status').filter({ hasText: 'The sandbox rejected its own key' });
  await expect(banner).toContainText('A fault causes this');
  await expect(banner.getByRole('button', { name: 'Replace key' })).toHaveCount(0);
  await banner.getByRole('button', { name: 'Try again' }).click();
  await expect(banner).toHaveCount(0);
  await expect(page.getByText(/^Up to date/)).toBeVisible();
});

test('the clock is moved, and requests are shown with their bodies', async ({ page }) => {
  await page.keyboard.press('Control+Shift+S');
  const time = page.locator('time').first();
  const before = Date.parse((await time.getAttribute('datetime')) ?? '');
  await page.getByRole('button', { name: '+7 days' }).click();
  await expect
    .poll(async () => Date.parse((await time.getAttribute('datetime')) ?? '') - before)
    .toBeGreaterThanOrEqual(7 * 86_400_000);
  const request = page.getByText(/^GET \/companies\?/).first();
  await request.click();
  await expect(page.locator('details[open] pre').first()).toContainText('"results"');
});

test('the palette knows the way, and another theme keeps it readable', async ({ portal, page }) => {
  await page.keyboard.press('Control+k');
  await page.keyboard.type('go to sandbox');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('switch', { name: /^One-time Link URLs/ })).toBeVisible();
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await portal.isAccessible();
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await portal.isAccessible(['color-contrast']);
});

test('the page of the sandbox itself asks for the key, and drives it', async ({ page, sandbox }) => {
  const own = new Portal(await page.context().newPage());
  const at = own.page;
  await at.goto(sandbox.address);
  await at.getByLabel('API key').fill('not the key');
  await at.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(at.getByText('This isn’t a key of this sandbox.')).toBeVisible();
  await own.isAccessible();

  await at.goto(`${sandbox.address}/#key=${sandbox.key}`);
  await expect(at.getByText(/^\d+ in all$/)).toBeVisible();
  expect(at.url(), 'the key is not left in the address').not.toContain(sandbox.key);
  expect(await at.content()).not.toContain(sandbox.key);
  await at.getByLabel('Search by name').fill('ochre');
  await at.getByRole('button', { name: 'Search' }).click();
  await expect(at.getByText('1 in all', { exact: true })).toBeVisible();
  await at.getByRole('button', { name: /^De-authorize: .* of Ochre Studio$/ }).click();
  await expect(at.getByText('Deauthorized', { exact: true })).toBeVisible();
  await at.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(at.getByText('route /companies, status 500, times 1')).toBeVisible();
  await at.getByRole('button', { name: 'Clear all' }).click();
  await expect(at.getByText('No faults are set.')).toBeVisible();
  await at.getByRole('button', { name: '+95 days' }).click();
  await expect(at.getByText('Clock moved by 95 days.')).toBeVisible();
  await expect(at.locator('details').first()).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [320, 1280]) {
      await at.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await at.setViewportSize({ width, height: 800 });
      await own.isAccessible();
      const isWider = await at.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
      expect(isWider, `not scrolled sideways at ${width} px`).toBe(false);
    }
  }
});
