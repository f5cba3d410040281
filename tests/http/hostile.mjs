#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What one who means harm may do with a few connections, and what all others
// notice of it: nothing.
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";

import { BROWSER, addressOf, beacon, sendAll } from "../lib/beacons.mjs";
import { Site, until } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";

const site = await Site.make();
await site.serve("--threads", "1");

/** What the kernel holds of the server's connections, as one text. */
const queues = () =>
  fs
    .readFileSync("/proc/net/tcp", "latin1")
    .split("\n")
    .map((line) => line.trim().split(/\s+/))
    .filter((row) => [row[1], row[2]].some((end) => end?.endsWith(`:${site.port.toString(16).toUpperCase().padStart(4, "0")}`)))
    .map((row) => `${row[1]} ${row[2]} ${row[4]}`)
    .join("\n");

/** Until nobody sends any more, since nobody reads. */
async function stalled() {
  let last = "";
  let same = 0;
  await until(async () => {
    const now = queues();
    same = now === last ? same + 1 : 0;
    last = now;
    return same > 20;
  }, "all connections are full");
}

/** A connection that asks and asks and reads when it is told to. */
class Hoarder {
  /** @param {string} target @param {number} times */
  constructor(target, times) {
    this.rest = Buffer.alloc(0);
    this.left = 0; // of the body at hand
    this.answers = 0;
    this.bytes = 0;
    /** @type {string | undefined} */
    this.wrong = undefined;
    this.socket = net.connect({ port: site.port, host: "127.0.0.1" });
    this.socket.pause();
    this.socket.on("error", () => {});
    this.socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\n\r\n`.repeat(times));
  }

  /** Takes so many bytes. @param {number} bytes */
  read(bytes) {
    const end = this.bytes + bytes;
    return new Promise((resolve) => {
      /** @param {Buffer} piece */
      const take = (piece) => {
        this.bytes += piece.length;
        this.walk(piece);
        if (this.bytes < end && !this.wrong) return;
        this.socket.pause();
        this.socket.off("data", take);
        resolve(null);
      };
      this.socket.on("data", take);
      this.socket.once("close", () => {
        this.wrong ??= "the connection was closed";
        resolve(null);
      });
      this.socket.resume();
    });
  }

  /** Looks whether it is one whole answer after the other. @param {Buffer} piece */
  walk(piece) {
    const skipped = Math.min(this.left, piece.length);
    this.left -= skipped;
    this.rest = Buffer.concat([this.rest, piece.subarray(skipped)]);
    for (;;) {
      const end = this.rest.indexOf("\r\n\r\n");
      if (this.left > 0 || end < 0) return;
      const head = this.rest.toString("latin1", 0, end);
      const length = /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\nContent-Length: (\d+)\r\n/.exec(head);
      if (!length) {
        this.wrong ??= head.slice(0, 400);
        return;
      }
      this.answers++;
      const body = Number(length[1]);
      const here = this.rest.subarray(end + 4, end + 4 + body);
      this.left = body - here.length;
      this.rest = this.rest.subarray(end + 4 + here.length);
    }
  }
}

test("a page that is replaced while slow readers wait for it is sent to them whole", async () => {
  const { id, slug } = await site.write({ headline: "Replaced", publish: true });
  const hoarders = Array.from({ length: 24 }, () => new Hoarder(`/en/article/${slug}-${id}`, 1500));
  for (let round = 0; round < 4; round++) {
    await stalled();
    await site.revise(id, { headline: `Replaced ${round}` });
    await site.publish(id);
    await Promise.all(hoarders.map((hoarder) => hoarder.read(9_000_000)));
  }
  for (const hoarder of hoarders) {
    assert.equal(hoarder.wrong, undefined);
    hoarder.socket.destroy();
  }
  note(`${hoarders.reduce((sum, { answers }) => sum + answers, 0)} answers, all whole`);
});

test("nobody has the edge keep large bodies of requests that nobody will answer", async () => {
  const before = memory();
  const bytes = 7 << 20;
  const sockets = Array.from({ length: 40 }, () => {
    const socket = net.connect({ port: site.port, host: "127.0.0.1" });
    socket.on("error", () => {});
    socket.write(`POST /newsroom/x HTTP/1.1\r\nHost: a\r\nContent-Length: ${bytes}\r\n\r\n`);
    return socket;
  });
  const answers = await Promise.all(
    sockets.map((socket) => new Promise((resolve) => socket.once("data", (bytes) => resolve(bytes.toString("latin1", 0, 12))))),
  );
  for (const answer of answers) assert.equal(answer, "HTTP/1.1 413");
  for (const socket of sockets) socket.destroy();
  assert.ok(memory() - before < 64, `${memory() - before} MiB more`);
});

test("what HEAD asks for is told without its being unpacked", async () => {
  const head = await site.get("/en/", { method: "HEAD" });
  assert.equal(head.status, 200);
  const length = Number(head.get("content-length"));
  assert.equal(length, Number((await site.get("/en/")).get("content-length")));
  assert.ok(length > 0);
});

test("whoever invents articles to be counted takes no views from real ones", async () => {
  const { id } = await site.write({ headline: "Real", publish: true });
  /** @param {number} reader */
  const read = (reader) => site.get(`/views/${id}`, { method: "POST", fields: { "User-Agent": BROWSER, "X-Forwarded-For": addressOf(reader) } });
  const total = async () => JSON.parse((await site.get(`/views/${id}`)).text()).views;
  await read(1);
  await until(async () => (await total()) === 1, "the edge knows the article");
  let invented = 0;
  const { answered } = await sendAll({
    place: site.place,
    connections: 4,
    window: 512,
    next: () => (invented++ < 500_000 ? beacon(`${(0x5f000000 + invented).toString(16)}0000a`, invented) : null),
  });
  note(`${answered} invented readings`);
  await read(2);
  await until(async () => (await site.api("GET", `/newsroom/api/articles/${id}`)).views === 2, "both are stored");
  assert.ok(!site.log.includes("are lost"), site.log.slice(-2000));
});

/** The edge's memory in MiB. */
function memory() {
  const status = fs.readFileSync(`/proc/${site.children().edge}/status`, "latin1");
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

await run();
