#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The page this newspaper was made from goes in as ninjs; every fact of it must
// come out where a reader looks for it.
import assert from "node:assert/strict";
import fs from "node:fs";

import { Site, shared } from "../lib/site.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";

const ID = "62f9f7d471fdc";
const item = shared("seed/article.ninjs.json");
const views = shared("seed/views.csv");

/** What a browser would show. @param {string} html */
const visible = (html) =>
  html
    .replace(/<(script|style|head)\b.*?<\/\1>/gs, " ")
    .replace(/<[^>]*>/g, " ")
    .replace(/&#0*39;|&#x27;|&apos;/gi, "'")
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, "<")
    .replace(/&gt;/g, ">")
    .replace(/&amp;/g, "&")
    .replace(/\s+/g, " ");

/** @param {string} text */
const flat = (text) => text.replace(/\s+/g, " ").trim();

if (!item || !views) {
  skip("the seed article comes out as it went in", "../shared is missing");
} else {
  /** @type {Site} */
  let site;
  let address = "";
  let page = "";
  const source = JSON.parse(fs.readFileSync(item, "utf8"));
  const headline = source.headlines[0].value;
  const paragraphs = [...source.bodies[0].value.matchAll(/<p>(.*?)<\/p>/gs)].map((m) =>
    flat(visible(m[1])),
  );

  test("a fresh site takes the item and its views", async () => {
    assert.equal(paragraphs.length, 11);
    site = await Site.make("--name", "BM.GE", "--zone", "Asia/Tbilisi", "--date-pattern", "dd.MM.yy HH:mm");
    await site.run("import", "ninjs", item);
    await site.run("import", "views", views);
    await site.serve();
  });

  test("the bare id leads to the article's address", async () => {
    for (const path of [`/en/article/${ID}`, `/article/${ID}`]) {
      const answer = await site.get(path);
      assert.equal(answer.status, 301, path);
      address = answer.get("location") ?? "";
      assert.match(address, new RegExp(`/en/article/[a-z0-9-]+-${ID}$`));
      assert.equal(answer.body.length === 0 || answer.body.length < 1024, true);
    }
    address = new URL(address, "http://localhost").pathname;
  });

  test("the page shows headline, id, source, date, views and every paragraph", async () => {
    const answer = await site.get(address);
    assert.equal(answer.status, 200);
    page = answer.text();
    const text = visible(page);
    for (const fact of [headline, ID, "BM.GE", "15.08.22 15:00", "461"])
      assert.ok(text.includes(fact), `"${fact}" is not on the page`);
    assert.match(page, /<time datetime="2022-08-15T1[15]:00:00(\.0+)?(Z|\+04:00)">15\.08\.22 15:00<\/time>/);
    const places = paragraphs.map((p) => text.indexOf(p));
    places.forEach((place, i) => assert.ok(place >= 0, `paragraph ${i + 1} is missing`));
    assert.deepEqual(places, [...places].sort((a, b) => a - b), "paragraphs in order");
    const body = /<div class="body">(.*?)<\/div>/s.exec(page)?.[1] ?? "";
    assert.equal([...body.matchAll(/<p>/g)].length, 11);
  });

  test("a wrong, an old and a mangled slug lead to the right one", async () => {
    for (const slug of ["something-else", "putin", "a-b-c"]) {
      const answer = await site.get(`/en/article/${slug}-${ID}`);
      assert.equal(answer.status, 301, slug);
      assert.equal(new URL(answer.get("location") ?? "", "http://localhost").pathname, address);
    }
    const unknown = await site.get("/en/article/nothing-62f9f7d471fdd");
    assert.equal(unknown.status, 404);
  });

  test("the front, its categories and the feeds know it", async () => {
    const categories = [...new Set([...page.matchAll(/href="(\/en\/(?:politics|world)[^"?]*)"/g)].map((m) => m[1]))];
    note(`categories on the page: ${categories.join(" ")}`);
    assert.ok(categories.length > 0, "it is in a category");
    for (const path of ["/en/", "/en/politics", "/en/world"]) {
      const answer = await site.get(path);
      assert.equal(answer.status, 200, path);
      assert.ok(visible(answer.text()).includes(headline), `${path} does not show it`);
      assert.ok(answer.text().includes(address), `${path} does not link to it`);
    }
    for (const path of ["/en/atom.xml", "/en/rss.xml", "/en/politics/atom.xml", "/en/politics/rss.xml"]) {
      const answer = await site.get(path);
      assert.equal(answer.status, 200, path);
      assert.match(answer.get("content-type") ?? "", /xml/);
      assert.ok(answer.text().includes(address), `${path} does not link to it`);
      assert.ok(answer.text().includes("Putin, Kim Vow Stronger"), path);
    }
  });

  test("it goes out again as ninjs that says the same", async () => {
    const out = await site.run("export", "ninjs", ID);
    for (const fact of [headline, ID, "BM.GE"]) assert.ok(out.includes(fact), fact);
  });

  test("the same item again changes nothing", async () => {
    await site.run("import", "ninjs", item);
    assert.equal((await site.get(address)).text(), page);
  });

  test("withdrawn, it is gone and says why, and no list shows it", async () => {
    await site.run("article", "withdraw", ID, "--reason", "The letters were never sent.");
    const answer = await site.get(address);
    assert.equal(answer.status, 410);
    assert.ok(visible(answer.text()).includes("The letters were never sent."));
    for (const path of ["/en/", "/en/politics", "/en/atom.xml", "/en/politics/rss.xml"])
      assert.ok(!(await site.get(path)).text().includes(address), `${path} still shows it`);
  });
}

await run();
