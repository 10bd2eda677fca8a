// The folded categories: they stay folded while the window lives.
import { SvelteSet } from 'svelte/reactivity';

class ClosedCategories {
  readonly #names = new SvelteSet<string>();

  has(category: string): boolean {
    return this.#names.has(category);
  }

  toggle(category: string): void {
    if (!this.#names.delete(category)) this.#names.add(category);
  }
}

export const closedCategories = new ClosedCategories();
