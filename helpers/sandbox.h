// SPDX-License-Identifier: Apache-2.0
/* helpers/sandbox.h: what is left of a process that works with what strangers
 * made: it computes on what it is given. */
#ifndef HELPERS_SANDBOX_H
#define HELPERS_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

struct sandbox_rules {
    uint64_t memory_bytes; /* above what is mapped now */
    uint64_t cpu_seconds;  /* of the whole process; 0: without end */
    bool waits;            /* for descriptors it has already (poll) */
    bool serves;           /* accepts, receives and sends on what is open */
};

/* From now on, in all threads: no file can be opened or made, no socket made,
 * bound or connected, nothing executed or signalled; memory and processor time
 * are bounded. Threads may be started: they are bound alike. To be called when
 * everything that will ever be needed is loaded. False when the kernel refused;
 * a kernel without Landlock is none (seccomp alone forbids to open). */
bool sandbox_enter(const struct sandbox_rules *rules);

/* Landlock binds only the thread that calls it, and those that it starts: who
 * has threads before sandbox_enter calls this before there are any. */
bool sandbox_forbid_files(void);

/* Tries all that must fail and prints a line of JSON about it: true for what
 * was denied. sandbox_probe_begin, before sandbox_enter, starts a thread that
 * tries as well ("threads"). */
void sandbox_probe_begin(void);
void sandbox_probe(void);

#endif
