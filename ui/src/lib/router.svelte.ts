// The address of what is shown, so that back and forward work and a link leads somewhere.
import { host } from './host';
import { shell, type Screen } from './shell.svelte';
import { views } from './views.svelte';

/** The screens that have an address of their own. */
const SCREENS: readonly Exclude<Screen, 'company' | 'refreshes'>[] = [
  'companies',
  'inbox',
  'expiry',
  'schedules',
  'dataTypes',
  'sandbox',
  'settings',
];

/** The address of what is shown now. */
function currentHash(): string {
  const open = shell.company;
  if (shell.screen === 'refreshes' && shell.openRunId !== null) return `#/refreshes/${shell.openRunId}`;
  if (shell.screen === 'companies' && views.openId !== null)
    return `#/companies?view=${encodeURIComponent(views.openId)}`;
  if (shell.screen !== 'company' || open === null) return `#/${shell.screen}`;
  return `#/company/${[open.id, open.tab, ...open.subpath].map(encodeURIComponent).join('/')}`;
}

/** Shows what an address names; one that names nothing shows the companies. */
function navigateToHash(address: string): void {
  const [path = '', query = ''] = address.replace(/^#?\/?/, '').split('?');
  const [screen, id, tab, ...within] = path.split('/').map(decoded);
  if (screen === 'company' && id) shell.openCompany(id, tab || 'summary', ...within.filter(Boolean));
  else if (screen === 'refreshes') shell.openRun(Number.parseInt(id ?? '', 10) || null);
  else if (screen === 'companies') openList(new URLSearchParams(query).get('view'));
  else if (isScreen(screen) && shell.screen !== screen) shell.navigate(screen);
  else if (!isScreen(screen)) shell.navigate('companies');
}

/** Opens the list with this view, or with all companies. */
function openList(view: string | null): void {
  if (view !== null) views.show(view);
  else {
    if (shell.screen !== 'companies') shell.navigate('companies');
    views.showAll();
  }
}

/** Keeps the address and what is shown together; returns the way to stop. */
export function startRouter(): () => void {
  if (window.location.hash !== '') navigateToHash(window.location.hash);
  const onpopstate = () => {
    navigateToHash(window.location.hash);
    // The address of a deleted view shows all companies, and must not add an entry to the history.
    if (window.location.hash !== currentHash()) history.replaceState(history.state, '', currentHash());
  };
  const onmouseup = (event: MouseEvent) => {
    // A browser handles this key; the window does not.
    if (host().handlesBackButton || (event.button !== 3 && event.button !== 4)) return;
    event.preventDefault();
    if (event.button === 3) history.back();
    else history.forward();
  };
  window.addEventListener('popstate', onpopstate);
  window.addEventListener('mouseup', onmouseup);
  const stop = $effect.root(() => {
    $effect(() => {
      const address = currentHash();
      if (window.location.hash === address) return;
      if (window.location.hash === '') history.replaceState(history.state, '', address);
      else history.pushState(null, '', address);
    });
  });
  return () => {
    window.removeEventListener('popstate', onpopstate);
    window.removeEventListener('mouseup', onmouseup);
    stop();
  };
}

/** A part of an address; one that is no text is as it is. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

function isScreen(text: string | undefined): text is Exclude<Screen, 'company' | 'refreshes'> {
  return SCREENS.some((screen) => screen === text);
}
