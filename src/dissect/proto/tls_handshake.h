/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Handshake messages, whole or their start (RFC 5246, 7.4; RFC 4279; RFC 8446, 4), and what the
 * connection is worth in the end. Part of tls.c alone.
 */
#ifndef DISSECT_PROTO_TLS_HANDSHAKE_H
#define DISSECT_PROTO_TLS_HANDSHAKE_H

#include "dissect/proto/tls_certificate.h"
#include "dissect/proto/tls_extension.h"

/* --- Posture --------------------------------------------------------------------------------- */

static inline void judge_choice(struct turn *t, uint16_t version, uint8_t compression)
{
    struct state *s = t->s;
    const struct suite *suite = suite_find(s->suite);
    bool old = version >> 8 == 0xfe ? version > 0xfefd : version < 0x0303;
    judge(s, old || version == 0x0100, OLD_VERSION);
    judge(s, compression != 0, COMPRESSED);
    if (!suite) {
        return;
    }
    unsigned flags = exchanges[suite->exchange].flags | encryptions[suite->encryption].flags;
    judge(s, flags & UNENCRYPTED, NO_ENCRYPTION);
    judge(s, flags & EXPORTED, EXPORT_SUITE);
    judge(s, flags & ANONYMOUS, NO_AUTHENTICATION);
    judge(s, flags & RC4, RC4_USED);
    judge(s, flags & RC2, RC2_USED);
    judge(s, flags & DES, DES_USED);
    judge(s, flags & TRIPLE, TRIPLE_DES);
    judge(s, suite->hash == H_MD5, MD5_USED);
    judge(s, flags & STATIC && !s->since13, NO_FORWARD_SECRECY);
}

/* At the end of the handshake. */
static inline void put_posture(struct turn *t)
{
    struct state *s = t->s;
    const uint32_t obsolete = (2u << MD5_USED) - 1;
    if (!s->hello[TT_TO_CLIENT] || !tell(t, P_END)) {
        return;
    }
    put(t, F_POSTURE, s->reasons & obsolete ? 2 : s->reasons != 0);
    for (unsigned i = 0; i < N_REASONS; i++) {
        if (s->reasons >> i & 1) {
            put(t, F_REASON, i);
        }
    }
}

/* --- Hellos ---------------------------------------------------------------------------------- */

/* Who says hello, and how, tells who is the client, where the flow's start does not. */
static inline void take_sides(struct turn *t, enum tt_direction d)
{
    struct state *s = t->s;
    if (t->d != d && !s->facts.seen_start && !s->hello[0] && !s->hello[1]) {
        s->turned ^= 1;
        t->d = d;
    }
}

static inline void client_hello(struct turn *t, struct tt_reader *r)
{
    struct state *s = t->s;
    take_sides(t, TT_TO_SERVER);
    struct hello h = {.version = tt_read_u16(r)};
    if (t->dtls && s->done) { /* another association between the same ends */
        struct tt_flow_facts facts = s->facts;
        memset(s, 0, sizeof *s);
        s->facts = facts;
        s->believed = 1;
        s->turned = (uint8_t)(t->d != t->m->direction);
    }
    tt_read_skip(r, 32);
    h.session = tt_read_bytes(r, tt_read_u8(r));
    if (t->dtls) {
        tt_read_skip(r, tt_read_u8(r)); /* the cookie */
    }
    h.suites = tt_read_bytes(r, tt_read_u16(r));
    tt_read_skip(r, tt_read_u8(r)); /* compression */
    if (!tt_reader_ok(r)) {
        note(t->m, true, A_HANDSHAKE);
        return;
    }
    bool first = tell(t, P_CLIENT_HELLO);
    put(t, raw(t, F_RAW_HELLO_VERSION), h.version);
    extensions(t, &h, r, first);
    client_offers(t, &h, first);
    t->opens = !s->open && !s->done;
    s->hello[TT_TO_SERVER] = 1;
    s->offered13 = h.best == 0x0304 || h.best == 0xfefc;
}

/* The server wants another hello: with a cookie (RFC 6347, 4.2.1), another group (RFC 8446). */
static inline void hello_again(struct turn *t)
{
    if (tell(t, P_RETRY)) {
        put(t, F_RETRY, true);
    }
}

static inline void put_choice(struct turn *t, const struct hello *h, uint16_t version)
{
    const struct suite *suite = suite_find(h->suite);
    char name[64];
    put(t, F_VERSION, version);
    if (suite) {
        put_text(t, F_CIPHER, name, suite_name(suite, name));
    }
    put(t, F_CIPHER_CODE, h->suite);
    if (h->group) {
        put(t, F_GROUP, h->group);
    }
    if (t->s->cid_length[TT_TO_SERVER] && t->s->cid_length[TT_TO_CLIENT]) {
        uint32_t n = t->s->cid_length[TT_TO_SERVER] - 1u;
        if (n && n <= CID_MAX) {
            tt_put_bytes(t->m, t->r, F_CID,
                         own(t->m, (struct tt_bytes){t->s->cid[TT_TO_SERVER], n}));
        }
    }
}

static inline void server_hello(struct turn *t, struct tt_reader *r)
{
    static const uint8_t again[32] = {0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11,
                                      0xbe, 0x1d, 0x8c, 0x02, 0x1e, 0x65, 0xb8, 0x91,
                                      0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb, 0x8c, 0x5e,
                                      0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c};
    struct state *s = t->s;
    take_sides(t, TT_TO_CLIENT);
    struct hello h = {.version = tt_read_u16(r), .server = true};
    struct tt_bytes random = tt_read_bytes(r, 32);
    h.session = tt_read_bytes(r, tt_read_u8(r));
    h.suite = tt_read_u16(r);
    uint8_t compression = tt_read_u8(r);
    if (!tt_reader_ok(r)) {
        note(t->m, true, A_HANDSHAKE);
        return;
    }
    h.retry = memcmp(random.p, again, sizeof again) == 0;
    bool first = !h.retry && tell(t, P_SERVER_HELLO);
    put(t, raw(t, F_RAW_HELLO_VERSION), h.version);
    put(t, raw(t, F_RAW_SUITE), h.suite);
    if (s->hello[TT_TO_SERVER] && !first) {
        s->cid_length[TT_TO_SERVER] =
            s->told >> P_SERVER_HELLO & 1 ? s->cid_length[TT_TO_SERVER] : 0;
    }
    extensions(t, &h, r, first);
    put_ja3(t, &h, first);
    if (h.retry) {
        s->since13 = 1;
        hello_again(t);
        return;
    }
    uint16_t version = h.best ? h.best : h.version;
    bool same = h.session.n && h.session.n == s->session_length &&
                memcmp(h.session.p, s->session, h.session.n) == 0;
    s->since13 = version == 0x0304 || version == 0xfefc;
    s->version = version;
    s->suite = h.suite;
    s->hello[TT_TO_CLIENT] = 1;
    if (s->cid_length[TT_TO_CLIENT] == 0 || s->cid_length[TT_TO_SERVER] == 0) {
        s->cid_length[0] = s->cid_length[1] = 0; /* both or none */
    }
    if (first) {
        put_choice(t, &h, version);
        if (s->since13 ? h.psk && s->resuming : same) {
            put(t, F_RESUMED, true);
        }
        if (t->dtls && !(s->told >> P_CLIENT_HELLO & 1)) {
            put(t, F_DTLS, true);
        }
        judge_choice(t, version, compression);
    }
}

/* --- Key exchange ---------------------------------------------------------------------------- */

static inline bool named_exchange(const struct turn *t, const char *part)
{
    const struct suite *suite = suite_find(t->s->suite);
    return suite && strstr(exchanges[suite->exchange].name, part);
}

/* ServerKeyExchange (RFC 5246, 7.4.3; RFC 8422, 5.4; RFC 4279). */
static inline void server_key(struct turn *t, struct tt_reader *r)
{
    if (!t->s->hello[TT_TO_CLIENT] || !tell(t, P_SERVER_KEY)) {
        return;
    }
    if (named_exchange(t, "PSK")) {
        struct tt_bytes hint = own(t->m, tt_read_bytes(r, tt_read_u16(r)));
        if (hint.n) {
            tt_put_bytes(t->m, t->r, F_PSK_HINT, hint);
        }
    }
    if (named_exchange(t, "ECDHE") || named_exchange(t, "ECDH_anon")) {
        uint8_t type = tt_read_u8(r);
        uint16_t group = tt_read_u16(r);
        if (type == 3 && tt_reader_ok(r)) {
            put(t, F_GROUP, group);
            judge(t->s, group < 19 && group != 9 && group < 9, SHORT_GROUP);
        }
    } else if (named_exchange(t, "DHE") || named_exchange(t, "DH_anon")) {
        uint32_t bits = bits_of(tt_read_bytes(r, tt_read_u16(r)));
        judge(t->s, tt_reader_ok(r) && bits < 2048, SHORT_GROUP);
    }
    note(t->m, !tt_reader_ok(r) && !t->cut, A_HANDSHAKE);
}

/* ClientKeyExchange: of suites with a pre-shared key its name comes first (RFC 4279, 2). */
static inline void client_key(struct turn *t, struct tt_reader *r)
{
    if (!named_exchange(t, "PSK") || !tell(t, P_CLIENT_KEY)) {
        return;
    }
    struct tt_bytes identity = own(t->m, tt_read_bytes(r, tt_read_u16(r)));
    note(t->m, !tt_reader_ok(r) && !t->cut, A_HANDSHAKE);
    if (identity.n && tt_reader_ok(r)) {
        tt_put_bytes(t->m, t->r, F_PSK, identity);
    }
}

/* A message, or the start of a long one. */
static inline void handshake(struct turn *t, uint8_t type, struct tt_bytes b, bool cut)
{
    struct tt_reader r = tt_reader_over(b);
    t->cut = cut;
    note(t->m, cut, A_HANDSHAKE_CUT);
    switch (type) {
    case CLIENT_HELLO:
        client_hello(t, &r);
        break;
    case SERVER_HELLO:
        server_hello(t, &r);
        break;
    case HELLO_VERIFY:
        put(t, raw(t, F_RAW_HELLO_VERSION), tt_read_u16(&r));
        hello_again(t);
        break;
    case CERTIFICATE:
        if (!t->s->since13) {
            certificates(t, &r);
        }
        break;
    case SERVER_KEY:
        server_key(t, &r);
        break;
    case CLIENT_KEY:
        client_key(t, &r);
        break;
    default:
        break;
    }
}

#endif
