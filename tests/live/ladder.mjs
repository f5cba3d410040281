#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The ladder: a feed is encoded to 720p and 360p while it is passed on; every
// rendition is cut at the same ticks. A maker that gets too little time sheds
// renditions, dearest first, while the source goes on, and takes them up again.
//
// Pictures are few here, so that a busy machine makes them all; what it sheds
// nevertheless is told, and then what is not there is not missed.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import process from "node:process";
import { promisify } from "node:util";

import { findBrowser, launch, openPage } from "../lib/browser.mjs";
import { Air } from "../lib/air.mjs";
import { Encoder } from "../lib/encoder.mjs";
import { check, parse } from "../lib/live.mjs";
import { freePort } from "../lib/ports.mjs";
import { Site, until } from "../lib/site.mjs";
import { PATIENCE_MS, note, run, test } from "../lib/tap.mjs";

const exec = promisify(execFile);
const RUNGS = ["720p", "360p"];

const site = await Site.make("--name", "The Test");
const rtmp = await freePort();
await site.serve("--threads", "2", "--rtmp", `127.0.0.1:${rtmp}`);
await site.run("channel", "add", "news", "--ladder", "source,720p,360p,audio");
const key = /[a-z2-7]{32}/.exec(await site.run("channel", "key", "add", "news", "--label", "studio"))?.[0];

const encoder = new Encoder();
/** @param {string} size @param {number} reordered */
const send = (size, reordered = 0) =>
  encoder.start(`rtmp://127.0.0.1:${rtmp}/live/${key}`, { size, frames: "12.5", bits: 2000, reordered });

/** The maker's process. */
function maker() {
  const { playout } = /** @type {any} */ (site.children());
  const pids = fs.readFileSync(`/proc/${playout}/task/${playout}/children`, "latin1").split(" ").filter(Boolean);
  return Number(pids.find((pid) => fs.readlinkSync(`/proc/${pid}/exe`).endsWith("/broadsheet-media")));
}

/** @param {string} name */
async function playlist(name) {
  const answer = await site.get(`/live/news/${name}/index.m3u8?dvr=1`);
  return answer.status === 200 ? answer.text() : "";
}

/** Segments that are whole: number to when, how long, and whether it is missing. @param {string} text */
function segments(text) {
  /** @type {Map<number, { date: string, seconds: number, gap: boolean }>} */
  const found = new Map();
  const pattern = /#EXT-X-PROGRAM-DATE-TIME:(\S+)\n((?:#EXT-X-PART:.*\n)*)(#EXT-X-GAP\n)?#EXTINF:([\d.]+),\n(\d+)\.m4s/g;
  for (const [, date = "", , gap, seconds, number] of text.matchAll(pattern))
    found.set(Number(number), { date, seconds: Number(seconds), gap: gap !== undefined });
  return found;
}

/** @param {string} text */
const lastNumber = (text) => Math.max(0, ...segments(text).keys());

/** The status of the channel, as the maker tells it. */
async function status() {
  const [channel] = JSON.parse(await site.run("channel", "status", "--json")).channels ?? [];
  return channel;
}

const air = new Air(site);
/** @param {string} text */
const breaks = (text) => text.split("#EXT-X-DISCONTINUITY\n").length - 1;

let busy = false; // some maker had too little time, which was not our doing
/** Nothing was shed yet for want of time. */
async function isQuiet() {
  const { encoder_dropped: dropped } = (await status()).media ?? {};
  if (dropped && !busy) note(`the machine is busy: ${dropped} pictures were dropped`);
  busy ||= dropped > 0;
  return !busy;
}

/** @returns {Promise<any[]>} */
async function variants() {
  const answer = await site.get("/live/news/master.m3u8");
  return answer.status === 200 ? parse(answer.text()).variants : [];
}

/** @returns {Promise<string[]>} */
const master = async () => (await variants()).map(({ uri }) => uri.split("/")[0]);

/** A busy machine sheds some for a while. */
const allVariants = () =>
  until(async () => {
    const found = await variants();
    return found.length === 4 && found;
  }, "all renditions are there");

/** Until a rendition has some whole segments after a number. @param {string} name @param {number} after */
const grows = (name, after, count = 2) =>
  until(async () => {
    const text = await playlist(name);
    return lastNumber(text) >= after + count && text;
  }, `${name} goes on`);

test("740p is also there as 720p and 360p, as the playlist of playlists says", async () => {
  send("1316x740", 2);
  await allVariants();
  await grows("360p", lastNumber(await playlist("360p")));
  const all = await allVariants();
  const of = (/** @type {string} */ name) => all.find((/** @type {any} */ v) => v.uri.startsWith(`${name}/`));
  assert.deepEqual({ ...of("720p").resolution }, { width: 1280, height: 720 });
  assert.deepEqual({ ...of("360p").resolution }, { width: 640, height: 360 });
  for (const name of RUNGS) {
    assert.match(of(name).codecs, /^avc1\.64[0-9a-f]{4},mp4a\.40\.2$/);
    assert.equal(of(name).frameRate, 12.5);
    assert.ok(of(name).bandwidth < of("source").bandwidth * 2, `${name}: ${of(name).bandwidth}`);
    note(`${name}: ${of(name).bandwidth} bit/s, source ${of("source").bandwidth}`);
  }
});

test("all renditions are cut at the same moments, and the source is not held up", async () => {
  const source = await grows("source", lastNumber(await playlist("source")), 3);
  for (const name of RUNGS) {
    const text = await grows(name, lastNumber(source) - 1, 1);
    check(text);
    const mine = segments(text);
    let same = 0;
    for (const [number, { date, seconds, gap }] of segments(source)) {
      const other = mine.get(number);
      if (!other) continue;
      assert.equal(other.date, date, `${name} ${number}`);
      assert.ok(Math.abs(other.seconds - seconds) < 0.001, `${name} ${number}: ${other.seconds} and ${seconds}`);
      assert.equal(gap, false);
      if (await isQuiet()) assert.equal(other.gap, false);
      same++;
    }
    assert.ok(same >= 2, `${name}: ${same} segments in common`);
    assert.match(source, new RegExp(`RENDITION-REPORT:URI="../${name}/index.m3u8"`));
  }
});

test("a rendition's parts are there soon after the source's", async () => {
  if (!(await isQuiet())) return;
  const text = await playlist("source");
  const hint = /PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s"/.exec(text);
  const next = Number(hint?.[1]) + 1;
  /** @param {string} name */
  const wait = async (name) => {
    await until(async () => (await site.get(`/live/news/${name}/${next}.0.m4s`)).status === 200, `${name} has ${next}`);
    return Date.now();
  };
  const [source, ...rungs] = await Promise.all(["source", ...RUNGS].map(wait));
  rungs.forEach((at, i) => note(`${RUNGS[i]}: ${at - Number(source)} ms after the source`));
});

test("ffmpeg plays each of them, every picture", async () => {
  for (const name of RUNGS) {
    if (!(await isQuiet())) break;
    await air.undisturbed(async () => {
      await grows(name, lastNumber(await playlist(name)), 3);
      const { stdout } = await exec("ffmpeg", [
        "-hide_banner", "-loglevel", "error", "-xerror", "-i", `http://127.0.0.1:${site.port}/live/news/${name}/index.m3u8?plain=1`,
        "-t", "3", "-progress", "-", "-f", "null", "/dev/null",
      ], { timeout: PATIENCE_MS });
      if (await isQuiet()) assert.ok(Number(/frame=(\d+)\s*(?![\s\S]*frame=)/.exec(stdout)?.[1]) >= 36, stdout.slice(-300));
    });
  }
});

test("kill -9 of the maker: the renditions go on where they were, without a break", async () => {
  for (let i = 0; i < 2 && (await isQuiet()); i++) await air.undisturbed(async () => {
    const before = await Promise.all(RUNGS.map(playlist));
    await site.kill(maker());
    for (const [at, name] of RUNGS.entries()) {
      const after = await grows(name, lastNumber(before[at] ?? ""), 3);
      check(after);
      if (!(await isQuiet())) return;
      const all = segments(after);
      const numbers = [...all.keys()];
      assert.deepEqual(numbers, numbers.map((_, n) => Number(numbers[0]) + n), name);
      assert.equal(numbers[0], [...segments(before[at] ?? "").keys()][0], name);
      assert.equal(breaks(after), breaks(before[at] ?? ""), name);
      assert.ok([...all.values()].every(({ gap }) => !gap), `${name} has no gap`);
    }
  });
});

// ---- a viewer in Chromium, who has chosen 720p ------------------------------------

const { playwright, why } = await findBrowser();
if (!playwright) note(`no viewer in a browser: ${why}`);
/** @type {any} */
let viewer = null;

const height = () => viewer.page.evaluate(() => document.querySelector("video")?.videoHeight);
/** Until so many seconds more were shown. @param {number} seconds */
async function goesOn(seconds) {
  const from = await viewer.page.evaluate(() => document.querySelector("video")?.currentTime);
  await viewer.page.waitForFunction(
    (/** @type {number} */ end) => (document.querySelector("video")?.currentTime ?? 0) > end, from + seconds);
}

if (playwright)
  test("the player offers each rendition; who chooses 720p has it", async () => {
    const browser = await launch(playwright);
    viewer = await openPage(browser, `http://127.0.0.1:${site.port}`);
    await until(async () => {
      await allVariants();
      await viewer.page.goto(`http://127.0.0.1:${site.port}/en/tv`);
      await viewer.page.click("[data-play]");
      await goesOn(1);
      const offered = await viewer.page.$$eval("[data-do=quality] option", (/** @type {any[]} */ all) => all.map((one) => one.textContent));
      return ["740p", "720p", "360p"].every((line) => offered.includes(line));
    }, "each rendition is offered");
    await viewer.page.selectOption("[data-do=quality]", { label: "720p" });
    await until(async () => (await height()) === 720, "720p is shown");
    await goesOn(2);
  });

test("with too little time the maker sheds renditions, and harms nothing else", () => air.undisturbed(async () => {
  await allVariants();
  const pid = maker();
  const memory = () => Number(/VmRSS:\s*(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, "latin1"))?.[1]) / 1024;
  let most = 0;
  const before = lastNumber(await playlist("source"));
  // Ten of two hundred milliseconds: as few of its time as 20 % are for 50
  // pictures of 1080p.
  const timer = setInterval(() => {
    process.kill(pid, "SIGCONT");
    most = Math.max(most, memory());
    setTimeout(() => stops && process.kill(pid, "SIGSTOP"), 10);
  }, 200);
  let stops = true;
  try {
    const shed = await until(async () => {
      const told = await status();
      return JSON.stringify(told).includes('"shed":["720p"') && told.media.encoder_dropped > 0 && told;
    }, "720p is shed, and what was dropped is counted");
    note(JSON.stringify(shed.media));
    await until(async () => (await master()).every((name) => name !== "720p"), "720p is out of the playlist of playlists");
    const text = await until(async () => {
      const found = await playlist("720p");
      return [...segments(found).values()].some(({ gap }) => gap) && found;
    }, "whoever follows 720p is told of gaps");
    check(text);
    if (viewer) {
      await until(async () => (await height()) !== 720, "the viewer has another rendition");
      await goesOn(4);
      note(`the viewer has ${await height()}p`);
    }
  } finally {
    clearInterval(timer);
    stops = false;
    process.kill(pid, "SIGCONT");
  }
  assert.equal(maker(), pid, "it was not started again");
  assert.ok(most < 256, `${most} MiB`);
  note(`at most ${Math.round(most)} MiB in memory`);
  const source = await grows("source", before, 1);
  assert.ok([...segments(source).values()].every(({ gap }) => !gap));
}));

test("when there is time again they are taken up again, in step", async () => {
  await allVariants();
  const source = await playlist("source");
  const text = await grows("720p", lastNumber(await playlist("720p")));
  check(text);
  assert.ok(breaks(text) <= breaks(await playlist("source")), "what is missing is no break");
  const mine = segments(text);
  for (const [number, { date }] of segments(source)) if (mine.has(number)) assert.equal(mine.get(number)?.date, date);
  assert.match(text, /#EXT-X-GAP\n[\s\S]*#EXTINF/);
});

if (playwright)
  test("the viewer saw no error, and may have 720p again", async () => {
    await goesOn(1);
    await viewer.page.selectOption("[data-do=quality]", { label: "360p" });
    await until(async () => (await height()) === 360, "360p is shown");
    const dropped = (await status()).media.encoder_dropped;
    let isBusy = false; // what is dropped now is not our doing
    await until(async () => {
      const { shed, encoder_dropped: now } = (await status()).media;
      isBusy ||= shed.length > 0 || now > dropped;
      const chosen = await viewer.page.$eval("[data-do=quality]", (/** @type {HTMLSelectElement} */ one) => one.selectedOptions[0]?.textContent);
      // Whoever chooses again and again begins again and again.
      if (chosen !== "720p" && (await master()).includes("720p")) await viewer.page.selectOption("[data-do=quality]", { label: "720p" }, { timeout: 1000 }).catch(() => {});
      await goesOn(0.5);
      return isBusy || (await height()) === 720;
    }, "720p is shown");
    if (isBusy) note("the machine is busy: 720p is shed again");
    await goesOn(2);
    assert.deepEqual(viewer.wrong, []);
    await viewer.page.close();
  });

test("a slate stands in the renditions as well; a smaller feed leaves them out", async () => {
  const before = lastNumber(await playlist("360p"));
  encoder.stop();
  const slate = await grows("360p", before, 3);
  assert.match(slate, /#EXT-X-DISCONTINUITY\n/);
  check(slate);
  send("1280x720");
  await until(async () => (await master()).join() === "source,360p,audio", "720p is no smaller than the feed");
  check(await grows("360p", lastNumber(await playlist("360p"))));
  check(await playlist("720p"));
});

await run();
