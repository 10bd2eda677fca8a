"use strict";
// What is in the dashboard's panels.

let entries = [];
let question = 0;
/** The webhooks as they were drawn last. */
let drawn = "";
/** The names of platforms by their keys. */
let names = new Map();

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
  fill(byId("companies"), page.results.map(company), "No matching companies.");
}

function company(it) {
  const vanish = small("Delete silently", `Delete ${it.name} silently`);
  act(vanish, `${it.name} is deleted.`, async () => {
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
    ["revoke", "Revoke silently", it.status === "Linked"],
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
  fill(byId("reads"), lines, "No reads in progress.");
}

// Faults.

const KINDS = {
  500: () => ({ status: 500 }),
  503: () => ({ status: 503 }),
  429: () => ({ status: 429, retryAfter: 30 }),
  // In thirty seconds, by the clock here.
  "429date": () => ({ status: 429, retryAfter: new Date(here.getTime() + 30_000).toUTCString() }),
  401: () => ({ status: 401 }),
  402: () => ({ status: 402 }),
  404: () => ({ status: 404 }),
  409: () => ({ status: 409 }),
  delay: () => ({ delayMs: 2000 }),
  slow: () => ({ bytesPerSecond: 500_000 }),
  cut: () => ({ cut: 20 }),
  malformed: () => ({ malformed: true }),
  html: () => ({ html: true }),
  wrongType: () => ({ wrongType: true }),
  drop: () => ({ drop: true }),
  lost: () => ({ lost: true }),
};

byId("fault").addEventListener("submit", async (event) => {
  event.preventDefault();
  const fault = { ...KINDS[byId("fault-kind").value]() };
  for (const field of ["route", "method", "company", "integration", "from", "until"]) {
    const text = byId(`fault-${field}`).value.trim();
    if (text !== "") fault[field] = text;
  }
  for (const field of ["rate", "times"]) {
    const text = byId(`fault-${field}`).value.trim();
    if (text !== "") fault[field] = Number(text);
  }
  if ((await must("POST", "faults", fault)) !== null) {
    tell("The fault is set.");
    await faults();
  }
});

act(byId("faults-clear"), "All faults are cleared.", async () => {
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
  fill(byId("faults"), lines, "No faults are set.");
  fill(byId("outages"), set.outages.map(outage), "All platforms are up.");
}

// Outages.

byId("outage").addEventListener("submit", async (event) => {
  event.preventDefault();
  const [key, hours] = [byId("outage-platform").value, byId("outage-for").value];
  const until = new Date(here.getTime() + Number(hours) * 3_600_000).toISOString();
  if ((await must("POST", "faults", { outage: key, ...(hours === "" ? {} : { until }) })) === null) return;
  tell(`${platform(key)} is down.`);
  await Promise.all([faults(), companies()]);
});

function outage(it) {
  const end = small("End", `End the outage of ${platform(it.outage)}`);
  act(end, `${platform(it.outage)} is up again.`, async () => {
    const ended = await must("DELETE", `faults/outage/${it.outage}`);
    await Promise.all([faults(), companies()]);
    return ended;
  });
  const until = it.until === undefined ? "until you end it" : `until ${readable(it.until)}`;
  const text = make("span", { class: "grow" }, `${platform(it.outage)}, from ${readable(it.from)} ${until}`);
  return make("div", { class: "item" }, make("div", { class: "head" }, text, end));
}

async function platforms() {
  const page = await must("GET", "integrations?page=1&pageSize=100&orderBy=name");
  if (page === null) return;
  names = new Map(page.results.map((it) => [it.key, it.name]));
  byId("outage-platform").replaceChildren(...page.results.map((it) => make("option", { value: it.key }, it.name)));
}

function platform(key) {
  return names.get(key) ?? key;
}

// Webhooks.

byId("consumer").addEventListener("submit", async (event) => {
  event.preventDefault();
  const eventTypes = [...byId("consumer-events").selectedOptions].map((option) => option.value);
  const companyTags = byId("consumer-tags").value.split(/[\s,]+/).filter((tag) => tag !== "");
  const consumer = { url: byId("consumer-url").value.trim(), eventTypes, companyTags };
  if ((await must("POST", "webhooks", consumer)) === null) return;
  tell("Consumer added.");
  await webhooks();
});

/** Drawn anew only where something is different: what is opened or in focus stays so. */
async function webhooks() {
  const told = await send("GET", "webhooks?page=1&pageSize=50");
  if (told?.status !== 200) return;
  const { consumers, results, eventTypes } = told.json;
  const events = byId("consumer-events");
  if (events.childElementCount === 0) {
    events.append(...eventTypes.map((type) => make("option", { value: type }, type)));
    for (const option of events.options) option.selected = !option.value.startsWith("client.");
  }
  const text = JSON.stringify([consumers, results]);
  if (text === drawn) return;
  drawn = text;
  fill(byId("consumers"), consumers.map(consumer), "No consumers yet.");
  const open = new Set([...byId("messages").querySelectorAll("details[open]")].map((it) => it.dataset.id));
  fill(byId("messages"), results.map((it) => message(it, open.has(it.id))), "No messages yet.");
}

function consumer(it) {
  const remove = small("Remove", `Remove ${it.url}`);
  act(remove, "Consumer removed.", async () => {
    const removed = await must("DELETE", `webhooks/${it.id}`);
    await webhooks();
    return removed;
  });
  const head = make("div", { class: "head" }, make("strong", { class: "grow" }, it.url), remove);
  const tags = it.companyTags.length > 0 ? `, only ${it.companyTags.join(", ")}` : "";
  const disabled = it.disabled ? "Disabled. " : "";
  const about = make("p", { class: "quiet" }, `${disabled}${it.eventTypes.join(", ")}${tags}`);
  return make("div", { class: "item" }, head, about, make("p", { class: "quiet" }, "Secret ", make("code", {}, it.secret)));
}

function message(it, isOpen) {
  const status = make("span", { class: it.state === "Failure" ? "status bad" : "status" }, it.state);
  const line = make("summary", {}, make("code", {}, it.eventType), ` ${readable(it.made)} `, status);
  const again = small("Send again", `Send ${it.eventType} of ${readable(it.made)} again`);
  act(again, "Message sent again.", async () => {
    const sent = await must("POST", `webhooks/${it.id}/replay`);
    await webhooks();
    return sent;
  });
  const tries = it.attempts.map((one) => make("li", {}, `${readable(one.at)}: ${one.status ?? "no answer"} ${one.answer}`));
  const next = it.next === undefined ? [] : [make("p", { class: "quiet" }, `Next attempt at ${readable(it.next)}.`)];
  const details = make("details", { class: "item" }, line, make("p", { class: "quiet" }, it.url ?? "Consumer removed."));
  details.append(make("ul", { class: "plain" }, ...tries), ...next, make("pre", { tabindex: "0" }, JSON.stringify(it.body, null, 2)), again);
  details.dataset.id = it.id;
  details.open = isOpen;
  return details;
}

// Requests.

act(byId("requests-clear"), "Log cleared.", async () => {
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

open();
