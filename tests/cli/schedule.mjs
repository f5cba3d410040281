#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Times of articles as they are typed, shown, brought in and taken out.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { broadsheet, Site } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";

const site = await Site.make("--zone", "Europe/Berlin");

/** @param {object} story */
const write = async (story) => (await site.pipe(JSON.stringify({ text: "Text.", ...story }), "article", "new", "-")).trim();

/** @param {string} id */
const show = async (id) => JSON.parse(await site.run("article", "show", id, "--json"));

/** What is said when it is refused. @param {string[]} args */
async function refused(...args) {
  const { code, stdout, stderr } = await broadsheet([...args, "--data", site.data]);
  assert.notEqual(code, 0, args.join(" "));
  assert.equal(stdout, "");
  return stderr;
}

/** @param {object} item */
async function importItem(item) {
  const file = path.join(site.folder, "item.json");
  fs.writeFileSync(file, JSON.stringify({ language: "en", type: "text", pubStatus: "usable", bodies: [{ role: "main", contentType: "text/plain", value: "Text." }], ...item }));
  await site.run("import", "ninjs", file);
}

test("a time is one of the newspaper's zone, or has an offset", async () => {
  const id = await write({ headline: "Timed" });
  await site.run("article", "schedule", id, "2099-07-01 06:00");
  assert.equal((await show(id)).scheduled, "2099-07-01T04:00:00Z");
  await site.run("article", "schedule", id, "2099-07-01T06:00:00+04:00");
  assert.equal((await show(id)).scheduled, "2099-07-01T02:00:00Z");
  assert.match(await site.run("article", "list"), new RegExp(`${id} .*scheduled .*appears at 01\\.07\\.99 04:00`));
  await site.run("article", "schedule", id, "none");
  const after = await show(id);
  assert.equal(after.state, "ready");
  assert.equal(after.scheduled, undefined);
});

test("what is wrong is refused with the cause and the remedy", async () => {
  const id = await write({ headline: "Wrong" });
  assert.match(await refused("article", "schedule", id), /say when, as in: broadsheet article schedule/);
  assert.match(await refused("article", "schedule", id, "tomorrow"), /'tomorrow' is no point in time; write it as '2026-08-15 15:00' \(in Europe\/Berlin\)/);
  assert.match(await refused("article", "schedule", id, "2020-01-01 00:00"), /lies in the past: publish it instead/);
  assert.match(await refused("article", "schedule", id, "2099-10-25 02:30"), /comes twice; add the offset, \+02:00 or \+01:00/);
  assert.match(await refused("article", "schedule", id, "--embargo", "2020-01-01 00:00"), /an embargo has to end in the future/);
  assert.match(await refused("article", "schedule", "62f9f7d471fdc", "2099-01-01 00:00"), /there is no article 62f9f7d471fdc/);
  await site.run("article", "schedule", id, "--embargo", "2099-02-01 00:00", "--reason", "Agreed");
  assert.match(await refused("article", "schedule", id, "2099-01-01 00:00"), /before the end of the article's embargo/);
  assert.match(await refused("article", "schedule", id, "--expires", "2099-01-01 00:00"), /would expire before its embargo ends/);
  assert.match(await refused("article", "publish", id, "--at", "2020-01-01 00:00"), /under embargo until 2099-01-31T23:00:00Z/);
  const file = path.join(site.folder, "change.json");
  fs.writeFileSync(file, '{"expires": 7}');
  assert.match(await refused("article", "edit", id, file), /expires has to be a time as text, or null/);
});

test("publishing under embargo schedules, and says so", async () => {
  const id = await write({ headline: "Kept back", embargoed: "2099-01-01 00:00", embargoed_reason: "Agreed" });
  assert.match(await site.run("article", "list"), new RegExp(`${id} .*draft .*embargo until 01\\.01\\.99 00:00`));
  const { code, stderr } = await broadsheet(["article", "publish", id, "--data", site.data]);
  assert.equal(code, 0);
  assert.match(stderr, /is under embargo: it is published by itself at 2098-12-31T23:00:00Z/);
  const text = await site.run("article", "show", id);
  assert.match(text, /state +scheduled\n/);
  assert.match(text, /embargo +01\.01\.99 00:00\n/);
  assert.match(text, /because +Agreed\n/);
});

test("what article show writes, article edit reads: nothing changes", async () => {
  const id = await write({ headline: "Round", embargoed: "2099-01-01 00:00", scheduled: "2099-01-02 00:00", expires: "2099-01-03 00:00" });
  const before = await show(id);
  await site.pipe(JSON.stringify(before), "article", "edit", id, "-");
  assert.deepEqual(await show(id), before);
  await site.pipe('{"embargoed": null, "scheduled": null, "expires": "none"}', "article", "edit", id, "-");
  const after = await show(id);
  for (const name of ["embargoed", "scheduled", "expires"]) assert.equal(after[name], undefined);
});

test("times can be moved past one another in one go", async () => {
  const id = await write({ headline: "Moved", embargoed: "2099-01-01 00:00", scheduled: "2099-01-02 00:00", expires: "2099-01-03 00:00" });
  await site.pipe('{"embargoed": "2099-02-01 00:00", "scheduled": "2099-02-02 00:00", "expires": "2099-02-03 00:00"}', "article", "edit", id, "-");
  const after = await show(id);
  assert.equal(after.scheduled, "2099-02-01T23:00:00Z");
  assert.equal(after.expires, "2099-02-02T23:00:00Z");
});

test("ninjs carries embargo and expiry in and out", async () => {
  const id = "6a0000000000e";
  await importItem({
    uri: `https://agency.example/${id}`,
    altIds: [{ role: "internal", value: id }],
    headlines: [{ role: "main", value: "From an agency" }],
    versionCreated: "2026-01-01T00:00:00Z",
    embargoedUntil: "2099-01-01T00:00:00Z",
    embargoedReason: "Until the vote",
    expires: "2099-06-01T00:00:00Z",
  });
  const article = await show(id);
  assert.equal(article.state, "scheduled");
  assert.equal(article.scheduled, "2099-01-01T00:00:00Z");
  assert.equal(article.embargoed, "2099-01-01T00:00:00Z");
  assert.equal(article.embargoed_reason, "Until the vote");
  assert.equal(article.expires, "2099-06-01T00:00:00Z");
  const item = JSON.parse(await site.run("export", "ninjs", id));
  assert.equal(item.embargoedUntil, "2099-01-01T00:00:00Z");
  assert.equal(item.expires, "2099-06-01T00:00:00Z");
  assert.equal(item.pubStatus, "withheld");
});

test("an item that has expired already is never shown", async () => {
  const id = "6a0000000000f";
  await importItem({
    uri: `https://agency.example/${id}`,
    altIds: [{ role: "internal", value: id }],
    headlines: [{ role: "main", value: "Over" }],
    versionCreated: "2025-01-01T00:00:00Z",
    expires: "2025-02-01T00:00:00Z",
  });
  const article = await show(id);
  assert.equal(article.state, "withdrawn");
  assert.equal(article.expired, true);
  assert.equal(article.withdrawn, "2025-02-01T00:00:00Z");
  assert.match(await refused("article", "publish", id), /expired at 2025-02-01T00:00:00Z; give it a later time/);
});

await run();
