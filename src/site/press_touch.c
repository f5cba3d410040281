// SPDX-License-Identifier: Apache-2.0
/* Touched keys: pages made from them are printed again past the log. A touch is
 * noted here, and acted on at most once in a while for each key, in the
 * background, so that no publish call waits for it. */
#include <stdlib.h>

#include "base/log.h"
#include "base/time.h"
#include "site/press_internal.h"

enum {
    CHANGE_KEY_BYTES = 64, /* of a language's */

    /* A page is printed again for its views so often at most: a number that is
     * ten seconds old at most has been counted, handed over, committed and
     * printed within them. */
    TOUCH_VIEWS_MS = 7 * 1000,
    TOUCH_MOST_MS = 30 * 1000,
    TOUCH_BAR_MS = 5 * 1000,
    TOUCH_KEPT_MS = 60 * 1000, /* longer than any print or edge takes */
};

#define VIEWS_PREFIX STR("views:")
#define BAR_PREFIX STR("bar:")

struct touch {
    struct str key; /* the bytes follow */
    int64_t touched_us;
    int64_t acted_us;
    bool pending;
};

void press_touch(struct press *press, struct str key)
{
    struct touch *touch = map_get(&press->touches, key);
    if (!touch) {
        touch = calloc(1, sizeof *touch + key.len);
        if (!touch)
            log_panic("no memory for pages that were read");
        memcpy(touch + 1, key.ptr, key.len);
        touch->key = str_of((char *)(touch + 1), key.len);
        if (map_set(&press->touches, touch->key, touch, NULL))
            log_panic("no memory for pages that were read");
    }
    touch->touched_us = clock_now_us();
    touch->pending = true;
}

void press_touch_bar(struct press *press, struct str key)
{
    static const struct str alert = STR_INIT("alert:");
    char bar[CHANGE_KEY_BYTES];
    if (!str_starts_with(key, alert))
        return;
    int len = snprintf(bar, sizeof bar, "bar:%" PRI_STR,
                       ARG_STR(str_from(key, alert.len)));
    if (len > 0 && (size_t)len < sizeof bar)
        press_touch(press, str_of(bar, (size_t)len));
}

void press_touch_printed(struct press *press, struct str key, int64_t began_us)
{
    struct touch *touch =
        press->touches.count ? map_get(&press->touches, key) : NULL;
    if (touch && touch->touched_us >= began_us)
        touch->pending = true;
}

void press_touch_all_again(struct press *press)
{
    size_t position = 0;
    struct touch *touch;
    while ((touch = map_next(&press->touches, &position, NULL)))
        touch->pending = true;
}

static bool is_due(const struct touch *touch, int64_t now_us)
{
    int64_t every_ms = TOUCH_MOST_MS;
    if (str_starts_with(touch->key, VIEWS_PREFIX))
        every_ms = TOUCH_VIEWS_MS;
    else if (str_starts_with(touch->key, BAR_PREFIX))
        every_ms = TOUCH_BAR_MS;
    return touch->pending &&
           (!touch->acted_us || now_us >= touch->acted_us + every_ms * 1000);
}

/* Sheets to act on. */
struct touched {
    struct sheet **sheets;
    size_t count, capacity;
};

static void collect_sheet(void *context, struct sheet *sheet)
{
    struct touched *touched = context;
    if (sheet->marked)
        return;
    if (touched->count == touched->capacity) {
        size_t capacity = touched->capacity ? touched->capacity * 2 : 64;
        struct sheet **grown =
            realloc(touched->sheets, capacity * sizeof(struct sheet *));
        if (!grown)
            log_panic("no memory for pages that were read");
        touched->sheets = grown;
        touched->capacity = capacity;
    }
    sheet->marked = true;
    touched->sheets[touched->count++] = sheet;
}

static void forget_old_touches(struct press *press, int64_t now_us)
{
    size_t position = 0, count = 0;
    struct touch *touch;
    struct touch **old =
        calloc(press->touches.count + 1, sizeof(struct touch *));
    if (!old)
        return; /* next time */
    while ((touch = map_next(&press->touches, &position, NULL))) {
        if (!touch->pending &&
            now_us >= touch->touched_us + TOUCH_KEPT_MS * INT64_C(1000))
            old[count++] = touch;
    }
    for (size_t i = 0; i < count; i++) {
        map_remove(&press->touches, old[i]->key);
        free(old[i]);
    }
    free(old);
}

/* Pinned pages are printed again when there is nothing more urgent, the others
 * when somebody asks for them. */
void press_act_on_touches(struct press *press)
{
    if (!press->touches.count)
        return;
    int64_t now_us = clock_now_us();
    struct touched touched = {.count = 0};
    size_t position = 0;
    struct touch *touch;
    while ((touch = map_next(&press->touches, &position, NULL))) {
        if (!is_due(touch, now_us))
            continue;
        touch->pending = false;
        touch->acted_us = now_us;
        sheets_each_of(&press->sheets, touch->key, collect_sheet, &touched);
    }
    for (size_t i = 0; i < touched.count; i++) {
        struct sheet *sheet = touched.sheets[i];
        sheet->marked = false;
        if (sheet->pinned)
            press_order(press, sheet->key, PRINT_AHEAD, true, 0);
        else
            press_drop(press, sheet);
    }
    free(touched.sheets);
    forget_old_touches(press, now_us);
}

void press_touches_finish(struct press *press)
{
    size_t position = 0;
    struct touch *touch;
    while ((touch = map_next(&press->touches, &position, NULL)))
        free(touch);
    map_finish(&press->touches);
}
