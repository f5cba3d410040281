// SPDX-License-Identifier: Apache-2.0
#include "cli/desk_search.h"

#include <assert.h>
#include <stdlib.h>

#include "base/log.h"
#include "base/repeat.h"
#include "base/time.h"
#include "content/content.h"
#include "content/search.h"

enum {
    LOOK_EVERY_MS = 1000,
    GO_ON_MS = 50,    /* as long as there is more to do and nobody publishes */
    TURN_MS = 200,    /* of one kind of work, before the others get theirs */
    QUIET_WRITES = 4, /* of others in LOOK_EVERY_MS, while nobody publishes:
                         readers are counted, for one */

    INDEXED_AT_ONCE = 4, /* articles in one transaction: who publishes waits
                            for no more than these */

    COUNTED_AT_ONCE = 1000, /* articles whose words are added up in memory */
    COUNTED_BESIDE = 50,    /* the same, while others publish */
    /* A word that is new today completes a beginning so much later. */
    COUNT_EVERY_MS = 10 * 1000,

    MERGED_AT_ONCE = 32, /* pages of a full-text table in one transaction */
    /* After so many of others so many steps are made although they go on: as
     * much as they leave to be merged. */
    URGENT_WRITES = 128,
    URGENT_STEPS = 8,

    AFTER_FAILURE_MS = 60 * 1000,
};

struct desk_search {
    struct content *content;
    struct repeat repeat;
    int64_t count_us; /* of the clock: when words are counted next */
    uint64_t asked;   /* for the writer, when last looked */
    uint64_t loose;   /* writes since all segments were merged */

    /* Of this turn: */
    bool quiet; /* nobody publishes */
    bool more;  /* is left to do */
    int64_t end_us;
};

/* How often the writer has been asked for since the last call. */
static uint64_t written_since(struct desk_search *search)
{
    uint64_t asked = db_pool_writer_asked(content_pool(search->content));
    uint64_t since = asked - search->asked;
    search->asked = asked;
    return since;
}

static void begin_turn(struct desk_search *search)
{
    search->end_us = clock_now_us() + TURN_MS * INT64_C(1000);
}

static bool turn_is_over(struct desk_search *search)
{
    return clock_now_us() >= search->end_us ||
           repeat_is_stopping(&search->repeat);
}

/* ---- Indexing ---------------------------------------------------------------
 */

static enum err index_pending(struct desk_search *search, struct fault *fault)
{
    int64_t left = 1;
    enum err err = ERR_OK;
    begin_turn(search);
    while (!err && left && !turn_is_over(search))
        err = search_index_pending(search->content, INDEXED_AT_ONCE, &left,
                                   fault);
    search->loose += written_since(search);
    search->more |= left > 0;
    return err;
}

/* ---- Merging ----------------------------------------------------------------
 */

static enum err merge_once(struct desk_search *search, struct fault *fault)
{
    bool left;
    enum err err = search_merge(search->content, MERGED_AT_ONCE, &left, fault);
    if (err) /* what is loose is tried again later */
        return err;
    uint64_t meanwhile = written_since(search) - 1; /* one was ours */
    search->loose = meanwhile + (left ? search->loose : 0);
    return ERR_OK;
}

/* In a pause of publishing, until it ends; a little of it between others'
 * writes, when they never pause. */
static enum err merge(struct desk_search *search, struct fault *fault)
{
    uint64_t before = search->loose;
    enum err err = ERR_OK;
    begin_turn(search);
    while (!err && search->quiet && search->loose &&
           search->loose <= before + QUIET_WRITES && !turn_is_over(search))
        err = merge_once(search, fault);
    if (search->loose >= URGENT_WRITES) {
        for (int i = 0; !err && search->loose && i < URGENT_STEPS; i++)
            err = merge_once(search, fault);
        search->loose = search->loose > 0;
    }
    search->more |= search->loose > 0;
    return err;
}

/* ---- Counting ---------------------------------------------------------------
 */

static enum err count_words(struct desk_search *search, struct fault *fault)
{
    bool more = true;
    size_t limit = search->quiet ? COUNTED_AT_ONCE : COUNTED_BESIDE;
    enum err err = ERR_OK;
    if (clock_now_us() < search->count_us)
        return ERR_OK;
    begin_turn(search);
    do
        err = search_count_words(search->content, limit, &more, fault);
    while (!err && more && search->quiet && !turn_is_over(search));
    if (more && search->quiet)
        search->more = true;
    else
        search->count_us = clock_now_us() + COUNT_EVERY_MS * INT64_C(1000);
    /* What others wrote meanwhile is not told from it. */
    search->loose += written_since(search) > 0;
    return err;
}

/* ---- Turns ------------------------------------------------------------------
 */

static int64_t run(void *context)
{
    struct desk_search *search = context;
    struct fault fault = {0};
    uint64_t others = written_since(search);
    search->quiet = others <= (search->more ? 1 : QUIET_WRITES);
    search->loose += others;
    search->more = false;
    enum err err = index_pending(search, &fault);
    if (!err)
        err = merge(search, &fault);
    if (!err)
        err = count_words(search, &fault);
    if (err)
        log_error("the search index cannot be kept",
                  LOG_C("cause",
                        fault.message[0] ? fault.message : err_sentence(err)));
    search->more = search->more && search->quiet;
    return (err            ? AFTER_FAILURE_MS
            : search->more ? GO_ON_MS
                           : LOOK_EVERY_MS) *
           INT64_C(1000);
}

enum err desk_search_start(struct content *content,
                           struct desk_search **ret_search)
{
    assert(content);
    assert(ret_search);
    struct desk_search *search = calloc(1, sizeof *search);
    if (!search)
        return ERR_NO_MEMORY;
    search->content = content;
    search->loose = 1; /* of those before us */
    enum err err = repeat_start(&search->repeat, run, search);
    if (err)
        free(search);
    else
        *ret_search = search;
    return err;
}

void desk_search_stop(struct desk_search *search)
{
    if (!search)
        return;
    repeat_stop(&search->repeat);
    free(search);
}
