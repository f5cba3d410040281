#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A camera fails and comes back within one connection, while its sound goes on:
// a viewer sees the slate, hears the studio all the time, and sees the camera
// again, without a reload; also when the program that makes the parts is killed
// in the middle of it.
import assert from "node:assert/strict";
import { execFile, execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

import { findBrowser, launch, openPage } from "../lib/browser.mjs";
import { Air, alternates } from "../lib/air.mjs";
import { Encoder } from "../lib/encoder.mjs";
import { check } from "../lib/live.mjs";
import { freePort } from "../lib/ports.mjs";
import { Site, until } from "../lib/site.mjs";
import { PATIENCE_MS, note, run, skip, test } from "../lib/tap.mjs";

const exec = promisify(execFile);
const OFF_S = 14, ON_S = 46, END_S = 58;

const rtmp = await freePort();
const site = await Site.make("--language", "en");
await site.run("channel", "add", "news", "--ladder", "source,audio");
const { key } = JSON.parse(await site.run("channel", "key", "add", "news", "--json"));
await site.serve("--rtmp", `127.0.0.1:${rtmp}`);

/** FLV without the pictures of these seconds. @param {Buffer} flv @param {number} from @param {number} to */
function withoutPictures(flv, from, to) {
  const out = [flv.subarray(0, 13)];
  for (let at = 13; at + 15 <= flv.length; ) {
    const length = flv.readUIntBE(at + 1, 3);
    const seconds = (flv.readUIntBE(at + 4, 3) + /** @type {number} */ (flv[at + 7]) * 2 ** 24) / 1000;
    const isPicture = flv[at] === 9 && flv[at + 12] === 1;
    if (!isPicture || seconds < from || seconds >= to) out.push(flv.subarray(at, at + 15 + length));
    at += 15 + length;
  }
  return Buffer.concat(out);
}

const file = path.join(site.folder, "camera.flv");
execFileSync("ffmpeg", [
  "-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", `testsrc2=s=320x180:r=25:d=${END_S}`, "-f", "lavfi", "-i", `sine=r=48000:d=${END_S}`,
  "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "25", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2", "-f", "flv", file,
]);
fs.writeFileSync(file, withoutPictures(fs.readFileSync(file), OFF_S, ON_S));

const list = async (rendition = "source") => (await site.get(`/live/news/${rendition}/index.m3u8?dvr=1`)).text();
const air = new Air(site);
const status = async () => JSON.parse(await site.run("channel", "status", "--json")).channels[0];

/** How strong the colours are that a viewer sees, 0 to 255: the test picture is all colour, the slate is paper. @param {any} page @returns {Promise<number>} */
const colours = (page) =>
  page.evaluate(() => {
    const canvas = document.createElement("canvas");
    const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
    const video = /** @type {HTMLVideoElement} */ (document.querySelector("video"));
    if (!video.videoWidth) return -1;
    context.drawImage(video, 0, 0, 16, 9);
    const { data } = context.getImageData(0, 0, 16, 9);
    let strongest = 0;
    for (let i = 0; i < data.length; i += 4) strongest = Math.max(strongest, Math.max(...data.slice(i, i + 3)) - Math.min(...data.slice(i, i + 3)));
    return strongest;
  });
/** @param {any} page @returns {Promise<{ time: number, heard: number }>} */
const progress = (page) =>
  page.evaluate(() => {
    const video = /** @type {any} */ (document.querySelector("video"));
    return { time: video.currentTime, heard: video.webkitAudioDecodedByteCount };
  });

const { playwright, why } = await findBrowser();
const browser = playwright && (await launch(playwright));
const viewer = browser && (await openPage(browser, `http://127.0.0.1:${site.port}`));
if (!viewer) skip("a viewer of it", String(why));
/** @param {(strength: number) => boolean} is @param {string} what */
async function sees(is, what) {
  if (!viewer) return;
  await until(async () => is(await colours(viewer.page)), `the viewer sees ${what}`);
  const before = await progress(viewer.page);
  await until(async () => {
    const now = await progress(viewer.page);
    return now.time > before.time + 1.5 && now.heard > before.heard;
  }, "it goes on, with sound");
}
const encoder = new Encoder();

test("the camera is on the air", async () => {
  encoder.run(["-hide_banner", "-loglevel", "error", "-re", "-i", file, "-c", "copy", "-max_interleave_delta", "100000", "-f", "flv", `rtmp://127.0.0.1:${rtmp}/live/${key}`]);
  await until(async () => (await site.get("/live/news/source/index.m3u8")).text().includes("#EXTINF"), "there is a segment");
  if (viewer) {
    await viewer.page.goto(`http://127.0.0.1:${site.port}/en/tv`);
    await viewer.page.click("[data-play]");
  }
  await sees((strength) => strength > 150, "the camera");
});

let slated = 1; // so many breaks there are when the camera comes back; more, when the encoder was held up before
test("it fails: one break, the slate's pictures, the studio's sound, and the studio is told", async () => {
  const now = await until(async () => {
    const one = await status();
    return one.media?.slate && /camera sends nothing/.test(one.trouble) && one.media.loudness_lufs < 0 && one;
  }, "the slate is shown");
  assert.equal(now.feed.state, "began");
  assert.match(now.trouble, /camera sends nothing/);
  assert.ok(now.media.loudness_lufs < 0, "its loudness is measured");
  await sees((strength) => strength >= 0 && strength < 60, "the slate");
  const look = await air.until(({ kinds }) => kinds.at(-1) === "slate", "it is the slate");
  check(look.text);
  alternates(look.kinds);
  slated = look.kinds.length - 1;
});

let back = 2; // the stretch that it comes back in
/** Seconds of what there is since the camera failed. */
const failedFor = async () => (await list()).split("#EXT-X-DISCONTINUITY\n")[slated]?.match(/#EXTINF:([\d.]+)/g)?.reduce((sum, line) => sum + Number(line.slice(8)), 0) ?? 0;
for (const [what, after] of /** @type {[string, number][]} */ ([["that still gets its last pictures", 0], ["that gets sound alone", 11]]))
  test(`the maker is killed: another one, ${what}, shows the slate and passes the sound on`, async () => {
    await until(async () => (await failedFor()) >= after, "the camera is away so long");
    const { pid } = await status();
    await site.kill(pid);
    await until(async () => {
      const one = await status();
      return one.pid && one.pid !== pid && one.media?.slate && /camera sends nothing/.test(one.trouble);
    }, "another maker shows the slate, and the studio is told");
    await sees((strength) => strength >= 0 && strength < 60, "the slate");
    check(await list());
    back = (await air.until(() => true, "there is a playlist")).kinds.length;
    note(`${back - 1} breaks, ${await failedFor()} s`);
    assert.ok((await status()).media?.slate, "the camera is still away");
  });

test("it comes back: one more break, and the viewer sees it without a reload", async () => {
  const look = await air.until(({ kinds }) => kinds.length > back && kinds.at(-1) === "studio", "the camera is on the air");
  alternates(look.kinds, back - 1);
  await until(async () => {
    const one = await status();
    return one.media?.slate === false && !one.trouble;
  }, "the studio is told");
  await sees((strength) => strength > 150, "the camera");
  for (const name of ["source", "audio"]) check(await list(name));
  assert.ok(!/GAP/.test(await list()));
  if (viewer) assert.deepEqual(viewer.wrong, []);
});

test("not a moment of the sound is missing", async () => {
  const seconds = ON_S + 4;
  const { stdout } = await exec("ffmpeg", [
    "-hide_banner", "-loglevel", "error", "-xerror", "-live_start_index", "0", "-i", `http://127.0.0.1:${site.port}/live/news/audio/index.m3u8?dvr=1&plain=1`,
    "-t", String(seconds), "-f", "s16le", "-ac", "1", "-ar", "48000", "-",
  ], { encoding: "buffer", maxBuffer: 1 << 26, timeout: PATIENCE_MS });
  assert.equal(stdout.length, seconds * 48000 * 2);
  let silent = 0, longest = 0;
  for (let i = 9600; i < stdout.length; i += 2) {
    silent = Math.abs(stdout.readInt16LE(i)) < 200 ? silent + 1 : 0;
    longest = Math.max(longest, silent);
  }
  note(`the longest silence is ${(longest / 48).toFixed(1)} ms`);
  assert.ok(longest < 48 * 10, `${longest} samples of silence`);
});

await run();
