// The state of the workspace as text, for the status bar and the banner.
import { ago, clockTime, count, lowered, until } from './format';
import type { ColorName, Health, HostFacts, Workspace } from './wire';

/** One line of state: a shape and a sentence. */
interface StatusLine {
  color: ColorName;
  text: string;
}

/** The first part of the status bar. */
export function statusLine(health: Health, now: number, isStopped = false): StatusLine {
  if (isStopped && health.state === 'failing') return { color: 'red', text: 'Not running' };
  const age = health.lastSweep === null ? null : lowered(ago(health.lastSweep, now));
  switch (health.state) {
    case 'starting':
      return { color: 'purple', text: 'Starting' };
    case 'current':
      return { color: 'green', text: age === null ? 'Up to date' : `Up to date, ${age}` };
    case 'sweeping':
      return { color: 'green', text: sweepText(health) };
    case 'offline':
      return { color: 'grey', text: withAge(offlineText(health), age) };
    case 'refused':
      return { color: 'red', text: withAge('Key rejected', age) };
    case 'limited':
      return { color: 'grey', text: limitedText(health) };
    case 'paused':
      return { color: 'grey', text: withAge(pausedText(health, now), age) };
    case 'failing':
      return { color: 'red', text: `Codat returns errors${retryText(health)}` };
    case 'notSaved':
      return { color: 'red', text: `Can’t save new data${retryText(health)}` };
  }
}

/** When the next sweep starts, if known, and why it is delayed. */
export function nextSweepText(health: Health, now: number, sparing: string | null = null): string | null {
  if (health.state !== 'current' || health.nextSweep === null) return null;
  if (health.nextSweep <= now) return 'Checks again now';
  const why = sparing === null ? '' : `, ${sparing}`;
  return `Checks again in ${until(health.nextSweep, now)}${why}`;
}

/** Why sweeps are less frequent on this computer. */
export function powerSavingText(host: Pick<HostFacts, 'power' | 'metered'>): string | null {
  const reasons = [
    ...(host.power === 'battery' ? ['battery'] : []),
    ...(host.power === 'lowBattery' ? ['low battery'] : []),
    ...(host.metered === true ? ['a metered network'] : []),
  ];
  return reasons.length === 0 ? null : `on ${reasons.join(' and ')}`;
}

/** A lasting problem: what happened, which data is still shown, and what happens next. */
interface HealthProblem {
  color: ColorName;
  title: string;
  text: string;
}

/** The banner; `null` without a problem, or if a notice explains why the workspace is stopped. */
export function healthProblem(
  health: Health,
  now: number,
  isStopped = false,
  kind: Workspace['kind'] = 'codat',
): HealthProblem | null {
  if (isStopped && health.state === 'failing') return null;
  const shown =
    health.lastSweep === null
      ? 'Nothing is loaded yet.'
      : `What you see is from ${lowered(ago(health.lastSweep, now))}.`;
  const message = health.message === null ? '' : `${sentence(health.message)} `;
  switch (health.state) {
    case 'offline':
      return {
        color: 'grey',
        title: 'Can’t reach Codat',
        text: `${message}${shown} The app keeps trying${retrySentence(health)}.`,
      };
    case 'refused':
      return {
        color: 'red',
        title: kind === 'sandbox' ? 'The sandbox rejected its own key' : 'Codat rejected the API key',
        text:
          kind === 'sandbox'
            ? `${shown} A fault causes this. Clear it under Sandbox tools. The app tries again${retrySentence(health)}.`
            : `${message}${shown} The app tries again${retrySentence(health)}.`,
      };
    case 'limited':
      return {
        color: 'grey',
        ...limitedTrouble(health, shown, message),
      };
    case 'failing':
      return {
        color: 'red',
        title: 'Codat returns errors',
        text: `${message}${waitSentence(health)}${shown} The app tries again${retrySentence(health)}.`,
      };
    case 'notSaved':
      return {
        color: 'red',
        title: 'We can’t save new data',
        text: `${message}${shown} The app tries again${retrySentence(health)}.`,
      };
    case 'starting':
    case 'current':
    case 'sweeping':
    case 'paused':
      return null;
  }
}

/** The notice about companies whose data could not be decoded; `null` if there are none. */
export function unreadableText(health: Health): string | null {
  if (health.unreadable === 0) return null;
  return health.unreadable === 1
    ? '1 company has data we couldn’t read. You see its last known state.'
    : `${count(health.unreadable)} companies have data we couldn’t read. You see their last known state.`;
}

function pausedText(health: Health, now: number): string {
  if (health.retryAt === null) return 'Paused';
  const isToday = new Date(health.retryAt).toDateString() === new Date(now).toDateString();
  return `Paused until ${isToday ? '' : 'tomorrow '}${clockTime(health.retryAt)}`;
}

function offlineText(health: Health): string {
  return health.offlineSince === null ? 'Offline' : `Offline since ${clockTime(health.offlineSince)}`;
}

function limitedText(health: Health): string {
  const until = health.retryAt === null ? '' : ` until ${clockTime(health.retryAt)}`;
  switch (health.hold) {
    case 'day':
      return `Quota used up${until}`;
    case 'share':
      return `Background share used up${until}`;
    case 'quiet':
    case null:
      return health.askedUntil === null
        ? `Rate limited${retryText(health)}`
        : `Codat asked us to wait until ${clockTime(health.askedUntil)}`;
  }
}

function limitedTrouble(
  health: Health,
  shown: string,
  message: string,
): Pick<HealthProblem, 'title' | 'text'> {
  const until = health.retryAt === null ? 'tomorrow' : clockTime(health.retryAt);
  switch (health.hold) {
    case 'day':
      return {
        title: 'Today’s requests are used up',
        text: `${shown} Codat accepts no more requests until ${until}.`,
      };
    case 'share':
      return {
        title: 'Background work has used today’s share',
        text: `${shown} It’s paused until ${until}. Your own clicks still work. You can change the share in Settings.`,
      };
    case 'quiet':
    case null:
      return {
        title: 'Rate limited',
        text: `${message}${waitSentence(health)}${shown} Background work tries again${retrySentence(health)}.`,
      };
  }
}

function sweepText(health: Health): string {
  if (health.sweepDone === null || health.sweepTotal === null || health.sweepTotal === 0) return 'Checking';
  return `Checking, ${count(health.sweepDone)} of ${count(health.sweepTotal)}`;
}

function retryText(health: Health): string {
  return health.retryAt === null ? '' : `, trying again at ${clockTime(health.retryAt)}`;
}

function retrySentence(health: Health): string {
  return health.retryAt === null ? '' : `, next at ${clockTime(health.retryAt)}`;
}

/** The wait that Codat requested; background work may retry earlier. */
function waitSentence(health: Health): string {
  return health.askedUntil === null ? '' : `Codat asked us to wait until ${clockTime(health.askedUntil)}. `;
}

function withAge(text: string, age: string | null): string {
  return age === null ? text : `${text}, last checked ${age}`;
}

/** Ends a server's message with a full stop if it has no punctuation. */
function sentence(said: string): string {
  return /[.!?…]$/.test(said.trim()) ? said.trim() : `${said.trim()}.`;
}
