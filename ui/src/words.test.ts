// The words of the interface: one term for one thing, and plain English. Says what to write instead of an old term.
import { parse } from 'svelte/compiler';
import { expect, test } from 'vitest';

const sources = import.meta.glob<string>('./**/*.{ts,svelte}', {
  query: '?raw',
  import: 'default',
  eager: true,
});
const modules = Object.keys(sources).filter(
  (path) => !path.endsWith('.test.ts') && !path.startsWith('./test/') && path !== './lib/wire.ts',
);

/** Terms that no text may contain, each with what to write instead. */
const FORBIDDEN: readonly (readonly [RegExp, string])[] = [
  [/\bsweep(s|ing)?\b/i, '“check” for what the app does with Codat’s list'],
  [/\banew\b/i, '“again”, “restart” or “reset”'],
  [/\bby (itself|themselves)\b/i, 'who acts: “Codat syncs”, or “automatically”'],
  [/\bof whom\b/i, '“for”'],
  [/\brests? on\b/i, '“based on”, or “Why” as a heading'],
  [/\b(go|goes|went) on\b/i, '“continue” or “resume”'],
  [/\basked for\b/i, '“requested” or “sent”'],
  [/\btold\b/i, 'who tells whom'],
  [/\bkept\b/i, '“saved” or “stored”'],
  [/\bput (it |this )?(\w+ )?(away|aside)\b/i, '“dismiss” or “set aside”'],
  [/\btaken back\b/i, '“cancelled”'],
  [/\bleft out\b/i, '“skipped”'],
  [/\b(in hand|under way)\b/i, '“in progress”'],
  [/\bnot seen to end\b|\bend not seen\b/i, '“outcome unknown”'],
  [/\bto go\b/i, '“waiting” or “left”'],
  [/\bhealed?s?\b/i, '“working again”'],
  [/\breckoned\b/i, '“calculated”'],
  [/\bread again\b/i, '“refresh again”'],
  [
    /\b(is|are|was|were|be|being) read\b/i,
    '“refresh” the source, “load” a page from Codat, or “sync” for what Codat does',
  ],
  [/\bis still being\b/i, '“Still adding X…”'],
  [/\b(was|were) not\b/i, '“Couldn’t …”, or who did it'],
  [/\b(cannot|could not|does not|do not|did not|is not|are not|has not|have not)\b/i, 'a contraction'],
  [/\bwhat (is|was|came|became)\b/i, 'the thing itself'],
  [/\bthat is all\b/i, '“End of history”'],
  [/\bbeg(in|ins|an|un)\b/i, '“start”'],
  [/\bclocks? of\b|\bidle clocks?\b|\bno clock\b/i, '“expiry rule” or “inactivity”'],
  [/\b(refuses|refused) (the|its) (API )?key\b|\bkey refused\b/i, '“rejected”'],
  [/\bnobody is\b|\bnothing is (done|read|called|linked)\b/i, 'who acts, or “no …”'],
];

/** Attributes that nobody sees. */
const UNSEEN_ATTRIBUTES = new Set([
  'class',
  'id',
  'for',
  'form',
  'href',
  'name',
  'type',
  'role',
  'style',
  'value',
]);

/** The texts of a module: markup between tags, seen attributes, and string literals that are more than a key. */
function textsOf(path: string): string[] {
  const source = sources[path] ?? '';
  const texts: string[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit);
    if (typeof node !== 'object' || node === null) return;
    const { type, name, data, value } = node as Record<string, unknown>;
    if (type === 'Attribute' && typeof name === 'string' && UNSEEN_ATTRIBUTES.has(name)) return;
    if (type === 'Text' && typeof data === 'string') texts.push(data);
    if (type === 'Literal' && typeof value === 'string' && /\s|^[A-Z]/.test(value)) texts.push(value);
    if (type === 'TemplateElement') texts.push((value as { cooked?: string | null }).cooked ?? '');
    for (const [key, child] of Object.entries(node)) if (key !== 'metadata' && key !== 'css') visit(child);
  };
  visit(parse(path.endsWith('.ts') ? `<script lang="ts">${source}</script>` : source, { modern: true }));
  return texts.map((text) => text.replace(/\s+/g, ' ').trim()).filter((text) => text !== '');
}

/** What to write instead of the old terms in a text. */
function oldTermsIn(text: string): string[] {
  return FORBIDDEN.filter(([term]) => term.test(text)).map(([, better]) => `“${text}”: use ${better}`);
}

test('the texts of markup, attributes and code are found', () => {
  expect(textsOf('./screens/schedules/Empty.svelte')).toContain('No schedules yet');
  expect(textsOf('./components/Dialog.svelte')).toContain('Close');
  expect(textsOf('./lib/text.ts')).toContain('Copy reconnect link');
  expect(textsOf('./lib/operations.ts')).toContain('Couldn’t rename');
});

test('an old term is found, and a word that contains one is not', () => {
  expect(oldTermsIn('Next sweep in 57 s')).toHaveLength(1);
  expect(oldTermsIn('The refresh goes on')).toHaveLength(1);
  expect(oldTermsIn('The refresh continues for all categories, and Goonhilly is skeptical')).toEqual([]);
});

test('no text of the interface uses an old term', () => {
  const found = modules.flatMap((path) =>
    textsOf(path).flatMap((text) => oldTermsIn(text).map((old) => `${path}: ${old}`)),
  );
  expect(found).toEqual([]);
});
