// The application behind a page, for one test alone: its own program, port and folder.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { violationsIn } from './axe';

/** Set by whoever runs the journeys; else where a development build puts the program. */
const WEBHOST =
  process.env['PORTAL_WEBHOST_BIN'] ?? resolve(import.meta.dirname, '../../target/debug/webhost');
/** The interface that was built last. */
const INTERFACE = resolve(import.meta.dirname, '../dist');
const STARTS_WITHIN = 30_000;

/** What the buttons above the list say. */
type StatusButton = 'Broken' | 'Pending' | 'Unlinked' | 'Linked' | 'No connections';

/** The Companies screen as a person uses it. */
export class Portal {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** The rows on screen, from the top. */
  get rows(): Locator {
    return this.page.locator('[role=row][data-id]');
  }

  /** The search box. */
  get search(): Locator {
    return this.page.getByRole('combobox', { name: 'Search companies' });
  }

  /** The row of the company of this name. */
  row(name: string): Locator {
    return this.rows.filter({ has: this.page.locator('[data-col="0"]').getByText(name, { exact: true }) });
  }

  /** The button of a status. */
  status(name: StatusButton): Locator {
    return this.page
      .getByRole('group', { name: 'Filter by status' })
      .getByRole('button', { name: new RegExp(`^${name}`) });
  }

  /** The number on a status button. */
  async countOf(name: StatusButton): Promise<number> {
    const text = (await this.status(name).innerText()).replace(/\D/g, '');
    return Number(text);
  }

  /** Rows there are, seen or not. */
  async total(): Promise<number> {
    return Number(await this.page.getByRole('grid', { name: 'Companies' }).getAttribute('aria-rowcount')) - 1;
  }

  /** Names on screen, from the top. */
  async names(): Promise<string[]> {
    return this.page.evaluate(() =>
      [...document.querySelectorAll<HTMLElement>('[role=row][data-id]')]
        .sort((a, b) => Number(a.dataset['index']) - Number(b.dataset['index']))
        .map((row) => row.querySelector('.name .text')?.textContent ?? ''),
    );
  }

  /** Searches, and waits until the rows are the answer. */
  async find(text: string): Promise<void> {
    await this.search.fill(text);
    await this.search.blur();
    await this.isAnswered(text);
  }

  /** Chooses from the Refresh menu of the company that is open. */
  async refresh(what: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name: 'Refresh', exact: true }).first().click();
    await this.page.getByRole('menu', { name: 'Refresh' }).getByRole('menuitem', { name: what }).click();
  }

  /** Opens a part of a company. */
  async open(name: string, part: string): Promise<void> {
    await this.page.evaluate(() => (window.location.hash = '#/companies'));
    await this.find(`"${name.toLowerCase()}"`);
    await this.row(name).getByRole('link', { name }).click();
    await this.page.getByRole('tab', { name: part, exact: true }).click();
  }

  /** Waits until the rows are the answer to this search, and to all else that was asked. */
  async isAnswered(text: string): Promise<void> {
    await this.page.waitForFunction((wanted) => {
      const { answered, asking } = document.querySelector<HTMLElement>('[data-answered]')?.dataset ?? {};
      return answered === wanted && asking === 'false';
    }, text);
  }

  /** Adds a company through the dialog and closes it; gives its Link URL. */
  async create(name: string): Promise<string> {
    await this.page.getByRole('button', { name: 'New company' }).click();
    await this.page.getByRole('textbox', { name: 'Name', exact: true }).fill(name);
    await this.page.getByRole('button', { name: 'Add', exact: true }).click();
    const url = await this.page.getByRole('textbox', { name: 'Link URL' }).inputValue();
    await this.page.getByRole('button', { name: 'Done' }).click();
    return url;
  }

  /** Fills in the dialog that adds a workspace, and sends it. */
  async addWorkspace(name: string, key: string): Promise<void> {
    await this.page.getByRole('button', { name: /^Workspace / }).click();
    await this.page.getByRole('menuitem', { name: 'Add workspace…' }).click();
    const dialog = this.page.getByRole('dialog');
    await dialog.getByLabel('Name', { exact: true }).fill(name);
    await dialog.getByLabel('API key').fill(key);
    const session = dialog.getByRole('checkbox', { name: /session/ });
    if (await session.isVisible()) await session.check();
    await dialog.getByRole('button', { name: /^Add/ }).click();
  }

  /** Saves edited sync settings through the dialog that lists the changes. */
  async saveSettings(): Promise<void> {
    await this.page.getByRole('button', { name: 'Review changes…' }).click();
    const dialog = this.page.getByRole('dialog', { name: /^Save \d+ changes?\?$/ });
    await dialog.getByRole('button', { name: 'Save settings' }).click();
    await this.page.getByRole('dialog').waitFor({ state: 'detached' });
  }

  /** What is on the clipboard. */
  clipboard(): Promise<string> {
    return this.page.evaluate(() => navigator.clipboard.readText());
  }

  /** A message at the lower edge. */
  message(text: string | RegExp): Locator {
    return this.page.locator('[data-sonner-toast]').filter({ hasText: text });
  }

  /** What can be used and is cut off by something that does not scroll; also the page, where it is wider than the window. */
  outOfReach(): Promise<string[]> {
    return this.page.evaluate(() => {
      const things = 'a[href], button, input, select, textarea, [tabindex="0"]';
      const named = (element: Element) =>
        `${element.tagName.toLowerCase()} ${element.getAttribute('aria-label') ?? element.textContent?.trim().slice(0, 40) ?? ''}`;
      const scrolls = (overflow: string) => overflow === 'auto' || overflow === 'scroll';
      const isCut = (element: Element): boolean => {
        const box = element.getBoundingClientRect();
        const middle = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
        let [isFreeX, isFreeY] = [false, false];
        for (let over = element.parentElement; over !== null; over = over.parentElement) {
          const { overflowX, overflowY } = getComputedStyle(over);
          const edge =
            over === document.body
              ? new DOMRect(0, 0, innerWidth, innerHeight)
              : over.getBoundingClientRect();
          isFreeX ||= scrolls(overflowX);
          isFreeY ||= scrolls(overflowY);
          if (!isFreeX && overflowX !== 'visible' && (middle.x < edge.left || middle.x > edge.right))
            return true;
          if (!isFreeY && overflowY !== 'visible' && (middle.y < edge.top || middle.y > edge.bottom))
            return true;
        }
        return false;
      };
      const cut = [...document.querySelectorAll(things)]
        .filter((element) => element.checkVisibility({ visibilityProperty: true }))
        .filter((element) => element.closest('.visually-hidden') === null)
        .filter((element) => element.getBoundingClientRect().width > 1 && isCut(element))
        .map(named);
      if (document.documentElement.scrollWidth > innerWidth) cut.push('the page is scrolled sideways');
      return cut;
    });
  }

  /**
   * Holds the page to the rules of accessibility that can be checked, or to some of them; at rest, as what fades
   * has no contrast on its way.
   */
  async isAccessible(rules?: string[]): Promise<void> {
    await this.page.emulateMedia({ reducedMotion: 'reduce' });
    await this.page.waitForFunction(() =>
      document
        .getAnimations()
        .every((one) => one.playState !== 'running' || one.effect?.getTiming().iterations === Infinity),
    );
    expect(await violationsIn(this.page, rules)).toEqual([]);
  }
}

/** The sandbox behind the application's back. */
export class SandboxSide {
  readonly #address: string;
  readonly #key: string;

  constructor({ address, key }: { address: string; key: string }) {
    this.#address = address;
    this.#key = key;
  }

  /** Asks its API; gives the answer where there is one. */
  async call<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.#address}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(this.#key).toString('base64')}`,
        'content-type': 'application/json',
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }

  /** The identifier of the company of this name. */
  async company(name: string): Promise<string> {
    const query = encodeURIComponent(`name=${name}`);
    const page = await this.call<{ results: { id: string; name: string }[] }>(
      'GET',
      `/companies?page=1&pageSize=100&query=${query}`,
    );
    const found = page.results.find((one) => one.name === name);
    if (!found) throw new Error(`the sandbox has no ${name}`);
    return found.id;
  }

  /** Deauthorizes a linked connection of the company, as the platform does; gives its identifier. */
  async deauthorize(company: string): Promise<string> {
    const path = `/companies/${await this.company(company)}/connections?page=1&pageSize=100`;
    const { results } = await this.call<{ results: { id: string; status: string }[] }>('GET', path);
    const linked = results.find(({ status }) => status === 'Linked');
    if (!linked) throw new Error(`nothing of ${company} is linked`);
    await this.call('POST', `/_sandbox/connections/${linked.id}/deauthorize`, {});
    return linked.id;
  }

  /** Lets requests go wrong. */
  async fault(fault: Record<string, unknown>): Promise<void> {
    await this.call('POST', '/_sandbox/faults', [fault]);
  }

  /** Lets them go right again. */
  async noFaults(): Promise<void> {
    await this.call('DELETE', '/_sandbox/faults');
  }
}

interface Fixtures {
  /** A folder of this test alone. */
  folder: string;
  /** Where the sandbox inside is, and its key. */
  sandbox: { address: string; key: string };
  /** The same, to be spoken with. */
  side: SandboxSide;
  /** The address of a program of this test alone. */
  address: string;
  /** The limits of the sandbox inside, where they are not Codat's. */
  limits: string | null;
  /** Where Codat's API is, where a test stands in for it. */
  codatBase: string | null;
  /** The time zone of the program, where it is not this computer's. */
  timeZone: string | null;
  /** Whether the card for new users is above the list. */
  firstSteps: boolean;
  /** Its Companies screen, with rows. */
  portal: Portal;
}

export const test = base.extend<Fixtures>({
  folder: async ({}, use) => {
    const folder = await mkdtemp(join(tmpdir(), 'portal-journey-'));
    await use(folder);
    await rm(folder, { recursive: true, force: true });
  },
  sandbox: async ({ folder, portal }, use) => {
    await expect(portal.rows.first()).toBeVisible();
    const text = await readFile(join(folder, 'data', 'sandbox.json'), 'utf8');
    await use(JSON.parse(text) as Fixtures['sandbox']);
  },
  side: async ({ sandbox }, use) => {
    await use(new SandboxSide(sandbox));
  },
  limits: [null, { option: true }],
  codatBase: [null, { option: true }],
  timeZone: [null, { option: true }],
  firstSteps: [false, { option: true }],
  address: async ({ folder, limits, codatBase, timeZone }, use) => {
    const given = ['--data-dir', join(folder, 'data'), '--port', '0', '--ui', INTERFACE];
    if (limits !== null) given.push('--limits', limits);
    if (codatBase !== null) given.push('--codat-base', codatBase);
    const program = spawn(WEBHOST, given, {
      env: {
        ...process.env,
        HOME: folder,
        XDG_RUNTIME_DIR: folder,
        DBUS_SESSION_BUS_ADDRESS: 'disabled:',
        ...(timeZone === null ? {} : { TZ: timeZone }),
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    try {
      await use(await addressOf(program));
    } finally {
      await ended(program);
    }
  },
  portal: [
    async ({ page, context, address, firstSteps }, use) => {
      if (!firstSteps) await dismissFirstSteps(address);
      await context.grantPermissions(['clipboard-read', 'clipboard-write']);
      const problems: string[] = [];
      page.on('pageerror', (error) => problems.push(error.message));
      page.on('console', (message) => {
        if (/Content Security Policy|Refused to/.test(message.text())) problems.push(message.text());
      });
      await page.goto(address);
      const portal = new Portal(page);
      await expect(portal.rows.first()).toBeVisible({ timeout: 30_000 });
      await expect(page.getByText('Up to date')).toBeVisible({ timeout: 30_000 });
      await use(portal);
      expect(problems, 'the page broke none of its own rules').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };

/** The address that the program prints. */
function addressOf(program: ChildProcess): Promise<string> {
  const said: string[] = [];
  return new Promise((found, failed) => {
    const timer = setTimeout(
      () => failed(new Error(`no address within 30 s:\n${said.join('\n')}`)),
      STARTS_WITHIN,
    );
    const read = (line: string) => {
      said.push(line);
      const address = /http:\/\/127\.0\.0\.1:\d+\/\?token=\S+/.exec(line)?.[0];
      if (address === undefined) return;
      clearTimeout(timer);
      found(address);
    };
    for (const stream of [program.stdout, program.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', read);
    }
    program.on('error', failed);
    program.on('exit', (code) => failed(new Error(`the program ended with ${code}:\n${said.join('\n')}`)));
  });
}

/** Stores that the card for new users was dismissed, as the page would. */
async function dismissFirstSteps(address: string): Promise<void> {
  const answer = await fetch(new URL('call/setPreferences', address), {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'x-portal-token': new URL(address).searchParams.get('token') ?? '',
    },
    body: JSON.stringify({ turn: { page: 'journey', at: 1 }, chosen: { firstStepsDismissed: true } }),
  });
  if (!answer.ok) throw new Error(`the first steps are not dismissed: ${await answer.text()}`);
}

function ended(program: ChildProcess): Promise<void> {
  if (program.exitCode !== null || program.signalCode !== null) return Promise.resolve();
  return new Promise((done) => {
    const timer = setTimeout(() => program.kill('SIGKILL'), 5_000);
    program.on('exit', () => {
      clearTimeout(timer);
      done();
    });
    program.kill('SIGTERM');
  });
}
