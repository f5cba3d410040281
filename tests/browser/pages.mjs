#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Every kind of page of the sample newspaper in Chromium: phone and desktop,
// light and dark, in each language. Pictures of all go to build/screenshots/.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { findBrowser, launch, openPage, overflow, screenshot } from "../lib/browser.mjs";
import { Site, root } from "../lib/site.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";

const LANGUAGES = ["en", "ka", "ru", "ar"];
const WIDTHS = [360, 1280];
const SCHEMES = /** @type {const} */ (["light", "dark"]);

/** What is today may be short: the folio shows the year's longest date. */
function showLongestDate() {
  const format = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full" });
  const days = Array.from({ length: 365 }, (_, day) => format.format(new Date(2026, 0, day + 1)));
  const longest = days.reduce((a, b) => (b.length > a.length ? b : a));
  for (const time of document.querySelectorAll(".folio time")) time.textContent = longest;
}

const { playwright, why } = await findBrowser();
if (!playwright) {
  skip("pages in a browser", String(why));
} else {
  const site = await Site.demo();
  await site.serve();
  const origin = `http://localhost:${site.port}`;
  const browser = await launch(playwright);
  const axeFile = path.join(root, "node_modules/axe-core/axe.min.js");
  const axe = fs.existsSync(axeFile) ? fs.readFileSync(axeFile, "utf8") : "";

  /** The addresses of one language's pages, found as a reader finds them.
   * @param {string} lang @returns {Promise<[string, string, number][]>} */
  const pagesOf = async (lang) => {
    const front = (await site.get(`/${lang}/`)).text();
    const article = new RegExp(`href="(/${lang}/article/[^"]+)"`).exec(front)?.[1] ?? "";
    const sections = /<nav class="bar".*?<\/nav>/s.exec(front)?.[0] ?? "";
    const category = new RegExp(`href="(/${lang}/(?!tv|menu)[^"/]+)"`).exec(sections)?.[1] ?? "";
    const rows = JSON.parse(await site.run("article", "list", "--json", "-l", lang, "-n", "200"));
    const withdrawn = rows.find((/** @type {any} */ row) => row.state === "withdrawn");
    let tag = "";
    for (const row of rows.filter((/** @type {any} */ r) => r.state === "published")) {
      const moved = await site.get(`/${lang}/article/${row.id}`);
      const page = await site.get(moved.get("location") ?? "");
      tag = new RegExp(`href="(/${lang}/tag/[^"]+)"`).exec(page.text())?.[1] ?? "";
      if (tag) break;
    }
    assert.ok(article && category && tag, `${lang}: article "${article}", category "${category}", tag "${tag}"`);
    /** @type {[string, string, number][]} */
    const pages = [
      ["front", `/${lang}/`, 200],
      ["category", category, 200],
      ["article", article, 200],
      ["tag", tag, 200],
      ["menu", `/${lang}/menu`, 200],
      ["tv", `/${lang}/tv`, 200],
      ["not-found", `/${lang}/there-is-no-such-page`, 404],
    ];
    if (withdrawn) {
      const gone = await site.get(`/${lang}/article/${withdrawn.id}`);
      pages.push(["gone", gone.get("location") ?? `/${lang}/article/${withdrawn.id}`, 410]);
    }
    return pages;
  };

  let goneSeen = 0;
  for (const lang of LANGUAGES) {
    const pages = await pagesOf(lang);
    goneSeen += pages.some(([kind]) => kind === "gone") ? 1 : 0;
    for (const width of WIDTHS) {
      for (const colorScheme of SCHEMES) {
        test(`${lang}, ${width} px, ${colorScheme}: nothing is wrong on any page`, async () => {
          const viewport = { width, height: width < 600 ? 740 : 900 };
          const { page, context, wrong } = await openPage(browser, origin, { viewport, colorScheme });
          for (const [kind, target, status] of pages) {
            const answer = await page.goto(origin + target, { waitUntil: "networkidle" });
            assert.equal(answer.status(), status, target);
            assert.equal(await page.getAttribute("html", "lang"), lang);
            assert.equal(await page.locator("h1").count(), 1, `${target}: one h1`);
            assert.equal(await overflow(page), "", `${target} is too wide`);
            const dark = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
            assert.equal(dark, colorScheme === "dark" ? "rgb(20, 19, 17)" : "rgb(251, 249, 244)");
            await screenshot(page, `${lang}-${kind}-${width}-${colorScheme}`);
            assert.deepEqual(wrong, [], target);
          }
          await context.close();
        });
      }
    }

    test(`${lang}, 320 px: nothing sticks out, also with the text twice as large`, async () => {
      const { page, context } = await openPage(browser, origin, { viewport: { width: 320, height: 640 } });
      for (const [, target] of pages) {
        await page.goto(origin + target);
        await page.evaluate(showLongestDate);
        assert.equal(await overflow(page), "", target);
        await page.evaluate(() => {
          document.documentElement.style.fontSize = "200%";
        });
        assert.equal(await overflow(page), "", `${target} at 200 %`);
      }
      await context.close();
    });

    const why_not = axe ? "" : "axe-core is missing: npm ci";
    const name = `${lang}: axe finds nothing on any page`;
    if (why_not) skip(name, why_not);
    else
      test(name, async () => {
        const found = [];
        for (const [width, colorScheme] of [
          [360, "dark"],
          [1280, "light"],
        ]) {
          const { page, context } = await openPage(browser, origin, { viewport: { width, height: 800 }, colorScheme });
          for (const [, target] of pages) {
            await page.goto(origin + target);
            await page.evaluate(axe);
            const violations = await page.evaluate(async () => {
              const result = await /** @type {any} */ (globalThis).axe.run(document, {
                runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
              });
              return result.violations.map((/** @type {any} */ v) => `${v.id}: ${v.nodes[0]?.html.slice(0, 160)}`);
            });
            found.push(...violations.map((/** @type {string} */ v) => `${target} ${width} ${colorScheme}: ${v}`));
          }
          await context.close();
        }
        assert.deepEqual(found, []);
      });
  }

  test("the sample newspaper has an article that was withdrawn", () => {
    note(`in ${goneSeen} of ${LANGUAGES.length} languages`);
    assert.ok(goneSeen > 0);
  });
}

await run();
