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

/* What a transaction that was granted says of who somebody is: sent once for each, the shard finds
 * what is new in it. */
#define TT_CLAIM_KEYS 4
#define TT_CLAIM_NAME 128

struct tt_claim {
    uint64_t packet, flow_id; /* of the message that completed it */
    int64_t time;
    uint64_t keys[TT_CLAIM_KEYS]; /* hashes of the sessions named */
    struct tt_address client, server;
    struct tt_address ips[2]; /* IPv4, IPv6; all 0 = not told */
    uint32_t count, input;    /* pcap_cnt */
    uint16_t sport, dport;
    uint16_t protocol; /* index into the dissector registry */
    uint8_t transport; /* 6, 17 */
    uint8_t n_keys;
    uint8_t ends;      /* the session is over */
    uint8_t name_kind; /* enum tt_field_fact: what name is; 0 = none */
    uint8_t n_name;    /* octets of name */
    uint8_t has_mac;
    uint8_t mac[6];
    char imsi[16], imei[17], msisdn[16]; /* NUL-terminated, "" = not told */
    uint8_t name[TT_CLAIM_NAME];
    uint8_t reserved[5];
};

#endif
