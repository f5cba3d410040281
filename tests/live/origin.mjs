#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The edge as the origin of television: playlists, parts, who waits for what.
// The playout is played over the link, with parts that ffmpeg made.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { Connection, request } from "../lib/http.mjs";
import { check, FakePlayout, HZ, makeParts, parse } from "../lib/live.mjs";
import { Site, until } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";

const ID = "62f9f7d471fdc";
const START = 1_764_273_600_000_000;
const FIRST = 1000;

const site = await Site.make("--name", "The Test");
const video = makeParts(site.folder, { seconds: 8 });
const sound = makeParts(site.folder, { seconds: 8, audio: true });
await site.serve("--threads", "2");

const RENDITIONS = [
  { name: "source", codecs: "avc1.42c00c", width: 320, height: 180, frames: 24, bits: 400_000 },
  { name: "audio", codecs: "mp4a.40.2", bits: 70_000 },
];
const media = [video, sound];
let timeline = 0;
/** @param {number} sequence */
const segment = (sequence) => ({ sequence, startUs: START + (sequence - FIRST) * 2_000_000, timeline });
/** @param {number} n  parts since the beginning */
const bytes = (n, rendition = 0) => /** @type {any} */ (media[rendition]).parts[n % 16];

let playout = await FakePlayout.dial(site.data);
let told = 0;
/** The next part in both renditions; complete segments are said to be. */
function tell(count = 1) {
  for (; count > 0; count--, told++) {
    const sequence = FIRST + Math.floor(told / 4);
    for (const r of [1, 0]) {
      playout.part(ID, r, told % 4, segment(sequence), bytes(told, r), { independent: r === 1 || told % 2 === 0 });
      if (told % 4 === 3) playout.segment(ID, r, { ...segment(sequence), duration: 2 * HZ });
    }
  }
}
function introduce() {
  playout.channel(ID, { name: "news", dvrSeconds: 3600, renditions: RENDITIONS });
  for (const r of [0, 1]) playout.init(ID, r, 0, /** @type {any} */ (media[r]).init);
}
/** @param {string} query */
const index = (query = "", rendition = "source") => site.get(`/live/news/${rendition}/index.m3u8${query}`);
/** Until the edge has told it to its threads. @param {number} parts */
const shown = (parts) =>
  until(async () => {
    const sequence = FIRST + Math.floor((parts - 1) / 4);
    const found = await index();
    return found.status === 200 && found.text().includes(`URI="${sequence}.${(parts - 1) % 4}.m4s"`) && found;
  }, `${parts} parts are shown`);

test("nothing is on air before it is", async () => {
  playout.begin();
  playout.ready();
  // Until the playout has told which channels there are nobody knows, and players are to ask again.
  const answer = await until(async () => {
    const found = await site.get("/live/news/master.m3u8");
    assert.ok([404, 503].includes(found.status), `${found.status}`);
    return found.status === 404 && found;
  }, "it is known that there is none");
  assert.equal(answer.text(), "there is no such channel\n");
  assert.equal(answer.get("access-control-allow-origin"), "*");
});

test("a channel tells its renditions, with a token for each viewer", async () => {
  playout.begin();
  introduce();
  playout.ready();
  tell(6);
  await shown(6);
  const one = await site.get("/live/news/master.m3u8");
  const two = await site.get("/live/news/master.m3u8");
  assert.notEqual(one.text(), two.text());
  const list = parse(one.text());
  assert.equal(list.variants.length, 2);
  assert.match(list.variants[0].uri, /^source\/index\.m3u8\?v=[0-9a-f]{16}$/);
  assert.equal(list.variants[0].codecs, "avc1.42c00c");
  assert.equal(list.variants[0].frameRate, 24);
  assert.deepEqual({ ...list.variants[0].resolution }, { width: 320, height: 180 });
  assert.equal(one.get("cache-control"), "no-store");
});

test("a playlist grows part by part and tells where the other rendition is", async () => {
  const answer = await index();
  const list = check(answer.text());
  assert.equal(list.mediaSequenceBase, FIRST);
  assert.match(answer.text(), /#EXT-X-MAP:URI="init-0\.mp4"/);
  assert.match(answer.text(), /#EXT-X-PRELOAD-HINT:TYPE=PART,URI="1001\.2\.m4s"/);
  assert.match(answer.text(), /REPORT:URI="\.\.\/audio\/index\.m3u8",LAST-MSN=1001,LAST-PART=1/);
  assert.equal(answer.get("content-type"), "application/vnd.apple.mpegurl");
  assert.equal(answer.get("cache-control"), "no-cache");
  assert.match(answer.head, /Vary: Accept-Encoding/);
});

test("parts, segments and initialisation are the bytes that were told", async () => {
  const part = await site.get("/live/news/source/1001.1.m4s");
  assert.equal(part.status, 200);
  assert.ok(part.body.equals(bytes(5)));
  assert.match(part.get("cache-control") ?? "", /immutable/);
  assert.equal(part.get("content-type"), "video/mp4");
  const whole = await site.get("/live/news/source/1000.m4s");
  assert.ok(whole.body.equals(Buffer.concat([0, 1, 2, 3].map((n) => bytes(n)))));
  const init = await site.get("/live/news/audio/init-0.mp4");
  assert.ok(init.body.equals(sound.init));
  assert.equal(init.get("content-type"), "audio/mp4");
  const range = await site.get("/live/news/source/1000.m4s", { fields: { Range: "bytes=10-19" } });
  assert.equal(range.status, 206);
  assert.ok(range.body.equals(whole.body.subarray(10, 20)));
});

test("the same playlist in gzip", async () => {
  const packed = await index("", "source");
  const answer = await site.get("/live/news/source/index.m3u8", { fields: { "Accept-Encoding": "gzip" } });
  assert.equal(answer.get("content-encoding"), "gzip");
  assert.equal(answer.text(), packed.text());
});

test("HEAD and OPTIONS are answered, other methods refused", async () => {
  const head = await site.get("/live/news/source/index.m3u8", { method: "HEAD" });
  assert.equal(head.status, 200);
  const options = await site.get("/live/news/source/index.m3u8", { method: "OPTIONS" });
  assert.equal(options.status, 204);
  assert.match(options.get("access-control-allow-methods") ?? "", /GET/);
  const post = await site.get("/live/news/source/index.m3u8", { method: "POST" });
  assert.equal(post.status, 405);
});

test("what there is not is 404 in plain words", async () => {
  for (const name of ["source/999.m4s", "source/1001.m4s", "source/1002.0.m4s", "source/1001.9.m4s",
    "source/init-7.mp4", "source/x.mp4", "1080p/index.m3u8", "source", "source/-1.m4s", "thumb-1.jpg"]) {
    const answer = await site.get(`/live/news/${name}`);
    assert.equal(answer.status, 404, name);
    assert.match(answer.get("content-type") ?? "", /^text\/plain/);
  }
});

test("who waits for the next part gets it when it comes, and so who waits for its bytes", async () => {
  const list = index("?_HLS_msn=1001&_HLS_part=2");
  const segmentEnd = index("?_HLS_msn=1001");
  const later = index("?_HLS_msn=1002&_HLS_part=0");
  const part = site.get("/live/news/source/1001.2.m4s");
  await until(async () => (await index()).status === 200, "the edge has them all");
  tell(1);
  assert.match((await list).text(), /PRELOAD-HINT:TYPE=PART,URI="1001\.3\.m4s"/);
  assert.ok((await part).body.equals(bytes(6)));
  tell(1);
  assert.match((await segmentEnd).text(), /\n1001\.m4s\n/);
  tell(1);
  assert.match((await later).text(), /URI="1002\.0\.m4s"/);
});

test("what is there is not waited for, what is too far ahead is 400", async () => {
  assert.equal((await index("?_HLS_msn=1000")).status, 200);
  assert.equal((await index("?_HLS_msn=1001&_HLS_part=0")).status, 200);
  assert.equal((await index("?_HLS_msn=1004")).status, 400);
  assert.equal((await index("?_HLS_part=0")).status, 400);
  assert.equal((await index("?_HLS_msn=x")).status, 400);
  assert.equal((await index("?_HLS_msn=99999999999999999999")).status, 400);
});

test("who leaves while waiting is forgotten", async () => {
  const connections = await Promise.all([...Array(50)].map(() => Connection.open(site.place)));
  for (const c of connections) c.write("GET /live/news/source/index.m3u8?_HLS_msn=1003 HTTP/1.1\r\nHost: a\r\n\r\n");
  await index();
  for (const c of connections) c.close();
  tell(4);
  await shown(13);
});

test("requests behind one that waits are answered after it, in order", async () => {
  const connection = await Connection.open(site.place);
  const head = "HTTP/1.1\r\nHost: a\r\n";
  connection.write(
    `GET /live/news/source/index.m3u8?_HLS_msn=1003&_HLS_part=1 ${head}Accept-Encoding: gzip\r\n\r\n` +
      `GET /live/news/source/1003.2.m4s ${head}\r\n`,
  );
  await index();
  connection.write(`GET /live/news/source/1003.0.m4s ${head}\r\n`);
  await index();
  tell(1);
  const first = await connection.answer();
  assert.equal(first.get("content-encoding"), "gzip");
  assert.match(first.text(), /URI="1003\.1\.m4s"/);
  tell(2);
  assert.ok((await connection.answer()).body.equals(bytes(14)));
  assert.ok((await connection.answer()).body.equals(bytes(12)));
  connection.close();
});

test("a delta applied to what a player has is the whole playlist", async () => {
  tell(45);
  const full = (await shown(61)).text();
  const delta = (await index("?_HLS_skip=YES")).text();
  check(full);
  const skipped = Number(/#EXT-X-SKIP:SKIPPED-SEGMENTS=(\d+)/.exec(delta)?.[1]);
  assert.ok(skipped > 0);
  const lines = full.split("\n");
  let seen = 0;
  const start = lines.findIndex((line) => line.startsWith("#EXT-X-MAP"));
  let at = start;
  while (seen < skipped) if (/^\d+\.m4s$/.test(/** @type {string} */ (lines[at++]))) seen++;
  const tail = lines.slice(at).join("\n");
  assert.ok(delta.endsWith(tail), "the rest is the same");
});

test("the playlist is of the last minute, the rest with dvr=1, and plain without parts", async () => {
  const { hour, file, offsets } = record();
  tell(4 * 30);
  const full = check((await shown(181)).text());
  assert.ok(full.segments.length <= 33 && full.segments.length >= 29, `${full.segments.length} segments`);
  const all = check((await index("?dvr=1")).text());
  // What no file has is gone when it leaves memory.
  assert.equal(all.segments.length, full.segments.length);
  const plain = (await index("?plain=1")).text();
  assert.ok(!plain.includes("EXT-X-PART"));
  // The parser takes HOLD-BACK for low latency; §4.4.3.8 does not.
  assert.ok(parse(plain, { strict: false }).segments.length >= 29);
  assert.ok(file && hour && offsets.length);
});

test("the target does not shrink again when the longest segment is out of the window", async () => {
  const long = FIRST + Math.floor(told / 4);
  for (let part = 0; part < 8; part++) playout.part(ID, 0, part, segment(long), bytes(part), { independent: part % 2 === 0 });
  playout.segment(ID, 0, { ...segment(long), duration: 4 * HZ });
  const target = async () => Number(/TARGETDURATION:(\d+)/.exec((await index()).text())?.[1]);
  await until(async () => (await target()) === 4, "it grows");
  told += 4;
  tell(4 * 33);
  await shown(told);
  assert.ok(!(await index()).text().includes(`\n${long}.m4s`), "it is long ago");
  assert.equal(await target(), 4);
});

test("a break that has left the window is counted", async () => {
  timeline = 1;
  tell(8);
  const there = (await shown(told)).text();
  assert.equal(there.match(/#EXT-X-DISCONTINUITY\n/g)?.length, 1);
  assert.ok(!there.includes("DISCONTINUITY-SEQUENCE"));
  tell(4 * 33);
  const gone = (await shown(told)).text();
  check(gone);
  assert.ok(!gone.includes("#EXT-X-DISCONTINUITY\n"));
  assert.match(gone, /#EXT-X-DISCONTINUITY-SEQUENCE:1\n/);
  timeline = 0;
});

/** An hour of recordings with three segments. */
function record() {
  const hour = 490_075;
  const folder = path.join(site.data, "live", ID, "source");
  fs.mkdirSync(folder, { recursive: true });
  const pieces = [0, 4, 8].map((n) => Buffer.concat([0, 1, 2, 3].map((i) => bytes(n + i))));
  const file = path.join(folder, `${hour}.mp4`);
  fs.writeFileSync(file, Buffer.concat(pieces));
  let offset = 0;
  const offsets = pieces.map((piece) => {
    const place = { hour, offset, len: piece.length };
    offset += piece.length;
    return { place, piece };
  });
  return { hour, file, offsets };
}

test("after the playout's death all is told anew, recordings come from their files", async () => {
  const { offsets } = record();
  playout.close();
  assert.equal((await index()).status, 200); // stands still, but is there
  playout = await FakePlayout.dial(site.data);
  playout.begin();
  introduce();
  playout.stored(ID, 0, offsets.map(({ place }, i) => ({ ...segment(5000 + i), duration: 2 * HZ, place })));
  assert.match((await index()).text(), /MEDIA-SEQUENCE:10\d\d/); // until ready
  playout.part(ID, 0, 0, { ...segment(5003), timeline: 1 }, bytes(0), { independent: true });
  playout.ready();
  const answer = await until(async () => {
    const found = await index("?dvr=1");
    return found.text().includes("MEDIA-SEQUENCE:5000") && found;
  }, "it is told");
  check(answer.text());
  assert.match(answer.text(), /#EXT-X-DISCONTINUITY\n#EXT-X-PROGRAM-DATE-TIME:[^\n]*\n#EXT-X-PART:[^\n]*5003\.0/);
  for (const [i, { piece }] of offsets.entries()) {
    const got = await site.get(`/live/news/source/${5000 + i}.m4s`);
    assert.equal(got.status, 200);
    assert.ok(got.body.equals(piece));
    const range = await site.get(`/live/news/source/${5000 + i}.m4s`, { fields: { Range: "bytes=-7" } });
    assert.ok(range.body.equals(piece.subarray(-7)));
  }
});

test("pictures to scroll by", async () => {
  playout.thumbnail(ID, 5000, START, Buffer.from("jpeg"));
  const text = await until(async () => {
    const found = await site.get("/live/news/thumbs.vtt");
    return found.text().includes("thumb-5000.jpg") && found.text();
  }, "the picture is there");
  assert.match(text, /^WEBVTT\n/);
  assert.equal((await site.get("/live/news/thumb-5000.jpg")).text(), "jpeg");
});

test("a poster is of now, or there is none", async () => {
  const poster = () => site.get("/live/news/poster.jpg");
  assert.equal((await poster()).status, 204);
  playout.poster(ID, 5000, (Date.now() - 70_000) * 1000, Buffer.from("old"));
  playout.thumbnail(ID, 5001, START + 1, Buffer.from("jpeg"));
  await until(async () => (await site.get("/live/news/thumb-5001.jpg")).status === 200, "what came behind it is there");
  assert.equal((await poster()).status, 204);
  playout.poster(ID, 5001, Date.now() * 1000, Buffer.from("new"));
  const found = await until(async () => {
    const answer = await poster();
    return answer.status === 200 && answer;
  }, "the poster is there");
  assert.equal(found.text(), "new");
  assert.equal(found.get("cache-control"), "public, max-age=10");
  assert.equal((await site.get("/live/news/thumb-5000.jpg")).text(), "jpeg");
});

test("viewers are counted by their tokens", async () => {
  const place = site.place;
  for (let i = 0; i < 200; i++)
    await request(place, `/live/news/source/index.m3u8?v=${i.toString(16).padStart(16, "0")}`);
  await request(place, `/live/news/audio/index.m3u8?v=${"7".padStart(16, "0")}`);
  await request(place, "/live/news/source/index.m3u8?v=nobody");
  await until(() => (playout.viewers.get(ID) ?? 0) >= 196, "they are told");
  assert.ok((playout.viewers.get(ID) ?? 0) <= 204);
  await until(() => playout.viewers.get(ID) === 0, "nobody is counted who asks no more");
});

test("a channel that is removed is gone, for those who wait too", async () => {
  const waiting = index("?_HLS_msn=5003&_HLS_part=1");
  await index();
  playout.gone(ID);
  assert.equal((await waiting).status, 404);
  assert.equal((await site.get("/live/news/master.m3u8")).status, 404);
});

test("a playout that talks nonsense is hung up on", async () => {
  playout.send(99, Buffer.from("?"));
  await until(() => playout.socket.destroyed || playout.socket.readableEnded, "the edge hung up");
  assert.equal((await site.get("/live/news/master.m3u8")).status, 404);
});

await run();
