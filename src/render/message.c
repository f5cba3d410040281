// SPDX-License-Identifier: Apache-2.0
/* A recursive descent over the message; it is short, so it is read anew each
 * time instead of being compiled. Checking is the same walk without output. */
#include "render/message.h"

#include <assert.h>

#include "base/arena.h"
#include "render/locale.h"

enum { CASES_MAX = 16 };

struct message_run {
    struct str text;
    size_t at;
    unsigned depth;
    bool mute; /* walk only */
    bool has_args;
    const char *error;                     /* NULL while it is well-formed */
    const struct message_visitor *visitor; /* or NULL */
    const struct locale *locale;
    const struct catalogue_arg *args;
    size_t args_count;
    struct arena *arena;
    struct buf *out;
};

struct message_case {
    struct str selector;
    size_t start; /* of its message, behind '{' */
};

static void run_message(struct message_run *run,
                        const struct catalogue_arg *number);

static bool at_end(const struct message_run *run)
{
    return run->at >= run->text.len;
}

static char peek(const struct message_run *run)
{
    return at_end(run) ? '\0' : run->text.ptr[run->at];
}

static void fail(struct message_run *run, const char *error)
{
    if (!run->error)
        run->error = error;
}

static void emit(struct message_run *run, struct str text)
{
    if (!run->mute)
        buf_add(run->out, text);
}

static void emit_number(struct message_run *run, int64_t number)
{
    if (!run->mute)
        buf_add(run->out,
                locale_format_number(run->locale, number, run->arena));
}

static void skip_spaces(struct message_run *run)
{
    while (peek(run) == ' ' || peek(run) == '\t' || peek(run) == '\n')
        run->at++;
}

static bool take(struct message_run *run, char c)
{
    skip_spaces(run);
    if (peek(run) != c || at_end(run))
        return false;
    run->at++;
    return true;
}

/* A name or a selector: everything up to a space, ',', '{' or '}'. */
static struct str take_word(struct message_run *run)
{
    skip_spaces(run);
    size_t start = run->at;
    while (!at_end(run) && !strchr(" \t\n,{}", peek(run)))
        run->at++;
    return str_slice(run->text, start, run->at - start);
}

static const struct catalogue_arg *find_arg(const struct message_run *run,
                                            struct str name)
{
    for (size_t i = 0; i < run->args_count; i++)
        if (str_eq(str_from_c(run->args[i].name), name))
            return &run->args[i];
    return NULL;
}

/* Apostrophes: two are one; one before a brace (or '#' in a plural) quotes up
 * to the next; any other stands for itself. */
static void run_apostrophe(struct message_run *run, bool in_plural)
{
    run->at++;
    char next = peek(run);
    if (next == '\'') {
        run->at++;
        emit(run, STR("'"));
        return;
    }
    if (next != '{' && next != '}' && !(next == '#' && in_plural)) {
        emit(run, STR("'"));
        return;
    }
    while (!at_end(run)) {
        size_t start = run->at;
        while (!at_end(run) && peek(run) != '\'')
            run->at++;
        emit(run, str_slice(run->text, start, run->at - start));
        run->at++;
        if (peek(run) != '\'')
            return;
        emit(run, STR("'"));
        run->at++;
    }
}

/* ---- Choosing
 * --------------------------------------------------------------------- */

/* Reads all cases without output. False when they are not well-formed. */
static bool read_cases(struct message_run *run, struct message_case *cases,
                       size_t *ret_count)
{
    static const struct catalogue_arg zero = {0};
    bool mute = run->mute;
    bool has_other = false;
    size_t count = 0;
    run->mute = true;
    while (!run->error && !take(run, '}')) {
        struct str selector = take_word(run);
        if (selector.len == 0 || !take(run, '{') || count == CASES_MAX) {
            fail(run, "a case must read: name {text}");
            break;
        }
        has_other |= str_eq(selector, STR("other"));
        cases[count++] = (struct message_case){selector, run->at};
        run_message(run, &zero);
        if (!take(run, '}'))
            fail(run, "a '{' is not closed");
    }
    run->mute = mute;
    if (!has_other)
        fail(run, "the case \"other\" is missing");
    *ret_count = count;
    return !run->error;
}

static const struct message_case *find_case(const struct message_case *cases,
                                            size_t count, struct str selector)
{
    for (size_t i = 0; i < count; i++)
        if (str_eq(cases[i].selector, selector))
            return &cases[i];
    return NULL;
}

static const struct message_case *choose_plural(
    const struct message_run *run, const struct message_case *cases,
    size_t count, int64_t number)
{
    for (size_t i = 0; i < count; i++) {
        struct str selector = cases[i].selector;
        int64_t exact;
        if (selector.ptr[0] == '=' &&
            str_parse_i64(str_from(selector, 1), &exact) == ERR_OK &&
            exact == number)
            return &cases[i];
    }
    return find_case(cases, count, locale_plural(run->locale, number));
}

static void visit_plural(const struct message_run *run, struct str name,
                         const struct message_case *cases, size_t count)
{
    struct str selectors[CASES_MAX];
    for (size_t i = 0; i < count; i++)
        selectors[i] = cases[i].selector;
    run->visitor->plural(run->visitor->context, name, selectors, count);
}

static void run_choice(struct message_run *run, const struct catalogue_arg *arg,
                       struct str name, bool plural)
{
    struct message_case cases[CASES_MAX];
    size_t count;
    bool well = read_cases(run, cases, &count);
    if (well && plural && run->visitor)
        visit_plural(run, name, cases, count);
    if (!well || run->mute)
        return;
    static const struct catalogue_arg none = {0};
    if (!arg)
        arg = &none;
    const struct message_case *chosen =
        plural ? choose_plural(run, cases, count, arg->number)
               : find_case(cases, count, arg->text);
    if (!chosen)
        chosen = find_case(cases, count, STR("other"));
    size_t end = run->at;
    run->at = chosen->start;
    run_message(run, plural ? arg : NULL);
    run->at = end;
}

/* ---- Arguments
 * -------------------------------------------------------------------- */

static void emit_arg(struct message_run *run, const struct catalogue_arg *arg,
                     struct str name)
{
    if (arg && arg->text.ptr) {
        emit(run, arg->text);
    } else if (arg) {
        emit_number(run, arg->number);
    } else {
        emit(run, STR("{"));
        emit(run, name);
        emit(run, STR("}"));
    }
}

/* Behind '{'. */
static void run_argument(struct message_run *run)
{
    struct str name = take_word(run);
    const struct catalogue_arg *arg = find_arg(run, name);
    run->has_args = true;
    if (name.len == 0) {
        fail(run, "a '{' needs a name behind it; a brace itself is '{'");
        return;
    }
    if (run->visitor)
        run->visitor->argument(run->visitor->context, name);
    if (take(run, '}')) {
        emit_arg(run, arg, name);
        return;
    }
    struct str kind = take(run, ',') ? take_word(run) : STR("");
    if (str_eq(kind, STR("number")) && take(run, '}'))
        emit_arg(run, arg, name);
    else if (str_eq(kind, STR("plural")) && take(run, ','))
        run_choice(run, arg, name, true);
    else if (str_eq(kind, STR("select")) && take(run, ','))
        run_choice(run, arg, name, false);
    else
        fail(run, "an argument must read {name}, {name, number}, "
                  "{name, plural, …} or {name, select, …}");
}

/* Up to the end, or to the '}' that belongs to the caller. '#' stands for
 * number, when there is one. */
static void run_message(struct message_run *run,
                        const struct catalogue_arg *number)
{
    if (++run->depth > CATALOGUE_DEPTH_MAX)
        fail(run, "arguments are nested too deep");
    while (!run->error && !at_end(run) && peek(run) != '}') {
        char c = peek(run);
        if (c == '\'') {
            run_apostrophe(run, number != NULL);
        } else if (c == '{') {
            run->at++;
            run_argument(run);
        } else if (c == '#' && number) {
            run->at++;
            emit_number(run, number->number);
        } else {
            emit(run, str_slice(run->text, run->at, 1));
            run->at++;
        }
    }
    run->depth--;
}

enum err message_check(struct str message, bool *ret_has_args,
                       struct fault *fault)
{
    assert(ret_has_args);
    if (message.len > CATALOGUE_MESSAGE_BYTES_MAX)
        return fault_set(fault, ERR_TOO_LONG, "",
                         "The message has %zu bytes; at most %d fit.",
                         message.len, CATALOGUE_MESSAGE_BYTES_MAX);
    struct message_run run = {.text = message, .mute = true};
    run_message(&run, NULL);
    if (!run.error && !at_end(&run))
        run.error = "a '}' has no '{'; a brace itself is '}'";
    if (run.error)
        return fault_set(fault, ERR_INVALID, "", "At character %zu: %s.",
                         run.at + 1, run.error);
    *ret_has_args = run.has_args;
    return ERR_OK;
}

void message_format(struct str message, const struct locale *locale,
                    const struct catalogue_arg *args, size_t count,
                    struct arena *arena, struct buf *out)
{
    assert(out);
    struct message_run run = {
        .text = message,
        .locale = locale,
        .args = args,
        .args_count = count,
        .arena = arena,
        .out = out,
    };
    run_message(&run, NULL);
}

void message_visit(struct str message, const struct message_visitor *visitor)
{
    assert(visitor);
    struct message_run run = {
        .text = message,
        .mute = true,
        .visitor = visitor,
    };
    run_message(&run, NULL);
}
