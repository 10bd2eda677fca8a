// Edited sync settings that are not saved yet: they outlive the page that shows them, and the window.
import { SvelteMap } from 'svelte/reactivity';
import { call } from './calls';
import { readDraft, saveDraft } from './drafts';
import {
  draftChanges,
  parseDrafts,
  serializeDrafts,
  applyEdit,
  validationProblem,
  rebaseDraft,
  type Draft,
} from './sync-settings';
import type { SyncFields, SyncRow, SyncSettingsView } from './wire';

/** The drafts of one company, or of the workspace. */
export class SyncDrafts {
  readonly company: string | null;
  readonly rows: SvelteMap<string, Draft>;
  /** What Codat refused, by data type. */
  readonly refused = new SvelteMap<string, string>();
  isSaving = $state(false);
  readonly #name: string;

  /** `name`: the key under which they are stored on this computer. */
  constructor(name: string, company: string | null) {
    this.#name = name;
    this.company = company;
    this.rows = new SvelteMap(parseDrafts(readDraft(name)));
  }

  /** Edits a row. */
  edit(row: SyncRow, change: Partial<SyncFields>): void {
    this.refused.delete(row.dataType);
    this.#set(row.dataType, applyEdit(row, this.rows.get(row.dataType), change));
    this.#save();
  }

  /** A row as it is to be. */
  fieldsFor(row: SyncRow): SyncFields {
    return this.rows.get(row.dataType)?.becomes ?? row.set;
  }

  /** Forgets what was edited. */
  discard(): void {
    this.rows.clear();
    this.refused.clear();
    this.#save();
  }

  /** Codat has other settings by now: what was edited is put over them. */
  rebase(rows: readonly SyncRow[]): void {
    for (const row of rows) {
      const draft = this.rows.get(row.dataType);
      if (draft === undefined) continue;
      const next = rebaseDraft(draft, row.set);
      if (next !== draft) this.#set(row.dataType, next);
    }
    this.#save();
  }

  /** Why what was edited cannot be sent. */
  get problem(): string | null {
    for (const { becomes } of this.rows.values()) {
      const problem = validationProblem(becomes);
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
      const saved = await call('setSyncSettings', { company, overrides: true, changes: draftChanges(sent) });
      for (const { dataType, message } of saved.refused) this.refused.set(dataType, message);
      // What was edited further while it was being saved stays edited.
      if (saved.refused.length === 0)
        for (const [dataType, draft] of sent)
          if (this.rows.get(dataType) === draft) this.#set(dataType, null);
      this.rebase(saved.view.rows);
      return saved.view;
    } finally {
      this.isSaving = false;
    }
  }

  #set(dataType: string, draft: Draft | null): void {
    if (draft) this.rows.set(dataType, draft);
    else this.rows.delete(dataType);
  }

  #save(): void {
    saveDraft(this.#name, serializeDrafts(this.rows));
  }
}

const all = new Map<string, SyncDrafts>();

/** The drafts of a company in a workspace, or of the workspace itself. */
export function syncDraftsFor(workspace: string, company: string | null): SyncDrafts {
  const key = `sync-settings/${workspace}/${company ?? ''}`;
  const drafts = all.get(key) ?? new SyncDrafts(key, company);
  all.set(key, drafts);
  return drafts;
}
