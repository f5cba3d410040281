// SPDX-License-Identifier: Apache-2.0
/* helpers/ingest/sandbox.h: what is left of a process that strangers talk to.
 */
#ifndef HELPERS_INGEST_SANDBOX_H
#define HELPERS_INGEST_SANDBOX_H

#include <stdbool.h>

/* No file can be opened or made from now on, by this thread and those that it
 * starts: to be called before any is. False when the kernel refused; a kernel
 * without Landlock is none (sandbox_enter forbids to open as well). */
bool sandbox_forbid_files(void);

/* From now on, in all threads: nothing opened, no socket made, bound or
 * connected, nothing executed or signalled; memory is bounded. Connections can
 * be accepted on what listens already, threads started. To be called when
 * everything that will ever be needed is loaded. */
bool sandbox_enter(void);

/* Tries all that must fail and prints a line of JSON about it: true for what
 * was denied; "threads" for what threads that were there before are denied.
 * sandbox_probe_begin starts one, between the two above. */
void sandbox_probe_begin(void);
void sandbox_probe(void);

#endif
