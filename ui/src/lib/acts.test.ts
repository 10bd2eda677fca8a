import { expect, test } from 'vitest';
import { fakeCompanies } from '../dev/fake-data';
import { copyLinkUrl } from './acts';
import { shell } from './shell.svelte';
import type { ConnectionChip } from './wire';

const red = (id: string, isOutage: boolean): ConnectionChip => {
  const chip = fakeCompanies(30, 0).flatMap((row) => row.connections)[0];
  if (chip === undefined) throw new Error('a company without connections');
  return { ...chip, id, name: id, colour: 'red', word: 'Error', status: 'Linked', isOutage };
};

test('a connection whose platform has an outage is not among those to connect again', () => {
  const row = fakeCompanies(1, 0)[0];
  if (row === undefined) throw new Error('no company');
  copyLinkUrl({ ...row, connections: [red('down', true), red('ours', false)] }, document.body);
  const ids = shell.menu?.parts.map((part) => part.id);
  expect(ids).toEqual(['theirs', 'ours', 'rule', 'company']);
});
