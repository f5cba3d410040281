// SPDX-License-Identifier: Apache-2.0
// The sample newspaper in Chromium, for the gates of the reader's side: its
// languages, the address of each kind of page, and an article that has
// everything an article can have.
import assert from "node:assert/strict";
import process from "node:process";

import { launch, openPage } from "./browser.mjs";
import { Site, must, until } from "./site.mjs";

export const WIDTHS = [360, 1280];
export const SCHEMES = /** @type {const} */ (["light", "dark"]);
/** @param {number} width */
export const viewportOf = (width) => ({ width, height: width < 600 ? 740 : 900 });

/** ONLY=front,ka:live narrows what is looked at, for whoever mends something. */
const ONLY = (process.env.ONLY ?? "").split(",").filter(Boolean);

/** @typedef {{ kind: string, target: string, status: number }} Page */

/** Two channels, and what is on the first. @param {Site} site */
async function addTelevision(site) {
  const at = (/** @type {number} */ hours) => new Date(Date.now() + hours * 3600_000).toISOString();
  const add = (/** @type {number} */ from, /** @type {number} */ to, /** @type {string[]} */ ...rest) => site.run("programme", "add", "courier", at(from), at(to), ...rest);
  await site.run("channel", "add", "courier", "--title", "Courier TV");
  await site.run("channel", "add", "assembly", "--title", "The Assembly");
  await add(-2, -1, "The Morning Boat", "--category", "Talk", "--repeat");
  await add(-1, 1, "Courier News", "--category", "News", "--description", "The day so far in Navdari and beyond, with whoever is on the first ferry.", "--language", "en");
  await add(1, 2, "მდინარის პირას", "--category", "Documentary", "--language", "ka");
}

/** A body with every kind of block, of the language's own words.
 * @param {any[]} blocks  of one of its articles
 * @param {string[]} media  ids of pictures */
function everyBlock(blocks, media) {
  const texts = blocks
    .filter((block) => block.type === "paragraph")
    .map((block) => block.content?.map((/** @type {any} */ part) => part.text ?? "").join("") ?? "")
    .filter(Boolean);
  const text = (/** @type {number} */ i) => texts[i % texts.length] ?? "";
  /** @param {string} words @param {any[]} [marks] */
  const inline = (words, marks) => [{ type: "text", text: words, ...(marks && { marks }) }];
  /** @param {number} i */
  const paragraph = (i) => ({ type: "paragraph", content: inline(text(i)) });
  /** @param {number} i */
  const short = (i) => text(i).split(" ").slice(0, 4).join(" ");
  /** @param {string} words @param {boolean} header */
  const cell = (words, header) => ({
    type: "table_cell",
    attrs: { header },
    content: [{ type: "paragraph", content: inline(words) }],
  });
  /** @param {string[]} words @param {boolean} [head] */
  const row = (words, head) => ({
    type: "table_row",
    content: words.map((word, i) => cell(word, head || i === 0)),
  });
  /** @param {number} i */
  const image = (i) => ({
    type: "image",
    attrs: { media: media[i % media.length], alt: short(i), caption: text(i), credit: short(i + 1) },
  });
  return {
    type: "doc",
    content: [
      paragraph(0),
      {
        type: "paragraph",
        content: [
          ...inline(`${short(1)} `, [{ type: "em" }]),
          ...inline(`${short(2)} `, [{ type: "strong" }]),
          ...inline(text(1), [{ type: "link", attrs: { href: "https://elsewhere.example/a/long/address" } }]),
        ],
      },
      { type: "heading", attrs: { level: 2 }, content: inline(short(2)) },
      paragraph(2),
      { type: "pull_quote", attrs: { cite: short(3) }, content: inline(text(3)) },
      { type: "gallery", attrs: { caption: text(1) }, content: [image(0), image(1), image(2)] },
      { type: "heading", attrs: { level: 3 }, content: inline(short(4)) },
      { type: "blockquote", attrs: { cite: short(5) }, content: [paragraph(4), paragraph(5)] },
      {
        type: "table",
        attrs: { caption: short(0) },
        content: [
          row([short(1), "2024", "2025", "2026"], true),
          row([short(2), "1,204", "1,311", "1,980"]),
          row([short(3), "87", "92.5", "104"]),
        ],
      },
      { type: "ordered_list", content: [2, 3].map((i) => ({ type: "list_item", content: [paragraph(i)] })) },
      { type: "bullet_list", content: [4, 5].map((i) => ({ type: "list_item", content: [paragraph(i)] })) },
      image(3),
      {
        type: "embed",
        attrs: {
          provider: "YouTube",
          url: "https://www.youtube.com/watch?v=aqz-KE-bpKQ",
          title: short(1),
          poster: media[0],
        },
      },
      { type: "embed", attrs: { provider: "Elsewhere", url: "https://elsewhere.example/post/1", title: short(2) } },
      { type: "channel", attrs: { name: "courier", caption: text(2) } },
      { type: "rule" },
      paragraph(6),
    ],
  };
}

/** Everything that has a media id in it. @param {any} node @returns {string[]} */
const mediaOf = (node) => [
  ...(node?.attrs?.media ? [node.attrs.media] : []),
  ...(node?.content ?? []).flatMap(mediaOf),
];

export class Paper {
  /** @param {Site} site @param {any} browser */
  constructor(site, browser) {
    this.site = site;
    this.browser = browser;
    this.origin = `http://localhost:${site.port}`;
    /** @type {string[]} */
    this.languages = [];
    /** @type {Map<string, Page[]>} */
    this.found = new Map();
  }

  /** @param {any} playwright @param {string} [theme]  one of demo/themes */
  static async open(playwright, theme) {
    const site = await Site.demo();
    if (theme) await must(["demo", site.data, "--no-serve", "--theme", theme]);
    await addTelevision(site);
    await site.serve();
    const paper = new Paper(site, await launch(playwright));
    // For all that is said in whole addresses: readers of every newspaper pay for it.
    await site.run("settings", "set", "address", paper.origin);
    const front = await until(async () => {
      const html = (await site.get("/en/")).text();
      return html.includes(`<link rel="canonical" href="${paper.origin}/en/">`) && html;
    }, "pages know their address");
    const nav = /<nav class="languages".*?<\/nav>/s.exec(front)?.[0] ?? "";
    paper.languages = [...nav.matchAll(/<(?:a|span)[^>]*? lang="([^"]+)"/g)].map((match) => match[1] ?? "");
    assert.ok(paper.languages.length >= 3, `languages found: ${paper.languages}`);
    for (const lang of paper.languages) paper.found.set(lang, await paper.find(lang));
    return paper;
  }

  /** The pages of a language. @param {string} lang @returns {Page[]} */
  pages(lang) {
    const all = this.found.get(lang) ?? [];
    return ONLY.length ? all.filter(({ kind }) => ONLY.includes(kind) || ONLY.includes(`${lang}:${kind}`)) : all;
  }

  /** One page of a kind. @param {string} lang @param {string} kind */
  page(lang, kind) {
    const page = this.found.get(lang)?.find((one) => one.kind === kind);
    assert.ok(page, `${lang} has no page of the kind "${kind}"`);
    return page;
  }

  /** @param {string} lang @param {string} id */
  async addressOf(lang, id) {
    const moved = await this.site.get(`/${lang}/article/${id}`);
    return moved.get("location") ?? `/${lang}/article/${id}`;
  }

  /** An article with every block and every notice. @param {string} lang @param {any[]} published */
  async writeEverything(lang, published) {
    const full = [];
    for (const row of published.slice(0, 8)) full.push(JSON.parse(await this.site.run("article", "show", row.id, "--json")));
    const pictures = full.map((article) => article.picture).filter(Boolean);
    const model = full.find((article) => mediaOf(article.body).length) ?? full[0];
    const story = {
      ...model,
      id: undefined,
      slug: "",
      live: true,
      opinion: true,
      sponsored: true,
      picture_alt: model.picture_alt || model.headline,
      body: everyBlock(model.body.content, [...mediaOf(model.body), ...pictures]),
    };
    const made = (await this.site.pipe(JSON.stringify(story), "article", "new", "--publish", "-")).trim();
    await this.site.run("article", "correct", made, model.standfirst);
    return this.addressOf(lang, made);
  }

  /** Addresses as a reader finds them. @param {string} lang @returns {Promise<Page[]>} */
  async find(lang) {
    const front = (await this.site.get(`/${lang}/`)).text();
    const article = new RegExp(`href="(/${lang}/article/[^"]+)"`).exec(front)?.[1] ?? "";
    const sections = /<nav class="bar".*?<\/nav>/s.exec(front)?.[0] ?? "";
    const category = new RegExp(`href="(/${lang}/(?!tv|menu)[^"/]+)"`).exec(sections)?.[1] ?? "";
    const rows = JSON.parse(await this.site.run("article", "list", "--json", "-l", lang, "-n", "200"));
    const published = rows.filter((/** @type {any} */ row) => row.state === "published");
    let tag = "";
    let author = "";
    let word = "";
    for (const row of published) {
      const page = (await this.site.get(await this.addressOf(lang, row.id))).text();
      tag ||= new RegExp(`href="(/${lang}/tag/[^"]+)"`).exec(page)?.[1] ?? "";
      author ||= new RegExp(`href="(/${lang}/author/[^"]+)"`).exec(page)?.[1] ?? "";
      word ||= row.headline.split(/[^\p{L}\p{M}]+/u).find((/** @type {string} */ one) => one.length > 5) ?? "";
      if (tag && author && word) break;
    }
    assert.ok(article && category && tag && author && word, JSON.stringify({ lang, article, category, tag, author, word }));
    const blogs = JSON.parse(await this.site.run("live", "list", "--json"));
    const blog = blogs.find((/** @type {any} */ one) => one.state === "live" && published.some((/** @type {any} */ row) => row.id === one.id));
    assert.ok(blog, `${lang} has no live blog that runs`);
    const withdrawn = await this.site.write({ language: lang, headline: word, publish: true });
    await this.site.withdraw(withdrawn.id, word);
    const schedule = (await this.site.get(`/${lang}/tv/courier`)).text() + (await this.site.get(`/${lang}/tv`)).text();
    const programme = new RegExp(`href="(/${lang}/programme/[^"]+)"`).exec(schedule)?.[1];
    assert.ok(programme, `${lang}: the schedule leads to no programme`);
    return [
      { kind: "front", target: `/${lang}/`, status: 200 },
      { kind: "category", target: category, status: 200 },
      { kind: "article", target: article, status: 200 },
      { kind: "everything", target: await this.writeEverything(lang, published), status: 200 },
      { kind: "live", target: await this.addressOf(lang, blog.id), status: 200 },
      { kind: "search", target: `/${lang}/search?q=${encodeURIComponent(word)}`, status: 200 },
      { kind: "nothing-found", target: `/${lang}/search?q=zxqvw`, status: 200 },
      { kind: "saved", target: `/${lang}/saved`, status: 200 },
      { kind: "tv", target: `/${lang}/tv`, status: 200 },
      { kind: "programme", target: programme, status: 200 },
      { kind: "menu", target: `/${lang}/menu`, status: 200 },
      { kind: "tag", target: tag, status: 200 },
      { kind: "author", target: author, status: 200 },
      { kind: "not-found", target: `/${lang}/there-is-no-such-page`, status: 404 },
      { kind: "gone", target: await this.addressOf(lang, withdrawn.id), status: 410 },
    ];
  }
}

/** Runs work on both processors. @param {() => Promise<void>} work */
async function twice(work) {
  const done = await Promise.allSettled([work(), work()]);
  for (const { reason } of /** @type {any[]} */ (done.filter(({ status }) => status === "rejected"))) throw reason;
}

/**
 * Runs work for each item, two at a time.
 * @template T
 * @param {T[]} items
 * @param {(item: T) => Promise<void>} work
 */
export async function inPairs(items, work) {
  const left = [...items];
  await twice(async () => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item);
  });
}

/**
 * Runs work for each item, in two pages that are opened once: what one item
 * finds in the browser's cache, another has put there.
 * @template T
 * @param {Paper} paper
 * @param {Parameters<typeof openPage>[2]} options
 * @param {T[]} items
 * @param {(page: any, item: T, wrong: string[]) => Promise<void>} work  wrong: of this item
 */
export async function inTwoPages(paper, options, items, work) {
  const left = [...items];
  await twice(async () => {
    const { page, context, wrong } = await openPage(paper.browser, paper.origin, options);
    for (let item = left.shift(); item !== undefined; item = left.shift()) {
      wrong.length = 0;
      await work(page, item, wrong);
    }
    await context.close();
  });
}
