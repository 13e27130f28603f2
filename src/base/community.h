/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Community ID v1: the flow id that all tools compute alike.
 */
#ifndef BASE_COMMUNITY_H
#define BASE_COMMUNITY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* "1:" and 28 characters of base64, NUL-terminated; returns 30. Addresses have 16 octets; v4 = the
 * last four count. Ports are in host order and count for TCP, UDP and SCTP; for ICMP (1) and ICMPv6
 * (58) they are type and code. Both directions of a flow give the same id, but for ICMP messages
 * that have no counterpart. */
size_t tt_community_id(char out[32], const uint8_t src[16], const uint8_t dst[16], bool v4,
                       uint8_t proto, uint16_t sport, uint16_t dport, uint16_t seed);

#endif
