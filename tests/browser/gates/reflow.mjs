// SPDX-License-Identifier: Apache-2.0
// Text may be made larger and set wider (WCAG 2.2, 1.4.4, 1.4.10, 1.4.12):
// nothing sticks out of a narrow screen and nothing is cut off.
import assert from "node:assert/strict";

import { openPage, overflow } from "../../lib/browser.mjs";
import { inTwoPages } from "../../lib/paper.mjs";
import { test } from "../../lib/tap.mjs";

const NARROW = { width: 320, height: 640 };

/** What is today may be short: the folio shows the year's longest date. */
function showLongestDate() {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full" });
  const days = Array.from({ length: 365 }, (_, day) => format.format(new Date(2026, 0, day + 1)));
  const longest = days.reduce((a, b) => (b.length > a.length ? b : a));
  for (const time of document.querySelectorAll(".folio time")) time.textContent = longest;
}

/** Text as WCAG 1.4.12 lets readers set it. */
function spaceText() {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(
    "*{line-height:1.5!important;letter-spacing:.12em!important;word-spacing:.16em!important}p{margin-block-end:2em!important}",
  );
  document.adoptedStyleSheets = [sheet];
}

/** Text that its box hides, other than what only screen readers read. */
function cutOff() {
  return [...document.body.querySelectorAll("*")]
    .filter((box) => {
      const style = getComputedStyle(box);
      return (
        ["hidden", "clip"].includes(style.overflowY) &&
        style.clipPath === "none" &&
        box.clientHeight > 0 &&
        box.scrollHeight > box.clientHeight + 1
      );
    })
    .map((box) => `${box.nodeName.toLowerCase()}.${box.className} is cut off`);
}

/** Headlines that a picture or a number beside them leaves hardly room for a word. */
function cramped() {
  const LETTERS = 5; // as wide as they are high: some ten of usual width
  return [...document.querySelectorAll("main :is(article, li) :is(h1, h2, h3, h4)")]
    .filter((title) => {
      const { fontSize, clipPath } = getComputedStyle(title);
      return clipPath === "none" && title.clientWidth > 0 && title.clientWidth < LETTERS * parseFloat(fontSize);
    })
    .map((title) => `${title.nodeName.toLowerCase()} "${title.textContent?.slice(0, 40)}" has ${title.clientWidth} px`);
}

/** @param {any} page @param {string} how */
async function wrongWith(page, how) {
  const wide = await overflow(page);
  const found = [...(await page.evaluate(cutOff)), ...(await page.evaluate(cramped))];
  return [...(wide ? [wide] : []), ...found].map((text) => `${how}: ${text}`);
}

/** @param {import("../../lib/paper.mjs").Paper} paper */
export default function gate(paper) {
  for (const lang of paper.languages)
    test(`${lang}, 320 px: nothing sticks out or is cut off, with text twice as large or spaced`, async () => {
      /** @type {string[]} */
      const found = [];
      await inTwoPages(paper, { viewport: NARROW }, paper.pages(lang), async (page, { kind, target }) => {
        await page.goto(paper.origin + target);
        await page.evaluate(showLongestDate);
        const wrong = await wrongWith(page, "as it is");
        await page.evaluate(spaceText);
        wrong.push(...(await wrongWith(page, "spaced")));
        await page.evaluate(() => {
          document.adoptedStyleSheets = [];
          document.documentElement.style.fontSize = "200%";
        });
        wrong.push(...(await wrongWith(page, "at 200 %")));
        found.push(...wrong.map((text) => `${kind} ${text}`));
      });
      assert.deepEqual(found, []);
    });

  test("control: what is too wide, cut off or cramped is seen", async () => {
    const { page, context } = await openPage(paper.browser, paper.origin, { viewport: NARROW });
    await page.goto(paper.origin + paper.page("en", "article").target);
    await page.evaluate(() => {
      const title = /** @type {HTMLElement} */ (document.querySelector("h1"));
      title.style.blockSize = "1em";
      title.style.overflow = "hidden";
      /** @type {HTMLElement} */ (document.querySelector(".body")).style.inlineSize = "400px";
      /** @type {HTMLElement} */ (document.querySelector(".related h3")).style.inlineSize = "3em";
    });
    assert.equal((await wrongWith(page, "broken")).length, 3);
    await context.close();
  });
}
