// SPDX-License-Identifier: Apache-2.0
/* helpers/image/sandbox.h: what is left of a process that only computes. */
#ifndef HELPERS_IMAGE_SANDBOX_H
#define HELPERS_IMAGE_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

struct sandbox_rules {
    uint64_t memory_bytes; /* above what is mapped now */
    uint64_t cpu_seconds;  /* of the whole process; 0: without end */
    bool may_wait;         /* for descriptors it has already (poll) */
};

/* From now on: no file can be opened or made, nothing connected, executed or
 * signalled; memory and processor time are bounded. Threads may be started:
 * they are bound alike. To be called when there is one thread only and
 * everything that will ever be needed is loaded. False when the kernel refused;
 * a kernel without Landlock is none (seccomp alone forbids to open). */
bool sandbox_enter(const struct sandbox_rules *rules);

/* Tries all that must fail and prints a line of JSON about it: true for what
 * was denied. */
void sandbox_probe(void);

#endif
