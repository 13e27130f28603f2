/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields, optional parameters and oddities of SMPP, part of smpp.c alone.
 */
#ifndef DISSECT_PROTO_SMPP_ROWS_H
#define DISSECT_PROTO_SMPP_ROWS_H

#include "dissect/proto/smpp_codes.h"
#include "dissect/proto/smpp_tlv.h"
#include "dissect/sms.h"

/* clang-format off */
enum row {
    F_LENGTH, F_COMMAND, F_STATUS, F_STATUS_REQUEST, F_SEQUENCE, F_ACCOUNT,
    F_SYSTEM_ID, F_SYSTEM_ID_REFUSED,
    F_PASSWORD, F_SYSTEM_TYPE, F_VERSION, F_TON, F_NPI, F_RANGE, F_SERVICE, F_MESSAGE_ID,
    F_MESSAGE_ID_REFUSED, F_SOURCE_TON, F_SOURCE_NPI, F_SOURCE, F_DEST_TON, F_DEST_NPI, F_DEST,
    F_LIST_FLAG, F_LIST_TON, F_LIST_NPI, F_LIST_ADDRESS, F_LIST_NAME, F_FAILED_TON, F_FAILED_NPI,
    F_FAILED_ADDRESS, F_FAILED_STATUS, F_ESME_TON, F_ESME_NPI, F_ESME, F_MODE, F_TYPE, F_FEATURES,
    F_PROTOCOL, F_PRIORITY, F_SCHEDULE, F_VALIDITY, F_RECEIPT, F_ACKNOWLEDGEMENT, F_INTERMEDIATE,
    F_REPLACE, F_CODING, F_DEFAULT_ID, F_SM_LENGTH, F_SHORT, F_FINAL_DATE, F_STATE, F_ERROR,
    F_PARAM_NAME, F_PARAM_VALUE, F_COUNT, F_IDS, F_HUAWEI_VERSION, F_SMSC, F_MSC_NOA, F_MSC_NPI,
    F_MSC, F_MO_MT, F_SM_ID, F_AUTH_LENGTH, F_SERVICE_ID, F_RESULT, F_NOTIFY, F_DELIVERY_RESULT,
    F_TAG, F_TAG_NAME, F_TAG_LENGTH, F_TAG_VALUE, F_TAG_VENDOR, F_TAG_RESERVED,
#define NAME(tag, name, wire, min, max, doc, tshark) T_##name,
    PARAMETERS(NAME)
#undef NAME
    F_AREA_FORMAT, F_NETWORK_TYPE, F_NETWORK_CODE, F_CONTENT_NETWORK, F_CONTENT_TYPE,
    F_INTERVAL_UNIT, F_INTERVAL, F_SESSION, F_SESSION_SEQUENCE, F_SESSION_END, F_PAYLOAD,
    F_ELEMENT, F_ELEMENT_NAME, F_ELEMENT_VALUE, F_REFERENCE, F_PARTS, F_PART, F_PORT_TO,
    F_PORT_FROM, F_ALPHABET, F_CLASS, F_TEXT, F_TEXT_NAMED, F_BINARY, F_WHOLE, F_WHOLE_BINARY,
    F_OTA, F_OTA_END = F_OTA + TT_SMS_OTA_ROWS - 1, F_R_ID, F_R_SUB,
    F_R_DLVRD, F_R_SUBMIT, F_R_DONE, F_R_STATE, F_R_ERROR, F_R_TEXT, N_ROWS,
};

#define ROW(row, path, doc, names, tshark, type, flags) \
    [row] = {"*." path, doc, names, NULL, tshark, type, 0, flags}
#define UINT(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_UINT, 0)
#define STR(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_STR, 0)
#define ENUM(row, path, doc, names, tshark) ROW(row, path, doc, names, tshark, TT_ENUM, 0)
#define BYTES(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_BYTES, 0)
#define NUMBER_OF(ton, npi, row, path, name, flags) \
    ENUM(ton, path ".ton", "Type of the number.", tons, name "_ton"), \
    ENUM(npi, path ".npi", "Numbering plan.", npis, name "_npi"), \
    ROW(row, path ".addr", "Address.", NULL, NULL, TT_STR, TT_PERSONAL | (flags))
#define TYPE_W8 TT_UINT
#define TYPE_W16 TT_UINT
#define TYPE_W32 TT_UINT
#define TYPE_WTEXT TT_STR
#define TYPE_WBYTES TT_BYTES
#define TYPE_WPARTS TT_BYTES

static const struct tt_field fields[N_ROWS] = {
    UINT(F_LENGTH, "length", "Octets of the whole unit.", "smpp.command_length"),
    ROW(F_COMMAND, "command", "Command.", commands, "smpp.command_id", TT_ENUM, TT_TSHARK_HEX),
    ROW(F_STATUS, "status", "How it went.", statuses, "smpp.command_status", TT_ENUM,
        TT_TSHARK_HEX),
    ENUM(F_STATUS_REQUEST, "status", "In a request, where it is no 0.", statuses, NULL),
    UINT(F_SEQUENCE, "sequence", "Number that the response repeats.", "smpp.sequence_number"),
    ROW(F_ACCOUNT, "account", "Account of the connection.", NULL, NULL, TT_STR, TT_UNRECORDED),
    ROW(F_SYSTEM_ID, "system_id", "Account, or name of the SMSC.", NULL, "smpp.system_id", TT_STR,
        TT_IDENTITY),
    STR(F_SYSTEM_ID_REFUSED, "system_id", "Name of the SMSC that refuses.", NULL),
    ROW(F_PASSWORD, "password", "Password.", NULL, "smpp.password", TT_STR, TT_SECRET),
    STR(F_SYSTEM_TYPE, "system_type", "Kind of the client.", "smpp.system_type"),
    ENUM(F_VERSION, "interface_version", "Version wanted.", versions, "smpp.interface_version"),
    ENUM(F_TON, "address.ton", "Type of the numbers served.", tons, "smpp.addr_ton"),
    ENUM(F_NPI, "address.npi", "Their numbering plan.", npis, "smpp.addr_npi"),
    STR(F_RANGE, "address.range", "Which numbers.", "smpp.address_range"),
    STR(F_SERVICE, "service_type", "Service.", NULL),
    STR(F_MESSAGE_ID, "message_id", "The SMSC's name of the message.", "smpp.message_id"),
    STR(F_MESSAGE_ID_REFUSED, "message_id", "The same, in a refusal.", NULL),
    ENUM(F_SOURCE_TON, "source.ton", "Type of the number.", tons, "smpp.source_addr_ton"),
    ENUM(F_SOURCE_NPI, "source.npi", "Numbering plan.", npis, "smpp.source_addr_npi"),
    ROW(F_SOURCE, "source.addr", "Sender.", NULL, "smpp.source_addr", TT_STR,
        TT_PERSONAL | TT_STREAM),
    ENUM(F_DEST_TON, "destination.ton", "Type of the number.", tons, "smpp.dest_addr_ton"),
    ENUM(F_DEST_NPI, "destination.npi", "Numbering plan.", npis, "smpp.dest_addr_npi"),
    ROW(F_DEST, "destination.addr", "Receiver.", NULL, "smpp.destination_addr", TT_STR,
        TT_PERSONAL | TT_STREAM),
    UINT(F_LIST_FLAG, "destinations[].flag", "1 = a number, 2 = a distribution list.", NULL),
    ENUM(F_LIST_TON, "destinations[].ton", "Type of the number.", tons, "smpp.dest_addr_ton"),
    ENUM(F_LIST_NPI, "destinations[].npi", "Numbering plan.", npis, "smpp.dest_addr_npi"),
    ROW(F_LIST_ADDRESS, "destinations[].addr", "One of the receivers.", NULL,
        "smpp.destination_addr", TT_STR, TT_PERSONAL),
    STR(F_LIST_NAME, "destinations[].list", "Distribution list.", "smpp.dl_name"),
    ENUM(F_FAILED_TON, "failed[].ton", "Type of the number.", tons, "smpp.dest_addr_ton"),
    ENUM(F_FAILED_NPI, "failed[].npi", "Numbering plan.", npis, "smpp.dest_addr_npi"),
    ROW(F_FAILED_ADDRESS, "failed[].addr", "Receiver that it did not go to.", NULL,
        "smpp.destination_addr", TT_STR, TT_PERSONAL),
    ENUM(F_FAILED_STATUS, "failed[].status", "Why.", statuses, "smpp.error_status_code"),
    ENUM(F_ESME_TON, "esme.ton", "Type of the number.", tons, "smpp.esme_addr_ton"),
    ENUM(F_ESME_NPI, "esme.npi", "Numbering plan.", npis, "smpp.esme_addr_npi"),
    STR(F_ESME, "esme.addr", "Client to alert.", "smpp.esme_addr"),
    ENUM(F_MODE, "esm_class.mode", "How to send.", modes, "smpp.esm.submit.msg_mode"),
    ENUM(F_TYPE, "esm_class.type", "What it is.", message_types, "smpp.esm.submit.msg_type"),
    ENUM(F_FEATURES, "esm_class.features", "Header, reply path.", features,
         "smpp.esm.submit.features"),
    UINT(F_PROTOCOL, "protocol_id", "TP-PID: 64 = silent, 127 = for the SIM.", "smpp.protocol_id"),
    UINT(F_PRIORITY, "priority", "0 to 3, in 5.0 4.", "smpp.priority_flag"),
    STR(F_SCHEDULE, "schedule_delivery_time", "When to deliver.", NULL),
    STR(F_VALIDITY, "validity_period", "Until when.", NULL),
    ENUM(F_RECEIPT, "registered_delivery.receipt", "Receipt wanted.", receipts,
         "smpp.regdel.receipt"),
    ENUM(F_ACKNOWLEDGEMENT, "registered_delivery.acknowledgement", "Asked of the receiver.",
         acknowledgements, "smpp.regdel.acks"),
    ROW(F_INTERMEDIATE, "registered_delivery.intermediate", "Notifications wanted.", NULL,
        "smpp.regdel.notif", TT_BOOL, 0),
    UINT(F_REPLACE, "replace_if_present", "1 = replace.", "smpp.replace_if_present_flag"),
    UINT(F_CODING, "data_coding", "Data coding scheme.", "smpp.data_coding"),
    UINT(F_DEFAULT_ID, "sm_default_msg_id", "Predefined message.", "smpp.sm_default_msg_id"),
    UINT(F_SM_LENGTH, "sm_length", "Octets of short_message.", "smpp.sm_length"),
    ROW(F_SHORT, "short_message", "User data with its header.", NULL, "smpp.message", TT_BYTES,
        TT_UNRECORDED),
    STR(F_FINAL_DATE, "final_date", "When it came to its end.", NULL),
    ENUM(F_STATE, "message_state", "State of the message.", states, "smpp.message_state"),
    UINT(F_ERROR, "error_code", "Error of the network.", "smpp.error_code"),
    STR(F_PARAM_NAME, "param_name", "Parameter to retrieve (3.3).", NULL),
    STR(F_PARAM_VALUE, "param_value", "Its value (3.3).", NULL),
    UINT(F_COUNT, "count", "Number of messages (3.3).", NULL),
    STR(F_IDS, "message_ids[]", "Messages (3.3).", NULL),
    UINT(F_HUAWEI_VERSION, "version", "Version of the vendor's command.", NULL),
    STR(F_SMSC, "smsc_addr", "SMSC.", "smpp.smsc_addr"),
    UINT(F_MSC_NOA, "msc.noa", "Nature of the MSC's address.", "smpp.msc_addr_noa"),
    UINT(F_MSC_NPI, "msc.npi", "Its numbering plan.", "smpp.msc_addr_npi"),
    STR(F_MSC, "msc.addr", "MSC.", "smpp.msc_addr"),
    UINT(F_MO_MT, "mo_mt_flag", "Whom to charge.", "smpp.mo_mt_flag"),
    STR(F_SM_ID, "sm_id", "Name of the message.", "smpp.sm_id"),
    UINT(F_AUTH_LENGTH, "length_auth", "Length of the message.", "smpp.length_auth"),
    UINT(F_SERVICE_ID, "service_id", "Service of the SMSC.", "smpp.service_id"),
    UINT(F_RESULT, "operation_result", "Result.", "smpp.operation_result"),
    UINT(F_NOTIFY, "notify_mode", "Whether to tell.", "smpp.notify_mode"),
    UINT(F_DELIVERY_RESULT, "delivery_result", "Result of the delivery.", "smpp.delivery_result"),
    UINT(F_TAG, "tlv[].tag", "Optional parameter.", "smpp.opt_param_tag"),
    ENUM(F_TAG_NAME, "tlv[].name", "Its name.", tags, NULL),
    UINT(F_TAG_LENGTH, "tlv[].length", "Its octets.", "smpp.opt_param_len"),
    BYTES(F_TAG_VALUE, "tlv[].value", "Its value, where it has no field of its own.", NULL),
    BYTES(F_TAG_VENDOR, "tlv[].value", "The same, of vendors.", "smpp.vendor_op"),
    BYTES(F_TAG_RESERVED, "tlv[].value", "The same, reserved.", "smpp.reserved_op"),
#define NAME(tag, name, wire, min, max, doc, tshark) \
    [T_##name] = {"*." #name, doc, NULL, NULL, tshark, TYPE_##wire, 0, 0},
    PARAMETERS(NAME)
#undef NAME
    UINT(F_AREA_FORMAT, "broadcast_area.format", "Form of the area.",
         "smpp.broadcast_area_identifier.format"),
    UINT(F_NETWORK_TYPE, "network_error.type", "Kind of network.", "smpp.network_error.type"),
    UINT(F_NETWORK_CODE, "network_error.code", "Its error.", "smpp.network_error.code"),
    UINT(F_CONTENT_NETWORK, "broadcast_content.network", "Kind of network.",
         "smpp.broadcast_content_type.nw"),
    UINT(F_CONTENT_TYPE, "broadcast_content.type", "What is sent.",
         "smpp.broadcast_content_type.type"),
    UINT(F_INTERVAL_UNIT, "broadcast_interval.unit", "Unit of time.",
         "smpp.broadcast_frequency_interval.unit"),
    UINT(F_INTERVAL, "broadcast_interval.value", "Time between two.",
         "smpp.broadcast_frequency_interval.value"),
    UINT(F_SESSION, "its_session.number", "Number of the session.", "smpp.its_session.number"),
    UINT(F_SESSION_SEQUENCE, "its_session.sequence", "Number in it.", "smpp.its_session.sequence"),
    UINT(F_SESSION_END, "its_session.end", "1 = the last.", "smpp.its_session.ind"),
    ROW(F_PAYLOAD, "message_payload", "User data with its header, as a parameter.", NULL,
        "smpp.message_payload", TT_BYTES, TT_UNRECORDED),
    UINT(F_ELEMENT, "udh[].iei", "Element of the user data header.", NULL),
    ENUM(F_ELEMENT_NAME, "udh[].name", "Its name.", tt_sms_elements, NULL),
    BYTES(F_ELEMENT_VALUE, "udh[].value", "Its octets.", NULL),
    UINT(F_REFERENCE, "concatenation.reference", "Same in all parts of a message.", NULL),
    UINT(F_PARTS, "concatenation.parts", "Number of parts.", NULL),
    UINT(F_PART, "concatenation.part", "Number of this one, from 1.", NULL),
    UINT(F_PORT_TO, "ports.destination", "Application that it is for.", NULL),
    UINT(F_PORT_FROM, "ports.source", "Application that it is from.", NULL),
    ENUM(F_ALPHABET, "encoding", "What the octets of the text are.", tt_sms_alphabets, NULL),
    ENUM(F_CLASS, "class", "Message class.", tt_sms_classes, NULL),
    ROW(F_TEXT, "text", "Text as UTF-8.", NULL, NULL, TT_STR, TT_PAYLOAD),
    ROW(F_TEXT_NAMED, "text", "The same where the coding is beyond doubt.", NULL,
        "smpp.message_text", TT_STR, TT_PAYLOAD),
    ROW(F_BINARY, "binary", "User data that is no text.", NULL, NULL, TT_BYTES, TT_PAYLOAD),
    STR(F_WHOLE, "whole_text", "Text of all parts, in the last that came.", NULL),
    BYTES(F_WHOLE_BINARY, "whole_binary", "User data of all parts, where it is no text.", NULL),
    TT_SMS_OTA_FIELDS(F_OTA),
    STR(F_R_ID, "receipt.id", "Message that a receipt is of.", NULL),
    STR(F_R_SUB, "receipt.submitted", "Messages submitted.", NULL),
    STR(F_R_DLVRD, "receipt.delivered", "Messages delivered.", NULL),
    STR(F_R_SUBMIT, "receipt.submit_date", "When it was submitted.", NULL),
    STR(F_R_DONE, "receipt.done_date", "When it came to its end.", NULL),
    STR(F_R_STATE, "receipt.state", "DELIVRD, EXPIRED, UNDELIV and so on.", NULL),
    STR(F_R_ERROR, "receipt.error", "Error of the network.", NULL),
    STR(F_R_TEXT, "receipt.text", "Start of the message.", NULL),
};

static const struct tt_sms_part sms_parts[] = {
    {TT_ROLE_FROM, F_SOURCE}, {TT_ROLE_TO, F_DEST}, {TT_ROLE_RECEIVER, F_LIST_ADDRESS},
    {TT_ROLE_ACCOUNT, F_ACCOUNT}, {TT_ROLE_PARTS, F_PARTS}, {TT_ROLE_PART, F_PART},
    {TT_ROLE_ENCODING, F_ALPHABET}, {TT_ROLE_CODING, F_CODING}, {TT_ROLE_TEXT, F_TEXT},
    {TT_ROLE_TEXT, F_TEXT_NAMED}, {TT_ROLE_WHOLE, F_WHOLE}, {TT_ROLE_OCTETS, F_BINARY},
    {TT_ROLE_WHOLE_OCTETS, F_WHOLE_BINARY}, {TT_ROLE_CLASS, F_CLASS},
    {TT_ROLE_PROTOCOL, F_PROTOCOL}, {TT_ROLE_PORT_TO, F_PORT_TO}, {TT_ROLE_PORT_FROM, F_PORT_FROM},
    {TT_ROLE_ELEMENT, F_ELEMENT}, {TT_ROLE_ELEMENT_NAME, F_ELEMENT_NAME},
    {TT_ROLE_ELEMENT_VALUE, F_ELEMENT_VALUE}, TT_SMS_OTA_PARTS(F_OTA), {TT_ROLE_END, 0},
};

/* missing_request is raised by the engine: an answer without its question. */
enum oddity {
    A_MALFORMED, A_MISSING, A_TOO_LONG, A_COMMAND, A_STATUS, A_SEQUENCE, A_REQUEST_STATUS, A_IN_USE,
    A_MISMATCH, A_UNBOUND, A_SECOND_BIND, A_MODE, A_DIRECTION, A_VERSION, A_UNTERMINATED,
    A_STRING_LENGTH, A_STRING_OCTETS, A_TRAILING, A_NO_BODY, A_TON_NPI, A_PRIORITY, A_TIME, A_FLAGS,
    A_CODING, A_DEST_FLAG, A_NO_DESTINATION, A_SM_LENGTH, A_SM_OVER, A_TWO_PAYLOADS, A_TLV_LENGTH,
    A_TLV_SIZE, A_TLV_TWICE, A_TLV_UNKNOWN, A_TLV_MISSING, A_UDH, A_CONCATENATION, A_CONFLICT,
    A_NOT_KEPT, A_TEXT, A_CLIPPED, A_RECEIPT, N_ODDITIES,
};
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Fields run past the end, or the length is impossible."},
    [A_MISSING] = {"missing_request", "Response without its request."},
    [A_TOO_LONG] = {"unit_too_long", "Longer than any command has reason to be."},
    [A_COMMAND] = {"unknown_command", "Command that no version defines."},
    [A_STATUS] = {"unknown_status", "Status that no version defines."},
    [A_SEQUENCE] = {"sequence_out_of_range", "Sequence number 0, or above 2147483647."},
    [A_REQUEST_STATUS] = {"status_in_request", "A request with a status."},
    [A_IN_USE] = {"sequence_in_use", "Sequence number of a request without response."},
    [A_MISMATCH] = {"response_mismatch", "Response of another command than the request."},
    [A_UNBOUND] = {"unbound_operation", "Request before a bind, or after a refused one."},
    [A_SECOND_BIND] = {"second_bind", "Bind on a connection that is bound."},
    [A_MODE] = {"wrong_bind_mode", "Request that the bind does not allow."},
    [A_DIRECTION] = {"wrong_direction", "A client's request from the SMSC, or the reverse."},
    [A_VERSION] = {"unknown_version", "Interface version that does not exist."},
    [A_UNTERMINATED] = {"unterminated_string", "String without its NUL."},
    [A_STRING_LENGTH] = {"string_too_long", "String longer than its field allows."},
    [A_STRING_OCTETS] = {"string_not_ascii", "String with octets that do not print."},
    [A_TRAILING] = {"trailing_octets", "Octets behind what the command holds."},
    [A_NO_BODY] = {"missing_body", "Command without the fields that it has to have."},
    [A_TON_NPI] = {"unknown_ton_npi", "Type of number or numbering plan that does not exist."},
    [A_PRIORITY] = {"priority_out_of_range", "Priority above 4."},
    [A_TIME] = {"bad_time", "Time that is not YYMMDDhhmmsstnnp."},
    [A_FLAGS] = {"reserved_bits", "Reserved bits of a flag field are set."},
    [A_CODING] = {"reserved_data_coding", "Data coding that is reserved."},
    [A_DEST_FLAG] = {"bad_destination_flag", "Neither a number nor a distribution list."},
    [A_NO_DESTINATION] = {"no_destination", "submit_multi to nobody."},
    [A_SM_LENGTH] = {"sm_length_past_end", "sm_length runs past the end of the unit."},
    [A_SM_OVER] = {"sm_length_over", "More than 254 octets (255 in version 5.0)."},
    [A_TWO_PAYLOADS] = {"both_payloads", "short_message and message_payload."},
    [A_TLV_LENGTH] = {"tlv_past_end", "Optional parameter that runs past the end of the unit."},
    [A_TLV_SIZE] = {"tlv_size", "Optional parameter of a length that its tag forbids."},
    [A_TLV_TWICE] = {"tlv_repeated", "Optional parameter that may come once comes again."},
    [A_TLV_UNKNOWN] = {"tlv_reserved", "Optional parameter with a reserved tag."},
    [A_TLV_MISSING] = {"tlv_missing", "Optional parameter missing that the command needs."},
    [A_UDH] = {"bad_udh", "User data header whose lengths do not add up."},
    [A_CONCATENATION] = {"bad_concatenation", "Part 0, or beyond the number of parts."},
    [A_CONFLICT] = {"concatenation_conflict", "A part again with other octets."},
    [A_NOT_KEPT] = {"concatenation_not_kept", "Message of more parts than are put together."},
    [A_TEXT] = {"bad_text", "Octets that the data coding does not have."},
    [A_CLIPPED] = {"text_clipped", "Text longer than what is decoded."},
    [A_RECEIPT] = {"bad_receipt", "Delivery receipt that names no message or state."},
};
_Static_assert(N_ROWS <= TT_FIELDS_MAX && N_ODDITIES <= 64, "engine's limits");
/* clang-format on */

/* Optional parameters in the order of their tags: what is read into which field. */
struct parameter {
    uint16_t tag;
    uint8_t row, wire;
    uint16_t min, max;
};
static const struct parameter parameters[] = {
#define NAME(tag, name, wire, min, max, doc, tshark) {tag, T_##name, wire, min, max},
    PARAMETERS(NAME)
#undef NAME
        {TAG_PAYLOAD, F_PAYLOAD, WBYTES, 0, UINT16_MAX},
    {TAG_STATE, F_STATE, W8, 1, 1},
};
enum { N_PARAMETERS = sizeof parameters / sizeof *parameters };

#endif
