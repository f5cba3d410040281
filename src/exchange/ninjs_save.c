// SPDX-License-Identifier: Apache-2.0
/* One item into the newspaper: new, a new revision, withdrawn, or nothing to
 * do. Each revision that an import makes is noted with the item's digest, so
 * that the same item again is known without looking at anything else. */
#include "base/time.h"
#include "base/utf8.h"
#include "content/schedule.h"
#include "content/workflow.h"
#include "exchange/ninjs_import_internal.h"
#include "render/document.h"

enum { NOTE_DIGITS = 16, NOTE_URI_BYTES_MAX = 200, TRIES_MAX = 1000 };

static const struct str note_mark = STR_INIT("ninjs ");

/* The state before: zeroed when there is no such article. */
struct before {
    bool exists;
    struct article article;
    struct str digest; /* of the item imported last, or "" */
    struct str uri;    /* likewise */
};

/* ---- What was there --------------------------------------------------------
 */

/* What the item is known by to its supplier. */
static struct str key_of(const struct ninjs_item *item)
{
    struct str key = item->uri.len ? item->uri : item->alt_ids.items[0].value;
    return utf8_cut(key, NOTE_URI_BYTES_MAX);
}

/* "ninjs 0123456789abcdef https://…" */
static struct str note_of(struct incoming *incoming)
{
    const struct ninjs_item *item = incoming->item;
    return arena_printf(&incoming->import->session.arena, "%.*s%.*s %.*s",
                        ARG_STR(note_mark), NOTE_DIGITS, item->digest,
                        ARG_STR(key_of(item)));
}

static enum err read_note(struct incoming *incoming, struct before *before)
{
    struct ninjs_import *import = incoming->import;
    struct article_revision_list list;
    enum err err =
        article_revisions(import->session.edit.db, &incoming->input.id,
                          &import->session.arena, &list);
    for (size_t i = 0; !err && i < list.count; i++) {
        struct str note = list.revisions[i].note;
        if (!str_starts_with(note, note_mark))
            continue;
        before->digest = str_slice(note, note_mark.len, NOTE_DIGITS);
        before->uri = str_from(note, note_mark.len + NOTE_DIGITS + 1);
        break;
    }
    return err;
}

static enum err load_before(struct incoming *incoming, struct before *before)
{
    struct ninjs_import *import = incoming->import;
    *before = (struct before){0};
    enum err err = article_load(import->session.edit.db, &incoming->input.id,
                                &import->session.arena, &before->article);
    if (err == ERR_NOT_FOUND)
        return ERR_OK;
    before->exists = true;
    return err ? err : read_note(incoming, before);
}

static bool is_same_item(const struct incoming *incoming,
                         const struct before *before)
{
    return before->digest.len && str_eq(before->uri, key_of(incoming->item));
}

/* Which article the item is, and how it was. An id that was made may belong to
 * another item of the same second: the next one is then tried, the same way
 * every time. */
static enum err look_before(struct incoming *incoming, struct before *before)
{
    enum ninjs_id_kind kind;
    struct id *id = &incoming->input.id;
    *id = ninjs_item_id(incoming->item, &kind);
    for (int tries = 0; tries < TRIES_MAX; tries++) {
        enum err err = load_before(incoming, before);
        if (err || !before->exists || kind == NINJS_ID_NAMED ||
            is_same_item(incoming, before))
            return err;
        if (kind == NINJS_ID_OF_URI)
            break;
        *id = id_from_time(id_time_us(id) + 1);
    }
    bool imported = before->digest.len > 0;
    return fault_set(&incoming->import->session.fault, ERR_CONFLICT, "uri",
                     "uri: the article %s is another one%s%.*s", id->text,
                     imported ? ", imported from " : "", ARG_STR(before->uri));
}

/* ---- What it becomes -------------------------------------------------------
 */

static bool is_canceled(const struct ninjs_item *item)
{
    return str_eq(item->pub_status, STR("canceled"));
}

static bool is_withheld(const struct ninjs_item *item)
{
    return str_eq(item->pub_status, STR("withheld"));
}

static enum err check_item(struct incoming *incoming)
{
    const struct ninjs_item *item = incoming->item;
    struct fault *fault = &incoming->import->session.fault;
    if (item->type.len && !str_eq(item->type, STR("text")) &&
        !str_eq(item->type, STR("composite")))
        return fault_set(fault, ERR_UNSUPPORTED, "type",
                         "type: an item of type '%.*s' does not become an "
                         "article; only text and composite do",
                         ARG_STR(item->type));
    if (item->pub_status.len && !str_eq(item->pub_status, STR("usable")) &&
        !is_canceled(item) && !is_withheld(item))
        return fault_set(fault, ERR_INVALID, "pubStatus",
                         "pubStatus: it is usable, withheld or canceled, not "
                         "'%.*s'",
                         ARG_STR(item->pub_status));
    return ERR_OK;
}

static int64_t version_time(const struct incoming *incoming)
{
    const struct ninjs_item *item = incoming->item;
    if (item->version_created.is_set)
        return item->version_created.us;
    if (item->content_created.is_set)
        return item->content_created.us;
    return item->first_created.is_set ? item->first_created.us
                                      : incoming->import->session.edit.time_us;
}

/* Our own exports say when an article was first published; others do not, and
 * their first version is the publication. */
static int64_t publication_time(const struct incoming *incoming)
{
    const struct ninjs_alt_ids *ids = &incoming->item->alt_ids;
    int64_t time_us = version_time(incoming);
    for (size_t i = 0; i < ids->count; i++) {
        int64_t named;
        if (str_eq(ids->items[i].role, STR("published")) &&
            !time_parse_rfc3339(ids->items[i].value, &named))
            time_us = named;
    }
    return time_us;
}

enum err ninjs_save_revision(struct incoming *incoming, int64_t *ret_revision)
{
    struct ninjs_import *import = incoming->import;
    const struct ninjs_read *read = incoming->read;
    struct article_content *content = &incoming->input.content;
    content->document = incoming->doc;
    if (read && read->json.len && !incoming->doc_changed) {
        content->body = read->json;
        content->body_is_ready = true;
    }
    incoming->input.note = note_of(incoming);
    struct id id;
    return article_save(&import->session.edit, &incoming->input, &id,
                        ret_revision);
}

/* The item's embargo and expiry time, where they lie ahead: an embargo that is
 * over is none, and what readers see already cannot be put under one. */
static enum err set_times(struct incoming *incoming,
                          const struct before *before)
{
    const struct ninjs_item *item = incoming->item;
    struct edit *edit = &incoming->import->session.edit;
    const struct id *id = &incoming->input.id;
    int64_t embargo_us = item->embargoed_until.us;
    int64_t expires_us = item->expires.us;
    enum err err = ERR_OK;
    if (embargo_us == before->article.embargo_us &&
        expires_us == before->article.expires_us)
        return ERR_OK;
    if (before->article.expires_us)
        err = article_set_expiry(edit, id, 0);
    if (!err && embargo_us > edit->time_us &&
        before->article.state != ARTICLE_PUBLISHED)
        err = article_set_embargo(
            edit, id, embargo_us,
            utf8_cut(item->embargoed_reason, EMBARGO_REASON_BYTES_MAX));
    else if (!err && before->article.embargo_us > edit->time_us)
        err = article_set_embargo(edit, id, 0, STR(""));
    if (!err && expires_us > edit->time_us)
        err = article_set_expiry(edit, id, expires_us);
    return err;
}

/* Whether it has nothing to tell readers any more. */
static bool is_expired(const struct incoming *incoming)
{
    const struct ninjs_item *item = incoming->item;
    return item->expires.is_set &&
           item->expires.us <= incoming->import->session.edit.time_us;
}

static enum err publish(struct incoming *incoming, const struct before *before)
{
    struct ninjs_import *import = incoming->import;
    struct edit *edit = &import->session.edit;
    const struct id *id = &incoming->input.id;
    int64_t published_us = publication_time(incoming);
    int64_t version_us = version_time(incoming);
    int64_t embargo_us = incoming->item->embargoed_until.us;
    bool was_published = before->article.published_us != 0;
    if (!was_published && embargo_us > published_us)
        published_us = embargo_us;
    if (!was_published && published_us > edit->time_us)
        return article_schedule(edit, id, published_us);
    if (was_published)
        published_us = before->article.published_us;
    bool is_update = version_us > published_us && version_us <= edit->time_us;
    struct publish_options options = {
        .published_us = published_us,
        .updated_us = is_update ? version_us : 0,
    };
    enum err err = article_publish(edit, id, &options);
    return !err && is_expired(incoming)
               ? article_expire(edit, id, incoming->item->expires.us)
               : err;
}

static enum err withdraw(struct incoming *incoming, const struct before *before)
{
    struct ninjs_import *import = incoming->import;
    if (before->article.state == ARTICLE_WITHDRAWN)
        return ERR_OK;
    struct str reason = str_trim(incoming->item->ed_note);
    if (!reason.len)
        reason = STR("Withdrawn by its source");
    int64_t time_us = version_time(incoming);
    if (time_us > import->session.edit.time_us ||
        time_us < before->article.published_us)
        time_us = 0;
    return article_withdraw(&import->session.edit, &incoming->input.id,
                            utf8_cut(reason, WITHDRAWAL_REASON_BYTES_MAX),
                            STR(""), time_us);
}

/* A story that readers see is taken back; what it said stays as it was. */
static enum err take_back(struct incoming *incoming,
                          const struct before *before,
                          enum import_outcome *ret_outcome)
{
    bool visible = before->article.state == ARTICLE_PUBLISHED;
    incoming->input.content.headline = before->article.content.headline;
    *ret_outcome = visible ? IMPORT_UPDATED : IMPORT_UNCHANGED;
    return visible ? withdraw(incoming, before) : ERR_OK;
}

/* ---- All of it -------------------------------------------------------------
 */

static struct id story_of(const struct ninjs_item *item)
{
    struct id story = {0};
    for (size_t i = 0; i < item->alt_ids.count; i++) {
        if (str_eq(item->alt_ids.items[i].role, STR("story")) &&
            id_parse(item->alt_ids.items[i].value, &story))
            story = (struct id){0};
    }
    return story;
}

enum err ninjs_fill(struct incoming *incoming)
{
    enum err err = ninjs_read_content(incoming);
    if (!err)
        err = ninjs_read_subjects(incoming);
    if (!err)
        err = ninjs_read_media(incoming);
    return err;
}

static enum err write_item(struct incoming *incoming,
                           const struct before *before,
                           enum import_outcome *ret_outcome)
{
    int64_t revision;
    enum err err = ninjs_fill(incoming);
    if (!err)
        err = ninjs_save_revision(incoming, &revision);
    bool posted = false;
    if (!err)
        err = ninjs_save_live(incoming, &posted);
    bool show =
        !incoming->import->options.drafts && !is_withheld(incoming->item);
    if (!err)
        err = set_times(incoming, before);
    if (!err && show)
        err = publish(incoming, before);
    if (!err && show && is_canceled(incoming->item))
        err = withdraw(incoming, before);
    *ret_outcome = before->exists ? IMPORT_UPDATED : IMPORT_CREATED;
    if (before->exists && !err && !posted &&
        revision == before->article.revision &&
        before->article.live_revision == revision)
        *ret_outcome = IMPORT_UNCHANGED;
    return err;
}

enum err ninjs_save_item(struct incoming *incoming,
                         enum import_outcome *ret_outcome)
{
    const struct ninjs_item *item = incoming->item;
    incoming->input.story = story_of(item);
    if (item->first_created.is_set)
        incoming->input.created_us = item->first_created.us;
    struct before before = {0};
    enum err err = check_item(incoming);
    if (!err)
        err = look_before(incoming, &before);
    if (err)
        return err;
    if (before.exists && (is_canceled(item) || is_withheld(item)))
        return take_back(incoming, &before, ret_outcome);
    bool same = before.exists &&
                str_eq(before.digest, str_of(item->digest, NOTE_DIGITS));
    if (!same || incoming->import->options.again)
        return write_item(incoming, &before, ret_outcome);
    incoming->input.content.headline = before.article.content.headline;
    *ret_outcome = IMPORT_UNCHANGED;
    return ERR_OK;
}
