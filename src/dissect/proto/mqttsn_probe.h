/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Is it MQTT-SN? Part of mqttsn.c alone. One datagram never proves it: length and type are all that
 * messages have in common. A second one must answer the first, or say the same of its topic.
 */
#ifndef DISSECT_PROTO_MQTTSN_PROBE_H
#define DISSECT_PROTO_MQTTSN_PROBE_H

#include "dissect/proto/mqttsn_state.h"

enum { FORWARDERS = 4 }; /* around one message */

struct head {
    uint32_t length; /* 0 = none */
    uint32_t octets; /* that it takes, with the type */
    uint8_t type;
};

static inline struct head read_head(struct tt_reader *r)
{
    struct head h = {.octets = 2, .length = tt_read_u8(r)};
    if (h.length == 1) {
        h.length = tt_read_u16(r);
        h.octets = 4;
    }
    h.type = tt_read_u8(r);
    if (!tt_reader_ok(r) || h.length < h.octets) {
        h.length = 0;
    }
    return h;
}

/* A message in a datagram, without what forwarders put around it; n = 0: none. */
static inline struct tt_bytes bare(struct tt_bytes b, struct head *h)
{
    struct tt_reader r = tt_reader_over(b);
    for (unsigned i = 0; i <= FORWARDERS; i++) {
        *h = read_head(&r);
        uint32_t left = tt_reader_left(&r), size = h->length - h->octets;
        if (h->length == 0 || size > left) {
            break;
        }
        if (h->type != TYPE_ENCAPSULATED) {
            return size == left ? (struct tt_bytes){r.p - h->octets, h->length}
                                : (struct tt_bytes){NULL, 0};
        }
        tt_read_skip(&r, size);
    }
    return (struct tt_bytes){NULL, 0};
}

/* Octets that a type's body has: least, most. */
static inline bool size_fits(uint8_t type, uint32_t n)
{
    static const struct {
        uint8_t least;
        uint16_t most;
    } sizes[] = {
        [TYPE_ADVERTISE] = {3, 3},      [TYPE_SEARCHGW] = {1, 1},
        [TYPE_GWINFO] = {1, 17},        [TYPE_CONNECT] = {5, 27},
        [TYPE_CONNACK] = {1, 1},        [TYPE_WILLTOPICREQ] = {0, 0},
        [TYPE_WILLTOPIC] = {0, 1024},   [TYPE_WILLMSGREQ] = {0, 0},
        [TYPE_WILLMSG] = {0, 65535},    [TYPE_REGISTER] = {5, 1024},
        [TYPE_REGACK] = {5, 5},         [TYPE_PUBLISH] = {5, 65535},
        [TYPE_PUBACK] = {5, 5},         [TYPE_PUBCOMP] = {2, 2},
        [TYPE_PUBREC] = {2, 2},         [TYPE_PUBREL] = {2, 2},
        [TYPE_SUBSCRIBE] = {4, 1024},   [TYPE_SUBACK] = {6, 6},
        [TYPE_UNSUBSCRIBE] = {4, 1024}, [TYPE_UNSUBACK] = {2, 2},
        [TYPE_PINGREQ] = {0, 23},       [TYPE_PINGRESP] = {0, 0},
        [TYPE_DISCONNECT] = {0, 2},     [TYPE_WILLTOPICUPD] = {0, 1024},
        [TYPE_WILLTOPICRESP] = {1, 1},  [TYPE_WILLMSGUPD] = {0, 65535},
        [TYPE_WILLMSGRESP] = {1, 1},
    };
    return type <= TYPE_WILLMSGRESP && type != 3 && type != 0x11 && type != 0x19 &&
           n >= sizes[type].least && n <= sizes[type].most && !(type == TYPE_DISCONNECT && n == 1);
}

static inline enum tt_probe probe(struct tt_bytes b, enum tt_direction direction)
{
    struct head h = {0};
    struct tt_bytes m = bare(b, &h);
    (void)direction;
    if (m.n == 0 || !size_fits(h.type, h.length - h.octets)) {
        return TT_PROBE_NO;
    }
    const uint8_t *body = m.p + h.octets;
    bool good = true;
    if (h.type == TYPE_CONNECT) {
        good = (body[0] & 0xf3) == 0 && body[1] == 1 &&
               tt_bytes_utf8((struct tt_bytes){body + 4, h.length - h.octets - 4});
    } else if (h.type == TYPE_REGISTER) {
        good = tt_bytes_utf8((struct tt_bytes){body + 4, h.length - h.octets - 4});
    } else if (h.type == TYPE_PUBLISH || h.type == TYPE_SUBSCRIBE || h.type == TYPE_UNSUBSCRIBE) {
        good = (body[0] & 3) != 3 && !(body[0] & 0x0c);
    } else if (h.type == TYPE_CONNACK) {
        good = body[0] <= 3;
    } else if (h.type == TYPE_REGACK || h.type == TYPE_PUBACK || h.type == TYPE_SUBACK) {
        good = m.p[m.n - 1] <= 3;
    }
    return good ? TT_PROBE_MAYBE : TT_PROBE_NO;
}

static inline uint32_t two(const uint8_t *p)
{
    return (uint32_t)p[0] << 8 | p[1];
}

/* Is b the answer to a? Bodies behind the type. */
static inline bool answers(uint8_t asked, const uint8_t *a, uint8_t told, const uint8_t *b,
                           bool same)
{
    switch (asked) {
    case TYPE_SEARCHGW:
        return told == TYPE_GWINFO;
    case TYPE_CONNECT:
        return told == TYPE_CONNACK || told == TYPE_WILLTOPICREQ;
    case TYPE_REGISTER:
        return told == TYPE_REGACK && two(a + 2) == two(b + 2);
    case TYPE_PUBLISH:
        return (told == TYPE_PUBACK && two(a + 3) == two(b + 2) && two(a + 1) == two(b)) ||
               (told == TYPE_PUBREC && two(a + 3) == two(b));
    case TYPE_SUBSCRIBE:
        return told == TYPE_SUBACK && two(a + 1) == two(b + 3);
    case TYPE_UNSUBSCRIBE:
        return told == TYPE_UNSUBACK && two(a + 1) == two(b);
    case TYPE_PINGREQ:
        return told == TYPE_PINGRESP;
    case TYPE_DISCONNECT:
        return told == TYPE_DISCONNECT && !same;
    default:
        return false;
    }
}

/* An answer, or two of one side that say the same of what cannot be chance. */
static inline bool confirm(struct tt_bytes a, enum tt_direction from_a, struct tt_bytes b,
                           enum tt_direction from_b)
{
    struct head ha = {0}, hb = {0};
    bool same = tt_bytes_equal(a, b);
    struct tt_bytes x = bare(a, &ha), y = bare(b, &hb);
    if (x.n == 0 || y.n == 0) {
        return false;
    }
    const uint8_t *p = x.p + ha.octets, *q = y.p + hb.octets;
    if (from_a != from_b) {
        return answers(ha.type, p, hb.type, q, same);
    }
    bool publishes = ha.type == TYPE_PUBLISH && hb.type == TYPE_PUBLISH;
    bool registers = ha.type == TYPE_REGISTER && hb.type == TYPE_REGISTER;
    return !same && ((publishes && (p[0] & 0x7f) == (q[0] & 0x7f) && two(p + 1) == two(q + 1)) ||
                     (registers && two(p) == two(q)) ||
                     (ha.type == TYPE_CONNECT && hb.type != TYPE_CONNECT));
}

#endif
