// A connection's trouble and its estimated end, in plain sentences.
import { date, dateTime, inDays } from '../lib/format';
import type { ConnectionChip, Problem } from '../lib/wire';

/** What is wrong with a connection, in one sentence; `null` if nothing is. */
export function problemOf(chip: ConnectionChip): string | null {
  if (chip.oneTime) return 'Assumed one-time, so it’s meant to end.';
  return chip.problem?.meaning ?? chip.error;
}

/** The facts that a cause rests on: "Codat reported 401 on 1 Dec 2026, 14:02."; `null` if the status alone says it. */
export function evidenceOf({ ended, code, at }: Problem): string | null {
  const error = code === null ? 'an error' : `error ${code}`;
  const reported = at === null ? null : `Codat reported ${error} on ${dateTime(at)}.`;
  if (ended === null) return reported ?? (code === null ? null : `Codat reported ${error}.`);
  const end =
    ended.clock === 'consent'
      ? `The ${ended.days}-day consent ended on ${date(ended.at)}.`
      : `It wasn’t refreshed for ${ended.days} days, until ${date(ended.at)}.`;
  return [end, reported].filter(Boolean).join(' ');
}

/** What helps; `null` if nothing has to be done. */
export function nextStep(chip: ConnectionChip): string | null {
  return chip.oneTime ? null : (chip.problem?.toDo ?? null);
}

/** When it may expire: "12 days", or that it outlived the estimate. */
export function expiryText(chip: ConnectionChip, now: number): string | null {
  if (chip.expires === null) return null;
  if (chip.expires < now && chip.status === 'Linked') return 'Past estimate';
  return inDays(chip.expires, now);
}
