// SPDX-License-Identifier: Apache-2.0
#include "render/html_helper.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/time.h"
#include "base/utf8.h"
#include "render/document.h"

enum {
    ANSWER_BYTES_MAX = 64 * 1024 * 1024,
    LENGTH_BYTES = 4,
    AHEAD_MAX = 64, /* texts */
};

struct html_helper {
    char *program;
    pid_t pid; /* 0 when it does not run */
    int fd;    /* our end; -1 when it does not run */
    int64_t deadline_us;

    /* Texts that were sent ahead. */
    uint64_t sent;     /* the last ticket */
    uint64_t received; /* the last one that was answered, or lost */
    size_t ahead_bytes;
    size_t ahead[AHEAD_MAX]; /* bytes of each, by its ticket */
};

struct html_helper *html_helper_create(const char *program)
{
    assert(program);
    struct html_helper *helper = calloc(1, sizeof *helper);
    char *copy = strdup(program);
    if (!helper || !copy) {
        free(copy);
        free(helper);
        return NULL;
    }
    helper->program = copy;
    helper->fd = -1;
    return helper;
}

/* The next conversion starts it anew. */
static void stop(struct html_helper *helper)
{
    if (helper->fd >= 0)
        close(helper->fd);
    if (helper->pid > 0) {
        kill(helper->pid, SIGKILL);
        while (waitpid(helper->pid, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    helper->fd = -1;
    helper->pid = 0;
    helper->received = helper->sent; /* what was not answered is lost */
    helper->ahead_bytes = 0;
}

void html_helper_destroy(struct html_helper *helper)
{
    if (!helper)
        return;
    stop(helper);
    free(helper->program);
    free(helper);
}

/* ---- Starting
 * -------------------------------------------------------------------- */

static int spawn(struct html_helper *helper, int child_fd)
{
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attr;
    sigset_t none;
    sigset_t all;
    char *const arguments[] = {helper->program, NULL};
    char *const environment[] = {NULL};
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, child_fd, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&actions, child_fd, STDOUT_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
    posix_spawnattr_init(&attr);
    posix_spawnattr_setsigmask(&attr, &none);
    posix_spawnattr_setsigdefault(&attr, &all);
    posix_spawnattr_setflags(&attr,
                             POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
    int failed = posix_spawn(&helper->pid, helper->program, &actions, &attr,
                             arguments, environment);
    posix_spawnattr_destroy(&attr);
    posix_spawn_file_actions_destroy(&actions);
    if (failed)
        helper->pid = 0;
    return failed;
}

static enum err start(struct html_helper *helper, struct fault *fault)
{
    int ends[2];
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
        return fault_set(fault, err_from_errno(errno), "html",
                         "A socket for the HTML helper cannot be made: %s.",
                         strerror(errno));
    int failed = spawn(helper, ends[1]);
    close(ends[1]);
    if (failed) {
        close(ends[0]);
        return fault_set(fault, ERR_IO, "html",
                         "The HTML helper %s cannot be started: %s. It is "
                         "installed beside the program.",
                         helper->program, strerror(failed));
    }
    helper->fd = ends[0];
    (void)!fcntl(helper->fd, F_SETFL, O_NONBLOCK);
    return ERR_OK;
}

/* A helper that ended between two texts has closed its socket. */
static bool is_alive(const struct html_helper *helper)
{
    if (helper->fd < 0)
        return false;
    struct pollfd poll_fd = {.fd = helper->fd, .events = POLLIN};
    return poll(&poll_fd, 1, 0) == 0;
}

/* ---- Sending and receiving
 * ---------------------------------------------------------- */

static enum err wait_for(const struct html_helper *helper, short events)
{
    for (;;) {
        int64_t left_us = helper->deadline_us - clock_now_us();
        if (left_us <= 0)
            return ERR_TIMEOUT;
        struct pollfd poll_fd = {.fd = helper->fd, .events = events};
        int ready = poll(&poll_fd, 1, (int)(left_us / 1000) + 1);
        if (ready > 0)
            return ERR_OK;
        if (ready < 0 && errno != EINTR)
            return ERR_IO;
    }
}

static enum err send_all(struct html_helper *helper, struct str bytes)
{
    while (bytes.len > 0) {
        ssize_t sent = send(helper->fd, bytes.ptr, bytes.len, MSG_NOSIGNAL);
        if (sent > 0) {
            bytes = str_from(bytes, (size_t)sent);
            continue;
        }
        if (errno != EAGAIN && errno != EINTR)
            return ERR_CLOSED;
        enum err err = wait_for(helper, POLLOUT);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err receive_all(struct html_helper *helper, char *target,
                            size_t len)
{
    while (len > 0) {
        ssize_t got = recv(helper->fd, target, len, 0);
        if (got > 0) {
            target += got;
            len -= (size_t)got;
            continue;
        }
        if (got == 0 || (errno != EAGAIN && errno != EINTR))
            return ERR_CLOSED;
        enum err err = wait_for(helper, POLLIN);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err receive_frame(struct html_helper *helper, struct arena *arena,
                              struct str *ret_frame)
{
    unsigned char head[LENGTH_BYTES];
    enum err err = receive_all(helper, (char *)head, sizeof head);
    if (err)
        return err;
    size_t len = (size_t)head[0] << 24 | (size_t)head[1] << 16 |
                 (size_t)head[2] << 8 | head[3];
    if (len > ANSWER_BYTES_MAX)
        return ERR_INVALID;
    char *bytes = arena_array(arena, char, len + 1);
    err = receive_all(helper, bytes, len);
    if (!err)
        *ret_frame = str_of(bytes, len);
    return err;
}

struct answer {
    char status;
    struct str body;
    struct str dropped;
    struct str images;
};

static void begin_patience(struct html_helper *helper)
{
    helper->deadline_us =
        clock_now_us() + (int64_t)HTML_HELPER_TIMEOUT_MS * 1000;
}

static enum err send_text(struct html_helper *helper, struct str html)
{
    char head[LENGTH_BYTES];
    for (int i = 0; i < LENGTH_BYTES; i++)
        head[i] = (char)(html.len >> (24 - 8 * i));
    enum err err = send_all(helper, str_of(head, sizeof head));
    return err ? err : send_all(helper, html);
}

static enum err receive_answer(struct html_helper *helper, struct arena *arena,
                               struct answer *ret_answer)
{
    enum err err = receive_all(helper, &ret_answer->status, 1);
    if (!err)
        err = receive_frame(helper, arena, &ret_answer->body);
    if (!err)
        err = receive_frame(helper, arena, &ret_answer->dropped);
    if (!err)
        err = receive_frame(helper, arena, &ret_answer->images);
    return err;
}

/* ---- Reading the answer
 * -------------------------------------------------------------- */

static void read_dropped(struct str text, struct arena *arena,
                         struct html_conversion *conversion)
{
    struct str line;
    conversion->dropped =
        arena_array(arena, struct html_dropped, HTML_HELPER_DROPPED_MAX);
    conversion->dropped_count = 0;
    while (conversion->dropped_count < HTML_HELPER_DROPPED_MAX &&
           str_split_next(&text, '\n', &line)) {
        ptrdiff_t space = str_find_char(line, ' ');
        struct html_dropped *dropped =
            &conversion->dropped[conversion->dropped_count];
        if (space <= 0 || str_parse_i64(str_from(line, (size_t)space + 1),
                                        &dropped->count) != ERR_OK)
            continue;
        dropped->what = str_slice(line, 0, (size_t)space);
        conversion->dropped_count++;
    }
}

static void read_images(struct str text, struct arena *arena,
                        struct html_conversion *conversion)
{
    struct str line;
    conversion->images =
        arena_array(arena, struct str, text.len ? HTML_HELPER_IMAGES_MAX : 1);
    while (conversion->image_count < HTML_HELPER_IMAGES_MAX && text.len &&
           str_split_next(&text, '\n', &line))
        conversion->images[conversion->image_count++] = line;
}

/* The helper is not trusted: what it says is checked like any other input. */
static enum err read_answer(const struct answer *answer, struct arena *arena,
                            struct html_conversion *ret_conversion,
                            struct fault *fault)
{
    if (answer->status != '+')
        return fault_set(fault, ERR_INVALID, "html", "%" PRI_STR,
                         ARG_STR(answer->body));
    struct html_conversion conversion = {0};
    enum err err =
        document_parse_json(answer->body, arena, &conversion.doc, fault);
    if (err)
        return err;
    read_dropped(answer->dropped, arena, &conversion);
    if (!utf8_is_valid(answer->images))
        return fault_set(fault, ERR_INVALID, "html",
                         "The HTML helper named pictures that are no text.");
    read_images(answer->images, arena, &conversion);
    *ret_conversion = conversion;
    return ERR_OK;
}

static enum err helper_fault(const struct html_helper *helper, enum err err,
                             struct fault *fault)
{
    if (err == ERR_TIMEOUT)
        return fault_set(fault, err, "html",
                         "The HTML takes longer than %d seconds to read; "
                         "simplify it.",
                         HTML_HELPER_TIMEOUT_MS / 1000);
    return fault_set(fault, ERR_CLOSED, "html",
                     "The HTML helper %s ended while it read this text, or "
                     "took too much memory; simplify the text.",
                     helper->program);
}

enum err html_helper_convert(struct html_helper *helper, struct str html,
                             struct arena *arena,
                             struct html_conversion *ret_conversion,
                             struct fault *fault)
{
    assert(helper);
    assert(arena);
    assert(ret_conversion);
    assert(helper->received == helper->sent);
    if (html.len > HTML_HELPER_BYTES_MAX)
        return fault_set(fault, ERR_TOO_LONG, "html",
                         "The HTML has %zu bytes; at most %d fit.", html.len,
                         HTML_HELPER_BYTES_MAX);
    if (!is_alive(helper)) {
        stop(helper);
        enum err err = start(helper, fault);
        if (err)
            return err;
    }
    begin_patience(helper);
    struct answer answer = {0};
    enum err err = send_text(helper, html);
    if (!err)
        err = receive_answer(helper, arena, &answer);
    if (err) {
        stop(helper);
        return helper_fault(helper, err, fault);
    }
    return read_answer(&answer, arena, ret_conversion, fault);
}

/* ---- Ahead
 * -----------------------------------------------------------------------------
 */

/* With nothing on its way an answer waiting to be read is none: it ended. */
static bool is_ready(struct html_helper *helper)
{
    struct fault fault = {0};
    if (helper->received != helper->sent || is_alive(helper))
        return true;
    stop(helper);
    return !start(helper, &fault);
}

uint64_t html_helper_send(struct html_helper *helper, struct str html)
{
    assert(helper);
    if (helper->ahead_bytes + html.len > HTML_HELPER_AHEAD_BYTES_MAX ||
        helper->sent - helper->received == AHEAD_MAX || !is_ready(helper))
        return 0;
    begin_patience(helper);
    if (send_text(helper, html)) {
        stop(helper);
        return 0;
    }
    helper->ahead_bytes += html.len;
    helper->ahead[++helper->sent % AHEAD_MAX] = html.len;
    return helper->sent;
}

enum err html_helper_receive(struct html_helper *helper, uint64_t ticket,
                             struct arena *arena,
                             struct html_conversion *ret_conversion,
                             struct fault *fault)
{
    assert(helper && ticket && ticket <= helper->sent);
    if (ticket <= helper->received)
        return ERR_AGAIN;
    assert(ticket == helper->received + 1);
    struct answer answer = {0};
    begin_patience(helper);
    if (receive_answer(helper, arena, &answer)) {
        stop(helper);
        return ERR_AGAIN;
    }
    helper->received = ticket;
    helper->ahead_bytes -= helper->ahead[ticket % AHEAD_MAX];
    return read_answer(&answer, arena, ret_conversion, fault);
}
