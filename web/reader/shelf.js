// SPDX-License-Identifier: Apache-2.0
// Where saved articles are: each in a cache of its own, so that it is taken
// away as a whole, with what the list says about it; files that are shared
// (fonts, scripts) and the list's page in another.

/** @typedef {{ path: string, saved: number, headline: string, standfirst: string, lang: string, dir: string,
 *   time: string, date: string, picture: string, files: string[] }} About */

export const SHARED = "shared";
const SHELF = "saved ";

/** Within a cache: what is in it, as JSON. No page has this address. */
export const ABOUT = "/.about";

/** @param {string} path */
export const shelfOf = (path) => SHELF + path;

/** Everything that is saved, the newest first.
 * @returns {Promise<About[]>} */
export async function savedArticles() {
  const found = [];
  for (const name of await caches.keys()) {
    if (!name.startsWith(SHELF)) continue;
    const about = await (await caches.open(name)).match(ABOUT);
    if (about) found.push(await about.json());
  }
  return found.sort((a, b) => b.saved - a.saved);
}
