// The items of a refresh of many companies.
import { call } from '../../lib/calls';
import { PagedList } from '../../lib/paged-list.svelte';
import { PAGE } from '../../lib/windowing';
import type { RunItemRow, RunItems, RunItemState } from '../../lib/wire';

/** The items of one run in some states; in no state given: all. */
export class RunItemList extends PagedList<RunItemRow, RunItems> {
  readonly #run: number;
  readonly #states: RunItemState[];

  constructor(run: number, states: RunItemState[]) {
    super('runItems');
    this.#run = run;
    this.#states = states;
  }

  protected override ask(page: number): Promise<RunItems> {
    return call('runItems', { run: this.#run, states: this.#states, offset: page * PAGE, limit: PAGE });
  }

  protected override get scope(): number {
    return this.#run;
  }
}
