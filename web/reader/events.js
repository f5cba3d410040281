// SPDX-License-Identifier: Apache-2.0
// What happens while the page is open: one stream of server-sent events for all
// that listen. It is open only while somebody looks, so that a browser's few
// connections do not go to pages in the background; what happened meanwhile is
// told when the reader comes back.

/** @typedef {{ type: string, [name: string]: any }} Told  see src/site/event.h;
 *   of type "reload" when something happened that cannot be told any more */
/** @typedef {(told: Told) => void} Handler */

const HIDDEN_MS = 10_000; // somebody who comes back so soon was not away

/** @type {Map<string, Handler[]>} */
const handlers = new Map();
/** @type {EventSource | undefined} */
let source;
let since = "";
let timer = 0;

/** @param {string} topic @param {Told} told */
const tell = (topic, told) => handlers.get(topic)?.forEach((handler) => handler(told));

function close() {
  source?.close();
  source = undefined;
}

function open() {
  clearTimeout(timer);
  if (source || document.visibilityState !== "visible") return;
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
}

/** Calls handler with every event of a topic ("front", "article", "alert") from
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
  if (document.readyState === "complete") open();
  else addEventListener("load", open);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") open();
    else timer = setTimeout(close, HIDDEN_MS);
  });
  addEventListener("pagehide", close); // or the page could not be kept for Back
  addEventListener("pageshow", ({ persisted }) => persisted && open());
}
