// A schedule while it is edited: what is typed, what is wrong with it, and its forecast.
import { call } from '../../lib/calls';
import { Failure } from '../../lib/host';
import { nameProblem, newPlan, timingProblem, weeklyTimesProblem } from '../../lib/schedules';
import type {
  NamedCompany,
  ScheduleForecast,
  SchedulePlan,
  ScheduleTarget,
  ScheduleView,
} from '../../lib/wire';

interface Typed {
  name: string;
  plan: SchedulePlan;
  search: string;
  chosen: NamedCompany[];
}

/** Unsaved drafts by schedule, as long as the page lives. */
const unsaved = new Map<number | null, Typed>();

export class ScheduleDraft {
  /** The ID of the schedule; `null` for a new one. */
  readonly id: number | null;
  name = $state('');
  plan = $state.raw<SchedulePlan>(newPlan());
  /** The search, also while all or specific companies are chosen. */
  search = $state('');
  /** The specific companies, also while others are chosen. */
  chosen = $state.raw<NamedCompany[]>([]);
  forecast = $state.raw<ScheduleForecast | null>(null);
  /** Why there is no forecast. */
  problem = $state.raw<Failure | null>(null);
  /** What is wrong with the search. */
  wrongSearch = $state<string | null>(null);
  readonly #nameBefore: string;
  readonly #planBefore: SchedulePlan;
  #latestRequestId = 0;

  constructor(schedule: ScheduleView | null) {
    this.id = schedule?.id ?? null;
    this.#nameBefore = schedule?.name ?? '';
    this.#planBefore = schedule?.plan ?? newPlan();
    const typed = unsaved.get(this.id);
    const plan = typed?.plan ?? this.#planBefore;
    this.name = typed?.name ?? this.#nameBefore;
    this.plan = plan;
    this.search = typed?.search ?? (plan.target.kind === 'matching' ? plan.target.search : '');
    this.chosen = typed?.chosen ?? schedule?.names ?? [];
  }

  get isEdited(): boolean {
    return this.name !== this.#nameBefore || this.plan !== this.#planBefore;
  }

  get wrongName(): string | null {
    return nameProblem(this.name);
  }

  get isSearchEmpty(): boolean {
    const { target } = this.plan;
    return target.kind === 'matching' && target.search.trim() === '';
  }

  /** Whether the form is incomplete or invalid, so that there is no forecast. */
  get isUnfinished(): boolean {
    const { timing, blackouts } = this.plan;
    return (
      this.isSearchEmpty ||
      timingProblem(timing) !== null ||
      weeklyTimesProblem(blackouts, 'blackout') !== null
    );
  }

  get isReady(): boolean {
    return (
      this.name.trim() !== '' &&
      this.wrongName === null &&
      !this.isUnfinished &&
      (this.forecast?.problem ?? null) === null &&
      this.wrongSearch === null
    );
  }

  set(change: Partial<SchedulePlan>): void {
    this.plan = { ...this.plan, ...change };
    this.problem = null;
    this.wrongSearch = null;
  }

  setTarget(kind: ScheduleTarget['kind']): void {
    if (kind === 'companies') this.set({ target: { kind, ids: this.chosen.map(({ id }) => id) } });
    else if (kind === 'matching') this.set({ target: { kind, search: this.search } });
    else this.set({ target: { kind } });
  }

  setSearch(search: string): void {
    this.search = search;
    this.setTarget('matching');
  }

  setChosen(companies: NamedCompany[]): void {
    this.chosen = companies;
    this.setTarget('companies');
  }

  /** Updates the forecast; the answer to an older plan is ignored. */
  async estimate(plan: SchedulePlan): Promise<void> {
    const requestId = (this.#latestRequestId += 1);
    if (this.isUnfinished) {
      this.forecast = null;
      return;
    }
    try {
      const forecast = await call('scheduleForecast', { id: this.id, plan });
      if (requestId === this.#latestRequestId) this.forecast = forecast;
    } catch (thrown) {
      if (requestId !== this.#latestRequestId) return;
      this.forecast = null;
      this.refuse(thrown);
    }
  }

  /** A problem of the search is shown at its field. */
  refuse(thrown: unknown): void {
    const failure = Failure.from(thrown);
    if (failure.code === 'searchInvalid') this.wrongSearch = failure.message;
    else this.problem = failure;
  }

  /** What is typed is there again when the editor is next opened. */
  keep(): void {
    const { name, plan, search, chosen } = this;
    if (this.isEdited) unsaved.set(this.id, { name, plan, search, chosen });
    else this.discard();
  }

  discard(): void {
    unsaved.delete(this.id);
  }
}
