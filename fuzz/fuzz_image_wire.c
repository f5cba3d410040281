// SPDX-License-Identifier: Apache-2.0
/* What broadsheet-image is asked, and what it answers: either side may be
 * hostile. What was read is written again as it was. */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "render/image_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void same(const struct buf *frame, struct str body)
{
    if (!buf_err(frame) &&
        !str_eq(str_from(buf_str(frame), IMAGE_HEAD_BYTES), body))
        abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size < 1)
        return 0;
    struct str body = str_of((const char *)data + 1, size - 1), message;
    struct image_output outputs[IMAGE_OUTPUTS_MAX];
    struct image_face faces[IMAGE_FACES_MAX];
    struct image_job job;
    struct image_card card;
    struct image_info info;
    struct image_rendition rendition;
    enum err err;
    DEFER(buf_finish) struct buf frame;
    buf_init(&frame, 1 << 20);
    switch (data[0]) {
    case 'M':
        if (!image_job_read(body, outputs, &job)) {
            image_job_write(&job, &frame);
            same(&frame, body);
        }
        break;
    case 'C':
        if (!image_card_read(body, faces, &card)) {
            image_card_write(&card, &frame);
            same(&frame, body);
        }
        break;
    case 'I':
        if (!image_info_read(body, &info)) {
            image_info_write(&info, &frame);
            same(&frame, body);
        }
        break;
    case 'R':
        if (!image_rendition_read(body, &rendition)) {
            image_rendition_write(&rendition, &frame);
            same(&frame, body);
        }
        break;
    default:
        if (!image_refusal_read(body, &err, &message)) {
            image_refusal_write(err, message, &frame);
            same(&frame, body);
        }
    }
    return 0;
}
