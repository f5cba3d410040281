// SPDX-License-Identifier: Apache-2.0
// WordPress exports for tests.

const HEAD = `<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel><title>T</title><link>https://old.example</link><language>en</language><wp:wxr_version>1.2</wp:wxr_version><wp:base_site_url>https://old.example</wp:base_site_url><wp:base_blog_url>https://old.example</wp:base_blog_url>
<wp:author><wp:author_login>nino</wp:author_login><wp:author_display_name>Nino Beridze</wp:author_display_name></wp:author>
`;

/** @param {string} text */
const cdata = (text) => `<![CDATA[${text.replaceAll("]]>", "]]]]><![CDATA[>")}]]>`;

/**
 * @typedef {{ id: number, title?: string, body?: string, status?: string, type?: string, name?: string,
 *   date?: string, more?: string }} Post
 */

/** @param {Post} post */
export function post({ id, title = `Story ${id}`, body = "Some text.", status = "publish", type = "post", name = `story-${id}`, date = "2020-05-01 10:00:00", more = "" }) {
  return `<item><title>${cdata(title)}</title><link>https://old.example/2020/${name}/</link><dc:creator>nino</dc:creator><content:encoded>${cdata(body)}</content:encoded><wp:post_id>${id}</wp:post_id><wp:post_date_gmt>${date}</wp:post_date_gmt><wp:post_name>${name}</wp:post_name><wp:status>${status}</wp:status><wp:post_type>${type}</wp:post_type>${more}</item>\n`;
}

/** @param {(Post | string)[]} items  posts, or XML as it is */
export function wxr(...items) {
  return `${HEAD}${items.map((item) => (typeof item === "string" ? item : post(item))).join("")}</channel></rss>\n`;
}

export const wxrHead = HEAD;
