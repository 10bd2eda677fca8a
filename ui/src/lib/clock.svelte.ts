// The time as the screen shows it: one ticker for all, which stands still while the page is hidden. It is the time of
// the workspace's clock, which is this computer's except in a sandbox whose clock was moved.
import { plural } from './format';

const HOUR = 3_600_000;

let offset = $state(0);
let second = $state(Date.now());
let minute = $state(Date.now());

function tick(): void {
  second = Date.now();
  if (Math.floor(second / 60_000) !== Math.floor(minute / 60_000)) minute = second;
}

/** Starts the clock; returns the way to stop it. */
export function startClock(): () => void {
  tick();
  const tickIfSeen = () => {
    if (!document.hidden) tick();
  };
  const timer = setInterval(tickIfSeen, 1_000);
  document.addEventListener('visibilitychange', tickIfSeen);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tickIfSeen);
  };
}

/** The current time, updated every second or every minute. */
export const clock = {
  get second() {
    return second + offset;
  },
  get minute() {
    return minute + offset;
  },
  /** Now, in milliseconds since 1970; not reactive. */
  now: () => Date.now() + offset,
  /** How far the workspace's clock is ahead of this computer's, in words; none below an hour. */
  get aheadInWords(): string | null {
    const hours = Math.round(offset / HOUR);
    if (hours < 1) return null;
    const isWholeDays = hours % 24 === 0 || hours > 72;
    return isWholeDays ? plural(Math.round(hours / 24), 'day', 'days') : plural(hours, 'hour', 'hours');
  },
};

/** Sets how far the workspace's clock is ahead of this computer's, in milliseconds. */
export function setClockOffset(ahead: number): void {
  offset = ahead;
}
