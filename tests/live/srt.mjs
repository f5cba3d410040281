#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// SRT over lines that cannot be trusted: encrypted by a passphrase that a
// command sets, and over one that loses packets for good.
import assert from "node:assert/strict";
import dgram from "node:dgram";

import { Encoder } from "../lib/encoder.mjs";
import { check } from "../lib/live.mjs";
import { freeDatagramPort, freePort } from "../lib/ports.mjs";
import { broadsheet, Site, until } from "../lib/site.mjs";
import { finally_, note, run, test } from "../lib/tap.mjs";

const site = await Site.make("--name", "The Test");
const [rtmp, srt] = [await freePort(), await freeDatagramPort()];
await site.serve("--threads", "1", "--rtmp", `127.0.0.1:${rtmp}`, "--srt", `127.0.0.1:${srt}`);
await site.run("channel", "add", "news", "--ladder", "source,audio");
/** @param {string[]} options */
const makeKey = async (...options) =>
  /[a-z2-7]{32}/.exec(await site.run("channel", "key", "add", "news", ...options))?.[0] ?? "";
const status = async () => JSON.parse(await site.run("channel", "status", "--json")).channels[0];
/** @param {(channel: any) => unknown} is @param {string} what */
const shows = (is, what) => until(async () => { const now = await status(); return is(now) && now; }, what);
const encoder = new Encoder();

/** What the server has written since. @param {number} from @param {RegExp} pattern */
const logs = (from, pattern) => until(() => pattern.exec(site.log.slice(from)), `the log has ${pattern}`);

// ---- passphrases -----------------------------------------------------------------

const PASSPHRASE = "not on any list";
let secret = "";

test("a passphrase that SRT could not take is refused, with how long it may be", async () => {
  for (const wrong of ["short", "x".repeat(80), "ქართული ფრაზა", ""]) {
    const { code, stderr } = await broadsheet(["channel", "key", "add", "news", "--passphrase", wrong, "--data", site.data]);
    assert.notEqual(code, 0, wrong);
    assert.match(stderr, /10 to 79|empty/, wrong);
  }
});

test("a key with a passphrase lets nobody in who has another, or none", async () => {
  secret = await makeKey("--label", "van", "--passphrase", PASSPHRASE, "--priority", "5");
  for (const more of ["", "&passphrase=on every list"]) {
    encoder.start(`srt://127.0.0.1:${srt}?streamid=${secret}${more}`);
    await until(() => encoder.isGone, "the encoder gave up");
    assert.equal((await status()).on_air, false);
  }
});

test("nor by RTMP, where nothing would be encrypted by it; the encoder and the log are told", async () => {
  const from = site.log.length;
  encoder.start(`rtmp://127.0.0.1:${rtmp}/live/${secret}`);
  await until(() => encoder.isGone, "the encoder gave up");
  await logs(from, /good for SRT alone/);
});

test("the right one is on the air", async () => {
  encoder.start(`srt://127.0.0.1:${srt}?streamid=${secret}&passphrase=${PASSPHRASE}`);
  const now = await shows((c) => c.on_air && c.feed?.video?.width === 320, "it is on the air");
  assert.equal(now.feed.protocol, "srt");
  assert.equal(now.feed.lost, 0);
});

test("passphrase and key are in no log and no answer", async () => {
  const list = await site.run("channel", "key", "list", "--json");
  assert.equal(JSON.parse(list)[0].encrypted, true);
  for (const text of [site.log, list, await site.run("channel", "status", "--json"), await site.run("channel", "show", "news", "--json")])
    assert.ok(!text.includes(PASSPHRASE) && !text.includes(secret));
  encoder.stop();
  await shows((c) => !c.feed, "the feed is gone");
});

// ---- loss ------------------------------------------------------------------------

// The line goes through this process, which may be held up: none is late by more.
const LATENCY_US = 1_000_000;

/**
 * A line between encoder and server that loses data packets by their number, and
 * each time that they are sent again (draft-sharabayko-srt §3.1).
 * @param {(number: number) => boolean} isLost
 * @returns {Promise<number>} its port
 */
function badLine(isLost) {
  return new Promise((resolve) => {
    const near = dgram.createSocket("udp4"), far = dgram.createSocket("udp4");
    let encoderPort = 0, first = -1;
    near.on("message", (bytes, from) => {
      encoderPort = from.port;
      const word = bytes.readUInt32BE(0);
      if (word < 0x8000_0000) {
        if (first < 0) first = word;
        if (isLost((word - first) & 0x7fff_ffff)) return;
      }
      far.send(bytes, srt, "127.0.0.1");
    });
    far.on("message", (bytes) => near.send(bytes, encoderPort, "127.0.0.1"));
    finally_(() => { near.close(); far.close(); });
    near.bind(0, "127.0.0.1", () => resolve(near.address().port));
  });
}

const breaks = (/** @type {string} */ text) => text.split("#EXT-X-DISCONTINUITY\n").length - 1;
const index = async () => (await site.get("/live/news/source/index.m3u8?dvr=1")).text();

/**
 * A feed over a line that loses some packets after it is on the air.
 * @param {string} key @param {number} group @param {(number: number) => boolean} isLost
 * @returns {Promise<{ left: number, before: string }>} what was left out and told until then
 */
async function overBadLine(key, group, isLost) {
  const port = await badLine(isLost);
  await shows((c) => !c.feed, "the feed before is gone");
  encoder.start(`srt://127.0.0.1:${port}?streamid=${key}&latency=${LATENCY_US}`, { group });
  const { media, feed } = await shows((c) => c.on_air && c.feed && c.media?.slate === false && c.media.frames >= 20, "it is on the air");
  return { left: feed.lost ? NaN : media.dropped, before: await index() };
}

/** @param {() => Promise<string>} attempt  how it was, in words; "" is as it should be */
async function steadily(attempt) {
  for (let tries = 1; ; tries++) {
    const wrong = await attempt().finally(() => encoder.stop());
    if (!wrong) return;
    assert.ok(tries < 6, wrong); // an encoder or a line that is held up has a slate, but not each time
    note(`${wrong}; once more`);
  }
}

test("packets that are lost for good: pictures that depend on them are left out up to the next key frame", async () => {
  const key = await makeKey();
  // 25 pictures a second at 400 kbit/s are some 1.5 packets a picture: the 300th
  // is in the eighth second; twice four in a row.
  await steadily(async () => {
    const { left, before } = await overBadLine(key, 25, (n) => (n >= 300 && n < 304) || (n >= 470 && n < 474));
    await shows((c) => c.feed?.lost >= 8, "eight are lost");
    const last = Math.max(...[...(await index()).matchAll(/^(\d+)\.m4s$/gm)].map((one) => Number(one[1])));
    const list = await until(async () => {
      const text = await index();
      return text.includes(`\n${last + 2}.m4s`) && text;
    }, "some segments later");
    check(list);
    const { media, feed } = await status();
    if (feed.lost !== 8) return `${feed.lost} packets lost`;
    assert.match(await site.run("metrics"), /^broadsheet_channel_feed_lost_packets_total\{channel="news"\} 8$/m);
    note(`${media.dropped - left} pictures were left out`);
    if (Number.isNaN(left) || breaks(list) !== breaks(before)) return "a slate";
    assert.ok(media.dropped - left >= 4 && media.dropped - left <= 60, `not one, and not all: ${media.dropped - left}`);
    return "";
  });
});

test("key frames far apart: the last one stands until the next, no slate, and the sound goes on", async () => {
  const key = await makeKey();
  // The eighth second, of a group of eight.
  await steadily(async () => {
    const { left, before } = await overBadLine(key, 200, (n) => n >= 270 && n < 274);
    await shows((c) => c.feed?.lost >= 4, "four are lost");
    // As many pictures as ever: the next key frame came.
    let slates = 0;
    const after = await shows((c) => {
      slates += c.media.slate ? 1 : 0;
      return c.media.frames >= 20 && !c.media.slate && !(c.media.dropped <= left + 25);
    }, "the next key frame came");
    note(`${after.media.dropped - left} pictures were left out`);
    const list = await index();
    check(list);
    return [
      Number.isNaN(left) ? "it was late" : "", slates ? "a slate" : "",
      breaks(list) === breaks(before) ? "" : "a break", /GAP/.test(list) ? "a gap" : "",
    ].filter(Boolean).join(", ");
  });
});

// ---- fetching ----------------------------------------------------------------------

/** An encoder that waits to be called. @param {number} port */
const listen = (port) =>
  encoder.start(`srt://127.0.0.1:${port}?mode=listener&passphrase=${PASSPHRASE}`);
const van = async () => JSON.parse(await site.run("channel", "status", "--json")).channels.find((/** @type {any} */ c) => c.name === "van");
/** @param {(channel: any) => unknown} is @param {string} what */
const vanShows = (is, what) => until(async () => { const now = await van(); return is(now) && now; }, what);
const far = await freeDatagramPort();
const address = `srt://127.0.0.1:${far}?streamid=a%20van&passphrase=${encodeURIComponent(PASSPHRASE)}&latency=200`;

test("an address that cannot be called is refused, with what one looks like", async () => {
  /** @type {[string, RegExp][]} */
  const wrong = [
    ["rtmp://192.0.2.7/live", /srt:\/\/relay\.example\.org:9710/],
    ["srt://relay..example.org:9710", /relay\.\.example\.org' is neither.*srt:\/\/\[2001:db8::7\]:9710/],
    ["srt://192.0.2.256:9710", /192\.0\.2\.256' is neither/],
    ["srt://192.0.2.7", /192\.0\.2\.7/],
    ["srt://192.0.2.7:9710?passphrase=short", /10 to 79/],
    ["srt://192.0.2.7:9710?streamid=%zz", /stream id/],
    ["srt://192.0.2.7:9710?latency=soon", /milliseconds/],
    ["srt://192.0.2.7:9710?maxbw=1", /'maxbw' is not known/],
  ];
  for (const [pull, told] of wrong) {
    const { code, stderr } = await broadsheet(["channel", "add", "van", "--pull", pull, "--data", site.data]);
    assert.notEqual(code, 0, pull);
    assert.match(stderr, told);
  }
});

test("a channel that is fetched from somewhere: the log says once that nobody is there", async () => {
  const from = site.log.length;
  // Somebody who never answers, and counts the calls: each has an id of its own.
  const calls = new Set();
  const silent = dgram.createSocket("udp4").on("message", (packet) => packet.length >= 44 && calls.add(packet.readUInt32BE(40)));
  await new Promise((resolve) => silent.bind(far, "127.0.0.1", () => resolve(undefined)));
  await site.run("channel", "add", "van", "--ladder", "source,audio", "--pull", address);
  await logs(from, /a broadcast cannot be fetched.*reason/);
  await until(() => calls.size >= 3, "it is called again and again");
  await new Promise((resolve) => silent.close(() => resolve(undefined)));
  assert.equal([...site.log.slice(from).matchAll(/a broadcast cannot be fetched/g)].length, 1);
});

test("it is on the air soon after its encoder listens, and again after that began anew", async () => {
  for (let i = 0; i < 2; i++) {
    listen(far);
    const now = await vanShows((c) => c.on_air && c.feed?.state === "began" && c.feed.video?.width === 320, "the van is on the air");
    assert.equal(now.feed.protocol, "srt");
    assert.equal(now.feed.address, "127.0.0.1");
    assert.equal(now.pulled_from, `127.0.0.1:${far}`);
    if (i === 0) {
      encoder.stop();
      await vanShows((c) => !c.feed, "the feed is gone");
    }
  }
  assert.equal([...site.log.matchAll(/a broadcast cannot be fetched/g)].length <= 3, true);
});

test("by a name it is looked up and called; one that nobody has is told as such, once", async () => {
  const named = address.replace("127.0.0.1", "localhost");
  await site.run("channel", "change", "van", "--pull", "");
  await vanShows((c) => !c.feed, "the feed is gone");
  listen(far);
  await site.run("channel", "change", "van", "--pull", named);
  const now = await vanShows((c) => c.on_air && c.feed?.state === "began", "the van is on the air");
  assert.match(now.feed.address, /^(127\.0\.0\.1|::1)$/);
  assert.equal(now.pulled_from, `localhost:${far}`);
  const from = site.log.length;
  await site.run("channel", "change", "van", "--pull", address.replace("127.0.0.1", "nobody.invalid"));
  await logs(from, /a broadcast cannot be fetched.*nobody\.invalid.*look at/);
  await site.run("channel", "change", "van", "--pull", address);
  listen(far);
  await vanShows((c) => c.on_air && c.feed?.state === "began", "the van is on the air again");
  assert.equal([...site.log.slice(from).matchAll(/a broadcast cannot be fetched.*nobody\.invalid/g)].length, 1);
});

test("where it is fetched from is told, and not what lets one in there", async () => {
  for (const text of [site.log, await site.run("channel", "status", "--json"), await site.run("channel", "show", "van", "--json"), await site.run("channel", "list", "--json")])
    assert.ok(!text.includes(PASSPHRASE) && !text.includes("a%20van") && !text.includes("a van"));
});

test("who has a key of higher priority takes the air from it", async () => {
  const key = /[a-z2-7]{32}/.exec(await site.run("channel", "key", "add", "van", "--priority", "5"))?.[0];
  const studio = new Encoder();
  studio.start(`rtmp://127.0.0.1:${rtmp}/live/${key}`);
  await vanShows((c) => c.feed?.protocol === "rtmp" && c.on_air, "the studio is on the air");
  listen(far);
  studio.stop();
  await vanShows((c) => c.feed?.protocol === "srt" && c.on_air, "the van is on the air again");
});

test("it ends within a second when it is not to be fetched any more", async () => {
  await site.run("channel", "change", "van", "--pull", "");
  await vanShows((c) => !c.feed, "the feed is gone");
  assert.equal((await van()).pulled_from, null);
});

await run();
