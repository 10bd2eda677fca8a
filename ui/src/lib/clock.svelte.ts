// The time as the screen shows it: one ticker for all, which stands still while the page is hidden.

let second = $state(Date.now());
let minute = $state(Date.now());

function tick(): void {
  second = Date.now();
  if (Math.floor(second / 60_000) !== Math.floor(minute / 60_000)) minute = second;
}

/** Starts the clock; returns the way to stop it. */
export function startClock(): () => void {
  tick();
  const timer = setInterval(() => {
    if (!document.hidden) tick();
  }, 1_000);
  document.addEventListener('visibilitychange', tick);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', tick);
  };
}

/** The current time, updated every second or every minute. */
export const clock = {
  get second() {
    return second;
  },
  get minute() {
    return minute;
  },
};
