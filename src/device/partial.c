/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The worker's side of the device room: a message becomes a sample that travels at once; what a
 * flow sends beyond its share of samples in an interval, and its messages without stream or
 * payload, are sums until the next flush. There is no table of devices here. A flow remembers its
 * partials of this interval, so the usual message looks nothing up; that one device may fill
 * several partials, in one worker or in many, costs nothing but octets, because adding them in the
 * shard is exact. Never judges, learns, allocates or drops: when the slots are used up a message
 * travels as a window of its own.
 */
#include "base/arena.h"
#include "base/hash.h"
#include "base/registry.h"
#include "base/text.h"
#include "device/device.h"
#include "device/shape.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_SLOTS (64u << 10)
#define MAX_SLOTS     (16u << 20)
#define LINE          8 /* hashes of a cache line */
#define CHAIN         8 /* partials of a flow that are searched */
#define NONE          UINT32_MAX
/* keeps its locals and registers out of the usual path */
#define NOT_INLINE       __attribute__((noinline))
#define FIRST_GENERATION 2 /* 0 = the flow is new, 1 = of an interval that is over */

struct slot {
    struct tt_window w;
    uint32_t next; /* older partial of the same flow in this interval */
};

enum { MESSAGES, OTHERS, FROM_SERVER, WINDOWS, SINGLES, FACTS, N_COUNTERS };

static const struct tt_counter rows[N_COUNTERS] = {
    [MESSAGES] = {"device.messages", "Messages of devices that carry a stream or a payload.",
                  "messages", 0},
    [OTHERS] = {"device.messages_other",
                "Messages of devices without either: connect, acknowledge, ping…", "messages", 0},
    [FROM_SERVER] = {"device.messages_from_server", "Messages to devices; no model looks at them.",
                     "messages", 0},
    [WINDOWS] = {"device.windows",
                 "Sums handed to the device shard: what flows sent in a second beside samples.",
                 "windows", 0},
    [SINGLES] = {"device.windows_single",
                 "Windows of one message because the partials of the interval were used up; "
                 "nothing is lost.",
                 "windows", 0},
    [FACTS] = {"device.facts", "Texts and peers handed to the device shard.", "facts", 0},
};

struct tt_partials {
    struct tt_slab slots;
    uint32_t n, max;
    uint32_t generation; /* of this interval; 0 is no interval */
    tt_shape_count_fn *count;
    struct tt_partial_sink sink;
    const struct tt_dissector *dissector; /* of the last message, with its index and seed */
    uint64_t seed;
    uint16_t protocol;
    /* Stream names that the shard was told: lines of eight hashes, the newest first. Forgetting one
     * costs a fact. */
    uint64_t *told;
    uint64_t told_mask;
    uint64_t values[N_COUNTERS];
};

struct tt_partials *tt_partials_new(uint32_t max_partials, const struct tt_partial_sink *sink)
{
    struct tt_partials *ps = calloc(1, sizeof *ps);
    if (!ps) {
        return NULL;
    }
    ps->max = max_partials ? max_partials : DEFAULT_SLOTS;
    if (ps->max > MAX_SLOTS) {
        ps->max = MAX_SLOTS;
    }
    uint64_t lines = 64;
    while (lines * LINE < ps->max) {
        lines *= 2;
    }
    ps->told_mask = lines - 1;
    ps->told = calloc(lines * LINE, sizeof *ps->told);
    if (!ps->told || !tt_slab_init(&ps->slots, sizeof(struct slot), ps->max)) {
        tt_partials_free(ps);
        return NULL;
    }
    ps->generation = FIRST_GENERATION;
    ps->count = tt_shape_counter();
    ps->sink = *sink;
    return ps;
}

void tt_partials_free(struct tt_partials *ps)
{
    if (ps) {
        tt_slab_free(&ps->slots);
        free(ps->told);
        free(ps);
    }
}

static struct slot *slot_at(const struct tt_partials *ps, uint32_t i)
{
    return tt_slab_at(&ps->slots, i);
}

NOT_INLINE static void meet_dissector(struct tt_partials *ps, const struct tt_dissector *d)
{
    ps->dissector = d;
    ps->protocol = UINT16_MAX;
    for (uint16_t i = 0; tt_registry_dissectors[i]; i++) {
        if (tt_registry_dissectors[i] == d) {
            ps->protocol = i;
        }
    }
    ps->seed = tt_hash_bytes(d->name, strlen(d->name), 0);
}

/* ---- facts ---- */

static struct tt_fact fact_of(struct tt_partials *ps, const struct tt_flow *f,
                              const struct tt_flow_device *fd, enum tt_fact_kind kind,
                              const struct tt_packet *p)
{
    ps->values[FACTS]++;
    return (struct tt_fact){
        .device = {*tt_flow_client(f), fd->identity},
        .packet = p->number,
        .time = p->time,
        .protocol = ps->protocol,
        .kind = (uint8_t)kind,
    };
}

/* A long text is cut between two characters. */
static void put_text(struct tt_fact *fact, struct tt_bytes text)
{
    uint32_t n = text.n;
    if (n > TT_FACT_TEXT) {
        n = TT_FACT_TEXT;
        while (n > TT_FACT_TEXT - 4 && (text.p[n] & 0xc0) == 0x80) {
            n--;
        }
    }
    fact->n = (uint8_t)n;
    memcpy(fact->text, text.p, n);
}

static void emit_fact(struct tt_partials *ps, const struct tt_fact *fact)
{
    ps->sink.fact(ps->sink.ctx, fact);
}

NOT_INLINE static void tell_peer(struct tt_partials *ps, const struct tt_flow *f,
                                 const struct tt_flow_device *fd, const struct tt_packet *p)
{
    struct tt_fact fact = fact_of(ps, f, fd, TT_FACT_PEER, p);
    fact.address = *tt_flow_server(f);
    fact.port = tt_flow_server_port(f);
    emit_fact(ps, &fact);
}

NOT_INLINE static void meet_identity(struct tt_partials *ps, const struct tt_flow *f,
                                     struct tt_flow_device *fd, struct tt_bytes text,
                                     const struct tt_packet *p)
{
    uint64_t hash = tt_hash_bytes(text.p, text.n, ps->seed);
    hash += hash == 0;
    if (text.n == 0 || hash == fd->identity) {
        return;
    }
    fd->identity = hash;
    fd->generation = 0; /* what came before belongs to who it was then */
    fd->stream = 0;
    struct tt_fact fact = fact_of(ps, f, fd, TT_FACT_IDENTITY, p);
    fact.hash = hash;
    put_text(&fact, text);
    emit_fact(ps, &fact);
}

NOT_INLINE static void meet_stream(struct tt_partials *ps, const struct tt_flow *f,
                                   const struct tt_flow_device *fd, uint64_t hash,
                                   struct tt_bytes name, const struct tt_packet *p)
{
    uint64_t *line = ps->told + (hash & ps->told_mask) * LINE;
    for (int i = 0; i < LINE; i++) {
        if (line[i] == hash) {
            return;
        }
    }
    memmove(line + 1, line, (LINE - 1) * sizeof *line);
    line[0] = hash;
    struct tt_fact fact = fact_of(ps, f, fd, TT_FACT_STREAM, p);
    fact.hash = hash;
    put_text(&fact, name);
    emit_fact(ps, &fact);
}

/* ---- partials ---- */

/* The first message of the flow in this interval. */
static inline void begin_interval(struct tt_partials *ps, const struct tt_flow *f,
                                  struct tt_flow_device *fd, const struct tt_packet *p)
{
    if (fd->generation == 0) {
        tell_peer(ps, f, fd, p);
    }
    fd->generation = ps->generation;
    fd->partial = NONE;
    fd->samples = 0;
}

static struct tt_window begin_window(const struct tt_partials *ps, const struct tt_flow *f,
                                     const struct tt_flow_device *fd, uint64_t stream,
                                     const struct tt_packet *p)
{
    return (struct tt_window){
        .device = {*tt_flow_client(f), fd->identity},
        .stream = stream,
        .first_packet = p->number,
        .last_packet = p->number,
        .first_time = p->time,
        .last_time = p->time,
        .protocol = ps->protocol,
    };
}

/* The flow's partial of the stream in this interval, or a new one; NULL when all slots are used. */
static struct tt_window *get_partial(struct tt_partials *ps, const struct tt_flow *f,
                                     struct tt_flow_device *fd, uint64_t stream,
                                     const struct tt_packet *p)
{
    uint32_t at = fd->partial;
    for (int i = 0; i < CHAIN && at != NONE; i++) {
        struct slot *s = slot_at(ps, at);
        if (s->w.stream == stream) {
            return &s->w;
        }
        at = s->next;
    }
    if (ps->n == ps->max) {
        return NULL;
    }
    struct slot *s = slot_at(ps, ps->n);
    s->w = begin_window(ps, f, fd, stream, p);
    s->next = fd->partial;
    fd->partial = ps->n++;
    return &s->w;
}

/* Adds to the sums of the flow: messages with or without stream or payload. */
NOT_INLINE static void add(struct tt_partials *ps, const struct tt_flow *f,
                           struct tt_flow_device *fd, uint64_t stream, uint32_t messages,
                           uint32_t octets, const struct tt_packet *p)
{
    struct tt_window *w = get_partial(ps, f, fd, stream, p), alone;
    if (!w) {
        alone = begin_window(ps, f, fd, stream, p);
        w = &alone;
    }
    w->messages += messages;
    w->others += 1 - messages;
    w->bytes += octets;
    w->last_packet = p->number;
    w->last_time = p->time > w->last_time ? p->time : w->last_time;
    w->first_time = p->time < w->first_time ? p->time : w->first_time;
    if (w == &alone) {
        ps->values[SINGLES]++;
        ps->sink.window(ps->sink.ctx, w);
    }
}

static inline struct tt_bytes value_octets(const struct tt_msg *m, int at)
{
    if (at < 0) {
        return (struct tt_bytes){NULL, 0};
    }
    return (struct tt_bytes){m->values[at].p, m->values[at].n};
}

static inline uint32_t load32(const uint8_t *p)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return v;
}

/* Names are short, and most are of 17 to 32 octets. Anybody may know the seed, so two names of one
 * hash can be made; whoever does that mixes up streams of his own. n > 0. */
NOT_INLINE static uint64_t name_hash(const uint8_t *p, uint32_t n, uint64_t seed)
{
    uint64_t a, b, h = 0;
    seed ^= n;
    if (n > 16) {
        const uint8_t *last = p + n - 16;
        for (; p < last; p += 16) {
            h = tt_mum(tt_load64(p) ^ 0xa0761d6478bd642fU ^ h, tt_load64(p + 8) ^ seed);
        }
        a = tt_load64(last);
        b = tt_load64(last + 8);
    } else if (n >= 8) {
        a = tt_load64(p);
        b = tt_load64(p + n - 8);
    } else if (n >= 4) {
        a = load32(p);
        b = load32(p + n - 4);
    } else {
        a = (uint64_t)p[0] << 16 | (uint64_t)p[n / 2] << 8 | p[n - 1];
        b = 0;
    }
    h = tt_mum(a ^ 0xe7037ed1a0b428dbU ^ h, b ^ seed ^ 0x9e3779b97f4a7c15U);
    return h < 2 ? h + 2 : h; /* these two mean something to the shard */
}

static inline uint64_t stream_of(struct tt_partials *ps, const struct tt_flow *f,
                                 struct tt_flow_device *fd, struct tt_bytes name,
                                 const struct tt_packet *p)
{
    if (name.n == 0) {
        return 0;
    }
    uint64_t stream = name_hash(name.p, name.n, ps->seed);
    if (stream != fd->stream) {
        meet_stream(ps, f, fd, stream, name, p);
        fd->stream = stream;
    }
    return stream;
}

NOT_INLINE static void client_message(struct tt_partials *ps, const struct tt_flow *f,
                                      struct tt_flow_device *fd, const struct tt_msg *m,
                                      const struct tt_packet *p)
{
    if (fd->generation != ps->generation) {
        begin_interval(ps, f, fd, p);
    }
    if (m->stream < 0 && m->payload < 0) {
        ps->values[OTHERS]++;
        add(ps, f, fd, fd->stream, 0, 0, p);
        return;
    }
    ps->values[MESSAGES]++;
    struct tt_bytes payload = value_octets(m, m->payload);
    uint64_t stream = stream_of(ps, f, fd, value_octets(m, m->stream), p);
    if (fd->samples == TT_FLOW_SAMPLES) {
        add(ps, f, fd, stream, 1, payload.n, p);
        return;
    }
    fd->samples++;
    struct tt_sample *s = ps->sink.sample(ps->sink.ctx);
    s->device.address = *tt_flow_client(f);
    s->device.identity = fd->identity;
    s->stream = stream;
    s->packet = p->number;
    s->time = p->time;
    s->protocol = ps->protocol;
    s->reserved = 0;
    tt_shape_by(ps->count, payload, s);
}

/* What is rarely new. */
NOT_INLINE static void meet(struct tt_partials *ps, const struct tt_flow *f,
                            struct tt_flow_device *fd, const struct tt_msg *m,
                            const struct tt_packet *p)
{
    if (m->dissector != ps->dissector) {
        meet_dissector(ps, m->dissector);
    }
    if (m->identity >= 0) {
        meet_identity(ps, f, fd, value_octets(m, m->identity), p);
    }
    if (m->direction == TT_TO_SERVER) {
        client_message(ps, f, fd, m, p);
    } else {
        ps->values[FROM_SERVER]++;
    }
}

void tt_partials_message(struct tt_partials *ps, const struct tt_flow *f, struct tt_flow_device *fd,
                         const struct tt_msg *m, const struct tt_packet *p)
{
    if (m->dissector != ps->dissector || m->identity >= 0) {
        meet(ps, f, fd, m, p);
    } else if (m->direction == TT_TO_SERVER) {
        client_message(ps, f, fd, m, p);
    } else {
        ps->values[FROM_SERVER]++;
    }
}

void tt_partials_flush(struct tt_partials *ps)
{
    for (uint32_t i = 0; i < ps->n; i++) {
        ps->sink.window(ps->sink.ctx, &slot_at(ps, i)->w);
    }
    ps->values[WINDOWS] += ps->n;
    ps->n = 0;
    if (++ps->generation == 0) {
        ps->generation = FIRST_GENERATION;
    }
}

struct tt_counter_set tt_partials_counters(const struct tt_partials *ps)
{
    return (struct tt_counter_set){rows, ps->values, N_COUNTERS};
}
