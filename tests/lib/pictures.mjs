// SPDX-License-Identifier: Apache-2.0
// A newspaper that is served, and pictures to be sent to it.
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { Site, until } from "./site.mjs";

// 900 × 600: red on the left, blue on the right, a green corner up on the left.
export const RED = [200, 30, 40], BLUE = [30, 60, 190], GREEN = [30, 160, 60];

/** @param {string} file */
function paint(file) {
  const lines = [];
  for (let y = 0; y < 600; y++) {
    const line = Buffer.alloc(900 * 3);
    for (let x = 0; x < 900; x++) line.set(x < 300 && y < 200 ? GREEN : x < 450 ? RED : BLUE, x * 3);
    lines.push(line);
  }
  fs.writeFileSync(file, Buffer.concat([Buffer.from("P6 900 600 255\n"), ...lines]));
}

/** @param {string[]} args */
export const vips = (...args) => execFileSync("vips", args, { stdio: ["ignore", "pipe", "ignore"], encoding: "utf8" });

/** With plain.ppm and plain.jpg, which are the same, and wide.png, half as high. */
export async function servePictures() {
  const site = await Site.make("--language", "en");
  await site.serve();
  const folder = path.join(site.folder, "pictures");
  fs.mkdirSync(folder);
  const at = (/** @type {string} */ name) => path.join(folder, name);
  paint(at("plain.ppm"));
  vips("jpegsave", at("plain.ppm"), at("plain.jpg"), "--Q", "95");
  vips("resize", at("plain.ppm"), at("wide.png"), "1", "--vscale", "0.5");

  /** @param {string} text */
  const sql = (text) => execFileSync("sqlite3", [path.join(site.data, "broadsheet.db"), text], { encoding: "utf8" }).trim();

  /** @param {string} file @param {string[]} options */
  const add = async (file, ...options) => JSON.parse(await site.run("picture", "add", file, "--json", ...options));

  /** Half a minute later, for files that nothing shows any more. */
  async function graceEnds() {
    sql("PRAGMA busy_timeout=5000; UPDATE media_hiding SET at_us = 1 WHERE at_us BETWEEN 1 AND 9e18");
    await until(() => sql("SELECT COUNT(*) FROM media_hiding WHERE at_us = 1") === "0", "the desk hides them");
  }

  return { site, at, sql, add, graceEnds };
}
