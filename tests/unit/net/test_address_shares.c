// SPDX-License-Identifier: Apache-2.0
/* How much one client may have of what all share, and who one client is. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "net/address_shares.h"

enum { MOST = 3 };

static struct address_peer ip4(unsigned char last)
{
    return (struct address_peer){
        .ip = {[10] = 0xff, [11] = 0xff, [12] = 203, [14] = 113, [15] = last}};
}

static struct address_peer ip6(unsigned char network, unsigned char host)
{
    return (struct address_peer){
        .ip = {0x20, 1, 0xd, 0xb8, [7] = network, [8] = host, [15] = host}};
}

static enum err take(struct address_shares *shares, struct address_peer client,
                     struct address_share **ret_share)
{
    return address_shares_take(shares, &client, ret_share);
}

static void test_a_client_gets_its_share_and_no_more(void **state)
{
    (void)state;
    struct address_shares shares;
    struct address_share *had[MOST], *other, *more;
    address_shares_init(&shares, MOST);
    for (size_t i = 0; i < MOST; i++)
        assert_int_equal(take(&shares, ip4(1), &had[i]), ERR_OK);
    assert_int_equal(take(&shares, ip4(1), &more), ERR_RATE);
    assert_int_equal(take(&shares, ip4(2), &other), ERR_OK);
    address_shares_give_back(&shares, had[0]);
    assert_int_equal(take(&shares, ip4(1), &had[0]), ERR_OK);
    assert_int_equal(take(&shares, ip4(1), &more), ERR_RATE);
    for (size_t i = 0; i < MOST; i++)
        address_shares_give_back(&shares, had[i]);
    address_shares_give_back(&shares, other);
    address_shares_finish(&shares);
}

static void test_nothing_is_kept_of_who_is_gone(void **state)
{
    (void)state;
    struct address_shares shares;
    struct address_share *share;
    address_shares_init(&shares, 1);
    for (unsigned i = 0; i < 1000; i++) {
        assert_int_equal(take(&shares, ip4((unsigned char)i), &share), ERR_OK);
        address_shares_give_back(&shares, share);
    }
    assert_int_equal(shares.clients.count, 0);
    address_shares_finish(&shares);
}

static void test_who_is_not_limited_has_nothing_to_give_back(void **state)
{
    (void)state;
    struct address_shares shares;
    address_shares_init(&shares, 1);
    address_shares_give_back(&shares, NULL);
    address_shares_finish(&shares);
}

static void test_of_ip6_a_network_is_one_client(void **state)
{
    (void)state;
    struct address_shares shares;
    struct address_share *first, *second, *more;
    address_shares_init(&shares, 1);
    assert_int_equal(take(&shares, ip6(1, 1), &first), ERR_OK);
    assert_int_equal(take(&shares, ip6(1, 2), &more), ERR_RATE);
    assert_int_equal(take(&shares, ip6(2, 1), &second), ERR_OK);
    address_shares_give_back(&shares, first);
    address_shares_give_back(&shares, second);
    address_shares_finish(&shares);
}

static void test_ports_do_not_make_another_client(void **state)
{
    (void)state;
    struct address_peer one = ip4(1), same = ip4(1), other = ip4(2);
    one.port = 1;
    same.port = 2;
    assert_true(str_eq(address_peer_client(&one), address_peer_client(&same)));
    assert_false(
        str_eq(address_peer_client(&one), address_peer_client(&other)));
}

static void test_the_operators_own_are_known(void **state)
{
    (void)state;
    const struct address_peer local = {.is_local = true};
    const struct address_peer loopback4 = {
        .ip = {[10] = 0xff, [11] = 0xff, [12] = 127, [15] = 8}};
    const struct address_peer loopback6 = {.ip = {[15] = 1}};
    struct address_peer far = ip4(1);
    assert_true(address_peer_is_this_machine(&local));
    assert_true(address_peer_is_this_machine(&loopback4));
    assert_true(address_peer_is_this_machine(&loopback6));
    assert_false(address_peer_is_this_machine(&far));
}

#define TEST(name) cmocka_unit_test(name)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_a_client_gets_its_share_and_no_more),
        TEST(test_nothing_is_kept_of_who_is_gone),
        TEST(test_who_is_not_limited_has_nothing_to_give_back),
        TEST(test_of_ip6_a_network_is_one_client),
        TEST(test_ports_do_not_make_another_client),
        TEST(test_the_operators_own_are_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
