// SPDX-License-Identifier: Apache-2.0
#include "folder.h"

#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "store/blob.h"

/* SHA-256 of "abc" (FIPS 180-4). */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

static struct blob_store *open_store(struct folder *folder)
{
    struct blob_store *store = NULL;
    assert_ok(folder, blob_store_open(folder_path(folder, "blobs"),
                                      folder_path(folder, "media"), &store,
                                      &folder->fault));
    return store;
}

static void close_store(struct blob_store **store)
{
    blob_store_close(*store);
}

static void test_a_blob_is_named_by_its_content(void **state)
{
    struct folder *folder = *state;
    DEFER(close_store) struct blob_store *store = open_store(folder);
    struct blob blob, again;
    struct str bytes;
    assert_ok(folder,
              blob_put(store, STR("abc"), STR("webp"), &blob, &folder->fault));
    assert_string_equal(blob.name, ABC ".webp");
    assert_ok(folder,
              blob_put(store, STR("abc"), STR("webp"), &again, &folder->fault));
    assert_string_equal(again.name, blob.name);
    assert_ok(folder, blob_read(store, &blob, 100, &folder->arena, &bytes,
                                &folder->fault));
    assert_true(str_eq(bytes, STR("abc")));
    assert_int_equal(access(folder_path(folder, "blobs/ba/7816bf8f01cfea414140d"
                                                "e5dae2223b00361a396177a9cb410f"
                                                "f61f20015ad.webp"),
                            R_OK),
                     0);
}

static void test_publishing_is_a_link_that_can_be_taken_away(void **state)
{
    struct folder *folder = *state;
    DEFER(close_store) struct blob_store *store = open_store(folder);
    struct blob blob;
    const char *public =
        folder_path(folder, "media/ba7816bf8f01cfea414140de5dae2223.webp");
    assert_ok(folder,
              blob_put(store, STR("abc"), STR("webp"), &blob, &folder->fault));
    assert_false(blob_is_public(store, &blob));
    for (int i = 0; i < 2; i++) {
        bool is_new;
        assert_ok(folder,
                  blob_link_public(store, &blob, &is_new, &folder->fault));
        assert_int_equal(is_new, i == 0);
    }
    assert_ok(folder, blob_sync_public(store, &folder->fault));
    assert_true(blob_is_public(store, &blob));
    assert_int_equal(access(public, R_OK), 0);
    for (int i = 0; i < 2; i++)
        assert_ok(folder, blob_unpublish(store, &blob, &folder->fault));
    assert_int_not_equal(access(public, F_OK), 0);
    for (int i = 0; i < 2; i++)
        assert_ok(folder, blob_remove(store, &blob, &folder->fault));
    assert_int_equal(blob_link_public(store, &blob, NULL, &folder->fault),
                     ERR_NOT_FOUND);
}

static void test_nobody_else_may_read_it(void **state)
{
    struct folder *folder = *state;
    DEFER(close_store) struct blob_store *store = open_store(folder);
    struct blob blob;
    struct stat info;
    assert_ok(folder,
              blob_put(store, STR("abc"), STR("webp"), &blob, &folder->fault));
    assert_int_equal(stat(folder_path(folder, "blobs/ba"), &info), 0);
    assert_int_equal(info.st_mode & 0777, 0700);
    assert_ok(folder, blob_link_public(store, &blob, NULL, &folder->fault));
    const char *public =
        folder_path(folder, "media/ba7816bf8f01cfea414140de5dae2223.webp");
    assert_int_equal(stat(public, &info), 0);
    assert_int_equal(info.st_mode & 0777, 0600);
}

static void test_damage_is_noticed(void **state)
{
    struct folder *folder = *state;
    DEFER(close_store) struct blob_store *store = open_store(folder);
    struct blob blob;
    struct str bytes;
    assert_ok(folder,
              blob_put(store, STR("abc"), STR("webp"), &blob, &folder->fault));
    const char *path = arena_printf(&folder->arena, "%s/blobs/ba/%s",
                                    folder->path, blob.name + 2)
                           .ptr;
    assert_ok(folder, file_write_atomic(path, STR("abd"), &folder->fault));
    assert_int_equal(
        blob_read(store, &blob, 100, &folder->arena, &bytes, &folder->fault),
        ERR_CORRUPT);
    assert_int_equal(
        blob_read(store, &blob, 2, &folder->arena, &bytes, &folder->fault),
        ERR_TOO_LONG);
}

static void test_names_from_outside_are_checked(void **state)
{
    (void)state;
    static const char *const bad[] = {
        "",
        ABC,
        ABC ".",
        ABC ".web/",
        ABC ".ninechars",
        ABC ".WEBP",
        "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD.webp",
        "../../../../../../../../../../../../../../../../../../etc/passwd.x",
    };
    struct blob blob;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        assert_int_equal(blob_parse(str_from_c(bad[i]), &blob), ERR_INVALID);
    assert_int_equal(blob_parse(STR(ABC ".jpg"), &blob), ERR_OK);
}

static void test_extensions_are_checked(void **state)
{
    struct folder *folder = *state;
    DEFER(close_store) struct blob_store *store = open_store(folder);
    struct blob blob;
    assert_int_equal(blob_put(store, STR("abc"), STR("../x"), &blob, NULL),
                     ERR_INVALID);
    assert_int_equal(blob_put(store, STR("abc"), STR(""), &blob, NULL),
                     ERR_INVALID);
}

#define TEST(name) \
    cmocka_unit_test_setup_teardown(name, folder_open, folder_close)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_blob_is_named_by_its_content),
        TEST(test_publishing_is_a_link_that_can_be_taken_away),
        TEST(test_nobody_else_may_read_it),
        TEST(test_damage_is_noticed),
        cmocka_unit_test(test_names_from_outside_are_checked),
        TEST(test_extensions_are_checked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
