// Pages and texts that mean harm: a page of another origin reaches nothing, and no text is taken for a script, a page
// or a formula.
import { readFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import type { Page } from '@playwright/test';
import { BAKERY, SCREENS, withSomething } from './screens';
import { Portal, expect, test as base, type SandboxSide } from './portal';
import { changing, serving, standIn } from './stand-in';

const KEY = 'the-key-of-the-hostile-client';
/** What a script that was run leaves behind. */
const RAN = 'window.__ran=1';
/** Where a formula begins for a spreadsheet, and what is a number all the same. */
const FORMULA = /^[\s\p{C}]*[=+\-@＝＋－＠]/u;
const NUMBER = /^-?\d+(\.\d+)?$/;

/** Texts that break what takes them for more than text. */
const TEXTS = [
  `<script>${RAN}</script>`,
  `"><img src=x onerror="${RAN}">`,
  `<svg onload=${RAN}>`,
  `</title><iframe src="javascript:parent.__ran=1"></iframe>`,
  `{{constructor.constructor('${RAN}')()}} \${${RAN}}`,
  `javascript:${RAN}`,
  '\u202egnp.exe\u202c \u2066isolated',
  'nul\u0000 bell\u0007 escape\u001b[31m',
  'x'.repeat(10_000),
  '👩‍👩‍👧‍👦 🏴‍☠️ Ž̷̡͍̔a͜l̵̝͑g̶o',
  '=HYPERLINK("http://127.0.0.1:1/","x")',
  '+1+1',
  '-1+1',
  '@SUM(A1)',
  '\t=1+1',
  '＝1+1',
  '../../../../etc/passwd',
  'a\r\nb,"c"',
];
/** The texts that Codat hands on from people and from other programs. */
const FOREIGN = new Set([
  'name',
  'platformName',
  'description',
  'createdByUserName',
  'errorMessage',
  'statusText',
  'fileName',
  'note',
  'reference',
  'invoiceNumber',
  'customerName',
  'supplierName',
  'companyName',
  'contactName',
  'memo',
]);

/** An answer in which everything that somebody typed is hostile. */
function hostile(answer: string): string {
  let next = 0;
  const text = () => TEXTS[next++ % TEXTS.length];
  return JSON.stringify(
    JSON.parse(answer, (key, value: unknown) => {
      if (typeof value === 'string' && FOREIGN.has(key)) return text();
      if (key === 'tags') return { ['<b>tag</b>']: text(), [`=1+1`]: text() };
      if (key === 'redirect' && next % 7 === 0) return `javascript:${RAN}`;
      return value;
    }),
  );
}

interface Fixtures {
  /** Another sandbox, from which Codat's stand-in has its answers. */
  origin: string;
  /** A page of another origin of this machine. */
  elsewhere: string;
}

const test = base.extend<Fixtures>({
  origin: async ({}, use) => {
    await standIn(['--api-key', KEY, '--seed', '9', '--limits', 'off'], use);
  },
  elsewhere: async ({}, use) => {
    const page = '<!doctype html><meta charset="utf-8"><title>Elsewhere</title><h1>Elsewhere</h1>';
    await serving(
      createServer((_, answer) => answer.writeHead(200, { 'content-type': 'text/html' }).end(page)),
      use,
    );
  },
});

/** What a page elsewhere tries on an address; what it could read, empty where it was nothing. */
async function attack(
  page: Page,
  address: string,
  paths: { read: string[]; act: string[] },
): Promise<string[]> {
  return page.evaluate(
    async ({ base, read, act, text }) => {
      const got: string[] = [];
      const within = <T>(what: Promise<T>) =>
        Promise.race([what, new Promise<null>((given) => setTimeout(() => given(null), 2_000))]);
      const asked = async (path: string, init: RequestInit) => {
        try {
          const answer = await fetch(base + path, { credentials: 'include', ...init });
          if (answer.type !== 'opaque' && answer.status !== 403)
            got.push(`${path}: ${answer.status} ${await answer.text()}`);
        } catch {
          // What the browser or the server refuses cannot be told apart here.
        }
      };
      const loaded = (tag: 'img' | 'script' | 'iframe', path: string) =>
        new Promise<void>((done) => {
          const element = document.createElement(tag);
          element.onload = () => {
            // A frame is loaded, too, with the page that says that it was refused.
            if (tag !== 'iframe') got.push(`${tag} ${path}`);
            else {
              try {
                if (element instanceof HTMLIFrameElement && element.contentDocument?.body.innerText)
                  got.push(`iframe ${path}`);
              } catch {
                // Of another origin.
              }
            }
            done();
          };
          element.onerror = () => done();
          element.src = base + path;
          document.body.append(element);
        });
      const json = { 'Content-Type': 'application/json' };
      for (const path of read) {
        await within(asked(path, {}));
        await within(asked(path, { mode: 'no-cors' }));
        await within(asked(path, { headers: { 'X-Portal-Token': '0'.repeat(64) } }));
        for (const tag of ['img', 'script', 'iframe'] as const) await within(loaded(tag, path));
      }
      for (const path of act) {
        await within(asked(path, { method: 'POST', body: text, headers: json }));
        await within(asked(path, { method: 'POST', body: text, mode: 'no-cors' }));
        navigator.sendBeacon(base + path, new Blob([text], { type: 'text/plain' }));
        const form = document.createElement('form');
        Object.assign(form, { action: base + path, method: 'post', enctype: 'text/plain', target: 'sink' });
        const field = document.createElement('input');
        Object.assign(field, { name: text.slice(0, -1) + ',"x":"', value: '"}' });
        form.append(field);
        const sink = document.createElement('iframe');
        sink.name = 'sink';
        document.body.append(sink, form);
        const answered = new Promise((done) => (sink.onload = done));
        form.submit();
        await within(answered);
        sink.remove();
      }
      for (const open of [
        () => new WebSocket(`${base.replace('http', 'ws')}/events`),
        () => new EventSource(`${base}/events`, { withCredentials: true }),
      ]) {
        const line = open();
        await within(
          new Promise<void>((done) => {
            line.onopen = () => done(void got.push(`${line.constructor.name} is open`));
            line.onerror = () => done();
          }),
        );
        line.close();
      }
      // A page of no origin.
      const nobody = document.createElement('iframe');
      nobody.setAttribute('sandbox', 'allow-scripts');
      nobody.srcdoc = `<script>
        const ask = (path, init) => fetch(${JSON.stringify(base)} + path, { credentials: 'include', ...init })
          .then((answer) => answer.type === 'opaque' || answer.status === 403 ? '' : path, () => '');
        Promise.all([
          ...${JSON.stringify(read)}.map((path) => ask(path, {})),
          ...${JSON.stringify(act)}.map((path) => ask(path, { method: 'POST', mode: 'no-cors', body: ${JSON.stringify(text)} })),
        ]).then((all) => parent.postMessage(all.join(''), '*'));
      </script>`;
      const answers = new Promise<string>((told) =>
        addEventListener('message', (event) => told(String(event.data)), { once: true }),
      );
      document.body.append(nobody);
      const read_by_nobody = await within(answers);
      if (read_by_nobody !== '') got.push(`no origin: ${read_by_nobody}`);
      return got;
    },
    {
      base: address,
      ...paths,
      text: JSON.stringify({ name: 'Made elsewhere', description: null, tags: [] }),
    },
  );
}

/** The status of a request whose every header is chosen. */
function statusOf(address: string, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((told, failed) => {
    const asked = request(`${address}${path}`, { headers }, (answer) => {
      answer.resume();
      told(answer.statusCode ?? 0);
    });
    asked.on('error', failed);
    asked.end();
  });
}

/** What the last requests to a sandbox were for, but for those that drive it. */
async function requestsOf(side: SandboxSide): Promise<string[]> {
  const { results } = await side.call<{ results: { target: string }[] }>('GET', '/_sandbox/requests');
  return results.map(({ target }) => target);
}

test('a page of another origin reads nothing and does nothing', async ({
  portal,
  page,
  side,
  sandbox,
  address,
  elsewhere,
  context,
}) => {
  const company = await side.company(BAKERY);
  const ours = new URL(address);
  const before = await portal.total();
  const away = await context.newPage();
  await away.goto(elsewhere);
  const files = `/files?company=${company}`;
  const commands = ['createCompany', 'refreshNow', 'quit'].map((name) => `/call/${name}`);
  expect(
    await attack(away, ours.origin, { read: ['/call/session', files, '/exports/1'], act: commands }),
  ).toEqual([]);
  const control = ['/companies', '/_sandbox/companies', '/_sandbox/snapshot', '/apiKeys'];
  expect(
    await attack(away, sandbox.address, {
      read: control,
      act: ['/companies', '/_sandbox/faults', '/invite'],
    }),
  ).toEqual([]);

  const rebound = { host: 'evil.example', cookie: `portal-${ours.port}=${ours.searchParams.get('token')}` };
  const key = `Basic ${Buffer.from(sandbox.key).toString('base64')}`;
  for (const port of ['', `:${ours.port}`]) {
    const host = `${rebound.host}${port}`;
    expect(await statusOf(ours.origin, `/?${ours.searchParams}`, { ...rebound, host })).toBe(403);
    expect(await statusOf(sandbox.address, '/companies', { host, authorization: key })).toBe(403);
  }

  const requests = await requestsOf(side);
  expect(requests.length).toBeGreaterThan(0);
  expect(requests.filter((target) => target.includes('/files'))).toEqual([]);
  const named = `/companies?page=1&pageSize=10&query=${encodeURIComponent('name=Made elsewhere')}`;
  expect((await side.call<{ results: unknown[] }>('GET', named)).results).toEqual([]);
  await page.reload();
  await expect(portal.rows.first(), 'the program still runs').toBeVisible();
  expect(await portal.total()).toBe(before);
});

test('an address of the app is never taken for more than a place', async ({ portal, page }) => {
  const problems = await watch(page);
  for (const text of [...TEXTS, `javascript:${RAN}`, '%3Cscript%3E', '//evil.example', '\\\\evil.example']) {
    for (const place of [
      '',
      'company/',
      'company/00000000-0000-0000-0000-000000000000/data/',
      'workspace/',
    ]) {
      await page.evaluate((to) => (window.location.hash = to), `#/${place}${text}`);
    }
  }
  await page.evaluate(() => (window.location.hash = '#/companies'));
  await expect(portal.rows.first()).toBeVisible();
  expect(await problems()).toEqual([]);
});

/** What a text that was taken for more than text has done to a page, loaded again, once it is asked. */
async function watch(page: Page): Promise<() => Promise<string[]>> {
  const problems: string[] = [];
  page.on('dialog', (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on('popup', (popup) => problems.push(`popup: ${popup.url()}`));
  await page.exposeFunction('report', (text: string) => problems.push(text));
  await page.addInitScript(() =>
    document.addEventListener('securitypolicyviolation', (event) => {
      const { report } = window as unknown as { report: (text: string) => void };
      report(`${event.violatedDirective}: ${event.blockedURI}`);
    }),
  );
  await page.reload();
  return async () => {
    if (await page.evaluate(() => '__ran' in window)) problems.push('a script ran');
    return problems;
  };
}

test('hostile texts are shown as text by the sandbox', async ({ page, side, sandbox }) => {
  for (const text of [...TEXTS].reverse()) {
    // Some of them are refused; what was sent is shown all the same.
    await side.call('POST', '/companies', { name: text, description: text }).catch(() => undefined);
    await side.fault({ route: `/${text}`, status: 500, body: text });
  }
  const own = await page.context().newPage();
  await page.evaluate(() => (window.location.hash = '#/sandbox'));
  await own.goto(`${sandbox.address}/#key=${sandbox.key}`);
  for (const at of [page, own]) {
    const problems = await watch(at);
    await expect(at.getByText('/<script>').first()).toBeVisible();
    await at.getByText('POST /companies').first().click();
    await expect(at.locator('details[open] pre').first()).toContainText('<script>');
    expect(await problems()).toEqual([]);
  }
});

const hostileTest = test.extend({
  codatBase: async ({ origin }, use) => {
    await changing(origin, hostile, use);
  },
});

hostileTest(
  'hostile texts are shown as text on every screen, and no formula is exported',
  async ({ portal, page, origin }) => {
    const problems = await watch(page);
    await portal.addWorkspace(`<b>${RAN}`, KEY);
    await expect(portal.rows.filter({ hasText: '<script>' }).first()).toBeVisible();
    const header = { authorization: `Basic ${Buffer.from(KEY).toString('base64')}` };
    const found = await fetch(`${origin}/companies?page=1&pageSize=100`, { headers: header });
    const { results } = (await found.json()) as { results: { id: string; name: string }[] };
    const company = results.find(({ name }) => name === BAKERY)?.id ?? '';
    await withSomething(portal);
    for (const [name, { at, ready }] of Object.entries(SCREENS)) {
      if (name === 'sandbox') continue;
      await hostileTest.step(name, async () => {
        await page.evaluate((to) => (window.location.hash = to), `#/${at.replace('ID', company)}`);
        await expect(ready(portal)).toBeVisible();
        expect(await portal.outOfReach(), name).toEqual([]);
        expect(await problems(), name).toEqual([]);
      });
    }
    await hostileTest.step('dialogs', () => dialogs(portal));
    await hostileTest.step('exports', async () => {
      await page.evaluate((to) => (window.location.hash = to), `#/company/${company}/data/invoices`);
      const saving = page.waitForEvent('download');
      await page.getByRole('button', { name: 'Export' }).click();
      await page.getByRole('menuitem', { name: 'CSV', exact: true }).click();
      const saved = await saving;
      expect(saved.suggestedFilename()).toMatch(/^[^/\\\p{C}]{1,255}\.csv$/u);
      const invoices = cells(await readFile(await saved.path(), 'utf8'));
      await page.evaluate(() => (window.location.hash = '#/expiry'));
      await page
        .getByRole('group', { name: 'Lists' })
        .getByRole('button', { name: /^Later/ })
        .click();
      await page.locator('.row[data-place="0"]').focus();
      await page.keyboard.press('Control+a');
      await page.getByRole('button', { name: /^Copy [\d,]+ Link URLs?$/ }).click();
      await page.getByRole('menuitem', { name: /As a table/ }).click();
      await expect.poll(() => portal.clipboard()).toContain('Company,Company ID,Integration');
      for (const table of [invoices, cells(await portal.clipboard())]) {
        expect(table.filter((cell) => FORMULA.test(cell) && !NUMBER.test(cell))).toEqual([]);
        expect(table.filter((cell) => cell.startsWith("'=")).length, 'there were some').toBeGreaterThan(0);
      }
    });
    expect(await problems()).toEqual([]);
  },
);

/** Opens what stands over the list, for a company with a hostile name. */
async function dialogs({ page, rows }: Portal): Promise<void> {
  await page.evaluate(() => (window.location.hash = '#/companies'));
  for (const text of ['<script>', '<img', 'x'.repeat(500)]) {
    const row = rows.filter({ hasText: text }).first();
    await row.locator('.lastRead').click();
    await page.keyboard.press('F2');
    await expect(page.getByLabel('New name')).toBeVisible();
    await page.keyboard.press('Escape');
    await row.locator('.chip').first().click();
    await expect(page.getByRole('complementary', { name: /^Connections of / })).toBeVisible();
    await page.keyboard.press('Escape');
    await row.click({ button: 'right', position: { x: 400, y: 10 } });
    await expect(page.getByRole('menu')).toBeVisible();
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await page.keyboard.type(text.slice(0, 20));
    await expect(page.getByRole('option').first()).toBeVisible();
    await page.keyboard.press('Escape');
  }
}

/** The cells of a CSV, without the quotes around them. */
function cells(csv: string): string[] {
  return [...csv.matchAll(/(?:^|,|\r\n)(?:"((?:[^"]|"")*)"|([^",\r\n]*))/g)].map(
    ([, quoted, bare]) => quoted?.replaceAll('""', '"') ?? bare ?? '',
  );
}
