// SPDX-License-Identifier: Apache-2.0
/* bench/publish: publishes new articles through a running desk, one after the
 * other, and prints how long the calls took. A call answers when the change is
 * durable, printed, and with every edge.
 *
 *   publish DESK_SOCKET COUNT */
#include <stdint.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/time.h"
#include "net/http_client.h"

enum { COUNT_MAX = 100000, WARM_UP = 20 };

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void write_article(struct buf *out, int64_t number)
{
    static const char *const categories[] = {"region", "council", "trade",
                                             "arts", "games"};
    buf_reset(out);
    buf_printf(out,
               "{\"language\":\"en\",\"publish\":true,\"categories\":[\"%s\"],"
               "\"headline\":\"Council decides on measure %lld\","
               "\"standfirst\":\"The vote was close.\",\"body\":{\"type\":"
               "\"doc\",\"content\":[",
               categories[number % 5], (long long)number);
    for (int i = 0; i < 12; i++)
        buf_printf(out,
                   "%s{\"type\":\"paragraph\",\"content\":[{\"type\":\"text\","
                   "\"text\":\"Paragraph %d of story %lld: the council met in "
                   "the old hall, heard both sides, and put the question to "
                   "the vote before the evening bells; the minutes will be "
                   "read at the next sitting.\"}]}",
                   i ? "," : "", i, (long long)number);
    buf_add_c(out, "]}}");
}

static enum err publish_one(const struct address *desk, struct str body,
                            struct arena *arena, int64_t *ret_us,
                            struct fault *fault)
{
    struct http_client_request request = {
        .method = HTTP_POST,
        .target = STR("/newsroom/api/articles"),
        .content_type = STR("application/json"),
        .body = body,
    };
    struct http_client_answer answer;
    int64_t began_us = clock_now_us();
    enum err err = http_client_send(desk, &request, arena, &answer, fault);
    *ret_us = clock_now_us() - began_us;
    if (!err && answer.head.status != 201)
        err = fault_set(fault, ERR_INTERNAL, NULL, "%d %" PRI_STR,
                        answer.head.status, ARG_STR(answer.body));
    return err;
}

int main(int argc, char **argv)
{
    static int64_t times_us[COUNT_MAX];
    struct arena arena;
    struct buf body;
    struct address desk;
    struct fault fault = {0};
    int64_t count;
    char text[256];
    if (argc != 3 || str_parse_i64(str_from_c(argv[2]), &count) || count < 1 ||
        count > COUNT_MAX) {
        fprintf(stderr, "usage: publish DESK_SOCKET COUNT\n");
        return 2;
    }
    arena_init(&arena, 0);
    buf_init(&body, 1 << 20);
    snprintf(text, sizeof text, "unix:%s", argv[1]);
    enum err err = address_parse(str_from_c(text), &desk, &fault);
    for (int64_t i = -WARM_UP; i < count && !err; i++) {
        int64_t us = 0;
        arena_reset(&arena);
        write_article(&body, i + WARM_UP);
        err = publish_one(&desk, buf_str(&body), &arena, &us, &fault);
        if (i >= 0)
            times_us[i] = us;
    }
    if (err) {
        fprintf(stderr, "publish: %s\n", fault_text(&fault));
        return 1;
    }
    qsort(times_us, (size_t)count, sizeof *times_us, compare);
    printf("%lld publish calls: p50 %.1f ms, p90 %.1f ms, p99 %.1f ms, "
           "longest %.1f ms\n",
           (long long)count, (double)times_us[count / 2] / 1e3,
           (double)times_us[count * 9 / 10] / 1e3,
           (double)times_us[count * 99 / 100] / 1e3,
           (double)times_us[count - 1] / 1e3);
    buf_finish(&body);
    arena_finish(&arena);
    return 0;
}
