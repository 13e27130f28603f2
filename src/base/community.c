/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Community ID v1 (github.com/corelight/community-id-spec): SHA-1 over the ordered flow tuple.
 * Where Suricata differs (ICMP without a counterpart, protocols without ports), this follows the
 * specification, as tshark does. Keeps nothing.
 */
#include "base/community.h"

#include <string.h>

#include "base/hash.h"

enum { ICMP = 1, TCP = 6, UDP = 17, ICMPV6 = 58, SCTP = 132 };

/* The type that answers an ICMP type (and back), or -1. */
static int counterpart(uint8_t proto, uint16_t type)
{
    static const uint8_t v4[][2] = {{0, 8}, {9, 10}, {13, 14}, {15, 16}, {17, 18}};
    static const uint8_t v6[][2] = {{128, 129}, {130, 131}, {133, 134},
                                    {135, 136}, {139, 140}, {144, 145}};
    const uint8_t(*pairs)[2] = proto == ICMP ? v4 : v6;
    size_t n = proto == ICMP ? sizeof v4 / sizeof *v4 : sizeof v6 / sizeof *v6;
    for (size_t i = 0; i < n; i++) {
        if (type == pairs[i][0]) {
            return pairs[i][1];
        }
        if (type == pairs[i][1]) {
            return pairs[i][0];
        }
    }
    return -1;
}

static uint8_t *put16(uint8_t *p, uint16_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
    return p + 2;
}

size_t tt_community_id(char out[32], const uint8_t src[16], const uint8_t dst[16], bool v4,
                       uint8_t proto, uint16_t sport, uint16_t dport, uint16_t seed)
{
    uint8_t tuple[2 + 16 + 16 + 2 + 4], digest[20];
    size_t skip = v4 ? 12 : 0, n = 16 - skip;
    bool ports = proto == TCP || proto == UDP || proto == SCTP, one_way = false;
    if (proto == ICMP || proto == ICMPV6) {
        int other = counterpart(proto, sport);
        ports = true;
        one_way = other < 0;
        dport = one_way ? dport : (uint16_t)other;
    }
    int order = memcmp(src + skip, dst + skip, n);
    if (!one_way && (order > 0 || (order == 0 && ports && sport > dport))) {
        const uint8_t *address = src;
        uint16_t port = sport;
        src = dst;
        dst = address;
        sport = dport;
        dport = port;
    }
    uint8_t *p = put16(tuple, seed);
    memcpy(p, src + skip, n);
    memcpy(p + n, dst + skip, n);
    p += 2 * n;
    *p++ = proto;
    *p++ = 0;
    if (ports) {
        p = put16(put16(p, sport), dport);
    }
    tt_sha1(tuple, (size_t)(p - tuple), digest);
    memcpy(out, "1:", 2);
    size_t length = 2 + tt_base64(out + 2, digest, sizeof digest);
    out[length] = 0;
    return length;
}
