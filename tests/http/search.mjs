#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Search as readers meet it: what is found by which words, what never is,
// pages, filters, feeds, suggestions, spelling, and questions nobody should ask.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";

import { Connection } from "../lib/http.mjs";
import { Site, broadsheet, until } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";
import { aged, orders } from "../search/orders.mjs";
import { queries, stories } from "../search/stories.mjs";

const site = await Site.make("--name", "The Test", "--language", "en", "--language", "ka", "--language", "ru");
for (const code of ["fr", "zh"]) await site.run("language", "add", code);
await site.run("category", "add", "News");
await site.run("category", "add", "Towns", "--under", "news");
await site.serve();

/** @type {Record<string, string>} headline → key */
const keys = {};
/** @type {Record<string, string>} key → id */
const ids = {};
for (const [language, all] of Object.entries(stories))
  for (const [key, story] of Object.entries(all)) {
    keys[`${language} ${story.headline}`] = key;
    const categories = language === "en" ? [key === "tax" ? "news/towns" : "news"] : [];
    const made = await site.write({ language, categories, ...story, publish: true });
    ids[`${language} ${key}`] = made.id;
  }

/** @param {number} days */
const ago = (days) => new Date(Date.now() - days * 86_400_000 - 3_600_000).toISOString().replace(/\.\d+/, "");

/** @type {string[]} */
const items = [];
for (const [language, all] of Object.entries(aged))
  for (const [key, { headline, text, days }] of Object.entries(all)) {
    keys[`${language} ${headline}`] = key;
    items.push(
      JSON.stringify({
        uri: `https://old.example/${language}/${key}`,
        type: "text",
        language,
        versionCreated: ago(days),
        headlines: [{ role: "main", value: headline }],
        bodies: [{ role: "main", contentType: "text/plain", value: text }],
      }),
    );
  }
const archive = path.join(site.folder, "old.ndjson");
fs.writeFileSync(archive, items.join("\n"));
await site.run("import", "ninjs", archive);

/** @param {string} html */
const plain = (html) =>
  html
    .replace(/<[^>]*>/g, "")
    .replace(/&#39;|&#x27;/g, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ")
    .trim();

/** @param {string} target */
async function look(target) {
  const answer = await site.get(target);
  const html = answer.text();
  assert.equal(answer.status, 200, `${target}: ${html.slice(0, 300)}`);
  const headlines = [...html.matchAll(/<h2><a href="[^"]*">(.*?)<\/a><\/h2>/gs)].map((m) => plain(m[1] ?? ""));
  return { answer, html, headlines };
}

/** @param {string} language @param {string} words @param {Record<string, string>} more */
const address = (language, words, more = {}) => `/${language}/search?${new URLSearchParams({ q: words, ...more })}`;

/** @param {string} language @param {string} words @param {Record<string, string>} [more] */
async function found(language, words, more) {
  const { headlines } = await look(address(language, words, more));
  return headlines.map((headline) => keys[`${language} ${headline}`] ?? headline);
}

test(`${queries.length} queries in five languages find what they should, and nothing else`, async () => {
  assert.ok(queries.length >= 60);
  const wrong = [];
  for (const [language, words, expected] of queries) {
    const given = (await found(language, words)).sort().join(" ");
    if (given !== [...expected].sort().join(" "))
      wrong.push(`${language} ${words}: found [${given}] instead of [${expected.join(" ")}]`);
  }
  assert.deepEqual(wrong, []);
});

test(`${orders.length} queries find the best first`, async () => {
  const wrong = [];
  for (const [language, words, expected] of orders) {
    const given = (await found(language, words)).join(" ");
    if (given !== expected.join(" "))
      wrong.push(`${language} ${words}: found [${given}] instead of [${expected.join(" ")}]`);
  }
  assert.deepEqual(wrong, []);
});

test("the command line finds the same", async () => {
  const { hits, total } = JSON.parse(await site.run("search", "council", "mayor", "--json"));
  assert.equal(total, 1);
  assert.equal(hits[0].id, ids["en election"]);
  assert.match(await site.run("search", "ხიდის", "--language", "ka"), /ახალი ხიდი/);
  const { code, stderr } = await broadsheet(["search", "x", "--language", "xx", "--data", site.data]);
  assert.notEqual(code, 0);
  assert.match(stderr, /xx/);
});

test("a page says how many there are, marks what matches, and is not for search engines", async () => {
  const { html, answer } = await look(address("en", "council"));
  assert.match(html, /2 articles/);
  assert.match(html, /<mark>council<\/mark>/);
  assert.match(html, /<meta name="robots" content="noindex">/);
  assert.match(html, /<input id="q" name="q" type="search" value="council"/);
  assert.equal(answer.get("cache-control"), "no-cache");
});

test("what was typed is never markup", async () => {
  const nasty = `"><script>alert(1)</script> & 'x'`;
  const { html } = await look(address("en", nasty));
  assert.ok(!html.includes("<script>alert"));
  const made = await site.write({ headline: "A <b>tag</b> & an ampersand", text: "About <i>markup</i>.", publish: true });
  const hit = await look(address("en", "markup ampersand"));
  assert.match(hit.html, /A &lt;b&gt;tag&lt;\/b&gt; &amp; an <mark>ampersand<\/mark>/);
  assert.match(hit.html, /&lt;i&gt;<mark>markup<\/mark>&lt;\/i&gt;/);
  await site.withdraw(made.id, "Only a test.");
});

test("only what readers may see is found, from the moment they may", async () => {
  const { id } = await site.write({ headline: "Quetzal sighted in the park" });
  assert.deepEqual(await found("en", "quetzal"), []);
  await site.publish(id);
  assert.deepEqual(await found("en", "quetzal"), ["Quetzal sighted in the park"]);
  await site.revise(id, { headline: "Toucan sighted in the park" });
  assert.deepEqual(await found("en", "toucan"), []);
  await site.publish(id);
  assert.deepEqual(await found("en", "quetzal"), []);
  assert.deepEqual(await found("en", "toucans"), ["Toucan sighted in the park"]);
  await site.withdraw(id, "It was a parrot.");
  assert.deepEqual(await found("en", "toucan"), []);
  const later = await site.write({ headline: "Embargoed axolotl" });
  const time = new Date(Date.now() + 3_600_000).toISOString();
  await site.run("article", "schedule", later.id, time);
  assert.deepEqual(await found("en", "axolotl"), []);
  const answer = await site.get("/en/suggest?q=axolotl");
  assert.equal(answer.text(), "[]");
});

test("filters narrow; what they do not know is as if it were not there", async () => {
  assert.deepEqual(await found("en", "council", { category: "news/towns" }), ["tax"]);
  assert.deepEqual((await found("en", "council", { category: "news" })).sort(), ["election", "tax"]);
  assert.deepEqual((await found("en", "council", { category: "no/such" })).sort(), ["election", "tax"]);
  const today = new Date().toISOString().slice(0, 10);
  const days = (/** @type {number} */ n) => new Date(Date.now() + n * 86_400_000).toISOString().slice(0, 10);
  assert.deepEqual(await found("en", "zebra", { from: today }), []);
  assert.equal((await found("en", "council", { from: days(-1), to: days(1) })).length, 2);
  assert.deepEqual(await found("en", "council", { from: days(2) }), []);
  assert.deepEqual(await found("en", "council", { to: days(-2) }), []);
  assert.equal((await found("en", "council", { from: "2022-02-30" })).length, 2);
});

test("an address with anything else in it is the same page, in one spelling", async () => {
  const one = await site.get("/en/search?q=council&utm_source=x&sort=oldest&from=yesterday&after=zz");
  const other = await site.get("/en/search?q=council");
  assert.equal(one.text(), other.text());
  const long = await site.get(`/en/search?q=${"council%20".repeat(400)}`);
  assert.ok([200, 414].includes(long.status));
});

test("the pages of a search neither repeat nor hide, by either order", async () => {
  for (let i = 0; i < 45; i++)
    await site.write({ headline: `Wombat number ${i}`, text: "They dig.", publish: true });
  for (const sort of ["", "newest"]) {
    const seen = [];
    let target = address("en", "wombat", sort ? { sort } : {});
    for (let pages = 0; target; pages++) {
      assert.ok(pages < 4);
      const { html, headlines } = await look(target);
      seen.push(...headlines);
      target = (/<a href="([^"]*)" rel="next">/.exec(html)?.[1] ?? "").replaceAll("&amp;", "&");
    }
    assert.equal(seen.length, 45);
    assert.equal(new Set(seen).size, 45);
    if (sort) assert.equal(seen[0], "Wombat number 44");
  }
});

test("a feed of the search, newest first", async () => {
  const answer = await site.get("/en/search/rss.xml?q=wombat");
  assert.equal(answer.status, 200);
  assert.match(answer.get("content-type") ?? "", /rss\+xml/);
  const titles = [...answer.text().matchAll(/<item>.*?<title>(.*?)<\/title>/gs)].map((m) => m[1]);
  assert.equal(titles[0], "Wombat number 44");
  assert.equal((await site.get("/en/search/feed.json?q=wombat")).status, 200);
  assert.equal((await site.get("/en/search/rss.xml")).status, 404);
});

test("a spelling that is found is offered", async () => {
  await site.run("reindex");
  const { html } = await look(address("en", "wombatt"));
  assert.match(html, /Did you mean <a href="\/en\/search\?q=wombat">wombat<\/a>/);
  assert.match(html, /Nothing found for “wombatt”/);
  const swapped = await look(address("en", "cuoncil mayor"));
  assert.match(swapped.html, /q=council%20mayor/);
  const none = await look(address("en", "xyzzyplugh"));
  assert.ok(!none.html.includes("Did you mean"));
  const known = await look(address("en", "wombats"));
  assert.ok(!known.html.includes("Did you mean"));
});

test("suggestions: sections, topics and headlines that begin so", async () => {
  const ask = async (/** @type {string} */ words) =>
    JSON.parse((await site.get(`/en/suggest?q=${encodeURIComponent(words)}`)).text());
  assert.deepEqual((await ask("tow"))[0], { text: "Towns", url: "/en/news/towns", kind: "Sections" });
  assert.deepEqual((await ask("roa"))[0], { text: "Roads", url: "/en/tag/roads", kind: "Topic" });
  assert.match((await ask("new bri"))[0].url, /^\/en\/article\/new-bridge-opens/);
  assert.equal((await ask("womb")).length, 8);
  assert.deepEqual(await ask("zebra"), []);
  assert.deepEqual(await ask(""), []);
});

test("questions nobody should ask get an answer", async () => {
  const hostile = [
    '"', '""', '"""', "-", "*", "-*", "AND", "NOT", "NEAR(a b)", "headline:x", "^a", "a + b", "(", ")", "{", "}",
    "'; DROP TABLE article; --", "%", "a* b* c* d* e* f* g* h* i* j* k* l* m*", "\uE000c123", "\uFFFD", "🙂", "\u0001",
    "ა".repeat(200), "字".repeat(200), '"' + "a ".repeat(140) + '"', "-a ".repeat(90),
  ];
  for (const words of hostile) {
    const { status } = await site.get(address("en", words));
    assert.equal(status, 200, words);
    assert.equal((await site.get(`/en/suggest?q=${encodeURIComponent(words)}`)).status, 200, words);
  }
  for (const raw of ["%FF%FE", "%00", "%", "%E1%83"])
    assert.ok([200, 400].includes((await site.get(`/en/search?q=${raw}`)).status), raw);
  assert.equal((await site.get("/xx/search?q=a")).status, 404);
  assert.equal((await site.get("/en/search/")).status, 301);
});

test("the 404 page offers search", async () => {
  const answer = await site.get("/en/no-such-page");
  assert.equal(answer.status, 404);
  assert.match(answer.text(), /<form class="search" role="search" action="\/en\/search">/);
});

test("the index agrees with what readers see, also after it is made anew", async () => {
  assert.match(await site.run("check", "--json"), /"sound": true|"findings": (0|\[\])/);
  await site.run("reindex", "--anew");
  assert.equal((await found("en", "wombat", { sort: "newest" })).length, 20);
  assert.deepEqual(await found("ka", "ხიდის"), ["bridge"]);
  assert.match(await site.run("check", "--json"), /"sound": true|"findings": (0|\[\])/);
});

test("too many searches at a time are told so, and pages are still printed", async () => {
  const asked = [];
  for (let i = 0; i < 400; i++) asked.push(site.get(address("en", `wombat ${i} dig`)));
  const front = await site.get("/en/");
  assert.equal(front.status, 200);
  const statuses = (await Promise.all(asked)).map((answer) => answer.status);
  assert.ok(statuses.every((status) => status === 200 || status === 503), String(new Set(statuses)));
  assert.ok(statuses.includes(200));
  await until(async () => (await site.get(address("en", "council"))).status === 200, "searches are answered again");
});

test("searches that nobody waits for any more are not made", async () => {
  const other = await Site.make("--name", "The Other", "--language", "en");
  await other.serve("--threads", "1");
  const { edge = 0, desk = 0 } = other.children();
  const connections = () => fs.readdirSync(`/proc/${edge}/fd`).length;
  await other.get("/en/");
  const rests = async () => (await other.api("GET", "/status")).waiting === 0;
  await until(rests, "the desk has nothing to do");
  const [open, { prints }] = [connections(), await other.api("GET", "/status")];
  await other.freeze(desk);
  const readers = [];
  for (let i = 0; i < 90; i++) {
    const reader = await Connection.open(other.place);
    reader.write(`GET /en/search?q=word${i} HTTP/1.1\r\nHost: x\r\n\r\n`);
    readers.push(reader);
  }
  assert.equal((await other.get("/en/")).status, 200); // behind all of them
  const stays = readers.pop();
  for (const reader of readers) reader.socket.destroy();
  await until(() => connections() <= open + 1, "the edge knows that they are gone");
  process.kill(desk, "SIGCONT");
  await stays?.until(() => stays.input.includes("HTTP/1.1 200"));
  await until(rests, "the desk has nothing to do again");
  const made = (await other.api("GET", "/status")).prints - prints;
  assert.ok(made >= 1 && made < 45, `${made} of 90 were made`);
  await other.end();
});

test("one address cannot search on and on; others and the loopback can", async () => {
  /** @param {string} address @param {number} i */
  const ask = (address, i) => site.get(`/en/suggest?q=w${i}`, { fields: address ? { "X-Forwarded-For": address } : {} });
  const answers = [];
  for (let i = 0; i < 90; i++) answers.push(await ask("203.0.113.7", i));
  const statuses = answers.map(({ status }) => status);
  assert.ok(statuses.slice(0, 60).every((status) => status === 200), "who types is answered");
  const refused = answers.find(({ status }) => status === 429);
  assert.ok(refused, `all were answered: ${statuses.join(" ")}`);
  assert.ok(Number(refused.get("retry-after")) > 0);
  assert.match(refused.get("cache-control") ?? "", /no-store/);
  assert.equal((await ask("203.0.113.8", 0)).status, 200);
  for (let i = 0; i < 70; i++) assert.equal((await ask("", i)).status, 200);
});

await run();
