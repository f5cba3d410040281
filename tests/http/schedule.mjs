#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// What happens at a time happens once, in order, and not before: after
// restarts, after kills, with a clock that jumps.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

import { missing, turnableClock } from "../lib/clock.mjs";
import { request } from "../lib/http.mjs";
import { Site, until } from "../lib/site.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";

const HOUR = 3600;
const MARKER = "Zanzibarquartz";

/** @typedef {{ id: string, at: number }} Planned */

/** RFC 3339, so many seconds from now. @param {number} seconds */
const from_now = (seconds) => new Date(Date.now() + seconds * 1000).toISOString();

/** @param {Site} site @param {string} sql */
function ask(site, sql) {
  const text = execFileSync("sqlite3", ["-readonly", "-json", path.join(site.data, "broadsheet.db"), sql], {
    encoding: "utf8",
  });
  return text.trim() ? JSON.parse(text) : [];
}

/** What the schedule did, by the log: ids in its order.
 * @param {Site} site @param {string} kind @returns {string[]} */
function done(site, kind = "publish") {
  return ask(
    site,
    `SELECT substr(key, 9) AS id FROM change WHERE actor = 'schedule'
     AND kind = '${kind}' AND key LIKE 'article:%' ORDER BY seq`,
  ).map((/** @type {any} */ row) => row.id);
}

/** Scheduled articles, an hour and more ahead, not in the order of their times.
 * Each in a category of none, so that each change is of one article.
 * @param {Site} site @param {number} count @param {string} name @returns {Promise<Planned[]>} */
async function plan(site, count, name) {
  const planned = [];
  const now = Date.now(); // of all of them, however long it takes to write them
  for (let i = 0; i < count; i++) {
    const at = HOUR + ((i * 7) % count) * 60;
    const scheduled = new Date(now + at * 1000).toISOString();
    const story = { headline: `${name} ${i}`, text: "Text.", language: "en", scheduled };
    planned.push({ id: (await site.pipe(JSON.stringify(story), "article", "new", "-")).trim(), at });
  }
  return planned;
}

/** @param {Planned[]} planned */
const inOrder = (planned) => [...planned].sort((a, b) => a.at - b.at).map(({ id }) => id);

/** Everything that a reader can reach from the front page and the machines'
 * addresses, and the bytes of it. @param {Site} site @param {string[]} more */
async function crawl(site, more) {
  const queue = ["/", "/robots.txt", "/sitemap.xml", "/en/", "/en/rss.xml", "/en/atom.xml", "/en/latest", ...more];
  const seen = new Set(queue);
  /** @type {Map<string, { status: number, text: string }>} */
  const pages = new Map();
  for (let target; (target = queue.shift()); ) {
    const answer = await site.get(target);
    const body = answer.get("content-encoding") ? answer.text() : answer.body.toString("latin1");
    const packed = answer.body[0] === 0x1f && answer.body[1] === 0x8b && !answer.get("content-encoding");
    const text = answer.head + body + (packed ? zlib.gunzipSync(answer.body).toString("utf8") : answer.text());
    pages.set(target, { status: answer.status, text });
    for (const [, found] of text.matchAll(/(?:href|src|url|location|loc)\W{1,6}((?:https?:\/\/[^\s"'<>/]+)?\/[^\s"'<>)]*)/gi)) {
      const link = (found ?? "").replace(/^https?:\/\/[^/]+/, "").replace(/&amp;|\\u0026/g, "&").replace(/#.*/, "");
      if (!link.startsWith("/") || seen.has(link) || seen.size > 2000) continue;
      seen.add(link);
      queue.push(link);
    }
  }
  return pages;
}

/** A picture of one colour, as PNG. @param {number} shade */
function png(shade) {
  /** @param {string} type @param {Buffer} data */
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
    const out = Buffer.alloc(body.length + 8);
    out.writeUInt32BE(data.length, 0);
    body.copy(out, 4);
    let crc = ~0;
    for (const byte of body) {
      crc ^= byte;
      for (let k = 0; k < 8; k++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
    }
    out.writeUInt32BE(~crc >>> 0, body.length + 4);
    return out;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(16, 0);
  head.writeUInt32BE(16, 4);
  head.set([8, 0, 0, 0, 0], 8);
  const rows = Buffer.concat(Array.from({ length: 16 }, () => Buffer.from([0, ...Array(16).fill(shade)])));
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10]),
    chunk("IHDR", head),
    chunk("IDAT", zlib.deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** An article with a picture, by way of an import. @param {Site} site @param {string} id @param {object} item @param {number} shade */
async function importWithPicture(site, id, item, shade) {
  const file = path.join(site.folder, `${id}.json`);
  fs.writeFileSync(path.join(site.folder, `${id}.png`), png(shade));
  const associations = [
    {
      name: "main",
      type: "picture",
      descriptions: [{ role: "alt", value: `${item.headlines[0].value} seen from above` }],
      renditions: [{ name: "original", href: `${id}.png`, contentType: "image/png", width: 16, height: 16 }],
    },
  ];
  fs.writeFileSync(
    file,
    JSON.stringify({ uri: `https://agency.example/${id}`, language: "en", type: "text", pubStatus: "usable", associations, ...item }),
  );
  await site.run("import", "ninjs", file);
}

/** Names in the folder that readers are served from. @param {Site} site */
const media = (site) => fs.readdirSync(path.join(site.data, "media"), { recursive: true }).map(String);

if (missing) {
  skip("what happens at a time", missing);
  await run();
}

test("twenty whose time passed while nobody served appear once, in order", async () => {
  const site = await Site.make("--zone", "Europe/Berlin");
  const planned = await plan(site, 20, "Waiting");
  const turn = turnableClock(site);
  turn(2 * HOUR);
  await site.serve();
  await until(() => done(site).length >= 20, "all are published");
  assert.deepEqual(done(site), inOrder(planned));
  const rows = ask(site, "SELECT id, published_us, state FROM article");
  for (const row of rows) {
    const at = planned.find(({ id }) => id === row.id)?.at ?? 0;
    assert.equal(row.state, "published");
    assert.ok(row.published_us > Date.now() * 1000, "its time is the scheduled one");
    assert.ok(row.published_us < (Date.now() / 1000 + at + 1) * 1e6);
  }
  // The log has it when it is committed; its pages are printed after that.
  const latest = inOrder(planned).slice(-3);
  await until(async () => {
    const front = (await site.get("/en/")).text();
    return latest.every((id) => front.includes(id));
  }, "the latest ones lead");
  await site.stop();
  turn(0);
  await site.serve();
  await site.stop();
  assert.equal(done(site).length, 20, "a restart with the right clock takes nothing back and repeats nothing");
});

test("a clock that jumps two hours ahead, four back and home again", async () => {
  const site = await Site.make();
  const turn = turnableClock(site);
  await site.serve();
  const planned = await plan(site, 20, "Jumping");
  assert.deepEqual(done(site), [], "nothing is early");
  turn(2 * HOUR);
  await until(() => done(site).length >= 20, "the jump is noticed");
  turn(-2 * HOUR);
  const between = await site.write({ headline: "Written in the past", publish: true });
  assert.ok(between.published_us < (Date.now() / 1000 - HOUR) * 1e6);
  const first = inOrder(planned)[0] ?? "";
  await site.revise(first, { headline: "An update in the past" });
  const updated = await site.publish(first);
  assert.equal(updated.state, "published");
  assert.ok((await site.get(`/en/article/${updated.slug}-${first}`)).text().includes("An update in the past"));
  const later = await plan(site, 3, "Again");
  turn(0);
  assert.deepEqual(done(site), inOrder(planned));
  turn(2 * HOUR);
  await until(() => done(site).length >= 23, "those scheduled since are published");
  assert.deepEqual(done(site), [...inOrder(planned), ...inOrder(later)]);
  const states = ask(site, "SELECT DISTINCT state FROM article");
  assert.deepEqual(states, [{ state: "published" }]);
});

test("kill -9 in the middle of what is due: each once, in order", async () => {
  const site = await Site.make();
  const turn = turnableClock(site);
  const planned = await plan(site, 130, "Killed");
  turn(4 * HOUR);
  let kills = 0;
  while (done(site).length < planned.length) {
    const before = done(site).length;
    await site.serve();
    await until(() => done(site).length > before, "some are published");
    if (kills < 3) {
      await site.crash();
      kills++;
    } else {
      await until(() => done(site).length >= planned.length, "all are published");
    }
    note(`${done(site).length} of ${planned.length} after ${kills} kills`);
  }
  assert.deepEqual(done(site), inOrder(planned));
});

test("nothing of what is under embargo is anywhere before its time; after it, everywhere", async () => {
  const site = await Site.make();
  const turn = turnableClock(site);
  await site.serve();
  for (let i = 0; i < 4; i++) await site.write({ headline: `Ordinary ${i}`, tags: ["weather"], publish: true });
  const id = "6a0000000000b";
  await importWithPicture(site, id, {
    altIds: [{ role: "internal", value: id }],
    headlines: [{ role: "main", value: `${MARKER} to merge` }],
    descriptions: [{ role: "standfirst", value: `${MARKER} in a sentence` }],
    bodies: [{ role: "main", contentType: "text/html", value: `<p>The ${MARKER} paragraph.</p>` }],
    subjects: [{ rel: "about", name: `${MARKER} affair`, literal: `${MARKER.toLowerCase()}-affair` }],
    slugline: `${MARKER.toLowerCase()}-to-merge`,
    versionCreated: from_now(-60),
    embargoedUntil: from_now(HOUR),
    embargoedReason: `${MARKER} agreed`,
  }, 77);
  assert.equal((await site.api("GET", `/newsroom/api/articles/${id}`)).state, "scheduled");
  const name = ask(site, "SELECT blob FROM medium")[0].blob;
  const lower = MARKER.toLowerCase();
  const places = [
    `/en/article/${lower}-to-merge-${id}`, `/en/article/${id}`, `/en/article/${lower}-to-merge-${id}.json`,
    `/en/tag/${lower}-affair`, `/en/tag/${lower}-affair/rss.xml`, `/en/tag/${lower}-affair/atom.xml`,
    `/en/tag/${lower}-affair/feed.json`, "/en/search?q=merg*", "/en/search?q=merfe",
    "/en/search?q=paragraph&sort=newest", "/en/search/rss.xml?q=merge", "/en/suggest?q=mer", `/en/suggest?q=${lower.slice(0, 4)}`,
    "/en/search?q=merge", "/en/search/atom.xml?q=merge", "/en/feed.json",
    "/en/sitemap.xml", "/news-sitemap.xml", "/sitemap-news.xml", "/en/news-sitemap.xml", "/status",
    `/media/${name}`, `/media/${name.slice(0, 32)}.png`, "/media/",
  ];
  /** Answers that hold bytes of it; an address that was asked for may be repeated. */
  const leaks = async () => {
    const pages = await crawl(site, places);
    note(`${pages.size} addresses read`);
    return [...pages].filter(([target, { status, text }]) => {
      const asked = decodeURIComponent(target);
      const rest = text.replaceAll(asked, "").replace(`tag:en/${lower}-affair`, "");
      const pictures = status === 200 && target.startsWith("/media/"); // no other article has one
      return rest.toLowerCase().includes(lower) || rest.includes(id) || pictures;
    }).map(([target]) => target);
  };
  assert.deepEqual(await leaks(), []);
  assert.deepEqual(media(site).filter((file) => file.endsWith(".png")), []);
  await site.publish(id); // an editor in a hurry: it stays scheduled
  assert.equal((await site.api("GET", `/newsroom/api/articles/${id}`)).state, "scheduled");
  await site.stop(); // and with no page kept from before
  await site.serve();
  assert.deepEqual(await leaks(), []);
  assert.ok(!(await request(site.desk, "/status")).text().toLowerCase().includes(lower));
  turn(2 * HOUR);
  await until(() => done(site).length === 1, "the embargo ends");
  const found = await until(async () => {
    const places = await leaks();
    return places.includes("/en/") ? places : null;
  }, "the front page shows it");
  for (const place of ["/en/", "/en/rss.xml", "/en/atom.xml", "/en/search?q=merge", "/en/suggest?q=mer", `/en/tag/${lower}-affair`, `/en/article/${lower}-to-merge-${id}`])
    assert.ok(found.includes(place), `${place} shows it: the crawl can see it`);
  assert.ok(found.some((target) => target.startsWith("/media/")), "its picture is served");
  assert.ok(!site.log.toLowerCase().includes(lower), "the log does not tell it");
});

test("an expired article answers 410 and says so in its language; its lists forget it", async () => {
  const site = await Site.make("--language", "en", "--language", "ka");
  const turn = turnableClock(site);
  await site.serve();
  const { id, slug } = await site.write({ headline: "Three days of discount", publish: true });
  const ka = await site.write({ headline: "ფასდაკლება", language: "ka", publish: true });
  await site.write({ headline: "Stays", publish: true });
  for (const each of [id, ka.id]) await site.run("article", "schedule", each, "--expires", from_now(HOUR));
  assert.equal((await site.get(`/en/article/${slug}-${id}`)).status, 200);
  turn(2 * HOUR);
  await until(() => done(site, "expire").length === 2, "they expire");
  const gone = await until(async () => {
    const answer = await site.get(`/en/article/${slug}-${id}`);
    return answer.status === 410 ? answer.text() : null;
  }, "its address answers 410");
  assert.match(gone, /<h1>This article has expired<\/h1>/);
  assert.match(gone, /It was available until \d\d\.\d\d\.\d\d \d\d:\d\d\./);
  await until(async () => {
    const text = (await site.get(`/ka/article/${ka.slug}-${ka.id}`)).text();
    return text.includes("<h1>ამ სტატიის ვადა ამოიწურა</h1>");
  }, "the other one's address says so in Georgian");
  for (const list of ["/en/", "/en/rss.xml", "/en/atom.xml"])
    await until(async () => {
      const text = (await site.get(list)).text();
      const shown = text.replace(/<at:deleted-entry[^>]*\/>|<at:deleted-entry[\s\S]*?<\/at:deleted-entry>/g, ""); // readers are told to forget it (RFC 6721)
      return shown.includes("Stays") && !shown.includes(id);
    }, `${list} has forgotten it`);
  turn(-2 * HOUR);
  assert.equal((await site.get(`/en/article/${slug}-${id}`)).status, 410);
  const show = JSON.parse(await site.run("article", "show", id, "--json"));
  assert.equal(show.expired, true);
});

test("one that cannot be published says why, stops no other, and is told once", async () => {
  const site = await Site.make();
  const turn = turnableClock(site);
  const id = "6a0000000000c";
  await importWithPicture(site, id, {
    altIds: [{ role: "internal", value: id }],
    headlines: [{ role: "main", value: "Its picture is lost" }],
    bodies: [{ role: "main", contentType: "text/plain", value: "Text." }],
    versionCreated: from_now(HOUR),
  }, 99);
  const others = await plan(site, 5, "Fine");
  const blob = fs.readdirSync(path.join(site.data, "blobs"), { recursive: true, withFileTypes: true })
    .find((entry) => entry.isFile());
  const file = path.join(blob?.path ?? "", blob?.name ?? "");
  fs.renameSync(file, path.join(site.folder, "kept"));
  await site.serve();
  turn(2 * HOUR);
  await until(() => done(site).length === 5, "the others are published");
  assert.deepEqual(done(site), inOrder(others));
  const list = await site.run("article", "list", "--state", "scheduled");
  assert.match(list, /6a0000000000c .*scheduled .*failed: /);
  for (let jump = 1; jump < 4; jump++) {
    const tries = () => ask(site, `SELECT due_tries AS n FROM article WHERE id = '${id}'`)[0].n;
    const before = tries();
    turn(2 * HOUR + jump * 2 * HOUR);
    await until(() => tries() > before, "it is tried again");
  }
  assert.equal(site.log.split("an article that is due is left as it is").length - 1, 1, "told once");
  fs.renameSync(path.join(site.folder, "kept"), file);
  turn(24 * HOUR);
  await until(() => done(site).includes(id), "mended, it appears by itself");
});

test("without a turned clock it appears at its time, and not before", async () => {
  const site = await Site.make();
  await site.serve();
  // So soon that nobody waits long, so late that it is not there at once.
  let id = "";
  for (let seconds = 1.5; ; seconds *= 2) {
    const story = { headline: "On the dot", text: "Text.", language: "en", scheduled: from_now(seconds) };
    id = (await site.pipe(JSON.stringify(story), "article", "new", "-")).trim();
    if (Date.now() < Date.parse(story.scheduled)) break;
    await site.withdraw(id, "The machine was slower.");
  }
  await until(async () => (await site.get(`/en/article/on-the-dot-${id}`)).status === 200, "it appears");
  const [row] = ask(
    site,
    `SELECT change.time_us - published_us AS late FROM change JOIN article ON key = 'article:' || id
     WHERE id = '${id}' ORDER BY seq LIMIT 1`,
  );
  assert.ok(row.late >= 0, "not early");
  note(`published ${(row.late / 1000).toFixed(1)} ms after its time`);
});

await run();
