#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// HE-AAC, which radio likes: its frames are twice as long as they look, and
// players are told by "mp4a.40.5", or ".29" of version 2. No encoder of Debian's
// makes it. So in fixtures/sound/ there are six seconds of pink noise, another
// one on each side, as an encoder for radio makes them: of these the upper half
// has to arrive, and both sides. And AAC at 24 kHz is told to be the core of
// HE-AAC at 48 kHz, in each of the ways that encoders tell it, which it may be:
// decoders double the rate and find nothing to add.
import assert from "node:assert/strict";
import { execFile, execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";

import { findBrowser, launch, openPage } from "../lib/browser.mjs";
import { alone } from "../lib/encoder.mjs";
import { check, parse } from "../lib/live.mjs";
import { freePort } from "../lib/ports.mjs";
import { root, Site, until } from "../lib/site.mjs";
import { PATIENCE_MS, finally_, note, run, test } from "../lib/tap.mjs";

const exec = promisify(execFile);
const SECONDS = 150; // of each feed

/** FLV whose AudioSpecificConfig is another. @param {Buffer} flv @param {Buffer} config */
function withConfig(flv, config) {
  const out = [flv.subarray(0, 13)];
  for (let at = 13; at + 15 <= flv.length; ) {
    const head = Buffer.from(flv.subarray(at, at + 11));
    const length = head.readUIntBE(1, 3);
    let body = flv.subarray(at + 11, at + 11 + length);
    at += 15 + length;
    if (head[0] === 8 && body[1] === 0) body = Buffer.concat([body.subarray(0, 2), config]);
    head.writeUIntBE(body.length, 1, 3);
    const end = Buffer.alloc(4);
    end.writeUInt32BE(body.length + 11);
    out.push(head, body, end);
  }
  return Buffer.concat(out);
}

const HE = [0x2b, 0x11, 0x88, 0x00]; // as its own kind, at 48 kHz, with AAC-LC within
const HE_TWO = [0xeb, 0x09, 0x88, 0x00]; // version 2: stereo out of one channel

/** AudioSpecificConfig of each way (ISO/IEC 14496-3 §1.6.5.2), and what players are told. */
const WAYS = [
  { name: "he", told: "mp4a.40.5", channels: 2, config: HE },
  { name: "behind", told: "mp4a.40.5", channels: 2, config: [0x13, 0x10, 0x56, 0xe5, 0x98] }, // as AAC-LC, with more for those who know it
  { name: "two", told: "mp4a.40.29", channels: 1, config: HE_TWO },
  { name: "noise", told: "mp4a.40.5", sound: "he-aac.m4a", config: HE },
  { name: "noise-two", told: "mp4a.40.29", sound: "he-aac-v2.m4a", config: HE_TWO },
];

/** One frame after the other, again and again: ffmpeg's own -stream_loop leaves
 * a hole of one frame wherever the file begins anew. @param {string} file @param {string} sound */
function repeat(file, sound) {
  const once = execFileSync("ffmpeg", ["-hide_banner", "-loglevel", "error", "-i", path.join(root, "tests/fixtures/sound", sound), "-c", "copy", "-f", "adts", "-"]);
  fs.writeFileSync(file, Buffer.concat(Array.from({ length: Math.ceil(SECONDS / 6) }, () => once)));
  return file;
}

/** @param {string} file @param {typeof WAYS[number]} way */
function makeFeed(file, { channels, config, sound }) {
  const source = sound ? ["-i", repeat(`${file}.aac`, sound)] : ["-f", "lavfi", "-i", `sine=r=24000:d=${SECONDS}`];
  execFileSync("ffmpeg", [
    "-hide_banner", "-loglevel", "error", "-f", "lavfi", "-i", `testsrc2=s=320x180:r=25:d=${SECONDS}`, ...source, "-map", "0:v", "-map", "1:a",
    "-c:v", "libx264", "-preset", "ultrafast", "-g", "25", "-pix_fmt", "yuv420p",
    ...(sound ? ["-c:a", "copy"] : ["-c:a", "aac", "-ac", String(channels)]), "-t", String(SECONDS), "-f", "flv", file,
  ]);
  fs.writeFileSync(file, withConfig(fs.readFileSync(file), Buffer.from(config)));
}

/** Decibels of what a filter leaves of three seconds. @param {string} input @param {string} filter */
async function loudness(input, filter) {
  const { stderr } = await exec("ffmpeg", ["-hide_banner", "-i", input, "-t", "3", "-map", "0:a", "-af", `${filter},volumedetect`, "-f", "null", "-"], { timeout: PATIENCE_MS });
  return Number(/mean_volume: (-?[\d.]+) dB/.exec(stderr)?.[1]);
}

const site = await Site.make("--name", "The Test");
const port = await freePort();
await site.serve("--rtmp", `127.0.0.1:${port}`);
const { playwright, why } = await findBrowser();
if (!playwright) note(`no viewer in a browser: ${why}`);
const browser = playwright && (await launch(playwright));

for (const way of WAYS) {
  const { name, told, sound } = way;
  await site.run("channel", "add", name, "--ladder", "source,audio");
  const { key } = JSON.parse(await site.run("channel", "key", "add", name, "--json"));
  const file = path.join(site.data, `${name}.flv`);
  makeFeed(file, way);
  const encoder = spawn("ffmpeg", ["-hide_banner", "-loglevel", "error", "-re", "-i", file, "-c", "copy", "-f", "flv", `rtmp://127.0.0.1:${port}/live/${key}`], { stdio: "ignore" });
  alone(encoder);
  finally_(() => encoder.kill("SIGKILL"));
  process.on("exit", () => encoder.kill("SIGKILL"));

  test(`${told} ("${name}") is told by its name, and cut between its frames`, async () => {
    const answer = await until(async () => {
      const found = await site.get(`/live/${name}/master.m3u8`);
      return found.status === 200 && found.text().includes("audio/") && found.text();
    }, "it is on the air");
    const { variants } = parse(answer);
    assert.match(variants[0].codecs, RegExp(`^avc1\\.[0-9a-f]{6},${told}$`));
    assert.equal(variants.at(-1).codecs, told);
    await until(async () => (await site.get(`/live/${name}/audio/index.m3u8?plain=1`)).text().split("#EXTINF").length > 2, "there are segments");
    for (const rendition of ["source", "audio"]) check((await site.get(`/live/${name}/${rendition}/index.m3u8`)).text());
  });

  test(`ffmpeg hears it ("${name}"), sample by sample`, async () => {
    const { stdout } = await exec("ffmpeg", [
      "-hide_banner", "-loglevel", "error", "-xerror", "-i", `http://127.0.0.1:${site.port}/live/${name}/audio/index.m3u8?plain=1`,
      "-t", "2", "-f", "s16le", "-ac", "1", "-ar", "48000", "-",
    ], { encoding: "buffer", maxBuffer: 1 << 24, timeout: PATIENCE_MS });
    assert.equal(stdout.length, 2 * 48000 * 2);
    let loudest = 0;
    for (let i = 0; i < stdout.length; i += 2) loudest = Math.max(loudest, Math.abs(stdout.readInt16LE(i)));
    assert.ok(loudest > 1000, `${loudest}`);
  });

  if (sound)
    test(`its upper half is heard, and both sides ("${name}")`, async () => {
      const sent = path.join(root, "tests/fixtures/sound", sound);
      const heard = `http://127.0.0.1:${site.port}/live/${name}/audio/index.m3u8?plain=1`;
      for (const filter of ["highpass=f=9000:p=2", "pan=mono|c0=FL-FR"]) {
        const [before, after] = [await loudness(sent, filter), await loudness(heard, filter)];
        note(`${filter}: ${before} dB sent, ${after} dB heard`);
        assert.ok(Math.abs(before - after) < 3, filter);
      }
    });

  if (browser)
    test(`Chromium plays it ("${name}")`, async () => {
      const { page, wrong } = await openPage(browser, `http://127.0.0.1:${site.port}`);
      await page.goto(`http://127.0.0.1:${site.port}/en/tv/${name}`);
      await page.click("[data-play]");
      await page.waitForFunction(() => (document.querySelector("video")?.currentTime ?? 0) > 0);
      const from = await page.evaluate(() => document.querySelector("video")?.currentTime);
      await page.waitForFunction((/** @type {number} */ end) => (document.querySelector("video")?.currentTime ?? 0) > end, from + 3);
      assert.deepEqual(wrong, []);
      await page.close();
      encoder.kill("SIGKILL");
    });
}

await run();
