/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What stands between Ethernet and IP: MPLS label stacks (RFC 3032, pseudowires of RFC 4448 with
 * and without control word), PPPoE (RFC 2516), PPP's protocol numbers (RFC 1661, compressed ones
 * too). A label does not say what it carries: that is guessed by what fits.
 */
#include "decode/checksum.h"
#include "decode/tunnel.h"

#define CONTROL_WORD 4u

/* RFC 3032 2.1: what a stack may end with, and what stands behind it. */
static bool last_label(struct tt_decoder *d, struct tt_packet *k, uint32_t label)
{
    enum { ALERT = 1, NULL_IMPLICIT = 3, GAL = 13, RESERVED = 15 };
    if (label == ALERT) {
        tt_report(d, k, TT_EVENT_MPLS_ALERT);
    } else if (label == NULL_IMPLICIT) {
        tt_report(d, k, TT_EVENT_MPLS_NULL);
    } else if (label > NULL_IMPLICIT && label <= RESERVED && label != GAL) {
        tt_report(d, k, TT_EVENT_MPLS_RESERVED);
    }
    return label > RESERVED;
}

/* IP for sure, and no hardware address that happens to look like it: the checksum is right, the
 * length exact. */
static bool is_ip(struct tt_bytes b, uint32_t missing, unsigned version)
{
    uint32_t header = (b.p[0] & 15u) * 4u;
    if (version == 6) {
        return tt_be16(b.p + 4) + 40u == b.n + missing;
    }
    return header <= b.n && tt_sum_fold(tt_sum_octets(0, b.p, header)) == 0xffff;
}

/* IP where a packet fits, Ethernet where a frame fits: behind a control word (which begins with
 * four zero bits) or at once. Where both fit, since an address of hardware begins with 4 or 6, what
 * IP has to tell of itself decides. False: neither. */
static bool guess(struct tt_bytes b, uint32_t missing, struct tt_inner *in)
{
    unsigned version = tt_looks_ip(b, missing), nibble = b.p[0] >> 4;
    enum tt_looks frame = tt_looks_ethernet(b, missing);
    if (version && (frame != TT_LOOKS_IP || is_ip(b, missing, version))) {
        in->type = version == 6 ? TT_TYPE_IPV6 : TT_TYPE_IPV4;
        return true;
    }
    struct tt_bytes behind = b;
    bool word = nibble == 0 && tt_take(&behind, CONTROL_WORD);
    enum tt_looks worded = word ? tt_looks_ethernet(behind, missing) : TT_LOOKS_NOT;
    if (worded != TT_LOOKS_NOT && worded >= frame) {
        in->as = TT_AS_ETHERNET;
        in->b = behind;
        return true;
    }
    in->as = frame != TT_LOOKS_NOT ? TT_AS_ETHERNET : TT_AS_TYPE;
    in->type = nibble == 6 ? TT_TYPE_IPV6 : TT_TYPE_IPV4;
    return frame != TT_LOOKS_NOT || nibble == 4 || nibble == 6; /* IP that tells what is wrong */
}

void tt_decode_mpls(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b)
{
    enum { IPV4_NULL = 0, IPV6_NULL = 2, ASSOCIATED_CHANNEL = 1 };
    struct tt_tunnel t = {.kind = TT_TUNNEL_MPLS};
    uint32_t label, last;
    tt_count(d, TT_COUNT_MPLS);
    do {
        const uint8_t *h = tt_take(&b, 4);
        if (!h) {
            tt_short(d, k, TT_EVENT_MPLS_SMALL);
            return;
        }
        label = tt_be32(h) >> 12;
        last = h[2] & 1;
        if (t.n_labels < TT_TUNNEL_LABELS) {
            t.labels[t.n_labels] = label;
        }
        t.n_labels = (uint8_t)(t.n_labels + (t.n_labels < 255));
    } while (!last);
    struct tt_inner in = {.as = TT_AS_TYPE, .b = b, .missing = d->missing};
    if (b.n == 0) {
        tt_short(d, k, TT_EVENT_MPLS_EMPTY);
        return;
    }
    if (label == IPV4_NULL || label == IPV6_NULL) {
        in.type = label == IPV4_NULL ? TT_TYPE_IPV4 : TT_TYPE_IPV6;
    } else if (!last_label(d, k, label)) {
        return;
    } else if (!guess(b, d->missing, &in)) {
        if (b.p[0] >> 4 != ASSOCIATED_CHANNEL &&
            !d->missing) { /* RFC 4385: of the network itself */
            tt_report(d, k, TT_EVENT_MPLS_PAYLOAD);
        }
        return;
    }
    (void)tt_tunnel_enter(d, k, &t, 0, &in);
}

/* The numbers of both stations, whoever sends, and the session: another access concentrator may
 * use the same session number. */
static uint64_t session(const struct tt_decoder *d, uint16_t number)
{
    uint64_t both = 0;
    for (unsigned i = 0; d->macs && i < 6; i++) {
        both = both << 8 | (uint64_t)(uint8_t)(d->macs[i] ^ d->macs[i + 6]);
    }
    return (both << 16 | number) + 1;
}

void tt_decode_pppoe(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b)
{
    tt_count(d, TT_COUNT_PPPOE);
    const uint8_t *h = tt_take(&b, 6);
    if (!h) {
        tt_short(d, k, TT_EVENT_PPPOE_SMALL);
        return;
    }
    if (h[1] != 0) {
        tt_invalid(d, k, TT_EVENT_PPPOE_CODE);
        return;
    }
    uint32_t length = tt_be16(h + 4);
    if (length > b.n + d->missing) {
        tt_invalid(d, k, TT_EVENT_PPPOE_SMALL);
        return;
    }
    struct tt_tunnel t = {.kind = TT_TUNNEL_PPPOE, .has_id = 1, .id = tt_be16(h + 2)};
    struct tt_inner in = {.as = TT_AS_PPP, .b = b};
    in.b.n = length < b.n ? length : b.n;
    in.missing = length - in.b.n;
    (void)tt_tunnel_enter(d, k, &t, session(d, tt_be16(h + 2)), &in);
}

void tt_decode_pppoe_discovery(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b)
{
    enum { END_OF_LIST = 0 };
    tt_count(d, TT_COUNT_PPPOE);
    const uint8_t *h = tt_take(&b, 6);
    if (!h) {
        tt_short(d, k, TT_EVENT_PPPOE_SMALL);
        return;
    }
    uint32_t length = tt_be16(h + 4);
    if (length > b.n) {
        tt_short(d, k, TT_EVENT_PPPOE_SMALL);
        return;
    }
    b.n = length;
    while (b.n) {
        const uint8_t *tag = tt_take(&b, 4);
        if (!tag || !tt_take(&b, tt_be16(tag + 2))) {
            tt_invalid(d, k, TT_EVENT_PPPOE_TAGS);
            return;
        }
        if (tt_be16(tag) == END_OF_LIST) {
            return;
        }
    }
}

void tt_decode_ppp(struct tt_decoder *d, struct tt_packet *k, struct tt_bytes b)
{
    enum { IPV4 = 0x21, IPV6 = 0x57, MPLS = 0x281, MPLS_UPSTREAM = 0x283, CONTROL = 0x8000 };
    tt_count(d, TT_COUNT_PPP);
    if (b.n >= 2 && b.p[0] == 0xff && b.p[1] == 3) {
        (void)tt_take(&b, 2);
    }
    const uint8_t *h = tt_take(&b, 1);
    uint32_t protocol = h ? *h : 0;
    if (h && !(protocol & 1)) {
        h = tt_take(&b, 1);
        protocol = h ? protocol << 8 | *h : 0;
    }
    if (!h) {
        tt_short(d, k, TT_EVENT_PPP_SMALL);
    } else if (protocol == IPV4) {
        tt_decode_ipv4(d, k, b);
    } else if (protocol == IPV6) {
        tt_decode_ipv6(d, k, b);
    } else if (protocol == MPLS || protocol == MPLS_UPSTREAM) {
        tt_decode_type(d, k, TT_TYPE_MPLS, b);
    } else if (protocol < CONTROL) { /* those above set up the link */
        tt_report(d, k, TT_EVENT_PPP_PROTOCOL);
    }
}
