/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The worker's side: which messages become samples, what a window holds, which facts are told and
 * when, and that nothing is lost when the slots are used up.
 */
#include "unit/device/rig.h"

static const struct tt_dissector toy = {.name = "toy", .doc = "A protocol of this test."};

struct seen {
    struct tt_window windows[64];
    struct tt_fact facts[64];
    uint32_t n_windows, n_facts, bad_size;
};

static void collect(void *ctx, enum tt_entry_kind kind, const void *record, uint32_t size,
                    uint64_t first_packet)
{
    struct seen *s = ctx;
    if (kind == TT_ENTRY_FACT) {
        assert_true(s->n_facts < 64);
        memcpy(&s->facts[s->n_facts++], record, size);
        return;
    }
    assert_true(s->n_windows < 64);
    struct tt_window *w = &s->windows[s->n_windows++];
    memcpy(w, record, size);
    assert_int_equal(size,
                     offsetof(struct tt_window, samples) + w->n_samples * sizeof w->samples[0]);
    assert_int_equal(first_packet, w->first_packet);
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

static void test_windows(void **state)
{
    (void)state;
    static struct seen s;
    memset(&s, 0, sizeof s);
    struct tt_partials *ps = tt_partials_new(0, collect, &s);
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
    tt_partials_flush(ps);
    assert_int_equal(s.n_windows, 3);
    const struct tt_window *ab = &s.windows[1], *c = &s.windows[2];
    assert_int_equal(s.windows[0].messages, 0);
    assert_int_equal(s.windows[0].others, 1);
    assert_int_equal(s.windows[0].n_samples, 0);
    assert_int_equal(ab->messages, 3);
    assert_int_equal(ab->others, 1); /* where the flow was at that time */
    assert_int_equal(ab->n_samples, 3);
    assert_int_equal(ab->bytes, 15);
    assert_int_equal(ab->first_packet, 3);
    assert_int_equal(ab->last_packet, 7);
    assert_int_equal(ab->first_time, 3 * SECOND);
    assert_int_equal(ab->samples[1].packet, 3);
    assert_int_equal(ab->samples[1].ordinal, 1);
    assert_int_equal(ab->samples[1].length, 8);
    assert_int_equal(ab->samples[1].format, TT_FORMAT_JSON);
    assert_int_equal(ab->samples[2].ordinal, 0);
    assert_int_equal(ab->samples[2].format, TT_FORMAT_EMPTY);
    assert_int_equal(c->messages, 1);
    assert_int_not_equal(c->stream, ab->stream);
    assert_int_equal(c->device.identity, fd.identity);
    /* identity, peer, two streams: each once */
    assert_int_equal(s.n_facts, 4);
    assert_int_equal(s.facts[0].kind, TT_FACT_IDENTITY);
    assert_memory_equal(s.facts[0].text, "meter-0417", 10);
    assert_int_equal(s.facts[0].hash, fd.identity);
    assert_int_equal(s.facts[1].kind, TT_FACT_PEER);
    assert_int_equal(s.facts[1].port, 1883);
    assert_int_equal(s.facts[1].device.identity, fd.identity);
    assert_int_equal(s.facts[2].kind, TT_FACT_STREAM);
    assert_int_equal(s.facts[2].hash, ab->stream);
    /* The next interval starts empty and tells nothing again. */
    message(ps, &f, &fd, 9, TT_TO_SERVER, NULL, "a/b", "1");
    tt_partials_flush(ps);
    tt_partials_flush(ps);
    assert_int_equal(s.n_windows, 4);
    assert_int_equal(s.windows[3].messages, 1);
    assert_int_equal(s.windows[3].others, 0);
    assert_int_equal(s.n_facts, 4);
    tt_partials_free(ps);
}

static void test_sixteen(void **state)
{
    (void)state;
    static struct seen s;
    memset(&s, 0, sizeof s);
    struct tt_partials *ps = tt_partials_new(0, collect, &s);
    struct tt_flow f = flow(1);
    struct tt_flow_device fd = {0};
    for (uint64_t i = 1; i <= 40; i++) {
        message(ps, &f, &fd, i, TT_TO_SERVER, NULL, NULL, "{}"); /* no stream: stream 0 */
    }
    tt_partials_flush(ps);
    assert_int_equal(s.n_windows, 1);
    assert_int_equal(s.windows[0].stream, 0);
    assert_int_equal(s.windows[0].messages, 40);
    assert_int_equal(s.windows[0].bytes, 80);
    assert_int_equal(s.windows[0].n_samples, TT_WINDOW_SAMPLES);
    assert_int_equal(s.windows[0].samples[15].packet, 16);
    assert_int_equal(s.windows[0].last_packet, 40);
    tt_partials_free(ps);
}

/* Two slots for five streams: the rest travels at once, alone. */
static void test_overflow(void **state)
{
    (void)state;
    static struct seen s;
    memset(&s, 0, sizeof s);
    struct tt_partials *ps = tt_partials_new(2, collect, &s);
    struct tt_flow f = flow(1), g = flow(2);
    struct tt_flow_device fd = {0}, gd = {0};
    static const char *const topics[] = {"a", "b", "c", "d", "e"};
    for (uint64_t i = 0; i < 10; i++) {
        message(ps, &f, &fd, i + 1, TT_TO_SERVER, NULL, topics[i % 5], "1");
    }
    message(ps, &g, &gd, 20, TT_TO_SERVER, NULL, NULL, NULL);
    assert_int_equal(s.n_windows, 7);
    tt_partials_flush(ps);
    uint32_t messages = 0, others = 0, peers = 0;
    for (uint32_t i = 0; i < s.n_windows; i++) {
        messages += s.windows[i].messages;
        others += s.windows[i].others;
    }
    for (uint32_t i = 0; i < s.n_facts; i++) {
        peers += s.facts[i].kind == TT_FACT_PEER;
    }
    assert_int_equal(messages, 10);
    assert_int_equal(others, 1);
    assert_int_equal(peers, 2);
    assert_int_equal(counter_of(tt_partials_counters(ps), "device.windows_single"), 7);
    tt_partials_free(ps);
}

/* Another identity on the same flow: another device from then on. Long texts are cut between
 * characters. */
static void test_identity(void **state)
{
    (void)state;
    static struct seen s;
    memset(&s, 0, sizeof s);
    struct tt_partials *ps = tt_partials_new(0, collect, &s);
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
    assert_int_equal(s.n_windows, 4); /* none, name, other's connect, other */
    assert_int_equal(s.windows[0].device.identity, 0);
    assert_int_not_equal(s.windows[1].device.identity, 0);
    assert_int_not_equal(s.windows[1].device.identity, s.windows[3].device.identity);
    assert_int_equal(s.windows[2].device.identity, s.windows[3].device.identity);
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
        cmocka_unit_test(test_windows),
        cmocka_unit_test(test_sixteen),
        cmocka_unit_test(test_overflow),
        cmocka_unit_test(test_identity),
    };
    return cmocka_run_group_tests_name("device/partial", tests, NULL, NULL);
}
