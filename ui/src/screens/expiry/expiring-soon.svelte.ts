// How many connections may expire soon: what the side bar counts.
import { call } from '../../lib/calls';
import { clock } from '../../lib/clock.svelte';
import { LiveQuery } from '../../lib/live-query.svelte';
import { NEAR_WEEKS, weekEdges } from './weeks';

/** Connections that may expire this fortnight, as the list of that name has them. One that is past its date and still linked had a wrong date. */
export const expiringSoon = new LiveQuery<number>({
  fetch: async () => {
    const [from = null, , until = null] = weekEdges(clock.now(), NEAR_WEEKS);
    const { total } = await call('expiring', {
      filter: { clock: null, from, until },
      offset: 0,
      limit: 0,
    });
    return total;
  },
  query: 'expiring',
});
