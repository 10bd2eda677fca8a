// What a dialog does when it is cancelled, when its request fails, and when it is sent by a double click.
import type { Page } from '@playwright/test';
import { withAcme } from './made-up-workspace';
import { expect, test, type Portal, type SandboxSide } from './portal';

/** A request in the log of the sandbox. */
interface Logged {
  method: string;
  target: string;
}

/** The answer of the app where it did nothing. */
const REFUSED = { code: 'codat', message: 'Codat answered with 500.', detail: 'correlation 0af7' };

const dialog = ({ page }: Portal) => page.getByRole('dialog');

/** How many requests of this method the sandbox got for a path that ends so. */
async function requests(side: SandboxSide, method: string, end: string): Promise<number> {
  const { results } = await side.call<{ results: Logged[] }>('GET', '/_sandbox/requests?limit=500&after=0');
  return results.filter((one) => one.method === method && one.target.endsWith(end)).length;
}

/** Lets the first call of this name fail in the app; gives the number of calls so far. */
async function failsOnce(page: Page, name: string): Promise<() => number> {
  let calls = 0;
  await page.route(`**/call/${name}`, async (route) => {
    calls += 1;
    if (calls === 1) await route.fulfill({ status: 500, json: REFUSED });
    else await route.fallback();
  });
  return () => calls;
}

/** Answers the calls of this name in the place of the app; gives what was sent. */
async function answers(page: Page, name: string, answer: (args: unknown) => object): Promise<unknown[]> {
  const sent: unknown[] = [];
  await page.route(`**/call/${name}`, async (route) => {
    const args: unknown = route.request().postDataJSON();
    sent.push(args);
    await route.fulfill({ json: answer(args) });
  });
  return sent;
}

test.describe('the end of a connection', () => {
  const ENDS = [
    { how: 'Unlink', method: 'PATCH', failed: 'Unlink Stripe?', done: 'Unlinked', left: 'Unlinked' },
    { how: 'Delete', method: 'DELETE', failed: 'Delete Stripe?', done: 'Deleted', left: undefined },
  ] as const;

  for (const { how, method, failed, done, left } of ENDS) {
    test(`${how}: Cancel sends nothing, an error is shown in the dialog, a double click sends once`, async ({
      portal,
      page,
      side,
    }) => {
      const company = await side.company('Harbour Lane Bakery');
      const status = async () => {
        const { dataConnections } = await side.call<{
          dataConnections: { id: string; platformName: string; status: string }[];
        }>('GET', `/companies/${company}`);
        return dataConnections.find(({ platformName }) => platformName === 'Stripe');
      };
      const before = await status();
      const path = `/companies/${company}/connections/${before?.id ?? ''}`;
      await portal.open('Harbour Lane Bakery', 'Connections');
      await page.getByRole('row', { name: /^Stripe Linked/ }).click();
      const more = page
        .getByRole('complementary', { name: 'Stripe: Linked' })
        .getByRole('button', { name: 'More for Stripe' });
      const open = async () => {
        await more.click();
        await page.getByRole('menuitem', { name: `${how}…` }).click();
      };
      const send = dialog(portal).getByRole('button', { name: how, exact: true });

      await open();
      await expect(dialog(portal)).toHaveAccessibleName(failed);
      await expect(dialog(portal).getByRole('button', { name: 'Cancel' })).toBeFocused();
      await page.keyboard.press('Enter');
      await expect(dialog(portal)).toHaveCount(0);
      await expect(more).toBeFocused();
      expect(await requests(side, method, path)).toBe(0);

      await side.fault({ route: path, method, status: 402, times: 1 });
      await open();
      await send.click();
      await expect(dialog(portal).getByRole('alert')).toBeVisible();
      expect((await status())?.status).toBe('Linked');

      await send.dblclick();
      await expect(dialog(portal)).toHaveCount(0);
      await expect(portal.message(done)).toBeVisible();
      expect((await status())?.status).toBe(left);
      // The one that failed, and one.
      expect(await requests(side, method, path)).toBe(2);
    });
  }
});

test.describe('the dialogs of a Codat workspace', () => {
  test.beforeEach(async ({ portal }) => {
    await withAcme(portal);
  });

  test('Replace key: Cancel sends nothing, the dialog shows why a key is refused, a double click sends once', async ({
    portal,
    page,
  }) => {
    const open = page.getByRole('button', { name: 'Replace key' });
    const send = dialog(portal).getByRole('button', { name: 'Replace key' });
    const sent = await answers(page, 'replaceKey', () => ({}));
    const calls = await failsOnce(page, 'replaceKey');

    await open.click();
    await expect(dialog(portal)).toHaveAccessibleName('Replace the key of Acme');
    await expect(page.getByLabel('New API key')).toBeFocused();
    await expect(send).toBeDisabled();
    await page.keyboard.type('first');
    await page.keyboard.press('Escape');
    await expect(dialog(portal)).toHaveCount(0);
    await expect(open).toBeFocused();
    expect(calls()).toBe(0);

    await open.click();
    // A key that was given up is kept nowhere.
    await expect(page.getByLabel('New API key')).toHaveValue('');
    await page.keyboard.type('second ');
    await page.keyboard.press('Enter');
    await expect(dialog(portal).getByRole('alert')).toContainText(REFUSED.message);
    await expect(page.getByLabel('New API key')).toHaveValue('second ');

    await send.dblclick();
    await expect(dialog(portal)).toHaveCount(0);
    await expect(portal.message('Key replaced')).toBeVisible();
    expect(sent).toEqual([expect.objectContaining({ id: 'acme', key: 'second' })]);
  });

  test('Remove workspace: Cancel sends nothing, an error is shown, a double click sends once', async ({
    portal,
    page,
  }) => {
    const session = await page.evaluate(async () => {
      const headers = {
        'Content-Type': 'application/json',
        'X-Portal-Token': sessionStorage.getItem('portal-token') ?? '',
      };
      return (await (await fetch('call/session', { method: 'POST', headers, body: '{}' })).json()) as {
        workspaces: { id: string }[];
      };
    });
    session.workspaces = session.workspaces.filter(({ id }) => id !== 'acme');
    const sent = await answers(page, 'removeWorkspace', () => ({ session, keyLeft: null }));
    const calls = await failsOnce(page, 'removeWorkspace');
    const open = page.getByRole('button', { name: 'Remove…' });
    const send = dialog(portal).getByRole('button', { name: 'Remove workspace' });

    await open.click();
    await expect(dialog(portal)).toHaveAccessibleName('Remove Acme?');
    await expect(dialog(portal).getByRole('button', { name: 'Cancel' })).toBeFocused();
    await page.keyboard.press('Enter');
    await expect(dialog(portal)).toHaveCount(0);
    await expect(open).toBeFocused();
    expect(calls()).toBe(0);

    await open.click();
    await send.click();
    await expect(dialog(portal).getByRole('alert')).toContainText(REFUSED.message);

    await send.dblclick();
    await expect(dialog(portal)).toHaveCount(0);
    await expect(portal.message('Acme was removed from this computer')).toBeVisible();
    await expect(page.getByRole('button', { name: 'Settings of Acme' })).toHaveCount(0);
    expect(sent).toEqual([{ id: 'acme' }]);
  });
});

test('Refresh of many: Cancel starts nothing, an error is shown, a double click starts one run', async ({
  portal,
  page,
}) => {
  const calls = await failsOnce(page, 'refreshMany');
  await portal.find('is:red');
  await portal.rows.first().locator('.lastRead').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Shift+R');
  await expect(dialog(portal).getByLabel('Data to refresh')).toBeFocused();
  await expect(dialog(portal).getByRole('button', { name: /^Refresh \d+ companies/ })).toBeEnabled();
  await page.keyboard.press('Escape');
  await expect(dialog(portal)).toHaveCount(0);
  await expect(page.getByText(/companies selected/)).toBeVisible();
  expect(calls()).toBe(0);

  await page.keyboard.press('Shift+R');
  const send = dialog(portal).getByRole('button', { name: /^Refresh \d+ companies/ });
  await send.click();
  await expect(dialog(portal).getByRole('alert')).toContainText(REFUSED.message);

  await send.dblclick();
  await expect(dialog(portal)).toHaveCount(0);
  await expect(page).toHaveURL(/#\/refreshes\/\d+/);
  // The one that failed, and one.
  expect(calls()).toBe(2);
});

test('Refresh of many: Enter starts it from the field that has the keyboard', async ({ portal, page }) => {
  await portal.find('is:red');
  await portal.rows.first().locator('.lastRead').click();
  await page.keyboard.press('Control+a');
  await page.keyboard.press('Shift+R');
  await expect(dialog(portal).getByRole('button', { name: /^Refresh \d+ companies/ })).toBeEnabled();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/#\/refreshes\/\d+/);
});

test('Refresh of what may expire: Cancel queues nothing, an error is shown, a double click queues once', async ({
  portal,
  page,
}) => {
  const calls = await failsOnce(page, 'refreshExpiring');
  await page.keyboard.press('Control+Shift+E');
  await page.getByRole('button', { name: /^Select all \d+$/ }).click();
  const open = page.getByRole('button', { name: /^Refresh \d+…/ });
  const send = dialog(portal).getByRole('button', { name: /^Refresh \d+$/ });
  await open.click();
  await expect(send).toBeFocused();
  await dialog(portal).getByRole('button', { name: 'Cancel' }).click();
  await expect(dialog(portal)).toHaveCount(0);
  await expect(open).toBeFocused();
  expect(calls()).toBe(0);

  await open.click();
  await send.click();
  await expect(dialog(portal).getByRole('alert')).toContainText(REFUSED.message);

  await send.dblclick();
  await expect(dialog(portal)).toHaveCount(0);
  await expect(portal.message(/refresh(es)? queued/)).toBeVisible();
  expect(calls()).toBe(2);
});

test('Use more today: Not now changes nothing, an error is shown, a double click sends once', async ({
  portal,
  page,
}) => {
  const calls = await failsOnce(page, 'useMoreToday');
  const question = page.getByRole('dialog', { name: 'Use more of today’s requests?' });
  const ask = async () => {
    await page.keyboard.press('Control+Shift+U');
    await page.getByRole('button', { name: 'Use more today…' }).click();
    await expect(question).toBeVisible();
  };
  const send = question.getByRole('button', { name: 'Use more today' });
  await ask();
  await expect(question.getByRole('radio').first()).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(question).toHaveCount(0);
  expect(calls()).toBe(0);

  await ask();
  await question.getByRole('radio').nth(1).check();
  await send.click();
  await expect(question.getByRole('alert')).toContainText(REFUSED.message);
  await expect(question.getByRole('radio').nth(1)).toBeChecked();

  await send.dblclick();
  await expect(question).toHaveCount(0);
  await expect(portal.message('Today’s limit raised')).toBeVisible();
  expect(calls()).toBe(2);
  // All of the day may be used: there is nothing left to ask for.
  await page.keyboard.press('Control+Shift+U');
  await expect(page.getByText('(100%)')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Use more today…' })).toHaveCount(0);
});

test('Palette: Escape does nothing, an error is shown, Enter twice sends once', async ({
  portal,
  page,
  side,
}) => {
  const company = await side.company('Harbour Lane Bakery');
  const calls = await failsOnce(page, 'refreshData');
  const field = page.getByRole('combobox', { name: 'Command or company' });
  const from = portal.row('Harbour Lane Bakery').locator('.lastRead');
  await from.click();
  await page.keyboard.press('Control+k');
  await expect(field).toBeFocused();
  await page.keyboard.type('refresh data');
  await page.keyboard.press('Escape');
  await expect(dialog(portal)).toHaveCount(0);
  await expect(from).toBeFocused();
  expect(calls()).toBe(0);

  await page.keyboard.press('Control+k');
  await expect(field).toHaveValue('');
  await page.keyboard.type('refresh data: harbour');
  await page.keyboard.press('Enter');
  await expect(portal.message('Harbour Lane Bakery')).toContainText(REFUSED.message);

  await page.keyboard.press('Control+k');
  await page.keyboard.type('refresh data: harbour');
  await field.evaluate((input) => {
    for (let times = 0; times < 2; times += 1)
      input.dispatchEvent(new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }));
  });
  await expect(portal.message('Refresh queued')).toBeVisible();
  expect(calls()).toBe(2);
  expect(await requests(side, 'POST', `/companies/${company}/data/all`)).toBe(1);

  await page.keyboard.press('Control+k');
  await page.keyboard.type('zzzz');
  await expect(page.getByRole('option')).toHaveCount(0);
  await page.keyboard.press('Enter');
  await expect(field).toBeVisible();
});
