// SPDX-License-Identifier: Apache-2.0
// Recordings of television as they lie on the disk (src/playout/dvr.h), made
// longer than anybody waits for: what there is is told again as of before.
import fs from "node:fs";
import path from "node:path";

const RECORD = 64;
const HZ = 90_000;
const HOUR = 3600 * HZ;
const REAL_S = 60; // around the place that somebody will look at

const table = [...Array(256).keys()].map((n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n >>> 0;
});
/** @param {Buffer} bytes */
const crc32 = (bytes) => ~bytes.reduce((crc, byte) => table[(crc ^ byte) & 255] ^ (crc >>> 8), ~0) >>> 0;

/** Moves the parts' own times. @param {Buffer} bytes @param {Map<number, bigint>} by  track → ticks */
function moveTimes(bytes, by) {
  for (let at = bytes.indexOf("tfhd"); at >= 0; at = bytes.indexOf("tfhd", at + 4)) {
    const place = bytes.indexOf("tfdt", at) + 8;
    bytes.writeBigUInt64BE(bytes.readBigUInt64BE(place) + (by.get(bytes.readUInt32BE(at + 8)) ?? 0n), place);
  }
}

/**
 * Tells the second and third recorded segment again and again in front of the
 * first, so many seconds of it. The server must not run, the sound have 48 kHz,
 * and segments two seconds. Around a time of them the media is what it says.
 * @param {string} data @param {string} rendition @param {number} seconds @param {number} at  ms since 1970
 * @returns {number} how many segments
 */
export function fillPast(data, rendition, seconds, at) {
  const live = path.join(data, "live");
  const folder = path.join(live, fs.readdirSync(live)[0], rendition);
  const [index] = fs.readdirSync(folder).filter((name) => name.endsWith(".index")).sort();
  const records = fs.readFileSync(path.join(folder, index));
  const media = fs.readFileSync(path.join(folder, index.replace("index", "mp4")));
  const first = Number(records.readBigUInt64LE(8));
  const start = Number(records.readBigInt64LE(48));
  /** Records of a segment. @param {number} sequence */
  const of = (sequence) => {
    const found = [];
    for (let i = 0; i + RECORD <= records.length; i += RECORD)
      if (Number(records.readBigUInt64LE(i + 8)) === sequence) found.push(records.subarray(i, i + RECORD));
    return found;
  };
  const model = of(first + 1);
  const duration = model.reduce((sum, record) => sum + record.readUInt32LE(24), 0);
  const count = Math.floor((seconds * HZ) / duration);
  /** @type {Map<number, { index: Buffer[], media: Buffer[], length: number }>} */
  const hours = new Map();
  for (let n = count; n > 0; n--) {
    const tick = start - n * duration;
    const hour = Math.floor(tick / HOUR);
    const isSame = `${hour}.index` === index;
    const file = hours.get(hour) ?? { index: [], media: isSame ? [media] : [], length: isSame ? media.length : 0 };
    hours.set(hour, file);
    const shift = BigInt(tick - Number(model[0].readBigInt64LE(48)));
    const isReal = Math.abs(tick / 90 - at) < REAL_S * 1000;
    let offset = isReal ? file.length : isSame ? Number(model[0].readBigUInt64LE(40)) : 0;
    for (const record of model) {
      const copy = Buffer.from(record);
      const length = record.readUInt32LE(36);
      const from = Number(record.readBigUInt64LE(40));
      if (isReal || (!isSame && file.media.length < model.length)) {
        const bytes = Buffer.from(media.subarray(from, from + length));
        moveTimes(bytes, new Map([[1, shift], [2, (shift * 48000n) / BigInt(HZ)]]));
        file.media.push(bytes);
        file.length += length;
      }
      copy.writeBigUInt64LE(BigInt(first - n), 8);
      copy.writeBigInt64LE(record.readBigInt64LE(16) + shift, 16);
      copy.writeBigUInt64LE(BigInt(offset), 40);
      copy.writeBigInt64LE(BigInt(tick), 48);
      copy.writeUInt32LE(crc32(copy.subarray(4)), 0);
      file.index.push(copy);
      offset += length;
    }
  }
  for (const [hour, file] of hours) {
    const rest = `${hour}.index` === index ? records : Buffer.alloc(0);
    fs.writeFileSync(path.join(folder, `${hour}.index`), Buffer.concat([...file.index, rest]));
    fs.writeFileSync(path.join(folder, `${hour}.mp4`), Buffer.concat(file.media));
  }
  return count;
}
