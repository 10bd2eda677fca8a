import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';
import SideBar from '../../app/SideBar.svelte';
import { availableActions } from '../../lib/actions';
import { session } from '../../lib/session.svelte';
import { shell } from '../../lib/shell.svelte';
import type { SandboxMethod } from '../../lib/wire';
import { makeSession, makeWorkspace } from '../../test/data';
import { fails, stubHost, type StubHost } from '../../test/stub-host';
import { FAULT_KINDS, DEFAULT_CONDITIONS, buildFault, faultText } from './faults';
import type { Consumer, Fault, LinkSettings, Outage, SandboxCompany, Webhooks } from './types';
import Sandbox from './Sandbox.svelte';

const freight: SandboxCompany = {
  id: 'c2',
  name: 'Meridian Freight',
  dataConnections: [{ id: 'k3', platformName: 'Oracle NetSuite', status: 'Deauthorized' }],
};
const link: LinkSettings = {
  landingPage: false,
  showSandboxIntegrations: true,
  oneTimeUrls: false,
  allowedRedirectHosts: [],
  categories: {},
};
const request = {
  number: 1,
  at: '2026-11-23T09:00:00.0000000Z',
  method: 'GET',
  target: '/companies?page=1',
  status: 429,
  correlationId: '0123',
  responseBody: { bytes: 20, text: '{"statusCode":429}', isCut: false },
};

/** A company whose connection to Xero has this status. */
function bakery(status: string): SandboxCompany {
  const dataConnections = [
    { id: 'k1', platformName: 'Xero', status },
    { id: 'k2', platformName: 'Plaid', status: 'Unlinked' },
  ];
  return { id: 'c1', name: 'Harbour Lane Bakery', dataConnections };
}

const clockAt = (now: string) => () => ({ now, mode: 'real', timeScale: '1' });
const companiesAre = (results: SandboxCompany[]) => () => ({ totalResults: results.length, results });
const faultsAre =
  (results: Fault[], outages: Outage[] = []) =>
  () => ({ results, outages });

/** Consumers, each of which was told of one new company. */
function webhooksOf(consumers: Consumer[]): () => Webhooks {
  const told = { id: 'msg_1', eventType: 'company.created', made: '2026-11-23T09:00:00Z', state: 'Success' };
  const attempts = [{ at: '2026-11-23T09:00:00Z', status: 200, answer: 'ok' }];
  return () => ({
    consumers,
    results: consumers.map(({ url }) => ({ ...told, url, attempts, body: {} })),
    eventTypes: ['company.created', 'connection.connected', 'client.rateLimit.reached'],
  });
}

let backend: StubHost;
/** What the sandbox answers, by method and place. */
let answers: Record<string, (body: never, query: URLSearchParams) => unknown>;

beforeEach(async () => {
  answers = {
    'GET clock': clockAt('2026-11-23T09:00:00.000Z'),
    'GET companies': companiesAre([bakery('Linked'), freight]),
    'GET faults': faultsAre([]),
    'GET integrations': () => ({
      results: [
        { key: 'suuo', name: 'Plaid' },
        { key: 'gbol', name: 'Xero' },
      ],
    }),
    'GET link': () => link,
    'GET reads': () => ({
      results: [{ id: 'r1', companyId: 'c1', dataType: 'invoices', status: 'Fetching', progress: 30 }],
    }),
    'GET requests': (_, query) => ({ results: query.get('after') === '0' ? [request] : [] }),
    'GET webhooks': webhooksOf([]),
  };
  backend = stubHost({
    session: () => makeSession(),
    sandboxCall: ({ method, path, body }) => {
      const [place = '', query] = path.replace('/_sandbox/', '').split('?');
      const answer = answers[`${method} ${place}`];
      if (answer === undefined) throw new Error(`The test has no answer for ${method} ${place}.`);
      return { body: answer(body as never, new URLSearchParams(query)) };
    },
    company: () => null,
    refreshNow: () => ({}),
  });
  await session.load();
  shell.navigate('companies');
});

async function open(): Promise<ReturnType<typeof userEvent.setup>> {
  render(Sandbox);
  await screen.findByRole('button', { name: 'Delete Harbour Lane Bakery silently' });
  return userEvent.setup();
}

const sent = (method: SandboxMethod) =>
  backend.argsOf('sandboxCall').filter((args) => args.method === method);

test('it shows companies, reads, faults and requests as they are', async () => {
  const user = await open();
  expect(screen.getByText('2 in all')).toBeInTheDocument();
  expect(await screen.findByRole('progressbar', { name: 'Progress of Invoices' })).toHaveAttribute(
    'value',
    '30',
  );
  const reads = screen.getByRole('region', { name: 'Live reads' });
  expect(within(reads).getByText('Harbour Lane Bakery')).toBeInTheDocument();
  expect(screen.getByText('No faults are set.')).toBeInTheDocument();
  const request = await screen.findByText('GET /companies?page=1');
  await user.click(request);
  expect(screen.getByText(/"statusCode": 429/)).toBeInTheDocument();
});

test('the clock is moved, and the list behind is told', async () => {
  const user = await open();
  answers['POST clock'] = () => {
    const later = clockAt('2027-02-26T09:00:00.000Z');
    answers['GET clock'] = later;
    return later();
  };
  await user.click(screen.getByRole('button', { name: '+95 days' }));
  await waitFor(() => expect(sent('POST')).toHaveLength(1));
  expect(sent('POST')[0]).toEqual({
    method: 'POST',
    path: '/_sandbox/clock',
    body: { advance: '95d' },
  });
  await waitFor(() => expect(backend.calls.some(({ name }) => name === 'refreshNow')).toBe(true));
  await waitFor(() =>
    expect(document.querySelector('time')).toHaveAttribute('datetime', '2027-02-26T09:00:00.000Z'),
  );
});

test('a connection is broken and mended, with the acts that make sense', async () => {
  const user = await open();
  answers['POST connections/k1/deauthorize'] = () => {
    answers['GET companies'] = companiesAre([bakery('Deauthorized'), freight]);
    return null;
  };
  answers['POST companies/c2/vanish'] = () => {
    answers['GET companies'] = companiesAre([bakery('Deauthorized')]);
    return null;
  };
  await user.click(screen.getByRole('button', { name: 'De-authorize: Xero of Harbour Lane Bakery' }));
  await screen.findByRole('button', { name: 'Link: Xero of Harbour Lane Bakery' });
  expect(screen.queryByRole('button', { name: 'Unlink: Xero of Harbour Lane Bakery' })).toBeNull();
  expect(sent('POST')[0]?.path).toBe('/_sandbox/connections/k1/deauthorize');
  await user.click(screen.getByRole('button', { name: 'Delete Meridian Freight silently' }));
  await user.click(await screen.findByRole('button', { name: 'Delete silently' }));
  await waitFor(() => expect(screen.queryByText('Meridian Freight')).toBeNull());
});

test('companies are searched by name', async () => {
  const user = await open();
  answers['GET companies'] = (_, query) =>
    companiesAre(query.get('query') === 'name~merid' ? [freight] : [bakery('Linked'), freight])();
  await user.type(screen.getByRole('searchbox', { name: 'Name' }), 'merid{Enter}');
  await screen.findByText('1 in all');
  expect(screen.queryByRole('button', { name: 'Delete Harbour Lane Bakery silently' })).toBeNull();
});

test('a fault is set, told in a line, and cleared', async () => {
  const user = await open();
  answers['POST faults'] = (fault: object) => {
    answers['GET faults'] = faultsAre([{ id: 1, ...fault }]);
    return null;
  };
  answers['DELETE faults/1'] = () => {
    answers['GET faults'] = faultsAre([]);
    return null;
  };
  await user.selectOptions(screen.getByLabelText('What goes wrong'), '429');
  await user.click(screen.getByRole('button', { name: 'Add fault' }));
  expect(
    await screen.findByText('Status 429, retry after 30 s, paths starting with /companies, 1 request'),
  ).toBeInTheDocument();
  await user.click(screen.getByRole('button', { name: 'Clear fault 1' }));
  expect(await screen.findByText('No faults are set.')).toBeInTheDocument();
});

test('a fault without a count meets every request', () => {
  const late = FAULT_KINDS.find(({ value }) => value === 'delay')!;
  const every = { ...DEFAULT_CONDITIONS, times: '' };
  expect(buildFault(late, { ...every, route: ' ' }, 0)).toEqual({ delayMs: 2_000 });
  expect(buildFault(late, { ...every, route: '/profile', times: '0' }, 0)).toEqual({
    delayMs: 2_000,
    route: '/profile',
  });
  expect(faultText({ id: 3, malformed: true, html: false, route: '/x' })).toBe(
    'Truncated JSON, paths starting with /x',
  );
  expect(faultText({ id: 4, body: 'x'.repeat(5_000_000) }), 'a long answer is not drawn').toHaveLength(86);
});

test('a fault meets only those that it is set for, and a time is one of the sandbox', () => {
  const dated = FAULT_KINDS.find(({ value }) => value === '429date')!;
  const some = { ...DEFAULT_CONDITIONS, method: 'POST', integration: 'gbol', rate: '0.5', times: '' };
  expect(buildFault(dated, some, Date.parse('2026-11-23T09:00:00Z'))).toEqual({
    status: 429,
    retryAfter: 'Mon, 23 Nov 2026 09:00:30 GMT',
    route: '/companies',
    method: 'POST',
    integration: 'gbol',
    rate: 0.5,
  });
});

test('a platform is out until that is ended', async () => {
  const user = await open();
  answers['POST faults'] = ({ outage }: { outage: string }) => {
    answers['GET faults'] = faultsAre([], [{ outage, from: '2026-11-23T09:00:00.000Z' }]);
    return null;
  };
  answers['DELETE faults/outage/gbol'] = () => {
    answers['GET faults'] = faultsAre([]);
    return null;
  };
  await user.selectOptions(
    screen.getByLabelText('Platform', { selector: 'section[aria-labelledby=sandbox-outages] select' }),
    'gbol',
  );
  await user.click(screen.getByRole('button', { name: 'Start outage' }));
  await user.click(await screen.findByRole('button', { name: 'End the outage of Xero' }));
  expect(await screen.findByText('All platforms are up.')).toBeInTheDocument();
});

test('a consumer is added, told, and told again', async () => {
  const user = await open();
  answers['POST webhooks'] = (consumer: Consumer) => {
    answers['GET webhooks'] = webhooksOf([{ ...consumer, id: 'w1', secret: 'whsec_x' }]);
    return null;
  };
  answers['POST webhooks/msg_1/replay'] = () => null;
  await user.click(await screen.findByRole('button', { name: 'Add consumer' }));
  await screen.findByRole('button', { name: 'Remove http://127.0.0.1:9000/hook' });
  expect(sent('POST')[0]).toMatchObject({
    path: '/_sandbox/webhooks',
    body: { eventTypes: ['company.created', 'connection.connected'], companyTags: [] },
  });
  await user.click(screen.getByRole('button', { name: 'Send again: company.created', hidden: true }));
  expect(sent('POST').at(-1)?.path).toBe('/_sandbox/webhooks/msg_1/replay');
});

test('a snapshot is taken, and gone back to', async () => {
  const user = await open();
  answers['GET snapshot'] = () => ({ companies: [bakery('Linked'), freight] });
  answers['POST companies/c2/vanish'] = () => {
    answers['GET companies'] = companiesAre([bakery('Linked')]);
    return null;
  };
  answers['PUT snapshot'] = ({ companies }: { companies: SandboxCompany[] }) => {
    answers['GET companies'] = companiesAre(companies);
    return null;
  };
  expect(screen.getByRole('button', { name: 'Restore it' })).toBeDisabled();
  await user.click(screen.getByRole('button', { name: 'Take a snapshot' }));
  await user.click(screen.getByRole('button', { name: 'Delete Meridian Freight silently' }));
  await user.click(await screen.findByRole('button', { name: 'Delete silently' }));
  await waitFor(() => expect(screen.queryByText('Meridian Freight')).toBeNull());
  await user.click(screen.getByRole('button', { name: 'Restore it' }));
  expect(await screen.findByText('Meridian Freight')).toBeInTheDocument();
});

test('Link is set: whole, with what was set before', async () => {
  const user = await open();
  answers['PUT link'] = (settings) => settings;
  const set = () => sent('PUT').at(-1)?.body as LinkSettings;
  await user.click(await screen.findByRole('switch', { name: /^One-time Link URLs/ }));
  await waitFor(() => expect(set().oneTimeUrls).toBe(true));
  await user.click(screen.getByRole('checkbox', { name: 'Commerce is offered' }));
  await waitFor(() => expect(set().categories).toEqual({ commerce: { enabled: false, optional: true } }));
  expect(set().oneTimeUrls).toBe(true);
  const redirect = screen.getByLabelText(/^Redirect at the end/);
  await user.type(redirect, 'https://x.test/');
  await user.tab();
  await waitFor(() => expect(set().redirectUrl).toBe('https://x.test/'));
  await user.clear(redirect);
  await user.tab();
  await waitFor(() => expect(set()).not.toHaveProperty('redirectUrl'));
});

test('a double click adds one fault, one outage and one consumer', async () => {
  const user = await open();
  answers['POST faults'] = () => null;
  answers['POST webhooks'] = () => null;
  const posted = (path: string) => sent('POST').filter((one) => one.path === `/_sandbox/${path}`);
  await user.dblClick(screen.getByRole('button', { name: 'Add fault' }));
  await waitFor(() => expect(posted('faults')).toHaveLength(1));
  await user.dblClick(await screen.findByRole('button', { name: 'Start outage' }));
  await waitFor(() => expect(posted('faults')).toHaveLength(2));
  await user.dblClick(await screen.findByRole('button', { name: 'Add consumer' }));
  await waitFor(() => expect(posted('webhooks')).toHaveLength(1));
  expect(posted('faults')).toHaveLength(2);
});

test('why it cannot be driven is said', async () => {
  backend.stubs.sandboxCall = fails('safeMode', 'Not in this mode.');
  render(Sandbox);
  expect(await screen.findByText('Not in this mode.')).toBeInTheDocument();
});

test('only in the sandbox is there a way to it', async () => {
  backend.stubs.expiring = () => ({ total: 0, rows: [] });
  backend.stubs.unreadAlerts = () => 0;
  const { unmount } = render(SideBar);
  const main = () => screen.getByRole('navigation', { name: 'Main' });
  expect(within(main()).getByRole('button', { name: 'Sandbox tools' })).toBeInTheDocument();
  expect(availableActions().some(({ id }) => id === 'go.sandbox')).toBe(true);
  unmount();
  backend.stubs.session = () => makeSession({ workspaces: [makeWorkspace({ kind: 'codat' })] });
  await session.load();
  render(SideBar);
  expect(within(main()).queryByRole('button', { name: 'Sandbox tools' })).toBeNull();
  expect(availableActions().some(({ id }) => id === 'go.sandbox')).toBe(false);
});

test('another workspace leads away from it', () => {
  shell.navigate('sandbox');
  shell.resetForWorkspace();
  expect(shell.screen).toBe('companies');
});

test('a fault is said in words, and a field without words by its name', () => {
  expect(faultText({ id: 1, status: 500, route: '/companies', times: 20, method: 'POST' })).toBe(
    'Status 500, paths starting with /companies, 20 requests, POST only',
  );
  expect(faultText({ id: 2, status: 429, retryAfter: 'Tue, 01 Dec 2026 00:00:30 GMT' })).toBe(
    'Status 429, retry at a time',
  );
  expect(faultText({ id: 3, status: 418, rate: 0.5, drop: false })).toBe('status 418, rate 0.5');
});
