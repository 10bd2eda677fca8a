// What is asked a moment before it is needed: the button goes down on a name before it opens the company.
import { call } from './calls';
import { shell } from './shell.svelte';
import type { SummaryView } from './wire';

/** The longest time that a prefetched answer is used, in milliseconds. */
const MAX_AGE = 1_500;
/** An answer that comes within this time is waited for: the company is drawn once, and not first without it. */
const MAX_WAIT = 60;

interface Ahead {
  company: string;
  at: number;
  answer: Promise<SummaryView>;
  /** The answer once it came. */
  result: SummaryView | null;
}

let prefetch: Ahead | null = null;
let openRequestId = 0;

/** Asks for the summary of a company that is about to be opened. */
export function prefetchSummary(company: string): void {
  if (freshPrefetch(company) !== null) return;
  const ahead: Ahead = {
    company,
    at: performance.now(),
    answer: call('summary', { id: company }),
    result: null,
  };
  prefetch = ahead;
  // Current waiters get the failure; later callers send a new request.
  ahead.answer
    .then((view) => (ahead.result = view))
    .catch(() => {
      if (prefetch === ahead) prefetch = null;
    });
}

/** The prefetched summary, if it has arrived, for the first render of the screen. */
export function prefetchedSummary(company: string): SummaryView | null {
  return freshPrefetch(company)?.result ?? null;
}

/** The summary: the prefetched answer, used once, or a new one. */
export function takeSummary(company: string): Promise<SummaryView> {
  const ahead = freshPrefetch(company);
  prefetch = null;
  return ahead?.answer ?? call('summary', { id: company });
}

/** Opens a company with its summary, or without it where that takes longer. Of two the later one is opened. */
export async function openCompanyWithSummary(company: string): Promise<void> {
  const own = (openRequestId += 1);
  prefetchSummary(company);
  if (prefetchedSummary(company) === null) {
    const soon = new Promise((resolve) => setTimeout(resolve, MAX_WAIT));
    await Promise.race([prefetch?.answer.catch(() => {}), soon]);
  }
  if (own === openRequestId && shell.screen === 'companies') shell.openCompany(company);
}

function freshPrefetch(company: string): Ahead | null {
  return prefetch?.company === company && performance.now() - prefetch.at < MAX_AGE ? prefetch : null;
}
