// Tells the application whether somebody looks on: it reads more seldom while nobody does.
import { call } from './calls';
import { onEvent } from './events';
import type { WindowState } from './wire';

/** A window that loses the keyboard for a moment is not worth a word. */
const DEBOUNCE = 400;

/** Tells it from now on, when it changes; returns the way to stop. */
export function reportWindowState(): () => void {
  let reported: WindowState | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const report = () => {
    const window = windowState();
    if (window === reported) return;
    reported = window;
    // Nothing depends on it but how often is read.
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
  // The application may have lost sight of this page: it is told again when it is heard from again.
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
