#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Publishing is exact: when the call returned, nobody is shown the old state,
// on no page, on no connection.
import assert from "node:assert/strict";

import { staleCache, watch } from "../lib/freshness.mjs";
import { Connection } from "../lib/http.mjs";
import { Site, isSanitized } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";

const ROUNDS = Number(process.env.ROUNDS ?? (isSanitized ? 10 : 40));

const site = await Site.make("--name", "The Test", "--language", "en", "--language", "ka");
await site.run("category", "add", "Economy");
await site.run("category", "add", "Land", "--under", "economy");
await site.serve("--threads", "2");

const older = await site.write({ headline: "An older one", categories: ["economy/land"], publish: true });
const story = await site.write({
  headline: "Version 0.",
  categories: ["economy/land"],
  tags: ["River"],
  publish: true,
});
/** Shows the story among what is related to it. */
const newer = await site.write({ headline: "A newer one", categories: ["economy/land"], publish: true });

/** @param {any} article */
const pathOf = (article) => `/en/article/${article.slug}-${article.id}`;

const lists = [
  "/en/",
  "/en/economy",
  "/en/economy/land",
  "/en/tag/river",
  "/en/atom.xml",
  "/en/rss.xml",
  "/en/economy/atom.xml",
  "/en/economy/land/rss.xml",
  "/en/feed.json",
  "/en/tag/river/rss.xml",
];
const targets = [pathOf(story), pathOf(newer), `${pathOf(story)}.json`, ...lists];

/** @param {string} text */
const versionOf = (text) => Number(/Version (\d+)\./.exec(text)?.[1] ?? -1);

/** @param {number} version */
const revise = (version) => site.revise(story.id, { headline: `Version ${version}.` });

test("every page that shows the story shows it", async () => {
  for (const target of targets) {
    const answer = await site.get(target);
    assert.equal(answer.status, 200, target);
    assert.equal(versionOf(answer.text()), 0, target);
  }
});

test("a revision that is not published is shown nowhere", async () => {
  await revise(999);
  for (const target of targets) assert.equal(versionOf((await site.get(target)).text()), 0, target);
  await revise(0);
});

test(`no request sees what was before, ${ROUNDS} versions over the desk's socket`, async () => {
  const result = await watch({
    place: site.place,
    targets,
    readers: 12,
    versionOf,
    rounds: ROUNDS,
    publish: async (version) => {
      await revise(version);
      await site.publish(story.id);
    },
  });
  note(`${result.requests} requests, ${result.versions} versions seen, ${result.stale.length} stale`);
  assert.deepEqual(result.stale, []);
  assert.ok(result.versions > ROUNDS / 2, "the readers were there meanwhile");
});

test("the same by the command line while the server runs", async () => {
  const result = await watch({
    place: site.place,
    targets,
    readers: 8,
    versionOf: (text) => versionOf(text) - 1000,
    rounds: 10,
    publish: async (version) => {
      await revise(1000 + version);
      await site.run("article", "publish", story.id);
    },
  });
  assert.deepEqual(
    result.stale.filter((line) => !line.includes("after 0 ")),
    [],
  );
});

test("the control: a cache in front of the same site is found out", async () => {
  const cache = await staleCache(site.place, 20);
  const result = await watch({
    place: cache.place,
    targets,
    readers: 8,
    versionOf: (text) => versionOf(text) - 2000,
    rounds: 5,
    publish: async (version) => {
      await revise(2000 + version);
      await site.publish(story.id);
    },
  });
  cache.close();
  note(`the cache gave ${result.stale.length} stale answers of ${result.requests}`);
  assert.ok(result.stale.length > 0);
});

test("a new article is on every list, and on its own page, when the call returns", async () => {
  const connections = await Promise.all(Array.from({ length: 4 }, () => Connection.open(site.place)));
  for (let i = 0; i < 15; i++) {
    const headline = `Brand new ${i}.`;
    const article = await site.write({ headline, categories: ["economy/land"], tags: ["River"], publish: true });
    await Promise.all(
      connections.map(async (connection) => {
        for (const target of [pathOf(article), ...lists]) {
          const answer = await connection.request(target);
          assert.equal(answer.status, 200, target);
          assert.ok(answer.text().includes(headline), `${target} lacks "${headline}"`);
        }
      }),
    );
  }
  for (const connection of connections) connection.close();
});

test("one that was asked for before it was there is there afterwards", async () => {
  const draft = await site.write({ headline: "Not yet", categories: ["economy"] });
  for (let i = 0; i < 3; i++) assert.equal((await site.get(pathOf(draft))).status, 404);
  await site.publish(draft.id);
  assert.equal((await site.get(pathOf(draft))).status, 200);
});

test("withdrawn, it is gone from every list, and its page says why", async () => {
  for (const way of ["desk", "command"]) {
    const headline = `To be withdrawn by ${way}`;
    const article = await site.write({ headline, categories: ["economy/land"], tags: ["River"], publish: true });
    const connection = await Connection.open(site.place);
    for (const target of [pathOf(article), ...lists])
      assert.ok((await connection.request(target)).text().includes(headline), target);
    if (way === "desk") await site.withdraw(article.id, "It was not so.");
    else await site.run("article", "withdraw", article.id, "--reason", "It was not so.");
    const gone = await connection.request(pathOf(article));
    assert.equal(gone.status, 410);
    assert.ok(gone.text().includes("It was not so."));
    for (const target of lists)
      assert.ok(!(await connection.request(target)).text().includes(headline), `${target} still shows it`);
    connection.close();
  }
});

test("the page of a withdrawn article is not kept ready any longer", async () => {
  const article = await site.write({ headline: "Short-lived", publish: true });
  const before = await site.api("GET", "/status");
  await site.withdraw(article.id, "It was not so.");
  const after = await site.api("GET", "/status");
  assert.equal(after.pinned, before.pinned - 1);
  for (let i = 0; i < 2; i++) assert.equal((await site.get(pathOf(article))).status, 410);
});

test("publishing what is published already changes nothing and answers", async () => {
  const before = (await site.get(pathOf(story))).bytes();
  await Promise.all([site.publish(story.id), site.publish(story.id), site.publish(story.id)]);
  assert.equal((await site.get(pathOf(story))).bytes(), before);
});

test("settings and categories are shown when the command ends", async () => {
  await site.run("settings", "set", "name", "The Other");
  assert.ok((await site.get("/en/menu")).text().includes("The Other"));
  assert.ok((await site.get(pathOf(older))).text().includes("The Other"));
  await site.run("category", "add", "Weather");
  assert.ok((await site.get("/en/")).text().includes("/en/weather"));
  assert.equal((await site.get("/en/weather")).status, 200);
  await site.run("category", "rename", "weather", "Skies");
  assert.ok((await site.get("/en/menu")).text().includes("Skies"));
});

test("going from page to page repeats nothing and leaves nothing out meanwhile", async () => {
  const known = [];
  for (let i = 0; i < 65; i++) {
    const article = await site.write({ headline: `Number ${i}`, categories: ["economy"], publish: true });
    known.push(article.id);
  }
  /** @type {string[]} */
  const met = [];
  let next = "/en/economy";
  for (let pages = 0; next && pages < 30; pages++) {
    const html = (await site.get(next)).text();
    const main = html.slice(html.indexOf("data-list"), html.indexOf("data-more"));
    if (pages === 0) {
      const lead = /class="opener".*?-([0-9a-f]{13})"/s.exec(html)?.[1];
      if (lead) met.push(lead);
    }
    for (const [, id] of main.matchAll(/<h\d><a href="[^"]*-([0-9a-f]{13})"/g)) if (id) met.push(id);
    // Two more arrive on top while the reader turns the page.
    await site.write({ headline: `Late ${pages}`, categories: ["economy"], publish: true });
    await site.write({ headline: `Later ${pages}`, categories: ["economy/land"], publish: true });
    next = /<a href="([^"]*)" rel="next"/.exec(html)?.[1] ?? "";
  }
  assert.equal(new Set(met).size, met.length, "nothing twice");
  const ours = met.filter((id) => known.includes(id));
  assert.deepEqual(ours, [...known].reverse(), "all of them, newest first");
});

await run();
