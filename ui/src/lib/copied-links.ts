// Copies the Link URLs of many companies or connections.
import { firstSteps } from './first-steps.svelte';
import { count, exact, plural } from './format';
import { host } from './host';
import { showFailure, showToast } from './toasts';
import type { MenuEntry } from './shell.svelte';
import type { LinksCopied, LinksForm } from './wire';

/** The formats of Link URLs, as the lines of a menu. */
export function linkFormats(run: (form: LinksForm) => void): MenuEntry[] {
  return [
    { kind: 'line', id: 'text', label: 'As text', hint: 'one per line', run: () => run('text') },
    { kind: 'line', id: 'csv', label: 'As a table for mail merge', hint: 'CSV', run: () => run('csv') },
  ];
}

/** Copies Link URLs and shows how many, how many of what were skipped, and their age. */
export async function copyLinks(
  copy: () => Promise<LinksCopied>,
  unit: readonly [one: string, many: string],
): Promise<void> {
  try {
    const { copied, links, leftOut } = await copy();
    if (!copied.copied) await host().writeClipboard(copied.text);
    if (links > 0) firstSteps.setDone('linkCopied');
    const parts = [];
    if (leftOut > 0)
      parts.push(`Skipped ${plural(leftOut, ...unit)} whose link is missing or works only once.`);
    if (copied.asOf !== null) parts.push(`From the check of ${exact(copied.asOf)}.`);
    showToast({
      tone: leftOut > 0 ? 'warning' : 'done',
      title: links === 1 ? 'Link URL copied' : `${count(links)} Link URLs copied`,
      ...(parts.length > 0 ? { text: parts.join(' ') } : {}),
    });
  } catch (thrown) {
    showFailure('Couldn’t copy the Link URLs', thrown);
  }
}
