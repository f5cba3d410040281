#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Captions from the studio to the reader: CEA-608 in the pictures of a real
// broadcast, with B-frames, becomes WebVTT beside them, which ffmpeg reads.
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { findBrowser, launch, openPage, overflow } from "../lib/browser.mjs";
import { control, makeFeed, say, sending } from "../lib/captions.mjs";
import { alone } from "../lib/encoder.mjs";
import { freePort } from "../lib/ports.mjs";
import { root, Site, until } from "../lib/site.mjs";
import { finally_, run, skip, test } from "../lib/tap.mjs";

const SECONDS = 160; // more than all of this takes, however slow
const RCL = control(0x1420);
const ENM = control(0x142e);
const EOC = control(0x142f);
const EDM = control(0x142c);
const ROW_14 = control(0x1450);
const ROW_15 = control(0x1470);
const NOTE = control(0x1137);
const E_ACUTE = control(0x1221);

const port = await freePort();
const site = await Site.make("--language", "en");
await site.run("channel", "add", "news", "--title", "First Channel");
const { key } = JSON.parse(await site.run("channel", "key", "add", "news", "--json"));
await site.serve("--rtmp", `127.0.0.1:${port}`);

// Loaded in the first second of four, shown from picture 40 to picture 80.
const when = new Map();
for (let n = 0; n < SECONDS / 4; n++) {
  when.set(n * 100, [...RCL, ...ENM, ...ROW_14, ...say(`STORY <${n}> & CAFE`), ...E_ACUTE, ...ROW_15, ...NOTE, ...say(" ON AIR")]);
  when.set(n * 100 + 40, EOC);
  when.set(n * 100 + 80, EDM);
}
const feed = makeFeed(site.folder, SECONDS, when);

/** @typedef {{ start: number, end: number, text: string }} Cue */

/** By ffmpeg, an independent reader. @param {string} vtt @returns {Cue[]} */
function readByFfmpeg(vtt) {
  const read = spawnSync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-f", "webvtt", "-i", "-", "-f", "srt", "-"], { input: vtt, encoding: "utf8" });
  assert.equal(read.status, 0, read.stderr);
  const seconds = (/** @type {string} */ text) => text.replace(",", ".").split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
  return read.stdout
    .replaceAll("\r", "")
    .trim()
    .split("\n\n")
    .filter(Boolean)
    .map((block) => {
      const [, times, ...lines] = block.split("\n");
      const [start, end] = /** @type {string} */ (times).split(" --> ").map(seconds);
      return { start: /** @type {number} */ (start), end: /** @type {number} */ (end), text: lines.join("\n") };
    });
}
const begins = (/** @type {string} */ vtt) => Number(/NOTE begins (\d+) ms after 1970/.exec(vtt)?.[1]) / 1000;

/** @param {string} [query] */
async function allCues(query = "") {
  const list = (await site.get(`/live/news/captions/index.m3u8${query}`)).text();
  const names = list.split("\n").filter((line) => line.endsWith(".vtt"));
  /** @type {Cue[]} */
  const cues = [];
  for (const name of names) {
    const answer = await site.get(`/live/news/captions/${name}`);
    assert.equal(answer.status, 200, name);
    assert.equal(answer.get("content-type"), "text/vtt; charset=utf-8");
    for (const cue of readByFfmpeg(answer.text())) cues.push({ ...cue, start: cue.start + begins(answer.text()), end: cue.end + begins(answer.text()) });
  }
  return { list, names, cues };
}
/** Pieces of what was on the screen without a break, in one. @param {Cue[]} cues */
function joined(cues) {
  /** @type {Cue[]} */
  const whole = [];
  for (const cue of cues) {
    const last = whole.at(-1);
    if (last && last.text === cue.text && Math.abs(last.end - cue.start) < 0.002) last.end = cue.end;
    else if (!last || last.text !== cue.text || last.end < cue.start) whole.push({ ...cue });
  }
  return whole;
}

test("the list of renditions offers captions once there are some", async () => {
  const child = spawn("ffmpeg", sending(feed, `rtmp://127.0.0.1:${port}/live/${key}`), { stdio: ["ignore", "ignore", "inherit"] });
  alone(child);
  finally_(() => child.kill("SIGKILL"));
  const variants = (/** @type {string} */ master) => master.split("\n").filter((one) => one.startsWith("#EXT-X-STREAM-INF"));
  const master = await until(async () => {
    const answer = await site.get("/live/news/master.m3u8");
    return answer.status === 200 && answer.text().includes("TYPE=SUBTITLES") && answer.text();
  }, "there are captions");
  assert.match(master, /#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions",NAME="Captions",DEFAULT=NO,AUTOSELECT=YES,URI="captions\/index\.m3u8\?v=[0-9a-f]{16}"/);
  for (const line of variants(master)) {
    assert.match(line, /SUBTITLES="captions"/);
    assert.doesNotMatch(line, /CLOSED-CAPTIONS/);
  }
});

test("segments of text are those of the pictures, and a reload waits for the next", async () => {
  const numbers = (/** @type {string | undefined} */ list) => [...(list ?? "").matchAll(/^(\d+)\.(m4s|vtt)$/gm)].map((one) => Number(one[1]));
  const dates = (/** @type {string | undefined} */ list) => (list ?? "").split("\n").filter((line) => /DATE-TIME|EXTINF/.test(line));
  await until(async () => numbers((await site.get("/live/news/captions/index.m3u8")).text()).length > 1, "two segments are there");
  const [pictures, captions] = await Promise.all(["source", "captions"].map(async (name) => (await site.get(`/live/news/${name}/index.m3u8?plain=1`)).text()));
  const count = Math.min(numbers(pictures).length, numbers(captions).length);
  assert.ok(count > 0);
  assert.deepEqual(numbers(captions).slice(0, count), numbers(pictures).slice(0, count));
  assert.deepEqual(dates(captions).slice(0, 2 * count), dates(pictures).slice(0, 2 * count));
  assert.match(captions ?? "", /CAN-BLOCK-RELOAD=YES/);
  assert.doesNotMatch(captions ?? "", /EXT-X-MAP|EXT-X-PART/);
  const next = /** @type {number} */ (numbers(captions).at(-1)) + 1;
  const waited = await site.get(`/live/news/captions/index.m3u8?_HLS_msn=${next}`);
  assert.equal(numbers(waited.text()).at(-1), next);
  assert.equal((await site.get(`/live/news/captions/${next + 5}.vtt`)).status, 404);
  assert.equal((await site.get("/live/news/captions/x.vtt")).status, 404);
});

test("ffmpeg reads in them what was said, when it was", async () => {
  const { cues } = await until(async () => {
    const all = await allCues("?dvr=1");
    return joined(all.cues).length >= 4 && all;
  }, "four captions came");
  const whole = joined(cues);
  whole.slice(0, 3).forEach((cue, n) => {
    assert.equal(cue.text, `STORY <${n}> & CAFÉ\n♪ ON AIR`);
    assert.ok(Math.abs(cue.end - cue.start - 1.6) < 0.1, `it is shown for 40 pictures: ${cue.end - cue.start} s`);
    if (n) assert.ok(Math.abs(cue.start - /** @type {Cue} */ (whole[n - 1]).start - 4) < 0.1, "four seconds apart");
  });
});

const { playwright, why } = await findBrowser();
/** What the track of the page's video shows now. @param {any} page @returns {Promise<string[]>} */
const showing = (page) =>
  page.evaluate(() => {
    const tracks = [...(document.querySelector("video")?.textTracks ?? [])].filter(({ mode }) => mode === "showing");
    return tracks.flatMap((track) => [...(track.activeCues ?? [])].map((cue) => /** @type {VTTCue} */ (cue).getCueAsHTML().textContent ?? ""));
  });
const screenshots = path.join(root, "build/screenshots");

if (!playwright) skip("captions in a browser", String(why));
else
  test("a reader in Chromium turns them on by a key, sees them, and is asked no more", async () => {
    const browser = await launch(playwright);
    fs.mkdirSync(screenshots, { recursive: true });
    const origin = `http://127.0.0.1:${site.port}`;
    for (const [width, colorScheme] of /** @type {[number, string][]} */ ([[1280, "light"], [360, "dark"]])) {
      const { page, context, wrong } = await openPage(browser, origin, { viewport: { width, height: 800 }, colorScheme });
      /** @type {string[]} */
      const asked = [];
      page.on("request", (/** @type {any} */ request) => asked.push(new URL(request.url()).pathname));
      await page.goto(`${origin}/en/tv`);
      await page.click("[data-play]");
      await page.waitForSelector("[data-do=captions]:visible");
      assert.equal(asked.filter((name) => name.endsWith(".vtt")).length, 0, "nothing of them is fetched while they are off");
      await page.keyboard.press("c");
      await page.waitForSelector("[data-do=captions][aria-pressed=true]");
      const text = await until(async () => (await showing(page))[0], "a caption is on the screen");
      assert.match(text, /^STORY <\d+> & CAFÉ\n♪ ON AIR$/);
      await page.screenshot({ path: path.join(screenshots, `tv-captions-${width}.png`) });
      assert.equal(await overflow(page), "");
      await page.reload();
      await page.click("[data-play]");
      await page.waitForSelector("[data-do=captions][aria-pressed=true]");
      assert.deepEqual(wrong, []);
      await context.close();
    }
    await browser.close();
  });

test("they are kept: a playout and an edge that start again tell them", async () => {
  const before = joined((await allCues("?dvr=1")).cues)[0];
  await site.stop();
  await site.serve("--rtmp", `127.0.0.1:${port}`);
  const after = await until(async () => {
    const answer = await site.get("/live/news/master.m3u8");
    return answer.text().includes("TYPE=SUBTITLES") && (await allCues("?dvr=1"));
  }, "the recordings are there");
  assert.deepEqual(joined(after.cues)[0], before);
});

await run();
