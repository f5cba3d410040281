// SPDX-License-Identifier: Apache-2.0
// Keeps articles on the device, with their pictures and fonts, and fills the
// page that lists them.
import { ABOUT, SHARED, savedArticles, shelfOf } from "./shelf.js";

/** @typedef {import("./shelf.js").About} About */

/** @param {string} url */
async function get(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${answer.status} for ${url}`);
  // What came by a redirect cannot be shown as a page.
  return answer.redirected ? new Response(await answer.blob(), { headers: answer.headers }) : answer;
}

/** @param {unknown} value */
const json = (value) => new Response(JSON.stringify(value), { headers: { "Content-Type": "application/json" } });

/** The path of one of our own files, or "". @param {string} url */
function ownFile(url) {
  const { origin, pathname } = new URL(url, location.href);
  return origin === location.origin && /^\/(assets|media)\//.test(pathname) ? pathname : "";
}

/** Fonts, scripts and the icon that this page names. */
function filesOfPage() {
  const named = document.querySelectorAll("script[src], script[data-saving], link[rel=preload], link[rel=icon]");
  return [...named].flatMap((element) =>
    ["src", "href", "data-saving"].map((name) => ownFile(element.getAttribute(name) || ".")).filter(Boolean),
  );
}

/** Files do not change under their names: one that is there is right.
 * @param {Cache} cache @param {string[]} paths */
async function putFiles(cache, paths) {
  for (const path of paths) if (!(await cache.match(path))) await cache.put(path, await get(path));
}

/** The service worker, and the page that it shows when there is no network. */
export async function prepare() {
  const list = `/${document.documentElement.lang}/saved`;
  const shared = await caches.open(SHARED);
  const page = await get(list);
  // Not as a document: its stylesheet is another one than this page may have.
  const named = (await page.clone().text()).matchAll(/"(\/assets\/[^"]+)"/g);
  const files = [...new Set([...named].map(([, path = ""]) => path))];
  await putFiles(shared, files);
  await shared.put(list, page);
  const about = await shared.match(ABOUT);
  await shared.put(ABOUT, json({ ...(about && (await about.json())), [list]: files }));
  const { trustedTypes } = /** @type {any} */ (self);
  const policy = trustedTypes?.createPolicy("worker", { createScriptURL: (/** @type {string} */ url) => url });
  const url = policy?.createScriptURL("/sw.js") ?? "/sw.js";
  await navigator.serviceWorker.register(url, { updateViaCache: "none" });
}

/** Each picture as it is shown here, and every other size of it.
 * @param {HTMLElement} article @returns {Promise<Map<string, string>>} to where the picture is */
async function picturesOf(article) {
  const found = new Map();
  for (const image of article.querySelectorAll("img")) {
    image.loading = "eager";
    await image.decode().catch(() => {}); // a broken one is not there offline either
    const shown = image.naturalWidth ? ownFile(image.currentSrc) : "";
    if (!shown) continue;
    const sources = [image, ...(image.closest("picture")?.querySelectorAll("source") ?? [])];
    const sizes = sources.flatMap(({ srcset }) => srcset.split(",").map((size) => size.trim().split(/\s/)[0] ?? ""));
    for (const url of [image.src, ...sizes]) if (url) found.set(ownFile(url), shown);
    found.set(shown, shown);
  }
  return found;
}

/** @param {HTMLElement} article @param {string} selector */
const text = (article, selector) => article.querySelector(selector)?.textContent?.trim() ?? "";

/** @param {HTMLElement} article  on this page */
export async function save(article) {
  const path = location.pathname;
  const shelf = shelfOf(path);
  const isNew = !(await caches.has(shelf));
  const page = await get(path);
  const pictures = await picturesOf(article);
  const loaded = performance.getEntriesByType("resource").map(({ name }) => ownFile(name));
  const files = [...new Set([...filesOfPage(), ...loaded.filter((name) => name.startsWith("/assets/"))])];
  const { lang, dir } = document.documentElement;
  try {
    const own = await caches.open(shelf);
    const before = await own.match(ABOUT);
    for (const [url, shown] of pictures)
      if (url === shown) await putFiles(own, [url]);
      else await own.put(url, new Response(null, { headers: { "Content-Location": shown } }));
    await putFiles(await caches.open(SHARED), files);
    await own.put(path, page);
    /** @type {About} */
    const about = {
      path,
      saved: before ? (await before.json()).saved : Date.now(),
      headline: text(article, "h1"),
      standfirst: text(article, "header .standfirst"),
      lang,
      dir,
      time: article.querySelector("time")?.dateTime ?? "",
      date: text(article, "time"),
      picture: [...pictures.values()][0] ?? "",
      files,
    };
    await own.put(ABOUT, json(about));
    await prepare();
  } catch (error) {
    if (isNew) await remove(path);
    throw error;
  }
}

/** With the files that nothing else needs. @param {string} path */
export async function remove(path) {
  await caches.delete(shelfOf(path));
  const shared = await caches.open(SHARED);
  const lists = await (await shared.match(ABOUT))?.json();
  const needed = new Set([ABOUT, ...Object.entries(lists ?? {}).flat(2)]);
  for (const { files } of await savedArticles()) for (const file of files) needed.add(file);
  for (const request of await shared.keys())
    if (!needed.has(new URL(request.url).pathname)) await shared.delete(request);
}

/* ---- The list ---- */

/** @param {HTMLElement} place @param {string} part  shown, or not */
function reveal(place, part, is = true) {
  for (const element of place.querySelectorAll(`[data-part=${part}]`)) /** @type {HTMLElement} */ (element).hidden = !is;
}

/** @param {HTMLElement} place @param {About} about */
function entry(place, about) {
  const form = /** @type {HTMLTemplateElement} */ (place.querySelector("template"));
  const item = /** @type {HTMLElement} */ (
    /** @type {DocumentFragment} */ (form.content.cloneNode(true)).firstElementChild
  );
  const link = /** @type {HTMLAnchorElement} */ (item.querySelector("a"));
  const time = /** @type {HTMLTimeElement} */ (item.querySelector("time"));
  const picture = /** @type {HTMLImageElement} */ (item.querySelector("img"));
  item.lang = about.lang;
  item.dir = about.dir;
  link.href = about.path;
  link.append(about.headline);
  item.querySelector(".standfirst")?.append(about.standfirst);
  time.dateTime = about.time;
  time.append(about.date);
  if (about.picture) picture.src = about.picture;
  else picture.parentElement?.remove();
  item.querySelector("button")?.addEventListener("click", async () => {
    await remove(about.path);
    const next = item.nextElementSibling ?? item.previousElementSibling;
    item.remove();
    if (next) next.querySelector("a")?.focus();
    else reveal(place, "empty");
  });
  return item;
}

/** What was withdrawn meanwhile is not kept. @param {HTMLElement} item @param {string} path @param {string} gone */
async function check(item, path, gone) {
  const { status } = await fetch(path, { method: "HEAD" });
  if (status !== 404 && status !== 410) return;
  await remove(path);
  item.querySelector(".picture")?.remove();
  item.querySelector(".standfirst")?.replaceChildren(gone);
}

/** @param {HTMLElement} place */
async function fill(place) {
  const list = /** @type {HTMLElement} */ (place.querySelector("ol"));
  // Another page was asked for: this is here because there is no network.
  const isInstead = location.pathname.replace(/\/$/, "") !== place.dataset.saved;
  if (isInstead) {
    reveal(place, "here", false);
    reveal(place, "offline");
    addEventListener("online", () => location.reload());
    addEventListener("pageshow", ({ persisted }) => persisted && location.reload());
  }
  if (!("caches" in self) || !("serviceWorker" in navigator)) return reveal(place, "unable");
  const articles = await savedArticles();
  list.replaceChildren(...articles.map((about) => entry(place, about)));
  reveal(place, "empty", !articles.length);
  if (isInstead) return;
  try {
    if (articles.length) await prepare();
    for (const [i, { path }] of articles.entries())
      await check(/** @type {HTMLElement} */ (list.children[i]), path, place.dataset.gone ?? "");
  } catch {
    // No network: the list is as it was.
  }
}

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-saved]"));
if (place) void fill(place);
