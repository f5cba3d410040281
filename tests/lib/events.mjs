// SPDX-License-Identifier: Apache-2.0
// A reader of server-sent events (HTML, "Server-sent events"), byte by byte.
import { Connection } from "./http.mjs";

/** @typedef {{ id: string, event: string, data: any }} Event */

export class Stream {
  /** @param {Connection} connection */
  constructor(connection) {
    this.connection = connection;
    this.head = "";
    this.text = "";
    this.chunked = true;
    /** What came so far. @type {Event[]} */
    this.events = [];
    this.lastId = "";
    this.retry = 0;
    this.comments = 0;
  }

  /**
   * @param {import("./http.mjs").Place} place
   * @param {string} target
   * @param {Record<string, string>} [fields]
   */
  static async open(place, target, fields = {}, version = "1.1") {
    const connection = await Connection.open(place);
    const lines = Object.entries({ Host: "paper.example", ...fields }).map(([k, v]) => `${k}: ${v}\r\n`);
    connection.write(`GET ${target} HTTP/${version}\r\n${lines.join("")}\r\n`);
    const stream = new Stream(connection);
    if (!(await connection.until(() => connection.input.includes("\r\n\r\n")))) throw new Error("closed before a head");
    stream.head = connection.take(connection.input.indexOf("\r\n\r\n") + 4).toString("latin1");
    stream.chunked = /transfer-encoding: chunked/i.test(stream.head);
    return stream;
  }

  get status() {
    return Number(this.head.split(" ")[1]);
  }

  /** Takes whole chunks off the input, and whole events off the text. */
  read() {
    const { connection } = this;
    while (this.chunked) {
      const line = connection.input.indexOf("\r\n");
      if (line < 0) break;
      const size = parseInt(connection.input.subarray(0, line).toString("latin1"), 16);
      if (connection.input.length < line + 2 + size + 2) break;
      connection.take(line + 2);
      this.text += connection.take(size).toString("utf8");
      connection.take(2);
    }
    if (!this.chunked) this.text += connection.take(connection.input.length).toString("utf8");
    for (let end; (end = this.text.indexOf("\n\n")) >= 0; this.text = this.text.slice(end + 2))
      this.dispatch(this.text.slice(0, end).split("\n"));
  }

  /** @param {string[]} lines */
  dispatch(lines) {
    let event = "message";
    const data = [];
    for (const line of lines) {
      const [, name, value] = /^([^:]*):? ?(.*)$/.exec(line) ?? [];
      if (name === "") this.comments++;
      else if (name === "id") this.lastId = value ?? "";
      else if (name === "retry") this.retry = Number(value);
      else if (name === "event") event = value ?? "";
      else if (name === "data") data.push(value);
    }
    if (data.length) this.events.push({ id: this.lastId, event, data: JSON.parse(data.join("\n")) });
  }

  /**
   * The first event that came, or comes, for which it is so.
   * @param {(event: Event) => unknown} wanted
   * @returns {Promise<Event>}
   */
  async event(wanted = () => true) {
    for (;;) {
      this.read();
      const found = this.events.find(wanted);
      if (found) return found;
      const { connection } = this;
      if (connection.closed) throw new Error(`the stream ended; so far: ${JSON.stringify(this.events)}`);
      await connection.more();
    }
  }

  /** Until the other side ended it. */
  async ended() {
    await this.connection.until(() => false);
    this.read();
  }

  close() {
    this.connection.socket.destroy();
  }
}
