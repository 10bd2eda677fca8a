// Events of the application, heard once and handed to whoever asks.
import { host } from './host';
import { line } from './line.svelte';
import type { PortalEvent } from './wire';

type Hear = (event: PortalEvent) => void;

const hearers = new Set<Hear>();
let stop: (() => void) | null = null;

/** Hears every event from now on; returns the way to stop. */
export function onEvent(hear: Hear): () => void {
  hearers.add(hear);
  stop ??= host().listen(tell, (isLost) => (line.isLost = isLost));
  return () => {
    hearers.delete(hear);
    if (hearers.size > 0) return;
    stop?.();
    stop = null;
  };
}

/** Tells everyone who hears; also for what the page itself knows has changed. */
export function tell(event: PortalEvent): void {
  for (const hear of [...hearers]) hear(event);
}
