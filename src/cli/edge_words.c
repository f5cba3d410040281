// SPDX-License-Identifier: Apache-2.0
#include "cli/edge_words.h"

#include "base/arena.h"
#include "base/log.h"
#include "render/catalogue.h"
#include "render/escape.h"
#include "render/locale.h"
#include "site/assets.h"

static const struct {
    int seconds;
    struct str message;
} errors[EDGE_ERROR_COUNT] = {
#define X(status, seconds, message) {seconds, STR_INIT(message)},
    EDGE_ERRORS(X)
#undef X
};

static struct str escaped(struct str text, struct arena *arena)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 8 * CATALOGUE_MESSAGE_BYTES_MAX);
    escape_html(&out, text);
    return buf_err(&out) ? STR("") : arena_copy(arena, buf_str(&out));
}

static enum err fill(struct edge_words *words,
                     const struct catalogues *catalogues,
                     struct locales *locales, struct arena *arena,
                     struct fault *fault)
{
    const struct catalogue *catalogue =
        catalogues_get(catalogues, words->language);
    const struct locale *locale;
    enum err err =
        locales_get(locales, words->language, STR("UTC"), &locale, fault);
    if (err)
        return err;
    words->rtl = language_is_rtl(words->language);
    for (size_t i = 0; i < EDGE_ERROR_COUNT; i++) {
        struct catalogue_arg args[] = {
            CATALOGUE_INT("seconds", errors[i].seconds)};
        words->texts[i] =
            escaped(catalogue_format(catalogue, locale, errors[i].message, args,
                                     1, arena),
                    arena);
    }
    words->home = escaped(catalogue_text(catalogue, STR("error.home")), arena);
    return ERR_OK;
}

static enum err load(const char *directory, struct arena *arena,
                     struct catalogues **ret_catalogues, struct fault *fault)
{
    const char *folder =
        arena_printf(arena, "%s/theme/messages", directory).ptr;
    if (!*directory)
        folder = NULL;
    enum err err = catalogues_load(web_messages, folder, ret_catalogues, fault);
    if (!err || !folder)
        return err;
    log_warn("messages are not in order; readers of error pages see those "
             "that are built in",
             LOG_C("cause", fault_text(fault)));
    return catalogues_load(web_messages, NULL, ret_catalogues, fault);
}

enum err edge_words_load(const char *directory, struct arena *arena,
                         struct edge_config *config, struct fault *fault)
{
    struct catalogues *catalogues;
    enum err err = load(directory, arena, &catalogues, fault);
    if (err)
        return err;
    struct locales *locales = locales_create();
    size_t count = catalogues_count(catalogues);
    struct edge_words *words = arena_array(arena, struct edge_words, count);
    for (size_t i = 0; !err && i < count; i++) {
        words[i].language =
            arena_copy(arena, catalogues_language(catalogues, i));
        err = fill(&words[i], catalogues, locales, arena, fault);
    }
    for (size_t i = 1; !err && i < count; i++) {
        struct edge_words first = words[0];
        if (!str_eq(words[i].language, STR("en")))
            continue;
        words[0] = words[i];
        words[i] = first;
    }
    locales_destroy(locales);
    catalogues_destroy(catalogues);
    config->words = words;
    config->word_count = count;
    return err;
}
