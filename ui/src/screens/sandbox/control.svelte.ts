// The sandbox's own controls: what they say now, and what one does with them. Everything goes through the
// endpoints under /_sandbox/, the same that its own page and engineers use.
import { announce } from '../../lib/announce.svelte';
import { call } from '../../lib/calls';
import { Failure } from '../../lib/host';
import { session } from '../../lib/session.svelte';
import { showFailure } from '../../lib/toasts';
import type { SandboxMethod } from '../../lib/wire';

/** How the sandbox's time goes. */
export interface Clock {
  now: string;
  mode: string;
  timeScale: string;
}

/** A connection, as far as it is shown here. */
export interface SandboxConnection {
  id: string;
  platformName: string;
  status: string;
}

/** A company, as far as it is shown here. */
export interface SandboxCompany {
  id: string;
  name: string;
  dataConnections: SandboxConnection[];
}

/** A read that runs. */
export interface LiveRead {
  id: string;
  dataType: string;
  status: string;
  progress: number;
}

/** A fault that is set: its number, and how it was posted. */
export type Fault = { id: number } & Record<string, unknown>;

/** A body in the log. */
export interface LoggedBody {
  bytes: number;
  text: string;
  isCut: boolean;
}

/** A request in the log. */
export interface LoggedRequest {
  number: number;
  at: string;
  method: string;
  target: string;
  status: number;
  correlationId: string;
  requestBody?: LoggedBody;
  responseBody?: LoggedBody;
}

/** How one category is offered in Link. */
export interface CategorySettings {
  enabled: boolean;
  optional: boolean;
}

/** How Link behaves. */
export interface LinkSettings {
  landingPage: boolean;
  showSandboxIntegrations: boolean;
  oneTimeUrls: boolean;
  redirectUrl?: string;
  allowedRedirectHosts: string[];
  categories: Record<string, CategorySettings>;
}

/** What can be done to a connection from here, and when it makes sense. */
export const CONNECTION_ACTS: readonly { act: string; title: string; when: (status: string) => boolean }[] = [
  { act: 'link', title: 'Link', when: (status) => status !== 'Linked' },
  { act: 'deauthorize', title: 'De-authorize', when: (status) => status === 'Linked' },
  { act: 'unlink', title: 'Unlink', when: (status) => status === 'Linked' },
  { act: 'error', title: 'Add an error', when: () => true },
];

/** How often what moves by itself is looked at. */
const EVERY = 2_000;
const PAGE = 20;
/** The most requests that are shown. */
const LOGGED = 50;

interface Found {
  totalResults: number;
  results: SandboxCompany[];
}

/** What the controls say, and what one does with them. */
export class Control {
  clock = $state.raw<Clock | null>(null);
  companies = $state.raw<Found | null>(null);
  reads = $state.raw<LiveRead[]>([]);
  faults = $state.raw<Fault[]>([]);
  requests = $state.raw<LoggedRequest[]>([]);
  link = $state.raw<LinkSettings | null>(null);
  /** Why the controls cannot be read. */
  failure = $state.raw<Failure | null>(null);
  /** The name that is searched for. */
  search = $state('');
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOn = false;
  #question = 0;

  /** Begins to look. */
  start(): void {
    this.#isOn = true;
    void this.#tick();
  }

  /** Looks no longer. */
  stop(): void {
    this.#isOn = false;
    clearTimeout(this.#timer);
  }

  /** Reads the companies that are searched for. */
  async find(): Promise<void> {
    await this.#reading(() => this.#find());
  }

  /** Moves the clock; what falls due on the way happens. */
  advance(by: string, words: string): Promise<boolean> {
    return this.#act('The clock was not moved', `The clock was moved by ${words}.`, async () => {
      this.clock = await send<Clock>('POST', 'clock', { advance: by });
      await this.#changed();
    });
  }

  /** Does something to a connection. */
  connection(of: SandboxCompany, one: SandboxConnection, act: string): Promise<boolean> {
    const whose = `${one.platformName} of ${of.name}`;
    return this.#act(`${whose} was left as it was`, `${whose} was changed.`, async () => {
      await send('POST', `connections/${one.id}/${act}`);
      await this.#changed();
    });
  }

  /** Takes a company away, as if somebody else had deleted it. */
  vanish(company: SandboxCompany): Promise<boolean> {
    return this.#act(`${company.name} is still there`, `${company.name} is gone.`, async () => {
      await send('POST', `companies/${company.id}/vanish`);
      await this.#changed();
    });
  }

  /** Sets a fault. */
  addFault(fault: Record<string, unknown>): Promise<boolean> {
    return this.#act('The fault was not set', 'The fault is set.', async () => {
      await send('POST', 'faults', fault);
      await this.#readFaults();
    });
  }

  /** Takes a fault away, or all of them. */
  clearFaults(id?: number): Promise<boolean> {
    return this.#act('The fault still stands', 'Cleared.', async () => {
      await send('DELETE', id === undefined ? 'faults' : `faults/${id}`);
      await this.#readFaults();
    });
  }

  /** Sets how Link behaves. */
  setLink(settings: LinkSettings): Promise<boolean> {
    return this.#act('Link was left as it was', 'Link behaves so from now on.', async () => {
      this.link = await send<LinkSettings>('PUT', 'link', settings);
    });
  }

  /** Forgets the requests. */
  clearRequests(): Promise<boolean> {
    return this.#act('The requests are still there', 'The requests are forgotten.', async () => {
      await send('DELETE', 'requests');
      this.requests = [];
    });
  }

  async #tick(): Promise<void> {
    clearTimeout(this.#timer);
    if (!document.hidden) {
      await this.#reading(async () => {
        // What does not move by itself is read once.
        const still = this.companies === null ? [this.#find(), this.#readFaults(), this.#readLink()] : [];
        await Promise.all([this.#readClock(), this.#readReads(), this.#readRequests(), ...still]);
      });
    }
    if (this.#isOn) this.#timer = setTimeout(() => void this.#tick(), EVERY);
  }

  async #find(): Promise<void> {
    const question = (this.#question += 1);
    const name = this.search.trim();
    const query = name === '' ? '' : `&query=${encodeURIComponent(`name~${name}`)}`;
    const found = await send<Found>('GET', `companies?page=1&pageSize=${PAGE}${query}`);
    if (question === this.#question) this.companies = found;
  }

  async #readClock(): Promise<void> {
    this.clock = await send<Clock>('GET', 'clock');
  }

  async #readReads(): Promise<void> {
    this.reads = (await send<{ results: LiveRead[] }>('GET', 'reads')).results;
  }

  async #readFaults(): Promise<void> {
    this.faults = (await send<{ results: Fault[] }>('GET', 'faults')).results;
  }

  async #readLink(): Promise<void> {
    this.link = await send<LinkSettings>('GET', 'link');
  }

  async #readRequests(): Promise<void> {
    const after = this.requests[0]?.number ?? 0;
    const path = `requests?limit=${LOGGED}&after=${after}`;
    const { results } = await send<{ results: LoggedRequest[] }>('GET', path);
    // Two answers may bring the same.
    const newest = this.requests[0]?.number ?? 0;
    const fresh = results.filter(({ number }) => number > newest);
    if (fresh.length > 0) this.requests = [...fresh, ...this.requests].slice(0, LOGGED);
  }

  /** The world is another one: this page shows it, and so does the list behind. */
  async #changed(): Promise<void> {
    await Promise.all([this.#find(), this.#readReads(), call('refreshNow', {}).catch(() => ({}))]);
  }

  async #reading(read: () => Promise<void>): Promise<void> {
    try {
      await read();
      this.failure = null;
    } catch (thrown) {
      this.failure = Failure.from(thrown);
    }
  }

  async #act(failed: string, done: string, act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      announce(done);
      return true;
    } catch (thrown) {
      showFailure(failed, thrown);
      return false;
    }
  }
}

/** Whether the sandbox can be driven now: its workspace is the open one. */
export function isSandboxOpen(): boolean {
  return session.workspace?.kind === 'sandbox';
}

async function send<T>(method: SandboxMethod, path: string, body?: unknown): Promise<T> {
  const args = { method, path: `/_sandbox/${path}`, ...(body === undefined ? {} : { body }) };
  return (await call('sandboxCall', args)).body as T;
}
