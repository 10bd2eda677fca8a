// The state of things in words: for the status bar and the banner.
import { ago, clockTime, count, lowered, until } from './format';
import type { ColorName, Health, HostFacts, Workspace } from './wire';

/** One line of state: a shape and a sentence. */
interface StatusLine {
  color: ColorName;
  text: string;
}

/** What the status bar says first. */
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
      return { color: 'red', text: withAge('Key refused', age) };
    case 'limited':
      return { color: 'grey', text: limitedText(health) };
    case 'paused':
      return { color: 'grey', text: withAge('Paused', age) };
    case 'failing':
      return { color: 'red', text: `Codat has trouble${retryText(health)}` };
    case 'notSaved':
      return { color: 'red', text: `Nothing new is saved${retryText(health)}` };
  }
}

/** When the next sweep begins, where that is known, and what it is put off for. */
export function nextSweepText(health: Health, now: number, sparing: string | null = null): string | null {
  if (health.state !== 'current' || health.nextSweep === null) return null;
  if (health.nextSweep <= now) return 'Next sweep now';
  const why = sparing === null ? '' : `, ${sparing}`;
  return `Next sweep in ${until(health.nextSweep, now)}${why}`;
}

/** What sweeps are spared for on this computer. */
export function powerSavingText(host: Pick<HostFacts, 'power' | 'metered'>): string | null {
  const reasons = [
    ...(host.power === 'battery' ? ['battery'] : []),
    ...(host.power === 'lowBattery' ? ['low battery'] : []),
    ...(host.metered === true ? ['a metered network'] : []),
  ];
  return reasons.length === 0 ? null : `on ${reasons.join(' and ')}`;
}

/** A lasting trouble in full: what happened, what is still there, and what comes next. */
interface HealthProblem {
  color: ColorName;
  title: string;
  text: string;
}

/** What the banner says; nothing where there is no trouble, or where a notice says why nothing runs at all. */
export function healthProblem(
  health: Health,
  now: number,
  isStopped = false,
  kind: Workspace['kind'] = 'codat',
): HealthProblem | null {
  if (isStopped && health.state === 'failing') return null;
  const shown =
    health.lastSweep === null
      ? 'Nothing was read yet.'
      : `What you see is from ${lowered(ago(health.lastSweep, now))}.`;
  const message = health.message === null ? '' : `${sentence(health.message)} `;
  switch (health.state) {
    case 'offline':
      return {
        color: 'grey',
        title: 'Codat cannot be reached',
        text: `${message}${shown} The app keeps trying${retrySentence(health)}.`,
      };
    case 'refused':
      return {
        color: 'red',
        title: kind === 'sandbox' ? 'The sandbox refuses its own key' : 'Codat refuses the key',
        text:
          kind === 'sandbox'
            ? `${shown} A fault does this; clear it under Sandbox. The app asks again${retrySentence(health)}.`
            : `${message}${shown} The app asks again${retrySentence(health)}.`,
      };
    case 'limited':
      return {
        color: 'grey',
        ...limitedTrouble(health, shown, message),
      };
    case 'failing':
      return {
        color: 'red',
        title: 'Codat answers with errors',
        text: `${message}${waitSentence(health)}${shown} The app tries again${retrySentence(health)}.`,
      };
    case 'notSaved':
      return {
        color: 'red',
        title: 'Nothing new can be saved',
        text: `${message}${shown} The app tries again${retrySentence(health)}.`,
      };
    case 'starting':
    case 'current':
    case 'sweeping':
    case 'paused':
      return null;
  }
}

/** That what Codat says of some companies isn't understood; nothing where there are none. */
export function unreadableText(health: Health): string | null {
  if (health.unreadable === 0) return null;
  return health.unreadable === 1
    ? '1 company has data we couldn’t read. You see its last known state.'
    : `${count(health.unreadable)} companies have data we couldn’t read. You see their last known state.`;
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
  const until = health.retryAt === null ? 'the day begins anew' : clockTime(health.retryAt);
  switch (health.hold) {
    case 'day':
      return {
        title: 'Today’s requests are used up',
        text: `${shown} Codat takes nothing more until ${until}.`,
      };
    case 'share':
      return {
        title: 'Background work has used its share of today',
        text: `${shown} It goes on at ${until}; what you click goes at once. The share can be set in Settings.`,
      };
    case 'quiet':
    case null:
      return {
        title: 'Rate limited',
        text: `${message}${waitSentence(health)}${shown} Background work asks again${retrySentence(health)}.`,
      };
  }
}

function sweepText(health: Health): string {
  if (health.sweepDone === null || health.sweepTotal === null || health.sweepTotal === 0) return 'Sweeping';
  return `Sweeping, ${count(health.sweepDone)} of ${count(health.sweepTotal)}`;
}

function retryText(health: Health): string {
  return health.retryAt === null ? '' : `; tries again at ${clockTime(health.retryAt)}`;
}

function retrySentence(health: Health): string {
  return health.retryAt === null ? '' : `, next at ${clockTime(health.retryAt)}`;
}

/** As Codat said it, though background work may ask again before. */
function waitSentence(health: Health): string {
  return health.askedUntil === null ? '' : `Codat asked us to wait until ${clockTime(health.askedUntil)}. `;
}

function withAge(text: string, age: string | null): string {
  return age === null ? text : `${text}, last read ${age}`;
}

/** Servers end what they say as they like; what follows it begins anew. */
function sentence(said: string): string {
  return /[.!?…]$/.test(said.trim()) ? said.trim() : `${said.trim()}.`;
}
