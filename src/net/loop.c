// SPDX-License-Identifier: Apache-2.0
#include "net/loop.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/log.h"
#include "base/time.h"

enum {
    EVENTS_MAX = 256, /* taken from the kernel in one turn */
    DATE_LINE_BYTES = sizeof "Date: \r\n" - 1 + TIME_HTTP_BYTES - 1,
    DATE_END_BYTES = DATE_LINE_BYTES + sizeof "\r\n" - 1,
    HEAP_CAPACITY_MIN = 16,
};

struct posted_call {
    struct posted_call *next;
    void (*fn)(void *arg);
    void *arg;
};

struct loop {
    int epoll_fd;
    struct loop_source wake; /* an eventfd */
    atomic_bool stopping;
    int64_t now_us;

    struct epoll_event events[EVENTS_MAX];
    int event_count;
    int event_at; /* the one being told */

    struct loop_timer **heap; /* the one due first on top */
    size_t heap_count;
    size_t heap_capacity;

    struct loop_timeout_list *lists;
    struct loop_timeout_list *list_next; /* where the walk goes on */

    int64_t date_until_us;
    char date_end[DATE_END_BYTES + 1]; /* the line and an empty one */

    pthread_mutex_t lock;     /* guards the two below */
    struct loop_guest guests; /* a ring */
    struct posted_call *posted_first;
    struct posted_call *posted_last;
};

/* ---- Calls from other threads ------------------------------------------- */

static void wake(struct loop *loop)
{
    const uint64_t one = 1;
    ssize_t written;
    do
        written = write(loop->wake.fd, &one, sizeof one);
    while (written < 0 && errno == EINTR);
    /* EAGAIN means that it is awake already. */
}

static struct posted_call *take_posted(struct loop *loop)
{
    pthread_mutex_lock(&loop->lock);
    struct posted_call *first = loop->posted_first;
    loop->posted_first = loop->posted_last = NULL;
    pthread_mutex_unlock(&loop->lock);
    return first;
}

/* Those that they post wait for the next time. */
static bool run_posted(struct loop *loop)
{
    struct posted_call *call = take_posted(loop);
    bool any = call != NULL;
    while (call) {
        struct posted_call *next = call->next;
        call->fn(call->arg);
        free(call);
        call = next;
    }
    return any;
}

bool loop_run_posted(struct loop *loop)
{
    bool any = false;
    while (run_posted(loop))
        any = true;
    return any;
}

static void on_wake(void *context, uint32_t events)
{
    struct loop *loop = context;
    uint64_t count;
    (void)events;
    while (read(loop->wake.fd, &count, sizeof count) < 0 && errno == EINTR)
        ;
    run_posted(loop);
}

void loop_post(struct loop *loop, void (*fn)(void *arg), void *arg)
{
    assert(fn);
    struct posted_call *call = malloc(sizeof *call);
    if (!call)
        log_panic("out of memory", LOG_C("wanted", "a call to a loop"));
    *call = (struct posted_call){.fn = fn, .arg = arg};
    pthread_mutex_lock(&loop->lock);
    bool was_empty = loop->posted_first == NULL;
    if (was_empty)
        loop->posted_first = call;
    else
        loop->posted_last->next = call;
    loop->posted_last = call;
    /* Within the lock: the loop cannot end between the two. */
    if (was_empty)
        wake(loop);
    pthread_mutex_unlock(&loop->lock);
}

void loop_stop(struct loop *loop)
{
    atomic_store(&loop->stopping, true);
    wake(loop);
}

/* ---- Beginning and end -------------------------------------------------- */

enum err loop_create(struct loop **ret_loop)
{
    assert(ret_loop);
    struct loop *loop = calloc(1, sizeof *loop);
    if (!loop)
        return ERR_NO_MEMORY;
    loop->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    loop->wake.fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    loop->wake.on_events = on_wake;
    loop->wake.context = loop;
    pthread_mutex_init(&loop->lock, NULL);
    loop->guests.previous = loop->guests.next = &loop->guests;
    loop->now_us = clock_now_us();
    if (loop->epoll_fd < 0 || loop->wake.fd < 0 ||
        loop_add(loop, &loop->wake, EPOLLIN)) {
        loop_destroy(loop);
        return ERR_IO;
    }
    *ret_loop = loop;
    return ERR_OK;
}

void loop_destroy(struct loop *loop)
{
    if (!loop)
        return;
    while (loop->guests.next != &loop->guests)
        loop->guests.next->on_end(loop->guests.next->context);
    loop_run_posted(loop);
    if (loop->epoll_fd >= 0)
        close(loop->epoll_fd);
    if (loop->wake.fd >= 0)
        close(loop->wake.fd);
    pthread_mutex_destroy(&loop->lock);
    free(loop->heap);
    free(loop);
}

void loop_guest_add(struct loop *loop, struct loop_guest *guest)
{
    guest->previous = loop->guests.previous;
    guest->next = &loop->guests;
    guest->previous->next = guest;
    guest->next->previous = guest;
}

void loop_guest_remove(struct loop_guest *guest)
{
    if (!guest->next)
        return;
    guest->previous->next = guest->next;
    guest->next->previous = guest->previous;
    guest->previous = guest->next = NULL;
}

int64_t loop_now_us(const struct loop *loop)
{
    return loop->now_us;
}

struct str loop_date_end(struct loop *loop)
{
    if (loop->now_us >= loop->date_until_us) {
        int64_t wall_us = time_now_us();
        char date[TIME_HTTP_BYTES];
        time_format_http(wall_us, date);
        snprintf(loop->date_end, sizeof loop->date_end, "Date: %s\r\n\r\n",
                 date);
        loop->date_until_us =
            loop->now_us + TIME_US_PER_SECOND - wall_us % TIME_US_PER_SECOND;
    }
    return str_of(loop->date_end, DATE_END_BYTES);
}

struct str loop_date_line(struct loop *loop)
{
    return str_slice(loop_date_end(loop), 0, DATE_LINE_BYTES);
}

/* ---- Descriptors -------------------------------------------------------- */

enum err loop_add(struct loop *loop, struct loop_source *source,
                  uint32_t events)
{
    assert(source->on_events);
    struct epoll_event event = {.events = events, .data.ptr = source};
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_ADD, source->fd, &event) < 0)
        return err_from_errno(errno);
    source->events = events;
    return ERR_OK;
}

void loop_watch(struct loop *loop, struct loop_source *source, uint32_t events)
{
    if (source->events == events)
        return;
    struct epoll_event event = {.events = events, .data.ptr = source};
    if (epoll_ctl(loop->epoll_fd, EPOLL_CTL_MOD, source->fd, &event) < 0)
        log_panic("epoll lost a descriptor", LOG_INT("fd", source->fd),
                  LOG_INT("errno", errno));
    source->events = events;
}

void loop_remove(struct loop *loop, struct loop_source *source)
{
    epoll_ctl(loop->epoll_fd, EPOLL_CTL_DEL, source->fd, NULL);
    for (int i = loop->event_at + 1; i < loop->event_count; i++) {
        if (loop->events[i].data.ptr == source)
            loop->events[i].data.ptr = NULL;
    }
}

static void tell_events(struct loop *loop)
{
    for (loop->event_at = 0; loop->event_at < loop->event_count;
         loop->event_at++) {
        struct epoll_event *event = &loop->events[loop->event_at];
        struct loop_source *source = event->data.ptr;
        if (source)
            source->on_events(source->context, event->events);
    }
    loop->event_count = loop->event_at = 0;
}

/* ---- Timers ------------------------------------------------------------- */

static void heap_place(struct loop *loop, size_t at, struct loop_timer *timer)
{
    loop->heap[at] = timer;
    timer->position = at + 1;
}

static void heap_rise(struct loop *loop, size_t at)
{
    struct loop_timer *timer = loop->heap[at];
    while (at > 0) {
        size_t parent = (at - 1) / 2;
        if (loop->heap[parent]->due_us <= timer->due_us)
            break;
        heap_place(loop, at, loop->heap[parent]);
        at = parent;
    }
    heap_place(loop, at, timer);
}

static void heap_sink(struct loop *loop, size_t at)
{
    struct loop_timer *timer = loop->heap[at];
    for (;;) {
        size_t child = 2 * at + 1;
        if (child >= loop->heap_count)
            break;
        if (child + 1 < loop->heap_count &&
            loop->heap[child + 1]->due_us < loop->heap[child]->due_us)
            child++;
        if (loop->heap[child]->due_us >= timer->due_us)
            break;
        heap_place(loop, at, loop->heap[child]);
        at = child;
    }
    heap_place(loop, at, timer);
}

static void heap_make_room(struct loop *loop)
{
    if (loop->heap_count < loop->heap_capacity)
        return;
    size_t capacity =
        loop->heap_capacity ? loop->heap_capacity * 2 : HEAP_CAPACITY_MIN;
    struct loop_timer **heap = reallocarray(loop->heap, capacity, sizeof *heap);
    if (!heap)
        log_panic("out of memory", LOG_C("wanted", "a timer"));
    loop->heap = heap;
    loop->heap_capacity = capacity;
}

void loop_timer_cancel(struct loop *loop, struct loop_timer *timer)
{
    if (!timer->position)
        return;
    size_t at = timer->position - 1;
    assert(at < loop->heap_count && loop->heap[at] == timer);
    timer->position = 0;
    struct loop_timer *last = loop->heap[--loop->heap_count];
    if (last == timer)
        return;
    heap_place(loop, at, last);
    heap_rise(loop, at);
    heap_sink(loop, last->position - 1);
}

void loop_timer_arm(struct loop *loop, struct loop_timer *timer, int64_t due_us)
{
    assert(timer->on_due);
    loop_timer_cancel(loop, timer);
    timer->due_us = due_us;
    heap_make_room(loop);
    heap_place(loop, loop->heap_count++, timer);
    heap_rise(loop, loop->heap_count - 1);
}

/* ---- Time-outs ---------------------------------------------------------- */

void loop_timeouts_add(
    struct loop *loop, struct loop_timeout_list *list, int64_t duration_us,
    void (*on_due)(void *context, struct loop_timeout *timeout), void *context)
{
    assert(duration_us > 0);
    assert(on_due);
    *list = (struct loop_timeout_list){
        .duration_us = duration_us,
        .on_due = on_due,
        .context = context,
        .next_list = loop->lists,
    };
    list->ends.next = list->ends.previous = &list->ends;
    loop->lists = list;
}

void loop_timeouts_remove(struct loop *loop, struct loop_timeout_list *list)
{
    assert(list->ends.next == &list->ends);
    if (loop->list_next == list)
        loop->list_next = list->next_list;
    struct loop_timeout_list **link = &loop->lists;
    while (*link != list)
        link = &(*link)->next_list;
    *link = list->next_list;
}

void loop_timeout_cancel(struct loop_timeout *timeout)
{
    if (!timeout->next)
        return;
    timeout->previous->next = timeout->next;
    timeout->next->previous = timeout->previous;
    timeout->previous = timeout->next = NULL;
}

void loop_timeout_arm(struct loop *loop, struct loop_timeout_list *list,
                      struct loop_timeout *timeout)
{
    loop_timeout_cancel(timeout);
    timeout->due_us = loop->now_us + list->duration_us;
    timeout->next = &list->ends;
    timeout->previous = list->ends.previous;
    timeout->previous->next = timeout;
    list->ends.previous = timeout;
}

/* ---- Turns -------------------------------------------------------------- */

static void run_due_timeouts(struct loop *loop)
{
    struct loop_timeout_list *list = loop->lists;
    while (list) {
        loop->list_next = list->next_list;
        while (list->ends.next != &list->ends &&
               list->ends.next->due_us <= loop->now_us) {
            struct loop_timeout *timeout = list->ends.next;
            bool is_last = timeout->next == &list->ends;
            loop_timeout_cancel(timeout);
            list->on_due(list->context, timeout);
            if (is_last)
                break; /* the callback may have taken the list away */
        }
        list = loop->list_next;
    }
    loop->list_next = NULL;
}

static void run_due_timers(struct loop *loop)
{
    while (loop->heap_count > 0 && loop->heap[0]->due_us <= loop->now_us) {
        struct loop_timer *timer = loop->heap[0];
        loop_timer_cancel(loop, timer);
        timer->on_due(timer->context);
    }
}

/* How long the kernel may let us sleep: until what is due first, at most
 * limit_us (< 0: no limit). */
static int wait_ms(const struct loop *loop, int64_t limit_us)
{
    int64_t due_us = INT64_MAX;
    if (loop->heap_count > 0)
        due_us = loop->heap[0]->due_us;
    for (const struct loop_timeout_list *list = loop->lists; list;
         list = list->next_list) {
        const struct loop_timeout *first = list->ends.next;
        if (first != &list->ends && first->due_us < due_us)
            due_us = first->due_us;
    }
    int64_t wait_us = -1;
    if (due_us != INT64_MAX)
        wait_us = due_us > loop->now_us ? due_us - loop->now_us : 0;
    if (limit_us >= 0 && (wait_us < 0 || wait_us > limit_us))
        wait_us = limit_us;
    if (wait_us < 0)
        return -1;
    int64_t milliseconds = wait_us / 1000 + (wait_us % 1000 != 0);
    return milliseconds > INT_MAX ? INT_MAX : (int)milliseconds;
}

void loop_run_once(struct loop *loop, int64_t timeout_us)
{
    int count = epoll_wait(loop->epoll_fd, loop->events, EVENTS_MAX,
                           wait_ms(loop, timeout_us));
    loop->now_us = clock_now_us();
    if (count < 0 && errno != EINTR)
        log_panic("epoll_wait failed", LOG_INT("errno", errno));
    loop->event_count = count > 0 ? count : 0;
    tell_events(loop);
    run_due_timeouts(loop);
    run_due_timers(loop);
}

void loop_run(struct loop *loop)
{
    while (!atomic_load(&loop->stopping))
        loop_run_once(loop, -1);
    atomic_store(&loop->stopping, false);
}
