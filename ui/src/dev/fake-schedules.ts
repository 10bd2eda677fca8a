// Schedules of the application that is not there: one of every kind.
import type { OutcomeView, ScheduleForecast, SchedulePlan, Schedules, ScheduleView } from '../lib/wire';

const HOUR = 3_600_000;

/** The schedules that the fake begins with. */
export function fakeSchedules(now: number): Schedules {
  const day = (days: number) => now + days * 24 * HOUR;
  const nightly = plan({
    target: { kind: 'matching', search: 'tag:region=uk' },
    dataType: 'invoices',
    timing: { kind: 'clock', times: ['06:00', '18:00'], days: 0b1_1111 },
    zone: 'Europe/London',
    blackouts: [{ days: 0b1_1111, from: '09:00', until: '17:00' }],
  });
  const rows: ScheduleView[] = [
    view(1, 'UK invoices', nightly, {
      data: 'Invoices',
      forecast: forecast({
        upcoming: [now + 3 * HOUR, now + 15 * HOUR, day(1), day(2), day(3)],
        companies: 118,
        unreadable: 14,
        requestsADay: 149,
        overlaps: [{ id: 2, name: 'Everything, daily', companies: 104 }],
      }),
      outcomes: [
        outcome(now - 9 * HOUR, { queued: 96, done: 8, unreadable: 14 }),
        outcome(now - 21 * HOUR, { queued: 104, unreadable: 14, reason: 'asleep', earlier: 29 }),
      ],
    }),
    view(2, 'Everything, daily', plan({ timing: { kind: 'every', hours: 24 } }), {
      forecast: forecast({ upcoming: [now], due: 12, companies: 1_204, unreadable: 80, requestsADay: 1_124 }),
      outcomes: [{ ...outcome(now - 20 * 60_000, { queued: 41, done: 3 }), due: null }],
    }),
    view(3, 'Year end', plan({ timing: { kind: 'clock', times: ['02:00'], days: 1 } }), {
      held: 'offline',
      forecast: forecast({ upcoming: [day(4)], companies: 1_204, unreadable: 80, requestsADay: 161 }),
    }),
    view(4, 'Watch list', plan({ target: { kind: 'companies', ids: ['a', 'b'] } }), {
      on: false,
      names: [
        { id: 'a', name: 'Harbour Lane Bakery' },
        { id: 'b', name: 'Northern Light Studios' },
      ],
      forecast: forecast({ companies: 2, requestsADay: 2 }),
    }),
  ];
  const dataTypes = [
    { key: 'invoices', name: 'Invoices', group: 'Earning' },
    { key: 'bills', name: 'Bills', group: 'Spending' },
  ];
  return { here: true, zone: 'Europe/London', rows, dataTypes, requestsADay: 1_434, allowedADay: 3_050 };
}

/** What a plan comes to. */
export function fakeForecast(now: number): ScheduleForecast {
  return forecast({ upcoming: [now + 8 * HOUR], companies: 40, unreadable: 3, requestsADay: 37 });
}

function plan(given: Partial<SchedulePlan>): SchedulePlan {
  return {
    target: { kind: 'all' },
    dataType: null,
    timing: { kind: 'clock', times: ['06:00'], days: 0b111_1111 },
    zone: null,
    blackouts: [],
    spreadMinutes: 15,
    ...given,
  };
}

function view(id: number, name: string, of: SchedulePlan, given: Partial<ScheduleView>): ScheduleView {
  const rest = { data: 'All data', names: [], held: null, outcomes: [], forecast: forecast({}) };
  return { id, name, on: true, plan: of, ...rest, ...given };
}

function forecast(given: Partial<ScheduleForecast>): ScheduleForecast {
  return {
    problem: null,
    upcoming: [],
    companies: 0,
    unreadable: 0,
    due: 0,
    requestsADay: 0,
    overlaps: [],
    ...given,
  };
}

function outcome(at: number, given: Partial<OutcomeView>): OutcomeView {
  return {
    due: at,
    at,
    earlier: 0,
    reason: null,
    queued: 0,
    done: 0,
    unreadable: 0,
    run: 1,
    counts: null,
    ...given,
  };
}
