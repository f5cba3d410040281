// SPDX-License-Identifier: Apache-2.0
#include "render/image_helper.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/time.h"
#include "render/helper_process.h"

struct image_helper {
    struct helper_process process;
};

struct image_helper *image_helper_create(const char *program, bool background)
{
    struct image_helper *helper = calloc(1, sizeof *helper);
    if (!helper)
        return NULL;
    if (helper_process_init(&helper->process, "picture", program,
                            background ? "background" : NULL)) {
        free(helper);
        return NULL;
    }
    return helper;
}

void image_helper_destroy(struct image_helper *helper)
{
    if (!helper)
        return;
    helper_process_finish(&helper->process);
    free(helper);
}

pid_t image_helper_pid(const struct image_helper *helper)
{
    return helper->process.pid;
}

void image_helper_cancel(struct image_helper *helper)
{
    helper->process.cancelled = true;
}

/* ---- One job ---------------------------------------------------------------
 */

struct asking {
    struct helper_process *process;
    struct str request;
    const struct image_output *outputs;
    size_t output_count;
    bool wants_info;
    struct arena *arena;
    image_progress *progress;
    void *context;
    struct image_made made;
    bool has_info;
    struct fault *fault;
};

static enum err receive_frame(struct asking *asking, char *ret_kind,
                              struct str *ret_body)
{
    char head[IMAGE_HEAD_BYTES];
    size_t len;
    asking->process->deadline_us =
        clock_now_us() + (int64_t)IMAGE_HELPER_TIMEOUT_MS * 1000;
    enum err err = helper_process_receive(asking->process, head, sizeof head);
    if (err)
        return err;
    if (!image_head_read(head, ret_kind, &len))
        return ERR_INVALID;
    char *body = arena_array(asking->arena, char, len + 1);
    err = helper_process_receive(asking->process, body, len);
    *ret_body = str_of(body, len);
    return err;
}

/* It has to be what was asked for: scaled, perhaps less wide. */
static enum err take_rendition(struct asking *asking, struct str body)
{
    struct image_rendition rendition;
    struct image_made *made = &asking->made;
    if (asking->has_info != asking->wants_info ||
        made->rendition_count == asking->output_count)
        return ERR_INVALID;
    const struct image_output *asked = &asking->outputs[made->rendition_count];
    enum err err = image_rendition_read(body, &rendition);
    if (err || rendition.made.format != asked->format ||
        rendition.made.width > asked->width ||
        rendition.made.ratio_x != asked->ratio_x ||
        rendition.made.ratio_y != asked->ratio_y)
        return ERR_INVALID;
    made->renditions[made->rendition_count++] = rendition;
    if (asking->progress)
        asking->progress(asking->context, made->rendition_count,
                         asking->output_count);
    return ERR_OK;
}

static enum err take_info(struct asking *asking, struct str body)
{
    if (asking->has_info || !asking->wants_info)
        return ERR_INVALID;
    asking->has_info = true;
    return image_info_read(body, &asking->made.info);
}

static enum err take_end(const struct asking *asking)
{
    bool whole = asking->has_info == asking->wants_info &&
                 asking->made.rendition_count == asking->output_count;
    return whole ? ERR_OK : ERR_INVALID;
}

/* *ret_refused: the helper is well, the picture is not. */
static enum err receive_answer(struct asking *asking, bool *ret_refused)
{
    for (;;) {
        char kind;
        struct str body, message;
        enum err err = receive_frame(asking, &kind, &body);
        if (!err && kind == '.')
            return take_end(asking);
        if (!err && kind == '-') {
            enum err cause;
            err = image_refusal_read(body, &cause, &message);
            if (err)
                return err;
            *ret_refused = true;
            return fault_set(asking->fault, cause, "picture", "%" PRI_STR,
                             ARG_STR(message));
        }
        if (!err)
            err = kind == 'I'   ? take_info(asking, body)
                  : kind == 'R' ? take_rendition(asking, body)
                                : ERR_INVALID;
        if (err)
            return err;
    }
}

static enum err send_request(struct asking *asking)
{
    asking->process->deadline_us =
        clock_now_us() + (int64_t)IMAGE_HELPER_TIMEOUT_MS * 1000;
    return helper_process_send(asking->process, asking->request);
}

static enum err ensure_running(struct helper_process *process,
                               struct fault *fault)
{
    if (helper_process_is_alive(process))
        return ERR_OK;
    helper_process_stop(process);
    return helper_process_start(process, fault);
}

/* What failed is the helper, whatever it is called. */
static enum err helper_fault(enum err err, struct fault *fault)
{
    if (err == ERR_TIMEOUT)
        return fault_set(fault, err, "picture",
                         "The picture takes longer than %d seconds; make it "
                         "smaller first",
                         IMAGE_HELPER_TIMEOUT_MS / 1000);
    if (err == ERR_INVALID)
        return fault_set(fault, ERR_CLOSED, "picture",
                         "The picture helper answered what makes no sense; "
                         "save the picture anew in another program");
    return fault_set(fault, ERR_CLOSED, "picture",
                     "The picture helper died of this picture, twice: it is "
                     "damaged, or takes too much memory; save it anew, or "
                     "make it smaller first");
}

/* A helper that died is asked once more; asking is as it was at first. */
static enum err ask_twice(const struct asking *question,
                          struct image_made *ret_made)
{
    enum err err = ERR_CLOSED;
    for (int tries = 0; tries < 2 && err == ERR_CLOSED; tries++) {
        bool refused = false;
        struct asking asking = *question;
        asking.made.renditions = arena_array(
            asking.arena, struct image_rendition, asking.output_count + 1);
        err = ensure_running(asking.process, asking.fault);
        if (err)
            return err;
        if (asking.progress)
            asking.progress(asking.context, 0, asking.output_count);
        err = send_request(&asking);
        if (!err)
            err = receive_answer(&asking, &refused);
        if (refused)
            return err;
        if (err)
            helper_process_stop(asking.process);
        else
            *ret_made = asking.made;
    }
    if (err == ERR_AGAIN)
        return fault_set(question->fault, err, "picture",
                         "making pictures was ended");
    return err ? helper_fault(err, question->fault) : ERR_OK;
}

enum err image_helper_make(struct image_helper *helper,
                           const struct image_job *job, struct arena *arena,
                           image_progress *progress, void *context,
                           struct image_made *ret_made, struct fault *fault)
{
    assert(helper && job && arena && ret_made);
    if (job->picture.len > IMAGE_BYTES_MAX)
        return fault_set(fault, ERR_TOO_LONG, "picture",
                         "The picture has %zu bytes; at most %d MiB are read: "
                         "make it smaller first",
                         job->picture.len, IMAGE_BYTES_MAX >> 20);
    DEFER(buf_finish) struct buf request;
    buf_init(&request, IMAGE_FRAME_BYTES_MAX);
    image_job_write(job, &request);
    if (buf_err(&request))
        return fault_set(fault, buf_err(&request), "picture",
                         "no memory for a picture");
    const struct asking asking = {
        .process = &helper->process,
        .request = buf_str(&request),
        .outputs = job->outputs,
        .output_count = job->output_count,
        .wants_info = true,
        .arena = arena,
        .progress = progress,
        .context = context,
        .fault = fault,
    };
    return ask_twice(&asking, ret_made);
}

enum err image_helper_draw_card(struct image_helper *helper,
                                const struct image_card *card,
                                struct arena *arena, struct str *ret_jpeg,
                                struct fault *fault)
{
    assert(helper && card && arena && ret_jpeg);
    static const struct image_output output = {.format = IMAGE_JPEG,
                                               .width = IMAGE_CARD_WIDTH};
    DEFER(buf_finish) struct buf request;
    buf_init(&request, IMAGE_FRAME_BYTES_MAX);
    image_card_write(card, &request);
    if (buf_err(&request))
        return fault_set(fault, buf_err(&request), "card",
                         "the picture or the faces are too large for a card");
    const struct asking asking = {
        .process = &helper->process,
        .request = buf_str(&request),
        .outputs = &output,
        .output_count = 1,
        .arena = arena,
        .fault = fault,
    };
    struct image_made made;
    enum err err = ask_twice(&asking, &made);
    if (!err)
        *ret_jpeg = made.renditions[0].bytes;
    return err;
}
