#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Open pages: a button says what is new and pushes no text; breaking news comes
// over the page and stays away once it was put away; the page asks now and then
// where no stream can be had. SCREENS=folder keeps pictures.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";

import { BROWSER } from "../lib/beacons.mjs";
import { findBrowser, launch, openPage, overflow } from "../lib/browser.mjs";
import { Site, root, until } from "../lib/site.mjs";
import { run, skip, test } from "../lib/tap.mjs";

const LANGUAGES = ["en", "ka", "ru", "ar"];
const SCREENS = process.env.SCREENS;

const { playwright, why } = await findBrowser();
if (!playwright) {
  skip("events in a browser", String(why));
} else {
  const site = await Site.make("--name", "The Test", ...LANGUAGES.flatMap((lang) => ["--language", lang]));
  await site.run("category", "add", "News");
  await site.serve();
  const origin = `http://localhost:${site.port}`;
  const browser = await launch(playwright);

  let made = 0;
  const write = async (language = "en") => {
    const { id, slug } = await site.write({
      headline: `Story ${++made}`,
      language,
      text: "A paragraph.\n\n".repeat(40).trim(),
      ...(language === "en" ? { categories: ["news"] } : {}),
      publish: true,
    });
    return { id: String(id), target: `/${language}/article/${slug}-${id}` };
  };
  for (const language of LANGUAGES) await write(language);

  /** A page that listens. @param {string} target @param {Record<string, unknown>} [options] */
  const open = async (target, options = {}) => {
    const opened = await openPage(browser, origin, { userAgent: BROWSER, ...options });
    const listens = opened.page.waitForRequest((/** @type {any} */ request) => request.url().includes("/events/"));
    await opened.page.goto(origin + target);
    await listens;
    return opened;
  };

  const press = ".fresh button";
  /** @param {any} page @param {string} selector @param {string} text */
  const shows = (page, selector, text) =>
    page.waitForFunction(
      (/** @type {[string, string]} */ [place, wanted]) => document.querySelector(place)?.textContent === wanted,
      [selector, text],
    );

  /** Every box of the page's text. @param {any} page */
  const places = (page) =>
    page.evaluate(() =>
      [...document.querySelectorAll("main h1, main h2, main h3, main p, header a")].map((one) => {
        const { x, y, width, height } = one.getBoundingClientRect();
        return [x, y, width, height].join();
      }),
    );

  test("the front says how many stories are new, moves nothing, and shows them when it is pressed", async () => {
    const { page, context, wrong } = await open("/en/");
    const before = await places(page);
    await write();
    await shows(page, press, "1 new story");
    await write();
    await write();
    await shows(page, press, "3 new stories");
    assert.deepEqual(await places(page), before);
    assert.equal(await page.locator(".fresh").getAttribute("role"), "status");
    await page.locator(press).click();
    await page.waitForFunction(() => document.body.textContent?.includes("Story 7"));
    assert.equal(await page.locator(press).count(), 0);
    assert.equal(await page.evaluate(() => scrollY), 0);
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test("in every language, with its plural and its digits", async () => {
    const words = {
      ka: ["1 ახალი სტატია", "2 ახალი სტატია"],
      ru: ["1 новый материал", "2 новых материала"],
      ar: ["خبر جديد", "خبران جديدان"],
    };
    for (const [language, [one, two]] of Object.entries(words)) {
      const { page, context, wrong } = await open(`/${language}/`);
      await write(language);
      await shows(page, press, String(one));
      await write(language);
      await shows(page, press, String(two));
      assert.deepEqual(wrong, []);
      await context.close();
    }
  });

  test("an article that is corrected, updated or withdrawn says so, its neighbours do not", async () => {
    const first = await write();
    const second = await write();
    const { page, context, wrong } = await open(first.target);
    const other = await open(second.target);
    await site.run("article", "correct", first.id, "It was Tuesday.");
    await shows(page, press, "This story was updated");
    await page.locator(press).click();
    await page.waitForFunction(() => document.body.textContent?.includes("It was Tuesday."));
    await site.withdraw(first.id, "It was wrong.");
    await shows(page, press, "This story was withdrawn");
    assert.equal(await other.page.locator(press).count(), 0);
    assert.deepEqual(wrong, []);
    await context.close();
    await other.context.close();
  });

  test("views of an open article count up by themselves", async () => {
    const { id, target } = await write();
    const { page, context } = await open(target);
    await shows(page, ".views", "1 view");
    for (let i = 0; i < 4; i++)
      await site.get(`/views/${id}`, {
        method: "POST",
        body: "",
        fields: { "User-Agent": BROWSER, "X-Forwarded-For": `203.0.113.${i}` },
      });
    await shows(page, ".views", "5 views");
    await context.close();
  });

  test("breaking news comes over open pages, and is on the next one without a script", async () => {
    const { target } = await write();
    const { page, context, wrong } = await open(target);
    const before = await places(page);
    await site.run("alert", "set", 'Rain <b>"at last"</b>', "--url", "/en/tv");
    await page.waitForSelector(".alert:not([hidden])");
    assert.equal(await page.locator(".alert p").textContent(), 'Breaking Rain <b>"at last"</b>');
    assert.equal(await page.locator(".alert a").getAttribute("href"), "/en/tv");
    assert.deepEqual(await places(page), before);
    const plain = await openPage(browser, origin, { javaScriptEnabled: false });
    await plain.page.goto(`${origin}/en/`);
    assert.ok(await plain.page.locator(".alert a").isVisible());
    assert.ok(!(await plain.page.locator(".alert button").isVisible()));
    await plain.context.close();

    // Put away here, it is away everywhere; another one comes.
    await page.locator(".alert button").click();
    assert.ok(!(await page.locator(".alert").isVisible()));
    await page.goto(`${origin}/en/`);
    await page.waitForSelector(".alert", { state: "hidden" });
    const listens = page.waitForRequest((/** @type {any} */ request) => request.url().includes("/events/"));
    await listens;
    await site.run("alert", "set", "Rain again", "--label", "Now");
    await page.waitForSelector(".alert:not([hidden])");
    assert.equal((await page.locator(".alert p").textContent())?.trim(), "Now Rain again");
    await site.run("alert", "clear");
    await page.waitForSelector(".alert", { state: "hidden" });
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test("where no stream can be had the page asks now and then", async () => {
    const { page, context } = await openPage(browser, origin, { userAgent: BROWSER });
    await page.clock.install();
    await page.route(/\/events\/en\?/, (/** @type {any} */ route) => route.fulfill({ status: 503 }));
    await page.goto(`${origin}/en/`);
    const refused = page.waitForRequest((/** @type {any} */ request) => /events\/en\?/.test(request.url()));
    await page.clock.runFor(2000);
    await refused;
    await write();
    await write();
    await site.run("alert", "set", "Hail");
    await until(async () => {
      await page.clock.runFor(31_000);
      return page.locator(press).count();
    }, "the page has asked");
    await shows(page, press, "2 new stories");
    await page.waitForSelector(".alert:not([hidden])");
    await site.run("alert", "clear");
    await context.close();
  });

  const axeFile = path.join(root, "node_modules/axe-core/axe.min.js");
  if (!fs.existsSync(axeFile)) skip("axe on what is new", "axe-core is missing: npm ci");
  else
    test("axe finds nothing in breaking news and what is new, light and dark, narrow and wide", async () => {
      const axe = fs.readFileSync(axeFile, "utf8");
      await site.run("alert", "set", "Parliament has been dissolved", "--url", "/en/tv");
      await site.run("alert", "set", "حُلّ البرلمان", "--language", "ar");
      for (const [language, colorScheme, width] of [["en", "light", 360], ["en", "dark", 1280], ["ar", "dark", 360]]) {
        const { page, context } = await open(`/${language}/`, { colorScheme, viewport: { width, height: 700 } });
        await write(String(language));
        await page.waitForSelector(press);
        assert.equal(await overflow(page), "");
        await page.evaluate(axe);
        const { violations } = await page.evaluate("axe.run()");
        assert.deepEqual(
          violations.map((/** @type {any} */ { id, nodes }) => `${id}: ${nodes[0]?.html}`),
          [],
        );
        await context.close();
      }
      await site.run("alert", "clear");
      await site.run("alert", "clear", "--language", "ar");
    });

  if (SCREENS)
    test("pictures", async () => {
      await site.run("alert", "set", "Parliament has been dissolved; elections on 12 January", "--url", "/en/tv");
      await site.run("alert", "set", "حُلّ البرلمان، والانتخابات في الثاني عشر من يناير", "--url", "/ar/tv", "--language", "ar");
      for (const language of ["en", "ar"])
        for (const colorScheme of ["light", "dark"])
          for (const width of [360, 1280]) {
            const { page, context } = await open(`/${language}/`, { colorScheme, viewport: { width, height: 700 } });
            await write(language);
            await page.waitForSelector(press);
            assert.equal(await overflow(page), "");
            await page.screenshot({ path: `${SCREENS}/events-${language}-${colorScheme}-${width}.png` });
            await context.close();
          }
    });
}

await run();
