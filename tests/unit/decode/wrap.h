/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Packets within packets, built from the inside: each step puts a header in front of what is there.
 * The innermost is put_ipv4/put_ipv6 with put_tcp of build.h.
 */
#ifndef UNIT_DECODE_WRAP_H
#define UNIT_DECODE_WRAP_H

#include "unit/decode/build.h"

#define OUTER_A    "\xc6\x33\x64\x01" /* 198.51.100.1 */
#define OUTER_B    "\xcb\x00\x71\x09" /* 203.0.113.9 */
#define OUTER6_A   "\x20\1\xd\xb8\0\xa\0\0\0\0\0\0\0\0\0\1"
#define OUTER6_B   "\x20\1\xd\xb8\0\xb\0\0\0\0\0\0\0\0\0\1"
#define V4(octets) "\0\0\0\0\0\0\0\0\0\0\xff\xff" octets

/* "hello" from 192.0.2.1 port 1000 to 192.0.2.2 port 1883, or between 2001:db8::1 and ::2. */
static inline void hello(struct frame *f, bool v6)
{
    f->n = 0;
    if (v6) {
        put_ipv6(f, 6, 25);
    } else {
        put_ipv4(f, 6, 25, 1, 0x4000, "", 0);
    }
    put_tcp(f, v6, TT_PSH | TT_ACK, "", 0, "hello", 5);
}

static inline void before(struct frame *f, const void *p, uint32_t n)
{
    assert_true(n <= sizeof f->p - f->n);
    memmove(f->p + n, f->p, f->n);
    memcpy(f->p, p, n);
    f->n += n;
}

#define BEFORE(f, literal) before((f), "" literal, sizeof(literal) - 1)

static inline void in_ipv4_as(struct frame *f, unsigned protocol, bool back, unsigned id,
                              unsigned place)
{
    uint8_t h[20] = {0x45, 0, 0, 0, 0, 0, 0, 0, 60, (uint8_t)protocol};
    h[2] = (uint8_t)((20 + f->n) >> 8);
    h[3] = (uint8_t)(20 + f->n);
    h[4] = (uint8_t)(id >> 8);
    h[5] = (uint8_t)id;
    h[6] = (uint8_t)(place >> 8);
    h[7] = (uint8_t)place;
    memcpy(h + 12, back ? OUTER_B OUTER_A : OUTER_A OUTER_B, 8);
    uint16_t sum = internet_sum(h, 20, 0);
    h[10] = (uint8_t)(sum >> 8);
    h[11] = (uint8_t)sum;
    before(f, h, 20);
}

static inline void in_ipv4(struct frame *f, unsigned protocol)
{
    in_ipv4_as(f, protocol, false, 9, 0);
}

static inline void in_ipv6(struct frame *f, unsigned next)
{
    uint8_t h[40] = {0x60, 0, 0, 0, (uint8_t)(f->n >> 8), (uint8_t)f->n, (uint8_t)next, 60};
    memcpy(h + 8, OUTER6_A OUTER6_B, 32);
    before(f, h, 40);
}

/* From port 50000, without a checksum. */
static inline void in_udp(struct frame *f, unsigned dport)
{
    uint32_t n = f->n + 8;
    uint8_t h[8] = {0xc3,      0x50, (uint8_t)(dport >> 8), (uint8_t)dport, (uint8_t)(n >> 8),
                    (uint8_t)n};
    before(f, h, 8);
}

static inline void in_ethernet(struct frame *f, unsigned type)
{
    uint8_t h[14] = "\2\0\0\0\0\1\2\0\0\0\0\2";
    h[12] = (uint8_t)(type >> 8);
    h[13] = (uint8_t)type;
    before(f, h, 14);
}

/* What fates packets had must add up to how many there were. */
static inline void check_account(const struct bench *t, uint64_t to_flows)
{
    static const char *const fates[] = {"ip_only", "not_ip", "fragments_joined"};
    static const char *const shed[] = {"invalid",           "cut",           "unsupported_link",
                                       "fragments_timeout", "fragments_cap", "fragments_refused",
                                       "fragments_waiting"};
    char name[64];
    uint64_t sum = to_flows;
    for (unsigned i = 0; i < sizeof fates / sizeof *fates; i++) {
        snprintf(name, sizeof name, "telltale.packets.%s", fates[i]);
        sum += counted(t, name);
    }
    for (unsigned i = 0; i < sizeof shed / sizeof *shed; i++) {
        snprintf(name, sizeof name, "telltale.packets.shed.%s", shed[i]);
        sum += counted(t, name);
    }
    assert_int_equal(sum, counted(t, "decoder.pkts"));
}

#endif
