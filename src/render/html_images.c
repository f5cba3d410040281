// SPDX-License-Identifier: Apache-2.0
/* The pictures of a document that was HTML: from sources to media. */
#include <assert.h>

#include "render/document.h"
#include "render/html_helper.h"

struct finding {
    const struct html_conversion *conversion;
    html_image_find *find;
    void *context;
};

/* "image-12"; false when the document names another medium. */
static bool source_of(const struct html_conversion *conversion,
                      const struct document_node *image, struct str *ret_src)
{
    static const struct str prefix = STR_INIT("image-");
    struct str media = document_str(image, DOCUMENT_MEDIA);
    uint64_t number;
    if (!str_starts_with(media, prefix) ||
        str_parse_u64(str_from(media, prefix.len), &number) ||
        number >= conversion->image_count)
        return false;
    *ret_src = conversion->images[number];
    return true;
}

static enum err find_within(const struct finding *finding,
                            struct document_node *parent);

/* Whether the node stays. A gallery of which one picture is left becomes it. */
static enum err look_at(const struct finding *finding,
                        struct document_node *node, bool *ret_stays)
{
    struct str src;
    *ret_stays = true;
    if (node->kind == DOCUMENT_IMAGE) {
        *ret_stays = false;
        if (!source_of(finding->conversion, node, &src))
            return ERR_OK;
        return finding->find(finding->context, node, src, ret_stays);
    }
    enum err err = find_within(finding, node);
    if (err || node->kind != DOCUMENT_GALLERY)
        return err;
    *ret_stays = node->first != NULL;
    bool alone = node->first && node->first == node->last;
    if (alone && !document_str(node, DOCUMENT_CAPTION).len) {
        struct document_node *next = node->next;
        *node = *node->first;
        node->next = next;
    }
    return ERR_OK;
}

static enum err find_within(const struct finding *finding,
                            struct document_node *parent)
{
    struct document_node **link = &parent->first;
    parent->last = NULL;
    while (*link) {
        bool stays;
        enum err err = look_at(finding, *link, &stays);
        if (err)
            return err;
        if (!stays) {
            *link = (*link)->next;
            continue;
        }
        parent->last = *link;
        link = &(*link)->next;
    }
    return ERR_OK;
}

enum err html_images_find(const struct html_conversion *conversion,
                          html_image_find *find, void *context)
{
    assert(conversion->doc);
    assert(find);
    const struct finding finding = {conversion, find, context};
    return find_within(&finding, conversion->doc);
}
