// Time zones to choose from: found by words, modern names before retired ones.
import { zoneCity, zoneRegion } from './schedules';

/** Names that still work and stand for a zone with a newer name. */
const RETIRED = new Set([
  ...['Asmera', 'Timbuktu'].map((city) => `Africa/${city}`),
  ...[
    ...['Atka', 'Buenos_Aires', 'Catamarca', 'Coral_Harbour', 'Cordoba', 'Ensenada', 'Fort_Wayne', 'Godthab'],
    ...['Indianapolis', 'Jujuy', 'Knox_IN', 'Louisville', 'Mendoza', 'Montreal', 'Nipigon', 'Pangnirtung'],
    ...[
      'Porto_Acre',
      'Rainy_River',
      'Rosario',
      'Santa_Isabel',
      'Shiprock',
      'Thunder_Bay',
      'Virgin',
      'Yellowknife',
    ],
    'Argentina/ComodRivadavia',
  ].map((city) => `America/${city}`),
  'Antarctica/South_Pole',
  ...[
    ...[
      'Ashkhabad',
      'Calcutta',
      'Choibalsan',
      'Chongqing',
      'Chungking',
      'Dacca',
      'Harbin',
      'Istanbul',
      'Kashgar',
    ],
    ...['Katmandu', 'Macao', 'Rangoon', 'Saigon', 'Tel_Aviv', 'Thimbu', 'Ujung_Pandang', 'Ulan_Bator'],
  ].map((city) => `Asia/${city}`),
  ...['Faeroe', 'Jan_Mayen'].map((city) => `Atlantic/${city}`),
  ...[
    ...['ACT', 'Canberra', 'Currie', 'LHI', 'NSW', 'North', 'Queensland', 'South', 'Tasmania', 'Victoria'],
    ...['West', 'Yancowinna'],
  ].map((city) => `Australia/${city}`),
  ...['Belfast', 'Kiev', 'Nicosia', 'Tiraspol', 'Uzhgorod', 'Zaporozhye'].map((city) => `Europe/${city}`),
  ...['Enderbury', 'Johnston', 'Ponape', 'Samoa', 'Truk', 'Yap'].map((city) => `Pacific/${city}`),
]);
const REGIONS = new Set([
  ...['Africa', 'America', 'Antarctica', 'Arctic', 'Asia'],
  ...['Atlantic', 'Australia', 'Europe', 'Indian', 'Pacific'],
]);

/** Whether a name is no longer the usual one of its zone, such as `Europe/Kiev`, `US/Eastern` or `GB`. */
export function isRetired(zone: string): boolean {
  return zone !== 'UTC' && (RETIRED.has(zone) || !REGIONS.has(zoneRegion(zone)));
}

/** The zones that contain all words of a search, best first: cities that begin with it, modern names, then by city. */
export function findZones(zones: readonly string[], search: string): string[] {
  const words = plain(search).split(/\s+/).filter(Boolean);
  const [first = ''] = words;
  return zones
    .map((zone) => ({ zone, city: plain(zoneCity(zone)), text: plain(`${zone} ${zoneCity(zone)}`) }))
    .filter(({ text }) => words.every((word) => text.includes(word)))
    .toSorted(
      (one, other) =>
        Number(isRetired(one.zone)) - Number(isRetired(other.zone)) ||
        Number(other.city.startsWith(first)) - Number(one.city.startsWith(first)) ||
        one.city.localeCompare(other.city),
    )
    .map(({ zone }) => zone);
}

/** "London (Europe)", "UTC". */
export function zoneLabel(zone: string): string {
  return zone.includes('/') ? `${zoneCity(zone)} (${zoneRegion(zone)})` : zone;
}

/** The offset from UTC at a time, such as "GMT+1"; empty where this window doesn't know the zone. */
export function zoneOffset(zone: string, at: number): string {
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'shortOffset' });
    return format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
  } catch {
    return '';
  }
}

/** Lower case, without accents, slashes or underscores. */
function plain(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[/_,]/g, ' ').toLowerCase();
}
