#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Channels, stream keys and programmes, typed as a new user would.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { broadsheet, Site } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";

const site = await Site.make("--zone", "Europe/Berlin");

/** What is said when it is refused. @param {string[]} args */
async function refused(...args) {
  const { code, stdout, stderr } = await broadsheet([...args, "--data", site.data]);
  assert.notEqual(code, 0, args.join(" "));
  assert.equal(stdout, "");
  return stderr;
}

/** @param {string[]} args */
const json = async (...args) => JSON.parse(await site.run(...args, "--json"));

/** @param {string} name @param {string} text */
function file(name, text) {
  const full = path.join(site.folder, name);
  fs.writeFileSync(full, text);
  return full;
}

test("what is wrong is refused with the cause and the remedy", async () => {
  assert.match(await refused("channel"), /wants to know what to do: add, change, list/);
  assert.match(await refused("channel", "key"), /wants to know what to do: add, list, revoke/);
  assert.match(await refused("channel", "key", "ad"), /did you mean 'broadsheet channel key add'/);
  assert.match(await refused("channel", "add"), /NAME is missing/);
  assert.match(await refused("channel", "add", "First Channel"), /stands in addresses: .* such as news/);
  assert.match(await refused("channel", "add", "news", "--ladder", "source,480p"), /'480p' is no rendition; name some of source, 720p/);
  assert.match(await refused("channel", "add", "news", "--ladder", "360p,audio"), /made beside the source; name it as well/);
  assert.match(await refused("channel", "add", "news", "--captions", "en"), /'en' is no channel of captions with its language; name some of cc1 to cc4, as in cc1=en,cc3=fr/);
  assert.match(await refused("channel", "add", "news", "--captions", "cc1=english"), /'cc1=english' names no language; use its BCP 47 code, such as cc1=en/);
  assert.match(await refused("channel", "add", "news", "--dvr", "0"), /dvr/);
  assert.match(await refused("channel", "show", "news"), /there is no channel 'news'; 'broadsheet channel list'/);
  assert.match(await refused("channel", "key", "add", "news"), /there is no channel 'news'/);
  assert.match(await refused("channel", "status"), /no server runs in .*; start it with 'broadsheet serve'/);
});

test("a channel is made, changed, shown and removed", async () => {
  await site.run("channel", "add", "other", "--ladder", "audio", "--dvr", "30");
  await site.run("channel", "add", "news", "--title", "First Channel");
  assert.match(await refused("channel", "add", "news"), /there is a channel 'news' already/);
  const list = await json("channel", "list");
  assert.deepEqual(list.map(({ name, title, ladder, dvr_seconds }) => [name, title, ladder, dvr_seconds]), [
    ["other", "other", ["audio"], 1800],
    ["news", "First Channel", ["source", "360p", "audio"], 14400],
  ]);
  assert.match(await refused("channel", "change", "news"), /say what is to change: --title, --dvr, --ladder, --captions, --keep, --keep-gb or --pull/);
  await site.run("channel", "change", "news", "--title", "Channel One");
  assert.equal((await json("channel", "show", "news")).title, "Channel One");
  await site.run("channel", "change", "news", "--captions", "cc1=en,CC3=ka");
  assert.deepEqual((await json("channel", "show", "news")).captions, { cc1: "en", cc3: "ka" });
  assert.match(await site.run("channel", "show", "news"), /^captions {4}cc1=en,cc3=ka$/m);
  await site.run("channel", "change", "news", "--title", "Channel One", "--captions", "");
  assert.deepEqual((await json("channel", "show", "news")).captions, {});
  await site.run("channel", "remove", "other");
  assert.match(await refused("channel", "remove", "other"), /there is no channel 'other'/);
  assert.equal((await json("channel", "list")).length, 1);
});

test("a channel has at most 16 good keys; one that is revoked makes room", async () => {
  await site.run("channel", "add", "many");
  for (let i = 0; i < 16; i++) await site.run("channel", "key", "add", "many");
  assert.match(await refused("channel", "key", "add", "many"), /it has 16 good keys, which is the most; revoke one first/);
  await site.run("channel", "key", "revoke", (await json("channel", "key", "list", "many"))[3].id);
  await site.run("channel", "key", "add", "many");
  await site.run("channel", "remove", "many");
});

test("a key is told once, is nowhere on the disk, and can be revoked", async () => {
  const made = await json("channel", "key", "add", "news", "--label", "Studio A", "--priority", "10");
  assert.match(made.key, /^[a-z2-7]{32}$/);
  const listed = await json("channel", "key", "list", "news");
  assert.equal(listed.length, 1);
  assert.equal(listed[0].label, "Studio A");
  assert.equal(listed[0].key, undefined);
  for (const name of fs.readdirSync(site.data).filter((entry) => entry.startsWith("broadsheet.db")))
    assert.ok(!fs.readFileSync(path.join(site.data, name)).includes(made.key), name);
  assert.match(await refused("channel", "key", "add", "news", "--until", "2020-01-01 00:00"), /is over already/);
  assert.match(await refused("channel", "key", "add", "news", "--priority", "101"), /priority/);
  assert.match(await refused("channel", "key", "revoke", made.key), /no id of a key.*the key itself is not needed/s);
  await site.run("channel", "key", "revoke", made.id);
  assert.match(await refused("channel", "key", "revoke", made.id), /was revoked before/);
  assert.match(await site.run("channel", "key", "list"), /revoked 2/);
});

test("a captioner's key is another one than a studio's, and says so", async () => {
  assert.match(await refused("channel", "key", "add", "news", "--for", "subtitles"), /"feed".*or for "captions".*not for "subtitles"/s);
  assert.match(await refused("channel", "key", "add", "news", "--for", "captions", "--priority", "3"), /only keys that feed have a priority/);
  const made = await json("channel", "key", "add", "news", "--for", "captions", "--label", "Nino");
  assert.equal(made.for, "captions");
  assert.match(await site.run("channel", "key", "list", "news"), /news +captions +0 +good +Nino/);
  await site.run("channel", "key", "revoke", made.id);
});

test("programmes follow one another; a series keeps its hour when clocks change", async () => {
  const add = (...args) => site.run("programme", "add", "news", ...args);
  await add("2030-03-30 20:00", "2030-03-30 20:30", "Evening News", "--every", "day", "--times", "3", "--category", "News");
  const list = await json("programme", "list", "news", "--from", "2030-03-30 00:00");
  assert.deepEqual(list.map(({ start }) => start), ["2030-03-30T19:00:00Z", "2030-03-31T18:00:00Z", "2030-04-01T18:00:00Z"]);
  assert.match(await refused("programme", "add", "news", "2030-03-30 20:10", "2030-03-30 20:40", "Film"), /'Evening News' \(\w+\) is on from .*--replace/s);
  assert.match(await refused("programme", "add", "news", "2030-03-30 21:00", "2030-03-30 20:40", "Film"), /ends after it begins/);
  assert.match(await refused("programme", "add", "news", "tomorrow", "2030-03-30 20:40", "Film"), /'tomorrow' is no point in time/);
  assert.match(await refused("programme", "add", "news", "2030-05-01 20:00", "2030-05-01 20:40", "Film", "--every", "month"), /day or week/);
  assert.match(await refused("programme", "add", "news", "2030-05-01 20:00", "2030-05-01 20:40", "Film", "--times", "3"), /--every day or --every week/);
  await add("2030-03-30 20:10", "2030-03-30 20:40", "Film", "--replace", "--repeat", "--language", "ka");
  const [film] = await json("programme", "list", "news", "--from", "2030-03-30 00:00", "--days", "1");
  assert.equal(film.title, "Film");
  assert.equal(film.repeat, true);
  await site.run("programme", "remove", film.id);
  assert.match(await refused("programme", "remove", film.id), /there is no programme/);
  assert.match(await refused("programme", "remove", "film"), /'film' is no id of a programme/);
});

// What is written, as the documentation of XMLTV describes it.
const dtd = `<!ELEMENT tv (channel*, programme*)>
<!ATTLIST tv date CDATA #IMPLIED source-info-name CDATA #IMPLIED generator-info-name CDATA #IMPLIED>
<!ELEMENT channel (display-name+)> <!ATTLIST channel id CDATA #REQUIRED>
<!ELEMENT display-name (#PCDATA)>
<!ELEMENT programme (title+, desc*, category*, previously-shown?)>
<!ATTLIST programme start CDATA #REQUIRED stop CDATA #IMPLIED channel CDATA #REQUIRED>
<!ELEMENT title (#PCDATA)> <!ATTLIST title lang CDATA #IMPLIED>
<!ELEMENT desc (#PCDATA)> <!ATTLIST desc lang CDATA #IMPLIED>
<!ELEMENT category (#PCDATA)> <!ATTLIST category lang CDATA #IMPLIED>
<!ELEMENT previously-shown EMPTY>`;

test("a schedule goes out as XMLTV, valid, and comes in again the same", async () => {
  await site.run("programme", "add", "news", "2030-06-01 20:00", "2030-06-01 20:30", "Salt & <Pepper>", "--language", "en", "--repeat", "--description", "Two\nlines");
  const before = await json("programme", "list", "news", "--from", "2030-03-30 00:00", "--days", "100");
  const xml = file("week.xml", await site.run("programme", "export", "news", "--from", "2030-03-30 00:00", "--days", "100"));
  const checked = spawnSync("xmllint", ["--noout", "--nonet", "--dtdvalid", file("xmltv.dtd", dtd), xml], { encoding: "utf8" });
  assert.equal(checked.status, 0, checked.stderr);
  await site.run("channel", "add", "copy");
  await site.run("programme", "import", xml, "--channel", "copy");
  const after = await json("programme", "list", "copy", "--from", "2030-03-30 00:00", "--days", "100");
  const bare = (list) => list.map(({ id, ...rest }) => rest);
  assert.deepEqual(bare(after), bare(before));
  await site.run("programme", "import", xml);
  assert.deepEqual(await json("programme", "list", "news", "--from", "2030-03-30 00:00", "--days", "100"), before, "with the same ids");
});

test("a file that cannot be taken is refused whole, with the line", async () => {
  const programme = (channel, start, more = "") => `<programme start="${start}" channel="${channel}" ${more}><title>A</title></programme>\n`;
  const tv = (name, ...lines) => file(name, `<tv>\n${lines.join("")}</tv>`);
  assert.match(await refused("programme", "import", "no-such.xml"), /no-such.xml/);
  assert.match(await refused("programme", "import", file("rss.xml", "<rss/>")), /line 1: this is no XMLTV file/);
  assert.match(await refused("programme", "import", tv("zone.xml", programme("news", "20300701200000 CST"))), /line 2: '20300701200000 CST' is no time/);
  assert.match(await refused("programme", "import", tv("stop.xml", programme("news", "20300701200000"))), /line 2: the programme has no stop/);
  const strange = tv("strange.xml", programme("a.tv", "2030070120", 'stop="2030070121"'), programme("b.tv", "2030070120", 'stop="2030070121"'));
  assert.match(await refused("programme", "import", strange), /none of the file's channels \('a.tv' …\).*--channel/s);
  assert.match(await refused("programme", "import", strange, "--channel", "news"), /of several channels, among them 'a.tv' and 'b.tv'; say with --id/);
  assert.match(await refused("programme", "import", strange, "--id", "a.tv"), /say with --channel/);
  const clash = tv("clash.xml", programme("news", "2030070120", 'stop="2030070121"'), programme("news", "203007012030", 'stop="2030070122"'));
  assert.match(await refused("programme", "import", clash), /line 3: 'A' is on from .*Z, so 'A' cannot begin at/);
  assert.equal((await json("programme", "list", "news", "--from", "2030-07-01 00:00", "--days", "2")).length, 0);
  await site.run("programme", "import", strange, "--channel", "news", "--id", "b.tv");
  assert.equal((await json("programme", "list", "news", "--from", "2030-07-01 00:00", "--days", "2")).length, 1);
});

test("a programme that comes again is the same, and it is told what changed", async () => {
  const tv = (...rows) => file("again.xml", `<tv>${rows.map(([start, stop, title]) =>
    `<programme channel="news" start="20300801${start}" stop="20300801${stop}"><title>${title}</title></programme>`).join("")}</tv>`);
  const list = async () => Object.fromEntries((await json("programme", "list", "news", "--from", "2030-08-01 00:00", "--days", "2")).map(({ title, id }) => [title, id]));
  const taken = async (file_) => (await broadsheet(["programme", "import", file_, "--data", site.data])).stderr;
  await site.run("programme", "import", tv(["2000", "2030", "News"], ["2030", "2200", "Film"], ["2200", "2230", "Talk"]));
  const before = await list();
  assert.match(await taken(tv(["2000", "2045", "News"], ["2045", "2215", "Film"], ["2215", "2230", "Weather"])),
    /3 programmes: 1 new, 2 changed, 0 as they were; 1 are no longer on, 0 of other channels/);
  const after = await list();
  assert.deepEqual([after.News, after.Film], [before.News, before.Film]);
  assert.notEqual(after.Weather, before.Talk);
});

test("a backup holds all of it, and a check finds it sound", async () => {
  await site.run("check");
  const saved = path.join(site.folder, "saved.backup");
  await site.run("backup", saved);
  const restored = path.join(site.folder, "restored");
  const { code, stderr } = await broadsheet(["restore", saved, restored]);
  assert.equal(code, 0, stderr);
  const { stdout } = await broadsheet(["channel", "list", "--json", "--data", restored]);
  assert.deepEqual(JSON.parse(stdout), await json("channel", "list"));
});

await run();
