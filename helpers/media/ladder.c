// SPDX-License-Identifier: Apache-2.0
#include "ladder.h"

#include <stdlib.h>

#include "aside.h"
#include "base/time.h"
#include "mill.h"
#include "rung.h"

enum {
    QUEUE_BYTES_MAX = 24 << 20, /* of pictures and sound */
    MADE_BYTES_MAX = 64 << 20,
};

struct task {
    struct aside_task head;
    int64_t given_us;
    struct mill_task work; /* its bytes lie behind */
};

struct ladder {
    struct aside aside;
    /* under its mutex */
    struct buf ready;
    struct ladder_state state;
    /* of the giver */
    unsigned all; /* 1 << rendition, of the ladder */
    unsigned feed_side;
    bool is_lost; /* until the next key frame */
    /* of the thread */
    struct mill *mill;
    struct buf made;
};

/* ---- The thread ------------------------------------------------------------
 */

static void hand_over(struct ladder *ladder)
{
    pthread_mutex_lock(&ladder->aside.mutex);
    buf_add(&ladder->ready, buf_str(&ladder->made));
    if (buf_err(&ladder->made)) /* a message is not whole: the end of all */
        ladder->ready.err = buf_err(&ladder->made);
    ladder->state = (struct ladder_state){
        .shed = mill_shed(ladder->mill),
        .dropped = mill_dropped(ladder->mill),
    };
    pthread_mutex_unlock(&ladder->aside.mutex);
    buf_reset(&ladder->made);
}

static void work(void *context, struct aside_task *head)
{
    struct ladder *ladder = context;
    struct task *task = (struct task *)head;
    int64_t now_us = clock_now_us();
    mill_do(ladder->mill, &task->work, now_us - task->given_us, now_us);
    hand_over(ladder);
}

/* ---- Life ------------------------------------------------------------------
 */

static void free_all(struct ladder *ladder)
{
    mill_destroy(ladder->mill);
    buf_finish(&ladder->ready);
    buf_finish(&ladder->made);
    free(ladder);
}

enum err ladder_create(const struct start *start, struct ladder **ret_ladder)
{
    unsigned all = 0;
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (start->renditions[i].is_wanted && rung_side(i))
            all |= 1u << i;
    *ret_ladder = NULL;
    if (!all)
        return ERR_OK;
    struct ladder *ladder = calloc(1, sizeof *ladder);
    if (!ladder)
        return ERR_NO_MEMORY;
    ladder->all = all;
    buf_init(&ladder->ready, MADE_BYTES_MAX);
    buf_init(&ladder->made, MADE_BYTES_MAX);
    if (mill_create(start, &ladder->made, &ladder->mill) ||
        aside_start(&ladder->aside, work, ladder)) {
        free_all(ladder);
        return ERR_NO_MEMORY;
    }
    *ret_ladder = ladder;
    return ERR_OK;
}

void ladder_destroy(struct ladder *ladder)
{
    if (!ladder)
        return;
    aside_end(&ladder->aside);
    free_all(ladder);
}

/* ---- Giving ----------------------------------------------------------------
 */

/* What is no media must not be left out, even when there is much to do. */
static size_t room_for(const struct mill_task *work)
{
    bool is_media = work->kind == MILL_PICTURE || work->kind == MILL_SOUND;
    return is_media ? QUEUE_BYTES_MAX : SIZE_MAX;
}

/* Copies it, and its two texts. False when there is no room. */
static bool give(struct ladder *ladder, const struct mill_task *work,
                 struct str more)
{
    size_t len = work->bytes.len + more.len;
    struct task *task = malloc(sizeof *task + len);
    if (!task)
        return false;
    char *bytes = (char *)(task + 1);
    if (work->bytes.len)
        memcpy(bytes, work->bytes.ptr, work->bytes.len);
    if (more.len)
        memcpy(bytes + work->bytes.len, more.ptr, more.len);
    *task = (struct task){.work = *work, .given_us = clock_now_us()};
    task->work.bytes = str_of(bytes, len);
    task->head.bytes = len + sizeof *task;
    return aside_give(&ladder->aside, &task->head, room_for(work));
}

static void give_small(struct ladder *ladder, const struct mill_task *work)
{
    (void)!give(ladder, work, str_of(NULL, 0));
}

/* Those of the ladder that are smaller than the feed. */
static unsigned find_wanted(struct ladder *ladder,
                            const struct mux_format *format, bool is_slate)
{
    unsigned side =
        format->width < format->height ? format->width : format->height;
    unsigned wanted = 0;
    if (!is_slate)
        ladder->feed_side = side;
    for (unsigned i = 0; i < PART_RENDITIONS_MAX; i++)
        if (ladder->all & 1u << i && format->has_pictures &&
            rung_side(i) < ladder->feed_side && rung_side(i) <= side)
            wanted |= 1u << i;
    return wanted;
}

void ladder_configure(struct ladder *ladder, const struct mux_format *format,
                      bool is_slate)
{
    if (!ladder)
        return;
    struct mill_task work = {
        .kind = MILL_CONFIG,
        .format = *format,
        .wanted = find_wanted(ladder, format, is_slate),
        .bytes = format->avcc,
        .avcc_len = format->avcc.len,
    };
    work.format.avcc = work.format.asc = str_of(NULL, 0);
    ladder->is_lost = false;
    (void)!give(ladder, &work, format->asc);
}

void ladder_begin(struct ladder *ladder, int64_t tick, bool goes_on)
{
    if (ladder)
        give_small(ladder, &(struct mill_task){
                               .kind = MILL_BEGIN,
                               .tick = tick,
                               .flag = goes_on,
                           });
}

void ladder_picture(struct ladder *ladder, const struct packet *packet,
                    bool is_key)
{
    if (!ladder)
        return;
    struct mill_task work = {
        .kind = MILL_PICTURE,
        .tick = packet->tick,
        .shown_after = packet->shown_after,
        .flag = is_key,
        .bytes = packet->payload,
    };
    if ((!ladder->is_lost || is_key) && give(ladder, &work, str_of(NULL, 0))) {
        ladder->is_lost = false;
        return;
    }
    ladder->is_lost = true;
    give_small(ladder, &(struct mill_task){.kind = MILL_LOST});
}

void ladder_sound(struct ladder *ladder, const struct packet *packet)
{
    if (ladder)
        give_small(ladder, &(struct mill_task){
                               .kind = MILL_SOUND,
                               .tick = packet->tick,
                               .bytes = packet->payload,
                           });
}

void ladder_cut(struct ladder *ladder, int64_t tick, enum cut cut)
{
    if (ladder)
        give_small(ladder, &(struct mill_task){
                               .kind = MILL_CUT,
                               .tick = tick,
                               .cut = cut,
                           });
}

void ladder_end(struct ladder *ladder, int64_t tick)
{
    if (ladder)
        give_small(ladder, &(struct mill_task){.kind = MILL_END, .tick = tick});
}

/* ---- Taking ----------------------------------------------------------------
 */

void ladder_take(struct ladder *ladder, struct buf *out)
{
    if (!ladder)
        return;
    pthread_mutex_lock(&ladder->aside.mutex);
    buf_add(out, buf_str(&ladder->ready));
    if (buf_err(&ladder->ready))
        out->err = buf_err(&ladder->ready);
    buf_reset(&ladder->ready);
    pthread_mutex_unlock(&ladder->aside.mutex);
}

struct ladder_state ladder_state(struct ladder *ladder)
{
    struct ladder_state state = {0};
    if (!ladder)
        return state;
    pthread_mutex_lock(&ladder->aside.mutex);
    state = ladder->state;
    pthread_mutex_unlock(&ladder->aside.mutex);
    return state;
}
