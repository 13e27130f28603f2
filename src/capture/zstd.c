/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Unpacks Zstandard (RFC 8878) as it is read, frame after frame, with libzstd. Hands out everything
 * in front of a damage before it reports it. A frame may want a window of at most 128 MiB, which is
 * what zstd itself allows. Never looks at what is inside.
 */
#include <stdlib.h>
#include <zstd.h>

#include "capture/octets.h"

#define PACKED_OCTETS (64u << 10)

struct tt_zstd {
    ZSTD_DStream *z;
    ZSTD_inBuffer in;
    uint64_t packed;    /* octets of the compressed file that were read */
    size_t wanted;      /* 0 = between two frames */
    const char *damage; /* found behind octets that are good: reported with the next call */
    bool input_ended, failed;
    uint8_t room[PACKED_OCTETS];
};

struct tt_zstd *tt_zstd_new(void)
{
    struct tt_zstd *s = calloc(1, sizeof *s);
    if (s) {
        s->z = ZSTD_createDStream();
        s->in.src = s->room;
    }
    if (s && !s->z) {
        free(s);
        s = NULL;
    }
    return s;
}

void tt_zstd_free(struct tt_zstd *s)
{
    if (s) {
        ZSTD_freeDStream(s->z);
        free(s);
    }
}

static int64_t damaged(struct tt_zstd *s, struct tt_error *e)
{
    s->failed = true;
    tt_fail(e, "%s (octet %llu of the compressed file)", s->damage,
            (unsigned long long)(s->packed - (s->in.size - s->in.pos)));
    return TT_OCTETS_FAILED;
}

static int64_t refill(struct tt_zstd *s, struct tt_octets *o, struct tt_error *e)
{
    if (s->in.pos < s->in.size || s->input_ended) {
        return 1;
    }
    int64_t n = tt_octets_read_plain(o, s->room, sizeof s->room, e);
    if (n < 0) {
        return n;
    }
    s->input_ended = n == 0;
    s->in.pos = 0;
    s->in.size = (size_t)n;
    s->packed += (uint64_t)n;
    return 1;
}

int64_t tt_zstd_read(struct tt_zstd *s, struct tt_octets *o, void *to, size_t n, struct tt_error *e)
{
    if (s->failed || n == 0) {
        return TT_OCTETS_END;
    }
    ZSTD_outBuffer out = {.dst = to, .size = n};
    while (out.pos == 0) {
        int64_t got = s->damage ? damaged(s, e) : refill(s, o, e);
        if (got < 0) {
            return got;
        }
        if (s->input_ended && s->in.pos == s->in.size && s->wanted == 0) {
            return TT_OCTETS_END;
        }
        size_t before = s->in.pos;
        bool between = s->wanted == 0;
        size_t r = ZSTD_decompressStream(s->z, &out, &s->in);
        if (ZSTD_isError(r)) {
            s->damage = between && s->packed > s->in.size ? "something that is not zstd follows"
                                                          : ZSTD_getErrorName(r);
            continue;
        }
        s->wanted = r;
        if (out.pos == 0 && s->in.pos == before && s->input_ended) {
            s->damage = "file ends inside zstd data";
        }
    }
    return (int64_t)out.pos;
}
