// SPDX-License-Identifier: Apache-2.0
/* A translator's file: any bytes beside a small English one. What is accepted
 * can be filled, looked over, and written as a file that says the same. */
#include <assert.h>
#include <stdint.h>

#include "base/arena.h"
#include "render/catalogue_check.h"
#include "render/locale.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static const struct str KEYS[] = {STR_INIT("a"), STR_INIT("b.c"),
                                  STR_INIT("b.d")};

static void on_found(void *context, const struct catalogue_finding *finding)
{
    (void)context;
    assert(finding->what.len);
}

static struct catalogues *load(struct str arabic)
{
    const struct embedded_file files[] = {
        {.path = "en.properties",
         .bytes = STR(
             "a = x\nb.c = {n, plural, one {#} other {# '{'}}\nb.d = it''s\n")},
        {.path = "ar.properties", .bytes = arabic},
    };
    struct catalogues *catalogues;
    struct fault fault = {0};
    enum err err = catalogues_load((struct embedded_files){files, 2}, NULL,
                                   &catalogues, &fault);
    assert(!err || fault.message[0]);
    return err ? NULL : catalogues;
}

static struct str fill(const struct catalogues *catalogues, struct str key,
                       struct locales *locales, struct arena *arena)
{
    const struct locale *locale;
    struct fault fault;
    const struct catalogue_arg args[] = {CATALOGUE_INT("n", 3),
                                         CATALOGUE_STR("s", STR("text"))};
    assert(!locales_get(locales, STR("ar"), STR("UTC"), &locale, &fault));
    return catalogue_format(catalogues_get(catalogues, STR("ar")), locale, key,
                            args, 2, arena);
}

static void look(const struct catalogues *catalogues, struct arena *arena)
{
    struct locales *locales = locales_create();
    struct fault fault = {0};
    struct catalogue_check check = {
        .catalogues = catalogues, .locales = locales, .found = on_found};
    assert(!catalogue_check_all(&check, &fault));
    DEFER(buf_finish) struct buf out;
    buf_init(&out, 4 * CATALOGUE_BYTES_MAX);
    catalogue_write(catalogues, STR("ar"), &out);
    struct catalogues *again =
        buf_err(&out) ? NULL : load(arena_copy(arena, buf_str(&out)));
    assert(again || buf_err(&out) || out.len > CATALOGUE_BYTES_MAX);
    for (size_t i = 0; again && i < sizeof KEYS / sizeof *KEYS; i++)
        assert(str_eq(fill(catalogues, KEYS[i], locales, arena),
                      fill(again, KEYS[i], locales, arena)));
    catalogues_destroy(again);
    locales_destroy(locales);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct catalogues *catalogues = load(str_of((const char *)bytes, len));
    if (catalogues)
        look(catalogues, &arena);
    catalogues_destroy(catalogues);
    return 0;
}
