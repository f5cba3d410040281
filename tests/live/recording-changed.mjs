#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A programme that runs over, or ends early: its schedule is made longer or
// shorter, by an import and by an edit, when it was recorded already. Its
// recording is of its true end, at the same address, and can be watched
// meanwhile.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

import { Encoder } from "../lib/encoder.mjs";
import { freePort } from "../lib/ports.mjs";
import { Site, until } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";

const exec = promisify(execFile);
const site = await Site.make("--name", "The Test", "--language", "en");
const rtmp = await freePort();
await site.serve("--threads", "1", "--rtmp", `127.0.0.1:${rtmp}`);
await site.run("channel", "add", "news", "--ladder", "source");
const { key } = JSON.parse(await site.run("channel", "key", "add", "news", "--json"));
new Encoder().start(`rtmp://127.0.0.1:${rtmp}/live/${key}`);
await until(async () => (await site.get("/live/news/source/index.m3u8")).status === 200, "there is television");

// Whole seconds, as a schedule has them.
const start = Math.ceil(Date.now() / 1000);
const time = (/** @type {number} */ seconds) => new Date((start + seconds) * 1000).toISOString();
const id = (await site.run("programme", "add", "news", time(0), time(3), "The Match")).trim();
const recordings = async () => JSON.parse(await site.run("recording", "list", "--json"));
const folder = path.join(site.data, "live", "recordings");

/** What players name the file by; it is theirs for ever. */
const address = async () => {
  const playlist = (await site.get(`/recording/${id}/source.m3u8`)).text();
  const names = new Set(playlist.match(/source\.mp4\?\d+/g));
  assert.equal(names.size, 1);
  return [...names][0];
};

/** Until the recording is so long; it can be watched all the time. @param {number} least @param {boolean} isThere */
async function isRecorded(least, isThere) {
  const made = await until(async () => {
    if (isThere) assert.equal((await site.get(`/recording/${id}/master.m3u8`)).status, 200);
    const all = await recordings();
    return all.length && all[0].ready && all[0].seconds >= least && all;
  }, `${least} seconds are recorded`);
  assert.equal(made.length, 1);
  assert.equal(made[0].id, id);
  note(`${made[0].seconds} s`);
  assert.ok(made[0].seconds <= least + 5, `${made[0].seconds} s`);
  assert.deepEqual(fs.readdirSync(folder), [id]);
  await exec("ffmpeg", ["-v", "error", "-xerror", "-i", path.join(folder, id, "source.mp4"), "-f", "null", "-"]);
  return made[0];
}

test("it is recorded when it is over", async () => {
  await isRecorded(2.9, false);
});

test("an import has made it longer: the recording is of the new end", async () => {
  const before = await address();
  const stamp = (/** @type {number} */ seconds) => time(seconds).replace(/[-T:]|\.000Z/g, "") + " +0000";
  const file = path.join(site.folder, "schedule.xml");
  fs.writeFileSync(file, `<tv><programme start="${stamp(0)}" stop="${stamp(9)}" channel="news"><title>The Match</title></programme></tv>\n`);
  await site.run("programme", "import", file);
  const made = await isRecorded(8.9, true);
  assert.equal(Date.parse(made.end), Date.parse(time(9)));
  const page = (await site.get(`/en/programme/${id}`)).text();
  assert.match(page, new RegExp(`data-recording="/recording/${id}/master.m3u8"`));
  assert.notEqual(await address(), before, "other bytes, another address");
});

test("an edit has made it longer: the same", async () => {
  const longer = (await site.run("programme", "add", "news", time(0), time(14), "The Match", "--replace")).trim();
  await isRecorded(13.9, true);
  const page = (await site.get(`/en/programme/${longer}`)).text();
  assert.match(page, new RegExp(`data-recording="/recording/${id}/master.m3u8"`));
});

/** Until the recording is no longer than that. @param {number} most */
async function isShortened(most) {
  const [made] = await until(async () => {
    const all = await recordings();
    assert.equal((await site.get(`/recording/${id}/master.m3u8`)).status, 200);
    return all[0].seconds <= most && all;
  }, `it is ${most} seconds long`);
  note(`${made.seconds} s`);
  const file = path.join(folder, id, "source.mp4");
  assert.equal(fs.statSync(file).size, made.bytes);
  await exec("ffmpeg", ["-v", "error", "-xerror", "-i", file, "-f", "null", "-"]);
  const playlist = await site.get(`/recording/${id}/source.m3u8`);
  assert.equal(playlist.get("cache-control"), "public, max-age=10");
  const lengths = [...playlist.text().matchAll(/#EXTINF:([\d.]+)/g)].map((match) => Number(match[1]));
  assert.ok(Math.abs(lengths.reduce((sum, one) => sum + one, 0) - made.seconds) < 0.1);
  assert.match(playlist.text(), /\n#EXT-X-ENDLIST\n$/);
  return made;
}

test("an edit has made it shorter: what came behind its new end goes", async () => {
  const name = await address();
  const before = (await site.get(`/recording/${id}/${name}`)).body;
  const shorter = (await site.run("programme", "add", "news", time(0), time(6), "The Match", "--replace")).trim();
  const made = await isShortened(6 + 2.5);
  assert.ok(made.seconds >= 5.9, `${made.seconds} s`);
  assert.equal(Date.parse(made.end), Date.parse(time(6)));
  assert.equal(await address(), name);
  const after = (await site.get(`/recording/${id}/${name}`)).body;
  assert.ok(after.length < before.length && before.subarray(0, after.length).equals(after), "the rest is as it was");
  assert.match((await site.get(`/en/programme/${shorter}`)).text(), new RegExp(`data-recording="/recording/${id}/master.m3u8"`));
});

test("that was a mistake: as long as the hours have it, it is there again", async () => {
  await site.run("programme", "add", "news", time(0), time(12), "The Match", "--replace");
  await isRecorded(11.9, true);
});

test("an import that begins while it is on ends it: the same", async () => {
  const stamp = (/** @type {number} */ seconds) => time(seconds).replace(/[-T:]|\.000Z/g, "") + " +0000";
  const file = path.join(site.folder, "next.xml");
  fs.writeFileSync(file, `<tv><programme start="${stamp(8)}" stop="${stamp(12)}" channel="news"><title>Interviews</title></programme></tv>\n`);
  await site.run("programme", "import", file);
  const both = await until(async () => {
    const all = await recordings();
    const match = all.find((/** @type {any} */ one) => one.id === id);
    return all.length === 2 && match.seconds <= 8 + 2.5 && all;
  }, "what comes behind is recorded, and this one ends before it");
  assert.ok(both.find((/** @type {any} */ one) => one.id === id).seconds >= 7.9);
});

test("what was removed is not made again", async () => {
  await site.run("recording", "remove", id);
  await site.run("programme", "add", "news", time(0), time(16), "The Match", "--replace");
  await until(() => !fs.existsSync(path.join(folder, id)), "its files are gone");
  // The next one is made by a pass over all there is.
  const next = (await site.run("programme", "add", "news", time(16), time(18), "Interviews")).trim();
  await until(async () => (await recordings()).some((/** @type {any} */ one) => one.id === next && one.ready), "the next programme is recorded");
  assert.ok(!(await recordings()).some((/** @type {any} */ one) => one.id === id));
});

await run();
