// The actions on the application: its background work, look, logs and help.
import type { Action } from './action';
import { firstSteps } from './first-steps.svelte';
import { runList } from './lists';
import * as operations from './operations';
import { session } from './session.svelte';
import { shell } from './shell.svelte';
import { TEXT } from './text';
import type { Preferences } from './wire';

const preferences = () => session.preferences;

/** The actions on the application. */
export const APP_ACTIONS: readonly Action[] = [
  {
    id: 'workspace.add',
    title: 'Add workspace…',
    group: 'Workspace',
    run: () => (shell.isAddWorkspaceOpen = true),
  },
  {
    id: 'sweep',
    title: TEXT.refreshNow,
    group: 'App',
    keys: ['F5'],
    allowedWhileTyping: true,
    run: () => void operations.refreshNow(),
  },
  {
    id: 'pause',
    title: 'Pause background work',
    group: 'App',
    isAvailable: () => session.health?.state !== 'paused',
    run: () => void operations.setPaused(true),
  },
  {
    id: 'pause.hour',
    title: 'Pause background work for an hour',
    group: 'App',
    isAvailable: () => session.health?.state !== 'paused',
    run: () => void operations.setPaused(true, 'hour'),
  },
  {
    id: 'pause.tomorrow',
    title: 'Pause background work until tomorrow',
    group: 'App',
    isAvailable: () => session.health?.state !== 'paused',
    run: () => void operations.setPaused(true, 'tomorrow'),
  },
  {
    id: 'resume',
    title: 'Resume background work',
    group: 'App',
    isAvailable: () => session.health?.state === 'paused',
    run: () => void operations.setPaused(false),
  },
  ...themeActions(),
  ...zoomActions(),
  {
    id: 'density',
    title: 'Switch between comfortable and compact rows',
    group: 'App',
    run: () =>
      void session.setPreferences({
        density: preferences()?.density === 'compact' ? 'comfortable' : 'compact',
      }),
  },
  {
    id: 'sidebar',
    title: 'Show or hide the side bar',
    group: 'App',
    keys: ['Ctrl+B'],
    run: () => void session.setPreferences({ sidebarCollapsed: !preferences()?.sidebarCollapsed }),
  },
  {
    id: 'undo',
    title: 'Undo the last deletion',
    group: 'App',
    keys: ['Ctrl+Z'],
    isAvailable: () =>
      (session.value?.pendingDeletes.length ?? 0) > 0 || runList.unfinished.some((run) => run.canUndo),
    run: () => {
      const run = runList.unfinished.find((one) => one.canUndo);
      if (run) return void operations.controlRun('cancelRun', run);
      const last = session.value?.pendingDeletes.at(-1);
      if (last) void operations.undoDelete(last.id, last.name);
    },
  },
  {
    id: 'requests',
    title: 'Request log',
    group: 'App',
    keys: ['Ctrl+Shift+L'],
    run: () => (shell.isRequestsOpen = true),
  },
  {
    id: 'quota',
    title: 'Requests today, by purpose',
    group: 'App',
    keys: ['Ctrl+Shift+U'],
    run: () => (shell.isQuotaOpen = true),
  },
  {
    id: 'planner',
    title: 'Plan a day: requests for any number of companies',
    group: 'App',
    run: () => (shell.isPlannerOpen = true),
  },
  {
    id: 'palette',
    title: 'Command palette',
    group: 'App',
    keys: ['Ctrl+K'],
    allowedWhileTyping: true,
    run: () => (shell.isPaletteOpen = true),
  },
  {
    id: 'firstSteps.show',
    title: 'Show first steps',
    group: 'App',
    isAvailable: () => !(shell.screen === 'companies' && firstSteps.isShown),
    run: () => {
      shell.navigate('companies');
      firstSteps.show();
    },
  },
  {
    id: 'firstSteps.dismiss',
    title: 'Dismiss first steps',
    group: 'App',
    isAvailable: () => shell.screen === 'companies' && firstSteps.isShown,
    run: () => firstSteps.dismiss(),
  },
  {
    id: 'keys',
    title: 'Keyboard shortcuts',
    group: 'App',
    keys: ['?'],
    run: () => (shell.isKeysOpen = true),
  },
  {
    id: 'quit',
    title: 'Quit',
    group: 'App',
    keys: ['Ctrl+Q'],
    isAvailable: () => session.value?.host.kind === 'window',
    run: () => void operations.quit(),
  },
];

function themeActions(): Action[] {
  const themes: [Preferences['theme'], string][] = [
    ['system', 'the system’s'],
    ['light', 'light'],
    ['dark', 'dark'],
    ['contrast', 'high contrast'],
  ];
  return themes.map(([theme, name]): Action => ({
    id: `theme.${theme}`,
    title: `Theme: ${name}`,
    group: 'App',
    isAvailable: () => preferences()?.theme !== theme,
    run: () => void session.setPreferences({ theme }),
  }));
}

/** Sizes of the page, in percent: those of browsers. */
const ZOOMS = [50, 67, 75, 80, 90, 100, 110, 125, 150, 175, 200, 250, 300];

/** The window's page has no browser that zooms it. */
function zoomActions(): Action[] {
  const now = () => preferences()?.zoom ?? 100;
  const larger = () => ZOOMS.find((zoom) => zoom > now());
  const smaller = () => ZOOMS.findLast((zoom) => zoom < now());
  const zoom = (id: string, title: string, keys: string[], next: () => number | undefined): Action => ({
    id: `zoom.${id}`,
    title,
    group: 'App',
    keys,
    allowedWhileTyping: true,
    allowedInDialogs: true,
    isAvailable: () => session.value?.host.kind === 'window',
    run: () => {
      const size = next();
      if (size !== undefined) void session.setPreferences({ zoom: size });
    },
  });
  return [
    zoom('in', 'Zoom in', ['Ctrl++', 'Ctrl+='], larger),
    zoom('out', 'Zoom out', ['Ctrl+-'], smaller),
    zoom('reset', 'Actual size', ['Ctrl+0'], () => 100),
  ];
}
