import { beforeEach, expect, test, vi } from 'vitest';
import { stubHost, type StubHost } from '../test/stub-host';
import { Failure } from './host';
import { CachedResource } from './cached-resource.svelte';

let backend: StubHost;
let server: { value: number; moving: boolean };
let cached: { value: number; moving: boolean };
let loads: boolean[];

beforeEach(() => {
  backend = stubHost();
  server = { value: 2, moving: false };
  cached = { value: 1, moving: false };
  loads = [];
});

function watch(load: (always: boolean) => Promise<void>): CachedResource<typeof cached> {
  return new CachedResource({
    query: 'files',
    companyId: () => 'a',
    fetchCached: async () => ({ ...cached }),
    refreshFromServer: (always) => (loads.push(always), load(always)),
    isSyncing: ({ moving }) => moving,
  });
}

test('what is cached is shown at once, and what the server says when it is there', async () => {
  let answer = () => {};
  const it = watch(() => new Promise((done) => (answer = () => ((cached = { ...server }), done()))));
  it.start();
  await vi.waitFor(() => expect(it.value?.value).toBe(1));
  expect(it.isRefreshing).toBe(true);
  answer();
  await vi.waitFor(() => expect(it.value?.value).toBe(2));
  expect(it.isRefreshing).toBe(false);
  it.stop();
});

test('what was read before there was a screen is there from the beginning', () => {
  const it = new CachedResource({
    query: 'files',
    companyId: () => 'a',
    fetchCached: async () => cached,
    initialValue: () => ({ value: 7, moving: false }),
    refreshFromServer: async () => {},
  });
  expect(it.value?.value).toBe(7);
});

test('what cannot be asked for anew stays readable, with the reason', async () => {
  const offline = new Failure({ code: 'offline', message: 'No network.', detail: null });
  const it = watch(() => Promise.reject(offline));
  it.start();
  await vi.waitFor(() => expect(it.failure?.message).toBe('No network.'));
  expect(it.value?.value).toBe(1);
  it.stop();
});

test('when the source was read, the server is asked once more, and only then', async () => {
  const it = watch(async () => {});
  it.start();
  await vi.waitFor(() => expect(it.isRefreshing).toBe(false));
  cached = { value: 1, moving: true };
  backend.emit({ type: 'company', id: 'b' });
  backend.emit({ type: 'company', id: 'a' });
  await vi.waitFor(() => expect(it.value?.moving).toBe(true));
  expect(loads).toEqual([false]);
  cached = { value: 1, moving: false };
  backend.emit({ type: 'company', id: 'a' });
  await vi.waitFor(() => expect(loads).toEqual([false, true]));
  it.stop();
});
