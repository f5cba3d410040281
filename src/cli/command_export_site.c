// SPDX-License-Identifier: Apache-2.0
/* export site: the public site as a folder that any web server can serve. */
#include <inttypes.h>
#include <unistd.h>

#include <jansson.h>

#include "base/arena.h"
#include "cli/command_table.h"
#include "cli/newspaper.h"
#include "cli/static_folder.h"
#include "content/media.h"
#include "content/redirect.h"
#include "content/settings.h"
#include "net/uri.h"
#include "site/every_page.h"
#include "site/printer.h"
#include "site/site.h"
#include "site/site_path.h"
#include "store/blob.h"

enum { TABLE_BYTES_MAX = 1 << 30, ADDRESS_BYTES_MAX = 16 * 1024 };

struct export
{
    const struct command_line *line;
    struct content *content;
    struct db *db;
    struct static_folder folder;
    struct buf articles;  /* articles.map: id → where it is */
    struct buf gone;      /* gone.map: id → 1 */
    struct buf redirects; /* redirects.map: path → where it went */
    struct buf netlify;   /* _redirects: the same for others than nginx */
    struct str fields;    /* header lines of all HTML pages */
    int64_t pages;
    struct fault *fault;
};

/* ---- Tables ----------------------------------------------------------------
 */

/* A word of nginx's configuration. */
static void add_quoted(struct buf *out, struct str text)
{
    buf_add_char(out, '"');
    for (size_t i = 0; i < text.len; i++) {
        if (text.ptr[i] == '"' || text.ptr[i] == '\\')
            buf_add_char(out, '\\');
        buf_add_char(out, text.ptr[i]);
    }
    buf_add_char(out, '"');
}

/* As it stands in a Location: a path of this site percent-encoded; "$" would be
 * a variable to nginx. */
static struct str as_location(struct str target, struct arena *arena)
{
    DEFER(buf_finish) struct buf out;
    buf_init(&out, ADDRESS_BYTES_MAX);
    if (!str_starts_with(target, STR("/")))
        return target;
    uri_write_path(&out, target);
    struct str path = buf_str(&out), part;
    struct str done = STR("");
    for (bool first = true; str_split_next(&path, '$', &part); first = false)
        done = arena_concat(
            arena, arena_concat(arena, done, first ? STR("") : STR("%24")),
            part);
    return done;
}

static void add_redirect(struct export *export, struct str from, struct str to,
                         int status, struct arena *arena)
{
    struct str location = as_location(to, arena);
    add_quoted(&export->redirects, from);
    buf_add_char(&export->redirects, ' ');
    add_quoted(&export->redirects, location);
    buf_add_c(&export->redirects, ";\n");
    buf_printf(&export->netlify, "%" PRI_STR " %" PRI_STR " %d\n",
               ARG_STR(as_location(from, arena)), ARG_STR(location), status);
}

static enum err write_redirects(struct export *export)
{
    struct redirect_list list;
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    enum err err = redirect_list(export->db, &arena, &list);
    if (err)
        return db_fault(export->db, err, export->fault);
    for (size_t i = 0; i < list.count; i++)
        add_redirect(export, list.redirects[i].path, list.redirects[i].target,
                     301, &arena);
    return ERR_OK;
}

/* ---- Pages -----------------------------------------------------------------
 */

static bool is_html(const struct site_print *print)
{
    return str_starts_with(print->content_type, STR("text/html"));
}

/* "/en/politics" → "en/politics/index.html" */
static struct str file_of(struct str page_key, const struct site_print *print,
                          struct arena *arena)
{
    struct str path = str_from(site_path_static(arena, page_key), 1);
    if (print->status == 404 || !is_html(print))
        return path;
    return arena_printf(arena, "%" PRI_STR "%sindex.html", ARG_STR(path),
                        str_ends_with(path, STR("/")) ? "" : "/");
}

static enum err put_gone(struct export *export, const struct site_path *path,
                         const struct site_print *print, struct arena *arena)
{
    buf_printf(&export->gone, "%s 1;\n", path->id.text);
    return static_folder_put(&export->folder,
                             arena_printf(arena,
                                          STATIC_FOLDER_PRIVATE "/gone/%s.html",
                                          path->id.text),
                             print->body, export->fault);
}

/* A browser is led on by any server: the page says where to. */
static enum err put_root(struct export *export, struct str location,
                         struct arena *arena)
{
    struct str page = arena_printf(
        arena,
        "<!doctype html>\n<meta charset=\"utf-8\">\n<title>%" PRI_STR
        "</title>\n<meta http-equiv=\"refresh\" content=\"0; url=%" PRI_STR
        "\">\n<link rel=\"canonical\" href=\"%" PRI_STR
        "\">\n<p><a href=\"%" PRI_STR "\">%" PRI_STR "</a></p>\n",
        ARG_STR(location), ARG_STR(location), ARG_STR(location),
        ARG_STR(location), ARG_STR(location));
    buf_printf(&export->netlify, "/ %" PRI_STR " 302\n", ARG_STR(location));
    return static_folder_put(&export->folder, STR("index.html"), page,
                             export->fault);
}

static void note_article(struct export *export, const struct id *id,
                         struct str target, struct arena *arena)
{
    buf_printf(&export->articles, "%s ", id->text);
    add_quoted(&export->articles, as_location(target, arena));
    buf_add_c(&export->articles, ";\n");
}

static enum err put_page(struct export *export, struct str page_key,
                         const struct site_print *print, struct arena *arena)
{
    struct site_path path = site_path_parse(page_key);
    bool is_article = path.page == SITE_PAGE_ARTICLE && !path.has_before &&
                      !id_is_set(&path.post);
    if (is_html(print) && !export->fields.len)
        export->fields = arena_copy(export->line->arena, print->fields);
    if (path.page == SITE_PAGE_ROOT)
        return put_root(export, print->location, arena);
    if (print->status == 410)
        return put_gone(export, &path, print, arena);
    if (is_article)
        note_article(export, &path.id,
                     print->status == 200 ? page_key : print->location, arena);
    if (print->status != 200 && print->status != 404)
        return ERR_OK; /* a redirect stands in the tables alone */
    return static_folder_put(&export->folder, file_of(page_key, print, arena),
                             print->body, export->fault);
}

static enum err on_page(void *context, struct str page_key,
                        const struct site_print *print, struct fault *fault)
{
    struct export *export = context;
    (void)fault; /* the same as export->fault */
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    output_progress(export->line->output, "pages", ++export->pages, 0);
    return put_page(export, page_key, print, &arena);
}

static enum err put_pages(struct export *export)
{
    struct site *site;
    struct str theme = arena_printf(export->line->arena, "%s/theme",
                                    content_directory(export->content));
    const struct every_page every = {on_page, export};
    enum err err =
        site_create(export->content, theme.ptr, &site, export->fault);
    if (err)
        return err;
    site_be_static(site);
    err = site_every_page(site, export->db, &every, export->fault);
    site_destroy(site);
    return err;
}

/* ---- Media -----------------------------------------------------------------
 */

static enum err put_medium(struct export *export, const struct blob *blob)
{
    int fd;
    int64_t size;
    char public_name[BLOB_PUBLIC_BYTES], name[BLOB_PUBLIC_BYTES + 8];
    blob_public_name(blob, public_name);
    int len = snprintf(name, sizeof name, "media/%s", public_name);
    enum err err = blob_open(content_blobs(export->content), blob, &fd, &size,
                             export->fault);
    if (err)
        return err;
    err = static_folder_put_fd(&export->folder, str_of(name, (size_t)len), fd,
                               size, export->fault);
    close(fd);
    return err;
}

static enum err put_media(struct export *export)
{
    int64_t count = 0;
    DEFER(db_query_end)
    struct db_query query = db_query_begin(export->db, media_public_sql);
    while (db_query_next(&query)) {
        struct blob blob;
        if (blob_parse(db_column_peek(&query, 0), &blob))
            continue;
        enum err err = put_medium(export, &blob);
        if (err)
            return err;
        output_progress(export->line->output, "media", ++count, 0);
    }
    return db_fault(export->db, db_query_err(&query), export->fault);
}

/* ---- For the server --------------------------------------------------------
 */

/* "Name: value" lines as nginx's add_header. */
static void write_headers(const struct export *export, struct buf *out)
{
    struct str rest = export->fields, line;
    while (str_split_next(&rest, '\n', &line)) {
        ptrdiff_t colon = str_find_char(line, ':');
        if (colon <= 0)
            continue;
        buf_printf(out, "add_header %.*s ", (int)colon, line.ptr);
        add_quoted(out, str_trim(str_from(line, (size_t)colon + 1)));
        buf_add_c(out, " always;\n");
    }
}

static enum err put_tables(struct export *export)
{
    DEFER(buf_finish) struct buf headers;
    buf_init(&headers, TABLE_BYTES_MAX);
    write_headers(export, &headers);
    const struct {
        const char *name;
        const struct buf *text;
    } tables[] = {
        {"_redirects", &export->netlify},
        {STATIC_FOLDER_PRIVATE "/redirects.map", &export->redirects},
        {STATIC_FOLDER_PRIVATE "/articles.map", &export->articles},
        {STATIC_FOLDER_PRIVATE "/gone.map", &export->gone},
        {STATIC_FOLDER_PRIVATE "/page-headers.conf", &headers},
    };
    enum err err = ERR_OK;
    for (size_t i = 0; !err && i < sizeof tables / sizeof *tables; i++) {
        err = buf_err(tables[i].text);
        if (err)
            return fault_set(export->fault, err, tables[i].name,
                             "the table %s is too long", tables[i].name);
        err = static_folder_put(&export->folder, str_from_c(tables[i].name),
                                buf_str(tables[i].text), export->fault);
    }
    return err;
}

/* ---- The command -----------------------------------------------------------
 */

static enum err export_all(struct export *export)
{
    enum err err = put_pages(export);
    if (!err)
        err = put_media(export);
    if (!err)
        err = write_redirects(export);
    return err ? err : put_tables(export);
}

static enum err warn_of_address(struct export *export)
{
    struct str address;
    enum err err = setting_get(export->db, STR("address"), STR(""),
                               export->line->arena, &address);
    if (err)
        return db_fault(export->db, err, export->fault);
    if (!address.len)
        output_tell(export->line->output,
                    "The newspaper has no address, so feeds and sitemaps have "
                    "none either: broadsheet settings set address "
                    "https://example.org");
    return ERR_OK;
}

static enum err tell(const struct export *export)
{
    const struct static_folder *folder = &export->folder;
    struct output *output = export->line->output;
    output_progress_end(output);
    if (command_flag(export->line, "json"))
        return output_json(output,
                           json_pack("{s:I, s:I, s:I, s:I, s:I}", "pages",
                                     (json_int_t) export->pages, "written",
                                     (json_int_t)folder->written, "unchanged",
                                     (json_int_t)folder->unchanged, "removed",
                                     (json_int_t)folder->removed, "stale",
                                     (json_int_t)folder->stale));
    output_tell(output,
                "%" PRId64 " pages in %s: %" PRId64 " files written, %" PRId64
                " unchanged, %" PRId64 " removed.",
                export->pages, folder->path, folder->written, folder->unchanged,
                folder->removed);
    if (folder->stale)
        output_tell(output,
                    "%" PRId64 " files of pages that are gone are still there; "
                    "--delete takes them away.",
                    folder->stale);
    return ERR_OK;
}

static void finish(struct export *export)
{
    static_folder_close(&export->folder);
    buf_finish(&export->articles);
    buf_finish(&export->gone);
    buf_finish(&export->redirects);
    buf_finish(&export->netlify);
}

static enum err export_site(struct export *export)
{
    DEFER(db_transaction_end) struct db_transaction transaction = {0};
    enum err err = db_begin_read(&transaction, export->db);
    if (err)
        return db_fault(export->db, err, export->fault);
    err = warn_of_address(export);
    if (!err)
        err = static_folder_open(&export->folder, export->line->arguments[0],
                                 export->fault);
    export->folder.compress = command_flag(export->line, "compress");
    if (!err)
        err = export_all(export);
    if (!err)
        err = static_folder_finish(&export->folder,
                                   command_flag(export->line, "delete"),
                                   export->fault);
    return err ? err : tell(export);
}

static enum err run(const struct command_line *line, struct fault *fault)
{
    DEFER(newspaper_close) struct content *content = NULL;
    enum err err = newspaper_open_reading(line, &content, fault);
    if (err)
        return err;
    DEFER(db_lease_end) struct db_lease lease = content_reader(content);
    DEFER(finish)
    struct export export = {
        .line = line,
        .content = content,
        .db = lease.db,
        .folder = {.fd = -1},
        .fault = fault,
    };
    buf_init(&export.articles, TABLE_BYTES_MAX);
    buf_init(&export.gone, TABLE_BYTES_MAX);
    buf_init(&export.redirects, TABLE_BYTES_MAX);
    buf_init(&export.netlify, TABLE_BYTES_MAX);
    return export_site(&export);
}

const struct command command_export_site = {
    .name = "export site",
    .summary = "write the public site as files that any web server can serve",
    .details =
        "All pages as they are at one moment, printed as the server prints "
        "them: fronts, sections with all their older pages, articles, people, "
        "tags, feeds, sitemaps, pictures. A page is PATH/index.html; where a "
        "list goes on, ?before=CURSOR becomes /before/CURSOR. 404.html answers "
        "what is not there; redirects are in _redirects, and for nginx in "
        "_broadsheet/ (docs/static-site.md has its configuration).\n\n"
        "Run it again at any time, also after it was interrupted: files that "
        "are as they should be are not touched. Only files that an export made "
        "are ever taken away, and only with --delete.",
    .shared = COMMAND_DATA | COMMAND_JSON,
    .arguments =
        (const struct command_argument[]){
            {.name = "DIR",
             .summary = "the folder: not there yet, empty, or of an export "
                        "before"},
            {0}},
    .options =
        (const struct command_option[]){
            {"delete", 0, false, NULL,
             "take away what an export made and is gone"},
            {"compress", 0, false, NULL,
             "put FILE.gz and FILE.br beside what gains by it"},
            {0}},
    .examples =
        (const struct command_example[]){
            {"export site --data paper /var/www/paper", "The whole site"},
            {"export site --data paper --delete --compress /var/www/paper",
             "Again, without what is gone, compressed as well"},
            {0}},
    .run = run,
};
