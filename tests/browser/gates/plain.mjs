// SPDX-License-Identifier: Apache-2.0
// Without JavaScript everything is there to be read and found; and the sheet
// that a printer makes.
import assert from "node:assert/strict";

import { openPage, screenshot } from "../../lib/browser.mjs";
import { SCHEMES, viewportOf } from "../../lib/paper.mjs";
import { test } from "../../lib/tap.mjs";

/** @param {any} page */
const ground = (page) => page.evaluate(() => getComputedStyle(document.body).backgroundColor);

/** @param {import("../../lib/paper.mjs").Paper} paper */
export default function gate(paper) {
  for (const lang of paper.languages) {
    test(`${lang}, without JavaScript: read, search, menu, schedule, languages, dark`, async () => {
      const options = { viewport: viewportOf(360), javaScriptEnabled: false };
      const { page, context, wrong } = await openPage(paper.browser, paper.origin, options);
      await page.goto(`${paper.origin}/${lang}/`);
      await page.locator("main .story a").first().click();
      await page.waitForURL("**/article/**");
      assert.ok(await page.locator(".body p").first().isVisible());
      const link = page.locator(".languages a:not(.none)").first();
      const other = await link.getAttribute("hreflang");
      await link.click();
      await page.waitForURL(`**/${other}/**`);
      assert.equal(await page.getAttribute("html", "lang"), other);

      const query = new URL(paper.page(lang, "search").target, paper.origin).searchParams.get("q");
      await page.goto(`${paper.origin}/${lang}/`);
      await page.locator("a.find").click();
      await page.waitForURL(`**/${lang}/search`);
      await page.locator("main input[name=q]").fill(query);
      await page.locator("main summary").click();
      await page.locator("main select[name=sort]").selectOption("newest");
      await page.locator("main input[name=q]").press("Enter");
      await page.waitForURL("**/search?q=*sort=newest*");
      assert.ok((await page.locator(".hit").count()) > 0, "something is found");

      await page.locator(".menu a").click();
      await page.waitForURL(`**/${lang}/menu`);
      await page.locator("main .contents a").first().click();
      assert.ok(await page.locator("main .story").first().isVisible());
      await page.locator(`nav.bar a[href='/${lang}/tv']`).click();
      await page.waitForURL(`**/${lang}/tv`);
      for (const colorScheme of SCHEMES) {
        await page.emulateMedia({ colorScheme });
        assert.equal(await ground(page), colorScheme === "dark" ? "rgb(20, 19, 17)" : "rgb(251, 249, 244)");
      }
      assert.deepEqual(wrong, []);
      await context.close();
    });

    test(`${lang}: an article prints as a clean sheet with the addresses of its links`, async () => {
      const { page, context } = await openPage(paper.browser, paper.origin, { viewport: { width: 794, height: 1123 } });
      await page.goto(paper.origin + paper.page(lang, "everything").target);
      await page.emulateMedia({ media: "print", colorScheme: "dark" });
      for (const away of [".bar", ".skip", ".footer", ".related", ".languages", ".tools"])
        for (const part of await page.locator(away).all()) assert.ok(!(await part.isVisible()), `${away} is not printed`);
      for (const kept of [".nameplate", "h1", ".byline", ".body", ".about time", ".notice"])
        assert.ok(await page.locator(kept).first().isVisible(), `${kept} is printed`);
      assert.equal(await ground(page), "rgb(255, 255, 255)", "no ink on the ground");
      const after = await page.evaluate(
        () => getComputedStyle(/** @type {Element} */ (document.querySelector(".body p a[href^=http]")), "::after").content,
      );
      assert.match(after, /elsewhere\.example/);
      await screenshot(page, `${lang}-print`);
      await context.close();
    });
  }
}
