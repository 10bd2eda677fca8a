// What is done with the connections that are chosen.
import { call } from '../../lib/calls';
import { copyLinks } from '../../lib/copied-links';
import type { CompanyReference } from '../../lib/namesakes';
import type { ExpirySelection, LinksForm } from '../../lib/wire';
import { expiry } from './expiry.svelte';

/** What is acted on. */
export function expirySelection(): ExpirySelection {
  const connections = expiry.isAllChosen ? null : [...expiry.chosen];
  return { connections, filter: expiry.filter };
}

/** The companies of the chosen connections, as far as they are in memory, each once. */
export function chosenCompanies(): CompanyReference[] {
  const chosen = expiry.loaded.filter((row) => expiry.isChosen(row.connection.id));
  return [...new Map(chosen.map((row) => [row.company, row.companyName]))].map(([id, name]) => ({
    id,
    name,
  }));
}

/** Copies Link URLs, as they were last seen, soonest first. */
export function copyExpiryLinks(form: LinksForm): Promise<void> {
  return copyLinks(
    () => call('copyExpiryLinks', { selection: expirySelection(), form }),
    ['connection', 'connections'],
  );
}
