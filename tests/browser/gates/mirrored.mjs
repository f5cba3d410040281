// SPDX-License-Identifier: Apache-2.0
// An Arabic page is the mirror image of the same page set from left to right,
// and its letters are neither slanted, nor spaced, nor squeezed, nor mixed with
// foreign figures.
import assert from "node:assert/strict";

import { openPage } from "../../lib/browser.mjs";
import { WIDTHS, inTwoPages, viewportOf } from "../../lib/paper.mjs";
import { note, test } from "../../lib/tap.mjs";

const LANGUAGE = "ar";

/** Boxes that stand elsewhere when the page is turned round; how many there are. */
function compareMirrored() {
  const root = document.documentElement;
  const boxes = [...document.querySelectorAll("body *")].filter((box) => {
    const style = getComputedStyle(box);
    return !style.display.startsWith("inline") && style.display !== "contents" && box.getClientRects().length === 1 && !box.closest(".hidden, .skip, noscript, option, marquee");
  });
  const bar = document.querySelector(".bar ul");
  const measure = () => {
    if (bar) bar.scrollLeft = 0; // back to its start: what it was scrolled to is no mirror image
    return boxes.map((box) => box.getBoundingClientRect());
  };
  const width = root.clientWidth, right = measure();
  root.dir = "ltr";
  const left = measure();
  root.dir = "rtl";
  const wrong = boxes
    .filter((_, i) => {
      const a = right[i], b = left[i];
      return a && b && (Math.abs(a.left - (width - b.right)) > 1.5 || Math.abs(a.top - b.top) > 1.5);
    })
    .map((box) => `${box.nodeName.toLowerCase()}.${box.className}`);
  return { wrong: [...new Set(wrong)], count: boxes.length };
}

/** What the script's letters do not bear. */
function findUntypical() {
  const wrong = new Set();
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const box = node.parentElement, text = node.textContent ?? "";
    if (!box || !/\p{Script=Arabic}/u.test(text) || box.closest("[lang]:not(html), script, style, noscript")) continue;
    const style = getComputedStyle(box), name = `${box.nodeName.toLowerCase()}.${box.className}`;
    if (style.fontStyle !== "normal") wrong.add(`${name} is slanted`);
    if (style.letterSpacing !== "normal" && parseFloat(style.letterSpacing) !== 0) wrong.add(`${name} is spaced`);
    const naskh = style.fontFamily.includes("Naskh"), lines = parseFloat(style.lineHeight) / parseFloat(style.fontSize);
    if (naskh && box.closest("h1, h2, h3, h4") && lines < 1.3) wrong.add(`${name} has lines of ${lines}`);
    if (naskh && box.matches(".body > p") && lines < 1.7) wrong.add(`${name} has lines of ${lines}`);
  }
  for (const list of document.querySelectorAll(".body ol"))
    if (getComputedStyle(list).listStyleType !== "arabic-indic") wrong.add("ol has foreign figures");
  for (const item of document.querySelectorAll(".most li"))
    if (!getComputedStyle(item, "::before").content.includes("arabic-indic")) wrong.add(".most has foreign figures");
  for (const time of document.querySelectorAll("main time")) if (/[0-9]/.test(time.textContent ?? "")) wrong.add(`time ${time.textContent}`);
  return [...wrong];
}

/** @param {import("../../lib/paper.mjs").Paper} paper */
export default function gate(paper) {
  test(`${LANGUAGE}: every page is the mirror image of one from left to right, in letters as they are written`, async () => {
    let boxes = 0;
    /** @type {string[]} */
    const wrong = [];
    const views = paper.pages(LANGUAGE).flatMap(({ kind, target }) => WIDTHS.map((width) => ({ kind, target, width })));
    await inTwoPages(paper, {}, views, async (page, { kind, target, width }) => {
      await page.setViewportSize(viewportOf(width));
      await page.goto(paper.origin + target);
      await page.evaluate(() => document.fonts.ready.then(() => {}));
      const found = await page.evaluate(compareMirrored);
      boxes += found.count;
      for (const what of found.wrong) wrong.push(`${kind} ${width}: ${what} stands elsewhere`);
      for (const what of await page.evaluate(findUntypical)) wrong.push(`${kind} ${width}: ${what}`);
    });
    note(`${boxes} boxes on ${views.length} pages`);
    assert.ok(boxes > 1000);
    assert.deepEqual(wrong, []);
  });

  test("control: a margin that knows left from right is seen", async () => {
    const { page, context } = await openPage(paper.browser, paper.origin, { viewport: viewportOf(1280) });
    await page.goto(`${paper.origin}/${LANGUAGE}/`);
    await page.evaluate(() => {
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(".lead { margin-left: 3rem } .lead h2 { font-style: italic }");
      document.adoptedStyleSheets = [sheet];
    });
    assert.notDeepEqual((await page.evaluate(compareMirrored)).wrong, []);
    assert.match(`${await page.evaluate(findUntypical)}`, /slanted/);
    await context.close();
  });
}
