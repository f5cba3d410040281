// SPDX-License-Identifier: Apache-2.0
// Ports of the loopback for servers that cannot be told to choose one.
import dgram from "node:dgram";
import net from "node:net";

/** A port that was free a moment ago. @returns {Promise<number>} */
export const freePort = () =>
  new Promise((resolve) => {
    const server = net.createServer().listen(0, "127.0.0.1", () => {
      const { port } = /** @type {net.AddressInfo} */ (server.address());
      server.close(() => resolve(port));
    });
  });

/** @returns {Promise<number>} */
export const freeDatagramPort = () =>
  new Promise((resolve) => {
    const socket = dgram.createSocket("udp4").bind(0, "127.0.0.1", () => {
      const { port } = socket.address();
      socket.close(() => resolve(port));
    });
  });
