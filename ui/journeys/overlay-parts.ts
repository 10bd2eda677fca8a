// The parts of a screen that things open from, and what opens.
import type { Portal } from './portal';

export const dialog =
  (name: string) =>
  ({ page }: Portal) =>
    page.getByRole('dialog', { name, exact: true });
export const menu =
  (name: string | RegExp) =>
  ({ page }: Portal) =>
    page.getByRole('menu', { name });
export const button =
  (name: string | RegExp) =>
  ({ page }: Portal) =>
    page.getByRole('button', { name }).first();
export const field =
  (name: string | RegExp) =>
  ({ page }: Portal) =>
    page.getByLabel(name, { exact: true });
/** The row, or cell, of a grid that the keyboard reaches. */
export const rowIn =
  (grid: string) =>
  ({ page }: Portal) =>
    page.getByRole('grid', { name: grid, exact: true }).locator('[tabindex="0"]').first();
export const broken = button(/^Broken/);
export const cell = ({ rows }: Portal) => rows.first().locator('.lastRead');
/** The first row with a broken connection. */
export const brokenCell = ({ rows, page }: Portal) =>
  rows
    .filter({ has: page.locator('.chip.red') })
    .first()
    .locator('.lastRead');
