/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The octets of a capture in order, whatever they come from: a file, a pipe, and either of them
 * inside gzip or zstd. Private to capture.
 */
#ifndef CAPTURE_OCTETS_H
#define CAPTURE_OCTETS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

#define TT_OCTETS_HEAD 512

struct tt_gzip;
struct tt_zstd;

struct tt_octets {
    int fd;               /* -1 = closed */
    bool regular;         /* a file: reading never waits for anybody */
    bool owned;           /* close fd at the end (not stdin) */
    struct tt_gzip *gzip; /* one of them, or NULL = not compressed */
    struct tt_zstd *zstd;
    uint8_t head[TT_OCTETS_HEAD]; /* the first octets of the file as it is, read when opening */
    uint32_t n_head, head_used;
};

enum { TT_OCTETS_END = 0, TT_OCTETS_FAILED = -1, TT_OCTETS_INTERRUPTED = -2 };

/* Opens a path ("-" = stdin) and reads its first octets. False and *e when it
 * cannot be opened or read. */
bool tt_octets_open(struct tt_octets *o, const char *path, struct tt_error *e);

/* At most n octets of the uncompressed stream, as they come (short reads are normal): how many, or
 * one of the above. FAILED sets *e: the system's error, or packed data that are damaged or cut. */
int64_t tt_octets_read(struct tt_octets *o, void *to, size_t n, struct tt_error *e);

/* The same below gzip and zstd: octets as they are in the file. */
int64_t tt_octets_read_plain(struct tt_octets *o, void *to, size_t n, struct tt_error *e);

void tt_octets_close(struct tt_octets *o);

/* gzip.c: a stream of gzip members (RFC 1952) read from o. */
struct tt_gzip *tt_gzip_new(void);
int64_t tt_gzip_read(struct tt_gzip *g, struct tt_octets *o, void *to, size_t n,
                     struct tt_error *e);
void tt_gzip_free(struct tt_gzip *g);

/* zstd.c: a stream of zstd frames (RFC 8878) read from o. */
struct tt_zstd *tt_zstd_new(void);
int64_t tt_zstd_read(struct tt_zstd *s, struct tt_octets *o, void *to, size_t n,
                     struct tt_error *e);
void tt_zstd_free(struct tt_zstd *s);

#endif
