// SPDX-License-Identifier: Apache-2.0
/* The front: who leads it is decided by the editors' weights first and by time
 * second; no story stands on it twice, but for the lists of the latest and the
 * most read. */
#include "base/time.h"
#include "content/article_list.h"
#include "render/catalogue.h"
#include "render/locale.h"
#include "render/value.h"
#include "site/event_cursor.h"
#include "site/linked_data.h"
#include "site/masthead.h"
#include "site/most_read_model.h"
#include "site/pages.h"
#include "site/printing.h"
#include "site/story_model.h"
#include "site/tv_model.h"

enum {
    FRONT_RECENT = 60, /* stories that may lead */
    FRONT_LEAD_WITHIN = 30,
    FRONT_SECONDS = 2,
    FRONT_MAJORS = 4,
    FRONT_OPINIONS = 3,
    FRONT_LATEST = 7,
    FRONT_SECTION_BRIEFS = 4,
    FRONT_SECTION_FETCH = 20, /* enough when most of them stand above */
    FRONT_USED_MAX = 512,
};

struct front {
    struct printing *p;
    struct value *value;
    struct article_list recent;
    struct id used[FRONT_USED_MAX];
    size_t used_count;
};

static bool is_used(const struct front *front, const struct article_card *card)
{
    for (size_t i = 0; i < front->used_count; i++) {
        if (str_eq(id_str(&front->used[i]), id_str(&card->id)))
            return true;
    }
    return false;
}

static void use(struct front *front, const struct article_card *card)
{
    if (front->used_count < sizeof front->used / sizeof *front->used)
        front->used[front->used_count++] = card->id;
}

/* The newest unused story that wants it, or NULL. */
static const struct article_card *take(
    struct front *front, size_t within,
    bool (*wanted)(const struct article_card *))
{
    for (size_t i = 0; i < front->recent.count && i < within; i++) {
        const struct article_card *card = &front->recent.cards[i];
        if (!is_used(front, card) && wanted(card)) {
            use(front, card);
            return card;
        }
    }
    return NULL;
}

static bool is_lead(const struct article_card *card)
{
    return card->weight == ARTICLE_LEAD && !card->sponsored;
}

static bool is_major(const struct article_card *card)
{
    return (card->weight == ARTICLE_MAJOR || card->weight == ARTICLE_LEAD) &&
           !card->sponsored;
}

static bool is_news(const struct article_card *card)
{
    return !card->opinion && !card->sponsored && card->weight != ARTICLE_BRIEF;
}

static bool is_any(const struct article_card *card)
{
    return !card->sponsored;
}

static bool is_opinion(const struct article_card *card)
{
    return card->opinion;
}

static const struct article_card *take_major(struct front *front)
{
    const struct article_card *card = take(front, FRONT_LEAD_WITHIN, is_major);
    return card ? card : take(front, FRONT_RECENT, is_news);
}

static void set_lead(struct front *front)
{
    const struct article_card *card = take(front, FRONT_LEAD_WITHIN, is_lead);
    if (!card)
        card = take(front, FRONT_LEAD_WITHIN, is_major);
    if (!card)
        card = take(front, FRONT_RECENT, is_news);
    if (!card)
        card = take(front, FRONT_RECENT, is_any);
    value_set_bool(front->value, "lead", false);
    if (card)
        story_fill(front->p, value_set_object(front->value, "lead"), card,
                   STORY_LEAD, STORY_KICKER | STORY_EAGER);
}

/* The major ones beside the lead; the first has its picture. */
static void set_majors(struct front *front)
{
    struct value *majors = value_set_list(front->value, "majors");
    for (size_t i = 0; i < FRONT_MAJORS; i++) {
        const struct article_card *card = take_major(front);
        if (!card)
            break;
        struct value *story = value_add_object(majors);
        story_fill(front->p, story, card, STORY_STANDARD, STORY_KICKER);
        if (i > 0)
            value_set_bool(story, "picture", false);
        if (i > 1)
            value_set_str(story, "standfirst", STR(""));
    }
    value_set_bool(front->value, "has_majors", value_count(majors) > 0);
}

static void set_seconds(struct front *front)
{
    struct value *seconds = value_set_list(front->value, "seconds");
    for (size_t i = 0; i < FRONT_SECONDS; i++) {
        const struct article_card *card = take_major(front);
        if (!card)
            break;
        struct value *story = value_add_object(seconds);
        story_fill(front->p, story, card, STORY_STANDARD, STORY_KICKER);
        value_set_bool(story, "picture", false);
    }
    value_set_bool(front->value, "has_seconds", value_count(seconds) > 0);
}

static void set_opinion(struct front *front)
{
    struct value *opinion = value_set_list(front->value, "opinion");
    for (size_t i = 0; i < FRONT_OPINIONS; i++) {
        const struct article_card *card = take(front, FRONT_RECENT, is_opinion);
        if (!card)
            break;
        story_fill(front->p, value_add_object(opinion), card, STORY_BRIEF, 0);
    }
    value_set_bool(front->value, "has_opinion", value_count(opinion) > 0);
}

/* The hour of what is of today, else the day. */
static void set_when(struct printing *p, struct value *story, int64_t time_us)
{
    struct str when =
        locale_format_date(p->locale, time_us, LOCALE_TIME_SHORT, p->arena);
    bool today = str_eq(printing_iso_day(p, time_us),
                        printing_iso_day(p, time_now_us()));
    if (!today && locale_format_pattern(p->locale, time_us, STR("d MMM"),
                                        p->arena, &when))
        when = STR("");
    value_set_str(story, "when", when);
}

/* A wire: the newest that do not stand above; they may come again below. */
static void set_latest(struct front *front)
{
    struct value *latest = value_set_list(front->value, "latest");
    size_t count = 0;
    for (size_t i = 0; i < front->recent.count && count < FRONT_LATEST; i++) {
        const struct article_card *card = &front->recent.cards[i];
        if (is_used(front, card))
            continue;
        struct value *story = value_add_object(latest);
        story_fill(front->p, story, card, STORY_BRIEF, 0);
        set_when(front->p, story, card->published_us);
        count++;
    }
    value_set_bool(front->value, "has_latest", count > 0);
}

/* ---- Sections ---------------------------------------------------------------
 */

static void set_children(struct printing *p, struct value *section,
                         const struct category *parent)
{
    struct value *children = value_set_list(section, "children");
    for (size_t i = 0; i < p->categories.count; i++) {
        const struct category *child = &p->categories.categories[i];
        if (!str_eq(id_str(&child->parent), id_str(&parent->id)))
            continue;
        struct value *link = value_add_object(children);
        value_set_str(link, "name", child->name);
        value_set_str(link, "url", printing_path(p, "", child->path));
    }
    value_set_bool(section, "has_children", value_count(children) > 0);
}

/* The newest unused one, first of those with a picture that are no briefs. */
static const struct article_card *take_pictured(struct front *front,
                                                const struct article_list *list)
{
    const struct article_card *any = NULL, *best = NULL;
    for (size_t i = 0; i < list->count && !best; i++) {
        const struct article_card *card = &list->cards[i];
        if (is_used(front, card))
            continue;
        any = any ? any : card;
        if (card->picture && card->weight != ARTICLE_BRIEF)
            best = card;
    }
    best = best ? best : any;
    if (best)
        use(front, best);
    return best;
}

/* One large, one with a picture, the others brief. */
static void fill_section(struct front *front, struct value *section,
                         const struct article_list *list)
{
    struct printing *p = front->p;
    struct value *briefs = value_set_list(section, "briefs");
    const struct article_card *lead = take_pictured(front, list);
    const struct article_card *second = take_pictured(front, list);
    value_set_bool(section, "second", false);
    if (lead)
        story_fill(p, value_set_object(section, "lead"), lead, STORY_MAJOR, 0);
    if (second)
        story_fill(p, value_set_object(section, "second"), second,
                   STORY_STANDARD, 0);
    for (size_t i = 0;
         i < list->count && value_count(briefs) < FRONT_SECTION_BRIEFS; i++) {
        if (is_used(front, &list->cards[i]))
            continue;
        use(front, &list->cards[i]);
        story_fill(p, value_add_object(briefs), &list->cards[i], STORY_BRIEF,
                   0);
    }
    bool full = value_count(briefs) > 0;
    value_set_bool(section, "has_briefs", full);
    value_set_c(section, "size", full ? "full" : second ? "two" : "one");
}

static enum err add_section(struct front *front, struct value *sections,
                            const struct category *category)
{
    struct printing *p = front->p;
    struct article_list list;
    enum err err = article_list_category(p->db, p->lang, &category->id, NULL,
                                         FRONT_SECTION_FETCH, p->arena, &list);
    if (err)
        return printing_failed(p, err);
    struct value *section = value_object(p->arena);
    value_set_str(section, "name", category->name);
    value_set_str(section, "url", printing_path(p, "", category->path));
    value_set_bool(section, "turned", value_count(sections) % 2);
    set_children(p, section, category);
    fill_section(front, section, &list);
    if (value_get(section, STR("lead")))
        value_add(sections, section);
    return ERR_OK;
}

static enum err set_sections(struct front *front)
{
    struct printing *p = front->p;
    struct value *sections = value_set_list(front->value, "sections");
    for (size_t i = 0; i < p->categories.count; i++) {
        const struct category *category = &p->categories.categories[i];
        if (category->depth > 0)
            continue;
        enum err err = add_section(front, sections, category);
        if (err)
            return err;
    }
    return ERR_OK;
}

static enum err fill_front(struct front *front)
{
    struct printing *p = front->p;
    enum err err = article_list_latest(p->db, p->lang, NULL, FRONT_RECENT,
                                       p->arena, &front->recent);
    if (err)
        return printing_failed(p, err);
    value_set_bool(front->value, "empty", front->recent.count == 0);
    /* For the script that says what came since: the newest story, its words and
     * how the language writes a number. */
    value_set_str(front->value, "words",
                  catalogue_text(p->words, STR("fresh.stories")));
    value_set_str(front->value, "newest", events_cursor(p, &front->recent));
    value_set_str(front->value, "sample",
                  locale_format_number(p->locale, 1234567, p->arena));
    set_lead(front);
    set_majors(front);
    set_seconds(front);
    set_opinion(front);
    set_latest(front);
    err = most_read_set(front->p, front->value, NULL);
    return err ? err : set_sections(front);
}

/* Every language has a front. */
static void set_translations(struct printing *p)
{
    for (size_t i = 0; i < p->languages.count; i++) {
        struct str code = p->languages.languages[i].code;
        printing_translated(
            p, code, arena_printf(p->arena, "/%" PRI_STR "/", ARG_STR(code)));
    }
}

enum err page_front(struct printing *p)
{
    enum err err = printing_open(p, p->path.lang);
    if (err)
        return err;
    struct front front = {.p = p, .value = value_set_object(p->data, "front")};
    masthead_show_date(p);
    err = printing_events(p, NULL);
    if (!err)
        err = tv_set_strip(p);
    if (!err)
        err = fill_front(&front);
    if (err)
        return err;
    change_keys_add(&p->keys, STR("front:"), p->lang);
    set_translations(p);
    printing_title(p, p->settings.name);
    printing_describe(p, p->settings.description);
    printing_canonical(p, printing_path(p, "", STR("")));
    printing_share(p, "website", p->settings.name);
    printing_share_list(p, &front.recent);
    linked_front(p);
    return printing_render(p, "front", 200);
}
