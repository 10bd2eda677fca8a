// How each dialog, menu, popover and panel is opened by keyboard.
import type { Locator } from '@playwright/test';
import type { OverlayName } from './overlays';
import { broken, brokenCell, button, cell, dialog, field, menu, rowIn } from './overlay-parts';
import type { Screen } from './overlay-screens';
import type { Portal } from './portal';
import { BAKERY } from './screens';

/** One thing that opens. */
export interface Overlay {
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

/** Each by its name. */
export const OVERLAYS: Record<OverlayName, Overlay> = {
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
  'Change tags': {
    on: 'a selection',
    kind: 'dialog',
    from: cell,
    keys: ['Shift+T'],
    overlay: dialog('Change tags'),
  },
  'Delete companies': {
    on: 'a selection',
    kind: 'dialog',
    from: cell,
    keys: ['Shift+Delete'],
    overlay: dialog('Delete companies'),
    first: ({ page }) => page.getByLabel(/^Type the number of companies/),
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
  'Menu of an alert': {
    on: 'Inbox',
    kind: 'menu',
    from: rowIn('Alerts'),
    keys: ['Shift+F10'],
    overlay: menu(BAKERY),
  },
  'Snooze of an alert': {
    on: 'Inbox',
    kind: 'menu',
    from: rowIn('Alerts'),
    keys: ['s'],
    overlay: menu(`Snooze ${BAKERY}`),
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
