#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The processes: what the edge holds and may do, and how readers fare when one
// of them is killed. The figures are printed; the bounds are the generous ones
// that the paper promises.
import assert from "node:assert/strict";
import fs from "node:fs";
import process from "node:process";

import { ready } from "../lib/crash.mjs";
import { Connection } from "../lib/http.mjs";
import { Site, isAlive, until } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";

const KILLS = 3;

const site = await Site.make("--name", "The Test");
await site.run("category", "add", "News");
await site.serve();
/** @type {string[]} */
const held = ["/en/", "/en/news", "/en/atom.xml"];
for (let i = 0; i < 40; i++) {
  const article = await site.write({ headline: `Held ${i}`, categories: ["news"], publish: true });
  held.push(`/en/article/${article.slug}-${article.id}`);
}
await ready(site);

/** @param {number} pid */
const descriptors = (pid) =>
  fs.readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return fs.readlinkSync(`/proc/${pid}/fd/${fd}`);
    } catch {
      return "";
    }
  });

/** Sockets of a table by inode. @param {number} pid @param {string} table */
const sockets = (pid, table) =>
  new Map(
    fs
      .readFileSync(`/proc/${pid}/net/${table}`, "latin1")
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .map((columns) => (table === "unix" ? [columns[6] ?? "", columns] : [columns[9] ?? "", columns])),
  );

test("every thread of the edge is in its sandbox", () => {
  const pid = site.children().edge ?? 0;
  const threads = fs.readdirSync(`/proc/${pid}/task`);
  for (const thread of threads) {
    const status = fs.readFileSync(`/proc/${pid}/task/${thread}/status`, "latin1");
    assert.match(status, /^Seccomp:\t2$/m, `thread ${thread}`);
    assert.match(status, /^NoNewPrivs:\t1$/m, `thread ${thread}`);
  }
  note(`${threads.length} threads`);
});

test("the control: the desk is in none", () => {
  const status = fs.readFileSync(`/proc/${site.children().desk}/status`, "latin1");
  assert.match(status, /^Seccomp:\t0$/m);
});

test("the edge holds no file, and the desk holds the database", () => {
  const { edge = 0, desk = 0 } = site.children();
  for (const link of descriptors(edge)) {
    const fine =
      /^(socket|pipe):\[|^anon_inode:|^\/dev\/null$/.test(link) ||
      ["", `${site.data}/media`, `${site.data}/live`].includes(link);
    assert.ok(fine, `the edge holds ${link}`);
  }
  assert.ok(descriptors(desk).some((link) => link.endsWith("/broadsheet.db")));
});

test("the edge has no connection out, and not the command line's socket", () => {
  const { edge = 0, desk = 0 } = site.children();
  const tcp = new Map([...sockets(edge, "tcp"), ...sockets(edge, "tcp6")]);
  const unix = sockets(edge, "unix");
  const port = site.port.toString(16).toUpperCase().padStart(4, "0");
  let listening = 0;
  for (const link of descriptors(edge)) {
    const inode = /^socket:\[(\d+)\]/.exec(link)?.[1] ?? "";
    const columns = tcp.get(inode);
    if (columns) {
      assert.ok(columns[1]?.endsWith(`:${port}`), `a socket at ${columns[1]}`);
      listening += columns[3] === "0A" ? 1 : 0;
    }
    assert.ok(!unix.get(inode)?.[7]?.endsWith("desk.sock"), "it holds the desk's socket");
  }
  assert.ok(listening > 0);
  const desks = descriptors(desk).map((link) => sockets(desk, "unix").get(link.slice(8, -1))?.[7] ?? "");
  assert.ok(desks.some((path) => path.endsWith("desk.sock")), "the control: the desk does hold it");
});

/** Reads held pages on some connections until told to stop. @param {boolean} mayBreak */
function readers(mayBreak) {
  let over = false;
  const counts = { answered: 0, broken: 0, failures: /** @type {string[]} */ ([]) };
  const one = async (/** @type {number} */ index) => {
    let connection = await Connection.open(site.place);
    for (let i = index; !over; i++) {
      const target = held[i % held.length] ?? "/en/";
      try {
        const answer = await connection.request(target);
        if (answer.status !== 200) counts.failures.push(`${target}: ${answer.status}`);
        counts.answered++;
      } catch (error) {
        counts.broken++;
        if (!mayBreak) counts.failures.push(`${target}: ${error}`);
        connection.close();
        connection = await Connection.open(site.place);
      }
    }
    connection.close();
  };
  const all = Array.from({ length: 16 }, (_, i) => one(i));
  return {
    counts,
    async stop() {
      over = true;
      await Promise.all(all);
      return counts;
    },
  };
}

const deskAnswers = async () => {
  try {
    return (await site.api("GET", "/status")).edges === 1;
  } catch {
    return false;
  }
};

test("kill -9 of the desk: no reader of a held page notices, and it is back", async () => {
  const reading = readers(false);
  const times = [];
  for (let i = 0; i < KILLS; i++) {
    const seen = reading.counts.answered;
    await until(() => reading.counts.answered > seen + 200, "readers are reading");
    const desk = site.children().desk;
    const began = performance.now();
    await site.kill(desk);
    await until(deskAnswers, "the desk is back");
    times.push(Math.round(performance.now() - began));
    assert.notEqual(site.children().desk, desk);
    await ready(site);
  }
  const counts = await reading.stop();
  note(`desk back after ${times.join(", ")} ms; ${counts.answered} answers, ${counts.failures.length} failed`);
  assert.deepEqual(counts.failures.slice(0, 5), []);
});

test("after it, publishing is as exact as before", async () => {
  const article = await site.write({ headline: "After the desk", categories: ["news"], publish: true });
  for (const target of ["/en/", "/en/news", "/en/atom.xml", `/en/article/${article.slug}-${article.id}`])
    assert.ok((await site.get(target)).text().includes("After the desk"), target);
});

test("kill -9 of the edge: the address stays, and it is filled again", async () => {
  const times = [];
  for (let i = 0; i < KILLS; i++) {
    const edge = site.children().edge;
    const began = performance.now();
    await site.kill(edge);
    // Connecting never fails: the supervisor holds the listening sockets.
    const waiting = await Promise.all(held.map((target) => site.get(target)));
    for (const answer of waiting) assert.equal(answer.status, 200);
    await ready(site);
    times.push(Math.round(performance.now() - began));
    assert.notEqual(site.children().edge, edge);
  }
  note(`edge filled again after ${times.join(", ")} ms (${held.length} pages asked for meanwhile)`);
});

test("a publish while the edge comes back is answered when readers see it", async () => {
  const edge = site.children().edge;
  process.kill(edge, "SIGKILL");
  const article = await site.write({ headline: "While the edge was away", categories: ["news"], publish: true });
  for (const target of ["/en/", "/en/news", `/en/article/${article.slug}-${article.id}`])
    assert.ok((await site.get(target)).text().includes("While the edge was away"), target);
});

test("a publish while the desk comes back is found by the edge that held the old", async () => {
  const before = await site.write({ headline: "It was so", categories: ["news"], publish: true });
  const path = `/en/article/${before.slug}-${before.id}`;
  assert.equal((await site.get(path)).status, 200);
  const desk = site.children().desk;
  // The command line stores it by itself when no desk runs; it may also meet
  // the one that is just coming.
  await site.kill(desk);
  await site.run("article", "withdraw", before.id, "--reason", "It was not.");
  await ready(site);
  await until(async () => (await site.get(path)).status === 410, "the edge was told");
  assert.ok(!(await site.get("/en/news")).text().includes("It was so"));
});

test("kill -9 of both in turn: pages are served, connections may break", async () => {
  const reading = readers(true);
  for (let i = 0; i < KILLS; i++) {
    await site.kill(site.children().desk);
    await site.kill(site.children().edge);
    await ready(site);
    const seen = reading.counts.answered;
    await until(() => reading.counts.answered > seen + 100, "readers are served again");
  }
  const counts = await reading.stop();
  note(`${counts.answered} answers, ${counts.broken} connections broke`);
  assert.deepEqual(counts.failures.slice(0, 5), []);
});

test("the children do not outlive their supervisor", async () => {
  const { edge = 0, desk = 0 } = site.children();
  await site.crash();
  await until(() => !isAlive(edge) && !isAlive(desk), "edge and desk are gone");
  await site.serve();
  assert.equal((await site.get("/en/")).status, 200);
});

test("a server that was killed can be started again at once", async () => {
  for (let i = 0; i < 5; i++) {
    process.kill(site.server?.pid ?? 0, "SIGKILL"); // the children are just dying
    await site.serve();
    assert.equal((await site.get("/en/")).status, 200);
  }
});

await run();
