/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Where packets come from: capture files one after the other (in order of their first packet's
 * time), stdin, or an interface. Fills blocks; knows link types only as numbers.
 */
#ifndef CAPTURE_SOURCE_H
#define CAPTURE_SOURCE_H

#include "base/counter.h"
#include "base/error.h"
#include "telltale/block.h"

struct tt_source;

struct tt_source_options {
    /* files, folders (every regular file in them, by name), "-" for stdin; ended by NULL */
    const char *const *paths;
    const char *interface; /* live capture instead of paths; NULL = files */
    const char *bpf;       /* NULL or a libpcap filter expression */
    uint32_t snaplen;      /* live; 0 = 262144 */
    uint32_t ring_octets;  /* live; 0 = 64 MiB */
};

/* What an input was, for messages, the summary and EVE (`pcap_filename`, `in_iface`). */
struct tt_input {
    const char *name;    /* path as given or found */
    uint64_t packets;    /* read from it */
    uint64_t octets;     /* offset reached in the (uncompressed) file */
    int64_t first, last; /* times, ns; 0 when it had no packet */
    /* what[0] != 0: damaged, cut or unreadable there; everything before it was read */
    struct tt_error error;
    /* found in a folder, not named: that it is no capture is not the user's error */
    bool in_folder;
    /* false: could not be read at all (missing, foreign format, unsupported link type) */
    bool opened;
};

/* NULL and *error when nothing can be read (no such file, a folder without captures, bad BPF, no
 * such interface, no right). With several files, those that cannot be opened become inputs with an
 * error and the others are read; NULL only when all fail. */
struct tt_source *tt_source_open(const struct tt_source_options *, struct tt_error *);

enum tt_source_result {
    TT_SOURCE_PACKETS, /* the block holds at least one packet */
    TT_SOURCE_IDLE,    /* live: nothing within the time-out (10 ms) or interrupted by a signal */
    TT_SOURCE_END,     /* no more */
};

/* Resets the block and fills packets (capture part), n_packets and ticks. Damage ends that
 * input (see tt_source_inputs). */
enum tt_source_result tt_source_read(struct tt_source *, struct tt_block *);

const struct tt_input *tt_source_inputs(const struct tt_source *, uint32_t *n);

/* The time at which `percent` (at most 100) of the time that the files cover is over: silence
 * between files that do not follow one another does not count. False for stdin, live, and files
 * without extent. Reads every file once; call it before the first tt_source_read. */
bool tt_source_share(struct tt_source *, uint32_t percent, int64_t *until);

/* Live: kernel and interface drops so far (pcap_stats), else zeros. */
struct tt_source_drops {
    uint64_t received, kernel, interface;
};
void tt_source_drops(struct tt_source *, struct tt_source_drops *);

void tt_source_close(struct tt_source *);

#endif
