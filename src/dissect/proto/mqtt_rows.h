/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The tables of MQTT, part of mqtt.c alone: packet types, fields, oddities, properties, codes.
 */
#ifndef DISSECT_PROTO_MQTT_ROWS_H
#define DISSECT_PROTO_MQTT_ROWS_H

#include "telltale/dissect.h"

enum kind { CONNECT = 1, CONNACK, PUBLISH, PUBACK, PUBREC, PUBREL, PUBCOMP, SUBSCRIBE, SUBACK };
enum { UNSUBSCRIBE = 10, UNSUBACK, PINGREQ, PINGRESP, DISCONNECT, AUTH };

/* clang-format off */
#define KINDS(X) \
    X(0, unassigned, UNASSIGNED) X(1, connect, CONNECT) X(2, connack, CONNACK) \
    X(3, publish, PUBLISH) X(4, puback, PUBACK) X(5, pubrec, PUBREC) X(6, pubrel, PUBREL) \
    X(7, pubcomp, PUBCOMP) X(8, subscribe, SUBSCRIBE) X(9, suback, SUBACK) \
    X(10, unsubscribe, UNSUBSCRIBE) X(11, unsuback, UNSUBACK) X(12, pingreq, PINGREQ) \
    X(13, pingresp, PINGRESP) X(14, disconnect, DISCONNECT) X(15, auth, AUTH)
#define LOWER(value, lower, upper) {value, #lower},
#define UPPER(value, lower, upper) {value, #upper},
static const struct tt_name kinds[] = {KINDS(LOWER) {0, NULL}};
static const struct tt_name types[] = {KINDS(UPPER) {0, NULL}};
static const struct tt_name header_flags[] = {{8, "dup"}, {1, "retain"}, {0, NULL}};
static const struct tt_name connect_flags[] = {{0x80, "username"}, {0x40, "password"},
    {0x20, "will_retain"}, {0x04, "will"}, {0x02, "clean_session"}, {0, NULL}};

/* Two rows share a path where tshark has two fields for it, or has its field in some packets only:
 * a message never has both. The rows up to F_DUP_FIXED are put by header(). */
enum row {
    F_TYPE, F_FLAGS, F_LENGTH, F_VERSION, F_QOS, F_QOS_FIXED, F_RETAIN, F_RETAIN_FIXED, F_DUP,
    F_DUP_FIXED, F_NAME, F_LEVEL, F_CLIENT_ID, F_HAS_USERNAME, F_HAS_PASSWORD, F_WILL_RETAIN,
    F_HAS_WILL, F_CLEAN, F_USERNAME, F_PASSWORD, F_WILL_TOPIC, F_WILL_MESSAGE, F_WILL_FORMAT,
    F_WILL_EXPIRY, F_WILL_CONTENT, F_WILL_RESPONSE, F_WILL_CORRELATION, F_WILL_DELAY, F_WILL_KEY,
    F_WILL_VALUE, F_SESSION_PRESENT, F_RETURN_CODE, F_CONNACK_REASON, F_TOPIC, F_MESSAGE_ID,
    F_MESSAGE, F_REASON, F_PUBACK_REASON, F_PUBREC_REASON, F_PUBREL_REASON, F_PUBCOMP_REASON,
    F_DISCONNECT_REASON, F_AUTH_REASON, F_SUB_TOPIC, F_SUB_QOS, F_GRANTED, F_UNSUB_TOPIC,
    F_UNSUB_CODE, F_FORMAT, F_EXPIRY, F_CONTENT, F_RESPONSE, F_CORRELATION, F_SUB_ID,
    F_SESSION_EXPIRY, F_ASSIGNED, F_SERVER_KEEP_ALIVE, F_METHOD, F_AUTH_DATA, F_PROBLEM_REQUEST,
    F_DELAY, F_RESPONSE_REQUEST, F_RESPONSE_BASE, F_SERVER_REF, F_REASON_STRING, F_RECEIVE_MAX,
    F_ALIAS_MAX, F_ALIAS, F_MAX_QOS, F_RETAIN_AVAILABLE, F_PACKET_MAX, F_WILDCARD_AVAILABLE,
    F_SUB_ID_AVAILABLE, F_SHARED_AVAILABLE, F_KEY, F_VALUE, F_CONNECT_FLAGS, F_WILL_QOS,
    F_CONNECT_RESERVED, F_KEEP_ALIVE, F_WILL_OCTETS, F_CONNACK_FLAGS, F_OCTETS, F_SUB_OPTIONS,
    F_SUB_QOS_OCTET, F_SUBACK_QOS, F_SUBACK_REASON, F_SUB_ID_MORE, N_ROWS,
};

#define ROW(row, path, doc, keyword, tshark, type, flags) \
    [row] = {path, doc, NULL, keyword, tshark, type, 0, flags}
#define UINT(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_UINT, 0)
#define BOOL(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_BOOL, 0)
#define STR(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_STR, 0)
#define CODE(row, path, tshark) \
    ROW(row, path, "Return or reason code.", "mqtt.reason_code", tshark, TT_UINT, 0)
#define ONLY(row, path, doc, tshark, type, flags) \
    ROW(row, path, doc, NULL, tshark, type, TT_UNRECORDED | (flags))
#define NUMBER(row, name, doc) UINT(row, "*.properties." name, doc, "mqtt.prop_number")
#define STRING(row, name, doc) STR(row, "*.properties." name, doc, "mqtt.prop_string")
#define WILL(row, name, doc, tshark, type) \
    ROW(row, "connect.will.properties." name, doc, NULL, tshark, type, 0)

static const struct tt_field fields[N_ROWS] = {
    [F_TYPE] = {"type", "Packet type.", types, NULL, "mqtt.msgtype", TT_ENUM, 0, TT_UNRECORDED},
    [F_FLAGS] = {"flags", "First octet of the fixed header.", header_flags, NULL, "mqtt.hdrflags",
                 TT_FLAGS, 0, TT_UNRECORDED | TT_TSHARK_HEX},
    ONLY(F_LENGTH, "length", "Remaining length in octets.", "mqtt.len", TT_UINT, 0),
    ONLY(F_VERSION, "protocol_version", "Level of the CONNECT: 3, 4 or 5.", NULL, TT_UINT, 0),
    UINT(F_QOS, "*.qos", "Quality of service.", "mqtt.qos"),
    UINT(F_QOS_FIXED, "*.qos", "Quality of service.", NULL),
    BOOL(F_RETAIN, "*.retain", "RETAIN flag.", "mqtt.retain"),
    BOOL(F_RETAIN_FIXED, "*.retain", "RETAIN flag.", NULL),
    BOOL(F_DUP, "*.dup", "DUP flag: sent again.", "mqtt.dupflag"),
    BOOL(F_DUP_FIXED, "*.dup", "DUP flag: sent again.", NULL),
    STR(F_NAME, "connect.protocol_string", "Protocol name: MQTT, in 3.1 MQIsdp.", "mqtt.protoname"),
    UINT(F_LEVEL, "connect.protocol_version", "Protocol level octet.", "mqtt.ver"),
    ROW(F_CLIENT_ID, "connect.client_id", "Client identifier.", "mqtt.connect.clientid",
        "mqtt.clientid", TT_STR, TT_IDENTITY),
    BOOL(F_HAS_USERNAME, "connect.flags.username", "A user name follows.", "mqtt.conflag.uname"),
    BOOL(F_HAS_PASSWORD, "connect.flags.password", "A password follows.", "mqtt.conflag.passwd"),
    BOOL(F_WILL_RETAIN, "connect.flags.will_retain", "Retain the will.", "mqtt.conflag.retain"),
    BOOL(F_HAS_WILL, "connect.flags.will", "A will follows.", "mqtt.conflag.willflag"),
    BOOL(F_CLEAN, "connect.flags.clean_session", "Begin anew.", "mqtt.conflag.cleansess"),
    ROW(F_USERNAME, "connect.username", "User name.", NULL, "mqtt.username", TT_STR, TT_PERSONAL),
    ROW(F_PASSWORD, "connect.password", "Password.", NULL, "mqtt.passwd", TT_STR, TT_SECRET),
    ROW(F_WILL_TOPIC, "connect.will.topic", "Topic of the will.", "mqtt.connect.willtopic",
        "mqtt.willtopic", TT_STR, 0),
    ROW(F_WILL_MESSAGE, "connect.will.message", "Payload of the will.", "mqtt.connect.willmessage",
        NULL, TT_STR, 0),
    WILL(F_WILL_FORMAT, "payload_format_indicator", "1 = UTF-8.", "mqtt.prop_number", TT_UINT),
    WILL(F_WILL_EXPIRY, "message_expiry_interval", "Life in s.", "mqtt.prop_number", TT_UINT),
    WILL(F_WILL_CONTENT, "content_type", "Type.", "mqtt.property.content_type", TT_STR),
    WILL(F_WILL_RESPONSE, "response_topic", "Where to answer.", "mqtt.prop_string", TT_STR),
    WILL(F_WILL_CORRELATION, "correlation_data", "Ties the answer.", "mqtt.prop_string", TT_STR),
    WILL(F_WILL_DELAY, "will_delay_interval", "Delay in s.", "mqtt.prop_number", TT_UINT),
    WILL(F_WILL_KEY, "user_properties[].key", "Name of a pair.", "mqtt.prop_key", TT_STR),
    WILL(F_WILL_VALUE, "user_properties[].value", "Value of a pair.", "mqtt.prop_value", TT_STR),
    BOOL(F_SESSION_PRESENT, "connack.session_present", "The server kept the session.", NULL),
    CODE(F_RETURN_CODE, "connack.return_code", "mqtt.conack.val"),
    CODE(F_CONNACK_REASON, "connack.return_code", "mqtt.connack.reason_code"),
    ROW(F_TOPIC, "publish.topic", "Topic name, also where the packet has only its alias.", NULL,
        "mqtt.topic", TT_STR, TT_STREAM),
    UINT(F_MESSAGE_ID, "*.message_id", "Packet identifier.", "mqtt.msgid"),
    ROW(F_MESSAGE, "publish.message", "Payload.", NULL, NULL, TT_STR, TT_PAYLOAD),
    CODE(F_REASON, "*.reason_code", NULL),
    CODE(F_PUBACK_REASON, "*.reason_code", "mqtt.puback.reason_code"),
    CODE(F_PUBREC_REASON, "*.reason_code", "mqtt.pubrec.reason_code"),
    CODE(F_PUBREL_REASON, "*.reason_code", "mqtt.pubrel.reason_code"),
    CODE(F_PUBCOMP_REASON, "*.reason_code", "mqtt.pubcomp.reason_code"),
    CODE(F_DISCONNECT_REASON, "*.reason_code", "mqtt.disconnect.reason_code"),
    CODE(F_AUTH_REASON, "*.reason_code", "mqtt.auth.reason_code"),
    ROW(F_SUB_TOPIC, "subscribe.topics[].topic", "Topic filter.", "mqtt.subscribe.topic",
        "mqtt.topic", TT_STR, 0),
    UINT(F_SUB_QOS, "subscribe.topics[].qos", "Highest quality of service wanted.", NULL),
    CODE(F_GRANTED, "suback.qos_granted[]", NULL),
    ROW(F_UNSUB_TOPIC, "unsubscribe.topics[]", "Topic filter.", "mqtt.unsubscribe.topic",
        "mqtt.topic", TT_STR, 0),
    CODE(F_UNSUB_CODE, "unsuback.reason_codes[]", "mqtt.unsuback.reason_code"),
    NUMBER(F_FORMAT, "payload_format_indicator", "1 = the payload is UTF-8."),
    NUMBER(F_EXPIRY, "message_expiry_interval", "Life of the message in s."),
    STR(F_CONTENT, "*.properties.content_type", "Payload's type.", "mqtt.property.content_type"),
    STRING(F_RESPONSE, "response_topic", "Where to answer."),
    STRING(F_CORRELATION, "correlation_data", "Ties the answer to the request."),
    NUMBER(F_SUB_ID, "subscription_identifier", "Number of the (first) subscription."),
    NUMBER(F_SESSION_EXPIRY, "session_expiry_interval", "Life of the session in s."),
    ROW(F_ASSIGNED, "*.properties.assigned_client_identifier", "Client identifier by the server.",
        NULL, "mqtt.prop_string", TT_STR, TT_IDENTITY),
    NUMBER(F_SERVER_KEEP_ALIVE, "server_keep_alive", "Keep alive that the server wants in s."),
    STRING(F_METHOD, "authentication_method", "Name of the authentication method."),
    ROW(F_AUTH_DATA, "*.properties.authentication_data", "Data of the authentication method.",
        NULL, NULL, TT_STR, TT_SECRET),
    NUMBER(F_PROBLEM_REQUEST, "request_problem_information", "1 = reason strings are welcome."),
    NUMBER(F_DELAY, "will_delay_interval", "Delay of the will in s, outside a will."),
    NUMBER(F_RESPONSE_REQUEST, "request_response_information", "1 = response base wanted."),
    STRING(F_RESPONSE_BASE, "response_information", "Base of response topics."),
    STRING(F_SERVER_REF, "server_reference", "Another server to use."),
    STRING(F_REASON_STRING, "reason_string", "Reason in words."),
    NUMBER(F_RECEIVE_MAX, "receive_maximum", "Unfinished QoS 1 and 2 messages allowed."),
    NUMBER(F_ALIAS_MAX, "topic_alias_maximum", "Highest topic alias allowed."),
    UINT(F_ALIAS, "*.properties.topic_alias", "Stands for the topic.", "mqtt.property.topic_alias"),
    UINT(F_MAX_QOS, "*.properties.maximum_qos", "The server's limit.", "mqtt.property.max_qos"),
    NUMBER(F_RETAIN_AVAILABLE, "retain_available", "1 = the server retains."),
    NUMBER(F_PACKET_MAX, "maximum_packet_size", "Longest packet allowed in octets."),
    NUMBER(F_WILDCARD_AVAILABLE, "wildcard_subscription_available", "1 = wildcards allowed."),
    NUMBER(F_SUB_ID_AVAILABLE, "subscription_identifier_available", "1 = identifiers allowed."),
    NUMBER(F_SHARED_AVAILABLE, "shared_subscription_available", "1 = sharing allowed."),
    STR(F_KEY, "*.properties.user_properties[].key", "Name of a pair.", "mqtt.prop_key"),
    STR(F_VALUE, "*.properties.user_properties[].value", "Value of a pair.", "mqtt.prop_value"),
    [F_CONNECT_FLAGS] = {"connect.flags_octet", "Connect flags.", connect_flags,
                         "mqtt.connect.flags", "mqtt.conflags", TT_FLAGS, 0,
                         TT_UNRECORDED | TT_TSHARK_HEX},
    ONLY(F_WILL_QOS, "connect.will_qos", "Quality of the will.", "mqtt.conflag.qos", TT_UINT, 0),
    ONLY(F_CONNECT_RESERVED, "connect.reserved", "Bit 0.", "mqtt.conflag.reserved", TT_BOOL, 0),
    ONLY(F_KEEP_ALIVE, "connect.keep_alive", "Keep alive in s; 0: off.", "mqtt.kalive", TT_UINT, 0),
    ONLY(F_WILL_OCTETS, "connect.will_octets", "Payload of the will.", "mqtt.willmsg", TT_BYTES, 0),
    ONLY(F_CONNACK_FLAGS, "connack.flags", "Acknowledge flags.", "mqtt.conack.flags", TT_UINT,
         TT_TSHARK_HEX),
    ONLY(F_OCTETS, "publish.octets", "Payload.", "mqtt.msg", TT_BYTES, 0),
    ONLY(F_SUB_OPTIONS, "subscribe.options[]", "Subscription options of version 5.",
         "mqtt.subscription_options", TT_UINT, TT_TSHARK_HEX),
    ONLY(F_SUB_QOS_OCTET, "subscribe.qos_octet[]", "QoS octet before version 5.", "mqtt.sub.qos",
         TT_UINT, 0),
    ONLY(F_SUBACK_QOS, "suback.qos_octet[]", "Code before 5.", "mqtt.suback.qos", TT_UINT, 0),
    ONLY(F_SUBACK_REASON, "suback.reason_codes[]", "Code of version 5, or of an unknown one.",
         "mqtt.suback.reason_code", TT_UINT, 0),
    ROW(F_SUB_ID_MORE, "publish.subscription_identifiers[]", "Numbers of further subscriptions.",
        "mqtt.properties.subscription_identifier", "mqtt.prop_number", TT_UINT, TT_UNRECORDED),
};

/* Names of Suricata first. missing_* and too_many_transactions, too_many_messages are raised by the
 * engine, which pairs questions and answers: missing_KIND is an answer without its question. */
enum oddity {
    A_MALFORMED, A_MISSING_CONNECT, A_MISSING_PUBLISH, A_MISSING_SUBSCRIBE, A_MISSING_UNSUBSCRIBE,
    A_DOUBLE_CONNECT, A_UNINTRODUCED, A_QOS, A_NO_MSG_ID, A_UNASSIGNED, A_MANY_TX, A_MANY_MESSAGES,
    A_MANY_PROPERTIES, A_FIXED_FLAGS, A_OVERLONG, A_NONMINIMAL, A_TOO_LARGE, A_CONNECT_RESERVED,
    A_WILL_FLAGS, A_PASSWORD_ALONE, A_NAME, A_LEVEL, A_CLIENT_ID_LENGTH, A_CLIENT_ID_EMPTY, A_UTF8,
    A_NUL, A_EMPTY_TOPIC, A_WILDCARD, A_MISPLACED, A_DEEP, A_SHARED, A_ID_ZERO, A_ID_IN_USE,
    A_EMPTY_LIST, A_CODE_COUNT, A_SUB_OPTIONS, A_PROPERTY_UNKNOWN, A_PROPERTY_PLACE,
    A_PROPERTY_TWICE, A_PROPERTY_VALUE, A_PROPERTY_LENGTH, A_NO_METHOD, A_ALIAS_ZERO,
    A_ALIAS_UNKNOWN, A_ALIAS_OVER, A_ALIAS_UNRESOLVED, A_TRAILING, A_DIRECTION, A_EARLY_AUTH,
    A_CODE, A_SESSION_PRESENT, A_CONNACK_RESERVED, A_FORMAT, N_ODDITIES,
};
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Lengths inside the packet run past its end."},
    [A_MISSING_CONNECT] = {"missing_connect", "CONNACK without CONNECT."},
    [A_MISSING_PUBLISH] = {"missing_publish", "Acknowledgement of a PUBLISH that did not come."},
    [A_MISSING_SUBSCRIBE] = {"missing_subscribe", "SUBACK without SUBSCRIBE."},
    [A_MISSING_UNSUBSCRIBE] = {"missing_unsubscribe", "UNSUBACK without UNSUBSCRIBE."},
    [A_DOUBLE_CONNECT] = {"double_connect", "Second CONNECT on one connection."},
    [A_UNINTRODUCED] = {"unintroduced_message", "The first packet is not CONNECT."},
    [A_QOS] = {"invalid_qos_level", "Quality of service 3."},
    [A_NO_MSG_ID] = {"missing_msg_id", "The packet ends before its packet identifier."},
    [A_UNASSIGNED] = {"unassigned_msg_type", "Packet type 0."},
    [A_MANY_TX] = {"too_many_transactions", "More open questions than are kept."},
    [A_MANY_MESSAGES] = {"too_many_messages", "More messages in a transaction than are kept."},
    [A_MANY_PROPERTIES] = {"too_many_properties", "More than 64 properties (CVE-2021-41039)."},
    [A_FIXED_FLAGS] = {"bad_fixed_flags", "Flags of the fixed header that the type forbids."},
    [A_OVERLONG] = {"overlong_remaining_length", "Remaining length of more than four octets."},
    [A_NONMINIMAL] = {"nonminimal_length", "Version 5 length or number not in its shortest form."},
    [A_TOO_LARGE] = {"packet_too_large", "Longer than the receiver's maximum packet size."},
    [A_CONNECT_RESERVED] = {"connect_flags_reserved", "Bit 0 of the connect flags is set."},
    [A_WILL_FLAGS] = {"will_flags_inconsistent", "Will QoS or will retain without a will."},
    [A_PASSWORD_ALONE] = {"password_without_username", "Password without user name before 5."},
    [A_NAME] = {"unknown_protocol_name", "Neither MQTT nor MQIsdp."},
    [A_LEVEL] = {"unknown_protocol_level", "A level that the protocol name does not have."},
    [A_CLIENT_ID_LENGTH] = {"client_id_length", "Client identifier over 23 characters in 3.1."},
    [A_CLIENT_ID_EMPTY] = {"empty_client_id", "Empty where the version or session needs one."},
    [A_UTF8] = {"invalid_utf8", "Text that is not well-formed UTF-8."},
    [A_NUL] = {"nul_in_string", "Text with U+0000."},
    [A_EMPTY_TOPIC] = {"empty_topic", "Topic or filter without a character, and no alias."},
    [A_WILDCARD] = {"wildcard_in_topic", "+ or # in a topic name."},
    [A_MISPLACED] = {"misplaced_wildcard", "+ not a whole level, or # not the whole last level."},
    [A_DEEP] = {"topic_too_deep", "Topic of more than 200 levels (CVE-2019-11779)."},
    [A_SHARED] = {"bad_shared_subscription", "$share without a proper group or filter."},
    [A_ID_ZERO] = {"packet_id_zero", "Packet identifier 0."},
    [A_ID_IN_USE] = {"packet_id_in_use", "Packet identifier of an unfinished exchange."},
    [A_EMPTY_LIST] = {"empty_list", "No filter, or no code (CVE-2024-10525)."},
    [A_CODE_COUNT] = {"wrong_code_count", "Not one code for each filter."},
    [A_SUB_OPTIONS] = {"bad_subscription_options", "Reserved bits, or no-local when shared."},
    [A_PROPERTY_UNKNOWN] = {"unknown_property", "Property that version 5 does not define."},
    [A_PROPERTY_PLACE] = {"property_not_allowed", "Property in a packet that may not have it."},
    [A_PROPERTY_TWICE] = {"repeated_property", "Property that may come once comes again."},
    [A_PROPERTY_VALUE] = {"property_value", "Property out of its range."},
    [A_PROPERTY_LENGTH] = {"property_length", "Property that runs past the property length."},
    [A_NO_METHOD] = {"auth_data_without_method", "Authentication data without its method."},
    [A_ALIAS_ZERO] = {"topic_alias_zero", "Topic alias 0."},
    [A_ALIAS_UNKNOWN] = {"topic_alias_unknown", "Topic alias that was never set."},
    [A_ALIAS_OVER] = {"topic_alias_over_maximum", "Topic alias over the receiver's maximum."},
    [A_ALIAS_UNRESOLVED] = {"topic_alias_unresolved", "Topic alias whose topic was not kept."},
    [A_TRAILING] = {"trailing_octets", "The packet is longer than what it holds."},
    [A_DIRECTION] = {"wrong_direction", "A client's packet from the server, or the reverse."},
    [A_EARLY_AUTH] = {"auth_before_v5", "AUTH before version 5."},
    [A_CODE] = {"reserved_return_code", "Code that the version does not define for the packet."},
    [A_SESSION_PRESENT] = {"session_present_with_error", "Session present in a refusal."},
    [A_CONNACK_RESERVED] = {"connack_flags_reserved", "Reserved acknowledge flags are set."},
    [A_FORMAT] = {"payload_format", "Payload declared as UTF-8 that is not."},
};
_Static_assert(F_MESSAGE < 64 && F_OCTETS >= 64 && F_OCTETS < 128, "present[0], present[1]");
_Static_assert(N_ROWS <= TT_FIELDS_MAX && N_ODDITIES <= 64, "engine's limits");
/* clang-format on */

enum wire { U8 = 1, U16, U32, VARINT, TEXT, BINARY, PAIR };
#define IN(kind) (1u << (kind)) /* IN(0): a will's properties */
#define ACKS     (IN(PUBACK) | IN(PUBREC) | IN(PUBREL) | IN(PUBCOMP) | IN(SUBACK) | IN(UNSUBACK))
#define ENDS     (IN(CONNECT) | IN(CONNACK))
#define PAYLOAD  (IN(PUBLISH) | IN(0))

/* MQTT 5, 2.2.2.2; by identifier. max 0: any value. */
static const struct property {
    uint8_t wire, row, will_row;
    uint16_t where;
    uint32_t min, max;
} property_table[0x2b] = {
    [0x01] = {U8, F_FORMAT, F_WILL_FORMAT, PAYLOAD, 0, 1},
    [0x02] = {U32, F_EXPIRY, F_WILL_EXPIRY, PAYLOAD, 0, 0},
    [0x03] = {TEXT, F_CONTENT, F_WILL_CONTENT, PAYLOAD, 0, 0},
    [0x08] = {TEXT, F_RESPONSE, F_WILL_RESPONSE, PAYLOAD, 0, 0},
    [0x09] = {BINARY, F_CORRELATION, F_WILL_CORRELATION, PAYLOAD, 0, 0},
    [0x0b] = {VARINT, F_SUB_ID, 0, IN(PUBLISH) | IN(SUBSCRIBE), 1, UINT32_MAX},
    [0x11] = {U32, F_SESSION_EXPIRY, 0, ENDS | IN(DISCONNECT), 0, 0},
    [0x12] = {TEXT, F_ASSIGNED, 0, IN(CONNACK), 0, 0},
    [0x13] = {U16, F_SERVER_KEEP_ALIVE, 0, IN(CONNACK), 0, 0},
    [0x15] = {TEXT, F_METHOD, 0, ENDS | IN(AUTH), 0, 0},
    [0x16] = {BINARY, F_AUTH_DATA, 0, ENDS | IN(AUTH), 0, 0},
    [0x17] = {U8, F_PROBLEM_REQUEST, 0, IN(CONNECT), 0, 1},
    [0x18] = {U32, F_DELAY, F_WILL_DELAY, IN(0), 0, 0},
    [0x19] = {U8, F_RESPONSE_REQUEST, 0, IN(CONNECT), 0, 1},
    [0x1a] = {TEXT, F_RESPONSE_BASE, 0, IN(CONNACK), 0, 0},
    [0x1c] = {TEXT, F_SERVER_REF, 0, IN(CONNACK) | IN(DISCONNECT), 0, 0},
    [0x1f] = {TEXT, F_REASON_STRING, 0, ACKS | IN(CONNACK) | IN(DISCONNECT) | IN(AUTH), 0, 0},
    [0x21] = {U16, F_RECEIVE_MAX, 0, ENDS, 1, UINT16_MAX},
    [0x22] = {U16, F_ALIAS_MAX, 0, ENDS, 0, 0},
    [0x23] = {U16, F_ALIAS, 0, IN(PUBLISH), 0, 0}, /* 0 has its own anomaly */
    [0x24] = {U8, F_MAX_QOS, 0, IN(CONNACK), 0, 1},
    [0x25] = {U8, F_RETAIN_AVAILABLE, 0, IN(CONNACK), 0, 1},
    [0x26] = {PAIR, F_KEY, F_WILL_KEY, 0xffff & ~(IN(PINGREQ) | IN(PINGRESP)), 0, 0},
    [0x27] = {U32, F_PACKET_MAX, 0, ENDS, 1, UINT32_MAX},
    [0x28] = {U8, F_WILDCARD_AVAILABLE, 0, IN(CONNACK), 0, 1},
    [0x29] = {U8, F_SUB_ID_AVAILABLE, 0, IN(CONNACK), 0, 1},
    [0x2a] = {U8, F_SHARED_AVAILABLE, 0, IN(CONNACK), 0, 1},
};
/* MQTT 5, 2.4: in which packets each reason code may stand. */
/* clang-format off */
enum { C = IN(CONNACK), P = IN(PUBACK) | IN(PUBREC), R = IN(PUBREL) | IN(PUBCOMP), S = IN(SUBACK),
       U = IN(UNSUBACK), D = IN(DISCONNECT), A = IN(AUTH) };
static const uint16_t successes[0x1a] = {C|P|R|S|U|D|A, S, S, [4] = D, [16] = P, U, [24] = A, A};
static const uint16_t failures[0x23] = { /* from 0x80 */
    C|P|S|U|D, C|D, C|D, C|P|S|U|D, C, C, C, C|P|S|U|D, C, C|D, C, D, C|D, D, D, S|U|D,
    C|P|D, P|S|U, R, D, D, C|D, D, C|P|S|D, D, C|P|D, C|D, C|D, C|D, C|D, S|D, C|D,
    D, S|D, S|D,
};
/* clang-format on */

static inline bool reason_known(unsigned kind, unsigned code)
{
    if (code < 0x1a) {
        return successes[code] & IN(kind);
    }
    return code >= 0x80 && code < 0xa3 && failures[code - 0x80] & IN(kind);
}

#endif
