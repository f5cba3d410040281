// SPDX-License-Identifier: Apache-2.0
/* base/log.h: structured log lines on standard error: time, level, process,
 * message, then fields as key=value (or one JSON object a line).
 *
 *     log_info("edge ready", LOG_INT("threads", 2), LOG_STR("address", a));
 *
 * Libraries do not log; the top of a request, a job or a command does, once. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdint.h>

#include "base/str.h"

enum log_level {
    LOG_LEVEL_DEBUG,
    LOG_LEVEL_INFO,
    LOG_LEVEL_WARN,
    LOG_LEVEL_ERROR
};

enum { LOG_LINE_BYTES_MAX = 4096 }; /* a longer line is cut and says so */

struct log_field {
    const char *key;
    enum { LOG_FIELD_INT, LOG_FIELD_STR } kind;
    int64_t number;
    struct str text;
};

#define LOG_INT(key_, value_) \
    ((struct log_field){ \
        .key = (key_), .kind = LOG_FIELD_INT, .number = (int64_t)(value_)})
#define LOG_STR(key_, value_) \
    ((struct log_field){.key = (key_), .kind = LOG_FIELD_STR, .text = (value_)})
#define LOG_C(key_, value_) LOG_STR(key_, str_from_c(value_))

/* Everything below takes a message and then fields, or none. */
#define LOG_FIELDS_(...) ((const struct log_field[]){__VA_ARGS__})
#define LOG_WRITE_(level, message, ...) \
    log_write(level, message, LOG_FIELDS_(__VA_ARGS__))
#define LOG_ABORT_(message, ...) log_abort(message, LOG_FIELDS_(__VA_ARGS__))

#define log_debug(...) LOG_WRITE_(LOG_LEVEL_DEBUG, __VA_ARGS__, {.key = NULL})
#define log_info(...) LOG_WRITE_(LOG_LEVEL_INFO, __VA_ARGS__, {.key = NULL})
#define log_warn(...) LOG_WRITE_(LOG_LEVEL_WARN, __VA_ARGS__, {.key = NULL})
#define log_error(...) LOG_WRITE_(LOG_LEVEL_ERROR, __VA_ARGS__, {.key = NULL})

/* Logs at level error and aborts. For what cannot be survived. */
#define log_panic(...) LOG_ABORT_(__VA_ARGS__, {.key = NULL})

/* Once, before threads start. process is kept, not copied ("desk", "edge").
 * Before it, the level is info and the form is text. */
void log_setup(const char *process, enum log_level least, bool json);

/* Fields end with a NULL key. One write(2) a line, so lines never mix. */
void log_write(enum log_level level, const char *message,
               const struct log_field *fields);

_Noreturn void log_abort(const char *message, const struct log_field *fields);

#endif
