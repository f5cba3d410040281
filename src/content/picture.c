// SPDX-License-Identifier: Apache-2.0
#include "content/picture.h"

#include <assert.h>

#include "base/arena.h"
#include "content/article_internal.h"
#include "content/content.h"
#include "content/edit.h"
#include "content/row_internal.h"

/* ---- The plan --------------------------------------------------------------
 */

/* From wide to narrow; the types of one size stand together, so that it is
 * scaled once. */
static const uint16_t widths[] = {1280, 960, 800, 640, 480, 320};
static const enum image_format formats[] = {IMAGE_AVIF, IMAGE_WEBP, IMAGE_JPEG};

enum { COUNT_WIDTHS = sizeof widths / sizeof *widths };

/* A change here is one of MEDIA_PLAN. */
const struct picture_cut_facts picture_cuts[PICTURE_CUTS] = {
    [PICTURE_WHOLE] = {STR_INIT(""), 0, 0, 1280, 1, true},
    [PICTURE_CARD] = {STR_INIT("3:2"), 3, 2, 1280, 1, true},
    [PICTURE_WIDE] = {STR_INIT("16:9"), 16, 9, 1280, 2, false},
    [PICTURE_SQUARE] = {STR_INIT("1:1"), 1, 1, 640, 2, false},
};

/* Within a hundredth a picture has the ratio already. */
bool picture_is_like(int64_t width, int64_t height, enum picture_cut cut)
{
    int64_t x = picture_cuts[cut].x, y = picture_cuts[cut].y;
    int64_t difference = width * y - height * x;
    return (difference < 0 ? -difference : difference) * 100 < height * x;
}

static size_t plan_cut(int64_t width, const struct picture_cut_facts *cut,
                       struct image_output outputs[], size_t count)
{
    int64_t widest = width < cut->widest ? width : cut->widest;
    size_t first = 0;
    while (first < COUNT_WIDTHS && widths[first] > widest)
        first++;
    for (size_t w = first; w < COUNT_WIDTHS || w == first; w += cut->step) {
        for (size_t f = 0; f < sizeof formats / sizeof *formats; f++) {
            if (formats[f] == IMAGE_WEBP && !cut->webp)
                continue;
            outputs[count++] = (struct image_output){
                .format = formats[f],
                .width = w < COUNT_WIDTHS ? widths[w] : (uint16_t)width,
                .ratio_x = cut->x,
                .ratio_y = cut->y,
            };
        }
    }
    return count;
}

size_t picture_plan(int64_t width, int64_t height,
                    struct image_output outputs[IMAGE_OUTPUTS_MAX])
{
    size_t count = 0;
    for (enum picture_cut c = 0; c < PICTURE_CUTS; c++) {
        int64_t x = picture_cuts[c].x, y = picture_cuts[c].y, part = width;
        if (x && picture_is_like(width, height, c))
            continue;
        if (x && width * y > height * x)
            part = height * x / y;
        count = plan_cut(part < 1 ? 1 : part, &picture_cuts[c], outputs, count);
    }
    return count;
}

/* ---- Making ----------------------------------------------------------------
 */

/* Everything of one picture; without what is written down. */
struct making {
    struct picture_work *work;
    struct arena *arena;
    struct str bytes;
    struct medium *medium;
    struct image_output outputs[IMAGE_OUTPUTS_MAX];
    struct fault *fault;
};

static struct str ratio_text(const struct image_output *output,
                             struct arena *arena)
{
    return output->ratio_x
               ? arena_printf(arena, "%u:%u", output->ratio_x, output->ratio_y)
               : STR("");
}

/* Before the write begins: each waits for the disk. */
static enum err store_renditions(struct making *making,
                                 const struct image_made *made)
{
    struct medium *medium = making->medium;
    medium->renditions =
        arena_array(making->arena, struct rendition, made->rendition_count + 1);
    medium->rendition_count = 0;
    for (size_t i = 0; i < made->rendition_count; i++) {
        const struct image_rendition *source = &made->renditions[i];
        struct rendition *rendition =
            &medium->renditions[medium->rendition_count++];
        enum err err = media_put(making->work->content, source->bytes,
                                 image_formats[source->made.format].type,
                                 source->made.width, source->height, rendition,
                                 making->fault);
        if (err)
            return err;
        rendition->ratio = ratio_text(&source->made, making->arena);
    }
    return ERR_OK;
}

static void take_info(struct medium *medium, const struct image_info *info)
{
    medium->original.width = info->width;
    medium->original.height = info->height;
    if (!medium->credit.len)
        medium->credit = info->credit.len ? info->credit : info->copyright;
}

/* First what it is, then what is to be made of it. */
static enum err run_helper(struct making *making)
{
    struct picture_work *work = making->work;
    struct medium *medium = making->medium;
    struct image_made made;
    struct image_job job = {
        .picture = making->bytes,
        .focus_x = medium->focus_x,
        .focus_y = medium->focus_y,
        .outputs = making->outputs,
    };
    enum err err = image_helper_make(work->helper, &job, making->arena, NULL,
                                     NULL, &made, making->fault);
    if (err)
        return err;
    take_info(medium, &made.info);
    job.output_count =
        picture_plan(made.info.width, made.info.height, making->outputs);
    err = image_helper_make(work->helper, &job, making->arena, work->progress,
                            work->context, &made, making->fault);
    if (err)
        return err;
    medium->made = MEDIA_MADE;
    medium->problem = STR("");
    return store_renditions(making, &made);
}

/* Those that another try would meet again, a lost file among them. */
static bool is_of_the_picture(enum err err)
{
    return err == ERR_INVALID || err == ERR_UNSUPPORTED ||
           err == ERR_TOO_LONG || err == ERR_TIMEOUT || err == ERR_CLOSED ||
           err == ERR_NOT_FOUND || err == ERR_CORRUPT;
}

static enum err read_medium(struct picture_work *work, const struct id *id,
                            struct arena *arena, struct medium *ret_medium,
                            struct fault *fault)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(work->content);
    enum err err = media_load(lease.db, id, arena, ret_medium);
    if (err == ERR_NOT_FOUND)
        return fault_set(fault, err, "picture",
                         "there is no picture %s; 'broadsheet picture list' "
                         "tells those that there are",
                         id->text);
    if (err)
        return db_fault(lease.db, err, fault);
    if (ret_medium->made == MEDIA_NO_PICTURE)
        return fault_set(fault, ERR_UNSUPPORTED, "picture",
                         "%s is no picture but of type %" PRI_STR, id->text,
                         ARG_STR(ret_medium->original.mime));
    return ERR_OK;
}

/* Somebody may have changed it while it was made. */
static enum err check_unchanged(struct edit *edit, const struct medium *before,
                                const struct medium *medium)
{
    struct medium now;
    enum err err = media_load(edit->db, &medium->id, &edit->arena, &now);
    if (err)
        return db_fault(edit->db, err, edit->fault);
    bool same = str_eq(blob_str(&now.original.blob),
                       blob_str(&before->original.blob)) &&
                now.focus_x == before->focus_x &&
                now.focus_y == before->focus_y;
    return same ? ERR_OK
                : fault_set(edit->fault, ERR_CONFLICT, "picture",
                            "the picture was changed meanwhile; try again");
}

static enum err write_down(struct picture_work *work,
                           const struct medium *before,
                           const struct medium *medium, struct fault *fault)
{
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, work->content, work->actor, fault);
    if (!err)
        err = check_unchanged(&edit, before, medium);
    if (!err)
        err = media_save_made(&edit, medium);
    if (!err)
        err = edit_commit(&edit);
    if (!err && edit.seq)
        work->seq = edit.seq;
    return err;
}

/* What was made of it before is kept, and not tried again by this plan. */
static void keep_made(struct picture_work *work, const struct id *id)
{
    struct fault ignored = {0};
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, work->content, work->actor, &ignored);
    if (!err)
        err = db_run(edit.db, "UPDATE medium SET plan = $2 WHERE id = $1",
                     DB_ID(id), DB_I64(MEDIA_PLAN));
    if (!err)
        (void)!edit_commit(&edit);
}

static void set_problem(struct medium *medium, const struct fault *fault)
{
    medium->made = MEDIA_UNMAKEABLE;
    medium->problem = str_from_c(fault_text(fault));
    medium->renditions = NULL;
    medium->rendition_count = 0;
}

static enum err make(struct picture_work *work, const struct id *id,
                     const int64_t *focus, struct fault *fault)
{
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct medium before;
    struct fault own = {0}, ignored = {0};
    enum err err = read_medium(work, id, &arena, &before, fault);
    if (err)
        return err;
    struct medium medium = before;
    struct making making = {work, &arena, .medium = &medium, .fault = &own};
    if (focus) {
        medium.focus_x = focus[0];
        medium.focus_y = focus[1];
    }
    err = blob_read(content_blobs(work->content), &medium.original.blob,
                    BLOB_BYTES_MAX, &arena, &making.bytes, &own);
    if (!err)
        err = run_helper(&making);
    if (!err)
        return write_down(work, &before, &medium, fault);
    if (is_of_the_picture(err) && before.made == MEDIA_MADE) {
        keep_made(work, id);
    } else if (is_of_the_picture(err)) {
        set_problem(&medium, &own);
        (void)!write_down(work, &before, &medium, &ignored);
    }
    if (fault)
        *fault = own;
    return err;
}

enum err picture_make(struct picture_work *work, const struct id *id,
                      struct fault *fault)
{
    return make(work, id, NULL, fault);
}

enum err picture_set_focus(struct picture_work *work, const struct id *id,
                           int64_t x, int64_t y, struct fault *fault)
{
    const int64_t focus[] = {x, y};
    return make(work, id, focus, fault);
}

/* ---- Adding ----------------------------------------------------------------
 */

static enum err find_known(struct picture_work *work, const struct blob *blob,
                           struct arena *arena, struct id *ret_id,
                           struct fault *fault)
{
    DEFER(db_lease_end) struct db_lease lease = content_reader(work->content);
    struct medium known;
    enum err err = media_find_blob(lease.db, blob, arena, &known);
    if (!err)
        *ret_id = known.id;
    return err && err != ERR_NOT_FOUND ? db_fault(lease.db, err, fault) : err;
}

static enum err write_new(struct picture_work *work, struct medium *medium,
                          struct fault *fault)
{
    const struct medium made = *medium;
    DEFER(edit_end) struct edit edit = {0};
    enum err err = edit_begin(&edit, work->content, work->actor, fault);
    medium->rendition_count = 0;
    if (!err)
        err = media_save(&edit, medium, &medium->id);
    struct medium now = made;
    now.id = medium->id;
    if (!err)
        err = media_save_made(&edit, &now);
    if (!err)
        err = edit_commit(&edit);
    if (!err && edit.seq)
        work->seq = edit.seq;
    return err;
}

static enum err add(struct making *making, struct id *ret_id, bool *ret_known)
{
    struct picture_work *work = making->work;
    struct medium *medium = making->medium;
    enum image_format format = image_format_of(making->bytes);
    enum err err = run_helper(making);
    if (err)
        return err;
    int64_t width = medium->original.width, height = medium->original.height;
    err = media_put(work->content, making->bytes, image_formats[format].type,
                    width, height, &medium->original, making->fault);
    if (!err)
        err = find_known(work, &medium->original.blob, making->arena, ret_id,
                         making->fault);
    *ret_known = !err;
    if (err == ERR_NOT_FOUND)
        err = write_new(work, medium, making->fault);
    if (!err && !*ret_known)
        *ret_id = medium->id;
    return err;
}

enum err picture_add(struct picture_work *work,
                     const struct picture_input *input, struct id *ret_id,
                     bool *ret_known, struct fault *fault)
{
    assert(work && input && ret_id && ret_known);
    DEFER(arena_finish) struct arena arena;
    arena_init(&arena, 0);
    struct medium medium = {
        .focus_x = input->focus_x,
        .focus_y = input->focus_y,
        .alt = input->alt,
        .caption = input->caption,
        .credit = input->credit,
        .filename = input->filename,
    };
    struct making making = {
        .work = work,
        .arena = &arena,
        .bytes = input->bytes,
        .medium = &medium,
        .fault = fault,
    };
    return add(&making, ret_id, ret_known);
}

/* ---- Lists -----------------------------------------------------------------
 */

static const char waiting_sql[] =
    "SELECT waiting.id, MAX(article.published_us) AS newest"
    " FROM (SELECT id, 0 AS again FROM medium WHERE made = 0"
    "  UNION ALL SELECT id, 1 AS again FROM medium"
    "  WHERE made = 1 AND plan < $2) AS waiting"
    " LEFT JOIN article_medium ON medium_id = waiting.id"
    " LEFT JOIN article ON article.id = article_id"
    "  AND article.state = 'published'"
    " GROUP BY waiting.id, again"
    " ORDER BY again, newest DESC, waiting.id DESC LIMIT $1";

static enum err read_ids(struct db_query *query, struct arena *arena,
                         struct picture_ids *ret_ids)
{
    struct picture_ids ids = {0};
    while (db_query_next(query))
        ROW_ADD(arena, ids.ids, ids.count) = row_id(query, 0);
    *ret_ids = ids;
    return db_query_err(query);
}

enum err picture_waiting(struct db *db, size_t limit, struct arena *arena,
                         struct picture_ids *ret_ids)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, waiting_sql, DB_I64((int64_t)limit), DB_I64(MEDIA_PLAN));
    return read_ids(&query, arena, ret_ids);
}

/* Of a live blog and its posts as well: they are in article_medium. */
#define PICTURES_IN \
    "SELECT id FROM medium JOIN article_medium ON medium_id = medium.id" \
    " WHERE article_id = $1"

enum err picture_list_in(struct db *db, const struct id *article,
                         struct arena *arena, struct picture_ids *ret_ids)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, PICTURES_IN " AND made <> 3 ORDER BY id", DB_ID(article));
    return read_ids(&query, arena, ret_ids);
}

enum err picture_waiting_in(struct db *db, const struct id *article,
                            struct arena *arena, struct picture_ids *ret_ids)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db, PICTURES_IN " AND made = 0 ORDER BY id", DB_ID(article));
    return read_ids(&query, arena, ret_ids);
}

enum err picture_waits_unseen(struct db *db, const struct id *medium,
                              bool *ret_waits)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(db,
                                   "SELECT 1 FROM medium WHERE id = $1"
                                   " AND made = 0 AND original_shown = 0",
                                   DB_ID(medium));
    enum err err = db_query_row(&query);
    *ret_waits = !err;
    return err == ERR_NOT_FOUND ? ERR_OK : err;
}
