// SPDX-License-Identifier: Apache-2.0
/* An address that a broadcast is fetched from: whatever it holds, what is read
 * of it ends within its bounds, and what is refused is refused with a sentence.
 */
#include <assert.h>
#include <string.h>

#include "media/srt_pull.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct srt_pull pull;
    struct fault fault = {0};
    enum err err =
        srt_pull_parse(str_of((const char *)data, size), &pull, &fault);
    assert(!err || fault.message[0]);
    assert(memchr(pull.address, '\0', sizeof pull.address));
    assert(memchr(pull.stream_id, '\0', sizeof pull.stream_id));
    assert(memchr(pull.passphrase, '\0', sizeof pull.passphrase));
    if (!err) {
        assert(pull.address[0]);
        assert(!pull.passphrase[0] || strlen(pull.passphrase) >= 10);
        assert(pull.latency_ms >= 0 && pull.latency_ms <= SRT_PULL_LATENCY_MAX);
    }
    return 0;
}
