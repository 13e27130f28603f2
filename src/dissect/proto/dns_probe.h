/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Is it DNS? Part of dns.c alone. A header that could be one, one question with a name as hosts
 * have and a known type and class, and records that walk to the end are proof; less is so together
 * with an answer, or on the port. NetBIOS names (RFC 1002) have the same form and are none.
 */
#ifndef DISSECT_PROTO_DNS_PROBE_H
#define DISSECT_PROTO_DNS_PROBE_H

#include "dissect/proto/dns_text.h"

enum {
    PREFIX = 2, /* over TCP: the length */
    QUESTION_MIN = 5,
    RECORD_MIN = 11,
};

static inline unsigned opcode_of(uint16_t flags)
{
    return flags >> 11 & 15;
}

/* Is it a name as hosts and services have? 0 no, 1 a strange one, 2 yes, 3 not all is there. */
static inline unsigned plain_name(struct tt_bytes b, uint32_t *at)
{
    uint32_t from = *at;
    unsigned verdict = 2;
    bool netbios = *at < b.n && b.p[*at] == 32;
    while (*at < b.n && b.p[*at]) {
        uint32_t n = b.p[*at];
        if (n > 63 || *at + n + 1 - from > NAME_MAX_OCTETS) {
            return 0;
        }
        for (uint32_t i = *at + 1; i <= *at + n && i < b.n; i++) {
            uint8_t c = b.p[i];
            bool usual = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
            verdict = usual || c == '-' || c == '_' ? verdict : 1;
            netbios = netbios && (*at != from || (c >= 'A' && c <= 'P'));
        }
        *at += n + 1;
    }
    bool whole = *at < b.n;
    *at += 1;
    return netbios && whole ? 0 : whole ? verdict : 3;
}

/* The header of a message of `length` octets, as far as it is there; NO, MAYBE or YES. */
static inline enum tt_probe head_verdict(struct tt_bytes b, uint32_t length)
{
    uint16_t flags = b.n >= 4 ? (uint16_t)(b.p[2] << 8 | b.p[3]) : 0;
    unsigned opcode = opcode_of(flags);
    bool response = flags >> 15;
    enum tt_probe verdict = TT_PROBE_YES;
    if (opcode == 3 || opcode > 5 || (flags & 15) > 10 ||
        (!response && opcode == 0 && flags & 15)) {
        return TT_PROBE_NO;
    }
    if (flags & 0x40 || opcode == 1 || opcode == 2 || (!response && flags & 0x0480)) {
        verdict = TT_PROBE_MAYBE;
    }
    uint32_t need = HEAD;
    for (unsigned i = 0; i < 4; i++) {
        uint32_t at = 4 + 2 * i, count = 0;
        if (b.n >= at + 2) {
            count = (uint32_t)b.p[at] << 8 | b.p[at + 1];
        }
        need += count * (i == 0 ? QUESTION_MIN : RECORD_MIN);
        bool none = !response && opcode == 0 && (i == 1 || i == 2) && count > 1;
        verdict = (i == 0 && count != 1 && b.n >= at + 2) || none ? TT_PROBE_MAYBE : verdict;
    }
    return need > length ? TT_PROBE_NO : verdict;
}

/* The first question, as far as it is there. */
static inline enum tt_probe question_verdict(struct tt_bytes b)
{
    uint32_t at = HEAD;
    if (b.n < HEAD || b.p[4] || b.p[5] != 1) {
        return TT_PROBE_MAYBE;
    }
    unsigned name = plain_name(b, &at);
    if (name == 0) {
        return TT_PROBE_NO;
    }
    if (name == 3 || b.n - at < 4 || b.n < at) {
        return TT_PROBE_MAYBE;
    }
    uint32_t type = (uint32_t)b.p[at] << 8 | b.p[at + 1];
    uint32_t class = (uint32_t)b.p[at + 2] << 8 | b.p[at + 3];
    return name == 2 && form_of(type) && class_known(class) ? TT_PROBE_YES : TT_PROBE_MAYBE;
}

static inline enum tt_probe least(enum tt_probe a, enum tt_probe b)
{
    return a < b ? a : b;
}

static inline enum tt_probe probe(struct tt_bytes head, enum tt_direction direction)
{
    (void)direction; /* the flow may have begun before the capture */
    if (head.n < PREFIX) {
        return TT_PROBE_MAYBE;
    }
    uint32_t length = (uint32_t)head.p[0] << 8 | head.p[1];
    struct tt_bytes b = {head.p + PREFIX, head.n - PREFIX};
    if (length < HEAD + QUESTION_MIN || b.n > length) {
        return TT_PROBE_NO;
    }
    enum tt_probe verdict = least(head_verdict(b, length), question_verdict(b));
    /* a transfer goes on without a question; that is no beginning */
    return b.n >= 6 && !b.p[4] && !b.p[5] ? TT_PROBE_NO : verdict;
}

/* Do all records walk to the end? */
static inline bool records_walk(struct tt_bytes b)
{
    uint32_t count[4], at = HEAD;
    for (unsigned i = 0; i < 4; i++) {
        count[i] = (uint32_t)b.p[4 + 2 * i] << 8 | b.p[5 + 2 * i];
    }
    uint32_t questions = count[0], records = count[1] + count[2] + count[3];
    for (uint32_t i = 0; i < questions + records; i++) {
        while (at < b.n && b.p[at] && b.p[at] < 0x40) {
            at += b.p[at] + 1u;
        }
        if (at >= b.n || (b.p[at] && b.p[at] < 0xc0)) {
            return false;
        }
        at += b.p[at] ? 2 : 1;
        uint32_t fixed = i < questions ? 4 : 10;
        if (at > b.n || fixed > b.n - at) {
            return false;
        }
        at += fixed;
        at += i < questions ? 0 : (uint32_t)b.p[at - 2] << 8 | b.p[at - 1];
        if (at > b.n) {
            return false;
        }
    }
    return at == b.n && questions + records > 0;
}

static inline enum tt_probe probe_datagram(struct tt_bytes b, enum tt_direction direction)
{
    (void)direction;
    if (b.n < HEAD) {
        return TT_PROBE_NO;
    }
    enum tt_probe verdict = least(head_verdict(b, b.n), question_verdict(b));
    if (verdict != TT_PROBE_NO && records_walk(b)) {
        return verdict;
    }
    return TT_PROBE_PORT; /* to the port, whatever it is */
}

/* An answer with the number of the question, or another message of the same side. */
static inline bool confirm(struct tt_bytes a, enum tt_direction from_a, struct tt_bytes b,
                           enum tt_direction from_b)
{
    if (a.n < HEAD || b.n < HEAD) {
        return false;
    }
    bool same_id = a.p[0] == b.p[0] && a.p[1] == b.p[1], same_kind = !((a.p[2] ^ b.p[2]) & 0x80);
    bool opcode = !((a.p[2] ^ b.p[2]) & 0x78);
    return opcode && (from_a == from_b ? same_kind && !same_id : same_id && !same_kind);
}

#endif
