/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Options of IPv4 headers (RFC 791) and of IPv6 extension headers (RFC 8200 4.2): would a Linux
 * receiver read on? What it drops must not be read here, or a sender could put octets before the
 * sensor that nobody else sees. Keeps nothing, changes nothing. Linux's own limits: at most 8
 * options and 7 octets of padding in a row in an IPv6 header, pointers of IPv4's recording options
 * inside them, each of these once, no source routes.
 */
#include "decode/layers.h"

enum {
    END = 0,
    NOP = 1,
    RECORD_ROUTE = 7,
    TIMESTAMP = 68,
    LOOSE = 131,
    LABEL = 134,
    STRICT = 137,
    ALERT = 148
};
enum { STAMPS_ONLY = 0, STAMPS_AND_ADDRESSES = 1, STAMPS_OF_ADDRESSES = 3 };

/* o: an option of n octets, pointer p[2] to the next free octet, from 1. room: what one entry
 * needs. True also when the list is full. */
static bool pointer_fits(const uint8_t *o, uint32_t n, uint32_t least, uint32_t room)
{
    return o[2] >= least && (o[2] > n || o[2] + room - 1 <= n);
}

static bool timestamps_fit(const uint8_t *o, uint32_t n)
{
    unsigned kind = o[3] & 15;
    bool addresses = kind == STAMPS_AND_ADDRESSES || kind == STAMPS_OF_ADDRESSES;
    bool full = o[2] > n, overflown = o[3] >> 4 == 15 && kind != STAMPS_OF_ADDRESSES;
    return pointer_fits(o, n, 5, addresses ? 8 : 4) && !(full && overflown);
}

/* One option of n octets, n >= 2. seen: bit 0 = a record route came, 1 = timestamps. */
static bool ipv4_option_fits(const uint8_t *o, uint32_t n, unsigned *seen)
{
    unsigned bit = o[0] == RECORD_ROUTE ? 1 : o[0] == TIMESTAMP ? 2 : 0;
    bool again = (*seen & bit) != 0;
    *seen |= bit;
    switch (o[0]) {
    case RECORD_ROUTE:
        return !again && n >= 3 && pointer_fits(o, n, 4, 4);
    case TIMESTAMP:
        return !again && n >= 4 && timestamps_fit(o, n);
    case ALERT:
        return n >= 4;
    default:
        return o[0] != LOOSE && o[0] != STRICT;
    }
}

bool tt_ipv4_options(struct tt_decoder *d, struct tt_packet *k, const uint8_t *p, uint32_t n)
{
    unsigned seen = 0;
    for (uint32_t at = 0; at < n;) {
        if (p[at] == END) {
            break;
        }
        if (p[at] == NOP) {
            at++;
            continue;
        }
        if (n - at < 2 || p[at + 1] < 2 || p[at + 1] > n - at) {
            tt_invalid(d, k, TT_EVENT_IPV4_OPTION_LENGTH);
            return false;
        }
        if (!ipv4_option_fits(p + at, p[at + 1], &seen)) {
            tt_report(d, k, TT_EVENT_IPV4_OPTION);
            return false;
        }
        if (p[at] == LABEL) { /* CIPSO: read by those that know its domain of interpretation */
            tt_report(d, k, TT_EVENT_IPV4_OPTION);
            k->flags |= TT_PACKET_DOUBTFUL;
        }
        at += p[at + 1];
    }
    return true;
}

#define OPTIONS_MOST 8
#define PADDING_MOST 7u

enum { PAD1 = 0, PADN = 1, ROUTER_ALERT = 5, CALIPSO = 7, IOAM = 49, UNKNOWN_DROPS = 0xc0 };
enum { JUMBO = 0xc2 };

static bool all_zero(const uint8_t *p, uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        if (p[i]) {
            return false;
        }
    }
    return true;
}

/* The two high bits of a type say what becomes of a packet whose receiver does not know the option
 * (RFC 8200 4.2). at: place of the option in its header. */
static bool receiver_skips(const uint8_t *o, uint32_t n, uint32_t at, enum tt_ipv6_place place)
{
    if (place != TT_IPV6_DESTINATION) {
        switch (o[0]) {
        case ROUTER_ALERT:
            return n == 4;
        case IOAM:
            return at % 4 == 0;
        case JUMBO:
            return place == TT_IPV6_HOP_BY_HOP_JUMBO && n == 6 && at % 4 == 2;
        default:
            break;
        }
    }
    return (o[0] & UNKNOWN_DROPS) == 0;
}

bool tt_ipv6_options(struct tt_decoder *d, struct tt_packet *k, const uint8_t *p, uint32_t n,
                     enum tt_ipv6_place place)
{
    uint32_t padding = 0, options = 0, length;
    for (uint32_t at = 0; at < n; at += length) {
        length = p[at] == PAD1 ? 1 : n - at < 2 ? UINT32_MAX : p[at + 1] + 2u;
        bool fits = length <= n - at;
        if (fits && p[at] <= PADN) {
            padding += length;
            fits = padding <= PADDING_MOST && (length == 1 || all_zero(p + at + 2, length - 2));
        } else if (fits) {
            padding = 0;
            fits = ++options <= OPTIONS_MOST;
        }
        if (!fits) {
            tt_report(d, k, TT_EVENT_IPV6_OPTION_LENGTH);
            return false;
        }
        if (p[at] > PADN && !receiver_skips(p + at, length, at + 2, place)) {
            tt_report(d, k, TT_EVENT_IPV6_OPTION);
            return false;
        }
        if (p[at] == CALIPSO && place != TT_IPV6_DESTINATION) {
            tt_report(d, k, TT_EVENT_IPV6_CONFIGURED);
            k->flags |= TT_PACKET_DOUBTFUL;
        }
    }
    return true;
}
