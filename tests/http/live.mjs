#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A live blog from its start to its end: what is posted, corrected, pinned or
// removed is on its page, on the posts' own pages, in its feeds and in what
// open pages ask for, when the call that did it returns. Nothing is stale.
import assert from "node:assert/strict";
import path from "node:path";

import { watch } from "../lib/freshness.mjs";
import { Site } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";
import { complaintsOfJson, complaintsOfXml, expandLinkedData, headsOf, jsonFeedSchema } from "../lib/validate.mjs";
import { vectors } from "../lib/xss.mjs";

const ADDRESS = "https://paper.example";
const site = await Site.make("--name", "The Test");
await site.run("category", "add", "News");
await site.run("settings", "set", "address", ADDRESS);
await site.serve();

const storm = await site.write({
  headline: "Storm on the coast",
  standfirst: "It comes ashore at noon.",
  categories: ["news"],
  text: "What we know.",
  publish: true,
});
const blog = `/en/article/${storm.slug}-${storm.id}`;
const api = `/newsroom/api/articles/${storm.id}`;

/** @param {Record<string, unknown>} post @returns {Promise<any>} */
const post = (post) => site.api("POST", `${api}/posts`, post);
/** @param {string} id @param {Record<string, unknown>} change */
const change = (id, change) => site.api("POST", `/newsroom/api/posts/${id}`, change);

/** @param {string} target */
async function must(target) {
  const answer = await site.get(target);
  assert.equal(answer.status, 200, target);
  return answer.text();
}

/** Where the blog is by now. */
async function seq() {
  return Number(/data-seq="(\d+)"/.exec(await must(blog))?.[1]);
}

/** What changed after a number. @param {number} after */
const changes = (after) => must(`${blog}/posts?after=${after}`);

/** @param {string} html @param {string} id  the post's element, "" when it is not there */
const element = (html, id) => new RegExp(`<article class="[^"]*" id="post-${id}".*?</article>`, "s").exec(html)?.[0] ?? "";

const FEEDS = ["atom.xml", "rss.xml", "feed.json"];
async function feeds() {
  const texts = await Promise.all(FEEDS.map((file) => must(`${blog}/${file}`)));
  return texts.join("\n");
}

test("an article is no live blog before it is started", async () => {
  assert.doesNotMatch(await must(blog), /data-live|LiveBlogPosting/);
  for (const target of ["/atom.xml", "/posts?after=0"]) assert.equal((await site.get(blog + target)).status, 404, target);
  for (const query of [`post=${storm.id}`, `before=0005e645811734dc-${storm.id}`]) {
    const answer = await site.get(`${blog}?${query}`);
    assert.equal(answer.status, 301, query);
    assert.equal(answer.get("location"), blog);
  }
});

test("when it starts, its page and the front say so", async () => {
  await site.api("POST", `${api}/live`);
  const html = await must(blog);
  assert.match(html, /"@type":"LiveBlogPosting"/);
  assert.match(html, /class="badge">Live</);
  assert.match(html, /src="\/assets\/live-[0-9a-f]+\.js"/);
  assert.match(html, /The first posts will be here soon/);
  assert.match(await must("/en/"), /class="badge">Live/);
});

/** @type {any} */
let first;
test("a post is on the page, on its own, in the feeds, in the changes when the call returns", async () => {
  const before = await seq();
  first = await post({ headline: "The bridge is closed", text: "To lorries.\n\nAnd carts.", bylines: ["Reuters"], key: true });
  const html = await must(blog);
  assert.match(element(html, first.id), /<h3>The bridge is closed<\/h3>.*<p>To lorries\.<\/p>\s*<p>And carts\.<\/p>.*Reuters/s);
  assert.match(html, new RegExp(`data-keys>.*<a href="#post-${first.id}">.*The bridge is closed`, "s"));
  assert.match(await must(`${blog}?post=${first.id}`), /The bridge is closed/);
  assert.match(element(await changes(before), first.id), / data-new/);
  assert.doesNotMatch(element(await changes(before + 1), first.id), /./);
  assert.equal((await feeds()).split("To lorries.").length, FEEDS.length + 1);
});

test("a correction says so everywhere, and what it said before is nowhere", async () => {
  const before = await seq();
  await change(first.id, { headline: "The bridge is open", text: "To all.", correction: "We said that it was closed." });
  for (const html of [await must(blog), await must(`${blog}?post=${first.id}`), await changes(before)]) {
    const shown = element(html, first.id);
    assert.match(shown, /The bridge is open.*Correction<\/b> We said that it was closed\..*To all\..*Updated/s);
    assert.doesNotMatch(shown, /data-new/);
    assert.doesNotMatch(html, /To lorries/);
  }
  const text = await feeds();
  assert.doesNotMatch(text, /To lorries/);
  assert.match(text, /We said that it was closed\./);
});

test("one post is pinned: it stands on top, and not twice", async () => {
  const second = await post({ text: "Second." });
  const third = await post({ text: "Third.", pinned: true });
  let html = await must(blog);
  assert.match(html, new RegExp(`data-pinned-post>\\s*<article class="post" id="post-${third.id}"`));
  const before = await seq();
  await change(second.id, { pinned: true });
  html = await must(blog);
  assert.match(html, new RegExp(`data-pinned-post>\\s*<article class="post" id="post-${second.id}"`));
  assert.equal(html.split(`id="post-${second.id}"`).length, 2);
  const delta = await changes(before);
  assert.match(element(delta, second.id), /data-pinned/);
  assert.doesNotMatch(element(delta, third.id), /data-pinned/);
  await change(second.id, { pinned: false });
  assert.match(await must(blog), /data-pinned-post><\/div>/);
});

test("a removed post leaves its time and the reason, and nothing of what it said", async () => {
  const wrong = await post({ headline: "Landslide", text: "The road is buried.", key: true });
  const before = await seq();
  await site.api("POST", `/newsroom/api/posts/${wrong.id}/remove`, { reason: "There was none." });
  for (const target of [blog, `${blog}?post=${wrong.id}`, `${blog}/posts?after=${before}`]) {
    const html = await must(target);
    assert.match(element(html, wrong.id), /This post was removed.*There was none\./s, target);
    assert.doesNotMatch(html, /Landslide|buried/, target);
  }
  assert.doesNotMatch(await feeds(), /Landslide|buried|There was none/);
  const refused = await site.get("/en/");
  assert.equal(refused.status, 200);
});

test("posts go on by cursor, each once; every post has a page that begins with it", async () => {
  for (let i = 0; i < 65; i++) await post({ text: `Number ${i}.` });
  const seen = [];
  let target = blog;
  while (target) {
    const html = await must(target);
    const here = [...html.matchAll(/id="post-([0-9a-f]{13})"/g)].map((m) => m[1] ?? "");
    assert.ok(here.length <= 20, target);
    seen.push(...here);
    target = /<a href="([^"]+)" rel="next">Older posts/.exec(html)?.[1] ?? "";
    if (target) assert.match(target, /\?before=[0-9a-f]{16}-[0-9a-f]{13}$/);
  }
  assert.equal(seen.length, 65 + 4);
  assert.equal(new Set(seen).size, seen.length);
  const oldest = seen.at(-1) ?? "";
  const html = await must(`${blog}?post=${oldest}`);
  assert.equal(/id="post-([0-9a-f]{13})"/.exec(html)?.[1], oldest);
  assert.match(html, new RegExp(`<a href="${blog}">To the newest posts`));
  const head = headsOf({ page: html }).page;
  assert.equal(head?.links.find((link) => link.rel === "canonical")?.href, ADDRESS + blog);
  assert.equal(head?.metas.find(([name]) => name === "og:url")?.[1], `${ADDRESS}${blog}?post=${oldest}`);
  assert.equal(head?.metas.find(([name]) => name === "og:title")?.[1], "The bridge is open");
});

test("another slug, and what means nothing, leads to the one address there is", async () => {
  for (const [target, location] of [
    [`/en/article/${storm.id}?post=${first.id}`, `${blog}?post=${first.id}`],
    [`/en/article/old-${storm.id}/posts?after=3`, `${blog}/posts?after=3`],
    [`/en/article/${storm.id}/atom.xml`, `${blog}/atom.xml`],
  ]) {
    const answer = await site.get(target ?? "");
    assert.equal(answer.status, 301, target);
    assert.equal(answer.get("location"), location);
  }
  assert.equal((await site.get(`${blog}?post=${storm.id}`)).status, 404);
  for (const query of ["", "?after=", "?after=x", "?after=007", "?after=-1"])
    assert.equal((await site.get(`${blog}/posts${query}`)).status, 404, query);
});

test("who has been away too long, or came from another place, is told to load anew", async () => {
  assert.match(await changes(1), /data-reload/);
  assert.match(await changes(999999), /data-reload/);
  const now = await seq();
  assert.doesNotMatch(await changes(now), /data-reload|data-post=/);
  const answer = await site.get(`${blog}/posts?after=${now}`);
  const again = await site.get(`${blog}/posts?after=${now}`, { fields: { "If-None-Match": answer.get("etag") ?? "" } });
  assert.equal(again.status, 304);
});

test("no reader of any of its pages sees an older state after a post", async () => {
  const { requests, versions, stale } = await watch({
    place: site.place,
    targets: [blog, `${blog}?post=${first.id}`, `${blog}/posts?after=${await seq()}`, `${blog}/atom.xml`, `${blog}/feed.json`],
    readers: 8,
    versionOf: (text) => Math.max(0, ...[...text.matchAll(/version (\d+)!/g)].map((m) => Number(m[1]))),
    publish: (version) => change(first.id, { headline: `It is version ${version}!`, text: "Anew.", key: true }).then(() => post({ headline: `version ${version}!`, text: "New." })),
    rounds: 25,
  });
  note(`${requests} requests over ${versions} versions`);
  assert.deepEqual(stale, []);
});

test("the data of its page is JSON-LD of schema.org, its feeds are valid", async () => {
  const head = headsOf({ page: await must(blog) }).page;
  const graph = await expandLinkedData(JSON.parse(head?.data[0] ?? ""));
  const text = JSON.stringify(graph);
  for (const term of ["LiveBlogPosting", "coverageStartTime", "liveBlogUpdate", "BlogPosting", "articleBody"])
    assert.ok(text.includes(`https://schema.org/${term}`), term);
  assert.ok(!text.includes("coverageEndTime"));
  const folder = path.join(site.folder, "documents");
  assert.equal(complaintsOfXml("atom", folder, { atom: await must(`${blog}/atom.xml`) }), "");
  assert.equal(complaintsOfXml("rss", folder, { rss: await must(`${blog}/rss.xml`) }), "");
  assert.equal(complaintsOfJson(jsonFeedSchema, { feed: JSON.parse(await must(`${blog}/feed.json`)) }), "");
});

test("markup in a post is text wherever it is shown", async () => {
  const before = await seq();
  for (const vector of vectors.slice(0, 40)) {
    const refused = /[\x00-\x08\x0b-\x1f]/.test(vector);
    if (!refused) await post({ headline: vector.replace(/\s+/g, " "), text: vector, bylines: [vector.replace(/\s+/g, " ").slice(0, 90)] });
  }
  const href = { type: "doc", content: [{ type: "paragraph", content: [{ type: "text", text: "x", marks: [{ type: "link", attrs: { href: "javascript:fired()" } }] }] }] };
  await assert.rejects(post({ body: href }), /400|422|link|href/);
  for (const target of [blog, `${blog}/posts?after=${before}`]) {
    const html = (await must(target)).replace(/<script type="application\/ld\+json">[^<]*<\/script>/, "");
    const tags = [...html.matchAll(/<\/?([a-z0-9]+)(?=[\s>/])/gi)].map((m) => m[1]?.toLowerCase());
    for (const tag of ["iframe", "svg", "math", "object", "embed", "body onload"]) assert.ok(!tags.includes(tag), `${target}: ${tag}`);
    assert.doesNotMatch(html, /<[a-z][^>]* on[a-z]+=/i, target);
    assert.doesNotMatch(html, /<script(?! type="module" src="\/assets\/)/i, target);
  }
  const folder = path.join(site.folder, "documents");
  assert.equal(complaintsOfXml("atom", folder, { nasty: await must(`${blog}/atom.xml`) }), "");
});

test("when it has ended it is no longer called live, and stays", async () => {
  const before = await seq();
  await site.api("POST", `${api}/live/end`);
  const html = await must(blog);
  assert.match(html, /This live blog has ended/);
  assert.doesNotMatch(html, /class="badge">Live<|\/assets\/live-/);
  assert.match(html, /coverageEndTime/);
  assert.doesNotMatch(await changes(before), /data-running/);
  assert.doesNotMatch(await must("/en/"), /class="badge">Live/);
  await assert.rejects(post({ text: "Too late." }), /has ended/);
});

test("search finds what the posts say now", async () => {
  await change(first.id, { headline: "A zeppelin was seen", text: "Over the harbour." });
  const { until } = await import("../lib/site.mjs");
  await until(async () => /A zeppelin|Storm on the/.test(/<h2>.*?<\/h2>/s.exec(await must("/en/search?q=zeppelin"))?.[0] ?? ""), "it is indexed");
});

test("withdrawn with its article, all of it is gone", async () => {
  const number = await seq();
  await site.withdraw(storm.id, "It was about another coast.");
  for (const target of ["", `?post=${first.id}`, `/posts?after=${number}`]) {
    const answer = await site.get(blog + target);
    assert.equal(answer.status, 410, target);
    assert.match(answer.text(), /It was about another coast/);
    assert.doesNotMatch(answer.text(), /zeppelin/, target);
  }
  assert.equal((await site.get(`${blog}/atom.xml`)).status, 404);
  assert.match(await site.run("check", "--json"), /"sound": ?true/);
});

await run();
