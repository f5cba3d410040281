// SPDX-License-Identifier: Apache-2.0
/* broadsheet-image: reads pictures that nobody trusts on standard input and
 * writes smaller ones on standard output, until the input ends. What is said is
 * in render/image_wire.h.
 *
 * It holds no secret and can do nothing but read, write and compute: see
 * sandbox.h. With "probe" as its argument it tries everything else, and tells;
 * with "background" it leaves the processor to others. */
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "../sandbox.h"
#include "base/file.h"
#include "card.h"
#include "picture.h"

enum {
    CPU_SECONDS_ENOUGH = 300, /* it ends itself between two pictures */
    CPU_SECONDS_MAX = 1200,
    NICE_IN_BACKGROUND = 15,
};

/* The largest picture that is taken, as the slowest of its decoders holds it.
 */
#define MEMORY_BYTES_MAX (UINT64_C(1536) * 1024 * 1024)

static bool write_frame(struct buf *out)
{
    bool written = !buf_err(out) && fd_write_all(STDOUT_FILENO, buf_str(out));
    buf_reset(out);
    return written;
}

static bool on_made(void *context, const struct image_rendition *made)
{
    struct buf *out = context;
    image_rendition_write(made, out);
    return write_frame(out);
}

static enum err answer_job(struct str body, struct arena *arena,
                           struct buf *out, struct fault *fault)
{
    struct image_output outputs[IMAGE_OUTPUTS_MAX];
    struct image_job job;
    struct image_info info;
    enum err err = image_job_read(body, outputs, &job);
    if (err)
        return fault_set(fault, err, "job", "the job cannot be read");
    err = picture_look(job.picture, arena, &info, fault);
    if (err)
        return err;
    image_info_write(&info, out);
    if (!write_frame(out))
        return ERR_CLOSED;
    return job.output_count
               ? picture_make(&job, &info, arena, on_made, out, fault)
               : ERR_OK;
}

static enum err answer_card(struct str body, struct arena *arena,
                            struct buf *out, struct fault *fault)
{
    struct image_face faces[IMAGE_FACES_MAX];
    struct image_card card;
    struct image_rendition drawn;
    enum err err = image_card_read(body, faces, &card);
    if (err)
        return fault_set(fault, err, "card", "the card cannot be read");
    err = card_draw(&card, arena, &drawn, fault);
    if (err)
        return err;
    image_rendition_write(&drawn, out);
    return write_frame(out) ? ERR_OK : ERR_CLOSED;
}

/* False when there is nobody to answer to. */
static bool answer(char kind, struct str body, struct arena *arena,
                   struct buf *out)
{
    struct fault fault = {0};
    enum err err = kind == 'M' ? answer_job(body, arena, out, &fault)
                   : kind == 'C'
                       ? answer_card(body, arena, out, &fault)
                       : fault_set(&fault, ERR_UNSUPPORTED, "job",
                                   "jobs of the kind %d are not known", kind);
    if (err == ERR_CLOSED)
        return false;
    buf_reset(out);
    if (err)
        image_refusal_write(err, str_from_c(fault_text(&fault)), out);
    else
        image_end_write(out);
    return write_frame(out);
}

static bool has_worked_enough(void)
{
    struct timespec used;
    return clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0 ||
           used.tv_sec >= CPU_SECONDS_ENOUGH;
}

static void serve(void)
{
    struct arena arena;
    struct buf out;
    char head[IMAGE_HEAD_BYTES];
    char kind;
    size_t len;
    arena_init(&arena, 0);
    buf_init(&out, IMAGE_FRAME_BYTES_MAX);
    while (!has_worked_enough() &&
           fd_read_all(STDIN_FILENO, head, sizeof head) &&
           image_head_read(head, &kind, &len)) {
        char *body = arena_array(&arena, char, len + 1);
        if (!fd_read_all(STDIN_FILENO, body, len) ||
            !answer(kind, str_of(body, len), &arena, &out))
            break;
        arena_finish(&arena); /* pictures are large */
        arena_init(&arena, 0);
    }
    buf_finish(&out);
    arena_finish(&arena);
}

int main(int argc, char **argv)
{
    const struct sandbox_rules rules = {
        .memory_bytes = MEMORY_BYTES_MAX,
        .cpu_seconds = CPU_SECONDS_MAX,
    };
    struct str mode = str_from_c(argc > 1 ? argv[1] : NULL);
    if (str_eq(mode, STR("background")))
        (void)!setpriority(PRIO_PROCESS, 0, NICE_IN_BACKGROUND);
    if (!picture_begin()) {
        fputs("broadsheet-image: libvips cannot be set up\n", stderr);
        return 71;
    }
    if (!sandbox_enter(&rules)) {
        fputs("broadsheet-image: the sandbox cannot be set up\n", stderr);
        return 71;
    }
    if (str_eq(mode, STR("probe")))
        sandbox_probe();
    else
        serve();
    return 0;
}
