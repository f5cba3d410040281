// SPDX-License-Identifier: Apache-2.0
#include "content/media.h"

#include <assert.h>

#include "content/change.h"
#include "content/check_internal.h"
#include "content/content.h"
#include "content/hiding.h"
#include "content/listing_internal.h"
#include "content/media_internal.h"
#include "content/row_internal.h"

/* ---- Types
 * ------------------------------------------------------------------- */

static const struct {
    const char *mime;
    const char *extension;
} types[] = {
    {"image/avif", "avif"},     {"image/webp", "webp"}, {"image/jpeg", "jpg"},
    {"image/jpeg", "jpeg"},     {"image/png", "png"},   {"image/gif", "gif"},
    {"video/mp4", "mp4"},       {"video/webm", "webm"}, {"audio/mpeg", "mp3"},
    {"audio/mp4", "m4a"},       {"audio/ogg", "ogg"},   {"text/vtt", "vtt"},
    {"application/pdf", "pdf"}, {"image/heic", "heic"},
};
enum { TYPE_COUNT = sizeof types / sizeof *types };

struct str media_type_of_filename(struct str filename)
{
    ptrdiff_t dot = str_find_last_char(filename, '.');
    struct str extension =
        str_from(filename, dot < 0 ? filename.len : (size_t)dot + 1);
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (str_eq_ascii_case(extension, str_from_c(types[i].extension)))
            return str_from_c(types[i].mime);
    return STR("");
}

static struct str extension_of(struct str mime)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (str_eq(mime, str_from_c(types[i].mime)))
            return str_from_c(types[i].extension);
    return STR("");
}

static enum err check_type(struct str mime, struct fault *fault)
{
    if (extension_of(mime).len)
        return ERR_OK;
    return fault_set(fault, ERR_UNSUPPORTED, "mime",
                     "files of type \"%" PRI_STR "\" cannot be stored: use "
                     "AVIF, WebP, JPEG, PNG, MP4 or another common one",
                     ARG_STR(mime));
}

const char *media_made_name(enum media_made made)
{
    static const char *const names[] = {
        [MEDIA_TO_MAKE] = "waiting",
        [MEDIA_MADE] = "made",
        [MEDIA_UNMAKEABLE] = "cannot be read",
        [MEDIA_NO_PICTURE] = "no picture",
    };
    return names[made];
}

/* ---- Reading
 * ----------------------------------------------------------------- */

#define MEDIUM_COLUMNS \
    "SELECT blob, mime, width, height, size_bytes, id, focus_x, focus_y, alt," \
    " caption, credit, filename, created_us, made, original_shown, problem" \
    " FROM medium"

static struct rendition read_rendition(const struct db_query *query,
                                       struct arena *arena)
{
    struct rendition rendition = {
        .mime = db_column_str(query, 1, arena),
        .width = db_column_i64(query, 2),
        .height = db_column_i64(query, 3),
        .size_bytes = db_column_i64(query, 4),
    };
    if (blob_parse(db_column_peek(query, 0), &rendition.blob))
        rendition.blob.name[0] = '\0';
    return rendition;
}

static enum err read_renditions(struct db *db, struct arena *arena,
                                struct medium *medium)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT blob, mime, width, height, size_bytes, ratio"
               " FROM rendition WHERE medium_id = $1 AND made = $2"
               " ORDER BY ratio, mime, width, blob",
               DB_ID(&medium->id), DB_I64(medium->made == MEDIA_MADE));
    while (db_query_next(&query)) {
        struct rendition rendition = read_rendition(&query, arena);
        rendition.ratio = db_column_str(&query, 5, arena);
        ROW_ADD(arena, medium->renditions, medium->rendition_count) = rendition;
    }
    return db_query_err(&query);
}

static enum media_made made_of(int64_t number)
{
    return number > MEDIA_TO_MAKE && number <= MEDIA_NO_PICTURE
               ? (enum media_made)number
               : MEDIA_TO_MAKE;
}

static struct medium read_row(const struct db_query *query, struct arena *arena)
{
    return (struct medium){
        .original = read_rendition(query, arena),
        .id = row_id(query, 5),
        .focus_x = db_column_i64(query, 6),
        .focus_y = db_column_i64(query, 7),
        .alt = db_column_str(query, 8, arena),
        .caption = db_column_str(query, 9, arena),
        .credit = db_column_str(query, 10, arena),
        .filename = db_column_str(query, 11, arena),
        .created_us = db_column_i64(query, 12),
        .made = made_of(db_column_i64(query, 13)),
        .original_shown = db_column_i64(query, 14) != 0,
        .problem = db_column_str(query, 15, arena),
    };
}

static enum err read_one(struct db *db, struct db_query *query,
                         struct arena *arena, struct medium *ret_medium)
{
    enum err err = db_query_row(query);
    if (err)
        return err;
    struct medium medium = read_row(query, arena);
    err = read_renditions(db, arena, &medium);
    if (!err)
        *ret_medium = medium;
    return err;
}

enum err media_load(struct db *db, const struct id *id, struct arena *arena,
                    struct medium *ret_medium)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, MEDIUM_COLUMNS " WHERE id = $1", DB_ID(id));
    return read_one(db, &query, arena, ret_medium);
}

enum err media_find_blob(struct db *db, const struct blob *blob,
                         struct arena *arena, struct medium *ret_medium)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, MEDIUM_COLUMNS " WHERE blob = $1 ORDER BY id LIMIT 1",
               DB_STR(blob_str(blob)));
    return read_one(db, &query, arena, ret_medium);
}

enum err media_list(struct db *db, const struct id *before, size_t limit,
                    struct arena *arena, struct media_list *ret_list)
{
    bool from_newest = !before || !id_is_set(before);
    DEFER(db_query_end)
    struct db_query query = db_ask(
        db, MEDIUM_COLUMNS " WHERE id < $1 ORDER BY id DESC LIMIT $2",
        DB_STR(from_newest ? STR("g") : id_str(before)), /* above all digits */
        DB_I64((int64_t)limit));
    struct media_list list = {0};
    enum err err = ERR_OK;
    while (!err && db_query_next(&query)) {
        struct medium medium = read_row(&query, arena);
        err = read_renditions(db, arena, &medium);
        ROW_ADD(arena, list.media, list.count) = medium;
    }
    if (!err)
        err = db_query_err(&query);
    if (!err)
        *ret_list = list;
    return err;
}

const struct rendition *media_for_all(const struct medium *medium)
{
    const struct rendition *best = &medium->original;
    bool found = false;
    for (size_t i = 0;
         medium->made == MEDIA_MADE && i < medium->rendition_count; i++) {
        const struct rendition *rendition = &medium->renditions[i];
        bool fits =
            !rendition->ratio.len && str_eq(rendition->mime, STR("image/jpeg"));
        if (fits && (!found || rendition->width > best->width)) {
            best = rendition;
            found = true;
        }
    }
    return best;
}

const char media_blobs_sql[] =
    "SELECT blob, MAX(size_bytes) FROM ("
    " SELECT blob, size_bytes FROM medium"
    " UNION SELECT blob, size_bytes FROM rendition) AS stored"
    " GROUP BY blob ORDER BY blob";

const char media_public_sql[] = MEDIA_PUBLIC_SQL " ORDER BY blob";

/* ---- Writing
 * ----------------------------------------------------------------- */

enum err media_put(struct content *content, struct str bytes, struct str mime,
                   int64_t width, int64_t height,
                   struct rendition *ret_rendition, struct fault *fault)
{
    struct rendition rendition = {
        .mime = mime,
        .width = width,
        .height = height,
        .size_bytes = (int64_t)bytes.len,
    };
    enum err err = check_type(mime, fault);
    if (!err)
        err = blob_put(content_blobs(content), bytes, extension_of(mime),
                       &rendition.blob, fault);
    if (!err)
        *ret_rendition = rendition;
    return err;
}

enum err media_store(struct edit *edit, struct str bytes, struct str mime,
                     int64_t width, int64_t height,
                     struct rendition *ret_rendition)
{
    return media_put(edit->content, bytes, arena_copy(&edit->arena, mime),
                     width, height, ret_rendition, edit->fault);
}

static enum err check_rendition(struct edit *edit,
                                const struct rendition *rendition)
{
    struct blob parsed;
    enum err err = check_type(rendition->mime, edit->fault);
    if (err)
        return err;
    if (blob_parse(blob_str(&rendition->blob), &parsed))
        return fault_set(edit->fault, ERR_INVALID, "blob",
                         "the name of a stored file is missing: store the "
                         "file first");
    if (rendition->width < 0 || rendition->height < 0 ||
        rendition->size_bytes < 0)
        return fault_set(edit->fault, ERR_INVALID, "width",
                         "width, height and size cannot be negative");
    return ERR_OK;
}

static enum err check_medium(struct edit *edit, const struct medium *medium)
{
    struct fault *fault = edit->fault;
    enum err err = check_rendition(edit, &medium->original);
    for (size_t i = 0; !err && i < medium->rendition_count; i++)
        err = check_rendition(edit, &medium->renditions[i]);
    if (!err)
        err = check_text("alt", medium->alt, MEDIA_TEXT_BYTES_MAX, fault);
    if (!err)
        err =
            check_text("caption", medium->caption, MEDIA_TEXT_BYTES_MAX, fault);
    if (!err)
        err = check_line("credit", medium->credit, MEDIA_TEXT_BYTES_MAX, fault);
    if (!err)
        err = check_line("filename", medium->filename, MEDIA_TEXT_BYTES_MAX,
                         fault);
    if (err)
        return err;
    if (medium->rendition_count > MEDIA_RENDITIONS_MAX)
        return fault_set(fault, ERR_TOO_LONG, "renditions",
                         "a medium has at most %d renditions",
                         MEDIA_RENDITIONS_MAX);
    bool automatic = medium->focus_x == MEDIA_FOCUS_AUTO &&
                     medium->focus_y == MEDIA_FOCUS_AUTO;
    if (!automatic &&
        (medium->focus_x < 0 || medium->focus_x > MEDIA_FOCUS_MAX ||
         medium->focus_y < 0 || medium->focus_y > MEDIA_FOCUS_MAX))
        return fault_set(fault, ERR_INVALID, "focus",
                         "the focal point lies between 0 and %d",
                         MEDIA_FOCUS_MAX);
    return ERR_OK;
}

static const char write_sql[] =
    "INSERT INTO medium (id, blob, mime, width, height, size_bytes, focus_x,"
    " focus_y, alt, caption, credit, filename, created_us, made)"
    " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"
    " ON CONFLICT (id) DO UPDATE SET blob = excluded.blob,"
    " mime = excluded.mime, width = excluded.width, height = excluded.height,"
    " size_bytes = excluded.size_bytes, focus_x = excluded.focus_x,"
    " focus_y = excluded.focus_y, alt = excluded.alt,"
    " caption = excluded.caption, credit = excluded.credit,"
    " filename = excluded.filename, made = excluded.made, problem = ''";

static enum err write_row(struct edit *edit, const struct medium *medium,
                          const struct id *id)
{
    const struct rendition *original = &medium->original;
    int64_t created_us =
        medium->created_us ? medium->created_us : edit->time_us;
    bool picture = str_starts_with(original->mime, STR("image/"));
    return edit_run(edit, write_sql, DB_ID(id),
                    DB_STR(blob_str(&original->blob)), DB_STR(original->mime),
                    DB_I64(original->width), DB_I64(original->height),
                    DB_I64(original->size_bytes), DB_I64(medium->focus_x),
                    DB_I64(medium->focus_y), DB_STR(medium->alt),
                    DB_STR(medium->caption), DB_STR(medium->credit),
                    DB_STR(medium->filename), DB_I64(created_us),
                    DB_I64(picture ? MEDIA_TO_MAKE : MEDIA_NO_PICTURE));
}

static enum err add_renditions(struct edit *edit, const struct medium *medium,
                               const struct id *id, bool made)
{
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < medium->rendition_count; i++) {
        const struct rendition *rendition = &medium->renditions[i];
        err = edit_run(edit,
                       "INSERT INTO rendition"
                       " (medium_id, blob, mime, width, height, size_bytes,"
                       " ratio, made) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
                       " ON CONFLICT (medium_id, blob) DO NOTHING",
                       DB_ID(id), DB_STR(blob_str(&rendition->blob)),
                       DB_STR(rendition->mime), DB_I64(rendition->width),
                       DB_I64(rendition->height), DB_I64(rendition->size_bytes),
                       DB_STR(rendition->ratio), DB_I64(made));
    }
    return err;
}

static enum err write_renditions(struct edit *edit, const struct medium *medium,
                                 const struct id *id)
{
    enum err err =
        edit_run(edit, "DELETE FROM rendition WHERE medium_id = $1", DB_ID(id));
    return err ? err : add_renditions(edit, medium, id, false);
}

/* What came with it stays, under its own flag; a file that is the same as one
 * that came is one of ours from now on. */
static enum err write_made(struct edit *edit, const struct medium *medium)
{
    const struct id *id = &medium->id;
    enum err err = edit_run(
        edit,
        "UPDATE medium SET made = $2, problem = $3, width = $4, height = $5,"
        " credit = $6, focus_x = $7, focus_y = $8, plan = $9 WHERE id = $1",
        DB_ID(id), DB_I64(medium->made), DB_STR(medium->problem),
        DB_I64(medium->original.width), DB_I64(medium->original.height),
        DB_STR(medium->credit), DB_I64(medium->focus_x),
        DB_I64(medium->focus_y), DB_I64(MEDIA_PLAN));
    if (!err)
        err = edit_run(edit,
                       "DELETE FROM rendition WHERE medium_id = $1 AND made "
                       "= 1",
                       DB_ID(id));
    for (size_t i = 0; !err && i < medium->rendition_count; i++)
        err =
            edit_run(edit,
                     "DELETE FROM rendition WHERE medium_id = $1 AND blob "
                     "= $2",
                     DB_ID(id), DB_STR(blob_str(&medium->renditions[i].blob)));
    return err ? err : add_renditions(edit, medium, id, true);
}

static const char shown_sql[] =
    "SELECT article_id FROM article_medium"
    " JOIN article ON article.id = article_id"
    " WHERE medium_id = $1 AND article.state = 'published'";

static enum err is_public(struct edit *edit, const struct id *id,
                          bool *ret_public)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT 1 FROM article_medium"
               " JOIN article ON article.id = article_id"
               " WHERE medium_id = $1 AND article.state = 'published'"
               " UNION SELECT 1 FROM person WHERE picture_id = $1",
               DB_ID(id));
    enum err err = db_query_row(&query);
    if (err && err != ERR_NOT_FOUND)
        return edit_failed(edit, err);
    *ret_public = !err;
    return ERR_OK;
}

/* Pages of authors show their pictures. */
static enum err note_authors(struct edit *edit, const struct id *id)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(
        edit->db, "SELECT slug FROM person WHERE picture_id = $1", DB_ID(id));
    while (db_query_next(&query))
        change_notef(edit, "media", "author:%" PRI_STR,
                     ARG_STR(db_column_peek(&query, 0)));
    return edit_failed(edit, db_query_err(&query));
}

static enum err write_all(struct edit *edit, const struct medium *medium,
                          const struct id *id, bool made)
{
    if (made)
        return write_made(edit, medium);
    enum err err = write_row(edit, medium, id);
    return err ? err : write_renditions(edit, medium, id);
}

static enum err save(struct edit *edit, const struct medium *medium,
                     const struct id *id, bool made)
{
    bool public = false;
    enum err err = check_medium(edit, medium);
    if (!err)
        err = is_public(edit, id, &public);
    if (!err && public)
        err = hiding_note(edit, id_str(id), HIDING_LATER);
    if (!err)
        err = write_all(edit, medium, id, made);
    if (!err && public)
        err = media_publish(edit, id_str(id));
    if (!err)
        err = listing_note_each(edit, shown_sql, id_str(id), "media");
    if (!err)
        err = note_authors(edit, id);
    return err;
}

enum err media_save(struct edit *edit, const struct medium *medium,
                    struct id *ret_id)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct id id = id_is_set(&medium->id) ? medium->id : id_make();
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = save(edit, medium, &id, false);
    if (!err)
        err = edit_step_commit(&step);
    if (!err && ret_id)
        *ret_id = id;
    return err;
}

enum err media_save_made(struct edit *edit, const struct medium *medium)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = save(edit, medium, &medium->id, true);
    return err ? err : edit_step_commit(&step);
}

/* ---- Publishing
 * -------------------------------------------------------------- */

static const char publish_sql[] =
    "SELECT blob FROM medium WHERE id = $1 AND " MEDIA_CAME_IS_PUBLIC_SQL
    " UNION SELECT rendition.blob FROM rendition"
    " JOIN medium ON medium.id = medium_id WHERE medium_id = $1"
    " AND (rendition.made = 1 OR " MEDIA_CAME_IS_PUBLIC_SQL ")";

/* Readers get the original as long as there is nothing else. */
enum err media_publish(struct edit *edit, struct str medium)
{
    enum err err = edit_run(edit,
                            "UPDATE medium SET original_shown = 1"
                            " WHERE id = $1 AND made <> 1"
                            " AND original_shown = 0",
                            DB_STR(medium));
    if (err)
        return err;
    DEFER(db_query_end)
    struct db_query query = db_ask(edit->db, publish_sql, DB_STR(medium));
    bool found = false;
    while (!err && db_query_next(&query)) {
        struct blob blob;
        found = true;
        err = blob_parse(db_column_peek(&query, 0), &blob);
        if (err)
            return fault_set(edit->fault, ERR_CORRUPT, "media",
                             "medium %" PRI_STR " names no file",
                             ARG_STR(medium));
        err = edit_show_blob(edit, &blob);
    }
    if (err)
        return err;
    err = db_query_err(&query);
    if (err)
        return edit_failed(edit, err);
    if (!found)
        return fault_set(edit->fault, ERR_NOT_FOUND, "media",
                         "there is no medium %" PRI_STR, ARG_STR(medium));
    return ERR_OK;
}
