// SPDX-License-Identifier: Apache-2.0
/* tests/unit/store/folder.h: a temporary folder and a database in it. */
#ifndef TESTS_STORE_FOLDER_H
#define TESTS_STORE_FOLDER_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/arena.h"
#include "base/fault.h"

struct folder {
    char path[64];
    char database[96]; /* not there yet */
    struct arena arena;
    struct fault fault;
};

/* For cmocka's setup and teardown. */
int folder_open(void **state);
int folder_close(void **state);

const char *folder_path(struct folder *folder, const char *name);

#define assert_ok(folder, call) \
    do { \
        enum err err_ = (call); \
        if (err_) \
            fail_msg("%s: %s: %s", #call, err_name(err_), \
                     fault_text(&(folder)->fault)); \
    } while (0)

#endif
