/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The options of CoAP, part of coap.c alone: format, length, row, and whether they may be repeated
 * (RFC 7252 5.10, 7641, 7959, 7967, 8323, 8613, 8768, 8974, 9175, 9177, 9668, OCF). An odd number
 * is critical. Signalling messages have tables of their own (RFC 8323 5.2).
 */
#ifndef DISSECT_PROTO_COAP_OPTIONS_H
#define DISSECT_PROTO_COAP_OPTIONS_H

#include "dissect/proto/coap_rows.h"

enum format { UNKNOWN, BINARY, STRING, NUMBER, NOTHING, BLOCK_VALUE, OSCORE_VALUE };
enum { REPEATS = 1, LATER = 2 /* tshark 4.0 does not know it */ };

struct option {
    uint16_t number;
    uint8_t format, row, flags;
    uint16_t least, most;
};

/* clang-format off */
static const struct option options_low[61] = {
    [1] = {1, BINARY, F_IF_MATCH, REPEATS, 0, 8},
    [3] = {3, STRING, F_URI_HOST, 0, 1, 255},
    [4] = {4, BINARY, F_ETAG, REPEATS, 1, 8},
    [5] = {5, NOTHING, F_IF_NONE_MATCH, 0, 0, 0},
    [6] = {6, NUMBER, F_OBSERVE, 0, 0, 3},
    [7] = {7, NUMBER, F_URI_PORT, 0, 0, 2},
    [8] = {8, STRING, F_LOCATION, REPEATS, 0, 255},
    [9] = {9, OSCORE_VALUE, F_OSCORE, 0, 0, 255},
    [11] = {11, STRING, F_SEGMENT, REPEATS, 0, 255},
    [12] = {12, NUMBER, F_FORMAT, 0, 0, 2},
    [14] = {14, NUMBER, F_MAX_AGE, 0, 0, 4},
    [15] = {15, STRING, F_QUERY, REPEATS, 0, 255},
    [16] = {16, NUMBER, F_HOP_LIMIT, 0, 1, 1},
    [17] = {17, NUMBER, F_ACCEPT, 0, 0, 2},
    [19] = {19, BLOCK_VALUE, F_QBLOCK1_NUM, LATER, 0, 3},
    [20] = {20, STRING, F_LOCATION_QUERY, REPEATS, 0, 255},
    [21] = {21, NOTHING, F_EDHOC, LATER, 0, 0},
    [23] = {23, BLOCK_VALUE, F_BLOCK2_NUM, 0, 0, 3},
    [27] = {27, BLOCK_VALUE, F_BLOCK1_NUM, 0, 0, 3},
    [28] = {28, NUMBER, F_SIZE2, 0, 0, 4},
    [31] = {31, BLOCK_VALUE, F_QBLOCK2_NUM, REPEATS | LATER, 0, 3},
    [35] = {35, STRING, F_PROXY_URI, 0, 1, 1034},
    [39] = {39, STRING, F_PROXY_SCHEME, 0, 1, 255},
    [60] = {60, NUMBER, F_SIZE1, 0, 0, 4},
};
#define LAST {0, 0, 0, 0, 0, 0}
static const struct option options_high[] = {
    {252, BINARY, F_ECHO, LATER, 1, 40}, {258, NUMBER, F_NO_RESPONSE, LATER, 0, 1},
    {292, BINARY, F_REQUEST_TAG, REPEATS | LATER, 0, 8},
    {2049, NUMBER, F_OCF_ACCEPT, LATER, 2, 2}, {2053, NUMBER, F_OCF_FORMAT, LATER, 2, 2}, LAST,
};
static const struct option options_csm[] = {
    {2, NUMBER, F_MAX_MESSAGE_SIZE, LATER, 0, 4}, {4, NOTHING, F_BLOCK_WISE, 0, 0, 0},
    {6, NUMBER, F_EXTENDED_TOKEN, 0, 0, 3}, LAST,
};
static const struct option options_ping[] = {{2, NOTHING, F_CUSTODY, LATER, 0, 0}, LAST};
static const struct option options_release[] = {
    {2, STRING, F_ALTERNATIVE, REPEATS | LATER, 1, 255}, {4, NUMBER, F_HOLD_OFF, 0, 0, 3}, LAST,
};
static const struct option options_abort[] = {{2, NUMBER, F_BAD_CSM, LATER, 0, 2}, LAST};
/* clang-format on */

/* Its table is that of the code, 0 for datagrams; NULL: not known. */
static inline const struct option *option_of(unsigned code, uint32_t number)
{
    const struct option *o = options_high;
    if (code >= CODE_CSM && code <= CODE_ABORT) {
        o = code == CODE_CSM                         ? options_csm
            : code == CODE_PING || code == CODE_PONG ? options_ping
            : code == CODE_RELEASE                   ? options_release
                                                     : options_abort;
    } else if (number <= 60) {
        o = &options_low[number];
        return o->format ? o : NULL;
    }
    while (o->format && o->number != number) {
        o++;
    }
    return o->format ? o : NULL;
}

#endif
