"use strict";
// The dashboard's script: the key, the clock, the snapshot, and how everything is asked; panels.js has what is
// in the panels, and opens the page. Everything is asked for under /_sandbox/, with the key that whoever looks
// gave: in the address's fragment, which no server is sent, or in the form. It stays in this tab.

const KEY = "sandbox-key";
const say = byId("say");
let key = takeKey();
let timer = 0;
/** The time here. */
let here = new Date();

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
  if (answer.status === 401) return ask("This isn’t a key of this sandbox.");
  sessionStorage.setItem(KEY, key);
  byId("door").hidden = true;
  byId("inside").hidden = false;
  tell("");
  await Promise.all([companies(), faults(), platforms(), tick()]);
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
    tell("The sandbox doesn’t answer.", true);
    return null;
  }
}

/** One request that must do; null where it did not. What came is returned otherwise. */
async function must(method, path, body) {
  const answer = await send(method, path, body);
  if (answer === null) return null;
  if (answer.status === 401) return ask("The sandbox no longer accepts this key."), null;
  if (answer.status < 300) return answer.json ?? {};
  const item = answer.json?.validation?.errors?.[0]?.message;
  tell(item ?? answer.json?.error ?? `Rejected with ${answer.status}.`, true);
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
  if (!document.hidden) await Promise.all([clock(), reads(), webhooks(), requests()]);
  if (!byId("inside").hidden) timer = setTimeout(tick, 2000);
}

async function clock() {
  const told = await send("GET", "clock");
  if (told?.status !== 200) return;
  here = new Date(told.json.now);
  byId("now").textContent = readable(told.json.now);
}

function readable(time) {
  return time.replace("T", " ").replace(/(\.\d+)?Z/, " UTC");
}

for (const button of document.querySelectorAll("[data-advance]")) {
  act(button, `Clock moved by ${button.textContent.slice(1)}.`, () => advance(button.dataset.advance));
}

byId("advance").addEventListener("submit", async (event) => {
  event.preventDefault();
  const by = byId("advance-by").value.trim();
  if ((await advance(by)) !== null) tell(`Clock moved by ${by}.`);
});

async function advance(by) {
  const moved = await must("POST", "clock", { advance: by });
  if (moved !== null) await Promise.all([companies(), faults(), tick()]);
  return moved;
}

// The snapshot.

act(byId("snapshot-save"), "Snapshot saved.", async () => {
  const taken = await must("GET", "snapshot");
  if (taken === null) return null;
  const href = URL.createObjectURL(new Blob([JSON.stringify(taken)], { type: "application/json" }));
  make("a", { href, download: "sandbox-snapshot.json" }).click();
  setTimeout(() => URL.revokeObjectURL(href), 60_000);
  return taken;
});

byId("snapshot-choose").addEventListener("click", () => byId("snapshot-file").click());
byId("snapshot-file").addEventListener("change", async (event) => {
  const [file] = event.target.files;
  if (file === undefined) return;
  const taken = parsed(await file.text());
  event.target.value = "";
  if (taken === undefined) return tell(`${file.name} isn’t a snapshot. Nothing was changed.`, true);
  if ((await must("PUT", "snapshot", taken)) === null) return;
  entries = [];
  tell(`Restored the state of ${file.name}.`);
  await Promise.all([companies(), faults(), tick()]);
});

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
