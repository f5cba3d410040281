// SPDX-License-Identifier: Apache-2.0
/* helpers/ingest/sandbox.h: what is left of a process that strangers talk to.
 */
#ifndef HELPERS_INGEST_SANDBOX_H
#define HELPERS_INGEST_SANDBOX_H

#include <stdbool.h>

/* From now on: no file can be opened or made, no socket made, bound or
 * connected, nothing executed or signalled; memory is bounded. Connections can
 * be accepted on what listens already. Threads may be started: they are bound
 * alike. To be called when there is one thread only and
 * everything that will ever be needed is loaded. False when the kernel refused;
 * a kernel without Landlock is none (seccomp alone forbids to open). */
bool sandbox_enter(void);

/* Tries all that must fail and prints a line of JSON about it: true for what
 * was denied. */
void sandbox_probe(void);

#endif
