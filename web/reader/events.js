// SPDX-License-Identifier: Apache-2.0
// What happens while the page is open: one stream of server-sent events for all
// that listen. It is open only while somebody looks, so that a browser's few
// connections do not go to pages in the background; what happened meanwhile is
// told when the reader comes back. Where no stream can be had (a proxy holds it
// back, the server has enough of them), the page asks now and then.

/** @typedef {{ type: string, [name: string]: any }} Told  see src/site/event.h;
 *   of type "reload" when something happened that cannot be told any more */
/** @typedef {(told: Told) => void} Handler */

const START_MS = 1500; // who leaves before needs no stream; what happens meanwhile is told then
const HIDDEN_MS = 10_000; // somebody who comes back so soon was not away
const OPENING_MS = 15_000; // a proxy that holds the answer back so long does so for ever
const ASK_MS = 30_000;

/** @type {Map<string, Handler[]>} */
const handlers = new Map();
/** @type {EventSource | undefined} */
let source;
let since = "";
let timer = 0;
let asks = false;
let newest = "";

/** @param {string} topic @param {Told} told */
const tell = (topic, told) => handlers.get(topic)?.forEach((handler) => handler(told));

const isSeen = () => document.visibilityState === "visible";

/** @param {string} url @returns {Promise<any>} */
async function load(url) {
  const answer = await fetch(url, { credentials: "omit" });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer.json();
}

/** The newest of all, and, when there is any, what came before it. */
async function ask() {
  const path = new URL(document.body.dataset.events ?? "", location.href).pathname;
  try {
    const now = await load(`${path}.json`);
    tell("alert", now.alert ? { ...now.alert, type: "set" } : { type: "clear" });
    for (const topic of ["article", "air"]) tell(topic, { type: "reload" });
    if (newest && now.newest !== newest) {
      const delta = await load(`${path}/${newest}.json`);
      for (const story of delta.stories) tell("front", { ...story, type: "story" });
      newest = delta.newest;
    }
  } catch {
    // No network, or no such file: a copy of the site. The next time, then.
  }
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = undefined;
  delete document.body.dataset.stream;
}

function askNowAndThen() {
  close();
  asks = true;
  timer = setTimeout(() => void ask().then(askNowAndThen), ASK_MS);
}

function open() {
  clearTimeout(timer);
  if (source || !isSeen() || !navigator.onLine) return;
  if (asks) return askNowAndThen();
  const url = new URL(document.body.dataset.events ?? "", location.href);
  if (since) url.searchParams.set("since", since);
  source = new EventSource(url);
  for (const topic of handlers.keys())
    source.addEventListener(topic, ({ data, lastEventId }) => {
      since = lastEventId;
      tell(topic, JSON.parse(data));
    });
  source.addEventListener("reload", ({ lastEventId }) => {
    since = lastEventId;
    for (const topic of handlers.keys()) tell(topic, { type: "reload" });
  });
  source.onopen = () => {
    clearTimeout(timer);
    document.body.dataset.stream = "";
  };
  // It comes back by itself, unless the answer was no.
  source.onerror = () => {
    delete document.body.dataset.stream;
    if (source?.readyState === EventSource.CLOSED) askNowAndThen();
  };
  timer = setTimeout(askNowAndThen, OPENING_MS);
}

/** Calls handler with every event of a topic ("front", "article", "alert", "air") from
 * now on. All that listen say so while the page loads.
 * @param {string} topic @param {Handler} handler */
export function subscribe(topic, handler) {
  const others = handlers.get(topic);
  if (others) others.push(handler);
  else handlers.set(topic, [handler]);
}

/** Begins to listen, when the page has been loaded. */
export function listen() {
  if (!document.body.dataset.events || !handlers.size) return;
  newest = /** @type {HTMLElement | null} */ (document.querySelector("[data-newest]"))?.dataset.newest ?? "";
  const start = () => void (timer = setTimeout(open, START_MS));
  if (document.readyState === "complete") start();
  else addEventListener("load", start);
  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (isSeen()) open();
    else timer = setTimeout(close, HIDDEN_MS);
  });
  addEventListener("online", open);
  addEventListener("pagehide", close); // or the page could not be kept for Back
  addEventListener("pageshow", ({ persisted }) => persisted && open());
}
