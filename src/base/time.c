// SPDX-License-Identifier: Apache-2.0
#include "base/time.h"

#include <assert.h>
#include <stdio.h>
#include <time.h>

struct civil {
    int64_t year;
    int month, day, hour, minute, second, microsecond;
    int weekday; /* 0 is Sunday */
};

static const char weekdays[7][4] = {"Sun", "Mon", "Tue", "Wed",
                                    "Thu", "Fri", "Sat"};
static const char months[12][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

static int64_t read_clock(clockid_t clock)
{
    struct timespec now;
    int failed = clock_gettime(clock, &now);
    assert(!failed);
    return (int64_t)now.tv_sec * TIME_US_PER_SECOND + now.tv_nsec / 1000;
}

int64_t time_now_us(void)
{
    return read_clock(CLOCK_REALTIME);
}

int64_t clock_now_us(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

/* Days since 1970-01-01 of a date in the proleptic Gregorian calendar, counted
 * in years that begin in March, so that the leap day comes last. */
static int64_t days_from_date(int64_t year, int month, int day)
{
    year -= month <= 2;
    int64_t era = (year >= 0 ? year : year - 399) / 400;
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year =
        (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era =
        year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static void date_from_days(int64_t days, struct civil *civil)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t shifted = (5 * doy + 2) / 153;
    civil->day = (int)(doy - (153 * shifted + 2) / 5 + 1);
    civil->month = (int)(shifted < 10 ? shifted + 3 : shifted - 9);
    civil->year = yoe + era * 400 + (civil->month <= 2);
}

static struct civil civil_from_us(int64_t time_us)
{
    int64_t seconds = time_us / TIME_US_PER_SECOND;
    int64_t micro = time_us % TIME_US_PER_SECOND;
    if (micro < 0) {
        micro += TIME_US_PER_SECOND;
        seconds--;
    }
    int64_t days = seconds / 86400;
    int64_t rest = seconds % 86400;
    if (rest < 0) {
        rest += 86400;
        days--;
    }
    struct civil civil = {
        .hour = (int)(rest / 3600),
        .minute = (int)(rest / 60 % 60),
        .second = (int)(rest % 60),
        .microsecond = (int)micro,
        .weekday = (int)(((days + 4) % 7 + 7) % 7),
    };
    date_from_days(days, &civil);
    return civil;
}

/* Four digits, whatever the input, so that no buffer below can overflow. */
static int shown_year(const struct civil *civil)
{
    return civil->year < 0 ? 0 : civil->year > 9999 ? 9999 : (int)civil->year;
}

void time_format_rfc3339(int64_t time_us, char target[TIME_RFC3339_BYTES])
{
    struct civil c = civil_from_us(time_us);
    int len =
        snprintf(target, TIME_RFC3339_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d",
                 shown_year(&c), c.month, c.day, c.hour, c.minute, c.second);
    size_t room = TIME_RFC3339_BYTES - (size_t)len;
    if (c.microsecond)
        snprintf(target + len, room, ".%06dZ", c.microsecond);
    else
        snprintf(target + len, room, "Z");
}

static void format_822(int64_t time_us, const char *zone, char *target,
                       size_t size)
{
    struct civil c = civil_from_us(time_us);
    snprintf(target, size, "%s, %02d %s %04d %02d:%02d:%02d %s",
             weekdays[c.weekday], c.day, months[c.month - 1], shown_year(&c),
             c.hour, c.minute, c.second, zone);
}

void time_format_http(int64_t time_us, char target[TIME_HTTP_BYTES])
{
    format_822(time_us, "GMT", target, TIME_HTTP_BYTES);
}

void time_format_rfc822(int64_t time_us, char target[TIME_RFC822_BYTES])
{
    format_822(time_us, "+0000", target, TIME_RFC822_BYTES);
}

/* Takes exactly count digits off *rest. */
static bool take_digits(struct str *rest, size_t count, int *ret_value)
{
    if (rest->len < count)
        return false;
    int value = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned digit = (unsigned char)rest->ptr[i] - (unsigned)'0';
        if (digit > 9)
            return false;
        value = value * 10 + (int)digit;
    }
    *rest = str_from(*rest, count);
    *ret_value = value;
    return true;
}

static bool take_char(struct str *rest, char c)
{
    if (rest->len == 0 || rest->ptr[0] != c)
        return false;
    *rest = str_from(*rest, 1);
    return true;
}

static bool take_fraction(struct str *rest, int *ret_microsecond)
{
    int value = 0, digits = 0;
    while (rest->len && rest->ptr[0] >= '0' && rest->ptr[0] <= '9') {
        if (digits < 6)
            value = value * 10 + (rest->ptr[0] - '0');
        digits++;
        *rest = str_from(*rest, 1);
    }
    for (int i = digits; i < 6; i++)
        value *= 10;
    *ret_microsecond = value;
    return digits > 0;
}

static bool take_offset(struct str *rest, int *ret_minutes)
{
    if (take_char(rest, 'Z') || take_char(rest, 'z')) {
        *ret_minutes = 0;
        return true;
    }
    int sign = take_char(rest, '+') ? 1 : take_char(rest, '-') ? -1 : 0;
    int hours, minutes;
    if (!sign || !take_digits(rest, 2, &hours) || !take_char(rest, ':') ||
        !take_digits(rest, 2, &minutes) || hours > 23 || minutes > 59)
        return false;
    *ret_minutes = sign * (hours * 60 + minutes);
    return true;
}

static bool is_date(int year, int month, int day)
{
    static const int lengths[] = {31, 28, 31, 30, 31, 30,
                                  31, 31, 30, 31, 30, 31};
    if (month < 1 || month > 12 || day < 1)
        return false;
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return day <= lengths[month - 1] + (month == 2 && leap);
}

enum err time_parse_rfc3339(struct str text, int64_t *ret_time_us)
{
    assert(ret_time_us);
    int year, month, day, hour, minute, second, micro = 0, offset;
    if (!take_digits(&text, 4, &year) || !take_char(&text, '-') ||
        !take_digits(&text, 2, &month) || !take_char(&text, '-') ||
        !take_digits(&text, 2, &day) ||
        !(take_char(&text, 'T') || take_char(&text, 't') ||
          take_char(&text, ' ')) ||
        !take_digits(&text, 2, &hour) || !take_char(&text, ':') ||
        !take_digits(&text, 2, &minute) || !take_char(&text, ':') ||
        !take_digits(&text, 2, &second))
        return ERR_INVALID;
    if (take_char(&text, '.') && !take_fraction(&text, &micro))
        return ERR_INVALID;
    if (!take_offset(&text, &offset) || text.len)
        return ERR_INVALID;
    if (!is_date(year, month, day) || hour > 23 || minute > 59 || second > 60)
        return ERR_INVALID;
    int64_t seconds = days_from_date(year, month, day) * 86400 + hour * 3600 +
                      minute * 60 + second - (int64_t)offset * 60;
    *ret_time_us = seconds * TIME_US_PER_SECOND + micro;
    return ERR_OK;
}
