#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// A disk that is full, that does not write, that does not sync: no process
// dies, readers are served, who writes is told, nothing acknowledged is lost,
// and when the disk is well again, so is the newspaper, without a restart.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";

import { findLost, random, ready } from "../lib/crash.mjs";
import { request } from "../lib/http.mjs";
import { png } from "../lib/png.mjs";
import { Site, broadsheet, isSanitized, paragraphs, until } from "../lib/site.mjs";
import { finally_, note, run, skip, test } from "../lib/tap.mjs";

const PUBLISHERS = 3;
const PRELOADS = ["/usr/lib/fiu/fiu_run_preload.so", "/usr/lib/fiu/fiu_posix_preload.so"];
const dice = random(Number(process.env.SEED ?? 1));

/** @typedef {import("../lib/crash.mjs").Told} Told */

/**
 * Publishers at work until `over`: what was acknowledged, and the statuses of
 * what was not.
 * @param {Site} site @param {string} name
 */
function work(site, name) {
  /** @type {Map<string, Told | null>} */
  const acknowledged = new Map();
  /** @type {Map<string, { status: number, message: string }>} */
  const refused = new Map();
  let over = false;
  const publishers = Array.from({ length: PUBLISHERS }, async (_, k) => {
    for (let i = 0; !over; i++) {
      const headline = `${name} ${k} ${i}`;
      const body = JSON.stringify({ headline, language: "en", categories: ["news"], publish: true, body: paragraphs("One. ".repeat(400)) });
      const answer = await request(site.desk, "/newsroom/api/articles", { method: "POST", body });
      const json = JSON.parse(answer.text());
      if (answer.status === 201) acknowledged.set(headline, { id: json.id, path: `/en/article/${json.slug}-${json.id}`, state: "published", reason: "" });
      else refused.set(headline, { status: answer.status, message: json.error.message });
    }
  });
  const end = async () => {
    over = true;
    await Promise.all(publishers);
  };
  return { acknowledged, refused, end };
}

/** Pages are read, held ones and one that nobody asked for before. @param {Site} site @param {Told} told */
async function read(site, told) {
  for (const target of ["/en/", "/en/news", told.path, "/en/atom.xml"]) assert.equal((await site.get(target)).status, 200, target);
  assert.equal((await site.get(`/en/tag/none-${Math.floor(dice() * 1e9)}`)).status, 404);
}

/** @param {string} name */
async function make(name) {
  const site = await Site.make("--name", name);
  await site.run("category", "add", "News");
  return site;
}

/**
 * Publishes, breaks the disk, publishes on, mends it, publishes on.
 * @param {Site} site @param {string} name
 * @param {{ hurt: () => void, heal: () => void, statuses: number[], message: RegExp }} how
 */
async function through(site, name, { hurt, heal, statuses, message }) {
  const before = site.children();
  const { acknowledged, refused, end } = work(site, name);
  await until(() => acknowledged.size >= 10, "ten are published");
  hurt();
  const told = [...acknowledged.values()][3];
  const least = refused.size + 20;
  await until(() => refused.size >= least, "twenty were refused");
  await read(site, /** @type {Told} */ (told));
  const good = acknowledged.size;
  heal();
  await until(() => acknowledged.size >= good + 10, "ten more are published");
  await end();
  await ready(site);
  for (const [headline, { status, message: said }] of refused) {
    assert.ok(statuses.includes(status), `${headline}: ${status} ${said}`);
    assert.match(said, message);
  }
  assert.deepEqual(site.children(), before, "no process died");
  assert.deepEqual(await findLost(site, acknowledged), []);
  const checked = await broadsheet(["check", "--json", "--data", site.data]);
  assert.equal(checked.code, 0, checked.stdout + checked.stderr);
  note(`${name}: ${acknowledged.size} acknowledged, ${refused.size} refused`);
  return { acknowledged, refused };
}

/** An item with a picture, and the file it is in. @param {Site} site @param {string} name */
function item(site, name) {
  fs.writeFileSync(path.join(site.folder, `${name}.png`), png(60, 40, Buffer.from(name.padEnd(3)).subarray(0, 3)));
  const file = path.join(site.folder, `${name}.json`);
  fs.writeFileSync(file, JSON.stringify({
    uri: `urn:test:${name}`, versionCreated: "2024-05-01T10:00:00Z", language: "en", headlines: [{ value: name }],
    bodies: [{ contentType: "text/html", value: "<p>One.</p>" }],
    associations: [{ name: "main", type: "picture", uri: `urn:p:${name}`, renditions: [{ name: "o", href: `${name}.png` }] }],
  }));
  return file;
}

// ---- full ---------------------------------------------------------------------

const disk = fs.mkdtempSync(path.join(os.tmpdir(), "broadsheet-disk-"));
finally_(() => {
  spawnSync("umount", [disk]);
  fs.rmSync(disk, { recursive: true, force: true });
});
const FULL = "a full disk: 507, readers are served, all is well when there is room again";
if (spawnSync("mount", ["-t", "tmpfs", "-o", "size=48m", "none", disk]).status !== 0) skip(FULL, "a tmpfs cannot be mounted here");
else
  test(FULL, async () => {
    const usual = process.env.TMPDIR;
    process.env.TMPDIR = disk;
    const site = await make("Full");
    if (usual === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = usual;
    const outside = fs.mkdtempSync(path.join(os.tmpdir(), "broadsheet-items-"));
    finally_(() => fs.rmSync(outside, { recursive: true }));
    await site.serve();
    const ballast = path.join(disk, "ballast");
    const hurt = () => void spawnSync("dd", ["if=/dev/zero", `of=${ballast}`, "bs=4k"]);
    await through(site, "Full", {
      hurt,
      heal: () => fs.rmSync(ballast),
      statuses: [507],
      message: /the disk is full: make room; nothing that was stored is lost/,
    });
    const file = item(Object.assign(Object.create(Site.prototype), { folder: outside }), "picture");
    hurt();
    const full = await broadsheet(["import", "ninjs", file, "--data", site.data]);
    assert.equal(full.code, 74);
    assert.match(full.stderr + full.stdout, /disk is full|No space left/);
    fs.rmSync(ballast);
    const room = await broadsheet(["import", "ninjs", file, "--data", site.data]);
    assert.equal(room.code, 0, room.stderr);
    assert.match(await site.run("check", "--json"), /"sound": ?true/);
  });

// ---- failing --------------------------------------------------------------------

const fiu = PRELOADS.every((file) => fs.existsSync(file)) && !isSanitized;
const WHY = isSanitized ? "libfiu does not go with sanitizers" : "libfiu is missing: tools/install-deps --check";
const SYNC = ["posix/io/sync/fsync", "posix/io/sync/fdatasync"];
const WRITE = ["posix/io/rw/pwrite"]; // what SQLite writes with; write() also wakes threads

/** @param {Site} site */
function control(site) {
  const fifo = path.join(site.folder, "fiu");
  site.env = { LD_PRELOAD: PRELOADS.join(" "), FIU_CTRL_FIFO: fifo, FIU_ENABLE: "" };
  const tell = (/** @type {string[]} */ commands) =>
    execFileSync("fiu-ctrl", ["-f", fifo, ...commands.flatMap((command) => ["-c", command]), String(site.children().desk)]);
  return {
    /** @param {string[]} names @param {number} [errno] */
    fail: (names, errno = 5) => void tell(names.map((name) => `enable name=${name},failinfo=${errno}`)),
    /** @param {string[]} names @param {number} probability */
    sometimes: (names, probability) => void tell(names.map((name) => `enable_random name=${name},failinfo=5,probability=${probability}`)),
    /** @param {string[]} names */
    mend: (names) => void tell(names.map((name) => `disable name=${name}`)),
  };
}

if (!fiu) {
  skip("syncing and writing that fail: 503 or 507, nothing acknowledged is lost", WHY);
  skip("a disk that fails now and then, and a kill -9 in the middle", WHY);
  skip("an import whose files cannot be synced or written stores none of them", WHY);
} else {
  const site = await make("Failing");
  const { fail, sometimes, mend } = control(site);
  await site.serve();

  test("syncing and writing that fail: 503 or 507, nothing acknowledged is lost", async () => {
    for (const [name, names, errno, statuses, message] of /** @type {[string, string[], number, number[], RegExp][]} */ ([
      ["Unsynced", SYNC, 5, [503], /reading or writing failed, so nothing of this was stored/],
      ["Unwritten", WRITE, 5, [503], /reading or writing failed, so nothing of this was stored/],
      ["No room", WRITE, 28, [507], /the disk is full: make room; nothing that was stored is lost/],
      ["Quota", WRITE, 122, [503, 507], /disk/],
    ]))
      await through(site, name, { hurt: () => fail(names, errno), heal: () => mend(names), statuses, message });
  });

  test("a disk that fails now and then, and a kill -9 in the middle", async () => {
    /** @type {Map<string, Told | null>} */
    const all = new Map();
    const names = [...SYNC, ...WRITE];
    let refusals = 0;
    for (let round = 0; round < 4; round++) {
      const { acknowledged, refused, end } = work(site, `Shaky ${round}`);
      sometimes(names, 0.1 + dice() * 0.2);
      await until(() => refused.size >= 30, "thirty were refused");
      if (round % 2) {
        const publishing = end().catch(() => {}); // the desk dies under them
        await site.crash();
        await publishing;
        await site.serve();
      } else {
        mend(names);
        const good = acknowledged.size;
        await until(() => acknowledged.size >= good + 5, "five more are published");
        await end();
      }
      await ready(site);
      for (const [headline, told] of acknowledged) all.set(headline, told);
      refusals += refused.size;
      assert.deepEqual(await findLost(site, acknowledged), [], `round ${round}`);
      const checked = await broadsheet(["check", "--json", "--data", site.data]);
      assert.equal(checked.code, 0, checked.stdout + checked.stderr);
      // The control: had the refused ones been acknowledged, they would be missed.
      if (round === 0) assert.ok((await findLost(site, new Map([...refused.keys()].map((headline) => [headline, null])))).length > 0);
    }
    note(`${all.size} acknowledged, ${refusals} refused, 0 lost`);
    assert.ok(all.size > 0);
  });

  test("an import whose files cannot be synced or written stores none of them", async () => {
    for (const [name, point] of [["sync", "posix/io/sync/fsync"], ["rename", "posix/io/dir/rename"]]) {
      const file = item(site, `import-${name}`);
      const env = { LD_PRELOAD: PRELOADS.join(" "), FIU_CTRL_FIFO: path.join(site.folder, "import"), FIU_ENABLE: `enable name=${point},failinfo=5` };
      const bad = await broadsheet(["import", "ninjs", file, "--json", "--data", site.data], { env });
      if (name === "sync") assert.equal(bad.code, 74, bad.stdout + bad.stderr);
      const good = await broadsheet(["import", "ninjs", file, "--json", "--data", site.data]);
      assert.equal(good.code, 0, good.stderr);
      const { id } = JSON.parse(good.stdout.split("\n")[0] ?? "");
      assert.ok(JSON.parse(await site.run("article", "show", id, "--json")).picture, name);
      assert.match(await site.run("check", "--json"), /"sound": ?true/);
    }
  });
}

await run();
