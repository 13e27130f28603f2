/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a worker tells the device shard: flat records, no pointers, the same octets in a ring slot
 * or on a bus. A sample is one message of a device. A window is what a flow sent in one flush
 * interval beside its samples, as sums: adding them is commutative. A fact gives the text behind a
 * hash or the identity behind an address. All of them stand in output order.
 */
#ifndef TELLTALE_WINDOW_H
#define TELLTALE_WINDOW_H

#include "telltale/packet.h"

/* control, space, digit, upper, lower, JSON structure, other ASCII, >= 0x80 (detectors.md P8) */
#define TT_BYTE_CLASSES 8

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

/* A message that carries a stream or a payload: shown to the per-message models. */
struct tt_sample {
    struct tt_device_key device;
    uint64_t stream; /* hash of protocol and stream name; 0 = a message without one */
    uint64_t packet;
    int64_t time;      /* ns */
    uint32_t length;   /* octets of payload */
    uint16_t protocol; /* index into the dissector registry */
    uint8_t format;    /* enum tt_format */
    uint8_t reserved;
    /* octets of each class among the first 4096; all 0: nobody looked at them */
    uint16_t classes[TT_BYTE_CLASSES];
};

/* Of one flow and stream in an interval. */
struct tt_window {
    struct tt_device_key device;
    uint64_t stream;
    uint64_t first_packet, last_packet;
    int64_t first_time, last_time;
    uint64_t bytes;    /* payload octets of `messages` */
    uint32_t messages; /* with a stream or a payload, beyond those that are samples */
    uint32_t others;   /* without: connect, acknowledge, ping… */
    uint16_t protocol; /* index into the dissector registry */
    uint16_t reserved[3];
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
