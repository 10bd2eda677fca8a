// Every dialog, menu, popover and panel: the keyboard opens it, is in it, and is back where it was after it closes.
import type { Locator } from '@playwright/test';
import { withAcme } from './made-up-workspace';
import type { OverlayName } from './overlays';
import { expect, test, type Portal } from './portal';
import { BAKERY } from './screens';

/** One thing that opens. */
interface Overlay {
  /** The screen on which it opens. */
  on: Screen;
  /** A dialog holds Tab within it; from a list of suggestions the keyboard stays in the box. */
  kind: 'dialog' | 'popover' | 'menu' | 'panel' | 'beside' | 'suggestions';
  /** What has the keyboard before, and again after. */
  from: (portal: Portal) => Locator;
  /** What is pressed there, one after the other; Enter if nothing else. */
  keys?: readonly string[];
  /** More to do with what opened first. */
  then?: (portal: Portal) => Promise<void>;
  /** What opens. */
  overlay: (portal: Portal) => Locator;
  /** Where the keyboard starts in it, if that is one certain place. */
  first?: (portal: Portal) => Locator;
  /** Where the keyboard goes afterwards, if what had it is gone. */
  back?: (portal: Portal) => Locator;
}

type Screen =
  | 'Companies'
  | 'a selection'
  | 'a view'
  | 'a narrow window'
  | 'Connections'
  | 'a connection'
  | 'Data'
  | 'Data history'
  | 'Files'
  | 'Expiry'
  | 'Expiry rules'
  | 'Sandbox tools'
  | 'Schedules'
  | 'a new schedule'
  | 'Data types'
  | 'Settings'
  | 'Acme';

const dialog =
  (name: string) =>
  ({ page }: Portal) =>
    page.getByRole('dialog', { name, exact: true });
const menu =
  (name: string | RegExp) =>
  ({ page }: Portal) =>
    page.getByRole('menu', { name });
const button =
  (name: string | RegExp) =>
  ({ page }: Portal) =>
    page.getByRole('button', { name }).first();
const field =
  (name: string | RegExp) =>
  ({ page }: Portal) =>
    page.getByLabel(name, { exact: true });
/** The row, or cell, of a grid that the keyboard reaches. */
const rowIn =
  (grid: string) =>
  ({ page }: Portal) =>
    page.getByRole('grid', { name: grid, exact: true }).locator('[tabindex="0"]').first();
const broken = button(/^Broken/);
const cell = ({ rows }: Portal) => rows.first().locator('.lastRead');
/** The first row with a broken connection. */
const brokenCell = ({ rows, page }: Portal) =>
  rows
    .filter({ has: page.locator('.chip.red') })
    .first()
    .locator('.lastRead');

const OVERLAYS: Record<OverlayName, Overlay> = {
  Workspaces: { on: 'Companies', kind: 'menu', from: button(/^Workspace /), overlay: menu('Workspaces') },
  'Keyboard shortcuts': {
    on: 'Companies',
    kind: 'dialog',
    from: broken,
    keys: ['?'],
    overlay: dialog('Keyboard shortcuts'),
    first: ({ page }) => page.getByRole('group', { name: 'Keyboard shortcuts' }),
  },
  'Command palette': {
    on: 'Companies',
    kind: 'dialog',
    from: cell,
    keys: ['Control+k'],
    overlay: dialog('Command palette'),
    first: ({ page }) => page.getByRole('combobox', { name: 'Command or company' }),
  },
  'Plan a day': {
    on: 'Companies',
    kind: 'dialog',
    from: cell,
    keys: ['Control+k'],
    then: async ({ page }) => {
      await page.keyboard.type('plan a day');
      await page.keyboard.press('Enter');
    },
    overlay: dialog('Plan a day'),
    first: ({ page }) => page.getByLabel('For a different number of companies'),
  },
  'Requests today': {
    on: 'Companies',
    kind: 'popover',
    from: ({ page }) => page.locator('.quota'),
    overlay: ({ page }) => page.getByRole('dialog', { name: 'Requests today' }),
  },
  'Use more of today’s requests?': {
    on: 'Companies',
    kind: 'dialog',
    from: ({ page }) => page.locator('.quota'),
    then: async ({ page }) => {
      const more = page.getByRole('button', { name: 'Use more today…' });
      await more.focus();
      await more.press('Enter');
    },
    overlay: dialog('Use more of today’s requests?'),
    first: ({ page }) => page.getByRole('dialog').getByRole('radio').first(),
  },
  Requests: {
    on: 'Companies',
    kind: 'dialog',
    from: broken,
    keys: ['Control+Shift+L'],
    overlay: dialog('Requests'),
    first: ({ page }) => page.getByLabel('Purpose'),
  },
  'Link URLs of a company': {
    on: 'Companies',
    kind: 'menu',
    from: brokenCell,
    keys: ['l'],
    overlay: menu(/^Links of /),
  },
  'Columns of the list': {
    on: 'Companies',
    kind: 'popover',
    from: button('Columns'),
    overlay: ({ page }) => page.getByRole('dialog', { name: 'Columns' }),
  },
  Peek: {
    on: 'Companies',
    kind: 'beside',
    from: cell,
    keys: ['Space'],
    overlay: ({ page }) => page.getByRole('complementary', { name: /^Peek at / }),
  },
  'Connections of a company': {
    on: 'Companies',
    kind: 'panel',
    from: cell,
    keys: ['c'],
    overlay: ({ page }) => page.getByRole('complementary', { name: /^Connections of / }),
  },
  'Delete company': {
    on: 'Companies',
    kind: 'dialog',
    from: cell,
    keys: ['Delete'],
    overlay: dialog('Delete company'),
    first: ({ page }) => page.getByLabel(/Type the name to confirm/),
  },
  'Export of the list': { on: 'Companies', kind: 'menu', from: button('Export'), overlay: menu('Export') },
  'Menu of a row': {
    on: 'Companies',
    kind: 'menu',
    from: cell,
    keys: ['Shift+F10'],
    overlay: ({ page }) => page.getByRole('menu'),
  },
  'More connections of a row': {
    on: 'Companies',
    kind: 'menu',
    from: button(/^\d+ more: /),
    overlay: menu(/^More connections of /),
  },
  'Add new company': {
    on: 'Companies',
    kind: 'dialog',
    from: button('New company'),
    overlay: dialog('Add new company'),
    first: ({ page }) => page.getByRole('textbox', { name: 'Name', exact: true }),
  },
  'Suggestions of the search': {
    on: 'Companies',
    kind: 'suggestions',
    from: ({ search }) => search,
    keys: ['i', 's', ':'],
    overlay: ({ page }) => page.getByRole('listbox', { name: 'Suggestions' }),
  },
  'Save view': {
    on: 'Companies',
    kind: 'dialog',
    from: cell,
    keys: ['Control+k'],
    then: async ({ page }) => {
      await page.keyboard.type('as a view');
      await page.keyboard.press('Enter');
    },
    overlay: dialog('Save view'),
    first: ({ page }) => page.getByRole('dialog').getByLabel('Name'),
  },
  'Link URLs of the selection': {
    on: 'a selection',
    kind: 'menu',
    from: button('Copy Link URLs'),
    overlay: menu('Copy Link URLs'),
  },
  'Refresh data': {
    on: 'a selection',
    kind: 'dialog',
    from: cell,
    keys: ['Shift+R'],
    overlay: dialog('Refresh data'),
    first: field('Data to refresh'),
  },
  'Menu of a view': {
    on: 'a view',
    kind: 'menu',
    from: button('Options of On Xero'),
    overlay: menu('View On Xero'),
  },
  'Menu of all views': {
    on: 'a narrow window',
    kind: 'menu',
    from: button(/^Views/),
    overlay: menu('Views'),
  },
  'Menu of a company': {
    on: 'Connections',
    kind: 'menu',
    from: button('More'),
    overlay: menu(BAKERY),
  },
  'Add connection': {
    on: 'Connections',
    kind: 'dialog',
    from: button('Add connection'),
    overlay: dialog('Add connection'),
    first: ({ page }) => page.getByRole('searchbox', { name: 'Search integrations' }),
  },
  'A connection': {
    on: 'Connections',
    kind: 'panel',
    from: rowIn('Connections'),
    overlay: ({ page }) => page.getByRole('complementary').last(),
  },
  'Refresh of a company': {
    on: 'Connections',
    kind: 'menu',
    from: ({ page }) => page.getByRole('button', { name: 'Refresh', exact: true }),
    overlay: menu('Refresh'),
  },
  'Menu of a connection': {
    on: 'a connection',
    kind: 'menu',
    from: button('More for Stripe'),
    overlay: menu('Stripe'),
  },
  'Unlink Stripe?': {
    on: 'a connection',
    kind: 'dialog',
    from: button('More for Stripe'),
    then: ({ page }) => page.getByRole('menuitem', { name: 'Unlink…' }).press('Enter'),
    overlay: dialog('Unlink Stripe?'),
    first: ({ page }) => page.getByRole('dialog').getByRole('button', { name: 'Cancel' }),
  },
  'Suggestions of the query': {
    on: 'Data',
    kind: 'suggestions',
    from: ({ page }) => page.getByRole('main').getByRole('combobox').first(),
    keys: ['s', 't'],
    overlay: ({ page }) => page.getByRole('main').getByRole('listbox').filter({ visible: true }),
  },
  'A record': {
    on: 'Data',
    kind: 'panel',
    from: rowIn('Invoices'),
    overlay: ({ page }) => page.getByRole('complementary', { name: 'One of Invoices' }),
  },
  'Columns of records': { on: 'Data', kind: 'menu', from: button('Columns'), overlay: menu('Columns') },
  'Export of records': { on: 'Data', kind: 'menu', from: button('Export'), overlay: menu('Export') },
  'A read': {
    on: 'Data history',
    kind: 'panel',
    from: rowIn('Read history'),
    overlay: ({ page }) => page.getByRole('complementary').last(),
  },
  'Upload 1 file': {
    on: 'Files',
    kind: 'dialog',
    from: button('Upload files'),
    overlay: dialog('Upload 1 file'),
  },
  'Link URLs of what expires': {
    on: 'Expiry',
    kind: 'menu',
    from: button(/^Copy \d+ Link URLs?/),
    overlay: menu('Copy Link URLs'),
  },
  'Menu of what expires': {
    on: 'Expiry',
    kind: 'menu',
    from: rowIn('Connections that may expire'),
    keys: ['Shift+F10'],
    overlay: ({ page }) => page.getByRole('menu'),
  },
  'Refresh connections that may expire': {
    on: 'Expiry',
    kind: 'dialog',
    from: button(/^Refresh \d+…/),
    overlay: dialog('Refresh connections that may expire'),
  },
  'Expiry rule for Xero': {
    on: 'Expiry rules',
    kind: 'dialog',
    from: ({ page }) => page.getByRole('button', { name: 'Edit the expiry rule for Xero', exact: true }),
    overlay: dialog('Expiry rule for Xero'),
    first: field('Days'),
  },
  'Delete silently?': {
    on: 'Sandbox tools',
    kind: 'dialog',
    from: button(/^Delete .* silently$/),
    overlay: ({ page }) => page.getByRole('dialog', { name: /^Delete .* silently\?$/ }),
    first: ({ page }) => page.getByRole('dialog').getByRole('button', { name: 'Cancel' }),
  },
  'New schedule': {
    on: 'Schedules',
    kind: 'dialog',
    from: button('New schedule'),
    overlay: dialog('New schedule'),
    first: ({ page }) => page.getByRole('textbox', { name: /^Name/ }),
  },
  'Time zones': {
    on: 'a new schedule',
    kind: 'suggestions',
    from: ({ page }) => page.getByRole('combobox', { name: 'Time zone' }),
    keys: ['ArrowDown'],
    overlay: ({ page }) => page.getByRole('listbox', { name: 'Time zones' }),
  },
  'Review of changed sync settings': {
    on: 'Data types',
    kind: 'dialog',
    from: button('Review changes…'),
    overlay: ({ page }) => page.getByRole('dialog', { name: /^Save \d+ changes?\?$/ }),
  },
  'Add Codat workspace': {
    on: 'Settings',
    kind: 'dialog',
    from: button('Add workspace'),
    overlay: dialog('Add Codat workspace'),
    first: ({ page }) => page.getByRole('textbox', { name: 'Name', exact: true }),
  },
  'Import local data': {
    on: 'Settings',
    kind: 'dialog',
    from: button('Import…'),
    overlay: dialog('Import local data'),
  },
  'Remove Acme?': {
    on: 'Acme',
    kind: 'dialog',
    from: button('Remove…'),
    overlay: dialog('Remove Acme?'),
    first: ({ page }) => page.getByRole('dialog').getByRole('button', { name: 'Cancel' }),
  },
  'Replace the key of Acme': {
    on: 'Acme',
    kind: 'dialog',
    from: button('Replace key'),
    overlay: dialog('Replace the key of Acme'),
    first: field('New API key'),
  },
};

/** How one gets to a screen. */
const SCREENS: Record<Screen, (portal: Portal) => Promise<void>> = {
  Companies: async () => {},
  'a selection': async (portal) => {
    await portal.find('is:red');
    await cell(portal).click();
    await portal.page.keyboard.press('Control+a');
  },
  'a view': saveView,
  'a narrow window': async (portal) => {
    await saveView(portal);
    await portal.page.setViewportSize({ width: 900, height: 600 });
  },
  Connections: (portal) => portal.open(BAKERY, 'Connections'),
  'a connection': async (portal) => {
    await portal.open(BAKERY, 'Connections');
    const grid = portal.page.getByRole('grid', { name: 'Connections', exact: true });
    await grid.getByRole('row').filter({ hasText: 'Stripe' }).click();
  },
  Data: async (portal) => {
    await portal.open(BAKERY, 'Data');
    await portal.page.getByRole('button', { name: /^Invoices:/ }).click();
    await expect(
      portal.page.getByRole('grid', { name: 'Invoices' }).getByRole('gridcell').first(),
    ).toBeVisible();
  },
  'Data history': async (portal) => {
    await portal.open(BAKERY, 'Data history');
    // The reads of a refresh are below its row.
    await rowIn('Read history')(portal).focus();
    await portal.page.keyboard.press('ArrowRight');
    await portal.page.keyboard.press('ArrowDown');
  },
  Files: async (portal) => {
    await portal.open(BAKERY, 'Files');
    const file = { name: 'may.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF-1.4') };
    portal.page.on('filechooser', (chooser) => void chooser.setFiles(file));
  },
  Expiry: async ({ page }) => {
    await page.keyboard.press('Control+Shift+E');
    await page.getByRole('button', { name: /^Select all \d+$/ }).click();
  },
  'Expiry rules': async ({ page }) => {
    await page.keyboard.press('Control+Shift+E');
    await page.getByRole('tab', { name: 'Expiry rules' }).click();
  },
  'Sandbox tools': ({ page }) => page.keyboard.press('Control+Shift+S'),
  Schedules: ({ page }) => page.keyboard.press('Control+Shift+H'),
  'a new schedule': async ({ page }) => {
    await page.keyboard.press('Control+Shift+H');
    await page.getByRole('button', { name: 'New schedule' }).first().click();
  },
  'Data types': async ({ page }) => {
    await page.evaluate(() => (window.location.hash = '#/dataTypes'));
    await page.getByLabel('Frequency of all in Banking').selectOption({ label: 'Set all to Daily' });
  },
  Settings: async ({ page }) => {
    await page.keyboard.press('Control+,');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Export local data…' }).click(),
    ]);
    const file = await download.path();
    page.on('filechooser', (chooser) => void chooser.setFiles(file));
  },
  Acme: withAcme,
};

async function saveView(portal: Portal): Promise<void> {
  await portal.find('platform:xero');
  await portal.page.getByRole('button', { name: 'Save view…' }).click();
  await portal.page.getByRole('dialog').getByLabel('Name').fill('On Xero');
  await portal.page.keyboard.press('Enter');
  await expect(portal.page.getByRole('dialog')).toHaveCount(0);
}

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

for (const [screen, start] of Object.entries(SCREENS)) {
  const names = (Object.keys(OVERLAYS) as OverlayName[]).filter((name) => OVERLAYS[name].on === screen);
  test(`${screen}: what opens takes the keyboard, holds it, and gives it back: ${names.join(', ')}`, async ({
    portal,
  }) => {
    await start(portal);
    for (const name of names) await test.step(name, () => walk(portal, name));
  });
}
