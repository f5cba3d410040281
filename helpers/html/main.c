// SPDX-License-Identifier: Apache-2.0
/* broadsheet-html: reads HTML texts on standard input and answers documents on
 * standard output, until the input ends.
 *
 *   request   length (4 bytes, big-endian), the text
 *   answer    '+', length, document as JSON, length, "WHAT COUNT\n"…,
 *             length, "SOURCE OF A PICTURE\n"…
 *        or   '-', length, the cause, length 0, length 0
 *
 * It holds no secret and can do nothing but read, write and compute: after its
 * start seccomp forbids everything else. */
#include <seccomp.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "convert.h"

enum {
    MEMORY_BYTES_MAX = 768 * 1024 * 1024,
    CPU_SECONDS_MAX = 40,    /* of the whole process */
    CPU_SECONDS_ENOUGH = 20, /* it ends itself between two texts */
    ANSWER_BYTES_MAX = 64 * 1024 * 1024,
};

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1 /* sanitizers reserve terabytes and call what they like */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifndef SANITIZED
static bool limit(int resource, rlim_t value)
{
    struct rlimit limits = {value, value};
    return setrlimit((__rlimit_resource_t)resource, &limits) == 0;
}

/* Memory that can be executed is never needed. */
static bool allow_memory(scmp_filter_ctx filter)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
                            SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0)) == 0;
}

static bool allow_calls(scmp_filter_ctx filter)
{
    static const int calls[] = {
        SCMP_SYS(read),       SCMP_SYS(write),         SCMP_SYS(munmap),
        SCMP_SYS(mremap),     SCMP_SYS(brk),           SCMP_SYS(madvise),
        SCMP_SYS(exit_group), SCMP_SYS(clock_gettime),
    };
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0) != 0)
            return false;
    return allow_memory(filter);
}

static bool enter_sandbox(void)
{
    if (!limit(RLIMIT_AS, MEMORY_BYTES_MAX) ||
        !limit(RLIMIT_CPU, CPU_SECONDS_MAX) || !limit(RLIMIT_CORE, 0) ||
        !limit(RLIMIT_NOFILE, 0) || !limit(RLIMIT_FSIZE, 0) ||
        prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return false;
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
    bool done = filter && allow_calls(filter) && seccomp_load(filter) == 0;
    seccomp_release(filter);
    return done;
}
#else
static bool enter_sandbox(void)
{
    return true;
}
#endif

static void put_length(char target[4], size_t len)
{
    for (int i = 0; i < 4; i++)
        target[i] = (char)(len >> (24 - 8 * i));
}

/* Appends bytes with their length before them. */
static void add_frame(struct buf *out, struct str bytes)
{
    char length[4];
    put_length(length, bytes.len);
    buf_add_bytes(out, length, sizeof length);
    buf_add(out, bytes);
}

static void answer_document(const struct convert_result *result,
                            struct buf *out)
{
    DEFER(buf_finish) struct buf part;
    buf_init(&part, ANSWER_BYTES_MAX / 2);
    document_write_json(result->doc, &part);
    buf_add_char(out, '+');
    add_frame(out, buf_str(&part));
    if (buf_err(&part))
        out->err = buf_err(&part);
    buf_reset(&part);
    for (size_t i = 0; i < result->dropped_count; i++)
        buf_printf(&part, "%s %u\n", result->dropped[i].what,
                   result->dropped[i].count);
    add_frame(out, buf_str(&part));
    buf_reset(&part);
    for (size_t i = 0; i < result->image_count; i++) {
        buf_add(&part, result->images[i]);
        buf_add_char(&part, '\n');
    }
    add_frame(out, buf_str(&part));
}

static void answer_fault(const struct fault *fault, struct buf *out)
{
    buf_reset(out);
    buf_add_char(out, '-');
    add_frame(out, str_from_c(fault_text(fault)));
    add_frame(out, STR(""));
    add_frame(out, STR(""));
}

static bool answer(struct str html, struct arena *arena, struct buf *out)
{
    struct convert_result result;
    struct fault fault = {.code = ERR_OK};
    buf_reset(out);
    enum err err = convert_html(html, arena, &result, &fault);
    if (!err) {
        answer_document(&result, out);
        err = buf_err(out);
        if (err)
            fault_set(&fault, err, "html", "The document is too long.");
    }
    if (err)
        answer_fault(&fault, out);
    return fd_write_all(STDOUT_FILENO, buf_str(out));
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
    unsigned char head[4];
    arena_init(&arena, 1 << 20);
    buf_init(&out, ANSWER_BYTES_MAX);
    while (!has_worked_enough() &&
           fd_read_all(STDIN_FILENO, (char *)head, sizeof head)) {
        size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 |
                     (size_t)head[2] << 8 | head[3];
        if (len > CONVERT_BYTES_MAX)
            break; /* the other side knows better */
        char *html = arena_array(&arena, char, len + 1);
        if (!fd_read_all(STDIN_FILENO, html, len) ||
            !answer(str_of(html, len), &arena, &out))
            break;
        arena_reset(&arena);
    }
    buf_finish(&out);
    arena_finish(&arena);
}

int main(void)
{
    if (!enter_sandbox()) {
        fputs("broadsheet-html: the sandbox cannot be set up\n", stderr);
        return 71;
    }
    serve();
    return 0;
}
