#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Who watches stays, whatever dies: the edge is killed while a viewer follows
// it, and the studio's line is gone for a while. The page is never loaded again,
// its player tells no error, and the picture moves on. How long each takes is
// noted, not judged.
//
//   KILLS=5 AWAY=120 tests/live/recovery.mjs
//     so often the edge is killed (default: 1), so many seconds the studio is
//     away (4)
import assert from "node:assert/strict";
import process from "node:process";

import { findBrowser, launch, openPage } from "../lib/browser.mjs";
import { Air, alternates } from "../lib/air.mjs";
import { Encoder } from "../lib/encoder.mjs";
import { check } from "../lib/live.mjs";
import { freePort } from "../lib/ports.mjs";
import { Site, until } from "../lib/site.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";

/** @param {any} playwright */
async function watch(playwright) {
  const site = await Site.make("--name", "The Test");
  const rtmp = await freePort();
  await site.serve("--rtmp", `127.0.0.1:${rtmp}`);
  await site.run("channel", "add", "news", "--ladder", "source,audio");
  const { key } = JSON.parse(await site.run("channel", "key", "add", "news", "--json"));
  const encoder = new Encoder();
  const send = () => encoder.start(`rtmp://127.0.0.1:${rtmp}/live/${key}`);
  send();
  const origin = `http://127.0.0.1:${site.port}`;
  const { page, wrong } = await openPage(await launch(playwright), origin);
  let loads = 0;
  page.on("load", () => loads++);

  /** What the viewer sees: where, and what changed since. */
  const seen = () => page.evaluate(() => {
    const video = /** @type {HTMLVideoElement} */ (document.querySelector("video"));
    const { totalVideoFrames } = video.getVideoPlaybackQuality();
    return { at: video.currentTime, frames: totalVideoFrames, error: video.error?.message ?? "", ended: video.ended };
  });
  const plays = async () => {
    const from = await seen();
    await until(async () => {
      const now = await seen();
      assert.equal(now.error, "");
      return now.at > from.at + 1.5 && now.frames > from.frames + 10;
    }, "the picture moves on");
  };
  /** How long the picture stood still at most since this was asked before, milliseconds. */
  const stood = () => page.evaluate(() => {
    const video = /** @type {HTMLVideoElement} */ (document.querySelector("video"));
    const page_ = /** @type {any} */ (window);
    const began = !page_.pictures;
    page_.pictures ??= { last: performance.now(), longest: 0 };
    const { pictures } = page_;
    const onPicture = () => {
      const now = performance.now();
      pictures.longest = Math.max(pictures.longest, now - pictures.last);
      pictures.last = now;
      video.requestVideoFrameCallback(onPicture);
    };
    if (began) video.requestVideoFrameCallback(onPicture);
    const longest = Math.max(pictures.longest, performance.now() - pictures.last);
    pictures.longest = 0;
    return Math.round(longest);
  });
  /** Whether it is the slate: its ground in all corners. */
  const isSlate = () => page.evaluate(() => {
    const video = /** @type {HTMLVideoElement} */ (document.querySelector("video"));
    const [width, height] = [video.videoWidth, video.videoHeight];
    const canvas = new OffscreenCanvas(width, height);
    const context = /** @type {OffscreenCanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
    context.drawImage(video, 0, 0);
    return [[4, 4], [width - 5, 4], [4, height - 5], [width - 5, height - 5]].every(([x, y]) => {
      const at = context.getImageData(x, y, 1, 1).data;
      return [19, 26, 38].every((wanted, i) => Math.abs(at[i] - wanted) < 16);
    });
  });
  const air = new Air(site);
  const index = async () => (await air.look())?.text ?? "";
  const last = (/** @type {string} */ text) => Number([...text.matchAll(/^(\d+)\.m4s$/gm)].at(-1)?.[1] ?? -1);
  const first = (/** @type {string} */ text) => Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1] ?? -1);
  /** The player's own words, when it has trouble. */
  const trouble = () => page.evaluate(() => {
    const line = /** @type {HTMLElement | null} */ (document.querySelector(".trouble"));
    return line && line.offsetParent ? line.innerText : "";
  });

  test("somebody watches", async () => {
    await until(async () => last(await index()) >= 1, "it is on the air");
    await until(async () => (await site.get("/live/news/poster.jpg")).status === 200, "there is a poster");
    await page.goto(`${origin}/en/tv`);
    await page.click("[data-play]");
    await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0);
    await plays();
    await stood();
    assert.equal(await isSlate(), false);
  });

  test("kill -9 of the edge: the same numbers, and the viewer goes on", async () => {
    for (let i = 0; i < Number(process.env.KILLS ?? 1); i++)
      await air.undisturbed(async () => {
        const before = await index();
        const frames = (await seen()).frames;
        const began = Date.now();
        await site.kill(site.children().edge);
        const after = await until(index, "it is back");
        note(`the playlist is back after ${Date.now() - began} ms`);
        check(after);
        assert.equal(first(after), first(before));
        assert.ok(last(after) >= last(before));
        // What came after the kill is seen.
        await until(async () => last(await index()) >= last(after) + 1, "another segment");
        await until(async () => (await seen()).frames > frames + 50, "pictures of it");
        await plays();
        note(`for the viewer the picture stood ${await stood()} ms at most`);
        assert.equal(await trouble(), "");
      });
  });

  test("the studio is gone for a while: a slate, and live again, the page as it was", async () => {
    const before = await air.live();
    encoder.stop();
    const went = Date.now();
    const slate = await air.until(({ kinds, pieces }) => kinds.at(-1) === "slate" && pieces >= 3, "the slate is in the playlist");
    note(`the slate is in the playlist after ${Date.now() - went} ms`);
    check(slate.text);
    const away = Number(process.env.AWAY ?? 4);
    await until(isSlate, "the viewer sees it");
    for (let more = 1; more <= away / 2; more++)
      await until(async () => last(await index()) >= last(slate.text) + more, "it is shown on");
    await plays();
    note(`the picture stood ${await stood()} ms at most`);
    assert.equal(await trouble(), "");
    const came = Date.now();
    send();
    const live = await air.live();
    note(`live again ${Date.now() - came} ms after the encoder's start`);
    check(live.text);
    alternates(live.kinds, before.kinds.length - 1);
    await until(async () => !(await isSlate()), "the viewer sees it");
    await plays();
    note(`the picture stood ${await stood()} ms at most`);
    assert.equal(first(live.text), first(before.text));
    assert.equal(await trouble(), "");
  });

  test("nothing was loaded again, and the player told no error", async () => {
    assert.equal(loads, 1);
    // Requests break off, and some are told to come again; none that nothing is there.
    const others = wrong.filter((/** @type {string} */ line) => !/^(failed: |503 for |console: Failed to load resource)/.test(line));
    assert.deepEqual(others, []);
    note(`${wrong.length} lines of requests that broke off`);
  });
}

const { playwright, why } = await findBrowser();
if (!playwright) skip("viewers who stay", String(why));
else await watch(playwright);

await run();
