// Events of the application: one subscription, distributed to all listeners.
import { host } from './host';
import { backendConnection } from './backend-connection.svelte';
import type { PortalEvent } from './wire';

type Listener = (event: PortalEvent) => void;

const listeners = new Set<Listener>();
let stop: (() => void) | null = null;

/** Subscribes to all events; returns a function that unsubscribes. */
export function onEvent(hear: Listener): () => void {
  listeners.add(hear);
  stop ??= host().listen(emitEvent, (isLost) => (backendConnection.isLost = isLost));
  return () => {
    listeners.delete(hear);
    if (listeners.size > 0) return;
    stop?.();
    stop = null;
  };
}

/** Sends an event to all listeners, also for changes that the page made itself. */
export function emitEvent(event: PortalEvent): void {
  for (const hear of [...listeners]) hear(event);
}
