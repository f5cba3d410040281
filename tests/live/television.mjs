#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Television from an encoder to a player, with every program it takes: ffmpeg
// sends, the playlists are read by another's parser and by a checker of ours,
// and each program is killed while all goes on.
//
//   PARTS=1200 KILLS=20 AWAY=240 tests/live/television.mjs
//     so many parts are followed (default: 24), so often the maker is killed (3),
//     so many parts of the slate are waited for (4)
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { promisify } from "node:util";

import { Air, alternates } from "../lib/air.mjs";
import { Encoder } from "../lib/encoder.mjs";
import { check, parse } from "../lib/live.mjs";
import { freePort } from "../lib/ports.mjs";
import { isAlive, Site, until } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";

const exec = promisify(execFile);

const site = await Site.make("--name", "The Test");
const rtmp = await freePort();
await site.serve("--threads", "2", "--rtmp", `127.0.0.1:${rtmp}`);
await site.run("channel", "add", "news", "--title", "News");
const key = /[a-z2-7]{32}/.exec(await site.run("channel", "key", "add", "news", "--label", "studio"))?.[0];

const encoder = new Encoder();
const sendPictures = () => encoder.start(`rtmp://127.0.0.1:${rtmp}/live/${key}`, { bits: 300 });

/** @param {string} query */
async function index(query = "", rendition = "source") {
  const answer = await site.get(`/live/news/${rendition}/index.m3u8${query}`);
  return { status: answer.status, text: answer.text() };
}

const air = new Air(site);
const now = () => air.look();
/** @param {import("../lib/air.mjs").Look} before */
const more = (before) => air.more(before);

/** A helper's process. @param {string} name */
function helper(name) {
  const { playout } = /** @type {any} */ (site.children());
  const pids = fs.readFileSync(`/proc/${playout}/task/${playout}/children`, "latin1").split(" ").filter(Boolean);
  return Number(pids.find((pid) => fs.readlinkSync(`/proc/${pid}/exe`).endsWith(`/broadsheet-${name}`)));
}

/** @param {string} text */
const firstSequence = (text) => Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]);
/** @param {string} text */
const breaks = (text) => text.match(/#EXT-X-DISCONTINUITY\n/g)?.length ?? 0;
/** @param {string} text */
const hintOf = (text) => /PRELOAD-HINT.*/.exec(text)?.[0];
/** @param {string} text */
const segmentsOf = (text) => text.split("\n").filter((line) => /^\d+\.m4s$/.test(line));

test("pictures that an encoder sends are on the air", async () => {
  const began = Date.now();
  sendPictures();
  await until(now, "there is a playlist");
  note(`${Date.now() - began} ms from the encoder's start to the first playlist`);
  const master = parse((await site.get("/live/news/master.m3u8")).text());
  const names = master.variants.map((/** @type {any} */ v) => v.uri.split("/")[0]);
  assert.ok(names.includes("source"));
  assert.match(master.variants[0].codecs, /^avc1\.[0-9a-f]{6},mp4a\.40\.2$/);
  assert.deepEqual({ ...master.variants[0].resolution }, { width: 320, height: 180 });
});

test("a player follows by blocking reloads: each hint comes true, deltas are the whole", async () => {
  let at = await until(now, "there is a playlist");
  /** @type {string[]} */
  let known = [];
  for (let i = 0; i < Number(process.env.PARTS ?? 24); i++) {
    const hinted = site.get(`/live/news/source/${at.sequence}.${at.part}.m4s`);
    const query = `?_HLS_msn=${at.sequence}&_HLS_part=${at.part}`;
    // Who comes late is answered with a later list: both have to be of one moment.
    const [full, delta] = await until(async () => {
      const both = await Promise.all([index(query), index(`${query}&_HLS_skip=YES`)]);
      return hintOf(both[0].text) === hintOf(both[1].text) && both;
    }, "both are of one moment");
    assert.equal(full.status, 200);
    const { status } = await hinted;
    const came = await until(now, "there is a playlist");
    // What ends with a break has no more parts.
    if (came.kinds.length === at.kinds.length) assert.equal(status, 200, `the hint ${at.sequence}.${at.part}`);
    check(full.text);
    const skipped = Number(/SKIPPED-SEGMENTS=(\d+)/.exec(delta.text)?.[1] ?? 0);
    const segments = segmentsOf(full.text);
    assert.deepEqual([...segments.slice(0, skipped), ...segmentsOf(delta.text)], segments);
    for (const name of known) // nothing is taken back
      if (!segments.includes(name)) assert.ok(segments.length >= 30);
    known = segments;
    at = came;
  }
  alternates(at.kinds);
});

test("every part is one moof and mdat, and ffmpeg plays what the playlist tells", async () => {
  let whole = 0;
  await until(async () => {
    const { text } = await index();
    for (const [, name] of text.matchAll(/PART:.*URI="(\d+\.\d+\.m4s)"/g)) {
      const { status, body } = await site.get(`/live/news/source/${name}`);
      if (status !== 200 && !(await index()).text.includes(`"${name}"`)) continue; // too old by now
      assert.equal(status, 200, name);
      const size = body.readUInt32BE(0);
      assert.equal(body.toString("latin1", 4, 8), "moof");
      assert.equal(body.toString("latin1", size + 4, size + 8), "mdat");
      assert.equal(size + body.readUInt32BE(size), body.length);
      whole++;
    }
    return whole >= 8;
  }, "eight parts are looked at");
  await air.undisturbed(async () => {
    await until(async () => segmentsOf((await now())?.text.split("#EXT-X-DISCONTINUITY\n").at(-1) ?? "").length >= 3, "there is enough of it");
    const { stdout } = await exec("ffmpeg", [
      "-hide_banner", "-loglevel", "error", "-xerror", "-i", `http://127.0.0.1:${site.port}/live/news/master.m3u8`,
      "-t", "3", "-progress", "-", "-f", "null", "/dev/null",
    ]);
    assert.ok(Number(/frame=(\d+)\s*(?![\s\S]*frame=)/.exec(stdout)?.[1]) >= 70, stdout.slice(-300));
  });
});

test("kill -9 of the maker: the playlist goes on, nothing is lost or repeated, no break", async () => {
  for (let i = 0; i < Number(process.env.KILLS ?? 3); i++)
    await air.undisturbed(async () => {
      const before = await until(now, "there is a playlist");
      const began = Date.now();
      await site.kill(helper("media"));
      const after = await more(before);
      note(`another part after ${Date.now() - began} ms`);
      assert.equal(firstSequence(after.text), firstSequence(before.text));
      check(after.text);
      // Who dies within two seconds, and again, is started again later and later.
      let at = after;
      for (let parts = 0; parts < 5; parts++) at = await more(at);
    });
});

test("a maker that hangs is replaced", async () => {
  const pid = helper("media");
  const began = Date.now();
  process.kill(pid, "SIGSTOP");
  await until(() => !isAlive(pid), "it is gone");
  const stood = await until(now, "there is a playlist");
  await more(stood);
  note(`another part ${Date.now() - began} ms after the maker stopped`);
  await until(() => /packets come, but no part/.test(site.log), "why is told");
});

test("kill -9 of the edge: the same numbers and recordings", async () => {
  const before = await until(now, "there is a playlist");
  const began = Date.now();
  await site.kill(site.children().edge);
  const after = await until(now, "it is back");
  note(`the playlist is back after ${Date.now() - began} ms`);
  assert.equal(firstSequence(after.text), firstSequence(before.text));
  assert.ok(after.sequence >= before.sequence);
  check(after.text);
  const first = await site.get(`/live/news/source/${firstSequence(after.text)}.m4s`);
  assert.equal(first.status, 200);
  assert.equal(first.body.toString("latin1", 4, 8), "moof");
  check((await more(after)).text);
});

for (const name of ["ingest", "playout"])
  test(`kill -9 of the ${name}: numbers go on, with one break`, async () => {
    const before = await air.live();
    const pid = name === "ingest" ? helper("ingest") : /** @type {any} */ (site.children()).playout;
    await site.kill(pid);
    encoder.stop(); // its connection is gone, as an encoder's is
    await until(() => {
      try {
        return helper("ingest") !== pid && helper("media");
      } catch {
        return false;
      }
    }, "it is back");
    sendPictures();
    const after = await air.until(
      ({ kinds, pieces, sequence }) => kinds.length > before.kinds.length && kinds.at(-1) === "studio" && pieces >= 3 && sequence > before.sequence,
      "it goes on",
    );
    check(after.text);
    assert.equal(firstSequence(after.text), firstSequence(before.text));
    // Who is back before the slate is shown follows what was before.
    alternates(after.kinds, before.kinds.length - 1, 1);
  });

/** Nothing of what was sent is still on its way. */
const isSlate = () => air.until(({ kinds, pieces }) => kinds.at(-1) === "slate" && pieces >= 3, "the slate is shown");

test("an encoder that goes away and comes back: a slate, and live again, one break each", async () => {
  const before = await air.live();
  encoder.stop();
  const went = Date.now();
  await until(async () => JSON.parse(await site.run("channel", "status", "--json")).channels[0].feed?.state !== "began", "its end is told");
  const slate = await isSlate();
  note(`the slate is there ${Date.now() - went} ms after the encoder's end`);
  check(slate.text);
  let at = slate;
  for (let i = 0; i < Number(process.env.AWAY ?? 4); i++) at = await more(at);
  assert.deepEqual(at.kinds, slate.kinds, "it is one slate");
  sendPictures();
  const came = Date.now();
  const live = await air.live();
  note(`live ${Date.now() - came} ms after the encoder's start`);
  check(live.text);
  alternates(live.kinds, before.kinds.length - 1);
  assert.ok(live.kinds.length >= before.kinds.length + 2);
  assert.equal(firstSequence(live.text), firstSequence(before.text));
  check((await more(live)).text);
});

test("an encoder that is held up for seconds, and then sends all at once: the same", async () => {
  const before = await air.live();
  encoder.child?.kill("SIGSTOP");
  let at = await isSlate();
  for (let i = 0; i < 4; i++) at = await more(at);
  assert.deepEqual(at.kinds.slice(-2), ["studio", "slate"]);
  encoder.child?.kill("SIGCONT");
  // … and stays, also when what came at once is over.
  let live = await air.live();
  for (let i = 0; i < 6; i++) live = await more(live);
  live = await air.live();
  alternates(live.kinds, before.kinds.length - 1);
  check(live.text);
});

test("viewers are told to the newsroom", async () => {
  const told = await until(async () => {
    for (let i = 0; i < 20; i++) await index(`?v=${i.toString(16).padStart(16, "0")}`);
    const status = JSON.parse(await site.run("channel", "status", "--json"));
    const text = JSON.stringify(status);
    return text.includes('"viewers":20') && text.includes('"on_air":true') && text;
  }, "20 are told, and that it is on the air");
  assert.match(told, /"restarts":\d/);
});

test("after a restart the page offers what was on before it", async () => {
  const first = /DATE-TIME:(\S+)/.exec((await index("?dvr=1")).text)?.[1];
  await site.stop();
  encoder.stop();
  await site.serve("--threads", "2", "--rtmp", `127.0.0.1:${rtmp}`);
  sendPictures();
  const since = await until(async () => {
    const found = /data-since="(\d+)"/.exec((await site.get("/en/tv")).text())?.[1];
    return Number(found) > 0 && Number(found);
  }, "it is on the air again");
  assert.ok(Math.abs(since - Date.parse(String(first))) < 1000, `${since} is not ${first}`);
});

test("a channel that is removed is off the air, its recordings are put aside for a day", async () => {
  const folder = path.join(site.data, "live");
  assert.equal(fs.readdirSync(folder).length, 1);
  await site.run("channel", "remove", "news");
  await until(async () => (await site.get("/live/news/master.m3u8")).status === 404, "it is gone");
  await until(
    () => fs.readdirSync(folder).every((name) => /^[0-9a-z]{13}\.gone-\d+$/.test(name)),
    "the recordings are put aside",
  );
});

test("a stop that was asked for is silent", async () => {
  await until(() => /recordings of a removed channel are put aside[^\n]*\n/.test(site.log), "all is told");
  const before = site.log.length;
  assert.equal(await site.stop(), 0);
  assert.match(site.log.slice(before), /^[^\n]*supervisor: stopping\n$/);
});

await run();
