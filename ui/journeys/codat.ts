// The sandbox as an engineer asks it: by its own API, with its key.
import { expect } from './portal';

/** Where the sandbox is, and its key. */
export interface Sandbox {
  address: string;
  key: string;
}

/** Asks the sandbox itself. */
export async function ask<T>(sandbox: Sandbox, method: string, path: string, body?: unknown): Promise<T> {
  const answer = await fetch(`${sandbox.address}${path}`, {
    method,
    headers: {
      Authorization: `Basic ${Buffer.from(sandbox.key).toString('base64')}`,
      'Content-Type': 'application/json',
    },
    body: body === undefined ? null : JSON.stringify(body),
  });
  expect(answer.status, `${method} ${path}`).toBeLessThan(300);
  const text = await answer.text();
  return (text === '' ? null : JSON.parse(text)) as T;
}

/** Lets the sandbox fail from now on. */
export function fault(sandbox: Sandbox, fault: object): Promise<unknown> {
  return ask(sandbox, 'POST', '/_sandbox/faults', [fault]);
}

/** A line of a statement. */
export interface Line {
  name?: string;
  value: number;
  items?: Line[];
}

/** A month of a profit and loss. */
export interface ProfitAndLoss {
  fromDate: string;
  income: Line;
  netOperatingProfit: number;
  netProfit: number;
}

/** The statement's months, newest first. */
export async function profitAndLoss(sandbox: Sandbox, company: string): Promise<ProfitAndLoss[]> {
  const path = `/companies/${company}/data/financials/profitAndLoss?periodLength=1&periodsToCompare=36`;
  return (await ask<{ reports: ProfitAndLoss[] }>(sandbox, 'GET', path)).reports;
}

/** £1,234.50 in hundredths, exactly. */
export function hundredths(text: string): number {
  const [whole = '', part = ''] = text.replace(/[^0-9.]/g, '').split('.');
  const amount = Number(whole) * 100 + Number(part.padEnd(2, '0'));
  return text.includes('−') || text.startsWith('-') ? -amount : amount;
}

/** Amounts of the API in hundredths, summed exactly. */
export function sum(amounts: number[]): number {
  return amounts.reduce((total, amount) => total + Math.round(amount * 100), 0);
}
