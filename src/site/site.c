// SPDX-License-Identifier: Apache-2.0
#include "site/site.h"

#include <assert.h>
#include <stdlib.h>

#include "base/hash.h"
#include "render/image_helper.h"
#include "render/locale.h"
#include "render/template.h"
#include "site/site_internal.h"

/* Other than before when a file of the theme changed. */
static uint64_t folder_stamp(const struct site *site)
{
    return site->folder ? theme_folder_stamp(site->folder) : 0;
}

static uint64_t fold_digest(uint64_t hash, struct str bytes)
{
    char hex[DIGEST_HEX_BYTES];
    digest_hex(bytes, hex);
    for (size_t i = 0; i < 16; i++)
        hash = hash * 31 + (unsigned char)hex[i];
    return hash;
}

/* The same for the same program and the same overrides, in every process. */
static uint64_t edition_of(const struct site *site)
{
    uint64_t hash = fold_digest(site->stamp, STR(BROADSHEET_VERSION));
    const struct embedded_files *sets[] = {&web_theme, &web_messages,
                                           &web_assets};
    for (size_t i = 0; i < sizeof sets / sizeof *sets; i++) {
        for (size_t k = 0; k < sets[i]->count; k++)
            hash = fold_digest(hash, sets[i]->files[k].bytes);
    }
    return hash;
}

static struct site *create(struct content *content, const char *folder,
                           struct fault *fault)
{
    assert(content);
    struct site *site = calloc(1, sizeof *site);
    if (!site) {
        fault_set(fault, ERR_NO_MEMORY, NULL, "no memory for the site");
        return NULL;
    }
    site->content = content;
    site->folder = folder;
    arena_init(&site->arena, 0);
    pthread_mutex_init(&site->lock, NULL);
    pthread_mutex_init(&site->cards_lock, NULL);
    site->locales = locales_create();
    site->stamp = folder_stamp(site);
    site->edition = edition_of(site);
    return site;
}

enum err site_create(struct content *content, const char *folder,
                     struct site **ret_site, struct fault *fault)
{
    struct site *site = create(content, folder, fault);
    if (!site)
        return ERR_NO_MEMORY;
    enum err err = look_load(folder, &site->look, fault);
    if (err) {
        struct fault cause = *fault;
        if (cause.field[0]) /* "fr.properties:12" */
            fault_set(fault, err, cause.field, "theme: %s: %s", cause.field,
                      cause.message);
        site_destroy(site);
        return err;
    }
    *ret_site = site;
    return ERR_OK;
}

enum err site_create_anyhow(struct content *content, const char *folder,
                            struct site **ret_site, struct fault *ret_error)
{
    *ret_error = (struct fault){0};
    struct site *site = create(content, folder, ret_error);
    if (!site)
        return ERR_NO_MEMORY;
    enum err err = look_load(folder, &site->look, &site->theme_error);
    if (err) {
        *ret_error = site->theme_error;
        err = look_load(NULL, &site->look, ret_error);
        if (!err)
            *ret_error = site->theme_error;
    }
    if (err)
        site_destroy(site);
    else
        *ret_site = site;
    return err;
}

void site_destroy(struct site *site)
{
    if (!site)
        return;
    look_release(site->look);
    locales_destroy(site->locales);
    image_helper_destroy(site->cards);
    pthread_mutex_destroy(&site->cards_lock);
    arena_finish(&site->arena);
    pthread_mutex_destroy(&site->lock);
    free(site);
}

enum err site_draw_cards(struct site *site, const char *program)
{
    site->cards = image_helper_create(program, false);
    return site->cards ? ERR_OK : ERR_NO_MEMORY;
}

void site_be_static(struct site *site)
{
    site->is_static = true;
}

struct look *site_hold_look(struct site *site)
{
    pthread_mutex_lock(&site->lock);
    struct look *look = look_retain(site->look);
    pthread_mutex_unlock(&site->lock);
    return look;
}

uint64_t site_edition(const struct site *site)
{
    pthread_mutex_t *lock = (pthread_mutex_t *)(uintptr_t)&site->lock;
    pthread_mutex_lock(lock);
    uint64_t edition = site->edition;
    pthread_mutex_unlock(lock);
    return edition;
}

enum err site_reload_theme(struct site *site, bool *ret_changed,
                           struct fault *fault)
{
    uint64_t stamp = folder_stamp(site);
    if (stamp == site->stamp) {
        *ret_changed = false;
        return ERR_OK;
    }
    site->stamp = stamp; /* an error is told once, not every second */
    struct look *look = NULL;
    struct fault error = {0};
    enum err err = look_load(site->folder, &look, &error);
    pthread_mutex_lock(&site->lock);
    site->theme_error = error;
    if (err) {
        pthread_mutex_unlock(&site->lock);
        *fault = error;
        return err;
    }
    struct look *old = site->look;
    site->look = look;
    site->edition = edition_of(site);
    pthread_mutex_unlock(&site->lock);
    look_release(old);
    *ret_changed = true;
    return ERR_OK;
}

bool site_theme_error(struct site *site, struct fault *ret_error)
{
    pthread_mutex_lock(&site->lock);
    *ret_error = site->theme_error;
    pthread_mutex_unlock(&site->lock);
    return ret_error->code != ERR_OK;
}
