// What is asked a moment before it is needed: a press of the button comes before the click that opens something.
import { call } from './calls';
import type { SummaryView } from './wire';

/** A press that was no click is not remembered for longer. */
const FRESH = 1_500;

let asked: { company: string; at: number; answer: Promise<SummaryView> } | null = null;

/** Asks for the summary of a company that is about to be opened. */
export function askAhead(company: string): void {
  const answer = call('summary', { id: company });
  // Whoever takes it hears of the failure; nobody may.
  answer.catch(() => {});
  asked = { company, at: performance.now(), answer };
}

/** The summary: the answer that was asked for ahead, once, or a new one. */
export function summaryOf(company: string): Promise<SummaryView> {
  const ahead = asked;
  asked = null;
  const isFresh = ahead?.company === company && performance.now() - ahead.at < FRESH;
  return isFresh ? ahead.answer : call('summary', { id: company });
}
