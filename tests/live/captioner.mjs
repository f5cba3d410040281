#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A captioner's side input: what tools POST, or say on a WebSocket, is in the
// WebVTT beside the pictures, when it was said; who has no key writes nothing.
import assert from "node:assert/strict";
import { execFile, spawnSync } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import http from "node:http";
import net from "node:net";
import path from "node:path";
import { promisify } from "node:util";

import { findBrowser, launch, openPage, overflow } from "../lib/browser.mjs";
import { Encoder } from "../lib/encoder.mjs";
import { Connection } from "../lib/http.mjs";
import { freePort } from "../lib/ports.mjs";
import { root, Site, until } from "../lib/site.mjs";
import { finally_, run, skip, test } from "../lib/tap.mjs";
import { BINARY, CLOSE, FIN, frame, PING, PONG, REST, Socket, TEXT } from "../lib/websocket.mjs";

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
await site.serve("--rtmp", `127.0.0.1:${rtmp}`, "--threads", "2", "--proxy", "127.0.0.1");
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
/** When the newest part there is ends, in seconds since 1970. */
async function newestEnd() {
  const text = (await site.get("/live/news/source/index.m3u8?dvr=1")).text();
  const last = text.slice(text.lastIndexOf("#EXT-X-PROGRAM-DATE-TIME:"));
  const parts = [...last.matchAll(/#EXT-X-PART:DURATION=([\d.]+)/g)].reduce((sum, [, seconds]) => sum + Number(seconds), 0);
  return Date.parse(/TIME:(\S+)/.exec(last)?.[1] ?? "") / 1000 + parts;
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
  assert.equal((await site.get("/live/news/source/index.m3u8")).get("broadsheet-captions"), "1");
});

test("a line is shown from when it was sent, for as long as it takes to read", async () => {
  await until(async () => (await post("Test.")).status === 202, "the channel is on the air");
  await until(async () => (await cues()).some((cue) => cue.text === "Test."), "the first one is over");
  const before = await newestEnd();
  const words = "Good evening, and welcome to the news.";
  assert.deepEqual([(await post(words)).status, (await post("x", { key: null })).status], [202, 401]);
  const answered = Date.now() / 1000;
  const cue = await shown(words);
  // Where the newest part ended when it came, which is never in the future.
  assert.ok(cue.start <= answered + 0.5 && cue.start > before - 0.01, `it begins ${cue.start - before} s after what there was before`);
  assert.ok(Math.abs(cue.end - cue.start - (2 + words.length / 15)) < 0.1, `${cue.end - cue.start} s`);
});

test("what is sent faster than it can be read is shown one after the other, none lost", async () => {
  const lines = ["One.", "Two.", "Three.", "Four."];
  // In one go, so that each is there before the one in front of it is over.
  const connection = await Connection.open(site.place);
  connection.write(lines.map((line) => `POST /live/news/captions HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${captioner.key}\r\nContent-Length: ${line.length}\r\n\r\n${line}`).join(""));
  for (const _ of lines) assert.equal((await connection.answer()).status, 202);
  connection.close();
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

const TARGET = "/live/news/captions";
const bearer = () => ({ Authorization: `Bearer ${captioner.key}` });

test("a WebSocket takes the key as its first message, then lines and cues; each is answered", async () => {
  const socket = await Socket.open(site.place, TARGET);
  assert.deepEqual(await socket.say(`${captioner.key}\n`), { status: 200, message: "the key is good" });
  assert.deepEqual(await socket.say("Said on a WebSocket."), { status: 202, message: "taken" });
  assert.deepEqual(await socket.say("00:00.000 --> 00:01.500\nA <i>cue</i> on it."), { status: 202, message: "taken" });
  assert.match((await socket.say("")).message, /there is no text/);
  assert.match((await socket.say("00:02.000 --> 00:01.000\nx")).message, /line 1: a cue ends after it begins/);
  assert.ok(await shown("Said on a WebSocket."));
  const cue = await shown("A cue on it.");
  assert.ok(Math.abs(cue.end - cue.start - 1.5) < 0.002, `${cue.end - cue.start} s`);
  socket.connection.write(frame(FIN | CLOSE, Buffer.from([3, 0xe8])));
  assert.equal(await socket.end(), 1000);
});

test("the key may stand in the header or in the address; fragments and pings are understood", async () => {
  for (const [target, fields] of /** @type {[string, Record<string, string>][]} */ ([
    [TARGET, bearer()],
    [`${TARGET}?key=${captioner.key}`, { Connection: "keep-alive, Upgrade", Origin: "https://elsewhere.example" }],
  ])) {
    const socket = await Socket.open(site.place, target, fields);
    const text = Buffer.from("გამარჯობა, WebSocket");
    socket.connection.write(frame(TEXT, text.subarray(0, 2)));
    socket.connection.write(Buffer.concat([frame(FIN | PING, "between"), frame(REST), frame(FIN | REST, text.subarray(2))]));
    const pong = await socket.next();
    // The answer may overtake it: they are not of one kind.
    const answer = pong?.opcode === PONG ? await socket.message() : JSON.parse(String(pong?.payload));
    if (pong?.opcode === PONG) assert.equal(String(pong.payload), "between");
    assert.equal(answer.status, 202);
    socket.close();
  }
  assert.ok(await shown("გამარჯობა, WebSocket"));
});

test("who sends many at once is answered in order, and nothing is lost", async () => {
  const socket = await Socket.open(site.place, TARGET, bearer());
  await shown("გამარჯობა, WebSocket");
  const lines = ["First.", "", "Second.", "x".repeat(1025), "Third."];
  socket.connection.write(Buffer.concat(lines.map((line) => frame(FIN | TEXT, line))));
  const statuses = [];
  for (const _ of lines) statuses.push((await socket.message()).status);
  assert.deepEqual(statuses, [202, 400, 202, 400, 202]);
  await shown("Third.");
  assert.deepEqual((await cues()).map((cue) => cue.text).filter((text) => /^(First|Second|Third)\.$/.test(text)), ["First.", "Second.", "Third."]);
  socket.close();
});

test("who has no good key is told so and put out", async () => {
  for (const key of ["x", studio.key, stranger.key, captioner.key.toUpperCase(), "x".repeat(129)]) {
    const socket = await Socket.open(site.place, TARGET);
    assert.equal((await socket.say(key)).status, 403);
    assert.equal(await socket.end(), 1008);
  }
  const empty = await Socket.open(site.place, TARGET);
  assert.equal((await empty.say(" ")).status, 401);
  assert.equal(await empty.end(), 1008);
  const socket = await Socket.open(site.place, `${TARGET}?key=${stranger.key}`);
  socket.connection.write(Buffer.concat([frame(FIN | TEXT, "Not to be seen"), frame(FIN | TEXT, captioner.key), frame(FIN | TEXT, "Not to be seen")]));
  assert.equal((await socket.message()).status, 403);
  assert.deepEqual([await socket.end(), socket.connection.closed], [1008, true]);
});

test("a handshake that is none is refused in HTTP", async () => {
  /** @type {[Record<string, string>, number, RegExp][]} */
  const bad = [
    [{ "Sec-WebSocket-Version": "8" }, 426, /Sec-WebSocket-Version: 13/],
    [{ "Sec-WebSocket-Key": "short" }, 400, /16 bytes in base64/],
    [{ Upgrade: "h2c" }, 400, /only protocol to change to is websocket/],
    [{ Authorization: `Bearer ${"x".repeat(200)}` }, 403, /no key is that long/],
    [{ Connection: "close" }, 405, /or open a WebSocket/],
  ];
  for (const [fields, status, words] of bad) {
    const { refusal } = await Socket.ask(site.place, TARGET, fields);
    assert.equal(refusal?.status, status, refusal?.head);
    assert.match(String(refusal?.text()), words);
    if (status === 426) assert.equal(refusal?.get("sec-websocket-version"), "13");
  }
  assert.equal((await Socket.ask(site.place, "/live/none/captions")).refusal?.status, 404);
});

test("who breaks the rules of WebSockets is told by a code; nothing of it is shown", async () => {
  /** @type {[string, Buffer, number][]} */
  const bad = [
    ["a frame without a mask", frame(FIN | TEXT, "Not to be seen", { masked: false }), 1002],
    ["reserved bits", frame(FIN | 0x40 | TEXT, "Not to be seen"), 1002],
    ["a huge length", frame(FIN | TEXT, "Not to be seen", { length: 2 ** 40 }), 1009],
    ["a message that is too long", frame(FIN | TEXT, "x".repeat(8193)), 1009],
    ["fragments without an end", Buffer.concat([frame(TEXT, "Not to be seen"), ...Array.from({ length: 2000 }, () => frame(REST))]), 1009],
    ["fragments without an end that say something", Buffer.concat([frame(TEXT, "x".repeat(1000)), ...Array.from({ length: 9 }, () => frame(REST, "x".repeat(1000)))]), 1009],
    ["a message within another one", Buffer.concat([frame(TEXT, "Not"), frame(FIN | TEXT, "to be seen")]), 1002],
    ["binary", frame(FIN | BINARY, "Not to be seen"), 1003],
    ["no UTF-8", frame(FIN | TEXT, Buffer.from([0x41, 0xff])), 1007],
    ["a fragment of a ping", frame(PING, "x"), 1002],
    ["a kind that is not known", frame(FIN | 3, "x"), 1002],
    ["a code that is none", frame(FIN | CLOSE, Buffer.from([0, 1])), 1002],
  ];
  for (const [name, bytes, code] of bad) {
    const socket = await Socket.open(site.place, TARGET, bearer());
    socket.connection.write(bytes);
    assert.equal(await socket.end(), code, name);
    assert.ok(socket.reason, name);
  }
  assert.equal((await post("POST is fine.")).status, 202);
  await shown("POST is fine.");
  assert.ok(!(await cues()).some((cue) => /Not to be seen|^x/.test(cue.text)));
});

test("who sends byte by byte, or hangs up in the middle, harms nobody", async () => {
  const slow = await Socket.open(site.place, TARGET, bearer());
  for (const byte of frame(FIN | TEXT, "Byte by byte.")) {
    slow.connection.write(Buffer.from([byte]));
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal((await slow.message()).status, 202);
  slow.close();
  for (const bytes of [frame(FIN | TEXT, "Not whole").subarray(0, 5), frame(TEXT, "Not whole"), frame(FIN | TEXT, "Gone before it is answered.")]) {
    const socket = await Socket.open(site.place, TARGET, bearer());
    socket.connection.write(bytes);
    socket.connection.socket.destroySoon();
  }
  assert.ok(await shown("Byte by byte."));
  assert.equal((await post("Still there.")).status, 202);
});

test("who sends without an end and reads no answers hinders nobody", async () => {
  const socket = await Socket.open(site.place, TARGET, { ...bearer(), "X-Forwarded-For": "203.0.113.9" });
  socket.connection.socket.pause();
  socket.connection.write(Buffer.concat(Array.from({ length: 1 << 19 }, () => frame(FIN | TEXT, ""))));
  socket.connection.write(Buffer.concat(Array.from({ length: 1 << 19 }, () => frame(FIN | PING, "x"))));
  for (let n = 0; n < 10; n++) assert.equal((await post("")).status, 400);
  socket.close();
});

test("an address has so many WebSockets at a time, and so many captions a second", async () => {
  const from = (/** @type {string} */ ip) => Socket.ask(site.place, TARGET, { ...bearer(), "X-Forwarded-For": ip });
  /** @type {Socket[]} */
  const open = [];
  let refusal = null;
  while (!refusal) {
    const one = await from("203.0.113.7");
    if (one.socket) open.push(one.socket);
    refusal = one.refusal;
    assert.ok(open.length <= 32, "16 of each thread");
  }
  assert.ok(open.length >= 16, `${open.length}`);
  assert.equal(refusal.status, 429);
  assert.match(refusal.text(), /too many WebSockets/);
  const other = (await from("203.0.113.8")).socket;
  assert.ok(other, "another address has its own");
  for (let n = 0; n < 100; n++) other.send("");
  const statuses = new Set();
  for (let n = 0; n < 100; n++) statuses.add((await other.message()).status);
  assert.deepEqual([...statuses].sort(), [400, 429]);
  for (const socket of [...open, other]) socket.close();
  await until(async () => {
    const { socket } = await from("203.0.113.7");
    socket?.close();
    return socket;
  }, "who closes may open again");
});

if (!playwright) skip("a browser's WebSocket", String(why));
else
  test("a browser's own WebSocket says captions, from a page of another site", async () => {
    const tool = http.createServer((_, answer) => answer.end("A tool")).listen(0, "127.0.0.1");
    await once(tool, "listening");
    const page = await viewer.context().newPage();
    await page.goto(`http://127.0.0.1:${/** @type {net.AddressInfo} */ (tool.address()).port}/`);
    const told = await page.evaluate(
      ([address, key]) =>
        new Promise((resolve) => {
          const socket = new WebSocket(address);
          /** @type {any[]} */
          const got = [];
          const lines = [key, "Typed in a browser.", ""];
          socket.onopen = () => socket.send(lines.shift());
          socket.onmessage = ({ data }) => {
            got.push(JSON.parse(data).status);
            if (lines.length) socket.send(lines.shift());
            else socket.close(1000, "done");
          };
          socket.onclose = ({ code, wasClean }) => resolve([...got, code, wasClean]);
        }),
      [`ws://127.0.0.1:${site.port}${TARGET}`, captioner.key],
    );
    assert.deepEqual(told, [200, 202, 400, 1000, true]);
    assert.ok(await shown("Typed in a browser."));
    await page.close();
    tool.close();
  });

if (!playwright) skip("captions for who was there before", String(why));
else
  test("who pressed Play before has the button without a reload, turns them on, and reads", async () => {
    await viewer.waitForSelector("[data-do=captions]:visible");
    await viewer.keyboard.press("c");
    await viewer.waitForSelector("[data-do=captions][aria-pressed=true]");
    const isShown = () =>
      viewer.evaluate(() =>
        [...document.querySelector("video").textTracks].some((track) => track.mode === "showing" && [...(track.activeCues ?? [])].some((cue) => cue.text.endsWith("By hand."))),
      );
    // Somebody writes on and on, until it is on the screen and some more.
    for (let n = 0, last = 0; n < 1; n += (await isShown()) ? 1 : 0) {
      if (Date.now() - last < 2000) continue;
      assert.ok([202, 429, 503].includes((await post("Here is the news, as it is written.\nBy hand.")).status));
      last = Date.now();
    }
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

test("a key that was revoked writes nothing, within a second, also on a WebSocket that is open", async () => {
  const socket = await Socket.open(site.place, TARGET);
  assert.equal((await socket.say(captioner.key)).status, 200);
  await site.run("channel", "key", "revoke", captioner.id);
  await until(async () => (await post("Not to be seen")).status === 403, "it is refused");
  assert.equal((await socket.say("Not to be seen")).status, 403);
  assert.equal(await socket.end(), 1008);
});

test("when the server ends, open WebSockets are told", async () => {
  const socket = await Socket.open(site.place, TARGET);
  const ended = socket.end();
  await site.stop();
  assert.equal(await ended, 1001);
});

await run();
