// Companies for the mode without an application: made from a seed, the same every time.
import type { ColourName, CompanyRow, ConnectionChip } from '../lib/wire';

const FIRST = [
  'Harbour',
  'Northwind',
  'Aurora',
  'Copper',
  'Meridian',
  'Paper Kite',
  'Vale',
  'Brightwater',
  'Ochre',
  'Lighthouse',
  'Kestrel',
  'Saffron',
  'Fenwick',
  'Tideway',
  'Juniper',
  'Old Mill',
  'Pavilion',
  'Stonebridge',
  'Larkspur',
  'Atlas',
  'Cobalt',
];
const SECOND = [
  'Bakery',
  'Traders',
  'Dental Group',
  'Joinery',
  'Freight',
  'Agency',
  'Veterinary Clinic',
  'Physio',
  'Studio',
  'Books',
  'Roofing',
  'Kitchen',
  'Optical',
  'Marine',
  'Landscapes',
  'Brewing',
  'Events',
  'Care',
  'Florists',
  'Print Works',
  'Cycles',
];
const PEOPLE = ['Operations', 'API', 'Onboarding', null];
const PLATFORMS: [string, string, string][] = [
  ['gbol', 'Xero', 'Accounting'],
  ['qhyg', 'QuickBooks Online', 'Accounting'],
  ['akxx', 'NetSuite', 'Accounting'],
  ['knfz', 'Sage Intacct', 'Accounting'],
  ['rqqb', 'Sage 50', 'Accounting'],
  ['rwuv', 'Plaid', 'Banking'],
  ['nprh', 'Stripe', 'Commerce'],
  ['fztf', 'Shopify', 'Commerce'],
  ['ugxp', 'Zettle', 'Commerce'],
  ['nkjj', 'Square', 'Commerce'],
];
const WORDS: Record<ColourName, [string, string]> = {
  green: ['Linked', 'Linked'],
  red: ['Deauthorized', 'Deauthorized'],
  purple: ['PendingAuth', 'Pending'],
  grey: ['Unlinked', 'Unlinked'],
  none: ['', ''],
};
const ODD_NAMES = [
  'Ōsaka Noodle House',
  'شركة النور للتجارة',
  '東京ベーカリー株式会社',
  'Émile & Fils, Pâtissiers',
  `${'A very long name that goes on and on, '.repeat(12)}Ltd`,
  '👩‍🍳 Café Zoë 🍰',
  '<b>Bold</b> <img src=x onerror=alert(1)>',
];
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** So many companies, the newest reads first. */
export function fakeCompanies(many: number, now: number): CompanyRow[] {
  const random = generator(7);
  const rows: CompanyRow[] = [];
  for (let at = 0; at < many; at += 1) rows.push(company(at, now, random));
  for (const at of [2, 17]) {
    const parent = rows[at];
    if (parent === undefined || many < 40) continue;
    for (let child = at * 2 + 22; child < at * 2 + 26; child += 1) {
      const row = rows[child];
      if (row === undefined) continue;
      row.parent = { id: parent.id, name: parent.name };
      parent.subsidiaries += 1;
    }
  }
  return rows;
}

/** Worst first. */
export function worst(connections: readonly ConnectionChip[]): ColourName {
  const order: ColourName[] = ['red', 'grey', 'purple', 'green'];
  return order.find((colour) => connections.some((chip) => chip.colour === colour)) ?? 'none';
}

function company(at: number, now: number, random: () => number): CompanyRow {
  const many = at === 20 ? 0 : at === 9 ? 7 : Math.min(4, 1 + Math.floor(random() * random() * 4.5));
  const connections = Array.from({ length: many }, (_, place) => connection(at, place, now, random));
  connections.sort((a, b) => rank(a.colour) - rank(b.colour) || a.name.localeCompare(b.name));
  const reads = connections.flatMap((chip) => chip.lastRead ?? []);
  const expiries = connections.flatMap((chip) => chip.expires ?? []);
  const created = now - Math.floor(random() * 300 * DAY);
  return {
    id: uuid(random),
    name: nameOf(at),
    description: random() < 0.3 ? 'Introduced by a broker, reviewed each quarter' : null,
    createdBy: PEOPLE[Math.floor(random() * PEOPLE.length)] ?? null,
    created,
    unreadableSince: null,
    lastRead: reads.length > 0 ? Math.max(...reads) : null,
    colour: worst(connections),
    connections,
    products: random() < 0.5 ? ['lending', 'bank-feeds'] : random() < 0.5 ? ['lending'] : [],
    tags: random() < 0.5 ? [['region', ['uk', 'us', 'jp'][Math.floor(random() * 3)] ?? 'uk']] : [],
    expires: expiries.length > 0 ? Math.min(...expiries) : null,
    parent: null,
    subsidiaries: 0,
    subsidiaryCounts: { red: 0, grey: 0, purple: 0, green: 0, none: 0 },
    depth: 0,
  };
}

function connection(at: number, place: number, now: number, random: () => number): ConnectionChip {
  const [key, name, source] = PLATFORMS[
    (at * 3 + place * 4 + Math.floor(random() * 3)) % PLATFORMS.length
  ] ?? ['gbol', 'Xero', 'Accounting'];
  const dice = random();
  const colour: ColourName = dice < 0.72 ? 'green' : dice < 0.84 ? 'red' : dice < 0.92 ? 'purple' : 'grey';
  const [status, word] = WORDS[colour];
  const isError = colour === 'red' && random() < 0.3;
  const age = at < 3 ? (at + 1) * 4 * MINUTE : Math.floor(at * at * 9 * MINUTE * (0.6 + random()));
  const id = uuid(random);
  const created = now - Math.floor(random() * 200 * DAY);
  const expires = source === 'Banking' ? now + Math.floor(random() * 90 * DAY) : null;
  return {
    id,
    integrationKey: key,
    name,
    sourceType: source,
    status: isError ? 'Linked' : status,
    colour,
    word: isError ? 'Error' : word,
    isOutage: false,
    error:
      colour === 'red' ? 'Access was withdrawn at the source: the refresh token is no longer valid.' : null,
    created,
    lastRead: colour === 'purple' ? null : now - Math.min(age, 290 * DAY),
    expires,
    restsOn:
      expires === null
        ? null
        : {
            clock: 'consent',
            days: 90,
            since: expires - 90 * DAY,
            countedFrom: 'linked',
            estimate: false,
          },
    oneTime: false,
  };
}

function nameOf(at: number): string {
  if (at > 0 && at % 6 === 4 && at / 6 < ODD_NAMES.length) return ODD_NAMES[Math.floor(at / 6)] ?? '';
  const first = FIRST[at % FIRST.length] ?? '';
  const second = SECOND[(at + Math.floor(at / FIRST.length)) % SECOND.length] ?? '';
  return at < FIRST.length ? `${first} ${second}` : `${first} ${second} ${Math.floor(at / FIRST.length) + 1}`;
}

function rank(colour: ColourName): number {
  return ['red', 'grey', 'purple', 'green', 'none'].indexOf(colour);
}

/** A small generator of numbers in [0, 1), the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function uuid(random: () => number): string {
  const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}
