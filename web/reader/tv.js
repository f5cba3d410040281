// SPDX-License-Identifier: Apache-2.0
// The page of a channel. It tells times in the reader's own zone and offers
// Play; what plays is fetched when somebody presses it, and nothing of the stream
// before.
import { fetchPage } from "./page.js";

const air = /** @type {HTMLElement} */ (document.querySelector("[data-tv]"));

const DAY_MS = 86_400_000;

/** @type {Promise<{ start: (air: HTMLElement, at?: number) => void, seek: (at: number) => void, stop: () => boolean }> | undefined} */
let player;

/** Starts the stream, at a time of the past when there is one. @param {number} [at] ms since 1970 */
async function play(at) {
  const slate = /** @type {HTMLElement | null} */ (air.querySelector(".slate"));
  const button = slate?.querySelector("button");
  if (!slate || button?.disabled) return;
  if (player) return at ? (await player).seek(at) : undefined;
  if (button) button.disabled = true;
  player = import(air.dataset.player ?? "");
  try {
    const { start } = await player;
    slate.hidden = true;
    start(air, at);
  } catch {
    player = undefined;
    if (button) button.disabled = false;
  }
}

function offerPlay() {
  const video = air.querySelector("video");
  const slate = /** @type {HTMLElement | null} */ (air.querySelector(".slate"));
  if (!video || !slate) return;
  video.removeAttribute("src");
  video.controls = false;
  slate.hidden = false;
  slate.querySelector("button")?.addEventListener("click", () => void play());
}

/** Digits as the page writes them. */
function digits() {
  const shown = document.querySelector("time[data-time]")?.textContent ?? "";
  return /[٠-٩]/.test(shown) ? "arab" : /[۰-۹]/.test(shown) ? "arabext" : "latn";
}

/** Days begin at the reader's midnight. @param {string} lang @param {string} numberingSystem */
function regroup(lang, numberingSystem) {
  const iso = new Intl.DateTimeFormat("en-CA");
  const name = new Intl.DateTimeFormat(lang === "en" ? "en-GB" : lang, { dateStyle: "full", numberingSystem });
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("li[data-start]"))) {
    const start = new Date(row.dataset.start ?? "");
    const day = iso.format(start);
    const section = /** @type {HTMLElement} */ (row.closest("[data-day]"));
    if (section.dataset.day === day) continue;
    let own = /** @type {HTMLElement | null} */ (document.querySelector(`[data-day="${day}"]`));
    if (!own) {
      const { day: from = "", before = "", after = "" } = section.dataset;
      const apart = (Date.parse(day) - Date.parse(from)) / DAY_MS;
      own = /** @type {HTMLElement} */ (section.cloneNode(true));
      own.dataset.day = day;
      for (const list of own.querySelectorAll("ol")) list.replaceChildren();
      own.querySelector("h3")?.replaceChildren(apart === -1 ? before : apart === 1 ? after : name.format(start));
      if (apart < 0) section.before(own);
      else section.after(own);
    }
    const list = (row.classList.contains("past") && own.querySelector(".earlier ol")) || own.querySelector(":scope > ol");
    const later = [...(list?.children ?? [])].find((other) => Date.parse(/** @type {HTMLElement} */ (other).dataset.start ?? "") > start.getTime());
    list?.insertBefore(row, later ?? null);
    if (!section.querySelector("li")) section.remove();
    else if (!section.querySelector(".earlier li")) section.querySelector(".earlier")?.remove();
  }
}

function tellTimes() {
  const { lang } = document.documentElement;
  const numberingSystem = digits();
  const format = new Intl.DateTimeFormat(lang, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", numberingSystem });
  for (const time of /** @type {NodeListOf<HTMLTimeElement>} */ (document.querySelectorAll("time[data-time]")))
    time.textContent = format.format(new Date(time.dateTime));
  regroup(lang, numberingSystem);
  const place = document.querySelector("[data-zone]");
  if (place) place.textContent = `${place.textContent?.split(":")[0]}: ${format.resolvedOptions().timeZone}`;
}

/** What can still be watched from its start says so. */
function offerPast() {
  const { dvr = "0", since = "0" } = air.dataset;
  const first = Math.max(Date.now() - Number(dvr) * 1000, Number(since));
  if (!Number(since)) return;
  for (const row of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-start]"))) {
    const at = Date.parse(row.dataset.start ?? "");
    const button = /** @type {HTMLButtonElement} */ (row.querySelector("[data-again]"));
    button.hidden = at < first || at > Date.now();
    button.onclick = () => {
      air.scrollIntoView({ block: "start" });
      void play(at);
    };
  }
}

function dress() {
  tellTimes();
  offerPast();
}

/** What plays goes on while there is something to play. @param {boolean} on */
async function mayChange(on) {
  if (on || !player) return !player;
  const { stop } = await player;
  if (!stop()) return false;
  player = undefined;
  return true;
}

/** What is on has changed. */
async function refresh() {
  const page = await fetchPage(location.href);
  const now = /** @type {HTMLElement | null} */ (page.querySelector("[data-tv]"));
  for (const name of ["[data-now]", "[data-days]"])
    document.querySelector(name)?.replaceChildren(...(page.querySelector(name)?.childNodes ?? []));
  air.dataset.since = now?.dataset.since;
  const screen = air.querySelector("[data-screen]"), other = page.querySelector("[data-screen]");
  const on = other?.hasAttribute("data-on") ?? false;
  if (screen && other && screen.hasAttribute("data-on") !== on && (await mayChange(on))) {
    const held = screen.contains(document.activeElement);
    screen.replaceWith(other);
    offerPlay();
    const words = /** @type {HTMLElement | null} */ (held ? other.querySelector("h2") : null);
    if (words) {
      words.tabIndex = -1; // whoever was at the player reads on here
      words.focus({ preventScroll: true });
    }
  }
  dress();
}

document.addEventListener("told", (event) => {
  const { type, channel } = /** @type {CustomEvent} */ (event).detail;
  if (type === "reload" || (type === "air" && channel === air.dataset.tv)) void refresh().catch(() => {});
});
offerPlay();
dress();
setInterval(offerPast, 60_000);
