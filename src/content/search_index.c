// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <stdlib.h>

#include "base/time.h"
#include "content/live_internal.h"
#include "content/row_internal.h"
#include "content/search_internal.h"
#include "render/document.h"
#include "store/search_words.h"

/* The columns, in the order of the weights in store/search_sqlite.c. Marks are
 * the ids of categories, people and tags, by which results are filtered. */
enum column { HEADLINE, STANDFIRST, BODY, NAMES, MARKS };

#define COLUMN_NAMES "headline, standfirst, body, names, marks"

/* Segments of one size that make a commit merge them at once, however long it
 * then takes: for when nobody else ever does. Of all sizes together FTS5 takes
 * 2000, and then nothing more. */
enum { MERGED_IN_COMMITS = 600 };

/* ---- Tables ----------------------------------------------------------------
 */

void search_table(struct str language, char target[SEARCH_TABLE_BYTES])
{
    int len = snprintf(target, SEARCH_TABLE_BYTES, "fulltext_%" PRI_STR,
                       ARG_STR(language));
    for (int i = 0; i < len && i < SEARCH_TABLE_BYTES; i++)
        if (target[i] == '-')
            target[i] = '_';
}

/* content='': the words alone. Positions are kept for phrases. Segments are
 * merged when eight of a size have gathered and nobody publishes
 * (search_merge.c); what an import of thousands of articles in one transaction
 * brings becomes one segment, and the import merges those behind itself. */
static const struct {
    const char *name;
    int value;
} options[] = {
    {"automerge", 0},
    {"usermerge", 8},
    {"crisismerge", MERGED_IN_COMMITS},
    {"hashsize", 32 << 20}, /* bytes of one transaction's words in memory */
};

static enum err make_table(struct db *db, struct str language,
                           struct arena *arena)
{
    char table[SEARCH_TABLE_BYTES];
    search_table(language, table);
    DEFER(buf_finish) struct buf sql;
    buf_init(&sql, 4096);
    buf_printf(&sql,
               "CREATE VIRTUAL TABLE %s USING fts5 (" COLUMN_NAMES
               ", content = '', tokenize = 'broadsheet %" PRI_STR "');",
               table, ARG_STR(language));
    for (size_t i = 0; i < sizeof options / sizeof *options; i++)
        buf_printf(&sql, "INSERT INTO %s (%s, rank) VALUES ('%s', %d);", table,
                   table, options[i].name, options[i].value);
    return db_run_script(db, arena_copy(arena, buf_str(&sql)).ptr);
}

static const char missing_sql[] =
    "SELECT code FROM language WHERE NOT EXISTS (SELECT 1 FROM sqlite_schema"
    " WHERE type = 'table' AND name = 'fulltext_' || replace(code, '-', '_'))";

static enum err prepare(struct db *db, struct arena *arena)
{
    struct str *codes = NULL;
    size_t count = 0;
    DEFER(db_query_end) struct db_query query = db_query_begin(db, missing_sql);
    while (db_query_next(&query))
        ROW_ADD(arena, codes, count) = db_column_str(&query, 0, arena);
    enum err err = db_query_err(&query);
    for (size_t i = 0; !err && i < count; i++)
        err = make_table(db, codes[i], arena);
    return err;
}

enum err search_prepare(struct db *db, struct fault *fault)
{
    struct arena arena;
    arena_init(&arena, 0);
    DEFER(db_transaction_end) struct db_transaction transaction = {0};
    enum err err = db_begin(&transaction, db);
    if (!err)
        err = prepare(db, &arena);
    if (!err)
        err = db_commit(&transaction);
    arena_finish(&arena);
    return db_fault(db, err, fault);
}

enum err search_add_language(struct edit *edit, struct str language)
{
    (void)language; /* it has its row by now */
    return edit_failed(edit, prepare(edit->db, &edit->arena));
}

enum err search_drop_language(struct edit *edit, struct str language)
{
    char table[SEARCH_TABLE_BYTES];
    search_table(language, table);
    struct str sql = arena_printf(&edit->arena, "DROP TABLE %s", table);
    enum err err = edit_failed(edit, db_run_script(edit->db, sql.ptr));
    if (!err)
        err = edit_run(edit, "DELETE FROM search_word WHERE language = $1",
                       DB_STR(language));
    return err;
}

/* ---- Document numbers ------------------------------------------------------
 */

int64_t search_document_at(int64_t time_us)
{
    int64_t second = time_us / TIME_US_PER_SECOND;
    int64_t last = INT64_MAX / SEARCH_SLOTS - 1;
    if (time_us <= 0)
        return 0;
    return (second < last ? second : last) * SEARCH_SLOTS;
}

int64_t search_document_time(int64_t document)
{
    return document / SEARCH_SLOTS * TIME_US_PER_SECOND;
}

/* The next free one of the second, or of the seconds behind it when more were
 * published in one than there are slots. */
static enum err choose_document(struct edit *edit, int64_t published_us,
                                int64_t *ret_document)
{
    int64_t first = search_document_at(published_us);
    DEFER(db_query_end)
    struct db_query query =
        db_query_begin(edit->db, "SELECT COALESCE(MAX(document) + 1, $1)"
                                 " FROM search_document WHERE document >= $1"
                                 " AND document < $1 + $2");
    for (;; first += SEARCH_SLOTS) {
        db_query_rewind(&query);
        db_bind_i64(&query, first);
        db_bind_i64(&query, SEARCH_SLOTS);
        enum err err = db_query_row(&query);
        if (err)
            return edit_failed(edit, err);
        *ret_document = db_column_i64(&query, 0);
        if (*ret_document < first + SEARCH_SLOTS)
            return ERR_OK;
    }
}

/* ---- Texts -----------------------------------------------------------------
 */

static struct str marks_of(const struct article_checked *checked,
                           struct arena *arena)
{
    const struct article_content *content = &checked->content;
    DEFER(buf_finish) struct buf out;
    buf_init(&out, DOCUMENT_TEXT_BYTES_MAX);
    for (size_t i = 0; i < content->category_count; i++)
        buf_printf(&out, SEARCH_MARK "c%s ", content->categories[i].text);
    for (size_t i = 0; i < content->byline_count; i++)
        if (id_is_set(&content->bylines[i].person))
            buf_printf(&out, SEARCH_MARK "p%s ",
                       content->bylines[i].person.text);
    for (size_t i = 0; i < checked->tag_count; i++)
        buf_printf(&out, SEARCH_MARK "t%s ", checked->tags[i].text);
    return arena_copy(arena, buf_str(&out));
}

/* The text and, of a live blog, its posts. */
static enum err body_of(struct edit *edit, const struct id *id,
                        const struct article_checked *checked,
                        struct str *ret_body)
{
    struct document_node *document = checked->document;
    enum err err = ERR_OK;
    if (!document && checked->content.body.len)
        err = document_parse_json(checked->content.body, &edit->arena,
                                  &document, edit->fault);
    if (err)
        return err;
    DEFER(buf_finish) struct buf text;
    buf_init(&text, SEARCH_BODY_BYTES_MAX);
    if (document)
        document_write_text(document, &text);
    err = live_write_indexed(edit->db, id, &edit->arena, &text);
    if (err)
        return edit_failed(edit, err);
    *ret_body = search_words_strip_marks(
        arena_copy(&edit->arena, buf_str(&text)), &edit->arena);
    return buf_err(&text);
}

static enum err write_columns(struct edit *edit, const struct id *id,
                              const struct article_checked *checked,
                              struct str names,
                              struct str columns[SEARCH_COLUMNS])
{
    const struct article_content *content = &checked->content;
    struct arena *arena = &edit->arena;
    columns[HEADLINE] = search_words_strip_marks(content->headline, arena);
    columns[STANDFIRST] = search_words_strip_marks(
        content->kicker.len ? arena_printf(arena, "%" PRI_STR "\n%" PRI_STR,
                                           ARG_STR(content->kicker),
                                           ARG_STR(content->standfirst))
                            : content->standfirst,
        arena);
    columns[NAMES] = search_words_strip_marks(names, arena);
    columns[MARKS] = marks_of(checked, arena);
    return body_of(edit, id, checked, &columns[BODY]);
}

static const char names_sql[] =
    "SELECT category_name.name FROM article"
    " JOIN article_category ON article_category.article_id = article.id"
    " JOIN category_name"
    "  ON category_name.category_id = article_category.category_id"
    "  AND category_name.language = article.language WHERE article.id = $1"
    " UNION ALL SELECT tag.name FROM article_tag"
    " JOIN tag ON tag.id = article_tag.tag_id"
    " WHERE article_tag.article_id = $1"
    " UNION ALL SELECT COALESCE(own.name, everywhere.name, byline.name)"
    " FROM article JOIN article_byline AS byline"
    "  ON byline.article_id = article.id"
    " LEFT JOIN person_name AS own ON own.person_id = byline.person_id"
    "  AND own.language = article.language"
    " LEFT JOIN person_name AS everywhere"
    "  ON everywhere.person_id = byline.person_id AND everywhere.language = ''"
    " WHERE article.id = $1"
    " UNION ALL SELECT byline FROM article WHERE id = $1 AND byline <> ''";

static enum err names_of(struct edit *edit, const struct id *id,
                         struct str *ret_names)
{
    DEFER(buf_finish) struct buf names;
    buf_init(&names, DOCUMENT_TEXT_BYTES_MAX);
    DEFER(db_query_end)
    struct db_query query = db_ask(edit->db, names_sql, DB_ID(id));
    while (db_query_next(&query)) {
        if (names.len)
            buf_add_char(&names, '\n');
        buf_add(&names, db_column_peek(&query, 0));
    }
    enum err err = db_query_err(&query);
    if (err)
        return edit_failed(edit, err);
    *ret_names = arena_copy(&edit->arena, buf_str(&names));
    return buf_err(&names);
}

/* ---- Putting in and taking out ---------------------------------------------
 */

static struct search_write *note(struct edit *edit, struct str language,
                                 int64_t document, bool removes)
{
    struct search_write *write = arena_new(&edit->arena, struct search_write);
    struct search_write *older = edit->search_writes;
    *write = (struct search_write){
        .older = older,
        .language = language,
        .document = document,
        .order = older ? older->order + 1 : 0,
        .removes = removes,
    };
    return write;
}

/* Forgets the words of the revision that was indexed. */
static enum err note_removal(struct edit *edit, const struct id *id,
                             const struct db_query *row)
{
    struct article_checked checked;
    struct str names = db_column_str(row, 3, &edit->arena);
    struct search_write *write = note(edit, db_column_str(row, 1, &edit->arena),
                                      db_column_i64(row, 0), true);
    enum err err = article_read_revision(edit->db, id, db_column_i64(row, 2),
                                         &edit->arena, &checked, edit->fault);
    if (!err)
        err = write_columns(edit, id, &checked, names, write->columns);
    if (!err)
        edit->search_writes = write;
    return err;
}

/* Notes the removal of what the index has of it: *ret_removal, or NULL when
 * that is nothing. */
static enum err find_removal(struct edit *edit, const struct id *id,
                             const struct search_write **ret_removal)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT document, language, revision, names"
               " FROM search_document WHERE article_id = $1",
               DB_ID(id));
    enum err err = db_query_row(&query);
    *ret_removal = NULL;
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    err = err ? edit_failed(edit, err) : note_removal(edit, id, &query);
    if (!err)
        *ret_removal = edit->search_writes;
    return err;
}

static enum err remove_row(struct edit *edit, const struct id *id)
{
    return edit_run(edit, "DELETE FROM search_document WHERE article_id = $1",
                    DB_ID(id));
}

enum err search_remove(struct edit *edit, const struct id *id)
{
    const struct search_write *removal;
    enum err err = find_removal(edit, id, &removal);
    return err || !removal ? err : remove_row(edit, id);
}

static enum err read_place(struct edit *edit, const struct id *id,
                           int64_t *ret_published_us, int64_t *ret_revision)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(edit->db,
                                   "SELECT published_us, live_revision"
                                   " FROM article WHERE id = $1",
                                   DB_ID(id));
    enum err err = db_query_row(&query);
    if (err)
        return edit_failed(edit, err);
    *ret_published_us = db_column_i64(&query, 0);
    *ret_revision = db_column_i64(&query, 1);
    return ERR_OK;
}

/* All but the number, as long as that tells the time. */
static bool says_the_same(const struct search_write *removal,
                          const struct search_write *write,
                          int64_t published_us)
{
    int64_t first = search_document_at(published_us);
    if (removal->document < first ||
        removal->document >= first + SEARCH_SLOTS ||
        !str_eq(removal->language, write->language))
        return false;
    for (size_t i = 0; i < SEARCH_COLUMNS; i++)
        if (!str_eq(removal->columns[i], write->columns[i]))
            return false;
    return true;
}

static enum err add(struct edit *edit, const struct id *id,
                    struct search_write *write, struct str names,
                    int64_t published_us, int64_t revision)
{
    enum err err = choose_document(edit, published_us, &write->document);
    if (!err)
        err = remove_row(edit, id);
    if (!err)
        err =
            edit_run(edit,
                     "INSERT INTO search_document (document, article_id,"
                     " language, revision, names, counted)"
                     " VALUES ($1, $2, $3, $4, $5, 0)",
                     DB_I64(write->document), DB_ID(id),
                     DB_STR(write->language), DB_I64(revision), DB_STR(names));
    if (err)
        return err;
    edit->search_writes = write;
    search_ahead_note(edit, write);
    return ERR_OK;
}

enum err search_put(struct edit *edit, const struct id *id,
                    const struct article_checked *checked)
{
    int64_t published_us = 0, revision = 0;
    struct str names;
    struct search_write *before = edit->search_writes;
    const struct search_write *removal;
    enum err err = find_removal(edit, id, &removal);
    if (!err)
        err = read_place(edit, id, &published_us, &revision);
    if (!err)
        err = names_of(edit, id, &names);
    if (err)
        return err;
    struct search_write *write =
        note(edit, checked->content.language, 0, false);
    err = live_set_indexed(edit, id);
    if (!err)
        err = write_columns(edit, id, checked, names, write->columns);
    if (err)
        return err;
    if (!removal || !says_the_same(removal, write, published_us))
        return add(edit, id, write, names, published_us, revision);
    edit->search_writes = before; /* the words stay as they are */
    return edit_run(edit,
                    "UPDATE search_document SET revision = $2"
                    " WHERE article_id = $1",
                    DB_ID(id), DB_I64(revision));
}

enum err search_put_later(struct edit *edit, enum search_carried carried,
                          const struct id *id)
{
    static const char *const sql[] = {
        [SEARCH_CATEGORY] =
            "INSERT INTO search_pending (article_id)"
            " SELECT article_id FROM article_category WHERE category_id = $1"
            " ON CONFLICT DO NOTHING",
        [SEARCH_TAG] = "INSERT INTO search_pending (article_id)"
                       " SELECT article_id FROM article_tag WHERE tag_id = $1"
                       " ON CONFLICT DO NOTHING",
        [SEARCH_PERSON] =
            "INSERT INTO search_pending (article_id)"
            " SELECT article_id FROM article_byline WHERE person_id = $1"
            " ON CONFLICT DO NOTHING",
    };
    return edit_run(edit, sql[carried], DB_ID(id));
}

/* ---- Writing ---------------------------------------------------------------
 */

static int compare_writes(const void *a, const void *b)
{
    const struct search_write *const *one = a, *const *other = b;
    int order = str_compare((*one)->language, (*other)->language);
    if (order)
        return order;
    if ((*one)->document != (*other)->document)
        return (*one)->document < (*other)->document ? -1 : 1;
    return (*one)->order < (*other)->order ? -1 : 1;
}

static enum err run_write(struct edit *edit, struct search_write *write)
{
    static const char insert[] = "INSERT INTO %s (rowid, " COLUMN_NAMES
                                 ") VALUES ($1, $2, $3, $4, $5, $6)";
    static const char forget[] = "INSERT INTO %s (%s, rowid, " COLUMN_NAMES
                                 ") VALUES ('delete', $1, $2, $3, $4, $5, $6)";
    char table[SEARCH_TABLE_BYTES], sql[256];
    search_table(write->language, table);
    if (write->removes)
        snprintf(sql, sizeof sql, forget, table, table);
    else
        snprintf(sql, sizeof sql, insert, table);
    DEFER(db_query_end)
    struct db_query query = db_query_begin_made(edit->db, sql);
    db_bind_i64(&query, write->document);
    if (!write->removes)
        search_ahead_wait(edit, write);
    for (size_t i = 0; i < SEARCH_COLUMNS; i++)
        db_bind_str(&query, write->columns[i]);
    return edit_failed(edit, db_query_run(&query, NULL));
}

enum err search_write(struct edit *edit)
{
    struct search_write *newest = edit->search_writes;
    if (!newest)
        return ERR_OK;
    size_t count = (size_t)newest->order + 1, at = count;
    struct search_write **writes =
        arena_array(&edit->arena, struct search_write *, count);
    for (struct search_write *write = newest; write; write = write->older)
        writes[--at] = write;
    assert(at == 0);
    qsort(writes, count, sizeof *writes, compare_writes);
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < count; i++)
        err = run_write(edit, writes[i]);
    return err;
}
