// SPDX-License-Identifier: Apache-2.0
#include "store/db_pool.h"

#include <assert.h>
#include <pthread.h>
#include <stdint.h>

struct db_pool {
    pthread_mutex_t lock;
    pthread_cond_t writer_is_free;
    pthread_cond_t reader_is_free;
    struct db *writer;     /* NULL in a pool that only reads */
    uint64_t writers_come; /* numbers drawn, as in a queue at a counter */
    uint64_t writers_gone; /* whose turn it is */
    struct db *free_readers[DB_POOL_READERS_MAX]; /* a stack */
    size_t free_count;
    size_t reader_count;
};

static enum err open_all(struct db_pool *pool, const char *location,
                         enum db_access access, size_t readers,
                         struct fault *fault)
{
    enum err err = ERR_OK;
    if (access != DB_READ)
        err = db_open(location, access, &pool->writer, fault);
    while (!err && pool->reader_count < readers) {
        struct db *reader;
        err = db_open(location, DB_READ, &reader, fault);
        if (!err)
            pool->free_readers[pool->reader_count++] = reader;
        pool->free_count = pool->reader_count;
    }
    return err;
}

enum err db_pool_create(const char *location, enum db_access access,
                        size_t readers, struct db_pool **ret_pool,
                        struct fault *fault)
{
    assert(ret_pool);
    if (readers == 0)
        readers = 1;
    if (readers > DB_POOL_READERS_MAX)
        readers = DB_POOL_READERS_MAX;
    struct db_pool *pool = calloc(1, sizeof *pool);
    if (!pool)
        return fault_set(fault, ERR_NO_MEMORY, NULL, "out of memory");
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->writer_is_free, NULL);
    pthread_cond_init(&pool->reader_is_free, NULL);
    enum err err = open_all(pool, location, access, readers, fault);
    if (err) {
        db_pool_destroy(pool);
        return err;
    }
    *ret_pool = pool;
    return ERR_OK;
}

void db_pool_destroy(struct db_pool *pool)
{
    if (!pool)
        return;
    assert(pool->writers_come == pool->writers_gone);
    assert(pool->free_count == pool->reader_count);
    for (size_t i = 0; i < pool->free_count; i++)
        db_close(pool->free_readers[i]);
    /* The writer last: the last one to leave tidies the log up. */
    db_close(pool->writer);
    pthread_cond_destroy(&pool->reader_is_free);
    pthread_cond_destroy(&pool->writer_is_free);
    pthread_mutex_destroy(&pool->lock);
    free(pool);
}

struct db_lease db_lease_writer(struct db_pool *pool)
{
    assert(pool->writer);
    pthread_mutex_lock(&pool->lock);
    uint64_t number = pool->writers_come++;
    while (pool->writers_gone != number)
        pthread_cond_wait(&pool->writer_is_free, &pool->lock);
    pthread_mutex_unlock(&pool->lock);
    return (struct db_lease){.pool = pool, .db = pool->writer};
}

uint64_t db_pool_writer_asked(struct db_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    uint64_t asked = pool->writers_come;
    pthread_mutex_unlock(&pool->lock);
    return asked;
}

struct db_lease db_lease_reader(struct db_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->free_count == 0)
        pthread_cond_wait(&pool->reader_is_free, &pool->lock);
    struct db *reader = pool->free_readers[--pool->free_count];
    pthread_mutex_unlock(&pool->lock);
    return (struct db_lease){.pool = pool, .db = reader};
}

void db_lease_end(struct db_lease *lease)
{
    struct db_pool *pool = lease->pool;
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    if (lease->db == pool->writer) {
        pool->writers_gone++;
        pthread_cond_broadcast(&pool->writer_is_free); /* one knows its turn */
    } else {
        pool->free_readers[pool->free_count++] = lease->db;
        pthread_cond_signal(&pool->reader_is_free);
    }
    pthread_mutex_unlock(&pool->lock);
    *lease = (struct db_lease){0};
}
