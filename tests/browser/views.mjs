#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A reader's page counts once, shows the number that is true, and says nothing
// else of who reads it.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { BROWSER } from "../lib/beacons.mjs";
import { findBrowser, launch, openPage } from "../lib/browser.mjs";
import { Site, until } from "../lib/site.mjs";
import { run, skip, test } from "../lib/tap.mjs";

const LANGUAGES = ["en", "ka", "ru", "ar"];
const NUMBERS = [0, 1, 2, 5, 21, 1234, 1234567];

const { playwright, why } = await findBrowser();
if (!playwright) {
  skip("views in a browser", String(why));
} else {
  const site = await Site.make("--name", "The Test", ...LANGUAGES.flatMap((lang) => ["--language", lang]));
  await site.run("category", "add", "News");
  await site.serve();
  const origin = `http://localhost:${site.port}`;
  const browser = await launch(playwright);
  const shown = ".views";

  let made = 0;
  const write = async (language = "en") => {
    const { id, slug } = await site.write({
      headline: `Story ${++made}`,
      language,
      ...(language === "en" ? { categories: ["news"] } : {}),
      publish: true,
    });
    return { id: String(id), target: `/${language}/article/${slug}-${id}` };
  };

  /** @param {string} id @returns {Promise<number>} */
  const stored = async (id) => JSON.parse(await site.run("article", "show", id, "--json")).views;

  /** Reads the number without counting, until it is so. @param {string} id @param {number} views */
  const told = (id, views) =>
    until(async () => JSON.parse((await site.get(`/views/${id}`)).text()).views === views, `${views} views are told`);

  /** @param {any} page @param {string} text */
  const shows = (page, text) =>
    page.waitForFunction(
      (/** @type {[string, string]} */ [selector, wanted]) => document.querySelector(selector)?.textContent === wanted,
      [shown, text],
    );

  /** @param {Record<string, unknown>} [options] */
  const open = (options = {}) => openPage(browser, origin, { userAgent: BROWSER, ...options });

  /** Resolves when the page's beacon was answered. @param {any} page */
  const beaconOf = (page) =>
    page.waitForResponse(
      (/** @type {any} */ response) => response.url().includes("/views/") && response.request().method() === "POST",
    );

  test("a page that is read counts once, a reload does not, and it shows the number", async () => {
    const { id, target } = await write();
    const { page, context, wrong } = await open();
    let answered = beaconOf(page);
    await page.goto(origin + target);
    const response = await answered;
    assert.equal(response.status(), 200);
    const fields = await response.request().allHeaders();
    assert.equal(fields.cookie, undefined, "no cookie");
    assert.equal(response.request().postData(), null, "no body");
    await shows(page, "1 view");
    for (let i = 0; i < 2; i++) {
      answered = beaconOf(page);
      await page.reload();
      await answered;
    }
    await told(id, 1);
    assert.equal(await stored(id), 1);
    assert.deepEqual(wrong, []);
    assert.deepEqual(await context.cookies(), []);
    await context.close();
  });

  test("a page that waited in a cache shows the number of now", async () => {
    const { target } = await write();
    const old = (await site.get(target)).text();
    assert.match(old, />0 views</);
    for (let i = 0; i < 3; i++) {
      const { page, context } = await open({ userAgent: `${BROWSER} reader ${i}` });
      await page.route(`**${target}`, (/** @type {any} */ route) =>
        route.fulfill({ body: old, contentType: "text/html; charset=utf-8" }),
      );
      await page.goto(origin + target);
      await shows(page, i === 0 ? "1 view" : `${i + 1} views`);
      await context.close();
    }
  });

  test("a page in the background is not read until somebody looks", async () => {
    const { id, target } = await write();
    const { page, context } = await open();
    await page.addInitScript(() => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "hidden" });
    });
    await page.goto(origin + target, { waitUntil: "networkidle" });
    const mark = await write();
    const other = await open();
    const seen = beaconOf(other.page);
    await other.page.goto(origin + mark.target);
    await seen;
    await told(mark.id, 1);
    assert.equal(await stored(id), 0);
    const answered = beaconOf(page);
    await page.evaluate(() => {
      Object.defineProperty(document, "visibilityState", { configurable: true, get: () => "visible" });
      document.dispatchEvent(new Event("visibilitychange"));
    });
    await answered;
    await told(id, 1);
    await shows(page, "1 view");
    // Somebody else reads it meanwhile; who comes back to the page sees that.
    await site.get(`/views/${id}`, { method: "POST", fields: { "User-Agent": `${BROWSER} other` }, body: "" });
    await told(id, 2);
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await shows(page, "2 views");
    await context.close();
    await other.context.close();
  });

  test("without JavaScript the picture counts, once", async () => {
    const { id, target } = await write();
    const { page, context, wrong } = await open({ javaScriptEnabled: false });
    for (let i = 0; i < 2; i++) {
      const answered = page.waitForResponse(`**/views/${id}.gif`);
      await page.goto(origin + target);
      assert.equal((await answered).status(), 200);
    }
    await told(id, 1);
    assert.equal(await stored(id), 1);
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test("a browser that nobody sits at is not counted", async () => {
    const { id, target } = await write();
    const { page, context } = await openPage(browser, origin, {
      userAgent: "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 HeadlessChrome/120.0 Safari/537.36",
    });
    const answered = beaconOf(page);
    await page.goto(origin + target);
    await answered;
    const reader = await open();
    const mark = await write();
    const seen = beaconOf(reader.page);
    await reader.page.goto(origin + mark.target);
    await seen;
    await told(mark.id, 1);
    assert.equal(await stored(id), 0);
    await context.close();
    await reader.context.close();
  });

  /** What the press printed. @param {{ text(): string }} answer */
  const printed = (answer) => /<li class="views"[^>]*>([^<]*)</.exec(answer.text())?.[1];

  /** @param {{ id: string, number: number }[]} articles */
  const setViews = async (articles) => {
    const file = path.join(site.folder, "views.csv");
    fs.writeFileSync(file, `id,views\n${articles.map(({ id, number }) => `${id},${number}\n`).join("")}`);
    await site.run("import", "views", file);
  };

  for (const language of LANGUAGES)
    test(`${language}: the script finds the words that the press prints`, async () => {
      const articles = [];
      for (const number of NUMBERS) articles.push({ number, ...(await write(language)) });
      await setViews(articles.map(({ id }) => ({ id, number: 17 })));
      const { context } = await open();
      const found = await Promise.all(
        articles.map(async ({ number, target }) => {
          const page = await context.newPage();
          // Only the page in front is visible to itself.
          await page.addInitScript(() => {
            Object.defineProperty(document, "visibilityState", { get: () => "visible" });
          });
          await page.route("**/views/*", (/** @type {any} */ route) => route.fulfill({ json: { views: number } }));
          const before = printed(await site.get(target));
          await page.goto(origin + target);
          // Asked now and then: a page behind others draws no frames.
          await page.waitForFunction(
            (/** @type {[string, string]} */ [selector, old]) => document.querySelector(selector)?.textContent !== old,
            [shown, before],
            { polling: 100 },
          );
          return page.textContent(shown);
        }),
      );
      await setViews(articles);
      for (const [i, { number, target }] of articles.entries()) {
        assert.equal(found[i], printed(await site.get(target)), `${number}`);
      }
      await context.close();
    });
}

await run();
