#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What the edge does beside pages: files, what only the desk may answer, times
// without a desk, crowds, and the end.
import assert from "node:assert/strict";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";

import { Connection, converse, request } from "../lib/http.mjs";
import { Site, until } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";

const site = await Site.make("--name", "The Test");
await site.run("category", "add", "World");
const media = path.join(site.data, "media");
fs.mkdirSync(media, { recursive: true });
const picture = crypto.randomBytes(100_000);
const film = crypto.randomBytes(12 << 20);
const pictureName = `${"0123456789abcdef".repeat(2)}.jpg`;
const filmName = `${"fedcba9876543210".repeat(2)}.mp4`;
fs.writeFileSync(path.join(media, pictureName), picture);
fs.writeFileSync(path.join(media, filmName), film);
fs.writeFileSync(path.join(media, "notes.txt"), "not for readers");
fs.symlinkSync("../broadsheet.db", path.join(media, `${"00".repeat(16)}.jpg`));
await site.serve("--threads", "1");

// ---- files -------------------------------------------------------------------

test("a picture is given whole, with its type and for ever", async () => {
  const answer = await site.get(`/media/${pictureName}`);
  assert.equal(answer.status, 200);
  assert.ok(answer.body.equals(picture));
  assert.equal(answer.get("content-type"), "image/jpeg");
  assert.equal(answer.get("x-content-type-options"), "nosniff");
  assert.match(answer.get("cache-control") ?? "", /immutable/);
  assert.equal(answer.get("accept-ranges"), "bytes");
});

test("a part of it is given as asked for", async () => {
  const end = picture.length - 1;
  /** @type {[string, number, number][]} */
  const ranges = [
    ["bytes=0-0", 0, 0],
    ["bytes=0-999", 0, 999],
    ["bytes=5000-", 5000, end],
    ["bytes=-500", end - 499, end],
    ["bytes=99999-200000", 99_999, end],
    ["bytes=-200000", 0, end],
  ];
  for (const [range, from, to] of ranges) {
    const answer = await site.get(`/media/${pictureName}`, { fields: { Range: range } });
    assert.equal(answer.status, 206, range);
    assert.equal(answer.get("content-range"), `bytes ${from}-${to}/${picture.length}`, range);
    assert.ok(answer.body.equals(picture.subarray(from, to + 1)), range);
  }
});

test("a part that there is not answers 416; what is no range is left aside", async () => {
  const beyond = await site.get(`/media/${pictureName}`, { fields: { Range: "bytes=100000-" } });
  assert.equal(beyond.status, 416);
  assert.equal(beyond.get("content-range"), `bytes */${picture.length}`);
  for (const range of ["bytes=a-b", "lines=1-2", "bytes=9-1", "bytes="]) {
    const answer = await site.get(`/media/${pictureName}`, { fields: { Range: range } });
    assert.ok([200, 416].includes(answer.status), `${range}: ${answer.status}`);
  }
});

test("If-Range gives the part only of the same file", async () => {
  const tag = (await site.get(`/media/${pictureName}`)).get("etag") ?? "";
  const same = { Range: "bytes=0-9", "If-Range": tag };
  assert.equal((await site.get(`/media/${pictureName}`, { fields: same })).status, 206);
  const other = { Range: "bytes=0-9", "If-Range": '"other"' };
  assert.equal((await site.get(`/media/${pictureName}`, { fields: other })).status, 200);
  const known = await site.get(`/media/${pictureName}`, { fields: { "If-None-Match": tag } });
  assert.equal(known.status, 304);
});

test("HEAD of a file tells its length and the connection goes on", async () => {
  const connection = await Connection.open(site.place);
  const head = await connection.request(`/media/${pictureName}`, { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(head.get("content-length"), String(picture.length));
  assert.equal((await connection.request("/en/")).status, 200);
  connection.close();
});

test("a large file arrives whole at a slow reader, others are served meanwhile", async () => {
  const slow = await Connection.open(site.place);
  slow.socket.pause();
  slow.write(`GET /media/${filmName} HTTP/1.1\r\nHost: a\r\n\r\n`);
  for (let i = 0; i < 20; i++) assert.equal((await site.get("/en/")).status, 200);
  slow.socket.resume();
  const answer = await slow.answer();
  assert.equal(crypto.createHash("sha256").update(answer.body).digest("hex"), crypto.createHash("sha256").update(film).digest("hex"));
  slow.close();
});

test("nothing but published media can be had", async () => {
  for (const name of [
    "notes.txt",
    `${"00".repeat(16)}.jpg`,
    "../broadsheet.db",
    "%2e%2e/broadsheet.db",
    "..%2fbroadsheet.db",
    "",
    ".",
    `${pictureName}/`,
    pictureName.toUpperCase(),
    `${"ab".repeat(16)}.jpg`,
    `${"a".repeat(3000)}`,
  ]) {
    const answer = await site.get(`/media/${name}`);
    assert.ok([301, 400, 404, 414].includes(answer.status), `${name}: ${answer.status}`);
    assert.ok(!answer.body.includes("SQLite format"), name);
  }
});

// ---- what only the desk answers ------------------------------------------------

test("what is for the command line cannot be reached through the edge", async () => {
  const article = await site.write({ headline: "A draft" });
  /** @type {[string, string][]} */
  const routes = [
    ["POST", "/newsroom/api/articles"],
    ["GET", `/newsroom/api/articles/${article.id}`],
    ["POST", `/newsroom/api/articles/${article.id}/publish`],
    ["POST", `/newsroom/api/articles/${article.id}/withdraw`],
    ["POST", `/newsroom//api/articles/${article.id}/publish`],
    ["POST", `/newsroom/api/articles/${article.id}/publish/`],
    ["POST", `/newsroom/api/articles/${article.id}/publish?x`],
    ["GET", "/newsroom/"],
  ];
  for (const [method, target] of routes) {
    const answer = await site.get(target, { method, body: method === "POST" ? "{}" : undefined });
    assert.ok([301, 404, 413].includes(answer.status), `${method} ${target}: ${answer.status}`);
    assert.ok(!answer.text().includes("A draft"));
  }
  for (const target of ["/sync?seq=1", "/status"]) {
    assert.equal((await site.get(target)).status, 404);
    assert.equal((await site.get(target, { method: "POST" })).status, 405);
  }
  const still = await site.api("GET", `/newsroom/api/articles/${article.id}`);
  assert.equal(still.state, "draft");
});

test("it cannot be reached by saying that one is local", async () => {
  for (const fields of [
    { "X-Forwarded-For": "127.0.0.1" },
    { Host: "localhost", "X-Real-IP": "::1" },
    { "X-Original-URL": "/status" },
    { Connection: "close, X-Forwarded-For" },
  ]) {
    const answer = await site.get("/newsroom/api/articles/62f9f7d471fdc", { fields: /** @type {any} */ (fields) });
    assert.equal(answer.status, 404);
    assert.ok(!answer.text().includes("there is no article"));
  }
});

test("the desk's socket is for its owner alone", () => {
  for (const name of ["desk.sock", "edge.sock"]) {
    const mode = fs.statSync(path.join(site.data, "run", name)).mode & 0o777;
    assert.equal(mode & 0o077, 0, `${name} has mode ${mode.toString(8)}`);
  }
});

// ---- limits --------------------------------------------------------------------

test("a body where none is wanted is refused without being read", async () => {
  const answer = await converse(site.place, `GET /en/ HTTP/1.1\r\nHost: a\r\nContent-Length: ${1 << 30}\r\n\r\n`);
  assert.match(answer, /^HTTP\/1\.1 413 /);
  const large = await converse(site.place, `POST /newsroom/x HTTP/1.1\r\nHost: a\r\nContent-Length: ${1 << 30}\r\n\r\n`);
  assert.match(large, /^HTTP\/1\.1 413 /);
});

// ---- without a desk --------------------------------------------------------------

test("while the desk does not answer, held pages go on and others say 503", async () => {
  const article = await site.write({ headline: "Held", categories: ["world"], publish: true });
  const held = `/en/article/${article.slug}-${article.id}`;
  const before = (await site.get(held)).bytes();
  const { desk = 0 } = site.children();
  await site.freeze(desk);
  try {
    const waiting = site.get("/en/article/never-asked-for-62f9f7d471fdc");
    const passed = request(site.place, "/newsroom/x");
    for (let i = 0; i < 200; i++) assert.equal((await site.get(held)).bytes(), before);
    const answer = await waiting;
    assert.equal(answer.status, 503);
    assert.ok(Number(answer.get("retry-after")) > 0);
    assert.match(answer.get("cache-control") ?? "", /no-store/);
    process.kill(desk, "SIGCONT");
    assert.equal((await passed).status, 404, "what waited in the newsroom's line is answered");
  } finally {
    process.kill(desk, "SIGCONT");
  }
  assert.equal((await site.get("/en/article/never-asked-for-62f9f7d471fdc")).status, 404);
});

/** The desk's status when it has printed nothing for half a second. */
async function printedAll() {
  for (let last = -1; ; await setTimeout(500)) {
    const status = await site.api("GET", "/status");
    if (status.prints === last) return status;
    last = status.prints;
  }
}

test("many who wait for one page share what the desk prints", async () => {
  const before = await printedAll();
  const readers = await Promise.all(Array.from({ length: 100 }, () => Connection.open(site.place)));
  const { desk = 0 } = site.children();
  await site.freeze(desk); // so that all of them wait
  const answers = readers.map((reader) => reader.request("/en/world?before=0005e6466bd0a4c0-62f9f7d471fdc"));
  try {
    for (let i = 0; i < 50; i++) assert.equal((await site.get("/en/world")).status, 200); // the edge has looked at each
  } finally {
    process.kill(desk, "SIGCONT");
  }
  for (const answer of await Promise.all(answers)) assert.equal(answer.status, (await answers[0])?.status);
  for (const reader of readers) reader.close();
  const after = await site.api("GET", "/status");
  note(`${after.prints - before.prints} prints for 100 readers`);
  assert.ok(after.prints - before.prints <= 4, `${after.prints - before.prints} prints`);
});

// ---- the end ---------------------------------------------------------------------

test("SIGTERM cuts nobody off: what was asked is answered whole", async () => {
  const slow = await Promise.all(Array.from({ length: 8 }, () => Connection.open(site.place)));
  for (const connection of slow) {
    connection.socket.pause();
    connection.write(`GET /media/${filmName} HTTP/1.1\r\nHost: a\r\n\r\n`);
  }
  const busy = await Promise.all(Array.from({ length: 24 }, () => Connection.open(site.place)));
  let answered = 0;
  const failures = /** @type {string[]} */ ([]);
  const reading = busy.map(async (connection) => {
    for (;;) {
      let answer;
      try {
        answer = await connection.request("/en/world");
      } catch (error) {
        // Idle connections may be closed; then nothing of an answer came.
        if (connection.input.length) failures.push(String(error));
        return;
      }
      answered++;
      if (answer.status !== 200) failures.push(`status ${answer.status}`);
      if (/close/i.test(answer.get("connection") ?? "")) return;
    }
  });
  await until(() => answered > 200, "the readers are reading");
  const ended = site.stop();
  for (const connection of slow) connection.socket.resume();
  const films = await Promise.all(slow.map((connection) => connection.answer()));
  await Promise.all(reading);
  assert.equal(await ended, 0);
  assert.deepEqual(failures, []);
  for (const answer of films) assert.ok(answer.body.equals(film), "a film arrived in part");
  note(`${answered} pages and ${films.length} films answered whole`);
});

test("afterwards nobody is there, and it starts again with all it had", async () => {
  await assert.rejects(site.get("/en/"));
  assert.deepEqual(site.children(), {});
  await site.serve("--threads", "1");
  assert.ok((await site.get("/en/world")).text().includes("Held"));
});

await run();
