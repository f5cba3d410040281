#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The end of a process while somebody still waits for an answer that another
// process owes: it ends in order, and who waits is told.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";

import { ready } from "../lib/crash.mjs";
import { Connection } from "../lib/http.mjs";
import { isAlive, paragraphs, program, Site, until } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";
import { Socket } from "../lib/websocket.mjs";

const HUB = "hub.mode=subscribe&hub.topic=x&hub.callback=y";
const CAPTIONS = "/live/news/captions";

const site = await Site.make("--name", "The Test");
await site.run("channel", "add", "news", "--title", "First Channel");
const { key } = JSON.parse(await site.run("channel", "key", "add", "news", "--for", "captions", "--json"));
await site.serve("--threads", "1");
await ready(site);

/** @param {string} path @param {string} body @param {Record<string, string>} [fields] */
function post(path, body, fields = {}) {
  const all = { Host: "localhost", "Content-Length": String(body.length), ...fields };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

/** The edge's thread has done all that came before. */
const caughtUp = async () => assert.equal((await site.get("/en/")).status, 200);

/** Ends a process, and looks how it ended. @param {"edge" | "desk"} who */
async function end(who) {
  const pid = site.children()[who];
  const before = site.log.length;
  await site.kill(pid, "SIGTERM");
  const told = await until(
    () => new RegExp(`child (ended|was killed).* child=${who} .*`).exec(site.log.slice(before)),
    "its end is told",
  );
  assert.match(told[0], /ended.*code=0/);
}

/** Stops one process, lets readers ask what it has to answer, and ends the edge.
 * @param {"desk" | "playout"} who @param {() => unknown} ask */
async function endWithout(who, ask) {
  const pid = site.children()[/** @type {"desk"} */ (who)] ?? 0;
  await caughtUp(); // from now on a new edge holds that page, and needs no desk for it
  await site.freeze(pid);
  try {
    await ask();
    await caughtUp();
    await end("edge");
  } finally {
    process.kill(pid, "SIGCONT");
  }
  await ready(site);
}

/** Not only this side of the connection ends: nobody reads an answer any more. @param {Connection} connection */
async function leave(connection) {
  await caughtUp();
  connection.socket.resetAndDestroy();
}

/** @param {string} bytes */
async function askAndLeave(bytes) {
  const reader = await Connection.open(site.place);
  reader.write(bytes);
  await leave(reader);
}

const captionsAreTaken = () =>
  until(async () => {
    const answer = await site.get(CAPTIONS, { method: "POST", body: "Hello", fields: { Authorization: `Bearer ${key}` } });
    return answer.status === 409; // it knows the key; nothing is on the air
  }, "captions are looked at");

test("the edge ends though the desk owes an answer to somebody who left", () =>
  endWithout("desk", () => askAndLeave(post("/websub", HUB))));

test("the edge ends though the playout owes an answer to a captioner who left", async () => {
  await captionsAreTaken();
  await endWithout("playout", () => askAndLeave(post(CAPTIONS, "Hello", { Authorization: `Bearer ${key}` })));
});

test("the edge ends though the playout owes an answer on a WebSocket that is gone", async () => {
  await captionsAreTaken();
  await endWithout("playout", async () => {
    const socket = await Socket.open(site.place, `${CAPTIONS}?key=${key}`);
    socket.send("Hello");
    await leave(socket.connection);
  });
});

test("who waits to the end is told that no answer comes", async () => {
  const reader = await Connection.open(site.place);
  await endWithout("desk", () => reader.write(post("/websub", HUB)));
  assert.equal((await reader.answer()).status, 503);
});

test("the desk ends though more was asked behind what it answers last", async () => {
  const { edge = 0 } = site.children();
  await site.freeze(edge); // who publishes waits for it
  const pen = await Connection.open(site.desk);
  const story = JSON.stringify({ headline: "Last", language: "en", body: paragraphs("One."), publish: true });
  pen.write(post("/newsroom/api/articles", story) + "GET /status HTTP/1.1\r\nHost: localhost\r\n\r\n");
  await site.api("GET", "/status");
  await end("desk");
  assert.equal((await pen.answer()).get("connection"), "close");
  assert.equal(await pen.toEnd(), "");
  if (isAlive(edge)) process.kill(edge, "SIGCONT");
  await ready(site);
});

/** Processes that a process began. @param {number} parent */
function begunBy(parent) {
  return fs.readdirSync("/proc").filter((pid) => {
    try {
      return Number(/\) \S (\d+)/.exec(fs.readFileSync(`/proc/${pid}/stat`, "latin1"))?.[1]) === parent;
    } catch {
      return false; // none, or gone
    }
  }).map(Number);
}

/** Names of all files in a folder. @param {string} folder */
const filesIn = (folder) => fs.readdirSync(folder, { recursive: true, withFileTypes: true }).filter((file) => file.isFile()).map((file) => file.name).sort();

/** A site whose clips are never ready: its program stands beside one that makes nothing, and has a recording. */
async function slowClips() {
  const slow = await Site.make("--name", "The Slow");
  const bin = path.join(slow.folder, "bin");
  fs.mkdirSync(bin);
  fs.copyFileSync(program, path.join(bin, "broadsheet"));
  for (const name of ["html", "image", "ingest"]) fs.symlinkSync(path.join(path.dirname(program), `broadsheet-${name}`), path.join(bin, `broadsheet-${name}`));
  fs.writeFileSync(path.join(bin, "broadsheet-media"), "#!/bin/sh\nexec /bin/sleep 600\n", { mode: 0o755 });
  slow.program = path.join(bin, "broadsheet");
  const recording = "62f9f7d471fdc";
  const folder = path.join(slow.data, "live/recordings", recording);
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(path.join(folder, "source.mp4"), "x".repeat(100));
  fs.writeFileSync(path.join(folder, "facts.json"), "{}");
  fs.writeFileSync(path.join(folder, "source.m3u8"), [
    "#EXTM3U", '#EXT-X-MAP:URI="source.mp4",BYTERANGE="10@0"', "#EXT-X-PROGRAM-DATE-TIME:2026-01-01T00:00:00.000Z", "#EXTINF:60.000,", "#EXT-X-BYTERANGE:90@10", "source.mp4", "",
  ].join("\n"));
  const row = { id: recording, channel_id: recording, channel: "news", start_us: 1, end_us: 2, title: "", description: "", category: "", language: "", repeat: 0, state: 1, until_us: 9e18, keep_bytes: 9e12 };
  const values = Object.values(row).map((value) => (typeof value === "number" ? value.toFixed(0) : `'${value}'`));
  execFileSync("sqlite3", [path.join(slow.data, "broadsheet.db"), `INSERT INTO recording (${Object.keys(row)}) VALUES (${values})`]);
  return { slow, clip: JSON.stringify({ source: recording, from: "+1", to: "+2" }) };
}

test("the desk ends though a clip is being made, and another one waits for that: both are told, nothing is left", async () => {
  const { slow, clip } = await slowClips();
  await slow.serve("--threads", "1");
  const { desk = 0 } = slow.children();
  const before = filesIn(path.join(slow.data, "blobs"));
  const pens = [await Connection.open(slow.desk), await Connection.open(slow.desk)];
  for (const pen of pens) pen.write(post("/newsroom/api/clips", clip));
  const helper = await until(() => begunBy(desk).find((pid) => /sleep/.test(fs.readFileSync(`/proc/${pid}/cmdline`, "latin1"))), "a clip is being made");
  await slow.kill(desk, "SIGTERM");
  for (const pen of pens) {
    const answer = await pen.answer();
    assert.equal(answer.status, 503);
    assert.match(answer.text(), /the server ends before the clip is made; ask for it again/);
  }
  const told = await until(() => /child (ended|was killed).* child=desk .*/.exec(slow.log), "its end is told");
  assert.match(told[0], /ended.*code=0/);
  assert.ok(!isAlive(helper), "its program ended before it");
  assert.deepEqual(filesIn(path.join(slow.data, "blobs")), before);
});

test("the program that makes a clip dies with whoever asked for it, at once, though it still could read", async () => {
  const media = path.join(path.dirname(program), "broadsheet-media");
  // It reads from a pipe that this test holds: nothing of it closes.
  const asker = spawn("/bin/sh", ["-c", 'exec 4>&1; "$0" clip <&3 3<&- >&4 4>&- & echo $! >&2; wait', media], { stdio: ["ignore", "pipe", "pipe", "pipe"] });
  let told = "";
  asker.stderr?.on("data", (bytes) => { told += String(bytes); });
  const helper = Number(await until(() => /^\d+\n/.exec(told)?.[0], "it tells who it is"));
  await until(() => /^Seccomp:\s+2$/m.test(fs.readFileSync(`/proc/${helper}/status`, "latin1")), "it is in its sandbox");
  process.kill(helper, "SIGSTOP"); // as if it had much to do
  asker.kill("SIGKILL");
  await until(() => !isAlive(helper), "it is gone").finally(() => isAlive(helper) && process.kill(helper, "SIGKILL"));
});

await run();
