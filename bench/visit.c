// SPDX-License-Identifier: Apache-2.0
/* bench/visit: asks for each of the paths on standard input (a line each) once,
 * one after the other, and prints how long the answers took. A connection each,
 * so its cost is included.
 *
 *   visit ADDRESS:PORT < paths */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/time.h"
#include "net/http_client.h"

enum { VISITS_MAX = 1000000, LINE_BYTES_MAX = 4096 };

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static enum err visit(const struct address *address, const char *path,
                      struct arena *arena, int64_t *ret_us, struct fault *fault)
{
    struct http_client_request request = {
        .method = HTTP_GET,
        .target = str_from_c(path),
        .fields = STR("Accept-Encoding: br, gzip\r\n"),
    };
    struct http_client_answer answer;
    int64_t began_us = clock_now_us();
    enum err err = http_client_send(address, &request, arena, &answer, fault);
    *ret_us = clock_now_us() - began_us;
    if (!err && answer.head.status != 200)
        err = fault_set(fault, ERR_INTERNAL, NULL, "%d for %s",
                        answer.head.status, path);
    return err;
}

int main(int argc, char **argv)
{
    static int64_t times_us[VISITS_MAX];
    static char line[LINE_BYTES_MAX];
    size_t count = 0;
    struct arena arena;
    struct address address;
    struct fault fault = {0};
    if (argc != 2) {
        fprintf(stderr, "usage: visit ADDRESS:PORT < paths\n");
        return 2;
    }
    arena_init(&arena, 0);
    enum err err = address_parse(str_from_c(argv[1]), &address, &fault);
    while (!err && count < VISITS_MAX && fgets(line, sizeof line, stdin)) {
        line[strcspn(line, "\n")] = '\0';
        arena_reset(&arena);
        err = visit(&address, line, &arena, &times_us[count], &fault);
        count++;
    }
    if (err || count == 0) {
        fprintf(stderr, "visit: %s\n", err ? fault_text(&fault) : "no paths");
        return 1;
    }
    qsort(times_us, count, sizeof *times_us, compare);
    printf("%zu visits: p50 %.2f ms, p99 %.2f ms, longest %.2f ms\n", count,
           (double)times_us[count / 2] / 1e3,
           (double)times_us[count * 99 / 100] / 1e3,
           (double)times_us[count - 1] / 1e3);
    arena_finish(&arena);
    return 0;
}
