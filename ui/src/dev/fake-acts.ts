// What is done with the companies of an application that is not there.
import { Failure } from '../lib/host';
import type { CompanyRow, NamePreview } from '../lib/wire';
import { fakeCompanies } from './fake-data';
import type { Answer, FakeHost } from './fake-host';

/** Acts on companies. */
export const ACTS: Record<string, Answer> = {
  namePreview: (_fake, args: { name: string }) => previewOf(args.name),
  createCompany: (fake, args: { name: string; description: string | null; tags: [string, string][] }) => {
    const preview = previewOf(args.name);
    if (preview.problem) throw new Failure({ code: 'nameEmpty', message: preview.problem, detail: null });
    const company: CompanyRow = {
      ...fakeCompanies(1, Date.now())[0]!,
      id: crypto.randomUUID(),
      name: preview.kept,
      description: args.description,
      tags: args.tags,
      connections: [],
      colour: 'none',
      lastRead: null,
      unreadableSince: null,
      created: Date.now(),
      createdBy: 'API',
    };
    fake.rows = [...fake.rows, company];
    changed(fake);
    return { company, linkUrl: `http://127.0.0.1:4170/company/${company.id}` };
  },
  renameCompany: (fake, args: { id: string; was: string | null; name: string }) => {
    const preview = previewOf(args.name);
    if (preview.problem) throw new Failure({ code: 'nameEmpty', message: preview.problem, detail: null });
    fake.rows = fake.rows.map((row) => (row.id === args.id ? { ...row, name: preview.kept } : row));
    changed(fake);
    return fake.rows.find((row) => row.id === args.id);
  },
  refreshData: () => ({ queued: true }),
  deleteCompany: (fake, args: { id: string; typedName: string }) => {
    const row = fake.rows.find(({ id }) => id === args.id);
    if (row?.name !== args.typedName)
      throw new Failure({
        code: 'nameMismatch',
        message: 'The name is not the one of the company.',
        detail: null,
      });
    const pending = { id: row.id, name: row.name, sendsAt: Date.now() + 10_000, isHeld: false };
    fake.session = { ...fake.session, pendingDeletes: [...fake.session.pendingDeletes, pending] };
    fake.emit({ type: 'session' });
    setTimeout(() => finishDelete(fake, row.id, row.name), 10_000);
    return pending;
  },
  undoDelete: (fake, args: { id: string }) => {
    const undone = fake.session.pendingDeletes.some(({ id }) => id === args.id);
    dropPending(fake, args.id);
    return { undone };
  },
};

function finishDelete(fake: FakeHost, id: string, name: string): void {
  if (!fake.session.pendingDeletes.some((pending) => pending.id === id)) return;
  dropPending(fake, id);
  fake.rows = fake.rows.filter((row) => row.id !== id);
  changed(fake);
  fake.emit({ type: 'deleted', id, name });
}

function dropPending(fake: FakeHost, id: string): void {
  const pendingDeletes = fake.session.pendingDeletes.filter((pending) => pending.id !== id);
  fake.session = { ...fake.session, pendingDeletes };
  fake.emit({ type: 'session' });
}

function changed(fake: FakeHost): void {
  fake.version += 1;
  fake.emit({ type: 'changed', version: fake.version });
}

function previewOf(name: string): NamePreview {
  const pieces: NamePreview['pieces'] = [];
  for (const letter of name) {
    const kept = /[\p{L}\p{N}\s\-'&@.,?!]/u.test(letter);
    const last = pieces.at(-1);
    if (last?.kept === kept) last.text += letter;
    else pieces.push({ text: letter, kept });
  }
  const kept = pieces
    .filter((piece) => piece.kept)
    .map((piece) => piece.text)
    .join('')
    .trim();
  const isTooLong = kept.length > 500;
  const problem =
    name === ''
      ? null
      : kept === ''
        ? "Codat keeps none of these characters. Use letters, digits, spaces and - ' & @ . , ? !"
        : isTooLong
          ? 'This name is too long: Codat takes up to 500 characters.'
          : null;
  return { kept, pieces, problem, plain: null };
}
