#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The site as static files: nginx serves them, by the configuration that
// docs/static-site.md has, and a crawler walks both sites from "/" and finds the
// same pages.
import assert from "node:assert/strict";
import { execFileSync, spawn } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import zlib from "node:zlib";

import { request } from "../lib/http.mjs";
import { freePort } from "../lib/ports.mjs";
import { Site, broadsheet, root, until } from "../lib/site.mjs";
import { finally_, note, run, skip, test } from "../lib/tap.mjs";

const ADDRESS = "https://paper.example";

// What is other than the server's own page, and why. All of it.
/** @type {[string, (served: string) => string][]} */
const DIFFERENCES = [
  ["a folder has no queries: lists go on at another address", (served) => served.replace(/(?<!example\/article\/[0-9a-f]{13})\?(before|post)=([0-9a-f-]{13,})(?!","type":"text")/g, "/$1/$2")], // but in names of posts
  ["nothing is new there while a page is open", (served) => served
    .replace(/ data-(live|seq|first|new-words|new-sample|changed-words|events|newest)(="[^"]*")?(?=[ >])/g, "")
    .replace(/<noscript><p class="trail">.*?<\/p><\/noscript>|<script type="module" src="\/assets\/live-[^>]*><\/script>|<div class="fresh"[^>]*><\/div>/g, "")],
  ["nobody asks for cards there", (served) => served.replace(/<link rel="alternate" type="[a-z]+\/[a-z]+\+oembed"[^>]*>/g, "")],
  ["nobody counts views there", (served) => served.replace(/<noscript><img[^>]*src="\/views\/[^>]*><\/noscript>/g, "").replace(/ data-article="[0-9a-f]{13}"/g, "")],
  ["nothing is searched there", (served) => served.replace(/<li><a href="\/[a-z]+\/search">[^<]*<\/a><\/li>|<a class="find"[^>]*>.*?<\/a>|<form class="search"[\s\S]*?<\/form>/g, "")],
  ["nobody tells a hub of changes", (served) => served.replace(/<(atom:)?link rel="hub"[^>]*\/>/g, "").replace(/"hubs":\[[^\]]*\],/g, "")],
];
// Not compared: what a server says of a language that there is not (/xx/), where
// Broadsheet marks "Home" as the place one is at.
const expected = (/** @type {string} */ served) => DIFFERENCES.reduce((text, [, change]) => change(text), served);

const site = await Site.demo();
await site.run("settings", "set", "address", ADDRESS);
await site.run("settings", "set", "list_length", "3");
/** The newest article, all of it. @param {string} state @returns {Promise<any>} */
async function newest(state) {
  const [{ id }] = JSON.parse(await site.run("article", "list", "--json", "-n", "1", "--state", state));
  return JSON.parse(await site.run("article", "show", id, "--json"));
}
const some = await newest("published");
const moved = "import_old_path";
fs.writeFileSync(path.join(site.folder, "redirects.sql"),
  `INSERT INTO redirect VALUES ('/old/${moved}', '/en/article/${some.slug}-${some.id}', 0);
   INSERT INTO redirect VALUES ('/old/with "quotes" and $x', '/en/', 0);`);
execFileSync("sqlite3", [path.join(site.data, "broadsheet.db"), `.read ${path.join(site.folder, "redirects.sql")}`]);
const folder = path.join(site.folder, "out");

/** @param {string[]} more @returns {Promise<any>} */
const write = async (...more) => JSON.parse(await site.run("export", "site", folder, "--json", ...more));

/** Name → [modified, size]. */
function stamps() {
  const found = new Map();
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = path.join(/** @type {any} */ (entry).parentPath ?? entry.path, entry.name);
    const { mtimeMs, size, ino } = fs.statSync(file);
    if (entry.isFile()) found.set(path.relative(folder, file), `${mtimeMs} ${size} ${ino}`);
  }
  return found;
}

test("the site is written; again, nothing is touched; what was lost comes back", async () => {
  const first = await write("--compress");
  assert.ok(first.pages > 300 && first.unchanged === 0, JSON.stringify(first));
  const before = stamps();
  const again = await write("--compress");
  assert.equal(again.written, 0);
  assert.deepEqual(stamps(), before);
  fs.rmSync(path.join(folder, "en"), { recursive: true });
  fs.writeFileSync(path.join(folder, "ka/index.html"), "half a pa");
  await write("--compress");
  assert.deepEqual([...stamps().keys()].sort(), [...before.keys()].sort());
  note(`${first.pages} pages, ${before.size} files`);
  const html = fs.readFileSync(path.join(folder, "en/index.html"));
  assert.ok(zlib.gunzipSync(fs.readFileSync(path.join(folder, "en/index.html.gz"))).equals(html));
  assert.ok(zlib.brotliDecompressSync(fs.readFileSync(path.join(folder, "en/index.html.br"))).equals(html));
});

test("what somebody else has there is left alone; a folder that is not ours is refused", async () => {
  const foreign = path.join(site.folder, "foreign");
  fs.mkdirSync(foreign);
  fs.writeFileSync(path.join(foreign, "index.html"), "mine");
  const { code, stderr } = await broadsheet(["export", "site", foreign, "--data", site.data]);
  assert.equal(code, 73);
  assert.match(stderr, /not empty, and no export made it/);
  assert.deepEqual(fs.readdirSync(foreign), ["index.html"]);
});

test("--delete takes away what an export made and is gone, and only that", async () => {
  const one = await newest("published");
  const page = path.join(folder, `${one.language}/article/${one.slug}-${one.id}`);
  fs.writeFileSync(path.join(folder, "en/mine.html"), "mine");
  assert.ok(fs.existsSync(page));
  await site.run("article", "withdraw", one.id, "--reason", "It was wrong.");
  const kept = await write();
  assert.ok(kept.stale > 0 && kept.removed === 0, JSON.stringify(kept));
  assert.ok(fs.existsSync(page));
  const gone = await write("--delete");
  assert.ok(gone.removed > 0 && gone.stale === 0, JSON.stringify(gone));
  assert.ok(!fs.existsSync(page));
  assert.equal(fs.readFileSync(path.join(folder, "en/mine.html"), "utf8"), "mine");
  fs.rmSync(path.join(folder, "en/mine.html"));
  assert.match(fs.readFileSync(path.join(folder, `_broadsheet/gone/${one.id}.html`), "utf8"), /It was wrong\./);
});

// ---- beside the server ------------------------------------------------------------

const place = { port: 0 };

async function startNginx() {
  const prefix = path.join(site.folder, "nginx");
  fs.mkdirSync(prefix);
  place.port = await freePort();
  const text = fs.readFileSync(path.join(root, "docs/static-site.md"), "utf8");
  const block = /```nginx\n([\s\S]*?)```/.exec(text)?.[1] ?? "";
  const http = block.replaceAll("/var/www/paper", folder).replace("listen 80;", `listen 127.0.0.1:${place.port};`);
  assert.ok(http.includes(`127.0.0.1:${place.port}`));
  const temps = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((name) => `${name}_temp_path ${prefix}/${name};`).join("\n");
  fs.writeFileSync(path.join(prefix, "nginx.conf"), `${process.getuid?.() === 0 ? "user root;\n" : ""}daemon off; worker_processes 1; pid ${prefix}/pid; error_log stderr error;
events {} http { include /etc/nginx/mime.types; access_log off; ${temps}\n${http} }`);
  const server = spawn("/usr/sbin/nginx", ["-p", prefix, "-c", path.join(prefix, "nginx.conf"), "-e", "stderr"], { stdio: ["ignore", "ignore", "pipe"] });
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (line) => (log += line));
  finally_(async () => {
    server.kill("SIGTERM");
    await until(() => server.exitCode !== null || server.signalCode, "nginx ended");
  });
  await until(async () => {
    if (server.exitCode !== null) throw new Error(`nginx ended: ${log}`);
    return request(place, "/robots.txt").then(() => true, () => false);
  }, "nginx answers");
}

/** The addresses that a page, feed or sitemap leads to, on this site.
 * @param {string} from @param {import("../lib/http.mjs").Answer} answer */
function linksOf(from, answer) {
  const type = answer.get("content-type") ?? "";
  const body = type.startsWith("application/gzip") ? zlib.gunzipSync(answer.body).toString("utf8") : answer.text();
  if (!/html|xml|json|gzip/.test(type)) return [];
  const found = new Set();
  const quoted = /(?:href|src|poster|url)\s*=\s*"([^"]+)"|srcset\s*=\s*"([^"]+)"|<(?:loc|link|guid|url)>([^<]+)<|"(?:url|home_page_url|feed_url|image)"\s*:\s*"([^"]+)"|(?:&quot;|\\")(https:\/\/paper\.example[^&\\]*)/g;
  for (const [, one, many, loc, json, inner] of body.matchAll(quoted))
    for (const link of many ? many.split(",").map((part) => part.trim().split(/\s/)[0] ?? "") : [one ?? loc ?? json ?? inner ?? ""]) {
      const plain = link.replaceAll("&amp;", "&").replaceAll("\\/", "/");
      if (/^(mailto|data|tag|urn):|^#/.test(plain)) continue;
      const url = new URL(plain, ADDRESS + from);
      if (url.origin === ADDRESS) found.add(url.pathname + url.search);
    }
  return [...found];
}

/** Every address that leads on from "/". @param {import("../lib/http.mjs").Place} at */
async function crawl(at) {
  /** @type {Map<string, import("../lib/http.mjs").Answer>} */
  const seen = new Map();
  const queue = ["/", "/robots.txt", "/favicon.ico", "/sitemap.xml"];
  for (let target; (target = queue.pop()) !== undefined; ) {
    if (seen.has(target) || /^\/(views|newsroom|websub)\b/.test(target) || /^\/[a-z]+\/search/.test(target)) continue;
    const answer = await request(at, target);
    seen.set(target, answer);
    if (answer.status < 300) queue.push(...linksOf(target, answer));
    else if (answer.get("location")) queue.push(new URL(answer.get("location") ?? "", ADDRESS).pathname);
  }
  return seen;
}

const type = (/** @type {import("../lib/http.mjs").Answer} */ answer) => (answer.get("content-type") ?? "").split(";")[0];

/** @param {string} target @param {string} is @param {string} should */
function same(target, is, should) {
  if (is === should) return;
  let at = 0;
  while (is[at] === should[at]) at++;
  assert.fail(`${target} differs at ${at}: "${is.slice(at - 60, at + 60)}" instead of "${should.slice(at - 60, at + 60)}"`);
}

/** But for what is shown where a page is shared: cards are drawn by a server; a copy names the picture itself. @param {string} text */
const unshared = (text) => text.replace(/<meta (property="og:image|name="twitter:card)[^>]*>/g, "").replace(/\n+/g, "\n");

/** What a page of its kind may do; a folder has one policy, which allows what any of them needs and no more.
 * @param {string} target @param {import("../lib/http.mjs").Answer} live @param {import("../lib/http.mjs").Answer} still */
function comparePolicies(target, live, still) {
  const directives = (/** @type {import("../lib/http.mjs").Answer} */ answer) => new Map((answer.get("content-security-policy") ?? "").split("; ").map((text) => [text.split(" ")[0], text.split(" ").slice(1)]));
  const [one, other] = [directives(live), directives(still)];
  // Players of live television, of which a copy has no stream.
  one.set("media-src", (one.get("media-src") ?? []).filter((source) => source !== "blob:"));
  for (const name of ["style-src", "frame-src"]) {
    for (const source of one.get(name) ?? []) assert.ok(other.get(name)?.includes(source), `${target}: ${name} ${source}`);
    one.delete(name);
    other.delete(name);
  }
  assert.deepEqual([...other], [...one], target);
}

/** @param {string} target @param {import("../lib/http.mjs").Answer} live @param {import("../lib/http.mjs").Answer} still */
function compare(target, live, still) {
  assert.equal(still.status, live.status, target);
  if (live.status === 301 || live.status === 302) {
    assert.equal(still.get("location"), expected(live.get("location") ?? ""), target);
    return;
  }
  assert.equal(type(still), type(live), target);
  if (/html|xml|json|text/.test(type(live) ?? "")) same(target, unshared(still.text()), unshared(expected(live.text())));
  else assert.ok(still.body.equals(live.body), target);
  if (type(live) === "text/html") comparePolicies(target, live, still);
}

if (!fs.existsSync("/usr/sbin/nginx")) skip("nginx serves the same pages", "nginx is missing: tools/install-deps --check");
else {
  await site.serve();
  /** @type {Map<string, import("../lib/http.mjs").Answer>} */
  let live = new Map();

  test("nginx serves the same pages: every address of the one is there in the other, and says the same", async () => {
    await write("--delete", "--compress");
    await startNginx();
    live = await crawl(site.place);
    const still = await crawl(place);
    const targets = new Set([...live.keys()].filter((target) => !/^\/(oembed|assets\/live-)|\/embed$/.test(target)).map(expected));
    assert.deepEqual([...targets].filter((target) => !still.has(target)), [], "only the server has these");
    assert.deepEqual([...still.keys()].filter((target) => !targets.has(target)), [], "only the folder has these");
    const broken = [...live].filter(([, answer]) => answer.status >= 400 && answer.status !== 410).map(([target]) => `${target} on ${[...live].filter(([from, answer]) => linksOf(from, answer).includes(target)).map(([from]) => from)}`);
    assert.deepEqual(broken, [], "links of the server's own pages");
    for (const [target, answer] of live) if (targets.has(expected(target))) compare(target, answer, /** @type {any} */ (still.get(expected(target))));
    const kinds = new Map();
    for (const answer of live.values()) kinds.set(type(answer), (kinds.get(type(answer)) ?? 0) + 1);
    note([...kinds].map(([kind, count]) => `${count} ${kind}`).join(", "));
    assert.ok([...live.keys()].some((target) => target.includes("?before=")));
    for (const kind of ["text/html", "application/atom+xml", "application/rss+xml", "image/webp", "font/woff2", "text/javascript"]) assert.ok(kinds.get(kind) > 0, kind);
  });

  test("what is not there, was withdrawn, moved or is spelled otherwise answers the same", async () => {
    const gone = await newest("withdrawn");
    const [older = ""] = [...live.keys()].filter((target) => target.includes("?before="));
    const targets = ["/nothing", "/en/nothing", "/ka/nothing/at/all", "/en/article/none-0000000000000", `/en/article/${gone.id}`, `/en/article/x-${gone.id}`,
      `/en/article/${some.id}`, `/en/article/wrong-${some.id}`, `/article/${some.id}`, `/ka/article/y-${some.id}`, "/en", "/en/tv/", "/en/politics/", `/old/${moved}`, "/old/with%20%22quotes%22%20and%20$x", "/assets/none.js", "/media/none.webp"];
    for (const target of targets) {
      const [one, other] = [await request(site.place, target), await request(place, target)];
      assert.equal(other.status, one.status, target);
      if (one.status < 400) assert.equal(other.get("location"), one.get("location"), target);
      else if (!/assets|media/.test(target)) same(target, other.text(), expected(one.text()));
    }
    const old = await request(place, older);
    assert.deepEqual([old.status, old.get("location")], [301, expected(older)]);
    for (const target of ["/_broadsheet/files", "/_broadsheet/gone.map"]) assert.equal((await request(place, target)).status, 404, target);
  });

  test("compressed files are given to who takes them", async () => {
    const answer = await request(place, "/en/", { fields: { "Accept-Encoding": "gzip" } });
    assert.equal(answer.get("content-encoding"), "gzip");
    assert.equal(answer.text(), (await request(place, "/en/")).text());
  });
}

await run();
