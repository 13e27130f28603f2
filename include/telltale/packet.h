/* SPDX-License-Identifier: BSD-3-Clause
 *
 * A captured frame and what its headers say. Made by capture (first part) and decode (second part),
 * read by all stages of a worker; lives as long as the block that holds it.
 */
#ifndef TELLTALE_PACKET_H
#define TELLTALE_PACKET_H

#include <stdbool.h>
#include <stdint.h>

/* 16 octets in network order; IPv4 as ::ffff:a.b.c.d */
struct tt_address {
    uint8_t b[16];
};

enum tt_packet_flag {
    TT_PACKET_IP = 1,          /* src, dst, protocol are set */
    TT_PACKET_TRANSPORT = 2,   /* a complete TCP or UDP header: ports and payload are set */
    TT_PACKET_FRAGMENT = 4,    /* a fragment that was kept: nothing above IP */
    TT_PACKET_REASSEMBLED = 8, /* made from fragments; this frame was the one that completed it */
    TT_PACKET_CUT = 16,        /* snap length: payload is shorter than the headers announce */
    TT_PACKET_BAD_IP_SUM = 32,
    TT_PACKET_BAD_SUM = 64, /* TCP or UDP checksum is wrong, or the IPv4 header's */
    /* only a receiver that is configured for it reads on (AH, segment routing, labels): octets
     * count when they are acknowledged */
    TT_PACKET_DOUBTFUL = 256,
    TT_PACKET_PAYLOAD_SUM = 512, /* payload_sum is set */
    TT_PACKET_SUMMED = 128,      /* the TCP or UDP checksum was checked (never on cut packets) */
    TT_PACKET_ODD = 1024,        /* odd is set */
    /* No receiver reads on, so TRANSPORT is not set: version, protocol, addresses and ports only
     * say in which flow's record its events belong */
    TT_PACKET_NAMES_FLOW = 2048,
};

enum tt_tcp_flag {
    TT_FIN = 1,
    TT_SYN = 2,
    TT_RST = 4,
    TT_PSH = 8,
    TT_ACK = 16,
    TT_URG = 32,
    TT_ECE = 64,
    TT_CWR = 128
};

#define TT_PACKET_EVENTS 4
#define TT_VLANS         3

struct tt_packet {
    /* capture */
    const uint8_t *frame;
    uint32_t captured; /* octets at frame */
    uint32_t length;   /* octets on the wire */
    int64_t time;      /* ns since 1970-01-01 UTC */
    uint64_t number;   /* over all inputs, from 1: the order of everything that is written */
    uint32_t input;    /* index of the input (file, interface) */
    uint32_t count;    /* pcap_cnt: number in that input, from 1 */
    uint16_t link_type;
    /* decode */
    uint16_t flags; /* enum tt_packet_flag */
    uint8_t ip_version, protocol, ttl, tcp_flags;
    const uint8_t *payload;   /* of TCP or UDP */
    uint32_t payload_length;  /* octets at payload */
    uint32_t payload_missing; /* octets of payload that the wire had and the capture has not */
    union {
        struct {
            struct tt_address src, dst;
        };
        struct tt_address ends[2];
    };
    /* In this order a header's octets, turned round as one word, are both (little-endian). */
    union {
        struct {
            uint16_t dport, sport;
        };
        uint32_t ports;
    };
    uint16_t window, urgent;
    union {
        struct {
            uint32_t ack, seq;
        };
        uint64_t numbers;
    };
    const uint8_t *tcp_options;
    uint8_t tcp_options_length;
    uint8_t n_vlans, n_events;
    uint16_t vlans[TT_VLANS]; /* outermost first, 12 bits */
    /* index into decode's anomaly rows; further ones are only counted */
    uint16_t events[TT_PACKET_EVENTS];
    uint16_t payload_sum; /* Internet checksum of the payload, with TT_PACKET_PAYLOAD_SUM */
    /* of the canonical address pair and ports (flow/key.h), set by the reader */
    uint32_t hash;
    /* with TT_PACKET_ODD: bit i = decode's anomaly row i, also of the fragments it was made from,
     * and whether or not it is told (events) */
    uint64_t odd;
};

static inline bool tt_address_is_v4(const struct tt_address *a)
{
    for (int i = 0; i < 10; i++) {
        if (a->b[i]) {
            return false;
        }
    }
    return a->b[10] == 0xff && a->b[11] == 0xff;
}

#endif
