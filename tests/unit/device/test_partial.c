/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The worker's side: which messages become samples and what these hold, what goes into sums, which
 * facts are told and when, and that nothing is lost when the slots are used up.
 */
#include "unit/device/rig.h"

#include "device/shape.h"

static const struct tt_dissector toy = {.name = "toy", .doc = "A protocol of this test."};

struct seen {
    struct tt_sample samples[300];
    struct tt_window windows[64];
    struct tt_fact facts[64];
    uint32_t n_samples, n_windows, n_facts;
};

static struct tt_sample *room_for_sample(void *ctx)
{
    struct seen *s = ctx;
    assert_true(s->n_samples < 300);
    return &s->samples[s->n_samples++];
}

static void see_window(void *ctx, const struct tt_window *w)
{
    struct seen *s = ctx;
    assert_true(s->n_windows < 64);
    s->windows[s->n_windows++] = *w;
}

static void see_fact(void *ctx, const struct tt_fact *f)
{
    struct seen *s = ctx;
    assert_true(s->n_facts < 64);
    s->facts[s->n_facts++] = *f;
}

static struct tt_partials *partials(uint32_t slots, struct seen *s)
{
    memset(s, 0, sizeof *s);
    struct tt_partials *ps =
        tt_partials_new(slots, &(struct tt_partial_sink){s, room_for_sample, see_window, see_fact});
    assert_non_null(ps);
    return ps;
}

static struct tt_flow flow(uint8_t client)
{
    struct tt_flow f = {
        .key = {.low = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, client}},
                .high = {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, 200}},
                .low_port = 40000,
                .high_port = 1883,
                .protocol = 6}};
    return f;
}

static struct tt_bytes text(const char *s)
{
    return (struct tt_bytes){(const uint8_t *)s, s ? (uint32_t)strlen(s) : 0};
}

static void message(struct tt_partials *ps, struct tt_flow *f, struct tt_flow_device *fd,
                    uint64_t packet, uint8_t direction, const char *identity, const char *stream,
                    const char *payload)
{
    static struct tt_msg m;
    struct tt_packet p = {.number = packet, .time = (int64_t)packet * SECOND};
    m = (struct tt_msg){.dissector = &toy,
                        .direction = direction,
                        .identity = identity ? 0 : -1,
                        .stream = stream ? 1 : -1,
                        .payload = payload ? 2 : -1};
    const char *const texts[] = {identity, stream, payload};
    for (int i = 0; i < 3; i++) {
        m.values[i] = (struct tt_value){.p = text(texts[i]).p, .n = text(texts[i]).n};
    }
    tt_partials_message(ps, f, fd, &m, &p);
}

static void test_samples(void **state)
{
    (void)state;
    static struct seen s;
    struct tt_partials *ps = partials(0, &s);
    struct tt_flow f = flow(1);
    struct tt_flow_device fd = {0};
    message(ps, &f, &fd, 1, TT_TO_SERVER, "meter-0417", NULL, NULL); /* connect */
    message(ps, &f, &fd, 2, TT_TO_CLIENT, NULL, NULL, NULL);
    message(ps, &f, &fd, 3, TT_TO_SERVER, NULL, "a/b", "{\"t\":1}");
    message(ps, &f, &fd, 3, TT_TO_SERVER, NULL, "a/b", "{\"t\":22}");
    message(ps, &f, &fd, 4, TT_TO_SERVER, NULL, "c", "x");
    message(ps, &f, &fd, 5, TT_TO_SERVER, NULL, "a/b", "");
    message(ps, &f, &fd, 6, TT_TO_CLIENT, NULL, "a/b", "to the device");
    message(ps, &f, &fd, 7, TT_TO_SERVER, NULL, NULL, NULL); /* ping */
    assert_int_equal(s.n_samples, 4);                        /* at once */
    assert_int_equal(s.n_windows, 0);
    const struct tt_sample *m = s.samples;
    static const uint64_t packets[] = {3, 3, 4, 5};
    static const uint32_t lengths[] = {7, 8, 1, 0};
    static const uint8_t formats[] = {TT_FORMAT_JSON, TT_FORMAT_JSON, TT_FORMAT_TEXT,
                                      TT_FORMAT_EMPTY};
    for (int i = 0; i < 4; i++) {
        assert_int_equal(m[i].packet, packets[i]);
        assert_int_equal(m[i].time, (int64_t)packets[i] * SECOND);
        assert_int_equal(m[i].length, lengths[i]);
        assert_int_equal(m[i].format, formats[i]);
        assert_int_equal(m[i].device.identity, fd.identity);
        assert_memory_equal(&m[i].device.address, tt_flow_client(&f), sizeof f.key.low);
    }
    assert_int_equal(m[1].classes[TT_CLASS_DIGIT], 2);
    assert_int_equal(m[0].stream, m[1].stream);
    assert_int_equal(m[0].stream, m[3].stream);
    assert_int_not_equal(m[0].stream, m[2].stream);
    /* identity, peer, two streams: each once */
    assert_int_equal(s.n_facts, 4);
    assert_int_equal(s.facts[0].kind, TT_FACT_IDENTITY);
    assert_memory_equal(s.facts[0].text, "meter-0417", 10);
    assert_int_equal(s.facts[0].hash, fd.identity);
    assert_int_equal(s.facts[1].kind, TT_FACT_PEER);
    assert_int_equal(s.facts[1].port, 1883);
    assert_int_equal(s.facts[1].device.identity, fd.identity);
    assert_int_equal(s.facts[2].kind, TT_FACT_STREAM);
    assert_int_equal(s.facts[2].hash, m[0].stream);
    /* What has neither stream nor payload: sums, where the flow was at that time. */
    tt_partials_flush(ps);
    assert_int_equal(s.n_windows, 2);
    assert_int_equal(s.windows[0].stream, 0);
    assert_int_equal(s.windows[0].others, 1);
    assert_int_equal(s.windows[0].first_packet, 1);
    assert_int_equal(s.windows[1].stream, m[0].stream);
    assert_int_equal(s.windows[1].others, 1);
    assert_int_equal(s.windows[1].messages, 0);
    assert_int_equal(s.windows[1].bytes, 0);
    assert_int_equal(s.windows[1].last_packet, 7);
    assert_int_equal(s.windows[1].first_time, 7 * SECOND);
    /* The next interval starts empty and tells nothing again. */
    message(ps, &f, &fd, 9, TT_TO_SERVER, NULL, "a/b", "1");
    tt_partials_flush(ps);
    tt_partials_flush(ps);
    assert_int_equal(s.n_samples, 5);
    assert_int_equal(s.n_windows, 2);
    assert_int_equal(s.n_facts, 4);
    tt_partials_free(ps);
}

/* Stream names of all short lengths are told apart, and by every octet. */
static void test_names(void **state)
{
    (void)state;
    static struct seen s;
    struct tt_partials *ps = partials(0, &s);
    struct tt_flow f = flow(1);
    struct tt_flow_device fd = {0};
    char name[64];
    for (int n = 1; n <= 50; n++) {
        memset(name, 'x', sizeof name);
        name[n] = 0;
        s.n_samples = s.n_facts = 0;
        message(ps, &f, &fd, 1, TT_TO_SERVER, NULL, name, "1");
        for (int at = 0; at < n; at++) {
            name[at] = 'y';
            s.n_facts = 0;
            message(ps, &f, &fd, 1, TT_TO_SERVER, NULL, name, "1");
            name[at] = 'x';
        }
        assert_int_equal(s.n_samples, n + 1);
        for (uint32_t i = 0; i < s.n_samples; i++) {
            assert_true(s.samples[i].stream > 1);
            for (uint32_t k = 0; k < i; k++) {
                assert_int_not_equal(s.samples[i].stream, s.samples[k].stream);
            }
        }
        tt_partials_flush(ps);
    }
    tt_partials_free(ps);
}

/* A flow's share of an interval is used up: the rest are sums by stream. */
static void test_share(void **state)
{
    (void)state;
    static struct seen s;
    struct tt_partials *ps = partials(0, &s);
    struct tt_flow f = flow(1);
    struct tt_flow_device fd = {0};
    for (uint64_t i = 1; i <= TT_FLOW_SAMPLES + 40; i++) {
        message(ps, &f, &fd, i, TT_TO_SERVER, NULL, i % 4 ? NULL : "a", "{}");
    }
    assert_int_equal(s.n_samples, TT_FLOW_SAMPLES);
    assert_int_equal(s.samples[TT_FLOW_SAMPLES - 1].packet, TT_FLOW_SAMPLES);
    tt_partials_flush(ps);
    assert_int_equal(s.n_windows, 2);
    assert_int_equal(s.windows[0].stream, 0);
    assert_int_equal(s.windows[0].messages, 30);
    assert_int_equal(s.windows[0].bytes, 60);
    assert_int_equal(s.windows[0].first_packet, TT_FLOW_SAMPLES + 1);
    assert_int_equal(s.windows[0].last_packet, TT_FLOW_SAMPLES + 39);
    assert_int_equal(s.windows[1].stream, fd.stream);
    assert_int_equal(s.windows[1].messages, 10);
    assert_int_equal(s.windows[1].last_packet, TT_FLOW_SAMPLES + 40);
    message(ps, &f, &fd, 1000, TT_TO_SERVER, NULL, NULL, "{}"); /* a new interval */
    assert_int_equal(s.n_samples, TT_FLOW_SAMPLES + 1);
    tt_partials_free(ps);
}

/* Two slots for ten flows that ping: the rest travels at once, alone. */
static void test_overflow(void **state)
{
    (void)state;
    static struct seen s;
    struct tt_partials *ps = partials(2, &s);
    struct tt_flow f[10];
    struct tt_flow_device fd[10] = {0};
    for (uint8_t i = 0; i < 10; i++) {
        f[i] = flow(i);
        message(ps, &f[i], &fd[i], i + 1U, TT_TO_SERVER, NULL, NULL, NULL);
        message(ps, &f[i], &fd[i], i + 1U, TT_TO_SERVER, NULL, NULL, NULL);
    }
    assert_int_equal(s.n_windows, 16);
    tt_partials_flush(ps);
    assert_int_equal(s.n_windows, 18);
    uint32_t others = 0, peers = 0;
    for (uint32_t i = 0; i < s.n_windows; i++) {
        assert_int_equal(s.windows[i].messages, 0);
        others += s.windows[i].others;
    }
    for (uint32_t i = 0; i < s.n_facts; i++) {
        peers += s.facts[i].kind == TT_FACT_PEER;
    }
    assert_int_equal(others, 20);
    assert_int_equal(peers, 10);
    assert_int_equal(counter_of(tt_partials_counters(ps), "device.windows_single"), 16);
    tt_partials_free(ps);
}

/* Another identity on the same flow: another device from then on. Long texts are cut between
 * characters. */
static void test_identity(void **state)
{
    (void)state;
    static struct seen s;
    struct tt_partials *ps = partials(0, &s);
    struct tt_flow f = flow(1);
    struct tt_flow_device fd = {0};
    char name[140];
    memset(name, 'n', 127);
    memcpy(name + 127, "\xc3\xbcxx", 5);
    message(ps, &f, &fd, 1, TT_TO_SERVER, NULL, "a", "1");
    message(ps, &f, &fd, 2, TT_TO_SERVER, "", NULL, NULL);   /* an empty client id names nobody */
    message(ps, &f, &fd, 3, TT_TO_CLIENT, name, NULL, NULL); /* the server assigned one */
    message(ps, &f, &fd, 4, TT_TO_SERVER, NULL, "a", "1");
    message(ps, &f, &fd, 5, TT_TO_SERVER, "other", NULL, NULL);
    message(ps, &f, &fd, 6, TT_TO_SERVER, NULL, "a", "1");
    tt_partials_flush(ps);
    assert_int_equal(s.n_samples, 3);
    assert_int_equal(s.samples[0].device.identity, 0);
    assert_int_not_equal(s.samples[1].device.identity, 0);
    assert_int_not_equal(s.samples[1].device.identity, s.samples[2].device.identity);
    assert_int_equal(s.n_windows, 2); /* the empty client id, and the other's connect */
    assert_int_equal(s.windows[0].device.identity, 0);
    assert_int_equal(s.windows[1].device.identity, s.samples[2].device.identity);
    for (uint32_t i = 0; i < s.n_facts; i++) {
        if (s.facts[i].kind == TT_FACT_IDENTITY && s.facts[i].packet == 3) {
            assert_int_equal(s.facts[i].n, 127);
        }
    }
    tt_partials_free(ps);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_samples),  cmocka_unit_test(test_names),
        cmocka_unit_test(test_share),    cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_identity),
    };
    return cmocka_run_group_tests_name("device/partial", tests, NULL, NULL);
}
