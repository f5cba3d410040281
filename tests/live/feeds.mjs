#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Whatever a studio's encoder sends, others' players play it: hls.js, Shaka and
// video.js in Chromium, from another origin than the stream's, and ffmpeg. The
// playlists are checked meanwhile.
//
//   FEEDS=. tests/live/feeds.mjs       every combination (default: some)
//   FEEDS=50 tests/live/feeds.mjs      those whose name matches, by both ways
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import http from "node:http";
import path from "node:path";
import { promisify } from "node:util";

import { findBrowser, launch } from "../lib/browser.mjs";
import { Encoder } from "../lib/encoder.mjs";
import { check } from "../lib/live.mjs";
import { freeDatagramPort, freePort } from "../lib/ports.mjs";
import { root, Site, until } from "../lib/site.mjs";
import { finally_, note, run, skip, test } from "../lib/tap.mjs";

const exec = promisify(execFile);
const PLAYS_S = Number(process.env.PLAYS_S ?? 5);

/** OBS and its likes: x264 as it sets it, B-frames, constant rate. */
const obs = { reordered: 2, x264: "b-adapt=1:scenecut=40:nal-hrd=cbr" };

/** Name → what is sent. @type {Record<string, import("../lib/encoder.mjs").Feed & { isShort?: boolean, plain?: string }>} */
const FEEDS = {
  "OBS: 30 fps, key frame every 2 s, 48 kHz": { ...obs, frames: "30", group: 60, isShort: true },
  "OBS: 60 fps, key frame every 2 s, 44.1 kHz": { ...obs, frames: "60", group: 120, rate: 44100 },
  "OBS with its key frame interval on automatic (250 frames)": { ...obs, frames: "30", group: 250, x264: "scenecut=0:nal-hrd=cbr",
    // By low latency it begins at any part, and gives up when ten of them show nothing.
    plain: "video.js" },
  "50 fps, key frame every 4 s": { ...obs, frames: "50", group: 200 },
  "59.94 fps, 44.1 kHz": { ...obs, frames: "60000/1001", group: 120, rate: 44100 },
  "29.97 fps, no B-frames": { frames: "30000/1001", group: 60 },
  "a variable frame rate": { ...obs, frames: "30", group: 12, isVariable: true, isShort: true },
  "25 fps, key frame each second, 44.1 kHz": { frames: "25", group: 25, rate: 44100 },
};
const wanted = Object.entries(FEEDS).filter(([name, feed]) => process.env.FEEDS ? RegExp(process.env.FEEDS).test(name) : feed.isShort);
const PROTOCOLS = process.env.FEEDS ? ["rtmp", "srt"] : null; // one after the other

/** A page for each player, which only says play. */
const PAGES = {
  // First, while there are two segments: it looks for captions in pictures before it plays.
  Shaka: { files: ["shaka-player/dist/shaka-player.compiled.js"], start: "const p = new shaka.Player(); p.configure({ streaming: { lowLatencyMode: true } }); p.addEventListener('error', (e) => errors.push('shaka ' + e.detail.code + ' ' + e.detail.data)); p.attach(video).then(() => p.load(url)).catch((e) => errors.push('shaka ' + (e.code ?? e) + ' ' + (e.data ?? '')));" },
  "hls.js": { files: ["hls.js/dist/hls.js"], start: "const h = new Hls({ lowLatencyMode: true, liveSyncDuration: 1.7, maxLiveSyncPlaybackRate: 1.3 }); h.on('hlsError', (_, d) => d.fatal && errors.push(d.details + ' ' + d.reason)); h.loadSource(url); h.attachMedia(video);" },
  "video.js": { files: ["video.js/dist/video.js"], start: "const v = videojs(video, { liveui: true, html5: { vhs: { overrideNative: true } } }); v.on('error', () => errors.push('video.js ' + v.error()?.message)); v.src({ src: url, type: 'application/vnd.apple.mpegurl' });" },
};

/** Pages of another site. @returns {Promise<string>} its address */
function servePages() {
  return new Promise((resolve) => {
    const server = http.createServer((request, response) => {
      const at = new URL(request.url ?? "", "http://a");
      const file = path.join(root, "node_modules", at.pathname);
      if (at.pathname !== "/" && fs.existsSync(file)) {
        response.writeHead(200, { "Content-Type": "text/javascript" }).end(fs.readFileSync(file));
        return;
      }
      const { files, start } = PAGES[/** @type {keyof typeof PAGES} */ (at.searchParams.get("player"))] ?? { files: [], start: "" };
      response.writeHead(200, { "Content-Type": "text/html" }).end(
        `<!doctype html><meta charset="utf-8"><title>Player</title><video muted autoplay playsinline width="320"></video>` +
          files.map((name) => `<script src="/${name}"></script>`).join("") +
          `<script>const errors = [], stalls = []; const video = document.querySelector("video"), url = ${JSON.stringify(at.searchParams.get("url"))};
           video.addEventListener("waiting", () => stalls.push(video.currentTime)); ${start}</script>`,
      );
    });
    finally_(() => void server.close());
    server.listen(0, "127.0.0.1", () => resolve(`http://127.0.0.1:${/** @type {any} */ (server.address()).port}/`));
  });
}

/** @param {any} playwright */
async function playEverything(playwright) {
  const site = await Site.make("--name", "The Test");
  const ports = { rtmp: await freePort(), srt: await freeDatagramPort() };
  await site.run("channel", "add", "news", "--title", "News", "--ladder", "source,audio");
  const { key } = JSON.parse(await site.run("channel", "key", "add", "news", "--json"));
  await site.serve("--threads", "2", "--rtmp", `127.0.0.1:${ports.rtmp}`, "--srt", `127.0.0.1:${ports.srt}`);
  const places = /** @type {Record<string, string>} */ ({
    rtmp: `rtmp://127.0.0.1:${ports.rtmp}/live/${key}`,
    // On a busy machine packets are late by more than the usual 120 ms.
    srt: `srt://127.0.0.1:${ports.srt}?latency=1000000&streamid=#!::r=${key},m=publish`,
  });
  const stream = `http://127.0.0.1:${site.port}/live/news/master.m3u8`;
  const pages = await servePages();
  const browser = await launch(playwright);
  const encoder = new Encoder();

  const list = async () => {
    const answer = await site.get("/live/news/source/index.m3u8");
    return answer.status === 200 ? answer.text() : "";
  };
  const breaks = (/** @type {string} */ text) => Number(/DISCONTINUITY-SEQUENCE:(\d+)/.exec(text)?.[1] ?? 0) + (text.match(/#EXT-X-DISCONTINUITY\n/g)?.length ?? 0);
  /** Until the new feed has taken the place of the one before, and a player finds enough of it. @param {number} before */
  const isOnAir = (before) =>
    until(async () => {
      const text = await list();
      return text && breaks(text) > before && (text.split("#EXT-X-DISCONTINUITY\n").pop()?.match(/\n\d+\.m4s/g)?.length ?? 0) >= 2;
    }, "the feed is on the air");

  /** @param {string} player @param {string} [query] */
  async function play(player, query = "") {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${pages}?player=${encodeURIComponent(player)}&url=${encodeURIComponent(stream + query)}`);
    const at = () =>
      page.evaluate(() => {
        // @ts-expect-error the page's own
        const [bad, still] = [errors, stalls];
        const video = /** @type {HTMLVideoElement} */ (document.querySelector("video"));
        return { time: video.currentTime, shown: video.getVideoPlaybackQuality().totalVideoFrames, bad, still: still.length };
      });
    try {
      const first = await until(async () => {
        const now = await at();
        assert.deepEqual(now.bad, []);
        return now.shown > 0 && now;
      }, `${player} shows a picture`);
      const last = await until(async () => {
        const now = await at();
        assert.deepEqual(now.bad, []);
        // Some begin anywhere and show the next key frame, wherever that is.
        return now.time >= first.time + PLAYS_S && now.shown - first.shown >= PLAYS_S * 5 && now;
      }, `${player} plays ${PLAYS_S} seconds`);
      return `${player} ${last.shown - first.shown} pictures in ${(last.time - first.time).toFixed(1)} s, ${last.still - first.still} stalls`;
    } finally {
      await context.close();
    }
  }

  for (const [i, [name, feed]] of wanted.entries())
    for (const protocol of PROTOCOLS ?? [i % 2 ? "rtmp" : "srt"])
      test(`${name}, by ${protocol.toUpperCase()}`, async () => {
        const text = await list();
        const before = text ? breaks(text) : -1;
        encoder.start(places[protocol], feed);
        await isOnAir(before);
        const said = [];
        for (const player of Object.keys(PAGES)) said.push(await play(player, player === feed.plain ? "?plain=1" : ""));
        assert.ok(!encoder.isGone, `the encoder has ended: ${encoder.said}`);
        for (let tries = 1; ; tries++) {
          const count = breaks(await list());
          const { stdout, stderr } = await exec("ffmpeg", ["-hide_banner", "-loglevel", "error", "-xerror", "-live_start_index", "-2",
            "-i", stream, "-t", "4", "-progress", "-", "-fps_mode", "vfr", "-f", "null", "-"]).catch((error) => error);
          said.push(`ffmpeg ${[...stdout.matchAll(/^frame=(\d+)/gm)].pop()?.[1]} pictures`);
          if (stderr === "") break;
          // ffmpeg does not take breaks: an encoder that is held up has a slate.
          assert.ok(breaks(await list()) > count && tries < 5, stderr);
          note("the encoder was held up; once more");
          await isOnAir(count);
        }
        check(await list());
        // No player needs to search these pictures for captions.
        const variants = (await site.get("/live/news/master.m3u8")).text().match(/^#EXT-X-STREAM-INF.*/gm);
        for (const variant of variants ?? [""]) assert.match(variant, /,CLOSED-CAPTIONS=NONE$/);
        note(said.join("; "));
        assert.ok(!encoder.isGone, encoder.said);
      });
}

const { playwright, why } = await findBrowser();
if (!playwright) skip("what others' players make of it", String(why));
else await playEverything(playwright);

await run();
