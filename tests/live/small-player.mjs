#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A channel in an article and on the front: off the air it tells what is next,
// on the air it shows the newest picture, and nothing of the stream is asked for
// before somebody presses that. Pictures go to build/screenshots/.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { findBrowser, launch, openPage, overflow } from "../lib/browser.mjs";
import { Encoder } from "../lib/encoder.mjs";
import { inPairs } from "../lib/paper.mjs";
import { freePort } from "../lib/ports.mjs";
import { root, Site, until } from "../lib/site.mjs";
import { finally_, note, run, skip, test } from "../lib/tap.mjs";

const screenshots = path.join(root, "build/screenshots");
const HOUR = 3600_000;
const SCREENS = [
  { lang: "en", colorScheme: "light", width: 1280 },
  { lang: "en", colorScheme: "dark", width: 360 },
  { lang: "ar", colorScheme: "dark", width: 1280 },
  { lang: "ar", colorScheme: "light", width: 360 },
];

const paragraph = (/** @type {string} */ text) => ({ type: "paragraph", content: [{ type: "text", text }] });
const player = (/** @type {string} */ name, caption = "") => ({ type: "channel", attrs: caption ? { name, caption } : { name } });

/** An article with channels in it; its id. @param {Site} site @param {string} language @param {string} headline @param {string} text */
async function publish(site, language, headline, text) {
  const body = { type: "doc", content: [paragraph(text), player("news", "As it happens"), paragraph(text), player("gone")] };
  const id = (await site.pipe(JSON.stringify({ language, headline, body }), "article", "new", "--publish", "-")).trim();
  return id;
}

async function watchInLittle(/** @type {any} */ playwright) {
  const site = await Site.make("--language", "en", "--language", "ar");
  await site.run("channel", "add", "news", "--title", "First Channel");
  await site.run("channel", "add", "gone");
  const { key } = JSON.parse(await site.run("channel", "key", "add", "news", "--json"));
  const iso = (/** @type {number} */ ms) => new Date(Date.now() + ms).toISOString();
  await site.run("programme", "add", "news", iso(-HOUR), iso(HOUR), "The World Today");
  await site.run("programme", "add", "news", iso(HOUR), iso(2 * HOUR), "The Long Way Home");
  /** Ids, then addresses. @type {Record<string, string>} */
  const articles = {
    en: await publish(site, "en", "The count goes on, and we are there", "Watch it as it happens, from the hall in which it is counted."),
    ar: await publish(site, "ar", "الفرز مستمر ونحن هناك", "شاهد ما يجري لحظة بلحظة من القاعة التي تُفرز فيها الأصوات."),
  };
  await site.run("channel", "remove", "gone");
  const port = await freePort();
  await site.serve("--rtmp", `127.0.0.1:${port}`);
  const origin = `http://127.0.0.1:${site.port}`;
  for (const [lang, id] of Object.entries(articles)) articles[lang] = (await site.get(`/${lang}/article/${id}`)).get("location") ?? "";
  const browser = await launch(playwright);
  fs.mkdirSync(screenshots, { recursive: true });
  const picture = (/** @type {any} */ page, /** @type {string} */ name) => page.screenshot({ path: path.join(screenshots, `small-player-${name}.png`), fullPage: true });

  /** What a page asks of the stream and of the player. @param {any} page */
  function listen(page) {
    /** @type {string[]} */
    const asked = [];
    page.on("request", (/** @type {any} */ request) => asked.push(new URL(request.url()).pathname));
    return () => asked.filter((name) => (name.startsWith("/live/") && !name.endsWith("/poster.jpg")) || name.includes("/player-"));
  }
  const plays = (/** @type {any} */ page) =>
    page.waitForFunction(() => {
      const video = document.querySelector("video");
      return video && video.currentTime > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 0;
    });

  test("off the air an article tells what is next, and shows no channel that there is not", async () => {
    for (const { lang, colorScheme, width } of SCREENS.slice(0, 2)) {
      const { page, context, wrong } = await openPage(browser, origin, { viewport: { width, height: 900 }, colorScheme });
      await page.goto(origin + articles[lang]);
      assert.equal(await page.locator("figure.channel").count(), 1);
      assert.match(await page.textContent(".silent"), /Off air.*Next: The Long Way Home/s);
      assert.equal(await page.getAttribute(".station a", "href"), "/en/tv");
      assert.equal(await page.locator(".watch").count(), 0);
      assert.equal(await overflow(page), "");
      await picture(page, `off-${lang}-${width}-${colorScheme}`);
      assert.deepEqual(wrong, []);
      await context.close();
    }
    assert.notEqual((await site.get("/live/news/poster.jpg")).status, 200);
  });

  /** Open pages of which each must stay the one it is. @param {[string, number, string][]} views target, width, colours */
  const open = (...views) =>
    Promise.all(
      views.map(async ([target, width, colorScheme]) => {
        const opened = await openPage(browser, origin, { viewport: { width, height: 900 }, colorScheme });
        await opened.page.goto(origin + target);
        await opened.page.waitForSelector("body[data-stream]");
        await opened.page.evaluate(() => Object.assign(globalThis, { same: true }));
        return opened;
      }),
    );
  const isSame = (/** @type {any} */ page) => page.evaluate(() => Reflect.get(globalThis, "same"));

  test("when a broadcast begins, pages that are open offer it, each in its place", async () => {
    const opened = await open([articles.en ?? "", 360, "light"], ["/en/", 1280, "dark"], ["/ar/", 360, "light"]);
    new Encoder().start(`rtmp://127.0.0.1:${port}/live/${key}`, { size: "640x360", bits: 600 });
    for (const [i, { page, context, wrong }] of opened.entries()) {
      await page.waitForSelector(".watch");
      await page.locator(".watch").scrollIntoViewIfNeeded();
      await page.waitForFunction(() => (/** @type {HTMLImageElement | null} */ (document.querySelector(".watch img"))?.naturalWidth ?? 0) === 640);
      await picture(page, `begins-${i}`);
      await page.click(".watch");
      await plays(page);
      assert.equal(await isSame(page), true);
      assert.deepEqual(wrong, []);
      await context.close();
    }
  });

  test("on the air there is a picture of now, which may be kept for a moment", async () => {
    const poster = await until(async () => {
      const answer = await site.get("/live/news/poster.jpg");
      return answer.status === 200 && answer;
    }, "a picture was made");
    assert.equal(poster.get("content-type"), "image/jpeg");
    assert.equal(poster.get("cache-control"), "public, max-age=10");
    assert.deepEqual([...poster.body.subarray(0, 2)], [0xff, 0xd8]);
    note(`the picture has ${poster.body.length} bytes`);
    for (const lang of ["en", "ar"])
      await until(async () => (await site.get(articles[lang] ?? "")).text().includes("poster.jpg"), "the article says so");
  });

  for (const { lang, colorScheme, width } of SCREENS)
    test(`${lang} ${width} ${colorScheme}: nothing before Play, a frame after it`, async () => {
      const views = [["article", articles[lang] ?? ""], ["front", `/${lang}/`]];
      await inPairs(views, async ([name, target]) => {
        const { page, context, wrong } = await openPage(browser, origin, { viewport: { width, height: 900 }, colorScheme });
        const ofStream = listen(page);
        await page.goto(origin + target);
        await page.locator(".watch").scrollIntoViewIfNeeded();
        await page.waitForFunction(() => (/** @type {HTMLImageElement | null} */ (document.querySelector(".watch img"))?.naturalWidth ?? 0) === 640);
        assert.deepEqual(ofStream(), []);
        assert.equal(await overflow(page), "");
        await picture(page, `${name}-${lang}-${width}-${colorScheme}`);
        await page.click(".watch");
        await plays(page);
        assert.ok(ofStream().includes("/live/news/master.m3u8"));
        assert.equal(await page.locator(".watch").count(), 0);
        assert.equal(await overflow(page), "");
        assert.equal(await page.getAttribute(name === "front" ? ".strip h2 a" : ".station a", "href"), `/${lang}/tv`);
        await picture(page, `${name}-plays-${lang}-${width}-${colorScheme}`);
        assert.deepEqual(wrong, []);
        await context.close();
      });
    });

  test("whoever paused goes on with what is live", async () => {
    const { page, context } = await openPage(browser, origin);
    await page.goto(origin + articles.en);
    await page.focus(".watch");
    await page.keyboard.press("Enter");
    await plays(page);
    const gap = await page.evaluate(async () => {
      const video = /** @type {HTMLVideoElement} */ (document.querySelector("video"));
      video.pause();
      const { currentTime } = video;
      const ahead = () => (video.buffered.length ? video.buffered.end(video.buffered.length - 1) : 0) - currentTime;
      while (ahead() < 5) await new Promise((done) => video.addEventListener("progress", done, { once: true }));
      const jumped = new Promise((done) => video.addEventListener("seeked", done, { once: true }));
      await video.play();
      await jumped;
      return video.currentTime - currentTime;
    });
    assert.ok(gap > 2, `${gap} s were left out`);
    await context.close();
  });

  test("what is shown passes axe, before and while it plays", async () => {
    const { page, context } = await openPage(browser, origin);
    await page.goto(origin + articles.en);
    const violations = async () => {
      await page.evaluate(fs.readFileSync(path.join(root, "node_modules/axe-core/axe.min.js"), "utf8"));
      return page.evaluate(async () => {
        // @ts-expect-error the global that axe.min.js makes
        const { violations: found } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
        return found.map((/** @type {any} */ one) => `${one.id}: ${one.nodes[0].html}`);
      });
    };
    assert.deepEqual(await violations(), []);
    await page.click(".watch");
    await plays(page);
    assert.deepEqual(await violations(), []);
    await context.close();
  });

  test("without scripts the picture leads to the channel's page, whose video has it as well", async () => {
    const { page, context } = await openPage(browser, origin, { javaScriptEnabled: false });
    await page.goto(`${origin}/en/`);
    await page.click(".watch");
    assert.equal(new URL(page.url()).pathname, "/en/tv");
    assert.equal(await page.getAttribute("video", "poster"), "/live/news/poster.jpg");
    await context.close();
  });

  test("the channel's own page has the picture before Play, its words legible on it", async () => {
    for (const { lang, colorScheme, width } of [SCREENS[0], SCREENS[3]]) {
      const { page, context, wrong } = await openPage(browser, origin, { viewport: { width, height: 900 }, colorScheme });
      const ofStream = listen(page);
      const shown = page.waitForResponse((/** @type {any} */ response) => response.url().endsWith("/poster.jpg") && response.status() === 200);
      await page.goto(`${origin}/${lang}/tv`);
      await (await shown).finished();
      assert.equal(await page.evaluate(() => getComputedStyle(/** @type {Element} */ (document.querySelector(".slate p"))).backgroundColor), "rgb(20, 19, 17)");
      assert.deepEqual(ofStream(), []);
      await page.screenshot({ path: path.join(screenshots, `small-player-tv-${lang}-${width}.png`) });
      assert.deepEqual(wrong, []);
      await context.close();
    }
  });

  test("what plays goes on while the schedule changes; at the end there is what is next", async () => {
    const opened = await open([articles.en ?? "", 1280, "dark"], ["/en/", 360, "dark"], ["/en/", 1280, "light"]);
    const [article, front, idle] = opened.map(({ page }) => page);
    for (const page of [article, front]) {
      await page.click(".watch");
      await plays(page);
      await page.evaluate(() => Object.assign(globalThis, { video: document.querySelector("video") }));
    }
    const list = JSON.parse(await site.run("programme", "list", "news", "--json"));
    await site.run("programme", "remove", list[1].id);
    await site.run("programme", "add", "news", iso(HOUR), iso(2 * HOUR), "The Short Way Home");
    for (const page of [front, idle]) await page.waitForFunction(() => document.querySelector(".strip .then")?.textContent?.includes("The Short Way Home"));
    for (const page of [article, front]) {
      const at = await page.evaluate(() => document.querySelector("video")?.currentTime);
      await page.waitForFunction((/** @type {number} */ then) => {
        const video = document.querySelector("video");
        return video === Reflect.get(globalThis, "video") && !video?.paused && (video?.currentTime ?? 0) > then;
      }, at);
    }
    // What the station says when its slate has been shown for long enough.
    execFileSync("sqlite3", [path.join(site.data, "broadsheet.db"), "UPDATE channel SET air_us = 0 WHERE name = 'news'"]);
    await site.run("programme", "add", "news", iso(2 * HOUR), iso(3 * HOUR), "Good Night");
    await article.waitForFunction(() => /Off air.*Next: The Short Way Home/s.test(document.querySelector(".silent")?.textContent ?? ""));
    assert.equal(await article.textContent("figure.channel figcaption"), "As it happens");
    for (const page of [front, idle]) await page.waitForFunction(() => document.querySelector(".strip") && !document.querySelector(".strip .badge, .strip video, .strip .watch"));
    for (const [i, { page, context, wrong }] of opened.entries()) {
      assert.equal(await page.locator("video").count(), 0);
      assert.equal(await isSame(page), true);
      assert.equal(await overflow(page), "");
      await picture(page, `ends-${i}`);
      assert.deepEqual(wrong, []);
      await context.close();
    }
  });

  test("a feed and the article as ninjs have a link to the channel", async () => {
    const feed = (await site.get("/en/atom.xml")).text();
    assert.match(feed, /\/en\/tv&quot;&gt;First Channel|\/en\/tv"&gt;First Channel/);
    const item = JSON.parse((await site.get(`${articles.en}.json`)).text());
    assert.match(item.bodies[0].value, /href="[^"]*\/en\/tv\/news"/);
  });
}

const { playwright, why } = await findBrowser();
if (!playwright) skip("television in little", String(why));
else if (spawnSync("ffmpeg", ["-version"]).status !== 0) skip("television in little", "ffmpeg is missing");
else await watchInLittle(playwright);

await run();
