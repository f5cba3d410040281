// SPDX-License-Identifier: Apache-2.0
// A client of WebSockets (RFC 6455) that sends what it is told, also what it
// should not.
import assert from "node:assert/strict";
import crypto from "node:crypto";

import { Connection } from "./http.mjs";

export const FIN = 0x80, REST = 0, TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10;

/**
 * A frame as clients send it.
 * @param {number} first  FIN, reserved bits, opcode
 * @param {string | Uint8Array} payload
 */
export function frame(first, payload = "", { masked = true, length = -1 } = {}) {
  const bytes = Buffer.from(payload);
  const said = length < 0 ? bytes.length : length;
  const head = said < 126 ? Buffer.from([first, said]) : said < 65536 ? Buffer.from([first, 126, said >> 8, said & 255]) : Buffer.alloc(10);
  if (said >= 65536) {
    head.set([first, 127]);
    head.writeBigUInt64BE(BigInt(said), 2);
  }
  if (!masked) return Buffer.concat([head, bytes]);
  head[1] = Number(head[1]) | 0x80;
  const mask = crypto.randomBytes(4);
  return Buffer.concat([head, mask, bytes.map((byte, n) => byte ^ Number(mask[n % 4]))]);
}

export class Socket {
  /** @param {Connection} connection */
  constructor(connection) {
    this.connection = connection;
    /** Of the last close that came; 0: none. */
    this.code = 0;
    this.reason = "";
    this.pings = 0;
  }

  /**
   * Asks for a WebSocket; the answer is a refusal where there is none.
   * @param {import("./http.mjs").Place} place
   * @param {string} target
   * @param {Record<string, string>} [fields]
   */
  static async ask(place, target, fields = {}) {
    const connection = await Connection.open(place);
    const key = crypto.randomBytes(16).toString("base64");
    const all = { Host: "paper.example", Connection: "Upgrade", Upgrade: "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key, ...fields };
    connection.write(`GET ${target} HTTP/1.1\r\n${Object.entries(all).map(([n, v]) => `${n}: ${v}\r\n`).join("")}\r\n`);
    if (!(await connection.until(() => connection.input.includes("\r\n\r\n")))) throw new Error("closed before a head");
    if (!connection.input.subarray(0, 13).equals(Buffer.from("HTTP/1.1 101 "))) return { socket: null, refusal: await connection.answer() };
    const head = connection.take(connection.input.indexOf("\r\n\r\n") + 4).toString("latin1");
    const accept = crypto.createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
    assert.ok(head.includes(`\r\nSec-WebSocket-Accept: ${accept}\r\n`), head);
    return { socket: new Socket(connection), refusal: null };
  }

  /** @param {Parameters<typeof Socket.ask>} how */
  static async open(...how) {
    const { socket, refusal } = await Socket.ask(...how);
    if (!socket) throw new Error(`refused: ${refusal?.head} ${refusal?.text()}`);
    return socket;
  }

  /** @param {string | Uint8Array} text */
  send(text) {
    this.connection.write(frame(FIN | TEXT, text));
  }

  /** The next frame; null at the end. @returns {Promise<{ opcode: number, payload: Buffer } | null>} */
  async next() {
    const { connection } = this;
    if (!(await connection.until(() => connection.input.length >= 2))) return null;
    const [first, second] = /** @type {[number, number]} */ ([...connection.input.subarray(0, 2)]);
    assert.ok(first & FIN && !(second & 0x80) && second < 127, "a whole frame, unmasked, and short");
    if (!(await connection.until(() => connection.input.length >= (second === 126 ? 4 : 2)))) return null;
    const length = second === 126 ? connection.input.readUInt16BE(2) : second;
    const head = second === 126 ? 4 : 2;
    if (!(await connection.until(() => connection.input.length >= head + length))) return null;
    connection.take(head);
    return { opcode: first & 15, payload: connection.take(length) };
  }

  /** The next message; null when it was closed: see code. @returns {Promise<any>} */
  async message() {
    for (;;) {
      const got = await this.next();
      if (!got) return null;
      if (got.opcode === TEXT) return JSON.parse(got.payload.toString("utf8"));
      if (got.opcode === PING) this.pings++;
      if (got.opcode !== CLOSE) continue;
      this.code = got.payload.length ? got.payload.readUInt16BE() : 1005;
      this.reason = got.payload.subarray(2).toString("utf8");
    }
  }

  /** @param {string | Uint8Array} text */
  async say(text) {
    this.send(text);
    return this.message();
  }

  /** How it ends when all that is left is read. */
  async end() {
    while (await this.message());
    return this.code;
  }

  close() {
    this.connection.close();
  }
}
