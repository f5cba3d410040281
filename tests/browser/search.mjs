#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Searching in a browser: with suggestions and the keyboard, and without
// JavaScript; every state of the page by axe.
import assert from "node:assert/strict";
import fs from "node:fs";
import { createRequire } from "node:module";

import { findBrowser, launch, openPage } from "../lib/browser.mjs";
import { Site } from "../lib/site.mjs";
import { run, skip, test } from "../lib/tap.mjs";

const { playwright, why } = await findBrowser();
if (!playwright) {
  skip("searching in a browser", String(why));
} else {
  const site = await Site.make("--name", "The Test", "--language", "en", "--language", "ka", "--language", "ar");
  await site.run("category", "add", "Gardens");
  await site.serve();
  const origin = `http://localhost:${site.port}`;
  for (let i = 0; i < 45; i++)
    await site.write({
      headline: `Garden number ${i} wins a prize`,
      categories: ["gardens"],
      text: "The gardeners of the year are those who water their gardens by night, the jury says.",
      publish: true,
    });
  for (const [language, headline] of [["ka", "ბაღი გაიხსნა"], ["ar", "افتتاح الحديقة"]])
    await site.write({ language, headline: headline ?? "", text: headline ?? "", publish: true });
  const browser = await launch(playwright);
  const hits = ".hit h2 a";

  test("without JavaScript: the form, filters, the next page, no way out of the site", async () => {
    const { page, context, wrong } = await openPage(browser, origin, { javaScriptEnabled: false });
    await page.goto(`${origin}/en/`);
    await page.locator(".find").click();
    await page.locator("#q").fill("gardens");
    await page.locator("summary").click();
    await page.locator("#category").selectOption("gardens");
    await page.locator("#sort").selectOption("newest");
    await page.locator(".search button").click();
    await page.waitForURL("**/en/search?q=gardens&category=gardens&**");
    assert.match(await page.locator(".found [role=status]").innerText(), /^45 articles$/);
    assert.equal(await page.locator(hits).count(), 20);
    assert.equal(await page.locator(hits).first().innerText(), "Garden number 44 wins a prize");
    assert.equal(await page.locator("#q").inputValue(), "gardens");
    assert.equal(await page.locator("#category").inputValue(), "gardens");
    await page.locator("a[rel=next]").click();
    assert.equal(await page.locator(hits).first().innerText(), "Garden number 24 wins a prize");
    await page.locator(hits).first().click();
    assert.match(page.url(), /\/en\/article\/garden-number-24/);
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test("suggestions: a combobox that arrows, Enter and Escape move in", async () => {
    const { page, context, wrong } = await openPage(browser, origin);
    await page.goto(`${origin}/en/search`, { waitUntil: "networkidle" });
    const input = page.getByRole("combobox", { name: "Search the newspaper" });
    await input.pressSequentially("garde");
    const option = page.getByRole("option");
    await option.first().waitFor();
    assert.equal(await input.getAttribute("aria-expanded"), "true");
    assert.equal(await option.first().innerText().then((/** @type {string} */ t) => t.split("\n")[0]?.trim()), "Gardens Sections".split(" ")[0]);
    await input.press("ArrowDown");
    assert.equal(await option.first().getAttribute("aria-selected"), "true");
    assert.equal(await input.getAttribute("aria-activedescendant"), await option.first().getAttribute("id"));
    await input.press("ArrowUp");
    assert.equal(await input.getAttribute("aria-activedescendant"), null);
    await input.press("Escape");
    assert.equal(await option.count() === 0 || !(await option.first().isVisible()), true);
    assert.equal(await input.inputValue(), "garde", "Escape closes and does not empty");
    await input.pressSequentially("n");
    await option.first().waitFor();
    await input.press("ArrowDown");
    await input.press("Enter");
    await page.waitForURL("**/en/gardens");
    await page.goto(`${origin}/en/search`, { waitUntil: "networkidle" });
    await input.fill("garden");
    await input.press("Enter");
    await page.waitForURL("**/en/search?q=garden**");
    assert.equal(await page.locator(hits).count(), 20);
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test("load more grows the list of results in place", async () => {
    const { page, context, wrong } = await openPage(browser, origin);
    await page.goto(`${origin}/en/search?q=garden`, { waitUntil: "networkidle" });
    await page.locator("a[rel=next]").click();
    await page.waitForFunction(() => document.querySelectorAll(".hit").length === 40);
    await page.locator("a[rel=next]").click();
    await page.waitForFunction(() => document.querySelectorAll(".hit").length === 45);
    assert.equal(await page.locator("a[rel=next]").count(), 0);
    const links = await page.locator(hits).evaluateAll((/** @type {any[]} */ all) => all.map((a) => a.href));
    assert.equal(new Set(links).size, 45);
    assert.deepEqual(wrong, []);
    await context.close();
  });

  const require = createRequire(import.meta.url);
  const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
  for (const width of [320, 360, 1280])
    for (const colorScheme of ["light", "dark"])
      test(`${width} px, ${colorScheme}: axe finds nothing, nothing overflows`, async () => {
        const { page, context } = await openPage(browser, origin, {
          viewport: { width, height: 800 },
          colorScheme,
          bypassCSP: true,
        });
        for (const target of [
          "/en/search",
          "/en/search?q=garden&sort=newest",
          "/en/search?q=zebra",
          "/ka/search?q=%E1%83%91%E1%83%90%E1%83%A6%E1%83%98",
          "/ar/search?q=%D8%A7%D9%84%D8%AD%D8%AF%D9%8A%D9%82%D8%A9",
        ]) {
          await page.goto(`${origin}${target}`, { waitUntil: "networkidle" });
          await page.evaluate(axe);
          const { violations } = await page.evaluate("axe.run()");
          const told = violations.map((/** @type {any} */ v) => `${v.id}: ${v.nodes[0].html.slice(0, 200)}`);
          assert.deepEqual(told, [], target);
          const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(wide <= 0, `${target} is ${wide} px too wide`);
        }
        await context.close();
      });
}

await run();
