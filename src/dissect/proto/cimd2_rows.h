/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Operations, parameters, fields and oddities of CIMD2, part of cimd2.c alone (CIMD interface
 * specification 8.0, chapters 4 to 7).
 */
#ifndef DISSECT_PROTO_CIMD2_ROWS_H
#define DISSECT_PROTO_CIMD2_ROWS_H

#include "dissect/sms.h"

enum kind { REQUEST, RESPONSE };

/* clang-format off */
static const struct tt_name kinds[] = {{REQUEST, "request"}, {RESPONSE, "response"}, {0, NULL}};
#define OPERATION(n, name) {n, name}, {(n) + 50, name "_resp"}
static const struct tt_name operations[] = {
    OPERATION(1, "login"), OPERATION(2, "logout"), OPERATION(3, "submit"),
    OPERATION(4, "enquire_status"), OPERATION(5, "delivery_request"), OPERATION(6, "cancel"),
    OPERATION(7, "count"), OPERATION(8, "set"), OPERATION(9, "get"), OPERATION(20, "deliver"),
    OPERATION(23, "deliver_status"), OPERATION(30, "send_info"), OPERATION(40, "alive"),
    {98, "general_error"}, {99, "nack"}, {0, NULL}};
static const struct tt_name states[] = {
    {1, "in_process"}, {2, "expired"}, {3, "failed"}, {4, "delivered"}, {5, "no_response"},
    {6, "last_no_response"}, {7, "cancelled"}, {8, "deleted"}, {9, "deleted_by_cancel"},
    {0, NULL}};
static const struct tt_name errors[] = {
    {1, "unexpected_operation"}, {2, "syntax"}, {3, "unsupported_parameter"},
    {4, "connection_lost"}, {5, "no_response"}, {6, "system"}, {7, "not_found"},
    {8, "parameter_format"}, {9, "operation_failed"}, {10, "congestion"}, {100, "invalid_login"},
    {101, "access_type"}, {102, "too_many_users"}, {103, "login_refused"}, {104, "window_size"},
    {105, "windowing_disabled"}, {106, "barred"}, {107, "invalid_subaddress"},
    {108, "alias_refused"}, {300, "destination"}, {301, "number_of_destinations"},
    {302, "user_data_syntax"}, {303, "user_data_combination"}, {304, "dcs"},
    {305, "validity_period"}, {306, "originator"}, {307, "pid"}, {308, "first_delivery"},
    {309, "reply_path"}, {310, "status_report_request"}, {311, "cancel_enabled"},
    {312, "priority"}, {313, "tariff_class"}, {314, "service_description"},
    {315, "transport_type"}, {316, "message_type"}, {318, "more_messages"},
    {319, "operation_timer"}, {320, "dialogue_id"}, {321, "alphanumeric_originator"},
    {322, "alphanumeric_data"}, {400, "address"}, {401, "scts"}, {500, "scts"}, {501, "mode"},
    {502, "combination"}, {600, "scts"}, {601, "address"}, {602, "mode"}, {603, "combination"},
    {800, "password_change_failed"}, {801, "password_change_not_allowed"},
    {900, "unsupported_item"}, {0, NULL}};

/* number, name, form, path, what it is, tshark's name, flags */
#define CIMD(name) "cimd." name
#define PARAMETERS(X) \
    X(10, user, TEXT, "user", "User that logs in.", CIMD("ui"), TT_IDENTITY) \
    X(11, password, TEXT, "password", "Password.", CIMD("passwd"), TT_SECRET) \
    X(12, subaddress, TEXT, "subaddress", "Which of the user's applications.", CIMD("saddr"), 0) \
    X(19, window, TEXT, "window", "Requests that may wait.", CIMD("ws"), 0) \
    X(21, destination, TEXT, "destination", "Receiver.", CIMD("da"), TT_PERSONAL | TT_STREAM) \
    X(23, originating, TEXT, "originating", "Sender.", CIMD("oa"), TT_PERSONAL | TT_STREAM) \
    X(26, imsi, TEXT, "imsi", "Sender's IMSI.", CIMD("oimsi"), TT_PERSONAL) \
    X(27, originator, TEXT, "originator", "Sender's name.", CIMD("aoi"), 0) \
    X(28, visited_msc, TEXT, "visited_msc", "MSC where the sender is.", CIMD("ovma"), 0) \
    X(30, dcs, NUMBER, "dcs", "Data coding scheme.", CIMD("dcs"), 0) \
    X(32, udh, HEADER, "udh_octets", "User data header, hexadecimal.", CIMD("udh"), TT_UNRECORDED) \
    X(33, ud, USER_DATA, "user_data", "User data as it was sent.", NULL, TT_UNRECORDED) \
    X(34, udb, BINARY, "binary_octets", "Binary user data, hexadecimal.", CIMD("udb"), \
      TT_UNRECORDED) \
    X(44, more, TEXT, "more_messages", "More messages to send.", CIMD("mms"), 0) \
    X(50, validity, TEXT, "validity_relative", "Life of the message.", CIMD("vpr"), 0) \
    X(51, validity_until, TEXT, "validity", "Valid until.", CIMD("vpa"), 0) \
    X(52, pid, TEXT, "protocol_id", "TP-PID: 64 = silent, 127 = for the SIM.", CIMD("pi"), 0) \
    X(53, first, TEXT, "first_delivery_relative", "Delay of the delivery.", CIMD("fdtr"), 0) \
    X(54, first_at, TEXT, "first_delivery", "When to deliver.", CIMD("fdta"), 0) \
    X(55, reply_path, TEXT, "reply_path", "Reply path.", CIMD("rpath"), 0) \
    X(56, report, TEXT, "status_report", "Which reports are wanted.", CIMD("srr"), 0) \
    X(58, cancel_enabled, TEXT, "cancel_enabled", "It may be cancelled.", CIMD("ce"), 0) \
    X(59, cancel_mode, TEXT, "cancel_mode", "Which to cancel.", CIMD("cm"), 0) \
    X(60, scts, TEXT, "timestamp", "Time stamp of the SMSC, YYMMDDhhmmss.", CIMD("scts"), 0) \
    X(61, state, NUMBER, "status", "State of the message.", CIMD("stcode"), 0) \
    X(62, state_error, NUMBER, "status_error", "Why it was not delivered.", CIMD("sterrcode"), 0) \
    X(63, discharge, TEXT, "discharge_time", "When it came to its end.", CIMD("dt"), 0) \
    X(64, tariff, TEXT, "tariff_class", "Tariff.", CIMD("tclass"), 0) \
    X(65, service, TEXT, "service_description", "Service.", CIMD("sdes"), 0) \
    X(66, count, TEXT, "message_count", "Messages waiting.", CIMD("mcount"), 0) \
    X(67, priority, TEXT, "priority", "1 to 9.", CIMD("priority"), 0) \
    X(68, mode, TEXT, "delivery_mode", "Which to deliver.", CIMD("drmode"), 0) \
    X(69, smsc, TEXT, "service_centre", "Address of the SMSC.", CIMD("scaddr"), 0) \
    X(500, parameter, TEXT, "get_parameter", "Parameter asked for.", CIMD("gpar"), 0) \
    X(501, smsc_time, TEXT, "service_centre_time", "Clock of the SMSC.", CIMD("smsct"), 0) \
    X(900, error, NUMBER, "error_code", "Why not.", CIMD("errcode"), 0) \
    X(901, error_text, TEXT, "error_text", "The same in words.", CIMD("errtext"), 0)

enum form { TEXT, NUMBER, HEADER, USER_DATA, BINARY };
enum row {
    F_OPERATION, F_PACKET, F_SUM, F_SUM_OK,
    F_PARAMETER, F_PARAMETER_NAME, F_PARAMETER_VALUE,
#define NAME(number, name, form, path, doc, tshark, flags) P_##name,
    PARAMETERS(NAME)
#undef NAME
    F_MORE, F_ELEMENT, F_ELEMENT_NAME, F_ELEMENT_VALUE, F_REFERENCE, F_PARTS, F_PART, F_PORT_TO,
    F_PORT_FROM, F_ALPHABET, F_CLASS, F_TEXT, F_TEXT_CODED, F_BINARY, F_WHOLE,
    F_WHOLE_BINARY, F_OTA, F_OTA_END = F_OTA + TT_SMS_OTA_ROWS - 1, F_ACCOUNT, N_ROWS,
};

static const struct tt_name parameter_names[] = {
#define NAME(number, name, form, path, doc, tshark, flags) {number, #name},
    PARAMETERS(NAME)
#undef NAME
    {0, NULL}};
static const struct parameter {
    uint16_t number;
    uint8_t row, form;
} parameters[] = {
#define NAME(number, name, form, path, doc, tshark, flags) {number, P_##name, form},
    PARAMETERS(NAME)
#undef NAME
};
enum { N_PARAMETERS = sizeof parameters / sizeof *parameters };

#define ROW(row, path, doc, names, tshark, type, flags) \
    [row] = {"*." path, doc, names, NULL, tshark, type, 0, flags}
#define NUM(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_UINT, 0)
#define STR(row, path, doc) ROW(row, path, doc, NULL, NULL, TT_STR, 0)
#define TYPE_TEXT TT_STR
#define TYPE_HEADER TT_STR
#define TYPE_USER_DATA TT_STR
#define TYPE_BINARY TT_STR
#define TYPE_NUMBER TT_ENUM
#define NAMES_TEXT(name) NULL
#define NAMES_HEADER(name) NULL
#define NAMES_USER_DATA(name) NULL
#define NAMES_BINARY(name) NULL
#define NAMES_NUMBER(name) names_##name

static const struct tt_name names_dcs[] = {{0, "default"}, {4, "binary"}, {8, "ucs2"}, {0, NULL}};
#define names_state states
#define names_state_error no_names
#define names_error errors
static const struct tt_name no_names[] = {{0, NULL}};

static const struct tt_field fields[N_ROWS] = {
    ROW(F_OPERATION, "operation", "What is asked for.", operations, "cimd.opcode", TT_ENUM, 0),
    NUM(F_PACKET, "packet", "Number of the packet, 0 to 255.", "cimd.pnumber"),
    ROW(F_SUM, "checksum", "Checksum as it was sent.", NULL, "cimd.chksum", TT_UINT,
        TT_TSHARK_HEX | TT_UNRECORDED),
    ROW(F_SUM_OK, "checksum_ok", "The checksum is right.", NULL, NULL, TT_BOOL, 0),
    ROW(F_PARAMETER, "parameters[].number", "Parameter.", NULL, "cimd.pcode", TT_STR, 0),
    ROW(F_PARAMETER_NAME, "parameters[].name", "Its name.", parameter_names, NULL, TT_ENUM, 0),
    STR(F_PARAMETER_VALUE, "parameters[].value", "Its value, where it has no field of its own."),
#define NAME(number, name, form, path, doc, tshark, flags) \
    [P_##name] = {"*." path, doc, NAMES_##form(name), NULL, tshark, TYPE_##form, 0, flags},
    PARAMETERS(NAME)
#undef NAME
    ROW(F_MORE, "destinations[]", "Further receivers.", NULL, "cimd.da", TT_STR, TT_PERSONAL),
    NUM(F_ELEMENT, "udh[].iei", "Element of the user data header.", NULL),
    ROW(F_ELEMENT_NAME, "udh[].name", "Its name.", tt_sms_elements, NULL, TT_ENUM, 0),
    ROW(F_ELEMENT_VALUE, "udh[].value", "Its octets.", NULL, NULL, TT_BYTES, 0),
    NUM(F_REFERENCE, "concatenation.reference", "Same in all parts of a message.", NULL),
    NUM(F_PARTS, "concatenation.parts", "Number of parts.", NULL),
    NUM(F_PART, "concatenation.part", "Number of this one, from 1.", NULL),
    NUM(F_PORT_TO, "ports.destination", "Application that it is for.", NULL),
    NUM(F_PORT_FROM, "ports.source", "Application that it is from.", NULL),
    ROW(F_ALPHABET, "encoding", "What binary user data is.", tt_sms_alphabets, NULL, TT_ENUM, 0),
    ROW(F_CLASS, "class", "Message class.", tt_sms_classes, NULL, TT_ENUM, 0),
    ROW(F_TEXT, "text", "Text as UTF-8.", NULL, "cimd.ud", TT_STR, TT_PAYLOAD),
    ROW(F_TEXT_CODED, "text", "Text of binary user data.", NULL, NULL, TT_STR, TT_PAYLOAD),
    ROW(F_BINARY, "binary", "User data that is no text.", NULL, NULL, TT_BYTES, TT_PAYLOAD),
    STR(F_WHOLE, "whole_text", "Text of all parts, in the last that came."),
    ROW(F_WHOLE_BINARY, "whole_binary", "User data of all parts, where it is no text.", NULL, NULL,
        TT_BYTES, 0),
    TT_SMS_OTA_FIELDS(F_OTA),
    ROW(F_ACCOUNT, "account", "User of the connection.", NULL, NULL, TT_STR, TT_UNRECORDED),
};

static const struct tt_sms_part sms_parts[] = {
    {TT_ROLE_FROM, P_originating}, {TT_ROLE_FROM, P_originator}, {TT_ROLE_TO, P_destination},
    {TT_ROLE_RECEIVER, F_MORE}, {TT_ROLE_ACCOUNT, F_ACCOUNT}, {TT_ROLE_PARTS, F_PARTS},
    {TT_ROLE_PART, F_PART}, {TT_ROLE_ENCODING, F_ALPHABET}, {TT_ROLE_CODING, P_dcs},
    {TT_ROLE_TEXT, F_TEXT}, {TT_ROLE_TEXT, F_TEXT_CODED}, {TT_ROLE_WHOLE, F_WHOLE},
    {TT_ROLE_OCTETS, F_BINARY}, {TT_ROLE_WHOLE_OCTETS, F_WHOLE_BINARY}, {TT_ROLE_CLASS, F_CLASS},
    {TT_ROLE_PROTOCOL, P_pid}, {TT_ROLE_PORT_TO, F_PORT_TO}, {TT_ROLE_PORT_FROM, F_PORT_FROM},
    {TT_ROLE_ELEMENT, F_ELEMENT}, {TT_ROLE_ELEMENT_NAME, F_ELEMENT_NAME},
    {TT_ROLE_ELEMENT_VALUE, F_ELEMENT_VALUE}, TT_SMS_OTA_PARTS(F_OTA), {TT_ROLE_END, 0},
};

/* missing_request is raised by the engine: a response without its request. */
enum oddity {
    A_MALFORMED, A_MISSING, A_SUM, A_NO_ETX, A_TOO_LONG, A_OPERATION, A_PACKET, A_PARAMETER,
    A_UNKNOWN, A_TWICE, A_NUMBER, A_HEX, A_BOTH, A_TIME, A_IN_USE, A_LOGIN, A_SECOND_LOGIN, A_UDH,
    A_CONCATENATION, A_CONFLICT, A_NOT_KEPT, A_TEXT, A_CODING, N_ODDITIES,
};
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Not the frame of a request or a response."},
    [A_MISSING] = {"missing_request", "Response without its request."},
    [A_SUM] = {"bad_checksum", "The checksum is wrong."},
    [A_NO_ETX] = {"missing_etx", "The next frame begins before this one ends."},
    [A_TOO_LONG] = {"frame_too_long", "Longer than any operation has reason to be."},
    [A_OPERATION] = {"unknown_operation", "Operation that the specification does not define."},
    [A_PACKET] = {"bad_packet_number", "Packet number above 255."},
    [A_PARAMETER] = {"bad_parameter", "Parameter that is not three digits, a colon and a value."},
    [A_UNKNOWN] = {"unknown_parameter", "Parameter that the specification does not define."},
    [A_TWICE] = {"repeated_parameter", "Parameter that may come once comes again."},
    [A_NUMBER] = {"bad_number", "A number with other signs than digits."},
    [A_HEX] = {"bad_hexadecimal", "Hexadecimal digits that are odd in number, or other signs."},
    [A_BOTH] = {"text_and_binary", "User data as text and as binary."},
    [A_TIME] = {"bad_time", "Time stamp that is not of twelve digits."},
    [A_IN_USE] = {"packet_number_in_use", "Packet number of a request without response."},
    [A_LOGIN] = {"not_logged_in", "Request before a login, or after a refused one."},
    [A_SECOND_LOGIN] = {"second_login", "Login on a connection that has one."},
    [A_UDH] = {"bad_udh", "User data header whose lengths do not add up."},
    [A_CONCATENATION] = {"bad_concatenation", "Part 0, or beyond the number of parts."},
    [A_CONFLICT] = {"concatenation_conflict", "A part again with other octets."},
    [A_NOT_KEPT] = {"concatenation_not_kept", "Message of more parts than are put together."},
    [A_TEXT] = {"bad_text", "Signs that the alphabet does not have, or too many."},
    [A_CODING] = {"reserved_data_coding", "Data coding that is reserved."},
};
_Static_assert(N_ROWS <= TT_FIELDS_MAX && N_ODDITIES <= 64, "engine's limits");
/* clang-format on */

#endif
