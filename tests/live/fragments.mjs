#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Every fragment is what it says: mp4box.js takes it apart without fault,
// ffmpeg decodes it with -xerror, and INDEPENDENT stands only where an IDR is.
// So with reordered frames, with key frames that are none, behind the death of
// the maker and with the slate.
//
//   PARTS=1000 tests/live/fragments.mjs    so many of each feed (default: 12)
import assert from "node:assert/strict";
import fs from "node:fs";

import { Encoder } from "../lib/encoder.mjs";
import { decode, lookAt, partsOf } from "../lib/fragments.mjs";
import { freePort } from "../lib/ports.mjs";
import { Site, until } from "../lib/site.mjs";
import { PATIENCE_MS, note, run, test } from "../lib/tap.mjs";

const PARTS = Number(process.env.PARTS ?? 12);

const site = await Site.make("--name", "The Test");
const rtmp = await freePort();
await site.run("channel", "add", "news", "--title", "News", "--ladder", "source,audio");
const { key } = JSON.parse(await site.run("channel", "key", "add", "news", "--json"));
await site.serve("--threads", "2", "--rtmp", `127.0.0.1:${rtmp}`);
const encoder = new Encoder();
const url = `rtmp://127.0.0.1:${rtmp}/live/${key}`;

/** @param {string} name @returns {Promise<Buffer>} */
async function bytesOf(name) {
  const answer = await site.get(`/live/news/${name}`);
  if (answer.status !== 200) {
    const list = (await site.get(`/live/news/${name.split("/")[0]}/index.m3u8`)).text();
    assert.fail(`${name}: ${answer.status}; it is listed so: ${list.split("\n").filter((line) => line.includes(name.split("/")[1] ?? "")).join()}`);
  }
  return answer.body;
}

/** The pid of a helper. @param {string} name */
function helper(name) {
  const { playout } = /** @type {any} */ (site.children());
  const pids = fs.readFileSync(`/proc/${playout}/task/${playout}/children`, "latin1").split(" ").filter(Boolean);
  return Number(pids.find((pid) => fs.readlinkSync(`/proc/${pid}/exe`).endsWith(`/broadsheet-${name}`)));
}

/** Follows a rendition and keeps what comes. */
class Follower {
  /** @param {string} rendition */
  constructor(rendition) {
    this.rendition = rendition;
    /** @type {Map<string, import("../lib/fragments.mjs").Told & { bytes: Buffer }>} */
    this.parts = new Map();
  }

  async look() {
    const answer = await site.get(`/live/news/${this.rendition}/index.m3u8`);
    if (answer.status !== 200) return;
    for (const part of partsOf(answer.text()))
      if (!this.parts.has(part.uri)) this.parts.set(part.uri, { ...part, bytes: await bytesOf(`${this.rendition}/${part.uri}`) });
  }

  /** @param {number} count */
  async more(count) {
    const wanted = this.parts.size + count;
    const end = Date.now() + count * 2000 + PATIENCE_MS;
    while (this.parts.size < wanted) {
      assert.ok(Date.now() < end, "parts come");
      await this.look();
    }
  }

  /** Looks at everything that came and forgets it. */
  async judge() {
    /** @type {(import("../lib/fragments.mjs").Told & { bytes: Buffer })[][]} */
    const runs = [];
    // A playlist shows older ones again when its target grows.
    const order = (/** @type {string} */ uri) => uri.split(".").slice(0, 2).map((digits) => digits.padStart(12, "0")).join();
    for (const part of [...this.parts.values()].sort((a, b) => (order(a.uri) < order(b.uri) ? -1 : 1))) {
      if (!runs.length || part.breaks) runs.push([]);
      /** @type {any} */ (runs.at(-1)).push(part);
    }
    let pictures = 0;
    for (const parts of runs) {
      const init = await bytesOf(`${this.rendition}/${parts[0].init}`);
      lookAt(init, parts);
      while (parts.length && !parts[0].independent) parts.shift(); // nobody begins there
      if (parts.length) pictures += await decode(Buffer.concat([init, ...parts.map((part) => part.bytes)]));
    }
    note(`${this.rendition}: ${this.parts.size} parts, ${runs.length} timelines, ${pictures} pictures`);
    this.parts.clear();
    return { runs: runs.length, pictures };
  }
}

const followers = [new Follower("source"), new Follower("audio")];
const more = (/** @type {number} */ count) => Promise.all(followers.map((one) => one.more(count)));
const judge = () => Promise.all(followers.map((one) => one.judge()));

/**
 * Until nothing but the studio was seen meanwhile: an encoder that a busy
 * machine holds up is followed by a slate, which is clean as well.
 * @param {() => Promise<{ runs: number, pictures: number }[]>} attempt
 */
async function unbroken(attempt) {
  for (let tries = 1; ; tries++) {
    const found = await attempt();
    if (found.every(({ runs }) => runs === 1)) return found;
    assert.ok(tries < 6, "there is a break each time");
    note("the encoder was held up; once more");
  }
}

test("parts of a plain feed are clean", async () => {
  encoder.start(url);
  await until(async () => (await site.get("/live/news/source/index.m3u8")).status === 200, "it is on the air");
  const [source] = await unbroken(async () => {
    await more(PARTS);
    return judge();
  });
  assert.ok(source.pictures > 6 * PARTS);
});

test("so are they behind the death of the maker, which breaks nothing", async () => {
  await unbroken(async () => {
    await more(2);
    await site.kill(helper("media"));
    await more(PARTS);
    return judge();
  });
});

test("with reordered frames and a group that ends anywhere", async () => {
  encoder.start(url, { reordered: 3, x264: "b-adapt=2:scenecut=40:keyint=75:keyint-min=5" });
  await more(PARTS);
  await judge();
});

test("with key frames that are none: such a part is not INDEPENDENT", async () => {
  encoder.start(url, { reordered: 2, x264: "open-gop=1:keyint=25:min-keyint=25" });
  await more(PARTS + 6);
  await judge();
});

test("and of the slate", async () => {
  await more(1);
  encoder.stop();
  await more(PARTS);
  encoder.start(url, { rate: 44100 });
  await more(PARTS);
  const [source] = await judge();
  assert.ok(source.runs >= 2, "the slate and the feed behind it are others");
});

test("renditions break at the same segments, so that players can change between them", async () => {
  /** Segment → how many breaks are in front of it. @param {string} rendition */
  const breaksOf = async (rendition) => {
    const text = (await bytesOf(`${rendition}/index.m3u8?dvr=1`)).toString();
    let sequence = Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]);
    let breaks = Number(/DISCONTINUITY-SEQUENCE:(\d+)/.exec(text)?.[1] ?? 0);
    /** @type {[number, number][]} */
    const found = [];
    for (const line of text.split("\n"))
      if (line === "#EXT-X-DISCONTINUITY") breaks++;
      else if (/^\d+\.m4s$/.test(line)) found.push([sequence++, breaks]);
    return found;
  };
  const source = new Map(await breaksOf("source"));
  for (const [sequence, breaks] of await breaksOf("audio"))
    if (source.has(sequence)) assert.equal(breaks, source.get(sequence), `segment ${sequence}`);
});

await run();
