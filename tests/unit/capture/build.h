/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Builds capture files octet by octet, in every form that the reader knows, in a folder in /tmp.
 */
#ifndef UNIT_CAPTURE_BUILD_H
#define UNIT_CAPTURE_BUILD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <cmocka.h>

#include "capture/source.h"

struct octets {
    uint8_t *p;
    size_t n, cap;
    bool big; /* byte order of what is put */
};

static inline void put(struct octets *o, const void *p, size_t n)
{
    if (o->n + n > o->cap) {
        o->cap = (o->n + n) * 2;
        o->p = realloc(o->p, o->cap);
        assert_non_null(o->p);
    }
    if (n) {
        memcpy(o->p + o->n, p, n);
    }
    o->n += n;
}

static inline void put_int(struct octets *o, uint64_t v, unsigned size)
{
    uint8_t b[8];
    for (unsigned i = 0; i < size; i++) {
        b[o->big ? size - 1 - i : i] = (uint8_t)(v >> (8 * i));
    }
    put(o, b, size);
}

static inline void put16(struct octets *o, uint32_t v)
{
    put_int(o, v, 2);
}

static inline void put32(struct octets *o, uint32_t v)
{
    put_int(o, v, 4);
}

static inline void put_pcap_header(struct octets *o, uint32_t magic, uint32_t snaplen,
                                   uint32_t link_type)
{
    put32(o, magic);
    put16(o, 2);
    put16(o, 4);
    put32(o, 0);
    put32(o, 0);
    put32(o, snaplen);
    put32(o, link_type);
}

static inline void put_record(struct octets *o, uint32_t second, uint32_t fraction, uint32_t wire,
                              const void *p, uint32_t n)
{
    put32(o, second);
    put32(o, fraction);
    put32(o, n);
    put32(o, wire);
    put(o, p, n);
}

/* A pcapng block: type, body, both lengths; the body is padded. */
static inline void put_block(struct octets *o, uint32_t type, const struct octets *body)
{
    uint32_t padded = ((uint32_t)body->n + 3) & ~3u;
    put32(o, type);
    put32(o, padded + 12);
    put(o, body->p, body->n);
    put(o, "\0\0\0", padded - body->n);
    put32(o, padded + 12);
}

static inline void put_section(struct octets *o)
{
    struct octets b = {.big = o->big};
    put32(&b, 0x1a2b3c4d);
    put16(&b, 1);
    put16(&b, 0);
    put_int(&b, UINT64_MAX, 8);
    put_block(o, 0x0a0d0d0a, &b);
    free(b.p);
}

/* tsresol < 0: without the option; offset 0: without it. */
static inline void put_interface(struct octets *o, uint32_t link_type, uint32_t snaplen,
                                 int tsresol, int64_t offset)
{
    struct octets b = {.big = o->big};
    put16(&b, link_type);
    put16(&b, 0);
    put32(&b, snaplen);
    if (tsresol >= 0) {
        put16(&b, 9);
        put16(&b, 1);
        put32(&b, o->big ? (uint32_t)tsresol << 24 : (uint32_t)tsresol);
    }
    if (offset) {
        put16(&b, 14);
        put16(&b, 8);
        put_int(&b, (uint64_t)offset, 8);
    }
    put_block(o, 1, &b);
    free(b.p);
}

static inline void put_enhanced(struct octets *o, uint32_t interface, uint64_t time, uint32_t wire,
                                const void *p, uint32_t n)
{
    struct octets b = {.big = o->big};
    put32(&b, interface);
    put32(&b, (uint32_t)(time >> 32));
    put32(&b, (uint32_t)time);
    put32(&b, n);
    put32(&b, wire);
    put(&b, p, n);
    put_block(o, 6, &b);
    free(b.p);
}

/* The folder of this run; each test program has its own. */
static inline const char *folder(void)
{
    static char path[64];
    if (!path[0]) {
        strcpy(path, "/tmp/telltale-unit-XXXXXX");
        assert_non_null(mkdtemp(path));
    }
    return path;
}

static inline char *file_path(const char *name)
{
    char *path = NULL;
    assert_true(asprintf(&path, "%s/%s", folder(), name) > 0);
    return path;
}

/* Writes (plain or as gzip) and returns the path, which the caller frees. */
static inline char *write_file(const char *name, const void *p, size_t n)
{
    char *path = file_path(name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(p, 1, n, f), n);
    fclose(f);
    return path;
}

static inline char *write_gzip(const char *name, const void *p, size_t n)
{
    char *path = file_path(name);
    gzFile f = gzopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(gzwrite(f, p, (unsigned)n), n);
    gzclose(f);
    return path;
}

static inline struct tt_source *open_paths(struct tt_error *e, const char *bpf,
                                           const char *const *paths)
{
    struct tt_source_options o = {.paths = paths, .bpf = bpf};
    memset(e, 0, sizeof *e);
    return tt_source_open(&o, e);
}

static inline struct tt_source *open_path(struct tt_error *e, const char *bpf, const char *path)
{
    const char *paths[] = {path, NULL};
    return open_paths(e, bpf, paths);
}

/* What a packet was, for comparison: everything that capture says of it. */
struct seen {
    int64_t time;
    uint64_t number, sum;
    uint32_t captured, length, count, input;
    uint16_t link_type;
};

struct all_seen {
    struct seen *row;
    size_t n, cap;
    struct tt_tick *tick;
    size_t n_ticks;
};

static inline uint64_t sum_of(const uint8_t *p, uint32_t n)
{
    uint64_t h = UINT64_C(0xcbf29ce484222325);
    for (uint32_t i = 0; i < n; i++) {
        h = (h ^ p[i]) * UINT64_C(0x100000001b3);
    }
    return h;
}

static inline struct all_seen read_all(struct tt_source *s)
{
    struct all_seen a = {0};
    struct tt_block *b = tt_block_new();
    enum tt_source_result r;
    uint64_t sequence = 0;
    while ((r = tt_source_read(s, b)) != TT_SOURCE_END) {
        if (r == TT_SOURCE_IDLE) {
            continue;
        }
        assert_int_equal(b->sequence, sequence++);
        assert_true(b->n_packets > 0 && b->n_packets <= TT_BLOCK_PACKETS);
        assert_false(b->last);
        for (uint32_t t = 0; t < b->n_ticks; t++) {
            a.tick = realloc(a.tick, (a.n_ticks + 1) * sizeof *a.tick);
            a.tick[a.n_ticks++] = b->ticks[t];
            assert_true(b->ticks[t].index < b->n_packets);
            assert_int_equal(b->packets[b->ticks[t].index].number, b->ticks[t].packet);
        }
        for (uint32_t i = 0; i < b->n_packets; i++) {
            const struct tt_packet *k = &b->packets[i];
            if (a.n == a.cap) {
                a.cap = a.cap ? a.cap * 2 : 64;
                a.row = realloc(a.row, a.cap * sizeof *a.row);
            }
            assert_true(k->frame >= b->octets &&
                        k->captured <= (size_t)(b->octets + TT_BLOCK_ROOM - k->frame));
            a.row[a.n++] = (struct seen){
                .time = k->time,
                .number = k->number,
                .sum = sum_of(k->frame, k->captured),
                .captured = k->captured,
                .length = k->length,
                .count = k->count,
                .input = k->input,
                .link_type = k->link_type,
            };
        }
    }
    assert_true(b->last);
    assert_int_equal(b->n_packets, 0);
    assert_int_equal(tt_source_read(s, b), TT_SOURCE_END);
    tt_block_free(b);
    return a;
}

static inline void free_seen(struct all_seen *a)
{
    free(a->row);
    free(a->tick);
}

/* Reads one file that must open. */
static inline struct all_seen read_path(const char *path, struct tt_error *damage)
{
    struct tt_error e;
    struct tt_source *s = open_path(&e, NULL, path);
    if (!s) {
        fail_msg("%s: %s", path, e.what);
    }
    struct all_seen a = read_all(s);
    uint32_t n;
    const struct tt_input *in = tt_source_inputs(s, &n);
    assert_int_equal(n, 1);
    assert_int_equal(in[0].packets, a.n);
    if (damage) {
        *damage = in[0].error;
    } else {
        assert_string_equal(in[0].error.what, "");
    }
    tt_source_close(s);
    return a;
}

static inline int remove_folder(void **state)
{
    (void)state;
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder());
    return system(command);
}

#endif
