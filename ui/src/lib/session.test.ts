import { beforeEach, expect, test, vi } from 'vitest';
import { makeHealth, makeSession } from '../test/data';
import { fails, stubHost, type StubHost } from '../test/stub-host';
import { session } from './session.svelte';
import type { Preferences, Session } from './wire';

let backend: StubHost;
/** What the application keeps. */
let kept: Session;

beforeEach(async () => {
  kept = makeSession();
  backend = stubHost({
    session: () => kept,
    setPreferences: ({ chosen }) => {
      kept = { ...kept, preferences: { ...kept.preferences, ...chosen } };
      return kept.preferences;
    },
  });
  await session.load();
});

test('a preference is on screen at once, and kept', async () => {
  const keeping = session.setPreferences({ density: 'compact' });
  expect(session.preferences?.density).toBe('compact');
  await keeping;
  expect(kept.preferences.density).toBe('compact');
});

test('preferences that change quickly are kept in their order, and an older answer undoes none', async () => {
  const first = session.setPreferences({ quotaShare: 7 });
  const second = session.setPreferences({ quotaShare: 8 });
  session.apply(structuredClone(kept));
  expect(session.preferences?.quotaShare).toBe(8);
  await Promise.all([first, second]);
  expect(kept.preferences.quotaShare).toBe(8);
  expect(session.preferences?.quotaShare).toBe(8);
});

test('every choice is sent at once, with all that is not yet known to be kept', async () => {
  const answers: (() => void)[] = [];
  backend.stubs.setPreferences = ({ chosen }) =>
    new Promise<Preferences>((resolve) => answers.push(() => resolve({ ...kept.preferences, ...chosen })));
  const sent = () => backend.argsOf('setPreferences').map(({ chosen }) => chosen);
  const first = session.setPreferences({ quotaShare: 7 });
  const second = session.setPreferences({ density: 'compact' });
  expect(sent(), 'nothing waits for an answer: the page may be gone before it comes').toEqual([
    { quotaShare: 7 },
    { quotaShare: 7, density: 'compact' },
  ]);
  answers.forEach((answer) => answer());
  await Promise.all([first, second]);
  void session.setPreferences({ quotaShare: 8 });
  expect(sent()[2], 'what is kept is not sent again').toEqual({ quotaShare: 8 });
});

test('what could not be kept is not shown as kept', async () => {
  backend.stubs.setPreferences = fails('diskFull', 'The disk is full.');
  await session.setPreferences({ quotaShare: 9 });
  expect(session.preferences?.quotaShare).toBe(5);
});

test('health is taken from its event', () => {
  const stop = session.start();
  backend.emit({ type: 'health', health: makeHealth({ state: 'offline' }) });
  expect(session.health?.state).toBe('offline');
  stop();
});

test('without an application there is a reason', async () => {
  backend.stubs.session = fails('noAnswer', 'No answer.');
  await session.load();
  await vi.waitFor(() => expect(session.failure?.code).toBe('noAnswer'));
});

test('what is heard while the session is asked for is newer than the answer', async () => {
  const stop = session.start();
  let answer = () => {};
  backend.stubs.session = () => new Promise<Session>((resolve) => (answer = () => resolve(kept)));
  const loaded = session.load();
  await new Promise((resolve) => setTimeout(resolve));
  backend.emit({ type: 'health', health: makeHealth({ state: 'sweeping' }) });
  answer();
  await loaded;
  expect(session.health?.state).toBe('sweeping');
  stop();
});
