import { expect, test } from 'vitest';
import { stubHost } from '../test/stub-host';
import { emitEvent } from './events';
import { progressText, RowProgress } from './row-progress.svelte';
import type { CompanyProgress } from './wire';

const settled = () => new Promise((resolve) => setTimeout(resolve));

const waiting: CompanyProgress = { company: 'a', act: 'refresh', state: 'waiting', reason: null };

test('visible rows are followed while there are any, and nothing is fetched after that', async () => {
  const host = stubHost({ companyProgress: () => [waiting] });
  const progress = new RowProgress();
  emitEvent({ type: 'run', id: 1 });
  expect(host.argsOf('companyProgress')).toEqual([]);

  progress.follow(['a', 'b']);
  await settled();
  expect(progress.of('a')).toEqual(waiting);
  expect(progress.of('b')).toBeUndefined();

  host.stubs.companyProgress = () => [{ ...waiting, state: 'read' }];
  emitEvent({ type: 'run', id: 1 });
  await settled();
  expect(progress.of('a')?.state).toBe('read');

  progress.follow([]);
  emitEvent({ type: 'runEnded', id: 1 });
  await settled();
  expect(progress.of('a')).toBeUndefined();
  expect(host.argsOf('companyProgress')).toHaveLength(2);
});

test('many events while rows are fetched lead to one more fetch', async () => {
  const host = stubHost({ companyProgress: () => [] });
  const progress = new RowProgress();
  progress.follow(['a']);
  for (let times = 0; times < 500; times += 1) emitEvent({ type: 'run', id: 1 });
  progress.follow(['b']);
  await settled();
  expect(host.argsOf('companyProgress')).toEqual([{ companies: ['a'] }, { companies: ['b'] }]);
});

test('progress says what is done, how far it is and why it failed', () => {
  expect(progressText(waiting)).toBe('Refresh: waiting');
  const failed = { ...waiting, act: 'changeTags', state: 'failed', reason: 'Too many tags.' } as const;
  expect(progressText(failed)).toBe('Tag change: failed. Too many tags.');
});
