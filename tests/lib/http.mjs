// SPDX-License-Identifier: Apache-2.0
// HTTP/1.1 by hand: exact bytes out, exact bytes in, so that a test sees what
// is on the wire and not what a library makes of it.
import net from "node:net";
import zlib from "node:zlib";

import { PATIENCE_MS } from "./tap.mjs";

/** One answer. Text is latin1, so that a character is a byte. */
export class Answer {
  /**
   * @param {string} head  status line and fields, without the empty line
   * @param {Buffer} body
   */
  constructor(head, body) {
    const [first, ...lines] = head.split("\r\n");
    this.head = head;
    this.body = body;
    this.status = Number(first?.split(" ")[1]);
    /** @type {[string, string][]} */
    this.fields = lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    });
  }

  /** The field's value, or undefined. @param {string} name */
  get(name) {
    return this.fields.find((field) => field[0] === name)?.[1];
  }

  /** The body as UTF-8, its coding undone. */
  text() {
    const coding = this.get("content-encoding");
    const plain =
      coding === "gzip"
        ? zlib.gunzipSync(this.body)
        : coding === "br"
          ? zlib.brotliDecompressSync(this.body)
          : this.body;
    return plain.toString("utf8");
  }

  /** Every byte but the Date, for comparing two answers. */
  bytes() {
    const head = this.head.replace(/\r\nDate: [^\r]*/, "");
    return `${head}\r\n\r\n${this.body.toString("latin1")}`;
  }
}

/** @typedef {{ port?: number, host?: string, path?: string, localAddress?: string }} Place */

/** A connection whose bytes are the test's. */
export class Connection {
  /** @param {net.Socket} socket */
  constructor(socket) {
    this.socket = socket;
    this.input = Buffer.alloc(0);
    this.closed = false;
    this.reset = false;
    /** @type {(() => void)[]} */
    this.waiting = [];
    socket.on("data", (bytes) => {
      this.input = Buffer.concat([this.input, bytes]);
      this.wake();
    });
    socket.on("error", () => {
      this.reset = true;
    });
    socket.on("close", () => {
      this.closed = true;
      this.wake();
    });
    socket.on("end", () => {
      this.closed = true;
      this.wake();
    });
  }

  wake() {
    for (const go of this.waiting.splice(0)) go();
  }

  /** @param {Place} place @returns {Promise<Connection>} */
  static open(place) {
    return new Promise((resolve, reject) => {
      const socket = net.connect(/** @type {any} */ ({ host: "127.0.0.1", ...place }));
      socket.setNoDelay(true);
      socket.once("connect", () => resolve(new Connection(socket)));
      socket.once("error", reject);
    });
  }

  /** @param {string | Buffer} bytes  text is sent as latin1 */
  write(bytes) {
    this.socket.write(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes);
  }

  /** Until something came or the other side closed. */
  more() {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`no answer; so far: ${this.input.toString("latin1").slice(0, 400)}`)),
        PATIENCE_MS,
      );
      this.waiting.push(() => {
        clearTimeout(timer);
        resolve(undefined);
      });
    });
  }

  /** @param {() => boolean} enough @returns {Promise<boolean>} false: closed before */
  async until(enough) {
    while (!enough()) {
      if (this.closed) return false;
      await this.more();
    }
    return true;
  }

  /** @param {number} count */
  take(count) {
    const bytes = this.input.subarray(0, count);
    this.input = this.input.subarray(count);
    return bytes;
  }

  /** @returns {Promise<Buffer>} the body in chunks, put together */
  async chunks() {
    const pieces = [];
    for (;;) {
      if (!(await this.until(() => this.input.includes("\r\n")))) throw new Error("cut off");
      const line = this.take(this.input.indexOf("\r\n") + 2).toString("latin1");
      const size = parseInt(line, 16);
      if (!(await this.until(() => this.input.length >= size + 2))) throw new Error("cut off");
      pieces.push(this.take(size));
      this.take(2);
      if (size === 0) return Buffer.concat(pieces);
    }
  }

  /**
   * The next answer; an error when the connection ends within it.
   * @param {string} [method]  of the request: HEAD has no body
   */
  async answer(method = "GET") {
    if (!(await this.until(() => this.input.includes("\r\n\r\n"))))
      throw new Error(`closed before an answer: "${this.input.toString("latin1").slice(0, 200)}"`);
    const head = this.take(this.input.indexOf("\r\n\r\n") + 4)
      .toString("latin1")
      .slice(0, -4);
    const answer = new Answer(head, Buffer.alloc(0));
    if (method === "HEAD" || answer.status === 304 || answer.status === 204) return answer;
    if (answer.status === 100) return this.answer(method);
    if (answer.get("transfer-encoding") === "chunked") {
      answer.body = await this.chunks();
      return answer;
    }
    const length = answer.get("content-length");
    if (length === undefined) {
      await this.until(() => false);
      answer.body = this.take(this.input.length);
    } else {
      const whole = await this.until(() => this.input.length >= Number(length));
      if (!whole) throw new Error(`closed within the body, ${this.input.length} of ${length}`);
      answer.body = this.take(Number(length));
    }
    return answer;
  }

  /** Everything until the other side closes. */
  async toEnd() {
    await this.until(() => false);
    return this.take(this.input.length).toString("latin1");
  }

  /**
   * @param {string} path
   * @param {{ method?: string, fields?: Record<string, string>, body?: string }} [options]
   */
  async request(path, { method = "GET", fields = {}, body } = {}) {
    const lines = Object.entries({ Host: "localhost", ...fields }).map(([n, v]) => `${n}: ${v}\r\n`);
    const bytes = Buffer.from(body ?? "", "utf8");
    if (body !== undefined) lines.push(`Content-Length: ${bytes.length}\r\n`);
    this.write(`${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
    if (bytes.length) this.write(bytes);
    return this.answer(method);
  }

  close() {
    this.socket.destroy();
  }
}

/**
 * One request over a connection of its own.
 * @param {Place} place
 * @param {string} path
 * @param {Parameters<Connection["request"]>[1]} [options]
 */
export async function request(place, path, options) {
  const connection = await Connection.open(place);
  try {
    return await connection.request(path, options);
  } finally {
    connection.close();
  }
}

/**
 * Sends bytes as they are; everything that comes until the server closes.
 * @param {Place} place
 * @param {string | Buffer} bytes
 */
export async function converse(place, bytes) {
  const connection = await Connection.open(place);
  try {
    connection.write(bytes);
    return await connection.toEnd();
  } finally {
    connection.close();
  }
}
