#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What a reader does: loads more, opens a story, comes back; opens the menu;
// and all of it without JavaScript too.
import assert from "node:assert/strict";

import { findBrowser, launch, openPage, screenshot } from "../lib/browser.mjs";
import { Site } from "../lib/site.mjs";
import { run, skip, test } from "../lib/tap.mjs";

const STORIES = 70; // more than three pages of twenty

const { playwright, why } = await findBrowser();
if (!playwright) {
  skip("reading in a browser", String(why));
} else {
  const site = await Site.make("--name", "The Test", "--language", "en", "--language", "ka");
  await site.run("category", "add", "News");
  await site.run("category", "add", "Towns", "--under", "news");
  await site.serve();
  const origin = `http://localhost:${site.port}`;
  for (let i = 0; i < STORIES; i++)
    await site.write({
      headline: `Story number ${i} of this long day`,
      standfirst: "Something happened, and this tells what it was in a sentence or two.",
      categories: [i % 3 ? "news" : "news/towns"],
      text: Array(8).fill("A paragraph that is long enough to fill a line or two of the page.").join("\n\n"),
      publish: true,
    });
  const browser = await launch(playwright);
  const stories = "[data-list] li";

  test("a film of another site: nothing is asked of it before it is pressed, then its player", async () => {
    const address = "https://www.youtube.com/watch?v=aqz-KE-bpKQ";
    const embed = (/** @type {string} */ url) => ({ type: "embed", attrs: { provider: "YouTube", url, title: "The bridge" } });
    const id = (
      await site.pipe(
        JSON.stringify({ language: "ka", headline: "The film", body: { type: "doc", content: [embed(address), embed("https://elsewhere.example/1")] } }),
        "article", "new", "--publish", "-",
      )
    ).trim();
    const { page, context, wrong } = await openPage(browser, origin);
    /** @type {string[]} */
    const asked = [], /** @type {string[]} */ referrers = [];
    await page.route(/^https:/, (/** @type {any} */ route) => {
      asked.push(route.request().url());
      referrers.push(route.request().headers().referer);
      return route.fulfill({ contentType: "text/html", body: "<p>The player</p>" });
    });
    await page.goto(`${origin}/ka/article/${id}`, { waitUntil: "load" });
    assert.deepEqual([asked, wrong], [[], []]);
    await page.locator(".embed a").first().click();
    await page.frameLocator(".embed iframe").getByText("The player").waitFor();
    assert.deepEqual(asked, ["https://www.youtube-nocookie.com/embed/aqz-KE-bpKQ?autoplay=1"]);
    assert.equal(await page.evaluate(() => document.activeElement?.tagName), "IFRAME");
    assert.deepEqual(referrers, [`${origin}/`], "YouTube wants to know which paper asks; which article is nobody's business");
    assert.match((await page.getAttribute(".embed iframe", "allow")) ?? "", /autoplay; .*encrypted-media; fullscreen/);
    assert.equal(await page.locator(".embed a").first().getAttribute("href"), address, "the link stays");
    assert.equal(await page.locator(".embed a[data-frame]").count(), 0, "others have no player");
    assert.deepEqual(wrong.filter((line) => !line.startsWith("asks https://www.youtube-nocookie.com/")), []);
    await context.close();
  });

  for (const viewport of [
    { width: 360, height: 740 },
    { width: 1280, height: 900 },
  ]) {
    test(`${viewport.width} px: load more twice, open a story, and Back is the same place`, async () => {
      const { page, context, wrong } = await openPage(browser, origin, { viewport });
      await page.goto(`${origin}/en/news`, { waitUntil: "networkidle" });
      const addresses = [page.url()];
      for (let time = 1; time <= 2; time++) {
        /** @type {() => void} */
        let let_go = () => {};
        const held = new Promise((resolve) => (let_go = () => resolve(undefined)));
        await page.route("**/*before=*", async (/** @type {any} */ route) => {
          await held;
          await route.continue();
        });
        const before = await page.locator(stories).count();
        await page.locator("[data-more] a[rel=next]").click();
        await page.waitForFunction(() => document.querySelector("[role=status]")?.textContent === "Loading data…");
        let_go();
        await page.waitForFunction(
          (/** @type {[string, number]} */ [selector, count]) => document.querySelectorAll(selector).length > count,
          [stories, before],
        );
        await page.waitForFunction(() => document.querySelector("[role=status]")?.textContent === "");
        assert.equal(await page.locator(stories).count(), before + 20);
        assert.match(page.url(), /\?before=[0-9a-f]{16}-[0-9a-f]{13}$/);
        assert.ok(!addresses.includes(page.url()), "the address follows");
        addresses.push(page.url());
        const focused = await page.evaluate(
          (/** @type {string} */ selector) =>
            [...document.querySelectorAll(selector)].findIndex((li) => li.contains(document.activeElement)),
          stories,
        );
        assert.equal(focused, before, "the focus is on the first story that is new");
        await page.unroute("**/*before=*");
      }
      const links = await page.locator(`${stories} h3 a`).evaluateAll((/** @type {any[]} */ all) => all.map((a) => a.href));
      assert.equal(new Set(links).size, links.length, "no story twice");

      const target = page.locator(`${stories} h3 a`).nth(45);
      await target.scrollIntoViewIfNeeded();
      const place = await page.evaluate(() => scrollY);
      assert.ok(place > 1000, "far down");
      await screenshot(page, `loaded-${viewport.width}`);
      await target.click();
      await page.waitForURL("**/article/**");
      await page.goBack();
      await page.waitForFunction(
        (/** @type {[string, number]} */ [selector, count]) => document.querySelectorAll(selector).length >= count,
        [stories, links.length],
      );
      assert.equal(page.url(), addresses.at(-1));
      await page.waitForFunction((/** @type {number} */ y) => Math.abs(scrollY - y) <= 2, place);
      const again = await page.locator(`${stories} h3 a`).evaluateAll((/** @type {any[]} */ all) => all.map((a) => a.href));
      assert.deepEqual(again, links, "the same stories in the same order");
      assert.deepEqual(wrong, []);
      await context.close();
    });

    test(`${viewport.width} px: the end of the list says so by having no more`, async () => {
      const { page, context } = await openPage(browser, origin, { viewport });
      await page.goto(`${origin}/en/news`);
      const more = page.locator("[data-more] a[rel=next]");
      for (let i = 0; i < 10 && (await more.count()); i++) {
        const before = await page.locator(stories).count();
        await more.click();
        await page.waitForFunction(
          (/** @type {[string, number]} */ [selector, count]) => document.querySelectorAll(selector).length > count,
          [stories, before],
        );
      }
      const shown = await page.locator("main a[href*='/article/']").evaluateAll(
        (/** @type {any[]} */ all) => new Set(all.map((a) => a.href)).size,
      );
      assert.equal(shown, STORIES);
      await context.close();
    });

    test(`${viewport.width} px: a page that does not come is told, and can be tried again`, async () => {
      const { page, context } = await openPage(browser, origin, { viewport });
      await page.goto(`${origin}/en/news`, { waitUntil: "networkidle" });
      await page.route("**/*before=*", (/** @type {any} */ route) => route.abort());
      await page.locator("[data-more] a[rel=next]").click();
      await page.waitForFunction(() => {
        const text = document.querySelector("[role=status]")?.textContent ?? "";
        return text !== "" && text !== "Loading data…";
      });
      await page.unroute("**/*before=*");
      const before = await page.locator(stories).count();
      await page.locator("[data-more] a[rel=next]").click();
      await page.waitForFunction(
        (/** @type {[string, number]} */ [selector, count]) => document.querySelectorAll(selector).length > count,
        [stories, before],
      );
      await context.close();
    });

    test(`${viewport.width} px: the menu opens where it stands, Escape closes it`, async () => {
      const { page, context, wrong } = await openPage(browser, origin, { viewport });
      await page.goto(`${origin}/en/`, { waitUntil: "networkidle" });
      await page.locator(".menu summary").click();
      const panel = page.locator(".menu .panel a[href='/en/news/towns']");
      await panel.waitFor({ state: "visible" });
      await screenshot(page, `menu-open-${viewport.width}`);
      await page.keyboard.press("Escape");
      await panel.waitFor({ state: "hidden" });
      assert.equal(await page.evaluate(() => document.activeElement?.tagName), "SUMMARY");
      assert.equal(page.url(), `${origin}/en/`);
      assert.deepEqual(wrong, []);
      await context.close();
    });

    test(`${viewport.width} px: the first Tab leads to the content`, async () => {
      const { page, context } = await openPage(browser, origin, { viewport });
      await page.goto(`${origin}/en/news`);
      await page.keyboard.press("Tab");
      assert.equal(await page.evaluate(() => document.activeElement?.getAttribute("href")), "#main");
      await page.keyboard.press("Enter");
      assert.equal(await page.evaluate(() => document.activeElement?.id), "main");
      await context.close();
    });

    test(`${viewport.width} px, without JavaScript: sections, more, article, menu, language`, async () => {
      const { page, context, wrong } = await openPage(browser, origin, { viewport, javaScriptEnabled: false });
      await page.goto(`${origin}/en/`);
      await page.locator("nav.bar a[href='/en/news']").click();
      await page.waitForURL("**/en/news");
      const met = new Set();
      for (let i = 0; i < 2; i++) {
        for (const link of await page.locator(`${stories} h3 a`).all()) met.add(await link.getAttribute("href"));
        await page.locator("[data-more] a[rel=next]").click();
        await page.waitForURL("**/en/news?before=*");
      }
      for (const link of await page.locator(`${stories} h3 a`).all()) {
        const href = await link.getAttribute("href");
        assert.ok(!met.has(href), `${href} twice`);
      }
      await screenshot(page, `no-script-list-${viewport.width}`);
      await page.goBack();
      await page.locator(`${stories} h3 a`).first().click();
      await page.waitForURL("**/article/**");
      assert.equal(await page.locator(".body p").count(), 8);
      await page.locator(".menu a").click();
      await page.waitForURL("**/en/menu");
      await page.locator("main a[href='/en/news/towns']").click();
      await page.waitForURL("**/en/news/towns");
      await page.goto(`${origin}/en/`);
      await page.locator(".languages a[hreflang=ka]").click();
      await page.waitForURL("**/ka/");
      assert.equal(await page.getAttribute("html", "lang"), "ka");
      const missing = await page.goto(`${origin}/en/nothing`);
      assert.equal(missing.status(), 404);
      await page.locator("main a[href='/en/']").first().click();
      await page.waitForURL("**/en/");
      assert.deepEqual(wrong, []);
      await context.close();
    });
  }
}

await run();
