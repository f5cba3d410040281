// SPDX-License-Identifier: Apache-2.0
#include "store/search_score_internal.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { COLUMNS_MAX = 8, PHRASES_MAX = 64, HEADLINE = 0 };

/* What a word in a column counts as a word of the text, by the order of columns
 * that content/search_index.c makes: headline (which is weighed by itself),
 * standfirst, body, names, marks. */
static const double column_weights[COLUMNS_MAX] = {0, 2, 1, 3, 0};

/* BM25's usual constant: a text that repeats a word for ever is worth K1 + 1 =
 * 2.2 of one word in it. BM25's B is none: the length of an article says little
 * about it, and to look it up would cost a place in another table for each
 * match, which is most of a search. */
static const double K1 = 1.2;

/* A word in the headline, in the same unit; up to HEADLINE_FIRST more the
 * nearer to its beginning, where headlines say whom they are about. */
static const double IN_HEADLINE = 3, HEADLINE_FIRST = 0.5;

/* Two words that follow each other in the query, side by side. */
static const double BESIDE = 1, BESIDE_IN_HEADLINE = 2;

/* ---- How rare the phrases are ----------------------------------------------
 */

struct weights {
    double of[PHRASES_MAX];
};

/* The rarer, the more it says. */
static double rarity(double held, double rows)
{
    return held < rows ? log(1 + (rows - held + 0.5) / (held + 0.5)) : 0.01;
}

static struct weights *make_weights(const Fts5ExtensionApi *api,
                                    Fts5Context *fts, const char *counts)
{
    struct weights *weights = calloc(1, sizeof *weights);
    sqlite3_int64 rows = 0;
    if (!weights)
        return NULL;
    if (api->xRowCount(fts, &rows) || rows <= 0)
        rows = 1;
    for (int i = 0; i < PHRASES_MAX && counts && *counts; i++) {
        char *end;
        weights->of[i] =
            rarity((double)strtoll(counts, &end, 10), (double)rows);
        counts = *end ? end + 1 : end;
    }
    return weights;
}

static const struct weights *find_weights(const Fts5ExtensionApi *api,
                                          Fts5Context *fts,
                                          sqlite3_value *argument)
{
    struct weights *weights = api->xGetAuxdata(fts, 0);
    if (weights)
        return weights;
    weights =
        make_weights(api, fts, (const char *)sqlite3_value_text(argument));
    if (!weights || api->xSetAuxdata(fts, weights, free))
        return NULL; /* freed by FTS5 */
    return weights;
}

/* ---- What a row holds of them ----------------------------------------------
 */

struct held {
    double in_text;  /* how often, by the weight of where */
    double headline; /* what it is worth to stand in it, or 0 */
    double beside;   /* the next phrase stands behind it: BESIDE… or 0 */
};

struct row {
    struct held phrases[PHRASES_MAX];
    int phrase_count;
};

struct place {
    int phrase, column, offset;
};

static double worth_beside(const Fts5ExtensionApi *api, Fts5Context *fts,
                           const struct place *place,
                           const struct place *before)
{
    if (place->column != before->column ||
        place->phrase != before->phrase + 1 ||
        place->offset != before->offset + api->xPhraseSize(fts, before->phrase))
        return 0;
    if (column_weights[place->column] > 0)
        return BESIDE;
    return place->column == HEADLINE ? BESIDE_IN_HEADLINE : 0;
}

static void add_place(const Fts5ExtensionApi *api, Fts5Context *fts,
                      const struct place *place, const struct place *before,
                      struct row *row)
{
    struct held *held = &row->phrases[place->phrase];
    held->in_text += column_weights[place->column];
    if (place->column == HEADLINE && held->headline == 0)
        held->headline = IN_HEADLINE + HEADLINE_FIRST / (1 + place->offset);
    double beside = worth_beside(api, fts, place, before);
    if (beside > row->phrases[before->phrase].beside)
        row->phrases[before->phrase].beside = beside;
}

/* Places come in the order of columns, and of words in each. */
static int read_row(const Fts5ExtensionApi *api, Fts5Context *fts,
                    struct row *row)
{
    int count = 0;
    struct place place, before = {.column = -1};
    int result = api->xInstCount(fts, &count);
    row->phrase_count = api->xPhraseCount(fts);
    if (row->phrase_count > PHRASES_MAX)
        row->phrase_count = PHRASES_MAX;
    for (int i = 0; !result && i < count; i++) {
        result =
            api->xInst(fts, i, &place.phrase, &place.column, &place.offset);
        if (result || place.phrase >= row->phrase_count ||
            place.column >= COLUMNS_MAX)
            continue;
        add_place(api, fts, &place, &before, row);
        before = place;
    }
    return result;
}

/* ---- The score -------------------------------------------------------------
 */

static double weigh_row(const struct weights *weights, const struct row *row)
{
    double sum = 0;
    for (int i = 0; i < row->phrase_count; i++) {
        const struct held *held = &row->phrases[i];
        double worth =
            held->in_text * (K1 + 1) / (held->in_text + K1) + held->headline;
        if (held->beside > 0) {
            double next = weights->of[i + 1];
            sum +=
                held->beside * (next < weights->of[i] ? next : weights->of[i]);
        }
        sum += weights->of[i] * worth;
    }
    return sum;
}

void search_score(const Fts5ExtensionApi *api, Fts5Context *fts,
                  sqlite3_context *context, int count,
                  sqlite3_value **arguments)
{
    if (count != 1) {
        sqlite3_result_error(context, "broadsheet_score wants weights", -1);
        return;
    }
    struct row row = {.phrase_count = 0};
    const struct weights *weights = find_weights(api, fts, arguments[0]);
    int result = weights ? read_row(api, fts, &row) : SQLITE_NOMEM;
    if (result) {
        sqlite3_result_error_code(context, result);
        return;
    }
    double sum = weigh_row(weights, &row);
    sqlite3_result_int64(context, (sqlite3_int64)(sum * 1e6));
}
