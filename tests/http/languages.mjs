#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A reader's languages. One more of them is files and commands, no C; the links
// to the others lead to the same story, or say that it is not there; and what
// the edge says when nobody prints is in the reader's own.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";

import { Site, broadsheet, until } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";

const site = await Site.make("--name", "The Courier", "--zone", "Europe/Paris", "--language", "en", "--language", "ar");
await site.serve();
const messages = path.join(site.data, "theme/messages");

/** A page's text without its style. @param {string} target */
const page = async (target) => {
  const answer = await site.get(target);
  assert.equal(answer.status, 200, target);
  return answer.text().replace(/<style>.*?<\/style>/s, "");
};
/** @param {Record<string, unknown>} story @returns {Promise<string>} its id */
const write = async (story) => (await site.pipe(JSON.stringify(story), "article", "new", "--publish", "-")).trim();
/** The links of the nav of languages: what stands behind each. @param {string} html */
const languages = (html) => {
  const nav = /<nav class="languages".*?<\/nav>/s.exec(html)?.[0] ?? "";
  return Object.fromEntries([...nav.matchAll(/<a href="([^"]*)" hreflang="([^"]*)"/g)].map((m) => [m[2], m[1]]));
};
/** @param {string} html */
const alternates = (html) => Object.fromEntries([...html.matchAll(/<link rel="alternate" hreflang="([^"]*)" href="([^"]*)"/g)].map((m) => [m[1], m[2]]));

// ---- A French edition -----------------------------------------------------------

test("a language begins by a command, in English words, and check says how to go on", async () => {
  await site.run("category", "add", "Economy");
  const added = await broadsheet(["language", "add", "fr", "--data", site.data]);
  assert.match(added.stderr, /^Readers see English words in it until .* broadsheet language words fr > /m);
  const { code, stdout } = await broadsheet(["language", "check", "--data", site.data]);
  assert.equal(code, 65);
  assert.match(stdout, /^fr: has no words, readers see English; begin with: broadsheet language words fr > /m);
  const html = await page("/fr/");
  assert.match(html, /<html lang="fr" dir="ltr">/);
  assert.match(html, /There is nothing here yet/);
  assert.match(await page("/en/"), /hreflang="fr" lang="fr">français</i);
});

test("its file is told by a command, translated, dropped into theme/messages, and in use", async () => {
  const begun = await site.run("language", "words", "fr");
  assert.match(begun, /^# list\.empty = There is nothing here yet\.$/m);
  const words = begun
    .replace(/^# list\.empty = .*$/m, "list.empty = Il n’y a encore rien ici.")
    .replace(/^# menu\.name = .*$/m, "menu.name = Menu général")
    .replace(/^# article\.by = .*$/m, "article.by = Par {names}")
    .replace(/^# article\.and = .*$/m, "article.and = {names} et {name}")
    .replace(/^# article\.views = .*$/m, "article.views = {count, plural, one {# lecture} other {# lectures}}")
    .replace(/^# error\.method = .*$/m, "error.method = On ne fait que lire ici.")
    .replace(/^# front\.untranslated = .*$/m, "front.untranslated = Cette page n’existe pas en français.")
    .replace(/^# language\.none = .*$/m, "language.none = Pas en {language}");
  fs.mkdirSync(messages, { recursive: true });
  fs.writeFileSync(path.join(messages, "fr.properties"), words);
  await until(async () => (await page("/fr/")).includes("Il n’y a encore rien ici."), "the new words are read");
  const html = await page("/fr/");
  assert.match(html, /Menu général/);
  assert.match(html, /Cette page n’existe pas en français/);
  assert.match(html, /Skip to the text/, "what is not translated is English");
  assert.match(html, /latin-text-[0-9a-f]+\.woff2" as="font"/, "the faces of its script are preloaded");
  const { code, stdout } = await broadsheet(["language", "check", "--data", site.data]);
  assert.equal(code, 65);
  assert.doesNotMatch(stdout, /has no words|menu\.name/);
  assert.match(stdout, /^fr: skip is missing; in English: Skip to the text$/m);
});

test("a file with an error is refused with its line, and the words before it stay", async () => {
  const file = path.join(messages, "fr.properties"), good = fs.readFileSync(file, "utf8");
  fs.writeFileSync(file, `${good}\nhome = {count, plural, one {a}}\n`);
  const { code, stderr } = await broadsheet(["language", "check", "--data", site.data]);
  const html = await page("/fr/");
  fs.writeFileSync(file, good);
  assert.equal(code, 65);
  assert.match(stderr, /theme\/messages\/fr\.properties:\d+: .*"other" is missing/);
  assert.match(html, /Menu général/);
});

test("dates, plurals, bylines, order and addresses are French", async () => {
  await site.run("category", "rename", "economy", "Économie", "--as", "fr");
  await site.run("settings", "set", "name", "Le Courrier", "-l", "fr");
  const id = await write({
    language: "fr", headline: "L’été à Besançon", text: "Un paragraphe.", categories: ["economie"],
    bylines: [{ name: "Zoé Blanc" }, { name: "Émile Noir" }, { name: "Anne Gris" }],
  });
  const front = await page("/fr/");
  assert.match(front, /<title>Le Courrier<\/title>/);
  const address = new RegExp(`/fr/article/[a-z0-9-]+-${id}`).exec(front)?.[0] ?? "";
  assert.match(address, /lete-a-besancon/);
  const article = await page(address);
  assert.match(article, /Par <b>Zoé Blanc<\/b>, <b>Émile Noir<\/b> et <b>Anne Gris<\/b>/);
  assert.match(article, /0 lecture</, "French has no plural of 0");
  const months = /janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre/;
  assert.match(await page("/fr/economie"), months);
  assert.deepEqual(alternates(article), {}, "a story of one language is no alternate of anything");
  assert.deepEqual(languages(article), { en: "/en/#untranslated", ar: "/ar/#untranslated" });
  assert.match(article, /title="Pas en English"/);
});

test("a language from right to left needs no more than that", async () => {
  await site.run("language", "add", "he");
  const known = await broadsheet(["language", "add", "ar", "--data", site.data]);
  assert.doesNotMatch(known.stderr, /English words/);
  const html = await page("/he/");
  assert.match(html, /<html lang="he" dir="rtl">/);
  assert.doesNotMatch(html, /as="font"/, "no face of another script is loaded for it");
});

// ---- One story in several ---------------------------------------------------------

test("language links lead to the same story, and hreflang says so", async () => {
  const first = await write({ language: "en", headline: "The bridge", text: "It opens.", tags: ["bridge"], bylines: [{ name: "A" }, { name: "B" }] });
  const second = await write({ language: "ar", headline: "الجسر", text: "يُفتح.", translates: first, bylines: [{ name: "ألف" }, { name: "باء" }, { name: "جيم" }] });
  /** @param {string} lang @param {string} id */
  const addressOf = async (lang, id) => new RegExp(`/${lang}/article/[a-z0-9-]+-${id}`).exec(await page(`/${lang}/`))?.[0] ?? "";
  const en = await addressOf("en", first), ar = await addressOf("ar", second);
  const html = await page(ar);
  const none = await broadsheet(["article", "new", "-", "--data", site.data], { input: '{"headline": "x", "translates": "000000000000f"}' });
  assert.match(none.stderr, /there is no article 000000000000f to be translated/);
  assert.match(html, /<html lang="ar" dir="rtl">/);
  assert.match(html, /بقلم <b>ألف<\/b>، <b>باء<\/b> و<b>جيم<\/b>/, "and is part of the word behind it");
  assert.equal(languages(html).en, en);
  assert.equal(languages(html).fr, "/fr/#untranslated");
  assert.deepEqual(alternates(html), { en, ar, "x-default": en });
  assert.deepEqual(alternates(await page(en)), { en, ar, "x-default": en });
  assert.equal(languages(await page(en)).ar, ar);
  const time = /<time [^>]*>([^<]*)</.exec(/<article.*/s.exec(html)?.[0] ?? "")?.[1] ?? "";
  assert.match(time, /^[٠-٩]{2}\.[٠-٩]{2}\.[٠-٩]{2} [٠-٩]{2}:[٠-٩]{2}$/, "figures of the language's own");
});

test("the newsroom's API links translations, changes the link and takes it away", async () => {
  /** @param {string} lang @param {string} headline @param {Record<string, unknown>} more */
  const make = async (lang, headline, more = {}) => (await site.write(/** @type {any} */ ({ language: lang, headline, publish: true, ...more }))).id;
  const en = await make("en", "The mill");
  const fr = await make("fr", "Le moulin", { translates: en });
  const ar = await make("ar", "الطاحونة");
  /** @param {string} id */
  const seen = async (id) => (await site.api("GET", `/newsroom/api/articles/${id}`)).translations.map((/** @type {any} */ t) => t.language).sort();
  /** @param {string} id @param {string | null | undefined} translates */
  const link = (id, translates) => site.api("POST", `/newsroom/api/articles/${id}/translates`, { translates });
  assert.deepEqual([await seen(en), await seen(fr), await seen(ar)], [["fr"], ["en"], []]);
  const linked = await link(ar, fr);
  assert.deepEqual(linked.translations.map((/** @type {any} */ t) => t.id).sort(), [en, fr].sort());
  assert.equal(languages(await page(`/en/article/the-mill-${en}`)).ar?.endsWith(ar), true, "readers have it when the call answers");
  // The one whose story it was may leave; the others stay together.
  await link(en, null);
  assert.deepEqual([await seen(en), await seen(fr), await seen(ar)], [[], ["ar"], ["fr"]]);
  assert.equal(languages(await page(`/en/article/the-mill-${en}`)).ar, "/ar/#untranslated");
  const other = await make("en", "Another mill", { translates: fr });
  await assert.rejects(link(en, fr), new RegExp(`409 .*article ${other} tells this story in .*en.* already`));
  await assert.rejects(link(en, other), /is in .*en.* as well: a translation is in another language/);
  await assert.rejects(link(en, en), /no translation of itself/);
  await assert.rejects(link(en, "000000000000f"), /404 .*there is no article 000000000000f to be translated/);
  await assert.rejects(link("000000000000f", en), /404 .*there is no article 000000000000f/);
  await assert.rejects(link(en, undefined), /say which article it translates/);
  await assert.rejects(link(en, "the mill"), /has to be the id of an article/);
  assert.deepEqual([await seen(en), await seen(fr)], [[], ["ar", "en"]], "a refusal changes nothing");
  const twice = await broadsheet(["article", "new", "-", "--data", site.data], { input: JSON.stringify({ headline: "x", translates: fr }) });
  assert.match(twice.stderr, /tells this story/, "and so does the command");
});

test("lists, search and menu keep what they show in the other language", async () => {
  assert.equal(languages(await page("/ar/menu")).en, "/en/menu");
  assert.equal(languages(await page("/ar/tv")).en, "/en/tv");
  assert.equal(languages(await page("/ar/search?q=x")).en, "/en/search?q=x");
  assert.equal(languages(await page("/fr/economie")).en, "/en/economy");
  assert.equal(languages(await page("/en/economy")).fr, "/fr/economie");
  const tag = languages(await page("/en/tag/bridge"));
  assert.match(tag.ar ?? "", /#untranslated$/, "a tag that Arabic has not says so");
});

// ---- When nobody prints -------------------------------------------------------------

test("what the edge says itself is in the language of the address, else of the reader", async () => {
  /** @param {string} target @param {Record<string, string>} fields */
  const refused = async (target, fields = {}) => {
    const answer = await site.get(target, { method: "POST", fields });
    assert.equal(answer.status, 405);
    return answer.text();
  };
  await site.stop();
  await site.serve(); // the edge reads words when it begins
  const missing = await broadsheet(["language", "check", path.join(site.folder, "nosuch")]);
  assert.equal(missing.code, 66);
  assert.match(await refused("/en/x"), /<html lang="en" dir="ltr">.*Pages can only be read/s);
  assert.match(await refused("/ar/x"), /<html lang="ar" dir="rtl">.*الصفحات للقراءة فقط.*href="\/ar\/"/s);
  assert.match(await refused("/fr/x"), /<html lang="fr".*On ne fait que lire ici/s);
  assert.match(await refused("/x", { "Accept-Language": "xx, ar-EG;q=0.8, en;q=0.1" }), /<html lang="ar"/);
  assert.match(await refused("/x", { "Accept-Language": "xx" }), /<html lang="en"/);
  assert.match(await refused("/%3Cb%3E/x", { "Accept-Language": '"><b>' }), /<html lang="en"/);
});

// ---- The sample newspaper in all its languages -----------------------------------------

test("on every kind of page in four languages, links lead to that page or say that it is not there", async () => {
  const paper = await Site.demo();
  await paper.serve();
  const codes = ["en", "ka", "ru", "ar"];
  /** @param {string} target */
  const read = async (target) => {
    const answer = await paper.get(target);
    assert.equal(answer.status, 200, target);
    return answer.text().replace(/<style>.*?<\/style>/s, "");
  };
  let followed = 0, missing = 0;
  for (const code of codes) {
    const front = await read(`/${code}/`);
    const articles = [...new Set(front.match(new RegExp(`/${code}/article/[a-z0-9-]+`, "g")))].slice(0, 12);
    const linked = (await Promise.all(articles.map(read))).join("");
    const first = (/** @type {string} */ kind) => new RegExp(`/${code}/${kind}/[a-z0-9-]+`).exec(linked)?.[0] ?? "";
    const pages = [`/${code}/`, `/${code}/politics/towns`, `/${code}/menu`, `/${code}/tv`, `/${code}/search?q=1931`, first("tag"), first("author"), ...articles];
    assert.ok(pages.every(Boolean) && articles.length === 12, `${pages}`);
    for (const target of pages) {
      const html = await read(target);
      const links = languages(html), others = alternates(html);
      assert.deepEqual(Object.keys(links).sort(), codes.filter((other) => other !== code).sort(), target);
      for (const [other, url] of Object.entries(links)) {
        if (url?.endsWith("#untranslated")) {
          missing++;
          assert.equal(others[other], undefined, `${target} has an alternate that is not there`);
          assert.match(html, new RegExp(`hreflang="${other}" lang="${other}" class="none" title="[^"]+"`));
          continue;
        }
        followed++;
        const there = await read(url ?? "");
        assert.match(there, new RegExp(`<html lang="${other}" dir="${other === "ar" ? "rtl" : "ltr"}">`));
        assert.equal(languages(there)[code], target, "and back again");
        if (others[other]) assert.equal(alternates(there)[code], others[code], `${target} and ${url} name one another`);
      }
    }
    assert.match(front, /<p class="untranslated" id="untranslated">[^<]{20,}/);
  }
  note(`${followed} links followed, ${missing} that say there is none`);
  assert.ok(followed > 100 && missing > 10);
});

await run();
