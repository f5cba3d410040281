#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What a reader keeps on the own device: saved articles open without a network,
// with their pictures and fonts, and nobody sees an old page while there is
// one. The paper can be installed.
import assert from "node:assert/strict";

import { findBrowser, launch, openPage, overflow, screenshot } from "../lib/browser.mjs";
import { must, Site, until } from "../lib/site.mjs";
import { Stand } from "../lib/stand.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";

const { playwright, why } = await findBrowser();
if (!playwright) {
  skip("saving in a browser", String(why));
} else {
  const site = await Site.demo();
  await site.serve();
  const stand = await Stand.open(site.port);
  const { origin } = stand;
  const browser = await launch(playwright);
  const list = JSON.parse(await site.run("article", "list", "--json", "-n", "60"));
  /** A published article of the language that has a picture. @param {string} language */
  const pictured = async (language) => {
    for (const { id, state, language: its } of list.articles ?? list) {
      if (state !== "published" || its !== language) continue;
      const article = JSON.parse(await must(["article", "show", id, "--json", "--data", site.data]));
      if (article.picture) return { id, headline: article.headline, path: `/${language}/article/${article.slug}-${id}` };
    }
    throw new Error(`no picture in ${language}`);
  };
  const english = await pictured("en");
  const georgian = await pictured("ka");

  /** @param {string} headline */
  const publish = async (headline, language = "en") => {
    const { id } = await site.write({ headline, language, categories: ["politics"], publish: true });
    return id;
  };
  /** @param {any} page */
  const save = async (page, path = english.path) => {
    await page.goto(origin + path, { waitUntil: "load" });
    await page.locator("[data-save] button").click();
    await page.waitForFunction(() => document.querySelector("[data-save] button[aria-pressed=true]:enabled"));
    await page.evaluate(() => navigator.serviceWorker.ready);
  };
  const h1 = (/** @type {any} */ page) => page.locator("h1:visible").innerText();
  const back = () => {
    stand.to = site.port;
  };
  /** @param {Record<string, unknown>} [options] */
  const open = (options) => {
    back();
    stand.instead.clear();
    return openPage(browser, origin, options);
  };

  test("the paper can be installed, in every language", async () => {
    for (const lang of ["en", "ka", "ru"]) {
      const { page, context, wrong } = await open();
      await page.goto(`${origin}/${lang}/`, { waitUntil: "load" });
      const session = await context.newCDPSession(page);
      const manifest = await session.send("Page.getAppManifest");
      assert.deepEqual(manifest.errors, []);
      const { name, lang: its, icons, start_url, dir } = JSON.parse(manifest.data);
      assert.ok(name && dir === "ltr" && its === lang && start_url === `/${lang}/`);
      for (const { src, sizes } of icons) {
        const [width] = sizes.split("x");
        const size = await page.evaluate(async (/** @type {string} */ url) => {
          const image = await createImageBitmap(await (await fetch(url)).blob());
          return [image.width, image.height];
        }, src);
        assert.deepEqual(size, [Number(width), Number(width)], src);
      }
      const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
      // The windows of these tests are all private ones.
      const errors = installabilityErrors.filter((/** @type {any} */ { errorId }) => errorId !== "in-incognito");
      assert.deepEqual(errors, []);
      assert.deepEqual(wrong, []);
      await context.close();
    }
  });

  test("who has saved nothing gets no service worker, and nothing of it is fetched", async () => {
    const { page, context, wrong } = await open();
    stand.asked = [];
    await page.goto(origin + english.path, { waitUntil: "networkidle" });
    assert.ok(await page.locator("[data-save] button").isVisible());
    assert.equal(await page.evaluate(async () => (await navigator.serviceWorker.getRegistrations()).length), 0);
    assert.deepEqual(stand.asked.filter((path) => /sw\.js|saving|saved/.test(path)), []);
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test("without JavaScript there is no button, and the list says why it is empty", async () => {
    const { page, context } = await open({ javaScriptEnabled: false });
    await page.goto(origin + english.path);
    assert.ok(!(await page.locator("[data-save]").isVisible()));
    await page.goto(`${origin}/en/saved`);
    assert.match(await page.locator(".shelf").innerText(), /needs JavaScript/);
    await context.close();
  });

  test("with something saved, a page is as new as without", async () => {
    const { page, context, wrong } = await open();
    await save(page);
    for (const path of ["/en/", "/en/politics"]) await page.goto(origin + path);
    for (const headline of ["News that just came in", "And more of it a moment later"]) {
      await publish(headline);
      for (const path of ["/en/", "/en/politics"]) {
        await page.goto(origin + path);
        assert.ok(await page.evaluate(() => Boolean(navigator.serviceWorker.controller)), "by way of the worker");
        assert.match(await page.locator("main").innerText(), new RegExp(headline), path);
      }
      await page.goBack();
      await page.reload();
      assert.match(await page.locator("main").innerText(), new RegExp(headline), "and when it is loaded again");
    }
    const keys = await page.evaluate(async () => {
      const urls = [];
      for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys()) urls.push(new URL(url).pathname);
      return urls;
    });
    assert.ok(!keys.includes("/en/") && !keys.includes("/en/politics"), "no front is kept");
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test("control: a worker that looks into its cache first is caught", async () => {
    const { page, context } = await open();
    stand.instead.set("/sw.js", {
      body: `addEventListener("install", () => skipWaiting());
        addEventListener("fetch", (event) => event.respondWith((async () => {
          const cache = await caches.open("pages");
          const found = await cache.match(event.request);
          if (found) return found;
          const answer = await fetch(event.request);
          if (event.request.mode === "navigate") await cache.put(event.request, answer.clone());
          return answer;
        })()));`,
    });
    await save(page);
    await page.goto(`${origin}/en/`);
    await publish("What a stale worker hides");
    await page.goto(`${origin}/en/`);
    const text = await page.locator("main").innerText();
    stand.instead.clear();
    assert.ok(!text.includes("What a stale worker hides"), "the test above would have failed");
    await context.close();
  });

  for (const [width, colorScheme] of /** @type {const} */ ([[360, "light"], [1280, "dark"]])) {
    test(`${width} px: a saved article opens without a server, with its picture and fonts; others tell`, async () => {
      const { page, context } = await open({ viewport: { width, height: 800 }, colorScheme });
      await save(page, georgian.path);
      await save(page);
      await screenshot(page, `save-${width}`);
      const code = await site.stop();
      assert.equal(code, 0);
      stand.away();

      await page.goto(origin + english.path + "?utm_source=mail");
      assert.equal(await h1(page), english.headline);
      await page.waitForFunction(() => document.fonts.status === "loaded");
      const whole = await page.evaluate(() => ({
        picture: /** @type {HTMLImageElement} */ (document.querySelector("article figure img")).naturalWidth,
        fonts: [...document.fonts].filter(({ status }) => status === "loaded").map(({ family }) => family),
        // A face that stands in until ours is there is on the machine or not.
          failed: [...document.fonts].filter(({ status, family }) => status === "error" && !/ Near/.test(family)).map(({ family }) => family),
        style: getComputedStyle(document.body).backgroundColor,
      }));
      assert.ok(whole.picture > 0, "the picture");
      assert.ok(whole.fonts.includes("Text") && whole.fonts.includes("Display"), String(whole.fonts));
      assert.deepEqual(whole.failed, []);
      await screenshot(page, `saved-article-${width}`);

      // A page that is not there says so in the language of its address.
      for (const [path, title] of [["/en/", "You are offline"], ["/ka/", "ინტერნეტი არ არის"], ["/ka/tv", "ინტერნეტი არ არის"]]) {
        await page.goto(origin + path);
        assert.equal(await h1(page), title);
        assert.equal(await overflow(page), "");
        const links = await page.locator(".shelf li a").evaluateAll((/** @type {any[]} */ all) => all.map((a) => a.pathname));
        assert.deepEqual(links, [english.path, georgian.path].map(encodeURI), "the newest first");
        const small = await page.locator(".shelf li img").first().evaluate((/** @type {any} */ image) => image.decode().then(() => image.naturalWidth));
        assert.ok(small > 0);
      }
      await screenshot(page, `offline-${width}`);
      await page.locator(".shelf li a").first().click();
      await page.waitForURL("**/article/**");
      assert.equal(await h1(page), english.headline);

      // Another size of the picture than the one that was saved is that one.
      await page.setViewportSize({ width: width === 360 ? 1280 : 360, height: 800 });
      await page.reload();
      assert.ok(await page.locator("article figure img").evaluate((/** @type {any} */ image) => image.decode().then(() => image.naturalWidth > 0)));

      await site.serve();
      back();
      await publish(`The server is back, ${width}`);
      await page.goto(`${origin}/en/`);
      assert.match(await page.locator("main").innerText(), new RegExp(`The server is back, ${width}`));
      await context.close();
    });
  }

  test("the page that stood in for another one goes when the network is back", async () => {
    const { page, context } = await open();
    await save(page);
    stand.away();
    await page.goto(`${origin}/en/`);
    assert.equal(await h1(page), "You are offline");
    back();
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await page.waitForSelector(".front");
    await page.goto(`${origin}/en/saved`);
    assert.equal(await h1(page), "Saved articles");
    await context.close();
  });

  test("a browser takes the next worker over, whatever the last one was", async () => {
    const { page, context } = await open();
    const old = `addEventListener("install", () => skipWaiting());
      addEventListener("fetch", (event) => { if (event.request.mode === "navigate")
        event.respondWith(new Response("<title>old</title>", { headers: { "Content-Type": "text/html" } })); });`;
    stand.instead.set("/sw.js", { body: old });
    await save(page);
    await page.goto(`${origin}/en/`);
    assert.equal(await page.title(), "old");
    stand.instead.clear();
    // As the browser does by itself, a second or so after a page was opened.
    await page.evaluate(async () => void (await (await navigator.serviceWorker.getRegistration())?.update()));
    await until(async () => {
      await page.goto(`${origin}/en/`);
      return (await page.title()) !== "old";
    }, "the new worker is in charge");
    const answer = await site.get("/sw.js");
    assert.equal(answer.get("cache-control"), "no-cache");
    assert.match(answer.get("content-type") ?? "", /^text\/javascript/);
    assert.equal(answer.get("content-security-policy"), "default-src 'none'; connect-src 'self'");
    await context.close();
  });

  test("the list: articles of all languages, removing, and nothing left behind", async () => {
    const { page, context, wrong } = await open({ viewport: { width: 360, height: 740 } });
    await page.goto(`${origin}/saved`);
    assert.equal(page.url(), `${origin}/en/saved`);
    await page.waitForSelector("[data-part=empty]:visible");
    await screenshot(page, "saved-empty-360");
    await save(page, georgian.path);
    await save(page);
    await page.goto(`${origin}/ka/saved`, { waitUntil: "networkidle" });
    assert.equal(await h1(page), "შენახული სტატიები");
    assert.deepEqual(
      await page.locator(".shelf li a").allInnerTexts(),
      [english.headline, georgian.headline],
    );
    assert.equal(await overflow(page), "");
    await screenshot(page, "saved-360");
    await page.locator(".shelf li button").first().click();
    await page.waitForFunction(() => document.querySelectorAll(".shelf li").length === 1);
    assert.equal(
      await page.evaluate(() => document.activeElement?.textContent),
      georgian.headline,
      "the focus is on what is left",
    );
    await page.locator(".shelf li button").click();
    await page.waitForSelector("[data-part=empty]:visible");
    const left = await page.evaluate(async () => {
      const urls = [];
      for (const name of await caches.keys())
        for (const { url } of await (await caches.open(name)).keys()) urls.push(new URL(url).pathname);
      return urls;
    });
    const known = /^\/(\.about|(en|ka)\/saved|assets\/(reader|saving|favicon|latin|georgian|points|lari)[-\w.]*)$/;
    assert.deepEqual(left.filter((/** @type {string} */ path) => !known.test(path)), []);
    await page.goto(origin + english.path);
    assert.equal(await page.locator("[data-save] button").getAttribute("aria-pressed"), "false");
    assert.deepEqual(wrong, []);
    await context.close();
  });

  test("a correction reaches the copy; what is withdrawn is kept no longer", async () => {
    const { page, context } = await open();
    const id = await publish("A story with a mistake");
    const path = `/en/article/a-story-with-a-mistake-${id}`;
    await save(page, path);
    await site.run("article", "correct", id, "It was seven, not eight.");
    await page.goto(origin + path);
    await until(
      () =>
        page.evaluate(async (/** @type {string} */ path) => {
          const copy = await caches.match(path);
          return copy && (await copy.text()).includes("It was seven");
        }, path),
      "the copy has the correction",
    );
    stand.away();
    await page.goto(origin + path);
    assert.match(await page.locator("article.article").innerText(), /It was seven, not eight/);
    back();
    await site.withdraw(id, "It was wrong.");
    await page.goto(`${origin}/en/saved`);
    await page.waitForFunction(() => /was withdrawn/.test(document.querySelector(".shelf li")?.textContent ?? ""));
    await page.reload();
    await page.waitForSelector("[data-part=empty]:visible");
    stand.away();
    await page.goto(origin + path);
    assert.equal(await h1(page), "You are offline");
    back();
    await context.close();
  });

  test("a full device, and a network that fails while saving, are told, and nothing half is kept", async () => {
    const { page, context } = await open();
    const session = await context.newCDPSession(page);
    await page.goto(origin + english.path, { waitUntil: "networkidle" });
    const status = () => page.locator("[data-save] [role=status]").innerText();
    await session.send("Storage.overrideQuotaForOrigin", { origin, quotaSize: 20_000 });
    await page.locator("[data-save] button").click();
    await until(async () => /no room left/.test(await status()), "the reader is told");
    const kept = () => page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith("saved ")));
    assert.deepEqual(await kept(), []);
    assert.equal(await page.locator("[data-save] button").getAttribute("aria-pressed"), "false");
    await session.send("Storage.overrideQuotaForOrigin", { origin });
    stand.away();
    await page.locator("[data-save] button").click();
    await until(async () => /could not be saved/.test(await status()), "the reader is told");
    assert.deepEqual(await kept(), []);
    back();
    await page.locator("[data-save] button").click();
    await until(async () => /Saved on this device/.test(await status()), "it works again");
    await context.close();
  });

  test("a server that fails shows the saved copy; of other pages its own answer", async () => {
    const { page, context } = await open();
    await save(page);
    for (const path of [english.path, "/en/"])
      stand.instead.set(path, { status: 503, type: "text/html", body: "<h1>Busy</h1>" });
    await page.goto(origin + english.path);
    assert.equal(await h1(page), english.headline);
    await page.goto(`${origin}/en/`);
    assert.equal(await h1(page), "Busy");
    stand.instead.clear();
    await context.close();
  });

  test("what it costs in bytes", async () => {
    const size = async (/** @type {string} */ path) => {
      const answer = await site.get(path, { fields: { "Accept-Encoding": "br" } });
      assert.equal(answer.get("content-encoding"), "br");
      return answer.body.length;
    };
    const html = (await site.get(english.path)).text();
    const [, reader = ""] = /src="(\/assets\/reader-[^"]+)"/.exec(html) ?? [];
    const [, saving = ""] = /data-saving="([^"]+)"/.exec(html) ?? [];
    const sizes = [await size(reader), await size(saving), await size("/sw.js")];
    note(`brotli: reader ${sizes[0]}, saving ${sizes[1]}, worker ${sizes[2]} bytes`);
    const [always = 0, saved = 0, worker = 0] = sizes;
    assert.ok(always + worker <= 6 * 1024, String(sizes));
    assert.ok(saved <= 2.5 * 1024, String(sizes)); // only for who saves something
  });
}
await run();
