// SPDX-License-Identifier: Apache-2.0
/* Opening a newspaper: what is missing is made, what is old brought to the
 * newest schema. It stands above all that writes; content.c below. */
#include <assert.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/file.h"
#include "content/content_internal.h"
#include "content/edit_internal.h"
#include "content/language.h"
#include "content/media.h"
#include "content/schema_internal.h"
#include "content/search_internal.h"
#include "content/settings.h"

static const struct content_options standard_options = {0};

static enum err path_in(const struct content *content, const char *name,
                        char target[PATH_MAX], struct fault *fault)
{
    int len = snprintf(target, PATH_MAX, "%s/%s", content->directory, name);
    if (len < 0 || len >= PATH_MAX)
        return fault_set(fault, ERR_TOO_LONG, NULL,
                         "the path of the newspaper is too long");
    return ERR_OK;
}

static enum err open_blobs(struct content *content, struct fault *fault)
{
    char blobs[PATH_MAX], media[PATH_MAX];
    enum err err = path_in(content, "blobs", blobs, fault);
    if (!err)
        err = path_in(content, "media", media, fault);
    if (!err)
        err = blob_store_open(blobs, media, &content->blobs, fault);
    return err;
}

static enum err open_database(struct content *content,
                              const struct content_options *options,
                              struct fault *fault)
{
    char path[PATH_MAX];
    enum err err = path_in(content, "broadsheet.db", path, fault);
    if (err)
        return err;
    if (!options->create && access(path, F_OK) < 0)
        return fault_set(fault, ERR_NOT_FOUND, NULL,
                         "there is no newspaper in %s: make one with "
                         "`broadsheet init %s`",
                         content->directory, content->directory);
    enum db_access mode = options->read_only ? DB_READ
                          : options->create  ? DB_CREATE
                                             : DB_WRITE;
    return db_pool_create(path, mode, options->readers, &content->pool, fault);
}

/* ---- The first language
 * ------------------------------------------------------ */

static enum err has_languages(struct db *db, bool *ret_has)
{
    DEFER(db_query_end)
    struct db_query query = db_query_begin(db, "SELECT COUNT(*) FROM language");
    enum err err = db_query_row(&query);
    if (!err)
        *ret_has = db_column_i64(&query, 0) > 0;
    return err;
}

static enum err begin_newspaper(struct content *content,
                                const struct content_options *options,
                                struct fault *fault)
{
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, content, STR("init"), fault);
    if (err)
        return err;
    bool begun = false;
    err = has_languages(edit.db, &begun);
    if (err || begun)
        return edit_failed(&edit, err);
    struct language language = {.code = options->first_language};
    if (language.code.len == 0)
        language.code = STR("en");
    err = language_save(&edit, &language);
    if (!err)
        err = setting_set(&edit, STR("language"), STR(""), language.code);
    if (!err)
        err = edit_commit(&edit);
    return err;
}

static enum err bring_up(struct content *content,
                         const struct content_options *options,
                         struct fault *fault)
{
    enum err err;
    {
        DEFER(db_lease_end)
        struct db_lease lease = db_lease_writer(content->pool);
        err = migration_run(lease.db, schema_migrations, schema_migration_count,
                            fault);
        if (!err)
            err = search_prepare(lease.db, fault);
    }
    if (!err)
        err = begin_newspaper(content, options, fault);
    return err;
}

/* ---- Opening ----------------------------------------------------------------
 */

static enum err open_all(struct content *content,
                         const struct content_options *options,
                         struct fault *fault)
{
    enum err err = ERR_OK;
    if (options->create)
        err = folder_make(content->directory, fault);
    if (!err)
        err = open_database(content, options, fault);
    if (!err)
        err = open_blobs(content, fault);
    if (!err && !options->read_only)
        err = bring_up(content, options, fault);
    return err;
}

enum err content_open(const char *directory,
                      const struct content_options *options,
                      struct content **ret_content, struct fault *fault)
{
    assert(directory);
    assert(ret_content);
    struct content *content = calloc(1, sizeof *content);
    if (!content)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    enum err err = str_to_c(str_from_c(directory), content->directory,
                            sizeof content->directory);
    if (err)
        fault_set(fault, err, NULL, "the path of the newspaper is too long");
    else
        err = open_all(content, options ? options : &standard_options, fault);
    if (err) {
        content_close(content);
        return err;
    }
    *ret_content = content;
    return ERR_OK;
}

/* ---- Public media -----------------------------------------------------------
 */

enum err content_link_media(struct content *content, struct fault *fault)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    DEFER(db_query_end)
    struct db_query query = db_query_begin(lease.db, media_public_sql);
    while (db_query_next(&query)) {
        struct blob blob;
        if (blob_parse(db_column_peek(&query, 0), &blob))
            continue;
        enum err err = blob_link_public(content->blobs, &blob, NULL, fault);
        if (err && err != ERR_NOT_FOUND)
            return err;
    }
    enum err err = db_query_err(&query);
    if (err)
        return db_fault(lease.db, err, fault);
    return blob_sync_public(content->blobs, fault);
}
