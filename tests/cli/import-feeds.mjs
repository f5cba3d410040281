#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Ghost's exports, RSS and Atom files come in, once.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { png } from "../lib/png.mjs";
import { Site, broadsheet, root } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";

const site = await Site.make("--name", "Harbour", "--language", "en", "--language", "ka", "--language", "ru");
const place = path.join(site.folder, "in");
for (const folder of ["2021", "pics"]) {
  fs.mkdirSync(path.join(place, folder), { recursive: true });
  fs.writeFileSync(path.join(place, folder, "boat.png"), png(60, 40, Uint8Array.of(9, 9, 9)));
  fs.writeFileSync(path.join(place, folder, "quay.png"), png(90, 40, Uint8Array.of(99, 99, 99)));
}
const fixture = (/** @type {string} */ name) => path.join(root, "tests/fixtures/import", name);
const media = ["--media", place];

/** @param {string} name @param {string | Buffer} content */
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
  const { code, stdout, stderr } = await broadsheet(["import", ...words, "--json", "--data", site.data]);
  const lines = stdout.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
  return { code, stderr, results: lines.filter((line) => line.outcome !== "summary"), summary: lines.at(-1) };
}

/** @param {string} id @returns {Promise<any>} */
const show = async (id) => JSON.parse(await site.run("article", "show", id, "--json"));

/** @param {any} article */
const texts = (article) => article.body.content.map((/** @type {any} */ block) => block.content?.map((/** @type {any} */ node) => node.text ?? "").join("") ?? block.type);

await site.run("category", "add", "Economy");

/* ---- Ghost ---- */

/** @type {any[]} */
let posts = [];

test("posts of Ghost come in; members' posts and mail stay drafts, and that is told", async () => {
  const { code, results, summary } = await bring("ghost", fixture("site.ghost.json"), ...media);
  assert.equal(code, 0);
  assert.deepEqual(results.map((result) => result.outcome), Array(7).fill("created"));
  assert.deepEqual(summary.left_out, { "card email-cta": 1, "card signup": 1, "internal tag": 1, page: 1, script: 1 });
  posts = await Promise.all(results.map((result) => show(result.id)));
  assert.deepEqual(posts.map((post) => post.state), ["published", "draft", "draft", "published", "scheduled", "published", "draft"]);
  assert.match(results[1].left_out, /kept as a draft: it is for members only/);
  assert.match(results[6].left_out, /kept as a draft: it went out as mail only/);
});

test("an article of it has all that the post had", () => {
  const [post] = posts;
  assert.deepEqual([post.headline, post.slug, post.standfirst, post.weight], ["The lighthouse & the sea", "lighthouse", "Every night.", "lead"]);
  assert.deepEqual([post.published, post.updated], ["2021-02-03T10:00:00Z", "2021-02-03T12:00:00Z"]);
  assert.deepEqual(post.categories.map((/** @type {any} */ c) => c.path), ["economy"], "the first tag is a section that the paper has");
  assert.deepEqual(post.tags, ["Economy", "Sea"]);
  assert.deepEqual(post.bylines.map((/** @type {any} */ line) => line.slug), ["nino-beridze", "tomas"]);
  assert.deepEqual([post.picture_alt, post.picture_caption], ["The quay at night", "The quay"]);
  assert.deepEqual([post.seo_title, post.seo_description, post.canonical], ["Lighthouse times", "When it shines", "https://elsewhere.example/lighthouse"]);
  const [, picture, video] = post.body.content;
  assert.deepEqual({ ...picture.attrs, media: "" }, { media: "", alt: "A boat", caption: "The boat", credit: "Nino B." });
  assert.equal(video.attrs.url, "https://www.youtube.com/watch?v=abc123");
  assert.ok(!/__GHOST_URL__|alert/.test(JSON.stringify(post)));
  assert.equal(posts[5].language, "ka");
});

test("what was never printed is read from the editor's own form", () => {
  assert.deepEqual(texts(posts[2]), ["From the new editor & a link", "A heading", "", "image", "rule"]);
  assert.deepEqual(texts(posts[3]), ["From the old editor,linked", "image", ""]);
});

test("old addresses lead to the articles; the same again is unchanged; drafts are published when they are there", async () => {
  await site.serve();
  assert.equal((await site.get("/lighthouse/")).get("location"), posts[0].address);
  assert.equal((await site.get(posts[0].address)).status, 200);
  assert.equal((await site.get(posts[1].address)).status, 404);
  const again = await bring("ghost", fixture("site.ghost.json"), ...media);
  assert.deepEqual(again.results.map((result) => result.outcome), Array(7).fill("unchanged"));
  const open = put("open.json", fs.readFileSync(fixture("site.ghost.json"), "utf8").replace('"visibility": "members"', '"visibility": "public"'));
  const { results } = await bring("ghost", open, ...media);
  assert.deepEqual(results.map((result) => result.outcome), ["unchanged", "updated", ...Array(5).fill("unchanged")]);
  assert.equal((await show(posts[1].id)).state, "published");
});

test("exports of old versions: numbers for ids and times, one author, pages among posts", async () => {
  const old = { data: { posts: [{ id: 1, title: "Old", slug: "old", html: "<p>x</p>", status: "published", page: 0, author_id: 7, published_at: 1400000000000, image: "/content/images/2021/boat.png" }, { id: 2, title: "P", page: 1 }],
    users: [{ id: 7, name: "Ann", slug: "ann" }], tags: [], posts_tags: [] } };
  const { code, results } = await bring("ghost", put("old.json", JSON.stringify(old)), ...media);
  assert.equal(code, 0);
  const post = await show(results[0].id);
  assert.deepEqual([post.published, post.bylines[0].name, Boolean(post.picture)], ["2014-05-13T16:53:20Z", "Ann", true]);
});

/* ---- RSS and Atom ---- */

test("items of RSS come in with what they say of themselves", async () => {
  const { code, results } = await bring("rss", fixture("feed.rss.xml"), ...media);
  assert.equal(code, 65);
  assert.deepEqual(results.map((result) => result.outcome), ["created", "created", "created", "refused"]);
  assert.match(results[3].cause, /^line 38: the newspaper has no language 'fr'/);
  const [storm, short, russian] = await Promise.all(results.slice(0, 3).map((result) => show(result.id)));
  assert.deepEqual([storm.headline, storm.standfirst, storm.published], ["Storm & sea", "It will blow.", "2021-02-03T10:00:00Z"]);
  assert.deepEqual([storm.categories[0].path, storm.tags], ["economy", ["Weather"]]);
  assert.deepEqual([storm.picture_caption, storm.picture_credit, storm.bylines[0].name], ["A boat in the storm", "Tomás", "Nino Beridze"]);
  assert.match(results[0].left_out, /1 × link, 1 × script/);
  assert.deepEqual(storm.enclosure, { url: "https://agency.example/sound.mp3", type: "audio/mpeg", bytes: 1 });
  assert.deepEqual([texts(short), short.bylines[0].name, short.published], [["First line.", "Second paragraph."], "Tomás O'Neill", "2021-02-03T14:30:00Z"]);
  assert.deepEqual([russian.language, russian.headline], ["ru", "Шторм идёт"]);
  const again = await bring("rss", fixture("feed.rss.xml"), ...media);
  assert.deepEqual(again.results.map((result) => result.outcome), ["unchanged", "unchanged", "unchanged", "refused"]);
  assert.notEqual((await site.get("/2021/storm/")).status, 301, "an agency's addresses are not ours");
});

test("entries of Atom, also XHTML; --lang and --redirects", async () => {
  const { code, results } = await bring("rss", fixture("feed.atom.xml"), ...media, "--redirects");
  assert.equal(code, 0);
  const [ferry, georgian] = await Promise.all(results.map((result) => show(result.id)));
  assert.deepEqual([ferry.headline, ferry.standfirst, ferry.published, ferry.updated], ["Ferry & tide", "It sails.", "2021-02-03T10:30:02Z", "2021-02-04T18:30:02Z"]);
  assert.deepEqual(texts(ferry), ["It sails & sails.", ""]);
  assert.deepEqual([Boolean(ferry.picture), ferry.tags, georgian.language], [true, ["Tide"], "ka"]);
  assert.equal((await site.get("/ferry")).get("location"), ferry.address);
  const other = put("lang.xml", fs.readFileSync(fixture("feed.rss.xml"), "utf8").replace("https://agency.example/</link>", "https://b.example/</link>"));
  const forced = await bring("rss", other, "--lang", "ru");
  assert.deepEqual([forced.code, (await show(forced.results[3].id)).language], [0, "ru"]);
});

test("what is played comes along: a file of the media folder, else its address; a second one is told", async () => {
  fs.mkdirSync(path.join(place, "pod"), { recursive: true });
  fs.writeFileSync(path.join(place, "pod/one.mp3"), Buffer.alloc(5000, 7));
  const item = (/** @type {string} */ id, /** @type {string} */ more) => `<item><title>${id}</title><guid>${id}</guid><description>Heard.</description>${more}</item>`;
  const feed = `<rss version="2.0" xmlns:media="http://search.yahoo.com/mrss/" xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel><title>P</title><link>https://pod.example/</link>${[
    item("here", '<itunes:duration>1:02:03</itunes:duration><enclosure url="https://pod.example/pod/one.mp3?from=rss" length="4" type="audio/mpeg; codecs=mp3"/>'),
    item("elsewhere", '<enclosure url="https://pod.example/pod/two.m4a" length="x"/><media:content url="https://pod.example/pod/two.m4a" fileSize="900" duration="61.5" type="audio/mp4"/><media:content url="https://pod.example/pod/low.m4a" type="audio/mp4"/><itunes:duration>61</itunes:duration>'),
    item("neither", '<enclosure url="file:///etc/passwd" type="audio/mpeg"/><enclosure url="https://pod.example/a.exe" type="application/x-msdownload"/>'),
    item("both", '<enclosure url="https://pod.example/pod/one.mp3" type="audio/mpeg"/><enclosure url="https://pod.example/2021/boat.png" type="image/png"/>'),
  ].join("")}</channel></rss>`;
  const { code, results, summary } = await bring("rss", put("pod.xml", feed), ...media);
  assert.equal(code, 0);
  const [here, elsewhere, neither, both] = await Promise.all(results.map((result) => show(result.id)));
  assert.match(here.enclosure.medium, /^[0-9a-f]{13}$/);
  assert.deepEqual([here.enclosure.type, here.enclosure.bytes, here.enclosure.seconds], ["audio/mpeg", 5000, 3723]);
  assert.deepEqual(elsewhere.enclosure, { url: "https://pod.example/pod/two.m4a", type: "audio/mp4", bytes: 900, seconds: 61 });
  assert.match(results[1].left_out, /1 × file that is neither picture nor recording, or one more/);
  assert.match(JSON.stringify(results[1]), /what is played stays where it is/);
  assert.ok(!neither.enclosure);
  assert.match(JSON.stringify(results[2]), /left out what is played: file:\/\/\/etc\/passwd/);
  assert.equal(both.enclosure.medium, here.enclosure.medium, "one file is one medium");
  assert.ok(both.picture);
  assert.match(JSON.stringify(summary), /recording/);
  const again = await bring("rss", put("pod.xml", feed), ...media);
  assert.deepEqual(new Set(again.results.map((result) => result.outcome)), new Set(["unchanged"]));
  assert.match((await site.get("/en/rss.xml")).text(), /<enclosure url="[^"]+" length="900" type="audio\/mp4"\/>/);
});

test("RSS 1.0, windows-1251, and dates as they are in the wild", async () => {
  const rdf = `<?xml version="1.0" encoding="windows-1251"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel rdf:about="https://c.example/"><title>C</title><link>https://c.example/</link><dc:language>ru</dc:language></channel>
<item rdf:about="https://c.example/1"><title>\xcf\xe0\xf0\xee\xec</title><link>https://c.example/1</link><description>\xd5\xee\xe4\xe8\xf2</description><dc:date>2021-02-03</dc:date></item></rdf:RDF>`;
  const { code, results } = await bring("rss", put("rdf.xml", Buffer.from(rdf, "latin1")));
  assert.equal(code, 0);
  const article = await show(results[0].id);
  assert.deepEqual([article.headline, article.language, article.published], ["Паром", "ru", "2021-02-03T00:00:00Z"]);
});

await run();
