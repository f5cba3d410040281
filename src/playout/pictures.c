// SPDX-License-Identifier: Apache-2.0
#include "playout/pictures.h"

#include <stdlib.h>

#include "base/log.h"

enum err pictures_open(struct pictures *pictures)
{
    *pictures =
        (struct pictures){.list = calloc(PICTURES_MAX, sizeof *pictures->list)};
    return pictures->list ? ERR_OK : ERR_NO_MEMORY;
}

static void drop_first(struct pictures *pictures)
{
    free(pictures->list[0].jpeg);
    pictures->count--;
    memmove(pictures->list, pictures->list + 1,
            pictures->count * sizeof *pictures->list);
}

void pictures_close(struct pictures *pictures)
{
    for (size_t i = 0; i < pictures->count; i++)
        free(pictures->list[i].jpeg);
    free(pictures->list);
    free(pictures->poster.jpeg);
    *pictures = (struct pictures){0};
}

static struct live_thumbnail told_of(const struct picture *picture,
                                     uint64_t channel)
{
    return (struct live_thumbnail){channel, picture->sequence,
                                   picture->start_us,
                                   str_of(picture->jpeg, picture->len)};
}

static struct picture copy(uint64_t sequence, const struct part *part)
{
    char *jpeg = malloc(part->payload.len);
    if (!jpeg)
        log_panic("no memory for television");
    memcpy(jpeg, part->payload.ptr, part->payload.len);
    return (struct picture){sequence, part->tick * 100 / 9, jpeg,
                            part->payload.len};
}

static const char *take_poster(struct pictures *pictures, uint64_t channel,
                               uint64_t sequence, const struct part *part,
                               struct buf *out)
{
    if (!part->payload.len || part->payload.len > POSTER_BYTES_MAX)
        return "a poster has at most 256 KiB";
    free(pictures->poster.jpeg);
    pictures->poster = copy(sequence, part);
    struct live_thumbnail told = told_of(&pictures->poster, channel);
    if (out)
        live_put_poster(out, &told);
    return NULL;
}

const char *pictures_take(struct pictures *pictures, uint64_t channel,
                          uint64_t sequence, const struct part *part,
                          struct buf *out)
{
    if (part->kind == PART_POSTER)
        return take_poster(pictures, channel, sequence, part, out);
    if (!part->payload.len || part->payload.len > PICTURE_BYTES_MAX)
        return "a thumbnail has at most 64 KiB";
    if (pictures->count == PICTURES_MAX)
        drop_first(pictures);
    struct picture *picture = &pictures->list[pictures->count++];
    *picture = copy(sequence, part);
    struct live_thumbnail told = told_of(picture, channel);
    if (out)
        live_put_thumbnail(out, &told);
    return NULL;
}

void pictures_tell(const struct pictures *pictures, uint64_t channel,
                   struct buf *out)
{
    for (size_t i = 0; i < pictures->count; i++) {
        struct live_thumbnail told = told_of(&pictures->list[i], channel);
        live_put_thumbnail(out, &told);
    }
    if (!pictures->poster.jpeg)
        return;
    struct live_thumbnail told = told_of(&pictures->poster, channel);
    live_put_poster(out, &told);
}
