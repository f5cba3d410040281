#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The check of a newspaper that is being served: nothing is wrong while articles
// with pictures come and go; what was spoilt is told, all of it, and repaired for
// readers, too.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";

import { png } from "../lib/png.mjs";
import { Site, broadsheet } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";

const ROUNDS = 12;

const site = await Site.make("--name", "The Test");
await site.run("category", "add", "News");

/** An article with a picture of its own; its id. @param {string} name @returns {Promise<string>} */
async function bring(name) {
  fs.writeFileSync(path.join(site.folder, `${name}.png`), png(40, 30, crypto.randomBytes(3)));
  const file = path.join(site.folder, `${name}.json`);
  fs.writeFileSync(file, JSON.stringify({
    uri: `urn:test:${name}`, versionCreated: "2024-05-01T10:00:00Z", language: "en", headlines: [{ value: name }],
    bodies: [{ contentType: "text/html", value: "<p>One.</p>" }], subjects: [{ name: "News" }],
    associations: [{ name: "main", type: "picture", uri: `urn:p:${name}`, renditions: [{ name: "o", href: `${name}.png` }] }],
  }));
  return JSON.parse((await site.run("import", "ninjs", file, "--json")).split("\n")[0] ?? "").id;
}

/** @param {string[]} more */
async function check(...more) {
  const { code, stdout, stderr } = await broadsheet(["check", "--json", "--data", site.data, ...more]);
  return { code, stderr, .../** @type {any} */ (JSON.parse(stdout)) };
}

const kept = await bring("kept");
const other = await bring("other");
await site.serve();

test("nothing is wrong while articles with pictures come and go", async () => {
  let over = false;
  let checks = 0;
  const checking = (async () => {
    for (; !over; checks++) {
      const { code, findings } = await check("--deep");
      assert.deepEqual([code, findings], [0, []], `check ${checks}`);
    }
  })();
  try {
    for (let i = 0; i < ROUNDS; i++) await site.withdraw(await bring(`passing-${i}`), "It came and went.");
  } finally {
    over = true;
    await checking;
  }
  note(`${checks} checks in ${ROUNDS} rounds`);
});

test("what is wrong is told, all of it, each with what to do", async () => {
  const database = path.join(site.data, "broadsheet.db");
  const [blob = ""] = execFileSync("sqlite3", [database, "SELECT blob FROM medium ORDER BY id LIMIT 1"], { encoding: "utf8" }).trim().split("\n");
  const secret = path.join(site.data, "media", `${"0123456789abcdef".repeat(2)}.png`);
  execFileSync("sqlite3", [database, `DELETE FROM listing WHERE article_id = '${kept}'; DELETE FROM change WHERE seq = 2`]);
  fs.writeFileSync(secret, "not for readers");
  const file = path.join(site.data, "blobs", blob.slice(0, 2), blob.slice(2));
  const bytes = fs.readFileSync(file);
  fs.writeFileSync(file, Buffer.concat([bytes.subarray(0, -1), Buffer.from("!")]));
  const shallow = await check();
  assert.equal(shallow.code, 74);
  assert.match(shallow.stderr, /things are wrong/);
  const areas = new Set(shallow.findings.map((/** @type {any} */ f) => f.area));
  assert.deepEqual([...areas].sort(), ["lists", "log", "public files"]);
  const deep = await check("--deep");
  assert.ok(deep.findings.some((/** @type {any} */ f) => f.area === "files" && /is damaged/.test(f.what)));
  for (const finding of deep.findings) assert.ok(finding.remedy.length > 10);
  const words = await broadsheet(["check", "--data", site.data]);
  assert.match(words.stdout, new RegExp(`^lists: article ${kept} is missing in the list c:.*What to do: 'broadsheet check --repair'`, "m"));
  fs.writeFileSync(file, bytes);
});

test("lists and public files are repaired, and readers see it at once", async () => {
  assert.ok(!(await site.run("article", "list", "--json", "--state", "withdrawn")).includes(kept));
  const fixed = await check("--repair");
  assert.deepEqual(fixed.findings.map((/** @type {any} */ f) => f.area), ["log"], "a gap stays a gap");
  const page = (await site.get("/en/news")).text();
  assert.ok(page.includes(kept) && page.includes(other));
  assert.equal((await site.get(`/media/${"0123456789abcdef".repeat(2)}.png`)).status, 404);
});

await run();
