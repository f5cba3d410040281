// SPDX-License-Identifier: Apache-2.0
// A server whose wall clock the test turns (libfaketime).
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

import { program } from "./site.mjs";

/** @typedef {import("./site.mjs").Site} Site */

const places = ["/usr/lib/x86_64-linux-gnu/faketime", "/usr/lib/aarch64-linux-gnu/faketime"];
const library = places.map((place) => path.join(place, "libfaketimeMT.so.1")).find((name) => fs.existsSync(name));

/** Why no clock can be turned here, or "". */
export const missing = library ? "" : "libfaketime is missing: tools/install-deps --check";

/** A sanitizer's library has to come before all others. */
function sanitizer() {
  const lines = execFileSync("ldd", [program], { encoding: "utf8" });
  return /=> (\S*lib[at]san\S*)/.exec(lines)?.[1];
}

/**
 * Has the site served with a clock that stands off by what turn says; before
 * the first call it is right. Durations go on as they are.
 * @param {Site} site
 * @returns {(seconds: number) => void} turn
 */
export function turnableClock(site) {
  const file = path.join(site.folder, "clock");
  /** @param {number} seconds */
  const turn = (seconds) => {
    fs.writeFileSync(`${file}.new`, `${seconds < 0 ? "" : "+"}${seconds}\n`);
    fs.renameSync(`${file}.new`, file);
  };
  turn(0);
  site.env = {
    LD_PRELOAD: [sanitizer(), library].filter(Boolean).join(" "),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: "1",
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
    DONT_FAKE_MONOTONIC: "1",
    FAKETIME_FORCE_MONOTONIC_FIX: "0", // waits would end at once
    NO_FAKE_STAT: "1",
  };
  return turn;
}
