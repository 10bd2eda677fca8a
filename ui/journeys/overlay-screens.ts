// The screens on which something opens, and how one gets to each.
import { withAcme } from './made-up-workspace';
import { expect, type Portal, type SandboxSide } from './portal';
import { BAKERY } from './screens';
import { cell, rowIn } from './overlay-parts';

/** A screen, or a state of one. */
export type Screen =
  | 'Companies'
  | 'a selection'
  | 'a view'
  | 'a narrow window'
  | 'Connections'
  | 'a connection'
  | 'Data'
  | 'Data history'
  | 'Files'
  | 'Inbox'
  | 'Expiry'
  | 'Expiry rules'
  | 'Sandbox tools'
  | 'Schedules'
  | 'a new schedule'
  | 'Data types'
  | 'Settings'
  | 'Acme';

/** How one gets to a screen. */
export const OVERLAY_SCREENS: Record<Screen, (portal: Portal, side: SandboxSide) => Promise<void>> = {
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
  Inbox: async (portal, side) => {
    const { page } = portal;
    await side.deauthorize(BAKERY);
    await page.keyboard.press('F5');
    await page.keyboard.press('Control+Shift+I');
    await expect(rowIn('Alerts')(portal)).toBeVisible({ timeout: 90_000 });
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
