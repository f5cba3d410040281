// SPDX-License-Identifier: Apache-2.0
// Chromium for tests: pages that note every error and every request that
// leaves the site.
import fs from "node:fs";
import path from "node:path";

import { root, until } from "./site.mjs";
import { PATIENCE_MS, finally_ } from "./tap.mjs";

export const CHROMIUM = process.env.CHROMIUM ?? "/usr/bin/chromium-headless-shell";

/** Playwright and the browser, or why not. */
export async function findBrowser() {
  if (!fs.existsSync(CHROMIUM)) return { why: `${CHROMIUM} is missing` };
  try {
    return { playwright: (await import("playwright-core")).default };
  } catch {
    return { why: "playwright-core is missing: npm ci" };
  }
}

/**
 * The page's goto, whose "networkidle" means that nothing of the page is
 * fetched any more: the stream of events, which a slow machine opens before
 * that, goes on for ever.
 * @param {any} page
 */
function withQuiet(page) {
  const QUIET_MS = 500;
  const running = new Set();
  let latest = 0;
  page.on("request", (/** @type {any} */ request) => {
    if (["eventsource", "ping"].includes(request.resourceType())) return;
    running.add(request);
    latest = Date.now();
  });
  for (const end of ["requestfinished", "requestfailed"])
    page.on(end, (/** @type {any} */ request) => {
      if (running.delete(request)) latest = Date.now();
    });
  const go = page.goto.bind(page);
  page.goto = async (/** @type {string} */ url, /** @type {any} */ options = {}) => {
    if (options.waitUntil !== "networkidle") return go(url, options);
    running.clear();
    const answer = await go(url, { ...options, waitUntil: "load" });
    await until(() => running.size === 0 && Date.now() - latest > QUIET_MS, "nothing of the page is fetched any more");
    return answer;
  };
  return page;
}

/** @param {any} playwright */
export async function launch(playwright) {
  const browser = await playwright.chromium.launch({
    executablePath: CHROMIUM,
    timeout: PATIENCE_MS,
    args: [
      "--headless",
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // One process less that every picture of a page goes through.
      "--in-process-gpu",
      // Where the line seems slow, as on a busy machine, pictures further down
      // are fetched ahead, and no view weighs the same twice.
      "--force-effective-connection-type=4G",
      // And until a page knows what the line is like, as on a fast one.
      "--blink-settings=lazyLoadingImageMarginPxUnknown=1250",
    ],
  });
  finally_(() => browser.close());
  // Its own patience is less than ours.
  const open = browser.newContext.bind(browser);
  browser.newContext = async (/** @type {unknown} */ options) => {
    const context = await open(options);
    context.setDefaultTimeout(PATIENCE_MS);
    const create = context.newPage.bind(context);
    context.newPage = async () => withQuiet(await create());
    return context;
  };
  return browser;
}

/**
 * A page in a context of its own, and what went wrong on it.
 * @param {any} browser
 * @param {string} origin  the only host that may be asked
 * @param {Record<string, unknown> & { script?: string, cold?: boolean }} options  of
 *   the context; what runs before a page's own scripts; nothing comes out of a cache
 */
export async function openPage(browser, origin, { script, cold, ...options } = {}) {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  const page = await context.newPage();
  if (script) await page.addInitScript(script);
  if (cold) await (await context.newCDPSession(page)).send("Network.setCacheDisabled", { cacheDisabled: true });
  /** @type {string[]} */
  const wrong = [];
  page.on("pageerror", (/** @type {Error} */ error) => wrong.push(`error: ${error.message}`));
  page.on("console", (/** @type {any} */ message) => {
    // The browser tells the status of a page that is not 200, as it should be.
    const own = /the server responded with a status of (404|410)/.test(message.text());
    if (["error", "warning"].includes(message.type()) && !(own && message.location().url === page.url()))
      wrong.push(`console: ${message.text()}`);
  });
  page.on("request", (/** @type {any} */ request) => {
    const url = request.url();
    if (!url.startsWith(origin) && !url.startsWith("data:") && !url.startsWith("blob:"))
      wrong.push(`asks ${url}`);
  });
  page.on("requestfailed", (/** @type {any} */ request) => {
    if (request.failure()?.errorText !== "net::ERR_ABORTED")
      wrong.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
  });
  page.on("response", (/** @type {any} */ response) => {
    if (response.status() >= 400 && response.request().resourceType() !== "document")
      wrong.push(`${response.status()} for ${response.url()}`);
  });
  return { page, context, wrong };
}

/** How many pixels stick out at the side, and what sticks out. @param {any} page */
export function overflow(page) {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    const out = document.documentElement.scrollWidth - width;
    if (out <= 0) return "";
    /** What scrolls within its own box does not stick out. @param {Element} element */
    const isClipped = (element) => {
      for (let box = element.parentElement; box && box !== document.body; box = box.parentElement)
        if (getComputedStyle(box).overflowX !== "visible") return true;
      return false;
    };
    const wide = [...document.body.querySelectorAll("*")]
      .filter((element) => element.getBoundingClientRect().right > width + 1 && !isClipped(element))
      .map((element) => `${element.tagName.toLowerCase()}.${element.className}`);
    return `${out} px: ${wide.slice(-3).join(", ")}`;
  });
}

/** The whole page, to be looked at: a JPEG takes half of the time of a PNG. @param {any} page @param {string} name */
export async function screenshot(page, name) {
  const folder = path.join(root, "build/screenshots");
  fs.mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: path.join(folder, `${name}.jpg`), fullPage: true, type: "jpeg", quality: 90 });
}
