// Messages at the lower edge: the screen ends above them, so that they cover nothing one can press.
import type { Page } from '@playwright/test';
import { expect, test } from './portal';
import { BAKERY, SCREENS, withSomething } from './screens';

/** What one can press or type in that is seen and beneath a message; a control counts with the part that is seen. */
function coveredControls(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const messages = [...document.querySelectorAll('[data-sonner-toast][data-visible="true"]')].map((one) =>
      one.getBoundingClientRect(),
    );
    if (messages.length === 0) return ['no message'];
    const seenPartOf = (element: Element) => {
      let { left, top, right, bottom } = element.getBoundingClientRect();
      for (let over = element.parentElement; over !== null; over = over.parentElement) {
        if (getComputedStyle(over).overflow === 'visible') continue;
        const edge = over.getBoundingClientRect();
        [left, top] = [Math.max(left, edge.left), Math.max(top, edge.top)];
        [right, bottom] = [Math.min(right, edge.right), Math.min(bottom, edge.bottom)];
      }
      return { left, top, right, bottom };
    };
    return (
      [...document.querySelectorAll('a[href], button, input, select, textarea, [tabindex="0"]')]
        .filter((one) => one.closest('[data-sonner-toaster]') === null)
        .filter((one) => one.checkVisibility({ visibilityProperty: true }))
        // A list holds its rows: what is covered of it says nothing.
        .filter((one) => one.matches('a, button, input, select, textarea, [role=row], [role=gridcell]'))
        .filter((one) => {
          const seen = seenPartOf(one);
          if (seen.right - seen.left < 2 || seen.bottom - seen.top < 2) return false;
          return messages.some(
            (message) =>
              seen.left < message.right - 1 &&
              seen.right > message.left + 1 &&
              seen.top < message.bottom - 1 &&
              seen.bottom > message.top + 1,
          );
        })
        .map(
          (one) => `${one.tagName.toLowerCase()} ${one.getAttribute('aria-label') ?? one.textContent.trim()}`,
        )
    );
  });
}

for (const size of [
  { width: 720, height: 450 },
  { width: 900, height: 600 },
])
  test(`no message covers a control on any screen at ${size.width} by ${size.height}`, async ({
    portal,
    page,
    side,
  }) => {
    const id = await side.company(BAKERY);
    await withSomething(portal);
    await page.setViewportSize(size);
    for (const [name, screen] of Object.entries(SCREENS))
      await test.step(name, async () => {
        await page.evaluate((hash) => (window.location.hash = hash), `#/${screen.at.replace('ID', id)}`);
        await expect(screen.ready(portal)).toBeVisible();
        await page.keyboard.press('Control+k');
        await page.keyboard.type('copy invite');
        await page.keyboard.press('Enter');
        await expect(portal.message('Invite URL copied').first()).toBeVisible();
        await expect.poll(() => coveredControls(page), name).toEqual([]);
      });
  });

test('what was pressed stays in view beside the message about it, also where messages stand one above the other', async ({
  portal,
  page,
}) => {
  await page.setViewportSize({ width: 720, height: 450 });
  await page.keyboard.press('Control+Shift+E');
  await page.getByRole('button', { name: /^Select all \d+$/ }).click();
  const copy = page.getByRole('button', { name: /^Copy \d+ Link URLs?$/ });
  await copy.click();
  await page.getByRole('menuitem').first().click();
  await expect(portal.message('Link URLs copied')).toBeVisible();
  await expect(copy).toBeFocused();
  await expect(copy).toBeInViewport({ ratio: 1 });
  await page.keyboard.press('Control+k');
  await page.keyboard.type('copy invite');
  await page.keyboard.press('Enter');
  await portal.message('Invite URL copied').hover();
  await expect(portal.message('Link URLs copied')).toHaveAttribute('data-expanded', 'true');
  await expect.poll(() => coveredControls(page)).toEqual([]);
  await expect(copy).toBeInViewport({ ratio: 1 });
});
