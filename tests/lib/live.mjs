// SPDX-License-Identifier: Apache-2.0
// Television for tests: parts made by ffmpeg, a playout that is played over
// the link, and a checker of playlists.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import net from "node:net";
import path from "node:path";

import HLS from "hls-parser";

export const HZ = 90_000;
const CAPTION_TRACKS = 4; // each with a tag and a name of its language

// ---- media ---------------------------------------------------------------------

/** Boxes of an MP4 file. @param {Buffer} bytes */
function boxes(bytes) {
  const found = [];
  for (let at = 0; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    found.push({ type: bytes.toString("latin1", at + 4, at + 8), bytes: bytes.subarray(at, at + size) });
    at += size;
  }
  return found;
}

/**
 * Parts of half a second, a key frame each second.
 * @param {string} folder
 * @param {{ seconds: number, size?: string, audio?: boolean }} options
 * @returns {{ init: Buffer, parts: Buffer[] }}
 */
export function makeParts(folder, { seconds, size = "320x180", audio = false }) {
  const file = path.join(folder, `${audio ? "audio" : size}.mp4`);
  const source = audio
    ? ["-f", "lavfi", "-i", `sine=r=48000:d=${seconds}`, "-c:a", "aac"]
    : ["-f", "lavfi", "-i", `testsrc2=s=${size}:r=24:d=${seconds}`,
       "-c:v", "libx264", "-preset", "ultrafast", "-g", "24", "-bf", "0"];
  execFileSync("ffmpeg", [
    "-hide_banner", "-loglevel", "error", "-y", ...source,
    "-movflags", "+empty_moov+default_base_moof",
    "-frag_duration", "500000", "-f", "mp4", file,
  ]);
  const all = boxes(fs.readFileSync(file));
  const init = Buffer.concat(all.filter((b) => b.type === "ftyp" || b.type === "moov").map((b) => b.bytes));
  const parts = [];
  for (const [i, box] of all.entries())
    if (box.type === "moof") parts.push(Buffer.concat([box.bytes, /** @type {any} */ (all[i + 1]).bytes]));
  return { init, parts };
}

// ---- the link (src/link/live.h) --------------------------------------------------

const KIND = { begin: 128, channel: 129, init: 130, stored: 131, part: 132, segment: 133,
  pruned: 134, thumbnail: 135, caption: 136, gone: 137, ready: 138, poster: 140, viewers: 192 };

/** @param {number} bytes @param {number | bigint} value */
function number(bytes, value) {
  const buffer = Buffer.alloc(8);
  buffer.writeBigInt64LE(BigInt(value));
  return buffer.subarray(0, bytes);
}
/** @param {string} text */
const string = (text) => Buffer.concat([number(4, Buffer.byteLength(text)), Buffer.from(text)]);

/** @typedef {{ sequence: number, duration?: number, startUs: number, init?: number, timeline?: number,
 *   place?: { hour: number, len: number, offset: number } }} Segment */

/** @param {Segment} segment */
function segmentInfo({ sequence, duration = 0, startUs, init = 0, timeline = 0, place }) {
  return Buffer.concat([
    number(8, sequence), number(8, Math.round(startUs * 9 / 100)), number(4, duration), number(8, startUs),
    number(4, init), number(4, timeline), number(4, place?.hour ?? 0), number(4, place?.len ?? 0),
    number(8, place?.offset ?? 0), number(4, 0),
  ]);
}

/** A playout's end of the link. */
export class FakePlayout {
  /** @param {net.Socket} socket */
  constructor(socket) {
    this.socket = socket;
    /** @type {Map<string, number>} */
    this.viewers = new Map();
    let rest = Buffer.alloc(0);
    socket.on("data", (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      while (rest.length >= 16 && rest.length >= 16 + rest.readUInt32LE(0)) {
        const payload = rest.subarray(16, 16 + rest.readUInt32LE(0));
        if (rest[4] === KIND.viewers)
          for (let at = 0; at + 12 <= payload.length; at += 12)
            this.viewers.set(payload.readBigUInt64LE(at).toString(16), payload.readUInt32LE(at + 8));
        rest = rest.subarray(16 + payload.length);
      }
    });
    socket.on("error", () => {});
  }

  /** @param {string} data  folder of the site @returns {Promise<FakePlayout>} */
  static dial(data) {
    return new Promise((resolve, reject) => {
      const socket = net.connect(path.join(data, "run/edge.sock"));
      socket.once("error", reject);
      socket.once("connect", () => {
        socket.write("BROADSHEET-LINK 1 live\n");
        resolve(new FakePlayout(socket));
      });
    });
  }

  /** @param {number} kind @param {Buffer[]} payload */
  send(kind, ...payload) {
    const body = Buffer.concat(payload);
    this.socket.write(Buffer.concat([number(4, body.length), Buffer.from([kind, 0, 0, 0]), number(8, 0), body]));
  }

  begin() {
    this.send(KIND.begin);
  }
  ready() {
    this.send(KIND.ready);
  }

  /**
   * @param {string} id
   * @param {{ name: string, dvrSeconds: number, renditions: { name: string, codecs: string,
   *   width?: number, height?: number, frames?: number, bits: number }[] }} channel
   */
  channel(id, { name, dvrSeconds, renditions }) {
    this.send(
      KIND.channel, number(8, BigInt(`0x${id}`)), string(name), number(8, 2 * HZ), number(8, 48_600),
      number(4, dvrSeconds), number(1, 0), ...Array(2 * CAPTION_TRACKS).fill(string("")), number(1, renditions.length),
      ...renditions.flatMap((r) => [
        string(r.name), string(r.codecs), number(4, r.width ?? 0), number(4, r.height ?? 0),
        number(4, (r.frames ?? 0) * 1000), number(4, r.bits), number(4, r.bits),
      ]),
    );
  }
  /** @param {string} id @param {number} rendition @param {number} init @param {Buffer} bytes */
  init(id, rendition, init, bytes) {
    this.send(KIND.init, number(8, BigInt(`0x${id}`)), number(1, rendition), number(4, init), bytes);
  }
  /**
   * @param {string} id @param {number} rendition @param {number} part
   * @param {Segment} segment @param {Buffer} bytes
   */
  part(id, rendition, part, segment, bytes, { independent = false, duration = HZ / 2 } = {}) {
    this.send(KIND.part, number(8, BigInt(`0x${id}`)), number(1, rendition), number(1, part),
      number(1, independent ? 1 : 0), number(4, duration), segmentInfo(segment), bytes);
  }
  /** @param {string} id @param {number} rendition @param {Segment} segment */
  segment(id, rendition, segment) {
    this.send(KIND.segment, number(8, BigInt(`0x${id}`)), number(1, rendition), segmentInfo(segment));
  }
  /** @param {string} id @param {number} rendition @param {Segment[]} segments */
  stored(id, rendition, segments) {
    this.send(KIND.stored, number(8, BigInt(`0x${id}`)), number(1, rendition), ...segments.map(segmentInfo));
  }
  /** @param {string} id @param {number} sequence @param {number} startUs @param {Buffer} jpeg */
  thumbnail(id, sequence, startUs, jpeg) {
    this.send(KIND.thumbnail, number(8, BigInt(`0x${id}`)), number(8, sequence), number(8, startUs), jpeg);
  }
  /** @param {string} id @param {number} sequence @param {number} startUs @param {Buffer} jpeg */
  poster(id, sequence, startUs, jpeg) {
    this.send(KIND.poster, number(8, BigInt(`0x${id}`)), number(8, sequence), number(8, startUs), jpeg);
  }
  /** @param {string} id */
  gone(id) {
    this.send(KIND.gone, number(8, BigInt(`0x${id}`)));
  }
  close() {
    this.socket.destroy();
  }
}

// ---- playlists -------------------------------------------------------------------

/** Read by another's parser. @param {string} text @returns {any} */
export function parse(text, { strict = true } = {}) {
  HLS.setOptions({ strictMode: strict });
  return HLS.parse(text);
}

/** The parser counts segments where three target durations are meant. @param {string} text */
function hasShortSegments(text) {
  const target = Number(/TARGETDURATION:(\d+)/.exec(text)?.[1]);
  const newest = [...text.matchAll(/#EXTINF:([\d.]+)/g)].slice(-5);
  return newest.some(([, seconds]) => Number(seconds) < target - 0.0005);
}

/**
 * The parser takes the hint for a part: what was last before a break is short,
 * and for a moment nobody knows that nothing follows in its segment.
 * @param {string} text
 */
function hasShortEnd(text) {
  const target = Number(/PART-TARGET=([\d.]+)/.exec(text)?.[1]);
  const last = /#EXT-X-PART:DURATION=([\d.]+)[^\n]*\n#EXT-X-PRELOAD-HINT/.exec(text)?.[1];
  return Number(last) < 0.85 * target;
}

/**
 * What a playlist of ours has to be, beyond its grammar: no segment over the
 * target, no part over the part target or, unless it is the last of its
 * segment, under 85 % of it, the hint is what comes next.
 * @param {string} text
 */
export function check(text) {
  const list = parse(text, { strict: !hasShortSegments(text) && !hasShortEnd(text) });
  assert.ok(!list.isMasterPlaylist);
  // §4.4.4.9: parts are told for three target durations; here by time.
  let behind = 0;
  for (const segment of [...list.segments].reverse()) {
    const parts = segment.parts.filter((/** @type {any} */ p) => !p.hint);
    const duration =
      segment.duration || parts.reduce((/** @type {number} */ sum, /** @type {any} */ p) => sum + p.duration, 0);
    if (parts.length) assert.ok(behind < 3 * list.targetDuration, "parts of long ago");
    behind += duration;
  }
  for (const segment of list.segments) {
    if (segment.duration) assert.ok(Math.round(segment.duration) <= list.targetDuration, "EXTINF over the target");
    for (const [i, part] of segment.parts.entries()) {
      if (part.hint) continue;
      assert.ok(part.duration <= list.partTargetDuration + 1e-6, "a part over the target");
      if (i + 1 < segment.parts.filter((/** @type {any} */ p) => !p.hint).length)
        assert.ok(part.duration >= 0.85 * list.partTargetDuration - 1e-6, `a part of ${part.duration}`);
    }
  }
  return list;
}
