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

enum tt_tunnel_kind {
    TT_TUNNEL_MPLS,
    TT_TUNNEL_PPPOE,
    TT_TUNNEL_GRE,
    TT_TUNNEL_PPTP,     /* GRE version 1 */
    TT_TUNNEL_ERSPAN_1, /* in GRE */
    TT_TUNNEL_ERSPAN_2,
    TT_TUNNEL_ERSPAN_3,
    TT_TUNNEL_VXLAN,
    TT_TUNNEL_GENEVE,
    TT_TUNNEL_GTP_U,
    TT_TUNNEL_IP_IN_IP,
    TT_TUNNEL_KINDS
};

#define TT_TUNNELS       8 /* within one another, at most */
#define TT_TUNNEL_LABELS 4 /* of a stack that are kept */

/* One tunnel around a packet. All octets are set, so that equal ones are equal octet by octet. */
struct tt_tunnel {
    struct tt_address src, dst; /* of the packet that carries; only with `protocol` */
    uint16_t sport, dport;      /* only with protocol 17 */
    uint8_t kind;               /* enum tt_tunnel_kind */
    uint8_t protocol;           /* IP protocol of what carries: 4, 17, 41, 47; 0 = no IP below */
    uint8_t n_labels;           /* in the whole stack: may be more than are kept */
    uint8_t has_id;
    uint32_t id; /* VNI, TEID, GRE key, session of PPPoE or ERSPAN, call of PPTP */
    uint32_t labels[TT_TUNNEL_LABELS]; /* MPLS, outermost first, 20 bits */
};

struct tt_tunnels {
    uint64_t id; /* what keeps conversations of different tunnels apart; 0 = nothing does */
    uint32_t n;
    uint32_t reserved;
    struct tt_tunnel of[]; /* outermost first */
};

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
    /* decode: of the innermost packet where there are tunnels */
    uint16_t flags; /* enum tt_packet_flag */
    /* The second part is 0 without tunnels, and mostly different in different ones. */
    union {
        struct {
            uint8_t protocol, tunnel[3];
        };
        uint32_t carried;
    };
    uint8_t ip_version, ttl, tcp_flags;
    uint8_t n_tunnels;
    uint32_t payload_length; /* octets at payload */
    const uint8_t *payload;  /* of TCP or UDP */
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
    const struct tt_tunnels *tunnels; /* with n_tunnels: in the block's arena */
    uint8_t tcp_options_length;
    uint8_t n_vlans, n_events;
    /* index into decode's anomaly rows; further ones are only counted */
    uint8_t events[TT_PACKET_EVENTS];
    uint16_t vlans[TT_VLANS]; /* outermost first, 12 bits */
    uint16_t payload_sum;     /* Internet checksum of the payload, with TT_PACKET_PAYLOAD_SUM */
    uint32_t payload_missing; /* octets of payload that the wire had and the capture has not */
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
