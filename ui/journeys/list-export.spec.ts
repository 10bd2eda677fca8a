// The list as a file, and the Link URLs of many companies on the clipboard.
import { readFile } from 'node:fs/promises';
import { expect, test, type Portal } from './portal';

/** Exports and gives the file. */
async function save(
  { page }: Portal,
  button: string,
  line: string,
): Promise<{ name: string; bytes: Buffer }> {
  const saving = page.waitForEvent('download');
  await page.getByRole('button', { name: button, exact: true }).click();
  await page.getByRole('menuitem', { name: line, exact: true }).click();
  const download = await saving;
  return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
}

/** The first cell of each line. */
const firstCells = (csv: string) =>
  csv
    .trimEnd()
    .split('\r\n')
    .map((line) => line.split(/[,;]/)[0]);

test('the file has the rows and columns of the view in their order', async ({ portal, page }) => {
  await page.keyboard.press('4');
  await portal.isAnswered('is:none');
  await page.getByRole('columnheader', { name: 'Name' }).getByRole('button').click();
  await portal.isAnswered('is:none');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('checkbox', { name: 'Created by' }).uncheck();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('columnheader', { name: 'Created by' })).toHaveCount(0);
  const names = await portal.names();
  expect(names).toHaveLength(await portal.total());

  const csv = await save(portal, 'Export', 'CSV');
  expect(csv.name).toMatch(/^Sandbox, companies, \d{4}-\d\d-\d\d \d{4} UTC\.csv$/);
  const lines = csv.bytes.toString('utf8').trimEnd().split('\r\n');
  expect(lines[0]).toBe('Name,Company ID,Created (UTC),Last read (UTC),Connections');
  expect(firstCells(csv.bytes.toString('utf8')).slice(1)).toEqual(names);
  await expect(portal.message(`${names.length} companies exported`)).toBeVisible();

  const excel = await save(portal, 'Export', 'CSV for Excel');
  expect(excel.bytes.subarray(0, 3)).toEqual(Buffer.from([0xef, 0xbb, 0xbf]));
  const workbook = await save(portal, 'Export', 'Excel workbook (.xlsx)');
  expect(workbook.name).toMatch(/\.xlsx$/);
  expect(workbook.bytes.subarray(0, 2).toString()).toBe('PK');
});

test('selected companies are exported, and their Link URLs copied', async ({ portal, page }) => {
  await portal.search.press('Enter');
  await page.keyboard.press('x');
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByText('3 companies selected')).toBeVisible();
  const names = (await portal.names()).slice(0, 3);
  await portal.isAccessible();
  const csv = await save(portal, 'Export…', 'CSV');
  expect(firstCells(csv.bytes.toString('utf8')).slice(1)).toEqual(names);

  const copy = async (line: RegExp) => {
    await page.getByRole('button', { name: 'Copy Link URLs' }).click();
    await page.getByRole('menuitem', { name: line }).click();
  };
  await copy(/As text/);
  await expect(portal.message('3 Link URLs copied')).toContainText('From the check of');
  const text = (await portal.clipboard()).trimEnd().split('\n');
  expect(text.map((line) => line.split(': http')[0])).toEqual(names);
  await copy(/As a table for mail merge/);
  await expect.poll(() => portal.clipboard()).toContain('Company,Company ID,Link URL');
  expect(firstCells(await portal.clipboard()).slice(1)).toEqual(names);
  for (const size of [
    { width: 900, height: 600 },
    { width: 720, height: 450 },
  ]) {
    await page.setViewportSize(size);
    await page.getByRole('button', { name: 'Export…' }).click();
    await expect(page.getByRole('menuitem', { name: 'CSV', exact: true })).toBeVisible();
    await page.keyboard.press('Escape');
    expect(await portal.outOfReach(), `${size.width} pixels`).toEqual([]);
  }
});
