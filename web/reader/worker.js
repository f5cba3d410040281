// SPDX-License-Identifier: Apache-2.0
// The service worker, of readers who have saved something. What is asked for
// comes from the network, always; only where the network fails is a saved
// article shown, or the list of what is saved. It keeps nothing by itself, so
// that nobody sees an old front.
import { SHARED, shelfOf } from "./shelf.js";

/** @param {string} path @returns {Promise<Response | undefined>} */
async function stored(path) {
  const found = await caches.match(path, { ignoreVary: true });
  // A picture in another size than the one that was saved.
  const instead = found?.headers.get("Content-Location");
  return instead ? caches.match(instead, { ignoreVary: true }) : found;
}

/** The list of what is saved, in the language of the page that was asked for if
 * that is there. @param {string} path */
async function offline(path) {
  const shared = await caches.open(SHARED);
  const lists = (await shared.keys()).filter(({ url }) => url.endsWith("/saved"));
  const own = `/${path.split("/")[1]}/saved`;
  const list = lists.find(({ url }) => new URL(url).pathname === own) ?? lists.at(-1);
  return (list && (await shared.match(list))) ?? Response.error();
}

/** @param {Request} request @param {string} path */
async function page(request, path) {
  /** @type {Response | undefined} */
  let answer;
  try {
    answer = await fetch(request);
  } catch {
    return (await stored(path)) ?? offline(path);
  }
  // What was withdrawn is not kept either.
  if (answer.status === 404 || answer.status === 410) await caches.delete(shelfOf(path));
  return (answer.status >= 500 && (await stored(path))) || answer;
}

/** @param {Request} request @param {string} path */
async function file(request, path) {
  try {
    return await fetch(request);
  } catch {
    return (await stored(path)) ?? Response.error();
  }
}

addEventListener("install", () => void (/** @type {any} */ (self).skipWaiting()));
addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, pathname));
  else if (/^\/(assets|media)\//.test(pathname)) event.respondWith(file(request, pathname));
});
