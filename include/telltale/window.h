/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a worker tells the device shard: flat records, no pointers, the same octets in a ring slot
 * or on a bus. A window is the partial of one stream (device × topic) over one flush interval; a
 * fact gives the text behind a hash or the identity behind an address. Merging windows is
 * commutative: sums add, samples sort by packet number and the first 16 stay.
 */
#ifndef TELLTALE_WINDOW_H
#define TELLTALE_WINDOW_H

#include "telltale/packet.h"

#define TT_WINDOW_SAMPLES 16
/* control, space, digit, upper, lower, JSON structure, other ASCII, >= 0x80 (detectors.md P8) */
#define TT_BYTE_CLASSES 8

/* The first messages of the interval, one by one: replayed in order into the per-message models. */
struct tt_sample {
    uint64_t packet;
    int64_t time;    /* ns */
    uint32_t length; /* octets of payload */
    uint8_t format;  /* enum tt_format */
    uint8_t ordinal; /* of the message among those of its stream in the packet, stops at 255 */
    uint8_t reserved[2];
    /* octets of each class among the first 4096, each at most 65535 */
    uint16_t classes[TT_BYTE_CLASSES];
};

enum tt_format { /* detectors.md P9 */
                 TT_FORMAT_EMPTY,
                 TT_FORMAT_JSON,
                 TT_FORMAT_TEXT,   /* printable UTF-8 */
                 TT_FORMAT_BINARY, /* anything else */
};

/* Who: the address of the client side and the identity that the protocol showed (0 = none yet). */
struct tt_device_key {
    struct tt_address address;
    uint64_t identity; /* hash of the identity text (client id) */
};

struct tt_window {
    struct tt_device_key device;
    uint64_t stream; /* hash of protocol and stream name; 0 = messages without one */
    uint64_t first_packet, last_packet;
    int64_t first_time, last_time;
    uint64_t bytes;    /* payload octets of all messages */
    uint32_t messages; /* all, also those beyond the samples */
    uint16_t protocol; /* index into the dissector registry */
    uint8_t n_samples;
    uint8_t reserved;
    /* messages of the device that are no samples: connect, acknowledge, ping… */
    uint32_t others;
    uint32_t reserved_too;
    struct tt_sample samples[TT_WINDOW_SAMPLES]; /* only n_samples of them travel */
};

enum tt_fact_kind {
    TT_FACT_IDENTITY, /* hash → text of a device's identity; sent once per flow that shows it */
    TT_FACT_STREAM,   /* hash → name of a stream */
    TT_FACT_PEER,     /* device talked to server `address`:`port` */
};

#define TT_FACT_TEXT 128 /* longer texts are cut; the hash is of the whole */

struct tt_fact {
    struct tt_device_key device;
    uint64_t hash;
    uint64_t packet;
    int64_t time;
    struct tt_address address;
    uint16_t port;
    uint16_t protocol; /* index into the dissector registry */
    uint8_t kind;      /* enum tt_fact_kind */
    uint8_t n;         /* octets of text */
    uint8_t reserved[2];
    uint8_t text[TT_FACT_TEXT];
};

#endif
