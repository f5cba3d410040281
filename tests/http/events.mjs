#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Server-sent events: who has a page open is told what happens, after it can be
// seen, once, and also after processes died. STREAMS=10000 opens so many.
import assert from "node:assert/strict";
import process from "node:process";

import { BROWSER } from "../lib/beacons.mjs";
import { Stream } from "../lib/events.mjs";
import { Connection } from "../lib/http.mjs";
import { broadsheet, Site, until } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";

const STREAMS = Number(process.env.STREAMS ?? 500);

const site = await Site.make("--name", "The Test", "--language", "en", "--language", "ka");
await site.run("category", "add", "News");
await site.serve();

let made = 0;
/** @param {string} [language] */
const write = async (language = "en") => {
  const headline = `Story ${++made}`;
  const { id, slug } = await site.write({
    headline,
    language,
    categories: language === "en" ? ["news"] : [],
    publish: true,
  });
  return { id: String(id), path: `/${language}/article/${slug}-${id}`, headline };
};

/** @param {string} target @param {Record<string, string>} [fields] */
const open = (target, fields) => Stream.open(site.place, target, fields);

/** @param {string} id */
const story = (id) => (/** @type {import("../lib/events.mjs").Event} */ { event, data }) =>
  event === "front" && data.type === "story" && data.id === id;

/** A stream that has begun: what is told from now on reaches it. @param {string} target @param {Record<string, string>} [fields] */
const begun = async (target, fields) => {
  const stream = await open(target, fields);
  assert.equal(stream.status, 200);
  await until(() => (stream.read(), stream.retry > 0), "the stream has begun");
  return stream;
};

test("an open front is told of a new story, which is there by then", async () => {
  const stream = await begun("/events/en");
  assert.match(stream.head, /content-type: text\/event-stream\r\n/i);
  assert.match(stream.head, /cache-control: no-store/i);
  const { id, path, headline } = await write();
  const { data } = await stream.event(story(id));
  assert.deepEqual(data, { type: "story", id, url: path, headline });
  assert.match((await site.get("/en/")).text(), new RegExp(headline));
  assert.equal((await site.get(path)).status, 200);
  stream.close();
});

test("each language and each article is told of its own", async () => {
  const first = await write();
  const english = await begun("/events/en");
  const georgian = await begun("/events/ka");
  const article = await begun(`/events/en?article=${first.id}`);
  const second = await write();
  await english.event(story(second.id));
  await site.revise(first.id, { headline: "Better" });
  await site.publish(first.id);
  const updated = await article.event(({ event }) => event === "article");
  assert.equal(updated.data.type, "updated");
  const third = await write("ka");
  await georgian.event(story(third.id));
  assert.deepEqual(georgian.events.map(({ data }) => data.id), [third.id]);
  assert.deepEqual(article.events.map(({ data }) => data.type), ["updated"]);
  await site.withdraw(first.id, "It was wrong");
  await article.event(({ data }) => data.type === "withdrawn");
  for (const stream of [english, georgian, article]) stream.close();
});

test("an update of one story is no update of those beside it", async () => {
  const first = await write();
  const second = await write();
  const article = await begun(`/events/en?article=${second.id}`);
  await site.revise(first.id, { headline: "Changed" });
  await site.publish(first.id);
  await site.revise(second.id, { headline: "Changed too" });
  await site.publish(second.id);
  const event = await article.event();
  const front = await begun("/events/en");
  const third = await write();
  await front.event(story(third.id));
  assert.equal(article.events.length, 1, JSON.stringify([event, article.events]));
  article.close();
  front.close();
});

test("who comes back is told what was missed, once and in order", async () => {
  const stream = await begun("/events/en");
  const first = await write();
  const { id } = await stream.event(story(first.id));
  stream.close();
  const missed = [await write(), await write(), await write()];
  for (const again of [
    await open("/events/en", { "Last-Event-ID": id }),
    await open(`/events/en?since=${id}`),
    await open("/events/en?since=0", { "Last-Event-ID": id }),
  ]) {
    await again.event(story(/** @type {any} */ (missed[2]).id));
    assert.deepEqual(again.events.map(({ data }) => data.id), missed.map((one) => one.id));
    again.close();
  }
});

test("a browser that heard of nothing yet misses nothing either", async () => {
  const stream = await begun("/events/en");
  assert.match(stream.lastId, /^\d+$/);
  stream.close();
  const missed = await write();
  const again = await open("/events/en", { "Last-Event-ID": stream.lastId });
  await again.event(story(missed.id));
  again.close();
});

test("who was away for too long, or says what cannot be, is told to load the page", async () => {
  const { lastId } = await begun("/events/en");
  for (const hostile of [
    "9007199254740991", "9007199254740992", "18446744073709551616", "-1", "+1", "1e3", "0x10", "abc", "1,2",
    "9".repeat(1000), "\u00ff\u00fe", String(Number(lastId) + 1000),
  ]) {
    const stream = await open("/events/en", { "Last-Event-ID": hostile });
    const { event, id } = await stream.event();
    assert.equal(event, "reload", hostile);
    assert.ok(Number(id) >= Number(lastId));
    stream.close();
  }
  const connection = await Connection.open(site.place);
  connection.write("GET /events/en HTTP/1.1\r\nHost: a\r\nLast-Event-ID: 1\r\nLast-Event-ID: 2\r\n\r\n");
  assert.equal((await connection.answer()).status, 400);
  connection.socket.destroy();
});

test("what cannot be asked for is refused", async () => {
  for (const [target, status] of /** @type {[string, number][]} */ ([
    ["/events/en?article=1", 400],
    ["/events/en?article=", 400],
    ["/events/en?article", 400],
    ["/events/en?since=1&since=2", 400],
    ["/events/en?other=1", 400],
    ["/events/en?article=62f9f7d471fdc&article=62f9f7d471fdc", 400],
    ["/events/e:n", 400],
    ["/events/e%20n", 400],
    ["/events/", 404],
    ["/events", 404],
    ["/events/en/", 404],
  ])) {
    const stream = await open(target);
    assert.equal(stream.status, status, target);
    stream.close();
  }
  assert.equal((await site.get("/events/en", { method: "POST", body: "" })).status, 405);
  const head = await site.get("/events/en", { method: "HEAD" });
  assert.equal(head.status, 200);
  assert.equal(head.get("content-type"), "text/event-stream");
});

test("HTTP/1.0 gets the same without chunks", async () => {
  const stream = await Stream.open(site.place, "/events/en", {}, "1.0");
  assert.equal(stream.chunked, false);
  await until(() => (stream.read(), stream.retry > 0), "it has begun");
  const { id } = await write();
  await stream.event(story(id));
  stream.close();
});

test("the count of views comes to the open page", async () => {
  const { id } = await write();
  const stream = await begun(`/events/en?article=${id}`);
  for (let i = 1; i <= 3; i++)
    await site.get(`/views/${id}`, {
      method: "POST",
      body: "",
      fields: { "User-Agent": BROWSER, "X-Forwarded-For": `203.0.113.${i}` },
    });
  const told = await stream.event(({ data }) => data.type === "views" && data.views === 3);
  assert.equal(told.event, "article");
  // It is no entry of the log: whoever comes back is told by the next one.
  assert.equal(told.id, stream.lastId);
  stream.close();
});

test("breaking news is told, stands on the front at once and on articles soon, and goes", async () => {
  const { id, path } = await write();
  await site.get(path);
  const front = await begun("/events/en");
  const article = await begun(`/events/en?article=${id}`);
  const georgian = await begun("/events/ka");
  await site.run("alert", "set", "Thunder", "--article", id);
  assert.match((await site.get("/en/")).text(), /Thunder/);
  assert.doesNotMatch((await site.get("/ka/")).text(), /Thunder/);
  for (const stream of [front, article]) {
    const { data } = await stream.event(({ event }) => event === "alert");
    assert.equal(data.type, "set");
    assert.deepEqual([data.text, data.url, data.label], ["Thunder", path, ""]);
  }
  await until(async () => (await site.get(path)).text().includes("Thunder"), "the article shows it");
  const now = JSON.parse((await site.get("/events/en.json")).text());
  assert.equal(now.alert.text, "Thunder");
  // It goes by itself.
  for (let ms = 1500; ; ms *= 2) {
    const soon = new Date(Date.now() + ms).toISOString();
    const { code, stderr } = await broadsheet(["alert", "set", "Lightning", "--until", soon, "--data", site.data]);
    if (code === 0) break;
    assert.ok(Date.now() > Date.parse(soon), stderr); // the machine was slower
  }
  await front.event(({ data }) => data.type === "clear");
  assert.doesNotMatch((await site.get("/en/")).text(), /Thunder|Lightning/);
  assert.equal(JSON.parse((await site.get("/events/en.json")).text()).alert, null);
  assert.equal((await site.run("alert", "show")).trim(), "");
  assert.deepEqual(georgian.events, []);
  for (const stream of [front, article, georgian]) stream.close();
});

test("who asks now and then is told the same, by answers that caches may keep", async () => {
  const first = await write();
  const now = await site.get("/events/en.json");
  assert.equal(now.get("cache-control"), "public, max-age=10");
  const { newest } = JSON.parse(now.text());
  const nothing = await site.get(`/events/en/${newest}.json`);
  assert.equal(nothing.get("cache-control"), "public, max-age=10");
  assert.deepEqual(JSON.parse(nothing.text()), { stories: [], newest });
  assert.match((await site.get("/en/")).text(), new RegExp(`data-newest="${newest}"`));
  const later = [await write(), await write()];
  const delta = await site.get(`/events/en/${newest}.json`);
  assert.equal(delta.get("cache-control"), "public, max-age=3600");
  const { stories } = JSON.parse(delta.text());
  assert.deepEqual(stories, later.reverse().map(({ id, path }) => ({ id, url: path })));
  const moved = JSON.parse((await site.get("/events/en.json")).text()).newest;
  assert.equal(JSON.parse(delta.text()).newest, moved);
  assert.notEqual(moved, newest);
  assert.ok(first);
  const again = await site.get("/events/en.json", { fields: { "If-None-Match": String((await site.get("/events/en.json")).get("etag")) } });
  assert.equal(again.status, 304);
  for (const wrong of ["/events/fr.json", "/events/en/1.json", `/events/fr/${newest}.json`, `/events/en/x/${newest}.json`, "/events/.json"])
    assert.equal((await site.get(wrong)).status, 404, wrong);
});

test("a live blog tells the number of its last change", async () => {
  const { id } = await write();
  const stream = await begun(`/events/en?article=${id}`);
  await site.run("live", "start", id);
  await site.run("live", "post", id, "The first post.");
  await stream.event(({ data }) => data.type === "posts" && data.seq >= 2);
  stream.close();
});

test("one address has a limit, the proxy of this machine has none", async () => {
  const from = { "X-Forwarded-For": "198.51.100.7" };
  const streams = [];
  for (let i = 0; ; i++) {
    const stream = await open("/events/en", from);
    streams.push(stream);
    if (stream.status === 429) break;
    assert.equal(stream.status, 200);
    assert.ok(i < 1000, "there is no limit");
  }
  assert.ok(streams.length > 32);
  const other = await open("/events/en", { "X-Forwarded-For": "198.51.100.8" });
  assert.equal(other.status, 200);
  streams.push(other);
  for (const stream of streams) stream.close();
  await until(async () => {
    const stream = await open("/events/en", from);
    stream.close();
    return stream.status === 200;
  }, "who has gone leaves room");
});

test(`${STREAMS} open pages are all told, beside one that does not read`, async () => {
  const deaf = await begun("/events/en");
  deaf.connection.socket.pause();
  const streams = [];
  for (let i = 0; i < STREAMS; i++) streams.push(await open("/events/en"));
  await until(async () => (await site.api("GET", "/status")).streams >= STREAMS, "the desk knows how many there are");
  for (let round = 0; round < 3; round++) {
    const { id } = await write();
    await Promise.all(streams.map((stream) => stream.event(story(id))));
  }
  for (const stream of streams) {
    assert.equal(stream.events.length, 3);
    stream.close();
  }
  deaf.close();
});

test("the desk's death and return end no stream and lose no event", async () => {
  const stream = await begun("/events/en");
  const before = await write();
  await stream.event(story(before.id));
  await site.kill(site.children().desk);
  // Written while nobody prints.
  const id = (await site.pipe(
    JSON.stringify({ headline: "Meanwhile", language: "en", body: { type: "doc", content: [] } }),
    "article", "new", "-",
  )).trim();
  await site.run("article", "publish", id);
  await stream.event(story(id));
  const after = await write();
  await stream.event(story(after.id));
  assert.equal(stream.events.length, 3);
  stream.close();
});

test("the edge's death ends streams; who comes back misses nothing", async () => {
  const stream = await begun("/events/en");
  const before = await write();
  const { id } = await stream.event(story(before.id));
  const { edge } = site.children();
  await site.kill(edge);
  await stream.ended();
  // It may be accepted before the new edge knows anything.
  const again = await open("/events/en", { "Last-Event-ID": id });
  const after = await write();
  await again.event(story(after.id));
  assert.deepEqual(again.events.map(({ data }) => data.id), [after.id]);
  again.close();
});

test("at the end of the edge streams end at once", async () => {
  const stream = await begun("/events/en");
  await site.kill(site.children().edge, "SIGTERM");
  await stream.ended();
});

await run();
