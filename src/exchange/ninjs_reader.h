// SPDX-License-Identifier: Apache-2.0
/* exchange/ninjs_reader.h: a thread that reads ninjs files ahead of their
 * import, and their bodies by the HTML helper, so that the thread which writes
 * finds what it needs. Items come in the order of the files and in portions. */
#ifndef EXCHANGE_NINJS_READER_H
#define EXCHANGE_NINJS_READER_H

#include "base/arena.h"
#include "exchange/ninjs.h"
#include "render/html_helper.h"

struct ninjs_reader;

enum {
    NINJS_PORTION_ITEMS = 64,
    NINJS_PORTION_BYTES = 1024 * 1024, /* or little more: then it is full */
};

/* An item, or what could not be read. */
struct ninjs_read {
    struct str path;
    int64_t number;   /* of the file's items, from 1; 0: the file itself */
    struct str cause; /* why it cannot be taken; else "" */
    struct ninjs_item item;

    /* The item's best body when that is HTML, else NULL, and what came of it:
     * as html_helper_convert. */
    const struct ninjs_text *body;
    uint64_t ticket; /* 0: the conversion is there */
    enum err err;
    struct fault *fault;
    struct html_conversion conversion;
    struct str json; /* as article_ready_body, of what has no pictures; or "" */
};

struct ninjs_portion {
    struct arena arena; /* of all that stands in it */
    struct ninjs_read reads[NINJS_PORTION_ITEMS];
    size_t count;
    size_t settled; /* of these the bodies are there */
    struct ninjs_portion *next;
};

/* helper is the thread's alone until the reader is destroyed. NULL when the
 * system gives no memory or no thread. */
struct ninjs_reader *ninjs_reader_create(struct html_helper *helper);

/* Stops the thread where it is. Accepts NULL. */
void ninjs_reader_destroy(struct ninjs_reader *reader);

/* Whether the path was taken; when not, a portion has to be taken first. */
bool ninjs_reader_add(struct ninjs_reader *reader, const char *path);

/* Nothing more is added. */
void ninjs_reader_end(struct ninjs_reader *reader);

/* The next portion, which is the caller's. ERR_TIMEOUT when wait is false and
 * none is ready; ERR_NOT_FOUND when all was read; ERR_NO_MEMORY when it could
 * not be. */
MUST_USE enum err ninjs_reader_take(struct ninjs_reader *reader, bool wait,
                                    struct ninjs_portion **ret_portion);

void ninjs_portion_destroy(struct ninjs_portion *portion);

#endif
