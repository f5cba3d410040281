#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The end of a process while somebody still waits for an answer that another
// process owes: it ends in order, and who waits is told.
import assert from "node:assert/strict";
import process from "node:process";

import { ready } from "../lib/crash.mjs";
import { Connection } from "../lib/http.mjs";
import { isAlive, paragraphs, Site, until } from "../lib/site.mjs";
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

await run();
