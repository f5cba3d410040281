#!/usr/bin/env node
// SPDX-License-Identifier: Apache-2.0
// One address cannot take all the connections there are. Connections from the
// loopback are a proxy's and not limited, so this runs in a network of its own
// with two addresses that are none of the loopback's.
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { Connection, request } from "../lib/http.mjs";
import { Site, until } from "../lib/site.mjs";
import { note, run, skip, test } from "../lib/tap.mjs";

const FIRST = "192.0.2.1"; // RFC 5737: for documentation
const SECOND = "192.0.2.2";
const LIMIT = 256;

/** @param {string[]} command */
const inNetwork = (...command) =>
  spawnSync(
    "unshare",
    ["--net", "--map-root-user", "sh", "-c", `ip link set lo up && ip addr add ${FIRST}/32 dev lo && ip addr add ${SECOND}/32 dev lo && exec "$@"`, "sh", ...command],
    { stdio: "inherit", env: { ...process.env, TEST_NETWORK: "own" } },
  );

if (process.env.TEST_NETWORK !== "own") {
  if (inNetwork("true").status === 0)
    process.exit(inNetwork(process.execPath, fileURLToPath(import.meta.url)).status ?? 1);
  skip("one address gets so many connections", "no network namespace can be made here");
} else {
  const site = await Site.make("--name", "The Test");
  await site.serve("--threads", "1", "--listen", `${FIRST}:8080`);
  const place = { host: FIRST, port: 8080 };

  /** @param {Connection} connection */
  const isServed = async (connection) => {
    try {
      const { status } = await connection.request("/en/");
      assert.ok(status === 200 || status === 429, `status ${status}`);
      return status === 200;
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      return false; // closed before the request was read
    }
  };

  test("one address gets so many connections and no more, others are served", async () => {
    const many = [];
    for (let i = 0; i < LIMIT + 50; i++) many.push(await Connection.open({ ...place, localAddress: FIRST }));
    const served = (await Promise.all(many.map(isServed))).filter(Boolean).length;
    note(`${served} of ${many.length} connections of one address were served`);
    assert.equal(served, LIMIT);
    const other = await Connection.open({ ...place, localAddress: SECOND });
    assert.equal((await other.request("/en/")).status, 200);
    other.close();
    for (const connection of many) connection.close();
  });

  test("they are given back when they end", async () => {
    await until(async () => {
      const connection = await Connection.open({ ...place, localAddress: FIRST });
      const served = await isServed(connection);
      connection.close();
      return served;
    }, "the address is served again");
  });

  test("the loopback, where a proxy stands, is not limited", async () => {
    const many = [];
    for (let i = 0; i < LIMIT + 50; i++) many.push(await Connection.open(site.place));
    assert.equal((await Promise.all(many.map(isServed))).filter(Boolean).length, many.length);
    for (const connection of many) connection.close();
    assert.equal((await request(site.place, "/en/")).status, 200);
  });
}

await run();
