// What a dialog sends: one thing at a time, and nothing unsaid where the dialog is closed before the answer.
import { onDestroy } from 'svelte';
import { Failure } from './host';
import { hideToast, showToast, showFailure, type ToastMessage } from './toasts';

/** A request and the messages about it. */
interface SubmitOptions {
  /** Sends, and takes the answer in. */
  send: () => Promise<void>;
  /** The title of the toast if the dialog is closed before the answer: Still adding “X”… */
  pendingTitle: string;
  /** The title where it failed after that. */
  failureTitle: string;
  /** The toast after success, if any; `isClosed`: the dialog was closed before. */
  successMessage?: (isClosed: boolean) => ToastMessage | null;
  /** Closes the dialog once it succeeded, if it is still open. */
  close?: () => void;
  /** Closes the dialog where Codat did it and only this computer failed to record it. By default as `close`. */
  closeWhenUnrecorded?: () => void;
  /** Called where it failed. */
  onFailure?: () => void;
}

let number = 0;

/** The request of one dialog. Made while its component is. */
export class Submission {
  /** Whether the answer is still to come. */
  isPending = $state(false);
  /** Why the last one failed. */
  failure = $state.raw<Failure | null>(null);
  readonly #message = `sending-${(number += 1)}`;
  #pendingTitle = '';
  #isClosed = false;
  /** As `isSending`. While a component is destroyed, state has the value from before what destroys it. */
  #isPending = false;

  constructor() {
    onDestroy(() => {
      this.#isClosed = true;
      if (this.#isPending)
        showToast({ tone: 'info', title: this.#pendingTitle, isPersistent: true }, this.#message);
    });
  }

  /** Sends, unless something is being sent already. */
  async submit(work: SubmitOptions): Promise<void> {
    if (this.#isPending) return;
    this.#set(true);
    this.failure = null;
    this.#pendingTitle = work.pendingTitle;
    try {
      await work.send();
      this.#set(false);
      const message = work.successMessage?.(this.#isClosed) ?? null;
      if (this.#isClosed && message === null) hideToast(this.#message);
      if (message !== null) showToast(message, this.#isClosed ? this.#message : undefined);
      if (!this.#isClosed) work.close?.();
    } catch (thrown) {
      this.#set(false);
      const failure = Failure.from(thrown);
      if (failure.isUnrecorded) {
        hideToast(this.#message);
        showFailure(work.failureTitle, failure);
        if (!this.#isClosed) (work.closeWhenUnrecorded ?? work.close)?.();
        return;
      }
      this.failure = failure;
      work.onFailure?.();
      if (this.#isClosed) {
        hideToast(this.#message);
        showFailure(work.failureTitle, this.failure);
      }
    }
  }

  #set(isUnderWay: boolean): void {
    this.#isPending = isUnderWay;
    this.isPending = isUnderWay;
  }
}
