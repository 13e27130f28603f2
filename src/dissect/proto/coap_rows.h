/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The rows of CoAP and of the LwM2M that it carries, part of coap.c alone: kinds of messages,
 * fields in the order of the record (which is the order of the wire), oddities.
 */
#ifndef DISSECT_PROTO_COAP_ROWS_H
#define DISSECT_PROTO_COAP_ROWS_H

#include "dissect/proto/coap_names.h"

/* What a message is. A transaction shows the first message of each kind. */
enum kind { REQUEST, RESPONSE, ACK, RESET, PING, PONG, CSM, RELEASE, ABORT, OTHER };

static const struct tt_name kinds[] = {
    {REQUEST, "request"}, {RESPONSE, "response"}, {ACK, "ack"}, {RESET, "reset"},
    {PING, "ping"},       {PONG, "pong"},         {CSM, "csm"}, {RELEASE, "release"},
    {ABORT, "abort"},     {OTHER, "other"},       {0, NULL}};

/* clang-format off */
/* Rows whose name begins with a part of T_ are there for the comparison with tshark and for rules:
 * raw pieces of what another row shows as a whole. */
enum row {
    F_TRANSPORT, F_LENGTH, F_VERSION, F_TYPE, F_TOKEN_LENGTH, F_CODE, F_METHOD, F_STATUS, F_MID,
    F_TOKEN, F_RETRANSMISSION, F_MULTICAST, F_IF_MATCH, F_URI_HOST, F_ETAG, F_IF_NONE_MATCH,
    F_OBSERVE, F_URI_PORT, F_LOCATION, F_OSCORE, F_OSCORE_RESERVED, F_OSCORE_HAS_CONTEXT,
    F_OSCORE_HAS_KID, F_OSCORE_PIV_LENGTH, F_OSCORE_PIV, F_OSCORE_CONTEXT_LENGTH, F_OSCORE_CONTEXT,
    F_OSCORE_KID, F_SEGMENT, F_FORMAT, F_MAX_AGE, F_QUERY, F_HOP_LIMIT, F_ACCEPT, F_QBLOCK1_NUM,
    F_QBLOCK1_MORE, F_QBLOCK1_SIZE, F_LOCATION_QUERY, F_EDHOC, F_BLOCK2_NUM, F_BLOCK2_MORE,
    F_BLOCK2_SIZE, F_BLOCK2_SZX, F_BLOCK1_NUM, F_BLOCK1_MORE, F_BLOCK1_SIZE, F_BLOCK1_SZX, F_SIZE2,
    F_SIZE2_LOW, F_QBLOCK2_NUM, F_QBLOCK2_MORE, F_QBLOCK2_SIZE, F_PROXY_URI, F_PROXY_SCHEME,
    F_SIZE1, F_ECHO, F_NO_RESPONSE, F_REQUEST_TAG, F_OCF_ACCEPT, F_OCF_FORMAT, F_MAX_MESSAGE_SIZE,
    F_BLOCK_WISE, F_EXTENDED_TOKEN, F_CUSTODY, F_ALTERNATIVE, F_HOLD_OFF, F_BAD_CSM, F_OPT_NUMBER,
    F_OPT_CRITICAL, F_OPT_LENGTH, F_OPT_VALUE, F_UNKNOWN, F_MARKER, F_PATH, F_STREAM,
    F_AMPLIFICATION, F_PAYLOAD_LENGTH, F_BLOCK_LENGTH, F_BODY_LENGTH, F_BODY_BLOCKS,
    F_BODY_TRUNCATED, F_PAYLOAD, F_PAYLOAD_SECRET,
    F_OPERATION, F_ENDPOINT, F_LIFETIME, F_LWM2M_VERSION, F_BINDING, F_SMS, F_REGISTRATION,
    F_LWM2M_PATH, F_OBJECT, F_OBJECT_NAME, F_RESOURCE_NAME, F_OBJECTS, F_VALUE_PATH, F_VALUE_NAME,
    F_VALUE, F_VALUE_SECRET, N_ROWS,
};

#define ROW(row, path, doc, names, keyword, tshark, type, flags) \
    [row] = {path, doc, names, keyword, tshark, type, 0, flags}
#define UINT(row, path, doc, tshark) ROW(row, path, doc, NULL, NULL, tshark, TT_UINT, 0)
#define BOOL(row, path, doc, tshark) ROW(row, path, doc, NULL, NULL, tshark, TT_BOOL, 0)
#define STR(row, path, doc, tshark) ROW(row, path, doc, NULL, NULL, tshark, TT_STR, 0)
#define BYTES(row, path, doc, tshark) ROW(row, path, doc, NULL, NULL, tshark, TT_BYTES, 0)
#define ENUM(row, path, doc, names, tshark) ROW(row, path, doc, names, NULL, tshark, TT_ENUM, 0)
#define ONLY(row, path, doc, tshark, type) \
    ROW(row, path, doc, NULL, NULL, tshark, type, TT_UNRECORDED)
#define BLOCK(what, path, which, number, flag) \
    UINT(what##_NUM, path ".num", "Number of the block of the " which ".", number), \
    BOOL(what##_MORE, path ".more", "More blocks of the " which " follow.", flag), \
    UINT(what##_SIZE, path ".size", "Octets of a block of the " which ".", NULL)
#define LWM2M(row, name, doc, type) \
    ROW(row, "*.lwm2m." name, doc, NULL, "lwm2m." name, NULL, type, 0)

static const struct tt_field fields[N_ROWS] = {
    [F_TRANSPORT] = {"*.transport", "What carries the message.", transports, NULL, NULL, TT_ENUM, 0,
                     TT_UNRECORDED},
    ONLY(F_LENGTH, "*.length", "Octets of the message over TCP.", "coap.length", TT_UINT),
    UINT(F_VERSION, "*.version", "Version: 1; not over TCP.", "coap.version"),
    ENUM(F_TYPE, "*.type", "Confirmable, non-confirmable, acknowledgement, reset; not over TCP.",
         types, "coap.type"),
    ONLY(F_TOKEN_LENGTH, "*.token_length", "Token length field.", "coap.token_len", TT_UINT),
    ENUM(F_CODE, "*.code", "Class and detail of the code.", codes, "coap.code"),
    ROW(F_METHOD, "request.method", "Method.", methods, "coap.method", NULL, TT_ENUM, 0),
    ROW(F_STATUS, "response.status", "Response code in words.", statuses, "coap.status", NULL,
        TT_ENUM, 0),
    UINT(F_MID, "*.mid", "Message ID; not over TCP.", "coap.mid"),
    BYTES(F_TOKEN, "*.token", "Token: ties a response to its request.", "coap.token"),
    BOOL(F_RETRANSMISSION, "*.retransmission", "The same message was seen a moment ago.", NULL),
    BOOL(F_MULTICAST, "*.multicast", "Sent to a group.", NULL),
    BYTES(F_IF_MATCH, "*.if_match[]", "Only if the resource has this entity tag.",
          "coap.opt.if_match"),
    STR(F_URI_HOST, "*.uri_host", "Host of the URI.", "coap.opt.uri_host"),
    BYTES(F_ETAG, "*.etag[]", "Entity tag.", "coap.opt.etag"),
    BOOL(F_IF_NONE_MATCH, "*.if_none_match", "Only if the resource does not exist.", NULL),
    UINT(F_OBSERVE, "*.observe", "Request: 0 register, 1 deregister; response: sequence number.",
         "coap.opt.observe"),
    UINT(F_URI_PORT, "*.uri_port", "Port of the URI.", "coap.opt.uri_port"),
    STR(F_LOCATION, "*.location_path[]", "Path of what was created, by segment.",
        "coap.opt.location_path"),
    BOOL(F_OSCORE, "*.oscore.protected", "Protected by OSCORE: the real code is inside.", NULL),
    ONLY(F_OSCORE_RESERVED, "*.oscore.reserved", "Reserved bits that are set.",
         "coap.opt.object_security_reserved", TT_BOOL),
    ONLY(F_OSCORE_HAS_CONTEXT, "*.oscore.has_kid_context", "A kid context is there.",
         "coap.opt.object_security_kid_context_present", TT_BOOL),
    ONLY(F_OSCORE_HAS_KID, "*.oscore.has_kid", "A kid is there.",
         "coap.opt.object_security_kid_present", TT_BOOL),
    ONLY(F_OSCORE_PIV_LENGTH, "*.oscore.piv_length", "Octets of the partial IV.",
         "coap.opt.object_security_piv_len", TT_UINT),
    BYTES(F_OSCORE_PIV, "*.oscore.piv", "Partial IV: the sender's sequence number.",
          "coap.opt.object_security_piv"),
    ONLY(F_OSCORE_CONTEXT_LENGTH, "*.oscore.kid_context_length", "Octets of the kid context.",
         "coap.opt.object_security_kid_context_len", TT_UINT),
    BYTES(F_OSCORE_CONTEXT, "*.oscore.kid_context", "Tells contexts of one kid apart.",
          "coap.opt.object_security_kid_context"),
    BYTES(F_OSCORE_KID, "*.oscore.kid", "Identifier of the sender's key.",
          "coap.opt.object_security_kid"),
    ONLY(F_SEGMENT, "*.uri_segments[]", "Path of the URI, by segment.", "coap.opt.uri_path",
         TT_STR),
    ROW(F_FORMAT, "*.content_format", "Format of the payload.", formats, NULL, "coap.opt.ctype",
        TT_ENUM, TT_TSHARK_NAME),
    UINT(F_MAX_AGE, "*.max_age", "Life of the representation in s.", "coap.opt.max_age"),
    STR(F_QUERY, "*.uri_query[]", "Query of the URI, by argument.", "coap.opt.uri_query"),
    UINT(F_HOP_LIMIT, "*.hop_limit", "Proxies that may still forward it.", "coap.opt.hop_limit"),
    ROW(F_ACCEPT, "*.accept", "Format wanted.", formats, NULL, "coap.opt.accept", TT_ENUM,
        TT_TSHARK_NAME),
    BLOCK(F_QBLOCK1, "*.q_block1", "request (RFC 9177)", NULL, NULL),
    STR(F_LOCATION_QUERY, "*.location_query[]", "Query of what was created, by argument.",
        "coap.opt.location_query"),
    BOOL(F_EDHOC, "*.edhoc", "EDHOC stands before the OSCORE ciphertext (RFC 9668).", NULL),
    BLOCK(F_BLOCK2, "*.block2", "response", "coap.opt.block_number", "coap.opt.block_mflag"),
    ONLY(F_BLOCK2_SZX, "*.block2.szx", "Size exponent.", "coap.opt.block_size", TT_UINT),
    BLOCK(F_BLOCK1, "*.block1", "request", "coap.opt.block_number", "coap.opt.block_mflag"),
    ONLY(F_BLOCK1_SZX, "*.block1.szx", "Size exponent.", "coap.opt.block_size", TT_UINT),
    UINT(F_SIZE2, "*.size2", "Octets of the whole response body.", NULL),
    ONLY(F_SIZE2_LOW, "*.size2_low", "Size2 as tshark 4.0 shows it: three bits, a block size.",
         "coap.opt.block_size", TT_UINT),
    BLOCK(F_QBLOCK2, "*.q_block2", "response (RFC 9177)", NULL, NULL),
    STR(F_PROXY_URI, "*.proxy_uri", "URI that a proxy is asked for.", "coap.opt.proxy_uri"),
    STR(F_PROXY_SCHEME, "*.proxy_scheme", "Scheme that a proxy is asked to use.",
        "coap.opt.proxy_scheme"),
    UINT(F_SIZE1, "*.size1", "Octets of the whole request body.", "coap.opt.size1"),
    BYTES(F_ECHO, "*.echo", "To be sent back: proves that the address is real (RFC 9175).", NULL),
    UINT(F_NO_RESPONSE, "*.no_response", "Classes of responses not wanted: 2, 8, 16 (RFC 7967).",
         NULL),
    BYTES(F_REQUEST_TAG, "*.request_tag[]", "Tells bodies apart (RFC 9175).", NULL),
    UINT(F_OCF_ACCEPT, "*.ocf_accept_version", "OCF version of the format wanted.", NULL),
    UINT(F_OCF_FORMAT, "*.ocf_content_version", "OCF version of the payload's format.", NULL),
    UINT(F_MAX_MESSAGE_SIZE, "csm.max_message_size", "Longest message that is taken.", NULL),
    BOOL(F_BLOCK_WISE, "csm.block_wise", "Block-wise transfer is understood.", NULL),
    UINT(F_EXTENDED_TOKEN, "csm.extended_token_length", "Longest token that is taken.", NULL),
    BOOL(F_CUSTODY, "*.custody", "Answer when all that came before is processed.", NULL),
    STR(F_ALTERNATIVE, "release.alternative_address[]", "Where to connect instead.", NULL),
    UINT(F_HOLD_OFF, "release.hold_off", "Seconds to wait before connecting again.", NULL),
    UINT(F_BAD_CSM, "abort.bad_csm_option", "Number of the option that was not understood.", NULL),
    UINT(F_OPT_NUMBER, "*.options[].number", "Number of an option that is not known.", NULL),
    BOOL(F_OPT_CRITICAL, "*.options[].critical", "It must not be ignored.", NULL),
    UINT(F_OPT_LENGTH, "*.options[].length", "Its octets.", NULL),
    BYTES(F_OPT_VALUE, "*.options[].value", "Its value.", NULL),
    ONLY(F_UNKNOWN, "*.later_options[]", "Values of options that tshark 4.0 does not know.",
         "coap.opt.unknown", TT_BYTES),
    ONLY(F_MARKER, "*.payload_marker", "A payload is announced.", "coap.opt.end_marker", TT_UINT),
    STR(F_PATH, "*.uri_path", "Path of the URI.", NULL),
    ROW(F_STREAM, "*.stream", "Method and path, also of what answers it.", NULL, NULL, NULL, TT_STR,
        TT_STREAM | TT_UNRECORDED),
    UINT(F_AMPLIFICATION, "response.amplification", "Octets of it for each octet of its request.",
         NULL),
    UINT(F_PAYLOAD_LENGTH, "*.payload_length", "Octets of payload.", "coap.payload_length"),
    UINT(F_BLOCK_LENGTH, "*.payload_length", "Octets of payload of a block.", NULL),
    UINT(F_BODY_LENGTH, "*.body_length", "Octets of all blocks, with the last of them.",
         "coap.payload_length"),
    UINT(F_BODY_BLOCKS, "*.body_blocks", "Blocks that the body came in.", NULL),
    BOOL(F_BODY_TRUNCATED, "*.body_truncated", "Of the body only its first 8192 octets are here.",
         NULL),
    ROW(F_PAYLOAD, "*.payload", "Payload; with the block that makes a body whole, the body.", NULL,
        NULL, NULL, TT_STR, TT_PAYLOAD),
    ROW(F_PAYLOAD_SECRET, "*.payload", "Payload with keys in it.", NULL, NULL, NULL, TT_STR,
        TT_PAYLOAD | TT_SECRET),
    ROW(F_OPERATION, "*.lwm2m.operation", "LwM2M operation, also of what answers it.", operations,
        "lwm2m.operation", NULL, TT_ENUM, 0),
    ROW(F_ENDPOINT, "*.lwm2m.endpoint", "Endpoint name.", NULL, "lwm2m.endpoint", NULL, TT_STR,
        TT_IDENTITY),
    LWM2M(F_LIFETIME, "lifetime", "Life of the registration in s.", TT_UINT),
    LWM2M(F_LWM2M_VERSION, "version", "Version of LwM2M.", TT_STR),
    LWM2M(F_BINDING, "binding", "Transports: U UDP, T TCP, S SMS, N non-IP, Q queues.", TT_STR),
    ROW(F_SMS, "*.lwm2m.sms", "Number for wake-up by SMS.", NULL, "lwm2m.sms", NULL, TT_STR,
        TT_PERSONAL),
    LWM2M(F_REGISTRATION, "location", "Where the server keeps the registration.", TT_STR),
    LWM2M(F_LWM2M_PATH, "path", "Object, instance, resource.", TT_STR),
    LWM2M(F_OBJECT, "object", "Number of the object.", TT_UINT),
    LWM2M(F_OBJECT_NAME, "object_name", "Name of the object.", TT_STR),
    LWM2M(F_RESOURCE_NAME, "resource_name", "Name of the resource.", TT_STR),
    ROW(F_OBJECTS, "*.lwm2m.objects[]", "Objects and instances of the device.", NULL,
        "lwm2m.objects", NULL, TT_STR, 0),
    ROW(F_VALUE_PATH, "*.lwm2m.values[].path", "Resource.", NULL, "lwm2m.values.path", NULL, TT_STR,
        0),
    ROW(F_VALUE_NAME, "*.lwm2m.values[].name", "Name of the resource.", NULL, "lwm2m.values.name",
        NULL, TT_STR, 0),
    ROW(F_VALUE, "*.lwm2m.values[].value", "Value.", NULL, "lwm2m.values.value", NULL, TT_STR, 0),
    ROW(F_VALUE_SECRET, "*.lwm2m.values[].value", "Key.", NULL, "lwm2m.values.key", NULL, TT_STR,
        TT_SECRET),
};

static const struct tt_field_says facts[] = {
    {F_ENDPOINT, TT_IS_ENDPOINT}, {F_REGISTRATION, TT_IS_SESSION}, {0, TT_NO_FACT}};

/* missing_request is raised by the engine, which pairs questions and answers. */
enum oddity {
    A_MALFORMED, A_MISSING_REQUEST, A_VERSION, A_TOKEN_LENGTH, A_EXTENDED_TOKEN, A_OPTION_FORMAT,
    A_EMPTY_PAYLOAD, A_NOT_EMPTY, A_CLASS, A_CODE, A_TYPE, A_SIGNALLING, A_OPTION_LENGTH,
    A_OPTION_REPEATED, A_OPTION_CRITICAL, A_OPTION_NUMBER, A_OPTION_COUNT, A_NONMINIMAL, A_DOTS,
    A_NUL, A_UTF8, A_LONG_PATH, A_BLOCK_SIZE, A_BLOCK_LENGTH, A_BLOCK_ORDER, A_BLOCK_BEYOND,
    A_BLOCK_CONFLICT, A_BLOCK_GROWS, A_ETAG_CHANGES, A_SIZE_CHANGES, A_BODY_SIZE, A_BODY_NOT_KEPT,
    A_MID_REUSED, A_TOKEN_REUSED, A_OBSERVE_ORDER, A_OBSERVE_PLACE, A_OSCORE, A_OSCORE_REPLAY,
    A_GROUP_CON, A_NO_CSM, A_MESSAGE_SIZE, A_TLV, A_SENML, A_TEXTS, A_LENGTH, N_ODDITIES,
};
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Token, option or length runs past the end."},
    [A_MISSING_REQUEST] = {"missing_request", "Response without its request."},
    [A_VERSION] = {"unknown_version", "Version other than 1."},
    [A_TOKEN_LENGTH] = {"token_length", "Token length 9 to 12 or 15."},
    [A_EXTENDED_TOKEN] = {"extended_token", "Longer token than 8 octets that nobody agreed to."},
    [A_OPTION_FORMAT] = {"option_format", "Option delta or length 15 (CVE-2020-12886)."},
    [A_EMPTY_PAYLOAD] = {"empty_payload", "Payload marker without a payload."},
    [A_NOT_EMPTY] = {"empty_message_with_content", "Code 0.00 with token, options or payload."},
    [A_CLASS] = {"reserved_class", "Code of class 1, 3 or 6."},
    [A_CODE] = {"unassigned_code", "Code that nobody registered."},
    [A_TYPE] = {"wrong_type", "Type that the code may not have."},
    [A_SIGNALLING] = {"signalling_over_udp", "Signalling of TCP in a datagram."},
    [A_OPTION_LENGTH] = {"option_length", "Option shorter or longer than it may be."},
    [A_OPTION_REPEATED] = {"repeated_option", "Option that may come once comes again."},
    [A_OPTION_CRITICAL] = {"unknown_critical_option", "Critical option that is not known."},
    [A_OPTION_NUMBER] = {"option_number", "Option number over 65535."},
    [A_OPTION_COUNT] = {"too_many_options", "More than 64 options."},
    [A_NONMINIMAL] = {"nonminimal_number", "Number with leading zeros."},
    [A_DOTS] = {"path_dots", "Path segment . or .. that a URI never has."},
    [A_NUL] = {"path_nul", "NUL in a text."},
    [A_UTF8] = {"invalid_utf8", "Text that is not UTF-8."},
    [A_LONG_PATH] = {"long_path", "Path longer than is kept."},
    [A_BLOCK_SIZE] = {"block_size", "Reserved block size."},
    [A_BLOCK_LENGTH] = {"block_length", "Block with more to come that is not full."},
    [A_BLOCK_ORDER] = {"block_order", "Block that does not follow the one before."},
    [A_BLOCK_BEYOND] = {"block_beyond_size", "Block that ends behind the size that was told."},
    [A_BLOCK_CONFLICT] = {"block_conflict", "Block that was here before with other octets."},
    [A_BLOCK_GROWS] = {"block_grows", "Larger block than the one before of the same body."},
    [A_ETAG_CHANGES] = {"etag_changes", "Block of another entity tag than the one before."},
    [A_SIZE_CHANGES] = {"size_changes", "Another size of the whole body than was announced."},
    [A_BODY_SIZE] = {"body_size", "The body is not as long as was announced."},
    [A_BODY_NOT_KEPT] = {"body_not_kept", "Body given up before it was whole: too many at a time."},
    [A_MID_REUSED] = {"mid_reused", "Message ID of another message a moment ago."},
    [A_TOKEN_REUSED] = {"token_reused", "Token of a request that is not answered yet."},
    [A_OBSERVE_ORDER] = {"observe_order", "Notification that is not newer than the last."},
    [A_OBSERVE_PLACE] = {"observe_value", "Observe in a request other than GET and FETCH, or > 1."},
    [A_OSCORE] = {"oscore_option", "OSCORE option that contradicts itself."},
    [A_OSCORE_REPLAY] = {"oscore_replay", "Partial IV that was used before."},
    [A_GROUP_CON] = {"confirmable_to_group", "Confirmable message to a group."},
    [A_NO_CSM] = {"missing_csm", "The first message over TCP is not CSM."},
    [A_LENGTH] = {"length_over_websocket", "Length other than 0 (RFC 8323 8.2)."},
    [A_MESSAGE_SIZE] = {"message_size", "Longer than the receiver takes."},
    [A_TLV] = {"lwm2m_tlv", "LwM2M TLV that runs past its end, or is too deep."},
    [A_SENML] = {"lwm2m_senml", "SenML that is not JSON or CBOR."},
    [A_TEXTS] = {"lwm2m_values_clipped", "More LwM2M values than are kept."},
};
_Static_assert(N_ROWS <= TT_FIELDS_MAX && N_ODDITIES <= 64, "engine's limits");
/* clang-format on */

static inline void note(struct tt_msg *m, bool when, enum oddity oddity)
{
    m->anomalies |= when ? (uint64_t)1 << oddity : 0;
}

#endif
