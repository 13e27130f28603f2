/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The law of merging: the same messages, spread over 1, 3 or 8 workers, through roomy or tiny
 * tables of partials, put into output order as the outlet does it, give the same findings and the
 * same device table, octet by octet.
 */
#include "unit/device/rig.h"

#define FLOWS   12 /* three for each of four clients */
#define HOURS   60
#define WORKERS 8

struct record {
    struct tt_entry key;
    union {
        struct tt_sample s;
        struct tt_window w;
        struct tt_fact f;
    };
};

struct collector {
    struct record *records;
    uint32_t n, cap;
    uint32_t ordinal;
    uint64_t packet; /* under way, or of the tick */
};

static struct record *collect(struct collector *c, enum tt_entry_kind kind, uint64_t origin)
{
    if (c->n == c->cap) {
        c->cap = c->cap ? 2 * c->cap : 1024;
        c->records = realloc(c->records, c->cap * sizeof *c->records);
        assert_non_null(c->records);
    }
    struct record *r = &c->records[c->n++];
    memset(r, 0, sizeof *r);
    r->key = (struct tt_entry){
        .packet = c->packet, .origin = origin, .ordinal = c->ordinal++, .kind = (uint16_t)kind};
    return r;
}

static struct tt_sample *collect_sample(void *ctx)
{
    return &collect(ctx, TT_ENTRY_SAMPLE, TT_ORIGIN_PACKET)->s;
}

static void collect_window(void *ctx, const struct tt_window *w)
{
    struct record *r = collect(ctx, TT_ENTRY_WINDOW, w->first_packet);
    r->w = *w;
}

static void collect_fact(void *ctx, const struct tt_fact *f)
{
    collect(ctx, TT_ENTRY_FACT, TT_ORIGIN_PACKET)->f = *f;
}

static const struct tt_dissector toy = {.name = "toy", .doc = "A protocol of this test."};

struct bench {
    struct tt_partials *workers[WORKERS];
    struct tt_flow flows[FLOWS];
    struct tt_flow_device devices[FLOWS];
    uint32_t n_workers;
    struct collector out;
    struct rig rig;
    struct rng shuffle;
    uint64_t packet;
};

static struct tt_address address(unsigned host)
{
    return (struct tt_address){{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 10, 0, 0, (uint8_t)host}};
}

static void begin(struct bench *b, uint32_t n_workers, uint32_t max_partials, uint64_t seed)
{
    memset(b, 0, sizeof *b);
    b->n_workers = n_workers;
    b->shuffle.s = seed;
    for (uint32_t i = 0; i < n_workers; i++) {
        b->workers[i] =
            tt_partials_new(max_partials, &(struct tt_partial_sink){&b->out, collect_sample,
                                                                    collect_window, collect_fact});
        assert_non_null(b->workers[i]);
    }
    for (unsigned i = 0; i < FLOWS; i++) {
        b->flows[i].key = (struct tt_flow_key){.low = address(10 + i / 3),
                                               .high = address(200),
                                               .low_port = (uint16_t)(40000 + i),
                                               .high_port = 1883,
                                               .protocol = 6};
    }
    struct tt_shard_options o = {
        .max_devices = 64, .self = true, .learn_until = (int64_t)((START + 40 * 3600) * 1e9)};
    rig_begin(&b->rig, &o);
}

static void send(struct bench *b, uint32_t flow, double t, const char *identity, const char *topic,
                 const void *payload, uint32_t n, bool same_packet)
{
    static struct tt_msg m;
    struct tt_packet p = {.number = same_packet ? b->packet : ++b->packet,
                          .time = (int64_t)(t * 1e9)};
    m = (struct tt_msg){
        .dissector = &toy, .direction = TT_TO_SERVER, .identity = -1, .stream = -1, .payload = -1};
    if (identity) {
        m.identity = 0;
        m.values[0] =
            (struct tt_value){.p = (const uint8_t *)identity, .n = (uint32_t)strlen(identity)};
    }
    if (topic) {
        m.stream = 1;
        m.payload = 2;
        m.values[1] = (struct tt_value){.p = (const uint8_t *)topic, .n = (uint32_t)strlen(topic)};
        m.values[2] = (struct tt_value){.p = payload, .n = n};
    }
    b->out.packet = p.number;
    tt_partials_message(b->workers[flow % b->n_workers], &b->flows[flow], &b->devices[flow], &m,
                        &p);
}

static int in_order(const void *a, const void *b)
{
    const struct tt_entry *x = &((const struct record *)a)->key,
                          *y = &((const struct record *)b)->key;
    if (x->packet != y->packet) {
        return x->packet < y->packet ? -1 : 1;
    }
    if (x->origin != y->origin) {
        return x->origin < y->origin ? -1 : 1;
    }
    return x->ordinal < y->ordinal ? -1 : x->ordinal > y->ordinal;
}

static void tell(struct tt_shard *sh, const struct record *r, bool hinted)
{
    if (r->key.kind == TT_ENTRY_SAMPLE) {
        const struct tt_sample *s = &r->s;
        uint32_t hint = 0;
        if (hinted) {
            tt_shard_fetch(sh, &s, 1, &hint);
        }
        tt_shard_sample(sh, s, hint);
    } else if (r->key.kind == TT_ENTRY_WINDOW) {
        tt_shard_window(sh, &r->w);
    } else {
        tt_shard_fact(sh, &r->f);
    }
}

static void flush(struct bench *b, double t)
{
    struct collector *c = &b->out;
    c->packet = b->packet + 1;
    for (uint32_t i = 0; i < b->n_workers; i++) {
        tt_partials_flush(b->workers[i]);
    }
    for (uint32_t i = 0; i < c->n; i++) { /* in whatever order workers are through */
        uint32_t k = i + (uint32_t)(rng_next(&b->shuffle) % (c->n - i));
        struct record r = c->records[k];
        c->records[k] = c->records[i];
        c->records[i] = r;
    }
    qsort(c->records, c->n, sizeof *c->records, in_order);
    for (uint32_t i = 0; i < c->n; i++) {
        tell(b->rig.shard, &c->records[i], rng_next(&b->shuffle) & 1);
    }
    c->n = 0;
    tt_shard_tick(b->rig.shard, (int64_t)t, b->packet + 1);
}

static void end(struct bench *b)
{
    for (uint32_t i = 0; i < b->n_workers; i++) {
        tt_partials_free(b->workers[i]);
    }
    free(b->out.records);
    rig_end(&b->rig);
}

/* Four clients with two topics on three flows each; then one goes nonstop with garbage on all of
 * its flows. */
static void story(struct bench *b)
{
    static const char *const ids[] = {"meter-0001", "meter-0002", NULL, "meter-0004"};
    struct rng r = {42};
    for (int hour = 0; hour < HOURS; hour++) {
        for (uint32_t flow = 0; flow < FLOWS; flow++) {
            char text[64], topic[32];
            double t = START + hour * 3600 + flow * 100;
            int n =
                snprintf(text, sizeof text, "{\"t\":%.1f,\"n\":%d}", rng_between(&r, 18, 24), hour);
            snprintf(topic, sizeof topic, "site/%u/%s", flow / 3, flow % 2 ? "power" : "state");
            send(b, flow, t, hour % 7 == 0 ? ids[flow / 3] : NULL, NULL, NULL, 0, false);
            send(b, flow, t + 0.1, NULL, topic, text, (uint32_t)n, false);
            send(b, flow, t + 0.2, NULL, "site/x/both", text, (uint32_t)n, true);
            flush(b, t + 1);
        }
    }
    for (int s = 0; s < 120; s++) {
        double t = START + HOURS * 3600 + s;
        for (int k = 0; k < 60; k++) {
            uint8_t junk[40];
            for (unsigned i = 0; i < sizeof junk; i++) {
                junk[i] = (uint8_t)rng_next(&r);
            }
            send(b, (uint32_t)(rng_next(&r) % 3), t + k * 0.01, NULL,
                 k % 3 ? "site/0/state" : "site/x/both", junk, sizeof junk, k % 5 == 4);
        }
        flush(b, t + 1);
    }
    tt_shard_end(b->rig.shard, b->packet);
}

static void same_rows(const struct tt_shard *a, const struct tt_shard *b)
{
    struct tt_device_row x, y;
    uint32_t i = 0;
    for (; tt_shard_device(a, i, &x); i++) {
        assert_true(tt_shard_device(b, i, &y));
        assert_string_equal(x.id, y.id);
        assert_int_equal(x.messages, y.messages);
        assert_int_equal(x.octets, y.octets);
        assert_int_equal(x.first, y.first);
        assert_int_equal(x.last, y.last);
        assert_int_equal(x.streams, y.streams);
        assert_int_equal(x.findings, y.findings);
        assert_memory_equal(&x.peer, &y.peer, sizeof x.peer);
        assert_true(x.period_s == y.period_s);
    }
    assert_false(tt_shard_device(b, i, &y));
}

static void test_any_spread(void **state)
{
    (void)state;
    static const struct {
        uint32_t workers, partials;
    } ways[] = {{3, 0}, {8, 0}, {1, 2}, {3, 1}};
    static struct bench one, other;
    begin(&one, 1, 0, 1);
    story(&one);
    assert_true(one.rig.n_findings >= 3);
    assert_true(one.rig.n_findings < 40);
    for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
        begin(&other, ways[i].workers, ways[i].partials, 1000 + i);
        story(&other);
        assert_int_equal(one.rig.n_findings, other.rig.n_findings);
        assert_memory_equal(one.rig.findings, other.rig.findings,
                            one.rig.n_findings * sizeof *one.rig.findings);
        same_rows(one.rig.shard, other.rig.shard);
        assert_int_equal(counter_of(tt_shard_counters(one.rig.shard), "device.samples"),
                         counter_of(tt_shard_counters(other.rig.shard), "device.samples"));
        end(&other);
    }
    end(&one);
}

/* What the alert of the story says, in words. */
static void test_story(void **state)
{
    (void)state;
    static struct bench b;
    begin(&b, 1, 0, 1);
    story(&b);
    const struct tt_finding *shape = NULL, *rate = NULL;
    for (uint32_t i = 0; i < b.rig.n_findings; i++) {
        const struct tt_finding *f = &b.rig.findings[i];
        printf("  %s %s packet %lu sev %u conf %.2f %g of %g %s in %u s n %lu repeats %u %s | %s | "
               "%s\n",
               f->detector->id, f->stream, (unsigned long)f->packet, f->severity, f->confidence,
               f->observed, f->expected, f->unit, f->observed_window_s, (unsigned long)f->n,
               f->repeats, f->id, f->nots[0], f->nots[1]);
        assert_string_equal(f->client_id, "meter-0001");
        assert_string_equal(f->state, "armed");
        shape = !shape && f->detector->sid == 3000102 ? f : shape;
        rate = !rate && f->detector->sid == 3000101 ? f : rate;
    }
    assert_non_null(shape);
    assert_non_null(rate);
    assert_int_equal(shape->n_packets, 3);
    assert_int_equal(shape->severity, TT_MEDIUM);
    assert_int_equal(rate->severity, TT_CRITICAL); /* two scales, and the payload is odd too */
    assert_int_equal(rate->since, (int64_t)(START * 1e9) + (int64_t)(rate->since % SECOND));
    end(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_any_spread),
        cmocka_unit_test(test_story),
    };
    return cmocka_run_group_tests_name("device/spread", tests, NULL, NULL);
}
