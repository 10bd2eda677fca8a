import { beforeEach, expect, test, vi } from 'vitest';
import { makeSummary } from '../test/data';
import { stubHost, type StubHost } from '../test/stub-host';
import { prefetchSummary, openCompanyWithSummary, prefetchedSummary, takeSummary } from './summary-prefetch';
import { shell } from './shell.svelte';

const summary = makeSummary();

let backend: StubHost;

beforeEach(() => {
  backend = stubHost({ summary: () => summary });
});

const asked = () => backend.argsOf('summary');

test('what was asked ahead is taken once, and only for its company', async () => {
  prefetchSummary('a');
  await takeSummary('a');
  expect(asked()).toEqual([{ id: 'a' }]);
  await takeSummary('a');
  expect(asked(), 'the next reading is a new one').toHaveLength(2);
  prefetchSummary('a');
  await takeSummary('b');
  expect(asked().slice(2)).toEqual([{ id: 'a' }, { id: 'b' }]);
});

test('what was asked too long ago is asked again', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0);
  prefetchSummary('a');
  now.mockReturnValue(2_000);
  await takeSummary('a');
  expect(asked()).toHaveLength(2);
  now.mockRestore();
});

test('a company is opened with its summary, or without one that takes long', async () => {
  shell.navigate('companies');
  await openCompanyWithSummary('a');
  expect(shell.company?.id).toBe('a');
  expect(prefetchedSummary('a'), 'the first frame has it').toEqual(summary);
  await takeSummary('a');
  expect(asked(), 'what was waited for is what is shown').toHaveLength(1);

  shell.navigate('companies');
  backend.stubs.summary = () => new Promise(() => {});
  await openCompanyWithSummary('b');
  expect(shell.company?.id).toBe('b');
});

test('of two that are opened the later one is, and none where somebody went elsewhere', async () => {
  shell.navigate('companies');
  await Promise.all([openCompanyWithSummary('a'), openCompanyWithSummary('b')]);
  expect(shell.company?.id).toBe('b');
  shell.navigate('companies');
  const opening = openCompanyWithSummary('c');
  shell.navigate('settings');
  await opening;
  expect(shell.screen).toBe('settings');
});

test('where the summary came while the button was down, the click waits for nothing', async () => {
  shell.navigate('companies');
  prefetchSummary('a');
  expect(prefetchedSummary('a')).toBeNull();
  await vi.waitFor(() => expect(prefetchedSummary('a')).not.toBeNull());
  void openCompanyWithSummary('a');
  expect(shell.company?.id).toBe('a');
  expect(prefetchedSummary('b'), 'it is of one company').toBeNull();
});

test('a question that failed is no answer: the screen asks anew', async () => {
  shell.navigate('companies');
  backend.stubs.summary = () => {
    backend.stubs.summary = () => summary;
    throw new Error('locked');
  };
  await openCompanyWithSummary('failing');
  expect(shell.company?.id).toBe('failing');
  await expect(takeSummary('failing')).resolves.toEqual(summary);
});
