#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Nothing of script, style or event comes in: every vector through every field
// of an import, shown in Chromium with the content security policy off
// (SECURITY.md, test 9).
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { findBrowser, launch } from "../lib/browser.mjs";
import { Site, broadsheet } from "../lib/site.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";
import { wxr } from "../lib/wxr.mjs";
import { vectors } from "../lib/xss.mjs";

const { playwright, why } = await findBrowser();
if (!playwright) {
  skip("no vector fires", why ?? "");
  await run();
}

const site = await Site.make("--language", "en");
const browser = await launch(playwright);
await site.serve();
const origin = `http://127.0.0.1:${site.port}`;

/** A page on which fired() is noted, and everything that is asked of others. */
async function watched() {
  const context = await browser.newContext({ bypassCSP: true });
  const page = await context.newPage();
  /** @type {string[]} */
  const fired = [];
  await page.exposeFunction("fired", () => { fired.push("fired()"); });
  page.on("dialog", (/** @type {any} */ dialog) => { fired.push(`dialog ${dialog.message()}`); dialog.dismiss(); });
  page.on("request", (/** @type {any} */ request) => {
    if (!request.url().startsWith(origin) && !/^(data|blob|about):/.test(request.url())) fired.push(`asks ${request.url()}`);
  });
  return { page, fired, context };
}

/** Does to every element what a reader might. @param {any} page */
async function handle(page) {
  await page.evaluate(() => {
    for (const element of document.querySelectorAll("main *, article *")) {
      for (const kind of ["mouseover", "mouseenter", "focus", "blur", "toggle", "animationstart"])
        element.dispatchEvent(new Event(kind, { bubbles: true }));
      const href = element.getAttribute("href") ?? element.getAttribute("xlink:href") ?? "";
      if (/^\s*(javascript|data|vbscript):/i.test(href)) /** @type {any} */ (element).click();
    }
  });
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 0))));
}

/** What should not be there, whether it fires or not. @param {any} page @returns {Promise<string[]>} */
const suspicious = (page) => page.evaluate(() => {
  const found = [];
  for (const element of document.querySelectorAll("main *, article *")) {
    if (/^(script|style|iframe|object|embed|form|base|meta|link|svg|math|template)$/i.test(element.tagName) && element.closest(".body, .standfirst, h1, .byline, figcaption"))
      found.push(element.outerHTML);
    for (const { name, value } of element.attributes)
      if (/^on/i.test(name) || (name !== "alt" && name !== "title" && /^\s*(javascript|vbscript|data):/i.test(value))) found.push(`${element.tagName} ${name}=${value}`);
  }
  return found;
});

test("the control: written as they are, they fire", async () => {
  const { page, fired, context } = await watched();
  let live = 0;
  for (const vector of vectors) {
    const before = fired.length;
    await page.goto(`${origin}/robots.txt`);
    await page.evaluate((/** @type {string} */ html) => { document.open(); document.write(`<main>${html}</main>`); document.close(); }, vector).catch(() => {});
    await handle(page).catch(() => {});
    live += fired.length > before ? 1 : 0;
  }
  note(`${live} of ${vectors.length} fire in this browser`);
  assert.ok(live >= 40, `${live} of ${vectors.length}`);
  await context.close();
});

/** @param {string} text */
const escaped = (text) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/**
 * Imports the file and looks at every page it made.
 * @param {string} kind
 * @param {string} name
 * @param {string} content
 * @param {string[]} [list]  the vectors, an item each
 */
async function look(kind, name, content, list = vectors) {
  const file = path.join(site.folder, name);
  fs.writeFileSync(file, content);
  const { stdout } = await broadsheet(["import", kind, file, "--json", "--data", site.data]);
  const results = stdout.trim().split("\n").map((line) => JSON.parse(line)).filter((result) => result.outcome === "created");
  assert.ok(results.length > list.length * 0.7, `${results.length} of ${list.length} came in`);
  const { page, fired, context } = await watched();
  const before = `${origin}/en/article/`;
  for (const result of results) {
    await page.goto(`${before}${result.id}`);
    assert.equal(await page.title().then((/** @type {string} */ title) => title.length > 0), true);
    await handle(page);
    assert.deepEqual([result.item, fired, await suspicious(page)], [result.item, [], []], list[result.item - 1]);
  }
  note(`${results.length} pages`);
  await context.close();
}

test("in the bodies of a WordPress export", () =>
  look("wxr", "body.xml", wxr(...vectors.map((body, n) => ({ id: n + 1, body: `Before ${body} behind.` })))));

test("in its titles, excerpts, names and what search engines are told", () =>
  look("wxr", "fields.xml", wxr(...vectors.map((vector, n) => ({
    id: 1000 + n, title: `T ${vector}`,
    more: `<excerpt:encoded>${escaped(vector)}</excerpt:encoded>
      <category domain="category" nicename="c${n}">C ${escaped(vector)}</category><category domain="post_tag" nicename="t${n}">T ${escaped(vector)}</category>
      <category domain="author" nicename="cap-a${n}">A ${escaped(vector)}</category>
      ${["_yoast_wpseo_title", "_yoast_wpseo_metadesc", "_yoast_wpseo_canonical"].map((key) => `<wp:postmeta><wp:meta_key>${key}</wp:meta_key><wp:meta_value>${escaped(vector)}</wp:meta_value></wp:postmeta>`).join("")}` })))));

// The other imports share what makes documents and what prints them: a third of
// the vectors tells whether a field goes past it.
const some = vectors.filter((_, n) => n % 3 === 0);

test("in every field of a Ghost export", () =>
  look("ghost", "ghost.json", JSON.stringify({ db: [{ data: {
    posts: some.map((vector, n) => ({ id: `p${n}`, uuid: `u${n}`, title: `T ${vector}`, slug: `s-${n}`, html: `Before ${vector} behind`, custom_excerpt: vector, canonical_url: vector, status: "published", visibility: "public", published_at: "2021-02-03T10:00:00Z" })),
    users: some.map((vector, n) => ({ id: `a${n}`, name: `A ${vector}`, slug: `g${n}`, bio: vector })),
    posts_authors: some.map((_, n) => ({ post_id: `p${n}`, author_id: `a${n}` })),
    tags: some.map((vector, n) => ({ id: `t${n}`, name: `G ${vector}`, slug: `g${n}` })),
    posts_tags: some.map((_, n) => ({ post_id: `p${n}`, tag_id: `t${n}` })),
    posts_meta: some.map((vector, n) => ({ post_id: `p${n}`, meta_title: vector, meta_description: vector, feature_image_alt: vector, feature_image_caption: vector })),
  } }] }), some));

test("in every field of a feed", () =>
  look("rss", "feed.xml", `<rss xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:media="http://search.yahoo.com/mrss/"><channel><link>https://x.example/</link>${some.map((vector, n) => {
    const text = escaped(vector);
    return `<item><guid>x${n}</guid><title>T ${text}</title><description>${text}</description><content:encoded>Before ${text} behind</content:encoded><dc:creator>F ${text}</dc:creator><category>F ${text}</category><source>${text}</source><media:title>${text}</media:title><pubDate>Wed, 03 Feb 2021 14:00:00 +0400</pubDate></item>`;
  }).join("")}</channel></rss>`, some));

await run();
