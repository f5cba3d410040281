#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The example of the theme guide, as readers see it: every kind of page, light
// and dark, narrow and wide, with nothing for axe to find. And a theme that
// breaks: while it is used, the one before it stays; at the start, the built-in
// one is shown, and who looks is told.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { findBrowser, openPage, overflow, screenshot } from "../lib/browser.mjs";
import { Paper, inTwoPages } from "../lib/paper.mjs";
import { root, until } from "../lib/site.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";

const PAPER = { light: { beacon: "rgb(255, 255, 255)", built: "rgb(251, 249, 244)" }, dark: { beacon: "rgb(13, 24, 29)", built: "rgb(20, 19, 17)" } };
const axeFile = path.join(root, "node_modules/axe-core/axe.min.js");
const { playwright, why } = await findBrowser();
if (!playwright || !fs.existsSync(axeFile)) {
  skip("the example theme in a browser", String(why ?? "axe-core is missing: npm ci"));
} else {
  const axe = fs.readFileSync(axeFile, "utf8");
  const paper = await Paper.open(playwright, "beacon");
  const { site, browser } = paper;

  /** What the front looks like to a reader now. */
  const look = async (colorScheme = /** @type {"light" | "dark"} */ ("light")) => {
    const { page, context, wrong } = await openPage(browser, `http://localhost:${site.port}`, { viewport: { width: 360, height: 740 }, colorScheme });
    await page.goto(`http://localhost:${site.port}/en/`, { waitUntil: "load" });
    const seen = await page.evaluate(() => ({
      ground: getComputedStyle(document.body).backgroundColor,
      stories: document.querySelectorAll("article.story").length,
      footer: document.querySelector("footer")?.textContent?.trim() ?? "",
    }));
    await context.close();
    return { ...seen, wrong };
  };

  const AROUND = /** @type {const} */ ([["en", 360, "light"], ["ka", 1280, "dark"], ["ar", 360, "dark"]]);
  for (const [lang, width, colorScheme] of AROUND)
    test(`${lang}, ${width} px, ${colorScheme}: every kind of page is right`, async () => {
      const pages = paper.pages(lang);
      const options = { viewport: { width, height: 900 }, colorScheme, script: axe };
      await inTwoPages(paper, options, pages, async (page, { kind, target, status }, wrong) => {
        const answer = await page.goto(paper.origin + target, { waitUntil: "load" });
        assert.equal(answer.status(), status, target);
        assert.equal(await overflow(page), "", target);
        assert.equal(await page.evaluate(() => getComputedStyle(document.body).backgroundColor), PAPER[colorScheme].beacon, target);
        const violations = await page.evaluate(async () =>
          (await /** @type {any} */ (globalThis).axe.run(document, { resultTypes: ["violations"] })).violations.map(
            (/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0].html}`,
          ),
        );
        assert.deepEqual(violations, [], target);
        assert.deepEqual(wrong, [], target);
        await screenshot(page, `beacon-${lang}-${kind}-${width}-${colorScheme}`);
      });
      note(pages.map(({ kind }) => kind).join(", "));
    });

  test("a file that breaks while it is used changes nothing; mended, it is in use", async () => {
    const file = path.join(site.data, "theme/footer.html");
    const before = await look();
    assert.deepEqual([before.ground, before.wrong], [PAPER.light.beacon, []]);
    const start = site.log.length;
    fs.writeFileSync(file, "<footer>Ours\n{{#site}}\n</footer>\n");
    await until(() => /the theme has an error.*footer\.html:\d+/s.test(site.log.slice(start)), "the log says where");
    assert.deepEqual(await look(), before);
    fs.writeFileSync(file, "<footer>Ours, mended</footer>\n");
    await until(async () => (await look()).footer === "Ours, mended", "readers see it");
    assert.equal((await look("dark")).ground, PAPER.dark.beacon);
  });

  test("a paper that starts with a broken theme shows the built-in one, says so, and is dressed again once it is mended", async () => {
    const file = path.join(site.data, "theme/more.css");
    const whole = fs.readFileSync(file, "utf8");
    await site.stop();
    fs.writeFileSync(file, `${whole}\n/*! only no-such-template */\n.x { color: red }\n`);
    await site.serve();
    const plain = await look();
    assert.deepEqual([plain.ground, plain.wrong], [PAPER.light.built, []]);
    assert.ok(plain.stories > 10, `${plain.stories} stories`);
    assert.match(site.log, /readers get the built-in theme until/);
    const told = (await site.api("GET", "/status")).theme_error;
    assert.match(`${told.place} ${told.cause}`, /no-such-template/);
    fs.writeFileSync(file, whole);
    await until(async () => (await look()).ground === PAPER.light.beacon, "it is dressed again");
    assert.deepEqual((await look()).wrong, []);
    assert.ok(!(await site.api("GET", "/status")).theme_error);
  });
}
await run();
