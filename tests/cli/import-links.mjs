#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// After an import every link between its stories leads to the article itself,
// whichever came first, whatever was killed, and nobody hears of it twice.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { Stream } from "../lib/events.mjs";
import { Site, broadsheet, program } from "../lib/site.mjs";
import { finally_, run, test } from "../lib/tap.mjs";
import { wxr } from "../lib/wxr.mjs";

const site = await Site.make("--name", "Harbour", "--language", "en");

/** @param {string} name @param {string} content */
function put(name, content) {
  const file = path.join(site.folder, name);
  fs.writeFileSync(file, content);
  return file;
}

/**
 * @param {Site} to
 * @param {string[]} words
 * @returns {Promise<{ code: number, ids: string[], outcomes: string[], stderr: string }>}
 */
async function bring(to, ...words) {
  const { code, stdout, stderr } = await broadsheet(["import", ...words, "--json", "--data", to.data]);
  const results = stdout.trim().split("\n").map((line) => JSON.parse(line)).filter(({ outcome }) => outcome !== "summary");
  return { code, stderr, ids: results.map(({ id }) => id), outcomes: results.map(({ outcome }) => outcome) };
}

/** @param {Site} of @param {string} id @returns {Promise<any>} */
const show = async (of, id) => JSON.parse(await of.run("article", "show", id, "--json"));

/** @param {any} article @returns {string[]} */
const links = (article) => [...JSON.stringify(article.body).matchAll(/"href":"([^"]*)"/g)].map((match) => match[1] ?? "");

/** @param {string[]} hrefs */
const body = (...hrefs) => hrefs.map((href) => `<a href="${href}">x</a>`).join(" ");

test("links to what comes later lead there after one run; those of others stay", async () => {
  const economy = '<category domain="category" nicename="economy">Economy</category><category domain="post_tag" nicename="quay">Quay</category>';
  const later = "https://old.example/2020/story-12/";
  const others = ["https://new.example/2020/story-12/", "https://old.example/?p=12", "https://old.example/2020/never/", "https://old.example/wp-content/uploads/a.pdf"];
  const file = put("later.xml", wxr({ id: 10, body: body(later, "http://www.Old.example/2020/story-12#part", "/2020/story-12", "https://old.example/category/economy/", "/tag/quay/", "https://old.example/2020/story-10/", ...others) },
    { id: 11, body: body(later) }, { id: 12, more: economy, body: body("https://old.example/2020/story-11/") }));
  const { ids, outcomes, stderr } = await bring(site, "wxr", file);
  assert.deepEqual(outcomes, Array(3).fill("created"), "each is told once");
  assert.match(stderr, /in 2 articles/);
  const [own, , target] = ids.map((id, i) => `/en/article/story-${10 + i}-${id}`);
  const [first, second, third] = await Promise.all(ids.map((id) => show(site, id)));
  assert.deepEqual(links(first), [target, `${target}#part`, target, "/en/economy", "/en/tag/quay", own, ...others]);
  assert.deepEqual(links(second), [target]);
  assert.deepEqual(links(third), [second.address]);
  assert.deepEqual([first, second, third].map((article) => [article.revision, article.live_revision]), [[2, 2], [2, 2], [1, 1]]);
  assert.deepEqual([first.published, first.updated], ["2020-05-01T10:00:00Z", undefined], "it is no update of the text");
  assert.deepEqual((await bring(site, "wxr", file)).outcomes, Array(3).fill("unchanged"));
  assert.deepEqual((await bring(site, "wxr", file, "--again")).outcomes, Array(3).fill("unchanged"));
  assert.deepEqual(links(await show(site, ids[0] ?? "")), links(first));
  assert.equal((await show(site, ids[0] ?? "")).revision, 2);
  const changed = put("changed.xml", fs.readFileSync(file, "utf8").replace("Story 11", "Story eleven"));
  assert.deepEqual((await bring(site, "wxr", changed)).outcomes, ["unchanged", "updated", "unchanged"], "turning its links was no hand in it");
  const updated = await show(site, ids[1] ?? "");
  assert.deepEqual([updated.headline, links(updated)], ["Story eleven", [target]]);
});

test("drafts and scheduled stories as well, which stay what they are; a dry run keeps nothing", async () => {
  const draft = '<item><title>Draft</title><link>https://old.example/?p=20</link><dc:creator>nino</dc:creator><content:encoded><![CDATA[<a href="https://old.example/2020/story-22/">x</a>]]></content:encoded><wp:post_id>20</wp:post_id><wp:status>draft</wp:status><wp:post_type>post</wp:post_type></item>';
  const scheduled = { id: 21, status: "future", date: "2199-05-01 10:00:00", body: body("https://old.example/2020/story-22/") };
  const file = put("unseen.xml", wxr(draft, scheduled, { id: 22 }));
  await bring(site, "wxr", file, "--dry-run");
  const { ids } = await bring(site, "wxr", file);
  const [one, two] = await Promise.all(ids.slice(0, 2).map((id) => show(site, id)));
  const target = `/en/article/story-22-${ids[2]}`;
  assert.deepEqual([one.state, links(one)], ["draft", [target]]);
  assert.deepEqual([two.state, two.scheduled, links(two)], ["scheduled", "2199-05-01T10:00:00Z", [target]]);
  assert.deepEqual((await bring(site, "wxr", file)).outcomes, Array(3).fill("unchanged"));
});

test("by drafts alone nothing becomes public, also of what readers see", async () => {
  const one = put("public.xml", wxr({ id: 25, body: "Seen." }));
  const two = put("not-public.xml", wxr({ id: 25, body: `Unseen. ${body("/2020/story-26/")}` }, { id: 26 }));
  const { ids } = await bring(site, "wxr", one);
  await bring(site, "wxr", two, "--drafts");
  const article = await show(site, ids[0] ?? "");
  assert.deepEqual([article.revision, article.live_revision], [3, 1]);
  assert.doesNotMatch(JSON.stringify(article.body), /Unseen/, "what readers see is what they saw");
  assert.deepEqual((await bring(site, "wxr", two, "--drafts")).outcomes, ["unchanged", "unchanged"]);
});

test("what comes with a later import is led to as well; what was edited or withdrawn here meanwhile stays so", async () => {
  const waiting = put("waiting.xml", wxr(...[30, 31, 32].map((id) => ({ id, body: body("https://old.example/2020/story-33/") }))));
  const both = put("both.xml", fs.readFileSync(waiting, "utf8").replace("</channel>", wxr({ id: 33 }).replace(/^[^]*?(?=<item>)/, "").replace("</channel></rss>", "</channel>")).replace("</channel></channel>", "</channel>"));
  const { ids } = await bring(site, "wxr", waiting);
  const [mine = "", taken = "", theirs = ""] = ids;
  await site.pipe('{"headline": "Ours"}', "article", "edit", mine, "-", "--publish");
  await site.run("article", "withdraw", taken, "--reason", "Not so");
  const before = await show(site, taken);
  const { outcomes, ids: now, stderr } = await bring(site, "wxr", both);
  assert.deepEqual(outcomes, ["unchanged", "unchanged", "unchanged", "created"]);
  assert.match(stderr, /in 1 article\b/);
  const edited = await show(site, mine);
  assert.deepEqual([edited.headline, edited.revision, links(edited)], ["Ours", 2, ["https://old.example/2020/story-33/"]]);
  assert.deepEqual(await show(site, taken), before);
  assert.deepEqual(links(await show(site, theirs)), [`/en/article/story-33-${now[3]}`]);
  const again = await bring(site, "wxr", both);
  assert.deepEqual(again.outcomes, Array(4).fill("unchanged"));
  assert.doesNotMatch(again.stderr, /lead there now/);
});

test("who has an article open gets the new links with the next look, and is told nothing", async () => {
  await site.serve();
  const { ids } = await bring(site, "wxr", put("open.xml", wxr({ id: 40, body: body("/2020/story-41/") })));
  const article = await show(site, ids[0] ?? "");
  assert.match((await site.get(article.address)).text(), /href="\/2020\/story-41\/"/);
  const stream = await Stream.open(site.place, `/events/en?article=${article.id}`);
  finally_(() => stream.close());
  const { ids: later } = await bring(site, "wxr", put("open2.xml", wxr({ id: 41 })));
  const page = (await site.get(article.address)).text();
  assert.match(page, new RegExp(`href="/en/article/story-41-${later[0]}"`));
  assert.doesNotMatch(page, /href="\/2020\/story-41\/"/);
  await site.run("article", "correct", article.id, "It was another quay.");
  await stream.event(({ data }) => data.type === "corrected");
  assert.deepEqual(stream.events.map(({ data }) => data.type).filter((type) => type === "updated"), []);
});

test("Ghost and feeds, the newest first", async () => {
  const other = await Site.make("--language", "en");
  const posts = [3, 2, 1].map((id) => ({ id, title: `Post ${id}`, slug: `post-${id}`, status: "published", published_at: 1400000000000 + id * 1000,
    html: `<p><a href="__GHOST_URL__/post-${id - 1}/">x</a></p>` }));
  const ghost = await bring(other, "ghost", put("ghost.json", JSON.stringify({ data: { posts, users: [], tags: [], posts_tags: [] } })));
  assert.equal(ghost.code, 0);
  const item = (/** @type {number} */ n) => `<item><title>Item ${n}</title><guid>${n}</guid><link>https://feed.example/item/${n}</link><description>&lt;a href="https://feed.example/item/${n - 1}"&gt;x&lt;/a&gt; text</description></item>`;
  const feed = await bring(other, "rss", "--redirects", put("feed.xml", `<rss version="2.0"><channel><title>F</title><link>https://feed.example/</link>${[3, 2, 1].map(item).join("")}</channel></rss>`));
  for (const [{ ids }, last] of /** @type {const} */ ([[ghost, "/post-0/"], [feed, "https://feed.example/item/0"]])) {
    const articles = await Promise.all(ids.map((id) => show(other, id)));
    assert.deepEqual(articles.map(links), [[articles[1].address], [articles[2].address], [last]]);
  }
});

/* ---- kill -9 ---- */

const COUNT = 5000; // more than two of what is committed at once

/** Imports until so many are told, then it is killed. @param {Site} to @param {string} file @param {number} told */
async function killed(to, file, told) {
  const child = spawn(program, ["import", "wxr", file, "--json", "--data", to.data], { stdio: ["ignore", "pipe", "ignore"] });
  let lines = 0;
  child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ part) => {
    lines += part.split("\n").length - 1;
    if (lines >= told) child.kill("SIGKILL");
  });
  await new Promise((resolve) => child.on("close", resolve));
  assert.equal(child.signalCode, "SIGKILL", "it was still at work");
}

/** Where each story's link leads, by its number. @param {Site} of */
async function allLinks(of) {
  const items = (await of.run("export", "ninjs")).trim().split("\n").map((line) => JSON.parse(line));
  return new Map(items.map((item) => [Number(/story-(\d+)/.exec(item.slugline)?.[1]),
    { version: item.version, id: item.altIds[0].value, href: /href="http:\/\/localhost([^"]*)"/.exec(item.bodies[0].value)?.[1] }]));
}

test("over batches and after kills each link leads to its article, and nothing is saved twice for it", async () => {
  const other = await Site.make("--language", "en");
  const first = 10_000;
  const next = (/** @type {number} */ n) => first + (n + 1) % COUNT;
  const file = put("many.xml", wxr(...Array.from({ length: COUNT }, (_, n) => ({ id: first + n, body: body(`/2020/story-${next(n)}/`) }))));
  await killed(other, file, 1);
  await killed(other, file, COUNT - 500); // of the last batch: links are still to be turned
  const last = await bring(other, "wxr", file);
  assert.deepEqual(last.outcomes, Array(COUNT).fill("unchanged"));
  assert.match(last.stderr, /lead there now/, "there was something left to do");
  const found = await allLinks(other);
  for (let n = 0; n < COUNT; n++) {
    const target = found.get(next(n));
    assert.equal(found.get(first + n)?.href, `/en/article/story-${next(n)}-${target?.id}`);
  }
  assert.deepEqual(new Set([...found.values()].map(({ version }) => version)), new Set(["1", "2"]));
  assert.equal([...found.values()].filter(({ version }) => version === "1").length, 1, "the last one led to the first, which was there");
  assert.equal(JSON.parse(await other.run("check", "--json")).sound, true);
  const again = await bring(other, "wxr", file, "--again");
  assert.deepEqual(again.outcomes, Array(COUNT).fill("unchanged"));
});

await run();
