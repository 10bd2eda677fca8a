// The card that greets a new user: whether it is shown, and what of it cannot be seen from the application's state.
import { readStored, writeStored } from './local-storage';
import { session } from './session.svelte';

/** What a user has done at least once. */
type Done = 'linkCopied' | 'viewSaved';

/** The storage key of what was done. */
const DONE = 'portal-first-steps';

class FirstSteps {
  #done = $state.raw<readonly Done[]>(readStored<Done[]>(DONE) ?? []);
  /** It was shown in this run: it stays when the first Codat workspace is added. */
  #stays = $state(false);

  /** Whether there is a workspace of a Codat client. */
  get hasCodat(): boolean {
    return session.value?.workspaces.some(({ kind }) => kind === 'codat') ?? false;
  }

  /** Whether the card is shown: until it is dismissed, to those who have no Codat workspace or asked for it. */
  get isShown(): boolean {
    return session.preferences?.firstStepsDismissed === false && (this.#stays || !this.hasCodat);
  }

  /** The card is on screen. */
  stay(): void {
    this.#stays = true;
  }

  /** Shows the card, even if it was dismissed. */
  show(): void {
    this.#stays = true;
    void session.setPreferences({ firstStepsDismissed: false });
  }

  /** Hides the card for good. */
  dismiss(): void {
    this.#stays = false;
    void session.setPreferences({ firstStepsDismissed: true });
  }

  /** Whether this was ever done here. */
  isDone(step: Done): boolean {
    return this.#done.includes(step);
  }

  /** This was done. */
  setDone(step: Done): void {
    if (this.isDone(step)) return;
    this.#done = [...this.#done, step];
    writeStored(DONE, this.#done);
  }
}

/** The first steps of this user. */
export const firstSteps = new FirstSteps();
