// When the app has used its part of the day it asks before it takes more. Here is what waits for the answer.

/** How long "Not now" applies to automatic loads of a screen; a user's act always asks. */
const SUPPRESSED_FOR = 10 * 60_000;

class QuotaPrompt {
  /** Whether the question is on screen. */
  isOpen = $state(false);

  #waiting: ((mayGo: boolean) => void)[] = [];
  #suppressedUntil = 0;

  /** Asks, once for all that ask at the same time; true where more may be used. */
  async ask(isAct: boolean): Promise<boolean> {
    if (!isAct && !this.isOpen && Date.now() < this.#suppressedUntil) return false;
    this.isOpen = true;
    return new Promise((answered) => this.#waiting.push(answered));
  }

  /** The person has answered. */
  answer(mayGo: boolean): void {
    this.isOpen = false;
    this.#suppressedUntil = mayGo ? 0 : Date.now() + SUPPRESSED_FOR;
    for (const answered of this.#waiting.splice(0)) answered(mayGo);
  }
}

/** The question of this page. */
export const quotaPrompt = new QuotaPrompt();
