// SPDX-License-Identifier: Apache-2.0
/* render/message.h: messages in ICU's MessageFormat syntax with named
 * arguments, checked and filled. ICU's own C interface knows numbered
 * arguments only, and takes them as a va_list. */
#ifndef RENDER_MESSAGE_H
#define RENDER_MESSAGE_H

#include "base/buf.h"
#include "base/fault.h"
#include "render/catalogue.h"

/* ERR_INVALID names what is wrong. *ret_has_args says whether the message is
 * more than a fixed text. */
MUST_USE enum err message_check(struct str message, bool *ret_has_args,
                                struct fault *fault);

/* Appends the filled message to out. message must have been checked.
 * locale may be NULL for a fixed text. */
void message_format(struct str message, const struct locale *locale,
                    const struct catalogue_arg *args, size_t count,
                    struct arena *arena, struct buf *out);

/* Is told what a message takes: each argument where it stands, and the cases of
 * each plural ("one", "=0"), which live until the call returns. */
struct message_visitor {
    void (*argument)(void *context, struct str name);
    void (*plural)(void *context, struct str name, const struct str *cases,
                   size_t count);
    void *context;
};

/* message must have been checked. */
void message_visit(struct str message, const struct message_visitor *visitor);

#endif
