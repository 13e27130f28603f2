/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The shard's tables and the governor: who is a device, caps under a flood of invented names,
 * octets of memory for each device, how often an alert is told, its id, and what a storm looks
 * like.
 */
#include "unit/device/rig.h"

#include "base/hash.h"
#include "device/devices.h"
#include "device/governor.h"
#include "device/texts.h"

static void fact(struct tt_shard *sh, enum tt_fact_kind kind, uint64_t device, uint64_t identity,
                 uint64_t hash, const char *text)
{
    struct tt_fact f = {.device = rig_device(device),
                        .hash = hash,
                        .packet = 1,
                        .time = (int64_t)(START * 1e9),
                        .kind = (uint8_t)kind};
    f.device.identity = identity;
    f.n = (uint8_t)strlen(text);
    memcpy(f.text, text, f.n);
    if (kind == TT_FACT_PEER) {
        f.address = rig_device(0xffffff).address;
        f.port = 1883;
    }
    tt_shard_fact(sh, &f);
}

static void message(struct tt_shard *sh, uint64_t device, uint64_t identity, uint64_t stream,
                    uint64_t packet, double t)
{
    struct tt_sample m = {.device = rig_device(device),
                          .stream = stream,
                          .packet = packet,
                          .time = (int64_t)(t * 1e9)};
    m.device.identity = identity;
    tt_payload_shape((struct tt_bytes){(const uint8_t *)"{\"t\":21.5}", 10}, &m);
    uint32_t hint;
    const struct tt_sample *next = &m;
    tt_shard_fetch(sh, &next, 1, &hint);
    tt_shard_sample(sh, &m, hint);
}

static void test_who(void **state)
{
    (void)state;
    struct rig g;
    struct tt_shard_options o = {.max_devices = 16};
    rig_begin(&g, &o);
    message(g.shard, 1, 0, 5, 1, START); /* before the identity is known: the address */
    tt_shard_tick(g.shard, (int64_t)START + 1, 2);
    fact(g.shard, TT_FACT_IDENTITY, 1, 77, 77, "meter-0417");
    fact(g.shard, TT_FACT_IDENTITY, 1, 77, 77, "meter-0417"); /* again, from another flow */
    fact(g.shard, TT_FACT_PEER, 1, 77, 0, "");
    message(g.shard, 1, 77, 5, 3, START + 2);
    message(g.shard, 2, 77, 5, 4, START + 2.1); /* the same device behind another address */
    message(g.shard, 3, 88, 6, 5, START + 2.2); /* an identity whose text never came */
    tt_shard_tick(g.shard, (int64_t)START + 3, 6);
    struct tt_device_row row;
    assert_true(tt_shard_device(g.shard, 0, &row));
    assert_string_equal(row.id, "ip:10.0.0.1");
    assert_string_equal(row.client_id, "");
    assert_int_equal(row.messages, 1);
    assert_true(tt_shard_device(g.shard, 1, &row));
    const char *name = tt_registry_dissectors[0] ? tt_registry_dissectors[0]->name : "device";
    char want[64];
    snprintf(want, sizeof want, "%s:meter-0417", name);
    assert_string_equal(row.id, want);
    assert_string_equal(row.client_id, "meter-0417");
    assert_int_equal(row.messages, 2);
    assert_int_equal(row.octets, 20);
    assert_int_equal(row.streams, 1);
    assert_int_equal(row.port, 1883);
    assert_string_equal(row.state, "learning");
    assert_true(tt_shard_device(g.shard, 2, &row));
    assert_string_equal(row.client_id, "#0000000000000058");
    assert_false(tt_shard_device(g.shard, 3, &row));
    rig_end(&g);
}

static void test_caps(void **state)
{
    (void)state;
    struct rig g;
    struct tt_shard_options o = {.max_devices = 100, .max_streams = 300, .secret = 99};
    rig_begin(&g, &o);
    for (uint64_t i = 1; i <= 10000; i++) { /* invented names, each with its topic */
        char text[32];
        snprintf(text, sizeof text, "flood-%lu", (unsigned long)i);
        fact(g.shard, TT_FACT_IDENTITY, i, 1000 + i, 1000 + i, text);
        fact(g.shard, TT_FACT_STREAM, i, 1000 + i, 500000 + i, text);
        message(g.shard, i, 1000 + i, 500000 + i, i, START);
    }
    for (uint64_t i = 1; i <= 40; i++) { /* one device with 40 topics */
        message(g.shard, 1, 1001, 900000 + i, 20000 + i, START);
    }
    tt_shard_tick(g.shard, (int64_t)START + 1, 30000);
    struct tt_counter_set c = tt_shard_counters(g.shard);
    assert_int_equal(counter_of(c, "device.known"), 100);
    /* Of the flood the first 93 and the last 7 are there (one place in 16, and one); nobody was
     * refused. */
    assert_int_equal(counter_of(c, "device.refused"), 0);
    assert_int_equal(counter_of(c, "device.forgotten"), 9900);
    assert_int_equal(counter_of(c, "device.streams"), 100 + 15 + 1);
    assert_int_equal(counter_of(c, "device.streams_folded"), 25);
    struct tt_device_row row;
    assert_true(tt_shard_device(g.shard, 0, &row));
    assert_int_equal(row.streams, 17);
    assert_int_equal(row.messages, 41);
    unsigned first = 0, last = 0;
    for (uint32_t i = 0; tt_shard_device(g.shard, i, &row); i++) {
        unsigned n = 0;
        sscanf(row.client_id, "flood-%u", &n);
        first += n >= 1 && n <= 93;
        last += n >= 9994 && n <= 10000;
    }
    assert_int_equal(first, 93);
    assert_int_equal(last, 7);
    for (uint32_t i = 0; i < c.n; i++) {
        assert_true(c.rows[i].is_loss == 0 || strstr(c.rows[i].name, "refused") ||
                    strstr(c.rows[i].name, "forgotten") || strstr(c.rows[i].name, "lost"));
    }
    rig_end(&g);
}

/* Sums are added to the device; messages among them are one block: 1 + 4 a second are within the
 * limit of 2 × 1 + 3 (rate_a, rate_b), 1 + 5 are not. */
static void test_window(void **state)
{
    (void)state;
    for (uint32_t more = 4; more <= 5; more++) {
        struct rig g;
        struct tt_shard_options o = {
            .max_devices = 16, .self = true, .learn_until = (int64_t)((START + 20 * 3600) * 1e9)};
        rig_begin(&g, &o);
        for (int hour = 0; hour < 20; hour++) {
            rig_message(&g, 1, 5, START + hour * 3600, "21", 2);
        }
        rig_message(&g, 1, 5, START + 20 * 3600, "21", 2);
        struct tt_window w = {.device = rig_device(1),
                              .stream = 5,
                              .first_packet = 22,
                              .last_packet = 30,
                              .messages = more,
                              .others = 3,
                              .bytes = more * 2U};
        w.first_time = (int64_t)((START + 20 * 3600) * 1e9);
        w.last_time = w.first_time + SECOND / 2;
        tt_shard_window(g.shard, &w);
        assert_int_equal(g.n_findings, more == 5);
        if (more == 5) {
            assert_int_equal(g.findings[0].packet, 30);
            assert_true(g.findings[0].observed == 6);
        }
        struct tt_device_row row;
        assert_true(tt_shard_device(g.shard, 0, &row));
        assert_int_equal(row.messages, 21 + more + 3);
        assert_int_equal(row.octets, 42 + 2 * more);
        assert_int_equal(row.last, w.last_time);
        assert_int_equal(counter_of(tt_shard_counters(g.shard), "device.blocks"), 1);
        assert_int_equal(counter_of(tt_shard_counters(g.shard), "device.samples"), 21);
        rig_end(&g);
    }
}

/* A device that comes while the table is full of strangers, and goes on speaking, stays; those that
 * spoke before the flood are never forgotten, nor what was learned of them. */
static void test_newcomers(void **state)
{
    (void)state;
    struct rig g;
    struct tt_shard_options o = {.max_devices = 320, .secret = 7}; /* 21 newcomers at a time */
    rig_begin(&g, &o);
    uint64_t packet = 1;
    int64_t second = (int64_t)START;
    for (uint64_t i = 0; i < 20 * 100; i++) { /* 100 that are known */
        message(g.shard, 1 + i % 100, 0, 3, packet++, (double)second);
    }
    tt_shard_tick(g.shard, ++second, packet);
    for (uint64_t i = 0; i < 5000; i++) {
        message(g.shard, 0x10000 + i, 0, 5, packet++, (double)second);
        if (i >= 1000 && i < 1100 && i % 10 == 0) { /* every second to tenth packet is its own */
            message(g.shard, 0x999, 0, 6, packet++, (double)second);
        }
        if (i % 100 == 99) {
            tt_shard_tick(g.shard, ++second, packet);
        }
    }
    tt_shard_tick(g.shard, ++second, packet);
    struct tt_counter_set c = tt_shard_counters(g.shard);
    assert_int_equal(counter_of(c, "device.known"), 320);
    assert_int_equal(counter_of(c, "device.refused"), 0);
    assert_int_equal(counter_of(c, "device.forgotten"), 100 + 5000 + 1 - 320);
    struct tt_device_row row;
    for (uint32_t i = 0; i < 100; i++) {
        assert_true(tt_shard_device(g.shard, i, &row));
        assert_int_equal(row.messages, 20);
    }
    bool there = false;
    for (uint32_t i = 100; tt_shard_device(g.shard, i, &row); i++) {
        there |= row.messages == 10;
    }
    assert_true(there);
    rig_end(&g);
}

static void test_memory(void **state)
{
    (void)state;
    size_t state_size = 0;
    for (int i = 0; tt_registry_models[i]; i++) {
        state_size += (tt_registry_models[i]->state_size + 7U) & ~7U;
    }
    struct tt_devices d;
    struct tt_texts t;
    assert_true(tt_devices_init(&d, 4, 12, (uint32_t)state_size, 0));
    assert_true(tt_texts_init(&t, 16, 0));
    /* An index holds two places for each entry, of four octets, up to four where its size is
     * rounded up to a power of two. */
    size_t device = d.devices.piece + 16, stream = d.streams.piece, text = 48 + 16;
    size_t all = device + text + 3 * (stream + text);
    printf("  device %zu, stream %zu (models %zu), text %zu: a device with three streams and names "
           "up to 38 octets %zu octets\n",
           device, stream, state_size, text, all);
    assert_true(all <= 1024);
    tt_texts_put(&t, 1, (const uint8_t *)"site/0001/meter-0417/energy/total-long", 38);
    assert_int_equal(t.slabs[0].used, 1);
    tt_devices_free(&d);
    tt_texts_free(&t);
}

static void test_texts(void **state)
{
    (void)state;
    struct tt_texts t;
    assert_true(tt_texts_init(&t, 8, 7));
    uint8_t longest[TT_FACT_TEXT];
    memset(longest, 'z', sizeof longest);
    tt_texts_put(&t, 1, longest, sizeof longest);
    tt_texts_put(&t, 2, (const uint8_t *)"a\0b", 3);
    tt_texts_put(&t, 2, (const uint8_t *)"other", 5);
    tt_texts_put(&t, 3, (const uint8_t *)"", 0);
    assert_int_equal(tt_texts_find(&t, 1)->n, TT_FACT_TEXT);
    assert_int_equal(strlen(tt_texts_find(&t, 1)->octets), TT_FACT_TEXT);
    assert_string_equal(tt_texts_find(&t, 2)->octets, "a?b");
    assert_string_equal(tt_texts_find(&t, 3)->octets, "");
    assert_null(tt_texts_find(&t, 4));
    tt_texts_free(&t);
}

/* One odd sample a second for a day and a half: told at 0, 1 minute, 1 hour and a minute, a day
 * later. */
static void test_governor_repeats(void **state)
{
    (void)state;
    struct tt_devices d;
    struct tt_governor g;
    assert_true(tt_devices_init(&d, 4, 4, 8, 0));
    assert_true(tt_governor_init(&g, &d, 4));
    bool is_new;
    struct tt_device_key k = rig_device(1);
    uint32_t s = tt_devices_stream(&d, tt_devices_get(&d, &k, &is_new), 5, &is_new);
    tt_stream_at(&d, s)->episodes = TT_EPISODE_NONE;
    static const int want[] = {0, 60, 3660, 90060};
    int told = 0;
    int64_t base = (int64_t)START * SECOND;
    for (int i = 0; i < 129600; i++) {
        struct tt_episode *e = tt_governor_note(&g, s, 0, base + i * SECOND, (uint64_t)i + 1);
        if (tt_governor_ask(&g, e, e->last, TT_MEDIUM) == TT_NOTICE_TELL) {
            assert_in_range(told, 0, 3);
            assert_int_equal(i, want[told]);
            assert_int_equal(e->repeats, told == 0 ? 0 : want[told] - want[told - 1] - 1);
            assert_int_equal(e->first, base);
            assert_int_equal(e->packets[e->n_packets - 1], i + 1);
            e->repeats = 0;
            told++;
        }
    }
    assert_int_equal(told, 4);
    /* Worse than what was told: told at once. A day of quiet: a new episode. */
    struct tt_episode *e = tt_governor_note(&g, s, 0, base + 129600 * SECOND, 7);
    assert_int_equal(tt_governor_ask(&g, e, e->last, TT_HIGH), TT_NOTICE_TELL);
    assert_int_equal(e->n_packets, TT_FINDING_PACKETS);
    e = tt_governor_note(&g, s, 0, base + (129600 + 86401) * SECOND, 8);
    assert_int_equal(e->n_packets, 1);
    assert_int_equal(e->repeats, 0);
    assert_int_equal(tt_governor_ask(&g, e, e->last, TT_LOW), TT_NOTICE_TELL);
    tt_governor_free(&g);
    tt_devices_free(&d);
}

/* 100 keys at once: 30 are told, 70 held; after 20 s there is room for 10 more. The set of episodes
 * is bounded. */
static void test_governor_storm(void **state)
{
    (void)state;
    struct tt_devices d;
    struct tt_governor g;
    assert_true(tt_devices_init(&d, 100, 100, 8, 0));
    assert_true(tt_governor_init(&g, &d, 16));
    int told = 0;
    int64_t t = (int64_t)START * SECOND;
    for (int round = 0; round < 2; round++, t += 20 * SECOND) {
        for (uint64_t i = 0; i < 100; i++) {
            bool is_new;
            struct tt_device_key k = rig_device(i);
            uint32_t s = tt_devices_stream(&d, tt_devices_get(&d, &k, &is_new), 5, &is_new);
            if (is_new) {
                tt_stream_at(&d, s)->episodes = TT_EPISODE_NONE;
            }
            told +=
                tt_governor_ask(&g, tt_governor_note(&g, s, 0, t, i), t, TT_HIGH) == TT_NOTICE_TELL;
        }
        assert_int_equal(told, round ? 40 : 30);
    }
    assert_int_equal(g.held, 160);
    assert_int_equal(g.recycled, 200 - 16);
    assert_int_equal(tt_governor_storm(&g, (int64_t)START + 20, false), 160);
    assert_int_equal(tt_governor_storm(&g, (int64_t)START + 21, false), 0);
    tt_governor_free(&g);
    tt_devices_free(&d);
}

/* 60 devices run wild in the same second: 30 findings and one summary, in order of packets. */
static void test_storm(void **state)
{
    (void)state;
    struct rig g;
    struct tt_shard_options o = {
        .max_devices = 100, .self = true, .learn_until = (int64_t)((START + 40 * 3600) * 1e9)};
    rig_begin(&g, &o);
    for (int hour = 0; hour < 40; hour++) {
        for (uint64_t i = 1; i <= 60; i++) {
            rig_message(&g, i, 5, START + hour * 3600 + (double)i, "21", 2);
        }
    }
    for (int k = 0; k < 7; k++) {
        for (uint64_t i = 1; i <= 60; i++) {
            rig_message(&g, i, 5, START + 41 * 3600 + k * 0.1, "21", 2);
        }
    }
    tt_shard_tick(g.shard, (int64_t)START + 41 * 3600 + 1, g.packet + 1);
    assert_int_equal(g.n_findings, 31);
    for (int i = 1; i < 31; i++) {
        assert_true(g.findings[i].packet > g.findings[i - 1].packet);
    }
    assert_string_equal(g.findings[30].detector->id, "self.alert-storm");
    assert_true(g.findings[30].observed ==
                counter_of(tt_shard_counters(g.shard), "device.findings_held"));
    assert_string_equal(g.findings[30].device, "sensor");
    rig_end(&g);
}

static void test_id(void **state)
{
    (void)state;
    /* printf 'a\0b\0c\0\0\0\0\0\0\0\0\1' | sha256sum | cut -c1-20 | xxd -r -p | base32 */
    char id[40];
    tt_finding_id(id, "a", "b", "c", 1);
    assert_string_equal(id, "tt1-r5cgmkemx4vyzp2t");
}

static void test_detectors(void **state)
{
    (void)state;
    for (int i = 0; tt_registry_models[i]; i++) {
        const struct tt_detector *d = tt_registry_models[i]->detector;
        assert_in_range(d->sid, 3000000, 3000999);
        assert_true(strlen(d->title) < 100 && strlen(d->doc) > 50 && strlen(d->why) > 50 &&
                    strlen(d->next) > 30);
        assert_true(*d->category && *d->principle && *d->attack && *d->goal);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_who),
        cmocka_unit_test(test_caps),
        cmocka_unit_test(test_window),
        cmocka_unit_test(test_newcomers),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_texts),
        cmocka_unit_test(test_id),
        cmocka_unit_test(test_governor_repeats),
        cmocka_unit_test(test_storm),
        cmocka_unit_test(test_detectors),
        cmocka_unit_test(test_governor_storm),
    };
    return cmocka_run_group_tests_name("device/shard", tests, NULL, NULL);
}
