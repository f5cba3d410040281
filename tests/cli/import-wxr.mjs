#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A WordPress site comes in with all that belongs to it, once, whatever happens
// meanwhile, and its old addresses go on working.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { png } from "../lib/png.mjs";
import { Site, broadsheet, program, root } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";
import { wxr } from "../lib/wxr.mjs";

const site = await Site.make("--name", "Harbour", "--language", "en", "--language", "ka", "--language", "ru");
const place = path.join(site.folder, "in");
const uploads = path.join(place, "uploads/2020/05");
fs.mkdirSync(uploads, { recursive: true });
fs.writeFileSync(path.join(uploads, "boat.png"), png(60, 40, Uint8Array.of(9, 9, 9)));
fs.writeFileSync(path.join(uploads, "quay.png"), png(90, 40, Uint8Array.of(99, 99, 99)));

const fixture = path.join(root, "tests/fixtures/import/site.wxr.xml");
const media = ["--media", path.join(place, "uploads")];

/** @param {string} name @param {string} content */
function put(name, content) {
  const file = path.join(place, name);
  fs.writeFileSync(file, content);
  return file;
}

/**
 * @param {string[]} words
 * @returns {Promise<{ code: number, results: any[], summary: any, stderr: string }>}
 */
async function bring(...words) {
  const { code, stdout, stderr } = await broadsheet(["import", "wxr", ...words, "--json", "--data", site.data]);
  const lines = stdout.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return { code, stderr, results: lines.filter((line) => line.outcome !== "summary"), summary: lines.at(-1) };
}

/** @param {string} id @returns {Promise<any>} */
const show = async (id) => JSON.parse(await site.run("article", "show", id, "--json"));

/** @type {Record<string, any>} by the beginning of their headline */
const articles = {};

test("a dry run tells what would happen, and keeps nothing", async () => {
  const { code, results, summary, stderr } = await bring(fixture, ...media, "--dry-run");
  assert.equal(code, 0, stderr);
  assert.equal(results.filter((result) => result.outcome === "created").length, 8);
  assert.equal(summary.created, 8);
  assert.match(stderr, /dry run: nothing of it was kept/);
  assert.equal((await site.run("article", "list", "--json")).trim().replaceAll(/\s/g, ""), "[]");
  assert.equal(fs.readdirSync(path.join(site.data, "blobs")).length, 0);
});

test("posts come in; what becomes no article is counted by kind", async () => {
  const { code, results, summary } = await bring(fixture, ...media);
  assert.equal(code, 0);
  for (const result of results) articles[result.headline.split(" ")[0]] = await show(result.id);
  assert.deepEqual(results.map((result) => result.outcome), Array(8).fill("created"));
  assert.deepEqual(summary.left_out, {
    "[contact-form-7]": 1, "[footnote]": 1, "attachment (taken where a story shows it)": 2, "block latest-posts": 1,
    comment: 2, nav_menu_item: 1, page: 1, "post in the trash": 1, script: 1 });
  assert.match(results[0].left_out, /2 × comment/);
});

test("an article of it has all that the post had", () => {
  const ferry = articles.The;
  assert.equal(ferry.headline, "The ferry runs & runs");
  assert.equal(ferry.standfirst, "Twice a day, all year.");
  assert.deepEqual([ferry.published, ferry.updated], ["2020-05-01T06:00:00Z", "2020-05-02T07:30:00Z"]);
  assert.deepEqual(ferry.categories, [{ path: "economy/fishing", name: "Fishing & boats" }]);
  assert.deepEqual(ferry.tags, ["Ferry"]);
  assert.deepEqual(ferry.bylines.map((/** @type {any} */ line) => [line.name, line.slug]), [["Nino Beridze", "nino-beridze"]]);
  assert.deepEqual([ferry.weight, ferry.slug], ["lead", "ferry-runs"]);
  assert.deepEqual([ferry.seo_title, ferry.seo_description], ["Ferry times", "When the ferry runs"]);
  assert.deepEqual([ferry.picture_alt, ferry.picture_caption], ["A small white boat", "A boat in the bay"]);
  const [first, picture, , video, quote, gallery] = ferry.body.content;
  assert.deepEqual(first.content.map((/** @type {any} */ node) => node.text ?? node.type), ["First ", "line", "hard_break", "second line."]);
  assert.deepEqual({ ...picture.attrs, media: "" }, { media: "", alt: "A boat", caption: "The boat at dawn" });
  assert.deepEqual(video.attrs, { provider: "YouTube", url: "https://www.youtube.com/watch?v=dQw4w9WgXcQ" });
  assert.equal(quote.attrs.cite, "The captain");
  assert.deepEqual(gallery.content.map((/** @type {any} */ node) => node.attrs.caption), [undefined, "A boat in the bay"]);
  assert.equal(picture.attrs.media, gallery.content[1].attrs.media, "the small copy is the picture it was made from");
  const text = JSON.stringify(ferry.body);
  assert.ok(!/alert|onclick|old\.example/.test(text), text);
  assert.ok(text.includes("[sic]"), "brackets of the author stay");
});

test("languages and translations as Polylang has them", () => {
  assert.deepEqual([articles["ბორანი"].language, articles["Паром"].language], ["ka", "ru"]);
  assert.equal(articles["ბორანი"].story, articles["Паром"].story);
  const kinds = articles["ბორანი"].body.content.map((/** @type {any} */ node) => node.type);
  assert.deepEqual(kinds, ["paragraph", "image", "pull_quote", "embed"]);
  assert.equal(articles["ბორანი"].body.content[2].attrs.cite, "კაპიტანი");
  assert.ok(articles["Паром"].headline.includes("العبّارة تبحر"));
});

test("what readers did not see, or not without a password, they do not see now", async () => {
  const states = Object.fromEntries(Object.entries(articles).map(([word, article]) => [word, article.state]));
  assert.deepEqual([states.Behind, states.Private, states.In], ["draft", "draft", "scheduled"]);
  assert.equal(articles.A.state === "draft" || articles.A.headline.startsWith("A story"), true);
});

test("the pages are there, and old addresses lead to them", async () => {
  await site.serve();
  const page = await site.get(articles.The.address);
  assert.equal(page.status, 200);
  assert.match(page.text(), /<figcaption>The boat at dawn/);
  assert.match(page.text(), /<cite>The captain<\/cite>/);
  assert.ok(!/alert\(|onclick/.test(page.text().replaceAll(/<script[^>]*src[^>]*><\/script>/g, "")));
  for (const old of ["/2020/05/ferry-runs/", "/2020/05/ferry-runs", "/2020/05/ferry-is-late/"]) {
    const answer = await site.get(old);
    assert.deepEqual([old, answer.status, answer.get("location")], [old, 301, articles.The.address]);
  }
  const georgian = await site.get("/2020/05/%E1%83%91%E1%83%9D%E1%83%A0%E1%83%90%E1%83%9C%E1%83%98/");
  assert.equal(georgian.get("location"), articles["ბორანი"].address);
  for (const [old, target] of [["/category/economy/fishing/", "/en/economy/fishing"], ["/category/economy/", "/en/economy"], ["/author/nino/", "/en/author/nino-beridze"], ["/tag/ferry/", "/en/tag/ferry"]])
    assert.deepEqual([old, (await site.get(old)).get("location")], [old, target]);
  const secret = await site.get("/2020/05/password/");
  assert.notEqual(secret.status, 200);
  assert.equal((await site.get(articles.Behind.address)).status, 404);
  assert.ok(!(await site.get("/en/")).text().includes("Behind a password"));
});

test("the same again is unchanged; --again finds nothing new, either", async () => {
  const again = await bring(fixture, ...media);
  assert.deepEqual(again.results.map((result) => result.outcome), Array(8).fill("unchanged"));
  const forced = await bring(fixture, ...media, "--again");
  assert.deepEqual(forced.results.map((result) => result.outcome), Array(8).fill("unchanged"));
  assert.deepEqual(await show(articles.The.id), articles.The);
});

test("what changed there becomes a new revision, and readers see it", async () => {
  const changed = fs.readFileSync(fixture, "utf8").replace("The ferry runs &amp; runs", "The ferry stopped");
  const { results } = await bring(put("changed.xml", changed), ...media);
  assert.deepEqual(results.map((result) => result.outcome), ["updated", ...Array(7).fill("unchanged")]);
  const article = await show(articles.The.id);
  assert.deepEqual([article.headline, article.revision, article.state], ["The ferry stopped", 2, "published"]);
  assert.match((await site.get(article.address)).text(), /The ferry stopped/);
});

test("what an editor changed here is left alone, and told, as often as it comes", async () => {
  await site.pipe('{"headline": "Ours"}', "article", "edit", articles.The.id, "-", "--publish");
  const changed = put("changed.xml", fs.readFileSync(fixture, "utf8").replace("The ferry runs &amp; runs", "Theirs"));
  for (let i = 0; i < 2; i++) {
    const { code, results, summary } = await bring(changed, ...media);
    assert.deepEqual([code, results[0].outcome, summary.kept], [0, "kept", 1]);
    assert.match(results[0].left_out, /edited here since: left as it is/);
  }
  const forced = await bring(fixture, ...media, "--again");
  assert.equal(forced.results[0].outcome, "kept");
  assert.equal((await show(articles.The.id)).headline, "Ours");
});

test("what its source took back is withdrawn, and comes back with it", async () => {
  const id = articles["Паром"].id;
  const private_ = fs.readFileSync(fixture, "utf8").replace(/(<wp:post_name><!\[CDATA\[parom.*\n\s*<wp:status><!\[CDATA\[)publish/, "$1private");
  const { results } = await bring(put("private.xml", private_), ...media);
  const told = results.find((result) => result.id === id);
  assert.deepEqual([told.outcome, (await show(id)).state], ["updated", "withdrawn"]);
  assert.match(told.left_out, /withdrawn/);
  await bring(fixture, ...media);
  assert.equal((await show(id)).state, "published");
});

test("pages come with --pages, and nothing is public with --drafts", async () => {
  const file = put("pages.xml", wxr({ id: 500, type: "page", title: "Imprint" }, { id: 501 }));
  const { results } = await bring(file, "--pages", "--drafts");
  assert.deepEqual(results.map((result) => result.outcome), ["created", "created"]);
  for (const result of results) assert.equal((await show(result.id)).state, "draft");
});

test("one bad item is refused with its line, and the others go in", async () => {
  const file = put("bad.xml", wxr({ id: 600 }, { id: 601, body: "<div>".repeat(2000) }, { id: 602, title: "", body: "" },
    { id: 603, more: '<category domain="language" nicename="xx">X</category>' }, { id: 604 }));
  const { code, results } = await bring(file);
  assert.equal(code, 65);
  assert.deepEqual(results.map((result) => result.outcome), ["created", "refused", "refused", "refused", "created"]);
  assert.match(results[1].cause, /line \d+: The markup is nested deeper than 256/);
  assert.match(results[2].cause, /neither a title nor a text/);
  assert.match(results[3].cause, /no language 'xx'/);
});

test("shortcodes, line ends and blocks of all kinds", async () => {
  const body = [
    "One\ntwo", "Three [b]bold[/b] [[gallery]] [1] [note to self]", "[vc_row el_class=\"x\"][vc_column]inside[/vc_column][/vc_row]",
    "[embed width=\"3\"]https://vimeo.com/1[/embed]", "[audio mp3=\"https://a.example/a.mp3\"]",
    "<pre>keep\nlines</pre>", "<!-- comment -->after", "[caption]no picture[/caption]", "[unclosed a=\"b\""].join("\n\n");
  const { results } = await bring(put("codes.xml", wxr({ id: 700, body })));
  const content = (await show(results[0].id)).body.content;
  const texts = content.map((/** @type {any} */ block) => block.content?.map((/** @type {any} */ node) => node.text ?? "↵").join("") ?? block.attrs.url);
  assert.deepEqual(texts, ["One↵two", "Three bold [gallery] [1] [note to self]", "inside", "https://vimeo.com/1",
    "https://a.example/a.mp3", "keep↵lines", "after", "no picture", "[unclosed a=\"b\""]);
  assert.match(results[0].left_out, /1 × \[b\], 1 × \[vc_row\], 1 × \[vc_column\]/);
});

test("a podcast's file comes along", async () => {
  fs.writeFileSync(path.join(place, "uploads/2020/05/talk.mp3"), Buffer.alloc(3000, 1));
  const meta = (/** @type {string} */ value) => `<wp:postmeta><wp:meta_key>enclosure</wp:meta_key><wp:meta_value><![CDATA[${value}]]></wp:meta_value></wp:postmeta>`;
  const { code, results } = await bring(put("pod.xml", wxr(
    { id: 750, more: meta('https://old.example/wp-content/uploads/2020/05/talk.mp3\n2999\naudio/mpeg\na:1:{s:8:"duration";s:8:"00:15:23";}\n') },
    { id: 751, more: meta("https://cdn.example/film.mp4\r\n77\r\nvideo/mp4\r\n") + meta("https://cdn.example/two.mp4\n1\nvideo/mp4") },
    { id: 752, more: meta("") },
  )), ...media);
  assert.equal(code, 0);
  const [talk, film, none] = await Promise.all(results.map((result) => show(result.id)));
  assert.match(talk.enclosure.medium, /^[0-9a-f]{13}$/);
  assert.deepEqual([talk.enclosure.type, talk.enclosure.bytes, talk.enclosure.seconds], ["audio/mpeg", 3000, 923]);
  assert.deepEqual(film.enclosure, { url: "https://cdn.example/film.mp4", type: "video/mp4", bytes: 77 });
  assert.match(results[1].left_out, /1 × enclosure/);
  assert.ok(!none.enclosure);
});

test("large exports come in parts; parts of another site are refused", async () => {
  const picture = '<item><title>p</title><excerpt:encoded>Said in part two</excerpt:encoded><wp:post_id>801</wp:post_id><wp:post_type>attachment</wp:post_type><wp:attachment_url>https://old.example/wp-content/uploads/2020/05/quay.png</wp:attachment_url></item>';
  const meta = "<wp:postmeta><wp:meta_key>_thumbnail_id</wp:meta_key><wp:meta_value>801</wp:meta_value></wp:postmeta>";
  const one = put("one.xml", wxr({ id: 800, more: meta }));
  const two = put("two.xml", wxr(picture));
  const other = put("other.xml", wxr({ id: 1 }).replaceAll("https://old.example", "https://other.example"));
  const { code, results } = await bring(one, two, other, ...media);
  assert.equal(code, 65);
  const created = results.find((result) => result.outcome === "created");
  assert.equal((await show(created.id)).picture_caption, "Said in part two");
  assert.match(results.find((result) => result.outcome === "refused").cause, /of https:\/\/other\.example, the files before are of https:\/\/old\.example/);
});

test("links between stories lead to where they are now", async () => {
  const other = await Site.make("--language", "en");
  const link = (/** @type {string} */ href) => `<a href="${href}">x</a>`;
  const hrefs = ["https://old.example/2020/story-900/", "http://www.old.example/2020/story-900#part", "/2020/story-900",
    "https://old.example/category/economy/", "https://old.example/2020/story-902/", "https://old.example/?p=900",
    "https://new.example/2020/story-900/", "https://old.example/wp-content/uploads/a.pdf"];
  const economy = '<category domain="category" nicename="economy">Economy</category>';
  const file = put("links.xml", wxr({ id: 900, more: economy }, { id: 901, body: hrefs.map(link).join(" ") }, { id: 902 }));
  /** @param {string[]} words */
  const linked = async (...words) => {
    const { stdout } = await broadsheet(["import", "wxr", file, "--json", "--data", other.data, ...words]);
    const results = stdout.trim().split("\n").map((line) => JSON.parse(line));
    const article = JSON.parse(await other.run("article", "show", results[1].id, "--json"));
    const found = [...JSON.stringify(article.body).matchAll(/"href":"([^"]*)"/g)].map((match) => match[1]);
    return { found, ids: results.map(({ id }) => id) };
  };
  const { found, ids } = await linked();
  const first = `/en/article/story-900-${ids[0]}`;
  const now = [first, `${first}#part`, first, "/en/economy", `/en/article/story-902-${ids[2]}`, ...hrefs.slice(5)];
  assert.deepEqual(found, now);
  assert.deepEqual((await linked("--again")).found, now);
});

/* ---- kill -9 ---- */

test("an import that is killed goes on where it was: nothing twice, nothing lost", async () => {
  const count = 9000; // more than three of what is committed at once
  const many = put("many.xml", wxr(...Array.from({ length: count }, (_, n) => ({ id: 10_000 + n, body: `Story <b>number</b> ${n}.`, more: '<category domain="post_tag" nicename="many">Many</category>' }))));
  const other = await Site.make("--language", "en");
  let created = 0;
  for (let round = 0; round < 3; round++) {
    const child = spawn(program, ["import", "wxr", many, "--json", "--data", other.data], { stdio: ["ignore", "pipe", "ignore"] });
    let seen = 0;
    let text = "";
    await new Promise((resolve) => {
      child.stdout.setEncoding("utf8").on("data", (/** @type {string} */ part) => {
        text += part;
        seen = text.split('"outcome":"created"').length - 1;
        if (seen >= 400) child.kill("SIGKILL");
      });
      child.on("close", resolve);
    });
    assert.equal(child.signalCode, "SIGKILL", "it was still at work");
    created += seen;
  }
  const last = await broadsheet(["import", "wxr", many, "--json", "--data", other.data]);
  const summary = JSON.parse(last.stdout.trim().split("\n").at(-1) ?? "");
  assert.equal(summary.created + summary.unchanged, count);
  assert.ok(summary.unchanged >= created, `${summary.unchanged} were there, ${created} had been told`);
  const once = JSON.parse(await other.run("check", "--json"));
  assert.equal(once.sound, true);
  const again = await broadsheet(["import", "wxr", many, "--json", "--data", other.data]);
  assert.equal(JSON.parse(again.stdout.trim().split("\n").at(-1) ?? "").unchanged, count);
});

await run();
