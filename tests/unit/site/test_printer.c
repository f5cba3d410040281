// SPDX-License-Identifier: Apache-2.0
#include "paper.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"
#include "base/time.h"
#include "content/category.h"
#include "content/settings.h"
#include "content/views.h"
#include "content/workflow.h"
#include "site/site_path.h"

#define AUGUST_2022 INT64_C(1660561200000000) /* 15.08.22 15:00 in Tbilisi */

static void assert_has(const struct site_print *print, const char *text)
{
    if (!print_has(print, text))
        fail_msg("\"%s\" is not in: %.4000s", text, print->body.ptr);
}

/* ---- Articles ---- */

static void test_an_article_shows_its_facts_in_each_language(void **state)
{
    static const struct {
        const char *language, *headline, *views;
    } cases[] = {
        {"en", "Ties grow stronger", "461 views"},
        {"ka", "კავშირები მყარდება", "461 ნახვა"},
        {"ru", "Связи крепнут", "461 просмотр"},
    };
    struct paper *paper = *state;
    for (size_t i = 0; i < 3; i++) {
        struct edit edit;
        struct article_input input =
            paper_article(paper, cases[i].language, cases[i].headline);
        input.content.source = STR("BM.GE");
        struct id id = paper_publish(paper, &input, AUGUST_2022);
        paper_begin(paper, &edit);
        assert_int_equal(views_set(&edit, &id, 461), ERR_OK);
        paper_commit(&edit);

        struct site_print print = paper_print(paper, paper_address(paper, &id));
        assert_int_equal(print.status, 200);
        assert_has(&print, cases[i].headline);
        assert_has(&print, id.text);
        assert_has(&print, "BM.GE");
        assert_has(&print, ">15.08.22 15:00</time>");
        assert_has(&print, "datetime=\"2022-08-15T11:00:00Z\"");
        assert_has(&print, cases[i].views);
        assert_has(&print, "<p>The whole text.</p>");
        assert_has(&print, "rel=\"canonical\" href=\"https://paper.example/");
        char lang[32], key[64];
        snprintf(lang, sizeof lang, "<html lang=\"%s\"", cases[i].language);
        assert_has(&print, lang);
        snprintf(key, sizeof key, "article:%s", id.text);
        assert_true(print_depends(&print, key));
        snprintf(key, sizeof key, "views:%s", id.text);
        assert_true(print_depends(&print, key));
        assert_true(print_depends(&print, "settings"));
        assert_true(print_depends(&print, "categories"));
        assert_true(print_depends(&print, "theme"));
        assert_false(print_depends(&print, "front:en"));
    }
}

static void test_a_wrong_address_of_an_article_leads_to_the_right_one(
    void **state)
{
    struct paper *paper = *state;
    struct article_input input = paper_article(paper, "en", "A Moved Bridge");
    struct id id = paper_publish(paper, &input, 0);
    const char *right = paper_address(paper, &id);
    static const char *const wrong[] = {"/en/article/%s", "/article/%s",
                                        "/en/article/other-words-%s",
                                        "/ka/article/a-moved-bridge-%s"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct str key =
            arena_printf(&paper->arena, "%.*s%s", (int)strlen(wrong[i]) - 2,
                         wrong[i], id.text);
        struct site_print print = paper_print(paper, key.ptr);
        assert_int_equal(print.status, 301);
        assert_true(str_eq(print.location, str_from_c(right)));
        assert_int_equal(print.keeping, SITE_NOT_KEPT);
    }
}

static void test_a_withdrawn_article_is_gone_with_its_reason(void **state)
{
    struct paper *paper = *state;
    struct edit edit;
    struct article_input input = paper_article(paper, "en", "Not so");
    struct id id = paper_publish(paper, &input, 0);
    const char *address = paper_address(paper, &id);
    paper_begin(paper, &edit);
    assert_int_equal(article_withdraw(&edit, &id, STR("The <b>figures</b>"),
                                      STR(""), AUGUST_2022),
                     ERR_OK);
    paper_commit(&edit);
    struct site_print print = paper_print(paper, address);
    assert_int_equal(print.status, 410);
    assert_has(&print, "The &lt;b&gt;figures&lt;/b&gt;");
    assert_has(&print, "15.08.22 15:00");
    assert_false(print_has(&print, "Not so"));
    assert_int_not_equal(print.keeping, SITE_NOT_KEPT);
    char key[64];
    snprintf(key, sizeof key, "article:%s", id.text);
    assert_true(print_depends(&print, key));
}

static void test_a_correction_stands_on_the_article_and_in_the_feed(
    void **state)
{
    struct paper *paper = *state;
    struct edit edit;
    struct article_input input = paper_article(paper, "en", "A figure");
    struct id id = paper_publish(paper, &input, 0);
    paper_begin(paper, &edit);
    assert_int_equal(
        correction_add(&edit, &id, STR("It was seven & a half."), 0), ERR_OK);
    paper_commit(&edit);
    struct site_print print = paper_print(paper, paper_address(paper, &id));
    assert_has(&print, "It was seven &amp; a half.");
    print = paper_print(paper, "/en/atom.xml");
    assert_has(&print, "It was seven &amp;amp; a half.");
}

static void test_an_old_article_says_how_old_it_is(void **state)
{
    struct paper *paper = *state;
    struct article_input input = paper_article(paper, "en", "Long ago");
    struct id old = paper_publish(paper, &input, AUGUST_2022);
    struct id fresh = paper_publish(paper, &input, 0);
    struct site_print print = paper_print(paper, paper_address(paper, &old));
    assert_has(&print, "This article is more than ");
    print = paper_print(paper, paper_address(paper, &fresh));
    assert_false(print_has(&print, "This article is more than "));
}

/* ---- Lists ---- */

static void publish_many(struct paper *paper, int count)
{
    for (int i = 0; i < count; i++) {
        struct str headline =
            arena_printf(&paper->arena, "Story number %03d", i);
        struct article_input input = paper_article(paper, "en", headline.ptr);
        paper_publish(paper, &input, AUGUST_2022 + i * 60 * TIME_US_PER_SECOND);
    }
}

/* How often text stands in a page as a headline. */
static int count_in(const struct site_print *print, const char *text)
{
    int count = 0;
    struct str rest = print->body;
    for (ptrdiff_t at; (at = str_find(rest, str_from_c(text))) >= 0; count++)
        rest = str_from(rest, (size_t)at + 1);
    return count;
}

static const char *next_page(struct paper *paper,
                             const struct site_print *print)
{
    struct str mark = STR("href=\"/en/politics?before=");
    ptrdiff_t at = str_find(print->body, mark);
    if (at < 0)
        return NULL;
    struct str rest = str_from(print->body, (size_t)at + 6);
    rest = str_slice(rest, 0, (size_t)str_find_char(rest, '"'));
    return arena_c_string(&paper->arena, rest);
}

static void test_a_list_goes_on_without_repeating_or_hiding(void **state)
{
    struct paper *paper = *state;
    publish_many(paper, 45);
    int stories = 0, pages = 0;
    for (const char *key = "/en/politics"; key; pages++) {
        struct site_print print = paper_print(paper, key);
        assert_int_equal(print.status, 200);
        assert_true(print_depends(&print, "category:en/politics"));
        assert_int_equal(print.keeping, SITE_KEPT);
        stories += count_in(&print, ">Story number ");
        key = next_page(paper, &print);
    }
    assert_int_equal(pages, 3);
    assert_int_equal(stories, 45);
}

static void test_a_list_from_where_nobody_was_sent_is_not_kept(void **state)
{
    struct paper *paper = *state;
    struct article_input input = paper_article(paper, "en", "Not so");
    struct id id = paper_publish(paper, &input, AUGUST_2022);
    struct article_cursor cursor = {AUGUST_2022, id};
    struct str list = STR("/en/politics");
    struct str real = site_path_before(&paper->arena, list, &cursor);
    struct site_print print = paper_print(paper, real.ptr);
    assert_int_equal(print.status, 200);
    assert_int_equal(print.keeping, SITE_KEPT);
    struct str elsewhere =
        site_path_before(&paper->arena, STR("/en/politics/elections"), &cursor);
    print = paper_print(paper, elsewhere.ptr);
    assert_int_equal(print.status, 200);
    assert_int_equal(print.keeping, SITE_NOT_KEPT);
    cursor.published_us++;
    real = site_path_before(&paper->arena, list, &cursor);
    print = paper_print(paper, real.ptr);
    assert_int_equal(print.status, 200);
    assert_int_equal(print.keeping, SITE_NOT_KEPT);
    assert_int_equal(count_in(&print, ">Not so"), 1);
}

static void test_the_front_knows_the_newest(void **state)
{
    struct paper *paper = *state;
    publish_many(paper, 12);
    struct site_print print = paper_print(paper, "/en/");
    assert_int_equal(print.status, 200);
    for (int i = 0; i < 12; i++) {
        char headline[32];
        snprintf(headline, sizeof headline, "Story number %03d", i);
        assert_has(&print, headline);
    }
    assert_true(print_depends(&print, "front:en"));
    assert_true(print_depends(&print, "day"));
    assert_false(print_depends(&print, "front:ka"));
    assert_has(&print, "hreflang=\"ka\" href=\"https://paper.example/ka/\"");
    print = paper_print(paper, "/ar/");
    assert_has(&print, "dir=\"rtl\"");
    assert_false(print_has(&print, "Story number"));
}

static void test_the_menu_lists_sections_and_what_is_below_them(void **state)
{
    struct paper *paper = *state;
    struct site_print print = paper_print(paper, "/ka/menu");
    assert_int_equal(print.status, 200);
    assert_has(&print, "<li><a href=\"/ka/politics\">პოლიტიკა</a><ul>");
    assert_has(&print, "<a href=\"/ka/politics/elections\">არჩევნები</a>");
    assert_true(print_depends(&print, "categories"));
    assert_true(print_depends(&print, "menu:ka"));
}

static void test_names_are_linked_where_they_stand_in_a_byline(void **state)
{
    struct paper *paper = *state;
    struct article_input input = paper_article(paper, "en", "By the river");
    struct article_byline byline = {.person = paper->author};
    input.content.byline = STR("Nino Beridze in Selgari");
    input.content.bylines = &byline;
    input.content.byline_count = 1;
    struct id id = paper_publish(paper, &input, 0);
    struct site_print print = paper_print(paper, paper_address(paper, &id));
    assert_has(&print, "By <a rel=\"author\" href=\"/en/author/nino-beridze\">"
                       "Nino Beridze</a> in Selgari</address>");
    assert_true(print_depends(&print, "author:nino-beridze"));
    print = paper_print(paper, "/en/author/nino-beridze");
    assert_has(&print, "By the river");
}

/* ---- What is not there ---- */

static void test_what_is_not_there_is_a_page_with_the_latest(void **state)
{
    static const struct {
        const char *key, *language;
    } missing[] = {
        {"/en/nothing", "en"},
        {"/ka/nothing", "ka"},
        {"/xx/", "en"},
        {"/", NULL},
        {"/en/article/nothing", "en"},
        {"/en/tag/nothing", "en"},
        {"/en/author/nobody", "en"},
        {"/assets/reader-0.js", "en"},
        {"/en/article/62f9f7d471fdc", "en"},
        {"/\\evil.example/", "en"},
        {"/\\evil.example", "en"},
        {"//evil.example/", "en"},
        {"/en/nothing/atom.xml", "en"},
    };
    struct paper *paper = *state;
    struct article_input input = paper_article(paper, "en", "A consolation");
    paper_publish(paper, &input, 0);
    for (size_t i = 0; i < sizeof missing / sizeof *missing; i++) {
        if (!missing[i].language)
            continue;
        struct site_print print = paper_print(paper, missing[i].key);
        if (print.status != 404)
            fail_msg("%s answers %d", missing[i].key, print.status);
        assert_int_equal(print.keeping, SITE_NOT_KEPT);
        char lang[32];
        snprintf(lang, sizeof lang, "<html lang=\"%s\"", missing[i].language);
        assert_has(&print, lang);
        if (str_eq(str_from_c(missing[i].language), STR("en")))
            assert_has(&print, "A consolation");
    }
}

static void test_the_root_and_slashes_lead_on(void **state)
{
    struct paper *paper = *state;
    struct site_print print = paper_print(paper, "/");
    assert_int_equal(print.status, 302);
    assert_true(str_eq(print.location, STR("/en/")));
    assert_int_not_equal(print.keeping, SITE_NOT_KEPT);
    print = paper_print(paper, "/ka");
    assert_int_equal(print.status, 301);
    assert_true(str_eq(print.location, STR("/ka/")));
    print = paper_print(paper, "/en/politics/");
    assert_int_equal(print.status, 301);
    assert_true(str_eq(print.location, STR("/en/politics")));
}

/* ---- Safety ---- */

static void write_file(const char *path, struct str text)
{
    struct fault fault;
    if (file_write_atomic(path, text, &fault))
        fail_msg("%s", fault_text(&fault));
}

static void assert_well_formed(struct paper *paper,
                               const struct site_print *print)
{
    char path[96], command[160];
    snprintf(path, sizeof path, "%s/feed.xml", paper->folder);
    write_file(path, print->body);
    snprintf(command, sizeof command, "xmllint --noout --nonet '%s'", path);
    assert_int_equal(system(command), 0);
}

static void test_hostile_words_stay_words(void **state)
{
    struct paper *paper = *state;
    struct article_input input = paper_article(paper, "en", HOSTILE);
    struct str tags[] = {STR_INIT(HOSTILE)};
    struct article_byline byline = {.name = STR(HOSTILE)};
    input.content.kicker = STR(HOSTILE);
    input.content.standfirst = STR(HOSTILE);
    input.content.source = STR("x" HOSTILE);
    input.content.dateline = STR(HOSTILE);
    input.content.seo_title = STR(HOSTILE);
    input.content.canonical = STR("");
    input.content.tags = tags;
    input.content.tag_count = 1;
    input.content.bylines = &byline;
    input.content.byline_count = 1;
    struct id id = paper_publish(paper, &input, 0);
    const char *keys[] = {paper_address(paper, &id),
                          "/en/",
                          "/en/politics",
                          "/en/menu",
                          "/en/tv",
                          "/en/nothing"};
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct site_print print = paper_print(paper, keys[i]);
        assert_false(print_has(&print, "<script>"));
        assert_false(print_has(&print, "<img src=x"));
        assert_false(print_has(&print, "\"'>"));
        assert_false(print_has(&print, " style=\""));
    }
    struct site_print print = paper_print(paper, "/en/atom.xml");
    assert_well_formed(paper, &print);
    assert_has(&print, "&lt;script&gt;alert(1)");
    print = paper_print(paper, "/en/politics/rss.xml");
    assert_well_formed(paper, &print);
}

static void test_a_page_brings_its_policy(void **state)
{
    struct paper *paper = *state;
    struct site_print print = paper_print(paper, "/en/");
    struct str fields = site_header_fields(paper->site, &print);
    assert_true(str_find(fields, STR("default-src 'none'")) >= 0);
    assert_true(str_find(fields, STR("style-src 'sha256-")) >= 0);
    assert_true(str_find(fields, STR("unsafe")) < 0);
    assert_true(str_ends_with(fields, STR("\r\n")));
    assert_has(&print, "<style>");
}

/* ---- Themes, files, pins ---- */

static void test_a_theme_changes_while_it_is_used(void **state)
{
    struct paper *paper = *state;
    struct fault fault;
    bool changed = true;
    char path[128];
    uint64_t before = site_edition(paper->site);
    assert_int_equal(site_reload_theme(paper->site, &changed, &fault), ERR_OK);
    assert_false(changed);
    assert_int_equal(folder_make(paper->theme, &fault), ERR_OK);
    snprintf(path, sizeof path, "%s/footer.html", paper->theme);
    write_file(path, STR("<footer>Our own foot of {{site.name}}</footer>"));
    assert_int_equal(site_reload_theme(paper->site, &changed, &fault), ERR_OK);
    assert_true(changed);
    assert_true(site_edition(paper->site) != before);
    struct site_print print = paper_print(paper, "/en/");
    assert_has(&print, "<footer>Our own foot of BM.GE</footer>");

    write_file(path, STR("<footer>{{#site}}</footer>, and it goes wrong"));
    assert_int_not_equal(site_reload_theme(paper->site, &changed, &fault),
                         ERR_OK);
    assert_non_null(strstr(fault.field, "footer.html"));
    print = paper_print(paper, "/en/");
    assert_has(&print, "<footer>Our own foot of BM.GE</footer>");
}

static void assert_reloaded(struct paper *paper)
{
    struct fault fault;
    bool changed = false;
    assert_int_equal(site_reload_theme(paper->site, &changed, &fault), ERR_OK);
    assert_true(changed);
}

/* Written again, not only added: neither changes the folder itself. */
static void test_style_and_messages_change_while_they_are_used(void **state)
{
    struct paper *paper = *state;
    struct fault fault;
    char style[128], folder[128], messages[160];
    snprintf(style, sizeof style, "%s/style.css", paper->theme);
    snprintf(folder, sizeof folder, "%s/messages", paper->theme);
    snprintf(messages, sizeof messages, "%s/en.properties", folder);
    assert_int_equal(folder_make(paper->theme, &fault), ERR_OK);
    assert_int_equal(folder_make(folder, &fault), ERR_OK);
    write_file(style, STR("a{color:red}"));
    write_file(messages, STR("skip = Go on"));
    assert_reloaded(paper);
    write_file(style, STR("a{color:green}"));
    assert_reloaded(paper);
    write_file(messages, STR("skip = Go on reading"));
    assert_reloaded(paper);
    struct site_print print = paper_print(paper, "/en/");
    assert_has(&print, "a{color:green}");
    assert_has(&print, ">Go on reading</a>");
}

static void test_parts_of_the_stylesheet_go_where_they_are_needed(void **state)
{
    struct paper *paper = *state;
    struct fault fault;
    bool changed = false;
    char style[128];
    snprintf(style, sizeof style, "%s/style.css", paper->theme);
    assert_int_equal(folder_make(paper->theme, &fault), ERR_OK);
    write_file(style,
               STR("a{color:red}/*! only front menu saved */b{color:blue}"
                   "/*! only tv */i{color:tan}/*! all */u{color:teal}"));
    assert_reloaded(paper);
    struct site_print front = paper_print(paper, "/en/");
    assert_has(&front, "<style>a{color:red}b{color:blue}u{color:teal}</style>");
    struct site_print print = paper_print(paper, "/en/tv");
    assert_has(&print, "<style>a{color:red}i{color:tan}u{color:teal}</style>");
    assert_false(str_eq(front.fields, print.fields));
    struct site_print menu = paper_print(paper, "/en/menu");
    print = paper_print(paper, "/en/saved");
    assert_true(str_eq(menu.fields, print.fields));
    print = paper_print(paper, "/en/nothing-here");
    assert_has(&print, "<style>a{color:red}u{color:teal}</style>");

    write_file(style, STR("a{color:red}/*! only frnot */b{color:blue}"));
    assert_int_equal(site_reload_theme(paper->site, &changed, &fault),
                     ERR_INVALID);
    assert_non_null(strstr(fault.message, "frnot"));
    write_file(style, STR("a{color:red}/*! only front b{color:blue}"));
    assert_int_equal(site_reload_theme(paper->site, &changed, &fault),
                     ERR_INVALID);
}

/* ---- What is installed ---- */

static uint32_t png_u32(struct str png, size_t at)
{
    uint32_t value = 0;
    for (size_t i = 0; i < 4; i++)
        value = value << 8 | (unsigned char)png.ptr[at + i];
    return value;
}

static void test_each_language_has_a_manifest_and_icons_of_its_own(void **state)
{
    struct paper *paper = *state;
    struct site_print print = paper_print(paper, "/ka/manifest.webmanifest");
    assert_int_equal(print.status, 200);
    assert_true(str_eq(print.content_type, STR("application/manifest+json")));
    assert_has(&print, "\"name\":\"BM.GE\"");
    assert_has(&print, "\"start_url\":\"/ka/\"");
    assert_has(&print, "\"lang\":\"ka\",\"dir\":\"ltr\"");
    assert_true(print_depends(&print, "settings"));
    for (int i = 0; i < SITE_ICON_COUNT; i++) {
        const char *file = site_icons[i].file.ptr;
        char path[64];
        snprintf(path, sizeof path, "/ka/%s", file);
        assert_has(&print, path);
        struct site_print icon = paper_print(paper, path);
        assert_int_equal(icon.status, 200);
        assert_true(str_starts_with(icon.body, STR("\x89PNG\r\n")));
        assert_int_equal(png_u32(icon.body, 16), site_icons[i].pixels);
        assert_true(icon.packed);
    }
    assert_int_equal(paper_print(paper, "/xx/icon-192.png").status, 404);
    print = paper_print(paper, "/ar/manifest.webmanifest");
    assert_has(&print, "\"dir\":\"rtl\"");
}

static void test_the_initial_is_not_that_of_an_article(void **state)
{
    struct paper *paper = *state;
    static const char *const names[] = {"The Courier", "“Courier”", "Courier",
                                        "Herald"};
    struct str icons[4];
    for (size_t i = 0; i < 4; i++) {
        struct edit edit;
        paper_begin(paper, &edit);
        assert_int_equal(
            setting_set(&edit, STR("name"), STR("en"), str_from_c(names[i])),
            ERR_OK);
        paper_commit(&edit);
        icons[i] = paper_print(paper, "/en/icon-192.png").body;
    }
    assert_true(str_eq(icons[0], icons[1]) && str_eq(icons[1], icons[2]));
    assert_false(str_eq(icons[2], icons[3]));
}

static void test_colours_of_the_stylesheet_are_those_of_the_manifest(
    void **state)
{
    struct paper *paper = *state;
    struct fault fault;
    char style[128];
    struct site_print print = paper_print(paper, "/en/manifest.webmanifest");
    assert_has(&print, "\"theme_color\":\"#fbf9f4\"");
    assert_int_equal(folder_make(paper->theme, &fault), ERR_OK);
    snprintf(style, sizeof style, "%s/style.css", paper->theme);
    write_file(style, STR(":root { --paper: #FAB; --ink: red }\n"
                          "@media (prefers-color-scheme: light) { }\n"
                          "@media (prefers-color-scheme: dark) {\n"
                          " :root { --paper: #102030 } }"));
    assert_reloaded(paper);
    print = paper_print(paper, "/en/manifest.webmanifest");
    assert_has(&print, "\"theme_color\":\"#FFAABB\"");
    assert_has(&print, "\"background_color\":\"#FFAABB\"");
    print = paper_print(paper, "/en/");
    assert_has(&print, "content=\"#FFAABB\" media=\"(prefers-color-scheme: "
                       "light)\"");
    assert_has(&print, "content=\"#102030\" media=\"(prefers-color-scheme: "
                       "dark)\"");

    char more[128];
    snprintf(more, sizeof more, "%s/more.css", paper->theme);
    write_file(more, STR(":root{--paper:#334455}a::after{content:\"</\"}"));
    bool changed;
    assert_int_equal(site_reload_theme(paper->site, &changed, &fault),
                     ERR_INVALID);
    assert_string_equal(fault.field, "more.css");
    write_file(more, STR(":root{--paper:#334455}"));
    assert_reloaded(paper);
    print = paper_print(paper, "/en/");
    assert_has(&print, "content=\"#334455\" media=\"(prefers-color-scheme: "
                       "light)\"");
    assert_has(&print, "content=\"#102030\" media=\"(prefers-color-scheme: "
                       "dark)\"");
    assert_has(&print, "--paper: #102030 } }:root{--paper:#334455}</style>");
}

static void test_a_theme_has_files_of_its_own(void **state)
{
    struct paper *paper = *state;
    struct fault fault;
    bool changed;
    char folder[128], path[160], deep[192];
    snprintf(folder, sizeof folder, "%s/assets", paper->theme);
    assert_int_equal(folder_make(folder, &fault), ERR_OK);
    snprintf(path, sizeof path, "%s/masthead.html", paper->theme);
    write_file(path, STR("<img src=\"{{assets.our_logo_svg}}\">"));
    snprintf(path, sizeof path, "%s/our-logo.svg", folder);
    write_file(path, STR("<svg/>"));
    snprintf(path, sizeof path, "%s/icon-192.png", folder);
    write_file(path, STR("our own icon"));
    snprintf(path, sizeof path, "%s/favicon.svg", folder);
    write_file(path, STR("<svg>ours</svg>"));
    snprintf(path, sizeof path, "%s/notes.md", folder);
    write_file(path, STR("not for readers"));
    assert_reloaded(paper);
    struct site_print print = paper_print(paper, "/en/");
    ptrdiff_t at = str_find(print.body, STR("/assets/our-logo-"));
    assert_true(at > 0);
    struct str rest = str_from(print.body, (size_t)at), address;
    assert_true(str_split_next(&rest, '"', &address));
    print = paper_print(paper, arena_c_string(&paper->arena, address));
    assert_true(str_eq(print.body, STR("<svg/>")));
    assert_true(str_eq(print.content_type, STR("image/svg+xml")));
    print = paper_print(paper, "/en/icon-192.png");
    assert_true(str_eq(print.body, STR("our own icon")));
    print = paper_print(paper, "/en/icon-512.png");
    assert_true(str_starts_with(print.body, STR("\x89PNG")));

    snprintf(deep, sizeof deep, "%s/more", folder);
    assert_int_equal(folder_make(deep, &fault), ERR_OK);
    snprintf(path, sizeof path, "%s/more/deep.svg", folder);
    write_file(path, STR("<svg/>"));
    assert_int_equal(site_reload_theme(paper->site, &changed, &fault),
                     ERR_UNSUPPORTED);
    assert_non_null(strstr(fault.message, "more/deep.svg"));
}

static void set(struct paper *paper, const char *name, const char *value)
{
    struct edit edit;
    paper_begin(paper, &edit);
    assert_int_equal(
        setting_set(&edit, str_from_c(name), STR(""), str_from_c(value)),
        ERR_OK);
    paper_commit(&edit);
}

static void test_llms_txt_is_there_only_where_it_is_wanted(void **state)
{
    struct paper *paper = *state;
    assert_int_equal(paper_print(paper, "/llms.txt").status, 404);
    set(paper, "name", "A [paper] *of* ours");
    set(paper, "llms_txt", "yes");
    struct site_print print = paper_print(paper, "/llms.txt");
    assert_int_equal(print.status, 200);
    assert_true(
        str_starts_with(print.body, STR("# A \\[paper\\] \\*of\\* ours\n")));
    assert_has(&print, "](https://paper.example/ka/politics/elections)");
    assert_has(&print, "- [atom.xml](https://paper.example/ru/atom.xml)\n");
    assert_true(print_depends(&print, "settings"));
    assert_true(print_depends(&print, "categories"));
    set(paper, "llms_txt", "no");
    assert_int_equal(paper_print(paper, "/llms.txt").status, 404);
}

static void test_the_worker_comes_from_no_cache_and_has_a_policy(void **state)
{
    struct paper *paper = *state;
    struct site_print print = paper_print(paper, "/sw.js");
    assert_int_equal(print.status, 200);
    assert_true(str_eq(print.cache_control, STR("no-cache")));
    assert_true(str_starts_with(print.content_type, STR("text/javascript")));
    struct str fields = site_header_fields(paper->site, &print);
    assert_true(str_find(fields, STR("default-src 'none'; connect-src")) >= 0);
    print = paper_print(paper, "/saved");
    assert_int_equal(print.status, 302);
    assert_true(str_eq(print.location, STR("/en/saved")));
    print = paper_print(paper, "/ru/saved");
    assert_int_equal(print.status, 200);
    assert_has(&print, "name=\"robots\" content=\"noindex\"");
    assert_has(&print, "data-saved=\"/ru/saved\"");
}

struct pins {
    struct paper *paper;
    int count, fronts, articles, assets;
    size_t bulk;
};

static void try_pin(void *context, struct str page_key, bool bulk)
{
    struct pins *pins = context;
    char *key = arena_c_string(&pins->paper->arena, page_key);
    struct site_print print = paper_print(pins->paper, key);
    if (print.status != 200 && !str_eq(page_key, STR("/")))
        fail_msg("pinned %s answers %d", key, print.status);
    assert_int_not_equal(print.keeping, SITE_NOT_KEPT);
    assert_int_equal(print.keeping == SITE_KEPT_IN_BULK, bulk);
    pins->bulk += bulk;
    pins->count++;
    pins->fronts += str_eq(page_key, STR("/en/"));
    pins->articles += str_find(page_key, STR("/article/")) >= 0;
    if (str_starts_with(page_key, STR("/assets/"))) {
        pins->assets++;
        assert_true(print.asset);
        assert_true(str_find(print.cache_control, STR("immutable")) >= 0);
        assert_true(print.body.len > 0);
    }
}

static void test_pinned_pages_exist(void **state)
{
    struct paper *paper = *state;
    struct fault fault;
    struct pins pins = {.paper = paper};
    publish_many(paper, 8);
    DEFER(db_lease_end) struct db_lease lease = content_reader(paper->content);
    struct site_pin_limits limits = {.newest = 20, .sitemap_bytes = 1 << 20};
    assert_int_equal(site_pinned(paper->site, lease.db, &limits, &paper->arena,
                                 try_pin, &pins, &fault),
                     ERR_OK);
    /* The index, news and sections of 4 languages; the chunk is not quiet. */
    assert_int_equal(pins.bulk, 1 + 4 * 2);
    assert_int_equal(pins.fronts, 1);
    assert_int_equal(pins.articles, 5); /* its share: 20 of 4 languages */
    assert_true(pins.assets > 10);
}

static void test_sitemaps_want_an_address(void **state)
{
    struct paper *paper = *state;
    publish_many(paper, 1);
    struct site_print print = paper_print(paper, "/sitemap.xml");
    assert_int_equal(print.status, 200);
    assert_int_equal(print.keeping, SITE_KEPT_IN_BULK);
    assert_false(print.packed);
    assert_true(print_has(&print, "https://paper.example/sitemap-en-"));
    assert_true(print_depends(&print, "sitemaps"));
    print = paper_print(paper, "/sitemap-en-sections.xml.gz");
    assert_int_equal(print.status, 200);
    assert_true(print.packed);
    assert_false(print_depends(&print, "theme"));
    print = paper_print(paper, "/sitemap-en-2001-01.xml.gz");
    assert_int_equal(print.status, 404);
    print = paper_print(paper, "/robots.txt");
    assert_true(print_has(&print, "Sitemap: https://paper.example/"));

    struct edit edit;
    paper_begin(paper, &edit);
    assert_int_equal(setting_unset(&edit, STR("address"), STR("")), ERR_OK);
    paper_commit(&edit);
    print = paper_print(paper, "/sitemap.xml");
    assert_int_equal(print.status, 404);
    print = paper_print(paper, "/sitemap-en-sections.xml.gz");
    assert_int_equal(print.status, 404);
    print = paper_print(paper, "/robots.txt");
    assert_int_equal(print.status, 200);
    assert_false(print_has(&print, "Sitemap:"));
}

static void test_no_section_takes_the_place_of_a_page(void **state)
{
    struct paper *paper = *state;
    static const char *const words[] = {
#define X(kind, printer, alone, word, has) word,
        SITE_PAGES(X)
#undef X
    };
    struct edit edit;
    struct id id;
    paper_begin(paper, &edit);
    for (size_t i = 0; i < SITE_PAGE_COUNT; i++) {
        struct category_name name = {.language = STR("en"),
                                     .name = STR("Taken"),
                                     .slug = str_from_c(words[i])};
        const struct category_input input = {.names = &name, .name_count = 1};
        if (name.slug.len)
            assert_int_equal(category_save(&edit, &input, &id), ERR_INVALID);
    }
    edit_end(&edit);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, paper_open, paper_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_an_article_shows_its_facts_in_each_language),
        TEST(test_a_wrong_address_of_an_article_leads_to_the_right_one),
        TEST(test_a_withdrawn_article_is_gone_with_its_reason),
        TEST(test_a_correction_stands_on_the_article_and_in_the_feed),
        TEST(test_an_old_article_says_how_old_it_is),
        TEST(test_a_list_goes_on_without_repeating_or_hiding),
        TEST(test_a_list_from_where_nobody_was_sent_is_not_kept),
        TEST(test_the_front_knows_the_newest),
        TEST(test_the_menu_lists_sections_and_what_is_below_them),
        TEST(test_names_are_linked_where_they_stand_in_a_byline),
        TEST(test_what_is_not_there_is_a_page_with_the_latest),
        TEST(test_the_root_and_slashes_lead_on),
        TEST(test_hostile_words_stay_words),
        TEST(test_a_page_brings_its_policy),
        TEST(test_a_theme_changes_while_it_is_used),
        TEST(test_each_language_has_a_manifest_and_icons_of_its_own),
        TEST(test_the_initial_is_not_that_of_an_article),
        TEST(test_colours_of_the_stylesheet_are_those_of_the_manifest),
        TEST(test_a_theme_has_files_of_its_own),
        TEST(test_llms_txt_is_there_only_where_it_is_wanted),
        TEST(test_the_worker_comes_from_no_cache_and_has_a_policy),
        TEST(test_style_and_messages_change_while_they_are_used),
        TEST(test_parts_of_the_stylesheet_go_where_they_are_needed),
        TEST(test_pinned_pages_exist),
        TEST(test_sitemaps_want_an_address),
        TEST(test_no_section_takes_the_place_of_a_page),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
