import { readFile } from 'node:fs/promises';
import { expect, test } from './portal';

/** Where the pictures go, if somebody wants to look at them. */
const PICTURES = process.env['PICTURES'];

test('local data is exported, and an import adds what is gone and keeps what is newer', async ({
  portal,
  page,
  folder,
}) => {
  const name = await portal.rows.first().locator('.name .text').innerText();
  const note = page.getByRole('textbox', { name: 'Private notes' });
  const write = async (text: string) => {
    await portal.open(name, 'Settings');
    await note.fill(text);
    await page.getByRole('button', { name: 'Save notes' }).click();
    await expect(page.getByRole('button', { name: 'Saved' })).toBeVisible();
  };
  await write('Call on Monday');
  await page.keyboard.press('Control+,');
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export local data…' }).click();
  const saved = await saving;
  expect(saved.suggestedFilename()).toMatch(/^Sandbox, local data, \d{4}-\d\d-\d\d\.json$/);
  const path = `${folder}/export.json`;
  await saved.saveAs(path);
  const file = JSON.parse(await readFile(path, 'utf8')) as { notes: { text: string }[]; journal: unknown[] };
  expect(file.notes).toEqual([expect.objectContaining({ text: 'Call on Monday' })]);
  expect(file.journal.length).toBeGreaterThan(0);

  await test.step('what is here already is said, and nothing can be imported', async () => {
    await page.getByLabel('File to import').setInputFiles(path);
    const dialog = page.getByRole('dialog', { name: 'Import local data' });
    await expect(dialog).toContainText('You already have everything in this file');
    await expect(dialog.getByRole('button', { name: 'Import' })).toHaveCount(0);
    await dialog.getByRole('button', { name: 'Close' }).last().click();
  });

  await test.step('a note that was deleted comes back, a rule is new, and the preview says so', async () => {
    await write('');
    await page.keyboard.press('Control+,');
    const rule = { integration: 'gbol', clock: { kind: 'idle', days: 30 }, source: 'Xero', estimate: false };
    const changed = { ...file, rules: [rule], tomorrow: true };
    const buffer = Buffer.from(JSON.stringify(changed));
    await page
      .getByLabel('File to import')
      .setInputFiles({ name: 'export.json', mimeType: 'application/json', buffer });
    const dialog = page.getByRole('dialog', { name: 'Import local data' });
    await expect(dialog.getByRole('row', { name: /^Notes 1 0/ })).toBeVisible();
    await expect(dialog.getByRole('row', { name: /^Expiry rules 1 0/ })).toBeVisible();
    await expect(dialog).toContainText('doesn’t recognize 1 field');
    await portal.isAccessible();
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/import-light.png` });
    await dialog.getByRole('button', { name: 'Import' }).click();
    await expect(portal.message('Local data imported')).toContainText('Added 1 note, 1 expiry rule.');
    await portal.open(name, 'Settings');
    await expect(note).toHaveValue('Call on Monday');
  });

  await test.step('a newer note stays', async () => {
    await write('Call on Friday');
    await page.keyboard.press('Control+,');
    if (PICTURES) {
      await page.getByRole('button', { name: 'Import…' }).scrollIntoViewIfNeeded();
      await page.screenshot({ path: `${PICTURES}/settings-light.png` });
      await page.getByRole('radio', { name: 'Dark' }).check();
      await page.getByRole('button', { name: 'Import…' }).scrollIntoViewIfNeeded();
      await page.screenshot({ path: `${PICTURES}/settings-dark.png` });
    }
    await page.getByLabel('File to import').setInputFiles(path);
    const dialog = page.getByRole('dialog', { name: 'Import local data' });
    await expect(dialog.getByRole('row', { name: /^Notes 0 0 1/ })).toBeVisible();
    if (PICTURES) await page.screenshot({ path: `${PICTURES}/import-dark.png` });
    await dialog.getByRole('button', { name: 'Close' }).last().click();
    await portal.open(name, 'Settings');
    await expect(note).toHaveValue('Call on Friday');
  });
});

test('a file that is no export is refused in words, and changes nothing', async ({ portal, page }) => {
  await expect(portal.rows.first()).toBeVisible();
  await page.keyboard.press('Control+,');
  for (const [text, words] of [
    ['{"a":', 'The file is damaged'],
    ['{"a": 1}', 'This isn’t an export of local data'],
    [
      '{"format":"portal-desktop-local-data","version":9,"appVersion":"9.0.0","workspace":"X","createdAt":"2026-11-29T14:05:00Z"}',
      'A newer version of Portal Desktop (9.0.0) exported this file',
    ],
  ] as const) {
    const file = { name: 'x.json', mimeType: 'application/json', buffer: Buffer.from(text) };
    await page.getByLabel('File to import').setInputFiles(file);
    await expect(portal.message(words)).toBeVisible();
    await expect(page.getByRole('dialog')).toHaveCount(0);
  }
});
