// SPDX-License-Identifier: Apache-2.0
// Readers by the thousand: the beacons that their pages would send, over a few
// connections, each from an address of its own as a proxy would tell it.
import net from "node:net";

export const BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:120.0) Gecko/20100101 Firefox/120.0";

/** The address of reader number i. @param {number} i */
export const addressOf = (i) => `${11 + ((i >>> 24) & 63)}.${(i >>> 16) & 255}.${(i >>> 8) & 255}.${i & 255}`;

/**
 * @param {string} id
 * @param {number} reader
 * @param {string} [agent]
 */
export const beacon = (id, reader, agent = BROWSER) =>
  `POST /views/${id} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: ${agent}\r\n` +
  `X-Forwarded-For: ${addressOf(reader)}\r\nContent-Length: 0\r\n\r\n`;

const ANSWER = Buffer.from("HTTP/1.1 200 ");

/**
 * Sends requests over some connections, a few at a time on each, until there
 * are none left or the connections break.
 *
 * @param {{
 *   place: { port: number },
 *   connections: number,
 *   next: () => string | null,    the next request; null: no more
 *   onAnswer?: () => void,
 *   window?: number,              requests that wait for their answers
 * }} plan
 * @returns {Promise<{ sent: number, answered: number, broken: number }>}
 */
export async function sendAll({ place, connections, next, onAnswer = () => {}, window = 64 }) {
  const counts = { sent: 0, answered: 0, broken: 0 };

  const one = () =>
    new Promise((resolve) => {
      const socket = net.connect({ host: "127.0.0.1", port: place.port });
      let waiting = 0;
      let rest = Buffer.alloc(0);
      let over = false;
      const fill = () => {
        let text = "";
        while (!over && waiting < window) {
          const request = next();
          over = request === null;
          if (request === null) break;
          text += request;
          waiting++;
          counts.sent++;
        }
        if (text) socket.write(text, "latin1");
        if (over && !waiting) socket.end();
      };
      socket.setNoDelay(true);
      socket.on("connect", fill);
      socket.on("data", (bytes) => {
        rest = rest.length ? Buffer.concat([rest, bytes]) : bytes;
        let at = 0;
        for (let found; (found = rest.indexOf(ANSWER, at)) >= 0; at = found + ANSWER.length) {
          waiting--;
          counts.answered++;
          onAnswer();
        }
        rest = rest.subarray(Math.max(at, rest.length - ANSWER.length + 1));
        if (waiting <= window / 2) fill();
      });
      socket.on("error", () => {});
      socket.on("close", () => {
        if (waiting) counts.broken++;
        resolve(undefined);
      });
    });

  await Promise.all(Array.from({ length: connections }, one));
  return counts;
}
