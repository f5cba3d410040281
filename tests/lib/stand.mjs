// SPDX-License-Identifier: Apache-2.0
// A stand between a browser and a server: an address that stays while servers
// come and go, that hands out other files in place of the server's, and that
// can be away as a network is.
import http from "node:http";
import net from "node:net";

import { finally_ } from "./tap.mjs";

export class Stand {
  constructor() {
    /** Of the server behind it; 0 is a network that fails. */
    this.to = 0;
    /** Path → what is answered instead. @type {Map<string, { status?: number, type?: string, body: string }>} */
    this.instead = new Map();
    /** What was asked for, in order. @type {string[]} */
    this.asked = [];
    /** @type {Set<net.Socket>} */
    this.sockets = new Set();
    this.server = http.createServer((request, response) => this.answer(request, response));
    this.server.on("connection", (socket) => {
      this.sockets.add(socket);
      socket.on("close", () => this.sockets.delete(socket));
      if (!this.to) socket.destroy();
    });
    finally_(() => {
      this.away();
      this.server.close();
    });
  }

  /** @param {number} to  port of the server */
  static async open(to) {
    const stand = new Stand();
    stand.to = to;
    await new Promise((resolve) => stand.server.listen(0, "127.0.0.1", () => resolve(undefined)));
    return stand;
  }

  get origin() {
    return `http://localhost:${/** @type {net.AddressInfo} */ (this.server.address()).port}`;
  }

  /** From now on every connection breaks. */
  away() {
    this.to = 0;
    for (const socket of this.sockets) socket.destroy();
  }

  /** @param {http.IncomingMessage} request @param {http.ServerResponse} response */
  answer(request, response) {
    const path = request.url ?? "/";
    this.asked.push(path);
    const instead = this.instead.get(path);
    if (instead) {
      response.writeHead(instead.status ?? 200, {
        "Content-Type": instead.type ?? "text/javascript; charset=utf-8",
        "Cache-Control": "no-cache",
      });
      response.end(instead.body);
      return;
    }
    const { method, headers } = request;
    const onward = http.request({ host: "127.0.0.1", port: this.to, path, method, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => request.socket.destroy());
    request.pipe(onward);
  }
}
