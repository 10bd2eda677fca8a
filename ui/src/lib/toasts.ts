// Small messages at the lower edge. One card draws them all.
import { toast } from 'svelte-sonner';
import Toast from '../components/Toast.svelte';
import { Failure } from './host';

/** How a message is meant. */
export type Tone = 'done' | 'info' | 'warning' | 'error';

/** A message. */
export interface Message {
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
  /** When the message has run out, in milliseconds since 1970: shown as a countdown. */
  until?: number;
  /** It stays until it is taken away. */
  lasts?: boolean;
}

/** Failures stay long enough to be read and copied. */
const SHORT = 5_000;
const LONG = 15_000;

/** Shows a message; one with the same name takes the place of the former. */
export function show(message: Message, name?: string): void {
  const stays = message.until !== undefined || message.lasts === true;
  const duration = stays ? Number.POSITIVE_INFINITY : lengthOf(message);
  toast.custom(Toast as never, {
    ...(name === undefined ? {} : { id: name }),
    componentProps: { message } as never,
    duration,
  });
}

/** Takes a message away. */
export function hide(name: string): void {
  toast.dismiss(name);
}

/** Says that something failed, in the application's words, with details to copy. */
export function showFailure(what: string, thrown: unknown, action?: Message['action']): void {
  const failure = Failure.from(thrown);
  if (failure.code === 'cancelled') return;
  if (failure.isDone) return showDone(failure);
  const detail = [failure.code, failure.message, failure.detail].filter(Boolean).join('\n');
  show({ tone: 'error', title: what, text: failure.message, detail, ...(action ? { action } : {}) });
}

/** Says what Codat did although it could not be written down here. */
function showDone(failure: Failure): void {
  const [title = failure.message, ...text] = failure.message.split(/(?<=\.) /);
  show({ tone: 'warning', title: title.replace(/\.$/, ''), text: text.join(' '), detail: failure.detail });
}

function lengthOf(message: Message): number {
  return message.tone === 'error' || message.action || message.code ? LONG : SHORT;
}
