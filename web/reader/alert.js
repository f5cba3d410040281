// SPDX-License-Identifier: Apache-2.0
// Breaking news: the bar that was printed can be put away, which is remembered
// for as long as it is this one; what breaks while the page is open comes over
// it and pushes no text.
import { subscribe } from "./events.js";

const KEY = "alert";

/** Storage may be forbidden: then it comes again with the next page. */
const dismissed = () => {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return "";
  }
};

/** @param {string} tag @param {string} text */
function element(tag, text) {
  const made = document.createElement(tag);
  made.append(text);
  return made;
}

export function showAlerts() {
  const bar = /** @type {HTMLElement | null} */ (document.querySelector("[data-alert]"));
  const line = bar?.querySelector("p");
  const button = bar?.querySelector("button");
  if (!bar || !line || !button) return;

  const show = () => (bar.hidden = !bar.dataset.alert || bar.dataset.alert === dismissed());

  button.hidden = false;
  button.addEventListener("click", () => {
    try {
      localStorage.setItem(KEY, bar.dataset.alert ?? "");
    } catch {
      // See above.
    }
    bar.hidden = true;
  });
  show();
  addEventListener("storage", show); // put away in another tab

  subscribe("alert", ({ type, id = "", label, text, url }) => {
    if (type === "reload" || id === bar.dataset.alert) return;
    bar.dataset.alert = id;
    bar.classList.add("late");
    if (id) {
      const words = element(url ? "a" : "span", text);
      if (url) words.setAttribute("href", url);
      line.replaceChildren(element("b", label || bar.dataset.label), " ", words);
    }
    show();
  });
}
