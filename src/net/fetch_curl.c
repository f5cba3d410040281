// SPDX-License-Identifier: Apache-2.0
#include <dlfcn.h>
#include <pthread.h>
#include <stdbool.h>
#include <string.h>

#include "net/fetch_internal.h"

static struct fetch_curl functions;
static bool is_loaded;

static bool find(void *library, const char *name, void *target)
{
    void *found = dlsym(library, name);
    /* POSIX has it that a function's address fits. */
    memcpy(target, &found, sizeof found);
    return found != NULL;
}

static void load(void)
{
    void *library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    if (!library)
        return;
    bool found = true;
#define X(name) found &= find(library, "curl_" #name, &functions.name);
    FETCH_CURL_FUNCTIONS(X)
#undef X
    is_loaded = found && functions.global_init(CURL_GLOBAL_DEFAULT) == 0;
}

const struct fetch_curl *fetch_curl(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return is_loaded ? &functions : NULL;
}
