#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Clips (LIVE.md, row 14): cut to the picture out of the DVR and of recordings,
// made in no time, sound and picture together, playable in a story. Each picture
// of the feed has its number in it; a beep is heard when one is white.
import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";

import { findBrowser, launch, openPage, screenshot } from "../lib/browser.mjs";
import { alone } from "../lib/encoder.mjs";
import { fillPast } from "../lib/dvr.mjs";
import { freePort } from "../lib/ports.mjs";
import { Site, until } from "../lib/site.mjs";
import { finally_, note, run, skip, test } from "../lib/tap.mjs";

const exec = promisify(execFile);
const FRAMES = 25; // a second
const WIDTH = 320, HEIGHT = 180; // as looked at; the feed has more
const BITS = 16, BIT = WIDTH / BITS, BAND = 40;
const SECONDS = 26;

const site = await Site.make("--name", "The Test", "--language", "en");
const rtmp = await freePort();
const options = ["--threads", "1", "--rtmp", `127.0.0.1:${rtmp}`];

// ---- the feed ------------------------------------------------------------------

// B-frames and key frames at odd distances: hardly a cut falls on a clean place.
const feed = path.join(site.folder, "feed.flv");
execFileSync("ffmpeg", [
  "-hide_banner", "-loglevel", "error",
  "-f", "lavfi", "-i", `color=s=${WIDTH}x${HEIGHT}:r=${FRAMES}:d=${SECONDS}`,
  "-f", "lavfi", "-i", `aevalsrc='0.5*sin(2*PI*1000*t)*lt(mod(t\\,1)\\,0.08)':s=48000:d=${SECONDS}`,
  "-vf", `geq=lum='if(lt(Y,${BAND}),16+219*mod(floor(N/pow(2,floor(X/${BIT}))),2),if(mod(N,${FRAMES}),60+40*sin((X+Y+9*N)/20),235))':cb=128:cr=128,` +
    "scale=1280:720:flags=neighbor,noise=alls=6:allf=t",
  "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "47", "-sc_threshold", "0", "-b:v", "2500k", "-maxrate", "2500k",
  "-bufsize", "2500k", "-pix_fmt", "yuv420p", "-c:a", "aac", "-ac", "2", feed,
]);

await site.serve(...options);
await site.run("channel", "add", "news", "--title", "News", "--ladder", "source,audio", "--dvr", "60");
const key = /[a-z2-7]{32}/.exec(await site.run("channel", "key", "add", "news", "--label", "studio"))?.[0];
const encoder = spawn("ffmpeg", [
  "-hide_banner", "-loglevel", "error", "-re", "-i", feed, "-c", "copy", "-f", "flv", `rtmp://127.0.0.1:${rtmp}/live/${key}`,
], { stdio: "ignore" });
alone(encoder);
const stop = () => encoder.kill("SIGKILL");
finally_(stop);
process.on("exit", stop);

// ---- looking at it -------------------------------------------------------------

/** The number that is written in a picture. @param {Uint8Array} grey @param {number} at @param {number} step */
function numberIn(grey, at, step) {
  let number = 0;
  for (let bit = 0; bit < BITS; bit++)
    if (grey[at + ((BAND / 2) * WIDTH + bit * BIT + BIT / 2) * step] > 128) number |= 1 << bit;
  return number;
}

/**
 * What a player that goes by the book shows of a file: the numbers of its
 * pictures, when each is shown, and how much later than the white ones beeps are.
 * @param {string} file
 */
async function look(file) {
  const raw = async (/** @type {string[]} */ ...how) =>
    (await exec("ffmpeg", ["-v", "error", "-xerror", "-i", file, ...how, "-"], { encoding: "buffer", maxBuffer: 1 << 30 })).stdout;
  const grey = await raw("-map", "0:v", "-vf", `scale=${WIDTH}:${HEIGHT}:flags=area`, "-fps_mode", "passthrough", "-pix_fmt", "gray", "-f", "rawvideo");
  const { stdout } = await exec("ffprobe", ["-v", "error", "-select_streams", "v", "-show_entries", "frame=pts_time", "-of", "csv=p=0", file], { maxBuffer: 1 << 26 });
  const times = stdout.trim().split("\n").map(parseFloat);
  const numbers = times.map((_, i) => numberIn(grey, i * WIDTH * HEIGHT, 1));
  const start = await soundStart(file);
  const pcm = await raw("-map", "0:a", "-ac", "1", "-ar", "48000", "-f", "s16le");
  const late = [];
  for (const [i, number] of numbers.entries()) {
    if (number % FRAMES || i < 3 || i > numbers.length - 5) continue;
    const near = Math.round((times[i] - start - 0.1) * 48000);
    let at = Math.max(0, near);
    while (at < near + 14400 && Math.abs(pcm.readInt16LE(2 * at)) < 3000) at++;
    late.push(at / 48000 + start - times[i]);
  }
  return { numbers, times, late };
}

/** When its first sample is heard. @param {string} file */
async function soundStart(file) {
  const { stdout } = await exec("ffprobe", ["-v", "error", "-select_streams", "a", "-show_entries", "frame=pts_time", "-read_intervals", "%+#1", "-of", "csv=p=0", file]);
  return parseFloat(stdout);
}

/** Boxes of a file. @param {string} file */
function boxes(file) {
  const bytes = fs.readFileSync(file);
  const found = [];
  for (let at = 0; at + 8 <= bytes.length; at += bytes.readUInt32BE(at)) found.push(bytes.toString("latin1", at + 4, at + 8));
  return found;
}

let made = 0;
/** @param {string} source @param {string} from @param {string} to @param {string[]} more */
async function clip(source, from, to, ...more) {
  const before = performance.now();
  const facts = JSON.parse(await site.run("clip", "make", source, from, to, "--json", ...more));
  facts.ms = performance.now() - before;
  facts.path = path.join(site.folder, `clip-${made++}.mp4`);
  await site.run("clip", "download", facts.id, facts.path);
  return facts;
}

// ---- when which picture is on the air, as players are told -----------------------

/** @type {number} */
let zero; // ms since 1970, of picture 0
const at = (/** @type {number} */ number) => new Date(zero + (number * 1000) / FRAMES).toISOString();

/** Whole segments: where, and from when on. */
const playlist = async () => {
  const answer = await site.get("/live/news/source/index.m3u8?dvr=1");
  const text = answer.status === 200 ? answer.text() : "";
  return [...text.matchAll(/#EXT-X-PROGRAM-DATE-TIME:(\S+)\n(?:#EXT-X-PART:.*\n)*#EXTINF:.*\n(.*)\n/g)].map(([, time, uri]) => ({
    path: new URL(uri, "http://x/live/news/source/").pathname, time: Date.parse(time), init: /#EXT-X-MAP:URI="([^"]*)"/.exec(text)?.[1] ?? "",
  }));
};

await until(async () => (await playlist()).length >= 2, "there is television");
const began = Date.now();
const programme = (await site.run("programme", "add", "news", new Date(began + 500).toISOString(), new Date(began + 7000).toISOString(), "News at one")).trim();
await until(async () => (await playlist()).length >= 8, "fifteen seconds are on the air");
{
  const segments = await playlist();
  const init = (await site.get(new URL(segments[0].init, "http://x/live/news/source/").pathname)).body;
  const seen = [];
  for (const segment of segments.slice(1, 4)) {
    const file = path.join(site.folder, "segment.mp4");
    fs.writeFileSync(file, Buffer.concat([init, (await site.get(segment.path)).body]));
    const { numbers } = await look(file);
    seen.push(segment.time - (numbers[0] * 1000) / FRAMES);
  }
  zero = seen[0];
  note(`picture 0 was on the air at ${at(0)} (${seen.map((one) => (one - zero).toFixed(1)).join(", ")} ms apart)`);
}

// ---- tests ---------------------------------------------------------------------

/** @param {any} facts @param {number} first @param {number} end */
async function checkClip(facts, first, end) {
  const { numbers, times, late } = await look(facts.path);
  const worst = Math.max(...late.map((one) => Math.abs(one * 1000)));
  note(`${first}–${end}: ${numbers[0]}–${numbers[numbers.length - 1]}, ${facts.encoded} of ${facts.pictures} encoded, sound ${late.map((one) => (one * 1000).toFixed(0)).join(", ")} ms late, ${facts.ms.toFixed(0)} ms`);
  assert.ok(Math.abs(numbers[0] - first) <= 1, `begins with ${numbers[0]}, not ${first}`);
  assert.ok(Math.abs(numbers[numbers.length - 1] - (end - 1)) <= 1, `ends with ${numbers[numbers.length - 1]}, not ${end - 1}`);
  assert.deepEqual(numbers, numbers.map((_, i) => numbers[0] + i), "each picture once, in order");
  assert.ok(Math.abs(times[0]) < 0.001, `shown from ${times[0]} on`);
  for (const [i, time] of times.entries())
    if (i) assert.ok(Math.abs(time - times[i - 1] - 1 / FRAMES) < 0.003, `a picture of ${time - times[i - 1]} s`);
  assert.ok(worst <= 40, `${worst} ms between picture and sound`);
  assert.deepEqual(boxes(facts.path), ["ftyp", "moov", "mdat"]);
}

test("times back from live", async () => {
  const facts = await clip("news", "live-0:05", "live-2.5");
  assert.ok(Math.abs(facts.seconds - 2.5) < 0.05, `${facts.seconds} s`);
});

test("a clip begins and ends with the pictures that were asked for, sound in time", async () => {
  for (const [first, end] of [[100, 250], [141, 188], [140, 142], [187, 277], [203, 204], [95, 331]])
    await checkClip(await clip("news", at(first), at(end)), first, end);
});

test("control: a copy from key frame to key frame would not do", async () => {
  const facts = await clip("news", at(100), at(250));
  const copied = path.join(site.folder, "copied.mp4");
  await exec("ffmpeg", ["-v", "error", "-ss", "1.2", "-i", facts.path, "-c", "copy", "-use_editlist", "0", copied]);
  await assert.rejects(checkClip({ ...facts, path: copied }, 130, 250));
});

test("what cannot be is told with the way out of it", async () => {
  const refused = async (/** @type {RegExp} */ words, /** @type {string[]} */ ...wish) =>
    assert.rejects(site.run("clip", "make", ...wish), words);
  await refused(/no channel and no recording 'sport'/, "sport", "live-10", "live");
  await refused(/'yesterday' is no moment: write it in UTC, .*live-1:30/, "news", "yesterday", "live");
  await refused(/ends after it begins/, "news", at(200), at(200));
  await refused(/nothing of that time is kept/, "news", "2020-01-01T00:00:00Z", "2020-01-01T00:00:10Z");
  await refused(/nothing is kept of .*; there is something up to|up to .* only/, "news", "live-0.5", new Date(Date.now() + 60_000).toISOString());
  await refused(/at most 60 minutes/, "news", "2020-01-01T00:00:00Z", "2020-01-01T02:00:00Z");
  await assert.rejects(site.run("clip", "download", "62f9f7d471fdc", "x.mp4"), /no clip 62f9f7d471fdc/);
});

test("out of a recording, by its own time as well", async () => {
  await until(async () => JSON.parse(await site.run("recording", "list", "--json")).some((/** @type {any} */ one) => one.id === programme && one.ready), "it is recorded");
  const first = Math.ceil(((began + 1500 - zero) * FRAMES) / 1000);
  await checkClip(await clip(programme, at(first), at(first + 70)), first, first + 70);
  const facts = await clip(programme, "+1", "+3.2");
  assert.ok(Math.abs(facts.seconds - 2.2) < 0.001, `${facts.seconds} s`);
});

test("programs ask for recordings and clips over the desk's socket", async () => {
  const [recording] = await site.api("GET", "/newsroom/api/recordings");
  assert.equal(recording.id, programme);
  assert.equal(recording.title, "News at one");
  const head = await site.get(recording.download, { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(head.get("content-disposition"), `attachment; filename="${programme}-source.mp4"`);
  const made = await site.api("POST", "/newsroom/api/clips", { source: programme, from: "+1", to: "+2", credit: "BM.GE" });
  assert.ok(Math.abs(made.seconds - 1) < 0.001);
  assert.equal(JSON.parse(await site.run("clip", "list", "--json"))[0].id, made.id);
  await assert.rejects(site.api("POST", "/newsroom/api/clips", { source: "news", from: "live-5" }), /400 .*\\"to\\" is missing: a clip is asked for as/);
  await assert.rejects(site.api("POST", "/newsroom/api/clips", { source: "sport", from: "live-5", to: "live" }), /404 .*no channel and no recording/);
});

/** @type {any} */
let shown;
test("a story shows it; before that nobody has it", async () => {
  shown = await clip("news", at(100), at(250), "--caption", "The bridge falls", "--credit", "BM.GE");
  assert.equal(shown.width, 1280);
  assert.deepEqual(shown.node, { type: "video", attrs: { media: shown.id, poster: shown.poster } });
  const listed = JSON.parse(await site.run("clip", "list", "--json")).find((/** @type {any} */ one) => one.id === shown.id);
  assert.equal(listed.caption, "The bridge falls");
  assert.match(listed.file, /^news-\d{8}T\d{6}Z\.mp4$/);
  assert.equal((await site.get(listed.path)).status, 404);
  const article = await site.api("POST", "/newsroom/api/articles", { language: "en", headline: "A bridge", publish: true, body: { type: "doc", content: [
    { type: "paragraph", content: [{ type: "text", text: "It fell." }] },
    { ...shown.node, attrs: { ...shown.node.attrs, caption: "The bridge falls", credit: "BM.GE" } }] } });
  shown.page = `/en/article/${article.slug}-${article.id}`;
  const answer = await site.get(shown.page);
  assert.equal(answer.status, 200);
  const html = answer.text();
  assert.match(html, /<video controls playsinline preload="none" poster="\/media\/[0-9a-f]+\.jpg" width="1280" height="720"/);
  assert.ok(html.includes(`<source src="${listed.path}" type="video/mp4">`));
  const part = await site.get(listed.path, { fields: { Range: "bytes=4-7" } });
  assert.equal(part.status, 206);
  assert.equal(part.text(), "ftyp");
});

const { playwright, why } = await findBrowser();
if (playwright) {
  const browser = await launch(playwright);
  const origin = `http://127.0.0.1:${site.port}`;
  finally_(() => browser.close());

  test("Chromium plays it to the picture, across where it was joined, and asks for nothing before Play", async () => {
    const { page, wrong } = await openPage(browser, origin, { viewport: { width: 1280, height: 900 } });
    /** @type {string[]} */
    const asked = [];
    page.on("request", (/** @type {any} */ request) => asked.push(new URL(request.url()).pathname));
    await page.goto(origin + shown.page, { waitUntil: "networkidle" });
    assert.deepEqual(asked.filter((one) => one.endsWith(".mp4")), []);
    await page.locator("figure.video").scrollIntoViewIfNeeded();
    await screenshot(page, "clip-poster-1280");
    const seen = await page.evaluate(async ([width, height]) => {
      const video = /** @type {any} */ (document.querySelector("figure.video video"));
      const canvas = new OffscreenCanvas(width, height);
      const context = /** @type {any} */ (canvas.getContext("2d", { willReadFrequently: true }));
      /** @type {[number, number[]][]} */
      const found = [];
      const ended = new Promise((resolve) => video.addEventListener("ended", resolve));
      const take = (/** @type {number} */ _, /** @type {any} */ facts) => {
        context.drawImage(video, 0, 0, width, height);
        const { data } = context.getImageData(0, 20, width, 1);
        found.push([facts.mediaTime, [...Array(16).keys()].map((bit) => data[4 * (bit * 20 + 10)])]);
        video.requestVideoFrameCallback(take);
      };
      video.requestVideoFrameCallback(take);
      video.muted = true;
      await video.play();
      await ended;
      return { found, duration: video.duration };
    }, [WIDTH, HEIGHT]);
    const numbers = seen.found.map(([time, bits]) => [time, bits.reduce((sum, grey, bit) => sum | (grey > 128 ? 1 << bit : 0), 0)]);
    note(`${numbers.length} pictures seen, ${numbers[0]} to ${numbers[numbers.length - 1]}, of ${seen.duration} s`);
    assert.ok(Math.abs(seen.duration - 6) < 0.03, `${seen.duration} s`);
    for (const [time, number] of numbers) assert.ok(Math.abs(number - 100 - time * FRAMES) < 1.01, `picture ${number} at ${time}`);
    assert.ok(numbers.length > 30 && numbers[numbers.length - 1][1] >= 245);
    await screenshot(page, "clip-played-1280");
    assert.deepEqual(wrong, []);
  });

  test("the story fits a small screen, in the dark, without JavaScript", async () => {
    const { page, wrong } = await openPage(browser, origin, { viewport: { width: 360, height: 700 }, colorScheme: "dark", javaScriptEnabled: false });
    await page.goto(origin + shown.page);
    await page.locator("figure.video").scrollIntoViewIfNeeded();
    await screenshot(page, "clip-360-dark");
    assert.deepEqual(wrong, []);
  });
} else skip("Chromium plays it", why ?? "");

test("of a minute out of an hour of DVR only what is around the ends is encoded", async () => {
  stop();
  await site.stop();
  fillPast(site.data, "source", 3600, Date.now() - 900_000);
  const quiet = await clip("news", new Date(Date.now() - 930_000).toISOString(), new Date(Date.now() - 870_000).toISOString());
  note(`${quiet.seconds} s, ${(quiet.bytes / 1e6).toFixed(1)} MB, ${quiet.encoded} of ${quiet.pictures} encoded: ${quiet.ms.toFixed(0)} ms`);
  assert.ok(Math.abs(quiet.seconds - 60) < 0.001);
  await exec("ffmpeg", ["-v", "error", "-xerror", "-i", quiet.path, "-f", "null", "-"]);
  assert.ok(quiet.encoded <= 2 * 47, "only what is around the ends is encoded");
});

test("what is damaged on the disk is told, and nothing is made of it", async () => {
  const live = path.join(site.data, "live");
  const [channel] = fs.readdirSync(live).filter((name) => name !== "recordings");
  const folder = path.join(live, channel, "source");
  const count = async () => JSON.parse(await site.run("clip", "list", "--json")).length;
  const before = await count();
  for (const name of fs.readdirSync(folder).filter((one) => /^\d+\.mp4$/.test(one))) {
    const bytes = fs.readFileSync(path.join(folder, name));
    for (let i = 40; i < bytes.length; i += 997) bytes[i] ^= 0x5a;
    fs.writeFileSync(path.join(folder, name), bytes);
  }
  const from = new Date(Date.now() - 930_000).toISOString(), to = new Date(Date.now() - 925_000).toISOString();
  await assert.rejects(site.run("clip", "make", "news", from, to), /no clip can be made: .*damaged/);
  assert.equal(await count(), before);
});

await run();
