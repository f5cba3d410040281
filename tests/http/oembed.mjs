#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// oEmbed over the real server: what others are told to show for an address of
// ours, for whom it is nothing, and that no question is kept.
import assert from "node:assert/strict";

import { Site, until } from "../lib/site.mjs";
import { run, test } from "../lib/tap.mjs";

const ADDRESS = "https://paper.example";
const HEADLINE = `The "bridge" & <its> tolls`;

const site = await Site.make("--name", "The Test", "--language", "en", "--language", "ka");
await site.run("settings", "set", "address", ADDRESS);
await site.serve();

const { id } = await site.write({ headline: HEADLINE, standfirst: "In short.", source: "BM.GE", publish: true });
const path = `/en/article/the-bridge-its-tolls-${id}`;
/** @param {string} url @param {string} [more] */
const ask = (url, more = "") => site.get(`/oembed?url=${encodeURIComponent(url)}${more}`);

test("an article's page leads to both formats, and each tells of the same card", async () => {
  const page = (await site.get(path)).text();
  const links = [...page.matchAll(/<link rel="alternate" type="(application\/json|text\/xml)\+oembed" href="([^"]+)">/g)];
  assert.equal(links.length, 2);
  const answers = [];
  for (const [, type = "", href = ""] of links) {
    const url = new URL(href.replaceAll("&amp;", "&"));
    assert.equal(url.origin, ADDRESS);
    const answer = await site.get(url.pathname + url.search);
    assert.equal(answer.status, 200);
    assert.match(answer.get("content-type") ?? "", new RegExp(`^${type}`));
    assert.equal(answer.get("access-control-allow-origin"), "*");
    answers.push(answer.text());
  }
  const card = JSON.parse(answers[0] ?? "");
  assert.deepEqual(
    { ...card, html: "" },
    {
      version: "1.0", type: "rich", title: HEADLINE, author_name: "BM.GE", provider_name: "The Test",
      provider_url: `${ADDRESS}/en/`, cache_age: 3600, html: "", width: 600, height: 220,
    },
  );
  assert.equal(
    card.html,
    `<iframe src="${ADDRESS}${path}/embed" width="600" height="220" title="The &quot;bridge&quot; &amp; &lt;its&gt; tolls"` +
      ' loading="lazy" style="border:0;max-width:100%"></iframe>',
  );
  const xml = answers[1] ?? "";
  assert.match(xml, /^<\?xml version="1.0" encoding="utf-8"\?>\n<oembed><version>1.0<\/version><type>rich<\/type>/);
  assert.ok(xml.includes(`<title>The &quot;bridge&quot; &amp; &lt;its&gt; tolls</title>`), xml);
  assert.ok(xml.includes("<width>600</width><height>220</height>"));
});

test("the card fits what was asked for", async () => {
  for (const [more, width, height] of /** @type {const} */ ([
    ["&maxwidth=400", 400, 230], ["&maxwidth=480", 480, 220], ["&maxwidth=9999", 600, 220], ["&maxheight=150", 600, 150],
    ["&maxwidth=320&maxheight=100", 320, 100], ["&maxwidth=0", 600, 220], ["&maxwidth=wide", 600, 220],
  ])) {
    const card = JSON.parse((await ask(ADDRESS + path, more)).text());
    assert.deepEqual([card.width, card.height], [width, height], more);
    assert.ok(card.html.includes(`width="${width}" height="${height}"`));
  }
  assert.equal((await ask(ADDRESS + path, "&maxwidth=100")).status, 404);
});

test("other spellings of the address are the same article", async () => {
  for (const url of [
    `http://paper.example${path}`, `HTTPS://PAPER.EXAMPLE${path}`, `${ADDRESS}/en/article/${id}`,
    `${ADDRESS}/en/article/an-old-slug-${id}`, `${ADDRESS}/article/${id}`, `${ADDRESS}${path}?utm_source=x#top`,
  ]) {
    const answer = await ask(url);
    assert.equal(answer.status, 200, url);
    assert.ok(answer.text().includes(`${path}/embed`), url);
  }
});

test("what is no article of ours, not out yet or withdrawn is told apart", async () => {
  const draft = await site.write({ headline: "Not yet" });
  const gone = await site.write({ headline: "No longer", publish: true });
  await site.withdraw(gone.id, "Not so.");
  const cases = /** @type {const} */ ([
    ["", 400], ["https://other.example/en/article/" + id, 404], [`https://paper.example.evil${path}`, 404],
    [`https://paper.example@evil${path}`, 404], [ADDRESS, 404], [`${ADDRESS}/en/`, 404], [`${ADDRESS}/en/tv`, 404],
    [`${ADDRESS}/en/article/${draft.id}`, 404], [`${ADDRESS}/en/article/${gone.id}`, 410], [`javascript:alert(1)`, 404],
    [`${ADDRESS}/en/article/%2e%2e/${id}`, 404], ["x".repeat(600), 400], [`${ADDRESS}${path}\n`, 400],
  ]);
  for (const [url, status] of cases) {
    const answer = await ask(url);
    assert.equal(answer.status, status, url);
    assert.match(answer.get("content-type") ?? "", /^text\/plain/);
    assert.ok(!answer.text().includes("No longer") && !answer.text().includes("Not yet"));
  }
  assert.equal((await site.get("/oembed")).status, 400);
  assert.equal((await ask(ADDRESS + path, "&format=yaml")).status, 501);
  const embed = await site.get(`/en/article/no-longer-${gone.id}/embed`);
  assert.equal(embed.status, 410);
  assert.ok(!embed.text().includes("No longer"));
  assert.equal((await site.get(`/en/article/${draft.id}/embed`)).status, 404);
});

test("an article that moved is found where it is, and loops end", async () => {
  const old = await site.write({ headline: "The first version", publish: true });
  await site.run("article", "withdraw", old.id, "--reason", "Twice.", "--target", path);
  const card = JSON.parse((await ask(`${ADDRESS}/en/article/${old.id}`)).text());
  assert.equal(card.title, HEADLINE);
  const embed = await site.get(`/en/article/the-first-version-${old.id}/embed`);
  assert.deepEqual([embed.status, embed.get("location")], [301, `${path}/embed`]);
});

test("any page may hold the card, and no other page of ours", async () => {
  const embed = await site.get(`${path}/embed`);
  assert.equal(embed.status, 200);
  const policy = embed.get("content-security-policy") ?? "";
  assert.match(policy, /frame-ancestors \*$/);
  assert.ok(!policy.includes("script-src") && policy.includes("default-src 'none'"));
  assert.equal(embed.get("cross-origin-opener-policy"), undefined);
  assert.ok(!embed.text().includes("<script"));
  assert.match(embed.text(), /<meta name="robots" content="noindex">/);
  for (const other of [path, "/en/", "/en/saved", "/en/nothing"])
    assert.match((await site.get(other)).get("content-security-policy") ?? "", /frame-ancestors 'self'/);
  const slug = await site.get(`/en/article/wrong-${id}/embed`);
  assert.deepEqual([slug.status, slug.get("location")], [301, `${path}/embed`]);
});

test("the card changes with its article", async () => {
  await site.revise(id, { headline: "The bridge is free" });
  await site.publish(id);
  assert.match((await site.get(`/en/article/the-bridge-its-tolls-${id}/embed`)).text(), /The bridge is free/);
  assert.equal(JSON.parse((await ask(`${ADDRESS}/article/${id}`)).text()).title, "The bridge is free");
});

test("however much is asked, the edge keeps none of it, and nobody asks without end", async () => {
  const held = async () => {
    const pid = site.children().desk;
    const start = site.log.length;
    await site.kill(pid);
    const found = await until(() => /edge connected .*pages=(\d+)/.exec(site.log.slice(start)), "there is a new desk");
    return Number(found[1]);
  };
  const before = await held();
  for (let i = 0; i < 300; i++) assert.equal((await ask(ADDRESS + path, `&maxwidth=${300 + i}&nothing=${i}`)).status, 200);
  const more = (await held()) - before; // a new desk prints some by itself
  assert.ok(more < 50, `${more} more pages`);

  const statuses = [];
  for (let i = 0; i < 90; i++)
    statuses.push((await site.get(`/oembed?url=${i}`, { fields: { "X-Forwarded-For": "203.0.113.7" } })).status);
  assert.ok(statuses.slice(0, 60).every((status) => status === 404) && statuses.includes(429), String(statuses));
  assert.equal((await site.get(path, { fields: { "X-Forwarded-For": "203.0.113.7" } })).status, 200);
});

test("without an address of its own the site answers for none", async () => {
  await site.run("settings", "unset", "address");
  assert.equal((await ask(ADDRESS + path)).status, 404);
  assert.ok(!(await site.get(path)).text().includes("oembed"));
});

await run();
