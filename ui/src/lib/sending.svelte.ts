// What a dialog sends: one thing at a time, and nothing unsaid where the dialog is closed before the answer.
import { onDestroy } from 'svelte';
import { Failure } from './host';
import { hide, show, showFailure, type Message } from './toasts';

/** What is sent, and what is said of it. */
interface Work {
  /** Sends, and takes the answer in. */
  send: () => Promise<void>;
  /** The title of what is said where the dialog is closed before the answer: “X” is still being added… */
  going: string;
  /** The title where it failed after that. */
  failed: string;
  /** What is said where it succeeded, if anything is; `isClosed`: the dialog shows nothing of it any more. */
  done?: (isClosed: boolean) => Message | null;
  /** Closes the dialog once it succeeded, if it is still open. */
  close?: () => void;
  /** Closes the dialog where Codat did it and only this computer failed to record it. By default as `close`. */
  closeUnrecorded?: () => void;
  /** Called where it failed. */
  onfailure?: () => void;
}

let number = 0;

/** The request of one dialog. Made while its component is. */
export class Sending {
  /** Whether the answer is still to come. */
  isSending = $state(false);
  /** Why the last one failed. */
  failure = $state.raw<Failure | null>(null);
  readonly #message = `sending-${(number += 1)}`;
  #going = '';
  #isClosed = false;
  /** As `isSending`. While a component is destroyed, state has the value from before what destroys it. */
  #isUnderWay = false;

  constructor() {
    onDestroy(() => {
      this.#isClosed = true;
      if (this.#isUnderWay) show({ tone: 'info', title: this.#going, stays: true }, this.#message);
    });
  }

  /** Sends, unless something is being sent already. */
  async send(work: Work): Promise<void> {
    if (this.#isUnderWay) return;
    this.#set(true);
    this.failure = null;
    this.#going = work.going;
    try {
      await work.send();
      this.#set(false);
      const message = work.done?.(this.#isClosed) ?? null;
      if (this.#isClosed && message === null) hide(this.#message);
      if (message !== null) show(message, this.#isClosed ? this.#message : undefined);
      if (!this.#isClosed) work.close?.();
    } catch (thrown) {
      this.#set(false);
      const failure = Failure.from(thrown);
      if (failure.isDone) {
        hide(this.#message);
        showFailure(work.failed, failure);
        if (!this.#isClosed) (work.closeUnrecorded ?? work.close)?.();
        return;
      }
      this.failure = failure;
      work.onfailure?.();
      if (this.#isClosed) {
        hide(this.#message);
        showFailure(work.failed, this.failure);
      }
    }
  }

  #set(isUnderWay: boolean): void {
    this.#isUnderWay = isUnderWay;
    this.isSending = isUnderWay;
  }
}
