/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inside the dissect room: what the engine keeps for a flow that speaks
 * something, and the engine itself.
 */
#ifndef DISSECT_APP_H
#define DISSECT_APP_H

#include "base/arena.h"
#include "dissect/engine.h"

#define CARRY_CLASSES  5
#define DISSECTORS_MAX 64
#define NO_TX          UINT32_MAX
#define HEAD_OCTETS    4096  /* of a unit that is too long: what parse_head gets to see */
#define PROBE_OCTETS   65536 /* payload of one direction after which probing gives up */
#define GATHER_OCTETS                                                                              \
    16384 /* a start that may be a protocol's is kept up to this length while probing */
#define PROBE_CHUNKS 256 /* chunks that were no start of anything, after which probing gives up */

/* Octets of a unit that is not complete yet, in a slab piece of the class that fits. */
struct carry {
    uint32_t piece; /* TT_SLAB_NONE = none */
    uint32_t n;
    uint32_t want; /* length of the unit when known, else 0 */
    uint8_t class;
};

struct side {
    struct carry carry;
    uint64_t skip;   /* octets of a unit that is too long, still to pass over */
    uint32_t seen;   /* payload octets while probing (saturating) */
    uint16_t chunks; /* … and chunks that were passed over */
    bool synced;     /* the next octet starts a unit */
    bool lost;       /* was synced once: coming back is a resynchronisation */
    bool over_long;  /* the carried unit is longer than max_unit: only its head is kept */
};

/* What every message touches comes first. */
struct tt_app {
    uint64_t n_tx;
    struct side side[2];
    uint32_t open; /* newest open transaction, linked by next */
    uint16_t n_open;
    uint8_t dissector; /* index in the registry; 0xff = probing */
    struct tt_flow_device device;
    uint8_t excluded[DISSECTORS_MAX / 8]; /* dissectors that said no */
    uint8_t state[] __attribute__((aligned(16)));
};

struct tx_piece {
    struct tt_tx tx;
    uint32_t next;
};

enum {
    C_MESSAGES,
    C_TX,
    C_UNANSWERED,
    C_UNASKED,
    C_TX_DROPPED,
    C_TRUNCATED,
    C_LOST_SYNC,
    C_RESYNC,
    C_GAPS,
    C_MALFORMED,
    C_APP_REFUSED,
    C_CARRY_REFUSED,
    C_MORE_REFUSED,
    C_FAILED,
    C_UNSYNCED_OCTETS,
    C_COUNT
};

enum {
    A_GAP,
    A_TRUNCATED,
    A_TOO_MANY_TX,
    A_LOST_SYNC,
    A_RESYNC,
    A_REPEATED,
    A_TOO_MANY_VALUES,
    A_UNFINISHED,
    A_COUNT
};

struct dissector_hot {
    const struct tt_dissector *d;
    struct tt_field_hot fields[TT_FIELDS_MAX];
    uint8_t missing[64]; /* by kind of the question: anomaly + 1, 0 = none */
};

struct tt_engine {
    struct tt_dissect_sink sink;
    struct tt_dissect_options options;
    struct tt_slab apps, txs, carries[CARRY_CLASSES];
    uint64_t carried; /* octets of the pieces in use */
    struct dissector_hot *dissectors;
    unsigned n_dissectors;
    struct tt_more more;
    struct tt_tx alone;
    uint64_t counters[C_COUNT];
    struct tt_msg msg;
};

/* flow->app of a flow on which probing gave up; never written */
extern struct tt_app tt_app_failed;

static inline struct dissector_hot *hot_of(struct tt_engine *e, const struct tt_app *a)
{
    return &e->dissectors[a->dissector];
}

/* Octets of a carried unit's piece, by class: slabs and framing have to agree. */
extern const uint32_t tt_carry_classes[CARRY_CLASSES];

/* frame.c: the carry */
bool tt_carry_add(struct tt_engine *, struct carry *, const uint8_t *, uint32_t n, uint32_t want);
void tt_carry_drop(struct tt_engine *, struct carry *);
struct tt_bytes tt_carry_octets(const struct tt_engine *, const struct carry *);
void tt_frame_octets(struct tt_engine *, struct tt_flow *, enum tt_direction, struct tt_bytes,
                     const struct tt_packet *);
void tt_frame_gap(struct tt_engine *, struct tt_flow *, enum tt_direction, uint32_t n,
                  const struct tt_packet *);
void tt_frame_end(struct tt_engine *, struct tt_flow *, enum tt_direction);

/* pair.c: one unit → message → transaction */
void tt_pair_unit(struct tt_engine *, struct tt_flow *, enum tt_direction, struct tt_bytes unit,
                  const struct tt_packet *);
void tt_pair_head(struct tt_engine *, struct tt_flow *, enum tt_direction, struct tt_bytes head,
                  uint64_t skipped, const struct tt_packet *);
void tt_pair_end(struct tt_engine *, struct tt_flow *);

/* probe.c: finds the dissector of a flow. YES: it is known now and the octets still are to be
 * framed; MAYBE: they may be the start of a unit; NO: they are not (flow->app may be tt_app_failed
 * then). fresh: how many octets of the end are new. */
enum tt_probe tt_probe_octets(struct tt_engine *, struct tt_flow *, enum tt_direction,
                              struct tt_bytes, uint32_t fresh);
/* Do units follow one another without a contradiction? sure: units that fill b
 * exactly are proof enough. */
enum tt_probe tt_probe_chain(const struct tt_dissector *, const void *state, enum tt_direction,
                             struct tt_bytes, bool sure);

#endif
