// How many connections may expire soon: what the side bar counts.
import { call } from '../../lib/calls';
import { clock } from '../../lib/clock.svelte';
import { LiveQuery } from '../../lib/live-query.svelte';
import { edgesFrom, NEAR_DAYS } from './days';

/** Connections that may expire within two weeks. One that is past its date and still linked had a wrong date. */
export const expiringSoon = new LiveQuery<number>({
  fetch: async () => {
    const [today = null] = edgesFrom(clock.now(), 1);
    const until = clock.now() + NEAR_DAYS * 86_400_000;
    const { total } = await call('expiring', {
      filter: { clock: null, from: today, until },
      offset: 0,
      limit: 0,
    });
    return total;
  },
  query: 'expiring',
});
