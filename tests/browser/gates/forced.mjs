// SPDX-License-Identifier: Apache-2.0
// Colours of the reader's own (forced-colors): what is drawn by a ground or by
// borders without a colour is still there to be seen, and only the section that
// the page belongs to has a line below it.
import assert from "node:assert/strict";

import { openPage } from "../../lib/browser.mjs";
import { viewportOf } from "../../lib/paper.mjs";
import { test } from "../../lib/tap.mjs";

/** What each of them is drawn in, beside the page's ground. */
function drawnIn() {
  const ground = getComputedStyle(document.body).backgroundColor;
  const signs = [".find", ".dot", ".badge", ".share summary"].flatMap((name) => [...document.querySelectorAll(name)]);
  const unseen = signs
    .map((sign) => ({ sign, style: getComputedStyle(sign, "::before") }))
    .filter(({ style }) => style.forcedColorAdjust !== "none" || style.backgroundColor === ground)
    .map(({ sign }) => sign.className || sign.nodeName);
  const links = [...document.querySelectorAll(".bar a")];
  const lined = links.filter((link) => getComputedStyle(link).borderBlockEndColor !== ground);
  return { unseen, count: signs.length, lined: lined.map((link) => link.getAttribute("aria-current")) };
}

/** @param {import("../../lib/paper.mjs").Paper} paper */
export default function gate(paper) {
  test("in the reader's own colours signs are seen, and which section it is", async () => {
    const { page, context } = await openPage(paper.browser, paper.origin, { viewport: viewportOf(360) });
    for (const colorScheme of ["light", "dark"])
      for (const [kind, lined] of /** @type {[string, string[]][]} */ ([["front", ["page"]], ["everything", []], ["search", ["page"]]])) {
        await page.goto(paper.origin + paper.page("en", kind).target);
        await page.emulateMedia({ colorScheme, forcedColors: "active" });
        const found = await page.evaluate(drawnIn);
        assert.ok(found.count >= 2, `${found.count} signs`);
        assert.deepEqual([found.unseen, found.lined], [[], lined], `${kind}, ${colorScheme}`);
      }
    await context.close();
  });
}
