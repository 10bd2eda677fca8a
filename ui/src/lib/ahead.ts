// What is asked a moment before it is needed: the pointer comes to a name before it opens the company.
import { call } from './calls';
import { shell } from './shell.svelte';
import type { SummaryView } from './wire';

/** What was asked for nothing is not remembered for longer, in milliseconds. */
const FRESH = 1_500;
/** An answer that comes within this time is waited for: the company is drawn once, and not first without it. */
const SOON = 60;

let asked: { company: string; at: number; answer: Promise<SummaryView> } | null = null;
let opening = 0;

/** Asks for the summary of a company that is about to be opened. */
export function askAhead(company: string): void {
  if (isFresh(company)) return;
  const answer = call('summary', { id: company });
  // Whoever takes it hears of the failure; nobody may.
  answer.catch(() => {});
  asked = { company, at: performance.now(), answer };
}

/** The summary: the answer that was asked for ahead, once, or a new one. */
export function summaryOf(company: string): Promise<SummaryView> {
  const ahead = isFresh(company) ? asked : null;
  asked = null;
  return ahead?.answer ?? call('summary', { id: company });
}

/** Opens a company with its summary, or without it where that takes longer. Of two the later one is opened. */
export async function openWithSummary(company: string): Promise<void> {
  const own = (opening += 1);
  askAhead(company);
  const soon = new Promise((resolve) => setTimeout(resolve, SOON));
  await Promise.race([asked?.answer.catch(() => {}), soon]);
  if (own === opening && shell.screen === 'companies') shell.openCompany(company);
}

function isFresh(company: string): boolean {
  return asked?.company === company && performance.now() - asked.at < FRESH;
}
