// What the parts of the open page can load again from Codat, or refresh at the source: one menu offers it.

/** A part of the page that shows what Codat has. */
export interface PageLoad {
  /** Asks Codat for what it has now. */
  load?: () => void;
  /** Whether that is in progress. */
  isLoading?: () => boolean;
  /** Asks Codat to refresh only this part's data at the source. */
  refresh?: () => PartRefresh;
}

/** A refresh of less than the company's whole data. */
export interface PartRefresh {
  label: string;
  /** Why it cannot be done now. */
  disabledReason: string | null;
  run: () => void;
}

class PageLoads {
  #parts = $state.raw<readonly PageLoad[]>([]);

  /** Offers a part from now on, until the returned function is called. */
  add(part: PageLoad): () => void {
    this.#parts = [...this.#parts, part];
    return () => (this.#parts = this.#parts.filter((one) => one !== part));
  }

  /** Whether there is anything to load again. */
  get canLoad(): boolean {
    return this.#parts.some(({ load }) => load !== undefined);
  }

  get isLoading(): boolean {
    return this.#parts.some(({ isLoading }) => isLoading?.() ?? false);
  }

  /** The refreshes that single parts offer. */
  get refreshes(): PartRefresh[] {
    return this.#parts.flatMap(({ refresh }) => (refresh === undefined ? [] : [refresh()]));
  }

  /** Asks Codat for everything that the page shows and that isn’t loading already. */
  loadAgain(): void {
    for (const { load, isLoading } of this.#parts) if (isLoading?.() !== true) load?.();
  }
}

/** The parts of the open page. */
export const pageLoads = new PageLoads();
