// The sandbox's controls where there is no sandbox: as much of them as its screen uses.
import { Failure } from '../lib/host';

/** A sandbox that is not there. */
export class FakeSandbox {
  now = Date.parse('2026-11-23T09:00:00Z');
  companies = [
    company('c1', 'Harbour Lane Bakery', [
      ['k1', 'Xero', 'Linked'],
      ['k2', 'Plaid', 'Unlinked'],
    ]),
    company('c2', 'Meridian Freight', [['k3', 'Oracle NetSuite', 'Deauthorized']]),
  ];
  faults: { id: number; [field: string]: unknown }[] = [];
  outages: { outage: string; from: string; until?: string }[] = [];
  consumers: { id: string; url: string; [field: string]: unknown }[] = [];
  reads = [{ id: 'r1', companyId: 'c1', dataType: 'invoices', status: 'Fetching', progress: 30 }];
  link: Record<string, unknown> = {
    landingPage: false,
    showSandboxIntegrations: true,
    oneTimeUrls: false,
    allowedRedirectHosts: [],
    categories: {},
  };
  requests = [
    {
      number: 1,
      at: '2026-11-23T09:00:00.0000000Z',
      method: 'GET',
      target: '/companies?page=1',
      status: 429,
      correlationId: '0123',
      responseBody: { bytes: 20, text: '{"statusCode":429}', isCut: false },
    },
  ];

  /** Answers a request as the sandbox would. */
  answer(method: string, path: string, body: unknown): unknown {
    const [place = '', query = ''] = path.replace(/^\/_sandbox\//, '').split('?');
    const parts = place.split('/');
    const given = (body ?? {}) as Record<string, unknown>;
    switch (`${method} ${parts[0]}`) {
      case 'GET clock':
        return this.#clock();
      case 'POST clock':
        this.now += Number(String(given['advance']).replace('d', '')) * 86_400_000;
        return this.#clock();
      case 'GET companies': {
        const wanted = (new URLSearchParams(query).get('query') ?? '').replace('name~', '').toLowerCase();
        const results = this.companies.filter((it) => it.name.toLowerCase().includes(wanted));
        return { totalResults: results.length, results };
      }
      case 'POST companies':
        this.companies = this.companies.filter(({ id }) => id !== parts[1]);
        return null;
      case 'POST connections':
        return this.#connection(parts[1] ?? '', parts[2] ?? '');
      case 'GET faults':
        return { results: this.faults, outages: this.outages };
      case 'POST faults':
        if (typeof given['outage'] === 'string') {
          this.outages = [
            ...this.outages,
            { outage: given['outage'], from: new Date(this.now).toISOString() },
          ];
          return { results: [], outages: [] };
        }
        this.faults = [...this.faults, { id: this.faults.length + 1, ...given }];
        return { results: this.faults.slice(-1) };
      case 'DELETE faults':
        if (parts[1] === 'outage') {
          this.outages = this.outages.filter(({ outage }) => outage !== parts[2]);
          return null;
        }
        this.faults = this.faults.filter(({ id }) => parts[1] !== undefined && String(id) !== parts[1]);
        return null;
      case 'GET reads':
        return { results: this.reads };
      case 'GET integrations':
        return {
          results: [
            { key: 'suuo', name: 'Plaid' },
            { key: 'gbol', name: 'Xero' },
          ],
        };
      case 'GET webhooks':
        return this.#webhooks();
      case 'POST webhooks':
        if (parts[2] !== 'replay') {
          const id = `w${this.consumers.length}`;
          this.consumers = [
            ...this.consumers,
            { ...given, id, url: String(given['url']), secret: 'whsec_x' },
          ];
        }
        return null;
      case 'DELETE webhooks':
        this.consumers = this.consumers.filter(({ id }) => id !== parts[1]);
        return null;
      case 'GET snapshot':
        return { companies: this.companies };
      case 'PUT snapshot':
        this.companies = given['companies'] as typeof this.companies;
        return null;
      case 'GET requests':
        return {
          results: this.requests.filter(
            ({ number }) => number > Number(new URLSearchParams(query).get('after')),
          ),
        };
      case 'DELETE requests':
        this.requests = [];
        return null;
      case 'GET link':
        return this.link;
      case 'PUT link':
        this.link = given;
        return this.link;
      default:
        throw new Failure({ code: 'notFound', message: 'There is no such control.', detail: null });
    }
  }

  #webhooks(): unknown {
    const at = new Date(this.now).toISOString();
    const message = { id: 'msg_1', eventType: 'company.created', made: at, state: 'Success', body: {} };
    return {
      consumers: this.consumers,
      results: this.consumers.map(({ url }) => ({
        ...message,
        url,
        attempts: [{ at, status: 200, answer: 'ok' }],
      })),
      eventTypes: ['company.created', 'connection.connected', 'client.rateLimit.reached'],
    };
  }

  #clock(): unknown {
    return { now: new Date(this.now).toISOString(), mode: 'real', timeScale: '1' };
  }

  #connection(id: string, act: string): unknown {
    const statuses: Record<string, string> = {
      link: 'Linked',
      unlink: 'Unlinked',
      deauthorize: 'Deauthorized',
    };
    const found = this.companies.flatMap((it) => it.dataConnections).find((it) => it.id === id);
    if (found) found.status = statuses[act] ?? found.status;
    return found;
  }
}

function company(id: string, name: string, connections: [string, string, string][]) {
  const dataConnections = connections.map(([key, platformName, status]) => ({
    id: key,
    platformName,
    status,
  }));
  return { id, name, dataConnections };
}
