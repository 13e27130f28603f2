/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The shape of payloads: classes and formats by hand and against the table, and the payload model
 * on streams of JSON, CSV and TLV (detectors.md P8: alarm at message 3, no false alarm).
 */
#include "unit/device/rig.h"

#include "device/shape.h"

static struct tt_sample shape_of(const void *p, size_t n)
{
    struct tt_sample s = {0};
    tt_payload_shape((struct tt_bytes){p, (uint32_t)n}, &s);
    return s;
}

static void test_classes_by_hand(void **state)
{
    (void)state;
    struct tt_sample s = shape_of("{\"Ab\": [1,23]}\n\x7f~\x80\xff", 19);
    const uint16_t want[TT_BYTE_CLASSES] = {1, 1, 3, 1, 1, 8, 2, 2};
    assert_memory_equal(s.classes, want, sizeof want);
    assert_int_equal(s.length, 19);
    /* The edges of every class. */
    s = shape_of("\x1f\x20\x21/09:;@AZ[\\]^_`az{|}~\x7f\x80", 25);
    const uint16_t edges[TT_BYTE_CLASSES] = {1, 1, 2, 2, 2, 5, 11, 1};
    assert_memory_equal(s.classes, edges, sizeof edges);
}

static void test_formats(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        int n;
        enum tt_format format;
    } cases[] = {
        {"", 0, TT_FORMAT_EMPTY},          {"{\"t\":21.5}", 10, TT_FORMAT_JSON},
        {" [1,2]\r\n", 8, TT_FORMAT_JSON}, {"{\"t\":21.5", 9, TT_FORMAT_TEXT},
        {"{", 1, TT_FORMAT_TEXT},          {"   ", 3, TT_FORMAT_TEXT},
        {"21.5", 4, TT_FORMAT_TEXT},       {"gr\xc3\xbc\xc3\x9f", 6, TT_FORMAT_TEXT},
        {"gr\xc3", 3, TT_FORMAT_BINARY},   {"a\x01z", 3, TT_FORMAT_BINARY},
        {"{\x00}", 3, TT_FORMAT_BINARY},   {"\xff", 1, TT_FORMAT_BINARY},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        assert_int_equal(shape_of(cases[i].text, (size_t)cases[i].n).format, cases[i].format);
    }
    /* Cut at 4096 in the middle of a character: still text. */
    static char much[5000];
    memset(much, 'x', sizeof much);
    memcpy(much + 4095, "\xc3\xbc", 2);
    assert_int_equal(shape_of(much, sizeof much).format, TT_FORMAT_TEXT);
    assert_int_equal(shape_of(much, sizeof much).classes[TT_CLASS_LOWER], 4095);
    assert_int_equal(shape_of(much, sizeof much).length, 5000);
}

static void test_fast_equals_table(void **state)
{
    (void)state;
    struct rng r = {1};
    tt_shape_count_fn *fast = tt_shape_counter();
    static uint8_t octets[TT_SHAPE_OCTETS];
    for (uint32_t n = 1; n <= TT_SHAPE_OCTETS; n += n < 300 ? 1 : 97) {
        for (uint32_t i = 0; i < n; i++) {
            octets[i] = (uint8_t)(n % 3 ? rng_next(&r) : rng_next(&r) & 0x7f);
        }
        uint16_t a[TT_BYTE_CLASSES], b[TT_BYTE_CLASSES];
        uint8_t *exact = malloc(n); /* the sanitizer watches its ends */
        memcpy(exact, octets, n);
        fast(exact, n, a);
        tt_shape_count_table(exact, n, b);
        free(exact);
        assert_memory_equal(a, b, sizeof a);
    }
    uint16_t a[TT_BYTE_CLASSES], b[TT_BYTE_CLASSES];
    for (int v = 0; v < 256; v++) { /* every lane at its fullest */
        memset(octets, v, sizeof octets);
        fast(octets, sizeof octets, a);
        tt_shape_count_table(octets, sizeof octets, b);
        assert_memory_equal(a, b, sizeof a);
    }
}

typedef uint32_t payload_fn(struct rng *, uint8_t out[256]);

static uint32_t json(struct rng *r, uint8_t out[256])
{
    return (uint32_t)snprintf(
        (char *)out, 256, "{\"id\":\"meter-0417\",\"ts\":%u,\"t\":%.2f,\"rh\":%d,\"ok\":%s}",
        1750000000U + (unsigned)(rng_next(r) % 100000), rng_between(r, -20, 45),
        (int)rng_between(r, 5, 100), rng_unit(r) < 0.05 ? "false" : "true");
}

static uint32_t csv(struct rng *r, uint8_t out[256])
{
    int n = snprintf((char *)out, 256, "%u", 1750000000U + (unsigned)(rng_next(r) % 100000));
    for (int i = 0; i < 6; i++) {
        n += snprintf((char *)out + n, 256 - (size_t)n, ";%.1f", rng_between(r, -50, 500));
    }
    return (uint32_t)n;
}

static uint32_t tlv(struct rng *r, uint8_t out[256])
{
    uint32_t n = 0;
    for (uint8_t tag = 1; tag <= 8; tag++) {
        uint16_t v = (uint16_t)(rng_next(r) % (tag * 500U));
        out[n++] = tag;
        out[n++] = 2;
        out[n++] = (uint8_t)(v >> 8);
        out[n++] = (uint8_t)v;
    }
    return n;
}

static uint32_t random_octets(struct rng *r, uint8_t out[256])
{
    for (int i = 0; i < 64; i++) {
        out[i] = (uint8_t)rng_next(r);
    }
    return 64;
}

static uint32_t hexadecimal(struct rng *r, uint8_t out[256])
{
    for (int i = 0; i < 64; i++) {
        out[i] = (uint8_t) "0123456789abcdef"[rng_next(r) & 15];
    }
    return 64;
}

static uint32_t printable(struct rng *r, uint8_t out[256])
{
    for (int i = 0; i < 64; i++) {
        out[i] = (uint8_t)(0x21 + rng_next(r) % 94);
    }
    return 64;
}

/* A stream of n usual messages, then the other kind: the number of the odd message that alarms, 0 =
 * there was an alarm before. */
static uint32_t alarm_at(payload_fn *usual, payload_fn *odd, uint32_t n, uint64_t seed)
{
    struct tt_shard_options o = {.max_devices = 4,
                                 .self = true,
                                 .learn_until = (int64_t)((START + 90) * 1e9),
                                 .rate_a = 1e9};
    struct rig g;
    struct rng r = {seed};
    uint8_t octets[256];
    rig_begin(&g, &o);
    double t = START;
    for (uint32_t i = 0; i < n; i++) {
        rig_message(&g, 1, 7, t += 60, octets, usual(&r, octets));
    }
    tt_shard_end(g.shard, g.packet);
    uint32_t at = g.n_findings ? 0 : UINT32_MAX;
    for (uint32_t i = 1; i <= 50 && at == UINT32_MAX; i++) {
        rig_message(&g, 1, 7, t += 60, octets, odd(&r, octets));
        tt_shard_end(g.shard, g.packet);
        at = g.n_findings ? i : at;
    }
    if (g.n_findings) {
        assert_string_equal(g.findings[0].detector->id, "dev.payload-shape");
        assert_string_equal(g.findings[0].unit, "bits");
        assert_true(g.findings[0].observed > g.findings[0].limits[0].limit);
    }
    rig_end(&g);
    return at;
}

static void test_alarm_at_message_3(void **state)
{
    (void)state;
    static payload_fn *const usual[] = {json, csv, tlv}, *const odd[] = {random_octets, hexadecimal,
                                                                         printable};
    for (size_t u = 0; u < 3; u++) {
        for (size_t k = 0; k < 3; k++) {
            for (uint64_t seed = 1; seed <= 20; seed++) {
                assert_int_equal(alarm_at(usual[u], odd[k], 40 + 50 * (uint32_t)seed, seed), 3);
            }
        }
    }
}

/* 200,000 messages of each kind, on ten devices each: none is found odd; and the other kinds are
 * still found at message 3. */
static void test_no_false_alarm(void **state)
{
    (void)state;
    static payload_fn *const usual[] = {json, csv, tlv};
    for (size_t u = 0; u < 3; u++) {
        for (uint64_t seed = 1; seed <= 10; seed++) {
            assert_int_equal(alarm_at(usual[u], random_octets, 20000, seed * 77), 3);
        }
    }
}

/* Odd messages are not learned: after 10,000 of them, one in two, the model still says so. */
static void test_no_poisoning(void **state)
{
    (void)state;
    struct tt_shard_options o = {.max_devices = 4,
                                 .self = true,
                                 .learn_until = (int64_t)((START + 90) * 1e9),
                                 .rate_a = 1e9};
    struct rig g;
    struct rng r = {5};
    uint8_t octets[256];
    rig_begin(&g, &o);
    double t = START;
    for (int i = 0; i < 200; i++) {
        rig_message(&g, 1, 7, t += 60, octets, json(&r, octets));
    }
    for (int i = 0; i < 10000; i++) {
        rig_message(&g, 1, 7, t += 60, octets, json(&r, octets));
        rig_message(&g, 1, 7, t += 60, octets, printable(&r, octets));
    }
    tt_shard_end(g.shard, g.packet);
    uint64_t odd = counter_of(tt_shard_counters(g.shard), "device.odd");
    /* Alternating: of the last five, counted from a bad one, three are bad. */
    assert_in_range(odd, 9990, 10000);
    assert_true(g.n_findings < 20); /* 1 minute, 1 hour, then daily for 13.9 days */
    assert_true(g.n_findings >= 14);
    rig_end(&g);
}

/* --baseline self: a stream that begins after the time for learning learns as without it, so that
 * a few messages of a moment are no baseline. */
static void test_later_streams_learn_as_usual(void **state)
{
    (void)state;
    struct tt_shard_options o = {
        .max_devices = 4, .self = true, .learn_until = (int64_t)(START * 1e9)};
    struct rig g;
    struct rng r = {9};
    uint8_t octets[256];
    rig_begin(&g, &o);
    double t = START;
    for (int i = 0; i < 400; i++) {
        payload_fn *kind = i < 200 ? json : printable;
        rig_message(&g, 1, 7, t += i < 200 ? 60 : 0.01, octets, kind(&r, octets));
    }
    tt_shard_end(g.shard, g.packet);
    assert_int_equal(g.n_findings, 0);
    rig_end(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes_by_hand),
        cmocka_unit_test(test_formats),
        cmocka_unit_test(test_fast_equals_table),
        cmocka_unit_test(test_alarm_at_message_3),
        cmocka_unit_test(test_no_false_alarm),
        cmocka_unit_test(test_no_poisoning),
        cmocka_unit_test(test_later_streams_learn_as_usual),
    };
    return cmocka_run_group_tests_name("device/payload", tests, NULL, NULL);
}
