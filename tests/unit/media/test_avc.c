// SPDX-License-Identifier: Apache-2.0
/* What is read of H.264, as x264 wrote it (fuzz/corpus/avc). */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "media/avc.h"

static const struct {
    const char *file;
    unsigned profile, width, height, aspect_width, aspect_height;
} configs[] = {
    {"config-plain", 66, 320, 180, 1, 1},
    {"config-b-frames", 100, 320, 180, 1, 1},
    {"config-interlaced", 100, 1918, 1076, 4, 3},
};

static struct str read_corpus(const char *name, char bytes[8192])
{
    char path[256];
    snprintf(path, sizeof path, "fuzz/corpus/avc/%s", name);
    FILE *file = fopen(path, "rb");
    assert_non_null(file);
    size_t len = fread(bytes, 1, 8192, file);
    fclose(file);
    return str_of(bytes, len);
}

static void test_sizes_are_read(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof configs / sizeof *configs; i++) {
        char bytes[8192];
        struct avc_config config;
        struct str avcc = read_corpus(configs[i].file, bytes);
        assert_int_equal(avc_read_config(avcc, &config), ERR_OK);
        assert_int_equal(config.sps.profile, configs[i].profile);
        assert_int_equal(config.length_bytes, 4);
        assert_int_equal(config.sps.width, configs[i].width);
        assert_int_equal(config.sps.height, configs[i].height);
        assert_int_equal(config.sps.aspect_width, configs[i].aspect_width);
        assert_int_equal(config.sps.aspect_height, configs[i].aspect_height);
        for (size_t len = 0; len < 14; len++)
            assert_int_equal(avc_read_config(str_slice(avcc, 0, len), &config),
                             ERR_INVALID);
    }
}

static void test_a_packet_is_taken_apart(void **state)
{
    (void)state;
    struct str rest = STR("\0\0\0\2\x67\1\0\0\0\1\x65\0\0\0\7\x41"), unit;
    assert_true(avc_is_idr(rest, 4));
    assert_true(avc_next_unit(&rest, 4, &unit));
    assert_true(str_eq(unit, STR("\x67\1")));
    assert_true(avc_next_unit(&rest, 4, &unit));
    assert_int_equal(unit.ptr[0] & 31, H264_IDR);
    assert_false(avc_next_unit(&rest, 4, &unit)); /* it is cut off */
    assert_false(avc_is_idr(STR("\0\2\x41\x65"), 2));
    assert_false(avc_is_idr(STR("\0\0\0\0"), 4));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sizes_are_read),
        cmocka_unit_test(test_a_packet_is_taken_apart),
    };
    return cmocka_run_group_tests_name("avc", tests, NULL, NULL);
}
