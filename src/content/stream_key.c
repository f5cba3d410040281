// SPDX-License-Identifier: Apache-2.0
/* Keys of channels: made, shown once, stored as a digest. */
#include "content/change.h"
#include "content/channel.h"
#include "content/check_internal.h"
#include "content/edit_internal.h"
#include "content/row_internal.h"

enum { STREAM_KEY_RANDOM_BYTES = STREAM_KEY_LEN * 5 / 8 };

/* RFC 4648 §6 in lower case; 160 bits come out even. */
static void make_text(char text[STREAM_KEY_BYTES])
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyz234567";
    unsigned char bytes[STREAM_KEY_RANDOM_BYTES];
    random_bytes(bytes, sizeof bytes);
    for (unsigned i = 0; i < STREAM_KEY_LEN; i++) {
        unsigned at = i * 5 / 8, shift = i * 5 % 8;
        unsigned pair = (unsigned)bytes[at] << 8;
        if (at + 1 < sizeof bytes)
            pair |= bytes[at + 1];
        text[i] = letters[pair >> (11 - shift) & 31];
    }
    text[STREAM_KEY_LEN] = '\0';
}

const struct str stream_key_roles[STREAM_KEY_ROLE_COUNT] = {
#define X(role, name) STR_INIT(name),
    STREAM_KEY_ROLES(X)
#undef X
};

static enum stream_key_role role_of(struct str text)
{
    size_t at = 0;
    while (at < STREAM_KEY_ROLE_COUNT && !str_eq(stream_key_roles[at], text))
        at++;
    return (enum stream_key_role)at;
}

enum err stream_key_role_parse(struct str text, enum stream_key_role *ret_role,
                               struct fault *fault)
{
    *ret_role = role_of(text);
    if (*ret_role < STREAM_KEY_ROLE_COUNT)
        return ERR_OK;
    *ret_role = STREAM_KEY_FEED;
    return fault_set(fault, ERR_INVALID, "for",
                     "a key is for \"feed\", what a studio sends, or for "
                     "\"captions\", what a captioner writes; not for "
                     "\"%" PRI_STR "\"",
                     ARG_STR(text));
}

/* Printable ASCII: what every encoder's field takes, and an address does. */
static enum err check_passphrase(struct edit *edit,
                                 const struct stream_key *key)
{
    struct str text = key->passphrase;
    bool is_plain = true;
    if (key->role != STREAM_KEY_FEED)
        return fault_set(edit->fault, ERR_INVALID, "passphrase",
                         "only keys that feed have a passphrase");
    for (size_t i = 0; i < text.len; i++)
        is_plain = is_plain && text.ptr[i] >= ' ' && text.ptr[i] <= '~';
    return is_plain && text.len >= STREAM_KEY_PASSPHRASE_BYTES_MIN &&
                   text.len <= STREAM_KEY_PASSPHRASE_BYTES_MAX
               ? ERR_OK
               : fault_set(edit->fault, ERR_INVALID, "passphrase",
                           "SRT wants a passphrase of %d to %d letters, digits "
                           "and signs of ASCII",
                           STREAM_KEY_PASSPHRASE_BYTES_MIN,
                           STREAM_KEY_PASSPHRASE_BYTES_MAX);
}

static enum err check_key(struct edit *edit, const struct stream_key *key)
{
    enum err err = check_line("label", key->label, STREAM_KEY_LABEL_BYTES_MAX,
                              edit->fault);
    if (err)
        return err;
    if (key->priority < 0 || key->priority > STREAM_KEY_PRIORITY_MAX)
        return fault_set(edit->fault, ERR_INVALID, "priority",
                         "a priority is 0 to %d", STREAM_KEY_PRIORITY_MAX);
    if (key->priority && key->role != STREAM_KEY_FEED)
        return fault_set(edit->fault, ERR_INVALID, "priority",
                         "only keys that feed have a priority");
    if (key->passphrase.len)
        err = check_passphrase(edit, key);
    if (err)
        return err;
    if (key->until_us && key->until_us <= edit->time_us)
        return fault_set(edit->fault, ERR_INVALID, "until",
                         "the time until which it is good is over already");
    if (key->until_us && key->until_us <= key->from_us)
        return fault_set(edit->fault, ERR_INVALID, "until",
                         "the key would end before it begins to be good");
    return ERR_OK;
}

/* Notes a change that the playout is told; no page shows keys. */
static void note(struct edit *edit, struct str channel, const char *kind)
{
    change_notef(edit, kind, "channel-keys:%" PRI_STR, ARG_STR(channel));
}

static enum err check_room(struct edit *edit, const struct id *channel)
{
    DEFER(db_query_end)
    struct db_query query =
        db_ask(edit->db,
               "SELECT COUNT(*) FROM stream_key WHERE channel_id = $1"
               " AND revoked_us = 0 AND (until_us = 0 OR until_us > $2)",
               DB_ID(channel), DB_I64(edit->time_us));
    enum err err = db_query_row(&query);
    if (err)
        return edit_failed(edit, err);
    if (db_column_i64(&query, 0) < STREAM_KEYS_MAX)
        return ERR_OK;
    return fault_set(edit->fault, ERR_TOO_LONG, "channel",
                     "it has %d good keys, which is the most; revoke one first",
                     STREAM_KEYS_MAX);
}

enum err stream_key_add(struct edit *edit, struct str channel,
                        struct stream_key *key, char text[STREAM_KEY_BYTES])
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct channel of;
    enum err err = check_key(edit, key);
    if (!err)
        err = edit_step_begin(&step, edit);
    if (err)
        return err;
    err = channel_load(edit->db, channel, &edit->arena, &of);
    if (err == ERR_NOT_FOUND)
        return channel_unknown(edit->fault, channel);
    err = err ? edit_failed(edit, err) : check_room(edit, &of.id);
    if (err)
        return err;
    char made[STREAM_KEY_BYTES], digest[DIGEST_HEX_BYTES];
    struct id id = id_make();
    make_text(made);
    digest_hex(str_from_c(made), digest);
    err =
        edit_run(edit,
                 "INSERT INTO stream_key (id, channel_id, label, sha256,"
                 " priority, from_us, until_us, created_us, role, revoked_us,"
                 " passphrase)"
                 " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0, $10)",
                 DB_ID(&id), DB_ID(&of.id), DB_STR(key->label), DB_C(digest),
                 DB_I64(key->priority), DB_I64(key->from_us),
                 DB_I64(key->until_us), DB_I64(edit->time_us),
                 DB_STR(stream_key_roles[key->role]), DB_STR(key->passphrase));
    if (err)
        return err;
    note(edit, channel, "key");
    err = edit_step_commit(&step);
    if (err)
        return err;
    key->id = id;
    key->channel = of.id;
    key->created_us = edit->time_us;
    key->revoked_us = 0;
    key->sha256 = arena_copy(&edit->arena, str_from_c(digest));
    memcpy(text, made, sizeof made);
    return ERR_OK;
}

static enum err find_key(struct edit *edit, const struct id *id,
                         struct str *ret_channel)
{
    DEFER(db_query_end)
    struct db_query query = db_ask(edit->db,
                                   "SELECT name, revoked_us FROM stream_key"
                                   " JOIN channel ON channel.id = channel_id"
                                   " WHERE stream_key.id = $1",
                                   DB_ID(id));
    enum err err = db_query_row(&query);
    if (err == ERR_NOT_FOUND)
        return fault_set(edit->fault, err, "key",
                         "there is no key %s; 'broadsheet channel key list' "
                         "names those there are",
                         id->text);
    if (err)
        return edit_failed(edit, err);
    if (db_column_i64(&query, 1))
        return fault_set(edit->fault, ERR_GONE, "key",
                         "key %s was revoked before", id->text);
    *ret_channel = db_column_str(&query, 0, &edit->arena);
    return ERR_OK;
}

enum err stream_key_revoke(struct edit *edit, const struct id *id)
{
    DEFER(edit_step_end) struct edit_step step = {0};
    struct str channel;
    enum err err = edit_step_begin(&step, edit);
    if (!err)
        err = find_key(edit, id, &channel);
    if (!err)
        err = edit_run(edit,
                       "UPDATE stream_key SET revoked_us = $1 WHERE id = $2",
                       DB_I64(edit->time_us), DB_ID(id));
    if (err)
        return err;
    note(edit, channel, "revoke");
    return edit_step_commit(&step);
}

static struct stream_key read_row(struct db_query *query, struct arena *arena)
{
    return (struct stream_key){
        .id = row_id(query, 0),
        .channel = row_id(query, 1),
        .label = db_column_str(query, 2, arena),
        .sha256 = db_column_str(query, 3, arena),
        .priority = db_column_i64(query, 4),
        .from_us = db_column_i64(query, 5),
        .until_us = db_column_i64(query, 6),
        .created_us = db_column_i64(query, 7),
        .revoked_us = db_column_i64(query, 8),
        .role = role_of(db_column_str(query, 9, arena)),
        .passphrase = db_column_str(query, 10, arena),
    };
}

enum err stream_key_all(struct db *db, const struct id *channel,
                        struct arena *arena, struct stream_key_list *ret_list)
{
    struct str of = channel ? id_str(channel) : STR("");
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT id, channel_id, label, sha256, priority, from_us,"
               " until_us, created_us, revoked_us, role, passphrase"
               " FROM stream_key"
               " WHERE $1 = '' OR channel_id = $1"
               " ORDER BY channel_id, priority DESC, id",
               DB_STR(of));
    struct stream_key_list list = {0};
    while (db_query_next(&query))
        ROW_ADD(arena, list.keys, list.count) = read_row(&query, arena);
    enum err err = db_query_err(&query);
    if (!err)
        *ret_list = list;
    return err;
}
