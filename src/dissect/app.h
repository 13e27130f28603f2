/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Inside the dissect room: what the engine keeps for a flow that speaks
 * something, and the engine itself.
 */
#ifndef DISSECT_APP_H
#define DISSECT_APP_H

#include <stddef.h>

#include "base/arena.h"
#include "dissect/engine.h"

#define CARRY_CLASSES  6
#define DISSECTORS_MAX 64
#define NO_TX          UINT32_MAX
#define HEAD_OCTETS    4096  /* of a unit that is too long: what parse_head gets to see */
#define PROBE_OCTETS   65536 /* payload of one direction after which probing gives up */
#define PROBE_PACKETS  256   /* datagrams after which it does */
#define SEEK_OCTETS    16384 /* a start proves itself within so many octets, or is none */
#define SEEK_STARTS    20
#define NEST_DEPTH     3    /* a protocol in a protocol in a protocol */
#define START_UNITS    8    /* that follow one another are proof anywhere */
#define SCAN_OCTETS    4096 /* after a mark, while nothing is known: so many are places ANYWHERE */
/* Octets that seeking may look at, for starts at marks and for those ANYWHERE: with each octet, at
 * first, and with each mark. */
#define SEEK_MARK_WORK 1
#define SEEK_ANY_WORK  4
#define SEEK_WORK      2048
#define SEEK_TURN_WORK 128

/* Octets of a unit that is not complete yet, in a slab piece of the class that fits. */
struct carry {
    uint32_t piece; /* TT_SLAB_NONE = none */
    uint32_t n;
    uint32_t want; /* length of the unit when known, else 0 */
    uint32_t pass; /* octets behind it to pass over */
    uint8_t class;
};

/* Where a unit may start. All three are places in the stream, whatever segments it came in. */
enum place {
    BEGINNING, /* the first octet of the connection */
    MARKED,    /* the first octet seen, the first after a hole, or after the other side spoke */
    ANYWHERE
};

/* A possible start. Positions count from the first carried octet. */
struct start {
    uint16_t from, at; /* its first unit, the unit that is not complete yet */
    uint32_t length;   /* of that unit, with what is passed over behind it; 0 = not known */
    uint32_t unit;     /* of that unit alone */
    uint32_t wake;     /* nothing new is asked of it with fewer octets */
    uint16_t seen;     /* octets of that unit that did not tell its length */
    uint8_t dissector, place;
    uint8_t sure;               /* probe said "yes" to that unit */
    uint8_t units, judged;      /* complete ones; those of them that were parsed */
    uint8_t clean;              /* and parse without an anomaly */
    uint16_t ends[START_UNITS]; /* of the complete ones, from the first octet of the first */
    uint16_t sizes[START_UNITS];
};

/* The possible starts of one direction, by place in the stream. */
struct seek {
    uint32_t n;
    uint32_t wake; /* the least of theirs */
    struct start starts[SEEK_STARTS];
};

/* Where octets go that are passed over. */
struct pass {
    uint8_t how;   /* enum tt_inner_how, 0 = nowhere */
    uint8_t phase; /* of the mask */
    bool masked;
    uint8_t mask[4];
};

struct side {
    struct carry carry; /* of a unit; while not in step, from the first possible start on */
    uint64_t skip;      /* octets still to pass over: of a unit that is too long, or behind one */
    struct pass pass;   /* of what is behind one */
    uint32_t seek;      /* piece with the possible starts, TT_SLAB_NONE = none */
    uint32_t seen;      /* octets seen while not in step (saturating) */
    uint32_t scan;      /* octets that may be a start ANYWHERE; UINT32_MAX = all */
    int32_t work[2];    /* octets that may be looked at for marks, and ANYWHERE */
    bool marked;        /* the next octet is a place that is MARKED */
    bool pending;       /* the last octet may be a start ANYWHERE: the next one tells */
    bool lost;          /* coming into step is a resynchronisation */
    bool over_long;     /* the carried unit is longer than max_unit: only its head is kept */
};

/* What every message touches comes first. */
struct tt_app {
    uint64_t n_tx;
    struct side side[2];
    uint32_t open; /* newest open transaction, linked by next */
    uint16_t n_open;
    uint8_t dissector; /* index in the registry; 0xff = probing */
    uint8_t unsettled; /* bit d: in direction d it is not known where the next unit starts */
    uint8_t last;      /* direction of the last octets, while unsettled */
    bool quiet;        /* a message of no transaction was told */
    struct tt_flow_device device;
    uint64_t excluded; /* dissectors that said no to the beginning */
    /* what the flow speaks inside of this, and outside; NULL = nothing */
    struct tt_app *inner, *outer;
    uint8_t state[] __attribute__((aligned(16)));
};

/* Octets to be framed: b, then later. b may lie in the piece held. */
struct source {
    struct tt_bytes b, later;
    struct carry held;
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
    C_BODIES_GIVEN_UP,
    C_FAILED,
    C_UNSYNCED_OCTETS,
    C_STARTS_GIVEN_UP,
    C_COUNT
};

enum {
    A_GAP,
    A_OVERSIZED,
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
    struct tt_slab apps, txs, seeks, carries[CARRY_CLASSES];
    uint64_t carried;            /* octets of the pieces in use */
    uint64_t first[2][256];      /* dissectors whose unit may begin with this octet */
    uint64_t (*second)[2][1024]; /* of a dissector and direction: bits of the first two octets */
    uint64_t of_streams;         /* dissectors of TCP */
    uint64_t later;              /* those that a stream may become */
    uint8_t *scratch;            /* a state to try units on */
    struct seek seek;            /* of the call at hand */
    struct dissector_hot *dissectors;
    unsigned n_dissectors;
    struct tt_more more;
    struct tt_tx alone;
    uint64_t counters[C_COUNT];
    struct tt_reader reader; /* of the unit at hand */
    struct tt_msg msg;
    uint8_t nested[NEST_DEPTH][TT_MSG_MADE]; /* octets on their way to an inner protocol */
};

/* flow->app of a flow on which probing gave up; never written */
extern struct tt_app tt_app_failed;

/* Empties a message, all but its values. */
static inline void tt_msg_clear(struct tt_msg *m, const struct tt_dissector *d,
                                const struct tt_field_hot *hot, struct tt_bytes unit,
                                enum tt_direction direction)
{
    /* what is set below left out, so that it is a handful of stores */
    const size_t from = offsetof(struct tt_msg, anomalies), to = offsetof(struct tt_msg, dissector);
    memset((uint8_t *)m + from, 0, to - from);
    m->unit = unit;
    m->direction = (uint8_t)direction;
    m->identity = m->stream = m->payload = -1;
    m->dissector = d;
    m->hot = hot;
}

static inline bool tt_app_known(const struct tt_app *a)
{
    return a->dissector != 0xff;
}

static inline bool tt_app_settled(const struct tt_app *a, enum tt_direction d)
{
    return !(a->unsettled >> d & 1);
}

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
/* Octets as they come, of a flow with an app; tt_frame_run: octets that waited. */
void tt_frame_octets(struct tt_engine *, struct tt_flow *, enum tt_direction, struct tt_bytes,
                     const struct tt_packet *);
void tt_frame_run(struct tt_engine *, struct tt_flow *, enum tt_direction, struct tt_bytes,
                  const struct tt_packet *);
void tt_frame_gap(struct tt_engine *, struct tt_flow *, enum tt_direction, uint32_t n,
                  const struct tt_packet *);
void tt_frame_end(struct tt_engine *, struct tt_flow *, enum tt_direction);

/* pair.c: one unit → message → transaction */
void tt_pair_unit(struct tt_engine *, struct tt_flow *, enum tt_direction, struct tt_bytes unit,
                  const struct tt_packet *);
/* A datagram: one message, or some (several). */
void tt_pair_datagram(struct tt_engine *, struct tt_flow *, enum tt_direction, struct tt_bytes,
                      const struct tt_packet *);
void tt_pair_head(struct tt_engine *, struct tt_flow *, enum tt_direction, struct tt_bytes head,
                  uint64_t skipped, const struct tt_packet *);
void tt_pair_end(struct tt_engine *, struct tt_flow *);

/* nest.c: protocols inside of protocols. What the message in e->msg means for the octets behind its
 * unit; octets that are passed over; a hole among them. */
void tt_nest_unit(struct tt_engine *, struct tt_flow *, enum tt_direction,
                  const struct tt_packet *);
void tt_nest_pass(struct tt_engine *, struct tt_flow *, enum tt_direction, struct tt_bytes,
                  const struct tt_packet *);
void tt_nest_gap(struct tt_engine *, struct tt_flow *, enum tt_direction, uint32_t n,
                 const struct tt_packet *);
/* The carrier is lost: a message that is not complete will not be. */
void tt_nest_lost(struct tt_engine *, struct tt_flow *, enum tt_direction,
                  const struct tt_packet *);
/* The flow ends: a message whose last part ends with the connection is told. */
void tt_nest_end(struct tt_engine *, struct tt_flow *, enum tt_direction);

/* seek.c: where do units start? True: in step, source->b begins with a unit. False: source->b is
 * used up, or nothing is known and will not be (flow->app is tt_app_failed). */
bool tt_seek(struct tt_engine *, struct tt_flow *, enum tt_direction, struct source *,
             const struct tt_packet *);
/* The stream ends here, or has a hole: units that end exactly here are told. */
void tt_seek_boundary(struct tt_engine *, struct tt_flow *, enum tt_direction,
                      const struct tt_packet *);
void tt_seek_drop(struct tt_engine *, struct side *);

/* probe.c: which dissector? */
/* The flow's app, made when there is none; NULL = refused (flow->app is tt_app_failed). */
struct tt_app *tt_probe_app(struct tt_engine *, struct tt_flow *);
bool tt_probe_port(const struct tt_dissector *, const struct tt_flow *);
void tt_probe_decide(struct tt_engine *, struct tt_flow *, unsigned dissector);
void tt_probe_free_app(struct tt_engine *, struct tt_app *);
/* Nothing is known and will not be: frees the app, flow->app is tt_app_failed. */
void tt_probe_give_up(struct tt_engine *, struct tt_flow *);
/* True: it is known what the flow speaks, and what waited for that was told. */
bool tt_probe_datagram(struct tt_engine *, struct tt_flow *, enum tt_direction, struct tt_bytes,
                       const struct tt_packet *);

#endif
