// SPDX-License-Identifier: Apache-2.0
/* base/err.h: every way a call can fail, with its HTTP status, its exit code
 * and the sentence a person reads when nothing better is known. */
#ifndef BASE_ERR_H
#define BASE_ERR_H

/* A result that must be looked at. */
#define MUST_USE __attribute__((warn_unused_result))

/* Runs fn(&variable) when the variable leaves its scope. */
#define DEFER(fn) __attribute__((cleanup(fn)))

/* clang-format off */
/*          name              HTTP  exit  sentence */
#define ERR_TABLE(X) \
    X(ERR_OK,                 200,  0,  "fine") \
    X(ERR_AGAIN,              503,  75, "not complete yet") \
    X(ERR_USAGE,              400,  2,  "the command was not understood") \
    X(ERR_INVALID,            400,  65, "the input is not valid") \
    X(ERR_UNAUTHENTICATED,    401,  77, "sign in first") \
    X(ERR_DENIED,             403,  77, "that is not allowed") \
    X(ERR_NOT_FOUND,          404,  66, "there is no such thing") \
    X(ERR_METHOD,             405,  70, "the method is not allowed here") \
    X(ERR_TIMEOUT,            504,  75, "it took too long") \
    X(ERR_EXISTS,             409,  73, "it exists already") \
    X(ERR_CONFLICT,           409,  75, "somebody else changed it meanwhile") \
    X(ERR_GONE,               410,  66, "it was withdrawn") \
    X(ERR_TOO_LONG,           413,  65, "it is too long") \
    X(ERR_UNSUPPORTED,        415,  65, "that format is not supported") \
    X(ERR_RATE,               429,  75, "too many requests") \
    X(ERR_HEAD_TOO_LONG,      431,  65, "the request head is too long") \
    X(ERR_INTERNAL,           500,  70, "a fault of the program") \
    X(ERR_IO,                 503,  74, "reading or writing failed") \
    X(ERR_CORRUPT,            500,  74, "the stored data is damaged") \
    X(ERR_BUSY,               503,  75, "too busy at the moment") \
    X(ERR_CLOSED,             503,  74, "the other side closed") \
    X(ERR_NO_MEMORY,          503,  71, "out of memory") \
    X(ERR_NEWER,              503,  78, "made by a newer version of the program") \
    X(ERR_FULL,               507,  74, "the disk is full")
/* clang-format on */

enum err {
#define X(name, status, exit, sentence) name,
    ERR_TABLE(X)
#undef X
        ERR_COUNT
};

/* The name as it stands in the source, such as "ERR_NOT_FOUND". */
const char *err_name(enum err err);

/* One sentence without a full stop. */
const char *err_sentence(enum err err);

/* The status that answers an HTTP request which failed so. */
int err_http_status(enum err err);

/* The exit code of a command which failed so (BSD sysexits where one fits). */
int err_exit_code(enum err err);

/* The closest code for a value of errno. */
enum err err_from_errno(int number);

#endif
