// What the inbox shows; it stays while one is elsewhere.
import { call } from '../../lib/calls';
import { PagedList } from '../../lib/paged-list.svelte';
import type { InboxFilter, InboxPage, InboxRow } from '../../lib/wire';
import { PAGE } from '../../lib/windowing';

/** The parts of the page. */
export type Part = 'alerts' | 'rules';

class Inbox extends PagedList<InboxRow, InboxPage> {
  part = $state<Part>('alerts');
  filter = $state<InboxFilter>('open');
  #isShown = false;

  constructor() {
    super('inbox');
  }

  /** Loads the list, and again whenever something changed; returns the way to stop. */
  start(): () => void {
    this.#isShown = true;
    void this.listen();
    return () => {
      this.#isShown = false;
      this.stop();
    };
  }

  /** Another workspace: nothing of the former stays. */
  reset(): void {
    this.forget();
    this.part = 'alerts';
    this.filter = 'open';
    if (this.#isShown) void this.again();
  }

  setFilter(filter: InboxFilter): void {
    if (filter === this.filter) return;
    this.filter = filter;
    if (this.#isShown) void this.again();
  }

  protected override ask(page: number): Promise<InboxPage> {
    return call('inbox', { filter: this.filter, offset: page * PAGE, limit: PAGE });
  }

  protected override get queryKey(): string {
    return this.filter;
  }

  protected override idOf(row: InboxRow): string {
    return String(row.id);
  }
}

/** The inbox. */
export const inbox = new Inbox();
