// Every dialog, menu, popover and panel: the keyboard opens it, is in it, and is back where it was after it closes.
import type { Locator } from '@playwright/test';
import { OVERLAY_SCREENS } from './overlay-screens';
import { OVERLAYS, type Overlay } from './overlay-table';
import type { OverlayName } from './overlays';
import { expect, test, type Portal } from './portal';

/** Whether the keyboard is in this. */
const holdsKeyboard = (overlay: Locator) =>
  overlay.evaluate((element) => element.contains(document.activeElement));

/** Opens it, with the keyboard alone. */
async function open(portal: Portal, one: Overlay): Promise<Locator> {
  const from = one.from(portal);
  await from.focus();
  await expect(from).toBeFocused();
  for (const key of one.keys ?? ['Enter']) await portal.page.keyboard.press(key);
  await one.then?.(portal);
  const overlay = one.overlay(portal);
  await expect(overlay).toBeVisible();
  if (one.kind === 'suggestions' || one.kind === 'beside') await expect(from).toBeFocused();
  else await expect.poll(() => holdsKeyboard(overlay), 'the keyboard goes into it').toBe(true);
  return overlay;
}

/** It is gone, and the keyboard is where it was before. */
async function isClosed(portal: Portal, one: Overlay): Promise<void> {
  await expect(one.overlay(portal)).toBeHidden();
  await expect((one.back ?? one.from)(portal)).toBeFocused();
}

/** The keyboard stays in a dialog whichever way it goes. */
async function tabStaysWithin({ page }: Portal, overlay: Locator): Promise<void> {
  const places = await overlay.locator('a[href], button, input, select, textarea, [tabindex="0"]').count();
  for (const key of ['Tab', 'Shift+Tab']) {
    for (let at = 0; at < Math.min(places, 20) + 2; at += 1) {
      await page.keyboard.press(key);
      expect(await holdsKeyboard(overlay), `${key} stays within it`).toBe(true);
    }
  }
}

async function walk(portal: Portal, name: OverlayName): Promise<void> {
  const one = OVERLAYS[name];
  const { page } = portal;
  let overlay = await open(portal, one);
  if (one.first) await expect(one.first(portal)).toBeFocused();
  if (one.kind === 'dialog') {
    await expect(overlay.getByRole('alert')).toHaveCount(0);
    await expect(overlay.locator('[aria-invalid=true]')).toHaveCount(0);
    await tabStaysWithin(portal, overlay);
    const close = overlay.locator('.dialog-close');
    if (await close.isVisible()) {
      await close.focus();
      await page.keyboard.press('Enter');
      await isClosed(portal, one);
      overlay = await open(portal, one);
    }
    // Something typed holds nothing up.
    await page.keyboard.type('x');
  }
  if (one.kind === 'popover') await tabStaysWithin(portal, overlay);
  if (one.kind === 'menu') {
    await page.keyboard.press('End');
    expect(await holdsKeyboard(overlay), 'its keys stay within it').toBe(true);
  }
  await page.keyboard.press('Escape');
  await isClosed(portal, one);
}

for (const [screen, start] of Object.entries(OVERLAY_SCREENS)) {
  const names = (Object.keys(OVERLAYS) as OverlayName[]).filter((name) => OVERLAYS[name].on === screen);
  test(`${screen}: what opens takes the keyboard, holds it, and gives it back: ${names.join(', ')}`, async ({
    portal,
    side,
  }) => {
    await start(portal, side);
    for (const name of names) await test.step(name, () => walk(portal, name));
  });
}
