// SPDX-License-Identifier: Apache-2.0
#include "render/html_helper.h"

#include <assert.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/time.h"
#include "base/utf8.h"
#include "render/document.h"
#include "render/helper_process.h"

enum {
    ANSWER_BYTES_MAX = 64 * 1024 * 1024,
    AHEAD_MAX = 64, /* texts */
};

struct html_helper {
    struct helper_process process;

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
    if (!helper)
        return NULL;
    if (helper_process_init(&helper->process, "HTML", program, NULL)) {
        free(helper);
        return NULL;
    }
    return helper;
}

/* The next conversion starts it anew. */
static void stop(struct html_helper *helper)
{
    helper_process_stop(&helper->process);
    helper->received = helper->sent; /* what was not answered is lost */
    helper->ahead_bytes = 0;
}

void html_helper_destroy(struct html_helper *helper)
{
    if (!helper)
        return;
    helper_process_finish(&helper->process);
    free(helper);
}

/* ---- Sending and receiving -------------------------------------------------
 */

static enum err receive_frame(struct html_helper *helper, struct arena *arena,
                              struct str *ret_frame)
{
    char head[HELPER_LENGTH_BYTES];
    enum err err = helper_process_receive(&helper->process, head, sizeof head);
    if (err)
        return err;
    size_t len = helper_get_length(head);
    if (len > ANSWER_BYTES_MAX)
        return ERR_INVALID;
    char *bytes = arena_array(arena, char, len + 1);
    err = helper_process_receive(&helper->process, bytes, len);
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
    helper->process.deadline_us =
        clock_now_us() + (int64_t)HTML_HELPER_TIMEOUT_MS * 1000;
}

static enum err send_text(struct html_helper *helper, struct str html)
{
    char head[HELPER_LENGTH_BYTES];
    helper_put_length(head, html.len);
    enum err err =
        helper_process_send(&helper->process, str_of(head, sizeof head));
    return err ? err : helper_process_send(&helper->process, html);
}

static enum err receive_answer(struct html_helper *helper, struct arena *arena,
                               struct answer *ret_answer)
{
    enum err err =
        helper_process_receive(&helper->process, &ret_answer->status, 1);
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
                     helper->process.program);
}

static enum err exchange(struct html_helper *helper, struct str html,
                         struct arena *arena, struct answer *ret_answer)
{
    begin_patience(helper);
    enum err err = send_text(helper, html);
    if (!err)
        err = receive_answer(helper, arena, ret_answer);
    if (err)
        stop(helper);
    return err;
}

/* With one that has read nothing before: if that dies, it died of this text. */
static enum err exchange_anew(struct html_helper *helper, struct str html,
                              struct arena *arena, struct answer *ret_answer,
                              struct fault *fault)
{
    enum err err = helper_process_start(&helper->process, fault);
    if (err)
        return err;
    err = exchange(helper, html, arena, ret_answer);
    return err ? helper_fault(helper, err, fault) : ERR_OK;
}

enum err html_helper_convert(struct html_helper *helper, struct str html,
                             struct arena *arena,
                             struct html_conversion *ret_conversion,
                             struct fault *fault)
{
    assert(helper);
    assert(arena);
    assert(ret_conversion);
    if (html.len > HTML_HELPER_BYTES_MAX)
        return fault_set(fault, ERR_TOO_LONG, "html",
                         "The HTML has %zu bytes; at most %d fit.", html.len,
                         HTML_HELPER_BYTES_MAX);
    struct answer answer = {0};
    bool runs = helper->received == helper->sent &&
                helper_process_is_alive(&helper->process);
    if (!runs)
        stop(helper);
    enum err err = runs ? exchange(helper, html, arena, &answer) : ERR_CLOSED;
    if (err == ERR_TIMEOUT)
        return helper_fault(helper, err, fault);
    if (err)
        err = exchange_anew(helper, html, arena, &answer, fault);
    return err ? err : read_answer(&answer, arena, ret_conversion, fault);
}

/* ---- Ahead
 * -----------------------------------------------------------------------------
 */

/* With nothing on its way an answer waiting to be read is none: it ended. */
static bool is_ready(struct html_helper *helper)
{
    struct fault fault = {0};
    if (helper->received != helper->sent ||
        helper_process_is_alive(&helper->process))
        return true;
    stop(helper);
    return !helper_process_start(&helper->process, &fault);
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
