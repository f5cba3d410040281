#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The theme guide, tried by somebody who knows nothing else: every file that it
// says to write is written, while the site runs. And the theme that comes with
// the sample newspaper.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { broadsheet, must, root, Site, until } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";

const guide = fs.readFileSync(path.join(root, "docs/theme.md"), "utf8");
const blocks = [...guide.matchAll(/^```\w+ (theme\/\S+)\n([^]*?)^```$/gm)].map(([, file = "", text = ""]) => ({ file, text }));

test("each step of the guide shows within the moment that it is saved", async () => {
  const site = await Site.make("--name", "The Try", "--language", "en", "--language", "ar");
  await site.run("category", "add", "Politics");
  await site.serve();
  for (let i = 0; i < 24; i++)
    await site.write({ headline: `Story ${i} of the day`, categories: ["politics"], publish: true });
  const front = async () => (await site.get("/en/")).text();
  assert.ok(blocks.length >= 7, `${blocks.length} files in the guide`);
  for (const { file, text } of blocks) {
    const target = path.join(site.data, file);
    const before = await front();
    fs.mkdirSync(path.dirname(target), { recursive: true });
    fs.appendFileSync(target, text);
    // A picture alone is on no page yet.
    if (!file.endsWith(".svg")) await until(async () => (await front()) !== before, `${file} shows`);
  }
  const page = await front();
  const [, mark = ""] = /<img class="mark" src="([^"]+)"/.exec(page) ?? [];
  assert.match(mark, /^\/assets\/our-mark-[0-9a-f]{16}\.svg$/);
  assert.equal((await site.get(mark)).get("content-type"), "image/svg+xml");
  assert.match(page, /<h2>As it happens<\/h2>/);
  assert.match(page, /name="theme-color" content="#ffffff"/);
  assert.match(page, /name="theme-color" content="#0d181d"/);
  assert.match(page, /h1, h2, h3, h4 \{ font-family: var\(--sans\)/);
  for (const url of ["/ar/", "/en/politics", "/en/saved", "/en/nothing", "/en/tv"])
    assert.ok([200, 404].includes((await site.get(url)).status), url);
  assert.ok(!/theme has an error|cannot be printed/.test(site.log), site.log);

  const start = site.log.length;
  fs.writeFileSync(path.join(site.data, "theme/footer.html"), "<footer>\n{{#site}}\n</footer>\n");
  await until(() => /the theme has an error.*footer\.html:\d+/s.test(site.log.slice(start)), "the log says where");
  note(site.log.slice(start).split("\n").find((line) => line.includes("footer.html")) ?? "");
  assert.match(await front(), /As it happens/, "the theme before it stays");
});

test("a theme with an error does not keep the paper from readers", async () => {
  const site = await Site.make("--name", "The Try", "--language", "en");
  const file = path.join(site.data, "theme/footer.html");
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, "<footer class=ours>\n{{#site}}\n</footer>\n");
  await site.serve();
  const front = async () => (await site.get("/en/")).text();
  assert.match(await front(), /<footer(?! class=ours)/, "the built-in theme is shown");
  assert.match(site.log, /readers get the built-in theme until.*footer\.html:\d+/s);
  const told = (await site.api("GET", "/status")).theme_error;
  assert.match(told.place, /^footer\.html:\d+/);
  assert.ok(told.cause.length > 10, JSON.stringify(told));
  const out = await broadsheet(["export", "site", path.join(site.folder, "out"), "--data", site.data]);
  assert.notEqual(out.code, 0, "what stays for years is not made of another theme than asked for");
  assert.match(out.stderr, /footer\.html:\d+/);

  fs.writeFileSync(file, "<footer class=ours></footer>\n");
  await until(async () => /<footer class=ours>/.test(await front()), "the mended file shows");
  assert.equal((await site.api("GET", "/status")).theme_error, undefined);
});

test("the sample's other theme is asked for by its name, and prints every page", async () => {
  const site = new Site();
  try {
    const wrong = await broadsheet(["demo", site.data, "--no-serve", "--theme", "becon"]);
    assert.deepEqual([wrong.code === 0, /there is no theme "becon"; there is: beacon/.test(wrong.stderr)], [false, true]);
    const nowhere = path.join(site.folder, "nowhere");
    const early = await broadsheet(["demo", nowhere, "--no-serve", "--theme", "becon"]);
    assert.deepEqual([early.code === 0, fs.existsSync(nowhere)], [false, false], "a wrong name is told before anything is made");
    assert.equal(early.stderr, wrong.stderr);
    await must(["demo", site.data, "--no-serve", "--theme", "beacon"]);
    const again = await broadsheet(["demo", site.data, "--no-serve", "--theme", "beacon"]);
    assert.match(again.stderr, /theme is there already; move it away first/);
    for (const name of ["../beacon", ".", "", "beacon/assets"])
      assert.notEqual((await broadsheet(["demo", site.data, "--no-serve", "--theme", name])).code, 0, name);
    const out = path.join(site.folder, "out");
    await site.run("export", "site", out);
    for (const language of ["en", "ka", "ru", "ar"]) {
      const page = fs.readFileSync(path.join(out, language, "index.html"), "utf8");
      assert.match(page, /class="beacon"/);
      assert.match(page, /lighthouse-[0-9a-f]{16}\.svg/);
      const fetched = [...page.matchAll(/<link rel="preload" href="([^"]+)"/g)].map(([, url = ""]) => url);
      assert.ok(fetched.length && !fetched.some((url) => url.includes("-display-")), "no face is fetched that is not used");
    }
    note(`${fs.readdirSync(path.join(out, "en/article")).length} files of English articles`);
  } finally {
    site.cleanUp();
  }
});

await run();
