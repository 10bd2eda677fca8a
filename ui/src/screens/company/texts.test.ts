import { expect, test } from 'vitest';
import type { Activity, Happened, HistoryRow, ReadBrief } from '../../lib/wire';
import { activityLine } from '../../lib/activity-text';
import { takesFiles } from './file-connections';
import { rowReason } from './history-text';

function line(what: Happened) {
  return activityLine({ id: 'x-1', at: 0, what } satisfies Activity);
}

function reads(...phases: ReadBrief['phase'][]): Happened {
  return {
    type: 'reads',
    reads: phases.map((phase, at) => ({
      id: String(at),
      dataType: 'invoices',
      name: `Type ${at}`,
      status: 'X',
      phase,
    })),
  };
}

test('a refresh says how it stands, and never runs for ever on account of a status nobody knows', () => {
  expect(line(reads('done', 'neutral'))).toMatchObject({ color: 'green', title: 'Refreshed 2 data types' });
  expect(line(reads('running', 'done'))).toMatchObject({ color: 'purple', detail: '1 still running' });
  expect(line(reads('failed', 'done'))).toMatchObject({
    color: 'red',
    title: 'Refreshed 2 data types, 1 failed',
  });
  expect(line(reads('failed'))).toMatchObject({ color: 'red', title: 'Couldn’t refresh Type 0' });
  expect(line(reads('unrecognized', 'done'))).toMatchObject({
    color: 'none',
    title: 'Refreshed 2 data types',
  });
});

test('an error that came or went is told, and a kind of a newer version is not hidden', () => {
  const change = (kind: string, was: string | null, became: string | null): Happened => ({
    type: 'change',
    kind,
    platform: 'Xero',
    connection: null,
    was,
    became,
    own: false,
  });
  expect(line(change('colourChanged', 'green', 'red'))).toMatchObject({
    color: 'red',
    title: 'Xero: broken by an error',
  });
  expect(line(change('connectionAppeared', 'Linked', 'red'))).toMatchObject({
    color: 'red',
    title: 'Xero: linked with an error when first checked',
  });
  expect(line(change('colourChanged', 'red', 'green')).title).toBe('Xero: working again');
  expect(line(change('statusChanged', 'Linked', 'Quarantined')).title).toBe('Xero: quarantined');
  expect(line(change('somethingNew', null, null)).title).toBe('Xero: something new');
});

test('a refresh of many tells each of its companies what came of it there', () => {
  const many = (outcome: string | null): Happened => ({
    type: 'own',
    act: 'refreshMany',
    detail: JSON.stringify({ run: 3, label: '412 companies' }),
    outcome,
  });
  const title = 'Refresh';
  expect(line(many(null))).toEqual({ color: 'purple', title, detail: '412 companies, in progress' });
  expect(line(many('done'))).toEqual({ color: 'none', title, detail: '412 companies' });
  expect(line(many('failed'))).toMatchObject({ color: 'red', title: `${title} failed` });
  expect(line(many('cancelled')).title).toBe(`${title} cancelled`);
  expect(line({ type: 'own', act: 'refreshMany', detail: '', outcome: 'done' }).detail).toBeNull();
});

test('writes and files are told', () => {
  expect(line({ type: 'write', key: 'k', dataType: 'Bills', status: 'TimedOut' })).toMatchObject({
    color: 'red',
    title: 'Write to Bills: timed out',
  });
  expect(line({ type: 'files', names: ['a', 'b', 'c', 'd'], source: null })).toMatchObject({
    title: '4 files uploaded',
    detail: 'a, b, c and 1 more',
  });
});

test('an act of this app says what came of it', () => {
  const own = (outcome: string | null): Happened => ({
    type: 'own',
    act: 'upload',
    detail: 'a.pdf',
    outcome,
  });
  expect(line(own('done')).title).toBe('File uploaded, from this app');
  expect(line(own('Codat rejected this.'))).toMatchObject({
    color: 'red',
    detail: 'Codat rejected this.',
  });
  expect(line(own(null)).detail).toBe('We don’t know if it went through.');
});

test('a status of a newer API is said to be one', () => {
  const row = { phase: 'unrecognized', message: null, advice: null, notes: [] } as unknown as HistoryRow;
  expect(rowReason(row)).toContain('doesn’t know');
});

test('connections that take files are known by the name of their integration', () => {
  expect(takesFiles({ name: 'Banking file upload' })).toBe(true);
  expect(takesFiles({ name: 'Xero' })).toBe(false);
  expect(takesFiles({ name: 'File upload of Xero' })).toBe(false);
});
