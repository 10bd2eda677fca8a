// The available kinds of faults, and the description of an active fault.
import { plural } from '../../lib/format';
import type { Fault } from './types';

/** One kind of fault. */
interface FaultKind {
  value: string;
  title: string;
  /** How it is posted, at this time of the sandbox. */
  fault: (now: number) => Record<string, unknown>;
}

/** The kinds, in the order in which they are offered. */
export const FAULT_KINDS: readonly FaultKind[] = [
  { value: '500', title: 'Status 500', fault: () => ({ status: 500 }) },
  { value: '503', title: 'Status 503', fault: () => ({ status: 503 }) },
  { value: '429', title: 'Status 429, retry after 30 s', fault: () => ({ status: 429, retryAfter: 30 }) },
  {
    value: '429date',
    title: 'Status 429, retry at a time',
    fault: (now) => ({ status: 429, retryAfter: new Date(now + 30_000).toUTCString() }),
  },
  { value: '401', title: 'Status 401, key rejected', fault: () => ({ status: 401 }) },
  { value: '402', title: 'Status 402, plan limit reached', fault: () => ({ status: 402 }) },
  { value: '404', title: 'Status 404', fault: () => ({ status: 404 }) },
  { value: '409', title: 'Status 409', fault: () => ({ status: 409 }) },
  { value: 'delay', title: 'Two seconds late', fault: () => ({ delayMs: 2_000 }) },
  { value: 'slow', title: 'Uploads at 500 kB a second', fault: () => ({ bytesPerSecond: 500_000 }) },
  { value: 'cut', title: 'Body cut off halfway', fault: () => ({ cut: 20 }) },
  { value: 'malformed', title: 'Truncated JSON', fault: () => ({ malformed: true }) },
  { value: 'html', title: 'HTML page instead of JSON', fault: () => ({ html: true }) },
  { value: 'wrongType', title: 'Wrong data type', fault: () => ({ wrongType: true }) },
  { value: 'drop', title: 'Carried out, but no response', fault: () => ({ drop: true }) },
  { value: 'lost', title: 'Not carried out, and no response', fault: () => ({ lost: true }) },
];

/** Which requests a fault matches, as typed; empty fields match all. */
interface FaultConditions {
  route: string;
  times: string;
  method: string;
  company: string;
  integration: string;
  rate: string;
  from: string;
  until: string;
}

/** The first requests to the companies, once. */
export const DEFAULT_CONDITIONS: FaultConditions = {
  route: '/companies',
  times: '1',
  method: '',
  company: '',
  integration: '',
  rate: '',
  from: '',
  until: '',
};

/** The fault to post, made of what was chosen; no count means every request. `now` is the sandbox's time. */
export function buildFault(kind: FaultKind, meets: FaultConditions, now: number): Record<string, unknown> {
  const fault: Record<string, unknown> = { ...kind.fault(now) };
  for (const field of ['route', 'method', 'company', 'integration', 'from', 'until'] as const) {
    const text = meets[field].trim();
    if (text !== '') fault[field] = text;
  }
  const count = Math.floor(Number(meets.times));
  if (meets.times.trim() !== '' && count > 0) fault['times'] = count;
  if (meets.rate.trim() !== '') fault['rate'] = Number(meets.rate);
  return fault;
}

/** The longest part of a value in the description of a fault, in characters. */
const MOST_LETTERS = 80;

/** How a condition of a fault is said; others are said by their name. */
const CONDITION_WORDS: Record<string, (value: unknown) => string> = {
  route: (value) => `paths starting with ${valueText(value)}`,
  method: (value) => `${valueText(value)} only`,
  times: (value) => plural(Number(value), 'request', 'requests'),
};

/** The description of an active fault, in one line: what goes wrong, and on which requests. */
export function faultText(fault: Fault): string {
  const kind = kindOf(fault);
  const ofKind = new Set(Object.keys(kind?.fault(0) ?? {}));
  const conditions = Object.entries(fault)
    .filter(([name, value]) => name !== 'id' && value !== false && !ofKind.has(name))
    .map(([name, value]) => CONDITION_WORDS[name]?.(value) ?? conditionText(name, value));
  return [...(kind ? [kind.title] : []), ...conditions].join(', ');
}

/** The kind that has all that a fault has, apart from times of day. */
function kindOf(fault: Fault): FaultKind | undefined {
  const isOf = (kind: FaultKind) =>
    Object.entries(kind.fault(0)).every(([name, value]) =>
      name === 'retryAfter' ? typeof fault[name] === typeof value : fault[name] === value,
    );
  return FAULT_KINDS.find(isOf);
}

function conditionText(name: string, value: unknown): string {
  return value === true ? name : `${name} ${valueText(value)}`;
}

function valueText(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text;
}
