// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "site/site_path.h"

static const struct {
    const char *key;
    enum site_page page;
    const char *lang, *category, *slug;
} shapes[] = {
    {"/", SITE_PAGE_ROOT, "", "", ""},
    {"/robots.txt", SITE_PAGE_ROBOTS, "", "", ""},
    {"/llms.txt", SITE_PAGE_LLMS, "", "", ""},
    {"/favicon.ico", SITE_PAGE_FAVICON, "", "", ""},
    {"/events/en.json", SITE_PAGE_NOW, "en", "", ""},
    {"/events/en.json/", SITE_PAGE_UNKNOWN, "", "", ""},
    {"/events/.json", SITE_PAGE_UNKNOWN, "", "", ""},
    {"/events/en", SITE_PAGE_UNKNOWN, "", "", ""},
    {"/events/en/0005e6466bd0a4c0-62f9f7d471fdc.json", SITE_PAGE_SINCE, "en",
     "", ""},
    {"/events/en/0005e6466bd0a4c0.json", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"/events/en/a/0005e6466bd0a4c0-62f9f7d471fdc.json", SITE_PAGE_UNKNOWN, "",
     "", ""},
    {"/en/card/62f9f7d471fdc-0123456789abcdef.jpg", SITE_PAGE_CARD, "en", "",
     ""},
    {"/en/card/62f9f7d471fdc-0123456789abcde.jpg", SITE_PAGE_CATEGORY, "en",
     "card/62f9f7d471fdc-0123456789abcde.jpg", ""},
    {"/en/card/62f9", SITE_PAGE_CATEGORY, "en", "card/62f9", ""},
    {"/en/", SITE_PAGE_FRONT, "en", "", ""},
    {"/en", SITE_PAGE_SLASH, "en", "", ""},
    {"/en/menu", SITE_PAGE_MENU, "en", "", ""},
    {"/en/menu/", SITE_PAGE_SLASH, "en", "", ""},
    {"/ka/tv", SITE_PAGE_TV, "ka", "", ""},
    {"/ka/saved", SITE_PAGE_SAVED, "ka", "", ""},
    {"/saved", SITE_PAGE_MY_SAVED, "", "", ""},
    {"/sw.js", SITE_PAGE_WORKER, "", "", ""},
    {"/en/sw.js", SITE_PAGE_CATEGORY, "en", "sw.js", ""},
    {"/en/manifest.webmanifest", SITE_PAGE_MANIFEST, "en", "", ""},
    {"/en/icon-192.png", SITE_PAGE_ICON, "en", "", ""},
    {"/en/icon-maskable-512.png", SITE_PAGE_ICON, "en", "", ""},
    {"/en/icon-64.png", SITE_PAGE_CATEGORY, "en", "icon-64.png", ""},
    {"/en/icon-512.png/", SITE_PAGE_SLASH, "en", "", ""},
    {"/en/politics", SITE_PAGE_CATEGORY, "en", "politics", ""},
    {"/en/politics/elections", SITE_PAGE_CATEGORY, "en", "politics/elections",
     ""},
    {"/en/a/b/c/d", SITE_PAGE_CATEGORY, "en", "a/b/c/d", ""},
    {"/en/a/b/c/d/e", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"/en/politics/", SITE_PAGE_SLASH, "en", "politics", ""},
    {"/en/tag/harvest", SITE_PAGE_TAG, "en", "", "harvest"},
    {"/en/tag", SITE_PAGE_CATEGORY, "en", "tag", ""},
    {"/ru/author/nino-beridze", SITE_PAGE_AUTHOR, "ru", "", "nino-beridze"},
    {"/en/atom.xml", SITE_PAGE_FEED, "en", "", ""},
    {"/en/rss.xml", SITE_PAGE_FEED, "en", "", ""},
    {"/en/feed.json", SITE_PAGE_FEED, "en", "", ""},
    {"/en/economy/land/rss.xml", SITE_PAGE_FEED, "en", "economy/land", ""},
    {"/en/tag/harvest/feed.json", SITE_PAGE_FEED, "en", "", "harvest"},
    {"/ru/author/nino-beridze/atom.xml", SITE_PAGE_FEED, "ru", "",
     "nino-beridze"},
    {"/en/a/b/c/d/atom.xml", SITE_PAGE_FEED, "en", "a/b/c/d", ""},
    {"/en/atom.xml/", SITE_PAGE_SLASH, "en", "", ""},
    {"/en/menu/atom.xml", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"/en/tv/feed.json", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"/en/article/62f9f7d471fdc/rss.xml", SITE_PAGE_FEED, "en", "", ""},
    {"/en/article/a-story-62f9f7d471fdc/feed.json", SITE_PAGE_FEED, "en", "",
     "a-story"},
    {"/en/article/62f9f7d471fdc.json/rss.xml", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"/en/article/a-story-62f9f7d471fdc/posts?after=7", SITE_PAGE_POSTS, "en",
     "", "a-story"},
    {"/en/article/62f9f7d471fdc/posts?after=0", SITE_PAGE_POSTS, "en", "", ""},
    {"/en/article/62f9f7d471fdc/posts", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"/en/article/62f9f7d471fdc/posts?after=", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"/en/article/62f9f7d471fdc/posts?after=07", SITE_PAGE_UNKNOWN, "en", "",
     ""},
    {"/en/article/62f9f7d471fdc/posts?after=-7", SITE_PAGE_UNKNOWN, "en", "",
     ""},
    {"/en/article/62f9f7d471fdc/posts?before=7", SITE_PAGE_UNKNOWN, "en", "",
     ""},
    {"/en/article/62f9f7d471fdc.json/posts?after=7", SITE_PAGE_UNKNOWN, "en",
     "", ""},
    {"/en/article/62f9f7d471fdc/post", SITE_PAGE_CATEGORY, "en",
     "article/62f9f7d471fdc/post", ""},
    {"/en/article/62f9f7d471fdc?post=62f9f7d471fdd", SITE_PAGE_ARTICLE, "en",
     "", ""},
    {"/en/article/62f9f7d471fdc?post=no", SITE_PAGE_SLASH, "en", "", ""},
    {"/en/politics?post=62f9f7d471fdd", SITE_PAGE_SLASH, "en", "politics", ""},
    {"/atom.xml", SITE_PAGE_SLASH, "atom.xml", "", ""},
    {"/assets/reader-00.js", SITE_PAGE_ASSET, "", "", ""},
    {"/en/article/a-story-62f9f7d471fdc", SITE_PAGE_ARTICLE, "en", "",
     "a-story"},
    {"/en/article/62f9f7d471fdc", SITE_PAGE_ARTICLE, "en", "", ""},
    {"/article/62f9f7d471fdc", SITE_PAGE_ARTICLE, "", "", ""},
    {"/en/article/a-story-62f9f7d471fdc.json", SITE_PAGE_ITEM, "en", "",
     "a-story"},
    {"/en/article/62f9f7d471fdc.json", SITE_PAGE_ITEM, "en", "", ""},
    {"/en/article/.json", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"/en/article/62f9f7d471fdc.json.json", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"/en/article/-62f9f7d471fdc", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"/en/article/story62f9f7d471fdc", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"/en/article/nothing", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"/en/article/a-story-62f9f7d471fdc/embed", SITE_PAGE_EMBED, "en", "",
     "a-story"},
    {"/en/article/a-story-62f9f7d471fdc/embed/", SITE_PAGE_SLASH, "en", "",
     "a-story"},
    {"/en/article/nothing/embed", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"/en/article/62f9f7d471fdc.json/embed", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"/oembed", SITE_PAGE_OEMBED, "", "", ""},
    {"/oembed?url=https://a.b/en/&format=xml", SITE_PAGE_OEMBED, "", "", ""},
    {"/oembed?format=xml&url=https://a.b/en/", SITE_PAGE_SLASH, "", "", ""},
    {"/sitemap.xml", SITE_PAGE_SITEMAPS, "", "", ""},
    {"/sitemap-en-2022-08.xml.gz", SITE_PAGE_SITEMAP, "en", "", ""},
    {"/sitemap-pt-br-2022-08-12.xml.gz", SITE_PAGE_SITEMAP, "pt-br", "", ""},
    {"/sitemap-en-tags-2.xml.gz", SITE_PAGE_SITEMAP, "en", "", ""},
    {"/sitemap-en-news.xml.gz", SITE_PAGE_SITEMAP, "en", "", ""},
    {"/sitemap-en-news-2.xml.gz", SITE_PAGE_SLASH, "sitemap-en-news-2.xml.gz",
     "", ""},
    {"/sitemap-en-2022-08-1.xml.gz", SITE_PAGE_SLASH,
     "sitemap-en-2022-08-1.xml.gz", "", ""},
    {"/sitemap-2022-08.xml.gz", SITE_PAGE_SLASH, "sitemap-2022-08.xml.gz", "",
     ""},
    {"/sitemap-.xml.gz", SITE_PAGE_SLASH, "sitemap-.xml.gz", "", ""},
    {"/sitemap-xml.gz", SITE_PAGE_SLASH, "sitemap-xml.gz", "", ""},
    {"/sitemap-en/x-tags.xml.gz", SITE_PAGE_CATEGORY, "sitemap-en",
     "x-tags.xml.gz", ""},
    {"//example.org", SITE_PAGE_UNKNOWN, "", "", ""},
    {"/en//politics", SITE_PAGE_UNKNOWN, "en", "", ""},
    {"", SITE_PAGE_UNKNOWN, "", "", ""},
    {"en/", SITE_PAGE_UNKNOWN, "", "", ""},
};

static void assert_text(struct str got, const char *wanted)
{
    assert_int_equal(got.len, strlen(wanted));
    assert_true(str_eq(got, str_from_c(wanted)));
}

static void test_every_shape_is_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++) {
        struct site_path path = site_path_parse(str_from_c(shapes[i].key));
        if (path.page != shapes[i].page)
            fail_msg("%s is read as %d", shapes[i].key, path.page);
        assert_text(path.lang, shapes[i].lang);
        assert_text(path.category, shapes[i].category);
        assert_text(path.slug, shapes[i].slug);
        assert_false(path.has_before);
    }
}

static void test_a_cursor_is_read_back(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct article_cursor before = {.published_us = 1660561076466908};
    assert_int_equal(id_parse(STR("62f9f7d471fdc"), &before.id), ERR_OK);
    struct str key = site_path_before(&arena, STR("/en/politics"), &before);
    assert_text(key, "/en/politics?before=0005e645811734dc-62f9f7d471fdc");
    struct site_path path = site_path_parse(key);
    assert_int_equal(path.page, SITE_PAGE_CATEGORY);
    assert_text(path.category, "politics");
    assert_true(path.has_before);
    assert_int_equal(path.before.published_us, 1660561076466908);
    assert_text(id_str(&path.before.id), "62f9f7d471fdc");
    arena_finish(&arena);
}

static void test_addresses_within_live_blogs_are_read_back(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct str article = STR("/en/article/storm-62f9f7d471fdc");
    struct str key =
        site_path_after(&arena, site_path_posts(&arena, article), 12);
    assert_text(key, "/en/article/storm-62f9f7d471fdc/posts?after=12");
    assert_int_equal(site_path_parse(key).after, 12);
    struct str post = STR("/en/article/storm-62f9f7d471fdc?post=62f9f7d471fdd");
    struct site_path path = site_path_parse(post);
    assert_text(id_str(&path.post), "62f9f7d471fdd");
    assert_text(site_path_static(&arena, post),
                "/en/article/storm-62f9f7d471fdc/post/62f9f7d471fdd");
    arena_finish(&arena);
}

static void test_addresses_of_sitemaps_are_read_back(void **state)
{
    (void)state;
    struct arena arena;
    arena_init(&arena, 0);
    struct str key = site_path_sitemap(
        &arena, STR("pt-br"), SITE_SITEMAP_ARTICLES, STR("2022-08"), 12);
    assert_text(key, "/sitemap-pt-br-2022-08-12.xml.gz");
    struct site_path path = site_path_parse(key);
    assert_int_equal(path.sitemap, SITE_SITEMAP_ARTICLES);
    assert_text(path.month, "2022-08");
    assert_int_equal(path.part, 12);
    for (int i = 1; i < SITE_SITEMAP_COUNT; i++) {
        key = site_path_sitemap(&arena, STR("en"), (enum site_sitemap)i,
                                STR(""), 1);
        path = site_path_parse(key);
        assert_int_equal(path.page, SITE_PAGE_SITEMAP);
        assert_int_equal(path.sitemap, i);
        assert_int_equal(path.part, 1);
        assert_text(path.lang, "en");
    }
    arena_finish(&arena);
}

static void test_a_query_that_means_nothing_is_led_away(void **state)
{
    (void)state;
    static const char *const keys[] = {
        "/en/politics?before=",
        "/en/politics?before=0005e64504bd3c5c62f9f7d471fdc",
        "/en/politics?before=0005E64504BD3C5C-62f9f7d471fdc",
        "/en/politics?before=ffffffffffffffff-62f9f7d471fdc",
        "/en/politics?before=0005e64504bd3c5c-62f9f7dffffff",
        "/en/politics?after=0005e64504bd3c5c-62f9f7d471fdc",
        "/?before=0005e645811734dc-62f9f7d471fdc",
        "/en/?before=0005e645811734dc-62f9f7d471fdc",
        "/en/tv?before=0005e645811734dc-62f9f7d471fdc",
        "/en/article/62f9f7d471fdc.json?before=0005e645811734dc-62f9f7d471fdc",
        "/assets/reader.js?before=0005e645811734dc-62f9f7d471fdc",
    };
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct site_path path = site_path_parse(str_from_c(keys[i]));
        assert_int_equal(path.page, SITE_PAGE_SLASH);
        assert_false(path.has_before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_every_shape_is_read),
        cmocka_unit_test(test_a_cursor_is_read_back),
        cmocka_unit_test(test_addresses_within_live_blogs_are_read_back),
        cmocka_unit_test(test_addresses_of_sitemaps_are_read_back),
        cmocka_unit_test(test_a_query_that_means_nothing_is_led_away),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
