// Small messages at the lower edge. One card draws them all.
import { toast } from 'svelte-sonner';
import Toast from '../components/Toast.svelte';
import { Failure } from './host';

/** How a message is meant. */
type Tone = 'done' | 'info' | 'warning' | 'error';

/** A message. */
export interface ToastMessage {
  tone: Tone;
  title: string;
  /** A sentence beneath. */
  text?: string;
  /** What was copied, as it is. */
  code?: string;
  /** What one can do about it. */
  action?: { label: string; run: () => void };
  /** More to copy, such as the correlation ID. */
  detail?: string | null;
  /** It stays until it is closed, or another takes its place. */
  isPersistent?: boolean;
  /** When the message has run out, in milliseconds since 1970: shown as a countdown. */
  expiresAt?: number;
}

/** Failures stay long enough to be read and copied. */
const SHORT = 5_000;
const LONG = 15_000;

/** Between messages, in pixels. */
export const TOAST_GAP = 8;
/** So many are shown at once, each behind the other. */
export const MAX_VISIBLE_TOASTS = 4;
/** Above the status bar. */
const LIFT = 12;

/** Shows a message; one with the same name takes the place of the former. */
export function showToast(message: ToastMessage, name?: string): void {
  const isLasting = message.expiresAt !== undefined || message.isPersistent === true;
  const duration = isLasting ? Number.POSITIVE_INFINITY : durationOf(message);
  toast.custom(Toast as never, {
    ...(name === undefined ? {} : { id: name }),
    componentProps: { message } as never,
    duration,
  });
}

/** Takes a message away. */
export function hideToast(name: string): void {
  toast.dismiss(name);
}

/** Says that something failed, in the application's words, with details to copy. */
export function showFailure(what: string, thrown: unknown, action?: ToastMessage['action']): void {
  const failure = Failure.from(thrown);
  if (failure.code === 'cancelled') return;
  if (failure.isUnrecorded) return showDone(failure);
  const detail = [failure.code, failure.message, failure.detail].filter(Boolean).join('\n');
  showToast({ tone: 'error', title: what, text: failure.message, detail, ...(action ? { action } : {}) });
}

/** Says what Codat did although it could not be written down here. */
function showDone(failure: Failure): void {
  const [title = failure.message, ...text] = failure.message.split(/(?<=\.) /);
  showToast({
    tone: 'warning',
    title: title.replace(/\.$/, ''),
    text: text.join(' '),
    detail: failure.detail,
  });
}

/**
 * Keeps the screen free of messages: it ends above them, so that they cover nothing. What has the keyboard stays in
 * view while the screen becomes smaller. Returns the way to stop.
 */
export function reserveToastSpace(): () => void {
  const root = document.documentElement;
  const measure = () => {
    const focused = focusedInView();
    root.style.setProperty('--messages', `${occupiedHeight()}px`);
    focused?.scrollIntoView({ block: 'nearest' });
  };
  const observer = new MutationObserver(measure);
  const list = {
    childList: true,
    subtree: true,
    attributeFilter: ['data-front', 'data-removed', 'data-mounted', 'data-expanded', 'style'],
  };
  const toaster = document.querySelector('section[aria-live][tabindex="-1"]');
  if (toaster) observer.observe(toaster, list);
  return () => {
    observer.disconnect();
    root.style.removeProperty('--messages');
  };
}

/** The height that the messages take now, in pixels. */
function occupiedHeight(): number {
  const shown = [
    ...document.querySelectorAll<HTMLElement>('[data-sonner-toast][data-removed="false"]'),
  ].slice(0, MAX_VISIBLE_TOASTS);
  const front = shown.find((one) => one.dataset['front'] === 'true');
  if (front === undefined) return 0;
  const gaps = TOAST_GAP * shown.length + LIFT;
  // Under the pointer they stand one above the other; else those behind the first look out by a gap each.
  return front.dataset['expanded'] === 'true'
    ? shown.reduce((sum, one) => sum + heightOf(one), gaps)
    : front.offsetHeight + gaps;
}

/** The height of a message once it is at rest, in pixels: it moves while the others make room. */
function heightOf(message: HTMLElement): number {
  return Number.parseFloat(message.style.getPropertyValue('--initial-height')) || message.offsetHeight;
}

/** What has the keyboard, if its middle is seen. */
function focusedInView(): Element | null {
  const focused = document.activeElement;
  if (focused === null || focused.closest('main') === null) return null;
  const box = focused.getBoundingClientRect();
  const there = document.elementsFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  return there.some((one) => focused.contains(one)) ? focused : null;
}

function durationOf(message: ToastMessage): number {
  return message.tone === 'error' || message.action || message.code ? LONG : SHORT;
}
