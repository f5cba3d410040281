#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Captions in a second language, and more: each channel of line 21 that says
// something is a rendition of its own, and a viewer chooses.
import assert from "node:assert/strict";

import { findBrowser, launch, openPage, overflow } from "../lib/browser.mjs";
import { control, makeFeed, packet, say, sending } from "../lib/captions.mjs";
import { Encoder } from "../lib/encoder.mjs";
import { parse } from "../lib/live.mjs";
import { freePort } from "../lib/ports.mjs";
import { Site, until } from "../lib/site.mjs";
import { run, skip, test } from "../lib/tap.mjs";

const rtmp = await freePort();
const site = await Site.make("--language", "en");
await site.run("channel", "add", "news", "--ladder", "source");
const { key } = JSON.parse(await site.run("channel", "key", "add", "news", "--json"));
await site.serve("--rtmp", `127.0.0.1:${rtmp}`);

/** @typedef {[number, number][]} Pairs */
/** @type {Map<number, Pairs>} */
const first = new Map(), second = new Map();
/** @type {Map<number, number[]>} */
const digital = new Map();
const text = (/** @type {string} */ words) => [...words].map((letter) => letter.charCodeAt(0));
const NAME = /** @type {Pairs} */ ([[0x01, 0x03], ...say("EL NOTICIERO"), [0x0f, 0x1d]]); // of the programme: no caption
for (let n = 0; n < 30; n++) {
  const at = 100 * n;
  first.set(at, [...control(0x1420), ...control(0x142e), ...control(0x1470), ...say(`GOOD EVENING ${n}`)]);
  first.set(at + 30, control(0x142f));
  first.set(at + 90, control(0x142c));
  second.set(at, [...control(0x1520), ...control(0x152e), ...control(0x1570), ...say(`BUENAS `), ...NAME, ...control(0x1520), ...say(`NOCHES ${n}`)]);
  second.set(at + 40, control(0x152f));
  second.set(at + 90, control(0x152c));
  digital.set(at, packet(2 * n, [0x98, 0x20, 70, 0, 0, 31, 0x11, 0x88, 1, ...text(`BONSOIR ${n}`)], 3));
  digital.set(at + 80, packet(2 * n + 1, [0x88, 1], 3));
}
const feed = makeFeed(site.folder, 120, first, digital, second);

const master = async () => (await site.get("/live/news/master.m3u8")).text();
/** All that a track says. @param {string} name */
async function said(name) {
  const list = (await site.get(`/live/news/${name}/index.m3u8?dvr=1`)).text();
  /** @type {Set<string>} */
  const found = new Set();
  for (const file of list.split("\n").filter((line) => line.endsWith(".vtt"))) {
    const vtt = (await site.get(`/live/news/${name}/${file}`)).text();
    for (const [, words] of vtt.matchAll(/ --> .*\n((?:.+\n?)+)/g)) found.add(String(words).trim());
  }
  return [...found];
}

test("each that carries something is a rendition, named as its channel; others are none", async () => {
  const encoder = new Encoder();
  encoder.run(sending(feed, `rtmp://127.0.0.1:${rtmp}/live/${key}`));
  const list = await until(async () => {
    const now = await master();
    return now.includes('"CC3"') && now.includes('"CC2"') && now.includes('"Captions"') && now;
  }, "three are offered");
  const offered = [...list.matchAll(/TYPE=SUBTITLES,GROUP-ID="captions",NAME="(\w+)",DEFAULT=NO,AUTOSELECT=YES,URI="([^?]*)\?/g)].map(([, name, uri]) => [name, uri]);
  assert.deepEqual(offered, [["Captions", "captions/index.m3u8"], ["CC2", "captions-2/index.m3u8"], ["CC3", "captions-3/index.m3u8"]]);
  assert.equal(parse(list).variants[0].subtitles.length, 3);
  assert.match(String((await site.get("/live/news/source/index.m3u8")).get("broadsheet-captions")), /^1 2 3$/);
});

test("each says its own, and none what belongs to another", async () => {
  await until(async () => (await said("captions-3")).length >= 2 && (await said("captions-2")).length >= 2, "two of each came");
  for (const [name, pattern] of /** @type {[string, RegExp][]} */ ([
    ["captions", /^GOOD EVENING \d+$/],
    ["captions-2", /^BONSOIR \d+$/],
    ["captions-3", /^BUENAS NOCHES \d+$/],
  ]))
    for (const words of await said(name)) assert.match(words, pattern);
  assert.deepEqual(await said("captions-4"), []);
  assert.equal((await site.get("/live/news/captions-5/index.m3u8")).status, 404);
});

test("whoever runs the channel says which languages they are, and offers one before it comes", async () => {
  await site.run("channel", "change", "news", "--captions", "cc1=en,cc3=es,cc4=ka");
  const list = await until(async () => {
    const now = await master();
    return now.includes("LANGUAGE") && now;
  }, "languages are told");
  const offered = [...list.matchAll(/TYPE=SUBTITLES,GROUP-ID="captions",NAME="([^"]*)"(?:,LANGUAGE="(\w+)")?,DEFAULT=NO,AUTOSELECT=YES,URI="([^?]*)\?/g)].map(([, ...all]) => all);
  assert.deepEqual(offered, [["English", "en", "captions/index.m3u8"], ["CC2", undefined, "captions-2/index.m3u8"], ["Español", "es", "captions-3/index.m3u8"], ["ქართული", "ka", "captions-4/index.m3u8"]]);
  assert.equal(parse(list).variants[0].subtitles[2].language, "es");
  assert.equal((await site.get("/live/news/source/index.m3u8")).get("broadsheet-captions"), "1=en 2 3=es 4=ka");
  await site.run("channel", "change", "news", "--captions", "cc3=es");
  await until(async () => !(await master()).includes("ქართული"), "what is taken back is not offered");
  assert.match(await master(), /NAME="Captions",DEFAULT/);
});

const { playwright, why } = await findBrowser();
if (!playwright) skip("captions in a browser", String(why));
else
  test("a viewer chooses among them", async () => {
    const origin = `http://127.0.0.1:${site.port}`;
    const browser = await launch(playwright);
    const { page, wrong } = await openPage(browser, origin, { viewport: { width: 360, height: 740 } });
    /** @param {RegExp} pattern */
    const sees = (pattern) =>
      until(async () => {
        const texts = await page.evaluate(() =>
          [...(document.querySelector("video")?.textTracks ?? [])].flatMap((track) => (track.mode === "showing" ? [...(track.activeCues ?? [])] : []).map((cue) => /** @type {VTTCue} */ (cue).text)),
        );
        return texts.some((/** @type {string} */ one) => pattern.test(one)) && texts;
      }, `${pattern} is on the screen`);
    await page.goto(`${origin}/en/tv`);
    await page.click("[data-play]");
    await page.waitForSelector("[data-do=captions]:visible");
    assert.equal(await page.isVisible("[data-do=track]"), false);
    await page.click("[data-do=captions]");
    await page.waitForSelector("[data-do=track]:visible");
    assert.deepEqual(await page.$$eval("[data-do=track] option", (/** @type {HTMLOptionElement[]} */ all) => all.map((one) => one.text)), ["Captions", "CC2", "Español"]);
    await sees(/GOOD EVENING/);
    await page.selectOption("[data-do=track]", "3");
    const texts = await sees(/BUENAS NOCHES/);
    assert.ok(!texts.some((/** @type {string} */ one) => /EVENING/.test(one)));
    assert.equal(await overflow(page), "");
    const choice = () => page.$eval("[data-do=track]", (/** @type {HTMLSelectElement} */ select) => {
      const style = getComputedStyle(select);
      const pen = /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
      pen.font = style.font;
      const room = select.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight) - 20; // its arrow
      return { names: [...select.options].map((one) => one.text), room, needed: Math.max(...[...select.options].map((one) => pen.measureText(one.text).width)) };
    });
    const { room, needed } = await choice();
    assert.ok(room >= needed, `the names need ${needed} px of ${room}`);
    await site.run("channel", "change", "news", "--captions", "cc1=en,cc2=fr,cc3=es-MX");
    await until(async () => (await choice()).names.join() === "English,Français,Español (México)", "who watches is told other languages");
    assert.equal(await page.$eval("[data-do=track]", (/** @type {HTMLSelectElement} */ select) => select.value), "3", "what was chosen stays so");
    await page.screenshot({ path: "build/screenshots/tv-captions-languages.png" });
    await page.click("[data-do=captions]");
    assert.equal(await page.isVisible("[data-do=track]"), false);
    assert.deepEqual(wrong, []);
    await browser.close();
  });

await run();
