// What open runs do with the companies on screen.
import { call } from './calls';
import { LiveQuery } from './live-query.svelte';
import { ITEM_STATES, RUN_NOUNS } from './run-list.svelte';
import type { CompanyProgress } from './wire';

/** The progress of the visible rows, updated by events. Nothing is fetched while no run is open. */
export class RowProgress {
  #companies: readonly string[] = [];
  #isFollowing = false;
  readonly #query = new LiveQuery<CompanyProgress[]>({
    fetch: () => call('companyProgress', { companies: [...this.#companies] }),
    query: 'companyProgress',
  });
  readonly #byCompany = $derived(new Map(this.#query.value?.map((one) => [one.company, one])));

  /** What an open run does with a company. */
  of(company: string): CompanyProgress | undefined {
    return this.#byCompany.get(company);
  }

  /** Follows these companies; none: stops. */
  follow(companies: readonly string[]): void {
    this.#companies = companies;
    if (companies.length === 0) {
      this.#isFollowing = false;
      this.#query.stop();
      this.#query.reset();
    } else if (this.#isFollowing) {
      this.#query.invalidate();
    } else {
      this.#isFollowing = true;
      void this.#query.start();
    }
  }
}

/** Progress in words, for example “Refresh: failed. The source rejected the request.” */
export function progressText({ act, state, reason }: CompanyProgress): string {
  const text = `${RUN_NOUNS[act]}: ${ITEM_STATES[state].word.toLowerCase()}`;
  return reason === null ? text : `${text}. ${reason}`;
}
