// SPDX-License-Identifier: Apache-2.0
// A newspaper of a test's own: made in a temporary folder, served on a free
// port of the loopback, ended and removed at the end whatever happens.
import { execFile, spawn } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

import { request } from "./http.mjs";
import { PATIENCE_MS, finally_, note } from "./tap.mjs";

export const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
export const program = path.resolve(
  root,
  process.env.BROADSHEET ?? "build/release/bin/broadsheet",
);
/** With sanitizers it takes many times as long. */
export const isSanitized = /\/(asan|tsan)\//.test(program);

process.setMaxListeners(64); // each site ends its server with the script

if (!fs.existsSync(program))
  throw new Error(`${program} is not there: run make, or name another one in BROADSHEET`);

/** ../shared/NAME beside the checkout, or undefined. @param {string} name */
export function shared(name) {
  const found = path.resolve(root, "../shared", name);
  return fs.existsSync(found) ? found : undefined;
}

const ASKED_AGAIN_MS = { first: 5, longest: 100, growth: 1.2 };

/**
 * Asks again and again until it is so, less and less often, since what is asked
 * has better things to do; there is nothing to be told by.
 * @template T
 * @param {() => T | Promise<T>} ask
 * @param {string | (() => string | Promise<string>)} what  for the error
 * @returns {Promise<NonNullable<T>>}
 */
export async function until(ask, what) {
  const end = Date.now() + PATIENCE_MS;
  for (let pause = ASKED_AGAIN_MS.first; ; pause = Math.min(pause * ASKED_AGAIN_MS.growth, ASKED_AGAIN_MS.longest)) {
    const found = await ask();
    if (found) return /** @type {any} */ (found);
    if (Date.now() > end) throw new Error(`waited in vain until ${typeof what === "string" ? what : await what()}`);
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

/**
 * Whether a thread of it still runs. The first one may be dead while others
 * are not, and with them everything that the process holds.
 * @param {number} pid
 */
export function isAlive(pid) {
  let threads;
  try {
    threads = fs.readdirSync(`/proc/${pid}/task`);
  } catch {
    return false;
  }
  return threads.some((thread) => {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/task/${thread}/stat`, "latin1");
      return !["Z", "X"].includes(stat.slice(stat.lastIndexOf(")") + 2)[0] ?? "X");
    } catch {
      return false;
    }
  });
}

/** @param {number} pid @param {NodeJS.Signals} signal */
function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // It is gone already.
  }
}

/**
 * @param {string[]} args
 * @param {{ input?: string, env?: Record<string, string> }} [options]
 * @returns {Promise<{ code: number, stdout: string, stderr: string }>}
 */
export function broadsheet(args, { input = "", env = {} } = {}) {
  return new Promise((resolve) => {
    const child = execFile(
      program,
      args,
      { env: { ...process.env, ...env }, maxBuffer: 64 << 20 },
      (error, stdout, stderr) => {
        const code = error ? (typeof error.code === "number" ? error.code : 1) : 0;
        resolve({ code, stdout, stderr });
      },
    );
    child.stdin?.on("error", () => {});
    child.stdin?.end(input);
  });
}

/** The same, but it must go well; its standard output. @param {string[]} args @param {string} [input] */
export async function must(args, input) {
  const { code, stdout, stderr } = await broadsheet(args, { input });
  if (code !== 0) throw new Error(`broadsheet ${args.join(" ")} ended with ${code}: ${stderr}`);
  return stdout;
}

/** @typedef {{ headline: string, language?: string, categories?: string[], tags?: string[],
 *   standfirst?: string, source?: string, text?: string, publish?: boolean }} Story */

/** A document of plain paragraphs. @param {string[]} texts */
export function paragraphs(...texts) {
  return {
    type: "doc",
    content: texts.map((text) => ({ type: "paragraph", content: [{ type: "text", text }] })),
  };
}

export class Site {
  constructor() {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), "broadsheet-"));
    this.data = path.join(this.folder, "site");
    this.port = 0;
    this.log = "";
    /** What serves it. */
    this.program = program;
    /** What the server finds in its environment besides. @type {Record<string, string>} */
    this.env = {};
    /** @type {import("node:child_process").ChildProcess | null} */
    this.server = null;
    this.cleanUp = () => {
      if (this.server?.pid) {
        for (const child of this.childProcesses()) send(child, "SIGKILL");
        send(this.server.pid, "SIGKILL");
      }
      fs.rmSync(this.folder, { recursive: true, force: true });
    };
    process.on("exit", this.cleanUp);
    for (const signal of ["SIGINT", "SIGTERM"])
      process.once(signal, () => process.exit(1));
  }

  /** A new newspaper. @param {string[]} options  of `broadsheet init` */
  static async make(...options) {
    const site = new Site();
    await must(["init", site.data, ...options]);
    finally_(() => site.end());
    return site;
  }

  /**
   * The sample newspaper, its pictures included when they are drawn. They stay
   * as they came: nothing changes by itself while a test looks.
   */
  static async demo() {
    const site = new Site();
    await must(["demo", site.data, "--no-serve"]);
    await site.run("settings", "set", "make_pictures", "no");
    finally_(() => site.end());
    return site;
  }

  /** Runs a command on this site. @param {string[]} args  may end with an object: {input} */
  run(...args) {
    return must([...args, "--data", this.data]);
  }

  /** A command with standard input. @param {string} input @param {string[]} args */
  pipe(input, ...args) {
    return must([...args, "--data", this.data], input);
  }

  /** Serves it; comes back when readers are answered. @param {string[]} options */
  async serve(...options) {
    const server = spawn(
      this.program,
      ["serve", this.data, "--listen", "127.0.0.1:0", ...options],
      { stdio: ["ignore", "ignore", "pipe"], cwd: this.folder, env: { ...process.env, ...this.env } },
    );
    this.server = server;
    const start = this.log.length;
    server.stderr?.setEncoding("utf8").on("data", (text) => {
      this.log += text;
    });
    const found = await until(() => {
      if (server.exitCode !== null)
        throw new Error(`serve ended with ${server.exitCode}: ${this.log.slice(start)}`);
      return /Broadsheet is at http:\/\/[^\s]*:(\d+)\//.exec(this.log.slice(start));
    }, `it is served; the log: ${this.log.slice(start)}`);
    this.port = Number(found[1]);
  }

  get place() {
    return { port: this.port };
  }

  get desk() {
    return { path: path.join(this.data, "run/desk.sock") };
  }

  /** Process ids of all the server's children, whatever they are about to be. */
  childProcesses() {
    const pid = this.server?.pid;
    try {
      const list = fs.readFileSync(`/proc/${pid}/task/${pid}/children`, "latin1");
      return list.split(" ").filter(Boolean).map(Number);
    } catch {
      return []; // it ended meanwhile
    }
  }

  /** @returns {{ edge?: number, desk?: number }} process ids */
  children() {
    /** @type {Record<string, number>} */
    const found = {};
    for (const pid of this.childProcesses()) {
      try {
        const name = fs.readFileSync(`/proc/${pid}/cmdline`, "latin1").split("\0")[1];
        if (name?.startsWith("_")) found[name.slice(1)] = pid;
      } catch {
        // This one ended meanwhile.
      }
    }
    return found;
  }

  /** Stops a child where it stands; whoever returns from here finds all its threads stopped. @param {number} pid */
  async freeze(pid) {
    process.kill(pid, "SIGSTOP");
    const stands = (/** @type {string} */ thread) =>
      /\) T /.test(fs.readFileSync(`/proc/${pid}/task/${thread}/stat`, "latin1"));
    await until(() => fs.readdirSync(`/proc/${pid}/task`).every(stands), `${pid} stands still`);
  }

  /** A page. @param {string} target @param {Parameters<typeof request>[2]} [options] */
  get(target, options) {
    return request(this.place, target, options);
  }

  /**
   * The desk's own answer, over its socket.
   * @param {string} method
   * @param {string} target
   * @param {unknown} [json]
   * @returns {Promise<any>}
   */
  async api(method, target, json) {
    const answer = await request(this.desk, target, {
      method,
      body: method === "GET" ? undefined : json === undefined ? "" : JSON.stringify(json),
      fields: json === undefined ? {} : { "Content-Type": "application/json" },
    });
    if (answer.status >= 300)
      throw new Error(`${method} ${target}: ${answer.status} ${answer.text()}`);
    return JSON.parse(answer.text());
  }

  /** A new article. @param {Story} story @returns {Promise<any>} */
  write({ text = "A paragraph.", language = "en", ...story }) {
    return this.api("POST", "/newsroom/api/articles", {
      language,
      body: paragraphs(...text.split("\n\n")),
      ...story,
    });
  }

  /** Another revision, not published. @param {string} id @param {Partial<Story>} change */
  revise(id, change) {
    return this.pipe(JSON.stringify(change), "article", "edit", id, "-");
  }

  /** @param {string} id */
  publish(id) {
    return this.api("POST", `/newsroom/api/articles/${id}/publish`);
  }

  /** @param {string} id @param {string} reason */
  withdraw(id, reason) {
    return this.api("POST", `/newsroom/api/articles/${id}/withdraw`, { reason });
  }

  /** Ends a process of it and waits until it is gone. @param {number | undefined} pid @param {NodeJS.Signals} signal */
  async kill(pid, signal = "SIGKILL") {
    if (!pid || pid <= 1) throw new Error("there is no such process to end");
    send(pid, signal);
    await until(() => !isAlive(pid), `process ${pid} is gone`);
  }

  /** SIGKILL for the supervisor, whose children go with it. */
  async crash() {
    const pids = [this.server?.pid, ...this.childProcesses()];
    if (this.server?.pid) send(this.server.pid, "SIGKILL");
    for (const pid of pids) await until(() => !pid || !isAlive(pid), "all processes are gone");
    this.server = null;
  }

  /** Ends the server in order; its exit code. @returns {Promise<number | null>} */
  async stop() {
    const server = this.server;
    if (!server?.pid) return null;
    send(server.pid, "SIGTERM");
    await until(() => server.exitCode !== null || server.signalCode !== null, "the server ended");
    await until(() => server.stderr?.readableEnded, "its log ended, and with it whoever wrote there");
    this.server = null;
    return server.exitCode;
  }

  async end() {
    try {
      const code = await this.stop();
      if (code) throw new Error(`the server ended with ${code}; its log:\n${this.log.slice(-4000)}`);
      if (/Sanitizer|Assertion/.test(this.log)) throw new Error(`in the log:\n${this.log.slice(-8000)}`);
    } catch (error) {
      note(this.log.slice(-4000));
      throw error;
    } finally {
      this.cleanUp();
      process.removeListener("exit", this.cleanUp);
    }
  }
}
