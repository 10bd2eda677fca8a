// What is done with the connections that are chosen.
import { call } from '../../lib/calls';
import { count, exact, plural } from '../../lib/format';
import { host } from '../../lib/host';
import { showToast, showFailure } from '../../lib/toasts';
import type { ExpirySelection, LinksForm } from '../../lib/wire';
import { expiry } from './expiry.svelte';

/** What is acted on. */
export function expirySelection(): ExpirySelection {
  const connections = expiry.isAllChosen ? null : [...expiry.chosen];
  return { connections, filter: expiry.filter };
}

/** Copies Link URLs, as they were last seen, soonest first. */
export async function copyLinks(form: LinksForm): Promise<void> {
  try {
    const { copied, links, leftOut } = await call('copyExpiryLinks', { selection: expirySelection(), form });
    if (!copied.copied) await host().writeClipboard(copied.text);
    const parts = [];
    if (leftOut > 0)
      parts.push(`Skipped ${plural(leftOut, 'connection', 'connections')} without a reusable Link URL.`);
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
