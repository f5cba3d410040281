// SPDX-License-Identifier: Apache-2.0
// Says once that the article is being read, and shows the number of views that
// comes back: the page itself may have waited in some cache. Nothing is kept
// here, and nothing but the article's number is sent.
import { subscribe } from "./events.js";
import { words } from "./words.js";

const READING_MS = 1000; // on the screen so long: somebody reads it
const ASK_AGAIN_MS = 2500; // the total is known by then

/** @param {number} views */
function show(views) {
  const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-words]"));
  if (!place) return;
  const text = words(place.dataset, views);
  if (text && text !== place.textContent) place.textContent = text;
}

/** @param {string} url @param {"POST" | "GET"} method
 * @returns {Promise<boolean>} false when there is no number yet, but soon */
async function ask(url, method) {
  try {
    const answer = await fetch(url, { method, keepalive: true, credentials: "omit", cache: "no-store" });
    if (!answer.ok) return true; // nobody counts here: a copy of the site, perhaps
    const { views } = await answer.json();
    if (typeof views !== "number") return false;
    show(views);
    return true;
  } catch {
    return true; // no network: the number that was printed stays
  }
}

/** @param {number} ms */
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Resolves when the page is on the screen, not before it is asked for. */
async function seen() {
  for (;;) {
    while (document.visibilityState !== "visible" || /** @type {any} */ (document).prerendering)
      await new Promise((resolve) => {
        document.addEventListener("visibilitychange", resolve, { once: true });
        document.addEventListener("prerenderingchange", resolve, { once: true });
      });
    await pause(READING_MS);
    if (document.visibilityState === "visible") return;
  }
}

export async function countView() {
  const article = /** @type {HTMLElement | null} */ (document.querySelector("[data-article]"));
  if (!article) return;
  const url = `/views/${article.dataset.article}`;
  subscribe("article", ({ type, views }) => type === "views" && show(views));
  await seen();
  if (!(await ask(url, "POST"))) {
    await pause(ASK_AGAIN_MS);
    await ask(url, "GET");
  }
  // Who comes back to the page finds the number of now.
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") void ask(url, "GET");
  });
}
