#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// HTTP as it is spoken on a live connection: what cannot be understood is
// refused and the connection closed; what can be understood is exact.
import assert from "node:assert/strict";

import { Answer, Connection, converse } from "../lib/http.mjs";
import { Site } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";
import { attacks, unkeyed } from "../lib/vectors.mjs";

const site = await Site.make("--name", "The Test", "--language", "en", "--language", "ka");
await site.run("category", "add", "Politics");
await site.serve();
const article = await site.write({
  headline: "The ferry is back",
  categories: ["politics"],
  tags: ["Ferry"],
  publish: true,
  text: "One.\n\nTwo.",
});
const path = `/en/article/${article.slug}-${article.id}`;

/** Every kind of public answer. */
const targets = [
  ["/", 302],
  ["/en/", 200],
  ["/ka/", 200],
  ["/en/politics", 200],
  ["/en/tag/ferry", 200],
  ["/en/menu", 200],
  ["/en/tv", 200],
  [path, 200],
  [`/en/article/${article.id}`, 301],
  ["/en/atom.xml", 200],
  ["/en/rss.xml", 200],
  ["/en/politics/atom.xml", 200],
  ["/robots.txt", 200],
  ["/en/nothing-here", 404],
  ["/en/politics/", 301],
];

test("every kind of page answers as it should", async () => {
  for (const [target, status] of targets)
    assert.equal((await site.get(String(target))).status, status, String(target));
});

for (const [name, bytes, statuses] of attacks) {
  test(`${name}: refused and closed`, async () => {
    // A second request behind it may not be answered: that would be smuggling.
    const got = await converse(site.place, `${bytes}GET /en/menu HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    const lines = got.match(/HTTP\/1\.1 \d{3}/g) ?? [];
    assert.equal(lines.length, 1, `answers: ${lines.join(", ") || JSON.stringify(got.slice(0, 200))}`);
    assert.ok(statuses.includes(Number(lines[0]?.slice(9))), `${lines[0]} instead of ${statuses}`);
  });
}

test("the same request without the fault is answered, on and on", async () => {
  const connection = await Connection.open(site.place);
  for (let i = 0; i < 50; i++) assert.equal((await connection.request("/en/")).status, 200);
  connection.close();
});

test("bytes that come one by one are the same request", async () => {
  const connection = await Connection.open(site.place);
  for (const byte of "GET /en/ HTTP/1.1\r\nHost: localhost\r\n\r\n") {
    connection.write(byte);
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.equal((await connection.answer()).status, 200);
  connection.close();
});

test("pipelined requests are answered in their order", async () => {
  const connection = await Connection.open(site.place);
  const asked = Array.from({ length: 60 }, (_, i) => targets[i % targets.length] ?? ["/en/", 200]);
  connection.write(asked.map(([t]) => `GET ${t} HTTP/1.1\r\nHost: localhost\r\n\r\n`).join(""));
  for (const [target, status] of asked)
    assert.equal((await connection.answer()).status, status, String(target));
  connection.close();
});

test("Connection: close and HTTP/1.0 close, keep-alive is granted to 1.0 at most", async () => {
  const closing = await converse(site.place, "GET /en/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  assert.match(closing, /\r\nConnection: close\r\n/i);
  const old = await converse(site.place, "GET /en/ HTTP/1.0\r\nHost: a\r\n\r\n");
  assert.match(old, /^HTTP\/1\.1 200 /);
});

test("HEAD is GET without the body", async () => {
  for (const [target] of targets) {
    const connection = await Connection.open(site.place);
    const get = await connection.request(String(target));
    const head = await connection.request(String(target), { method: "HEAD" });
    assert.equal(head.bytes(), new Answer(get.head, Buffer.alloc(0)).bytes(), String(target));
    assert.equal((await connection.request("/en/")).status, 200, "the connection goes on");
    connection.close();
  }
});

test("other methods are refused by pages, and say which are not", async () => {
  for (const method of ["POST", "PUT", "DELETE", "PATCH"]) {
    const answer = await site.get("/en/", { method });
    assert.equal(answer.status, 405, method);
    assert.match(answer.get("allow") ?? "", /GET/);
  }
  const body = await converse(site.place, `POST /en/ HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello`);
  assert.match(body, /^HTTP\/1\.1 (405|413) /);
});

test("Date is there, Server tells nothing, and nobody sets a cookie", async () => {
  for (const [target] of targets) {
    const answer = await site.get(String(target));
    assert.match(answer.get("date") ?? "", /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/);
    assert.equal(answer.get("set-cookie"), undefined);
    assert.equal(answer.fields.filter(([n]) => n === "content-length").length, 1, String(target));
  }
});

test("a tag that is known answers 304, for each coding its own", async () => {
  const tags = new Set();
  for (const coding of ["identity", "gzip", "br"]) {
    const fields = { "Accept-Encoding": coding };
    const answer = await site.get(path, { fields });
    const tag = answer.get("etag") ?? "";
    assert.match(tag, /^"[^"]+"$/, "a strong tag");
    assert.equal(answer.get("content-encoding") ?? "identity", coding);
    assert.match(answer.get("vary") ?? "", /accept-encoding/i);
    tags.add(tag);
    for (const known of [tag, `W/${tag}`, `"x", ${tag}`, "*"]) {
      const again = await site.get(path, { fields: { ...fields, "If-None-Match": known } });
      assert.equal(again.status, 304, known);
      assert.equal(again.get("etag"), tag);
      assert.equal(again.get("vary"), answer.get("vary"));
      assert.equal(again.get("cache-control"), answer.get("cache-control"));
    }
    const other = await site.get(path, { fields: { ...fields, "If-None-Match": '"x"' } });
    assert.equal(other.bytes(), answer.bytes());
  }
  assert.equal(tags.size, 3);
});

test("every coding carries the same text", async () => {
  const plain = await site.get(path);
  for (const coding of ["gzip", "br"])
    assert.equal((await site.get(path, { fields: { "Accept-Encoding": coding } })).text(), plain.text());
  for (const [accept, coding] of [
    ["gzip;q=0, br;q=0, zstd;q=0", undefined],
    ["br;q=0, gzip", "gzip"],
    ["*;q=0", undefined],
    ["nonsense", undefined],
  ]) {
    const answer = await site.get(path, { fields: { "Accept-Encoding": String(accept) } });
    assert.equal(answer.get("content-encoding"), coding, accept);
  }
});

test("files that never change carry the same bytes in every coding, fonts in none", async () => {
  const named = [...(await site.get(path)).text().matchAll(/\/assets\/[^"'()\s]+/g)].map((match) => match[0]);
  const scripts = (await Promise.all(named.filter((name) => name.endsWith(".js")).map((name) => site.get(name)))).map((answer) => answer.text());
  const all = new Set([...named, ...scripts.flatMap((text) => [...text.matchAll(/\/assets\/[^"'`()\s]+/g)].map((match) => match[0]))]);
  const endings = new Set();
  for (const name of all) {
    const plain = await site.get(name);
    assert.equal(plain.status, 200, name);
    endings.add(name.split(".").pop());
    for (const coding of ["gzip", "br"]) {
      const answer = await site.get(name, { fields: { "Accept-Encoding": coding } });
      assert.equal(answer.get("content-encoding"), name.endsWith(".woff2") ? undefined : coding, name);
      assert.ok(answer.text() === plain.text(), `${name} in ${coding}`);
    }
  }
  note([...all].join(" "));
  assert.ok(endings.has("js") && endings.has("woff2"), [...endings].join(", "));
});

test("a page is never given in part", async () => {
  const answer = await site.get(path, { fields: { Range: "bytes=0-9" } });
  assert.equal(answer.bytes(), (await site.get(path)).bytes());
});

test(`${unkeyed.length} headers that are not part of the key change no byte`, async () => {
  assert.ok(unkeyed.length >= 60);
  for (const [target] of targets) {
    const connection = await Connection.open(site.place);
    const plain = (await connection.request(String(target))).bytes();
    for (const [name, value] of unkeyed) {
      const answer = await connection.request(String(target), { fields: { [name]: value } });
      assert.equal(answer.bytes(), plain, `${target} with ${name}: ${value}`);
    }
    const all = await connection.request(String(target), { fields: Object.fromEntries(unkeyed) });
    assert.equal(all.bytes(), plain, `${target} with all of them`);
    connection.close();
    const host = await site.get(String(target), { fields: { Host: "evil.example" } });
    assert.equal(host.bytes(), plain, `${target} with another Host`);
    assert.ok(!plain.includes("evil.example"));
  }
});

test("the control: a header that is part of the key does change bytes", async () => {
  const plain = await site.get(path);
  const zipped = await site.get(path, { fields: { "Accept-Encoding": "gzip" } });
  assert.notEqual(zipped.bytes(), plain.bytes());
});

test("query parameters that nobody knows change nothing", async () => {
  for (const [target, status] of targets) {
    if (status === 301 || status === 302) continue; // they are carried along
    const plain = (await site.get(String(target))).bytes();
    for (const query of ["?", "?utm_source=x&fbclid=%3Cscript%3E", "?a", "?&&=&", "?before", "?before=", "?before=zz", "?Before=1"])
      assert.equal((await site.get(target + query)).bytes(), plain, target + query);
  }
});

test("other spellings of a path lead to the one", async () => {
  for (const spelling of ["/en//politics", "/%65n/politics", "/en/%70olitics"]) {
    const answer = await site.get(spelling);
    assert.equal(answer.status, 301, spelling);
    assert.equal(answer.get("location"), "/en/politics", spelling);
  }
  for (const bad of ["/en/./politics", "/en/x/../politics", "//evil.example/..", "//evil.example/", "/en/%zz", "/en/%00", "/../etc/passwd", "/en/%ff%fe", "/en/%2e%2e/x", "/%2f%2fevil.example"]) {
    const answer = await site.get(bad);
    assert.ok([301, 400, 404].includes(answer.status), `${bad}: ${answer.status}`);
    assert.ok(!/\/\/|\\/.test(answer.get("location") ?? ""), `${bad} leads to ${answer.get("location")}`);
  }
});

test("Expect: 100-continue is answered before the body is asked for", async () => {
  const connection = await Connection.open(site.place);
  connection.write("POST /newsroom/api/articles HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  await connection.until(() => connection.input.includes("\r\n\r\n"));
  assert.match(connection.input.toString("latin1"), /^HTTP\/1\.1 (100|4\d\d) /);
  connection.write("{}");
  assert.equal((await connection.answer()).status, 404);
  connection.close();
  const unknown = await converse(site.place, "GET /en/ HTTP/1.1\r\nHost: a\r\nExpect: tea\r\n\r\n");
  assert.match(unknown, /^HTTP\/1\.1 417 /);
});

await run();
