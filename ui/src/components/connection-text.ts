// A connection's trouble and its estimated end, in plain sentences.
import { inDays } from '../lib/format';
import type { ConnectionChip } from '../lib/wire';

/** What is wrong with a connection, in one sentence; `null` if nothing is. */
export function problemOf(chip: ConnectionChip): string | null {
  if (chip.oneTime) return 'Assumed one-time, so it’s meant to end.';
  if (chip.isOutage) return 'The platform isn’t responding. Nothing to send.';
  if (chip.status === 'Deauthorized') return 'The customer needs to reconnect.';
  return chip.error;
}

/** What an error's code means; `null` for one that is no HTTP status of this kind. */
export function codeMeaning(code: string): string | null {
  const status = /^[1-5]\d\d$/.test(code) ? Number(code) : 0;
  if (status === 401) return '401 means the platform no longer accepts the customer’s authorization.';
  if (status === 403) return '403 means the customer’s account doesn’t permit this access.';
  if (status === 429) return '429 means the platform limits how often Codat may ask.';
  if (status >= 500) return `${code} means the platform had a problem.`;
  return null;
}

/** What helps against an active error; `null` if that isn’t known. */
export function nextStep(chip: ConnectionChip): string | null {
  if (chip.isOutage) return 'Nothing to send until the platform responds again.';
  if (chip.oneTime || chip.status !== 'Deauthorized') return null;
  return 'Send the customer the reconnect link.';
}

/** When it may expire: "12 days", or that it outlived the estimate. */
export function expiryText(chip: ConnectionChip, now: number): string | null {
  if (chip.expires === null) return null;
  if (chip.expires < now && chip.status === 'Linked') return 'Past estimate';
  return inDays(chip.expires, now);
}
