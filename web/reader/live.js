// SPDX-License-Identifier: Apache-2.0
// An open live blog learns of new posts and tells of them on a button; nothing
// moves under the reader's eyes until it is pressed. What is on the page
// already, corrected or removed meanwhile, changes where it stands. A bundle of
// its own, loaded by running live blogs only.
import { fetchPage } from "./page.js";
import { words } from "./words.js";

const ASK_MS = 1500; // so that a post is with readers within two seconds
const TOLD_MS = 30_000; // while a stream tells of them
const REST_MS = 60_000; // when asking failed again and again

/** What waits for the button, by id: new posts, and those that were pinned or
 * unpinned. @type {Map<string, HTMLElement>} */
const waiting = new Map();
/** @type {Element | null} key events as they are by now, when they are others */
let keys = null;
let reload = false;
let running = true;

/** @param {string} selector @param {ParentNode} within
 * @returns {HTMLElement | null} */
const one = (selector, within = document) => within.querySelector(selector);
const blog = () => one("[data-live]");
const box = () => one("[data-pinned-post]");
const isFirst = () => "first" in (blog()?.dataset ?? {});

/** @param {HTMLElement} post */
const isPinned = (post) => "pinned" in post.dataset;

function tell() {
  const place = one("[data-news]");
  const data = blog()?.dataset;
  if (!place || !data) return;
  const count = [...waiting.values()].filter((post) => "new" in post.dataset).length;
  if (!count && !reload && !keys && !waiting.size) return place.replaceChildren();
  const text =
    count || reload ? words({ words: data.newWords, sample: data.newSample }, count || 2).trim() : (data.changedWords ?? "");
  const button = /** @type {HTMLButtonElement} */ (one("button", place) ?? document.createElement("button"));
  if (button.textContent !== text) button.textContent = text;
  button.type = "button";
  button.onclick = show;
  if (!button.parentNode) place.append(button);
}

/** Where it belongs among the posts that are there; none when it is older than
 * all of them and there are others in between.
 * @param {HTMLElement} post */
function put(post) {
  const list = one("[data-list] ol");
  const item = document.createElement("li");
  const at = post.dataset.post ?? "";
  const items = [...(list?.children ?? [])];
  const next = items.find((other) => (one("[data-post]", other)?.dataset.post ?? "") < at);
  if (!next && items.length && one("[data-more] a[rel=next]")) return;
  item.append(post);
  if (next) next.before(item);
  else list?.append(item);
}

/** @param {Element | null} list */
const says = (list) => (list?.textContent ?? "").replace(/\s+/g, " ");

/** @param {HTMLElement} post */
function take(post) {
  const old = document.getElementById(post.id);
  (old?.closest("li") ?? old)?.remove();
}

function show() {
  if (reload || !isFirst()) {
    location.href = location.pathname;
    return;
  }
  /** @type {HTMLElement | undefined} */
  let first; // the newest of the new
  for (const post of waiting.values())
    if ("new" in post.dataset && (post.dataset.post ?? "") > (first?.dataset.post ?? "")) first = post;
  for (const post of waiting.values()) {
    take(post);
    if (!isPinned(post)) {
      put(post);
      continue;
    }
    const before = one("[data-post]", box() ?? undefined);
    if (before && !waiting.has(before.id)) put(before);
    box()?.replaceChildren(post);
  }
  one(".empty")?.remove();
  if (keys) one("[data-keys]")?.replaceWith(keys);
  keys = null;
  for (const link of document.querySelectorAll("[data-keys] a")) {
    const id = "post-" + /** @type {HTMLAnchorElement} */ (link).href.slice(-13);
    if (document.getElementById(id)) link.setAttribute("href", "#" + id);
  }
  waiting.clear();
  tell();
  one(".when a", first)?.focus({ preventScroll: true });
  (first?.closest("li") ?? one(".posts"))?.scrollIntoView({ block: "start" });
}

/** @param {HTMLElement} post  as it is now */
function change(post) {
  const old = document.getElementById(post.id);
  const moves = old ? isPinned(post) !== !!old.closest("[data-pinned-post]") : isPinned(post);
  if (old && !(moves && isFirst())) {
    old.replaceWith(post);
    waiting.delete(post.id); // pinned and unpinned again, before it was shown
  } else if ("removed" in post.dataset) waiting.delete(post.id);
  else if (moves || "new" in post.dataset || waiting.has(post.id)) waiting.set(post.id, post);
}

/** @param {Document} page */
function learn(page) {
  const from = one("[data-live]", page);
  const to = blog();
  if (!from || !to) return;
  if (from.dataset.seq === to.dataset.seq && !("reload" in from.dataset)) return;
  to.dataset.seq = from.dataset.seq;
  running = "running" in from.dataset;
  reload ||= "reload" in from.dataset;
  const status = one("[data-status]", from);
  if (status) one("[data-status]")?.replaceWith(status);
  const now = one("[data-keys]", from);
  keys = now && says(now) !== says(one("[data-keys]")) ? now : null;
  for (const post of from.querySelectorAll("[data-post]")) change(/** @type {HTMLElement} */ (post));
  tell();
}

async function ask() {
  const data = blog()?.dataset;
  if (data?.live) learn(await fetchPage(`${data.live}?after=${data.seq}`));
}

/** Wakes who waits. */
let wake = () => {};

/** @param {number} ms */
const pause = (ms) =>
  new Promise((resolve) => {
    wake = () => resolve(undefined);
    setTimeout(resolve, ms);
  });

/** Resolves when somebody looks. */
async function seen() {
  while (document.visibilityState !== "visible")
    await new Promise((resolve) => document.addEventListener("visibilitychange", resolve, { once: true }));
}

/** How long until it is asked again. */
const interval = () => ("stream" in document.body.dataset ? TOLD_MS : ASK_MS + Math.random() * 200);

async function follow() {
  let failures = 0;
  while (running && !reload) {
    await pause(failures ? Math.min(ASK_MS * 2 ** failures, REST_MS) : interval());
    await seen();
    try {
      await ask();
      failures = 0;
    } catch {
      failures++;
    }
  }
}

// What main.js hears of this article, see src/site/event.h.
document.addEventListener("told", (event) => {
  const { type, seq } = /** @type {CustomEvent} */ (event).detail;
  if (type === "reload" || type === "withdrawn" || (type === "posts" && seq > Number(blog()?.dataset.seq))) wake();
});

void follow();
