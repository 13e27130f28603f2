/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What is kept between lines must not show: seconds, counts and flows that change, and messages
 * whose beginnings differ, in a writer that has a past and in a new one. Times are date(1)'s.
 */
#include "unit/output/fixture.h"

#include <inttypes.h>

static uint8_t span[1 << 16];

static const char *line(struct tt_eve *e, const struct tt_flow *f, const struct tt_packet *p)
{
    struct tt_json j;
    struct tt_tx tx = {.messages = 1, .kinds = 1};
    tt_json_init(&j, span, sizeof span);
    tt_eve_transaction(e, &j, f, p, &tx, TT_TX_COMPLETE, "\"publish\":{}", 12);
    assert_false(j.full);
    *j.p = 0;
    return (const char *)span;
}

static void seconds_and_counts(void **state)
{
    (void)state;
    static const struct {
        int64_t ns;
        uint32_t count;
        const char *time;
    } rows[] = {{0, 1, "1970-01-01T00:00:00.000000"},
                {999999999, 9, "1970-01-01T00:00:00.999999"},
                {1000000000, 9999, "1970-01-01T00:00:01.000000"},
                {1000000999, 10000, "1970-01-01T00:00:01.000000"},
                {1000001000, 10001, "1970-01-01T00:00:01.000001"},
                {-1, 19999, "1969-12-31T23:59:59.999999"},
                {-1000000000, 20000, "1969-12-31T23:59:59.000000"},
                {INT64_C(951782400000000000), 99999, "2000-02-29T00:00:00.000000"},
                {INT64_C(951782400120034567), 100000, "2000-02-29T00:00:00.120034"},
                {INT64_C(951782399120034567), 1, "2000-02-28T23:59:59.120034"},
                {NOON, 4294967295, "2026-11-21T14:02:11.204518"},
                {NOON, 4294960000, "2026-11-21T14:02:11.204518"},
                {NOON + 795482000, 10000, "2026-11-21T14:02:12.000000"},
                {NOON, 12, "2026-11-21T14:02:11.204518"}};
    struct tt_eve *e = tt_eve_new(&(struct tt_eve_options){0});
    struct tt_flow f = make_flow(&tt_mqtt);
    struct tt_packet p = make_packet(true);
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char expected[160];
        snprintf(expected, sizeof expected,
                 "{\"timestamp\":\"%s+0000\",\"flow_id\":1399,\"pcap_cnt\":%" PRIu32
                 ",\"event_type\":\"mqtt\",",
                 rows[i].time, rows[i].count);
        p.time = rows[i].ns;
        p.count = rows[i].count;
        assert_memory_equal(line(e, &f, &p), expected, strlen(expected));
    }
    tt_eve_free(e);
}

/* The second line of a flow comes from what was kept of the first; an alert of the server's side
 * in between uses the number alone. */
static void kept_of_a_flow(void **state)
{
    (void)state;
    static struct tt_flow_device kept[3];
    const struct tt_eve_options with = {.community_id = true}, without = {0};
    const struct tt_eve_options *const all[] = {&with, &without};
    for (unsigned o = 0; o < 2; o++) {
        memset(kept, 0, sizeof kept);
        struct tt_eve *e = tt_eve_new(all[o]);
        struct tt_flow f[3] = {make_flow(&tt_mqtt), make_flow(&tt_mqtt), make_flow(&tt_mqtt)};
        f[1].key.low_port = 1;
        f[2].ip_version = 6; /* the longest head there is */
        memset(f[2].key.low.b, 0xfe, 16);
        memset(f[2].key.high.b, 0xff, 16);
        struct tt_packet p = make_packet(true);
        for (unsigned round = 0; round < 3; round++) {
            for (unsigned i = 0; i < 3; i++) {
                the_device = NULL;
                char *plain = strdup(line(e, &f[i], &p));
                the_device = &kept[i];
                assert_string_equal(line(e, &f[i], &p), plain);
                the_device = NULL;
                char *timer = strdup(line(e, &f[i], NULL));
                the_device = &kept[i];
                assert_string_equal(line(e, &f[i], NULL), timer);
                free(plain);
                free(timer);
            }
        }
        tt_eve_free(e);
    }
    the_device = NULL;
}

static uint32_t draw(uint32_t *seed)
{
    *seed = *seed * 1664525 + 1013904223;
    return *seed >> 16;
}

/* A message of some kind whose values come and go, mostly in declared order. */
static void any_message(uint32_t *seed)
{
    static const uint8_t fields[] = {R_RAW,   R_QOS, R_QOS_TOO, R_RETAIN, R_DUP,    R_CLEAN,
                                     R_TOPIC, R_ID,  R_MESSAGE, R_REASON, R_EXPIRY, R_RETAIN};
    msg_start(&tt_mqtt, draw(seed) % 4 ? M_PUBLISH : M_CONNECT);
    the_msg.tx_role = (uint8_t)(draw(seed) % 2);
    for (unsigned i = 0; i < sizeof fields; i++) {
        uint8_t type = mqtt_fields[fields[i]].type;
        if (draw(seed) % 4 == 0) {
            continue;
        }
        if (type == TT_UINT || type == TT_BOOL) {
            put_number(fields[i], type == TT_BOOL || draw(seed) % 3 ? draw(seed) % 2 : draw(seed));
        } else {
            put_octets(fields[i], "{\"a\":\"b\"},{\"c\":\"d\"}", draw(seed) % 20);
        }
    }
}

static void beginnings(void **state)
{
    (void)state;
    struct tt_eve *old = tt_eve_new(&(struct tt_eve_options){0});
    uint32_t seed = 7;
    for (unsigned i = 0; i < 3000; i++) {
        static uint8_t other[1 << 12];
        struct tt_eve *new = tt_eve_new(&(struct tt_eve_options){0});
        struct tt_json a, b;
        /* also where the room is just short */
        size_t room = i % 3 ? sizeof other : draw(&seed) % 700;
        any_message(&seed);
        tt_json_init(&a, span, room);
        tt_json_init(&b, other, room);
        tt_eve_message(old, &a, &the_msg);
        tt_eve_message(new, &b, &the_msg);
        assert_int_equal(a.full, b.full);
        if (!a.full) {
            assert_int_equal(tt_json_length(&a), tt_json_length(&b));
            assert_memory_equal(span, other, tt_json_length(&a));
            assert_int_equal(a.comma, b.comma);
        }
        tt_eve_free(new);
    }
    tt_eve_free(old);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(seconds_and_counts),
        cmocka_unit_test(kept_of_a_flow),
        cmocka_unit_test(beginnings),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
