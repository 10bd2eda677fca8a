// Which queries an event affects. The backend declares it for each command.
import { QUERY_EVENTS, type PortalEvent } from './wire';

/** A query whose result changes with events. */
export type LiveCommand = keyof typeof QUERY_EVENTS;

/**
 * Whether the result of a query may be different after an event.
 *
 * `scope` is the company or run that the query reads. Events of another one do not affect it.
 */
export function isAffected(query: LiveCommand, event: PortalEvent, scope?: string | number): boolean {
  const events: readonly PortalEvent['type'][] = QUERY_EVENTS[query];
  if (!events.includes(event.type)) return false;
  return scope === undefined || !('id' in event) || event.id === scope;
}
