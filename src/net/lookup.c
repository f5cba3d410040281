// SPDX-License-Identifier: Apache-2.0
#include "net/lookup.h"

#include <netdb.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>

struct lookup {
    struct loop *loop;
    void (*on_answer)(void *context, const struct lookup_answer *answer);
    void *context;
    char host[LOOKUP_HOST_BYTES_MAX + 1];
    struct lookup_answer answer;
    struct loop_guest guest; /* until it is cancelled or delivered */
    pthread_mutex_t mutex;
    bool is_cancelled; /* under it */
};

static void destroy(struct lookup *lookup)
{
    pthread_mutex_destroy(&lookup->mutex);
    free(lookup);
}

/* ---- The thread -------------------------------------------------------------
 */

static void explain(struct lookup *lookup, int error)
{
    char *reason = lookup->answer.reason;
    if (error == EAI_NONAME || error == EAI_NODATA)
        snprintf(reason, LOOKUP_REASON_BYTES,
                 "no address is known for \"%s\"; look at how it is spelled, "
                 "and at the DNS of this server",
                 lookup->host);
    else if (error == EAI_AGAIN)
        snprintf(reason, LOOKUP_REASON_BYTES,
                 "\"%s\" cannot be looked up: no DNS server answers; look at "
                 "this server's network and /etc/resolv.conf",
                 lookup->host);
    else
        snprintf(reason, LOOKUP_REASON_BYTES,
                 "\"%s\" cannot be looked up: %s; look at this server's DNS",
                 lookup->host, gai_strerror(error));
}

/* This machine, whatever its files and its DNS say (RFC 6761 §6.3). */
static bool is_localhost(struct str host)
{
    return str_eq_ascii_case(host, STR("localhost")) ||
           (host.len > 10 && str_eq_ascii_case(str_from(host, host.len - 10),
                                               STR(".localhost")));
}

static void ask(struct lookup *lookup)
{
    if (is_localhost(str_from_c(lookup->host))) {
        lookup->answer = (struct lookup_answer){
            .addresses = {"127.0.0.1", "::1"}, .count = 2};
        return;
    }
    const struct addrinfo hints = {.ai_family = AF_UNSPEC,
                                   .ai_socktype = SOCK_DGRAM};
    struct addrinfo *all = NULL;
    int error = getaddrinfo(lookup->host, NULL, &hints, &all);
    struct lookup_answer *answer = &lookup->answer;
    for (const struct addrinfo *one = error ? NULL : all;
         one && answer->count < LOOKUP_ADDRESSES_MAX; one = one->ai_next) {
        struct sockaddr_storage socket = {.ss_family = AF_UNSPEC};
        struct address_peer peer;
        memcpy(&socket, one->ai_addr, one->ai_addrlen);
        address_peer_from(&socket, &peer);
        address_peer_format(&peer, answer->addresses[answer->count++]);
    }
    if (!error)
        freeaddrinfo(all);
    if (!answer->count)
        explain(lookup, error ? error : EAI_NONAME);
}

static void deliver(void *argument)
{
    struct lookup *lookup = argument;
    pthread_mutex_lock(&lookup->mutex); /* the thread lets go of it */
    bool is_cancelled = lookup->is_cancelled;
    pthread_mutex_unlock(&lookup->mutex);
    loop_guest_remove(&lookup->guest);
    if (!is_cancelled)
        lookup->on_answer(lookup->context, &lookup->answer);
    destroy(lookup);
}

static void *run(void *argument)
{
    struct lookup *lookup = argument;
    ask(lookup);
    pthread_mutex_lock(&lookup->mutex);
    bool is_cancelled = lookup->is_cancelled;
    if (!is_cancelled)
        loop_post(lookup->loop, deliver, lookup);
    pthread_mutex_unlock(&lookup->mutex);
    if (is_cancelled)
        destroy(lookup);
    return NULL;
}

/* ---- Beginning and end ------------------------------------------------------
 */

static void on_loop_end(void *context)
{
    lookup_cancel(context);
}

/* Nobody waits for it; signals are for others. */
static bool start(struct lookup *lookup)
{
    pthread_t thread;
    pthread_attr_t attributes;
    sigset_t all, before;
    if (pthread_attr_init(&attributes))
        return false;
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    bool is_started = !pthread_create(&thread, &attributes, run, lookup);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    pthread_attr_destroy(&attributes);
    return is_started;
}

struct lookup *lookup_begin(
    struct loop *loop, struct str host,
    void (*on_answer)(void *context, const struct lookup_answer *answer),
    void *context)
{
    struct lookup *lookup = calloc(1, sizeof *lookup);
    if (!lookup)
        return NULL;
    lookup->loop = loop;
    lookup->on_answer = on_answer;
    lookup->context = context;
    pthread_mutex_init(&lookup->mutex, NULL);
    if (!host.len || str_to_c(host, lookup->host, sizeof lookup->host) ||
        !start(lookup)) {
        destroy(lookup);
        return NULL;
    }
    lookup->guest.on_end = on_loop_end;
    lookup->guest.context = lookup;
    loop_guest_add(loop, &lookup->guest);
    return lookup;
}

void lookup_cancel(struct lookup *lookup)
{
    if (!lookup)
        return;
    loop_guest_remove(&lookup->guest); /* the thread may free it from here on */
    pthread_mutex_lock(&lookup->mutex);
    lookup->is_cancelled = true;
    pthread_mutex_unlock(&lookup->mutex);
}
