import { beforeEach, expect, test, vi } from 'vitest';
import { fakeHost } from '../dev/fake-host';
import { askAhead, openWithSummary, summaryAhead, summaryOf } from './ahead';
import { useHost } from './host';
import { shell } from './shell.svelte';

let asked: unknown[];

beforeEach(() => {
  const fake = fakeHost({ companies: 1 });
  asked = [];
  useHost({ ...fake, call: async (_name, args) => (asked.push(args), {}) });
});

test('what was asked ahead is taken once, and only for its company', async () => {
  askAhead('a');
  await summaryOf('a');
  expect(asked).toEqual([{ id: 'a' }]);
  await summaryOf('a');
  expect(asked, 'the next reading is a new one').toHaveLength(2);
  askAhead('a');
  await summaryOf('b');
  expect(asked.slice(2)).toEqual([{ id: 'a' }, { id: 'b' }]);
});

test('what was asked too long ago is asked again', async () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0);
  askAhead('a');
  now.mockReturnValue(2_000);
  await summaryOf('a');
  expect(asked).toHaveLength(2);
  now.mockRestore();
});

test('a company is opened with its summary, or without one that takes long', async () => {
  shell.go('companies');
  await openWithSummary('a');
  expect(shell.company?.id).toBe('a');
  expect(summaryAhead('a'), 'the first frame has it').toEqual({});
  await summaryOf('a');
  expect(asked, 'what was waited for is what is shown').toHaveLength(1);

  shell.go('companies');
  useHost({ ...fakeHost({ companies: 1 }), call: () => new Promise(() => {}) });
  await openWithSummary('b');
  expect(shell.company?.id).toBe('b');
});

test('of two that are opened the later one is, and none where somebody went elsewhere', async () => {
  shell.go('companies');
  await Promise.all([openWithSummary('a'), openWithSummary('b')]);
  expect(shell.company?.id).toBe('b');
  shell.go('companies');
  const opening = openWithSummary('c');
  shell.go('settings');
  await opening;
  expect(shell.screen).toBe('settings');
});

test('where the summary came while the button was down, the click waits for nothing', async () => {
  shell.go('companies');
  askAhead('a');
  expect(summaryAhead('a')).toBeNull();
  await vi.waitFor(() => expect(summaryAhead('a')).not.toBeNull());
  void openWithSummary('a');
  expect(shell.company?.id).toBe('a');
  expect(summaryAhead('b'), 'it is of one company').toBeNull();
});

test('a question that failed is no answer: the screen asks anew', async () => {
  shell.go('companies');
  const answers: (() => Promise<unknown>)[] = [() => Promise.reject(new Error('locked')), async () => ({})];
  useHost({ ...fakeHost({ companies: 1 }), call: () => answers.shift()!() });
  await openWithSummary('failing');
  expect(shell.company?.id).toBe('failing');
  await expect(summaryOf('failing')).resolves.toEqual({});
});
