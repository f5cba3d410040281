#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What other systems have comes in, once, and goes out again.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";

import { png } from "../lib/png.mjs";
import { Site, broadsheet, must, program, shared } from "../lib/site.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";

const site = await Site.make("--name", "BM.GE", "--zone", "Asia/Tbilisi", "--date-pattern", "dd.MM.yy HH:mm",
  "--language", "en", "--language", "ka");
const place = path.join(site.folder, "in");
fs.mkdirSync(place);

/** @param {string} name @param {unknown} content */
function put(name, content) {
  const file = path.join(place, name);
  const plain = typeof content === "string" || Buffer.isBuffer(content);
  fs.writeFileSync(file, plain ? /** @type {any} */ (content) : JSON.stringify(content));
  return file;
}

/**
 * Imports and tells what became of each item.
 * @param {string[]} words
 * @returns {Promise<{ code: number, results: any[], sum: any, stderr: string }>}
 */
async function bring(...words) {
  const { code, stdout, stderr } = await broadsheet(["import", "ninjs", ...words, "--json", "--data", site.data]);
  const lines = stdout.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
  const sum = lines.at(-1)?.outcome === "summary" ? lines.pop() : undefined;
  return { code, stderr, results: lines, sum };
}

/** @param {string} id @returns {Promise<any>} */
const show = async (id) => JSON.parse(await site.run("article", "show", id, "--json"));

/** An item, as short as can be. @param {object} [more] @returns {any} */
const item = (more = {}) => ({
  uri: "https://agency.example/items/1",
  versionCreated: "2024-05-01T10:00:00Z",
  firstCreated: "2024-05-01T09:00:00Z",
  language: "en",
  headlines: [{ role: "main", value: "The ferry runs" }],
  bodies: [{ role: "main", contentType: "text/html", value: "<p>One.</p><script>alert(1)</script><p>Two <b>bold</b>.</p>" }],
  ...more,
});

/* ---- the seed ---- */

const seed = shared("seed/article.ninjs.json");
const views = shared("seed/views.csv");
if (!seed || !views) {
  skip("the seed article and its views come in with every fact", "../shared is missing");
} else {
  test("the seed article and its views come in with every fact", async () => {
    const first = await bring(seed);
    assert.equal(first.code, 0, first.stderr);
    assert.deepEqual([first.results[0].outcome, first.results[0].id], ["created", "62f9f7d471fdc"]);
    await site.run("import", "views", views);
    const article = await show("62f9f7d471fdc");
    assert.equal(article.source, "BM.GE");
    assert.equal(article.published_text, "15.08.22 15:00");
    assert.equal(article.views, 461);
    assert.equal(article.paragraphs, 11);
    assert.equal(article.state, "published");
    assert.deepEqual(article.categories.map((/** @type {any} */ c) => c.name), ["Politics", "World"]);
    assert.deepEqual(article.tags, ["Vladimir Putin", "Kim Jong Un", "Pyongyang"]);
    const again = await bring(seed);
    assert.deepEqual([again.code, again.results[0].outcome], [0, "unchanged"]);
    assert.deepEqual(await show("62f9f7d471fdc"), article);
  });
}

/* ---- items ---- */

let id = "";

test("an item becomes an article, and what has no place in it is told", async () => {
  const { code, results } = await bring(put("a.json", item()));
  assert.equal(code, 0);
  assert.equal(results[0].outcome, "created");
  assert.match(results[0].left_out, /script/);
  id = results[0].id;
  const article = await show(id);
  assert.equal(article.state, "published");
  assert.equal(article.published, "2024-05-01T10:00:00Z");
  assert.equal(article.paragraphs, 2);
  assert.ok(JSON.stringify(article.body).includes('"strong"'));
  assert.ok(!JSON.stringify(article).includes("alert"));
});

test("the same item again is unchanged, also behind an editor's back", async () => {
  await site.pipe('{"headline": "The ferry runs again"}', "article", "edit", id, "-", "--publish");
  const { results } = await bring(put("a.json", `\n  ${JSON.stringify(item(), null, 2)}\n`));
  assert.deepEqual([results[0].outcome, results[0].id], ["unchanged", id]);
  assert.equal((await show(id)).headline, "The ferry runs again");
  const forced = await bring(put("a.json", item()), "--again");
  assert.equal(forced.results[0].outcome, "updated");
  assert.equal((await show(id)).headline, "The ferry runs");
});

test("an item that its supplier changed is an update of the same article", async () => {
  const { results } = await bring(put("a.json", item({ versionCreated: "2024-05-01T12:30:00Z", headlines: [{ value: "The ferry stopped" }] })));
  assert.deepEqual([results[0].outcome, results[0].id], ["updated", id]);
  const article = await show(id);
  assert.equal(article.headline, "The ferry stopped");
  assert.equal(article.published, "2024-05-01T10:00:00Z");
  assert.equal(article.updated, "2024-05-01T12:30:00Z");
});

test("a canceled item withdraws what readers saw", async () => {
  const { results } = await bring(put("a.json", item({ pubStatus: "canceled", edNote: "There was no ferry." })));
  assert.equal(results[0].outcome, "updated");
  const article = await show(id);
  assert.deepEqual([article.state, article.withdrawn_reason], ["withdrawn", "There was no ferry."]);
  const unseen = await bring(put("b.json", item({ uri: "https://agency.example/items/2", pubStatus: "canceled" })));
  assert.equal((await show(unseen.results[0].id)).state, "withdrawn");
});

test("what is withheld, or asked for as drafts, is not published; an embargo is scheduled", async () => {
  const states = [];
  for (const [n, more, ...options] of /** @type {[number, object, ...string[]][]} */ ([
    [3, { pubStatus: "withheld" }], [4, {}, "--drafts"], [5, { embargoedUntil: "2100-01-01T00:00:00Z" }]])) {
    const { results } = await bring(put("c.json", item({ uri: `https://agency.example/items/${n}`, ...more })), ...options);
    states.push((await show(results[0].id)).state);
  }
  assert.deepEqual(states, ["draft", "draft", "scheduled"]);
});

test("versions 1 and 2, plain text, and items one after another", async () => {
  const v1 = { uri: "urn:agency:v1", versioncreated: "2016-01-01T00:00:00Z", headline: "Version one", byline: "By One",
    body_text: "First.\n\nSecond.", subject: [{ name: "Sport" }], place: [{ name: "Batumi" }], infosource: [{ name: "OLD" }] };
  const v2 = { uri: "urn:agency:v2", versioncreated: "2020-01-01T00:00:00Z", headlines: [{ value: "Version two" }],
    bodies: [{ contenttype: "text/html", value: "<p>Text</p>" }], subjects: [{ name: "sport" }] };
  const { code, results, stderr } = await bring(put("lines.json", `${JSON.stringify(v1)}\n${JSON.stringify(v2)}\n`));
  assert.equal(code, 0, stderr);
  const [one, two] = [await show(results[0].id), await show(results[1].id)];
  assert.deepEqual([one.headline, one.byline, one.source, one.paragraphs, one.tags], ["Version one", "By One", "OLD", 2, ["Batumi"]]);
  assert.equal(two.headline, "Version two");
  assert.deepEqual([one.categories, two.categories].map((c) => c[0].path), ["sport", "sport"]);
});

test("marked subjects are categories by their path, the rest are tags", async () => {
  const { results } = await bring(put("d.json", item({ uri: "urn:agency:6", subjects: [
    { rel: "category", name: "Land", literal: "economy/land" }, { rel: "about", name: "Wine", literal: "wine" }, { rel: "category", name: "Economy", literal: "economy" }] })));
  const article = await show(results[0].id);
  assert.deepEqual(article.categories, [{ path: "economy/land", name: "Land" }, { path: "economy", name: "Economy" }]);
  assert.deepEqual(article.tags, ["Wine"]);
  const kept = await bring("--no-new-categories", put("e.json", item({ uri: "urn:agency:7", subjects: [{ name: "Economy" }, { name: "Chess" }] })));
  const other = await show(kept.results[0].id);
  assert.deepEqual([other.categories.map((/** @type {any} */ c) => c.path), other.tags], [["economy"], ["Chess"]]);
});

test("pictures beside the file come in and become public; no path leads out", async () => {
  fs.mkdirSync(path.join(place, "pics"), { recursive: true });
  put("pics/large.png", png(64, 40));
  put("pics/small.png", png(32, 20));
  put("pics/inline.png", png(48, 30));
  put("text.png", "no picture at all");
  fs.writeFileSync(path.join(site.folder, "secret.png"), png(8, 8));
  const { code, results } = await bring(put("f.json", item({
    uri: "urn:agency:8",
    bodies: [{ contentType: "text/html", value: '<p>a</p><figure><img src="pics/inline.png" alt="In"><figcaption>The <i>bay</i> &amp; us</figcaption></figure><p>b</p><img src="../secret.png"><blockquote><p>q</p><footer>Who</footer></blockquote>' }],
    associations: [
      { name: "main", type: "picture", uri: "urn:p:1", by: "Nino", descriptions: [{ role: "alt", value: "A ferry" }],
        renditions: [{ name: "s", href: "pics/small.png" }, { name: "l", href: "pics/large.png" }] },
      { name: "x", type: "picture", uri: "urn:p:2", renditions: [{ name: "o", href: "../secret.png" }] },
      { name: "y", type: "picture", uri: "urn:p:3", renditions: [{ name: "o", href: "text.png" }] },
      { name: "z", type: "picture", uri: "urn:p:4", renditions: [{ name: "o", href: "https://elsewhere.example/a.png" }] },
    ] })));
  assert.equal(code, 0);
  for (const why of [/'\.\.\/secret\.png' leads out of the folder/, /'text\.png' is no picture/, /elsewhere\.example\/a\.png \(not beside/])
    assert.match(results[0].left_out, why);
  const article = await show(results[0].id);
  assert.deepEqual([article.picture_alt, article.picture_credit], ["A ferry", "Nino"]);
  assert.deepEqual(article.body.content.map((/** @type {any} */ b) => b.type), ["paragraph", "image", "paragraph", "blockquote"]);
  assert.deepEqual(article.body.content[1].attrs, { ...article.body.content[1].attrs, alt: "In", caption: "The bay & us" });
  assert.equal(article.body.content[3].attrs.cite, "Who");
  assert.equal(fs.readdirSync(path.join(site.data, "media")).length, 3);
  assert.equal(JSON.parse(await site.run("check", "--json")).sound, true);
});

test("pictures that the text does not show stand behind it", async () => {
  put("pics/left.png", png(40, 30));
  put("pics/right.png", png(30, 40));
  const picture = (/** @type {string} */ name) => ({ name, type: "picture", uri: `urn:p:${name}`, renditions: [{ name: "o", href: `pics/${name}.png` }] });
  const shown = async (/** @type {string} */ uri, /** @type {string[]} */ ...names) => {
    const { results } = await bring(put("behind.json", item({ uri, associations: [{ ...picture("large"), name: "main" }, ...names.map(picture)] })));
    return (await show(results[0].id)).body.content.slice(1).map((/** @type {any} */ node) => [node.type, node.content?.length]);
  };
  const text = [["paragraph", 3]];
  assert.deepEqual(await shown("urn:agency:81"), text);
  assert.deepEqual(await shown("urn:agency:82", "left"), [...text, ["image", undefined]]);
  assert.deepEqual(await shown("urn:agency:83", "left", "right"), [...text, ["gallery", 2]]);
});

test("what is refused says why and where, the rest goes in, and the exit code is 65", async () => {
  const file = put("g.json", [
    item({ uri: "urn:agency:9" }), { uri: 5 }, item({ uri: "urn:agency:10", language: "fr" }),
    item({ uri: "urn:agency:11", headlines: [] }), item({ uri: "urn:agency:12", type: "video" }),
    item({ uri: "urn:agency:13", versionCreated: "yesterday" }), item({ uri: "urn:agency:14", pubStatus: "maybe" }), item({ uri: "urn:agency:15" })]);
  const { code, results, sum, stderr } = await bring(file, put("h.json", "{\n  oops }"), path.join(place, "none.json"));
  assert.equal(code, 65);
  assert.match(stderr, /2 created, 0 updated, 0 unchanged, 8 refused/);
  assert.deepEqual([sum.created, sum.refused], [2, 8]);
  assert.deepEqual(results.map((r) => r.outcome), ["created", ...Array(6).fill("refused"), "created", "refused", "refused"]);
  const causes = results.map((r) => r.cause ?? "");
  for (const [n, why] of [/^$/, /uri has to be a text/, /no 'fr'.*language add/, /headline/, /type 'video'/, /versionCreated has to be a date/, /pubStatus/, /^$/, /line 2, column/, /none\.json/].entries())
    assert.match(causes[n], why);
});

test("quiet: what was refused alone is told", async () => {
  const { code, results, sum, stderr } = await bring("--quiet", put("quiet.json", [item({ uri: "urn:agency:16" }), item({ uri: "urn:agency:17", type: "video" })]));
  assert.equal(code, 65, stderr);
  assert.deepEqual([results.map((result) => result.outcome), sum.created], [["refused"], 1]);
});

test("two items that would be one article are told apart", async () => {
  const uri = "https://old.example/news/65f0000000001";
  await bring(put("i.json", item({ uri })));
  const { code, results } = await bring(put("j.json", item({ uri: "https://new.example/65f0000000001" })));
  assert.equal(code, 65);
  assert.match(results[0].cause, /is another one, imported from https:\/\/old\.example/);
});

test("a folder of a thousand items comes in, in batches", async () => {
  fs.mkdirSync(path.join(place, "many"), { recursive: true });
  for (let n = 0; n < 10; n++)
    put(`many/${n}.json`, Array.from({ length: 100 }, (_, k) =>
      item({ uri: `urn:many:${n}:${k}`, headlines: [{ value: `Story ${n} ${k}` }], subjects: [{ name: "Many" }] })));
  const { code, results, stderr } = await bring(path.join(place, "many"));
  assert.equal(code, 0, stderr);
  assert.equal(new Set(results.map((r) => r.id)).size, 1000);
  const listed = JSON.parse(await site.run("article", "list", "--category", "many", "--limit", "1000", "--json"));
  assert.equal(listed.length, 1000);
});

/** The processes that pid has started. @param {number} pid */
const childrenOf = (pid) =>
  fs.readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    fs.readFileSync(`/proc/${pid}/task/${thread}/children`, "latin1").split(" ").filter(Boolean).map(Number));

/** Ticks that it has been on a processor. @param {number} pid */
const worked = (pid) => Number(fs.readFileSync(`/proc/${pid}/stat`, "latin1").split(") ")[1]?.split(" ")[11]);

test("the process that reads HTML may die, as often as it likes: nothing is missing", async () => {
  const count = 1500;
  const long = `<p>${"Words of a long text. ".repeat(60)}</p>`.repeat(8);
  const file = put("dying.ndjson", Array.from({ length: count }, (_, k) =>
    JSON.stringify(item({ uri: `urn:dying:${k}`, bodies: [{ contentType: "text/html", value: `${long}<p>${k}</p>` }] }))).join("\n"));
  const child = spawn(program, ["import", "ninjs", file, "--json", "--data", site.data], { stdio: ["ignore", "pipe", "inherit"] });
  /** @type {Set<number>} */
  const killed = new Set();
  const killer = setInterval(() => {
    try {
      // One that has read texts before; a new one that dies is taken to die of its text.
      for (const pid of childrenOf(child.pid ?? 0))
        if (worked(pid) >= 5) {
          process.kill(pid, "SIGKILL");
          killed.add(pid);
        }
    } catch {
      // it ended by itself
    }
  }, 50);
  let out = "";
  child.stdout.on("data", (part) => (out += part));
  const [code, signal] = await once(child, "close");
  clearInterval(killer);
  note(`killed ${killed.size} times`);
  assert.equal(signal, null);
  assert.ok(killed.size > 1, "it was killed while it had texts");
  const lines = out.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(lines.filter((line) => line.outcome === "refused").map((line) => line.cause), []);
  assert.equal(lines.filter((line) => line.outcome === "created").length, count);
  assert.equal(code, 0);
});

/* ---- views ---- */

test("views are replaced row by row; an unknown id is told with its line", async () => {
  const { results } = await bring(put("k.json", item({ uri: "urn:agency:20" })));
  const file = put("views.csv", `\ufeffviews,"id",note\r\n7,${results[0].id},x\r\n1,62f9f7d471fd0,\r\nmany,${results[0].id},\r\n`);
  const { code, stdout, stderr } = await broadsheet(["import", "views", file, "--data", site.data]);
  assert.equal(code, 65);
  assert.match(stdout, /line 3: there is no article 62f9f7d471fd0/);
  assert.match(stdout, /line 4: no number of views: 'many'/);
  assert.match(stderr, /1 updated, 0 unchanged, 2 refused/);
  assert.equal((await show(results[0].id)).views, 7);
  const headless = await broadsheet(["import", "views", put("views.csv", "a,b\n"), "--data", site.data]);
  assert.match(headless.stderr, /line 1: the columns id and views/);
  const broken = await broadsheet(["import", "views", put("views.csv", `id,views\n${results[0].id},9\n"a`), "--data", site.data]);
  assert.equal(broken.code, 65);
  assert.match(broken.stderr, /line 3: .* never closed/);
  assert.equal((await show(results[0].id)).views, 9, "what stands before the break is in");
});

/* ---- out ---- */

const schemas = shared("testdata/ninjs/schema_3.0.json");
if (!schemas) {
  skip("everything goes out as ninjs 3.0 that the published schema allows", "../shared is missing");
} else {
  test("everything goes out as ninjs 3.0 that the published schema allows", async () => {
    const all = put("all.ndjson", await site.run("export", "ninjs"));
    const check = `
import json, sys, jsonschema
validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1])))
count = 0
for line in open(sys.argv[2], encoding="utf-8"):
    item = json.loads(line)
    for error in validator.iter_errors(item):
        sys.exit(f"{item['uri']}: {list(error.path)}: {error.message[:300]}")
    count += 1
assert list(validator.iter_errors({"uri": 5})), "the control is caught"
print(count)`;
    const count = Number(execFileSync("/usr/bin/python3", ["-c", check, schemas, all], { encoding: "utf8" }));
    assert.ok(count > 1000, `${count} items`);
  });
}

test("what went out comes into another newspaper as the same articles", async () => {
  for (const ends of [false, true]) {
    const blog = (await site.pipe('{"headline": "Storm", "text": "What we know."}', "article", "new", "--publish", "-")).trim();
    await site.run("live", "start", blog);
    const post = (await site.run("live", "post", blog, "The bridge is closed.", "--headline", "Bridge", "--key", "--by", "Reuters")).trim();
    await site.run("live", "edit", post, "--correction", "It was closed an hour before.");
    await site.run("live", "post", blog, "What we know.\n\nMore of it.", "--pin");
    if (ends) await site.run("live", "end", blog);
  }
  await site.run("channel", "add", "news");
  /** A player of the channel, twice. @type {any} */
  const body = {
    type: "doc",
    content: [
      { type: "channel", attrs: { caption: "From the hall, & <live>", name: "news" } },
      { type: "paragraph", content: [{ type: "text", text: "It is counted." }] },
      { type: "channel", attrs: { name: "news" } },
    ],
  };
  const shown = (await site.pipe(JSON.stringify({ headline: "The count", body }), "article", "new", "--publish", "-")).trim();
  const out = path.join(site.folder, "out");
  await site.run("export", "ninjs", "--output", out, "--address", "https://old.example");
  const other = await Site.make("--language", "en", "--language", "ka");
  await other.run("channel", "add", "news");
  const media = ["--media-prefix", "https://old.example/media/", "--media-folder", path.join(site.data, "media")];
  const first = await broadsheet(["import", "ninjs", out, ...media, "--data", other.data]);
  assert.equal(first.code, 0, first.stderr);
  assert.ok(!first.stdout.includes("left out"), first.stdout);
  await other.run("export", "ninjs", "--output", path.join(other.folder, "out"), "--address", "https://old.example");
  const names = fs.readdirSync(out);
  assert.ok(names.length > 1000);
  for (const name of names) {
    const [before, after] = [out, path.join(other.folder, "out")].map((folder) => JSON.parse(fs.readFileSync(path.join(folder, name), "utf8")));
    delete before.version; // counts revisions
    delete after.version;
    assert.deepEqual(after, before, name);
  }
  assert.deepEqual(JSON.parse(await other.run("article", "show", shown, "--json")).body, body, "its players are players");
  const none = await Site.make("--language", "en", "--language", "ka");
  const one = put("shown.json", await site.run("export", "ninjs", shown));
  const { stdout } = await broadsheet(["import", "ninjs", one, "--json", "--data", none.data]);
  assert.match(stdout, /player of channel 'news' \(there is none of that name; make it with 'broadsheet channel add'/);
  assert.deepEqual(JSON.parse(await none.run("article", "show", shown, "--json")).body.content, [body.content[1]]);
  const again = await broadsheet(["import", "ninjs", out, ...media, "--data", other.data]);
  assert.match(again.stderr, /0 created, 0 updated, \d+ unchanged, 0 refused/);
});

test("an export of what is not there says so", async () => {
  const { code, stderr } = await broadsheet(["export", "ninjs", "62f9f7d471fd0", "--data", site.data]);
  assert.equal(code, 66);
  assert.match(stderr, /there is no article/);
});

test("what imports leave in the search index is merged by them: no publication has to", async () => {
  const other = await Site.make("--language", "en");
  for (let i = 0; i < 10; i++) await must(["import", "ninjs", put("many.json", item({ uri: `https://agency.example/many/${i}` })), "--data", other.data]);
  const query = "SELECT COUNT(*), COUNT(DISTINCT segid) FROM fulltext_en_idx";
  const [rows = "", segments = ""] = execFileSync("sqlite3", ["-readonly", path.join(other.data, "broadsheet.db"), query], { encoding: "utf8" }).trim().split("|");
  assert.ok(Number(rows) > 0);
  assert.ok(Number(segments) < 8, `${segments} segments of ten imports`);
});

await run();
