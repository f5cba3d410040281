#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A page of somebody else holds an article's card in the frame that oEmbed
// tells of, in every width; it cannot hold the article itself.
import assert from "node:assert/strict";

import { findBrowser, launch, screenshot } from "../lib/browser.mjs";
import { must, Site } from "../lib/site.mjs";
import { Stand } from "../lib/stand.mjs";
import { run, skip, test } from "../lib/tap.mjs";

const { playwright, why } = await findBrowser();
if (!playwright) {
  skip("cards in a browser", String(why));
} else {
  const site = await Site.demo();
  await site.serve();
  const origin = `http://localhost:${site.port}`;
  await site.run("settings", "set", "address", origin);
  const other = await Stand.open(site.port);
  const browser = await launch(playwright);
  const list = JSON.parse(await site.run("article", "list", "--json", "-n", "300"));
  /** Two of each language: with a picture and without. @type {{ path: string, headline: string }[]} */
  const chosen = [];
  const seen = new Set();
  for (const { id, state, language } of list.articles ?? list) {
    if (state !== "published") continue;
    const { picture, slug, headline } = JSON.parse(await must(["article", "show", id, "--json", "--data", site.data]));
    const kind = `${language} ${Boolean(picture)}`;
    if (seen.has(kind)) continue;
    seen.add(kind);
    chosen.push({ path: `/${language}/article/${slug}-${id}`, headline });
  }

  for (const colorScheme of /** @type {const} */ (["light", "dark"])) {
    test(`${colorScheme}: the card stands in its frame, whole, in every language and width`, async () => {
      const page = await browser.newPage({ colorScheme, viewport: { width: 1300, height: 900 } });
      const frames = [];
      for (const { path } of chosen)
        for (const width of [600, 320]) {
          const answer = await site.get(`/oembed?url=${encodeURIComponent(origin + path)}&maxwidth=${width}`);
          frames.push(JSON.parse(answer.text()).html);
        }
      other.instead.set("/", {
        type: "text/html; charset=utf-8",
        body: `<!doctype html><title>Another paper</title>
          <body style="display:flex;flex-wrap:wrap;gap:1rem;align-items:start">${frames.join("").replaceAll('loading="lazy"', "")}`,
      });
      await page.goto(`${other.origin}/`, { waitUntil: "networkidle" });
      const cards = page.frames().slice(1);
      assert.equal(cards.length, chosen.length * 2);
      for (const [i, card] of cards.entries()) {
        const { headline = "" } = chosen[i >> 1] ?? {};
        assert.equal(await card.locator("h1").innerText(), headline);
        const cut = await card.evaluate(() => {
          const bottom = document.documentElement.clientHeight;
          const meta = /** @type {Element} */ (document.querySelector(".meta")).getBoundingClientRect();
          const title = /** @type {Element} */ (document.querySelector("h1")).getBoundingClientRect();
          const image = document.querySelector("img");
          return {
            inside: meta.bottom <= bottom && title.bottom <= meta.top + 1,
            wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
            picture: !image || image.naturalWidth > 0,
          };
        });
        assert.deepEqual(cut, { inside: true, wide: 0, picture: true }, headline);
      }
      await screenshot(page, `cards-${colorScheme}`);
      await page.close();
    });
  }

  test("a click opens the article beside the page, which learns nothing of it", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${other.origin}/`, { waitUntil: "networkidle" });
    const card = page.frames()[1];
    const opened = context.waitForEvent("page");
    await card.locator("h1 a").click();
    const article = await opened;
    await article.waitForLoadState();
    assert.equal(new URL(article.url()).pathname, encodeURI(chosen[0]?.path ?? ""));
    assert.equal(await article.evaluate(() => opener), null);
    await context.close();
  });

  test("control: the article itself does not stand in a frame of others", async () => {
    const page = await browser.newPage();
    other.instead.set("/", { type: "text/html", body: `<iframe src="${origin}${chosen[0]?.path}"></iframe>` });
    await page.goto(`${other.origin}/`, { waitUntil: "networkidle" });
    assert.equal(await page.frames()[1]?.locator("article").count(), 0);
    await page.close();
  });
}
await run();
