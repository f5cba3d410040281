// SPDX-License-Identifier: Apache-2.0
/* A transport stream that a stranger sends, up to the packets that come of it:
 * whatever it holds, time goes forward on both tracks and pictures are units
 * behind their lengths. The first byte says how it is cut. */
#include <assert.h>

#include "media/flv.h"
#include "media/intake_ts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_BYTES_MAX = 1 << 18 };

struct seen {
    int64_t ticks[PACKET_AUDIO + 1];
};

static void on_packet(void *context, const struct packet *packet)
{
    struct seen *seen = context;
    struct flv_avc avc;
    struct flv_aac aac;
    assert(packet->payload.len <= PACKET_PAYLOAD_BYTES_MAX);
    if (packet->kind == PACKET_FRAME) {
        assert(packet->payload.len > 0);
        assert(packet->tick > seen->ticks[packet->track]);
        seen->ticks[packet->track] = packet->tick;
    } else if (packet->kind == PACKET_CONFIG) {
        assert(!(packet->track == PACKET_VIDEO
                     ? flv_read_avc(packet->payload, &avc)
                     : flv_read_aac(packet->payload, &aac)));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct seen seen = {{-1, -1}};
    struct intake intake;
    struct intake_ts ts;
    struct fault fault;
    if (size < 1 || size > INPUT_BYTES_MAX)
        return 0;
    struct str input = str_of((const char *)data + 1, size - 1);
    size_t step = data[0] * 8 + 1u;
    int64_t now = INT64_C(1700000000) * TIMELINE_HZ;
    intake_init(&intake, on_packet, &seen);
    intake_ts_init(&ts);
    intake_begin(&intake, now, 0);
    enum err err = ERR_OK;
    for (size_t at = 0; !err && at < input.len; at += step, now += 900)
        err = intake_ts_receive(&ts, &intake, str_slice(input, at, step), now,
                                &fault);
    assert(!err || fault.message[0]);
    intake_end(&intake);
    intake_ts_finish(&ts);
    intake_finish(&intake);
    return 0;
}
