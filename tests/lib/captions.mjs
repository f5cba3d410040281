// SPDX-License-Identifier: Apache-2.0
// A broadcast with captions in its pictures: pairs of CEA-608 (47 CFR 15.119)
// put into H.264 as ATSC A/53 Part 4 says, one pair a picture, and packets of
// CEA-708.
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";

/** With odd parity. @param {number} byte */
const sound = (byte) => ((byte.toString(2).match(/1/g) ?? []).length % 2 ? byte : byte | 0x80);

/** @typedef {[number, number]} Pair */

/** Twice, as broadcasters send it. @param {number} code @returns {Pair[]} */
export const control = (code) => [
  [code >> 8, code & 0xff],
  [code >> 8, code & 0xff],
];

/** @param {string} text  basic characters @returns {Pair[]} */
export function say(text) {
  /** @type {Pair[]} */
  const pairs = [];
  for (let i = 0; i < text.length; i += 2) pairs.push([text.charCodeAt(i), i + 1 < text.length ? text.charCodeAt(i + 1) : 0]);
  return pairs;
}

/** A packet of DTVCC with one block. @param {number} number @param {number[]} bytes  at most 31 */
export function packet(number, bytes, service = 1) {
  const whole = [0, (service << 5) | bytes.length, ...bytes, ...(bytes.length % 2 ? [0] : [])];
  whole[0] = ((number & 3) << 6) | (whole.length / 2);
  return whole;
}

/** @param {Pair} pair @param {number[]} digital  a packet, or nothing @param {Pair | undefined} second  of the other field */
function sei(pair, digital, second) {
  const triples = digital.flatMap((byte, i) => (i % 2 ? [byte] : [i ? 0xfe : 0xff, byte]));
  const other = second ? [0xfd, sound(second[0]), sound(second[1])] : [];
  const count = 1 + other.length / 3 + digital.length / 2;
  const data = [0xb5, 0, 0x31, 0x47, 0x41, 0x39, 0x34, 3, 0x40 | count, 0xff, 0xfc, sound(pair[0]), sound(pair[1]), ...other, ...triples, 0xff];
  return Buffer.from([0, 0, 0, 1, 6, 4, data.length, ...data, 0x80]);
}

/** Cuts H.264 of one slice a picture, without B-frames, into pictures. @param {Buffer} stream */
function pictures(stream) {
  /** @type {Buffer[]} */
  const found = [];
  let from = 0;
  for (let at = 0; at + 4 < stream.length; at++) {
    if (stream[at] !== 0 || stream[at + 1] !== 0 || stream[at + 2] !== 1) continue;
    if ((/** @type {number} */ (stream[at + 3]) & 0x1f) === 9 && at > 4) {
      found.push(stream.subarray(from, at - 1));
      from = at - 1;
    }
  }
  found.push(stream.subarray(from));
  return found;
}

/**
 * Writes H.264 of 25 pictures a second.
 * @param {string} folder
 * @param {number} seconds
 * @param {Map<number, Pair[]>} when  what begins to be sent at which picture
 * @param {Map<number, number[]>} [digital]  packets in which pictures
 * @param {Map<number, Pair[]>} [second]  the same as when, in line 21's second field
 */
export function makeFeed(folder, seconds, when, digital = new Map(), second = new Map()) {
  const plain = path.join(folder, "plain.h264");
  const file = path.join(folder, "captioned.h264");
  const made = spawnSync("ffmpeg", [
    "-hide_banner", "-loglevel", "error", "-y", "-f", "lavfi", "-i", `testsrc2=size=320x180:rate=25:duration=${seconds}`,
    "-c:v", "libx264", "-preset", "ultrafast", "-bf", "0", "-g", "25", "-pix_fmt", "yuv420p", "-x264-params", "aud=1:slices=1", "-f", "h264", plain,
  ]);
  if (made.status) throw new Error(String(made.stderr));
  /** @type {Pair[]} */
  const queue = [], other = [];
  const out = pictures(fs.readFileSync(plain)).map((picture, n) => {
    queue.push(...(when.get(n) ?? []));
    other.push(...(second.get(n) ?? []));
    // Behind the delimiter, which is 00 00 00 01 09 xx.
    return Buffer.concat([picture.subarray(0, 6), sei(queue.shift() ?? [0, 0], digital.get(n) ?? [], other.shift()), picture.subarray(6)]);
  });
  fs.writeFileSync(file, Buffer.concat(out));
  return file;
}

/** The arguments of ffmpeg that send it: coded again, with B-frames, by its own way of carrying captions. @param {string} file @param {string} url */
export const sending = (file, url) => [
  "-hide_banner", "-loglevel", "error", "-re", "-r", "25", "-f", "h264", "-i", file, "-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000",
  "-c:v", "libx264", "-preset", "ultrafast", "-bf", "2", "-g", "25", "-pix_fmt", "yuv420p", "-a53cc", "1", "-c:a", "aac", "-shortest", "-f", "flv", url,
];
