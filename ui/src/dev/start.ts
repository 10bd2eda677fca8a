// The page without an application: `npm run dev -- --mode fake`. The address chooses what is shown, for example
// `?companies=100000&state=offline&mode=view&theme=dark`.
import { setHost } from '../lib/host';
import type { Health, Preferences } from '../lib/wire';
import { fakeHost, type FakeOptions } from './fake-host';

/** Puts the fake in place of the application. */
export function startFake(): void {
  const asked = new URLSearchParams(window.location.search);
  const now = Date.now();
  const state = (asked.get('state') ?? 'current') as Health['state'];
  const options: FakeOptions = {
    companies: Number(asked.get('companies') ?? 120),
    safeMode: (asked.get('mode') ?? 'administer') as NonNullable<FakeOptions['safeMode']>,
    health: {
      state,
      ...healthOf(state, now),
      ...(asked.has('first')
        ? { firstSweepDone: false, sweepDone: 400, sweepTotal: 1200, lastSweep: null }
        : {}),
    },
  };
  const fake = fakeHost(options);
  const theme = (asked.get('theme') ?? 'system') as Preferences['theme'];
  const density = (asked.get('density') ?? 'comfortable') as Preferences['density'];
  fake.session.preferences = { ...fake.session.preferences, theme, density };
  Object.assign(window, { fake });
  setHost(fake);
}

function healthOf(state: Health['state'], now: number): Partial<Health> {
  const old = now - 47 * 60_000;
  switch (state) {
    case 'offline':
      return { lastSweep: old, offlineSince: old, nextSweep: null, retryAt: now + 30_000, readsRunning: 0 };
    case 'refused':
      return { lastSweep: old, nextSweep: null, message: 'Codat answered 401 to the key of this workspace.' };
    case 'limited':
      return { lastSweep: old, retryAt: now + 9 * 60_000 };
    case 'failing':
      return { lastSweep: old, retryAt: now + 60_000, message: 'Codat answers with errors (HTTP 503).' };
    case 'notSaved':
      return { lastSweep: old, retryAt: now + 60_000, message: 'The disk is full.' };
    case 'sweeping':
      return { sweepDone: 4_200, sweepTotal: 12_408 };
    case 'starting':
    case 'current':
    case 'paused':
      return {};
  }
}
