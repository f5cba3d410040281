#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A newspaper into one file while it is served, and back: all that was
// acknowledged before is in it, nothing is torn, every damage is found.
// `ROUNDS=10` (or --rounds=10) is the long form.
import assert from "node:assert/strict";
import { execFileSync, spawn, spawnSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";

import { png } from "../lib/png.mjs";
import { request } from "../lib/http.mjs";
import { Site, broadsheet, must, paragraphs, program, until } from "../lib/site.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";

const argument = process.argv.find((a) => a.startsWith("--rounds="))?.slice(9);
const ROUNDS = Number(argument ?? process.env.ROUNDS ?? 3);
const PACE_MS = 20; // 50 a second

const site = await Site.make("--name", "The Test");
await site.run("settings", "set", "make_pictures", "no");
await site.run("category", "add", "News");
const place = path.join(site.folder, "kept");
fs.mkdirSync(place);
const at = (/** @type {string} */ name) => path.join(place, name);

/** An item with a picture of its own. @param {string} name */
function pictured(name) {
  const file = path.join(site.folder, `${name}.png`);
  fs.writeFileSync(file, png(40, 30, crypto.randomBytes(3)));
  return {
    uri: `urn:test:${name}`, versionCreated: "2024-05-01T10:00:00Z", language: "en", headlines: [{ value: name }],
    bodies: [{ contentType: "text/html", value: `<p>${"Words of some length. ".repeat(150)}</p>` }],
    associations: [{ name: "main", type: "picture", uri: `urn:p:${name}`, renditions: [{ name: "o", href: `${name}.png` }] }],
  };
}

/** @param {string} name @param {object[]} items */
async function bring(name, items) {
  const file = path.join(site.folder, `${name}.ndjson`);
  fs.writeFileSync(file, items.map((item) => JSON.stringify(item)).join("\n"));
  await site.run("import", "ninjs", file);
}

await bring("before", Array.from({ length: 1500 }, (_, i) => (i % 15 ? { ...pictured("none"), uri: `urn:test:${i}`, associations: [], headlines: [{ value: `Old ${i}` }] } : pictured(`old-${i}`))));
fs.mkdirSync(path.join(site.data, "theme/messages"), { recursive: true });
fs.writeFileSync(path.join(site.data, "theme/messages/en.properties"), "home=Front page\n");
fs.writeFileSync(path.join(site.data, `theme/${"n".repeat(120)}.txt`), "a long name");
await site.serve();

/** Every article as it goes out, by its id. @param {string} data */
async function articles(data) {
  const text = await must(["export", "ninjs", "--data", data]);
  return new Map(text.trim().split("\n").map((line) => [/[0-9a-f]{13}(?=")/.exec(line)?.[0] ?? "", line]));
}

/** Every file below a folder. @param {string} folder @returns {Map<string, Buffer>} */
function files(folder) {
  const found = new Map();
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) {
      const file = path.join(/** @type {any} */ (entry).parentPath ?? entry.path, entry.name);
      found.set(path.relative(folder, file), fs.readFileSync(file));
    }
  return found;
}

/** What of a newspaper is not as it was acknowledged. @param {string} data
 * @param {string[]} said  ids @param {Map<string, string>} live */
async function findWrong(data, said, live) {
  const wrong = [];
  const kept = await articles(data);
  for (const id of said) if (!kept.has(id)) wrong.push(`${id} is not there`);
  for (const [id, line] of kept) if (live.get(id) !== line) wrong.push(`${id} is another`);
  const blobs = files(path.join(site.data, "blobs"));
  for (const [name, bytes] of files(path.join(data, "blobs"))) if (!blobs.get(name)?.equals(bytes)) wrong.push(`${name} is another`);
  return wrong;
}

// ---- while it is served -------------------------------------------------------

test(`${ROUNDS} backups while 50 a second are published: all that was said before is in them, byte by byte`, async () => {
  /** @type {string[]} */
  const said = [];
  let over = false;
  let number = 0;
  const publish = async () => {
    const answer = await site.api("POST", "/newsroom/api/articles", {
      headline: `Live ${number++}`, language: "en", categories: ["news"], publish: true, body: paragraphs("One. ".repeat(200), "Two."),
    });
    said.push(answer.id);
  };
  const publishing = (async () => {
    const running = new Set();
    for (let next = performance.now(); !over; next += PACE_MS) {
      if (running.size < 8) { // a slow machine has a slower newsroom
        const one = publish().finally(() => running.delete(one));
        running.add(one);
      }
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, next + PACE_MS - performance.now())));
    }
    await Promise.all(running);
  })();
  const importing = (async () => {
    for (let i = 0; !over; i++) await bring(`during-${i}`, [pictured(`during-${i}`)]);
    return undefined;
  })();
  const begun = performance.now();
  /** @type {string[][]} */
  const before = [];
  for (let i = 0; i < ROUNDS; i++) {
    const least = said.length + 25;
    await until(() => said.length >= least, "some are published");
    before.push([...said]);
    await site.run("backup", at(`round-${i}`), ...(i % 2 ? ["--key-file", key] : []));
  }
  over = true;
  await Promise.all([publishing, importing]);
  note(`${said.length} published in ${((performance.now() - begun) / 1000).toFixed(1)} s`);
  const live = await articles(site.data);
  let during = 0;
  for (const [i, ids] of before.entries()) {
    const back = at(`back-${i}`);
    await must(["restore", at(`round-${i}`), back, ...(i % 2 ? ["--key-file", key] : [])]);
    assert.deepEqual(await findWrong(back, ids, live), [], `round ${i}`);
    assert.match(await must(["check", "--deep", "--json", "--data", back]), /"sound": ?true/);
    during += (await articles(back)).size - ids.length;
  }
  note(`${during - ROUNDS * 1500} were in a backup that were acknowledged after it began`);
  assert.notDeepEqual(await findWrong(at("back-0"), said, live), [], "the control: an old backup lacks what came later");
  const media = (/** @type {string} */ data) => [...files(path.join(data, "media")).keys()].sort();
  await site.run("backup", at("last"));
  await must(["restore", at("last"), at("back-last")]);
  assert.deepEqual(media(at("back-last")), media(site.data));
  assert.deepEqual(files(path.join(at("back-last"), "theme")), files(path.join(site.data, "theme")));
});

// Made before the tests run, since the first one needs it.
const key = at("paper.key");
await must(["backup", "--make-key", key]);

test("a restored newspaper is served", async () => {
  const other = spawn(program, ["serve", at("back-last"), "--listen", "127.0.0.1:0"], { stdio: ["ignore", "ignore", "pipe"] });
  try {
    let log = "";
    other.stderr.setEncoding("utf8").on("data", (text) => (log += text));
    const found = await until(() => /Broadsheet is at http:[^\s]*:(\d+)\//.exec(log), "it is served");
    const page = await request({ port: Number(found[1]) }, "/en/");
    assert.equal(page.status, 200);
    assert.match(page.text(), /Live \d/);
  } finally {
    other.kill("SIGTERM");
    await until(() => other.exitCode !== null || other.signalCode, "it ended");
  }
});

test("without this program: zstd and tar take it apart, sha256sum checks it", () => {
  const apart = at("apart");
  fs.mkdirSync(apart);
  execFileSync("sh", ["-c", `zstd -qdc ${at("last")} | tar -x -C ${apart}`]);
  execFileSync("sha256sum", ["-c", "--quiet", "SHA256SUMS"], { cwd: apart });
  const info = JSON.parse(fs.readFileSync(path.join(apart, "broadsheet-backup.json"), "utf8"));
  assert.equal(info.format, 1);
  assert.equal(info.name, "The Test");
  assert.equal(files(path.join(apart, "blobs")).size, info.blobs);
  assert.equal(fs.statSync(path.join(apart, "broadsheet.db")).size, info.database_bytes);
  execFileSync("sqlite3", [path.join(apart, "broadsheet.db"), "PRAGMA integrity_check"]);
});

// ---- damage and keys -----------------------------------------------------------

/** What is packed in it, or nothing. @param {Buffer} bytes */
function unpacked(bytes) {
  const { status, stdout } = spawnSync("zstd", ["-qdc"], { input: bytes, maxBuffer: 1 << 30 });
  return status === 0 ? stdout : undefined;
}

/** @param {string} name @param {Buffer} bytes @param {string[]} more */
async function refused(name, bytes, ...more) {
  fs.writeFileSync(at("bad"), bytes);
  const verify = await broadsheet(["backup", "--verify", at("bad"), ...more]);
  const restore = await broadsheet(["restore", at("bad"), at("never"), ...more]);
  assert.equal(fs.existsSync(at("never")), false, name);
  assert.notEqual(verify.code, 0, name);
  assert.equal(verify.code, restore.code, name);
  return verify;
}

for (const sealed of [false, true])
  test(`${sealed ? "encrypted" : "plain"}: cut off, changed, added to, put in another order: found and named`, async () => {
    const keys = sealed ? ["--key-file", key] : [];
    await site.run("backup", at(`whole-${sealed}`), ...keys);
    const whole = fs.readFileSync(at(`whole-${sealed}`));
    assert.equal((await broadsheet(["backup", "--verify", at(`whole-${sealed}`), ...keys])).code, 0);
    for (const len of [0, 1, 3, 100, 5000, whole.length >> 1, whole.length - 200, whole.length - 1]) {
      const { code, stderr } = await refused(`cut at ${len}`, whole.subarray(0, len), ...keys);
      assert.equal(code, len < 4 ? 65 : 74, `${len}: ${stderr}`);
    }
    for (let i = 1; i < 16; i++) {
      const spot = Math.floor((whole.length * i) / 16);
      const changed = Buffer.from(whole);
      changed[spot] = (changed[spot] ?? 0) ^ (1 << i % 8);
      // Zstandard has bits that mean nothing: the same is in it all the same.
      if (!sealed && unpacked(changed)?.equals(unpacked(whole) ?? Buffer.from(""))) continue;
      const { code, stderr } = await refused(`changed at ${spot}`, changed, ...keys);
      assert.equal(code, 74, stderr);
      assert.match(stderr, /damaged|changed/);
    }
    await refused("added to", Buffer.concat([whole, Buffer.from("more")]), ...keys);
    await refused("twice", Buffer.concat([whole, whole]), ...keys);
    if (sealed) {
      const piece = 65536 + 17;
      const swapped = Buffer.concat([whole.subarray(0, 96), whole.subarray(96 + piece, 96 + 2 * piece), whole.subarray(96, 96 + piece), whole.subarray(96 + 2 * piece)]);
      await refused("swapped", swapped, ...keys);
      await refused("left out", Buffer.concat([whole.subarray(0, 96 + piece), whole.subarray(96 + 2 * piece)]), ...keys);
    }
  });

test("files that are swapped, left out, added or lead elsewhere are found though every sum fits", async () => {
  const apart = at("apart");
  const names = ["broadsheet-backup.json", "broadsheet.db", ...[...files(path.join(apart, "blobs")).keys()].sort().map((name) => `blobs/${name}`)];
  fs.rmSync(path.join(apart, "theme"), { recursive: true });
  const pack = (/** @type {string[]} */ list) => {
    const sums = list.map((name) => `${crypto.createHash("sha256").update(fs.readFileSync(path.join(apart, name))).digest("hex")}  ${name}\n`);
    fs.writeFileSync(path.join(apart, "SHA256SUMS"), sums.join(""));
    fs.writeFileSync(at("list"), [...list, "SHA256SUMS"].join("\n"));
    return execFileSync("sh", ["-c", `tar -c --format=ustar --hard-dereference -P -C ${apart} -T ${at("list")} | zstd -q`], { maxBuffer: 1 << 28 });
  };
  fs.writeFileSync(at("good"), pack(names));
  assert.equal((await broadsheet(["backup", "--verify", at("good")])).code, 0, "as tar makes it, it is one");
  const [info = "", database = "", first = "", second = "", ...rest] = names;
  fs.writeFileSync(path.join(apart, "evil.txt"), "x");
  for (const [why, list, message] of /** @type {[string, string[], RegExp][]} */ ([
    ["swapped", [info, database, second, first, ...rest], /does not belong in this place/],
    ["twice", [info, database, first, first, second, ...rest], /does not belong in this place/],
    ["left out", [info, database, second, ...rest], /should hold \d+ stored files and has \d+; the first to be missing is [0-9a-f]{64}/],
    ["no database", [info, first, ...rest], /does not belong in this place/],
    ["nothing", [info], /does not belong in this place/],
    ["another file", [...names, "evil.txt"], /no file of that name/],
    ["leads out", [...names, "../list"], /no file of that name/],
  ])) {
    const { stderr } = await refused(why, pack(list));
    assert.match(stderr, message, why);
  }
});

test("a wrong key says so, and so does a missing one", async () => {
  const cases = /** @type {const} */ ([["--key-file", key, "key"], ["--passphrase-file", at("words"), "passphrase"]]);
  fs.writeFileSync(at("words"), "correct horse\n");
  fs.writeFileSync(at("other-words"), "battery staple\n");
  await must(["backup", "--make-key", at("other.key")]);
  for (const [option, file, word] of cases) {
    await site.run("backup", at(`sealed-${word}`), option, file);
    assert.ok(!fs.readFileSync(at(`sealed-${word}`)).includes("broadsheet.db"));
    assert.equal((await broadsheet(["backup", "--verify", at(`sealed-${word}`), option, file])).code, 0);
    const bytes = fs.readFileSync(at(`sealed-${word}`));
    const none = await refused("no key", bytes);
    assert.equal(none.code, 77);
    assert.match(none.stderr, new RegExp(`encrypted under a .*${option}`));
    const wrong = await refused("wrong key", bytes, option, word === "key" ? at("other.key") : at("other-words"));
    assert.equal(wrong.code, 77);
    assert.match(wrong.stderr, new RegExp(`not the ${word} it was encrypted with`));
  }
  assert.match((await broadsheet(["backup", at("x"), "--data", site.data, "--key-file", at("words")])).stderr, /holds no key.*--make-key/);
  const again = await broadsheet(["backup", "--make-key", key]);
  assert.equal(again.code, 73);
  assert.equal(fs.statSync(key).mode & 0o777, 0o600);
});

// ---- what is refused -------------------------------------------------------------

test("nothing is overwritten unless it is said", async () => {
  const file = await broadsheet(["backup", at("last"), "--data", site.data]);
  assert.equal(file.code, 73);
  assert.match(file.stderr, /there already.*--force/);
  await site.run("backup", at("last"), "--force");
  const folder = await broadsheet(["restore", at("last"), site.data]);
  assert.equal(folder.code, 73);
  assert.match(folder.stderr, /not empty, a newspaper is in it/);
  fs.mkdirSync(at("empty"));
  await must(["restore", at("last"), `${at("empty")}/`]);
  fs.mkdirSync(at("full"));
  fs.writeFileSync(path.join(at("full"), "mine"), "");
  assert.equal((await broadsheet(["restore", at("last"), at("full")])).code, 73);
  assert.deepEqual(fs.readdirSync(at("full")), ["mine"]);
});

test("through pipes", async () => {
  execFileSync("sh", ["-c", `${program} backup - --data ${site.data} | ${program} restore - ${at("piped")}`], { stdio: "pipe" });
  assert.match(await must(["check", "--json", "--data", at("piped")]), /"sound": ?true/);
});

test("a newspaper of a newer version is left to that version", async () => {
  const newer = at("newer");
  fs.cpSync(at("piped"), newer, { recursive: true });
  execFileSync("sqlite3", [path.join(newer, "broadsheet.db"), "INSERT INTO schema_version VALUES (999, 'to come', 0)"]);
  await must(["backup", at("newer.backup"), "--data", newer]);
  const { code, stderr } = await broadsheet(["restore", at("newer.backup"), at("never")]);
  assert.equal(code, 78);
  assert.match(stderr, /schema 999; this program knows \d+/);
});

test("a database that would do things of its own is not restored", async () => {
  const strange = at("strange");
  fs.cpSync(at("piped"), strange, { recursive: true });
  execFileSync("sqlite3", [
    path.join(strange, "broadsheet.db"),
    "CREATE TRIGGER stranger AFTER INSERT ON article BEGIN INSERT INTO redirect VALUES ('/en/', 'https://evil.example/', 0); END",
  ]);
  await must(["backup", at("strange.backup"), "--data", strange]);
  const { code, stderr } = await broadsheet(["restore", at("strange.backup"), at("never")]);
  assert.notEqual(code, 0);
  assert.match(stderr, /the trigger stranger/);
  assert.ok(!fs.existsSync(at("never")));
});

test("a stored file that is missing or damaged already is told, and all else is kept", async () => {
  const wounded = at("wounded");
  fs.cpSync(at("piped"), wounded, { recursive: true });
  const [one = "", two = ""] = [...files(path.join(wounded, "blobs")).keys()];
  fs.rmSync(path.join(wounded, "blobs", one));
  fs.writeFileSync(path.join(wounded, "blobs", two), "not this");
  const made = await broadsheet(["backup", at("wounded.backup"), "--data", wounded]);
  assert.equal(made.code, 74);
  assert.match(made.stderr, /1 stored files were missing and 1 damaged/);
  const back = await broadsheet(["restore", at("wounded.backup"), at("scarred")]);
  assert.equal(back.code, 74);
  assert.match(back.stderr, /1 stored files were missing and 1 damaged/);
  assert.equal((await articles(at("scarred"))).size, (await articles(wounded)).size);
});

test("a disk that is full, a program that is killed: no half file is left", async () => {
  const folder = at("small");
  fs.mkdirSync(folder);
  const child = spawn(program, ["backup", path.join(folder, "a"), "--data", site.data], { stdio: "ignore" });
  await until(() => {
    try { // the copy of the database has a name for a moment, empty, until SQLite has opened it
      const open = fs.readdirSync(`/proc/${child.pid}/fd`).map((fd) => fs.readlinkSync(`/proc/${child.pid}/fd/${fd}`)).filter((file) => file.startsWith(folder));
      return open.length > 0 && open.every((file) => file.endsWith(" (deleted)"));
    } catch {
      return child.exitCode !== null;
    }
  }, "it writes");
  child.kill("SIGKILL");
  await until(() => child.exitCode !== null || child.signalCode, "it is gone");
  assert.deepEqual(fs.readdirSync(folder).filter((name) => name !== "a"), []);
});

if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=2m", "none", fs.mkdtempSync(at("tmpfs-"))]).status !== 0)
  skip("a disk that is full is told, and nothing is left on it", "a tmpfs cannot be mounted here");
else {
  const small = path.join(place, fs.readdirSync(place).find((name) => name.startsWith("tmpfs-")) ?? "");
  test("a disk that is full is told, and nothing is left on it", async () => {
    try {
      const backup = await broadsheet(["backup", path.join(small, "a"), "--data", site.data]);
      assert.equal(backup.code, 74);
      assert.match(backup.stderr, /needs about [\d.]+ MiB .* and [\d.]+ MiB are free there: make room/);
      assert.deepEqual(fs.readdirSync(small), []);
      const piped = spawnSync("sh", ["-c", `${program} backup - --data ${site.data} >${at("no-room")}`], {
        encoding: "utf8",
        env: { ...process.env, TMPDIR: small },
      });
      assert.equal(piped.status, 74);
      assert.match(piped.stderr, /disk is full/);
      assert.deepEqual(fs.readdirSync(small), []);
      const restore = await broadsheet(["restore", at("last"), path.join(small, "paper")]);
      assert.equal(restore.code, 74);
      assert.match(restore.stderr, /No space left on device: make room/);
      assert.deepEqual(fs.readdirSync(small), []);
    } finally {
      spawnSync("umount", [small]);
    }
  });
}

await run();
