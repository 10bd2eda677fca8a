// What is asked a moment before it is needed: the button goes down on a name before it opens the company.
import { call } from './calls';
import { shell } from './shell.svelte';
import type { SummaryView } from './wire';

/** An answer is not taken for what is kept for longer than this, in milliseconds. */
const FRESH = 1_500;
/** An answer that comes within this time is waited for: the company is drawn once, and not first without it. */
const SOON = 60;

interface Ahead {
  company: string;
  at: number;
  answer: Promise<SummaryView>;
  /** The answer once it came. */
  view: SummaryView | null;
}

let asked: Ahead | null = null;
let opening = 0;

/** Asks for the summary of a company that is about to be opened. */
export function askAhead(company: string): void {
  if (freshOf(company) !== null) return;
  const ahead: Ahead = {
    company,
    at: performance.now(),
    answer: call('summary', { id: company }),
    view: null,
  };
  asked = ahead;
  // Whoever waits for it hears of the failure. Whoever comes later asks anew.
  ahead.answer
    .then((view) => (ahead.view = view))
    .catch(() => {
      if (asked === ahead) asked = null;
    });
}

/** The summary that was asked for ahead, where it came already: it is there when the screen is first drawn. */
export function summaryAhead(company: string): SummaryView | null {
  return freshOf(company)?.view ?? null;
}

/** The summary: the answer that was asked for ahead, once, or a new one. */
export function summaryOf(company: string): Promise<SummaryView> {
  const ahead = freshOf(company);
  asked = null;
  return ahead?.answer ?? call('summary', { id: company });
}

/** Opens a company with its summary, or without it where that takes longer. Of two the later one is opened. */
export async function openWithSummary(company: string): Promise<void> {
  const own = (opening += 1);
  askAhead(company);
  if (summaryAhead(company) === null) {
    const soon = new Promise((resolve) => setTimeout(resolve, SOON));
    await Promise.race([asked?.answer.catch(() => {}), soon]);
  }
  if (own === opening && shell.screen === 'companies') shell.openCompany(company);
}

function freshOf(company: string): Ahead | null {
  return asked?.company === company && performance.now() - asked.at < FRESH ? asked : null;
}
