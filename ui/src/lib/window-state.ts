// Reports to the application whether the window is visible: it polls less often while it is not.
import { call } from './calls';
import { onEvent } from './events';
import type { WindowState } from './wire';

/** A shorter loss of the focus is not reported, in milliseconds. */
const DEBOUNCE = 400;

/** Reports the state when it changes; returns a function that stops. */
export function reportWindowState(): () => void {
  let reported: WindowState | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const report = () => {
    const window = windowState();
    if (window === reported) return;
    reported = window;
    // A failure only affects how often data is read.
    call('watching', { window }).catch(() => (reported = null));
  };
  const reportDebounced = () => {
    clearTimeout(timer);
    timer = setTimeout(report, DEBOUNCE);
  };
  const events: [EventTarget, string][] = [
    [window, 'focus'],
    [window, 'blur'],
    [document, 'visibilitychange'],
  ];
  for (const [target, name] of events) target.addEventListener(name, reportDebounced);
  reportDebounced();
  // After a reconnect the application may not know this page, so the state is reported again.
  const stop = onEvent((event) => {
    if (event.type !== 'session') return;
    reported = null;
    reportDebounced();
  });
  return () => {
    stop();
    clearTimeout(timer);
    for (const [target, name] of events) target.removeEventListener(name, reportDebounced);
  };
}

function windowState(): WindowState {
  if (document.hidden) return 'hidden';
  return document.hasFocus() ? 'focused' : 'shown';
}
