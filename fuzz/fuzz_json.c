// SPDX-License-Identifier: Apache-2.0
/* JSON text, beside Jansson's own reader: both take the same and make the same
 * of it, and what is valid is, cut off anywhere, found to be cut off. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/json_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len);

static void cut_off(struct str text, size_t len)
{
    struct json_text_fault found;
    size_t begun;
    json_t *value =
        json_text_read_first(str_slice(text, 0, len), &begun, &found);
    assert(!value && found.is_cut && found.cause);
}

static void read_first(struct str text, const json_t *expected)
{
    size_t len = 0;
    json_t *value = json_text_read_first(text, &len, NULL);
    assert(json_equal(value, expected));
    assert(len > 0 && len <= text.len);
    for (size_t i = 1; i < 5; i++)
        cut_off(text, len * i / 5);
    cut_off(text, len - 1);
    json_decref(value);
}

/* Where Jansson takes what we refuse: deeper, and with a stray NUL. */
static bool is_passed_over(struct str text, const struct json_text_fault *found)
{
    return strcmp(found->cause, "nested too deeply") == 0 ||
           str_find_char(text, 0) >= 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t len)
{
    struct str text = str_of((const char *)bytes, len);
    struct json_text_fault found = {.cause = NULL};
    json_t *ours = json_text_read(text, &found);
    json_t *theirs =
        json_loadb(len ? text.ptr : "", len, JSON_REJECT_DUPLICATES, NULL);
    if (ours)
        read_first(text, ours);
    else
        assert(found.cause && found.line > 0 && found.column > 0);
    if (ours || !is_passed_over(text, &found))
        assert(ours ? json_equal(ours, theirs) : !theirs);
    json_decref(ours);
    json_decref(theirs);
    return 0;
}
