#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Captions of digital television (CEA-708), of a studio that sends no others,
// and of one that sends both: then those of line 21 count, and nothing is told
// twice.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";

import { control, makeFeed, packet, say, sending } from "../lib/captions.mjs";
import { alone } from "../lib/encoder.mjs";
import { freePort } from "../lib/ports.mjs";
import { Site, until } from "../lib/site.mjs";
import { finally_, run, test } from "../lib/tap.mjs";

const rtmp = await freePort();
const site = await Site.make("--language", "en");
for (const name of ["digital", "both"]) await site.run("channel", "add", name, "--ladder", "source");
/** @param {string} name @returns {Promise<string>} */
const keyOf = async (name) => JSON.parse(await site.run("channel", "key", "add", name, "--json")).key;
const keys = { digital: await keyOf("digital"), both: await keyOf("both") };
await site.serve("--rtmp", `127.0.0.1:${rtmp}`);

const text = (/** @type {string} */ words) => [...words].map((letter) => letter.charCodeAt(0));
const DEFINE = [0x98, 0x00, 70, 0, 1, 31, 0x11]; // two rows of 32, not shown
const DISPLAY = [0x89, 1];
const HIDE = [0x8a, 1];
const CLEAR = [0x88, 1];

// Made in the first second of four, shown from picture 40 to picture 84.
/** @type {Map<number, number[]>} */
const packets = new Map();
/** @type {Map<number, [number, number][]>} */
const pairs = new Map();
for (let n = 0; n < 12; n++) {
  const at = 100 * n;
  packets.set(at, packet(n, [...DEFINE, ...CLEAR, 0x0c, ...text(`DIGITAL ${n}`)]));
  packets.set(at + 1, packet(n + 1, [0x0d, 0x7f, ...text(" <CAF"), 0xc9, 0x3e, 0x10, 0x25]));
  packets.set(at + 40, packet(n + 2, DISPLAY));
  packets.set(at + 84, packet(n + 3, HIDE)); // later than line 21 does
  pairs.set(at, [...control(0x1420), ...control(0x142e), ...control(0x1470), ...say(`LINE21 ${n}`)]);
  pairs.set(at + 38, control(0x142f));
  pairs.set(at + 80, control(0x142c));
}

/** @param {"digital" | "both"} name @param {Map<number, [number, number][]>} analog */
function send(name, analog) {
  const feed = makeFeed(site.folder, 48, analog, packets);
  const child = spawn("ffmpeg", sending(feed, `rtmp://127.0.0.1:${rtmp}/live/${keys[name]}`), { stdio: "ignore" });
  alone(child);
  finally_(() => child.kill("SIGKILL"));
  return new Promise((resolve) => child.once("spawn", resolve)).then(() => child);
}

/** Texts in their order, with for how many seconds each is shown. @param {string} name */
async function shown(name) {
  const list = await site.get(`/live/${name}/captions/index.m3u8?dvr=1`);
  /** @type {Map<string, [number, number]>} */
  const found = new Map();
  for (const file of list.status === 200 ? list.text().split("\n").filter((line) => line.endsWith(".vtt")) : []) {
    const vtt = (await site.get(`/live/${name}/captions/${file}`)).text();
    const begins = Number(/NOTE begins (\d+) ms/.exec(vtt)?.[1]) / 1000;
    const seconds = (/** @type {string} */ time) => begins + time.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);
    for (const block of vtt.trim().split("\n\n").slice(2)) {
      const [times = "", ...lines] = block.split("\n");
      const [start, end] = /** @type {[string, string]} */ (times.split(" --> "));
      const before = found.get(lines.join("\n")) ?? [Infinity, 0];
      found.set(lines.join("\n"), [Math.min(before[0], seconds(start)), Math.max(before[1], seconds(end))]);
    }
  }
  return [...found].map(([words, [start, end]]) => ({ words, long: end - start }));
}

test("a studio that sends CEA-708 alone has its captions shown when and as long as it says", async () => {
  const child = await send("digital", new Map());
  const all = await until(async () => {
    const some = await shown("digital");
    return some.length >= 3 && some;
  }, "three captions came");
  all.slice(0, 2).forEach(({ words, long }, n) => {
    assert.equal(words, `DIGITAL ${n}\n♪ &lt;CAFÉ&gt;…`);
    assert.ok(Math.abs(long - 1.76) < 0.1, `it is shown for 44 pictures: ${long} s`);
  });
  assert.match((await site.get("/live/digital/master.m3u8")).text(), /TYPE=SUBTITLES/);
  child.kill("SIGKILL");
});

test("of one that sends both, those of line 21 are shown, and nothing twice", async () => {
  const child = await send("both", pairs);
  const all = await until(async () => {
    const some = await shown("both");
    return some.length >= 3 && some;
  }, "three captions came");
  assert.deepEqual(all.slice(0, 3).map(({ words }) => words), ["LINE21 0", "LINE21 1", "LINE21 2"]);
  child.kill("SIGKILL");
});

await run();
