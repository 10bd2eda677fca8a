import { beforeEach, expect, test, vi } from 'vitest';
import { fakeHost } from '../dev/fake-host';
import { askAhead, summaryOf } from './ahead';
import { useHost } from './host';

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
