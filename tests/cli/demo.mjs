#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The sample newspaper is what demo/ says it is.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { Site, broadsheet, must, root } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";

const site = new Site(); // a folder, in which demo makes the newspaper
const pictures = ["--pictures", path.join(root, "build/demo/pictures")];
/** @param {string} name */
const read = (name) => JSON.parse(fs.readFileSync(path.join(root, "demo", name), "utf8"));
const index = read("demo.json").articles;
const paper = read("site.json");
const now = Date.now();

/** @param {string[]} words @returns {Promise<any>} */
const ask = async (...words) => JSON.parse(await site.run(...words, "--json"));

/** The id that README.md promises: seconds, then the position. @param {string} id */
const position = (id) => parseInt(id.slice(8), 16);

test("demo makes a newspaper, without serving it when told so", async () => {
  const { code, stderr } = await broadsheet(["demo", site.data, "--no-serve", ...pictures]);
  assert.equal(code, 0, stderr);
  assert.equal((await ask("check")).sound, true);
});

test("its names, languages, categories and staff are those of site.json", async () => {
  for (const { code } of paper.languages) {
    assert.equal(await site.run("settings", "get", "name", "-l", code), `${paper.name[code]}\n`);
    const tree = await ask("category", "list", "-l", code);
    const wanted = paper.categories.flatMap((/** @type {any} */ c) => [c.slug, ...(c.children ?? []).map((/** @type {any} */ d) => `${c.slug}/${d.slug}`)]);
    assert.deepEqual(tree.map((/** @type {any} */ c) => c.path), wanted, code);
  }
  assert.equal(await site.run("settings", "get", "zone"), `${paper.zone}\n`);
});

test("every article is there: its age, weight, views, translations and history", async () => {
  const rows = await ask("article", "list", "--limit", "1000");
  assert.equal(rows.length, index.length);
  assert.ok(rows.length >= 60);
  for (const { id } of rows) {
    const entry = index[position(id) - 1];
    const article = await ask("article", "show", id);
    const source = read(entry.file);
    assert.equal(article.headline, source.headlines[0].value);
    assert.equal(article.weight, entry.weight, entry.file);
    assert.equal(article.views, entry.views, entry.file);
    assert.equal(article.opinion, entry.opinion ?? false, entry.file);
    assert.equal(article.sponsored, entry.sponsored ?? false, entry.file);
    assert.equal(article.state, entry.withdrawn ? "withdrawn" : "published", entry.file);
    assert.equal(article.categories[0].path, entry.category, entry.file);
    assert.equal(article.categories.length, 1 + (entry.also?.length ?? 0), entry.file);
    assert.equal(article.corrections.length, entry.correction ? 1 : 0, entry.file);
    const [, days = 0, hours = 0, minutes = 0] = (/^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?)?$/.exec(entry.age) ?? []).map((n) => Number(n ?? 0));
    const age = now - Date.parse(article.published.replace(/(\.\d{3})\d*/, "$1"));
    const wanted = ((days * 24 + hours) * 60 + minutes) * 60_000;
    assert.ok(Math.abs(age - wanted) < 300_000, `${entry.file} is ${age} ms old, not ${wanted}`);
    if (!entry.withdrawn) {
      const others = index.filter((/** @type {any} */ e) => e.story === entry.story && e !== entry && !e.withdrawn);
      assert.equal(article.translations.length, others.length, entry.file);
    }
    const text = JSON.stringify(article.body);
    assert.ok(!text.includes("courier.example") && !text.includes("island.invalid"), entry.file);
    assert.equal(article.picture !== "", (source.associations ?? []).some((/** @type {any} */ a) => a.rel === "main"), entry.file);
  }
});

test("pull quotes, tables, pictures, galleries and videos have come along", async () => {
  const all = await site.run("export", "ninjs");
  const bodies = index.map((/** @type {any} */ e) => read(e.file).bodies[0].value).join("");
  const rows = await ask("article", "list", "--limit", "1000");
  const counts = { pull_quote: 0, table: 0, image: 0, cite: 0, gallery: 0, embed: 0, poster: 0 };
  for (const { id } of rows) {
    const { body } = await ask("article", "show", id);
    for (const block of body.content) {
      if (block.type in counts) counts[/** @type {keyof counts} */ (block.type)]++;
      if (block.type === "blockquote" && block.attrs?.cite) counts.cite++;
      if (block.type === "gallery") counts.image += block.content.length;
      if (block.type === "embed" && block.attrs.poster) counts.poster++;
    }
  }
  assert.equal(counts.pull_quote, bodies.split('<aside class="pull-quote"').length - 1);
  assert.equal(counts.table, bodies.split("<table").length - 1);
  const galleries = bodies.split('<figure class="gallery"').length - 1;
  assert.ok(galleries >= 4);
  assert.equal(counts.gallery, galleries);
  assert.equal(counts.embed, bodies.split("<iframe").length - 1);
  assert.equal(counts.poster, counts.embed);
  assert.equal(counts.image, bodies.split("<figure").length - 1 - galleries - counts.poster);
  assert.equal(counts.cite, bodies.split("<footer").length - 1);
  assert.ok(all.split("\n").length > 60);
});

test("a second time it is served as it is, not made again", async () => {
  const before = await site.run("article", "list", "--limit", "1000");
  await must(["demo", site.data, "--no-serve", ...pictures]);
  assert.equal(await site.run("article", "list", "--limit", "1000"), before);
});

test("without its files it says what is missing and makes nothing", async () => {
  const other = path.join(site.folder, "other");
  const { code, stderr } = await broadsheet(["demo", other, "--no-serve", "--pictures", "/nonexistent"]);
  assert.equal(code, 66);
  assert.match(stderr, /make demo/);
  assert.ok(!fs.existsSync(other));
});

await run();
