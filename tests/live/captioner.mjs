#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A captioner's side input: what tools POST is in the WebVTT beside the
// pictures, when it was said; who has no key writes nothing.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import { promisify } from "node:util";

import { findBrowser, launch, openPage, overflow } from "../lib/browser.mjs";
import { Encoder, freePort } from "../lib/encoder.mjs";
import { root, Site, until } from "../lib/site.mjs";
import { finally_, run, skip, test } from "../lib/tap.mjs";

const exec = promisify(execFile);
const rtmp = await freePort();
const site = await Site.make("--language", "en");
await site.run("channel", "add", "news", "--title", "First Channel");
await site.run("channel", "add", "second", "--title", "Second Channel");
/** @param {...string} options @returns {Promise<{ key: string, id: string }>} */
const makeKey = async (...options) => JSON.parse(await site.run("channel", "key", "add", ...options, "--json"));
const studio = await makeKey("news");
let captioner = { key: "", id: "" };
const stranger = await makeKey("second", "--for", "captions");
await site.serve("--rtmp", `127.0.0.1:${rtmp}`, "--threads", "2");
const address = `http://127.0.0.1:${site.port}/live/news/captions`;
const encoder = new Encoder();

/**
 * @param {string | Uint8Array} body
 * @param {{ key?: string | null, method?: string, query?: string, headers?: Record<string, string> }} [how]
 */
async function post(body, { key = captioner.key, method = "POST", query = "", headers = {} } = {}) {
  const answer = await fetch(address + query, {
    method, headers: { ...(key ? { authorization: `Bearer ${key}` } : {}), ...headers }, ...(method === "POST" ? { body } : {}),
  });
  return { status: answer.status, text: (await answer.text()).trim(), headers: answer.headers };
}

/** @typedef {{ start: number, end: number, text: string }} Cue  seconds since 1970 */

/** All cues there are, pieces of one in one; of the segments that players are led to. @returns {Promise<Cue[]>} */
async function cues() {
  const list = (await site.get("/live/news/captions/index.m3u8?dvr=1")).text();
  /** @type {Map<string, Cue>} */
  const found = new Map();
  for (const name of list.split("\n").filter((line) => line.endsWith(".vtt"))) {
    const text = (await site.get(`/live/news/captions/${name}`)).text();
    const begins = Number(/NOTE begins (\d+) ms/.exec(text)?.[1]) / 1000;
    const seconds = (/** @type {string} */ time) => begins + time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    for (const block of text.trim().split("\n\n").slice(2)) {
      const [times, ...lines] = block.split("\n");
      const [start, end] = /** @type {[string, string]} */ (times?.split(" --> "));
      const before = [...found.values()].find((cue) => cue.text === lines.join("\n") && Math.abs(cue.end - seconds(start)) < 0.002);
      if (before) before.end = seconds(end);
      else found.set(times + lines.join("\n"), { start: seconds(start), end: seconds(end), text: lines.join("\n") });
    }
  }
  return [...found.values()].sort((a, b) => a.start - b.start);
}
/** @param {string | RegExp} text @returns {Promise<Cue>} */
const shown = (text) =>
  until(async () => {
    const all = await cues();
    const at = all.findIndex((cue) => (typeof text === "string" ? cue.text === text : text.test(cue.text)));
    const newest = (await site.get("/live/news/source/index.m3u8?dvr=1")).text();
    const last = [...newest.matchAll(/PROGRAM-DATE-TIME:(.*)/g)].at(-1)?.[1];
    // Not before its end is known as well.
    const cue = all[at];
    return cue && Date.parse(String(last)) / 1000 > cue.end ? cue : null;
  }, `${text} is in the captions`);

test("before the channel is on the air there is nothing to write for, and that is said", async () => {
  const other = () => fetch(address.replace("news", "second"), { method: "POST", body: "Hello", headers: { authorization: `Bearer ${stranger.key}` } });
  await until(async () => (await other()).status === 409, "the key is known");
  assert.match(await (await other()).text(), /not on the air/);
});

const { playwright, why } = await findBrowser();
/** Who pressed Play before anybody wrote anything. @type {any} */
let viewer;

test("nobody may write captions yet: they are not offered", async () => {
  encoder.start(`rtmp://127.0.0.1:${rtmp}/live/${studio.key}`);
  const master = await until(async () => {
    const answer = await site.get("/live/news/master.m3u8");
    return answer.status === 200 && answer.text();
  }, "there is a list of renditions");
  assert.doesNotMatch(master, /SUBTITLES/);
  await until(async () => (await site.get("/live/news/source/index.m3u8")).text().includes(".m4s"), "there are segments");
  assert.equal((await site.get("/live/news/source/index.m3u8")).get("broadsheet-captions"), undefined);
  if (!playwright) return;
  const browser = await launch(playwright);
  finally_(() => browser.close());
  viewer = (await openPage(browser, `http://127.0.0.1:${site.port}`, { viewport: { width: 360, height: 800 } })).page;
  await viewer.goto(`http://127.0.0.1:${site.port}/en/tv`);
  await viewer.click("[data-play]");
  await until(() => viewer.evaluate(() => document.querySelector("video").currentTime > 0), "it plays");
  assert.equal(await viewer.isVisible("[data-do=captions]"), false);
});

test("captions are offered as soon as somebody may write them", async () => {
  captioner = await makeKey("news", "--for", "captions", "--label", "Nino");
  await until(async () => (await site.get("/live/news/master.m3u8")).text().includes("TYPE=SUBTITLES"), "they are offered");
  await until(async () => (await site.get("/live/news/captions/index.m3u8")).text().includes(".vtt"), "there are segments");
  assert.equal((await site.get("/live/news/source/index.m3u8")).get("broadsheet-captions"), "yes");
});

test("a line is shown from when it was sent, for as long as it takes to read", async () => {
  await until(async () => (await post("Test.")).status === 202, "the channel is on the air");
  await until(async () => (await cues()).some((cue) => cue.text === "Test."), "the first one is over");
  const sent = Date.now() / 1000;
  const words = "Good evening, and welcome to the news.";
  assert.deepEqual([(await post(words)).status, (await post("x", { key: null })).status], [202, 401]);
  const cue = await shown(words);
  // Where the newest part ended: less than a second ago, and never in the future.
  assert.ok(cue.start <= sent + 0.5 && cue.start > sent - 5, `it begins ${cue.start - sent} s after it was sent`);
  assert.ok(Math.abs(cue.end - cue.start - (2 + words.length / 15)) < 0.1, `${cue.end - cue.start} s`);
});

test("what is sent faster than it can be read is shown one after the other, none lost", async () => {
  const lines = ["One.", "Two.", "Three.", "Four."];
  for (const line of lines) assert.equal((await post(line)).status, 202);
  await shown("Four.");
  const all = (await cues()).filter((cue) => lines.includes(cue.text));
  assert.deepEqual(all.map((cue) => cue.text), lines);
  all.slice(1).forEach((cue, n) => {
    const before = /** @type {Cue} */ (all[n]);
    assert.ok(Math.abs(cue.start - before.end) < 0.002, "each takes the place of the one before");
    assert.ok(before.end - before.start >= 0.99, "which had its second");
  });
});

test("cues of WebVTT keep their lengths and distances; nothing is markup", async () => {
  const sent = await post("WEBVTT\n\nNOTE from a tool\n\n1\n00:10.000 --> 00:12.500 align:start\n<v Nino>Cats &amp; <i>dogs</i>\n\n00:13.000 --> 00:14.000\n&lt;script>\n");
  assert.deepEqual([sent.status, sent.text], [202, "taken"]);
  const second = await shown("&lt;script&gt;");
  const first = await shown("Cats &amp; dogs");
  assert.ok(Math.abs(first.end - first.start - 2.5) < 0.002, `${first.end - first.start} s`);
  assert.ok(Math.abs(second.start - first.start - 3) < 0.002, `${second.start - first.start} s`);
  await post("<b>bold</b> --> & <i>");
  assert.ok(await shown("&lt;b&gt;bold&lt;/b&gt; --&gt; &amp; &lt;i&gt;"));
});

test("tools that know addresses only send the key in it; curl and languages work as they are", async () => {
  const read = await exec("curl", ["-s", "-S", "--fail", "--data-binary", "გამარჯობა\r\nمرحبا", `${address}?key=${captioner.key}&seq=1`]);
  assert.equal(read.stdout, "taken\n");
  assert.ok(await shown("გამარჯობა\nمرحبا"));
});

test("who has no key, another's, or a studio's, writes nothing", async () => {
  for (const key of ["x", studio.key, stranger.key, captioner.key.toUpperCase()]) {
    const { status, text } = await post("Not to be seen", { key });
    assert.equal(status, 403, text);
    assert.match(text, /not one for the captions of this channel/);
  }
  const none = await post("Not to be seen", { key: null });
  assert.deepEqual([none.status, none.headers.get("www-authenticate")], [401, "Bearer"]);
  assert.match(none.text, /Authorization: Bearer KEY.*channel key add NAME --for captions/);
  // And a captioner's key feeds nothing.
  const read = spawnSync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc2=s=320x180:r=25:d=1", "-c:v", "libx264", "-f", "flv", `rtmp://127.0.0.1:${rtmp}/live/${captioner.key}`]);
  assert.notEqual(read.status, 0, "the ingest refuses it");
});

test("bad input gets a sentence that says what is wrong", async () => {
  /** @type {[string | Uint8Array, number, RegExp][]} */
  const bad = [
    ["", 400, /there is no text/],
    [" \r\n\n", 400, /there is no text/],
    [Buffer.from([0x41, 0xff]), 400, /UTF-8/],
    ["a\u0007b", 400, /byte 1 begins a control character/],
    ["x".repeat(1025), 400, /line 1: a caption has at most 1024 bytes/],
    ["00:01 --> 00:02\nx", 400, /line 1: the times of a cue are such as 00:01.000 --> 00:04.500/],
    ["00:02.000 --> 00:01.000\nx", 400, /a cue ends after it begins/],
    ["x".repeat(8193), 413, /./],
  ];
  for (const [body, status, words] of bad) {
    const got = await post(body);
    assert.equal(got.status, status, `${got.status} ${got.text}`);
    assert.match(got.text, words);
  }
  assert.equal((await post("", { method: "GET" })).status, 405);
  assert.equal((await site.get("/live/none/captions", { method: "POST" })).status, 405);
  const preflight = await post("", { method: "OPTIONS", key: null });
  assert.deepEqual([preflight.status, preflight.headers.get("access-control-allow-methods")], [204, "POST"]);
  assert.ok(!(await cues()).some((cue) => /Not to be seen|^x/.test(cue.text)));
});

test("a client that hangs up before it is answered harms nobody", async () => {
  const socket = net.connect(site.port, "127.0.0.1");
  socket.on("error", () => {});
  socket.end(`POST /live/news/captions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${captioner.key}\r\nContent-Length: 4\r\n\r\nGone`);
  socket.destroySoon();
  assert.equal((await post("Still here.")).status, 202);
  assert.ok(await shown("Still here."));
});

if (!playwright) skip("captions for who was there before", String(why));
else
  test("who pressed Play before has the button without a reload, turns them on, and reads", async () => {
    await viewer.waitForSelector("[data-do=captions]:visible");
    await viewer.keyboard.press("c");
    await viewer.waitForSelector("[data-do=captions][aria-pressed=true]");
    for (let n = 0; n < 3; n++) assert.equal((await post("Here is the news, as it is written.\nBy hand.")).status, 202);
    await until(
      () =>
        viewer.evaluate(() =>
          [...document.querySelector("video").textTracks].some((track) => track.mode === "showing" && [...(track.activeCues ?? [])].some((cue) => cue.text.endsWith("By hand."))),
        ),
      "the caption is on the screen",
    );
    fs.mkdirSync(path.join(root, "build/screenshots"), { recursive: true });
    for (const colorScheme of ["light", "dark"]) {
      await viewer.emulateMedia({ colorScheme });
      for (const width of [360, 1280]) {
        await viewer.setViewportSize({ width, height: 800 });
        await viewer.screenshot({ path: path.join(root, `build/screenshots/tv-captioner-${colorScheme}-${width}.png`) });
        assert.equal(await overflow(viewer), "");
        const rows = await viewer.evaluate(() => new Set([...document.querySelectorAll(".player .buttons > :is(button, select)")].filter((one) => one.getClientRects().length).map((one) => Math.round(one.getBoundingClientRect().top))).size);
        assert.equal(rows, 1, "all buttons are in one row");
      }
    }
    await viewer.setViewportSize({ width: 360, height: 800 });
    await viewer.keyboard.press("ArrowLeft");
    await until(() => viewer.evaluate(() => document.querySelector(".at").textContent.length > 2), "it says how far behind");
    await viewer.screenshot({ path: path.join(root, "build/screenshots/tv-captioner-behind-360.png") });
    assert.equal(await overflow(viewer), "");
  });

test("a key that was revoked writes nothing, within a second", async () => {
  await site.run("channel", "key", "revoke", captioner.id);
  await until(async () => (await post("Not to be seen")).status === 403, "it is refused");
});

await run();
