// SPDX-License-Identifier: Apache-2.0
/* What is said to subscribers, and what they answer. */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/log.h"
#include "base/time.h"
#include "net/uri.h"
#include "site/hub_internal.h"

enum {
    CHALLENGE_BYTES = 16,
    CHALLENGE_HEX_BYTES = 2 * CHALLENGE_BYTES + 1,
    URL_BYTES_MAX = 16 * 1024,
    ANSWER_BYTES_MAX = 4096,
    KEY_DIGITS = 16,
};
#define TALK_US (10 * TIME_US_PER_SECOND)
#define ASK_US (5 * TIME_US_PER_SECOND) /* strangers get less */

struct hub_job *hub_job_new(struct hub *hub, enum hub_job_kind kind)
{
    struct hub_job *job = calloc(1, sizeof *job);
    if (!job)
        log_panic("out of memory", LOG_C("where", "hub"));
    job->kind = kind;
    job->rules = hub->rules;
    arena_init(&job->arena, 0);
    return job;
}

void hub_job_free(struct hub_job *job)
{
    hub_body_release(job->body);
    arena_finish(&job->arena);
    free(job);
}

/* ---- Conversations
 * ------------------------------------------------------------------ */

static void add_parameter(struct buf *out, const char *name, struct str value)
{
    buf_printf(out, "&hub.%s=", name);
    uri_write_query(out, value);
}

/* The callback with parameters; its own query is kept (§5.3). */
static void begin_url(struct buf *out, const struct hub_job *job,
                      const char *mode)
{
    struct str callback = job->ask.callback;
    buf_add(out, callback);
    buf_printf(out, "%chub.mode=%s",
               str_find_char(callback, '?') >= 0 ? '&' : '?', mode);
    add_parameter(out, "topic", job->topic_url);
}

static enum err talk(struct hub *hub, struct hub_job *job,
                     struct fetch_request *request,
                     struct fetch_answer *ret_answer)
{
    request->timeout_us =
        job->kind == HUB_VERIFY || job->kind == HUB_DENY ? ASK_US : TALK_US;
    request->body_bytes_max = ANSWER_BYTES_MAX;
    request->stays = true;
    request->stop = &hub->stopping;
    return fetch(&job->rules, request, &job->arena, ret_answer, &job->fault);
}

static bool is_good(int status)
{
    return status >= 200 && status < 300;
}

/* A status that says no, and not only for now. */
static bool is_refusal(int status)
{
    return status >= 300 && status < 500 && status != 408 && status != 429;
}

static enum hub_outcome judge(struct hub_job *job, enum err err, int status)
{
    if (err)
        return err == ERR_DENIED || err == ERR_INVALID ? HUB_REFUSED
                                                       : HUB_FAILED;
    if (is_good(status))
        return HUB_DONE;
    fault_set(&job->fault, ERR_IO, "status", "it answered %d", status);
    return is_refusal(status) ? HUB_REFUSED : HUB_FAILED;
}

/* §5.3: whoever has a callback called must be the one who answers there. */
static enum hub_outcome verify(struct hub *hub, struct hub_job *job)
{
    unsigned char random[CHALLENGE_BYTES];
    char challenge[CHALLENGE_HEX_BYTES], lease[24];
    random_bytes(random, sizeof random);
    for (size_t i = 0; i < sizeof random; i++)
        snprintf(challenge + 2 * i, 3, "%02x", random[i]);
    snprintf(lease, sizeof lease, "%lld", (long long)job->ask.lease_s);
    DEFER(buf_finish) struct buf url;
    buf_init(&url, URL_BYTES_MAX);
    begin_url(&url, job, job->ask.unsubscribe ? "unsubscribe" : "subscribe");
    add_parameter(&url, "challenge", str_from_c(challenge));
    if (!job->ask.unsubscribe)
        add_parameter(&url, "lease_seconds", str_from_c(lease));
    struct fetch_request request = {.method = HTTP_GET, .url = buf_str(&url)};
    struct fetch_answer answer = {0};
    enum err err = buf_err(&url);
    if (!err)
        err = talk(hub, job, &request, &answer);
    enum hub_outcome outcome = judge(job, err, answer.status);
    if (outcome != HUB_DONE ||
        str_eq(str_trim(answer.body), str_from_c(challenge)))
        return outcome;
    fault_set(&job->fault, ERR_DENIED, "challenge",
              "it did not give the challenge back");
    return HUB_REFUSED;
}

static enum hub_outcome deny(struct hub *hub, struct hub_job *job)
{
    DEFER(buf_finish) struct buf url;
    buf_init(&url, URL_BYTES_MAX);
    begin_url(&url, job, "denied");
    add_parameter(&url, "reason", STR("there is no such feed"));
    struct fetch_request request = {.method = HTTP_GET, .url = buf_str(&url)};
    struct fetch_answer answer;
    if (!buf_err(&url))
        (void)!talk(hub, job, &request, &answer);
    return HUB_REFUSED; /* whether it heard it or not */
}

/* §7.1: "sha256=" and the HMAC of the body with the secret. */
static struct str signature_field(struct hub_job *job, struct str body)
{
    char hex[DIGEST_HEX_BYTES];
    digest_hmac_hex(job->delivery.secret, body, hex);
    return arena_printf(&job->arena, "X-Hub-Signature: sha256=%s", hex);
}

/* The same for the same feed, change and content, for whomever it is. After a
 * crash the feed may say more by now than when it was sent for the change. */
static struct str key_field(struct hub_job *job)
{
    char hex[DIGEST_HEX_BYTES];
    digest_hex(job->topic_url, hex);
    return arena_printf(&job->arena, "Idempotency-Key: \"%.*s-%lld-%.*s\"",
                        KEY_DIGITS, hex, (long long)job->delivery.seq,
                        KEY_DIGITS, job->body->digest);
}

static enum hub_outcome deliver(struct hub *hub, struct hub_job *job)
{
    const struct hub_body *body = job->body;
    struct str type = str_of(body->bytes, body->type_len);
    struct fetch_request request = {
        .method = HTTP_POST,
        .url = job->delivery.callback,
        .body = str_of(body->bytes + body->type_len, body->len),
    };
    request.fields[0] =
        arena_printf(&job->arena, "Content-Type: %" PRI_STR, ARG_STR(type));
    request.fields[1] = arena_printf(
        &job->arena,
        "Link: <%" PRI_STR ">; rel=\"hub\", <%" PRI_STR ">; rel=\"self\"",
        ARG_STR(job->hub_url), ARG_STR(job->topic_url));
    request.fields[2] = key_field(job);
    if (job->delivery.secret.len)
        request.fields[3] = signature_field(job, request.body);
    struct fetch_answer answer = {0};
    enum err err = talk(hub, job, &request, &answer);
    enum hub_outcome outcome = judge(job, err, answer.status);
    /* §7: 410 ends a subscription; everything else may change. */
    return outcome == HUB_REFUSED && answer.status != 410 ? HUB_FAILED
                                                          : outcome;
}

static enum hub_outcome ping(struct hub *hub, struct hub_job *job)
{
    for (size_t i = 0; i < job->ping_count; i++) {
        struct fetch_request request = {
            .method = HTTP_POST,
            .url = job->hub_url,
            .fields = {STR("Content-Type: application/x-www-form-urlencoded")},
            .body = job->pings[i],
        };
        struct fetch_answer answer = {0};
        enum err err = talk(hub, job, &request, &answer);
        if (judge(job, err, answer.status) != HUB_DONE)
            return HUB_FAILED;
    }
    return HUB_DONE;
}

/* ---- Workers
 * ------------------------------------------------------------------------ */

static enum hub_outcome do_job(struct hub *hub, struct hub_job *job)
{
    switch (job->kind) {
    case HUB_VERIFY:
        return verify(hub, job);
    case HUB_DENY:
        return deny(hub, job);
    case HUB_DELIVER:
        return deliver(hub, job);
    case HUB_PING:
        return ping(hub, job);
    }
    return HUB_FAILED;
}

/* NULL at the end. */
static struct hub_job *next_job(struct hub *hub)
{
    pthread_mutex_lock(&hub->lock);
    while (!hub->waiting && !hub->stopping)
        pthread_cond_wait(&hub->work, &hub->lock);
    struct hub_job *job = hub->stopping ? NULL : hub->waiting;
    if (job) {
        hub->waiting = job->next;
        if (!hub->waiting)
            hub->last = &hub->waiting;
    }
    pthread_mutex_unlock(&hub->lock);
    return job;
}

void *hub_work(void *argument)
{
    struct hub *hub = argument;
    struct hub_job *job;
    while ((job = next_job(hub))) {
        job->outcome = do_job(hub, job);
        pthread_mutex_lock(&hub->lock);
        job->next = hub->finished;
        hub->finished = job;
        pthread_cond_signal(&hub->news);
        pthread_mutex_unlock(&hub->lock);
    }
    return NULL;
}
