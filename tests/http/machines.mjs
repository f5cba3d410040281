#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What programs read: feeds, sitemaps, robots.txt, the heads of pages, articles
// as ninjs. Each is checked by a validator that is not ours, over the sample
// newspaper and over texts that try to break out.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

import { parseFeed } from "@rowanmanning/feed-parser";

import { Site, broadsheet, shared, until } from "../lib/site.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";
import { complaintsOfJson, complaintsOfXml, expandLinkedData, headsOf, jsonFeedSchema } from "../lib/validate.mjs";

const ADDRESS = "https://paper.example";
const LANGUAGES = ["en", "ka", "ru", "ar"];
const FORMATS = /** @type {const} */ ({
  "atom.xml": "application/atom+xml; charset=utf-8",
  "rss.xml": "application/rss+xml; charset=utf-8",
  "feed.json": "application/feed+json; charset=utf-8",
});

/** Headlines that try to end what they stand in. */
const NASTY = [
  ["en", "]]></title></item>&lt;b&gt; & <b>\"'"],
  ["en", "</script><script>alert(1)</script><!-- {{x}} -->"],
  ["en", "Emoji 🗞️👩🏽‍🚒 and \u2028 a line, \u2029 a paragraph"],
  ["en", `Long ${"words ".repeat(60)}end`],
  ["ar", "عنوان من اليمين إلى اليسار \u200f(‏تجربة)"],
  ["ka", "„ციტატა“ & <ნიშნები>"],
];

const site = await Site.demo();
const folder = path.join(site.folder, "documents");
await site.run("language", "add", "ar");
await site.run("category", "add", "]]> & <Nasty>", "--slug", "nasty");
await site.run("category", "add", "أخبار", "--slug", "akhbar", "--language", "ar");
await site.run("settings", "set", "address", ADDRESS);
await site.serve();

/** @type {any[]} */
const nasty = [];
for (const [language, headline] of NASTY) {
  const categories = language === "en" ? ["nasty"] : language === "ar" ? ["akhbar"] : [];
  nasty.push(
    await site.write({
      language,
      headline,
      categories,
      tags: [`Tag ${headline.slice(0, 40)}`],
      standfirst: headline,
      source: "]]> & Sons",
      text: `${headline}\n\nA paragraph.`,
      publish: true,
    }),
  );
}

/** The path of an absolute address of this newspaper. @param {string} url */
function pathOf(url) {
  assert.ok(url.startsWith(`${ADDRESS}/`), url);
  return url.slice(ADDRESS.length);
}

/** A page that must be there. @param {string} target */
async function must(target) {
  const answer = await site.get(target);
  assert.equal(answer.status, 200, target);
  return answer;
}

/** Texts of an element, decoded. @param {string} xml @param {string} name */
const texts = (xml, name) =>
  [...xml.matchAll(new RegExp(`<${name}(?: [^>]*)?>([^<]*)</${name}>`, "g"))].map((m) => decode(m[1] ?? ""));

/** @param {string} text */
const decode = (text) =>
  text.replace(/&(lt|gt|quot|amp|#39);/g, (_, name) => ({ lt: "<", gt: ">", quot: '"', amp: "&", "#39": "'" })[String(name)] ?? "");

/** The sitemap at target, unpacked. @param {string} target */
async function sitemap(target) {
  const answer = await must(target);
  if (!target.endsWith(".gz")) return answer.text();
  assert.equal(answer.get("content-type"), "application/gzip", target);
  assert.equal(answer.get("content-encoding"), undefined, target);
  return zlib.gunzipSync(answer.body).toString("utf8");
}

/** Feeds of a search, by format, for the validators. @param {string} file */
const searched = (file) => `/en/search/${file}?q=river`;

/** Every published article. @type {{ language: string, slug: string, id: string }[]} */
const published = [];
for (const line of (await site.run("export", "ninjs")).trim().split("\n")) {
  const item = JSON.parse(line);
  const id = item.altIds.find((/** @type {any} */ other) => other.role === "internal").value;
  if (item.pubStatus === "usable") published.push({ language: item.language, slug: item.slugline, id });
}
/** @param {any} article */
const addressOf = (article) => `/${article.language}/article/${article.slug}-${article.id}`;

/* ---- feeds ---- */

/** Pages that have feeds: front, categories, a tag and an author of each language.
 * @returns {Promise<string[]>} */
async function homes() {
  const found = [];
  for (const lang of LANGUAGES) {
    found.push(`/${lang}/`);
    for (const kind of ["sections", "tags", "authors"]) {
      const answer = await site.get(`/sitemap-${lang}-${kind}.xml.gz`);
      if (answer.status !== 200) continue;
      const pages = texts(zlib.gunzipSync(answer.body).toString("utf8"), "loc").map(pathOf);
      found.push(...pages.filter((page) => !page.endsWith("/") && !page.endsWith("/tv")).slice(0, kind === "sections" ? 99 : 3));
    }
  }
  return found;
}

/** @type {Record<string, Record<string, string>>} format → address → text */
const feeds = { "atom.xml": {}, "rss.xml": {}, "feed.json": {} };
test("every front, category, tag and author has feeds in three formats", async () => {
  const pages = await homes();
  for (const kind of ["/tag/", "/author/", "/nasty"]) assert.ok(pages.some((page) => page.includes(kind)), kind);
  for (const page of pages) {
    for (const [file, type] of Object.entries(FORMATS)) {
      const target = page.endsWith("/") ? page + file : `${page}/${file}`;
      const answer = await must(target);
      assert.equal(answer.get("content-type"), type, target);
      assert.equal(answer.get("cache-control"), "no-cache", target);
      /** @type {any} */ (feeds[file])[target] = answer.text();
    }
  }
  for (const [file, type] of Object.entries(FORMATS)) {
    const answer = await must(searched(file));
    assert.equal(answer.get("content-type"), type, file);
    /** @type {any} */ (feeds[file])[searched(file)] = answer.text();
  }
  note(`${pages.length + 1} pages, ${pages.length * 3 + 3} feeds`);
  assert.equal((await site.get("/en/tag/there-is-none/rss.xml")).status, 404);
  assert.equal((await site.get("/en/menu/rss.xml")).status, 404);
});

test("Atom feeds are what RFC 4287 says, RSS what RSS 2.0 says, JSON Feed what 1.1 says", () => {
  assert.equal(complaintsOfXml("atom", folder, feeds["atom.xml"] ?? {}), "");
  assert.equal(complaintsOfXml("rss", folder, feeds["rss.xml"] ?? {}), "");
  const parsed = Object.entries(feeds["feed.json"] ?? {}).map(([name, text]) => [name, JSON.parse(text)]);
  assert.equal(complaintsOfJson(jsonFeedSchema, Object.fromEntries(parsed)), "");
});

test("a feed reader finds the same stories in all three", () => {
  for (const [target, text] of Object.entries(feeds["atom.xml"] ?? {})) {
    const [home = "", query = ""] = target.split("atom.xml");
    const atom = parseFeed(text);
    const rss = parseFeed(feeds["rss.xml"]?.[`${home}rss.xml${query}`] ?? "");
    const json = JSON.parse(feeds["feed.json"]?.[`${home}feed.json${query}`] ?? "");
    assert.equal(atom.meta.type, "atom");
    assert.equal(rss.meta.type, "rss");
    assert.equal(atom.self, ADDRESS + target);
    assert.equal(json.feed_url, `${ADDRESS}${home}feed.json${query}`);
    for (const feed of [rss, json]) {
      assert.equal(feed.title, atom.title, target);
      assert.equal(feed.items.length, atom.items.length, target);
    }
    for (const [i, item] of atom.items.entries()) {
      for (const other of [rss.items[i], json.items[i]]) {
        assert.equal(other.id, item.id, target);
        assert.equal(other.url, item.url, target);
        /* This reader undoes entities once too often. */
        if (!/[<&]/.test(json.items[i].title)) assert.equal(flat(other.title), flat(item.title ?? ""), target);
      }
      assert.equal(new Date(rss.items[i]?.published ?? 0).getTime(), Math.floor((item.published?.getTime() ?? 1) / 1000) * 1000);
      const html = json.items[i].content_html;
      if (!html.includes("&")) assert.equal(flat(rss.items[i]?.content ?? ""), flat(html), target);
    }
    assert.equal(new Set(atom.items.map((item) => item.id)).size, atom.items.length, target);
  }
});

/** White space as feed readers have it. @param {string} text */
function flat(text) {
  return text.replace(/\s+/g, " ").trim();
}

test("what tries to break out arrives as it was written", () => {
  const { items } = JSON.parse(feeds["feed.json"]?.["/en/nasty/feed.json"] ?? "");
  const rss = texts(feeds["rss.xml"]?.["/en/nasty/rss.xml"] ?? "", "title");
  for (const article of nasty.filter((story) => story.language === "en")) {
    const headline = NASTY[nasty.indexOf(article)]?.[1] ?? "";
    const item = items.find((/** @type {any} */ entry) => entry.id.endsWith(article.id));
    assert.equal(item.title, headline.trim());
    assert.ok(item.tags.includes("]]> & <Nasty>"), "the category's name");
    assert.ok(!/<script/i.test(item.content_html), "markup of a text stays text");
    assert.ok(rss.includes(headline), headline);
  }
  const json = feeds["feed.json"]?.["/en/nasty/feed.json"] ?? "";
  assert.ok(!/[<>&\u2028\u2029]/.test(json), "nor can JSON be broken out of where it is put into a page");
});

test("control characters are refused, not passed on", async () => {
  const refused = await broadsheet(["article", "add", "-", "--data", site.data], {
    input: JSON.stringify({ language: "en", headline: "Bell \u0007", body: { type: "doc", content: [] } }),
  });
  assert.notEqual(refused.code, 0, "refused");
});

test("pictures are enclosures, media and images; authors are people with pages", () => {
  const { items } = JSON.parse(feeds["feed.json"]?.["/en/feed.json"] ?? "");
  const pictured = items.find((/** @type {any} */ item) => item.image);
  const atom = feeds["atom.xml"]?.["/en/atom.xml"] ?? "";
  const rss = feeds["rss.xml"]?.["/en/rss.xml"] ?? "";
  assert.ok(atom.includes(`<link rel="enclosure" type="image/webp" href="${pictured.image}" length="`));
  assert.match(rss, new RegExp(`<enclosure url="${pictured.image}" length="[1-9]\\d*" type="image/webp"/>`));
  assert.match(rss, new RegExp(`<media:content url="${pictured.image}" type="image/webp" medium="image" width="\\d+" height="\\d+">`));
  const author = items.flatMap((/** @type {any} */ item) => item.authors).find((/** @type {any} */ person) => person.url);
  assert.ok(author.url.startsWith(`${ADDRESS}/en/author/`));
});

test("pictures of feeds are there", async () => {
  const { items } = JSON.parse(feeds["feed.json"]?.["/en/feed.json"] ?? "");
  for (const item of items.filter((/** @type {any} */ entry) => entry.image)) {
    const answer = await must(pathOf(item.image));
    assert.equal(answer.get("content-type"), item.attachments[0].mime_type);
    assert.equal(answer.body.length, item.attachments[0].size_in_bytes);
  }
});

test("a reader that comes again asks whether there is news", async () => {
  for (const target of ["/en/atom.xml", "/en/rss.xml", "/en/feed.json", "/sitemap.xml", "/sitemap-en-sections.xml.gz", "/robots.txt"]) {
    const first = await must(target);
    const again = await site.get(target, { fields: { "If-None-Match": first.get("etag") ?? "" } });
    assert.equal(again.status, 304, target);
    assert.equal(again.body.length, 0, target);
  }
});

test("each list offers its own feeds", async () => {
  const heads = headsOf({ tag: (await must("/en/nasty")).text(), front: (await must("/ka/")).text() });
  const offered = (/** @type {string} */ page) =>
    heads[page]?.links.filter((link) => link.rel === "alternate" && link.type).map((link) => link.href);
  assert.deepEqual(offered("tag"), ["/en/nasty/atom.xml", "/en/nasty/rss.xml", "/en/nasty/feed.json"]);
  assert.deepEqual(offered("front"), ["/ka/atom.xml", "/ka/rss.xml", "/ka/feed.json"]);
});

/* ---- sitemaps ---- */

/** @type {Record<string, string>} */
let maps = {};
async function readSitemaps() {
  /** @type {Record<string, string>} */
  const found = {};
  const index = await sitemap("/sitemap.xml");
  for (const url of texts(index, "loc")) found[pathOf(url)] = await sitemap(pathOf(url));
  return { index, found };
}

test("the index and all it names are what sitemaps.org says", async () => {
  const { index, found } = await readSitemaps();
  maps = found;
  const of = (/** @type {(name: string) => boolean} */ wanted) =>
    Object.fromEntries(Object.entries(maps).filter(([name]) => wanted(name)));
  const news = of((name) => name.includes("-news"));
  assert.ok(Object.keys(news).length >= 3);
  assert.equal(complaintsOfXml("sitemap-index", folder, { index }), "");
  assert.equal(complaintsOfXml("sitemap-news", folder, news), "");
  assert.equal(complaintsOfXml("sitemap", folder, of((name) => !name.includes("-news"))), "");
  for (const [name, text] of Object.entries(maps)) {
    assert.ok(Buffer.byteLength(text) <= 52_428_800, name);
    assert.ok(texts(text, "loc").length <= (name.includes("-news") ? 1000 : 50_000), name);
  }
  note(`${Object.keys(maps).length} sitemaps`);
});

test("every published article stands in one sitemap of its language and month", () => {
  /** @type {Record<string, number>} */
  const seen = {};
  for (const [name, text] of Object.entries(maps)) {
    if (!/-\d{4}-\d\d(-\d+)?\.xml\.gz$/.test(name)) continue;
    for (const url of texts(text, "loc")) {
      seen[pathOf(url)] = (seen[pathOf(url)] ?? 0) + 1;
      assert.ok(name.startsWith(`/sitemap-${pathOf(url).split("/")[1]}-`), name);
    }
  }
  const expected = Object.fromEntries(published.map((article) => [addressOf(article), 1]));
  assert.deepEqual(seen, expected);
});

test("every address of a sitemap is a page under its own name, with those translations", async () => {
  /** @type {Record<string, string>} */
  const pages = {};
  for (const text of Object.values(maps)) {
    for (const url of texts(text, "loc")) pages[url] ??= (await must(pathOf(url))).text();
  }
  const heads = headsOf(pages);
  for (const [name, text] of Object.entries(maps)) {
    if (name.includes("-news")) continue;
    for (const [, url, rest] of text.matchAll(/<url><loc>([^<]+)<\/loc>(.*?)<\/url>/g)) {
      const head = heads[url ?? ""];
      const canonical = head?.links.find((link) => link.rel === "canonical");
      assert.equal(canonical?.href, url, name);
      const listed = [...(rest ?? "").matchAll(/hreflang="([^"]+)" href="([^"]+)"/g)].map((m) => `${m[1]} ${m[2]}`);
      const said = head?.links.filter((link) => link.hreflang && link.rel === "alternate" && link.hreflang !== "x-default");
      if (!/-(authors|tags)/.test(name))
        assert.deepEqual(listed.sort(), said?.map((link) => `${link.hreflang} ${link.href}`).sort(), url);
    }
  }
});

test("news is what was published in the last two days", () => {
  for (const [name, text] of Object.entries(maps)) {
    if (!name.includes("-news")) continue;
    const dates = texts(text, "news:publication_date").map((date) => Date.parse(date));
    assert.ok(dates.length > 0, name);
    for (const date of dates) assert.ok(Date.now() - date < 48 * 3600_000, name);
    assert.deepEqual(dates, [...dates].sort((a, b) => b - a), "newest first");
    const language = /sitemap-(\w+)-/.exec(name)?.[1];
    assert.deepEqual([...new Set(texts(text, "news:language"))], [language]);
  }
});

test("a publication drops the sitemap of its month alone", async () => {
  const before = await readSitemaps();
  const article = await site.write({ headline: "One more", text: "Text.", publish: true });
  const after = await readSitemaps();
  const month = new Date().toISOString().slice(0, 7);
  const changed = Object.keys(after.found).filter((name) => after.found[name] !== before.found[name]);
  assert.deepEqual(changed.sort(), [`/sitemap-en-${month}.xml.gz`, "/sitemap-en-news.xml.gz"]);
  assert.notEqual(after.index, before.index);
  await site.withdraw(article.id, "A test.");
  const gone = await readSitemaps();
  for (const text of Object.values(gone.found)) assert.ok(!text.includes(article.id), "withdrawn, so it left at once");
});

test("what was paid for is no news, and says so to programs", async () => {
  const article = await site.write({ headline: "Paid", text: "Text.", sponsored: true, publish: true });
  assert.ok(!(await sitemap("/sitemap-en-news.xml.gz")).includes(article.id));
  assert.ok((await sitemap(`/sitemap-en-${new Date().toISOString().slice(0, 7)}.xml.gz`)).includes(article.id));
  const head = headsOf({ page: (await must(addressOf(article))).text() }).page;
  const graph = await expandLinkedData(JSON.parse(head?.data[0] ?? ""));
  assertGraph(graph, "paid");
  assert.deepEqual(nodesOf(graph)[0]["@type"], ["https://schema.org/AdvertiserContentArticle"]);
  await site.withdraw(article.id, "A test.");
});

test("robots.txt names the sitemap and keeps to its settings", async () => {
  const robots = async () => (await must("/robots.txt")).text();
  let text = await robots();
  assert.match(text, /^User-agent: \*\nDisallow: \/newsroom\/\nDisallow: \/views\/\nDisallow: \/events\/\nDisallow: \/\*\/search\?\n/);
  assert.ok(text.includes(`\nSitemap: ${ADDRESS}/sitemap.xml\n`));
  assert.ok(!text.includes("GPTBot"));
  await site.run("settings", "set", "ai-crawlers", "no");
  await site.run("settings", "set", "robots", "Disallow: /en/tv\n\nUser-agent: BadBot\nDisallow: /");
  text = await robots();
  assert.match(text, /Allow: \/\nDisallow: \/en\/tv\n\nUser-agent: BadBot\nDisallow: \/\n\nUser-agent: AI2Bot\n/);
  assert.match(text, /User-agent: GPTBot\n(User-agent: \w.*\n)*Disallow: \/\n/);
  const wrong = await broadsheet(["settings", "set", "ai-crawlers", "perhaps", "--data", site.data]);
  assert.match(wrong.stderr, /ai_crawlers must be yes or no/);
});

/* ---- heads of pages ---- */

/** @param {any} node @param {string} property @returns {any[]} */
const values = (node, property) => node[`https://schema.org/${property}`] ?? [];
/** @param {any} node @param {string} property */
const value = (node, property) => values(node, property)[0]?.["@value"] ?? values(node, property)[0]?.["@id"];

/** What each type must say (schema.org; Google's guide for articles and breadcrumbs). */
const REQUIRED = /** @type {Record<string, string[]>} */ ({
  NewsArticle: ["headline", "datePublished", "dateModified", "author", "publisher", "mainEntityOfPage", "inLanguage",
    "isAccessibleForFree", "wordCount", "url"],
  OpinionNewsArticle: ["headline", "datePublished", "author"],
  AdvertiserContentArticle: ["headline", "datePublished", "author"],
  NewsMediaOrganization: ["name", "url", "logo"],
  BreadcrumbList: ["itemListElement"],
  ItemList: ["itemListElement"],
  ListItem: ["position", "name"],
  ImageObject: ["url"],
  Person: ["name"],
  Organization: ["name"],
  WebSite: ["name", "url", "publisher"],
  CollectionPage: ["name", "url", "mainEntity"],
  CorrectionComment: ["text", "datePublished"],
  WebPage: [],
  LiveBlogPosting: ["headline", "datePublished", "dateModified", "author", "publisher", "coverageStartTime", "liveBlogUpdate"],
  BlogPosting: ["headline", "articleBody", "datePublished", "url"],
});

/** Every node in a graph. @param {any} value @returns {any[]} */
function nodesOf(value) {
  if (Array.isArray(value)) return value.flatMap(nodesOf);
  if (!value || typeof value !== "object") return [];
  return [...(value["@type"] && !("@value" in value) ? [value] : []), ...Object.values(value).flatMap(nodesOf)];
}

/** @param {any[]} graph @param {string} where */
function assertGraph(graph, where) {
  for (const node of nodesOf(graph)) {
    const type = node["@type"][0].replace("https://schema.org/", "");
    assert.ok(REQUIRED[type], `${where}: ${type}`);
    for (const property of REQUIRED[type] ?? []) assert.ok(values(node, property).length, `${where}: ${type}.${property}`);
    for (const property of ["url", "item", "image"]) {
      for (const link of values(node, property))
        if (link["@id"]) assert.ok(link["@id"].startsWith(`${ADDRESS}/`), `${where}: ${link["@id"]}`);
    }
  }
}

test("the linked data of every kind of page is JSON-LD that says what it must", async () => {
  /** @type {Record<string, string>} */
  const pages = {};
  for (const page of await homes()) pages[page] = (await must(page)).text();
  for (const article of published) pages[addressOf(article)] = (await must(addressOf(article))).text();
  const types = new Set();
  for (const [name, head] of Object.entries(headsOf(pages))) {
    assert.equal(head.data.length, 1, name);
    const isLive = pages[name]?.includes("/assets/live-");
    assert.equal(head.scripts, isLive ? 3 : 2, `${name}: the reader's script, the data, that of live blogs`);
    assert.ok(!/[<>&\u2028\u2029]/.test(head.data[0] ?? ""), name);
    const graph = await expandLinkedData(JSON.parse(head.data[0] ?? ""));
    assertGraph(graph, name);
    for (const node of nodesOf(graph)) types.add(node["@type"][0].replace("https://schema.org/", ""));
  }
  for (const type of ["NewsArticle", "OpinionNewsArticle", "BreadcrumbList", "WebSite", "CollectionPage", "CorrectionComment", "Person", "LiveBlogPosting", "BlogPosting"])
    assert.ok(types.has(type), type);
  note(`${Object.keys(pages).length} pages, types ${[...types].sort().join(" ")}`);
});

test("headlines are cut for search engines, texts arrive whole", async () => {
  for (const [i, article] of nasty.entries()) {
    const head = headsOf({ page: (await must(addressOf(article))).text() }).page;
    const graph = await expandLinkedData(JSON.parse(head?.data[0] ?? ""));
    const node = nodesOf(graph).find((found) => value(found, "headline"));
    const headline = NASTY[i]?.[1].trim() ?? "";
    assert.ok([...value(node, "headline")].length <= 110);
    if (headline.length <= 110) assert.equal(value(node, "headline"), headline);
    assert.equal(value(node, "description"), headline);
    assert.equal(head?.metas.find(([name]) => name === "og:title")?.[1], headline);
    assert.match(value(node, "datePublished"), /(Z|[+-]\d\d:\d\d)$/);
  }
});

test("Open Graph is whole, in each language", async () => {
  const pictured = published.filter((article) => article.language !== "ar");
  /** @type {Record<string, string>} */
  const pages = {};
  for (const article of pictured) pages[addressOf(article)] = (await must(addressOf(article))).text();
  let images = 0;
  const locales = new Set();
  for (const [name, head] of Object.entries(headsOf(pages))) {
    const all = (/** @type {string} */ property) => head.metas.filter(([key]) => key === property).map(([, text]) => text);
    for (const property of ["og:title", "og:type", "og:url", "og:site_name", "og:locale", "og:description",
      "article:published_time", "article:modified_time", "twitter:card"])
      assert.equal(all(property).length, 1, `${name}: ${property}`);
    assert.equal(all("og:url")[0], ADDRESS + name);
    locales.add(all("og:locale")[0]);
    const translations = head.links.filter((link) => link.rel === "alternate" && link.hreflang);
    assert.equal(all("og:locale:alternate").length, Math.max(0, translations.filter((link) => link.hreflang !== "x-default").length - 1), name);
    if (translations.length) assert.ok(translations.some((link) => link.hreflang === "x-default"), name);
    if (!all("og:image").length) continue;
    images++;
    for (const property of ["og:image:width", "og:image:height", "og:image:alt", "og:image:type"])
      assert.equal(all(property).length, 1, `${name}: ${property}`);
    assert.equal((await site.get(pathOf(all("og:image")[0] ?? ""))).status, 200, name);
    assert.equal(all("twitter:card")[0], "summary_large_image");
  }
  assert.ok(images > 20, `${images} pictures`);
  assert.deepEqual([...locales].sort(), ["en_US", "ka_GE", "ru_RU"]);
});

/* ---- articles as ninjs ---- */

const ninjs = shared("testdata/ninjs/schema_3.1.json");
test("each article is an item beside its page, the same that is exported", async () => {
  /** @type {Record<string, unknown>} */
  const items = {};
  for (const article of published) {
    const answer = await must(`${addressOf(article)}.json`);
    assert.equal(answer.get("content-type"), "application/json");
    items[addressOf(article)] = JSON.parse(answer.text());
  }
  for (const line of (await site.run("export", "ninjs", "--address", ADDRESS)).trim().split("\n")) {
    const item = JSON.parse(line);
    if (item.pubStatus === "usable") assert.deepEqual(items[pathOf(item.uri)], item);
  }
  const head = headsOf({ page: (await must(addressOf(nasty[0]))).text() }).page;
  assert.ok(head?.links.some((link) => link.type === "application/json" && link.href === `${addressOf(nasty[0])}.json`));
  if (ninjs) assert.equal(complaintsOfJson(ninjs, items), "");
});
if (!ninjs) skip("items are valid against the schema of ninjs 3.1", "../shared is missing");

test("an item that moved redirects, an unknown one is not found, a withdrawn one is gone", async () => {
  const article = await site.write({ headline: "Soon wrong", text: "Text.", categories: ["nasty"], publish: true });
  const moved = await site.get(`/en/article/other-words-${article.id}.json`);
  assert.equal(moved.status, 301);
  assert.equal(moved.get("location"), `${addressOf(article)}.json`);
  assert.equal((await site.get("/en/article/nothing-62f9f7d471fdc.json")).status, 404);
  await must("/en/nasty/rss.xml");
  await must(`${addressOf(article)}.json`);
  await site.withdraw(article.id, "It was wrong.");
  const gone = await site.get(`${addressOf(article)}.json`);
  assert.equal(gone.status, 410);
  const item = JSON.parse(gone.text());
  assert.equal(item.pubStatus, "canceled");
  assert.equal(item.edNote, "It was wrong.");
  assert.ok(!gone.text().includes("Soon wrong"));
  if (ninjs) assert.equal(complaintsOfJson(ninjs, { item }), "");
  for (const target of ["/en/nasty/rss.xml", "/en/feed.json"])
    assert.ok(!(await must(target)).text().includes(article.id), target);
});

test("who keeps entries of an Atom feed is told what was withdrawn, and why", async () => {
  const article = await site.write({ headline: "Soon false", text: "Text.", categories: ["nasty"], tags: ["falsehood"], publish: true });
  const kept = await site.write({ headline: "Stays", text: "Text.", categories: ["nasty"], tags: ["falsehood"], publish: true });
  const told = /<at:deleted-entry ref="[^"]*[/:]([0-9a-f]{13})" when="([^"]*)">(?:<at:comment>([^<]*)<\/at:comment>)?<\/at:deleted-entry>/g;
  const deleted = async (/** @type {string} */ target) => [...(await must(target)).text().matchAll(told)].map(([, id, when, why]) => ({ id, when, why }));
  const homes = ["/en/atom.xml", "/en/nasty/atom.xml", "/en/tag/falsehood/atom.xml"];
  for (const home of homes) assert.ok(!(await deleted(home)).some(({ id }) => id === article.id), home);
  await site.withdraw(article.id, "It was <i>wrong</i>.");
  /** @type {Record<string, string>} */
  const texts = {};
  for (const home of homes) {
    const [first] = await deleted(home);
    assert.deepEqual([first?.id, first?.why], [article.id, "It was &lt;i&gt;wrong&lt;/i&gt;."], home);
    texts[home] = (await must(home)).text();
    assert.ok(!texts[home]?.includes("Soon false"));
    assert.ok(texts[home]?.includes(kept.id));
  }
  assert.equal(complaintsOfXml("atom", folder, texts), "");
  const tags = (await must("/en/atom.xml")).text();
  assert.ok(tags.includes('xmlns:at="http://purl.org/atompub/tombstones/1.0"'));
  for (const other of ["/ka/atom.xml", "/en/rss.xml", "/en/feed.json"]) assert.ok(!(await must(other)).text().includes(article.id), other);
  await site.publish(article.id);
  for (const home of homes) assert.ok(!(await deleted(home)).some(({ id }) => id === article.id), home);
});

test("a correction is news to feed readers, and the entry keeps its id", async () => {
  const article = nasty[0];
  const entry = async () => parseFeed((await must("/en/nasty/atom.xml")).text()).items.find((item) => item.id?.endsWith(article.id));
  const before = await entry();
  await site.run("article", "correct", article.id, "It was Tuesday, not Monday.");
  const after = await entry();
  assert.equal(after?.id, before?.id);
  assert.ok((after?.updated?.getTime() ?? 0) > (before?.updated?.getTime() ?? 0));
  assert.ok(after?.content?.includes("It was Tuesday, not Monday."));
  const head = headsOf({ page: (await must(addressOf(article))).text() }).page;
  const [node] = nodesOf(await expandLinkedData(JSON.parse(head?.data[0] ?? ""))).filter((found) => values(found, "correction").length);
  assert.equal(value(values(node, "correction")[0], "text"), "It was Tuesday, not Monday.");
});

test("an edge that starts anew is given the sitemaps as well", async () => {
  const status = async () => site.api("GET", "/status");
  const { index } = await readSitemaps();
  await until(async () => (await status()).waiting === 0, "all is printed");
  const edge = site.children().edge;
  await site.kill(edge);
  await until(() => site.children().edge && site.children().edge !== edge, "another edge is there");
  await until(async () => (await site.get("/en/").catch(() => null))?.status === 200, "it answers");
  await site.api("POST", `/sync?seq=${(await status()).log_seq}`);
  await until(async () => (await status()).waiting === 0, "it has all that is pinned");
  const { prints } = await status();
  for (const lang of ["en", "ka", "ru"]) await must(`/sitemap-${lang}-sections.xml.gz`);
  assert.equal((await status()).prints, prints, "they were there, and not printed for who asked");
  assert.equal((await readSitemaps()).index, index);
});

/* ---- the validators themselves ---- */

test("what is broken on purpose is caught", async () => {
  const atom = feeds["atom.xml"]?.["/en/atom.xml"] ?? "";
  const rss = feeds["rss.xml"]?.["/en/rss.xml"] ?? "";
  const chunk = Object.entries(maps).find(([name]) => /-\d{4}-\d\d\.xml/.test(name))?.[1] ?? "";
  const news = maps["/sitemap-en-news.xml.gz"] ?? "";
  const index = await sitemap("/sitemap.xml");
  /** @type {[string, string, RegExp, string][]} */
  const breaks = [
    ["atom", atom, /<updated>[^<]*<\/updated>/, ""],
    ["atom", atom, /Z<\/updated>/, "</updated>"],
    ["atom", atom, /<id>https:/, "<id>"],
    ["atom", atom, /<\/entry>/, ""],
    ["atom", atom, /type="html"/, 'type="markdown"'],
    ["rss", rss, /<description>[^<]*<\/description>/, ""],
    ["rss", rss, /<pubDate>\w+, /, "<pubDate>Someday, "],
    ["rss", rss, / length="\d+"/, ""],
    ["rss", rss, /medium="image"/, 'medium="painting"'],
    ["sitemap", chunk, /<loc>https:\/\/[^<]*<\/loc>/, "<loc>/en/article/x</loc>"],
    ["sitemap", chunk, /<lastmod>[^<]*<\/lastmod>/, "<lastmod>yesterday</lastmod>"],
    ["sitemap", chunk, /<url>.*<\/url>/, ""],
    ["sitemap-index", index, /<loc>/, "<location>"],
    ["sitemap-index", index, /<lastmod>/, "<lastmod>2026-"],
    ["sitemap-news", news, /<news:title>[^<]*<\/news:title>/, ""],
    ["sitemap-news", news, /<news:language>en/, "<news:language>English"],
  ];
  for (const [schema, text, from, to] of breaks) {
    assert.match(text, from, `${schema}: ${from}`);
    assert.notEqual(complaintsOfXml(schema, path.join(folder, "broken"), { broken: text.replace(from, to) }), "", `${schema}: ${from}`);
  }
  const json = JSON.parse(feeds["feed.json"]?.["/en/feed.json"] ?? "");
  assert.notEqual(complaintsOfJson(jsonFeedSchema, { broken: { ...json, version: "2" } }), "");
  assert.notEqual(complaintsOfJson(jsonFeedSchema, { broken: { ...json, items: [{ id: "1" }] } }), "");
  await assert.rejects(expandLinkedData({ "@context": "https://schema.org", "@type": "NewsArticle", headlin: "a typing error" }));
  await assert.rejects(expandLinkedData({ "@context": "https://elsewhere.example", name: "x" }));
  assert.throws(() => assertGraph([{ "@type": ["https://schema.org/WebSite"] }], "a site without a name"));
  fs.rmSync(folder, { recursive: true });
});

await run();
