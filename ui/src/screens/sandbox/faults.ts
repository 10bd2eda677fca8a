// The faults that can be chosen by name, and what a fault that is set says.
import type { Fault } from './control.svelte';

/** One kind of fault. */
export interface FaultKind {
  value: string;
  title: string;
  fault: Record<string, unknown>;
}

/** The kinds, in the order in which they are offered. */
export const FAULT_KINDS: readonly FaultKind[] = [
  { value: '500', title: 'Status 500', fault: { status: 500 } },
  { value: '429', title: 'Status 429, retry after 30 s', fault: { status: 429, retryAfter: 30 } },
  { value: '401', title: 'Status 401, the key is refused', fault: { status: 401 } },
  { value: 'delay', title: 'Two seconds late', fault: { delayMs: 2_000 } },
  { value: 'cut', title: 'Cut off in mid-body', fault: { cut: 20 } },
  { value: 'malformed', title: 'Half a JSON text', fault: { malformed: true } },
  { value: 'wrongType', title: 'A wrong type', fault: { wrongType: true } },
  { value: 'drop', title: 'No answer', fault: { drop: true } },
];

/** The fault to post, made of what was chosen; no count means every request. */
export function faultOf(kind: FaultKind, route: string, times: string): Record<string, unknown> {
  const fault: Record<string, unknown> = { ...kind.fault };
  if (route.trim() !== '') fault['route'] = route.trim();
  const count = Math.floor(Number(times));
  if (times.trim() !== '' && count > 0) fault['times'] = count;
  return fault;
}

/** What a fault that is set says, in a line. */
export function faultText(fault: Fault): string {
  return Object.entries(fault)
    .filter(([name, value]) => name !== 'id' && value !== false)
    .map(([name, value]) =>
      value === true ? name : `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
    )
    .join(', ');
}
