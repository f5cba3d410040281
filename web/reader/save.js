// SPDX-License-Identifier: Apache-2.0
// The button that keeps an article on the device. What does the work is fetched
// when somebody presses it.
import { shelfOf } from "./shelf.js";

/** @returns {Promise<typeof import("./saving.js")>} */
const saving = () =>
  import(/** @type {HTMLElement} */ (document.querySelector("script[data-saving]")).dataset.saving ?? "");

export async function offerSaving() {
  if (!("caches" in self) || !("serviceWorker" in navigator)) return;
  // Kept among the device's programs, it opens without a network too.
  if (matchMedia("(display-mode: standalone)").matches) void saving().then((m) => m.prepare().catch(() => {}));
  const tools = /** @type {HTMLElement | null} */ (document.querySelector("[data-save]"));
  const button = tools?.querySelector("button");
  const status = tools?.querySelector("[role=status]");
  if (!tools || !button || !status) return;
  const article = /** @type {HTMLElement} */ (tools.closest("article"));
  const { done = "", failed = "", full = "" } = tools.dataset;

  /** @param {boolean} is @param {string} text */
  function show(is, text = is ? done : "") {
    button?.setAttribute("aria-pressed", String(is));
    status?.replaceChildren(text);
  }

  button.addEventListener("click", async () => {
    const wanted = button.ariaPressed !== "true";
    button.disabled = true;
    try {
      const { save, remove } = await saving();
      await (wanted ? save(article) : remove(location.pathname));
      show(wanted);
    } catch (error) {
      show(!wanted, /** @type {Error} */ (error).name === "QuotaExceededError" ? full : failed);
    }
    button.disabled = false;
    button.focus();
  });
  try {
    const is = await caches.has(shelfOf(location.pathname));
    show(is);
    tools.hidden = false;
    // A newer text or a correction reaches the copy; without a network it stays.
    if (is) await (await saving()).save(article);
  } catch {
    // Nothing can be kept here, or not now.
  }
}
