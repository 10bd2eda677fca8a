// The one file that knows whether the page stands in the desktop window or in a browser.
import type { PortalEvent, WireError } from './wire';

/** What stands behind the page. */
export interface Host {
  /** Whether the mouse's back button is followed without our doing. */
  readonly handlesBackButton: boolean;
  /**
   * Carries out one command by name, in the workspace that it is for. Where another is open by now, it rejects.
   * Where it outlives the page, it is carried out even if that goes away now. Rejects with a `Failure`.
   */
  call(name: string, args: unknown, workspace?: string | null, outlives?: boolean): Promise<unknown>;
  /** Hears every event from now on, and where the application is lost or found again; returns the way to stop. */
  listen(hear: (event: PortalEvent) => void, onlost?: (isLost: boolean) => void): () => void;
  /** Saves a file that the application has made for the page. */
  saveExport(id: string): void;
  /** Puts text on the clipboard where the application behind could not. */
  writeClipboard(text: string): Promise<void>;
  /** Files, where the page itself holds and saves them; nothing where the application does. */
  readonly files: PageFiles | null;
}

/** Files of a page: the browser saves and reads them. */
interface PageFiles {
  /** Has the browser save uploaded files of a company of this workspace, those of a day or all. */
  save(workspace: string, company: string, date: string | null): void;
  /** Sends a file that was announced, as the transfer of this number. Rejects with a `Failure`. */
  send(transfer: number, file: File): Promise<void>;
}

/** A command that did not do what was asked: a code to branch on, a sentence to show, details to copy. */
export class Failure extends Error {
  readonly code: string;
  readonly detail: string | null;

  constructor(wire: WireError) {
    super(wire.message);
    this.name = 'Failure';
    this.code = wire.code;
    this.detail = wire.detail;
  }

  /** Codat did it all the same, and the list shows it later: nobody should ask for it again. */
  get isUnrecorded(): boolean {
    return this.code === 'unrecorded';
  }

  /** Whatever was thrown, as a failure that can be shown. */
  static from(thrown: unknown): Failure {
    if (thrown instanceof Failure) return thrown;
    if (isWireError(thrown)) return new Failure(thrown);
    const detail = thrown instanceof Error ? `${thrown.name}: ${thrown.message}` : String(thrown);
    return new Failure({ code: 'internal', message: 'Something went wrong inside the app.', detail });
  }
}

const TOKEN = 'portal-token';
const EVENT = 'portal';
/** A browser refuses to send more than 64 KB for a page that is gone; a character may be three bytes. */
const MAX_KEEPALIVE_LENGTH = 16_000;

let current: Host | null = null;

/** The host of this page. */
export function host(): Host {
  current ??= '__TAURI_INTERNALS__' in window ? windowHost() : browserHost();
  return current;
}

/** Puts another host in place, for tests. */
export function setHost(other: Host | null): void {
  current = other;
}

/** The desktop window. */
function windowHost(): Host {
  const core = import('@tauri-apps/api/core');
  const events = import('@tauri-apps/api/event');
  return {
    handlesBackButton: false,
    async call(name, args, workspace = null) {
      const { invoke } = await core;
      try {
        return await invoke('call', { workspace, name, args });
      } catch (thrown) {
        throw Failure.from(thrown);
      }
    },
    listen(hear) {
      const stopping = events.then(({ listen }) =>
        listen<PortalEvent>(EVENT, (event) => hear(event.payload)),
      );
      void stopping.then(() => emitCatchUpEvents(hear));
      return () => void stopping.then((stop) => stop());
    },
    // The window asks for a place beforehand: no file waits for the page.
    saveExport: () => {},
    writeClipboard: (text) => navigator.clipboard.writeText(text),
    files: null,
  };
}

/** A browser page: commands are posted, events are streamed. */
export function browserHost(): Host {
  const token = readToken();
  return {
    handlesBackButton: true,
    async call(name, args, workspace = null, outlives = false) {
      const answer = await post(`call/${name}`, token, args, workspace, outlives);
      const body: unknown = await answer.json().catch(() => undefined);
      if (isWireError(body) && !answer.ok) throw new Failure(body);
      if (answer.ok && body !== undefined) return body;
      throw new Failure({
        code: 'unreadable',
        message: 'This page can’t read the app’s response.',
        detail: `${name}: HTTP ${answer.status}`,
      });
    },
    listen(hear, onlost) {
      const stream = new EventSource(`events?token=${encodeURIComponent(token)}`);
      let failures = 0;
      stream.onmessage = (message) => hear(JSON.parse(String(message.data)) as PortalEvent);
      stream.onopen = () => {
        failures = 0;
        onlost?.(false);
        emitCatchUpEvents(hear);
      };
      // The first failure may be a stream that was too slow: the browser reconnects automatically.
      stream.onerror = () => {
        failures += 1;
        if (failures > 1 || stream.readyState === EventSource.CLOSED) onlost?.(true);
      };
      return () => stream.close();
    },
    saveExport: (id) => download(`exports/${encodeURIComponent(id)}`),
    writeClipboard: (text) => writeFromPage(text),
    files: { save: saveFromPage, send: (transfer, file) => sendFromPage(transfer, file, token) },
  };
}

/** A link that is followed once: its answer is saved, not shown. */
function saveFromPage(workspace: string, company: string, date: string | null): void {
  const query = new URLSearchParams({ workspace, company, ...(date === null ? {} : { date }) });
  const link = document.createElement('a');
  link.href = `files?${query.toString()}`;
  link.download = '';
  document.body.append(link);
  link.click();
  link.remove();
}

async function sendFromPage(transfer: number, file: File, token: string): Promise<void> {
  const headers = { 'Content-Type': 'application/octet-stream', 'X-Portal-Token': token };
  let answer: Response;
  try {
    answer = await fetch(`files/${transfer}`, { method: 'PUT', headers, body: file });
  } catch (thrown) {
    // A deleted file and a stopped application cause the same error here.
    throw new Failure({
      code: 'fileUnusable',
      message: `${file.name} wasn’t sent. We couldn’t read it, or the app behind this page has stopped.`,
      detail: String(thrown),
    });
  }
  if (answer.ok) return;
  throw Failure.from(await answer.json().catch(() => undefined));
}

/** Events before the subscription, first or renewed, are lost, so everything is read again. */
function emitCatchUpEvents(hear: (event: PortalEvent) => void): void {
  hear({ type: 'session' });
  hear({ type: 'changed', version: 0 });
}

/** The browser saves what is at an address. */
function download(address: string): void {
  const link = document.createElement('a');
  link.href = address;
  link.download = '';
  link.click();
}

async function post(
  path: string,
  token: string,
  args: unknown,
  workspace: string | null,
  outlives: boolean,
): Promise<Response> {
  const headers = {
    'Content-Type': 'application/json',
    'X-Portal-Token': token,
    ...(workspace === null ? {} : { 'X-Portal-Workspace': workspace }),
  };
  const body = JSON.stringify(args ?? {});
  try {
    return await fetch(path, {
      method: 'POST',
      headers,
      body,
      keepalive: outlives && body.length < MAX_KEEPALIVE_LENGTH,
    });
  } catch (thrown) {
    throw new Failure({
      code: 'noAnswer',
      message: 'The app behind this page doesn’t respond. Is it still running?',
      detail: String(thrown),
    });
  }
}

/** The token is taken out of the address, so that it is in no bookmark and no screenshot. */
function readToken(): string {
  const address = new URL(window.location.href);
  const given = address.searchParams.get('token');
  if (given === null) return sessionStorage.getItem(TOKEN) ?? '';
  sessionStorage.setItem(TOKEN, given);
  address.searchParams.delete('token');
  history.replaceState(history.state, '', address);
  return given;
}

/** A page without permission for the clipboard still has the older way. */
async function writeFromPage(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    return;
  } catch {
    // Falls through to the selection.
  }
  const area = document.createElement('textarea');
  area.value = text;
  area.setAttribute('readonly', '');
  area.className = 'visually-hidden';
  const before = document.activeElement;
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  if (before instanceof HTMLElement) before.focus();
  if (!done) {
    throw new Failure({
      code: 'clipboard',
      message: 'This browser doesn’t let the page use the clipboard.',
      detail: null,
    });
  }
}

function isWireError(value: unknown): value is WireError {
  return (
    typeof value === 'object' &&
    value !== null &&
    'code' in value &&
    typeof value.code === 'string' &&
    'message' in value &&
    typeof value.message === 'string'
  );
}
