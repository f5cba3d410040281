#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Live blogs in Chromium: new posts announce themselves and push nothing, what
// was corrected or removed changes where it stands, and all of it can be read
// without JavaScript.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

import { findBrowser, launch, openPage, overflow, screenshot } from "../lib/browser.mjs";
import { Site, root } from "../lib/site.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";
import { vectors } from "../lib/xss.mjs";

const { playwright, why } = await findBrowser();
if (!playwright) {
  skip("live blogs in a browser", why ?? "");
  await run();
  process.exit();
}

const site = await Site.make("--name", "The Test", "--language", "en", "--language", "ru");
await site.run("category", "add", "News");
await site.serve();
const browser = await launch(playwright);
const origin = `http://127.0.0.1:${site.port}`;

/** A live blog with posts. @param {Record<string, unknown>} [story] @param {number} [count] */
async function makeBlog(story = {}, count = 25) {
  const article = await site.write({ headline: "Storm on the coast", categories: ["news"], publish: true, ...story });
  const api = `/newsroom/api/articles/${article.id}`;
  await site.api("POST", `${api}/live`);
  const ids = [];
  for (let i = 0; i < count; i++) ids.unshift((await site.api("POST", `${api}/posts`, { headline: `Post ${i}`, text: "A paragraph.\n\nAnother one." })).id);
  return {
    ids,
    url: `${origin}/${story.language ?? "en"}/article/${article.slug}-${article.id}`,
    /** @param {Record<string, unknown>} post @returns {Promise<any>} */
    post: (post) => site.api("POST", `${api}/posts`, post),
    end: () => site.api("POST", `${api}/live/end`),
  };
}
/** @param {string} id @param {Record<string, unknown>} change */
const change = (id, change) => site.api("POST", `/newsroom/api/posts/${id}`, change);
/** Until the page has heard of so many new posts. @param {any} page @param {number} count */
const isTold = (page, count) =>
  page.waitForFunction((/** @type {string} */ text) => document.querySelector("[data-news] button")?.textContent?.startsWith(text), `${count} new post`);
/** @param {any} page */
const headlines = (page) => page.$$eval(".posts ol h3", (/** @type {Element[]} */ all) => all.map((h) => h.textContent));

test("a new post announces itself and pushes nothing; pressed, it is there and has the focus", async () => {
  const blog = await makeBlog();
  const { page, context, wrong } = await openPage(browser, origin, { viewport: { width: 900, height: 800 } });
  await page.goto(blog.url);
  assert.equal(await page.textContent("[data-news]"), "");
  await page.evaluate((/** @type {string} */ id) => document.getElementById(id)?.scrollIntoView(), `post-${blog.ids[4]}`);
  const place = () => page.$eval(`#post-${blog.ids[4]}`, (/** @type {Element} */ e) => Math.round(e.getBoundingClientRect().top));
  const before = await place();
  await blog.post({ headline: "News", text: "It rains.", key: true });
  const told = Date.now();
  await page.waitForFunction(() => document.querySelector("[data-news] button")?.textContent === "1 new post");
  note(`a post was with a reader who asks after ${Date.now() - told} ms`);
  assert.equal(await page.getAttribute("[data-news]", "role"), "status");
  // Nor on top of the page, where nothing is scrolled to be kept in its place.
  const top = await openPage(browser, origin);
  await top.page.goto(blog.url);
  const first = () => top.page.$eval(".posts ol .post", (/** @type {Element} */ e) => e.getBoundingClientRect().top);
  const there = await first();
  await blog.post({ headline: "More news", text: "It pours." });
  await page.waitForFunction(() => document.querySelector("[data-news] button")?.textContent === "2 new posts");
  assert.equal(await place(), before);
  await top.page.waitForFunction(() => document.querySelector("[data-news] button"));
  assert.equal(await first(), there);
  await top.context.close();
  assert.equal((await headlines(page))[0], "Post 24");
  await page.click("[data-news] button");
  assert.deepEqual((await headlines(page)).slice(0, 3), ["More news", "News", "Post 24"]);
  assert.equal(await page.textContent("[data-news]"), "");
  assert.equal(await page.evaluate(() => document.activeElement?.closest(".post")?.querySelector("h3")?.textContent), "More news");
  assert.match(await page.textContent("[data-keys]"), /News/);
  assert.equal(await page.$eval("[data-keys] a", (/** @type {HTMLAnchorElement} */ a) => a.getAttribute("href")?.startsWith("#post-")), true);
  assert.deepEqual(wrong, []);
  await context.close();
});

test("two open pages learn of a post: one by the stream, one that has none by asking", async () => {
  const blog = await makeBlog({}, 3);
  const told = await openPage(browser, origin);
  const asking = await openPage(browser, origin);
  let asked = 0;
  told.page.on("request", (/** @type {any} */ request) => (asked += /posts\?after=/.test(request.url()) ? 1 : 0));
  await asking.page.addInitScript(() => (/** @type {any} */ (window).EventSource = class extends EventTarget {}));
  await told.page.goto(blog.url);
  await asking.page.goto(blog.url);
  await told.page.waitForFunction(() => "stream" in document.body.dataset);
  assert.equal(await asking.page.evaluate(() => "stream" in document.body.dataset), false);
  for (let i = 1; i <= 3; i++) {
    const before = asked;
    const began = Date.now();
    await blog.post({ headline: `News ${i}`, text: "It rains." });
    const took = await Promise.all(
      [told, asking].map(async ({ page }) => {
        await page.waitForFunction((/** @type {number} */ i) => document.querySelector("[data-news] button")?.textContent?.startsWith(String(i)), i);
        return Date.now() - began;
      }),
    );
    note(`post ${i}: ${took[0]} ms by the stream, ${took[1]} ms by asking`);
    assert.ok(asked > before);
  }
  for (const { context, wrong } of [told, asking]) {
    assert.deepEqual(wrong, []);
    await context.close();
  }
});

test("what is on the page is corrected and removed where it stands, in two pages at once", async () => {
  const blog = await makeBlog({}, 6);
  const pages = await Promise.all([1, 2].map(() => openPage(browser, origin)));
  for (const { page } of pages) await page.goto(blog.url);
  await change(blog.ids[1] ?? "", { text: "Another text.", correction: "It was wrong." });
  await site.api("POST", `/newsroom/api/posts/${blog.ids[2]}/remove`, { reason: "It was not so." });
  for (const { page, context, wrong } of pages) {
    await page.waitForFunction((/** @type {string} */ id) => document.getElementById(id)?.textContent?.includes("It was not so."), `post-${blog.ids[2]}`);
    assert.match(await page.textContent(`#post-${blog.ids[1]}`), /It was wrong\.\s.*Another text\./s);
    assert.doesNotMatch(await page.textContent(`#post-${blog.ids[2]}`), /paragraph/);
    assert.equal(await page.textContent("[data-news]"), "");
    assert.equal((await headlines(page)).length, 5);
    assert.deepEqual(wrong, []);
    await context.close();
  }
});

test("a pin takes its place when the button is pressed, and one that was pinned goes back", async () => {
  const blog = await makeBlog({}, 5);
  const { page, context, wrong } = await openPage(browser, origin);
  await page.goto(blog.url);
  await change(blog.ids[2] ?? "", { pinned: true });
  await blog.post({ headline: "News", text: "It rains." });
  await isTold(page, 1);
  await page.click("[data-news] button");
  const pinned = () => page.$$eval("[data-pinned-post] h3", (/** @type {Element[]} */ all) => all.map((h) => h.textContent));
  assert.deepEqual(await pinned(), ["Post 2"]);
  assert.deepEqual(await headlines(page), ["News", "Post 4", "Post 3", "Post 1", "Post 0"]);
  await blog.post({ headline: "Pinned news", text: "It pours.", pinned: true });
  await isTold(page, 1);
  await page.click("[data-news] button");
  assert.deepEqual(await pinned(), ["Pinned news"]);
  assert.deepEqual(await headlines(page), ["News", "Post 4", "Post 3", "Post 2", "Post 1", "Post 0"]);

  // Without a new post there is a button all the same, and nothing moves before.
  await change(blog.ids[0] ?? "", { key: true });
  await page.waitForFunction(() => document.querySelector("[data-news] button")?.textContent === "Show what changed");
  assert.equal(await page.isVisible("[data-keys]"), false);
  await page.click("[data-news] button");
  assert.match((await page.textContent("[data-keys]")) ?? "", /Post 4/);
  assert.equal(await page.textContent("[data-news]"), "");
  await change(blog.ids[1] ?? "", { pinned: true });
  await page.waitForSelector("[data-news] button");
  assert.deepEqual(await pinned(), ["Pinned news"]);
  await page.click("[data-news] button");
  assert.deepEqual(await pinned(), ["Post 3"]);
  assert.equal(await page.textContent("[data-news]"), "");
  assert.deepEqual(wrong, []);
  await context.close();
});

test("older posts come in place, and new ones still on top", async () => {
  const blog = await makeBlog();
  const { page, context, wrong } = await openPage(browser, origin);
  await page.goto(blog.url);
  await page.click("[data-more] a[rel=next]");
  await page.waitForFunction(() => document.querySelectorAll(".posts ol .post").length === 25);
  await blog.post({ headline: "News", text: "It rains." });
  await page.click("[data-news] button");
  const all = await headlines(page);
  assert.equal(all[0], "News");
  assert.equal(all.at(-1), "Post 0");
  assert.deepEqual(wrong, []);
  await context.close();
});

test("on a page of older posts the button leads to the newest", async () => {
  const blog = await makeBlog();
  const { page, context, wrong } = await openPage(browser, origin);
  await page.goto(`${blog.url}?post=${blog.ids[24]}`);
  assert.deepEqual(await headlines(page), ["Post 0"]);
  await blog.post({ headline: "News", text: "It rains." });
  await Promise.all([page.waitForURL(blog.url), page.click("[data-news] button")]);
  assert.equal((await headlines(page))[0], "News");
  assert.deepEqual(wrong, []);
  await context.close();
});

test("when it ends, the open page says so", async () => {
  const blog = await makeBlog({}, 2);
  const { page, context, wrong } = await openPage(browser, origin);
  await page.goto(blog.url);
  await blog.end();
  await page.waitForFunction(() => document.querySelector("[data-status]")?.textContent?.includes("has ended"));
  assert.deepEqual(wrong, []);
  await context.close();
});

test("numbers are in the language's own forms", async () => {
  const blog = await makeBlog({ language: "ru", headline: "Шторм", categories: [] }, 1);
  const { page, context } = await openPage(browser, origin);
  await page.goto(blog.url);
  await blog.post({ text: "Раз." });
  await page.waitForFunction(() => document.querySelector("[data-news] button")?.textContent === "1 новая запись");
  await blog.post({ text: "Два." });
  await page.waitForFunction(() => document.querySelector("[data-news] button")?.textContent === "2 новые записи");
  await context.close();
});

test("markup in posts runs nothing, in the page nor when it comes later", async () => {
  const blog = await makeBlog({}, 0);
  const { page, context } = await openPage(browser, origin);
  await page.addInitScript(() => {
    /** @type {any} */ (window).fired = () => (/** @type {any} */ (window).ran = true);
  });
  const texts = vectors.filter((vector) => !/[\x00-\x08\x0b-\x1f]/.test(vector));
  for (const vector of texts.slice(0, 30)) await blog.post({ headline: vector.replace(/\s+/g, " "), text: vector });
  await page.goto(blog.url);
  for (const vector of texts.slice(30, 60)) await blog.post({ headline: vector.replace(/\s+/g, " "), text: vector, bylines: [vector.replace(/\s+/g, " ").slice(0, 90)] });
  await isTold(page, 30);
  await page.click("[data-news] button");
  assert.ok((await headlines(page)).length >= 30);
  assert.equal(await page.evaluate(() => /** @type {any} */ (window).ran), undefined);
  assert.equal(await page.$$eval(".post script, .post svg, .post iframe, .post img", (/** @type {Element[]} */ all) => all.length), 0);
  await context.close();
});

test("without JavaScript: newest, older, a post's own page, and a link to load anew", async () => {
  const blog = await makeBlog();
  const { page, context } = await openPage(browser, origin, { javaScriptEnabled: false });
  await page.goto(blog.url);
  assert.equal((await headlines(page)).length, 20);
  await page.click("[data-more] a[rel=next]");
  assert.deepEqual(await headlines(page), ["Post 4", "Post 3", "Post 2", "Post 1", "Post 0"]);
  await page.click(`#post-${blog.ids[23]} .when a`);
  assert.equal((await headlines(page))[0], "Post 1");
  await page.click(".trail a");
  await blog.post({ headline: "News", text: "It rains." });
  await page.click("noscript a");
  assert.equal((await headlines(page))[0], "News");
  await context.close();
});

test("nothing sticks out, and the script is as small as it may be", async () => {
  const blog = await makeBlog({ headline: "A storm that has a very long name, and a headline that goes on" }, 8);
  await change(blog.ids[0] ?? "", { pinned: true });
  await change(blog.ids[1] ?? "", { key: true, correction: "It was wrong: averylongwordthatcannotbebrokenanywhereatallbythelooksofit." });
  for (const width of [320, 360, 1280]) {
    for (const colorScheme of ["light", "dark"]) {
      const { page, context } = await openPage(browser, origin, { viewport: { width, height: 800 }, colorScheme });
      await page.goto(blog.url);
      assert.equal(await overflow(page), "", `${width}`);
      await screenshot(page, `live-${width}-${colorScheme}`);
      await context.close();
    }
  }
  const script = zlib.brotliCompressSync(fs.readFileSync(path.join(root, "build/web/live.js")));
  note(`live.js: ${script.length} bytes`);
  assert.ok(script.length <= 4096);
});

await run();
