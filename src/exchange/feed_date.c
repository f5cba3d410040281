// SPDX-License-Identifier: Apache-2.0
#include "exchange/feed_date.h"

#include <stdbool.h>

#include "base/time.h"

enum { SECONDS_PER_DAY = 24 * 3600 };

struct moment {
    int64_t year, month, day, hour, minute, second;
    int64_t micros;
    int64_t offset_s; /* east of UTC */
};

static bool is_leap(int64_t year)
{
    return (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
}

static int64_t days_in(int64_t year, int64_t month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    return days[month - 1] + (month == 2 && is_leap(year));
}

/* Days since 1970, proleptic Gregorian (Howard Hinnant's days_from_civil). */
static int64_t days_since_1970(int64_t year, int64_t month, int64_t day)
{
    year -= month <= 2;
    int64_t era = year / 400;
    int64_t of_era = year - era * 400;
    int64_t of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t days = of_era * 365 + of_era / 4 - of_era / 100 + of_year;
    return era * 146097 + days - 719468;
}

static enum err make(const struct moment *m, int64_t *ret_time_us)
{
    if (m->year < 1000 || m->year > 9999 || m->month < 1 || m->month > 12 ||
        m->day < 1 || m->day > days_in(m->year, m->month) || m->hour > 23 ||
        m->minute > 59 || m->second > 60)
        return ERR_INVALID;
    int64_t seconds =
        days_since_1970(m->year, m->month, m->day) * SECONDS_PER_DAY +
        m->hour * 3600 + m->minute * 60 + m->second - m->offset_s;
    *ret_time_us = seconds * TIME_US_PER_SECOND + m->micros;
    return ERR_OK;
}

/* ---- Pieces ----------------------------------------------------------------
 */

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* Takes least to most digits off *text. */
static bool take_number(struct str *text, size_t least, size_t most,
                        int64_t *ret_number)
{
    size_t len = 0;
    while (len < most && len < text->len && is_digit(text->ptr[len]))
        len++;
    if (len < least || str_parse_i64(str_slice(*text, 0, len), ret_number))
        return false;
    *text = str_from(*text, len);
    return true;
}

static bool take_char(struct str *text, char c)
{
    if (!text->len || text->ptr[0] != c)
        return false;
    *text = str_from(*text, 1);
    return true;
}

static struct str take_word(struct str *text)
{
    size_t len = 0;
    while (len < text->len && is_letter(text->ptr[len]))
        len++;
    struct str word = str_slice(*text, 0, len);
    *text = str_from(*text, len);
    return word;
}

static void skip_space(struct str *text)
{
    while (text->len && (text->ptr[0] == ' ' || text->ptr[0] == '\t' ||
                         text->ptr[0] == '\n' || text->ptr[0] == '\r'))
        *text = str_from(*text, 1);
}

/* "10:00", "10:00:00" */
static bool take_time(struct str *text, struct moment *m)
{
    if (!take_number(text, 1, 2, &m->hour) || !take_char(text, ':') ||
        !take_number(text, 2, 2, &m->minute))
        return false;
    if (!take_char(text, ':'))
        return true;
    if (!take_number(text, 2, 2, &m->second))
        return false;
    if (!take_char(text, '.'))
        return true;
    int64_t scale = 100000;
    bool any = false;
    for (; text->len && is_digit(text->ptr[0]); any = true, scale /= 10) {
        m->micros += (text->ptr[0] - '0') * scale;
        *text = str_from(*text, 1);
    }
    return any;
}

/* "+0400", "+04:00", "-4" */
static bool take_offset(struct str *text, struct moment *m)
{
    int64_t sign = text->ptr[0] == '-' ? -1 : 1, hours, minutes = 0;
    *text = str_from(*text, 1);
    if (!take_number(text, 1, 2, &hours))
        return false;
    bool colon = take_char(text, ':');
    if (!take_number(text, 2, 2, &minutes) && colon)
        return false;
    m->offset_s = sign * (hours * 3600 + minutes * 60);
    return hours <= 23 && minutes <= 59;
}

/* RFC 822 §5.1, and what else is seen; unknown names are UTC, as RFC 2822 §4.3
 * wants it. */
static bool take_zone(struct str *text, struct moment *m)
{
    static const struct {
        struct str name;
        int hours;
    } zones[] = {
        {STR_INIT("EST"), -5}, {STR_INIT("EDT"), -4}, {STR_INIT("CST"), -6},
        {STR_INIT("CDT"), -5}, {STR_INIT("MST"), -7}, {STR_INIT("MDT"), -6},
        {STR_INIT("PST"), -8}, {STR_INIT("PDT"), -7}, {STR_INIT("CET"), 1},
        {STR_INIT("CEST"), 2}, {STR_INIT("EET"), 2},  {STR_INIT("EEST"), 3},
        {STR_INIT("MSK"), 3},  {STR_INIT("GET"), 4},  {STR_INIT("BST"), 1},
    };
    skip_space(text);
    if (!text->len)
        return true;
    if (text->ptr[0] == '+' || text->ptr[0] == '-')
        return take_offset(text, m);
    struct str name = take_word(text);
    for (size_t i = 0; i < sizeof zones / sizeof *zones; i++)
        if (str_eq_ascii_case(name, zones[i].name))
            m->offset_s = zones[i].hours * 3600;
    if (name.len && text->len && (text->ptr[0] == '+' || text->ptr[0] == '-'))
        return take_offset(text, m); /* "GMT+0400" */
    return name.len > 0;
}

/* ---- Forms -----------------------------------------------------------------
 */

static bool take_month(struct str *text, int64_t *ret_month)
{
    static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
    struct str word = take_word(text);
    for (int64_t i = 0; word.len >= 3 && i < 12; i++)
        if (str_eq_ascii_case(str_slice(word, 0, 3),
                              str_of(months + 3 * i, 3))) {
            *ret_month = i + 1;
            return true;
        }
    return false;
}

static bool parse_rfc822(struct str text, struct moment *m)
{
    if (is_letter(text.ptr[0])) { /* the day of the week says nothing new */
        take_word(&text);
        take_char(&text, ',');
        skip_space(&text);
    }
    size_t before;
    if (!take_number(&text, 1, 2, &m->day))
        return false;
    skip_space(&text);
    take_char(&text, '-');
    if (!take_month(&text, &m->month))
        return false;
    skip_space(&text);
    take_char(&text, '-');
    before = text.len;
    if (!take_number(&text, 2, 4, &m->year))
        return false;
    if (before - text.len < 4) /* RFC 2822 §4.3 */
        m->year += m->year < 50 ? 2000 : 1900;
    skip_space(&text);
    if (text.len && is_digit(text.ptr[0]) && !take_time(&text, m))
        return false;
    if (!take_zone(&text, m))
        return false;
    skip_space(&text);
    return text.len == 0 || text.ptr[0] == '('; /* a comment */
}

static bool parse_iso(struct str text, struct moment *m)
{
    if (!take_number(&text, 4, 4, &m->year) || !take_char(&text, '-') ||
        !take_number(&text, 2, 2, &m->month) || !take_char(&text, '-') ||
        !take_number(&text, 2, 2, &m->day))
        return false;
    if (text.len && (text.ptr[0] == 'T' || text.ptr[0] == 't'))
        text = str_from(text, 1);
    skip_space(&text);
    if (text.len && is_digit(text.ptr[0]) && !take_time(&text, m))
        return false;
    if (!take_zone(&text, m))
        return false;
    skip_space(&text);
    return text.len == 0;
}

enum err feed_date_parse(struct str text, int64_t *ret_time_us)
{
    struct moment m = {0};
    text = str_trim(text);
    if (!text.len)
        return ERR_INVALID;
    bool iso = text.len >= 5 && is_digit(text.ptr[0]) && text.ptr[4] == '-';
    if (iso ? !parse_iso(text, &m) : !parse_rfc822(text, &m))
        return ERR_INVALID;
    return make(&m, ret_time_us);
}
