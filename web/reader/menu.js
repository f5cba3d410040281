// SPDX-License-Identifier: Apache-2.0
// The link to the menu's page becomes a menu that opens where it stands.
import { fetchPage } from "./page.js";

export function unfoldMenu() {
  const link = /** @type {HTMLAnchorElement | null} */ (
    document.querySelector(".menu > a:not([aria-current])")
  );
  if (!link) return;
  const details = document.createElement("details");
  const summary = document.createElement("summary");
  const panel = document.createElement("div");
  panel.className = "panel";
  summary.append(...link.childNodes);
  details.append(summary, panel);
  details.addEventListener("toggle", async () => {
    if (!details.open || panel.firstChild) return;
    try {
      const menu = (await fetchPage(link.href)).querySelector("[data-menu]");
      if (!menu) throw new Error("no menu");
      menu.className = "wrap";
      panel.append(menu);
    } catch {
      location.href = link.href;
    }
  });
  addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !details.open) return;
    details.open = false;
    summary.focus();
  });
  addEventListener("click", (event) => {
    if (!details.contains(/** @type {Node} */ (event.target))) details.open = false;
  });
  link.replaceWith(details);
}
