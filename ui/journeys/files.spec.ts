import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test, type Portal, type SandboxSide } from './portal';

const NAME = 'Ochre Studio';

/** Gives the company a connection that takes files, and opens its files. */
async function withFiles(portal: Portal, side: SandboxSide): Promise<{ id: string; connection: string }> {
  const id = await side.company(NAME);
  const { id: connection } = await side.call<{ id: string }>('POST', `/companies/${id}/connections`, {
    platformKey: 'bkfu',
  });
  await side.call('PUT', `/companies/${id}/connections/${connection}/authorization`, {});
  await portal.page.keyboard.press('F5');
  await portal.open(NAME, 'Connections');
  await expect(portal.page.getByRole('row', { name: /^Banking file upload Linked/ })).toBeVisible({
    timeout: 30_000,
  });
  await portal.page.getByRole('tab', { name: 'Files' }).click();
  return { id, connection };
}

function pdf(name: string, size = 2_000) {
  return { name, mimeType: 'application/pdf', buffer: Buffer.alloc(size, '%PDF ') };
}

test('files are checked, uploaded, listed by their day and saved again', async ({ portal, page, side }) => {
  const { id } = await withFiles(portal, side);
  await page
    .getByLabel('Files to upload')
    .setInputFiles([
      pdf('statement.pdf'),
      pdf('october.pdf'),
      pdf('run.exe'),
      pdf('huge.pdf', 10 * 1024 * 1024 + 1),
    ]);
  const sheet = page.getByRole('dialog', { name: 'Upload 2 files' });
  await expect(sheet).toContainText('run.exe isn’t an accepted kind of file');
  await expect(sheet).toContainText('huge.pdf has 10.1 MB');
  await sheet.getByRole('button', { name: 'Upload 2 files' }).click();
  const transfers = page.getByRole('region', { name: 'Transfers' });
  await expect(transfers.getByText(/^Uploaded/)).toHaveCount(2, { timeout: 20_000 });
  const day = page.getByRole('region', { name: new Date().getUTCFullYear().toString() });
  await expect(day.getByText('statement.pdf')).toBeVisible();
  const listed = await side.call<{ fileName: string }[]>('GET', `/companies/${id}/files`);
  expect(listed.map((file) => file.fileName).sort()).toEqual(['october.pdf', 'statement.pdf']);

  const [download] = await Promise.all([
    page.waitForEvent('download'),
    day.getByRole('button', { name: /^Download files/ }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^files-\d{4}-\d{2}-\d{2}\.zip$/);
  const saved = await readFile(await download.path());
  expect(saved.subarray(0, 2).toString()).toBe('PK');

  await transfers.getByRole('button', { name: 'Remove statement.pdf from the list' }).click();
  await expect(transfers.getByText('statement.pdf')).toHaveCount(0);
});

test('a download that is cut off leaves nothing that looks whole', async ({ portal, page, side }) => {
  const { id, connection } = await withFiles(portal, side);
  const form = new FormData();
  form.append('file', new Blob(['%PDF '.repeat(200_000)]), 'large.pdf');
  void connection;
  await page.getByLabel('Files to upload').setInputFiles([pdf('large.pdf', 900_000)]);
  await page.getByRole('dialog').getByRole('button', { name: 'Upload 1 file' }).click();
  await expect(page.getByText(/^Uploaded/)).toBeVisible({ timeout: 20_000 });
  await side.fault({ route: `/companies/${id}/files/download`, cut: 800 });
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: /^Download files/ }).click(),
  ]);
  expect(await download.failure(), 'the browser knows that it is not whole').not.toBeNull();
});

test('what Codat refuses before a download begins is told, and nothing begins', async ({
  portal,
  page,
  side,
}) => {
  await withFiles(portal, side);
  await page.getByLabel('Files to upload').setInputFiles([pdf('a.pdf')]);
  await page.getByRole('dialog').getByRole('button', { name: 'Upload 1 file' }).click();
  await expect(page.getByText(/^Uploaded/)).toBeVisible({ timeout: 20_000 });
  await side.fault({ status: 503 });
  await page.getByRole('button', { name: /^Download files/ }).click();
  await expect(page.getByRole('alert').first()).toContainText('Codat');
  await expect(page.getByText('a.pdf').first(), 'what was seen stays').toBeVisible();
  await expect(page.getByText(/Updated/)).toBeVisible();
});

test('a file that vanishes is told, and the others go on', async ({ portal, page, side }) => {
  const { id } = await withFiles(portal, side);
  const folder = await mkdtemp(join(tmpdir(), 'portal-upload-'));
  const [gone, stays] = [join(folder, 'gone.pdf'), join(folder, 'stays.pdf')];
  await writeFile(gone, '%PDF gone');
  await writeFile(stays, '%PDF stays');
  await page.getByLabel('Files to upload').setInputFiles([gone, stays]);
  await rm(gone);
  await page.getByRole('dialog').getByRole('button', { name: 'Upload 2 files' }).click();
  await expect(portal.message('gone.pdf wasn’t sent')).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText(/^Uploaded/)).toBeVisible({ timeout: 20_000 });
  const listed = await side.call<{ fileName: string }[]>('GET', `/companies/${id}/files`);
  expect(listed.map((file) => file.fileName)).toEqual(['stays.pdf']);
  await rm(folder, { recursive: true });
});

const LARGE = 10 * 1024 * 1024;

/** The bar of an upload, in percent. */
async function percentOf(page: Page, name: string): Promise<number> {
  const bar = page.getByRole('progressbar', { name: `Upload of ${name}` });
  return Number((await bar.getAttribute('aria-valuenow', { timeout: 1_000 }).catch(() => null)) ?? -1);
}

test('the bar of a large file moves while it is sent, and it arrives whole', async ({
  portal,
  page,
  side,
}) => {
  const { id, connection } = await withFiles(portal, side);
  const route = `/companies/${id}/connections/${connection}/files`;
  await side.fault({ route, method: 'POST', bytesPerSecond: 2_000_000 });
  await page.getByLabel('Files to upload').setInputFiles([pdf('large.pdf', LARGE)]);
  await page.getByRole('dialog').getByRole('button', { name: 'Upload 1 file' }).click();
  const seen = new Set<number>();
  const transfers = page.getByRole('region', { name: 'Transfers' });
  await expect(async () => {
    seen.add(await percentOf(page, 'large.pdf'));
    await expect(transfers.getByText('Uploaded, 10 MB')).toBeVisible({ timeout: 10 });
  }).toPass({ timeout: 60_000, intervals: [100] });
  const between = [...seen].filter((percent) => percent > 0 && percent < 100);
  expect(between.length, `it stood at ${[...seen].join(', ')}`).toBeGreaterThanOrEqual(3);
  expect(between, 'and never went back').toEqual([...between].sort((one, other) => one - other));
  const listed = await side.call<{ fileName: string }[]>('GET', `/companies/${id}/files`);
  expect(listed.map((file) => file.fileName)).toEqual(['large.pdf']);
});

test('a file is stopped in its middle, one that vanishes meanwhile is told, and the rest goes', async ({
  portal,
  page,
  side,
}) => {
  const { id, connection } = await withFiles(portal, side);
  const route = `/companies/${id}/connections/${connection}/files`;
  await side.fault({ route, method: 'POST', bytesPerSecond: 1_000_000 });
  const folder = await mkdtemp(join(tmpdir(), 'portal-upload-'));
  const names = ['stopped.pdf', 'vanishes.pdf', 'stays.pdf'];
  const [stopped, vanishes, stays] = names.map((name) => join(folder, name)) as [string, string, string];
  await writeFile(stopped, Buffer.alloc(LARGE, '%PDF '));
  await writeFile(vanishes, Buffer.alloc(LARGE, '%PDF '));
  await writeFile(stays, '%PDF stays');
  await page.getByLabel('Files to upload').setInputFiles([stopped, vanishes, stays]);
  await page.getByRole('dialog').getByRole('button', { name: 'Upload 3 files' }).click();
  await expect.poll(() => percentOf(page, 'stopped.pdf')).toBeGreaterThan(0);
  await rm(vanishes);
  await page.getByRole('button', { name: 'Cancel stopped.pdf' }).click();
  const transfers = page.getByRole('region', { name: 'Transfers' });
  const line = (name: string) => transfers.getByRole('listitem').filter({ hasText: name });
  await expect(line('stopped.pdf')).toContainText('Cancelled');
  await expect(portal.message('vanishes.pdf wasn’t sent')).toBeVisible();
  await expect(line('stays.pdf')).toContainText('Uploaded');
  const listed = await side.call<{ fileName: string }[]>('GET', `/companies/${id}/files`);
  expect(
    listed.map((file) => file.fileName),
    'half a file is none',
  ).toEqual(['stays.pdf']);
  await rm(folder, { recursive: true });
});

test('a refused upload says why, and an answer that is lost does not make two files', async ({
  portal,
  page,
  side,
}) => {
  const { id, connection } = await withFiles(portal, side);
  const route = `/companies/${id}/connections/${connection}/files`;
  await side.fault({ route, method: 'POST', status: 403, times: 1 });
  await page.getByLabel('Files to upload').setInputFiles([pdf('a.pdf')]);
  await page.getByRole('dialog').getByRole('button', { name: 'Upload 1 file' }).click();
  await expect(page.getByText(/^a.pdf: The API key is outdated/)).toBeVisible({ timeout: 20_000 });
  await side.noFaults();
  await side.fault({ route, method: 'POST', drop: true, times: 1 });
  await page.getByLabel('Files to upload').setInputFiles([pdf('b.pdf')]);
  await page.getByRole('dialog').getByRole('button', { name: 'Upload 1 file' }).click();
  await expect(page.getByText(/^Uploaded/)).toBeVisible({ timeout: 20_000 });
  const listed = await side.call<{ fileName: string }[]>('GET', `/companies/${id}/files`);
  expect(listed.map((file) => file.fileName)).toEqual(['b.pdf']);
});

test('files are dropped on the window of a company, and nowhere else', async ({ portal, page, side }) => {
  await withFiles(portal, side);
  await page.getByRole('tab', { name: 'Summary' }).click();
  const drop = async () => {
    const data = await page.evaluateHandle(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['%PDF dropped'], 'dropped.pdf', { type: 'application/pdf' }));
      return transfer;
    });
    await page.dispatchEvent('body', 'dragover', { dataTransfer: data });
    await page.dispatchEvent('body', 'drop', { dataTransfer: data });
  };
  await drop();
  await expect(page).toHaveURL(/files$/);
  await expect(page.getByRole('dialog', { name: 'Upload 1 file' })).toContainText('dropped.pdf');
  await page.keyboard.press('Escape');
  await page.getByRole('button', { name: 'Back to Companies' }).click();
  await drop();
  await expect(portal.message('Couldn’t upload the files')).toBeVisible();
});

test('without a connection that takes files the way to one is offered', async ({ portal, page }) => {
  await portal.open('Fenwick Optical', 'Files');
  await expect(page.getByText('No files yet.')).toBeVisible();
  await page.getByLabel('Files to upload').setInputFiles([pdf('a.pdf')]);
  await page.getByRole('dialog').getByRole('button', { name: 'Add connection' }).click();
  await expect(page).toHaveURL(/connections\/add\/file%20upload$/);
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: /^Banking file upload/ }).click();
  await expect(dialog.getByRole('textbox', { name: 'Link URL' })).toHaveValue(/start/);
});

test('too many at once are told before anything is sent', async ({ portal, page, side }) => {
  await withFiles(portal, side);
  const many = Array.from({ length: 21 }, (_, at) => pdf(`${at}.pdf`, 10));
  await page.getByLabel('Files to upload').setInputFiles(many);
  const sheet = page.getByRole('dialog');
  await expect(sheet.getByRole('alert')).toContainText('You can upload at most 20 files');
  await expect(sheet.getByRole('button', { name: 'Upload 21 files' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
});

for (const theme of ['light', 'dark'] as const) {
  test(`files and the sheet before an upload are accessible, ${theme}`, async ({ portal, page, side }) => {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' });
    await withFiles(portal, side);
    await page.getByLabel('Files to upload').setInputFiles([pdf('a.pdf'), pdf('b.exe')]);
    await expect(page.getByRole('dialog')).toBeVisible();
    await portal.isAccessible();
    await page.getByRole('dialog').getByRole('button', { name: 'Upload 1 file' }).click();
    await expect(page.getByText(/^Uploaded/)).toBeVisible({ timeout: 20_000 });
    await portal.isAccessible();
  });
}
