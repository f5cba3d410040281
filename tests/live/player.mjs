#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The whole of television: ffmpeg sends a broadcast by RTMP, and Chromium
// watches it on the channel's page. Nothing is asked of the stream before Play,
// the schedule leads into the past, and the death of the process that makes the
// parts is not noticed. Pictures go to build/screenshots/.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { findBrowser, launch, openPage, overflow } from "../lib/browser.mjs";
import { Encoder } from "../lib/encoder.mjs";
import { freePort } from "../lib/ports.mjs";
import { root, Site, until } from "../lib/site.mjs";
import { finally_, run, skip, test } from "../lib/tap.mjs";

const screenshots = path.join(root, "build/screenshots");
const HOUR = 3600_000;

/** The process ids of broadsheet-media below the server. @param {Site} site */
function mediaProcesses(site) {
  /** @type {number[]} */
  const found = [];
  /** @param {number} pid */
  const walk = (pid) => {
    for (const child of fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number)) {
      try {
        if (fs.readFileSync(`/proc/${child}/comm`, "utf8").startsWith("broadsheet-medi")) found.push(child);
        walk(child);
      } catch {
        // It has gone meanwhile.
      }
    }
  };
  walk(/** @type {number} */ (site.server?.pid));
  return found;
}

async function watchTelevision(/** @type {any} */ playwright) {
  const site = await Site.make("--language", "en", "--language", "ar");
  await site.run("channel", "add", "news", "--title", "First Channel");
  await site.run("channel", "add", "sport", "--title", "Sport");
  const { key } = JSON.parse(await site.run("channel", "key", "add", "news", "--json"));
  const now = Date.now();
  const iso = (/** @type {number} */ ms) => new Date(now + ms).toISOString();
  const add = (/** @type {number} */ from, /** @type {number} */ to, /** @type {string[]} */ ...rest) => site.run("programme", "add", "news", iso(from), iso(to), ...rest);
  await add(-2 * HOUR, -HOUR, "Good Morning", "--category", "Talk", "--repeat");
  await add(-HOUR, HOUR, "The World Today", "--category", "News", "--description", "Reports from everywhere.");
  await add(HOUR, 2 * HOUR, "The Long Way Home", "--category", "Film");
  const port = await freePort();
  await site.serve("--rtmp", `127.0.0.1:${port}`);
  const origin = `http://127.0.0.1:${site.port}`;
  const browser = await launch(playwright);
  fs.mkdirSync(screenshots, { recursive: true });

  const { page, wrong } = await openPage(browser, origin, { viewport: { width: 1280, height: 1000 }, timezoneId: "Asia/Tbilisi" });
  /** @type {string[]} */
  const asked = [];
  page.on("request", (/** @type {any} */ request) => asked.push(new URL(request.url()).pathname));
  const ofStream = () => asked.filter((name) => (name.startsWith("/live/") && !name.endsWith("/poster.jpg")) || name.includes("/player-"));
  const time = () => page.evaluate(() => /** @type {HTMLVideoElement} */ (document.querySelector("video")).currentTime);
  const goesOn = async (/** @type {number} */ seconds) => {
    const from = await time();
    await page.waitForFunction((/** @type {number} */ end) => /** @type {HTMLVideoElement} */ (document.querySelector("video")).currentTime > end, from + seconds);
  };
  const press = (/** @type {string} */ name) => page.click(`[data-do=${name}]`);
  const isLive = () => page.waitForSelector("[data-do=live][aria-pressed=true]");

  test("off the air the page tells what is next, and says it when a broadcast begins", async () => {
    await page.goto(`${origin}/en/tv`);
    assert.match(await page.textContent(".screen"), /Off air/);
    assert.match(await page.textContent(".screen"), /Next: The Long Way Home/);
    await page.waitForSelector("body[data-stream]");
    new Encoder().start(`rtmp://127.0.0.1:${port}/live/${key}`, { size: "640x360", bits: 600 });
    await page.waitForSelector("[data-play]:visible");
    assert.match(await page.textContent(".slate"), /Live\s+First Channel/);
    await page.screenshot({ path: path.join(screenshots, "tv-play-1280.png") });
  });

  test("times are the reader's, what is on now stands out", async () => {
    const [row] = await page.$$eval("li.current", (/** @type {HTMLElement[]} */ rows) => rows.map((one) => [one.dataset.start, one.querySelector("time")?.textContent]));
    const local = new Intl.DateTimeFormat("en", { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: "Asia/Tbilisi" });
    assert.equal(row[1], local.format(new Date(row[0])));
    assert.match(await page.textContent("[data-zone]"), /Time zone: Asia\/Tbilisi/);
    assert.match(await page.textContent(".on h2"), /The World Today/);
  });

  test("nothing is asked of the stream before Play, and a frame comes after it", async () => {
    assert.deepEqual(ofStream(), []);
    await page.click("[data-play]");
    await page.waitForFunction(() => {
      const video = /** @type {HTMLVideoElement} */ (document.querySelector("video"));
      return video.currentTime > 0 && video.getVideoPlaybackQuality().totalVideoFrames > 0;
    });
    await goesOn(1);
    await isLive();
    assert.ok(ofStream().some((name) => name === "/live/news/master.m3u8"));
  });

  test("the process that makes the parts dies, and nobody notices", async () => {
    const errors = await page.evaluateHandle(() => {
      /** @type {string[]} */
      const list = [];
      document.querySelector("video")?.addEventListener("error", () => list.push("error"));
      return list;
    });
    const [before] = await until(() => mediaProcesses(site).length > 0 && mediaProcesses(site), "a channel is made");
    process.kill(/** @type {number} */ (before), "SIGKILL");
    await until(() => mediaProcesses(site).some((pid) => pid !== before), "it is made again");
    await goesOn(4);
    assert.deepEqual(await errors.jsonValue(), []);
    await page.waitForFunction(() => !document.querySelector(".trouble.waiting")?.textContent);
  });

  test("ten seconds back by a key, and live again by the button", async () => {
    // There has to be so much behind it.
    await page.waitForFunction(() => /** @type {HTMLVideoElement} */ (document.querySelector("video")).currentTime > 12);
    await page.focus("[data-do=play]");
    await page.keyboard.press("ArrowLeft");
    await page.waitForFunction(() => {
      const [, minutes, seconds] = /−(\d+):(\d\d)/.exec(document.querySelector(".at")?.textContent ?? "") ?? [];
      return Number(minutes) * 60 + Number(seconds) >= 8;
    });
    assert.equal(await page.getAttribute("[data-do=live]", "aria-pressed"), "false");
    await goesOn(0.5);
    await press("live");
    await isLive();
    assert.equal(await page.textContent(".at"), "");
  });

  test("a pause stays where it is; the scrubber and the schedule lead into the past", async () => {
    await press("play");
    assert.equal(await page.evaluate(() => document.querySelector("video")?.paused), true);
    assert.equal(await page.getAttribute("[data-do=play]", "aria-label"), "Play");
    await press("play");
    await goesOn(0.2);
    const range = page.locator("[data-do=seek]");
    await range.evaluate((/** @type {HTMLInputElement} */ input) => {
      input.value = input.min;
      input.dispatchEvent(new Event("input"));
      input.dispatchEvent(new Event("change"));
    });
    await page.waitForSelector("[data-do=live][aria-pressed=false]");
    await goesOn(0.2);
    await press("live");
    await isLive();
    assert.equal(await page.locator("li.past [data-again]").isVisible(), false); // it was over before the broadcast began
  });

  test("the sound alone, and the picture again", async () => {
    await page.selectOption("[data-do=quality]", "audio");
    await page.waitForFunction(() => document.querySelector("video")?.videoWidth === 0);
    await goesOn(1);
    await page.selectOption("[data-do=quality]", "auto");
    await page.waitForFunction(() => (document.querySelector("video")?.videoWidth ?? 0) > 0);
    await goesOn(1);
  });

  test("the controls are labelled, large enough, and nothing is wrong on the page", async () => {
    await page.evaluate(fs.readFileSync(path.join(root, "node_modules/axe-core/axe.min.js"), "utf8"));
    const violations = await page.evaluate(async () => {
      // @ts-expect-error the global that axe.min.js makes
      const { violations: found } = await axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] });
      return found.map((/** @type {any} */ one) => `${one.id}: ${one.nodes[0].html}`);
    });
    assert.deepEqual(violations, []);
    const small = await page.$$eval(".controls :is(button, input, select)", (/** @type {HTMLElement[]} */ all) =>
      all.filter((one) => one.offsetParent && one.offsetHeight < 44).map((one) => one.dataset.do),
    );
    assert.deepEqual(small, []);
    await page.screenshot({ path: path.join(screenshots, "tv-plays-1280.png") });
    assert.deepEqual(wrong, []);
  });

  test("another channel has a page of its own; the first one's other address leads to it", async () => {
    const other = await openPage(browser, origin);
    await other.page.goto(`${origin}/en/tv/sport`);
    assert.match(await other.page.textContent(".channels [aria-current]"), /Sport/);
    assert.match(await other.page.textContent(".screen"), /Off air/);
    await other.page.goto(`${origin}/en/tv/news`);
    assert.equal(new URL(other.page.url()).pathname, "/en/tv");
    await other.context.close();
  });

  test("without scripts there is the browser's own player and the schedule", async () => {
    const { page: plain, context } = await openPage(browser, origin, { javaScriptEnabled: false });
    await plain.goto(`${origin}/en/tv`);
    const video = plain.locator("video");
    assert.equal(await video.getAttribute("src"), "/live/news/master.m3u8");
    assert.equal(await video.getAttribute("preload"), "none");
    assert.notEqual(await video.getAttribute("controls"), null);
    assert.equal(await plain.locator("[data-play]").isVisible(), false);
    const days = (await plain.textContent(".days")) ?? "";
    for (const title of ["The World Today", "The Long Way Home"]) assert.ok(days.includes(title), title);
    await context.close();
  });

  test("on a phone and from right to left it plays, and nothing sticks out", async () => {
    const { page: phone, wrong: bad, context } = await openPage(browser, origin, { viewport: { width: 360, height: 740 }, colorScheme: "dark" });
    await phone.goto(`${origin}/ar/tv`);
    await phone.click("[data-play]");
    await phone.waitForFunction(() => /** @type {HTMLVideoElement} */ (document.querySelector("video")).currentTime > 0);
    assert.equal(await overflow(phone), "");
    await phone.screenshot({ path: path.join(screenshots, "tv-plays-ar-360.png"), fullPage: true });
    assert.deepEqual(bad, []);
    await context.close();
  });

  test("when it goes off the air, an open page says so and what is next; whoever watches the past goes on", async () => {
    const views = [];
    for (const colorScheme of ["light", "dark"]) {
      const view = await openPage(browser, origin, { viewport: { width: colorScheme === "light" ? 1280 : 360, height: 900 }, colorScheme });
      await view.page.goto(`${origin}/en/tv`);
      await view.page.waitForSelector("body[data-stream]");
      await view.page.evaluate(() => Object.assign(globalThis, { same: true }));
      await view.page.click("[data-play]");
      await view.page.waitForFunction(() => /** @type {HTMLVideoElement} */ (document.querySelector("video")).currentTime > 0);
      views.push(view);
    }
    const past = await openPage(browser, origin);
    await past.page.goto(`${origin}/en/tv`);
    await past.page.waitForSelector("body[data-stream]");
    await past.page.click("[data-play]");
    await past.page.waitForFunction(() => /** @type {HTMLVideoElement} */ (document.querySelector("video")).currentTime > 0);
    await past.page.focus("[data-do=play]");
    await past.page.keyboard.press("ArrowLeft");
    await past.page.waitForSelector("[data-do=live][aria-pressed=false]");
    // What the station says when its slate has been shown for long enough.
    execFileSync("sqlite3", [path.join(site.data, "broadsheet.db"), "UPDATE channel SET air_us = 0 WHERE name = 'news'"]);
    await add(2 * HOUR, 3 * HOUR, "Good Night");
    for (const { page: view, wrong: bad, context } of views) {
      await view.waitForSelector(".screen:visible");
      assert.match((await view.textContent(".screen")) ?? "", /Off air\s*Next: The Long Way Home/);
      assert.equal(await view.locator("video").count(), 0);
      assert.equal(await view.evaluate(() => document.activeElement?.tagName), "H2", "whoever was at the player is at what took its place");
      assert.equal(await view.evaluate(() => Reflect.get(globalThis, "same")), true, "it is the same page");
      assert.equal(await overflow(view), "");
      await view.screenshot({ path: path.join(screenshots, `tv-ended-${view.viewportSize().width}.png`) });
      assert.deepEqual(bad, []);
      await context.close();
    }
    assert.equal(await past.page.locator("video").count(), 1);
    await past.context.close();
  });
}

const { playwright, why } = await findBrowser();
if (!playwright) skip("television in a browser", String(why));
else if (spawnSync("ffmpeg", ["-version"]).status !== 0) skip("television in a browser", "ffmpeg is missing");
else await watchTelevision(playwright);

await run();
