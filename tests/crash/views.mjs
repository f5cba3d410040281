#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Views and kill -9: a desk that dies takes none along, an edge at most what it
// has not told the desk yet, which it does all the time, and nothing is counted
// twice.
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";
import process from "node:process";

import { beacon, sendAll } from "../lib/beacons.mjs";
import { ready } from "../lib/crash.mjs";
import { Site, until } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";

const KILLS = Number(process.env.KILLS ?? 3);
const CONNECTIONS = 8, WINDOW = 8, ON_THE_WAY = CONNECTIONS * WINDOW;

const site = await Site.make("--name", "The Test");
await site.run("category", "add", "News");
await site.serve();
await ready(site);

let made = 0;
const write = async () =>
  String((await site.write({ headline: `Story ${++made}`, categories: ["news"], publish: true })).id);

/** @param {string} id @returns {Promise<number>} */
const stored = async (id) => JSON.parse(await site.run("article", "show", id, "--json")).views;

/** Until nothing more is on its way, from any of the edge's threads. */
const settle = async () => {
  const id = await write();
  let left = 64;
  await sendAll({ place: site.place, connections: 16, window: 1, next: () => (left > 0 ? beacon(id, left--) : null) });
  await until(async () => (await stored(id)) === 64, "the last views are stored");
};

/** Sends on and on, at a pace that leaves the machine to others, until told to
 * stop; when each was answered.
 * @param {string} id @param {number} first  reader */
function reading(id, first) {
  let over = false;
  let reader = first;
  /** @type {number[]} */
  const times = [];
  const done = (async () => {
    let sent = 0;
    while (!over) {
      let left = 400;
      const counts = await sendAll({
        place: site.place,
        connections: CONNECTIONS,
        next: () => (left-- > 0 ? beacon(id, reader++) : null),
        onAnswer: () => times.push(performance.now()),
        window: WINDOW,
      });
      sent += counts.sent;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return sent;
  })();
  return {
    times,
    async stop() {
      over = true;
      return { sent: await done, next: reader };
    },
  };
}

test("kill -9 of the desk: every view is counted, and once", async () => {
  const id = await write();
  const views = reading(id, 1);
  for (let i = 0; i < KILLS; i++) {
    const seen = views.times.length;
    await until(() => views.times.length > seen + 2000, "readers are reading");
    await site.kill(site.children().desk);
    await ready(site);
  }
  const { sent } = await views.stop();
  await settle();
  note(`${sent} sent, ${views.times.length} answered, ${await stored(id)} counted; the desk died ${KILLS} times`);
  assert.equal(views.times.length, sent);
  assert.equal(await stored(id), sent);
});

test("kill -9 of the edge: what had time to be stored is counted, and once", async () => {
  let first = 1;
  for (let i = 0; i < KILLS; i++) {
    const id = await write();
    const views = reading(id, first);
    await until(() => views.times.length > 1000 + 300 * i, "readers have been reading for a while");
    // The next ones are counted meanwhile: what is stored follows them.
    const old = views.times.length, since = performance.now();
    await until(async () => (await stored(id)) >= old, "what was answered up to here is stored");
    note(`what was answered was stored after ${Math.round(performance.now() - since)} ms at most`);
    const killed = performance.now();
    await site.kill(site.children().edge);
    const answeredBefore = views.times.filter((time) => time <= killed);
    await until(() => views.times.length > answeredBefore.length + 1000, "the next edge answers");
    const { sent, next } = await views.stop();
    first = next;
    await settle();
    const counted = await stored(id);
    // Some of the answers that came after the kill were given before it.
    const after = views.times.length - answeredBefore.length - ON_THE_WAY;
    const oldest = killed - (answeredBefore[counted - after] ?? killed);
    note(`${sent} sent, ${counted} counted, ${sent - counted} lost: those of the last ${Math.round(oldest)} ms`);
    assert.ok(counted <= sent, "nothing is counted twice");
    assert.ok(counted >= old + after, `${counted} of ${old} that were stored and ${after} after it`);
    await ready(site);
  }
});

/** Stands between desk and edge, and cuts the connection off when the desk says
 * that a batch is durable, before the edge hears it: the worst moment.
 * @param {string} run  the folder with edge.sock */
async function linkThatBreaks(run) {
  const GREETING = "BROADSHEET-LINK 1 feed\n".length;
  const COUNTED = 8;
  const state = { cuts: 0, armed: 0 };
  const real = path.join(run, "real.sock");
  fs.renameSync(path.join(run, "edge.sock"), real);
  const server = net.createServer((desk) => {
    const edge = net.connect({ path: real });
    let isFeed = false;
    let rest = Buffer.alloc(0);
    const cut = () => {
      desk.destroy();
      edge.destroy();
    };
    const forward = (/** @type {Buffer} */ bytes) => {
      rest = Buffer.concat([rest, bytes]);
      if (!isFeed && rest.length >= GREETING) {
        isFeed = rest.toString("latin1", 0, GREETING).endsWith("feed\n");
        edge.write(rest.subarray(0, GREETING));
        rest = rest.subarray(GREETING);
      }
      if (!isFeed) {
        edge.write(rest);
        rest = Buffer.alloc(0);
      }
      while (isFeed && rest.length >= 16 && rest.length >= 16 + rest.readUInt32LE(0)) {
        const end = 16 + rest.readUInt32LE(0);
        if (rest[4] === COUNTED && state.armed > 0) {
          state.armed--;
          state.cuts++;
          cut();
          return;
        }
        edge.write(rest.subarray(0, end));
        rest = rest.subarray(end);
      }
    };
    desk.on("data", forward);
    edge.on("data", (bytes) => desk.write(bytes));
    for (const socket of [desk, edge]) socket.on("close", cut).on("error", cut);
  });
  await new Promise((resolve) => server.listen(path.join(run, "edge.sock"), () => resolve(undefined)));
  return {
    state,
    close() {
      server.close();
      fs.renameSync(real, path.join(run, "edge.sock"));
    },
  };
}

test("a link that breaks before the edge hears that views are stored: once all the same", async () => {
  const link = await linkThatBreaks(path.join(site.data, "run"));
  await site.kill(site.children().desk); // the next one dials the link that breaks
  await ready(site);
  const id = await write();
  const views = reading(id, 1);
  for (let i = 0; i < 2 * KILLS; i++) {
    const cuts = link.state.cuts;
    link.state.armed = 1;
    await until(() => link.state.cuts > cuts, "the link is cut");
    await ready(site);
  }
  const { sent } = await views.stop();
  await settle();
  note(`${sent} sent, ${await stored(id)} counted; the link broke ${link.state.cuts} times`);
  assert.equal(await stored(id), sent);
  link.close();
  await site.kill(site.children().desk);
  await ready(site);
});

test("kill -9 of the desk, then of all: what was told to be stored is stored", async () => {
  const id = await write();
  const views = reading(id, 1);
  await until(() => views.times.length > 1000, "readers are reading");
  await views.stop();
  await settle();
  const before = await stored(id);
  await site.crash();
  assert.equal(await stored(id), before);
  await site.serve();
  await ready(site);
  assert.equal(await stored(id), before);
  assert.equal(before, views.times.length);
});

await run();
