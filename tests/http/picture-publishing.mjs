#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// Pictures of what is published: they are made before anybody sees it, are
// exchanged without a broken one, and are gone when nothing shows them; the
// program that makes them may die.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { servePictures, vips } from "../lib/pictures.mjs";
import { broadsheet, until } from "../lib/site.mjs";
import { note, run, test } from "../lib/tap.mjs";

const { site, at, sql, add, graceEnds } = await servePictures();

test("pictures that were made by an older plan get what they lack in the background, and are shown as they are until then", async () => {
  vips("resize", at("plain.ppm"), at("older.png"), "0.7");
  const { id } = await add(at("older.png"));
  const show = async () => JSON.parse(await site.run("picture", "show", id, "--json"));
  sql(`PRAGMA busy_timeout=5000; DELETE FROM rendition WHERE medium_id = '${id}' AND ratio IN ('16:9', '1:1'); UPDATE medium SET plan = 0 WHERE id = '${id}'`);
  await until(async () => (await show()).renditions.some((/** @type {any} */ r) => r.cut === "16:9"), "it is made anew");
  // What was made is kept where it cannot be made again.
  const name = sql(`SELECT blob FROM medium WHERE id = '${id}'`).split("\n").pop() ?? "";
  const before = await show();
  fs.rmSync(path.join(site.data, "blobs", name.slice(0, 2), name.slice(2)));
  sql(`PRAGMA busy_timeout=5000; UPDATE medium SET plan = 0 WHERE id = '${id}'`);
  await until(() => !sql(`SELECT plan FROM medium WHERE id = '${id}'`).endsWith("0"), "it was tried");
  assert.deepEqual(await show(), before);
});

test("readers get the renditions, for ever; the original and every other size are not there", async () => {
  vips("resize", at("plain.ppm"), at("large.jpg"), "1.6");
  const picture = await add(at("large.jpg"), "--alt", "Two colours");
  for (const r of picture.renditions) assert.equal((await site.get(r.path)).status, 404, "nothing shows it yet");
  const { id } = await site.write({ headline: "Two colours", text: "A paragraph." });
  await site.revise(id, /** @type {any} */ ({ picture: picture.id }));
  await site.publish(id);
  const html = (await site.get(`/en/article/two-colours-${id}`)).text();
  const offered = [...html.matchAll(/\/media\/[0-9a-f]{32}\.\w+/g)].map((match) => match[0]);
  assert.match(html, /<picture><source type="image\/avif" srcset="[^"]* 1280w"[^>]*><source type="image\/webp"[^>]*><img src="\/media\/[0-9a-f]{32}\.jpg" alt="Two colours" width="1280" height="853"/);
  for (const address of new Set(offered)) {
    const answer = await site.get(address);
    assert.equal(answer.status, 200, address);
    assert.match(answer.get("cache-control") ?? "", /immutable/);
    assert.match(answer.get("content-type") ?? "", /^image\/(avif|webp|jpeg)$/);
  }
  const original = fs.readdirSync(path.join(site.data, "media")).filter((name) => fs.readFileSync(path.join(site.data, "media", name)).equals(fs.readFileSync(at("large.jpg"))));
  assert.deepEqual(original, []);
  assert.equal((await site.get("/media/00000000000000000000000000000000.jpg")).status, 404);
  assert.equal((await site.get((offered[0] ?? "").replace(".", "-5000."))).status, 404);
  await site.withdraw(id, "a test");
  assert.equal((await site.get(offered[0] ?? "")).status, 404);
});

test("what an import brought is made in the background, and its page printed again; the helper may die", async () => {
  const folders = path.join(site.folder, "import");
  fs.mkdirSync(folders);
  const item = {
    uri: "urn:test:1",
    type: "text",
    language: "en",
    headlines: [{ role: "main", value: "Imported" }],
    standard: { name: "ninjs", version: "3.0", schema: "http://www.iptc.org/std/ninjs/ninjs-schema_3.0.json" },
    associations: [{ name: "main", uri: "urn:test:2", type: "picture", renditions: [{ name: "a", href: "large.png", contentType: "image/png" }] }],
  };
  vips("resize", at("plain.ppm"), path.join(folders, "large.png"), "1.3");
  fs.writeFileSync(path.join(folders, "one.json"), JSON.stringify(item));
  await site.run("import", "ninjs", path.join(folders, "one.json"));
  const helpers = () => processesNamed("broadsheet-imag");
  await until(() => helpers().length > 0, "a helper works");
  for (const pid of helpers()) await site.kill(pid);
  const front = async () => (await site.get("/en/")).text();
  await until(async () => /image\/avif/.test(await front()), "the page offers AVIF");
  assert.match(await front(), /Imported/);
});

test("publishing by command makes what waits first: the file as it came never is public", async () => {
  await site.run("settings", "set", "make_pictures", "no");
  const folders = path.join(site.folder, "drafts");
  fs.mkdirSync(folders);
  vips("resize", at("plain.ppm"), path.join(folders, "draft.png"), "0.9");
  const item = {
    uri: "urn:test:3",
    type: "text",
    language: "en",
    headlines: [{ role: "main", value: "A draft" }],
    associations: [{ name: "main", uri: "urn:test:4", type: "picture", renditions: [{ name: "a", href: "draft.png", contentType: "image/png" }] }],
  };
  fs.writeFileSync(path.join(folders, "one.json"), JSON.stringify(item));
  await site.run("import", "ninjs", path.join(folders, "one.json"), "--drafts");
  const [newest] = JSON.parse(await site.run("picture", "list", "-n", "1", "--json"));
  assert.equal(newest.state, "waiting");
  const [draft] = JSON.parse(await site.run("article", "list", "--state", "draft", "--json"));
  await site.run("article", "publish", draft.id);
  const made = JSON.parse(await site.run("picture", "show", newest.id, "--json"));
  assert.deepEqual([made.state, made.original_is_public], ["made", false]);
  assert.match((await site.get(`/en/article/a-draft-${draft.id}`)).text(), /image\/avif/);
});

/** An article that came as a draft, with a picture that nobody has made anything of; their ids. @param {string} name @param {string} scale @param {string} [from] */
async function bringDraft(name, scale, from = "plain.ppm") {
  const folders = path.join(site.folder, name);
  fs.mkdirSync(folders);
  vips("resize", at(from), path.join(folders, "one.png"), scale);
  const item = {
    uri: `urn:test:${name}`,
    type: "text",
    language: "en",
    headlines: [{ role: "main", value: name }],
    associations: [{ name: "main", uri: `urn:test:${name}-picture`, type: "picture", renditions: [{ name: "a", href: "one.png", contentType: "image/png" }] }],
  };
  fs.writeFileSync(path.join(folders, "one.json"), JSON.stringify(item));
  const [result] = (await site.run("import", "ninjs", path.join(folders, "one.json"), "--drafts", "--json")).trim().split("\n").map((line) => JSON.parse(line));
  const [picture] = JSON.parse(await site.run("picture", "list", "-n", "1", "--json"));
  assert.equal(picture.state, "waiting");
  return { id: result.id, picture: picture.id };
}

/** What a page offers of pictures, each of which is there and can be decoded. @param {string} target */
async function offeredBy(target) {
  const answer = await site.get(target);
  const html = answer.status === 200 ? answer.text() : (await site.get(answer.get("location") ?? "")).text();
  const offered = [...new Set([...html.matchAll(/\/media\/[0-9a-f]{32}\.\w+/g)].map(([address]) => address))];
  for (const address of offered) {
    const file = await site.get(address);
    assert.equal(file.status, 200, address);
    fs.writeFileSync(at("offered"), file.body);
    assert.match(execFileSync("vipsheader", [at("offered")], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }), /\d+x\d+ uchar/, address);
  }
  return { html, offered };
}

test("who publishes at once by the API waits for the pictures: readers get them whole, and no file as it came", async () => {
  await site.run("settings", "set", "make_pictures", "no");
  const { id, picture } = await bringDraft("at-once", "0.71");
  await site.publish(id);
  const { html, offered } = await offeredBy(`/en/article/${id}`);
  assert.match(html, /image\/avif/);
  assert.ok(offered.length > 5, `${offered}`);
  const made = JSON.parse(await site.run("picture", "show", picture, "--json"));
  assert.deepEqual([made.state, made.original_is_public], ["made", false]);
  // Another picture, in a revision that readers do not see yet.
  const next = await bringDraft("another", "0.72");
  await site.revise(id, /** @type {any} */ ({ picture: next.picture }));
  await site.publish(id);
  const after = await offeredBy(`/en/article/${id}`);
  assert.match(after.html, /image\/avif/);
  assert.ok(after.offered.every((address) => !offered.includes(address)), "it is the other one");
  assert.equal(JSON.parse(await site.run("picture", "show", next.picture, "--json")).original_is_public, false);
});

test("however an article is published at once, its pictures are made first: in one call, by 'article new' and 'article edit'", async () => {
  await site.run("settings", "set", "make_pictures", "no");
  /** @param {string} name @param {string} scale @param {(picture: string) => Promise<string>} publish  gives the article's id */
  const check = async (name, scale, publish) => {
    const { picture } = await bringDraft(name, scale);
    const { html, offered } = await offeredBy(`/en/article/${await publish(picture)}`);
    assert.match(html, /image\/avif/, name);
    assert.ok(offered.length > 5, `${name}: ${offered}`);
    const made = JSON.parse(await site.run("picture", "show", picture, "--json"));
    assert.deepEqual([made.state, made.original_is_public], ["made", false], name);
  };
  const story = (/** @type {string} */ headline, /** @type {string} */ picture) => /** @type {any} */ ({ headline, picture });
  await check("one-call", "0.73", async (picture) => (await site.write({ ...story("In one call", picture), publish: true })).id);
  await check("by-new", "0.74", async (picture) =>
    (await site.pipe(JSON.stringify({ ...story("By new", picture), text: "Words." }), "article", "new", "--publish", "-")).trim());
  const { id } = await site.write({ headline: "Without a picture", publish: true });
  await check("by-edit", "0.75", async (picture) => (await site.pipe(JSON.stringify({ picture }), "article", "edit", id, "--publish", "-")).trim());
  await check("by-publish", "0.76", async (picture) => {
    await site.revise(id, /** @type {any} */ ({ picture }));
    return (await site.run("article", "publish", id)).trim();
  });
});

test("a picture in the text that cannot be made holds nobody up: it is shown as it came, once", async () => {
  await site.run("settings", "set", "make_pictures", "no");
  const broken = await bringDraft("broken", "1.37");
  const name = sql(`SELECT blob FROM medium WHERE id = '${broken.picture}'`).split("\n").pop() ?? "";
  fs.writeFileSync(path.join(site.data, "blobs", name.slice(0, 2), name.slice(2)), "no picture at all");
  const body = { type: "doc", content: [{ type: "image", attrs: { media: broken.picture, alt: "What was there" } }] };
  const { id, state } = await site.api("POST", "/newsroom/api/articles", { language: "en", headline: "Broken", body, publish: true });
  assert.equal(state, "published");
  const drafts = JSON.parse(await site.run("article", "list", "--json")).filter((/** @type {any} */ a) => a.headline === "Broken");
  assert.deepEqual(drafts.map((/** @type {any} */ a) => a.id), [id], "the first try left nothing behind");
  assert.equal(JSON.parse(await site.run("picture", "show", broken.picture, "--json")).state, "cannot be read");
});

test("posts of a live blog that readers see wait for their pictures: by the API, by 'live post' and 'live edit', piped or not", async () => {
  await site.run("settings", "set", "make_pictures", "no");
  const { id } = await site.write({ headline: "Bridge", publish: true });
  await site.run("live", "start", id);
  /** @param {string} name @param {string} scale @param {(post: any) => Promise<string>} send  gives the post's id */
  const check = async (name, scale, send) => {
    const { picture } = await bringDraft(name, scale);
    const body = { type: "doc", content: [{ type: "image", attrs: { media: picture, alt: name } }] };
    const post = await send({ headline: name, body });
    const made = JSON.parse(await site.run("picture", "show", picture, "--json"));
    assert.deepEqual([made.state, made.original_is_public], ["made", false], name);
    const { html } = await offeredBy(`/en/article/${id}?post=${post}`);
    assert.match(html, new RegExp(`<picture>(?:(?!</picture>).)*image/avif(?:(?!</picture>).)*alt="${name}"`, "s"), name);
    return post;
  };
  await check("post-api", "0.77", async (post) => (await site.api("POST", `/newsroom/api/articles/${id}/posts`, post)).id);
  const piped = await check("post-piped", "0.78", async (post) => (await site.pipe(JSON.stringify(post), "live", "post", id, "-")).trim());
  await check("edit-piped", "0.79", async (post) => (await site.pipe(JSON.stringify(post), "live", "edit", piped, "-")).trim());
  await check("edit-api", "0.81", async (post) => (await site.api("POST", `/newsroom/api/posts/${piped}`, post)).id);
  const posts = (await site.api("GET", `/newsroom/api/articles/${id}/posts`)).posts;
  assert.deepEqual(posts.map((/** @type {any} */ post) => post.headline), ["edit-api", "post-api"], "the first tries left nothing behind");
});

test("what is cut anew stays on pages that are open, until its article is withdrawn", async () => {
  const other = await bringDraft("cut-other", "0.98");
  await site.publish(other.id);
  await site.revise(other.id, /** @type {any} */ ({ picture: "" }));
  await site.publish(other.id);
  const { id, picture } = await bringDraft("cut", "0.97", "wide.png");
  await site.publish(id);
  const front = await offeredBy("/en/");
  await site.run("picture", "focus", picture, "5%", "5%");
  const after = await offeredBy("/en/");
  const gone = front.offered.filter((address) => !after.offered.includes(address));
  assert.ok(gone.length > 0, "the front has others now");
  await graceEnds(); // of the other article's; of this one it has just begun
  for (const address of gone) assert.equal((await site.get(address)).status, 200, address);
  const { stdout, stderr } = await broadsheet(["check", "--data", site.data]);
  assert.doesNotMatch(stdout + stderr, /is public, and nothing/);
  await site.withdraw(id, "a test");
  for (const address of gone) assert.equal((await site.get(address)).status, 404, address);
  await offeredBy("/en/");
});

/** Reads pages and what they offer until it is told that it is enough. @param {() => string} target @param {(address: string) => Promise<void>} missing */
function readPictures(target, missing) {
  const reading = { seen: 0, enough: false, /** @type {Promise<unknown>} */ done: Promise.resolve() };
  const read = async () => {
    while (!reading.enough) {
      const page = await site.get(target());
      const offered = page.status === 200 ? [...new Set(page.text().match(/\/media\/[0-9a-f]{32}\.\w+/g))] : [];
      for (const address of offered.slice(0, 4)) {
        reading.seen++;
        if ((await site.get(address)).status !== 200) await missing(address);
      }
    }
  };
  reading.done = Promise.all([read(), read(), read()]).finally(() => { reading.enough = true; });
  reading.done.catch(() => {});
  return reading;
}

test("whoever fetches a page and then its pictures gets them, while they are exchanged", async () => {
  const pictures = [];
  for (const scale of ["0.61", "0.62"]) {
    vips("resize", at("plain.ppm"), at(`exchanged-${scale}.png`), scale);
    pictures.push((await add(at(`exchanged-${scale}.png`))).id);
  }
  const { id } = await site.write(/** @type {any} */ ({ headline: "Exchanged", publish: true, picture: pictures[0] }));
  const reading = readPictures(() => `/en/article/exchanged-${id}`, async (address) => assert.fail(`${address} was on a page a moment ago`));
  for (let i = 1; i <= 20 && !reading.enough; i++) {
    await site.revise(id, /** @type {any} */ ({ picture: pictures[i % 2] }));
    await site.publish(id);
  }
  reading.enough = true;
  await reading.done;
  assert.ok(reading.seen > 100, `${reading.seen} pictures were read`);
});

test("a picture that is not there is on no page: neither when its article is withdrawn, nor when its grace has ended", async () => {
  vips("resize", at("plain.ppm"), at("taken-back.png"), "0.64");
  const { id: picture, renditions } = await add(at("taken-back.png"));
  const story = /** @type {any} */ ({ headline: "Taken back", publish: true, picture });
  let target = "/en/", gone = 0;
  const reading = readPictures(() => target, async (address) => {
    const now = await site.get(target);
    gone++;
    // The next one may show it by now; then it is there.
    if (now.status === 200 && now.text().includes(address)) assert.equal((await site.get(address)).status, 200, `${address} is on ${target}`);
  });
  for (let i = 0; i < 10 && !reading.enough; i++) {
    const { id } = await site.write(story);
    target = `/en/article/taken-back-${id}`;
    const seen = reading.seen;
    await until(() => reading.seen > seen + 8 || reading.enough, "somebody reads it");
    if (i % 2) {
      await site.withdraw(id, "a test");
    } else {
      await site.revise(id, /** @type {any} */ ({ picture: "" }));
      await site.publish(id);
      await graceEnds();
    }
    assert.equal((await site.get(renditions[0].path)).status, 404, `after ${i}`);
  }
  reading.enough = true;
  await reading.done;
  note(`${gone} of ${reading.seen} were gone`);
});

test("what a desk has not hidden when it is killed, the next one hides; a command without a desk at once", async () => {
  vips("resize", at("plain.ppm"), at("third.png"), "0.63");
  const picture = await add(at("third.png"));
  const story = /** @type {any} */ ({ headline: "Left behind", picture: picture.id, publish: true });
  const { id } = await site.write(story);
  const file = path.join(site.data, "media", path.basename(picture.renditions[0].path));
  assert.ok(fs.existsSync(file));
  await site.pipe(JSON.stringify({ picture: "" }), "article", "edit", id, "--publish", "-");
  assert.ok(fs.existsSync(file), "for whoever has the page");
  await site.kill(site.children().desk);
  sql("PRAGMA busy_timeout=5000; UPDATE media_hiding SET at_us = 0 WHERE at_us < 9e18");
  await until(() => !fs.existsSync(file), "the next desk hides it");
  const again = await site.write({ ...story, headline: "Left behind again" });
  assert.ok(fs.existsSync(file));
  assert.equal(await site.stop(), 0);
  await site.run("article", "withdraw", again.id, "--reason", "a test");
  assert.ok(!fs.existsSync(file), "nobody is served");
  await site.serve();
});

test("the newsroom's API tells how far an article's pictures are, and waits for them", async () => {
  await site.run("settings", "set", "make_pictures", "no");
  const folders = path.join(site.folder, "hurried");
  fs.mkdirSync(folders);
  vips("resize", at("plain.ppm"), path.join(folders, "one.png"), "1.45");
  const whole = fs.readFileSync(path.join(folders, "one.png"));
  fs.writeFileSync(path.join(folders, "two.png"), whole.subarray(0, whole.length / 2));
  /** @param {string} name */
  const picture = (name) => ({ name, uri: `urn:test:hurried-${name}`, type: "picture", renditions: [{ name: "a", href: `${name}.png`, contentType: "image/png" }] });
  const item = { uri: "urn:test:hurried", type: "text", language: "en", headlines: [{ role: "main", value: "Hurried" }], associations: [picture("one"), picture("two")] };
  fs.writeFileSync(path.join(folders, "item.json"), JSON.stringify(item));
  await site.run("import", "ninjs", path.join(folders, "item.json"), "--drafts");
  const drafts = JSON.parse(await site.run("article", "list", "--state", "draft", "--json"));
  const { id } = drafts.find((/** @type {any} */ draft) => draft.headline === "Hurried");
  const target = `/newsroom/api/articles/${id}/pictures`;
  const before = await site.api("GET", target);
  assert.deepEqual([before.waiting, before.made, before.unreadable, before.pictures.length], [2, 0, 0, 2]);
  assert.deepEqual(new Set(before.pictures.map((/** @type {any} */ p) => p.state)), new Set(["waiting"]));
  // Asked for without waiting, it is told how far it is.
  await site.api("POST", target, {});
  const seen = new Set();
  const after = await until(async () => {
    const now = await site.api("GET", target);
    for (const p of now.pictures) if (p.state === "being made" && p.total) seen.add(`${p.total > p.done}`);
    return now.waiting === 0 && now;
  }, "they are made though the setting is off");
  assert.ok(seen.has("true"), "renditions were counted");
  assert.deepEqual([after.made, after.unreadable], [1, 1]);
  const [made, broken] = [...after.pictures].sort((a, b) => a.state.length - b.state.length);
  assert.deepEqual([made.state, made.renditions, broken.state], ["made", 28, "cannot be read"]);
  assert.match(broken.problem, /\w/);
  // Asked for with time to wait, the answer comes when they are.
  sql(`PRAGMA busy_timeout=5000; UPDATE medium SET made = 0 WHERE id = '${made.id}'`);
  assert.equal((await site.api("GET", target)).waiting, 1);
  const waited = await site.api("POST", target, { wait_seconds: 60 });
  assert.deepEqual([waited.waiting, waited.made], [0, 1]);
  await assert.rejects(site.api("POST", target, { wait_seconds: 61 }), /a number from 0 to 60/);
  await assert.rejects(site.api("POST", target, { wait_seconds: "soon" }), /a number from 0 to 60/);
  await assert.rejects(site.api("GET", "/newsroom/api/articles/000000000000f/pictures"), /404 .*there is no article/);
});

test("a shared article brings a card with its headline, under a name that changes with it", async () => {
  await site.run("settings", "set", "address", "https://paper.example");
  const { id } = await site.write({ headline: "Ferry returns", text: "A paragraph." });
  await site.publish(id);
  const card = async () => /og:image" content="https:\/\/paper\.example([^"]*)"/.exec((await site.get(`/en/article/ferry-returns-${id}`)).text())?.[1] ?? "";
  const first = await card();
  assert.match(first, new RegExp(`^/en/card/${id}-[0-9a-f]{16}\\.jpg$`));
  const answer = await site.get(first);
  assert.deepEqual([answer.status, answer.get("content-type")], [200, "image/jpeg"]);
  assert.match(answer.get("cache-control") ?? "", /immutable/);
  assert.ok(answer.body.length < 100_000, `${answer.body.length} bytes`);
  fs.writeFileSync(at("card.jpg"), answer.body);
  assert.equal(execFileSync("vipsheader", ["-f", "width", at("card.jpg")], { encoding: "utf8" }).trim(), "1200");
  assert.equal(execFileSync("vipsheader", ["-f", "height", at("card.jpg")], { encoding: "utf8" }).trim(), "630");
  const guess = await site.get(`/en/card/${id}-0123456789abcdef.jpg`);
  assert.deepEqual([guess.status, guess.get("location")], [301, first]);
  for (const wrong of [`/en/card/${id}.jpg`, "/en/card/62f9f7d471fdc-0123456789abcdef.jpg", `/en/card/${id}-0123456789abcdef.png`])
    assert.equal((await site.get(wrong)).status, 404, wrong);
  await site.revise(id, { headline: "Ferry returns, and a rope along both sides" });
  await site.publish(id);
  const article = await site.get(`/en/article/ferry-returns-${id}`);
  const second = /og:image" content="https:\/\/paper\.example([^"]*)"/.exec((await site.get(article.get("location") ?? `/en/article/ferry-returns-${id}`)).text())?.[1] ?? "";
  assert.notEqual(second, first);
  assert.equal((await site.get(first)).get("location"), second);
  assert.equal((await site.get(second)).status, 200);
  await site.withdraw(id, "a test");
  assert.equal((await site.get(second)).status, 404);
});

/** Children of the served site with that name. @param {string} name */
function processesNamed(name) {
  const parents = new Set(site.childProcesses());
  return fs.readdirSync("/proc").filter((pid) => {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/stat`, "utf8");
      const [, comm, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(stat) ?? [];
      return comm === name && parents.has(Number(parent));
    } catch {
      return false;
    }
  }).map(Number);
}

await run();
