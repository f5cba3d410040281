// SPDX-License-Identifier: Apache-2.0
/* robots.txt (RFC 9309): what programs that follow links should leave alone,
 * and where the sitemap is. */
#include "base/buf.h"
#include "site/look.h"
#include "site/pages.h"
#include "site/printer.h"
#include "site/printing.h"

/* Crawlers that collect texts to train models or to answer from, by the names
 * that their owners publish; search engines are not among them. */
static const char *const ai_crawlers[] = {
    "AI2Bot",          "Amazonbot", "anthropic-ai", "Applebot-Extended",
    "Bytespider",      "CCBot",     "ChatGPT-User", "ClaudeBot",
    "Claude-Web",      "cohere-ai", "Diffbot",      "FacebookBot",
    "Google-Extended", "GPTBot",    "ImagesiftBot", "Meta-ExternalAgent",
    "OAI-SearchBot",   "omgili",    "omgilibot",    "PerplexityBot",
    "Timpibot",        "YouBot",
};

/* Results of searches are no pages of the paper's own: any number of them can
 * be asked for. */
static const char *const private_paths[] = {
    "/newsroom/", "/views/", "/events/", "/*/search?", "/*/search/", "/*/saved",
};

/* The newspaper's own lines go on with the rules for all, unless they name
 * whom they are for. */
static void write_rules(const struct settings *settings, struct buf *out)
{
    struct str lines = str_trim(settings->robots);
    buf_add_c(out, "User-agent: *\n");
    for (size_t i = 0; i < sizeof private_paths / sizeof *private_paths; i++)
        buf_printf(out, "Disallow: %s\n", private_paths[i]);
    buf_add_c(out, "Allow: /\n");
    if (lines.len) {
        buf_add(out, lines);
        buf_add_char(out, '\n');
    }
}

static void write_ai_crawlers(struct buf *out)
{
    buf_add_char(out, '\n');
    for (size_t i = 0; i < sizeof ai_crawlers / sizeof *ai_crawlers; i++)
        buf_printf(out, "User-agent: %s\n", ai_crawlers[i]);
    buf_add_c(out, "Disallow: /\n");
}

enum err page_robots(struct printing *p)
{
    enum err err = printing_open_plain(p, STR(""));
    if (err)
        return err;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 64 * 1024);
    write_rules(&p->settings, &out);
    if (!p->settings.ai_crawlers)
        write_ai_crawlers(&out);
    if (p->settings.address.len)
        buf_printf(&out, "\nSitemap: %" PRI_STR "/sitemap.xml\n",
                   ARG_STR(p->settings.address));
    err = buf_err(&out);
    if (err)
        return err;
    p->print->status = 200;
    p->print->content_type = STR("text/plain; charset=utf-8");
    p->print->cache_control = STR("no-cache");
    p->print->body = arena_copy(p->arena, buf_str(&out));
    p->print->fields = p->look->asset_fields;
    return ERR_OK;
}
