// SPDX-License-Identifier: Apache-2.0
/* cli/desk_television.h: the desk's thread that speaks with the playout over
 * run/playout.sock (SOCK_SEQPACKET, a JSON object each, at most 64 KiB). It
 * tells the playout which channels there are, with whose keys and which
 * programmes, all of it at once after each change; it notes in the log when a
 * channel goes on or off the air and when a programme begins or ends, so that
 * pages are printed again; and it asks for the state of things.
 *
 * to the playout
 *   {"type":"channels","channels":[{"id","name","dvr_seconds","ladder":[…],
 *     "pull":"srt://…" when it is fetched,
 *     "keys":[{"id","sha256","priority","from":us|null,"until":us|null,
 *       "passphrase":text|null}],
 *     "programmes":[{"id","title","start":us,"end":us}]}]}
 *   {"type":"status"}
 * from it
 *   {"type":"status","channels":[{"id","on_air":bool,…}]}
 *   {"type":"air","channel":"<id>","on_air":bool,"since":us,
 *     "past":us}
 *
 * A playout that is not there is dialled again and again; nothing else of the
 * desk waits for it. */
#ifndef CLI_DESK_TELEVISION_H
#define CLI_DESK_TELEVISION_H

#include "base/fault.h"

struct buf;
struct content;
struct desk_television;

/* directory is the newspaper's. ERR_NO_MEMORY. */
MUST_USE enum err desk_television_start(
    struct content *content, const char *directory,
    struct desk_television **ret_television);

/* Something was written: it is looked at once. Any thread. */
void desk_television_wake(struct desk_television *television);

/* Appends {"playout":bool,"channels":[…]}: what the playout answers, each with
 * its name and title; false, and what the database knows, when it does not
 * answer in time. Any thread. */
MUST_USE enum err desk_television_status(struct desk_television *television,
                                         struct buf *out, struct fault *fault);

/* Accepts NULL. */
void desk_television_stop(struct desk_television *television);

#endif
