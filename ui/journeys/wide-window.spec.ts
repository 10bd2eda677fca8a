// A wide window: what is read stays within one width, and what is filled in within another; only data fills the window.
import { expect, test } from './portal';
import { BAKERY, SCREENS, withSomething } from './screens';

/** Tables of data, which have their own width. */
const WIDE = ['companies', 'invoices', 'profit and loss'];

test('no screen that is read is wider than a page in a wide window', async ({ portal, page, side }) => {
  const id = await side.company(BAKERY);
  await withSomething(portal);
  await page.setViewportSize({ width: 2560, height: 1440 });
  for (const [name, screen] of Object.entries(SCREENS).filter(([one]) => !WIDE.includes(one)))
    await test.step(name, async () => {
      await page.evaluate((hash) => (window.location.hash = hash), `#/${screen.at.replace('ID', id)}`);
      await expect(screen.ready(portal)).toBeVisible();
      const width = await page.evaluate(() => {
        const main = document.querySelector('main');
        const list = main?.querySelector('ul[aria-label="Refreshes"]');
        const left = (list ?? main)?.getBoundingClientRect()[list ? 'right' : 'left'] ?? 0;
        const seen = 'a, button, input, select, textarea, p, h2, time, td, th, [role=gridcell]';
        const rights = [...(main?.querySelectorAll(seen) ?? [])]
          .filter((one) => one.closest('header, .visually-hidden') === null)
          .map((one) => one.getBoundingClientRect().right);
        return Math.max(...rights) - left;
      });
      expect(width, name).toBeGreaterThan(500);
      expect(width, name).toBeLessThanOrEqual(1200 + 24);
    });
});
