// SPDX-License-Identifier: Apache-2.0
// Encoders of a studio, as ffmpeg plays them: what they send is told by a few
// settings, named as in the menus of such programs.
import { spawn } from "node:child_process";
import os from "node:os";

import { finally_ } from "./tap.mjs";

/**
 * @typedef {{ size?: string, frames?: string, group?: number, reordered?: number, x264?: string,
 *   rate?: number, aac?: string[], bits?: number, isVariable?: boolean, picture?: string[],
 *   filter?: string, extra?: string[] }} Feed
 *   frames: a second; group: frames from key frame to key frame; reordered:
 *   B-frames; isVariable: pictures that do not move are left out; filter: of
 *   the picture; picture: another input; extra: options of the output
 */

/** The arguments of ffmpeg before the address. @param {Feed} feed @returns {string[]} */
export function encode({ size = "320x180", frames = "25", group = 25, reordered = 0, x264 = "", rate = 48000,
  aac = ["-c:a", "aac"], bits = 400, isVariable = false, filter = "", picture, extra = [] }) {
  // Of ten pictures four stay: as a screen that is sent only when it changes.
  const filters = [isVariable ? "select='lt(mod(n,10),3)+eq(mod(n,10),6)'" : "", filter].filter(Boolean);
  return [
    "-hide_banner", "-loglevel", "error", "-re",
    ...(picture ?? ["-f", "lavfi", "-i", `testsrc2=s=${size}:r=${frames}`]),
    "-f", "lavfi", "-i", `sine=r=${rate}`, "-map", "0:v", "-map", "1:a",
    ...(filters.length ? ["-vf", filters.join(",")] : []),
    "-fps_mode", isVariable ? "vfr" : "cfr",
    "-c:v", "libx264", "-preset", "ultrafast", "-profile:v", "high", "-pix_fmt", "yuv420p", "-g", String(group),
    "-bf", String(reordered), "-b:v", `${bits}k`, "-maxrate", `${bits}k`, "-bufsize", `${bits}k`,
    ...(reordered ? [] : ["-tune", "zerolatency"]),
    ...(x264 ? ["-x264-params", x264] : []),
    ...aac, "-ac", "2", ...extra,
  ];
}

/** How the same is sent to an address. @param {string} url */
export const formatOf = (url) => ["-f", url.startsWith("srt:") ? "mpegts" : "flv", url];

/**
 * It stands for a machine of its own, which has nothing else to do; only root
 * can say so.
 * @param {import("node:child_process").ChildProcess} child  just begun
 */
export function alone(child) {
  try {
    if (child.pid) os.setPriority(child.pid, os.constants.priority.PRIORITY_HIGH);
  } catch {
    // It is not root, or the child has ended already.
  }
}

/** One encoder, or none, at a time. */
export class Encoder {
  constructor() {
    /** @type {import("node:child_process").ChildProcess | null} */
    this.child = null;
    this.said = "";
    const stop = () => this.stop();
    finally_(stop);
    process.on("exit", stop);
  }

  /** @param {string} url @param {Feed} [feed] */
  start(url, feed = {}) {
    this.run([...encode(feed), ...formatOf(url)]);
  }

  /** With arguments of one's own. @param {string[]} words */
  run(words) {
    this.stop();
    this.said = "";
    const child = spawn("ffmpeg", words, { stdio: ["ignore", "ignore", "pipe"] });
    child.stderr?.on("data", (text) => (this.said += text));
    this.child = child;
    alone(child);
  }

  get isGone() {
    return !this.child || this.child.exitCode !== null || this.child.signalCode !== null;
  }

  /** Without a word to the server, as when its machine loses power. */
  stop() {
    this.child?.kill("SIGKILL");
    this.child = null;
  }
}
