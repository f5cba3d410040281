// SPDX-License-Identifier: Apache-2.0
#include "net/router.h"

#include <assert.h>

#include "base/buf.h"
#include "base/fault.h"

/* How well a segment of a pattern fits: the more exact goes first. */
enum segment_kind { SEGMENT_REST, SEGMENT_PARAMETER, SEGMENT_LITERAL };

/* What a pattern's segment is, and its name or text. */
static enum segment_kind read_segment(struct str segment, struct str *ret_text)
{
    const struct str rest = STR("...");
    *ret_text = segment;
    if (segment.len < 3 || segment.ptr[0] != '{' ||
        segment.ptr[segment.len - 1] != '}')
        return SEGMENT_LITERAL;
    struct str name = str_slice(segment, 1, segment.len - 2);
    *ret_text = name;
    if (!str_ends_with(name, rest))
        return SEGMENT_PARAMETER;
    ret_text->len -= rest.len;
    return SEGMENT_REST;
}

/* A fit as a number: two bits a segment, the first one on top. */
static unsigned rank_add(unsigned rank, enum segment_kind kind)
{
    return rank << 2 | ((unsigned)kind + 1);
}

static void add_parameter(struct route_match *match, struct str name,
                          struct str value)
{
    assert(match->parameter_count < ROUTE_PARAMETERS_MAX);
    match->parameters[match->parameter_count++] =
        (struct route_parameter){name, value};
}

/* Whether path fits the pattern; fills match's parameters and the rank, which
 * is comparable between patterns that fit the same path. */
static bool fits(const char *pattern_text, struct str path,
                 struct route_match *match, unsigned *ret_rank)
{
    struct str pattern = str_from(str_from_c(pattern_text), 1);
    struct str expected, given, text;
    unsigned rank = 0, segments = 0;
    path = str_from(path, 1);
    match->parameter_count = 0;
    while (str_split_next(&pattern, '/', &expected)) {
        struct str rest = path;
        enum segment_kind kind = read_segment(expected, &text);
        rank = rank_add(rank, kind);
        if (kind == SEGMENT_REST) {
            add_parameter(match, text, rest.ptr ? rest : str_of("", 0));
            *ret_rank = rank << 2 * (ROUTE_SEGMENTS_MAX - ++segments);
            return rest.ptr != NULL;
        }
        if (!str_split_next(&path, '/', &given))
            return false;
        segments++;
        if (kind == SEGMENT_LITERAL ? !str_eq(expected, given) : given.len == 0)
            return false;
        if (kind == SEGMENT_PARAMETER)
            add_parameter(match, text, given);
    }
    *ret_rank = rank << 2 * (ROUTE_SEGMENTS_MAX - segments);
    return path.ptr == NULL;
}

static bool answers(enum http_method route, enum http_method asked)
{
    return route == asked || (route == HTTP_GET && asked == HTTP_HEAD);
}

enum err router_find(const struct route *routes, size_t count,
                     enum http_method method, struct str path,
                     struct route_match *ret_match)
{
    assert(ret_match);
    unsigned best_rank = 0, allowed = 0;
    struct route_match candidate, best = {.route = NULL};
    if (path.len == 0 || path.ptr[0] != '/')
        return ERR_NOT_FOUND;
    for (size_t i = 0; i < count; i++) {
        unsigned rank;
        if (!fits(routes[i].pattern, path, &candidate, &rank) ||
            rank < best_rank)
            continue;
        if (rank > best_rank) {
            best_rank = rank;
            best.route = NULL;
            allowed = 0;
        }
        allowed |= 1u << routes[i].method;
        if (answers(routes[i].method, method) &&
            (!best.route || routes[i].method == method)) {
            best = candidate;
            best.route = &routes[i];
        }
    }
    if (allowed == 0)
        return ERR_NOT_FOUND;
    *ret_match = best;
    ret_match->allowed = allowed;
    return best.route ? ERR_OK : ERR_METHOD;
}

struct str route_parameter(const struct route_match *match, const char *name)
{
    struct str wanted = str_from_c(name);
    for (unsigned i = 0; i < match->parameter_count; i++) {
        if (str_eq(match->parameters[i].name, wanted))
            return match->parameters[i].value;
    }
    assert(false && "the pattern has no such parameter");
    return str_of("", 0);
}

void route_write_allow(struct buf *out, unsigned allowed)
{
    const char *separator = "";
    if (allowed & 1u << HTTP_GET)
        allowed |= 1u << HTTP_HEAD;
    for (int i = 0; i < HTTP_METHOD_COUNT; i++) {
        if (!(allowed & 1u << i))
            continue;
        buf_add_c(out, separator);
        buf_add(out, http_method_name((enum http_method)i));
        separator = ", ";
    }
}

/* ---- Checking a table --------------------------------------------------- */

static const char *wrong_with(const struct route *route)
{
    struct str pattern = str_from_c(route->pattern);
    struct str segment, text;
    unsigned segments = 0, parameters = 0;
    if (pattern.len == 0 || pattern.ptr[0] != '/')
        return "a pattern begins with '/'";
    if (!route->handler)
        return "it has no handler";
    if (route->who == 0)
        return "it does not say who may call it";
    pattern = str_from(pattern, 1);
    while (str_split_next(&pattern, '/', &segment)) {
        enum segment_kind kind = read_segment(segment, &text);
        segments++;
        if (kind != SEGMENT_LITERAL && text.len == 0)
            return "a parameter has a name";
        if (kind != SEGMENT_LITERAL && ++parameters > ROUTE_PARAMETERS_MAX)
            return "too many parameters";
        if (kind == SEGMENT_REST && pattern.ptr)
            return "{…...} stands at the end";
        if (kind == SEGMENT_LITERAL && (str_find_char(segment, '{') >= 0 ||
                                        str_find_char(segment, '}') >= 0))
            return "braces enclose a whole segment";
    }
    return segments > ROUTE_SEGMENTS_MAX ? "too many segments" : NULL;
}

/* Whether the two differ in no more than the names of parameters. */
static bool is_same_place(const struct route *a, const struct route *b)
{
    struct str left = str_from_c(a->pattern), right = str_from_c(b->pattern);
    struct str left_part, right_part, left_text, right_text;
    while (str_split_next(&left, '/', &left_part)) {
        if (!str_split_next(&right, '/', &right_part))
            return false;
        enum segment_kind kind = read_segment(left_part, &left_text);
        if (kind != read_segment(right_part, &right_text))
            return false;
        if (kind == SEGMENT_LITERAL && !str_eq(left_text, right_text))
            return false;
    }
    return right.ptr == NULL && a->method == b->method;
}

enum err router_check(const struct route *routes, size_t count,
                      struct fault *fault)
{
    for (size_t i = 0; i < count; i++) {
        const char *wrong = wrong_with(&routes[i]);
        for (size_t j = 0; j < i && !wrong; j++) {
            if (is_same_place(&routes[i], &routes[j]))
                wrong = "it is in the table twice";
        }
        if (wrong)
            return fault_set(fault, ERR_INVALID, "route", "route %zu, %s: %s",
                             i, routes[i].pattern, wrong);
    }
    return ERR_OK;
}
