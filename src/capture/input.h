/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One capture being read: what the formats (pcap, pcapng, libpcap) share with the source that
 * drives them. Private to capture.
 */
#ifndef CAPTURE_INPUT_H
#define CAPTURE_INPUT_H

#include <string.h>

#include <pcap/pcap.h>

#include "capture/octets.h"
#include "capture/source.h"

/* Captured octets of one packet; a record that announces more is damage. libpcap's own bound. */
#define TT_CAPTURED_MAX (256u << 10)

/* Latest time that a packet can have (2262-04-11); later ones are shown as this. */
#define TT_TIME_MAX (INT64_C(9223372035) * 1000000000)

/* The clock is the running maximum of packet time. */
struct tt_clock {
    int64_t next; /* ns at which the next second begins; INT64_MIN before the first packet */
};

/* Integers of a file header, whose writer's byte order may not be this machine's. */
static inline uint32_t tt_load32(const uint8_t *p, bool swapped)
{
    uint32_t v;
    memcpy(&v, p, sizeof v);
    return swapped ? __builtin_bswap32(v) : v;
}

static inline uint16_t tt_load16(const uint8_t *p, bool swapped)
{
    uint16_t v;
    memcpy(&v, p, sizeof v);
    return swapped ? __builtin_bswap16(v) : v;
}

/* What all inputs of a source share. */
struct tt_reading {
    struct tt_clock clock;
    uint64_t number; /* of the packet read last */
    const char *bpf; /* NULL = everything passes */
};

/* One compiled filter for each link type that was met. */
#define TT_FILTERS 16
struct tt_filters {
    struct bpf_program program[TT_FILTERS];
    uint16_t link_type[TT_FILTERS];
    uint32_t n;
};

/* One interface of a pcapng section (or the only one of another format). */
struct tt_interface {
    int64_t offset_ns; /* if_tsoffset */
    uint64_t latest;   /* units above this would not fit */
    uint32_t multiply; /* ns of one unit; 0 = finer than ns, or a power of two */
    uint64_t divide;   /* units in one ns (powers of ten finer than ns) */
    uint8_t shift;     /* log2 of the units in one second */
    uint16_t link_type;
    bool readable;    /* link type is one that decode knows */
    uint32_t snaplen; /* 0 = no limit */
    const struct bpf_program *filter;
};

enum tt_format { TT_FORMAT_PCAP, TT_FORMAT_PCAPNG, TT_FORMAT_LIBPCAP };

struct tt_capture {
    struct tt_reading *reading;
    struct tt_input *input;
    uint32_t index; /* of the input */
    enum tt_format format;
    struct tt_octets octets;
    bool ended;    /* nothing more comes: the end, a cut, or damage */
    bool readable; /* an interface with a link type that decode knows was seen */
    bool swapped;  /* the file (or section) has the other byte order */
    /* in the uncompressed stream, of the first octet that no format has consumed */
    uint64_t offset;
    uint64_t skip;   /* octets to pass over, of a block that nobody needs */
    uint32_t need;   /* octets of which the next record must be there before it can be read */
    uint32_t n_rest; /* octets that were read and not consumed */
    bool rest_whole; /* they hold at least one whole record: the block was full before */
    uint8_t *rest;
    struct tt_interface *interfaces; /* pcapng: of this section */
    uint32_t n_interfaces, interfaces_cap;
    uint32_t nano; /* pcap: ns of one unit of the fraction */
    pcap_t *pcap;  /* libpcap */
    struct tt_filters filters;
};

/* Formats: `have` octets at p are the next ones of the stream. Adds packets to the block until it
 * is full or no whole record is left, and returns how many octets it consumed. Sets c->need when
 * more are needed, c->ended on damage. */
uint32_t tt_pcap_records(struct tt_capture *c, struct tt_block *b, const uint8_t *p, uint32_t have);
uint32_t tt_pcapng_blocks(struct tt_capture *c, struct tt_block *b, const uint8_t *p,
                          uint32_t have);

/* Is this a header of ours? Then c is made ready for it. False: not this format
 * (c->input->error.what[0] == 0) or a bad one. */
#define TT_PCAP_HEADER 24u
bool tt_pcap_open(struct tt_capture *c, const uint8_t *p, uint32_t have);
bool tt_pcapng_open(struct tt_capture *c, const uint8_t *p, uint32_t have);

/* The formats that only libpcap reads: the `have` octets in c->rest are the first of the stream. */
bool tt_libpcap_open(struct tt_capture *c, uint32_t have);
void tt_libpcap_read(struct tt_capture *c, struct tt_block *b);

/* What a file that is no capture seems to be ("text", "a PNG image"), and what
 * to do with it (may be ""). */
const char *tt_foreign_name(const uint8_t *p, uint32_t n, const char **fix);

/* live.c: an interface; packets are copied into the block. */
struct tt_live;
struct tt_live *tt_live_open(const struct tt_source_options *o, struct tt_reading *r,
                             struct tt_input *in, struct tt_error *e);
enum tt_source_result tt_live_read(struct tt_live *l, struct tt_block *b);
void tt_live_drops(struct tt_live *l, struct tt_source_drops *drops);
void tt_live_close(struct tt_live *l);

/* paths.c: what the paths of the command line stand for: folders become the
 * regular files in them, by name. */
struct tt_path {
    char *name;
    bool in_folder;
};
struct tt_paths {
    struct tt_path *row;
    uint32_t n, cap;
};
/* False and *e when a folder cannot be read or holds no file. */
bool tt_paths_expand(struct tt_paths *p, const char *const *given, struct tt_error *e);
void tt_paths_free(struct tt_paths *p);

/* capture.c: a file as a stream of blocks. */
bool tt_capture_open(struct tt_capture *c, struct tt_reading *r, struct tt_input *in,
                     uint32_t index);
enum tt_source_result tt_capture_read(struct tt_capture *c, struct tt_block *b);
void tt_capture_close(struct tt_capture *c);

/* Notes in the input that it ends here: packet = the next one, offset in
 * the uncompressed stream. */
void tt_capture_damage(struct tt_capture *c, uint64_t offset, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Link types (LINKTYPE_ numbers). */
bool tt_link_type_readable(uint32_t link_type);
uint32_t tt_link_type_of_dlt(int dlt);
/* The error for one that is not readable; returns false. */
bool tt_link_type_refuse(struct tt_error *e, uint32_t link_type);

/* The filter for a link type: NULL when there is none (bpf NULL), compiled when first met. False
 * and *e when it does not compile. */
bool tt_filter_for(struct tt_filters *f, const char *bpf, uint32_t link_type,
                   const struct bpf_program **program, struct tt_error *e);
void tt_filters_free(struct tt_filters *f);

static inline bool tt_filter_passes(const struct bpf_program *program, const uint8_t *frame,
                                    uint32_t captured, uint32_t length)
{
    struct pcap_pkthdr h = {.caplen = captured, .len = length};
    return pcap_offline_filter(program, &h, frame) != 0;
}

/* A new second: notes it in the block. */
void tt_clock_tick(struct tt_clock *clock, struct tt_block *b, int64_t time, uint64_t number);

/* Counts a packet and, when the filter lets it pass, adds it to the block (which must have room).
 * Time is within 0..TT_TIME_MAX. */
static inline void tt_capture_add(struct tt_capture *c, struct tt_block *b,
                                  const struct bpf_program *filter, uint16_t link_type,
                                  const uint8_t *frame, uint32_t captured, uint32_t length,
                                  int64_t time)
{
    struct tt_input *in = c->input;
    struct tt_reading *r = c->reading;
    uint64_t count = ++in->packets;
    uint64_t number = ++r->number;
    if (count == 1) {
        in->first = time;
        in->last = time;
    }
    in->last = time > in->last ? time : in->last;
    if (length < captured) {
        length = captured; /* some writers leave it 0 */
    }
    if (filter && !tt_filter_passes(filter, frame, captured, length)) {
        return;
    }
    if (time >= r->clock.next) {
        tt_clock_tick(&r->clock, b, time, number);
    }
    struct tt_packet *k = &b->packets[b->n_packets++];
    k->frame = frame;
    k->captured = captured;
    k->length = length;
    k->time = time;
    k->number = number;
    k->input = c->index;
    k->count = (uint32_t)count;
    k->link_type = link_type;
    k->flags = 0;
}

#endif
