/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields and oddities of MQTT-SN, part of mqttsn.c alone.
 */
#ifndef DISSECT_PROTO_MQTTSN_ROWS_H
#define DISSECT_PROTO_MQTTSN_ROWS_H

#include "telltale/dissect.h"

/* clang-format off */
/* Types are kinds, too; HOLE: numbers that nobody has. */
#define TYPES(X) \
    X(0x00, ADVERTISE, advertise) X(0x01, SEARCHGW, searchgw) X(0x02, GWINFO, gwinfo) \
    HOLE(0x03, reserved_3) X(0x04, CONNECT, connect) X(0x05, CONNACK, connack) \
    X(0x06, WILLTOPICREQ, willtopicreq) X(0x07, WILLTOPIC, willtopic) \
    X(0x08, WILLMSGREQ, willmsgreq) X(0x09, WILLMSG, willmsg) X(0x0a, REGISTER, register) \
    X(0x0b, REGACK, regack) X(0x0c, PUBLISH, publish) X(0x0d, PUBACK, puback) \
    X(0x0e, PUBCOMP, pubcomp) X(0x0f, PUBREC, pubrec) X(0x10, PUBREL, pubrel) \
    HOLE(0x11, reserved_17) X(0x12, SUBSCRIBE, subscribe) X(0x13, SUBACK, suback) \
    X(0x14, UNSUBSCRIBE, unsubscribe) X(0x15, UNSUBACK, unsuback) X(0x16, PINGREQ, pingreq) \
    X(0x17, PINGRESP, pingresp) X(0x18, DISCONNECT, disconnect) HOLE(0x19, reserved_25) \
    X(0x1a, WILLTOPICUPD, willtopicupd) X(0x1b, WILLTOPICRESP, willtopicresp) \
    X(0x1c, WILLMSGUPD, willmsgupd) X(0x1d, WILLMSGRESP, willmsgresp)
enum type {
#define NUMBER(number, upper, lower) TYPE_##upper = (number),
#define HOLE(number, name)
    TYPES(NUMBER)
#undef NUMBER
    TYPE_ENCAPSULATED = 0xfe, KIND_RESERVED = 0x1e,
};
#define LOWER(number, upper, lower) {number, #lower},
#define UPPER(number, upper, lower) {number, #upper},
static const struct tt_name types[] = {TYPES(UPPER) {TYPE_ENCAPSULATED, "ENCAPSULATED"}, {0, NULL}};
#undef HOLE
#define HOLE(number, name) {number, #name},
static const struct tt_name kinds[] = {TYPES(LOWER) {KIND_RESERVED, "reserved"}, {0, NULL}};
static const struct tt_name topic_types[] = {
    {0, "normal"}, {1, "predefined"}, {2, "short"}, {3, "reserved"}, {0, NULL}};
static const struct tt_name codes[] = {
    {0, "accepted"}, {1, "congestion"}, {2, "invalid_topic_id"}, {3, "not_supported"}, {0, NULL}};

enum row {
    F_RADIUS, F_NODE, F_TYPE, F_OUTER, F_OUTER_LENGTH, F_LENGTH, F_GATEWAY, F_ADDRESS, F_INTERVAL,
    F_SEARCH, F_DUP, F_DUP_HIDDEN, F_QOS, F_QOS_HIDDEN, F_RETAIN, F_RETAIN_HIDDEN, F_WILL, F_CLEAN,
    F_TOPIC_TYPE, F_TOPIC_TYPE_HIDDEN, F_PROTOCOL, F_KEEP_ALIVE, F_CLIENT_ID, F_TOPIC_ID,
    F_TOPIC_ID_HIDDEN, F_MSG_ID, F_TOPIC, F_REGISTERED, F_FILTER, F_FILTER_HIDDEN, F_CODE, F_SLEEP,
    F_WILL_TOPIC, F_WILL_MESSAGE, F_PAYLOAD, F_STREAM, N_ROWS,
};

#define ROW(row, path, doc, names, tshark, type, flags) \
    [row] = {path, doc, names, NULL, tshark, type, 0, flags}
#define NUM(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_UINT, 0)
#define BOOL(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_BOOL, 0)
#define STR(row, path, doc, tshark, flags) ROW(row, path, doc, NULL, tshark, TT_STR, flags)
#define T(name) "mqttsn." name

static const struct tt_field fields[N_ROWS] = {
    NUM(F_RADIUS, "*.forwarder.radius", "Hops that the forwarder may send it.", T("control.info")),
    ROW(F_NODE, "*.forwarder.node", "Address of the client behind the forwarder.", NULL, NULL,
        TT_BYTES, 0),
    ROW(F_TYPE, "type", "Message type.", types, T("msg.type"), TT_ENUM, TT_UNRECORDED),
    ROW(F_OUTER, "forwarder_types[]", "Type of what the forwarder puts around it.", types,
        T("msg.type"), TT_ENUM, TT_UNRECORDED),
    ROW(F_OUTER_LENGTH, "forwarder_lengths[]", "Octets that the forwarder puts around it.", NULL,
        T("msg.len"), TT_UINT, TT_UNRECORDED),
    NUM(F_LENGTH, "*.length", "Octets of the message.", T("msg.len")),
    NUM(F_GATEWAY, "*.gateway", "Number of the gateway.", T("gw.id")),
    ROW(F_ADDRESS, "*.gateway_address", "Address of the gateway, as another client tells it.", NULL,
        NULL, TT_BYTES, 0),
    NUM(F_INTERVAL, "*.duration", "Seconds until the next advertisement.", T("adv.interv")),
    NUM(F_SEARCH, "*.radius", "Hops that the question travels.", T("radius")),
    BOOL(F_DUP, "*.dup", "Sent again.", T("dup")),
    BOOL(F_DUP_HIDDEN, "*.dup", "Sent again.", NULL),
    NUM(F_QOS, "*.qos", "Quality of service; 3 is -1: without a connection.", T("qos")),
    NUM(F_QOS_HIDDEN, "*.qos", "Quality of service; 3 is -1: without a connection.", NULL),
    BOOL(F_RETAIN, "*.retain", "To be kept by the server.", T("retain")),
    BOOL(F_RETAIN_HIDDEN, "*.retain", "To be kept by the server.", NULL),
    BOOL(F_WILL, "*.will", "A will is asked for.", T("will")),
    BOOL(F_CLEAN, "*.clean_session", "Begin anew.", T("clean.session")),
    ROW(F_TOPIC_TYPE, "*.topic_id_type", "What stands for the topic.", topic_types,
        T("topic.id.type"), TT_ENUM, 0),
    ROW(F_TOPIC_TYPE_HIDDEN, "topic_id_type", "The same bits where they mean nothing.", topic_types,
        T("topic.id.type"), TT_ENUM, TT_UNRECORDED),
    NUM(F_PROTOCOL, "*.protocol_id", "1: version 1.2.", T("protocol.id")),
    NUM(F_KEEP_ALIVE, "*.keep_alive", "Seconds within which something comes.", T("keep.alive")),
    STR(F_CLIENT_ID, "*.client_id", "Client identifier.", T("client.id"), TT_IDENTITY),
    NUM(F_TOPIC_ID, "*.topic_id", "Stands for the topic.", T("topic.id")),
    NUM(F_TOPIC_ID_HIDDEN, "*.topic_id", "Stands for the topic.", NULL),
    NUM(F_MSG_ID, "*.msg_id", "Number that the answer repeats.", T("msg.id")),
    STR(F_TOPIC, "*.topic", "Topic, also where the message has only its number.", NULL, 0),
    STR(F_REGISTERED, "*.topic", "Topic that gets a number.", T("topic"), 0),
    STR(F_FILTER, "*.topic", "Topic filter.", T("topic.name.or.id"), 0),
    STR(F_FILTER_HIDDEN, "filter_octets", "What stands for the filter.", T("topic.name.or.id"),
        TT_UNRECORDED),
    ROW(F_CODE, "*.return_code", "What came of it.", codes, T("return.code"), TT_ENUM, 0),
    NUM(F_SLEEP, "*.sleep", "Seconds that the client sleeps.", T("sleep.timer")),
    STR(F_WILL_TOPIC, "*.will_topic", "Topic of the will.", T("will.topic"), 0),
    STR(F_WILL_MESSAGE, "*.will_message", "Payload of the will.", T("will.msg"), 0),
    STR(F_PAYLOAD, "*.payload", "Payload.", T("pub.msg"), TT_PAYLOAD),
    STR(F_STREAM, "stream", "Topic, or what stands for it.", NULL, TT_STREAM | TT_UNRECORDED),
};

enum oddity {
    A_MALFORMED, A_LENGTH, A_NONMINIMAL, A_TYPE, A_QOS, A_TOPIC_TYPE, A_FLAGS, A_PROTOCOL,
    A_CLIENT_EMPTY, A_CLIENT_LONG, A_UNCONNECTED, A_UNKNOWN_TOPIC, A_UNRESOLVED, A_NOT_KEPT, A_CODE,
    A_UNINTRODUCED, A_ASLEEP, A_TO_SLEEPER, A_WILDCARD, A_UTF8, A_EMPTY_TOPIC, A_NO_MSG_ID,
    A_NESTED, A_TRAILING, A_MOVED, N_ODDITIES,
};
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Shorter than its type needs."},
    [A_LENGTH] = {"bad_length", "The length is not that of the datagram."},
    [A_NONMINIMAL] = {"nonminimal_length", "Three octets for a length of up to 255."},
    [A_TYPE] = {"reserved_type", "Message type that is not assigned."},
    [A_QOS] = {"invalid_qos_level", "Quality -1 of what is no PUBLISH."},
    [A_TOPIC_TYPE] = {"reserved_topic_type", "Topic type 3."},
    [A_FLAGS] = {"unexpected_flags", "Flags that the message type does not use."},
    [A_PROTOCOL] = {"bad_protocol_id", "Protocol other than 1."},
    [A_CLIENT_EMPTY] = {"client_id_empty", "Client identifier of no length."},
    [A_CLIENT_LONG] = {"client_id_too_long", "Client identifier of more than 23 octets."},
    [A_UNCONNECTED] = {"unconnected_publish", "Quality -1: anyone may send it, nobody is asked."},
    [A_UNKNOWN_TOPIC] = {"unknown_topic_id", "Number that was not given in this session."},
    [A_UNRESOLVED] = {"unresolved_topic_id", "Number whose topic was given before the capture."},
    [A_NOT_KEPT] = {"topic_not_kept", "More or longer topics than are remembered."},
    [A_CODE] = {"unknown_code", "Return code that is not assigned."},
    [A_UNINTRODUCED] = {"unintroduced_message", "Message of a client that is not connected."},
    [A_ASLEEP] = {"message_while_asleep", "Message of a client that said it sleeps."},
    [A_TO_SLEEPER] = {"publish_to_sleeper", "PUBLISH to a client that sleeps."},
    [A_WILDCARD] = {"wildcard_in_topic", "Wildcard where it has no meaning."},
    [A_UTF8] = {"invalid_utf8", "Text that is not UTF-8, or has U+0000."},
    [A_EMPTY_TOPIC] = {"empty_topic", "Topic of no length."},
    [A_NO_MSG_ID] = {"missing_msg_id", "Message identifier 0 where one is needed."},
    [A_NESTED] = {"nested_encapsulation", "More forwarders around a message than are opened."},
    [A_TRAILING] = {"trailing_octets", "Octets behind the last field."},
    [A_MOVED] = {"topic_id_moved", "Number that stands for another topic than before."},
};
_Static_assert(N_ROWS <= TT_FIELDS_MAX && N_ODDITIES <= 64, "engine's limits");
/* clang-format on */

#endif
