// The inbox: what broke while one worked, what one does with it, and what notifies.
import { expect, test, type Portal, type SandboxSide } from './portal';

const COMPANIES = ['Vale Veterinary Clinic', 'Foxglove Interiors', 'Harbour Lane Bakery'] as const;

const entries = ({ page }: Portal) => page.getByRole('grid', { name: 'Alerts' }).locator('.row');
const entry = (portal: Portal, name: string) => entries(portal).filter({ hasText: name });
const inSideBar = ({ page }: Portal) =>
  page.getByRole('navigation', { name: 'Main' }).getByRole('button', { name: /^Inbox/ });

/** The connections of these companies break, and the inbox has them. */
async function openInbox(portal: Portal, side: SandboxSide, names: readonly string[]): Promise<void> {
  for (const name of names) await side.deauthorize(name);
  await portal.page.keyboard.press('F5');
  await inSideBar(portal).click();
  for (const name of names) await expect(entry(portal, name)).toBeVisible({ timeout: 90_000 });
}

test('what breaks is counted in the side bar, says who has to act, and leads to its connection', async ({
  portal,
  side,
}) => {
  const { page } = portal;
  await openInbox(portal, side, COMPANIES.slice(0, 2));
  await expect(inSideBar(portal)).toHaveAccessibleName(/2 unread/);
  const first = entry(portal, COMPANIES[0]);
  await expect(first).toContainText('needs to be reconnected');
  await expect(first).toContainText('Send the customer the reconnect link.');
  await first.getByRole('button', { name: /^Copy reconnect link/ }).click();
  await expect(portal.message('Link URL copied')).toBeVisible();
  expect(await portal.clipboard()).toMatch(/^http/);
  await first.locator('.when').click();
  await expect(page.getByRole('heading', { name: COMPANIES[0], level: 1 })).toBeVisible();
  await page.goBack();
  await expect(inSideBar(portal)).toHaveAccessibleName(/1 unread/);
});

test('an alert is read, snoozed and shown again by keyboard', async ({ portal, side }) => {
  const { page } = portal;
  await openInbox(portal, side, COMPANIES.slice(0, 2));
  await entries(portal).first().focus();
  await page.keyboard.press('u');
  await expect(inSideBar(portal)).toHaveAccessibleName(/1 unread/);
  await page.keyboard.press('s');
  const menu = page.getByRole('menu', { name: /^Snooze/ });
  await expect(menu).toBeVisible();
  await menu.getByRole('menuitem', { name: /^Until tomorrow/ }).press('Enter');
  await expect(entries(portal)).toHaveCount(1);
  await expect(portal.message('Snoozed: ')).toBeVisible();
  const filter = (name: string) =>
    page.getByRole('group', { name: 'Filter' }).getByRole('button', { name: new RegExp(`^${name}`) });
  await expect(filter('Snoozed')).toHaveText(/1$/);
  await filter('Snoozed').click();
  await expect(entries(portal).first()).toContainText(/Until \w{3} .*09:00/);
  await entries(portal).first().focus();
  await page.keyboard.press('s');
  await expect(page.getByText('Nothing is snoozed')).toBeVisible();
  await filter('Open').click();
  await expect(entries(portal)).toHaveCount(2);
  await page.getByRole('button', { name: 'Mark all as read' }).click();
  await expect(inSideBar(portal)).not.toHaveAccessibleName(/unread/);
});

test('an alert closes when its connection is linked again', async ({ portal, side }) => {
  const { page } = portal;
  const connection = await side.deauthorize(COMPANIES[0]);
  await page.keyboard.press('F5');
  await inSideBar(portal).click();
  await expect(entry(portal, COMPANIES[0])).toBeVisible({ timeout: 90_000 });
  await side.call('POST', `/_sandbox/connections/${connection}/link`, {});
  await page.keyboard.press('F5');
  await expect(page.getByText('No open alerts')).toBeVisible();
  await page.getByRole('button', { name: /^Closed/ }).click();
  await expect(entry(portal, COMPANIES[0])).toContainText('Closed just now');
});

test('rules are saved at once, and a deleted view holds nothing back', async ({ portal }) => {
  const { page } = portal;
  await inSideBar(portal).click();
  await page.getByRole('tab', { name: 'Rules' }).click();
  await page.getByRole('switch', { name: /^Platform outage/ }).click();
  await page.getByLabel(/^Notify me about/).selectOption('Needs attention');
  await page.getByRole('button', { name: 'Add quiet time' }).click();
  await page.getByRole('switch', { name: /^Remind me/ }).click();
  await page.getByLabel('Time of the reminder').fill('08:15');
  await page.getByLabel('Time of the reminder').blur();
  await page.reload();
  await inSideBar(portal).click();
  await page.getByRole('tab', { name: 'Rules' }).click();
  await expect(page.getByRole('switch', { name: /^Platform outage/ })).not.toBeChecked();
  await expect(page.getByLabel(/^Notify me about/)).toHaveValue('attention');
  await expect(page.getByLabel('Quiet time 1 from')).toHaveValue('18:00');
  await expect(page.getByLabel('Time of the reminder')).toHaveValue('08:15');
  await page.getByRole('button', { name: 'Options of Needs attention' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await expect(page.getByText('This view was deleted')).toBeVisible();
});

for (const colorScheme of ['light', 'dark'] as const)
  test(`the inbox and its rules are accessible, ${colorScheme}`, async ({ portal, side }) => {
    await portal.page.emulateMedia({ colorScheme });
    await openInbox(portal, side, COMPANIES);
    await portal.isAccessible();
    expect(await portal.outOfReach()).toEqual([]);
    await portal.page.getByRole('tab', { name: 'Rules' }).click();
    await expect(portal.page.getByRole('heading', { name: 'Quiet hours' })).toBeVisible();
    await portal.isAccessible();
    expect(await portal.outOfReach()).toEqual([]);
  });
