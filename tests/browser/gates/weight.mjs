// SPDX-License-Identifier: Apache-2.0
// What a page costs the reader: bytes, requests, fonts, and how much of the
// first screen of a phone is journalism.
import assert from "node:assert/strict";
import zlib from "node:zlib";

import { openPage } from "../../lib/browser.mjs";
import { inPairs, viewportOf } from "../../lib/paper.mjs";
import { until } from "../../lib/site.mjs";
import { note, test } from "../../lib/tap.mjs";

const KB = 1024;
const HTML_MAX = { front: 14 * KB, article: 12 * KB };
const STYLE_MAX = 8 * KB;
const SCRIPT_MAX = 6 * KB;
const FONTS_MAX = 60 * KB;
const VIEW_MAX = { front: 200 * KB, article: 180 * KB };
const REQUESTS_MAX = 12;
const JOURNALISM_MIN = 0.55;
const QUIET_MS = 500; /* without an answer: that was the first view */
const KINDS = /** @type {const} */ (["front", "article"]);
/** A phone whose pixels are fine, and a desktop. */
const SCREENS = [
  { viewport: viewportOf(360), deviceScaleFactor: 2 },
  { viewport: viewportOf(1280), deviceScaleFactor: 1 },
];

const brotli = { fields: { "Accept-Encoding": "br" } };
/** @param {number} bytes */
const kb = (bytes) => `${(bytes / KB).toFixed(1)} KB`;

/** The share of the screen that stories fill: a point each 8 pixels. */
function journalism() {
  let inside = 0;
  let all = 0;
  for (let y = 4; y < innerHeight; y += 8)
    for (let x = 4; x < innerWidth; x += 8) {
      all++;
      if (document.elementFromPoint(x, y)?.closest("main .story")) inside++;
    }
  return inside / all;
}

/**
 * What the first view fetches.
 * @param {import("../../lib/paper.mjs").Paper} paper
 * @param {string} target
 * @param {Record<string, unknown>} screen
 */
async function firstView(paper, target, screen) {
  const { page, context, wrong } = await openPage(paper.browser, paper.origin, screen);
  const wire = await context.newCDPSession(page);
  let bytes = 0;
  let requests = 0;
  let latest = Date.now();
  const running = new Set();
  /** @type {string[]} */
  const fonts = [];
  /** @type {string[]} */
  const television = [];
  // What the view shows; that somebody reads, and wants to hear news, comes after it.
  wire.on("Network.requestWillBeSent", ({ requestId, type, request }) => {
    if (["EventSource", "Fetch", "Ping"].includes(type)) return;
    if (type === "Font") fonts.push(new URL(request.url).pathname);
    const { pathname } = new URL(request.url);
    if (/^\/live\/(?!\w+\/poster\.jpg$)|^\/assets\/player-/.test(pathname)) television.push(pathname);
    requests++;
    running.add(requestId);
  });
  const ended = (/** @type {string} */ requestId) => {
    running.delete(requestId);
    latest = Date.now();
  };
  wire.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    bytes += encodedDataLength;
    ended(requestId);
  });
  wire.on("Network.loadingFailed", ({ requestId }) => ended(requestId));
  await wire.send("Network.enable");
  await page.goto(paper.origin + target);
  await until(() => running.size === 0 && Date.now() - latest > QUIET_MS, "everything of the first view is there");
  const share = await page.evaluate(journalism);
  const ahead = await page.evaluate(() => [...document.querySelectorAll("link[as=font]")].map((link) => link.getAttribute("href")));
  await context.close();
  // A face for a few letters of another language weighs as much as the page.
  const late = fonts.filter((font) => !ahead.includes(font) && !font.includes("italic"));
  return { bytes, requests, share, late, television, wrong };
}

/** @param {import("../../lib/paper.mjs").Paper} paper */
export default function gate(paper) {
  for (const lang of paper.languages) {
    test(`${lang}: HTML, style, scripts and fonts weigh what they may`, async () => {
      for (const kind of KINDS) {
        const { target } = paper.page(lang, kind);
        const answer = await paper.site.get(target, brotli);
        assert.equal(answer.get("content-encoding"), "br");
        const html = answer.text();
        const style = zlib.brotliCompressSync(/<style>(.*?)<\/style>/s.exec(html)?.[1] ?? "").length;
        const addresses = [...html.matchAll(/<script[^>]* src="([^"]+)"/g)].map((match) => match[1] ?? "");
        const fonts = [...html.matchAll(/<link rel="preload" href="([^"]+)" as="font"/g)].map((match) => match[1] ?? "");
        assert.ok(style > 0 && addresses.length > 0 && fonts.length > 0, "style, scripts, fonts");
        const weigh = async (/** @type {string[]} */ list) =>
          (await Promise.all(list.map((address) => paper.site.get(address, brotli)))).reduce((sum, { body }) => sum + body.length, 0);
        const script = await weigh(addresses);
        const font = await weigh(fonts);
        note(`${lang} ${kind}: HTML and CSS ${kb(answer.body.length)}, CSS ${kb(style)}, scripts ${kb(script)}, fonts ${kb(font)}`);
        assert.ok(answer.body.length <= HTML_MAX[kind], `${kind}: HTML and CSS`);
        assert.ok(style <= STYLE_MAX, `${kind}: CSS`);
        assert.ok(script <= SCRIPT_MAX, `${kind}: scripts`);
        assert.ok(font <= FONTS_MAX, `${kind}: fonts`);
      }
    });

    test(`${lang}: the first view is light, asks little, and of nobody else`, async () => {
      const views = KINDS.flatMap((kind) => SCREENS.map((screen) => ({ kind, screen })));
      await inPairs(views, async ({ kind, screen }) => {
        const { bytes, requests, share, late, television, wrong } = await firstView(paper, paper.page(lang, kind).target, screen);
        const { width } = screen.viewport;
        note(`${lang} ${kind} ${width}: ${kb(bytes)} in ${requests} requests, ${(share * 100).toFixed(0)} % stories`);
        assert.deepEqual(late, [], `${kind} at ${width}: faces that nobody said would be needed: ${late.join(", ")}`);
        assert.deepEqual(television, [], `${kind}: of the stream and its player before Play`);
        assert.deepEqual(wrong, []);
        assert.ok(bytes <= VIEW_MAX[kind], `${kind} at ${width}: ${kb(bytes)}`);
        assert.ok(requests <= REQUESTS_MAX, `${kind} at ${width}: ${requests} requests`);
        if (kind === "front" && width === 360)
          assert.ok(share >= JOURNALISM_MIN, `stories fill ${share.toFixed(2)} of the first screen`);
      });
    });
  }
}
