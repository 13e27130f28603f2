/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One capture file or pipe as a stream of blocks: finds out its format, reads octets into the
 * block, lets the format walk over the records, keeps what is left over for the next block, and
 * notes cuts and damage with their place.
 */
#include "capture/input.h"

#include <stdarg.h>
#include <stdlib.h>

#define FIRST_INTERFACES 4u
#define SKIP_AT_ONCE     (64u << 10)

void tt_capture_damage(struct tt_capture *c, uint64_t offset, const char *format, ...)
{
    struct tt_error *e = &c->input->error;
    char what[sizeof e->what];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(what, sizeof what, format, args);
    va_end(args);
    tt_fail(e, "%s", what);
    e->packet = c->input->packets + 1;
    e->offset = offset;
    e->has_offset = true;
    c->ended = true;
}

/* Reads once behind the `have` octets at p; how many are there now. */
static uint32_t read_more(struct tt_capture *c, uint8_t *p, uint32_t have, uint32_t limit,
                          int64_t *got)
{
    struct tt_error e = {.what = ""};
    *got = tt_octets_read(&c->octets, p + have, limit - have, &e);
    if (*got == TT_OCTETS_FAILED) {
        tt_capture_damage(c, c->offset + have, "%s", e.what);
    }
    return *got > 0 ? have + (uint32_t)*got : have;
}

static bool foreign(struct tt_capture *c, uint32_t have)
{
    struct tt_error *e = &c->input->error;
    const char *fix, *name = tt_foreign_name(c->rest, have, &fix);
    if (have == 0) {
        tt_fail(e, "file is empty (0 octets)");
        return tt_fail_fix(e, "was the capture stopped before its first packet?");
    }
    if (name) {
        tt_fail(e, "not a capture: it is %s%s", name,
                c->octets.gzip   ? " (inside gzip)"
                : c->octets.zstd ? " (inside zstd)"
                                 : "");
        return tt_fail_fix(e, "%s", fix);
    }
    /* libpcap knows magics that the own readers leave to it; its words are kept for those. */
    if (e->what[0] && !strstr(e->what, "unknown file format") && have >= TT_PCAP_HEADER) {
        return false;
    }
    char octets[3 * 8 + 1] = "";
    for (size_t i = 0, at = 0; i < 8 && i < have; i++, at = strlen(octets)) {
        (void)snprintf(octets + at, sizeof octets - at, i ? " %02x" : "%02x", c->rest[i]);
    }
    tt_fail(e, "not a capture: its first octets are %s", octets);
    return tt_fail_fix(e, "%s", fix);
}

static bool recognize(struct tt_capture *c, uint32_t have)
{
    struct tt_error *e = &c->input->error;
    if (have == 0) {
        return foreign(c, have);
    }
    if (tt_pcap_open(c, c->rest, have)) {
        c->n_rest = have - TT_PCAP_HEADER;
        memmove(c->rest, c->rest + TT_PCAP_HEADER, c->n_rest);
        c->offset = TT_PCAP_HEADER;
        return true;
    }
    if (e->what[0]) {
        return false;
    }
    if (tt_pcapng_open(c, c->rest, have)) {
        c->n_rest = have;
        return true;
    }
    if (e->what[0]) {
        return false;
    }
    const char *fix;
    if (tt_foreign_name(c->rest, have, &fix)) {
        return foreign(c, have);
    }
    if (tt_libpcap_open(c, have)) {
        return true;
    }
    return c->pcap ? false : foreign(c, have);
}

bool tt_capture_open(struct tt_capture *c, struct tt_reading *r, struct tt_input *in,
                     uint32_t index)
{
    *c = (struct tt_capture){.reading = r, .input = in, .index = index, .octets = {.fd = -1}};
    struct tt_error *e = &in->error;
    if (!tt_octets_open(&c->octets, in->name, e)) {
        c->ended = true;
        return false;
    }
    c->rest = malloc(TT_BLOCK_ROOM);
    c->interfaces = calloc(FIRST_INTERFACES, sizeof *c->interfaces);
    c->interfaces_cap = FIRST_INTERFACES;
    bool good = c->rest && c->interfaces;
    uint32_t have = 0;
    int64_t got = 1;
    while (good && have < TT_PCAP_HEADER && got != TT_OCTETS_END && !c->ended) {
        have = read_more(c, c->rest, have, TT_OCTETS_HEAD, &got);
    }
    good = good && !c->ended && recognize(c, have);
    if (!good) {
        if (!e->what[0]) {
            tt_fail(e, "no memory");
        }
        c->ended = true;
    }
    tt_fail_at(e->what[0] ? e : NULL, in->name, 0, 0);
    in->opened = good;
    return good;
}

static uint32_t walk(struct tt_capture *c, struct tt_block *b, uint8_t *p, uint32_t have)
{
    c->skip = 0;
    uint32_t used = c->format == TT_FORMAT_PCAP ? tt_pcap_records(c, b, p, have)
                                                : tt_pcapng_blocks(c, b, p, have);
    c->offset += used;
    return used;
}

/* The stream ended with `have` octets that are no whole record. */
static void finish(struct tt_capture *c, uint32_t have)
{
    c->ended = true;
    if (c->skip) {
        tt_capture_damage(c, c->offset, "file ends inside a block: %llu octets of it are missing",
                          (unsigned long long)c->skip);
    } else if (have) {
        tt_capture_damage(c, c->offset,
                          "file ends inside a packet record: %u of %u octets are there", have,
                          c->need);
    }
}

/* Passes over a block that nobody reads, with the block's room as scratch. True
 * when nothing of it is left. */
static bool pass_over(struct tt_capture *c, struct tt_block *b, int64_t *got)
{
    while (c->skip && !c->ended) {
        uint32_t part = c->skip < SKIP_AT_ONCE ? (uint32_t)c->skip : SKIP_AT_ONCE;
        uint32_t n = read_more(c, b->octets, 0, part, got);
        if (*got == TT_OCTETS_INTERRUPTED) {
            return false;
        }
        if (*got == TT_OCTETS_END) {
            finish(c, 0);
        }
        c->skip -= n;
        c->offset += n;
    }
    return !c->ended;
}

static void keep_rest(struct tt_capture *c, const uint8_t *p, uint32_t n, bool whole)
{
    memcpy(c->rest, p, n);
    c->n_rest = n;
    c->rest_whole = whole;
}

/* Own formats: read(2), walk, until there is a packet or nothing more. */
static enum tt_source_result read_blocks(struct tt_capture *c, struct tt_block *b)
{
    uint32_t have = c->n_rest;
    memcpy(b->octets, c->rest, have);
    c->n_rest = 0;
    /* do not wait for others with packets in hand */
    bool walk_first = have && c->rest_whole && !c->octets.regular;
    int64_t got = 1;
    while (!c->ended) {
        if (!walk_first) {
            if (!pass_over(c, b, &got)) {
                break;
            }
            uint32_t limit = c->need > TT_BLOCK_OCTETS ? c->need : TT_BLOCK_OCTETS;
            if (have < limit) {
                have = read_more(c, b->octets, have, limit, &got);
            }
            if (got == TT_OCTETS_INTERRUPTED) {
                break;
            }
        }
        walk_first = false;
        uint32_t used = walk(c, b, b->octets, have);
        have -= used;
        bool full = b->n_packets == TT_BLOCK_PACKETS;
        if (got == TT_OCTETS_END && !full && !c->ended) {
            finish(c, have);
        }
        if (b->n_packets) {
            b->octets_used = used;
            keep_rest(c, b->octets + used, have, full);
            return TT_SOURCE_PACKETS;
        }
        memmove(b->octets, b->octets + used, have);
    }
    if (!c->ended) {
        keep_rest(c, b->octets, have, false);
        return TT_SOURCE_IDLE;
    }
    return TT_SOURCE_END;
}

enum tt_source_result tt_capture_read(struct tt_capture *c, struct tt_block *b)
{
    enum tt_source_result result = TT_SOURCE_END;
    if (c->format == TT_FORMAT_LIBPCAP) {
        if (!c->ended) {
            tt_libpcap_read(c, b);
        }
        result = b->n_packets ? TT_SOURCE_PACKETS : TT_SOURCE_END;
    } else if (!c->ended) {
        result = read_blocks(c, b);
    }
    c->input->octets = c->offset;
    struct tt_error *e = &c->input->error;
    if (c->ended && !c->readable && c->input->packets && !e->what[0]) {
        tt_link_type_refuse(e,
                            tt_link_type_of_dlt(c->n_interfaces ? c->interfaces[0].link_type : 0));
    }
    if (e->what[0] && !e->file[0]) {
        tt_fail_at(e, c->input->name, 0, 0);
    }
    return result;
}

void tt_capture_close(struct tt_capture *c)
{
    if (c->pcap) {
        pcap_close(c->pcap); /* closes the stream too */
        c->pcap = NULL;
    }
    tt_octets_close(&c->octets);
    tt_filters_free(&c->filters);
    free(c->rest);
    free(c->interfaces);
    c->rest = NULL;
    c->interfaces = NULL;
    c->ended = true;
}
