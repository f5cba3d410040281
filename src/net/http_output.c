// SPDX-License-Identifier: Apache-2.0
#include <assert.h>
#include <errno.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "net/http_connection_internal.h"

/* What streams may keep waiting, and room for the frames around it. */
enum { QUEUE_BYTES_MAX = 2 * HTTP_STREAM_WAITING_BYTES_MAX };

void http_parts_add(struct http_parts *parts, struct str text)
{
    assert(parts->count < HTTP_PARTS_MAX);
    if (text.len)
        parts->parts[parts->count++] =
            (struct iovec){(void *)(uintptr_t)text.ptr, text.len};
}

void http_parts_add_held(struct http_parts *parts, struct str text)
{
    parts->held |= 1u << parts->count;
    http_parts_add(parts, text);
}

void http_output_init(struct http_output *output)
{
    memset(output, 0, sizeof *output);
    output->file_fd = -1;
    buf_init(&output->queue, QUEUE_BYTES_MAX);
}

static void release_held(struct http_output *output)
{
    void (*release)(void *owner) = output->release;
    output->release = NULL;
    if (release)
        release(output->owner);
}

static void close_file(struct http_output *output)
{
    if (output->file_fd < 0)
        return;
    close(output->file_fd);
    output->file_fd = -1;
    output->file_left = 0;
}

void http_output_finish(struct http_output *output)
{
    output->part_at = output->part_count = 0;
    free(output->copy);
    output->copy = NULL;
    close_file(output);
    buf_finish(&output->queue);
    buf_init(&output->queue, QUEUE_BYTES_MAX);
    release_held(output);
}

bool http_output_is_empty(const struct http_output *output)
{
    return output->part_at == output->part_count && output->file_left == 0 &&
           output->queue.len == 0;
}

/* ---- System calls ------------------------------------------------------- */

ssize_t http_output_try(struct http_connection *connection,
                        const struct iovec *parts, unsigned count, bool more)
{
    int fd = connection->source.fd;
    ssize_t sent;
    do {
        if (connection->transport) {
            sent = connection->transport->writev(connection->transport_state,
                                                 fd, parts, (int)count);
        } else if (more) {
            struct msghdr message = {
                .msg_iov = (struct iovec *)(uintptr_t)parts,
                .msg_iovlen = count,
            };
            sent = sendmsg(fd, &message, MSG_NOSIGNAL | MSG_MORE);
        } else { /* a call that the sandbox lets pass unseen: cheaper */
            sent = writev(fd, parts, (int)count);
        }
    } while (sent < 0 && errno == EINTR);
    if (sent > 0)
        connection->server->counts.sent_bytes += (uint64_t)sent;
    return sent;
}

/* Through memory, where the kernel cannot do it by itself. */
static ssize_t copy_file(struct http_connection *connection, size_t len)
{
    struct http_output *output = &connection->output;
    char bytes[HTTP_PROGRESS_BYTES];
    if (len > sizeof bytes)
        len = sizeof bytes;
    ssize_t got =
        pread(output->file_fd, bytes, len, (off_t)output->file_offset);
    if (got <= 0)
        return got;
    struct iovec part = {bytes, (size_t)got};
    ssize_t sent = http_output_try(connection, &part, 1, false);
    if (sent > 0)
        output->file_offset += (uint64_t)sent;
    return sent;
}

static ssize_t send_file(struct http_connection *connection, size_t len)
{
    struct http_output *output = &connection->output;
    if (connection->transport)
        return copy_file(connection, len);
    off_t offset = (off_t)output->file_offset;
    ssize_t sent;
    do
        sent = sendfile(connection->source.fd, output->file_fd, &offset, len);
    while (sent < 0 && errno == EINTR);
    output->file_offset = (uint64_t)offset;
    if (sent > 0)
        connection->server->counts.sent_bytes += (uint64_t)sent;
    return sent;
}

/* ---- One kind after the other ------------------------------------------- */

/* Steps over sent bytes; whether that was all. */
static bool advance(struct iovec *parts, unsigned *at, unsigned count,
                    size_t sent)
{
    while (*at < count && sent >= parts[*at].iov_len)
        sent -= parts[(*at)++].iov_len;
    if (*at == count)
        return true;
    parts[*at].iov_base = (char *)parts[*at].iov_base + sent;
    parts[*at].iov_len -= sent;
    return false;
}

static enum http_sent could_not(void)
{
    return errno == EAGAIN ? SENT_PART : SENT_NOTHING_MORE_CAN_BE;
}

static enum http_sent flush_parts(struct http_connection *connection)
{
    struct http_output *output = &connection->output;
    while (output->part_at < output->part_count) {
        ssize_t sent =
            http_output_try(connection, output->parts + output->part_at,
                            output->part_count - output->part_at, false);
        if (sent < 0)
            return could_not();
        output->progress_bytes += (uint32_t)sent;
        advance(output->parts, &output->part_at, output->part_count,
                (size_t)sent);
    }
    return SENT_ALL;
}

static enum http_sent flush_file(struct http_connection *connection)
{
    struct http_output *output = &connection->output;
    size_t turn = HTTP_FILE_BYTES_A_TURN;
    while (output->file_left > 0 && turn > 0) {
        size_t len =
            output->file_left < turn ? (size_t)output->file_left : turn;
        ssize_t sent = send_file(connection, len);
        if (sent < 0)
            return could_not();
        if (sent == 0) /* the file is shorter than was promised */
            return SENT_NOTHING_MORE_CAN_BE;
        output->progress_bytes += (uint32_t)sent;
        output->file_left -= (uint64_t)sent;
        turn -= (size_t)sent;
    }
    return output->file_left > 0 ? SENT_PART : SENT_ALL;
}

static enum http_sent flush_queue(struct http_connection *connection)
{
    struct http_output *output = &connection->output;
    size_t done = 0;
    enum http_sent result = SENT_ALL;
    while (done < output->queue.len && result == SENT_ALL) {
        struct iovec part = {output->queue.ptr + done,
                             output->queue.len - done};
        ssize_t sent = http_output_try(connection, &part, 1, false);
        if (sent < 0)
            result = could_not();
        else
            done += (size_t)sent;
    }
    output->progress_bytes += (uint32_t)done;
    buf_drop_front(&output->queue, done);
    return result;
}

enum http_sent http_output_flush(struct http_connection *connection)
{
    enum http_sent result = flush_parts(connection);
    if (result == SENT_ALL)
        result = flush_file(connection);
    if (result == SENT_ALL)
        result = flush_queue(connection);
    return result;
}

/* ---- Keeping what could not be sent ------------------------------------- */

/* Copies the parts that nobody holds and were not sent, so that the caller may
 * forget them. */
static enum err keep_parts(struct http_output *output, unsigned held)
{
    size_t bytes = 0;
    for (unsigned i = output->part_at; i < output->part_count; i++)
        bytes += held & 1u << i ? 0 : output->parts[i].iov_len;
    if (bytes == 0)
        return ERR_OK;
    char *at = output->copy = malloc(bytes);
    if (!at)
        return ERR_NO_MEMORY;
    for (unsigned i = output->part_at; i < output->part_count; i++) {
        struct iovec *part = &output->parts[i];
        if (held & 1u << i)
            continue;
        memcpy(at, part->iov_base, part->iov_len);
        part->iov_base = at;
        at += part->iov_len;
    }
    return ERR_OK;
}

enum http_sent http_output_parts(struct http_connection *connection,
                                 struct http_parts *parts, bool more)
{
    struct http_output *output = &connection->output;
    unsigned at = 0;
    ssize_t sent =
        http_output_try(connection, parts->parts, parts->count, more);
    if (sent < 0 && errno != EAGAIN)
        return SENT_NOTHING_MORE_CAN_BE;
    if (sent >= 0 && advance(parts->parts, &at, parts->count, (size_t)sent))
        return SENT_ALL;
    memcpy(output->parts, parts->parts, sizeof output->parts);
    output->part_at = at;
    output->part_count = parts->count;
    if (keep_parts(output, parts->held))
        return SENT_NOTHING_MORE_CAN_BE;
    return SENT_PART;
}
