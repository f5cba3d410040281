// SPDX-License-Identifier: Apache-2.0
// Television in little: its picture is a link to the channel's page. Pressed, it
// plays where it stands; what plays is fetched then, and nothing of the stream
// before. When what is on changes, so does what stands there.
import { subscribe } from "./events.js";
import { fetchPage } from "./page.js";

const SPREAD_MS = 1000; // not all open pages ask in the same moment
const AGAIN_MS = 2000; // the first picture comes a moment after the broadcast began

/** @param {MouseEvent} event */
async function watch(event) {
  const link = /** @type {HTMLAnchorElement | null} */ (event.target instanceof Element ? event.target.closest(".watch") : null);
  // Who wants the page in a tab of its own gets it there.
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  if (link.ariaBusy) return;
  link.ariaBusy = "true";
  try {
    const { startSmall } = await import(link.dataset.player ?? "");
    startSmall(link);
  } catch {
    location.assign(link.href);
  }
}

/** What plays goes on while there is something to play. @param {Element} place @param {Element} now */
function change(place, now) {
  const view = place.querySelector(".watching");
  const link = now.querySelector(".watch");
  const nodes = [...now.childNodes];
  if (view && link) {
    const at = nodes.indexOf(link);
    for (const node of [...place.childNodes]) if (node !== view) node.remove();
    view.before(...nodes.slice(0, at));
    view.after(...nodes.slice(at + 1));
  } else {
    view?.dispatchEvent(new Event("off"));
    place.replaceChildren(...nodes);
  }
}

async function refresh() {
  const page = await fetchPage(location.href);
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-air]"))) {
    const now = page.querySelector(`[data-air="${place.dataset.air}"]`);
    if (now) change(place, now);
    else place.remove();
    now?.remove();
  }
}

export function offerTelevision() {
  document.addEventListener("click", (event) => void watch(event));
  document.addEventListener(
    "error",
    ({ target }) => target instanceof HTMLImageElement && target.closest(".watch") && setTimeout(() => (target.src = target.src), AGAIN_MS),
    true,
  );
  let due = 0;
  subscribe("air", ({ channel }) => {
    if (!document.querySelector(channel ? `[data-air="${channel}"]` : "[data-air]")) return;
    clearTimeout(due);
    due = setTimeout(() => void refresh().catch(() => {}), Math.random() * SPREAD_MS);
  });
}
