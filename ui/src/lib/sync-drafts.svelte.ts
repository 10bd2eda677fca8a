// Edited sync settings that are not saved yet: they outlive the page that shows them, until the app is left.
import { SvelteMap } from 'svelte/reactivity';
import { call } from './calls';
import { changesOf, edited, problemOf, rebased, type Draft } from './sync-settings';
import type { SyncFields, SyncRow, SyncSettingsView } from './wire';

/** The drafts of one company, or of the workspace. */
export class SyncDrafts {
  readonly company: string | null;
  readonly rows = new SvelteMap<string, Draft>();
  /** What Codat refused, by data type. */
  readonly refused = new SvelteMap<string, string>();
  isSaving = $state(false);

  constructor(company: string | null) {
    this.company = company;
  }

  /** Edits a row. */
  edit(row: SyncRow, change: Partial<SyncFields>): void {
    this.refused.delete(row.dataType);
    const draft = edited(row, this.rows.get(row.dataType), change);
    if (draft) this.rows.set(row.dataType, draft);
    else this.rows.delete(row.dataType);
  }

  /** A row as it is to be. */
  of(row: SyncRow): SyncFields {
    return this.rows.get(row.dataType)?.becomes ?? row.set;
  }

  /** Forgets what was edited. */
  discard(): void {
    this.rows.clear();
    this.refused.clear();
  }

  /** Codat has other settings by now: what was edited is put over them. */
  rebase(rows: readonly SyncRow[]): void {
    for (const row of rows) {
      const draft = this.rows.get(row.dataType);
      if (draft === undefined) continue;
      const next = rebased(draft, row.set);
      if (next === draft) continue;
      if (next) this.rows.set(row.dataType, next);
      else this.rows.delete(row.dataType);
    }
  }

  /** Why what was edited cannot be sent. */
  get problem(): string | null {
    for (const { becomes } of this.rows.values()) {
      const problem = problemOf(becomes);
      if (problem !== null) return problem;
    }
    return null;
  }

  /** Saves everything that was edited; gives the settings as they are then, or as they stayed. */
  async save(): Promise<SyncSettingsView> {
    this.isSaving = true;
    this.refused.clear();
    const sent = [...this.rows];
    try {
      const company = this.company;
      const saved = await call('setSyncSettings', { company, overrides: true, changes: changesOf(sent) });
      for (const { dataType, message } of saved.refused) this.refused.set(dataType, message);
      // What was edited further while it was being saved stays edited.
      if (saved.refused.length === 0)
        for (const [dataType, draft] of sent)
          if (this.rows.get(dataType) === draft) this.rows.delete(dataType);
      this.rebase(saved.view.rows);
      return saved.view;
    } finally {
      this.isSaving = false;
    }
  }
}

const all = new Map<string, SyncDrafts>();

/** The drafts of a company in a workspace, or of the workspace itself. */
export function draftsOf(workspace: string, company: string | null): SyncDrafts {
  const key = `${workspace}/${company ?? ''}`;
  const drafts = all.get(key) ?? new SyncDrafts(company);
  all.set(key, drafts);
  return drafts;
}
