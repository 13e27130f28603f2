/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The worker's side of the device room: what each flow sent on each stream since the last flush, as
 * flat windows, and the texts behind the hashes. There is no table of devices here. A flow
 * remembers its partials of this interval, so the usual message looks nothing up; that one device
 * may fill several partials, in one worker or in many, costs nothing but octets, because merging
 * them in the shard is exact. Never judges, learns, allocates or drops: when the slots are used up
 * a message travels as a window of its own.
 */
#include "base/arena.h"
#include "base/hash.h"
#include "base/registry.h"
#include "base/text.h"
#include "device/device.h"
#include "device/shape.h"

#include <stdlib.h>
#include <string.h>

#define DEFAULT_SLOTS (32u << 10)
#define MAX_SLOTS     (16u << 20)
#define LINE          8 /* hashes of a cache line */
#define CHAIN         8 /* partials of a flow that are searched */
#define NONE          UINT32_MAX
/* keeps its locals out of the frame of the packet path */
#define COLD             __attribute__((noinline))
#define FIRST_GENERATION 2 /* 0 = the flow is new, 1 = of an interval that is over */

struct slot {
    uint32_t next; /* older partial of the same flow in this interval */
    uint32_t ordinal;
    struct tt_window w;
};

enum { MESSAGES, OTHERS, FROM_SERVER, WINDOWS, SINGLES, FACTS, N_COUNTERS };

static const struct tt_counter rows[N_COUNTERS] = {
    [MESSAGES] = {"device.messages", "Messages of devices that carry a stream or a payload.",
                  "messages", 0},
    [OTHERS] = {"device.messages_other",
                "Messages of devices without either: connect, acknowledge, ping…", "messages", 0},
    [FROM_SERVER] = {"device.messages_from_server", "Messages to devices; no model looks at them.",
                     "messages", 0},
    [WINDOWS] = {"device.windows", "Windows handed to the device shard.", "windows", 0},
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
    tt_partial_emit_fn *emit;
    void *ctx;
    const struct tt_dissector *dissector; /* of the last message, with its index and seed */
    uint64_t seed;
    uint16_t protocol;
    /* Stream names that the shard was told: lines of eight hashes, the newest first. Forgetting one
     * costs a fact. */
    uint64_t *told;
    uint64_t told_mask;
    uint64_t values[N_COUNTERS];
};

struct tt_partials *tt_partials_new(uint32_t max_partials, tt_partial_emit_fn *emit, void *ctx)
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
    ps->emit = emit;
    ps->ctx = ctx;
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

COLD static void meet_dissector(struct tt_partials *ps, const struct tt_dissector *d)
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
    ps->emit(ps->ctx, TT_ENTRY_FACT, fact, sizeof *fact, fact->packet);
}

COLD static void tell_peer(struct tt_partials *ps, const struct tt_flow *f,
                           const struct tt_flow_device *fd, const struct tt_packet *p)
{
    struct tt_fact fact = fact_of(ps, f, fd, TT_FACT_PEER, p);
    fact.address = *tt_flow_server(f);
    fact.port = tt_flow_server_port(f);
    emit_fact(ps, &fact);
}

COLD static void meet_identity(struct tt_partials *ps, const struct tt_flow *f,
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

COLD static void meet_stream(struct tt_partials *ps, const struct tt_flow *f,
                             const struct tt_flow_device *fd, uint64_t hash, struct tt_bytes name,
                             const struct tt_packet *p)
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

static inline void begin_window(struct tt_window *w, const struct tt_partials *ps,
                                const struct tt_flow *f, uint64_t identity, uint64_t stream,
                                const struct tt_packet *p)
{
    w->device.address = *tt_flow_client(f);
    w->device.identity = identity;
    w->stream = stream;
    w->first_packet = w->last_packet = p->number;
    w->first_time = w->last_time = p->time;
    w->bytes = 0;
    w->messages = 0;
    w->protocol = ps->protocol;
    w->n_samples = 0;
    w->reserved = 0;
    w->others = 0;
    w->reserved_too = 0;
}

/* A slot at the head of the flow's chain; NULL when all are used. */
static inline struct slot *begin_partial(struct tt_partials *ps, const struct tt_flow *f,
                                         struct tt_flow_device *fd, uint64_t stream,
                                         const struct tt_packet *p)
{
    if (fd->generation == 0) {
        tell_peer(ps, f, fd, p);
        fd->generation = ps->generation - 1;
    }
    if (ps->n == ps->max) {
        return NULL;
    }
    uint32_t i = ps->n++;
    struct slot *s = slot_at(ps, i);
    begin_window(&s->w, ps, f, fd->identity, stream, p);
    s->ordinal = 0;
    s->next = fd->generation == ps->generation ? fd->partial : NONE;
    fd->partial = i;
    fd->generation = ps->generation;
    return s;
}

/* The flow's partial of the stream in this interval, moved to the head of the chain; NULL = there
 * is none. */
static inline struct slot *find_partial(struct tt_partials *ps, struct tt_flow_device *fd,
                                        uint64_t stream)
{
    if (fd->generation != ps->generation) {
        return NULL;
    }
    struct slot *before = slot_at(ps, fd->partial);
    if (before->w.stream == stream) {
        return before;
    }
    for (int i = 1; i < CHAIN && before->next != NONE; i++) {
        uint32_t at = before->next;
        struct slot *s = slot_at(ps, at);
        if (s->w.stream == stream) {
            before->next = s->next;
            s->next = fd->partial;
            fd->partial = at;
            return s;
        }
        before = s;
    }
    return NULL;
}

static void emit_single(struct tt_partials *ps, const struct tt_window *w)
{
    ps->values[SINGLES]++;
    ps->emit(ps->ctx, TT_ENTRY_WINDOW, w,
             (uint32_t)(offsetof(struct tt_window, samples) + w->n_samples * sizeof w->samples[0]),
             w->first_packet);
}

COLD static void count_other(struct tt_partials *ps, const struct tt_flow *f,
                             struct tt_flow_device *fd, const struct tt_packet *p)
{
    ps->values[OTHERS]++;
    struct slot *s = NULL;
    if (fd->generation == ps->generation) {
        s = slot_at(ps, fd->partial);
    } else {
        s = begin_partial(ps, f, fd, fd->stream, p);
    }
    if (s) {
        s->w.others++;
        s->w.last_packet = p->number;
        s->w.last_time = p->time > s->w.last_time ? p->time : s->w.last_time;
        return;
    }
    struct tt_window w;
    begin_window(&w, ps, f, fd->identity, fd->stream, p);
    w.others = 1;
    emit_single(ps, &w);
}

static inline void put_sample(struct tt_partials *ps, struct tt_sample *s, struct tt_bytes payload,
                              const struct tt_packet *p, uint32_t ordinal)
{
    s->packet = p->number;
    s->time = p->time;
    s->ordinal = (uint8_t)(ordinal < 255 ? ordinal : 255);
    memset(s->reserved, 0, sizeof s->reserved);
    tt_shape_by(ps->count, payload, s);
}

/* All slots of the interval are used: the message travels alone. */
COLD static void send_alone(struct tt_partials *ps, const struct tt_flow *f,
                            struct tt_flow_device *fd, uint64_t stream, struct tt_bytes payload,
                            const struct tt_packet *p)
{
    struct tt_window w;
    begin_window(&w, ps, f, fd->identity, stream, p);
    w.bytes = payload.n;
    w.messages = 1;
    w.n_samples = 1;
    put_sample(ps, &w.samples[0], payload, p, 0);
    emit_single(ps, &w);
}

static inline void count_sample(struct tt_partials *ps, const struct tt_flow *f,
                                struct tt_flow_device *fd, uint64_t stream, struct tt_bytes payload,
                                const struct tt_packet *p)
{
    struct slot *s = find_partial(ps, fd, stream);
    if (!s) {
        s = begin_partial(ps, f, fd, stream, p);
        if (!s) {
            send_alone(ps, f, fd, stream, payload, p);
            return;
        }
    } else {
        s->ordinal = s->w.last_packet == p->number && s->w.messages ? s->ordinal + 1 : 0;
        s->w.last_packet = p->number;
        s->w.last_time = p->time > s->w.last_time ? p->time : s->w.last_time;
        s->w.first_time = p->time < s->w.first_time ? p->time : s->w.first_time;
    }
    s->w.bytes += payload.n;
    s->w.messages++;
    if (s->w.n_samples < TT_WINDOW_SAMPLES) {
        put_sample(ps, &s->w.samples[s->w.n_samples++], payload, p, s->ordinal);
    }
}

static inline struct tt_bytes value_octets(const struct tt_msg *m, int at)
{
    if (at < 0) {
        return (struct tt_bytes){NULL, 0};
    }
    return (struct tt_bytes){m->values[at].p, m->values[at].n};
}

void tt_partials_message(struct tt_partials *ps, const struct tt_flow *f, struct tt_flow_device *fd,
                         const struct tt_msg *m, const struct tt_packet *p)
{
    if (m->dissector != ps->dissector) {
        meet_dissector(ps, m->dissector);
    }
    if (m->identity >= 0) {
        meet_identity(ps, f, fd, value_octets(m, m->identity), p);
    }
    if (m->direction != TT_TO_SERVER) {
        ps->values[FROM_SERVER]++;
        return;
    }
    if (m->stream < 0 && m->payload < 0) {
        count_other(ps, f, fd, p);
        return;
    }
    ps->values[MESSAGES]++;
    struct tt_bytes name = value_octets(m, m->stream);
    uint64_t stream = 0;
    if (name.n) {
        stream = tt_hash_bytes(name.p, name.n, ps->seed);
        stream += stream == 0;
        if (stream != fd->stream) {
            meet_stream(ps, f, fd, stream, name, p);
            fd->stream = stream;
        }
    }
    count_sample(ps, f, fd, stream, value_octets(m, m->payload), p);
}

void tt_partials_flush(struct tt_partials *ps)
{
    for (uint32_t i = 0; i < ps->n; i++) {
        const struct tt_window *w = &slot_at(ps, i)->w;
        ps->emit(
            ps->ctx, TT_ENTRY_WINDOW, w,
            (uint32_t)(offsetof(struct tt_window, samples) + w->n_samples * sizeof w->samples[0]),
            w->first_packet);
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
