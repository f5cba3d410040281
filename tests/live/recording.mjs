#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A programme that was on the air can be watched again: its recording is cut by
// itself, plays, outlives its channel, and a desk that is killed meanwhile.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";
import zlib from "node:zlib";

import { findBrowser, launch, openPage, overflow, screenshot } from "../lib/browser.mjs";
import { alone } from "../lib/encoder.mjs";
import { parse } from "../lib/live.mjs";
import { freePort } from "../lib/ports.mjs";
import { Site, until } from "../lib/site.mjs";
import { note, run, skip, test, finally_ } from "../lib/tap.mjs";

const exec = promisify(execFile);

const site = await Site.make("--name", "The Test", "--language", "en", "--language", "ka", "--language", "ru", "--language", "ar");
await site.run("settings", "set", "address", "http://news.example");
const rtmp = await freePort();
await site.serve("--threads", "1", "--rtmp", `127.0.0.1:${rtmp}`);
await site.run("channel", "add", "news", "--title", "News", "--ladder", "source", "--dvr", "1");
const key = /[a-z2-7]{32}/.exec(await site.run("channel", "key", "add", "news", "--label", "studio"))?.[0];

const encoder = spawn("ffmpeg", [
  "-hide_banner", "-loglevel", "error", "-re",
  "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25", "-f", "lavfi", "-i", "sine=r=48000",
  "-c:v", "libx264", "-preset", "ultrafast", "-tune", "zerolatency", "-g", "25", "-b:v", "300k",
  "-c:a", "aac", "-f", "flv", `rtmp://127.0.0.1:${rtmp}/live/${key}`,
], { stdio: "ignore" });
alone(encoder);
const stop = () => encoder.kill("SIGKILL");
finally_(stop);
process.on("exit", stop);

const recordings = async () => JSON.parse(await site.run("recording", "list", "--json"));
const own = async () => (await recordings()).find((/** @type {any} */ one) => one.id === id);
const later = (/** @type {number} */ seconds) => new Date(Date.now() + seconds * 1000).toISOString();
const folder = path.join(site.data, "live", "recordings");

await until(async () => (await site.get("/live/news/source/index.m3u8")).status === 200, "there is television");
/** @type {string} */
let id = "";
const start = later(1), end = later(9);
id = (await site.run("programme", "add", "news", start, end, "Evening News", "--description", "What was.")).trim();
const unkept = (await site.run("programme", "add", "news", end, later(10), "Weather", "--keep", "0")).trim();
const empty = (await site.run("programme", "add", "news", later(-3600), later(-3000), "Nobody sent")).trim();

test("a programme is recorded when it is over, even when the desk is killed meanwhile", async () => {
  await until(() => own(), "it is decided on");
  for (let i = 0; i < 3; i++) await site.kill(await until(() => site.children().desk, "there is a desk"));
  const made = await until(async () => {
    const one = await own();
    return one?.ready && one;
  }, "it is made");
  note(`${made.seconds} s, ${made.bytes} bytes`);
  assert.equal(made.id, id);
  assert.ok(made.seconds >= 7.9 && made.seconds <= 13, `${made.seconds} s`);
  assert.equal(made.width, 320);
  assert.deepEqual(fs.readdirSync(folder), [id]);
});

test("its playlists are of a video on demand, and ffmpeg plays all of it", async () => {
  const master = parse((await site.get(`/recording/${id}/master.m3u8`)).text());
  assert.equal(master.variants.length, 1);
  assert.match(master.variants[0].codecs, /^avc1\.[0-9a-f]{6},mp4a\.40\.2$/);
  const text = (await site.get(`/recording/${id}/source.m3u8`)).text();
  const list = parse(text);
  assert.equal(list.playlistType, "VOD");
  assert.equal(list.endlist, true);
  assert.match(text, /#EXT-X-PROGRAM-DATE-TIME:/);
  const first = new Date(list.segments[0].programDateTime).getTime();
  assert.ok(first <= Date.parse(start) && first > Date.parse(start) - 7000);
  const { stdout } = await exec("ffprobe", [
    "-v", "error", "-count_frames", "-select_streams", "v", "-show_entries", "stream=nb_read_frames",
    "-of", "csv=p=0", `http://127.0.0.1:${site.port}/recording/${id}/master.m3u8`,
  ]);
  const [made] = await recordings();
  // A slate, which an encoder has that was held up, has fewer.
  if (/DISCONTINUITY/.test(text)) note(`the encoder was held up: ${stdout} frames of ${made.seconds} s`);
  else assert.ok(Math.abs(parseInt(stdout) - made.seconds * 25) <= 1, `${stdout} frames of ${made.seconds} s`);
  await exec("ffmpeg", ["-v", "error", "-xerror", "-i", path.join(folder, id, "source.mp4"), "-f", "null", "-"]);
});

test("it is downloaded as one file, once, unless it may be replaced", async () => {
  const file = path.join(site.folder, "news.mp4");
  await site.run("recording", "download", id, file);
  await exec("ffmpeg", ["-v", "error", "-xerror", "-i", file, "-f", "null", "-"]);
  await assert.rejects(site.run("recording", "download", id, file));
  await site.run("recording", "download", id, file, "--force");
  await assert.rejects(site.run("recording", "download", "62f9f7d471fdc", file), /no recording/);
  await assert.rejects(site.run("recording", "download", "today", file), /is no id of a recording/);
});

test("ranges and other sites are served, other names are not there", async () => {
  const part = await site.get(`/recording/${id}/source.mp4`, { fields: { Range: "bytes=4-7" } });
  assert.equal(part.status, 206);
  assert.equal(part.text(), "ftyp");
  assert.equal(part.get("access-control-allow-origin"), "*");
  for (const name of ["facts.json", "", "x.mp4", "master"])
    assert.equal((await site.get(`/recording/${id}/${name}`)).status, 404, name);
  assert.equal((await site.get(`/recording/${unkept}/master.m3u8`)).status, 404);
});

test("its page has it, the schedule leads there, and programs are told", async () => {
  const page = (await site.get(`/en/programme/${id}`)).text();
  assert.match(page, new RegExp(`data-recording="/recording/${id}/master.m3u8"`));
  assert.match(page, /"@type":"VideoObject"[^}]*"duration":"PT\d+S"/);
  assert.match(page, /"@type":"BroadcastEvent"/);
  const tv = (await site.get("/en/tv")).text();
  assert.match(tv, new RegExp(`<details class="earlier">[^]*href="/en/programme/${id}"[^]*Watch again`));
  assert.match(zlib.gunzipSync((await site.get("/sitemap-en-sections.xml.gz")).body).toString(), new RegExp(`/en/programme/${id}<`));
  const other = (await site.get(`/en/programme/${unkept}`)).text();
  assert.match(other, /There is no recording of this programme/);
  assert.equal((await site.get("/en/programme/62f9f7d471fdc")).status, 404);
});

const { playwright, why } = await findBrowser();
if (playwright) {
  const browser = await launch(playwright);
  const origin = `http://127.0.0.1:${site.port}`;
  finally_(() => browser.close());

  test("Chromium watches it, and asks for nothing of it before Play", async () => {
    const { page, wrong } = await openPage(browser, origin, { viewport: { width: 1280, height: 900 } });
    /** @type {string[]} */
    const asked = [];
    const at = (/** @type {number} */ seconds) =>
      page.waitForFunction((/** @type {number} */ end) => Number(document.querySelector("video")?.currentTime) > end, seconds);
    page.on("request", (/** @type {any} */ request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${origin}/en/programme/${id}`, { waitUntil: "networkidle" });
    assert.deepEqual(asked.filter((one) => one.startsWith("/recording/") || one.includes("/player-")), []);
    await page.click("[data-play]");
    await at(0.5);
    const length = await page.evaluate(() => document.querySelector("video")?.duration);
    assert.ok(length >= 7.9 && length < 14, `${length} s`);
    await page.evaluate(() => Object.assign(document.querySelector("video") ?? {}, { currentTime: 6 }));
    await at(6.3);
    await screenshot(page, "programme-plays");
    assert.deepEqual(wrong, []);
  });

  test("the page fits every screen and language, also without JavaScript", async () => {
    for (const [language, width, colorScheme] of /** @type {const} */ ([
      ["en", 1280, "light"], ["en", 360, "dark"], ["ka", 360, "light"], ["ru", 1280, "dark"], ["ar", 360, "light"], ["ar", 1280, "light"],
    ])) {
      const { page, wrong } = await openPage(browser, origin, { viewport: { width, height: 800 }, colorScheme, javaScriptEnabled: language !== "ka" });
      await page.goto(`${origin}/${language}/programme/${id}`);
      if (language !== "ka") assert.equal(await overflow(page), "");
      await screenshot(page, `programme-${language}-${width}`);
      await page.goto(`${origin}/${language}/programme/${unkept}`);
      await screenshot(page, `programme-none-${language}-${width}`);
      await page.goto(`${origin}/${language}/tv`);
      assert.equal(await page.locator(".earlier li").first().isVisible(), false);
      await screenshot(page, `tv-folded-${language}-${width}`);
      await page.click(".earlier summary");
      await screenshot(page, `tv-earlier-${language}-${width}`);
      assert.deepEqual(wrong, []);
      await page.context().close();
    }
  });
} else skip("Chromium watches it", why ?? "");

test("what is not to be kept, and what nobody sent, has no recording", async () => {
  await until(async () => (await recordings()).length === 1, "one is left");
  assert.ok(!fs.existsSync(path.join(folder, empty)));
  assert.ok(!fs.existsSync(path.join(folder, unkept)));
});

test("it outlives its programme and its channel; removed, its files go", async () => {
  await site.run("programme", "remove", id);
  stop();
  await site.run("channel", "remove", "news");
  assert.equal((await recordings()).length, 1);
  assert.equal((await site.get(`/recording/${id}/master.m3u8`)).status, 200);
  await site.run("recording", "keep", id, "30");
  await site.run("recording", "remove", id);
  await until(() => !fs.existsSync(path.join(folder, id)), "its files are gone");
  assert.equal((await site.get(`/recording/${id}/source.mp4`)).status, 404);
  assert.deepEqual(await recordings(), []);
  await assert.rejects(site.run("recording", "remove", id), /no recording/);
});

await run();
