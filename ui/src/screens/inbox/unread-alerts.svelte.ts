// How many alerts are unread: what the side bar counts.
import { call } from '../../lib/calls';
import { LiveQuery } from '../../lib/live-query.svelte';

/** The greatest number that the backend counts. */
export const MAX_UNREAD = 1_000;

/** Unread entries of the inbox. */
export const unreadAlerts = new LiveQuery<number>({
  fetch: () => call('unreadAlerts', {}),
  query: 'unreadAlerts',
});
