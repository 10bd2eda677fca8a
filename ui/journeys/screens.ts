// Every screen with an address.
import type { Locator } from '@playwright/test';
import { expect, type Portal } from './portal';

/** A company that has something on each of them. */
export const BAKERY = 'Harbour Lane Bakery';

/** Where each is, with `ID` for the company, and what is there once it is. */
export const SCREENS: Record<string, { at: string; ready: (portal: Portal) => Locator }> = {
  companies: { at: 'companies', ready: ({ rows }) => rows.first() },
  summary: { at: 'company/ID/summary', ready: ({ page }) => page.locator('#activity-heading') },
  connections: {
    at: 'company/ID/connections',
    ready: ({ page }) => page.getByRole('grid', { name: 'Connections' }).getByText('Linked').first(),
  },
  invoices: {
    at: 'company/ID/data/invoices',
    ready: ({ page }) => page.getByRole('grid', { name: 'Invoices' }).getByRole('gridcell').first(),
  },
  'profit and loss': {
    at: 'company/ID/data/profitAndLoss',
    ready: ({ page }) => page.getByRole('table', { name: 'Profit and loss' }).getByRole('cell').first(),
  },
  'read history': {
    at: 'company/ID/history',
    ready: ({ page }) => page.getByRole('grid', { name: 'Read history' }).locator('.when').first(),
  },
  'write history': {
    at: 'company/ID/history/writes',
    ready: ({ page }) => page.getByRole('grid', { name: 'Write history' }).locator('.name').first(),
  },
  files: { at: 'company/ID/files', ready: ({ page }) => page.getByLabel('Files to upload') },
  'settings of a company': {
    at: 'company/ID/settings',
    ready: ({ page }) => page.getByLabel('Frequency of Invoices', { exact: true }),
  },
  expiry: {
    at: 'expiry',
    ready: ({ page }) => page.locator('.row[data-place="0"] time'),
  },
  schedules: {
    at: 'schedules',
    ready: ({ page }) => page.getByRole('row').filter({ hasText: 'Every morning' }),
  },
  refreshes: {
    at: 'refreshes',
    ready: ({ page }) =>
      page
        .getByRole('region', { name: /^Refresh of/ })
        .getByRole('row')
        .first(),
  },
  'data types': {
    at: 'dataTypes',
    ready: ({ page }) => page.getByLabel('Frequency of Invoices', { exact: true }),
  },
  sandbox: { at: 'sandbox', ready: ({ page }) => page.getByLabel('What goes wrong') },
  settings: {
    at: 'settings',
    ready: ({ page }) => page.getByRole('radio', { name: 'High contrast' }),
  },
};

/** A schedule and a refresh, so that no screen is empty. */
export async function withSomething({ page, rows }: Portal): Promise<void> {
  await page.evaluate(() => (window.location.hash = '#/schedules'));
  await page.getByRole('button', { name: 'New schedule' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('Every morning');
  await page.getByRole('button', { name: 'Save schedule' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Every morning' })).toBeVisible();
  await page.evaluate(() => (window.location.hash = '#/companies'));
  await rows.nth(0).locator('.lastRead').click();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+R');
  await page
    .getByRole('dialog', { name: 'Refresh data' })
    .getByRole('button', { name: /^Refresh \d/ })
    .click();
  await expect(page).toHaveURL(/refreshes/);
}
