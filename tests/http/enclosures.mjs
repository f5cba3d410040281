#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Recordings beside articles: put there by a command, played from the page,
// carried by every feed in its own way, and taken along by ninjs.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { broadsheet, shared, Site, until } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";
import { complaintsOfJson, complaintsOfXml, jsonFeedSchema } from "../lib/validate.mjs";

const ADDRESS = "https://paper.example";
const site = await Site.make("--name", "The Test", "--language", "en");
await site.run("settings", "set", "address", ADDRESS);
await site.run("category", "add", "Talk");
await site.serve();

const sound = Buffer.from("ID3 this is no music, but nobody listens");
const file = path.join(site.folder, "bridge.mp3");
fs.writeFileSync(file, sound);
const own = await site.write({ headline: "Read aloud", categories: ["talk"], publish: true });
const other = await site.write({ headline: "From elsewhere", categories: ["talk"], publish: true });
const none = await site.write({ headline: "Only text", categories: ["talk"], publish: true });
const feeds = async () => ({
  rss: (await site.get("/en/talk/rss.xml")).text(),
  atom: (await site.get("/en/talk/atom.xml")).text(),
  json: JSON.parse((await site.get("/en/talk/feed.json")).text()),
});
/** @param {string[]} args */
const refused = async (...args) => {
  const { code, stderr } = await broadsheet(["article", "enclose", ...args, "--data", site.data]);
  assert.notEqual(code, 0, args.join(" "));
  return stderr;
};

test("without recordings a feed is no podcast", async () => {
  const { rss } = await feeds();
  assert.ok(!/itunes|enclosure/.test(rss));
});

test("a file of ours is on the page and served in parts", async () => {
  await site.run("article", "enclose", own.id, "--file", file, "--duration", "12:34");
  assert.ok(!(await site.get(`/en/article/read-aloud-${own.id}`)).text().includes("<audio"), "not before it is published");
  await site.run("article", "enclose", own.id, "--file", file, "--duration", "12:34", "--publish");
  const page = (await site.get(`/en/article/read-aloud-${own.id}`)).text();
  const [, src = ""] = /<audio controls preload="none" src="(\/media\/[0-9a-f]+\.mp3)"/.exec(page) ?? [];
  assert.ok(src, "the player");
  assert.match(page, />Listen to this article<\/a> <span>13 minutes<\/span>/);
  const answer = await site.get(src, { fields: { Range: "bytes=4-7" } });
  assert.deepEqual([answer.status, answer.get("content-type"), answer.text()], [206, "audio/mpeg", "this"]);
});

test("one elsewhere is linked to, never fetched by the page", async () => {
  await site.run("article", "enclose", other.id, "--url", "https://cdn.example/talk.m4a?x=1", "--bytes", "9120331", "-t", "1:02:03", "-p");
  const page = (await site.get(`/en/article/from-elsewhere-${other.id}`)).text();
  assert.ok(!page.includes("<audio"));
  assert.match(page, /<a href="https:\/\/cdn\.example\/talk\.m4a\?x=1">Listen to this article<\/a> <span>63 minutes<\/span>/);
});

test("every feed carries them in its own way, and is valid", async () => {
  const { rss, atom, json } = await feeds();
  const [, media = ""] = /<enclosure url="https:\/\/paper\.example(\/media\/[0-9a-f]+\.mp3)" length="40" type="audio\/mpeg"\/><itunes:duration>754<\/itunes:duration>/.exec(rss) ?? [];
  assert.ok(media, rss);
  assert.match(rss, /<enclosure url="https:\/\/cdn\.example\/talk\.m4a\?x=1" length="9120331" type="audio\/mp4"\/><itunes:duration>3723</);
  assert.match(rss, /xmlns:itunes="http:\/\/www\.itunes\.com\/dtds\/podcast-1\.0\.dtd"/);
  assert.match(rss, /<itunes:author>The Test<\/itunes:author><itunes:explicit>false<\/itunes:explicit><itunes:category text="News"\/>/);
  assert.equal((rss.match(/<enclosure /g) ?? []).length, 2, "one an item, none without");
  assert.match(atom, new RegExp(`<link rel="enclosure" type="audio/mpeg" href="${ADDRESS}${media}" length="40"/>`));
  const byTitle = Object.fromEntries(json.items.map((/** @type {any} */ item) => [item.title, item.attachments]));
  assert.deepEqual(byTitle["Read aloud"], [{ url: ADDRESS + media, mime_type: "audio/mpeg", size_in_bytes: 40, duration_in_seconds: 754 }]);
  assert.deepEqual(byTitle["From elsewhere"], [
    { url: "https://cdn.example/talk.m4a?x=1", mime_type: "audio/mp4", size_in_bytes: 9120331, duration_in_seconds: 3723 },
  ]);
  assert.equal(byTitle["Only text"], undefined);
  assert.equal(complaintsOfXml("rss", path.join(site.folder, "feeds"), { rss }), "");
  assert.equal(complaintsOfXml("atom", path.join(site.folder, "feeds"), { atom }), "");
  assert.equal(complaintsOfJson(jsonFeedSchema, { json }), "");
});

test("ninjs takes them along, out and in again", async () => {
  const item = JSON.parse((await site.get(`/en/article/read-aloud-${own.id}.json`)).text());
  const recording = item.associations.find((/** @type {any} */ { rel }) => rel === "enclosure");
  assert.equal(recording.type, "audio");
  assert.deepEqual(
    [recording.renditions[0].contentType, recording.renditions[0].sizeInBytes, recording.renditions[0].duration],
    ["audio/mpeg", 40, 754],
  );
  const schema = shared("testdata/ninjs/schema_3.1.json");
  if (schema) assert.equal(complaintsOfJson(schema, { item }), "");
  const folder = path.join(site.folder, "in");
  fs.mkdirSync(folder);
  fs.copyFileSync(file, path.join(folder, "bridge.mp3"));
  const elsewhere = JSON.parse((await site.get(`/en/article/from-elsewhere-${other.id}.json`)).text());
  recording.renditions[0].href = "bridge.mp3";
  fs.writeFileSync(path.join(folder, "own.json"), JSON.stringify(item));
  fs.writeFileSync(path.join(folder, "other.json"), JSON.stringify(elsewhere));
  const second = await Site.make("--name", "Another", "--language", "en");
  await second.run("category", "add", "Talk");
  await second.run("import", "ninjs", path.join(folder, "own.json"));
  await second.run("import", "ninjs", path.join(folder, "other.json"));
  const list = JSON.parse(await second.run("article", "list", "--json"));
  const found = [];
  for (const { id } of list.articles ?? list) found.push(JSON.parse(await second.run("article", "show", id, "--json")).enclosure);
  found.sort((a, b) => a.seconds - b.seconds);
  assert.deepEqual({ ...found[0], medium: "" }, { medium: "", type: "audio/mpeg", bytes: 40, seconds: 754 });
  assert.match(found[0].medium, /^[0-9a-f]{13}$/);
  assert.deepEqual(found[1], { url: "https://cdn.example/talk.m4a?x=1", type: "audio/mp4", bytes: 9120331, seconds: 3723 });
});

test("what is wrong is told with its remedy, and changes nothing", async () => {
  const text = path.join(site.folder, "notes.txt");
  const pdf = path.join(site.folder, "scan.pdf");
  fs.writeFileSync(text, "x");
  fs.writeFileSync(pdf, "%PDF");
  assert.match(await refused(none.id), /--file FILE, --url ADDRESS, or --remove/);
  assert.match(await refused(none.id, "--file", file, "--remove"), /--file FILE, --url ADDRESS, or --remove/);
  assert.match(await refused(none.id, "--file", path.join(site.folder, "not-here.mp3")), /not-here\.mp3/);
  assert.match(await refused(none.id, "--file", text), /what it is cannot be told by its name/);
  assert.match(await refused(none.id, "--file", pdf), /nothing to be played/);
  assert.match(await refused(none.id, "--file", file, "--duration", "12:99"), /no duration: write 12:34/);
  assert.match(await refused(none.id, "--url", "ftp://x/y.mp3"), /enclosure/);
  assert.match(await refused(none.id, "--url", "https://x.example/y"), /such as audio\/mpeg/);
  assert.match(await refused(none.id, "--url", "https://x.example/y.mp3", "--bytes", "many"), /bytes/);
  assert.match(await refused("62f9f7d471fdc", "--file", file), /there is no article/);
  const shown = JSON.parse(await site.run("article", "show", none.id, "--json"));
  assert.deepEqual([shown.enclosure, shown.revision], [null, 1]);
  const { code, stderr } = await broadsheet(["article", "edit", none.id, "-", "--data", site.data], { input: '{"enclosure": {"url": 1}}' });
  assert.ok(code !== 0 && /enclosure has to be/.test(stderr), stderr);
});

test("taken away, it is gone from the page, the feeds and the public files", async () => {
  const [, src = ""] = /src="(\/media\/[0-9a-f]+\.mp3)"/.exec((await site.get(`/en/article/read-aloud-${own.id}`)).text()) ?? [];
  await site.run("article", "enclose", own.id, "--remove", "--publish");
  assert.ok(!(await site.get(`/en/article/read-aloud-${own.id}`)).text().includes('class="played"'));
  assert.ok(!(await feeds()).rss.includes(".mp3"));
  assert.equal((await site.get(src)).status, 200, "readers who have just got the page hear it");
  assert.equal(await site.stop(), 0); // or half a minute later
  await site.serve();
  await until(async () => (await site.get(src)).status === 404, "the file is gone");
  await site.run("check");
});

await run();
