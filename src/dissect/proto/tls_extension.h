/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Extensions of hellos (RFC 6066, 7301, 8422, 8446, 9146), what a hello says and what is wrong with
 * it. Part of tls.c alone.
 */
#ifndef DISSECT_PROTO_TLS_EXTENSION_H
#define DISSECT_PROTO_TLS_EXTENSION_H

#include "dissect/proto/tls_hello.h"

/* A list behind its length in two octets, to the end. */
static inline struct tt_bytes list_of(struct turn *t, struct tt_bytes b)
{
    struct tt_reader r = tt_reader_over(b);
    struct tt_bytes list = tt_read_bytes(&r, tt_read_u16(&r));
    note(t->m, !tt_reader_ok(&r) || tt_reader_left(&r), A_EXTENSION);
    return list;
}

/* RFC 6066, 3: names by their type; only host names are one. */
static inline void server_name(struct turn *t, struct hello *h, struct tt_bytes b, bool first)
{
    struct tt_reader r = tt_reader_over(list_of(t, b));
    note(t->m, tt_reader_left(&r) == 0 && b.n, A_SNI);
    while (tt_reader_left(&r)) {
        uint8_t type = tt_read_u8(&r);
        struct tt_bytes name = tt_read_bytes(&r, tt_read_u16(&r));
        if (!tt_reader_ok(&r)) {
            note(t->m, true, A_SNI);
            return;
        }
        note(t->m, type || name.n == 0 || memchr(name.p, 0, name.n), A_SNI);
        note(t->m, h->sni, A_SNI_TWICE);
        if (type == 0 && name.n) {
            name = own(t->m, name);
            tt_put_bytes(t->m, t->r, raw(t, F_RAW_SNI), name);
            if (first && !h->sni) {
                tt_put_bytes(t->m, t->r, F_SNI, name);
            }
            h->sni = true;
        }
    }
}

/* RFC 7301, 3.1. */
static inline void application_protocols(struct turn *t, struct hello *h, struct tt_bytes b,
                                         bool first)
{
    h->alpn = list_of(t, b);
    struct tt_reader r = tt_reader_over(h->alpn);
    while (tt_reader_left(&r)) {
        struct tt_bytes name = tt_read_bytes(&r, tt_read_u8(&r));
        note(t->m, !tt_reader_ok(&r) || name.n == 0, A_EXTENSION);
        if (!tt_reader_ok(&r)) {
            return;
        }
        name = own(t->m, name);
        tt_put_bytes(t->m, t->r, raw(t, F_RAW_ALPN), name);
        if (first) {
            tt_put_bytes(t->m, t->r, h->server ? F_SERVER_ALPN : F_CLIENT_ALPN, name);
        }
        if (first && h->server && !tt_msg_has(t->m, F_ALPN)) {
            tt_put_bytes(t->m, t->r, F_ALPN, name);
        }
    }
}

/* RFC 8446, 4.2.1. */
static inline void supported_versions(struct turn *t, struct hello *h, struct tt_bytes b)
{
    struct tt_reader r = tt_reader_over(b);
    uint32_t n = h->server ? tt_reader_left(&r) : tt_read_u8(&r);
    note(t->m, n != tt_reader_left(&r) || n < 2 || n % 2, A_EXTENSION);
    while (tt_reader_left(&r) >= 2) {
        uint16_t v = tt_read_u16(&r);
        put(t, raw(t, F_RAW_SUPPORTED), v);
        bool better = t->dtls ? v < h->best || h->best == 0 : v > h->best;
        if (!is_grease(v) && better && v >> 8 == (t->dtls ? 0xfe : 3)) {
            h->best = v;
        }
    }
}

/* RFC 8446, 4.2.11. A key of an earlier session has an age, one from elsewhere has none. */
static inline void offered_keys(struct turn *t, struct tt_bytes b, bool first)
{
    struct tt_reader r = tt_reader_over(b);
    struct tt_reader list = tt_read_sub(&r, tt_read_u16(&r));
    note(t->m, !tt_reader_ok(&r), A_EXTENSION);
    t->s->resuming = 0;
    while (tt_reader_left(&list)) {
        struct tt_bytes identity = tt_read_bytes(&list, tt_read_u16(&list));
        uint32_t age = tt_read_u32(&list);
        if (!tt_reader_ok(&list)) {
            note(t->m, true, A_EXTENSION);
            return;
        }
        tt_put_bytes(t->m, t->r, raw(t, F_RAW_PSK), own(t->m, identity));
        t->s->resuming |= age != 0;
        if (first && age == 0 && identity.n && !tt_msg_has(t->m, F_PSK)) {
            tt_put_bytes(t->m, t->r, F_PSK, own(t->m, identity));
        }
    }
}

/* RFC 9146, 3: the identifier that its sender wants on records to itself. */
static inline void connection_id(struct turn *t, struct hello *h, struct tt_bytes b)
{
    struct tt_reader r = tt_reader_over(b);
    struct tt_bytes id = tt_read_bytes(&r, tt_read_u8(&r));
    note(t->m, !tt_reader_ok(&r) || tt_reader_left(&r), A_EXTENSION);
    if (!tt_reader_ok(&r)) {
        return;
    }
    enum tt_direction to = h->server ? TT_TO_SERVER : TT_TO_CLIENT;
    t->s->cid_length[to] = (uint8_t)(id.n < 255 ? id.n + 1 : 255);
    if (id.n <= CID_MAX) {
        memcpy(t->s->cid[to], id.p ? id.p : t->s->cid[to], id.p ? id.n : 0);
    }
}

static inline void extension(struct turn *t, struct hello *h, uint16_t type, struct tt_bytes b,
                             bool first)
{
    struct tt_reader r = tt_reader_over(b);
    switch (type) {
    case X_SNI:
        if (!h->server) {
            server_name(t, h, b, first);
        }
        break;
    case X_GROUPS:
        h->groups = h->server ? h->groups : list_of(t, b);
        break;
    case X_FORMATS:
        h->formats = tt_read_bytes(&r, tt_read_u8(&r));
        note(t->m, !tt_reader_ok(&r), A_EXTENSION);
        break;
    case X_SIGNATURES:
        h->signatures = list_of(t, b);
        break;
    case X_ALPN:
        application_protocols(t, h, b, first);
        break;
    case X_PSK:
        h->psk = true;
        if (!h->server) {
            offered_keys(t, b, first);
        }
        break;
    case X_VERSIONS:
        supported_versions(t, h, b);
        break;
    case 51: /* key_share */
        h->group = h->server && b.n >= 2 ? pair_at(b.p) : 0;
        break;
    case X_CID:
        connection_id(t, h, b);
        break;
    default:
        break;
    }
}

static inline void extensions(struct turn *t, struct hello *h, struct tt_reader *r, bool first)
{
    if (tt_reader_left(r) == 0) {
        return; /* there need be none */
    }
    uint32_t n = tt_read_u16(r), left = tt_reader_left(r);
    note(t->m, t->cut ? n < left : n != left, A_HANDSHAKE);
    struct tt_reader in = tt_reader_over(tt_read_bytes(r, n < left ? n : left));
    while (tt_reader_left(&in) && !(t->cut && tt_reader_left(&in) < 4)) {
        uint16_t type = tt_read_u16(&in), length = tt_read_u16(&in);
        bool beyond = t->cut && length > tt_reader_left(&in);
        struct tt_bytes b = beyond ? tt_read_rest(&in) : tt_read_bytes(&in, length);
        if (!tt_reader_ok(&in)) {
            note(t->m, true, A_EXTENSION);
            return;
        }
        for (uint32_t i = 0; i < h->n_extensions && i < 64; i++) {
            note(t->m, h->extensions[i] == type, A_EXTENSION_TWICE);
        }
        if (h->n_extensions < EXTENSIONS_MAX) {
            h->extensions[h->n_extensions++] = type;
        }
        if (!beyond) {
            extension(t, h, type, b, first);
        }
    }
}

static inline void put_ja3(struct turn *t, const struct hello *h, bool first)
{
    char hash[32];
    struct text string = ja3(t, h, hash);
    if (string.n == 0) {
        return;
    }
    put_text(t, raw(t, h->server ? F_RAW_JA3S : F_RAW_JA3), hash, sizeof hash);
    if (!first) {
        return;
    }
    const struct tt_bytes whole = {(const uint8_t *)string.p, string.n};
    put_text(t, h->server ? F_JA3S : F_JA3, hash, sizeof hash);
    tt_put_bytes(t->m, t->r, h->server ? F_JA3S_TEXT : F_JA3_TEXT, whole);
}

/* What the client offers, of any version. */
static inline void client_offers(struct turn *t, struct hello *h, bool first)
{
    struct state *s = t->s;
    note(t->m, h->suites.n < 2 || h->suites.n % 2, A_SUITES);
    s->session_length = h->session.n <= sizeof s->session ? (uint8_t)h->session.n : 0;
    if (s->session_length) {
        memcpy(s->session, h->session.p, s->session_length);
    }
    for (uint32_t i = 0; i + 2 <= h->suites.n; i += 2) {
        put(t, raw(t, F_RAW_SUITE), pair_at(h->suites.p + i));
    }
    put_ja3(t, h, first);
    char text[36];
    if (first && ja4(t, h, text)) {
        put_text(t, F_JA4, text, sizeof text);
    }
    if (first && t->dtls) {
        put(t, F_DTLS, true);
    }
}

#endif
