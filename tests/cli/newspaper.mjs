#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A newspaper made and looked after by commands alone, served by nobody.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { Site, broadsheet } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";

const site = await Site.make("--name", "The Test", "--zone", "Asia/Tbilisi", "--language", "en", "--language", "ka");

/** A command that must fail. @param {number} code @param {RegExp} why @param {string[]} words */
async function refused(code, why, ...words) {
  const answer = await broadsheet([...words, "--data", site.data]);
  assert.match(answer.stderr, why);
  assert.equal(answer.code, code, `${words.join(" ")}: ${answer.stderr}`);
  assert.equal(answer.stdout, "");
}

/** @param {string[]} words @returns {Promise<any>} */
const ask = async (...words) => JSON.parse(await site.run(...words, "--json"));

/** @param {object} story @param {string[]} options */
const write = async (story, ...options) =>
  (await site.pipe(JSON.stringify(story), "article", "new", "-", ...options)).trim();

test("init makes what it was told, and says what to do next", async () => {
  const settings = await ask("settings", "list");
  assert.equal(settings.name, "The Test");
  assert.equal(settings.zone, "Asia/Tbilisi");
  assert.equal(settings.language, "en");
  assert.deepEqual((await ask("language", "list")).map((/** @type {any} */ l) => l.code), ["en", "ka"]);
  const other = path.join(site.folder, "other");
  const { code, stderr } = await broadsheet(["init", other]);
  assert.equal(code, 0);
  assert.ok(stderr.includes(`broadsheet serve ${other}`));
});

test("init makes nothing of what is wrong, nor where something is", async () => {
  const fresh = path.join(site.folder, "fresh");
  for (const wrong of [["--zone", "Mars/Base"], ["--language", "klingonese"], ["--date-pattern", "dd.MM.yy jj 'open"]]) {
    const { code, stderr } = await broadsheet(["init", fresh, ...wrong]);
    assert.equal(code, 65, stderr);
    assert.ok(!fs.existsSync(fresh), wrong.join(" "));
  }
  fs.mkdirSync(fresh);
  fs.writeFileSync(path.join(fresh, "letter.txt"), "mine");
  assert.match((await broadsheet(["init", fresh])).stderr, /is not empty/);
  assert.deepEqual(fs.readdirSync(fresh), ["letter.txt"]);
  const again = await broadsheet(["init", site.data]);
  assert.equal(again.code, 73);
  assert.match(again.stderr, /there is a newspaper in .* already/);
});

test("where there is no newspaper, commands say how to name or make one", async () => {
  const { code, stderr } = await broadsheet(["article", "list", "--data", site.folder]);
  assert.equal(code, 66);
  assert.match(stderr, /--data DIR or BROADSHEET_DATA.*broadsheet init/);
  const { stdout } = await broadsheet(["settings", "get", "name"], { env: { BROADSHEET_DATA: site.data } });
  assert.equal(stdout, "The Test\n");
});

test("settings are checked, changed and put back", async () => {
  await site.run("settings", "set", "tagline", "every day");
  await site.run("settings", "set", "tagline", "ყოველ დღე", "-l", "ka");
  assert.equal(await site.run("settings", "get", "tagline"), "every day\n");
  assert.equal(await site.run("settings", "get", "tagline", "-l", "ka"), "ყოველ დღე\n");
  await site.run("settings", "unset", "tagline", "-l", "ka");
  assert.equal(await site.run("settings", "get", "tagline", "-l", "ka"), "every day\n");
  await refused(65, /Nowhere/, "settings", "set", "zone", "Nowhere/Town");
  await refused(66, /did you mean 'tagline'/, "settings", "set", "taglien", "x");
});

test("categories are added, named, moved and removed", async () => {
  assert.match(await site.run("category", "add", "Economy"), /^[0-9a-f]{13}\n$/);
  await site.run("category", "add", "Land", "--under", "economy");
  await site.run("category", "add", "Sport");
  await site.run("category", "rename", "economy", "ეკონომიკა", "--as", "ka", "--slug", "ekonomika");
  const paths = async (/** @type {string} */ language) =>
    (await ask("category", "list", "-l", language)).map((/** @type {any} */ c) => c.path);
  assert.deepEqual(await paths("en"), ["economy", "economy/land", "sport"]);
  assert.deepEqual(await paths("ka"), ["ekonomika"]);
  await site.run("category", "rename", "sport", "Games");
  await site.run("category", "move", "games", "--under", "economy", "--position", "0");
  assert.deepEqual(await paths("en"), ["economy", "economy/games", "economy/land"]);
  await site.run("category", "move", "economy/games", "--top");
  await site.run("category", "remove", "games");
  assert.deepEqual(await paths("en"), ["economy", "economy/land"]);
  await refused(66, /there is no category 'nothing'/, "category", "remove", "nothing");
  await refused(75, /./, "category", "remove", "economy");
  await refused(2, /--under PATH, --top or --position/, "category", "move", "economy");
  await refused(66, /no language 'fr'/, "category", "list", "-l", "fr");
});

test("languages are added and removed", async () => {
  await site.run("language", "add", "ru");
  assert.equal((await ask("language", "list"))[2].name, "Русский");
  await site.run("language", "remove", "ru");
  assert.equal((await ask("language", "list")).length, 2);
  await refused(65, /xx-nonsense-language/, "language", "add", "xx-nonsense-language");
});

test("an article is written, changed, published, corrected and withdrawn", async () => {
  const id = await write({ headline: "The bridge is open", text: "One.\n\nTwo.", categories: ["economy/land"], tags: ["Bridge"], source: "Agency", weight: "major" });
  assert.match(id, /^[0-9a-f]{13}$/);
  let article = await ask("article", "show", id);
  assert.equal(article.state, "draft");
  assert.equal(article.language, "en");
  assert.equal(article.paragraphs, 2);
  assert.equal(article.address, `/en/article/the-bridge-is-open-${id}`);
  await site.pipe('{"standfirst": "At last."}', "article", "edit", id, "-");
  await site.run("article", "publish", id, "--at", "2022-08-15T15:00:00+04:00");
  article = await ask("article", "show", `https://example.org/en/article/the-bridge-is-open-${id}`);
  assert.equal(article.state, "published");
  assert.equal(article.standfirst, "At last.");
  assert.equal(article.headline, "The bridge is open");
  assert.equal(article.source, "Agency");
  assert.equal(article.weight, "major");
  assert.equal(article.published, "2022-08-15T11:00:00Z");
  assert.equal(article.published_text, "15.08.22 15:00");
  assert.deepEqual(article.categories, [{ path: "economy/land", name: "Land" }]);
  assert.deepEqual(article.tags, ["Bridge"]);
  await site.run("article", "correct", id, "It is a ferry.");
  assert.equal((await ask("article", "show", id)).corrections[0].text, "It is a ferry.");
  await site.run("article", "withdraw", id, "--reason", "There is no bridge.");
  article = await ask("article", "show", id);
  assert.equal(article.state, "withdrawn");
  assert.equal(article.withdrawn_reason, "There is no bridge.");
});

test("an article that is wrong is refused with the member that is", async () => {
  const put = async (/** @type {string} */ text) =>
    broadsheet(["article", "new", "-", "--data", site.data], { input: text });
  /** @type {[string, number, RegExp][]} */
  const wrong = [
    ["{", 65, /line 1, column 2: not JSON/],
    ["[]", 65, /has to be a JSON object/],
    ["{}", 65, /headline/],
    ['{"headline": 1}', 65, /headline has to be a text/],
    ['{"headlin": "a"}', 65, /an article has no member "headlin"; did you mean "headline"\?/],
    ['{"headline": "a", "stand_first": "b"}', 65, /did you mean "standfirst"\?/],
    ['{"headline": "a", "publish": true}', 65, /no member "publish"; 'broadsheet help article new' tells/],
    ['{"headline": "a", "bylines": [{"person": "b"}]}', 65, /it may have "name", "role", "slug"/],
    ['{"headline": "a", "categories": ["none"]}', 65, /there is no category 'none'/],
    ['{"headline": "a", "weight": "heavy"}', 65, /lead, major, standard or brief/],
    ['{"headline": "a", "body": {"type": "doc", "content": [{"type": "script"}]}}', 65, /content\[0\]/],
    ['{"headline": "a", "language": "fr"}', 65, /fr/],
  ];
  for (const [text, code, why] of wrong) {
    const answer = await put(text);
    assert.match(answer.stderr, why);
    assert.equal(answer.code, code, text);
  }
  await refused(66, /there is no article 62f9f7d471fdc/, "article", "show", "62f9f7d471fdc");
  await refused(66, /there is no article/, "article", "publish", "62f9f7d471fdc");
  await refused(65, /is no id of an article/, "article", "show", "the-bridge");
});

test("a time that lies ahead schedules", async () => {
  const id = await write({ headline: "Tomorrow", text: "x" });
  await site.run("article", "publish", id, "--at", "2100-01-01T00:00:00Z");
  assert.equal((await ask("article", "show", id)).state, "scheduled");
});

test("lists filter by state, category and language; a row is a line", async () => {
  const one = await write({ headline: "In\u0007 land", text: "x", categories: ["economy/land"] }, "--publish").catch((e) => String(e));
  assert.match(one, /headline/, "control characters have no place in a headline");
  const id = await write({ headline: "In land", text: "x", categories: ["economy/land"] }, "--publish");
  await write({ headline: "ქართული", text: "x", language: "ka" }, "--publish");
  const heads = async (/** @type {string[]} */ ...words) =>
    (await ask("article", "list", ...words)).map((/** @type {any} */ a) => a.headline);
  assert.deepEqual(await heads("--category", "economy"), ["In land"]);
  assert.deepEqual(await heads("--language", "ka"), ["ქართული"]);
  assert.deepEqual(await heads("--state", "scheduled"), ["Tomorrow"]);
  assert.deepEqual(await heads("--state", "withdrawn"), ["The bridge is open"]);
  assert.equal((await heads("--limit", "1")).length, 1);
  const rows = (await site.run("article", "list", "--category", "economy")).split("\n");
  assert.equal(rows.length, 2);
  assert.match(rows[0], new RegExp(`^${id}  en +published +\\d\\d\\.\\d\\d\\.\\d\\d \\d\\d:\\d\\d +In land$`));
  await refused(66, /there is no category 'x'/, "article", "list", "--category", "x");
});

test("check finds what is damaged", async () => {
  assert.deepEqual((await ask("check")).sound, true);
  const copy = path.join(site.folder, "copy");
  fs.cpSync(site.data, copy, { recursive: true });
  const file = path.join(copy, "broadsheet.db");
  const bytes = fs.readFileSync(file);
  for (const at of [8192, 20480, 40960]) bytes.fill(0xa5, at, at + 4096);
  fs.writeFileSync(file, bytes);
  const { code, stderr } = await broadsheet(["check", "--data", copy]);
  assert.ok(code === 74, stderr);
});

await run();
