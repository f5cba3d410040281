// SPDX-License-Identifier: Apache-2.0
/* content/sitemap.h: which published articles stand together in one file of the
 * sitemap (sitemaps.org 0.9).
 *
 * The archive of each language is cut into chunks along the order of
 * publication, at the beginning of each month (UTC) and wherever one would grow
 * beyond SITEMAP_CHUNK_ARTICLES. A table of chunks is kept with the articles,
 * in the same transaction: where each begins, how many articles it holds, when
 * one of them changed. So a publication touches one chunk, and neither the list
 * of chunks nor a chunk itself ever needs a look at the rest of the archive. A
 * chunk keeps its name for ever; one that has become empty is not listed. */
#ifndef CONTENT_SITEMAP_H
#define CONTENT_SITEMAP_H

#include "content/article_list.h"

enum {
    /* So that one is printed in a few hundredths of a second, and holds its
     * 50 MB (sitemaps.org) with translations into 64 languages. */
    SITEMAP_CHUNK_ARTICLES = 2000,
    SITEMAP_NAMES = 10000,   /* tags or people of one file */
    SITEMAP_MONTH_BYTES = 8, /* "2026-11" and a NUL */
};

struct sitemap_chunk {
    struct str language;
    struct str month; /* "2026-11" */
    int64_t part;     /* of the month, from 1; no order in time */
    int64_t articles; /* it holds */
    int64_t changed_us;
    struct article_cursor first; /* it begins here: at this key or before it */
};

struct sitemap_chunks {
    struct sitemap_chunk *chunks; /* by language, then oldest first */
    size_t count;
};

/* Those that hold articles. */
MUST_USE enum err sitemap_chunks(struct db *db, struct arena *arena,
                                 struct sitemap_chunks *ret_chunks);

/* ERR_NOT_FOUND when there is none, or when it is empty. */
MUST_USE enum err sitemap_chunk_find(struct db *db, struct str language,
                                     struct str month, int64_t part,
                                     struct arena *arena,
                                     struct sitemap_chunk *ret_chunk);

struct sitemap_translation {
    struct id id;
    struct str language;
    struct str slug;
};

struct sitemap_entry {
    struct id id;
    struct str slug;
    struct str headline;
    bool sponsored;
    int64_t published_us;
    int64_t changed_us;  /* as article_changed_us */
    struct blob picture; /* name "": it has none */
    struct sitemap_translation *translations;
    size_t translation_count;
};

struct sitemap_entries {
    struct sitemap_entry *entries;
    size_t count;
};

/* Its articles, oldest first. */
MUST_USE enum err sitemap_chunk_read(struct db *db,
                                     const struct sitemap_chunk *chunk,
                                     struct arena *arena,
                                     struct sitemap_entries *ret_entries);

/* The newest articles of a language that were published at since_us or later,
 * newest first, without pictures and translations. */
MUST_USE enum err sitemap_newest(struct db *db, struct str language,
                                 int64_t since_us, size_t limit,
                                 struct arena *arena,
                                 struct sitemap_entries *ret_entries);

struct sitemap_slugs {
    struct str *slugs;
    size_t count;
};

/* Tags of the language, and people, whom a published article names. All tags
 * and people, whether anything names them or not, are parted by size; of each
 * part, from 1, at most limit are given. */
struct sitemap_part {
    int64_t number;
    int64_t size;
    int64_t limit;
};
MUST_USE enum err sitemap_tags(struct db *db, struct str language,
                               const struct sitemap_part *part,
                               struct arena *arena,
                               struct sitemap_slugs *ret_slugs);
MUST_USE enum err sitemap_authors(struct db *db, struct str language,
                                  const struct sitemap_part *part,
                                  struct arena *arena,
                                  struct sitemap_slugs *ret_slugs);

/* How many there are to be parted. */
MUST_USE enum err sitemap_tag_count(struct db *db, struct str language,
                                    int64_t *ret_count);
MUST_USE enum err sitemap_author_count(struct db *db, struct str language,
                                       int64_t *ret_count);

#endif
