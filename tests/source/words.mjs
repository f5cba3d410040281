#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Whatever a reader sees comes from web/messages: no template, script or
// printed page says anything of its own, each message is asked for by
// somebody, and each is there in every language, as the language needs it.
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";

import { broadsheet, root } from "../lib/site.mjs";
import { finally_, run, test } from "../lib/tap.mjs";

/** @param {string} folder @param {RegExp} wanted @returns {string[]} */
const files = (folder, wanted) =>
  fs
    .readdirSync(path.join(root, folder), { recursive: true, encoding: "utf8" })
    .map((name) => path.join(folder, name))
    .filter((name) => wanted.test(name))
    .sort();
/** @param {string} name */
const read = (name) => fs.readFileSync(path.join(root, name), "utf8");

const templates = files("web", /\.html$/);
const scripts = files("web", /\.m?js$/);
const sources = files("src", /\.[ch]$/);
const keys = [...read("web/messages/en.properties").matchAll(/^([a-z0-9_.-]+) *=/gm)].map((m) => m[1] ?? "");

/** Names, not words: the same in every language. */
const NAMES = new Set(["Atom", "RSS", "Telegram", "WhatsApp", "Facebook"]);

test("every language has every message, with its arguments and plurals", async () => {
  const { code, stdout, stderr } = await broadsheet(["language", "check", path.join(root, "web/messages")]);
  assert.equal(code, 0, stdout + stderr);
  for (const language of ["en", "ka", "ru", "ar"]) assert.ok(fs.existsSync(path.join(root, `web/messages/${language}.properties`)));
});

test("every message is asked for by a template, a script or the program", () => {
  const asked = templates.concat(scripts).map(read).join("\n");
  const said = sources.map(read).join("\n");
  const unused = keys.filter((key) => !new RegExp(`\\bt\\.${key.replaceAll(".", "\\.")}\\b`).test(asked) && !said.includes(`"${key}"`));
  assert.deepEqual(unused, []);
});

test("every message that is asked for is there", () => {
  const missing = [];
  for (const name of templates)
    for (const [, key = ""] of read(name).matchAll(/\{\{[#^/&{]?\s*t\.([a-z0-9_.-]+)/g))
      if (!keys.includes(key) && !keys.some((other) => other.startsWith(`${key}.`))) missing.push(`${name}: ${key}`);
  for (const name of sources)
    for (const [, key = ""] of read(name).matchAll(/catalogue_(?:text|format)\([^;]*?STR\("([a-z0-9_.-]+)"\)/g))
      if (!keys.includes(key)) missing.push(`${name}: ${key}`);
  assert.deepEqual(missing, []);
});

test("no template says anything of its own", () => {
  const own = [];
  for (const name of templates) {
    const text = read(name)
      .replace(/\{\{!.*?\}\}/gs, "")
      .replace(/\{\{.*?\}\}\}?/gs, "")
      .replace(/<(style|script)\b.*?<\/\1>/gs, "");
    const attributes = [...text.matchAll(/ (?:alt|title|aria-label|placeholder|value|data-[a-z]+)="([^"]*)"/g)].map((m) => m[1] ?? "");
    const shown = text.replace(/<[^>]*>/g, "\n").split("\n").concat(attributes);
    for (const words of shown.map((line) => line.trim()))
      if (/\p{L}{2}/u.test(words) && !NAMES.has(words) && !/^[a-z0-9_-]+(\.[a-z0-9]+)?$/.test(words)) own.push(`${name}: ${words}`); // or a file
  }
  assert.deepEqual(own, []);
});

test("no script says anything of its own", () => {
  const own = [];
  for (const name of scripts) {
    const code = read(name).replace(/\/\*.*?\*\//gs, "").replace(/(^|\s)\/\/.*$/gm, "");
    for (const [, a, b] of code.matchAll(/"((?:[^"\\\n]|\\.)*)"|`((?:[^`\\]|\\.)*)`/g)) {
      const words = (a ?? b ?? "").replace(/\$\{[^}]*\}/g, "");
      if (/[^\x00-\x7f…·–—]/.test(words.replace(/[^\p{L}]/gu, "")) || /^\p{Lu}\p{Ll}+( \p{L}+)+/u.test(words)) own.push(`${name}: ${words}`);
    }
  }
  assert.deepEqual(own, []);
});

test("no page that the program prints says anything of its own", () => {
  const own = [];
  for (const name of sources.filter((file) => /^src\/(site|edge|render)\//.test(file)))
    for (const [, text = ""] of read(name).replace(/\/\*.*?\*\//gs, "").matchAll(/"((?:[^"\\\n]|\\.)*)"/g))
      if (/[\p{Script=Georgian}\p{Script=Cyrillic}\p{Script=Arabic}]{3}/u.test(text)) own.push(`${name}: ${text}`);
  assert.deepEqual(own, []);
});

test("the stylesheet knows no left and no right, so that it can be mirrored", () => {
  const css = read("web/theme/style.css").replace(/\/\*.*?\*\//gs, "");
  const sided = [...css.matchAll(/[^-\w](?:[a-z-]+-)?(?:left|right)\s*:[^;}]*|(?:text-align|float|clear)\s*:\s*(?:left|right)[^;}]*/g)].map((m) => m[0]);
  for (const [whole, , right, , left] of css.matchAll(/(?:margin|padding|inset|border-width)\s*:\s*([^\s;}]+) ([^\s;}]+) ([^\s;}]+) ([^\s;}]+)\s*[;}]/g)) if (right !== left) sided.push(whole);
  assert.deepEqual(sided, []);
});

test("what is wrong in a catalogue is told with its line", async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "broadsheet-words-"));
  finally_(() => fs.rmSync(folder, { recursive: true }));
  fs.writeFileSync(
    path.join(folder, "ar.properties"),
    "article.views = {count, plural, one {# a} two {# b} other {# c}}\nmenu.nam = x\narticle.old = {jahre, plural, zero {a} one {a} two {a} few {a} many {a} other {a}}\nhome = a\nhome = b\n",
  );
  fs.writeFileSync(path.join(folder, "fr.properties"), "search.count = {count, plural, =0 {rien} one {#} few {#} other {#}}\n");
  fs.writeFileSync(path.join(folder, "ar-eg.properties"), "menu.name = x\n");
  const { code, stdout, stderr } = await broadsheet(["language", "check", folder]);
  assert.equal(code, 65);
  assert.doesNotMatch(stdout, /^ar-eg/m, "what its base has is not missing");
  /** @param {RegExp} wanted */
  const told = (wanted) => assert.match(stdout, wanted);
  told(/ar\.properties:1: article\.views lacks the case zero of \{count\}, which 0 is/);
  told(/ar\.properties:1: article\.views lacks the case few of \{count\}, which 3 is/);
  told(/ar\.properties:1: article\.views lacks the case many of \{count\}, which 11 is/);
  told(/ar\.properties:2: menu\.nam is not used/);
  told(/ar\.properties:3: article\.old does not have \{years\}/);
  told(/ar\.properties:3: article\.old has \{jahre\}/);
  told(/ar\.properties:5: home stands in line 4 already/);
  told(/fr\.properties:1: search\.count has a case few of \{count\}, which no number is/);
  told(/^fr: menu\.name is missing; in English: Menu$/m);
  assert.doesNotMatch(stdout, /^ar: .* is missing/m, "the built-in words go on being there");
  assert.doesNotMatch(stdout, /lacks the case many.*fr/, "millions need no case of their own");
  assert.match(stderr, new RegExp(`${stdout.trim().split("\n").length} things are to be mended`));
});

await run();
