// SPDX-License-Identifier: Apache-2.0
// A subscriber of feeds (WebSub), as others run one: a server that confirms
// what it asked for and takes what is sent.
import crypto from "node:crypto";
import http from "node:http";

import { request } from "./http.mjs";
import { until } from "./site.mjs";
import { finally_ } from "./tap.mjs";

/** @typedef {{ path: string, headers: http.IncomingHttpHeaders, body: string, good: boolean }} Delivery */

export class Subscriber {
  constructor() {
    /** @type {Delivery[]} */
    this.deliveries = [];
    /** @type {URLSearchParams[]} */
    this.questions = [];
    this.connections = 0;
    this.confirms = true;
    this.secret = "a secret that only two know";
    /** The status that a delivery is answered with, now or later.
     * @type {(delivery: Delivery) => number | Promise<number>} */
    this.answer = () => 204;
    this.server = http.createServer((message, response) => this.on(message, response));
    this.server.on("connection", () => this.connections++);
  }

  static async listen() {
    const subscriber = new Subscriber();
    await new Promise((resolve) => subscriber.server.listen(0, "127.0.0.1", () => resolve(null)));
    finally_(() => {
      subscriber.server.closeAllConnections();
      subscriber.server.close();
    });
    return subscriber;
  }

  get port() {
    return /** @type {import("node:net").AddressInfo} */ (this.server.address()).port;
  }

  /** @param {string} [name] */
  callback(name = "/in?for=me") {
    return `http://127.0.0.1:${this.port}${name}`;
  }

  /** @param {http.IncomingMessage} message @param {http.ServerResponse} response */
  async on(message, response) {
    const url = new URL(message.url ?? "/", "http://x");
    if (message.method === "GET") {
      this.questions.push(url.searchParams);
      response.writeHead(this.confirms ? 200 : 404).end(this.confirms ? url.searchParams.get("hub.challenge") : "");
      return;
    }
    /** @type {Buffer[]} */
    const pieces = [];
    for await (const piece of message) pieces.push(piece);
    const body = Buffer.concat(pieces);
    const hmac = crypto.createHmac("sha256", this.secret).update(body).digest("hex");
    const delivery = {
      path: url.pathname + url.search,
      headers: message.headers,
      body: body.toString("utf8"),
      good: message.headers["x-hub-signature"] === `sha256=${hmac}`,
    };
    this.deliveries.push(delivery);
    response.writeHead(await this.answer(delivery)).end();
  }

  /** What a hub is asked. @param {import("./site.mjs").Site} site @param {Record<string, string>} form */
  async ask(site, form) {
    return request(site.place, "/websub", {
      method: "POST",
      body: new URLSearchParams(form).toString(),
      fields: { "Content-Type": "application/x-www-form-urlencoded" },
    });
  }

  /** Subscribes and waits until the hub asked back. @param {import("./site.mjs").Site} site @param {string} topic @param {Record<string, string>} [more] */
  async subscribe(site, topic, more = {}) {
    const before = this.questions.length;
    const answer = await this.ask(site, {
      "hub.mode": "subscribe",
      "hub.topic": topic,
      "hub.callback": this.callback(),
      "hub.secret": this.secret,
      ...more,
    });
    if (answer.status !== 202) throw new Error(`${answer.status}: ${answer.text()}`);
    return until(() => this.questions[before], "the hub asks back");
  }

  /** Waits for a delivery that holds the text. @param {string} text */
  delivered(text) {
    return until(() => this.deliveries.find(({ body }) => body.includes(text)), `"${text}" is delivered`);
  }
}
