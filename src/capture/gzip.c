/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Unpacks gzip (RFC 1952) as it is read, member after member, with zlib's inflate. Hands out
 * everything in front of a damage before it reports it. Never looks at what is inside.
 */
#include <stdlib.h>
#include <zlib.h>

#include "capture/octets.h"

#define PACKED_OCTETS (64u << 10)
#define GZIP_ONLY     (16 + MAX_WBITS)

struct tt_gzip {
    z_stream z;
    uint64_t packed;   /* octets of the compressed file that were read */
    bool input_ended;  /* the file has no more */
    bool member_ended; /* between two members */
    bool failed;       /* reported: nothing follows */
    uint8_t in[PACKED_OCTETS];
};

struct tt_gzip *tt_gzip_new(void)
{
    struct tt_gzip *g = calloc(1, sizeof *g);
    if (g && inflateInit2(&g->z, GZIP_ONLY) != Z_OK) {
        free(g);
        g = NULL;
    }
    return g;
}

void tt_gzip_free(struct tt_gzip *g)
{
    if (g) {
        inflateEnd(&g->z);
        free(g);
    }
}

static int64_t damaged(struct tt_gzip *g, struct tt_error *e, const char *what)
{
    g->failed = true;
    tt_fail(e, "%s (octet %llu of the compressed file)", what,
            (unsigned long long)(g->packed - g->z.avail_in));
    return TT_OCTETS_FAILED;
}

/* Gets compressed octets when none are left: 1, or END (input_ended), FAILED, INTERRUPTED. */
static int64_t refill(struct tt_gzip *g, struct tt_octets *o, struct tt_error *e)
{
    if (g->z.avail_in || g->input_ended) {
        return 1;
    }
    int64_t n = tt_octets_read_plain(o, g->in, sizeof g->in, e);
    if (n < 0) {
        return n;
    }
    g->input_ended = n == 0;
    g->z.next_in = g->in;
    g->z.avail_in = (uInt)n;
    g->packed += (uint64_t)n;
    return 1;
}

/* After a member: another one, zeros to the end (padding of tapes and archives), or something
 * that should not be there. */
static int64_t next_member(struct tt_gzip *g, struct tt_error *e)
{
    while (g->z.avail_in && *g->z.next_in == 0) {
        g->z.next_in++;
        g->z.avail_in--;
    }
    if (!g->z.avail_in) {
        return TT_OCTETS_END;
    }
    if (*g->z.next_in != 0x1f) {
        return damaged(g, e, "something that is not gzip follows the gzip data");
    }
    g->member_ended = false;
    return inflateReset(&g->z) == Z_OK ? 1 : damaged(g, e, "gzip data cannot be unpacked");
}

int64_t tt_gzip_read(struct tt_gzip *g, struct tt_octets *o, void *to, size_t n, struct tt_error *e)
{
    if (g->failed || n == 0) {
        return TT_OCTETS_END;
    }
    uInt room = n > (1u << 30) ? 1u << 30 : (uInt)n;
    g->z.next_out = to;
    g->z.avail_out = room;
    while (g->z.avail_out == room) {
        int64_t got = refill(g, o, e);
        if (got < 0) {
            return got;
        }
        if (g->member_ended) {
            got = next_member(g, e);
            if (got < 0 || (got == TT_OCTETS_END && g->input_ended)) {
                return got;
            }
            if (got == TT_OCTETS_END) {
                continue;
            }
        }
        int r = inflate(&g->z, Z_NO_FLUSH);
        if (r == Z_STREAM_END) {
            g->member_ended = true;
        } else if (r != Z_OK && r != Z_BUF_ERROR && g->z.avail_out == room) {
            return damaged(g, e, g->z.msg ? g->z.msg : "gzip data are damaged");
        } else if (g->input_ended && !g->z.avail_in && g->z.avail_out == room) {
            return damaged(g, e, "file ends inside gzip data");
        }
    }
    return (int64_t)(room - g->z.avail_out);
}
