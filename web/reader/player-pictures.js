// SPDX-License-Identifier: Apache-2.0
// Small pictures of what was on, shown over the scrubber.

const FRESH_MS = 20_000;

/** @typedef {{ at: number, url: string }} Picture */

/** @param {string} text "1:02:03.456" */
const ms = (text) => Math.round(text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0) * 1000);

/** WebVTT whose times count from the one that a NOTE names. @param {string} text @param {string} base @returns {Picture[]} */
function parse(text, base) {
  const begins = Number(/NOTE begins (\d+) ms/.exec(text)?.[1]);
  return [...text.matchAll(/^([\d:.]+) --> .*\n(\S+)$/gm)].map(([, start, name]) => ({ at: begins + ms(start ?? ""), url: base + name }));
}

/**
 * @param {HTMLElement} player
 * @param {HTMLInputElement} seek  seconds before the newest
 * @param {string} base
 * @param {() => number} edge  ms since 1970 of the newest
 * @param {(seconds: number) => string} clock
 */
export function loadPictures(player, seek, base, edge, clock) {
  const peek = /** @type {HTMLElement} */ (player.querySelector(".peek"));
  const image = /** @type {HTMLImageElement} */ (peek.querySelector("img"));
  const label = /** @type {HTMLElement} */ (peek.querySelector("span"));
  /** @type {Picture[]} */
  let pictures = [];
  let loaded = 0;

  async function refresh() {
    if (Date.now() - loaded < FRESH_MS) return;
    loaded = Date.now();
    const answer = await fetch(`${base}thumbs.vtt`);
    if (answer.ok) pictures = parse(await answer.text(), base);
  }

  /** @param {PointerEvent} event */
  function show({ clientX }) {
    void refresh().catch(() => {});
    const { left, right, width } = seek.getBoundingClientRect();
    const rtl = getComputedStyle(seek).direction === "rtl";
    const share = Math.min(1, Math.max(0, (rtl ? right - clientX : clientX - left) / width));
    const behind = (1 - share) * -Number(seek.min);
    const at = edge() - behind * 1000;
    const found = pictures.findLast((picture) => picture.at <= at);
    peek.hidden = false;
    peek.style.setProperty("inset-inline-start", `clamp(5rem, ${share * 100}%, calc(100% - 5rem))`);
    image.hidden = !found;
    if (found && !image.src.endsWith(found.url)) image.src = found.url;
    label.textContent = `−${clock(behind)}`;
  }
  seek.addEventListener("pointermove", show);
  for (const event of ["pointerleave", "pointercancel"]) seek.addEventListener(event, () => void (peek.hidden = true));
}
