"use strict";
// The dashboard's script. Everything is asked for under /_sandbox/, with the key that whoever looks gave:
// in the address's fragment, which no server is sent, or in the form. It stays in this tab.

const KEY = "sandbox-key";
const say = byId("say");
let key = takeKey();
let timer = 0;
let entries = [];
let question = 0;

byId("door").addEventListener("submit", (event) => {
  event.preventDefault();
  key = byId("key").value;
  open();
});
// An address with the key that is opened in this very tab loads nothing anew.
window.addEventListener("hashchange", () => {
  key = takeKey();
  open();
});
open();

function byId(id) {
  return document.getElementById(id);
}

function takeKey() {
  const given = new URLSearchParams(location.hash.slice(1)).get("key");
  if (given === null) return sessionStorage.getItem(KEY);
  history.replaceState(null, "", location.pathname);
  return given;
}

/** Opens the page, if the key is one. */
async function open() {
  if (key === null || key === "") return ask("");
  const answer = await send("GET", "clock");
  if (answer === null) return;
  if (answer.status === 401) return ask("That is not a key of this sandbox.");
  sessionStorage.setItem(KEY, key);
  byId("door").hidden = true;
  byId("inside").hidden = false;
  tell("");
  await Promise.all([companies(), faults(), tick()]);
}

function ask(text) {
  sessionStorage.removeItem(KEY);
  clearTimeout(timer);
  byId("inside").hidden = true;
  byId("door").hidden = false;
  byId("key").value = "";
  byId("key").focus();
  tell(text, text !== "");
}

function tell(text, isFailed = false) {
  say.textContent = text;
  say.classList.toggle("failed", isFailed);
}

/** One request; null, and a word about it, where no answer came. */
async function send(method, path, body) {
  const headers = { Authorization: `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(key)))}` };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  try {
    const answer = await fetch(`/_sandbox/${path}`, { method, headers, body: body && JSON.stringify(body) });
    const text = await answer.text();
    return { status: answer.status, json: text === "" ? null : JSON.parse(text) };
  } catch {
    tell("The sandbox does not answer.", true);
    return null;
  }
}

/** One request that must do; null where it did not. What came is returned otherwise. */
async function must(method, path, body) {
  const answer = await send(method, path, body);
  if (answer === null) return null;
  if (answer.status === 401) return ask("The key is no longer accepted."), null;
  if (answer.status < 300) return answer.json ?? {};
  tell(answer.json?.error ?? `Refused with ${answer.status}.`, true);
  return null;
}

/** Something that a button does: done once at a time, and told. */
function act(button, done, run) {
  button.addEventListener("click", async () => {
    button.disabled = true;
    if ((await run()) !== null) tell(done);
    button.disabled = false;
  });
}

/** What moves by itself. */
async function tick() {
  clearTimeout(timer);
  if (!document.hidden) await Promise.all([clock(), reads(), requests()]);
  if (!byId("inside").hidden) timer = setTimeout(tick, 2000);
}

async function clock() {
  const told = await send("GET", "clock");
  if (told?.status === 200) byId("now").textContent = told.json.now.replace("T", " ").replace(/\.\d+Z/, " UTC");
}

for (const button of document.querySelectorAll("[data-advance]")) {
  const step = button.dataset.advance;
  act(button, `The clock was moved by ${button.textContent.slice(1)}.`, async () => {
    const moved = await must("POST", "clock", { advance: step });
    if (moved !== null) await Promise.all([companies(), tick()]);
    return moved;
  });
}

// Companies.

byId("company-search").addEventListener("submit", (event) => {
  event.preventDefault();
  void companies();
});

async function companies() {
  const asked = (question += 1);
  const name = byId("company-name").value.trim();
  const query = name === "" ? "" : `&query=${encodeURIComponent(`name~${name}`)}`;
  const page = await must("GET", `companies?page=1&pageSize=20${query}`);
  // An answer that comes after a newer question is of no use.
  if (page === null || asked !== question) return;
  byId("company-count").textContent = `${page.totalResults.toLocaleString("en")} in all`;
  fill(byId("companies"), page.results.map(company), "No company is called so.");
}

function company(it) {
  const vanish = small("Vanish", `Vanish ${it.name}`);
  act(vanish, `${it.name} is gone.`, async () => {
    const gone = await must("POST", `companies/${it.id}/vanish`);
    if (gone !== null) await companies();
    return gone;
  });
  const link = make("a", { href: new URL(it.redirect).pathname + new URL(it.redirect).search }, "Link page");
  const head = make("div", { class: "head" }, make("strong", { class: "grow" }, it.name), link, vanish);
  return make("div", { class: "item" }, head, ...it.dataConnections.map((one) => connection(it, one)));
}

function connection(of, it) {
  const isBad = it.status === "Deauthorized";
  const buttons = [
    ["link", "Link", it.status !== "Linked"],
    ["deauthorize", "De-authorize", it.status === "Linked"],
    ["unlink", "Unlink", it.status === "Linked"],
    ["error", "Add an error", true],
  ]
    .filter(([, , makesSense]) => makesSense)
    .map(([what, text]) => {
      const button = small(text, `${text}: ${it.platformName} of ${of.name}`);
      act(button, `${it.platformName} of ${of.name}: done.`, async () => {
        const done = await must("POST", `connections/${it.id}/${what}`);
        if (done !== null) await companies();
        return done;
      });
      return button;
    });
  const status = make("span", { class: isBad ? "status bad" : "status" }, it.status);
  return make("div", { class: "sub" }, make("span", {}, it.platformName), status, ...buttons);
}

// Reads.

async function reads() {
  const live = await send("GET", "reads");
  if (live?.status !== 200) return;
  const lines = live.json.results.slice(0, 30).map((it) => {
    const bar = make("progress", { max: "100", value: String(it.progress), "aria-label": it.dataType });
    const head = make("div", { class: "head" }, make("span", { class: "grow" }, it.dataType), make("span", { class: "quiet" }, it.status));
    return make("div", { class: "item" }, head, bar);
  });
  fill(byId("reads"), lines, "No read is running.");
}

// Faults.

byId("fault").addEventListener("submit", async (event) => {
  event.preventDefault();
  const kinds = {
    500: { status: 500 },
    429: { status: 429, retryAfter: 30 },
    delay: { delayMs: 2000 },
    cut: { cut: 20 },
    malformed: { malformed: true },
    wrongType: { wrongType: true },
    drop: { drop: true },
  };
  const fault = { ...kinds[byId("fault-kind").value] };
  if (byId("fault-route").value.trim() !== "") fault.route = byId("fault-route").value.trim();
  if (byId("fault-times").value !== "") fault.times = Number(byId("fault-times").value);
  if ((await must("POST", "faults", fault)) !== null) {
    tell("The fault is set.");
    await faults();
  }
});

act(byId("faults-clear"), "No fault is set any more.", async () => {
  const cleared = await must("DELETE", "faults");
  if (cleared !== null) await faults();
  return cleared;
});

async function faults() {
  const set = await must("GET", "faults");
  if (set === null) return;
  const lines = set.results.map((it) => {
    const { id, ...rest } = it;
    const clear = small("Clear", `Clear fault ${id}`);
    act(clear, "The fault is cleared.", async () => {
      const cleared = await must("DELETE", `faults/${id}`);
      await faults();
      return cleared;
    });
    const told = Object.entries(rest).filter(([, value]) => value !== false);
    const text = told.map(([name, value]) => `${name} ${typeof value === "object" ? JSON.stringify(value) : value}`).join(", ");
    return make("div", { class: "item" }, make("div", { class: "head" }, make("code", { class: "grow" }, text), clear));
  });
  fill(byId("faults"), lines, "None is set.");
}

// Requests.

act(byId("requests-clear"), "The requests are forgotten.", async () => {
  const cleared = await must("DELETE", "requests");
  if (cleared !== null) {
    entries = [];
    showRequests();
  }
  return cleared;
});

async function requests() {
  const log = await send("GET", `requests?limit=50&after=${entries[0]?.number ?? 0}`);
  if (log?.status !== 200) return;
  // Two answers may bring the same.
  const newest = entries[0]?.number ?? 0;
  entries = [...log.json.results.filter((it) => it.number > newest), ...entries].slice(0, 50);
  showRequests();
}

/** Those that were there stay as they are, opened or in focus. */
function showRequests() {
  const list = byId("requests");
  const before = new Map([...list.children].map((it) => [it.dataset.number, it]));
  const lines = entries.map((it) => before.get(String(it.number)) ?? request(it));
  const isSame = lines.every((it, at) => it === list.children[at]) && lines.length > 0;
  if (isSame && lines.length === list.childElementCount) return;
  for (const old of [...list.children]) if (!lines.includes(old)) old.remove();
  lines.forEach((it, at) => {
    if (list.children[at] !== it) list.insertBefore(it, list.children[at] ?? null);
  });
  if (lines.length === 0) fill(list, [], "None yet.");
}

function request(it) {
  const status = make("span", { class: it.status >= 400 ? "status bad" : "status" }, String(it.status));
  const line = make("summary", {}, make("code", {}, `${it.method} ${it.target} `), status);
  const parts = [make("p", { class: "quiet" }, `${it.at}, correlation ${it.correlationId}`)];
  if (it.requestBody) parts.push(make("h3", {}, "Sent"), body(it.requestBody));
  if (it.responseBody) parts.push(make("h3", {}, "Answered"), body(it.responseBody));
  const details = make("details", { class: "item" }, line, ...parts);
  details.dataset.number = String(it.number);
  return details;
}

function body(it) {
  let text = it.text;
  try {
    text = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // It is cut, or no JSON: shown as it is.
  }
  return make("pre", { tabindex: "0" }, it.isCut ? `${text} … (${it.bytes} bytes in all)` : text);
}

// Elements. Text goes in as text, never as markup.

function make(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) element.setAttribute(attribute, value);
  element.append(...children);
  return element;
}

function small(text, label) {
  return make("button", { type: "button", class: "small", "aria-label": label }, text);
}

function fill(list, lines, otherwise) {
  list.replaceChildren(...(lines.length > 0 ? lines : [make("p", { class: "quiet" }, otherwise)]));
}
