// SPDX-License-Identifier: Apache-2.0
// What is new while the page is open: a button says so, and nothing else moves
// until it is pressed.
import { subscribe } from "./events.js";
import { fetchPage } from "./page.js";
import { words } from "./words.js";

/** The button, made when there is something to say. @param {HTMLElement} place @param {string} text */
function say(place, text) {
  const button = place.querySelector("button") ?? document.createElement("button");
  if (button.textContent !== text) button.textContent = text;
  if (button.isConnected) return;
  button.type = "button";
  button.addEventListener("click", () => {
    scrollTo({ top: 0, behavior: "instant" });
    location.reload();
  });
  place.append(button);
}

/** @param {HTMLElement} place of the front */
function tellStories(place) {
  /** @type {Set<string>} */
  const seen = new Set();
  let more = 0;
  subscribe("front", ({ type, id, url, count }) => {
    if (type === "story" && document.querySelector(`main a[href="${CSS.escape(url)}"]`)) return;
    if (type === "story") seen.add(id);
    else if (type === "many") more += count;
    else if (type !== "reload") return;
    say(place, type === "reload" ? (place.dataset.some ?? "") : words(place.dataset, seen.size + more));
  });
}

/** @param {HTMLElement} place of an article */
function tellUpdates(place) {
  const { changed = "0", updated = "", withdrawn = "" } = place.dataset;
  /** Something happened, perhaps to this article: the page of now says so. */
  const look = () =>
    fetchPage(location.href).then(
      (page) => {
        const now = /** @type {HTMLElement | null} */ (page.querySelector("[data-changed]"));
        if (Number(now?.dataset.changed) > Number(changed)) say(place, updated);
      },
      ({ message }) => message === "410" && say(place, withdrawn),
    );
  subscribe("article", ({ type, at }) => {
    if (type === "withdrawn") say(place, withdrawn);
    else if ((type === "updated" || type === "corrected") && at > Number(changed)) say(place, updated);
    else if (type === "reload") void look();
  });
}

export function tellWhatIsNew() {
  const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-fresh]"));
  if (place?.dataset.changed) tellUpdates(place);
  else if (place) tellStories(place);
}
