// SPDX-License-Identifier: Apache-2.0
#include "media/cue.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/utf8.h"

#define ARROW STR("-->")
#define BYTE_ORDER_MARK STR("\xEF\xBB\xBF")

struct reading {
    struct str rest; /* lines ended by LF */
    int64_t line;    /* the number of the last one taken */
    struct arena *arena;
    struct fault *fault;
};

/* ---- Characters -------------------------------------------------------------
 */

/* Lines end in LF, tabs are blanks, and there is no other control character. */
static enum err clean(struct str text, struct arena *arena, struct str *ret,
                      struct fault *fault)
{
    if (!utf8_is_valid(text))
        return fault_set(fault, ERR_INVALID, NULL,
                         "captions are UTF-8, and this is not");
    if (str_starts_with(text, BYTE_ORDER_MARK))
        text = str_from(text, BYTE_ORDER_MARK.len);
    char *target = arena_array(arena, char, text.len + 1);
    size_t len = 0;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (c == '\r' && i + 1 < text.len && text.ptr[i + 1] == '\n')
            continue;
        if (c == '\r')
            c = '\n';
        if (c == '\t')
            c = ' ';
        if (c != '\n' && utf8_control(str_from(text, i)) && c == text.ptr[i])
            return fault_set(fault, ERR_INVALID, NULL,
                             "byte %zu begins a control character; captions "
                             "have none",
                             i);
        target[len++] = c;
    }
    *ret = str_of(target, len);
    return ERR_OK;
}

static bool next_line(struct reading *reading, struct str *ret_line)
{
    if (!reading->rest.len || !str_split_next(&reading->rest, '\n', ret_line))
        return false;
    *ret_line = str_trim(*ret_line);
    reading->line++;
    return true;
}

static enum err add_line(struct reading *reading, struct buf *text,
                         struct str line)
{
    if (text->len && line.len)
        buf_add_char(text, '\n');
    buf_add(text, line);
    if (!buf_err(text))
        return ERR_OK;
    return fault_set(reading->fault, ERR_INVALID, NULL,
                     "line %lld: a caption has at most %d bytes",
                     (long long)reading->line, CUE_TEXT_BYTES_MAX);
}

/* ---- Times ------------------------------------------------------------------
 */

/* So many digits as there are, at least least and at most most. */
static bool take_digits(struct str *text, size_t least, size_t most,
                        int64_t *ret)
{
    size_t count = 0;
    *ret = 0;
    while (count < text->len && count < most && text->ptr[count] >= '0' &&
           text->ptr[count] <= '9')
        *ret = *ret * 10 + (text->ptr[count++] - '0');
    *text = str_from(*text, count);
    return count >= least;
}

static bool take_char(struct str *text, char c)
{
    if (!text->len || text->ptr[0] != c)
        return false;
    *text = str_from(*text, 1);
    return true;
}

/* [hours:]minutes:seconds.milliseconds (§4.4). */
static bool take_time(struct str *text, int64_t *ret_ms)
{
    int64_t hours = 0, minutes, seconds, ms;
    if (!take_digits(text, 2, 6, &minutes) || !take_char(text, ':') ||
        !take_digits(text, 2, 2, &seconds))
        return false;
    if (take_char(text, ':')) {
        hours = minutes;
        minutes = seconds;
        if (!take_digits(text, 2, 2, &seconds))
            return false;
    }
    if (!take_char(text, '.') || !take_digits(text, 3, 3, &ms) ||
        minutes > 59 || seconds > 59)
        return false;
    *ret_ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + ms;
    return true;
}

static void skip_blanks(struct str *text)
{
    while (take_char(text, ' '))
        ;
}

/* "00:01.000 --> 00:04.500 align:start". */
static enum err read_times(const struct reading *reading, struct str line,
                           int64_t *ret_start, int64_t *ret_end)
{
    struct str rest = line;
    bool fine = take_time(&rest, ret_start);
    skip_blanks(&rest);
    fine = fine && str_starts_with(rest, ARROW);
    rest = fine ? str_from(rest, ARROW.len) : rest;
    skip_blanks(&rest);
    fine =
        fine && take_time(&rest, ret_end) && (!rest.len || rest.ptr[0] == ' ');
    if (!fine)
        return fault_set(reading->fault, ERR_INVALID, NULL,
                         "line %lld: the times of a cue are such as "
                         "00:01.000 --> 00:04.500",
                         (long long)reading->line);
    if (*ret_end <= *ret_start || *ret_end - *ret_start > CUE_MS_MAX)
        return fault_set(reading->fault, ERR_INVALID, NULL,
                         "line %lld: a cue ends after it begins, and takes at "
                         "most %d seconds",
                         (long long)reading->line, CUE_MS_MAX / 1000);
    return ERR_OK;
}

/* ---- The text of a cue ------------------------------------------------------
 */

/* §6.4, those of WebVTT's own; others are what they are. */
static size_t add_reference(struct str text, struct buf *out)
{
    static const struct {
        struct str name, character;
    } known[] = {
        {STR_INIT("&amp;"), STR_INIT("&")},
        {STR_INIT("&lt;"), STR_INIT("<")},
        {STR_INIT("&gt;"), STR_INIT(">")},
        {STR_INIT("&nbsp;"), STR_INIT("\xC2\xA0")},
        {STR_INIT("&lrm;"), STR_INIT("\xE2\x80\x8E")},
        {STR_INIT("&rlm;"), STR_INIT("\xE2\x80\x8F")},
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        if (str_starts_with(text, known[i].name)) {
            buf_add(out, known[i].character);
            return known[i].name.len;
        }
    }
    buf_add_char(out, '&');
    return 1;
}

/* Without its tags; in_tag: one is open, which may end on a later line. */
static void add_words(struct str line, bool *in_tag, struct buf *out)
{
    for (size_t i = 0; i < line.len;) {
        char c = line.ptr[i];
        if (*in_tag || c == '<') {
            *in_tag = c != '>';
            i++;
        } else if (c == '&') {
            i += add_reference(str_from(line, i), out);
        } else {
            buf_add_char(out, c);
            i++;
        }
    }
}

static enum err read_text(struct reading *reading, struct str *ret_text)
{
    DEFER(buf_finish) struct buf text;
    DEFER(buf_finish) struct buf words;
    struct str line;
    bool in_tag = false;
    enum err err = ERR_OK;
    buf_init(&text, CUE_TEXT_BYTES_MAX);
    buf_init(&words, reading->rest.len + 1);
    while (!err && next_line(reading, &line) && line.len) {
        buf_reset(&words);
        add_words(line, &in_tag, &words);
        err = add_line(reading, &text, str_trim(buf_str(&words)));
    }
    *ret_text = arena_copy(reading->arena, buf_str(&text));
    return err;
}

/* ---- What was sent ----------------------------------------------------------
 */

static bool has_times(struct str line)
{
    return line.len && line.ptr[0] >= '0' && line.ptr[0] <= '9' &&
           str_find(line, ARROW) >= 0;
}

static bool is_head(struct str line)
{
    return str_eq(line, STR("WEBVTT")) || str_starts_with(line, STR("WEBVTT "));
}

static bool is_of_webvtt(struct str text)
{
    struct str line;
    bool is_first = true, is = false;
    while (!is && text.len && str_split_next(&text, '\n', &line)) {
        is = has_times(str_trim(line)) || (is_first && is_head(str_trim(line)));
        is_first = false;
    }
    return is;
}

static enum err read_plain(struct reading *reading, struct cue_list *list)
{
    DEFER(buf_finish) struct buf text;
    struct str line;
    enum err err = ERR_OK;
    buf_init(&text, CUE_TEXT_BYTES_MAX);
    while (!err && next_line(reading, &line))
        err = add_line(reading, &text, line);
    list->cues[0] =
        (struct cue){.text = arena_copy(reading->arena, buf_str(&text))};
    list->count = text.len > 0;
    return err;
}

static enum err add_cue(struct reading *reading, struct str times,
                        int64_t *first_ms, struct cue_list *list)
{
    int64_t start = 0, end = 0;
    struct str text = STR("");
    enum err err = read_times(reading, times, &start, &end);
    if (!err)
        err = read_text(reading, &text);
    if (err || !text.len)
        return err;
    if (list->count == CUES_MAX)
        return fault_set(reading->fault, ERR_INVALID, NULL,
                         "at most %d cues are sent at once", CUES_MAX);
    if (!list->count)
        *first_ms = start;
    int64_t after = start - *first_ms;
    if (after > CUE_MS_MAX ||
        (list->count && after < list->cues[list->count - 1].after_ms))
        return fault_set(reading->fault, ERR_INVALID, NULL,
                         "line %lld: cues that are sent at once begin in "
                         "their order, within %d seconds",
                         (long long)reading->line, CUE_MS_MAX / 1000);
    list->cues[list->count++] = (struct cue){after, end - start, text};
    return ERR_OK;
}

/* Blocks without times are comments, styles, regions, or the head. */
static enum err read_cues(struct reading *reading, struct cue_list *list)
{
    struct str line;
    int64_t first_ms = 0;
    enum err err = ERR_OK;
    while (!err && next_line(reading, &line)) {
        if (has_times(line))
            err = add_cue(reading, line, &first_ms, list);
    }
    return err;
}

enum err cues_read(struct str text, struct arena *arena,
                   struct cue_list *ret_list, struct fault *fault)
{
    struct reading reading = {.arena = arena, .fault = fault};
    *ret_list = (struct cue_list){.count = 0};
    enum err err = clean(text, arena, &reading.rest, fault);
    if (err)
        return err;
    err = is_of_webvtt(reading.rest) ? read_cues(&reading, ret_list)
                                     : read_plain(&reading, ret_list);
    if (!err && !ret_list->count)
        return fault_set(fault, ERR_INVALID, NULL,
                         "there is no text to be shown");
    return err;
}
