// Events of the application, heard once and handed to whoever asks.
import { host } from './host';
import { backendConnection } from './backend-connection.svelte';
import type { PortalEvent } from './wire';

type Listener = (event: PortalEvent) => void;

const listeners = new Set<Listener>();
let stop: (() => void) | null = null;

/** Hears every event from now on; returns the way to stop. */
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

/** Tells everyone who hears; also for what the page itself knows has changed. */
export function emitEvent(event: PortalEvent): void {
  for (const hear of [...listeners]) hear(event);
}
