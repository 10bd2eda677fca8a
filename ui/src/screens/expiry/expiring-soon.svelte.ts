// How many connections may expire soon: what the side bar counts.
import { call } from '../../lib/calls';
import { LiveQuery } from '../../lib/live-query.svelte';
import { NEAR_DAYS } from './days';

/** Connections that may expire within two weeks, or should have. */
export const expiringSoon = new LiveQuery<number>({
  fetch: async () => {
    const until = Date.now() + NEAR_DAYS * 86_400_000;
    const { total } = await call('expiring', {
      filter: { clock: null, from: null, until },
      offset: 0,
      limit: 0,
    });
    return total;
  },
  query: 'expiring',
});
