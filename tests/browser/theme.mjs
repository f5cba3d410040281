#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The example of the theme guide, as readers see it: in every language, light
// and dark, narrow and wide, with nothing for axe to find.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { findBrowser, launch, openPage, overflow, screenshot } from "../lib/browser.mjs";
import { must, root, Site } from "../lib/site.mjs";
import { run, skip, test } from "../lib/tap.mjs";

const axeFile = path.join(root, "node_modules/axe-core/axe.min.js");
const { playwright, why } = await findBrowser();
if (!playwright || !fs.existsSync(axeFile)) {
  skip("the example theme in a browser", String(why ?? "axe-core is missing: npm ci"));
} else {
  const axe = fs.readFileSync(axeFile, "utf8");
  const site = await Site.demo();
  await must(["demo", site.data, "--no-serve", "--theme", "beacon"]);
  await site.serve();
  const origin = `http://localhost:${site.port}`;
  const browser = await launch(playwright);
  const pages = ["", "politics", "tv", "menu", "search?q=river", "saved", "nothing-here"];

  for (const [lang, width, colorScheme] of /** @type {const} */ ([
    ["en", 360, "light"], ["en", 1280, "dark"], ["ka", 360, "dark"], ["ru", 1280, "light"], ["ar", 1280, "dark"],
  ]))
      test(`${lang}, ${width} px, ${colorScheme}: every page is right`, async () => {
        const { page, context, wrong } = await openPage(browser, origin, {
          viewport: { width, height: 900 }, colorScheme, bypassCSP: true,
        });
        await page.goto(`${origin}/${lang}/`, { waitUntil: "load" });
        const story = await page.locator(".lead a[href*='/article/']").first().getAttribute("href");
        const section = await page.locator(".bar a").nth(1).getAttribute("href");
        const urls = [...pages.map((name) => `/${lang}/${name}`), story];
        urls[1] = section; // sections have names of their own in each language
        for (const url of urls) {
          await page.goto(origin + url, { waitUntil: "load" });
          assert.equal(await overflow(page), "", url);
          await page.evaluate(axe);
          const violations = await page.evaluate(async () =>
            (await /** @type {any} */ (globalThis).axe.run(document)).violations.map(
              (/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0].html}`,
            ),
          );
          assert.deepEqual(violations, [], String(url));
        }
        await page.goto(`${origin}/${lang}/`, { waitUntil: "networkidle" });
        await screenshot(page, `beacon-${lang}-${width}-${colorScheme}`);
        assert.deepEqual(wrong, []);
        await context.close();
      });
}
await run();
