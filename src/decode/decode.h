/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Link → network → transport: fills the second part of tt_packet, puts fragments together, checks
 * checksums, reports oddities. One decoder for the reader (fragments of one datagram may come
 * anywhere); needs no lock.
 */
#ifndef DECODE_DECODE_H
#define DECODE_DECODE_H

#include "base/counter.h"
#include "base/error.h"
#include "config/receivers.h"
#include "telltale/block.h"
#include "telltale/field.h"

struct tt_decoder;

#define TT_TUNNEL_PORTS 16

/* What is opened; names for the option in the order of the bits, ended by NULL. */
enum tt_tunnel_bit {
    TT_OPEN_MPLS = 1,
    TT_OPEN_PPPOE = 2,
    TT_OPEN_GRE = 4,
    TT_OPEN_ERSPAN = 8,
    TT_OPEN_VXLAN = 16,
    TT_OPEN_GENEVE = 32,
    TT_OPEN_GTP_U = 64,
    TT_OPEN_IP_IN_IP = 128,
};
extern const char *const tt_tunnel_names[];

struct tt_tunnel_options {
    uint32_t open;  /* enum tt_tunnel_bit */
    uint32_t depth; /* tunnels within one another, up to TT_TUNNELS */
    bool together;  /* equal inner addresses are one conversation, whatever tunnel they are in */
    /* UDP ports, ended by 0 */
    uint16_t vxlan[TT_TUNNEL_PORTS + 1], geneve[TT_TUNNEL_PORTS + 1], gtp_u[TT_TUNNEL_PORTS + 1];
};
extern const struct tt_tunnel_options tt_tunnel_defaults;

/* "4789, 8472" of option `name`. */
bool tt_tunnel_ports_parse(const char *name, const char *text, uint16_t out[TT_TUNNEL_PORTS + 1],
                           struct tt_error *);

struct tt_decode_options {
    bool checksums;                          /* false with -k none: nothing is summed */
    uint32_t max_datagrams;                  /* fragments: datagrams under reassembly; 0 = 4096 */
    uint32_t max_octets;                     /* fragments: octets held; 0 = 16 MiB */
    uint32_t timeout;                        /* fragments: seconds; 0 = 30 (Linux) */
    const struct tt_receivers *receivers;    /* the system of each address; NULL: Linux */
    const struct tt_tunnel_options *tunnels; /* copied; NULL: tt_tunnel_defaults */
};

struct tt_decoder *tt_decoder_new(const struct tt_decode_options *);
void tt_decoder_free(struct tt_decoder *);

/* Decodes every packet of the block, in order. What a tunnel carries is the packet. One that
 * completes a datagram gets the whole datagram's transport header and payload (octets in
 * block->arena). */
void tt_decode_block(struct tt_decoder *, struct tt_block *);

/* The running maximum of packet time, ns; 0 before the first packet. */
int64_t tt_decode_now(const struct tt_decoder *);

/* Is this link type (LINKTYPE_ number) one of ours? Name or NULL. */
const char *tt_link_type_name(uint32_t link_type);

/* Row of the anomaly that the flow's owner raises, who alone knows which sums count. */
extern const unsigned tt_decode_udp_sum;

/* The anomaly rows that tt_packet.events and the bits of tt_packet.odd index: names as Suricata's
 * decoder events, e.g. "decoder.ipv4.trunc_pkt". */
const struct tt_anomaly *tt_decode_anomalies(uint32_t *n);

/* "gtp-u" */
const char *tt_tunnel_name(enum tt_tunnel_kind);

struct tt_counter_set tt_decode_counters(const struct tt_decoder *);

#endif
