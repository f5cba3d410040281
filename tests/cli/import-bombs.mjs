#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Files that are made to hurt: each is refused with its cause and its place,
// brings nothing in, and costs little memory.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { Site, program } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";
import { post, wxr, wxrHead } from "../lib/wxr.mjs";

const MEBIBYTE = 1 << 20;
const site = await Site.make("--language", "en");
const place = path.join(site.folder, "in");
fs.mkdirSync(place);

/** @param {string} name @param {(string | Buffer)[]} parts */
function put(name, ...parts) {
  const file = path.join(place, name);
  fs.writeFileSync(file, "");
  for (const part of parts) fs.appendFileSync(file, part);
  return file;
}

/** @param {string} text @param {number} bytes */
function* filled(text, bytes) {
  const piece = Buffer.from(text.repeat(Math.ceil(MEBIBYTE / text.length)));
  for (let left = bytes; left > 0; left -= piece.length) yield piece;
}

// The largest of the process and its helper, as the system counts it.
const measure = `
import resource, subprocess, sys
code = subprocess.run(sys.argv[1:]).returncode
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=sys.stderr)
sys.exit(code)`;

/**
 * @param {string} kind
 * @param {string} file
 * @returns {Promise<{ code: number, results: any[], kib: number, ms: number }>}
 */
function bring(kind, file) {
  const begin = process.hrtime.bigint();
  return new Promise((resolve) => {
    // What the address sanitizer keeps of what was freed is none of the import's.
    const env = { ...process.env, ASAN_OPTIONS: `${process.env.ASAN_OPTIONS ?? ""}:quarantine_size_mb=8` };
    execFile("python3", ["-c", measure, program, "import", kind, file, "--json", "--data", site.data], { maxBuffer: 64 << 20, env },
      (error, stdout, stderr) => {
        const lines = stdout.trim().split("\n").filter(Boolean).map((line) => JSON.parse(line));
        resolve({
          code: error ? Number(error.code) : 0,
          results: lines.filter((line) => line.outcome !== "summary"),
          kib: Number(stderr.trim().split("\n").at(-1)),
          ms: Number((process.hrtime.bigint() - begin) / 1_000_000n),
        });
      });
  });
}

let usual = 0;

test("what an import costs when all is well", async () => {
  const { code, kib } = await bring("wxr", put("fine.xml", wxr({ id: 1 }, { id: 2, body: "<p>Some <b>markup</b></p>" })));
  assert.equal(code, 0);
  usual = kib;
  note(`${Math.round(kib / 1024)} MiB`);
});

const laughs = `<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">${Array.from({ length: 9 }, (_, n) => `<!ENTITY lol${n + 1} "${`&lol${n || ""};`.repeat(10)}">`).join("")}]><rss><channel><title>&lol9;</title></channel></rss>`;
const open = wxrHead + '<item><title>x</title><content:encoded>';
const long = (/** @type {string} */ head, /** @type {number} */ mib) => [head, ...filled("lorem ipsum ", mib * MEBIBYTE)];
const row = '{"db":[{"data":{"posts":[{"id":"1","title":"';

/** What it is, which import, its bytes, and what is said. @type {[string, string, (string | Buffer)[], RegExp][]} */
const bombs = [
  ["billion laughs", "wxr", [laughs], /line 1, column \d+: it has a document type/],
  ["billion laughs in a feed", "rss", [laughs], /line 1, column \d+: it has a document type/],
  ["one entity many times", "rss", [`<!DOCTYPE r [<!ENTITY a "${"a".repeat(50_000)}">]><rss>${"&a;".repeat(50_000)}</rss>`], /document type/],
  ["a file of this machine", "rss", ['<!DOCTYPE r [<!ENTITY a SYSTEM "file:///etc/passwd">]><rss><channel><title>&a;</title></channel></rss>'], /document type/],
  ["a document type from elsewhere", "rss", ['<!DOCTYPE rss SYSTEM "http://127.0.0.1:1/rss.dtd"><rss version="0.91"/>'], /document type/],
  ["100 MiB of text in a title", "wxr", long(wxrHead + "<item><title>", 100), /line \d+, column \d+: a text is longer than 64 MiB/],
  ["100 MiB of text in a body", "wxr", long(open, 100), /a text is longer than 64 MiB/],
  ["100 MiB of text in a feed", "rss", long("<rss><channel><item><description>", 100), /a text is longer than 64 MiB/],
  ["100 MiB of text in a section", "wxr", long(`${open}<![CDATA[`, 100), /a text is longer than 64 MiB/],
  ["elements 10,000 deep", "wxr", [wxrHead, "<a>".repeat(10_000)], /line \d+, column \d+: elements are nested deeper than 100/],
  ["elements 10,000 deep in a feed", "rss", ["<rss>", "<a>".repeat(10_000)], /nested deeper than 100/],
  ["a million attributes", "wxr", ["<rss ", Array.from({ length: 1_000_000 }, (_, n) => `a${n}="1" `).join(""), ">"], /a tag or comment is longer than 1 MiB/],
  ["a thousand attributes", "wxr", ["<rss ", Array.from({ length: 1000 }, (_, n) => `a${n}="1" `).join(""), "/>"], /more than 256 attributes/],
  ["a comment that never ends", "rss", ["<rss><!--", ...filled("x", 3 * MEBIBYTE)], /a tag or comment is longer than 1 MiB/],
  ["a name of 3 MiB", "rss", ["<", ...filled("x", 3 * MEBIBYTE)], /a tag or comment is longer than 1 MiB/],
  ["bytes that are not UTF-8", "wxr", [wxrHead, "<item><title>", Buffer.from([0xff, 0xfe, 0x80]), "</title></item></channel></rss>"], /line \d+, column \d+: not XML: a byte that cannot stand here/],
  ["an encoding that does not exist", "rss", ['<?xml version="1.0" encoding="klingon-8"?><rss/>'], /line 1, column \d+: unknown encoding/],
  ["UTF-16 that is none", "rss", ['<?xml version="1.0" encoding="UTF-16"?><rss/>'], /line 1, column \d+: .*encoding/],
  ["half a file", "wxr", [wxr({ id: 5 }, { id: 6 }).slice(0, -40)], /line \d+, column \d+: the file ends too early/],
  ["half a tag", "wxr", [wxr({ id: 5 }).slice(0, -12)], /line \d+, column \d+: the file ends too early/],
  ["a NUL", "wxr", [wxrHead, "<item><title>a\0b</title></item></channel></rss>"], /not XML: a byte that cannot stand here/],
  ["a page instead of an export", "wxr", ["<html><body>Log in</body></html>"], /line 1, column 1: the root element is not <rss>/],
  ["a page instead of a feed", "rss", ["<html><body>Log in</body></html>"], /line 1, column 1: the root element is neither <rss> nor <feed>/],
  ["a feed instead of an export", "wxr", ["<rss><channel><title>x</title></channel></rss>"], /no export of WordPress: 'import rss'/],
  ["nothing", "wxr", [""], /the file is empty/],
  ["no XML", "rss", ["Hello"], /line 1, column 1: /],
  ["an entity of HTML", "rss", ["<rss><channel><title>a&nbsp;b</title></channel></rss>"], /&nbsp; is not defined/],
  ["a prefix that is not bound", "rss", ["<rss><channel><x:y/></channel></rss>"], /line 1, column \d+: unbound prefix/],
  ["two roots", "rss", ["<rss/><rss/>"], /line 1, column \d+: /],
  ["an attribute twice", "rss", ['<rss a="1" a="2"/>'], /duplicate attribute/],
  ["brackets 10,000 deep", "ghost", ['{"db":', "[".repeat(10_000)], /line 1, column \d+: nested deeper than 64/],
  ["a row of 20 MiB", "ghost", [...long(row, 20), '"}]}}]}'], /^line 1: it is longer than 16 MiB/],
  ["a million members", "ghost", ['{"db":[{"data":{"posts":[{', Array.from({ length: 1_000_000 }, (_, n) => `"a${n}":1,`).join(""), '"z":1}]}}]}'], /^line 1: it has more than 10,000 members/],
  ["100 MiB outside of every row", "ghost", long('{"db":[{"meta":"', 100), /line 1, column \d+: the file ends too early/],
  ["a post that is no JSON", "ghost", ['{"db":[{"data":{"posts":[{"id":"1","uuid":"1","title":"x"},\n{"id":oops}]}}]}'], /line 2: a row of "posts" is not JSON/],
  ["half a Ghost", "ghost", ['{"db":[{"data":{"posts":[{"id":"1"}'], /line 1, column \d+: the file ends too early/],
  ["a NUL in JSON", "ghost", [`${row}a\0b"}]}}]}`], /control character or a NUL/],
  ["a row that is no JSON", "ghost", ['{"db":[{"data":{"tags":[\n{"id":oops}],"posts":[]}}]}'], /line 2: a row of "tags" is not JSON/],
  ["brackets that do not fit", "ghost", ['{"db":[}'], /line 1, column 8: not JSON: a bracket/],
  ["a list", "ghost", ["[]"], /line 1, column 1: not a JSON object/],
  ["JSON of somebody else", "ghost", ['{"items": [1, 2]}'], /no export of Ghost/],
  ["a title of 20 MiB", "ninjs", [...long('{"uri":"urn:x:1","title":"', 20), '"}'], /line 1: what begins here is longer than 16 MiB/],
  ["lists 10,000 deep", "ninjs", ['{"uri":"urn:x:1","bodies":', "[".repeat(10_000)], /line 1, column \d+: not JSON: nested too deeply/],
  ["half a ninjs", "ninjs", ['[{"uri":"urn:x:1"'], /line 1, column \d+: not JSON: ',' or '}' expected/],
  ["something behind the end", "ghost", ['{"db":[{"data":{"posts":[]}}]} x'], /something follows its end/],
];

for (const [name, kind, parts, cause] of bombs) {
  test(`${kind}: ${name}`, async () => {
    const { code, results, kib, ms } = await bring(kind, put("bomb", ...parts));
    note(`${ms} ms, ${Math.round((kib - usual) / 1024)} MiB more than usual: ${results[0]?.cause}`);
    assert.deepEqual([code, results.length, results[0]?.outcome], [65, 1, "refused"]);
    assert.match(results[0].cause, cause);
    assert.ok(kib - usual <= 64 * 1024, `${kib - usual} KiB more than usual`);
  });
}

test("files that cannot be read say why", async () => {
  for (const kind of ["wxr", "ghost", "rss"]) {
    for (const [file, why] of /** @type {[string, RegExp][]} */ ([[path.join(place, "none"), /No such file/], [place, /is a folder/]])) {
      const { code, results } = await bring(kind, file);
      assert.deepEqual([code, results[0].outcome], [65, "refused"]);
      assert.match(results[0].cause, why);
    }
  }
});

test("bodies that are bombs are refused alone; the others come in", async () => {
  const { code, results, kib } = await bring("wxr", put("bodies.xml", wxr(
    { id: 20, body: "<div>".repeat(10_000) }, { id: 21, body: "<b>".repeat(1_300_000) }, { id: 22, body: "[a b=c]".repeat(500_000) },
    { id: 23, body: "[caption]".repeat(400_000) }, { id: 24, body: "<!--".repeat(900_000) }, { id: 25, body: "<pre>".repeat(700_000) },
    { id: 26, body: `<p ${"a=1 ".repeat(900_000)}>x</p>` }, { id: 27, body: "<table><td>".repeat(5000) }, { id: 28, body: "&".repeat(3_000_000) },
    { id: 29, body: `<p>${"x".repeat(5_000_000)}</p>` }, { id: 30 })));
  note(`${Math.round(kib / 1024)} MiB, the helper included`);
  assert.equal(code, 65);
  const outcomes = Object.fromEntries(results.map((result) => [20 + result.item - 1, result.outcome]));
  for (const id of [20, 21, 27, 29]) assert.equal(outcomes[id], "refused", String(id));
  assert.equal(outcomes[30], "created");
  assert.equal(results.length, 11);
  for (const result of results.filter((one) => one.outcome === "refused")) assert.match(result.cause, /^line \d+: /);
});

test("items of many large texts are refused alone, and so are endless heads", async () => {
  const large = "x".repeat(3 * MEBIBYTE);
  const meta = (/** @type {string} */ key) => `<wp:postmeta><wp:meta_key>${key}</wp:meta_key><wp:meta_value>${large}</wp:meta_value></wp:postmeta>`;
  const many = (/** @type {number} */ count, /** @type {string} */ text) => Array(count).fill(text).join("");
  const items = [
    post({ id: 60, more: many(30, meta("_elementor_data")) }),
    post({ id: 61, more: many(30, meta("_wp_old_slug")) }),
    post({ id: 62, more: many(30, `<category domain="post_tag" nicename="t">${large}</category>`) }),
    post({ id: 63, more: many(10, `<excerpt:encoded>${large}</excerpt:encoded>`) }),
    post({ id: 64 }),
  ];
  const heads = many(30, `<link>${large}</link><wp:author><wp:author_login>${large}</wp:author_login></wp:author><wp:category><wp:category_nicename>c</wp:category_nicename><cat_name>${large}</cat_name></wp:category>`);
  const { code, results, kib } = await bring("wxr", put("large.xml", wxrHead, heads, ...items, "</channel></rss>"));
  note(`${Math.round((kib - usual) / 1024)} MiB more than usual`);
  assert.equal(code, 65);
  assert.deepEqual(results.map((result) => [result.item, result.outcome]).sort(), [[1, "created"], [2, "created"], [3, "refused"], [4, "refused"], [5, "created"]]);
  assert.match(results.find((result) => result.item === 3).cause, /^line \d+: with its <category> it is too long/);
  assert.ok(kib - usual <= 64 * 1024, `${kib - usual} KiB more than usual`);
  const feed = await bring("rss", put("large.rss", "<rss><channel>", many(30, `<title>${large}</title><link>${large}</link>`),
    "<item><title>x</title>", many(30, `<category>${large}</category>`), "</item><item><title>y</title></item></channel></rss>"));
  assert.deepEqual(feed.results.map((result) => result.outcome).sort(), ["created", "refused"]);
  assert.ok(feed.kib - usual <= 64 * 1024, `${feed.kib - usual} KiB more than usual`);
});

test("categories in a circle, and a thousand deep", async () => {
  const category = (/** @type {string} */ slug, /** @type {string} */ parent) =>
    `<wp:category><wp:category_nicename>${slug}</wp:category_nicename><wp:category_parent>${parent}</wp:category_parent><wp:cat_name>${slug}</wp:cat_name></wp:category>`;
  const chain = Array.from({ length: 1000 }, (_, n) => category(`c${n}`, n ? `c${n - 1}` : "")).join("");
  const { code, results } = await bring("wxr", put("circle.xml", wxr(category("a", "b"), category("b", "a"), category("self", "self"), chain,
    ...["a", "self", "c999"].map((slug, n) => post({ id: 40 + n, more: `<category domain="category" nicename="${slug}">x</category>` })))));
  assert.equal(code, 0, JSON.stringify(results));
  assert.equal(JSON.parse(await site.run("check", "--json")).sound, true);
});

await run();
