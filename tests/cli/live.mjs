#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Live blogs from the command line, typed as a new user would: wrong first.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { Site, broadsheet, paragraphs } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";

const site = await Site.make("--name", "The Test");
const article = (await site.pipe('{"headline": "Storm", "text": "What we know."}', "article", "new", "-")).trim();

/** @param {string[]} args @param {string} [input] */
const live = (args, input) => broadsheet(["live", ...args, "--data", site.data], { input });

/** The command must be refused so. @param {number} code @param {RegExp} words @param {string[]} args @param {string} [input] */
async function refused(code, words, args, input) {
  const answer = await live(args, input);
  assert.equal(answer.code, code, answer.stderr);
  assert.match(answer.stderr, words);
}

/** @returns {Promise<any>} */
const list = async () => JSON.parse(await site.run("live", "list", article, "--json"));

test("what is wrong is told with what would be right", async () => {
  await refused(2, /wants to know what to do: start, post, edit, pin, key, remove, end, list/, []);
  await refused(2, /did you mean 'broadsheet live start'/, ["strat", article]);
  await refused(66, /is no live blog; start it first/, ["post", article, "It rains."]);
  await refused(66, /there is no article/, ["start", "62f9f7d471fdc"]);
  await refused(65, /is no id of an article/, ["start", "storm"]);
  await refused(66, /is no live blog/, ["list", article]);
});

test("an article that readers do not see is started, and they are told when they will", async () => {
  const { code, stdout, stderr } = await live(["start", article]);
  assert.equal(code, 0, stderr);
  assert.equal(stdout.trim(), article);
  assert.match(stderr, /readers see it when the article is published: broadsheet article publish/);
  await site.run("article", "publish", article);
  await refused(2, /say what is to be posted/, ["post", article]);
  await refused(65, /has to say something/, ["post", article, " "]);
  await refused(65, /not JSON/, ["post", article, "-"], "{text}");
  await refused(65, /headline has to be a text/, ["post", article, "-"], '{"headline": 1, "text": "It rains."}');
  await refused(65, /lies ahead/, ["post", article, "It rains.", "--at", "2100-01-01T00:00:00Z"]);
  await refused(65, /nobody of the staff/, ["post", article, "-"], '{"text": "It rains.", "bylines": [{"slug": "nobody"}]}');
  assert.deepEqual((await list()).posts, []);
});

test("posts come from an argument, a file, standard input, as text or as JSON", async () => {
  const file = path.join(site.folder, "post.txt");
  fs.writeFileSync(file, "From a file.\n\nIn two paragraphs.\n");
  await site.run("live", "post", article, "From an argument.", "--headline", "One", "--by", "Reuters");
  await site.run("live", "post", article, "--file", file, "--key");
  await site.pipe("From a pipe.", "live", "post", article, "-");
  await site.pipe(JSON.stringify(paragraphs("A document.")), "live", "post", article, "-");
  await site.pipe(JSON.stringify({ headline: "JSON", text: "An object.", key: true, time: "2024-05-01T10:00:00Z" }), "live", "post", article, "-");
  const { posts } = await list();
  assert.deepEqual(posts.map((/** @type {any} */ post) => post.headline ?? ""), ["", "", "", "One", "JSON"]);
  assert.deepEqual(posts.map((/** @type {any} */ post) => post.key), [false, false, true, false, true]);
  assert.equal(posts[2].body.content.length, 2);
  assert.equal(posts[3].bylines[0].name, "Reuters");
  assert.equal(posts[4].time, "2024-05-01T10:00:00Z");
});

test("with --json, a post tells where readers find it", async () => {
  const told = JSON.parse(await site.run("live", "post", article, "It pours.", "--json"));
  assert.equal(told.blog, article);
  assert.equal(told.address, `/en/article/storm-${article}?post=${told.id}`);
  assert.equal(told.published, true);
  await site.run("live", "pin", told.address); // an address is as good as an id
  assert.equal((await list()).posts[0].pinned, true);
  await site.run("live", "pin", told.id, "--off");
  assert.equal((await list()).posts[0].pinned, false);
});

test("a post is corrected, keyed, removed", async () => {
  const { id } = (await list()).posts[0];
  await refused(2, /say what it is to say instead/, ["edit", id]);
  await site.run("live", "edit", id, "It drizzles.", "--correction", "We said that it poured.");
  await site.run("live", "key", id);
  let [post] = (await list()).posts;
  assert.deepEqual([post.correction, post.key, post.revision], ["We said that it poured.", true, 2]);
  await site.run("live", "edit", id, "--correction", "");
  assert.equal((await list()).posts[0].correction, undefined);
  await refused(2, /readers are told why: --reason/, ["remove", id]);
  await site.run("live", "remove", id, "--reason", "It was dry.");
  [post] = (await list()).posts;
  assert.deepEqual([post.removed_reason, post.body], ["It was dry.", undefined]);
  await refused(75, /was removed, which is for good/, ["edit", id, "It rains."]);
});

test("the end, and on again", async () => {
  await site.run("live", "end", article);
  await refused(75, /has ended; start it again to post/, ["post", article, "Too late."]);
  assert.match(await site.run("live", "list"), new RegExp(`${article}\\s+ended\\s+6`));
  await site.run("live", "start", article);
  await site.run("live", "post", article, "Not too late.");
  assert.match(await site.run("check", "--json"), /"sound": ?true/);
});

await run();
