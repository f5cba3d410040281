// SPDX-License-Identifier: Apache-2.0
#include "content/settings.h"

#include <arpa/inet.h>
#include <assert.h>

#include "base/arena.h"
#include "content/change.h"
#include "content/check_internal.h"
#include "content/edit_internal.h"
#include "content/language.h"
#include "render/locale.h"

const struct setting setting_table[SETTING_COUNT] = {
#define X(name, kind, standard, per_language, description) \
    {#name, SETTING_##kind, standard, per_language, description},
    SETTINGS(X)
#undef X
};

const struct setting *setting_find(struct str name)
{
    for (size_t i = 0; i < SETTING_COUNT; i++) {
        struct str known = str_from_c(setting_table[i].name);
        size_t at = 0;
        if (known.len != name.len)
            continue;
        while (at < name.len &&
               (name.ptr[at] == '-' ? '_' : name.ptr[at]) == known.ptr[at])
            at++;
        if (at == name.len)
            return &setting_table[i];
    }
    return NULL;
}

/* ---- Values
 * ------------------------------------------------------------------ */

static const struct {
    const char *name;
    int64_t bytes;
} units[] = {
    {"", 1},
    {"B", 1},
    {"K", INT64_C(1) << 10},
    {"KiB", INT64_C(1) << 10},
    {"M", INT64_C(1) << 20},
    {"MiB", INT64_C(1) << 20},
    {"G", INT64_C(1) << 30},
    {"GiB", INT64_C(1) << 30},
};

static enum err parse_bytes(struct str text, int64_t *ret_bytes)
{
    size_t digits = 0;
    while (digits < text.len && text.ptr[digits] >= '0' &&
           text.ptr[digits] <= '9')
        digits++;
    int64_t number;
    enum err err = str_parse_i64(str_of(text.ptr, digits), &number);
    struct str unit = str_trim(str_from(text, digits));
    for (size_t i = 0; !err && i < sizeof units / sizeof *units; i++)
        if (str_eq_ascii_case(unit, str_from_c(units[i].name)))
            return __builtin_mul_overflow(number, units[i].bytes, ret_bytes)
                       ? ERR_INVALID
                       : ERR_OK;
    return ERR_INVALID;
}

static enum err parse_number(enum setting_kind kind, struct str text,
                             int64_t *ret_number)
{
    enum err err = kind == SETTING_BYTES ? parse_bytes(text, ret_number)
                                         : str_parse_i64(text, ret_number);
    return err || *ret_number < 0 ? ERR_INVALID : ERR_OK;
}

static enum err check_language_exists(struct edit *edit, const char *field,
                                      struct str code)
{
    struct language language;
    enum err err = language_find(edit->db, code, &edit->arena, &language);
    if (err == ERR_NOT_FOUND)
        return fault_set(edit->fault, ERR_INVALID, field,
                         "the newspaper has no language \"%" PRI_STR
                         "\"; 'broadsheet language add %" PRI_STR
                         "' makes it one of its own",
                         ARG_STR(code), ARG_STR(code));
    return edit_failed(edit, err);
}

static enum err check_site_address(const char *field, struct str value,
                                   struct fault *fault)
{
    enum err err = check_address(field, value, fault);
    if (err || value.len == 0)
        return err;
    struct str host = str_from(value, (size_t)str_find(value, STR("://")) + 3);
    if (str_find_char(host, '/') < 0 && str_find_char(host, '?') < 0 &&
        str_find_char(host, '#') < 0 && str_find_char(host, '@') < 0)
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, field,
                     "%s must be scheme and host only, such as "
                     "https://example.org, without a slash at the end",
                     field);
}

static enum err check_number(const struct setting *setting, struct str value,
                             struct fault *fault)
{
    int64_t number;
    if (!parse_number(setting->kind, value, &number))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, setting->name,
                     setting->kind == SETTING_BYTES
                         ? "%s must be a number of bytes such as 256 MiB"
                         : "%s must be a whole number that is not negative",
                     setting->name);
}

static enum err check_switch(const char *field, struct str value,
                             struct fault *fault)
{
    if (str_eq(value, STR("yes")) || str_eq(value, STR("no")))
        return ERR_OK;
    return fault_set(fault, ERR_INVALID, field, "%s must be yes or no", field);
}

/* "10.0.0.7", "10.0.0.7:8080", "[fd00::1]:443" */
static bool is_host(struct str text)
{
    char host[64];
    unsigned char ip[16];
    struct str port = STR("1");
    bool is_ip6 = text.ptr[0] == '[';
    ptrdiff_t end = str_find_char(text, is_ip6 ? ']' : ':');
    size_t from = is_ip6 ? 1 : 0, to = end < 0 ? text.len : (size_t)end;
    if ((is_ip6 && end < 0) || to - from >= sizeof host)
        return false;
    struct str rest = str_from(text, to + (is_ip6 ? 1 : 0));
    if (rest.len)
        port = rest.ptr[0] == ':' ? str_from(rest, 1) : STR("");
    memcpy(host, text.ptr + from, to - from);
    host[to - from] = '\0';
    int64_t number;
    return inet_pton(is_ip6 ? AF_INET6 : AF_INET, host, ip) == 1 &&
           !str_parse_i64(port, &number) && number > 0 && number <= 65535;
}

static enum err check_hosts(const char *field, struct str value,
                            struct fault *fault)
{
    struct str host;
    while (value.len && str_split_next(&value, ' ', &host))
        if (host.len && !is_host(host))
            return fault_set(fault, ERR_INVALID, field,
                             "\"%" PRI_STR "\" is no address: write them as "
                             "10.0.0.7, 127.0.0.1:8080 or [fd00::1]:443, with "
                             "blanks between",
                             ARG_STR(host));
    return ERR_OK;
}

static enum err check_value(struct edit *edit, const struct setting *setting,
                            struct str value)
{
    const char *field = setting->name;
    if (setting->kind == SETTING_LINES)
        return check_text(field, value, SETTING_LINES_BYTES_MAX, edit->fault);
    enum err err = check_line(field, value, SETTING_BYTES_MAX, edit->fault);
    if (err)
        return err;
    switch (setting->kind) {
    case SETTING_TEXT:
    case SETTING_LINES:
        return ERR_OK;
    case SETTING_LINK:
        return check_address(field, value, edit->fault);
    case SETTING_HOSTS:
        return check_hosts(field, value, edit->fault);
    case SETTING_SWITCH:
        return check_switch(field, value, edit->fault);
    case SETTING_ADDRESS:
        return check_site_address(field, value, edit->fault);
    case SETTING_ZONE:
        if (locale_zone_is_valid(value))
            return ERR_OK;
        return fault_set(edit->fault, ERR_INVALID, field,
                         "there is no time zone \"%" PRI_STR
                         "\": use one such as Asia/Tbilisi",
                         ARG_STR(value));
    case SETTING_PATTERN:
        return locale_pattern_check(value, edit->fault);
    case SETTING_LANGUAGE:
        return check_language_exists(edit, field, value);
    case SETTING_NUMBER:
    case SETTING_BYTES:
        return check_number(setting, value, edit->fault);
    }
    return ERR_OK;
}

/* ---- Reading
 * ----------------------------------------------------------------- */

static void take_text(struct str *target, struct str value)
{
    *target = value;
}

static void take_number(enum setting_kind kind, int64_t *target,
                        struct str value)
{
    int64_t number;
    if (!parse_number(kind, value, &number)) /* stored ones were checked */
        *target = number;
}

static void take(struct settings *settings, struct str name, struct str value)
{
#define TAKE_TEXT(name_) take_text(&settings->name_, value)
#define TAKE_ADDRESS TAKE_TEXT
#define TAKE_ZONE TAKE_TEXT
#define TAKE_PATTERN TAKE_TEXT
#define TAKE_LANGUAGE TAKE_TEXT
#define TAKE_LINES TAKE_TEXT
#define TAKE_LINK TAKE_TEXT
#define TAKE_HOSTS TAKE_TEXT
#define TAKE_SWITCH(name_) settings->name_ = str_eq(value, STR("yes"))
#define TAKE_NUMBER(name_) take_number(SETTING_NUMBER, &settings->name_, value)
#define TAKE_BYTES(name_) take_number(SETTING_BYTES, &settings->name_, value)
#define X(name_, kind, standard, per_language, description) \
    if (str_eq(name, STR(#name_))) \
        TAKE_##kind(name_);
    SETTINGS(X)
#undef X
}

enum err settings_load(struct db *db, struct str language, struct arena *arena,
                       struct settings *ret_settings)
{
    struct settings settings;
    for (size_t i = 0; i < SETTING_COUNT; i++)
        take(&settings, str_from_c(setting_table[i].name),
             str_from_c(setting_table[i].standard));
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT name, value FROM setting WHERE language IN ('', $1)"
               " ORDER BY language",
               DB_STR(language));
    while (db_query_next(&query))
        take(&settings, db_column_peek(&query, 0),
             db_column_str(&query, 1, arena));
    enum err err = db_query_err(&query);
    if (!err)
        *ret_settings = settings;
    return err;
}

enum err setting_get(struct db *db, struct str name, struct str language,
                     struct arena *arena, struct str *ret_value)
{
    const struct setting *setting = setting_find(name);
    if (!setting)
        return ERR_NOT_FOUND;
    DEFER(db_query_end)
    struct db_query query =
        db_ask(db,
               "SELECT value FROM setting WHERE name = $1"
               " AND language IN ('', $2) ORDER BY language DESC LIMIT 1",
               DB_C(setting->name), DB_STR(language));
    enum err err = db_query_row(&query);
    if (err && err != ERR_NOT_FOUND)
        return err;
    *ret_value =
        err ? str_from_c(setting->standard) : db_column_str(&query, 0, arena);
    return ERR_OK;
}

/* ---- Writing
 * ----------------------------------------------------------------- */

static enum err find_for(struct edit *edit, struct str name,
                         struct str language, const struct setting **ret)
{
    const struct setting *setting = setting_find(name);
    if (!setting)
        return fault_set(edit->fault, ERR_NOT_FOUND, "name",
                         "there is no setting \"%" PRI_STR "\"", ARG_STR(name));
    *ret = setting;
    if (language.len == 0)
        return ERR_OK;
    if (!setting->per_language)
        return fault_set(edit->fault, ERR_INVALID, setting->name,
                         "%s is the same in all languages", setting->name);
    return check_language_exists(edit, setting->name, language);
}

enum err setting_set(struct edit *edit, struct str name, struct str language,
                     struct str value)
{
    const struct setting *setting;
    enum err err = find_for(edit, name, language, &setting);
    if (!err)
        err = check_value(edit, setting, value);
    if (!err)
        err = edit_run(edit,
                       "INSERT INTO setting (name, language, value)"
                       " VALUES ($1, $2, $3)"
                       " ON CONFLICT (name, language)"
                       " DO UPDATE SET value = excluded.value",
                       DB_C(setting->name), DB_STR(language), DB_STR(value));
    if (!err)
        change_note(edit, STR("settings"), "set");
    return err;
}

enum err setting_unset(struct edit *edit, struct str name, struct str language)
{
    const struct setting *setting;
    enum err err = find_for(edit, name, language, &setting);
    if (!err)
        err = edit_run(edit,
                       "DELETE FROM setting WHERE name = $1 AND language = $2",
                       DB_C(setting->name), DB_STR(language));
    if (!err)
        change_note(edit, STR("settings"), "unset");
    return err;
}
