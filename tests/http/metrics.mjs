#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// The metrics of every stage: that two parsers which are not ours take them
// (Prometheus' client library for Python: its format, and OpenMetrics, which is
// strict), that docs/metrics.md lists what there is, that they count what
// happens, and that readers cannot have them.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { Encoder } from "../lib/encoder.mjs";
import { request } from "../lib/http.mjs";
import { freeDatagramPort, freePort } from "../lib/ports.mjs";
import { broadsheet, root, Site, until } from "../lib/site.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";

const started = Date.now() / 1000;
const site = await Site.make("--name", "The Test");
const rtmp = await freePort();
const watch = { port: await freePort() };
await site.run("category", "add", "World");
await site.run("channel", "add", "news", "--title", "First \"Channel\"", "--ladder", "source,audio");
const key = /[a-z2-7]{32}/.exec(await site.run("channel", "key", "add", "news"))?.[0];
await site.serve("--threads", "2", "--rtmp", `127.0.0.1:${rtmp}`, "--metrics", `127.0.0.1:${watch.port}`);
const ready = Date.now() / 1000;

const OPEN = { fields: { Accept: "application/openmetrics-text;version=1.0.0,text/plain;q=0.5" } };
const text = async () => (await request(watch, "/metrics")).text();

/** Samples by name and labels, as they are written. @param {string} metrics */
function samples(metrics) {
  /** @type {Map<string, number>} */
  const found = new Map();
  for (const line of metrics.split("\n")) {
    const match = /^([a-z_]+(?:\{.*\})?) (\S+)$/.exec(line);
    if (match) found.set(match[1] ?? "", Number(match[2]));
  }
  return found;
}
/** @param {string} name */
const value = async (name) => samples(await text()).get(name);
/** Until it says so. @param {string} name @param {(n: number) => boolean} is */
const shows = (name, is) =>
  until(async () => {
    const now = await value(name);
    return now !== undefined && is(now) && { now };
  }, `${name} is so`);

// ---- who may have them ---------------------------------------------------------

test("readers cannot have them", async () => {
  for (const target of ["/metrics", "/metrics/", "/newsroom/metrics", "/en/metrics", "//metrics"]) {
    const answer = await site.get(target);
    assert.notEqual(answer.status, 200, target);
    assert.ok(!answer.text().includes("broadsheet_edge"), target);
  }
});

test("their listener answers nothing else", async () => {
  for (const target of ["/", "/status", "/television", "/websub", "/newsroom/api/articles/62f9f7d471fdc", "/metrics/"])
    assert.equal((await request(watch, target)).status, 404, target);
  assert.equal((await request(watch, "/metrics", { method: "POST", body: "" })).status, 405);
  assert.equal((await request(watch, "/sync?seq=1", { method: "POST", body: "" })).status, 404);
});

test("the desk's socket and the command tell them", async () => {
  const answer = await request(site.desk, "/metrics");
  assert.equal(answer.status, 200);
  assert.equal(answer.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.equal(answer.get("cache-control"), "no-store");
  assert.match(await site.run("metrics"), /^broadsheet_desk_edges 1$/m);
});

test("without a server the command says so", async () => {
  const { code, stderr } = await broadsheet(["metrics", "--data", site.folder]);
  assert.notEqual(code, 0);
  assert.match(stderr, /broadsheet serve|newspaper/);
});

test("serve does not take an address that is none", async () => {
  const { code, stderr } = await broadsheet(["serve", site.data, "--metrics", "here"]);
  assert.notEqual(code, 0);
  assert.match(stderr, /here/);
});

// ---- what they say -------------------------------------------------------------

test("pages: found in memory, asked for, answers by class, bytes", async () => {
  const before = samples(await text());
  // Each of the two threads may have to ask for it once.
  for (let i = 0; i < 22; i++) await site.get("/en/");
  for (let i = 0; i < 3; i++) await site.get(`/en/nothing-${i}`);
  // Each thread shows what it counted when its second is over.
  const grows = (/** @type {string} */ name, /** @type {number} */ by) =>
    shows(name, (n) => n >= (before.get(name) ?? 0) + by); // none is told before the first second is over
  await grows('broadsheet_edge_page_requests_total{edge="0",result="hit"}', 20);
  await grows('broadsheet_edge_page_requests_total{edge="0",result="miss"}', 3);
  await grows('broadsheet_edge_answers_total{edge="0",class="2xx"}', 22);
  await grows('broadsheet_edge_answers_total{edge="0",class="4xx"}', 3);
  await grows('broadsheet_edge_requests_total{edge="0"}', 25);
  await grows('broadsheet_edge_sent_bytes_total{edge="0"}', 22 * 1000);
  await grows("broadsheet_desk_prints_total", 3);
  const after = samples(await text());
  assert.ok((after.get('broadsheet_edge_pages{edge="0"}') ?? 0) > 0);
  assert.ok((after.get('broadsheet_edge_page_bytes{edge="0"}') ?? 0) > 0);
});

test("publishing: how long it takes until readers have it", async () => {
  const before = (await value("broadsheet_desk_publish_seconds_count")) ?? NaN;
  const { id } = await site.write({ headline: "A story", categories: ["world"] });
  await site.publish(id);
  const after = samples(await text());
  assert.ok((after.get("broadsheet_desk_publish_seconds_count") ?? 0) > before);
  assert.equal(after.get('broadsheet_desk_publish_seconds_bucket{le="+Inf"}'), after.get("broadsheet_desk_publish_seconds_count"));
  note(`${after.get("broadsheet_desk_publish_seconds_sum")} s for ${after.get("broadsheet_desk_publish_seconds_count")}`);
});

test("beacons: counted, and not counted", async () => {
  const { id } = await site.write({ headline: "Read", categories: ["world"], publish: true });
  const fields = { "User-Agent": "Mozilla/5.0 (X11; Linux x86_64)" };
  for (let i = 0; i < 3; i++) await site.get(`/views/${id}`, { method: "POST", body: "", fields });
  await shows('broadsheet_edge_beacons_total{edge="0",result="counted"}', (n) => n === 1);
  await shows('broadsheet_edge_beacons_total{edge="0",result="not counted"}', (n) => n === 2);
});

test("processes: each with its memory, processor time and descriptors", async () => {
  const now = samples(await text());
  for (const name of ["supervisor", "edge", "playout", "desk", "ingest"]) {
    assert.equal(now.get(`broadsheet_processes{process="${name}"}`), 1, name);
    assert.ok((now.get(`broadsheet_process_resident_memory_bytes{process="${name}"}`) ?? 0) > 1 << 20, name);
    assert.ok((now.get(`broadsheet_process_cpu_seconds_total{process="${name}"}`) ?? -1) >= 0, name);
  }
  assert.ok((now.get('broadsheet_process_open_fds{process="desk"}') ?? 0) > 5);
  const began = now.get('broadsheet_process_start_time_seconds{process="desk"}') ?? 0;
  /* It began after this test did, and before it was ready. The machine tells
   * when it started in whole seconds. */
  assert.ok(began > started - 1.1 && began < ready + 0.1, `${began}, this began ${started}, it was ready ${ready}`);
});

test("television: off the air, then what comes in, parts, a viewer who waits", async () => {
  const on = 'broadsheet_channel_on_air{channel="news"}';
  assert.equal(await value(on), 0);
  assert.equal(await value("broadsheet_television_playout_up"), 1);
  const encoder = new Encoder();
  encoder.start(`rtmp://127.0.0.1:${rtmp}/live/${key}`);
  await shows(on, (n) => n === 1);
  await shows('broadsheet_channel_feed_bytes_per_second{channel="news"}', (n) => n > 1000);
  await shows('broadsheet_channel_feed_frames_per_second{channel="news"}', (n) => n > 10);
  await shows('broadsheet_channel_parts_total{channel="news",rendition="source"}', (n) => n >= 3);
  await shows('broadsheet_channel_parts_total{channel="news",rendition="audio"}', (n) => n >= 3);
  await shows('broadsheet_channel_loudness_lufs{channel="news"}', (n) => n < 0);
  await shows('broadsheet_process_resident_memory_bytes{process="media",channel="news"}', (n) => n > 1 << 20);
  assert.ok(((await value("broadsheet_television_disk_free_bytes")) ?? 0) > 0);
  const list = await until(async () => {
    const answer = await site.get("/live/news/source/index.m3u8");
    return answer.status === 200 && answer.text();
  }, "there is a playlist");
  const hint = /PRELOAD-HINT:TYPE=PART,URI="(\d+)\.(\d+)\.m4s/.exec(list);
  const waits = site.get(`/live/news/source/index.m3u8?_HLS_msn=${Number(hint?.[1]) + 1}`);
  await shows('broadsheet_edge_live_waiting_requests{edge="0"}', (n) => n >= 1).catch(() => note("it came too soon to be seen waiting"));
  assert.equal((await waits).status, 200);
  await shows('broadsheet_edge_live_waited_total{edge="0",result="answered"}', (n) => n >= 1);
  encoder.stop();
});

test("an edge that dies is counted anew by the next one", async () => {
  const { edge } = /** @type {any} */ (site.children());
  await site.kill(edge);
  await until(async () => (await site.get("/en/").catch(() => null))?.status === 200, "the paper is back");
  await shows('broadsheet_edge_requests_total{edge="0"}', (n) => n >= 1 && n < 20);
  assert.equal(await value("broadsheet_desk_edges"), 1);
});

// ---- their form ------------------------------------------------------------------

const READ = `
import sys
from prometheus_client.parser import text_string_to_metric_families as plain
from prometheus_client.openmetrics.parser import text_string_to_metric_families as strict
families = list((strict if sys.argv[1] == "open" else plain)(sys.stdin.read()))
for family in families:
    print(family.name, family.type, len(family.samples))
`;
let python = true;
try {
  execFileSync("/usr/bin/python3", ["-c", "import prometheus_client"], { stdio: "ignore" });
} catch {
  python = false;
}
/** @param {string} kind @param {string} input */
const families = (kind, input) =>
  execFileSync("/usr/bin/python3", ["-c", READ, kind], { input, encoding: "utf8", stdio: ["pipe", "pipe", "pipe"] }).trim().split("\n");

if (!python) skip("parsers that are not ours take them", "there is no python3-prometheus-client");
else
  test("parsers that are not ours take them, the strict one of OpenMetrics too", async () => {
    const plain = families("plain", await text());
    const answer = await request(watch, "/metrics", OPEN);
    assert.equal(answer.get("content-type"), "application/openmetrics-text; version=1.0.0; charset=utf-8");
    assert.ok(answer.text().endsWith("# EOF\n"));
    const open = families("open", answer.text());
    assert.equal(open.length, plain.length);
    note(`${open.length} families, ${answer.body.length} bytes`);
    // The control: what is wrong is not taken.
    assert.throws(() => families("open", answer.text().replace("# EOF\n", "")));
    assert.throws(() => families("open", `broadsheet_x{a="1",a="1"} 1\n# EOF\n`));
  });

test("names are as Prometheus wants them, and docs/metrics.md lists all of them", async () => {
  const told = [...(await text()).matchAll(/^# HELP (\S+) (.*)\n# TYPE (\S+) (\S+)$/gm)]
    .map(([, name = "", help = "", , type = ""]) => ({ name, help, type }));
  for (const { name, type, help } of told) {
    assert.match(name, /^broadsheet_[a-z_]+$/);
    assert.equal(name.endsWith("_total"), type === "counter", name);
    assert.match(help, /^[A-Z].*\.$/, name);
    assert.ok(!/_(ms|milliseconds|kb|kbps|bits|count|bucket|sum)$/.test(name), name);
  }
  assert.equal(new Set(told.map(({ name }) => name)).size, told.length, "each once");
  const file = fs.readFileSync(path.join(root, "docs/metrics.md"), "utf8");
  const rows = [...file.matchAll(/^\| `(\S+)` \| (\S+) \| (.*) \|$/gm)].map(([, name, type, help]) => ({ name, help, type }));
  assert.deepEqual(rows, told.map(({ name, help, type }) => ({ name, help, type })));
});

await run();
