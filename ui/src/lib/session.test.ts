import { beforeEach, expect, test, vi } from 'vitest';
import { fakeHost, type FakeHost } from '../dev/fake-host';
import { Failure, setHost } from './host';
import { session } from './session.svelte';

let fake: FakeHost;

beforeEach(async () => {
  fake = fakeHost({ companies: 3 });
  setHost(fake);
  await session.load();
});

test('a preference is on screen at once, and kept', async () => {
  const kept = session.setPreferences({ density: 'compact' });
  expect(session.preferences?.density).toBe('compact');
  await kept;
  expect(fake.session.preferences.density).toBe('compact');
});

test('preferences that change quickly are kept in their order, and an older answer undoes none', async () => {
  const first = session.setPreferences({ quotaShare: 7 });
  const second = session.setPreferences({ quotaShare: 8 });
  session.apply(structuredClone(fake.session));
  expect(session.preferences?.quotaShare).toBe(8);
  await Promise.all([first, second]);
  expect(fake.session.preferences.quotaShare).toBe(8);
  expect(session.preferences?.quotaShare).toBe(8);
});

test('every choice is sent at once, with all that is not yet known to be kept', async () => {
  const call = fake.call.bind(fake);
  const sent: unknown[] = [];
  const answers: (() => void)[] = [];
  fake.call = async (name, args) => {
    if (name === 'setPreferences') {
      sent.push((args as { chosen: unknown }).chosen);
      await new Promise<void>((answer) => answers.push(answer));
    }
    return call(name, args);
  };
  const first = session.setPreferences({ quotaShare: 7 });
  const second = session.setPreferences({ density: 'compact' });
  expect(sent, 'nothing waits for an answer: the page may be gone before it comes').toEqual([
    { quotaShare: 7 },
    { quotaShare: 7, density: 'compact' },
  ]);
  answers.forEach((answer) => answer());
  await Promise.all([first, second]);
  void session.setPreferences({ quotaShare: 8 });
  expect(sent[2], 'what is kept is not sent again').toEqual({ quotaShare: 8 });
});

test('what could not be kept is not shown as kept', async () => {
  fake.failNext(
    'setPreferences',
    new Failure({ code: 'diskFull', message: 'The disk is full.', detail: null }),
  );
  await session.setPreferences({ quotaShare: 9 });
  expect(session.preferences?.quotaShare).toBe(5);
});

test('health is taken from its event', () => {
  const stop = session.start();
  fake.emit({ type: 'health', health: { ...fake.session.health, state: 'offline' } });
  expect(session.health?.state).toBe('offline');
  stop();
});

test('without an application there is a reason', async () => {
  fake.failNext('session', new Failure({ code: 'noAnswer', message: 'No answer.', detail: null }));
  await session.load();
  await vi.waitFor(() => expect(session.failure?.code).toBe('noAnswer'));
});

test('what is heard while the session is asked for is newer than the answer', async () => {
  const stop = session.start();
  const call = fake.call.bind(fake);
  let answer = () => {};
  fake.call = async (name, args) => {
    const value = await call(name, args);
    if (name === 'session') await new Promise<void>((resolve) => (answer = resolve));
    return value;
  };
  const loaded = session.load();
  await new Promise((resolve) => setTimeout(resolve));
  fake.emit({ type: 'health', health: { ...fake.session.health, state: 'sweeping' } });
  answer();
  await loaded;
  expect(session.health?.state).toBe('sweeping');
  stop();
});
