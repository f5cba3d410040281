// SPDX-License-Identifier: Apache-2.0
// "After a publish call returned, no request anywhere sees the old state": the
// checker, and a cache in front of a site that it must find out.
import http from "node:http";

import { Connection } from "./http.mjs";

/**
 * Readers ask on and on while versions are published one after the other. What
 * is asked after the call for version N returned must show N or a later one.
 *
 * @param {{
 *   place: { port: number },
 *   targets: string[],
 *   readers: number,           connections
 *   versionOf: (text: string) => number,   -1 when the page shows none
 *   publish: (version: number) => Promise<unknown>,
 *   rounds: number,
 * }} plan
 * @returns {Promise<{ requests: number, versions: number, stale: string[] }>}
 */
export async function watch({ place, targets, readers, versionOf, publish, rounds }) {
  let published = 0; // the call for it returned
  let over = false;
  let requests = 0;
  /** @type {string[]} */
  const stale = [];
  const seen = new Set();

  /** @param {number} index */
  async function read(index) {
    let connection = await Connection.open(place);
    for (let i = index; !over; i++) {
      const target = targets[i % targets.length] ?? "/";
      const floor = published;
      const answer = await connection.request(target);
      const version = versionOf(answer.text());
      requests++;
      seen.add(version);
      if (version < floor) stale.push(`${target} shows ${version} after ${floor} was published`);
      if (i % 50 === 49) {
        connection.close();
        connection = await Connection.open(place);
      }
    }
    connection.close();
  }

  const reading = Array.from({ length: readers }, (_, i) => read(i));
  try {
    for (let version = 1; version <= rounds; version++) {
      await publish(version);
      published = version;
      // Every page is asked for at least once before the next version.
      const wanted = requests + 2 * targets.length;
      while (requests < wanted) await Promise.race([new Promise(setImmediate), ...reading]);
    }
  } finally {
    over = true;
    await Promise.all(reading);
  }
  return { requests, versions: seen.size, stale };
}

/**
 * A cache as others put one in front: it asks again after `keep` answers.
 * @param {{ port: number }} origin
 * @param {number} keep
 */
export async function staleCache(origin, keep) {
  /** @type {Map<string, { left: number, body: Buffer, status: number }>} */
  const kept = new Map();
  const agent = new http.Agent({ keepAlive: false });
  const server = http.createServer((request, response) => {
    const path = request.url ?? "/";
    const found = kept.get(path);
    if (found && found.left-- > 0) {
      response.writeHead(found.status, { "Content-Length": found.body.length }).end(found.body);
      return;
    }
    http.get({ host: "127.0.0.1", port: origin.port, path, agent }, (answer) => {
      /** @type {Buffer[]} */
      const pieces = [];
      answer.on("data", (piece) => pieces.push(piece));
      answer.on("end", () => {
        const fresh = { left: keep, body: Buffer.concat(pieces), status: answer.statusCode ?? 0 };
        kept.set(path, fresh);
        response.writeHead(fresh.status, { "Content-Length": fresh.body.length }).end(fresh.body);
      });
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(undefined)));
  const address = /** @type {import("node:net").AddressInfo} */ (server.address());
  return {
    place: { port: address.port },
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}
