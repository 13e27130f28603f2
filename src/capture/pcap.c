/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Classic pcap, version 2.4, in both byte orders, with microseconds or nanoseconds
 * (draft-ietf-opsawg-pcap). Records are read in place: packets point into the octets that were
 * read. Other versions and the modified formats are left to libpcap.
 */
#include "capture/input.h"

#define MAGIC_MICRO   0xa1b2c3d4u
#define MAGIC_NANO    0xa1b23c4du
#define RECORD_HEADER 16u

bool tt_pcap_open(struct tt_capture *c, const uint8_t *p, uint32_t have)
{
    if (have < 4) {
        return false;
    }
    uint32_t magic = tt_load32(p, false);
    bool swapped =
        magic == __builtin_bswap32(MAGIC_MICRO) || magic == __builtin_bswap32(MAGIC_NANO);
    if (swapped) {
        magic = __builtin_bswap32(magic);
    }
    if (magic != MAGIC_MICRO && magic != MAGIC_NANO) {
        return false;
    }
    if (have < TT_PCAP_HEADER) {
        tt_capture_damage(c, 0, "file ends inside the pcap header: %u of %u octets", have,
                          TT_PCAP_HEADER);
        return false;
    }
    if (tt_load16(p + 4, swapped) != 2 || tt_load16(p + 6, swapped) != 4) {
        return false; /* libpcap knows the old ones, and what is wrong with the others */
    }
    uint16_t link_type =
        (uint16_t)tt_load32(p + 20, swapped); /* the upper half tells about the FCS */
    if (!tt_link_type_readable(link_type)) {
        return tt_link_type_refuse(&c->input->error, tt_link_type_of_dlt(link_type));
    }
    c->format = TT_FORMAT_PCAP;
    c->swapped = swapped;
    c->nano = magic == MAGIC_NANO ? 1 : 1000;
    c->readable = true;
    c->interfaces[0] = (struct tt_interface){.link_type = link_type, .readable = true};
    c->n_interfaces = 1;
    c->need = RECORD_HEADER;
    return tt_filter_for(&c->filters, c->reading->bpf, link_type, &c->interfaces[0].filter,
                         &c->input->error);
}

/* Without a filter, which may skip packets: what tt_capture_add keeps is kept in registers here.
 * Stops where no whole record is, or the block is full. */
static inline __attribute__((always_inline)) uint32_t
run(struct tt_capture *c, struct tt_block *b, const uint8_t *p, uint32_t have, const bool swapped)
{
    struct tt_clock *clock = &c->reading->clock;
    struct tt_packet *first = &b->packets[b->n_packets], *k = first;
    const struct tt_packet *const full = &b->packets[TT_BLOCK_PACKETS];
    uint64_t number = c->reading->number;
    const uint64_t before = number - c->input->packets;
    int64_t last = c->input->last, next = clock->next;
    const int64_t nano = c->nano;
    const uint32_t index = c->index;
    const uint16_t link_type = c->interfaces[0].link_type;
    const uint8_t *h = p;
    for (const uint8_t *const end = p + have; k < full && end - h >= (long)RECORD_HEADER; k++) {
        uint32_t captured = tt_load32(h + 8, swapped), length = tt_load32(h + 12, swapped);
        if (captured > end - h - (long)RECORD_HEADER) {
            break;
        }
        int64_t time =
            (int64_t)tt_load32(h, swapped) * 1000000000 + (int64_t)tt_load32(h + 4, swapped) * nano;
        number++;
        last = time > last ? time : last;
        if (__builtin_expect(time >= next, 0)) {
            b->n_packets = (uint32_t)(k - b->packets);
            tt_clock_tick(clock, b, time, number);
            next = clock->next;
        }
        h += RECORD_HEADER;
        k->frame = h;
        h += captured;
        k->captured = captured;
        k->length = length < captured ? captured : length; /* some writers leave it 0 */
        k->time = time;
        k->number = number;
        k->input = index;
        k->count = (uint32_t)(number - before);
        k->link_type = link_type;
        k->flags = 0;
    }
    if (c->input->packets == 0 && k > first) {
        c->input->first = first->time;
    }
    b->n_packets = (uint32_t)(k - b->packets);
    c->input->last = last;
    c->input->packets = number - before;
    c->reading->number = number;
    return (uint32_t)(h - p);
}

static inline __attribute__((always_inline)) uint32_t
walk(struct tt_capture *c, struct tt_block *b, const uint8_t *p, uint32_t have, const bool swapped)
{
    const struct bpf_program *filter = c->interfaces[0].filter;
    uint16_t link_type = c->interfaces[0].link_type;
    int64_t nano = c->nano;
    uint32_t at = filter ? 0 : run(c, b, p, have, swapped);
    c->need = RECORD_HEADER;
    while (b->n_packets < TT_BLOCK_PACKETS) {
        uint32_t left = have - at;
        if (left < RECORD_HEADER) {
            c->need = RECORD_HEADER;
            break;
        }
        const uint8_t *h = p + at;
        uint32_t captured = tt_load32(h + 8, swapped);
        if (captured > left - RECORD_HEADER) {
            if (captured > TT_CAPTURED_MAX) {
                tt_capture_damage(c, c->offset + at,
                                  "the record announces %u captured octets (at most %u)", captured,
                                  TT_CAPTURED_MAX);
                break;
            }
            c->need = RECORD_HEADER + captured;
            break;
        }
        int64_t time =
            (int64_t)tt_load32(h, swapped) * 1000000000 + (int64_t)tt_load32(h + 4, swapped) * nano;
        tt_capture_add(c, b, filter, link_type, h + RECORD_HEADER, captured,
                       tt_load32(h + 12, swapped), time);
        at += RECORD_HEADER + captured;
    }
    return at;
}

uint32_t tt_pcap_records(struct tt_capture *c, struct tt_block *b, const uint8_t *p, uint32_t have)
{
    return c->swapped ? walk(c, b, p, have, true) : walk(c, b, p, have, false);
}
