#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Sound alone, as a radio sends it, or a studio whose camera is off: it has a
// picture that stands still wherever pictures are expected, and costs nearly
// nothing. The camera goes on and off while somebody watches.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import process from "node:process";
import { promisify } from "node:util";

import { findBrowser, launch, openPage } from "../lib/browser.mjs";
import { Encoder, formatOf } from "../lib/encoder.mjs";
import { check, parse } from "../lib/live.mjs";
import { freeDatagramPort, freePort } from "../lib/ports.mjs";
import { Site, until } from "../lib/site.mjs";
import { PATIENCE_MS, note, run, test } from "../lib/tap.mjs";

const exec = promisify(execFile);
const site = await Site.make("--name", "The Test");
const [rtmp, srt] = [await freePort(), await freeDatagramPort()];
await site.serve("--rtmp", `127.0.0.1:${rtmp}`, "--srt", `127.0.0.1:${srt}`);
await site.run("channel", "add", "news");
const { key } = JSON.parse(await site.run("channel", "key", "add", "news", "--json"));
const encoder = new Encoder(), other = new Encoder();
const SOUND = ["-hide_banner", "-loglevel", "error", "-re", "-f", "lavfi", "-i", "sine=r=48000", "-c:a", "aac", "-ac", "2"];
const overRtmp = `rtmp://127.0.0.1:${rtmp}/live/${key}`;
const overSrt = `srt://127.0.0.1:${srt}?streamid=${key}`;

const index = async (rendition = "source") => (await site.get(`/live/news/${rendition}/index.m3u8?dvr=1`)).text();
const segments = (/** @type {string} */ text) => [...text.matchAll(/^(\d+)\.m4s$/gm)].map((one) => Number(one[1]));
const breaks = (/** @type {string} */ text) => text.split("#EXT-X-DISCONTINUITY\n").length - 1;
/** Until there are so many more segments. @param {number} count */
async function later(count) {
  const last = segments(await index()).at(-1) ?? -1;
  return until(async () => {
    const text = await index();
    return (segments(text).at(-1) ?? -1) >= last + count && text;
  }, `${count} segments later`);
}
/**
 * An encoder that a busy machine holds up is followed by a slate: then it is
 * done again.
 * @param {() => Promise<void>} run @param {number} expected  so many breaks there are meanwhile
 * @param {() => Promise<void>} back  to where it began, before it is done again
 */
async function withoutBreak(run, expected = 0, back = async () => {}) {
  for (let tries = 1; ; tries++) {
    if (tries > 1) await back();
    await until(async () => (await status()).media?.slate === false, "there is no slate");
    const before = breaks(await index());
    const error = await run().catch((/** @type {Error} */ thrown) => thrown);
    const others = breaks(await index()) - before - expected;
    if (!others && error) throw error;
    if (!others) return;
    assert.ok(others > 0 && tries < 8, `${others} breaks too many\n${error?.stack ?? ""}`);
    note(`the encoder was held up: ${others} other breaks; once more`);
  }
}
const status = async () => JSON.parse(await site.run("channel", "status", "--json")).channels[0];

/** The process that makes the parts. */
function findMaker() {
  const { playout } = /** @type {any} */ (site.children());
  const pids = fs.readFileSync(`/proc/${playout}/task/${playout}/children`, "latin1").split(" ").filter(Boolean);
  return Number(pids.find((pid) => fs.readlinkSync(`/proc/${pid}/exe`).endsWith("/broadsheet-media")));
}

/** Seconds of processor that a process took so far (proc(5), of 100 ticks each). @param {number} pid */
function processor(pid) {
  const words = fs.readFileSync(`/proc/${pid}/stat`, "latin1").replace(/^.*\) /, "").split(" ");
  return (Number(words[11]) + Number(words[12])) / 100;
}

/** How many pictures ffmpeg finds in three seconds, beside sound. */
async function plays() {
  const { stdout } = await exec("ffmpeg", [
    "-hide_banner", "-loglevel", "error", "-xerror", "-i", `http://127.0.0.1:${site.port}/live/news/source/index.m3u8?plain=1`,
    "-t", "3", "-progress", "-", "-map", "0:v", "-map", "0:a", "-f", "null", "/dev/null",
  ], { timeout: PATIENCE_MS });
  return Number(/frame=(\d+)\s*(?![\s\S]*frame=)/.exec(stdout)?.[1]);
}

for (const [name, url] of [["RTMP", overRtmp], ["SRT", overSrt]])
  test(`sound alone by ${name} has pictures, parts and segments as always, and no break while it lasts`, async () => {
    encoder.run([...SOUND, ...formatOf(url)]);
    await until(async () => {
      const now = await status();
      return now.on_air && now.feed?.protocol === name.toLowerCase() && now.media?.slate === false;
    }, "it is on the air");
    await later(1);
    const { variants } = parse((await site.get("/live/news/master.m3u8")).text());
    assert.match(variants[0].codecs, /^avc1\.[0-9a-f]{6},mp4a\.40\.2$/);
    assert.deepEqual(variants[0].resolution, { width: 1280, height: 720 });
    assert.equal(variants.at(-1).codecs, "mp4a.40.2");
    await withoutBreak(async () => {
      const maker = findMaker();
      const took = processor(maker), began = Date.now();
      const list = await later(3);
      check(list);
      const seconds = (Date.now() - began) / 1000;
      check(await index("audio"));
      assert.ok(!/EXT-X-GAP|GAP=YES/.test(list));
      const frames = await plays();
      assert.ok(frames >= 28 && frames <= 32, `${frames} pictures in three seconds`);
      const { media, trouble } = await status();
      note(`the maker took ${(processor(maker) - took).toFixed(2)} s of a core in ${seconds.toFixed(1)} s; ${variants[0].averageBandwidth ?? variants[0].bandwidth} bit/s`);
      assert.equal(media.slate, false);
      assert.equal(trouble ?? "", "");
    });
  });

const { playwright, why } = await findBrowser();
if (!playwright) note(`no viewer in a browser: ${why}`);
else {
  const browser = await launch(playwright);
  const { page, wrong } = await openPage(browser, `http://127.0.0.1:${site.port}`);
  /** How the viewer's screen is. */
  const screen = () => page.evaluate(() => {
    const video = /** @type {any} */ (document.querySelector("video"));
    return {
      size: `${video?.videoWidth}x${video?.videoHeight}`, at: video?.currentTime ?? 0,
      ready: video?.readyState, paused: video?.paused, error: video?.error?.message,
      sound: video?.webkitAudioDecodedByteCount, pictures: video?.webkitVideoDecodedByteCount,
    };
  });
  /** Two seconds of it, with sound. @param {string} wanted */
  const shows = async (wanted) => {
    /** @type {Awaited<ReturnType<typeof screen>> | undefined} */
    let first, now;
    await until(async () => {
      await page.waitForTimeout(200);
      now = await screen();
      if (now.size !== wanted) return false;
      first ??= now;
      return now.at > first.at + 2 && now.sound > 0 && now.pictures > 0;
    }, async () => `${wanted} plays: ${JSON.stringify([first, now, wrong, await status()])}`);
  };

  test("Chromium plays it", async () => {
    await page.goto(`http://127.0.0.1:${site.port}/en/tv`);
    await page.click("[data-play]");
    await shows("1280x720");
    fs.mkdirSync("build/screenshots", { recursive: true });
    await page.locator("video").screenshot({ path: "build/screenshots/tv-sound.png" });
  });

  // Whoever comes with the same key takes over at once: no slate between.
  const on = () => other.start(overRtmp, { size: "640x360" });
  const off = () => encoder.run([...SOUND, ...formatOf(overRtmp)]);
  for (const [what, wanted, begin, back] of /** @type {[string, string, () => void, () => Promise<void>][]} */ ([
    ["on", "640x360", on, () => (off(), shows("1280x720"))],
    ["off", "1280x720", off, () => (on(), shows("640x360"))],
  ]))
    test(`the camera is switched ${what}: one break, and the viewer goes on`, async () => {
      await withoutBreak(async () => {
        begin();
        await shows(wanted);
        check(await index());
        assert.equal((await screen()).size, wanted);
        assert.deepEqual(wrong, []);
      }, 1, back);
    });
}

await run();
