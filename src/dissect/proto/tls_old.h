/* SPDX-License-Identifier: BSD-3-Clause
 *
 * SSL 2: its hellos, which clients of SSL 3 and TLS 1.0 may send, too (RFC 6101, E.1), and the
 * records of those who still speak it. Part of tls.c alone.
 */
#ifndef DISSECT_PROTO_TLS_OLD_H
#define DISSECT_PROTO_TLS_OLD_H

#include "dissect/proto/tls_parts.h"

/* A hello in SSL 2's form (RFC 6101, E.1): its length when the octets are one, 0 otherwise. Nine
 * octets tell. */
static inline uint32_t old_hello(struct tt_bytes b)
{
    if (b.n < 11 || !(b.p[0] & 0x80) || (b.p[2] != 1 && b.p[2] != 4)) {
        return 0;
    }
    uint32_t length = (uint32_t)(b.p[0] & 0x7f) << 8 | b.p[1];
    bool client = b.p[2] == 1;
    uint16_t version = pair_at(b.p + (client ? 3 : 5));
    const uint8_t *sizes = b.p + (client ? 5 : 7); /* client: suites, session, challenge */
    uint32_t first = pair_at(sizes), second = pair_at(sizes + 2);
    if (client) {
        bool fits = version == 2 || (version >= 0x0300 && version <= 0x0303);
        uint32_t rest = length - 9 - first - second; /* the challenge */
        return fits && first % 3 == 0 && first && first < length && second <= 32 &&
                       length > 9 + first + second && rest >= 16 && rest <= 32
                   ? length + 2
                   : 0;
    }
    return version == 2 && b.p[3] <= 1 && length > 11 && first < length && second % 3 == 0 &&
                   first + second <= length - 11
               ? length + 2
               : 0;
}

static inline bool parse_old(struct turn *t, struct tt_reader *r)
{
    struct state *s = t->s;
    uint32_t size = tt_reader_left(r);
    struct tt_bytes all = tt_read_bytes(r, size);
    uint16_t version = s->old == 2 ? 2 : all.n > 6 ? pair_at(all.p + (all.p[2] == 1 ? 3 : 5)) : 2;
    put(t, F_RAW_VERSION, 2);
    bool hello = old_hello(all) != 0;
    if (!hello && s->old == 2 && t->d == TT_TO_SERVER && !s->dark[t->d]) {
        put(t, F_RAW_TYPE, all.n > 2 ? all.p[2] : 0); /* the client's key */
        s->dark[t->d] = 1;
    }
    if (!hello) {
        return true;
    }
    put(t, F_RAW_TYPE, all.p[2]);
    if (all.p[2] == 1) {
        put(t, F_RAW_HELLO_VERSION, version);
        t->opens = !s->open && !s->done;
        s->old = 1;
        s->hello[TT_TO_SERVER] = 1;
        (void)tell(t, P_CLIENT_HELLO);
        return true;
    }
    put(t, F_RAW_HELLO_VERSION, 2);
    s->old = 2;
    s->version = 2;
    s->hello[TT_TO_CLIENT] = 1;
    if (tell(t, P_SERVER_HELLO)) {
        put(t, F_VERSION, 2);
        judge(s, true, OLD_VERSION);
    }
    t->ends = true;
    return true;
}

static inline int64_t old_length(const struct state *s, struct tt_bytes b)
{
    if (s->old != 2 || b.p[2] == 4) {
        if (b.n < 11) {
            return 0;
        }
        uint32_t hello = old_hello(b);
        if (hello || s->old != 2) {
            return hello ? (int64_t)hello : -1;
        }
    }
    bool two = b.p[0] & 0x80; /* header of two octets, else of three with padding */
    uint32_t length = (uint32_t)(b.p[0] & (two ? 0x7f : 0x3f)) << 8 | b.p[1];
    uint32_t size = length + (two ? 2 : 3);
    return size < 3 ? 3 : TT_UNIT_PASS(3, size - 3);
}

#endif
