// SPDX-License-Identifier: Apache-2.0
// Fragments of television, looked at with another's eyes: mp4box.js takes them
// apart, ffmpeg decodes them and stops at the first thing it does not like.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";

import { createFile, Log, MP4BoxBuffer } from "mp4box";

Log.setLogLevel(Log.error);

/** What a playlist says of a part. @typedef {{ uri: string, duration: number, independent: boolean, init: string, breaks: boolean }} Told */

/**
 * The parts of a playlist, in order; one that is said to be missing is left
 * out, and what is behind it does not go on. @param {string} text @returns {Told[]} */
export function partsOf(text) {
  /** @type {Told[]} */
  const found = [];
  let init = "";
  let breaks = false;
  for (const line of text.split("\n")) {
    if (line === "#EXT-X-DISCONTINUITY") breaks = true;
    init = /^#EXT-X-MAP:URI="([^"]+)"/.exec(line)?.[1] ?? init;
    const part = /^#EXT-X-PART:DURATION=([\d.]+),URI="([^"]+)"(.*)/.exec(line);
    if (!part) continue;
    if (part[3].includes("GAP=YES")) {
      breaks = true;
      continue;
    }
    found.push({ uri: part[2], duration: Number(part[1]), independent: part[3].includes("INDEPENDENT=YES"), init, breaks });
    breaks = false;
  }
  return found;
}

/** Kinds of NAL units of a picture. @param {Uint8Array} bytes */
function unitsOf(bytes) {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kinds = [];
  for (let at = 0; at + 4 < view.length; at += 4 + view.readUInt32BE(at)) kinds.push(view[at + 4] & 31);
  return kinds;
}

/** @param {any} file @param {Buffer} bytes @param {number} at */
function feed(file, bytes, at) {
  const copy = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
  file.appendBuffer(MP4BoxBuffer.fromArrayBuffer(/** @type {ArrayBuffer} */ (copy), at));
  return at + bytes.length;
}

/**
 * Takes the parts apart that follow one initialisation, and finds fault with:
 * boxes that are cut off or left over, times that do not go on, key frames that
 * are none or are not told, parts that are not as long as they are said to be.
 * @param {Buffer} init
 * @param {(Told & { bytes: Buffer })[]} parts  of one timeline
 */
export function lookAt(init, parts) {
  const file = createFile(true);
  /** @type {string[]} */
  const wrong = [];
  const { error, warn } = Log;
  Log.error = (/** @type {unknown[]} */ ...args) => void wrong.push(args.join(" "));
  Log.warn = Log.error;
  /** @type {Map<number, any[]>} */
  const samples = new Map();
  try {
    let isReady = false;
    file.onReady = () => (isReady = true);
    file.onError = (/** @type {string} */ module, /** @type {string} */ message) => wrong.push(`${module}: ${message}`);
    file.onSamples = (/** @type {number} */ id, /** @type {unknown} */ _, /** @type {any[]} */ list) =>
      samples.set(id, [...(samples.get(id) ?? []), ...list]);
    let at = feed(file, init, 0);
    assert.ok(isReady, "the initialisation is one");
    for (const track of file.moov?.traks ?? [])
      file.setExtractionOptions(track.tkhd.track_id, null, { nbSamples: 1 });
    file.start();
    /** @type {Map<number, number>} track → where it goes on, in its own ticks */
    const next = new Map();
    for (const part of parts) {
      samples.clear();
      at = feed(file, part.bytes, at);
      assert.ok(samples.size > 0, `${part.uri} has samples`);
      for (const [id, list] of samples) lookAtTrack(file, id, list, part, next);
    }
    file.flush();
    assert.equal(file.moofs?.length ?? file.boxes.filter((/** @type {any} */ box) => box.type === "moof").length, parts.length);
  } finally {
    Object.assign(Log, { error, warn });
  }
  assert.deepEqual(wrong, []);
}

/** @param {any} file @param {number} id @param {any[]} list @param {Told} part @param {Map<number, number>} next */
function lookAtTrack(file, id, list, part, next) {
  const where = `${part.uri}, track ${id}`;
  const isVideo = file.getTrackById(id).mdia.hdlr.handler === "vide";
  const expected = next.get(id);
  const leap = expected === undefined ? 0 : list[0].dts - expected;
  assert.ok(leap >= 0, `${where} begins ${-leap} ticks before the end of the one before`);
  if (isVideo) assert.equal(leap, 0, `${where}: pictures go on without a hole`);
  for (const [i, sample] of list.entries()) {
    if (i > 0) assert.equal(sample.dts, list[i - 1].dts + list[i - 1].duration, `${where}, sample ${i}`);
    assert.ok(sample.cts >= sample.dts, `${where}: shown before it is decoded`);
    assert.equal(sample.data.byteLength, sample.size, `${where}: all its bytes are there`);
    if (isVideo) assert.equal(sample.is_sync, unitsOf(sample.data).includes(5), `${where}: a key frame is IDR and told`);
  }
  const last = list[list.length - 1];
  next.set(id, last.dts + last.duration);
  if (!isVideo) return;
  assert.equal(part.independent, list[0].is_sync, `${where}: INDEPENDENT is for parts that begin with IDR`);
  const seconds = (last.dts + last.duration - list[0].dts) / last.timescale;
  assert.ok(Math.abs(seconds - part.duration) < 1e-3, `${where} is of ${seconds} s, told are ${part.duration}`);
}

/**
 * Decoded without a word of complaint; how many pictures there are.
 * @param {Buffer} bytes @param {string[]} [map]
 * @returns {Promise<number>}
 */
export function decode(bytes, map = []) {
  return new Promise((resolve, reject) => {
    const child = spawn("ffmpeg", ["-hide_banner", "-loglevel", "warning", "-xerror", "-err_detect", "explode",
      "-f", "mp4", "-i", "pipe:0", ...map, "-progress", "pipe:1", "-fps_mode", "passthrough", "-f", "null", "-"]);
    let said = "";
    let told = "";
    child.stderr.on("data", (text) => (said += text));
    child.stdout.on("data", (text) => (told += text));
    child.stdin.on("error", () => {});
    child.on("close", (code) => {
      if (code !== 0 || said) reject(new Error(`ffmpeg ended with ${code}: ${said}`));
      else resolve(Number([...told.matchAll(/^frame=\s*(\d+)/gm)].pop()?.[1] ?? 0));
    });
    child.stdin.end(bytes);
  });
}
