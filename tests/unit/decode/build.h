/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Builds frames octet by octet and decodes them one at a time.
 */
#ifndef UNIT_DECODE_BUILD_H
#define UNIT_DECODE_BUILD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "decode/decode.h"

struct frame {
    uint8_t p[70000];
    uint32_t n;
};

static inline void put(struct frame *f, const void *p, uint32_t n)
{
    assert_true(n <= sizeof f->p - f->n);
    memcpy(f->p + f->n, p, n);
    f->n += n;
}

static inline void put8(struct frame *f, unsigned v)
{
    uint8_t b = (uint8_t)v;
    put(f, &b, 1);
}

static inline void put16(struct frame *f, unsigned v)
{
    put8(f, v >> 8);
    put8(f, v & 255);
}

static inline void put32(struct frame *f, uint32_t v)
{
    put16(f, v >> 16);
    put16(f, v & 0xffff);
}

/* RFC 1071 word by word, in network order, as the text of the RFC has it. */
static inline uint16_t internet_sum(const uint8_t *p, uint32_t n, uint32_t sum)
{
    for (uint32_t i = 0; i + 1 < n; i += 2) {
        sum += (uint32_t)p[i] << 8 | p[i + 1];
    }
    if (n & 1) {
        sum += (uint32_t)p[n - 1] << 8;
    }
    while (sum >> 16) {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    return (uint16_t)~sum;
}

static inline void put_ethernet(struct frame *f, unsigned type)
{
    put(f, "\2\0\0\0\0\1\2\0\0\0\0\2", 12);
    put16(f, type);
}

#define SOURCE      "\xc0\0\2\1" /* 192.0.2.1 */
#define DESTINATION "\xc0\0\2\2" /* 192.0.2.2 */

/* An IPv4 header for n octets of payload, with options (a multiple of 4). */
static inline void put_ipv4(struct frame *f, unsigned protocol, uint32_t n, unsigned id,
                            unsigned place, const void *options, uint32_t n_options)
{
    uint32_t at = f->n;
    put8(f, 0x45 + n_options / 4);
    put8(f, 0);
    put16(f, 20 + n_options + n);
    put16(f, id);
    put16(f, place);
    put8(f, 64);
    put8(f, protocol);
    put16(f, 0);
    put(f, SOURCE DESTINATION, 8);
    put(f, options, n_options);
    uint16_t sum = internet_sum(f->p + at, 20 + n_options, 0);
    f->p[at + 10] = (uint8_t)(sum >> 8);
    f->p[at + 11] = (uint8_t)sum;
}

#define SOURCE6      "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1" /* 2001:db8::1 */
#define DESTINATION6 "\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\2" /* 2001:db8::2 */

static inline void put_ipv6(struct frame *f, unsigned next, uint32_t n)
{
    put(f, "\x60\0\0\0", 4);
    put16(f, n);
    put8(f, next);
    put8(f, 63);
    put(f, SOURCE6 DESTINATION6, 32);
}

/* The sum of addresses, protocol and length (RFC 9293 3.1, RFC 8200 8.1). */
static inline uint32_t pseudo_sum(bool v6, unsigned protocol, uint32_t n)
{
    const uint8_t *p = (const uint8_t *)(v6 ? SOURCE6 DESTINATION6 : SOURCE DESTINATION);
    uint32_t sum = protocol + n;
    for (unsigned i = 0; i < (v6 ? 32 : 8); i += 2) {
        sum += (uint32_t)p[i] << 8 | p[i + 1];
    }
    return sum;
}

/* A segment 1000 -> 1883 with sequence number 0x01020304 and a right checksum. */
static inline void put_tcp(struct frame *f, bool v6, unsigned flags, const void *options,
                           uint32_t n_options, const void *payload, uint32_t n)
{
    uint32_t at = f->n, length = 20 + n_options + n;
    put16(f, 1000);
    put16(f, 1883);
    put32(f, 0x01020304);
    put32(f, 0x05060708);
    put8(f, (5 + n_options / 4) << 4);
    put8(f, flags);
    put16(f, 4096);
    put16(f, 0);
    put16(f, 7);
    put(f, options, n_options);
    put(f, payload, n);
    uint16_t sum = internet_sum(f->p + at, length, pseudo_sum(v6, 6, length));
    f->p[at + 16] = (uint8_t)(sum >> 8);
    f->p[at + 17] = (uint8_t)sum;
}

static inline void put_udp(struct frame *f, bool v6, const void *payload, uint32_t n)
{
    uint32_t at = f->n;
    put16(f, 5683);
    put16(f, 5684);
    put16(f, 8 + n);
    put16(f, 0);
    put(f, payload, n);
    uint16_t sum = internet_sum(f->p + at, 8 + n, pseudo_sum(v6, 17, 8 + n));
    f->p[at + 6] = (uint8_t)(sum >> 8);
    f->p[at + 7] = (uint8_t)sum;
}

/* Without those that only say where events belong (test_odd.c). */
#define PLAIN_FLAGS(k) ((k)->flags & ~(TT_PACKET_ODD | TT_PACKET_NAMES_FLOW))

/* A decoder and one block, for a test. */
struct bench {
    struct tt_decoder *d;
    struct tt_block *b;
    int64_t time;
};

static inline struct bench bench_new(bool checksums, uint32_t max_datagrams, uint32_t max_octets)
{
    struct tt_decode_options o = {
        .checksums = checksums, .max_datagrams = max_datagrams, .max_octets = max_octets};
    struct bench t = {tt_decoder_new(&o), tt_block_new(), 0};
    assert_non_null(t.d);
    assert_non_null(t.b);
    return t;
}

static inline void bench_free(struct bench *t)
{
    tt_decoder_free(t->d);
    tt_block_free(t->b);
}

/* Decodes the first `captured` octets of f, in memory that ends there (so that
 * sanitizers see a step too far). */
static inline const struct tt_packet *decode_cut(struct bench *t, const struct frame *f,
                                                 unsigned link_type, uint32_t captured)
{
    tt_block_reset(t->b);
    struct tt_packet *k = &t->b->packets[0];
    memset(k, 0xa5, sizeof *k); /* decode must set all of its part */
    static uint8_t *exact;
    free(exact);
    exact = malloc(captured ? captured : 1);
    memcpy(exact, f->p, captured);
    k->frame = exact;
    k->captured = captured;
    k->length = f->n;
    k->time = t->time;
    k->number = 1;
    k->link_type = (uint16_t)link_type;
    t->b->n_packets = 1;
    tt_decode_block(t->d, t->b);
    return k;
}

static inline const struct tt_packet *decode(struct bench *t, const struct frame *f,
                                             unsigned link_type)
{
    return decode_cut(t, f, link_type, f->n);
}

static inline const char *event_of(const struct tt_packet *k, unsigned i)
{
    uint32_t n;
    const struct tt_anomaly *rows = tt_decode_anomalies(&n);
    if (i >= k->n_events) {
        return "";
    }
    assert_true(k->events[i] < n);
    return rows[k->events[i]].name;
}

static inline uint64_t counted(const struct bench *t, const char *name)
{
    struct tt_counter_set c = tt_decode_counters(t->d);
    for (uint32_t i = 0; i < c.n; i++) {
        if (strcmp(c.rows[i].name, name) == 0) {
            return c.values[i];
        }
    }
    fail_msg("no counter %s", name);
    return 0;
}

#endif
