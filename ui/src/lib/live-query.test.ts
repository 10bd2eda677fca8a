import { expect, test, vi } from 'vitest';
import { stubHost } from '../test/stub-host';
import { Failure } from './host';
import { LiveQuery } from './live-query.svelte';
import { emitEvent } from './events';

/** A query whose answers come when the test says so. */
function held() {
  const waiting: { resolve: (text: string) => void; reject: (thrown: unknown) => void }[] = [];
  const ask = vi.fn(() => new Promise<string>((resolve, reject) => waiting.push({ resolve, reject })));
  return { ask, waiting };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

test('a late answer to an older question is dropped', async () => {
  stubHost();
  const { ask, waiting } = held();
  const answer = new LiveQuery({ fetch: ask, query: 'companies' });
  void answer.refetch();
  void answer.refetch();
  waiting[1]?.resolve('new');
  await settled();
  waiting[0]?.resolve('old');
  await settled();
  expect(answer.value).toBe('new');
  expect(answer.isFetching).toBe(false);
});

test('the old answer stays while a newer one is on its way, and when that fails', async () => {
  stubHost();
  const { ask, waiting } = held();
  const answer = new LiveQuery({ fetch: ask, query: 'companies' });
  void answer.refetch();
  waiting[0]?.resolve('first');
  await settled();
  void answer.refetch();
  expect(answer.value).toBe('first');
  waiting[1]?.reject(new Failure({ code: 'database', message: 'm', detail: null }));
  await settled();
  expect(answer.value).toBe('first');
  expect(answer.failure?.code).toBe('database');
});

test('many events during one question lead to one more question', async () => {
  stubHost();
  const { ask, waiting } = held();
  const answer = new LiveQuery({ fetch: ask, query: 'companies' });
  void answer.start();
  for (let version = 0; version < 5; version += 1) emitEvent({ type: 'changed', version });
  emitEvent({ type: 'session' });
  waiting[0]?.resolve('one');
  await settled();
  expect(ask).toHaveBeenCalledTimes(2);
  waiting[1]?.resolve('two');
  await settled();
  expect(ask).toHaveBeenCalledTimes(2);
  expect(answer.value).toBe('two');
  answer.stop();
  emitEvent({ type: 'changed', version: 9 });
  expect(ask, 'what is stopped hears nothing').toHaveBeenCalledTimes(2);
});

test('what is known of something else stands there until its answer comes', async () => {
  stubHost();
  const { ask, waiting } = held();
  const answer = new LiveQuery({ fetch: ask, query: 'companies' });
  void answer.refetch();
  answer.reset('known');
  expect(answer.value).toBe('known');
  waiting[0]?.resolve('of the former');
  await settled();
  expect(answer.value).toBe('known');
  void answer.refetch();
  waiting[1]?.resolve('answered');
  await settled();
  expect(answer.value).toBe('answered');
  answer.reset();
  expect(answer.value).toBeNull();
});
