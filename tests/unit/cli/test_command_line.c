// SPDX-License-Identifier: Apache-2.0
/* The command line: what is understood, what is refused, and how. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/suggest.h"
#include "cli/command_table.h"
#include "cli/help.h"

static struct arena arena;
static struct output output;

static int make(void **state)
{
    (void)state;
    arena_init(&arena, 0);
    output_init(&output, stdout, stderr);
    return 0;
}

static int unmake(void **state)
{
    (void)state;
    arena_finish(&arena);
    return 0;
}

enum { WORDS_MAX = 16 };

/* words are parted by blanks. */
static enum err parse(const char *words, struct command_line *ret_line,
                      struct fault *fault)
{
    char *argv[WORDS_MAX + 1] = {arena_c_string(&arena, STR("broadsheet"))};
    int argc = 1;
    struct str rest = str_from_c(words), word;
    while (str_split_next(&rest, ' ', &word) && argc < WORDS_MAX)
        argv[argc++] = arena_c_string(&arena, word);
    return command_line_parse(argc, argv, &arena, &output, ret_line, fault);
}

static struct command_line parse_well(const char *words)
{
    struct command_line line;
    struct fault fault = {0};
    if (parse(words, &line, &fault))
        fail_msg("%s: %s", words, fault_text(&fault));
    return line;
}

static void assert_refused(const char *words, const char *part)
{
    struct command_line line;
    struct fault fault = {0};
    assert_int_equal(parse(words, &line, &fault), ERR_USAGE);
    if (!strstr(fault_text(&fault), part))
        fail_msg("'%s' says '%s', not '%s'", words, fault_text(&fault), part);
}

static void test_options_are_read_in_every_form(void **state)
{
    (void)state;
    const char *const forms[] = {"article list --limit 7 --language=ka --json",
                                 "article list -n 7 -l ka -j",
                                 "article list -n7 -jlka",
                                 "article --json list --language ka --limit=7",
                                 "article list --limit 3 --limit 7 -j -l ka"};
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct command_line line = parse_well(forms[i]);
        assert_ptr_equal(line.command, &command_article_list);
        assert_string_equal(command_value(&line, "limit"), "7");
        assert_string_equal(command_value(&line, "language"), "ka");
        assert_true(command_flag(&line, "json"));
        assert_false(command_flag(&line, "quiet"));
        assert_null(command_value(&line, "category"));
    }
}

static void test_data_may_stand_before_the_command(void **state)
{
    (void)state;
    struct command_line line = parse_well("--data x category list");
    assert_ptr_equal(line.command, &command_category_list);
    assert_string_equal(command_value(&line, "data"), "x");
    assert_int_equal(line.argument_count, 0);
}

static void test_values_given_often_keep_their_order(void **state)
{
    (void)state;
    struct command_line line = parse_well("init dir -l en --language=ka -l ru");
    const char *const *values;
    assert_int_equal(command_values(&line, "language", &values), 3);
    assert_string_equal(values[0], "en");
    assert_string_equal(values[1], "ka");
    assert_string_equal(values[2], "ru");
    assert_int_equal(line.argument_count, 1);
    assert_string_equal(line.arguments[0], "dir");
}

static void test_two_hyphens_end_the_options(void **state)
{
    (void)state;
    struct command_line line = parse_well("article correct -q ID -- --help");
    assert_int_equal(line.argument_count, 2);
    assert_string_equal(line.arguments[1], "--help");
    assert_false(line.wants_help);
    assert_true(command_flag(&line, "quiet"));
    line = parse_well("article new -");
    assert_string_equal(line.arguments[0], "-");
}

static void test_help_needs_no_arguments(void **state)
{
    (void)state;
    assert_true(parse_well("article show --help").wants_help);
    assert_true(parse_well("import ninjs -h").wants_help);
}

static void test_what_is_wrong_is_told_with_a_remedy(void **state)
{
    (void)state;
    assert_refused("imoprt ninjs a", "did you mean 'broadsheet import'?");
    assert_refused("sevre", "did you mean 'broadsheet serve'");
    assert_refused("artcle", "did you mean 'broadsheet article'?");
    assert_refused("article shwo 1", "did you mean 'broadsheet article show'");
    assert_refused("article", "list, show, new");
    assert_refused("zzzzzzzz", "'broadsheet help' lists them");
    assert_refused("article list --limti 3", "did you mean --limit?");
    assert_refused("article list --xyzxyz", "has no option --xyzxyz");
    assert_refused("article list -x", "has no option -x");
    assert_refused("article list --limit", "--limit wants a value");
    assert_refused("article list --json=1", "--json takes no value");
    assert_refused("article show", "ID is missing");
    assert_refused("article show", "as in: broadsheet article show");
    assert_refused("import ninjs", "FILE is missing");
    assert_refused("settings set zone", "VALUE is missing");
    assert_refused("version now", "'now' is one argument too many");
    assert_refused("--data x", "a command is missing");
}

static void test_numbers_have_bounds(void **state)
{
    (void)state;
    struct fault fault = {0};
    int64_t number = 0;
    struct command_line line = parse_well("article list --limit 5");
    assert_int_equal(command_number(&line, "limit", 1, 5, 2, &number, &fault),
                     ERR_OK);
    assert_int_equal(number, 5);
    assert_int_equal(command_number(&line, "limit", 1, 4, 2, &number, &fault),
                     ERR_USAGE);
    line = parse_well("article list --limit 5x");
    assert_int_equal(command_number(&line, "limit", 1, 9, 2, &number, &fault),
                     ERR_USAGE);
    line = parse_well("article list");
    assert_int_equal(command_number(&line, "limit", 1, 9, 2, &number, &fault),
                     ERR_OK);
    assert_int_equal(number, 2);
}

static void test_distance_counts_typing_errors(void **state)
{
    (void)state;
    assert_int_equal(suggest_distance("serve", "serve"), 0);
    assert_int_equal(suggest_distance("sevre", "serve"), 1);
    assert_int_equal(suggest_distance("serv", "serve"), 1);
    assert_int_equal(suggest_distance("", "abc"), 3);
    assert_int_equal(suggest_distance("kitten", "sitting"), 3);
    struct suggestion suggestion = suggestion_for("exp");
    suggestion_offer(&suggestion, "export");
    assert_string_equal(suggestion.best, "export");
    suggestion = suggestion_for("zone");
    suggestion_offer(&suggestion, "tagline");
    assert_null(suggestion.best);
}

static bool is_listed_once(const struct command *command,
                           const struct command_option *option)
{
    size_t names = 0, letters = 0;
    const struct command_option *other;
    for (size_t i = 0; (other = command_option_at(command, i)); i++) {
        names += strcmp(option->name, other->name) == 0;
        letters += option->letter && option->letter == other->letter;
    }
    return names == 1 && letters <= 1;
}

static void test_every_command_is_described_and_unambiguous(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        const struct command *command = command_table[i];
        assert_ptr_equal(command_find(command->name), command);
        assert_true(command->summary && command->run);
        assert_true(command->examples && command->examples[0].line);
        const struct command_option *option;
        for (size_t k = 0; (option = command_option_at(command, k)); k++) {
            assert_true(option->summary != NULL);
            if (!is_listed_once(command, option))
                fail_msg("%s: --%s", command->name, option->name);
        }
    }
}

/* Words of an example as a shell would part them; false behind a pipe or
 * redirection. */
static bool next_word(struct str *rest, struct str *ret_word)
{
    *rest = str_trim(*rest);
    if (!rest->len || strchr("<>|", rest->ptr[0]))
        return false;
    char quote = rest->ptr[0] == '\'' ? '\'' : ' ';
    struct str text = quote == '\'' ? str_from(*rest, 1) : *rest;
    ptrdiff_t end = str_find_char(text, quote);
    *ret_word = str_slice(text, 0, end < 0 ? text.len : (size_t)end);
    *rest = str_from(text, end < 0 ? text.len : (size_t)end + 1);
    return true;
}

static void test_every_example_can_be_typed(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        const struct command_example *example = command_table[i]->examples;
        for (; example->line; example++) {
            char *argv[WORDS_MAX + 1] = {arena_c_string(&arena, STR("b"))};
            int argc = 1;
            struct str rest = str_from_c(example->line), word;
            while (argc < WORDS_MAX && next_word(&rest, &word))
                argv[argc++] = arena_c_string(&arena, word);
            struct command_line line;
            struct fault fault = {0};
            if (command_line_parse(argc, argv, &arena, &output, &line, &fault))
                fail_msg("%s: %s", example->line, fault_text(&fault));
            assert_ptr_equal(line.command, command_table[i]);
        }
    }
}

static void test_help_tells_everything(void **state)
{
    (void)state;
    for (size_t i = 0; i < command_count; i++) {
        DEFER(buf_finish) struct buf text;
        buf_init(&text, HELP_BYTES_MAX);
        help_write_command(command_table[i], &text, false);
        assert_int_equal(buf_err(&text), ERR_OK);
        const struct command_option *option;
        for (size_t k = 0; (option = command_option_at(command_table[i], k));
             k++) {
            struct str name = arena_printf(&arena, "--%s", option->name);
            assert_true(str_find(buf_str(&text), name) > 0);
        }
        assert_true(str_find(buf_str(&text), STR("Examples")) <
                    str_find(buf_str(&text), STR("Usage")));
    }
}

static void test_colour_is_only_where_it_is_wanted(void **state)
{
    (void)state;
    DEFER(buf_finish) struct buf plain;
    DEFER(buf_finish) struct buf bright;
    buf_init(&plain, HELP_BYTES_MAX);
    buf_init(&bright, HELP_BYTES_MAX);
    help_write_overview(&plain, false);
    help_write_overview(&bright, true);
    assert_true(str_find_char(buf_str(&plain), '\033') < 0);
    assert_true(str_find_char(buf_str(&bright), '\033') > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options_are_read_in_every_form),
        cmocka_unit_test(test_data_may_stand_before_the_command),
        cmocka_unit_test(test_values_given_often_keep_their_order),
        cmocka_unit_test(test_two_hyphens_end_the_options),
        cmocka_unit_test(test_help_needs_no_arguments),
        cmocka_unit_test(test_what_is_wrong_is_told_with_a_remedy),
        cmocka_unit_test(test_numbers_have_bounds),
        cmocka_unit_test(test_distance_counts_typing_errors),
        cmocka_unit_test(test_every_command_is_described_and_unambiguous),
        cmocka_unit_test(test_every_example_can_be_typed),
        cmocka_unit_test(test_help_tells_everything),
        cmocka_unit_test(test_colour_is_only_where_it_is_wanted),
    };
    return cmocka_run_group_tests(tests, make, unmake);
}
