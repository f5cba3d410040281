// SPDX-License-Identifier: Apache-2.0
// Every kind of page × phone and desktop × light and dark × each language:
// nothing is wrong, axe finds nothing, and a picture of it is kept.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { openPage, overflow, screenshot } from "../../lib/browser.mjs";
import { SCHEMES, WIDTHS, inTwoPages, viewportOf } from "../../lib/paper.mjs";
import { root } from "../../lib/site.mjs";
import { note, test } from "../../lib/tap.mjs";

const AXE = fs.readFileSync(path.join(root, "node_modules/axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
// What else axe asks about is the same in the dark, and colours are at each width.
const RULES_OF_COLOUR = ["color-contrast", "link-in-text-block"];
const GROUND = { dark: "rgb(20, 19, 17)", light: "rgb(251, 249, 244)" };

/** What axe, which the page must have, finds wrong. @param {any} page @param {string[]} rules @returns {Promise<string[]>} */
function violations(page, rules) {
  return page.evaluate(async (/** @type {string[]} */ runOnly) => {
    const result = await /** @type {any} */ (globalThis).axe.run(document, { runOnly, resultTypes: ["violations"] });
    return result.violations.flatMap((/** @type {any} */ violation) =>
      violation.nodes.map((/** @type {any} */ node) => `${violation.id}: ${node.html.slice(0, 160)}`),
    );
  }, rules);
}

/** Pictures further down too, for the screenshot. @param {any} page */
const loadPictures = (page) =>
  page.evaluate(async () => {
    const pictures = [...document.images];
    for (const picture of pictures) picture.loading = "eager";
    await Promise.all([document.fonts.ready, ...pictures.map((picture) => picture.decode().catch(() => {}))]);
  });

/**
 * @param {any} page
 * @param {import("../../lib/paper.mjs").Page} wanted
 * @param {string} lang
 * @returns {Promise<string[]>} what is wrong
 */
async function look(page, { kind, target }, lang) {
  const wrong = [];
  const html = await page.evaluate(() => {
    const { lang, dir } = document.documentElement;
    return { lang, dir, headings: [...document.querySelectorAll("h1")].filter((title) => title.checkVisibility()).length };
  });
  const dir = ["ar", "fa", "he", "ur"].includes(lang) ? "rtl" : "ltr";
  if (html.lang !== lang || html.dir !== dir) wrong.push(`it says ${html.lang}, ${html.dir}`);
  if (html.headings !== 1) wrong.push(`${html.headings} headings of the first level`);
  for (const width of WIDTHS) {
    await page.setViewportSize(viewportOf(width));
    await loadPictures(page);
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme });
      const ground = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      if (ground !== GROUND[colorScheme]) wrong.push(`${colorScheme}: the ground is ${ground}`);
      const rules = colorScheme === "light" ? TAGS : width === WIDTHS[0] ? RULES_OF_COLOUR : [];
      if (rules.length) wrong.push(...(await violations(page, rules)).map((text) => `${width} ${colorScheme}: ${text}`));
      await screenshot(page, `${lang}-${kind}-${width}-${colorScheme}`);
    }
    const wide = await overflow(page);
    if (wide) wrong.push(`${width}: too wide, ${wide}`);
  }
  return wrong.map((text) => `${kind} ${target}: ${text}`);
}

/** @param {import("../../lib/paper.mjs").Paper} paper */
export default function gate(paper) {
  for (const lang of paper.languages)
    test(`${lang}: nothing is wrong on any page, and axe finds nothing`, async () => {
      /** @type {string[]} */
      const found = [];
      await inTwoPages(paper, { script: AXE }, paper.pages(lang), async (page, wanted, wrong) => {
        await page.setViewportSize(viewportOf(360));
        await page.emulateMedia({ colorScheme: "light" });
        const answer = await page.goto(paper.origin + wanted.target);
        if (answer.status() !== wanted.status) found.push(`${wanted.target}: ${answer.status()}`);
        found.push(...(await look(page, wanted, lang)), ...wrong);
      });
      note(
        paper
          .pages(lang)
          .map(({ kind }) => kind)
          .join(", "),
      );
      assert.deepEqual(found, []);
    });

  test("control: axe and the measure of widths see what is wrong", async () => {
    const { page, context } = await openPage(paper.browser, paper.origin, { viewport: viewportOf(360), script: AXE });
    await page.goto(paper.origin + paper.page("en", "article").target);
    await page.evaluate(() => {
      document.querySelector("article img")?.removeAttribute("alt");
      const text = /** @type {HTMLElement} */ (document.querySelector(".body p"));
      text.style.color = "#aaa";
    });
    const broken = async (/** @type {string[]} */ rules) =>
      new Set((await violations(page, rules)).map((text) => text.split(":")[0]));
    assert.deepEqual(await broken(TAGS), new Set(["color-contrast", "image-alt"]));
    assert.deepEqual(await broken(RULES_OF_COLOUR), new Set(["color-contrast"]));
    await page.evaluate(() => {
      /** @type {HTMLElement} */ (document.querySelector(".body p")).style.inlineSize = "500px";
    });
    assert.match(await overflow(page), /^\d+ px/);
    await context.close();
  });
}
