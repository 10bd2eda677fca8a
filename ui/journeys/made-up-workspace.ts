// A Codat workspace beside the sandbox, for what is shown of it: Codat cannot be reached from a test.
import { expect, type Portal } from './portal';

/** Adds the workspace Acme to every answer about the session, and opens its settings. */
export async function withAcme({ page, rows }: Portal): Promise<void> {
  await page.route('**/call/session', async (route) => {
    const answer = await route.fetch();
    const session = (await answer.json()) as { workspaces: object[] };
    const acme = { id: 'acme', name: 'Acme', kind: 'codat', color: 'violet', safeMode: 'operate' };
    session.workspaces.push({ ...acme, keyState: 'kept', inviteUrl: null });
    await route.fulfill({ response: answer, json: session });
  });
  await page.reload();
  await expect(rows.first()).toBeVisible();
  await page.keyboard.press('Control+,');
  await page.getByRole('button', { name: 'Settings of Acme' }).click();
}
