/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields and oddities of WebSocket, part of websocket.c alone. The record has Suricata's names.
 */
#ifndef DISSECT_PROTO_WEBSOCKET_ROWS_H
#define DISSECT_PROTO_WEBSOCKET_ROWS_H

#include "telltale/dissect.h"

enum opcode { CONTINUATION, TEXT, BINARY, CLOSE = 8, PING, PONG };
enum { FRAME }; /* kind */

/* clang-format off */
static const struct tt_name kinds[] = {{FRAME, "frame"}, {0, NULL}};
static const struct tt_name opcodes[] = {
    {CONTINUATION, "continuation"}, {TEXT, "text"}, {BINARY, "binary"}, {CLOSE, "connection_close"},
    {PING, "ping"}, {PONG, "pong"}, {0, NULL}};
static const struct tt_name flag_names[] = {{0x80, "fin"}, {0x40, "comp"}, {0, NULL}};

enum row {
    F_FIN, F_RESERVED, F_FLAGS, F_OPCODE, F_MASKED, F_LENGTH, F_MASK, F_MASK_OCTETS, F_PAYLOAD,
    F_CODE, F_REASON, N_ROWS,
};
#define ROW(row, path, doc, names, tshark, type, flags) \
    [row] = {path, doc, names, NULL, tshark, type, 0, flags}

static const struct tt_field fields[N_ROWS] = {
    ROW(F_FIN, "fin", "The message ends with this frame.", NULL, "websocket.fin", TT_BOOL, 0),
    ROW(F_RESERVED, "reserved", "Reserved bits.", NULL, "websocket.rsv", TT_UINT,
        TT_UNRECORDED | TT_TSHARK_HEX),
    ROW(F_FLAGS, "flags", "Bits of the first octet.", flag_names, NULL, TT_FLAGS, TT_UNRECORDED),
    ROW(F_OPCODE, "opcode", "What the frame is.", opcodes, "websocket.opcode", TT_ENUM, 0),
    ROW(F_MASKED, "masked", "The payload is masked.", NULL, "websocket.mask", TT_BOOL,
        TT_UNRECORDED),
    ROW(F_LENGTH, "length", "Octets of payload.", NULL, NULL, TT_UINT, TT_UNRECORDED),
    ROW(F_MASK, "mask", "Masking key as a number.", NULL, NULL, TT_UINT, 0),
    ROW(F_MASK_OCTETS, "masking_key", "Masking key.", NULL, "websocket.masking_key", TT_BYTES,
        TT_UNRECORDED),
    ROW(F_PAYLOAD, "payload", "Payload up to 4 KiB, without its mask.", NULL, NULL, TT_STR,
        TT_UNRECORDED),
    ROW(F_CODE, "close_code", "Why the connection is closed.", NULL,
        "websocket.payload.close.status_code", TT_UINT, TT_UNRECORDED),
    ROW(F_REASON, "close_reason", "Why, in words.", NULL, "websocket.payload.close.reason", TT_STR,
        TT_UNRECORDED),
};

enum oddity {
    A_MALFORMED, A_UNMASKED, A_MASKED, A_RESERVED, A_OPCODE, A_FRAGMENTED, A_LONG, A_NO_START,
    A_INTERLEAVED, A_NOT_MINIMAL, A_UTF8, A_CODE, A_AFTER_CLOSE, A_TEXT, A_SUBPROTOCOL,
    A_COMPRESSED, N_ODDITIES,
};
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Octets that are no frame."},
    [A_UNMASKED] = {"unmasked_client_frame", "A client has to mask (RFC 6455 5.1)."},
    [A_MASKED] = {"masked_server_frame", "A server must not mask (RFC 6455 5.1)."},
    [A_RESERVED] = {"reserved_bits", "Reserved bits of an extension that nobody agreed on."},
    [A_OPCODE] = {"reserved_opcode", "Opcode that is not assigned."},
    [A_FRAGMENTED] = {"fragmented_control_frame", "Control frame that goes on."},
    [A_LONG] = {"long_control_frame", "Control frame of more than 125 octets."},
    [A_NO_START] = {"continuation_without_start", "A message goes on that never began."},
    [A_INTERLEAVED] = {"interleaved_message", "A message begins inside of another one."},
    [A_NOT_MINIMAL] = {"length_not_minimal", "Length in more octets than needed."},
    [A_UTF8] = {"invalid_utf8", "Text, or reason, that is not UTF-8."},
    [A_CODE] = {"invalid_close_code", "Reason in one octet, or of a number that is never sent."},
    [A_AFTER_CLOSE] = {"frame_after_close", "A frame behind the last one."},
    [A_TEXT] = {"text_message", "Text where the subprotocol has octets only."},
    [A_SUBPROTOCOL] = {"unknown_subprotocol", "Octets of a subprotocol that is none, or unknown."},
    [A_COMPRESSED] = {"compressed_message", "Compressed (RFC 7692): not read."},
};
/* clang-format on */

#endif
