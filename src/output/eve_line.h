/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Private to eve*.c: the writer's state and the pieces that all lines share. The head of a line
 * (time, flow, addresses) is the same for all event types; what follows is each type's own file.
 */
#ifndef OUTPUT_EVE_LINE_H
#define OUTPUT_EVE_LINE_H

#include <endian.h>

#include "base/text.h"
#include "output/eve.h"
#include "output/plan.h"

#define EVE_TEXT_LIMIT 1024 /* octets of a text from the wire, when options say nothing */
#define EVE_NAME_LIMIT 256  /* texts of rules, detectors, identities */
#define EVE_LIST_LIMIT 64   /* members of a list that a rule or finding brings */
/* octets of payload and payload_printable, as Suricata's payload-buffer-size */
#define EVE_PAYLOAD_LIMIT 4096

struct eve_input {
    char *text; /* `,"pcap_filename":"…"` or `,"in_iface":"…"`, escaped; NULL = not written */
    uint32_t n;
};

struct eve_stat {
    const char *name;
    uint64_t value;
    bool own; /* not one of Suricata's groups */
};

/* How texts are escaped by table (eve_text.c). */
struct eve_escapes {
    _Alignas(16) uint8_t lanes[256][16];
    uint8_t length[256];
    /* Text of n octets between quotes that are the caller's; out has room for 2 n + 32. The end of
     * what was written; NULL: it is short, or has more to escape than quotes, and nothing counts.
     * The pointer is NULL where the processor cannot. */
    char *(*copy)(const struct eve_escapes *, char *out, const uint8_t *s, size_t n);
};

void eve_escapes_init(struct eve_escapes *);

/* The beginning of a message of some kind as it was written last: flags and small numbers, which
 * are mostly the same again. The values must be those octet by octet where a mask says so. */
#define EVE_OPENING_VALUES 12 /* four are compared at a time: the rest have empty masks */
#define EVE_OPENING_ROOM   (2 * TT_PLAN_SLACK)
#define EVE_OPENINGS       4 /* for each kind */
typedef uint64_t eve_words2 __attribute__((vector_size(16)));
struct eve_opening {
    eve_words2 seen[EVE_OPENING_VALUES], mask[EVE_OPENING_VALUES];
    const struct tt_plan_kind *plan; /* NULL = empty */
    uint8_t n;                       /* values, also those that are not in the record */
    uint8_t role;                    /* of the message: tells most of them apart at once */
    uint8_t length;
    bool object, comma;
    uint16_t at, last; /* node that is open, key of the last value */
    char text[EVE_OPENING_ROOM];
};

struct tt_eve {
    const struct tt_flows *flows; /* whose tunnels are told; NULL = none */
    struct eve_escapes escapes;
    struct eve_opening openings[TT_PLAN_KINDS][EVE_OPENINGS];
    uint8_t next_opening[TT_PLAN_KINDS]; /* that is overwritten */
    bool live, payload, community;
    bool named; /* host or input are written */
    uint16_t seed;
    uint32_t limit;
    char *host; /* `,"host":"…"`; NULL = none */
    uint32_t host_n;
    struct eve_input *inputs;
    uint32_t n_inputs;
    size_t head_room;       /* octets that the longest head needs */
    struct tt_plan **plans; /* as the registry */
    uint32_t n_plans;
    const struct tt_plan *last;
    uint64_t second;           /* of the stamp, ns modulo 2^64; far away at first */
    char stamp[TT_PLAN_SLACK]; /* `{"timestamp":"…","flow_id":` of that second */
    uint32_t count_high;       /* the last pcap_cnt without its last four digits… */
    uint8_t count_n;           /* …as text */
    char count_digits[8];
    char quads[256][4]; /* "192." */
    uint8_t quad_n[256];
    uint16_t order[TT_MSG_VALUES]; /* of the values of one message */
    uint8_t payload_copy[EVE_PAYLOAD_LIMIT];
    struct eve_stat *stats; /* grows to the number of counters, then stays */
    uint32_t stats_cap;
};

char *eve_uint_long(char *p, uint64_t v); /* from 10^8 */
extern const char eve_pairs[201];         /* "00" to "99" */

/* v below 10000 without leading zeros; four octets are written. Little-endian: the first
 * digit is the lowest octet. */
static inline char *eve_uint4(char *p, uint32_t v)
{
    uint16_t high, low;
    memcpy(&high, eve_pairs + (size_t)(v / 100) * 2, 2);
    memcpy(&low, eve_pairs + (size_t)(v % 100) * 2, 2);
    unsigned zeros = (unsigned)(v < 1000) + (v < 100) + (v < 10);
    uint32_t digits = htole32((uint32_t)le16toh(high) | (uint32_t)le16toh(low) << 16);
    digits = htole32(le32toh(digits) >> (8 * zeros));
    memcpy(p, &digits, 4);
    return p + 4 - zeros;
}

static inline char *eve_zero4(char *p, uint32_t v)
{
    memcpy(p, eve_pairs + (size_t)(v / 100) * 2, 2);
    memcpy(p + 2, eve_pairs + (size_t)(v % 100) * 2, 2);
    return p + 4;
}

/* v below 10^8 without leading zeros. */
static inline char *eve_uint8(char *p, uint32_t v)
{
    return v < 10000 ? eve_uint4(p, v) : eve_zero4(eve_uint4(p, v / 10000), v % 10000);
}

/* At most 20 octets, in groups of four. */
static inline char *eve_uint(char *p, uint64_t v)
{
    return v < 100000000 ? eve_uint8(p, (uint32_t)v) : eve_uint_long(p, v);
}

/* A constant piece of a plan: at most TT_PLAN_SLACK octets are written, n of them count. */
static inline char *eve_piece(char *p, const char *text, size_t n)
{
    memcpy(p, text, 32);
    if (n > 32) {
        memcpy(p + 32, text + 32, TT_PLAN_SLACK - 32);
    }
    return p + n;
}

/* What the head of a line says. src and dst NULL: not IP. packet NULL: a timer wrote it. */
struct eve_head {
    int64_t time;
    const char *type; /* `,"event_type":"…"`, readable for TT_PLAN_SLACK octets */
    uint8_t type_length;
    const struct tt_flow *flow;     /* NULL = none */
    const struct tt_packet *packet; /* pcap_cnt, vlan, pkt_src */
    const struct tt_address *src, *dst;
    uint32_t input; /* index of the input, UINT32_MAX = none */
    uint32_t count; /* pcap_cnt, 0 = none */
    uint16_t sport, dport;
    bool ports;
    uint8_t protocol, ip_version;
    bool pkt_src;
    /* addresses are the flow's own, client first: the flow may remember them rendered. With src
     * NULL they are taken from the flow when it does not. */
    bool forward;
};

#define EVE_HEAD_TYPE(name)                                                                        \
    .type = eve_type_##name, .type_length = sizeof ",\"event_type\":\"" #name "\"" - 1
extern const char eve_type_alert[TT_PLAN_SLACK], eve_type_anomaly[TT_PLAN_SLACK];
extern const char eve_type_flow[TT_PLAN_SLACK], eve_type_stats[TT_PLAN_SLACK];
extern const char eve_type_sms[TT_PLAN_SLACK];
extern const char eve_type_identity[TT_PLAN_SLACK];

/* Opens the line's object and writes the head; the next member needs a comma. */
void eve_head(struct tt_eve *, struct tt_json *, const struct eve_head *);
/* Closes the line's object and the line. */
void eve_end(struct tt_json *);
/* Addresses from the client's side (forward) or the server's. */
void eve_head_flow(struct eve_head *, const struct tt_flow *, bool forward);
/* Addresses as the packet has them. Without a packet, or when it runs the other way (it set free
 * octets that waited), as `direction` of the flow has them. */
void eve_head_packet(struct eve_head *, const struct tt_flow *, const struct tt_packet *,
                     enum tt_direction);

const struct tt_plan *eve_plan_search(struct tt_eve *, const struct tt_dissector *);

static inline const struct tt_plan *eve_plan(struct tt_eve *e, const struct tt_dissector *d)
{
    return e->last && e->last->dissector == d ? e->last : eve_plan_search(e, d);
}

/* Member of `telltale`: the tunnels, if there are any. */
void eve_tunnels(struct tt_json *, const struct tt_tunnels *);
/* Those of the packet or, without one, of the flow's first; NULL = none. */
const struct tt_tunnels *eve_tunnels_of(const struct tt_eve *, const struct tt_flow *,
                                        const struct tt_packet *);
/* `"tunnel":{…}`, where the packet was carried by IP. */
void eve_tunnel_root(const struct tt_eve *, struct tt_json *, const struct tt_packet *);
/* Suricata's name of what brought the packet. */
const char *eve_pkt_src(const struct tt_packet *);
/* "app_proto" of the flow where something is known of it. */
void eve_app_proto(struct tt_json *, const struct tt_flow *);
/* Of a flow record: what it speaks in the end, and what it began with. */
void eve_app_proto_flow(struct tt_json *, const struct tt_flow *);
void eve_direction(struct tt_json *, enum tt_direction);
/* pkts_… bytes_… start: the members that `flow` has in alerts and flow records alike. */
void eve_flow_counts(struct tt_json *, const struct tt_flow *);
/* `"<protocol>":{members}`. */
void eve_protocol(struct tt_json *, const struct tt_dissector *, const void *members, size_t n);
/* "a, b" as ["a","b"]. */
void eve_words(struct tt_json *, const char *words);
void eve_text(struct tt_json *, const char *text); /* a NUL-terminated one, cut at EVE_NAME_LIMIT */
const char *eve_severity_name(unsigned severity);
/* "tt1-" and base32 of the hash, NUL-terminated. */
void eve_uid(char out[20], uint64_t hash);

#endif
