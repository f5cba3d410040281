// SPDX-License-Identifier: Apache-2.0
// Nothing moves while a page loads, also when its fonts come late, held back
// until the page has been painted without them.
import assert from "node:assert/strict";

import { openPage } from "../../lib/browser.mjs";
import { WIDTHS, inTwoPages, viewportOf } from "../../lib/paper.mjs";
import { note, test } from "../../lib/tap.mjs";

const SHIFT_MAX = 0.01;
const LATE_KINDS = ["front", "article", "live"];

/** Adds up what moves (Layout Instability), from before the page is there. */
function watch() {
  const moved = /** @type {any} */ (globalThis);
  moved.shift = 0;
  moved.movers = [];
  new PerformanceObserver((list) => {
    for (const entry of /** @type {any[]} */ (list.getEntries())) {
      if (entry.hadRecentInput) continue;
      moved.shift += entry.value;
      for (const { node } of entry.sources) moved.movers.push(`${node?.nodeName}.${node?.className ?? ""}`);
    }
  }).observe({ type: "layout-shift", buffered: true });
}

const WATCHED = { script: `(${watch})()`, cold: true };

const painted = () => performance.getEntriesByName("first-contentful-paint").length > 0;

/** To the end of the page, screen by screen, so that what loads late loads. */
async function scrollThrough() {
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  for (let y = 0; y < document.documentElement.scrollHeight; y += innerHeight) {
    scrollTo({ top: y, behavior: "instant" });
    await frame();
    await frame();
  }
  // One that is not shown and loads lazily would be waited for in vain.
  const shown = [...document.images].filter((picture) => picture.checkVisibility());
  await Promise.all(shown.map((picture) => picture.decode().catch(() => {})));
  await frame();
  await frame();
}

/**
 * @param {any} page  that watches, and keeps nothing of what it fetched before
 * @param {string} url
 * @param {{ late?: boolean, disturb?: () => void }} [how]  fonts come late; run when the page is painted
 */
async function shiftOf(page, url, { late = false, disturb } = {}) {
  /** @type {(value?: unknown) => void} */
  let release = () => {};
  const held = new Promise((resolve) => (release = resolve));
  if (late)
    await page.route("**/*.woff2", async (/** @type {any} */ route) => {
      await held;
      await route.continue();
    });
  await page.goto(url, { waitUntil: "commit" });
  await page.waitForFunction(painted);
  if (disturb) await page.evaluate(disturb);
  release();
  await page.waitForLoadState("load");
  await page.evaluate(() => document.fonts.ready.then(() => {}));
  await page.evaluate(scrollThrough);
  await page.unrouteAll();
  return page.evaluate(() => {
    const { shift, movers } = /** @type {any} */ (globalThis);
    return { shift, movers: [...new Set(movers)].slice(0, 6).join(", ") };
  });
}

/**
 * @param {import("../../lib/paper.mjs").Paper} paper
 * @param {import("../../lib/paper.mjs").Page[]} pages
 * @param {boolean} late
 */
async function movedOn(paper, pages, late) {
  let most = 0;
  /** @type {string[]} */
  const moved = [];
  const views = pages.flatMap(({ kind, target }) => WIDTHS.map((width) => ({ kind, target, width })));
  await inTwoPages(paper, WATCHED, views, async (page, { kind, target, width }, wrong) => {
    await page.setViewportSize(viewportOf(width));
    const { shift, movers } = await shiftOf(page, paper.origin + target, { late });
    moved.push(...wrong); // a font that cannot be read moves nothing
    most = Math.max(most, shift);
    if (shift > SHIFT_MAX) moved.push(`${kind} ${width}: ${shift.toFixed(4)}, ${movers}`);
  });
  note(`at most ${most.toFixed(4)}`);
  return moved;
}

/** @param {import("../../lib/paper.mjs").Paper} paper */
export default function gate(paper) {
  for (const lang of paper.languages) {
    const pages = paper.pages(lang);
    test(`${lang}: nothing moves on any page`, async () => {
      assert.deepEqual(await movedOn(paper, pages, false), []);
    });
    test(`${lang}: fonts that come late move nothing`, async () => {
      const few = pages.filter(({ kind }) => LATE_KINDS.includes(kind));
      assert.deepEqual(await movedOn(paper, few, true), []);
    });
  }

  test("control: what pushes the text down is seen", async () => {
    const disturb = () => {
      const bar = document.createElement("div");
      bar.style.blockSize = "200px";
      document.querySelector("main")?.prepend(bar);
    };
    const { page, context } = await openPage(paper.browser, paper.origin, { viewport: viewportOf(360), ...WATCHED });
    const { shift } = await shiftOf(page, paper.origin + paper.page("en", "article").target, { disturb });
    await context.close();
    assert.ok(shift > SHIFT_MAX, `${shift}`);
  });
}
