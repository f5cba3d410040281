// SPDX-License-Identifier: Apache-2.0
/* net/loop.h: one epoll loop: descriptors, timers and calls from other threads.
 * One loop belongs to one thread; only loop_post and loop_stop may be called
 * from elsewhere. Everything a caller embeds (source, timer, time-out) must
 * stay where it is while the loop knows it. Callbacks may add and remove
 * anything, themselves included. */
#ifndef NET_LOOP_H
#define NET_LOOP_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "base/err.h"
#include "base/str.h"

struct loop;

/* ERR_IO or ERR_NO_MEMORY, when the system gives no more descriptors. */
MUST_USE enum err loop_create(struct loop **ret_loop);

/* After loop_run returned, or instead of it. Guests are told; then calls that
 * were posted and did not run yet are run (loop_run_posted), so that what they
 * own is released. Sources and timers are the caller's and are forgotten.
 * Accepts NULL. */
void loop_destroy(struct loop *loop);

/* Runs until loop_stop. */
void loop_run(struct loop *loop);

/* One turn: waits at most timeout_us (0: not at all, < 0: until something
 * happens), does what is due. For tests and for loops inside others. */
void loop_run_once(struct loop *loop, int64_t timeout_us);

/* Runs the calls that were posted, and those that they post here, and looks at
 * nothing else: for the end, when what still comes from outside is not read any
 * more. After loop_run returned. Whether there were any. */
bool loop_run_posted(struct loop *loop);

/* Ends loop_run after the current turn. From any thread. */
void loop_stop(struct loop *loop);

/* Calls fn(arg) on the loop's thread, in the order of posting. From any
 * thread. Aborts when there is no memory for the note. */
void loop_post(struct loop *loop, void (*fn)(void *arg), void *arg);

/* Microseconds of the clock that only goes forward, as of this turn. */
int64_t loop_now_us(const struct loop *loop);

/* "Date: Mon, 15 Aug 2022 11:00:00 GMT\r\n", formatted at most once a second.
 * Borrowed until the callback returns. */
struct str loop_date_line(struct loop *loop);

/* The same with the empty line that ends a head. */
struct str loop_date_end(struct loop *loop);

/* Somebody whose other thread posts to the loop, and must not when it is gone.
 */
struct loop_guest {
    struct loop_guest *previous; /* both NULL when it is none */
    struct loop_guest *next;
    void (*on_end)(void *context); /* posts are still taken; removes itself */
    void *context;
};

/* on_end and context are set by the caller; zero the rest. On the loop's
 * thread, as all but posting. */
void loop_guest_add(struct loop *loop, struct loop_guest *guest);
void loop_guest_remove(struct loop_guest *guest); /* also when it is none */

/* ---- Descriptors -------------------------------------------------------- */

struct loop_source {
    int fd;
    /* events: EPOLLIN, EPOLLOUT, EPOLLHUP …, as epoll_wait gave them. */
    void (*on_events)(void *context, uint32_t events);
    void *context;
    uint32_t events; /* what the loop waits for; set by loop_add, loop_watch */
};

/* Level-triggered. fd, on_events and context are set by the caller. ERR_IO or
 * ERR_NO_MEMORY when the system refuses. */
MUST_USE enum err loop_add(struct loop *loop, struct loop_source *source,
                           uint32_t events);

/* Waits for other events from now on; no system call when they are the same.
 * EPOLLHUP and EPOLLERR are always told. */
void loop_watch(struct loop *loop, struct loop_source *source, uint32_t events);

/* The source is not called any more, not even for events of this turn. The
 * descriptor stays open; close it after this call. */
void loop_remove(struct loop *loop, struct loop_source *source);

/* ---- Timers, at any point in time --------------------------------------- */

struct loop_timer {
    void (*on_due)(void *context);
    void *context;
    int64_t due_us;  /* of loop_now_us */
    size_t position; /* in the heap + 1; 0 when not armed */
};

/* Arms it, or moves it. on_due and context are set by the caller; zero the
 * rest. One call for one arming. Aborts when there is no memory. */
void loop_timer_arm(struct loop *loop, struct loop_timer *timer,
                    int64_t due_us);
void loop_timer_cancel(struct loop *loop, struct loop_timer *timer);

static inline bool loop_timer_is_armed(const struct loop_timer *timer)
{
    return timer->position != 0;
}

/* ---- Time-outs: many of one duration, armed and cancelled in O(1) ---------
 */

struct loop_timeout {
    struct loop_timeout *previous; /* both NULL when not armed */
    struct loop_timeout *next;
    int64_t due_us;
};

struct loop_timeout_list {
    struct loop_timeout ends; /* a ring: ends.next is the one due first */
    int64_t duration_us;
    void (*on_due)(void *context, struct loop_timeout *timeout);
    void *context;
    struct loop_timeout_list *next_list;
};

/* duration_us > 0 for every time-out of the list. */
void loop_timeouts_add(
    struct loop *loop, struct loop_timeout_list *list, int64_t duration_us,
    void (*on_due)(void *context, struct loop_timeout *timeout), void *context);

/* The list must be empty. */
void loop_timeouts_remove(struct loop *loop, struct loop_timeout_list *list);

/* Due duration_us after now. Arming again starts anew, in any list. */
void loop_timeout_arm(struct loop *loop, struct loop_timeout_list *list,
                      struct loop_timeout *timeout);
void loop_timeout_cancel(struct loop_timeout *timeout);

#endif
