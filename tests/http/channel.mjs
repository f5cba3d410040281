#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Channels on pages, without a broadcast: what an article may show, what its
// page says when a channel goes, what open pages are told.
import assert from "node:assert/strict";

import { Stream } from "../lib/events.mjs";
import { broadsheet, Site, until } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";

const HOUR = 3600_000;
const site = await Site.make("--name", "The Test", "--language", "en", "--language", "ka");
await site.run("channel", "add", "news", "--title", "First Channel");
await site.serve();

/** @param {string} name @param {string} [caption] */
const player = (name, caption) => ({ type: "channel", attrs: caption ? { caption, name } : { name } });
/** @param {object[]} content */
const doc = (...content) => ({ type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text: "It is counted." }] }, ...content] });
/** @param {string} headline @param {object[]} content */
const write = (headline, ...content) => JSON.stringify({ language: "en", headline, body: doc(...content) });

const id = (await site.pipe(write("The count", player("news", "From the hall")), "article", "new", "--publish", "-")).trim();
const address = (await site.get(`/en/article/${id}`)).get("location") ?? "";
const page = async () => (await site.get(address)).text();

test("an article that shows a channel which there is not is refused, with what to do", async () => {
  const { code, stderr } = await broadsheet(["article", "new", "--data", site.data, "-"], { input: write("No", player("news"), player("nwes")) });
  assert.equal(code, 65);
  assert.match(stderr, /body: content\[2\] shows the channel 'nwes', which there is not; take it out, .*'broadsheet channel add nwes'/s);
  await assert.rejects(site.write({ headline: "No", body: doc(player("nwes")) }), /400.*channel 'nwes'/s);
  const blog = (await site.pipe(write("Storm"), "article", "new", "--publish", "-")).trim();
  await site.run("live", "start", blog);
  const post = await broadsheet(["live", "post", blog, "--data", site.data, "-"], { input: JSON.stringify({ body: doc(player("nwes")) }) });
  assert.equal(post.code, 65);
  assert.match(post.stderr, /channel 'nwes'/);
});

test("off the air an article tells what is next, as soon as the schedule says so", async () => {
  assert.match(await page(), /<figure class="channel" data-air="news">.*<figcaption>From the hall<\/figcaption>/s);
  const stream = await Stream.open(site.place, `/events/en?article=${id}`);
  await until(() => (stream.read(), stream.retry > 0), "the stream has begun");
  const iso = (/** @type {number} */ ms) => new Date(Date.now() + ms).toISOString();
  await site.run("programme", "add", "news", iso(HOUR), iso(2 * HOUR), "The Long Way Home");
  const { data } = await stream.event(({ event }) => event === "air");
  assert.deepEqual(data, { type: "air", channel: "news", on: false });
  assert.match(await page(), /The Long Way Home/, "it is there when it is told");
  stream.close();
});

test("when its channel goes the article goes on without it, and has it again when it is back", async () => {
  const feed = async () => (await site.get("/en/atom.xml")).text();
  assert.match(await feed(), /First Channel/);
  assert.match((await site.get("/en/")).text(), /class="rule strip" aria-labelledby="strip" data-air="news"/);
  await site.run("channel", "remove", "news");
  await until(async () => !(await page()).includes("data-air"), "the player is gone");
  assert.match(await page(), /It is counted\./);
  assert.doesNotMatch(await page(), /From the hall/);
  assert.doesNotMatch((await site.get("/en/")).text(), /data-air/);
  assert.doesNotMatch(await feed(), /First Channel/);
  // It can be published again as it is: what was there is not held against it.
  await site.withdraw(id, "For a moment.");
  await site.publish(id);
  assert.match(await page(), /It is counted\./);
  await site.run("channel", "add", "news", "--title", "First Channel");
  await until(async () => (await page()).includes('data-air="news"'), "it is there again");
});

await run();
