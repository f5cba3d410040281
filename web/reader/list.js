// SPDX-License-Identifier: Apache-2.0
// "Load 20 more" grows the list in place. The address follows to the page that
// came last; the pages before it are kept in history.state, and the place in
// the session's storage, so that Back from an article finds both again.
import { fetchPage } from "./page.js";

/** @typedef {{ list?: string[] }} State  the addresses the list is made of */

const place = () => "place:" + location.href;

/** @param {ParentNode} root */
const parts = (root) => ({
  list: root.querySelector("[data-list]"),
  more: /** @type {HTMLElement | null} */ (root.querySelector("[data-more]")),
});

/**
 * Adds the days of another page; a day that goes on is joined.
 * @param {Document} page
 * @returns {Element | null} the first story that is new
 */
function append(page) {
  const { list, more } = parts(document);
  const from = parts(page);
  if (!list || !more || !from.list) return null;
  const first = from.list.querySelector("li");
  for (const day of [...from.list.children]) {
    const last = /** @type {HTMLElement | null} */ (list.lastElementChild);
    if (last?.dataset.day === /** @type {HTMLElement} */ (day).dataset.day)
      last?.querySelector("ol")?.append(...(day.querySelector("ol")?.children ?? []));
    else list.append(day);
  }
  const link = from.more?.querySelector("a[rel=next]");
  const old = more.querySelector("a[rel=next]");
  if (link) old?.replaceWith(link);
  else old?.remove();
  return first;
}

/** @param {HTMLAnchorElement} link */
async function grow(link) {
  const status = parts(document).more?.querySelector("[role=status]");
  const words = parts(document).more?.dataset;
  if (!status || !words || link.ariaDisabled) return;
  const url = link.href;
  link.ariaDisabled = "true";
  status.textContent = words.loading ?? "";
  try {
    const page = await fetchPage(url);
    const pages = /** @type {State} */ (history.state)?.list ?? [location.href];
    const first = append(page);
    history.replaceState({ list: [...pages, url] }, "", url);
    history.scrollRestoration = "manual";
    first?.querySelector("a")?.focus({ preventScroll: true });
    status.textContent = "";
  } catch {
    link.ariaDisabled = null;
    status.textContent = words.failed ?? "";
  }
}

/** @param {string[]} urls */
async function restore(urls) {
  history.scrollRestoration = "manual";
  const y = Number(sessionStorage.getItem(place()));
  try {
    const [first, ...others] = await Promise.all(urls.map(fetchPage));
    const main = first?.querySelector("main");
    if (!main) return;
    document.querySelector("main")?.replaceChildren(...main.childNodes);
    others.forEach(append);
    scrollTo({ top: y, behavior: "instant" });
  } catch {
    // The page that the server sent for this address stays.
  }
}

export function growList() {
  if (!parts(document).more) return;
  document.addEventListener("click", (event) => {
    const link = /** @type {Element} */ (event.target).closest("[data-more] a[rel=next]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    void grow(/** @type {HTMLAnchorElement} */ (link));
  });
  addEventListener("pagehide", () => {
    if (history.state?.list) sessionStorage.setItem(place(), String(scrollY));
  });
  const urls = /** @type {State} */ (history.state)?.list;
  if (urls) void restore(urls);
}
