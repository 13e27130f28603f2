/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields and oddities of short messages over HTTP, part of smshttp.c alone.
 */
#ifndef DISSECT_PROTO_SMSHTTP_ROWS_H
#define DISSECT_PROTO_SMSHTTP_ROWS_H

#include "dissect/http.h"
#include "dissect/sms.h"

enum kind { REQUEST, RESPONSE };
enum operation { SEND, RECEIVE, REPORT, ADMIN, QUERY };
enum result { ACCEPTED, REFUSED, FAILED };

/* clang-format off */
static const struct tt_name kinds[] = {{REQUEST, "request"}, {RESPONSE, "response"}, {0, NULL}};
static const struct tt_name apis[] = {
    {TT_SMS_API_KANNEL, "kannel"}, {TT_SMS_API_KANNEL_ADMIN, "kannel"},
    {TT_SMS_API_TWILIO, "twilio"}, {TT_SMS_API_VONAGE, "vonage"},
    {TT_SMS_API_CLICKATELL, "clickatell"}, {TT_SMS_API_INFOBIP, "infobip"},
    {TT_SMS_API_SINCH, "sinch"}, {TT_SMS_API_AFRICASTALKING, "africastalking"},
    {TT_SMS_API_REPORT, "callback"}, {TT_SMS_API_GENERIC, "generic"}, {0, NULL}};
static const struct tt_name operations[] = {{SEND, "send"}, {RECEIVE, "receive"},
    {REPORT, "report"}, {ADMIN, "admin"}, {QUERY, "query"}, {0, NULL}};
static const struct tt_name results[] = {{ACCEPTED, "accepted"}, {REFUSED, "refused"},
    {FAILED, "failed"}, {0, NULL}};

enum row {
    F_API, F_OPERATION, F_COMMAND, F_ACCOUNT, F_PASSWORD, F_FROM, F_TO, F_TO_SEVERAL, F_TEXT,
    F_DATA, F_CODING, F_CHARSET, F_UDH, F_CLASS, F_MWI, F_PID, F_VALIDITY, F_DEFERRED, F_DLR_MASK,
    F_DLR_URL, F_SMSC, F_ELEMENT, F_ELEMENT_NAME, F_ELEMENT_VALUE, F_REFERENCE, F_PARTS, F_PART,
    F_PORT_TO, F_PORT_FROM, F_OTA, F_ID = F_OTA + TT_SMS_OTA_ROWS, F_STATE, F_ERROR, F_NAME,
    F_VALUE, F_SECRET, F_STATUS, F_RESULT, F_REPLY, N_ROWS,
};

#define ROW(row, path, doc, names, type, flags) \
    [row] = {path, doc, names, NULL, NULL, type, 0, flags}
#define STR(row, path, doc, flags) ROW(row, path, doc, NULL, TT_STR, flags)
#define NUM(row, path, doc) ROW(row, path, doc, NULL, TT_UINT, 0)

static const struct tt_field fields[N_ROWS] = {
    ROW(F_API, "request.api", "Whose interface it is.", apis, TT_ENUM, 0),
    ROW(F_OPERATION, "request.operation", "What is wanted.", operations, TT_ENUM, 0),
    STR(F_COMMAND, "request.command", "Command of an administrator.", 0),
    STR(F_ACCOUNT, "request.account", "Who asks.", TT_IDENTITY),
    STR(F_PASSWORD, "request.password", "Password or key.", TT_SECRET),
    STR(F_FROM, "request.from", "Sender.", TT_PERSONAL),
    STR(F_TO, "request.to[]", "Receiver.", TT_PERSONAL | TT_STREAM),
    STR(F_TO_SEVERAL, "request.to[]", "Receivers.", TT_PERSONAL | TT_STREAM),
    STR(F_TEXT, "request.text", "Text as UTF-8.", TT_PAYLOAD),
    ROW(F_DATA, "request.data", "Octets that are no text.", NULL, TT_BYTES, TT_PAYLOAD),
    NUM(F_CODING, "request.coding", "0: 7 bits, 1: 8 bits, 2: UCS-2."),
    STR(F_CHARSET, "request.charset", "Characters of the text as sent.", 0),
    ROW(F_UDH, "request.header", "User data header as sent.", NULL, TT_BYTES, 0),
    ROW(F_CLASS, "request.class", "Message class.", tt_sms_classes, TT_ENUM, 0),
    NUM(F_MWI, "request.mwi", "Message waiting."),
    NUM(F_PID, "request.protocol_id", "TP-PID: 64 silent, 127 to the SIM."),
    STR(F_VALIDITY, "request.validity", "How long it is worth sending.", 0),
    STR(F_DEFERRED, "request.deferred", "When to send it.", 0),
    NUM(F_DLR_MASK, "request.dlr_mask", "Which receipts are wanted."),
    STR(F_DLR_URL, "request.dlr_url", "Where receipts go, without secrets.", 0),
    STR(F_SMSC, "request.smsc", "Link to use.", 0),
    NUM(F_ELEMENT, "request.udh[].iei", "Element of the user data header."),
    ROW(F_ELEMENT_NAME, "request.udh[].name", "Its name.", tt_sms_elements, TT_ENUM, 0),
    ROW(F_ELEMENT_VALUE, "request.udh[].value", "Its octets.", NULL, TT_BYTES, 0),
    NUM(F_REFERENCE, "request.concatenation.reference", "Same in all parts of a message."),
    NUM(F_PARTS, "request.concatenation.parts", "Number of parts."),
    NUM(F_PART, "request.concatenation.part", "Number of this one, from 1."),
    NUM(F_PORT_TO, "request.ports.destination", "Application that it is for."),
    NUM(F_PORT_FROM, "request.ports.source", "Application that it is from."),
    TT_SMS_OTA_FIELDS(F_OTA),
    STR(F_ID, "*.ids[]", "Names of messages.", 0),
    STR(F_STATE, "*.state", "State as the interface tells it.", 0),
    STR(F_ERROR, "*.error", "What went wrong.", 0),
    STR(F_NAME, "request.parameters[].name", "Any other parameter.", 0),
    STR(F_VALUE, "request.parameters[].value", "Its value.", 0),
    STR(F_SECRET, "request.parameters[].value", "A value that is a secret.", TT_SECRET),
    NUM(F_STATUS, "response.status", "Status code of HTTP."),
    ROW(F_RESULT, "response.result", "Was it taken?", results, TT_ENUM, 0),
    STR(F_REPLY, "response.text", "What was answered, where it is a text.", 0),
};

/* What it is as a short message, whatever carried it. */
static const struct tt_sms_part sms_parts[] = {
    {TT_ROLE_FROM, F_FROM}, {TT_ROLE_TO, F_TO}, {TT_ROLE_RECEIVER, F_TO_SEVERAL},
    {TT_ROLE_ACCOUNT, F_ACCOUNT}, {TT_ROLE_PARTS, F_PARTS}, {TT_ROLE_PART, F_PART},
    {TT_ROLE_TEXT, F_TEXT}, {TT_ROLE_OCTETS, F_DATA}, {TT_ROLE_CLASS, F_CLASS},
    {TT_ROLE_PROTOCOL, F_PID}, {TT_ROLE_PORT_TO, F_PORT_TO}, {TT_ROLE_PORT_FROM, F_PORT_FROM},
    {TT_ROLE_ELEMENT, F_ELEMENT}, {TT_ROLE_ELEMENT_NAME, F_ELEMENT_NAME},
    {TT_ROLE_ELEMENT_VALUE, F_ELEMENT_VALUE}, TT_SMS_OTA_PARTS(F_OTA), {TT_ROLE_END, 0},
};

enum oddity {
    A_MALFORMED, A_IN_URL, A_UDH, A_CONCATENATION, A_SILENT, A_FLASH, A_CONTROL, A_ADMIN, A_MANY,
    N_ODDITIES,
};
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Content that is not what its type says."},
    [A_IN_URL] = {"credentials_in_url", "A password or key in the URL: it is in logs."},
    [A_UDH] = {"bad_udh", "User data header whose lengths do not add up."},
    [A_CONCATENATION] = {"bad_concatenation", "Part 0, or of a number beyond the parts."},
    [A_SILENT] = {"silent_message", "Protocol 64: the device answers and shows nothing."},
    [A_FLASH] = {"flash_message", "Class 0: shown at once, kept nowhere."},
    [A_CONTROL] = {"control_characters", "Text with control characters."},
    [A_ADMIN] = {"admin_command", "A command that changes the gateway."},
    [A_MANY] = {"too_many_parameters", "More parameters than are told."},
};
/* clang-format on */

#endif
