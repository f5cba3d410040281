// SPDX-License-Identifier: Apache-2.0
/* exchange/story_import.h: stories of other systems made articles, many at a
 * time. docs/import.md tells what becomes of what.
 *
 * Every batch is one transaction, and what was imported from where is written
 * in it: an import that was killed goes on where it was, one that is repeated
 * passes over what is the same, takes what its source changed as a new
 * revision, and leaves alone what an editor changed here since.
 *
 * Links between the stories of a site lead to the articles: at once to those
 * that came before; when all have come, to those that came behind, also where
 * an earlier import was killed before that. */
#ifndef EXCHANGE_STORY_IMPORT_H
#define EXCHANGE_STORY_IMPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "base/fault.h"
#include "exchange/import.h"
#include "exchange/story.h"

struct content;
struct html_helper;
struct story_import;

enum {
    STORY_BATCH_ITEMS = 2000, /* committed together, or: */
    STORY_BATCH_BYTES = 16 * 1024 * 1024,
    STORIES_AHEAD = 16, /* whose bodies are being read */
};

/* What an import of any kind can be told to do. */
struct story_import_options {
    struct content *content;
    struct html_helper *helper; /* for bodies in HTML, ahead of their time */
    struct html_helper *lines;  /* another one, for all other texts */
    struct str actor;           /* for the log */

    struct str language;      /* of all; "": as the file says */
    const char *media_folder; /* where pictures lie; NULL: none are taken */
    bool drafts;              /* nothing is published */
    bool again;               /* also what is the same as last time */
    bool dry_run;             /* nothing is kept */

    import_report *report; /* or NULL */

    /* So many of those whose links are to be turned at the end; or NULL. */
    void (*turned)(void *context, int64_t done, int64_t total);
    void *context; /* of both */
};

/* Where the stories that follow come from. */
struct story_source {
    struct str name;        /* "wxr https://old.example" */
    struct str file;        /* for reports */
    struct str language;    /* "en-US", or "" */
    const char *media_mark; /* pictures lie behind this part of an address:
                               "/wp-content/uploads/"; or NULL */

    struct str site; /* "https://old.example": its own links; or "" */

    /* Where its lists were, before the slugs: "/category/"; or NULL. */
    struct str base; /* before those: "" or "/blog" */
    const char *category_lists;
    const char *person_lists;
    const char *tag_lists;

    /* What is known of a picture whose address ends so; may be NULL. */
    const struct story_picture *(*describe)(void *context, struct str path);
    void *context;
};

/* Copies options; what they point to must live as long as the import. */
MUST_USE enum err story_import_create(
    const struct story_import_options *options,
    struct story_import **ret_import, struct fault *fault);

/* source must live until the next one, or the end. An error is of the
 * database. */
MUST_USE enum err story_import_source(struct story_import *import,
                                      const struct story_source *source,
                                      struct fault *fault);

/* Takes one story (a copy of it, for a while: its body is read meanwhile). One
 * that cannot be imported is reported as refused and is ERR_OK here; an error
 * is of the database, and the import is over. */
MUST_USE enum err story_import_take(struct story_import *import,
                                    const struct story *story,
                                    struct fault *fault);

/* Takes the copies that are still waiting: before what the source refers to
 * goes. An error is of the database. */
MUST_USE enum err story_import_drain(struct story_import *import,
                                     struct fault *fault);

/* Reports an item, or a file (number 0), that could not even be read. */
void story_import_refuse(struct story_import *import, int64_t number,
                         const char *cause);

/* Counts what does not become an article: "page", "nav_menu_item". */
void story_import_drop(struct story_import *import, struct str what,
                       int64_t count);

/* Turns the links that lead to what came behind, and commits what is left.
 * *ret_seq is the log's newest entry, 0 when nothing changed. */
MUST_USE enum err story_import_finish(struct story_import *import,
                                      struct import_counts *ret_counts,
                                      int64_t *ret_seq, struct fault *fault);

/* How many articles had links turned at the end. */
int64_t story_import_turned(const struct story_import *import);

/* What did not come along, all stories together, by name. Borrowed; until
 * destroy. */
size_t story_import_dropped(struct story_import *import,
                            const struct story_dropped **ret_dropped);

/* Rolls back what was not committed. Accepts NULL. */
void story_import_destroy(struct story_import *import);

#endif
