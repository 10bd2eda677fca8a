// The sandbox's own controls: what they say now, and what one does with them. Everything goes through the
// endpoints under /_sandbox/, the same that its own page and engineers use.
import { announce } from '../../lib/announce.svelte';
import { call } from '../../lib/calls';
import { Failure } from '../../lib/host';
import { showFailure } from '../../lib/toasts';
import type { SandboxMethod } from '../../lib/wire';
import type {
  Consumer,
  Fault,
  LinkSettings,
  LiveRead,
  LoggedRequest,
  Message,
  Outage,
  Platform,
  SandboxCompany,
  SandboxConnection,
  Webhooks,
} from './types';

/** What can be done to a connection from here, and when it makes sense. */
export const CONNECTION_ACTS: readonly { act: string; title: string; when: (status: string) => boolean }[] = [
  { act: 'link', title: 'Link', when: (status) => status !== 'Linked' },
  { act: 'deauthorize', title: 'De-authorize', when: (status) => status === 'Linked' },
  { act: 'revoke', title: 'Revoke silently', when: (status) => status === 'Linked' },
  { act: 'unlink', title: 'Unlink', when: (status) => status === 'Linked' },
  { act: 'error', title: 'Add an error', when: () => true },
];

/** How often changing state is read, in milliseconds. */
const EVERY = 2_000;
const PAGE = 20;
/** The most requests, and the most messages, that are shown. */
const LOGGED = 50;
/** The most reads that are shown. */
export const SHOWN_READS = 30;
/** More than there are. */
const MOST_PLATFORMS = 200;

interface Found {
  totalResults: number;
  results: SandboxCompany[];
}

/** The sandbox's clock, as its control endpoint responds. */
interface Clock {
  now: string;
  mode: string;
  timeScale: string;
}

/** What the controls say, and what one does with them. */
export class SandboxControl {
  clock = $state.raw<Clock | null>(null);
  companies = $state.raw<Found | null>(null);
  reads = $state.raw<LiveRead[]>([]);
  faults = $state.raw<Fault[]>([]);
  outages = $state.raw<Outage[]>([]);
  platforms = $state.raw<Platform[]>([]);
  webhooks = $state.raw<Webhooks | null>(null);
  requests = $state.raw<LoggedRequest[]>([]);
  link = $state.raw<LinkSettings | null>(null);
  /** Whether everything was requested once: sections that came one by one would push each other away. */
  isLoaded = $state(false);
  /** Why the controls cannot be read. */
  failure = $state.raw<Failure | null>(null);
  /** Something is being added: a second one waits for a second wish. */
  isAdding = $state(false);
  /** The name that is searched for. */
  search = $state('');
  /** Names of companies by their identifiers, as far as they were asked for. */
  #names = new Map<string, string>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #isOn = false;
  #latestRequestId = 0;

  /** The sandbox's time, as it was seen last. */
  get now(): number {
    return this.clock === null ? 0 : Date.parse(this.clock.now);
  }

  /** What the company of a read is called. */
  companyName(read: LiveRead): string {
    return this.#names.get(read.companyId) ?? '';
  }

  /** What the platform of this key is called. */
  platformName(key: string): string {
    return this.platforms.find((one) => one.key === key)?.name ?? key;
  }

  /** Starts polling. */
  start(): void {
    this.#isOn = true;
    void this.#tick();
  }

  /** Stops polling. */
  stop(): void {
    this.#isOn = false;
    clearTimeout(this.#timer);
  }

  /** Reads the companies that are searched for. */
  async find(): Promise<void> {
    await this.#reportFailure(() => this.#find());
  }

  /** Moves the clock; what falls due on the way happens. */
  advance(by: string, words: string): Promise<boolean> {
    return this.#act('Couldn’t move the clock', `Clock moved by ${words}.`, async () => {
      this.clock = await send<Clock>('POST', 'clock', { advance: by });
      await Promise.all([this.#readFaults(), this.#readWebhooks(), this.#changed()]);
    });
  }

  /** Does something to a connection. */
  connection(of: SandboxCompany, one: SandboxConnection, act: string): Promise<boolean> {
    const whose = `${one.platformName} of ${of.name}`;
    return this.#act(`Couldn’t change ${whose}`, `${whose} changed.`, async () => {
      await send('POST', `connections/${one.id}/${act}`);
      await this.#changed();
    });
  }

  /** Deletes a company as if another client had done so. */
  vanish(company: SandboxCompany): Promise<boolean> {
    return this.#act(`Couldn’t delete ${company.name}`, `${company.name} deleted.`, async () => {
      await send('POST', `companies/${company.id}/vanish`);
      await this.#changed();
    });
  }

  /** Sets a fault. */
  addFault(fault: Record<string, unknown>): Promise<boolean> {
    return this.#add('Couldn’t add the fault', 'Fault added.', async () => {
      await send('POST', 'faults', fault);
      await this.#readFaults();
    });
  }

  /** Takes a fault away, or all of them. */
  clearFaults(id?: number): Promise<boolean> {
    return this.#act('Couldn’t clear the fault', 'Cleared.', async () => {
      await send('DELETE', id === undefined ? 'faults' : `faults/${id}`);
      await this.#readFaults();
    });
  }

  /** Starts an outage of a platform, for a number of hours or until it is ended. */
  beginOutage(key: string, hours: number | null): Promise<boolean> {
    const name = this.platformName(key);
    return this.#add(`Couldn’t start the outage of ${name}`, `${name} is down.`, async () => {
      const until = hours === null ? {} : { until: new Date(this.now + hours * 3_600_000).toISOString() };
      await send('POST', 'faults', { outage: key, ...until });
      await Promise.all([this.#readFaults(), this.#changed()]);
    });
  }

  /** Ends an outage. */
  endOutage(key: string): Promise<boolean> {
    const name = this.platformName(key);
    return this.#act(`Couldn’t end the outage of ${name}`, `${name} is up again.`, async () => {
      await send('DELETE', `faults/outage/${key}`);
      await Promise.all([this.#readFaults(), this.#changed()]);
    });
  }

  /** Adds a consumer of webhooks. */
  addConsumer(wanted: Pick<Consumer, 'url' | 'eventTypes' | 'companyTags'>): Promise<boolean> {
    return this.#add('Couldn’t add the consumer', 'Consumer added.', async () => {
      await send('POST', 'webhooks', wanted);
      await this.#readWebhooks();
    });
  }

  /** Removes a consumer. */
  removeConsumer(consumer: Consumer): Promise<boolean> {
    return this.#act(`Couldn’t remove ${consumer.url}`, `${consumer.url} removed.`, async () => {
      await send('DELETE', `webhooks/${consumer.id}`);
      await this.#readWebhooks();
    });
  }

  /** Sends a message once more. */
  replay(message: Message): Promise<boolean> {
    return this.#act('Couldn’t resend the message', 'Message sent again.', async () => {
      await send('POST', `webhooks/${message.id}/replay`);
      await this.#readWebhooks();
    });
  }

  /** The whole state; null where it could not be had. */
  async takeSnapshot(): Promise<unknown> {
    let snapshot: unknown = null;
    await this.#act('Couldn’t take a snapshot', 'Snapshot taken.', async () => {
      snapshot = await send<unknown>('GET', 'snapshot');
    });
    return snapshot;
  }

  /** Puts a state in place of this one. */
  restoreSnapshot(snapshot: unknown): Promise<boolean> {
    return this.#act('Couldn’t restore the snapshot', 'Snapshot restored.', async () => {
      await send('PUT', 'snapshot', snapshot);
      this.requests = [];
      await Promise.all([this.#readClock(), this.#readFaults(), this.#readLink(), this.#changed()]);
    });
  }

  /** Sets how Link behaves. */
  setLink(settings: LinkSettings): Promise<boolean> {
    return this.#act('Couldn’t save the Link settings', 'Link settings saved.', async () => {
      this.link = await send<LinkSettings>('PUT', 'link', settings);
    });
  }

  /** Forgets the requests. */
  clearRequests(): Promise<boolean> {
    return this.#act('Couldn’t clear the log', 'Log cleared.', async () => {
      await send('DELETE', 'requests');
      this.requests = [];
    });
  }

  async #tick(): Promise<void> {
    clearTimeout(this.#timer);
    if (!document.hidden) {
      await this.#reportFailure(async () => {
        // State that only changes by an act here is read once.
        const still =
          this.companies === null
            ? [this.#find(), this.#readFaults(), this.#readLink(), this.#readPlatforms()]
            : [];
        const moving = [this.#readClock(), this.#readReads(), this.#readWebhooks(), this.#readRequests()];
        await Promise.all([...moving, ...still]);
      });
      this.isLoaded = true;
    }
    if (this.#isOn) this.#timer = setTimeout(() => void this.#tick(), EVERY);
  }

  async #find(): Promise<void> {
    const requestId = (this.#latestRequestId += 1);
    const name = this.search.trim();
    const query = name === '' ? '' : `&query=${encodeURIComponent(`name~${name}`)}`;
    const found = await send<Found>('GET', `companies?page=1&pageSize=${PAGE}${query}`);
    if (requestId === this.#latestRequestId) this.companies = found;
  }

  async #readClock(): Promise<void> {
    this.clock = await send<Clock>('GET', 'clock');
  }

  async #readReads(): Promise<void> {
    const { results } = await send<{ results: LiveRead[] }>('GET', 'reads');
    const asked = results.slice(0, SHOWN_READS).map(({ companyId }) => companyId);
    await Promise.all([...new Set(asked)].map((id) => this.#readName(id)));
    this.reads = results;
  }

  /** A company's name is read once; one that cannot be read goes without. */
  async #readName(id: string): Promise<void> {
    if (this.#names.has(id)) return;
    const known = this.companies?.results.find((one) => one.id === id)?.name;
    const row = known === undefined ? await call('company', { id }).catch(() => null) : null;
    this.#names.set(id, known ?? row?.name ?? '');
  }

  async #readFaults(): Promise<void> {
    const set = await send<{ results: Fault[]; outages: Outage[] }>('GET', 'faults');
    this.faults = set.results;
    this.outages = set.outages;
  }

  async #readPlatforms(): Promise<void> {
    const path = `integrations?page=1&pageSize=${MOST_PLATFORMS}&orderBy=name`;
    this.platforms = (await send<{ results: Platform[] }>('GET', path)).results;
  }

  async #readWebhooks(): Promise<void> {
    this.webhooks = await send<Webhooks>('GET', `webhooks?page=1&pageSize=${LOGGED}`);
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

  /** After a change of the whole state, reads everything here and starts a sweep for the list. */
  async #changed(): Promise<void> {
    await Promise.all([this.#find(), this.#readReads(), call('refreshNow', {}).catch(() => ({}))]);
  }

  async #reportFailure(read: () => Promise<void>): Promise<void> {
    try {
      await read();
      this.failure = null;
    } catch (thrown) {
      this.failure = Failure.from(thrown);
    }
  }

  async #add(failed: string, done: string, act: () => Promise<void>): Promise<boolean> {
    if (this.isAdding) return false;
    this.isAdding = true;
    try {
      return await this.#act(failed, done, act);
    } finally {
      this.isAdding = false;
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

async function send<T>(method: SandboxMethod, path: string, body?: unknown): Promise<T> {
  const args = { method, path: `/_sandbox/${path}`, ...(body === undefined ? {} : { body }) };
  return (await call('sandboxCall', args)).body as T;
}
