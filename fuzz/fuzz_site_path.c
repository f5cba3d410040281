// SPDX-License-Identifier: Apache-2.0
/* Addresses of the public site: whatever is asked for is read without a fault,
 * and what has parts that can be written is written as it was read, so that no
 * page can be had under two addresses. */
#include <assert.h>

#include "base/arena.h"
#include "site/site_path.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_within(struct str part, struct str whole)
{
    return part.len == 0 || (part.ptr >= whole.ptr &&
                             part.ptr + part.len <= whole.ptr + whole.len);
}

static void check_sitemap(const struct site_path *path, struct str key,
                          struct arena *arena)
{
    assert(path->lang.len > 0 && path->part > 0);
    struct str written = site_path_sitemap(arena, path->lang, path->sitemap,
                                           path->month, path->part);
    assert(str_eq(written, key));
}

static void check_posts(const struct site_path *path, struct str key,
                        struct arena *arena)
{
    ptrdiff_t mark = str_find_char(key, '?');
    assert(mark > 0 && path->after >= 0 && id_is_set(&path->id));
    struct str posts = str_slice(key, 0, (size_t)mark);
    assert(str_eq(site_path_after(arena, posts, path->after), key));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str key = str_of((const char *)data, size);
    struct site_path path = site_path_parse(key);
    assert(path.page < SITE_PAGE_COUNT);
    assert(is_within(path.lang, key) && is_within(path.category, key));
    assert(is_within(path.slug, key) && is_within(path.month, key));
    struct arena arena;
    arena_init(&arena, 0);
    if (path.page == SITE_PAGE_SITEMAP)
        check_sitemap(&path, key, &arena);
    if (path.page == SITE_PAGE_ITEM)
        assert(str_ends_with(key, STR(".json")));
    if (path.page == SITE_PAGE_EMBED)
        assert(str_ends_with(key, STR("/embed")));
    if (path.page == SITE_PAGE_POSTS)
        check_posts(&path, key, &arena);
    if (path.page == SITE_PAGE_FEED)
        assert(site_page_has_feeds(path.home) &&
               str_ends_with(key, site_feeds[path.feed].file));
    arena_finish(&arena);
    return 0;
}
