/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields and oddities of UCP/EMI, part of ucp.c alone. The names are those of the specification
 * (EMI-UCP interface specification 4.6), in lower case.
 */
#ifndef DISSECT_PROTO_UCP_ROWS_H
#define DISSECT_PROTO_UCP_ROWS_H

#include "dissect/sms.h"

enum kind { OPERATION, RESULT };

/* clang-format off */
static const struct tt_name kinds[] = {{OPERATION, "operation"}, {RESULT, "result"}, {0, NULL}};
static const struct tt_name directions[] = {{'O', "operation"}, {'R', "result"}, {0, NULL}};
static const struct tt_name operations[] = {
    {0, "enquiry"}, {1, "call_input"}, {2, "multiple_call_input"}, {3, "supplementary_call_input"},
    {4, "address_list"}, {5, "change_address_list"}, {6, "advice_of_charges"},
    {7, "password_management"}, {8, "legitimisation"}, {9, "standard_text"},
    {10, "change_standard_text"}, {11, "roaming"}, {12, "change_roaming"}, {13, "reset_roaming"},
    {14, "retrieve_message"}, {15, "bar_calls"}, {16, "cancel_barring"}, {17, "divert_calls"},
    {18, "cancel_diversion"}, {19, "defer_delivery"}, {20, "cancel_deferral"},
    {21, "reset_features"}, {22, "character_call_input"}, {23, "version_status"},
    {24, "feature_status"}, {30, "transfer"}, {31, "alert"}, {51, "submit"}, {52, "deliver"},
    {53, "notify"}, {54, "modify"}, {55, "inquire"}, {56, "delete"}, {57, "inquiry_response"},
    {58, "deletion_response"}, {60, "session"}, {61, "list_management"}, {0, NULL}};
static const struct tt_name answers[] = {{'A', "ack"}, {'N', "nack"}, {0, NULL}};
static const struct tt_name errors[] = {
    {1, "checksum"}, {2, "syntax"}, {3, "not_supported"}, {4, "not_allowed"}, {5, "barred"},
    {6, "adc_invalid"}, {7, "authentication"}, {8, "legitimisation"}, {9, "ga_invalid"},
    {10, "repetition_not_allowed"}, {11, "legitimisation_repetition"}, {12, "priority_not_allowed"},
    {13, "legitimisation_priority"}, {14, "urgent_not_allowed"}, {15, "legitimisation_urgent"},
    {16, "reverse_charging_not_allowed"}, {17, "legitimisation_reverse_charging"},
    {18, "deferral_not_allowed"}, {19, "new_ac_invalid"}, {20, "new_lac_invalid"},
    {21, "standard_text_invalid"}, {22, "time_period_invalid"}, {23, "type_not_supported"},
    {24, "too_long"}, {25, "text_invalid"}, {26, "type_invalid"}, {27, "not_found"},
    {28, "character_set_invalid"}, {30, "hung_up"}, {31, "fax_group"}, {32, "fax_type"},
    {33, "already_in_list"}, {34, "not_in_list"}, {35, "list_full"}, {36, "rpid_in_use"},
    {37, "in_progress"}, {38, "forwarded"}, {50, "low_network_status"}, {0, NULL}};
static const struct tt_name types[] = {
    {'1', "tone"}, {'2', "numeric"}, {'3', "alphanumeric"}, {'4', "transparent"},
    {'5', "standard_text"}, {'6', "character_set"}, {0, NULL}};
static const struct tt_name deliveries[] = {
    {'0', "delivered"}, {'1', "buffered"}, {'2', "not_delivered"}, {0, NULL}};
static const struct tt_name services[] = {
    {1, "udh"}, {2, "dcs"}, {3, "message_type"}, {4, "message_reference"}, {5, "privacy"},
    {6, "urgency"}, {7, "acknowledgement"}, {8, "message_updating"}, {9, "call_back_number"},
    {10, "response_code"}, {11, "teleservice"}, {12, "billing"}, {13, "single_shot"},
    {14, "originator_ton"}, {15, "originator_npi"}, {16, "recipient_ton"}, {17, "recipient_npi"},
    {18, "submission_time"}, {19, "network_type"}, {0, NULL}};

enum row {
    F_TRN, F_LENGTH, F_KIND, F_KIND_CHAR, F_OT, F_SUM_OK, F_ACK, F_ACK_CHAR, F_EC, F_USER, F_NPL,
    F_ADC_LIST, F_GA_LIST, F_LST_LIST, F_OT_LIST, F_ADC, F_OADC, F_OADC_TEXT, F_DADC, F_AC, F_OAC,
    F_NAC, F_BAS, F_LAR, F_LAC, F_L1R, F_L1P, F_L3R, F_L3P, F_LCR, F_LUR, F_LRR, F_RT, F_NON, F_NOA,
    F_NOB, F_PNC, F_LNO, F_LST, F_TNO, F_STX, F_CS, F_PID, F_RP, F_LRP, F_PR, F_LPR, F_UM, F_LUM,
    F_RC, F_LRC, F_NRQ, F_GADC, F_A_D, F_CT, F_AAC, F_MNO, F_R_T, F_NADC, F_NT, F_IVR, F_REQ_OT,
    F_SSTAT, F_NPID, F_LRQ, F_LRAD, F_LPID, F_DD, F_DDT, F_ST, F_SP, F_VP, F_RPID, F_SCTS, F_DST,
    F_DST_CHAR, F_RSN, F_DSCTS, F_MT, F_MT_CHAR, F_NB, F_NMSG, F_AMSG, F_TMSG, F_MMS, F_DCS,
    F_MCLS, F_RPI, F_CPG, F_RPLY, F_OTOA, F_HPLMN, F_XSER, F_XSER_NAME, F_XSER_LENGTH, F_XSER_DATA,
    F_RES4, F_RES5, F_OTON, F_ONPI, F_STYP0, F_STYP1, F_PWD, F_PWD_HEX, F_NPWD, F_NPWD_HEX, F_VERS,
    F_LADC, F_LTON, F_LNPI, F_OPID, F_RES1, F_RES2, F_MVP, F_SM, F_REST, F_ELEMENT, F_ELEMENT_NAME,
    F_ELEMENT_VALUE, F_REFERENCE, F_PARTS, F_PART, F_PORT_TO, F_PORT_FROM, F_ALPHABET, F_CLASS,
    F_TEXT, F_BINARY, F_WHOLE, F_WHOLE_BINARY, F_OTA, F_OTA_END = F_OTA + TT_SMS_OTA_ROWS - 1,
    F_ACCOUNT, N_ROWS,
};

#define ROW(row, path, doc, names, tshark, type, flags) \
    [row] = {"*." path, doc, names, NULL, tshark, type, 0, flags}
#define STR(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_STR, 0)
#define NUM(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_UINT, 0)
#define ENUM(row, path, doc, names, tshark) ROW(row, path, doc, names, tshark, TT_ENUM, 0)
#define SECRET(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_STR, TT_SECRET)
#define PARM(name) "ucp.parm." name
/* one character: tshark shows it in quotes */
#define CHR(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_STR, TT_TSHARK_HEX)
#define CHAR_OF(row, path, tshark) \
    ROW(row, path "_character", "The same as it was sent.", NULL, tshark, TT_STR, \
        TT_UNRECORDED | TT_TSHARK_HEX)

static const struct tt_field fields[N_ROWS] = {
    NUM(F_TRN, "trn", "Number of the transaction, 0 to 99.", "ucp.hdr.TRN"),
    NUM(F_LENGTH, "length", "Characters between STX and ETX, as announced.", "ucp.hdr.LEN"),
    ENUM(F_KIND, "kind", "Operation or result.", directions, NULL),
    CHAR_OF(F_KIND_CHAR, "kind", "ucp.hdr.O_R"),
    ENUM(F_OT, "operation", "What is asked for.", operations, "ucp.hdr.OT"),
    ROW(F_SUM_OK, "checksum_ok", "The checksum is right.", NULL, NULL, TT_BOOL, 0),
    ENUM(F_ACK, "ack", "How it went.", answers, NULL),
    CHAR_OF(F_ACK_CHAR, "ack", PARM("ACK")),
    ENUM(F_EC, "error_code", "Why not.", errors, PARM("EC")),
    ROW(F_USER, "oadc", "User that opens the session.", NULL, PARM("OAdC"), TT_STR, TT_IDENTITY),
    NUM(F_NPL, "npl", "Members of the list.", PARM("NPL")),
    ROW(F_ADC_LIST, "adcs[]", "Receivers.", NULL, PARM("AdC"), TT_STR, TT_PERSONAL),
    STR(F_GA_LIST, "gas[]", "Areas.", PARM("GA")),
    STR(F_LST_LIST, "texts[]", "Standard texts.", PARM("LST")),
    NUM(F_OT_LIST, "operations[]", "Operations supported.", "ucp.hdr.OT"),
    ROW(F_ADC, "adc", "Receiver.", NULL, PARM("AdC"), TT_STR, TT_PERSONAL | TT_STREAM),
    ROW(F_OADC, "oadc", "Originator.", NULL, PARM("OAdC"), TT_STR, TT_PERSONAL | TT_STREAM),
    STR(F_OADC_TEXT, "oadc_text", "Originator's name, where it is one (OTOA 5039).", NULL),
    STR(F_DADC, "dadc", "Where to divert to.", PARM("DAdC")),
    SECRET(F_AC, "ac", "Authentication code of the originator.", PARM("AC")),
    SECRET(F_OAC, "oac", "Authentication code of the originator.", PARM("OAC")),
    SECRET(F_NAC, "nac", "New authentication code.", PARM("NAC")),
    CHR(F_BAS, "bas", "Barred.", PARM("BAS")),
    CHR(F_LAR, "lar", "Legitimisation for all calls.", PARM("LAR")),
    SECRET(F_LAC, "lac", "Legitimisation code for all calls.", PARM("LAC")),
    CHR(F_L1R, "l1r", "Legitimisation for priority 1.", PARM("L1R")),
    SECRET(F_L1P, "l1p", "Legitimisation code for priority 1.", PARM("L1P")),
    CHR(F_L3R, "l3r", "Legitimisation for priority 3.", PARM("L3R")),
    SECRET(F_L3P, "l3p", "Legitimisation code for priority 3.", PARM("L3P")),
    CHR(F_LCR, "lcr", "Legitimisation for reverse charging.", PARM("LCR")),
    CHR(F_LUR, "lur", "Legitimisation for urgent messages.", PARM("LUR")),
    CHR(F_LRR, "lrr", "Legitimisation for repetition.", PARM("LRR")),
    CHR(F_RT, "rt", "Type of the receiver.", PARM("RT")),
    NUM(F_NON, "non", "Numeric messages.", PARM("NoN")),
    NUM(F_NOA, "noa", "Alphanumeric messages.", PARM("NoA")),
    NUM(F_NOB, "nob", "Binary messages.", PARM("NoB")),
    CHR(F_PNC, "pnc", "Paging network controller.", PARM("PNC")),
    STR(F_LNO, "lno", "Number of the standard text list.", PARM("LNo")),
    STR(F_LST, "lst", "Legitimisation of standard texts.", PARM("LST")),
    STR(F_TNO, "tno", "Number of the standard text.", PARM("TNo")),
    STR(F_STX, "stx", "Standard text, hexadecimal.", NULL),
    NUM(F_CS, "cs", "Character set.", PARM("CS")),
    NUM(F_PID, "pid", "Kind of the station.", PARM("PID")),
    CHR(F_RP, "rp", "Repetition.", PARM("RP")),
    SECRET(F_LRP, "lrp", "Legitimisation code for repetition.", PARM("LRP")),
    NUM(F_PR, "pr", "Priority.", NULL), /* tshark: the code of the character */
    SECRET(F_LPR, "lpr", "Legitimisation code for priority.", PARM("LPR")),
    CHR(F_UM, "um", "Urgent.", PARM("UM")),
    SECRET(F_LUM, "lum", "Legitimisation code for urgent messages.", PARM("LUM")),
    CHR(F_RC, "rc", "Reverse charging.", PARM("RC")),
    SECRET(F_LRC, "lrc", "Legitimisation code for reverse charging.", PARM("LRC")),
    CHR(F_NRQ, "nrq", "Notification wanted.", PARM("NRq")),
    STR(F_GADC, "gadc", "Address of a group.", PARM("GAdC")),
    CHR(F_A_D, "a_d", "Add or delete.", PARM("A_D")),
    STR(F_CT, "ct", "Time of the charges.", NULL),
    STR(F_AAC, "aac", "Accumulated charges.", PARM("AAC")),
    STR(F_MNO, "mno", "Number of the message.", PARM("MNo")),
    CHR(F_R_T, "r_t", "Retrieve or transmit again.", PARM("R_T")),
    STR(F_NADC, "nadc", "Where notifications go to.", PARM("NAdC")),
    CHR(F_NT, "nt", "Notifications wanted, sum of 1, 2 and 4.", PARM("NT")),
    STR(F_IVR, "ivr5x", "Version.", PARM("IVR5x")),
    CHR(F_REQ_OT, "req_ot", "Ask for the operations.", PARM("REQ_OT")),
    CHR(F_SSTAT, "sstat", "Which features.", PARM("SSTAT")),
    NUM(F_NPID, "npid", "Kind of the notified station.", PARM("NPID")),
    CHR(F_LRQ, "lrq", "Last resort wanted.", PARM("LRq")),
    STR(F_LRAD, "lrad", "Last resort address.", PARM("LRAd")),
    NUM(F_LPID, "lpid", "Kind of the last resort.", PARM("LPID")),
    CHR(F_DD, "dd", "Deferred delivery.", PARM("DD")),
    STR(F_DDT, "ddt", "When to deliver, DDMMYYhhmm.", NULL),
    STR(F_ST, "st", "Start.", NULL),
    STR(F_SP, "sp", "Stop.", NULL),
    STR(F_VP, "vp", "Valid until, DDMMYYhhmm.", NULL),
    STR(F_RPID, "rpid", "Replace type, protocol identifier.", PARM("RPID")),
    STR(F_SCTS, "scts", "Time stamp of the SMSC, DDMMYYhhmmss.", NULL),
    ENUM(F_DST, "dst", "Delivery status.", deliveries, NULL),
    CHAR_OF(F_DST_CHAR, "dst", PARM("Dst")),
    NUM(F_RSN, "rsn", "Reason.", PARM("Rsn")),
    STR(F_DSCTS, "dscts", "Time of the delivery, DDMMYYhhmmss.", NULL),
    ENUM(F_MT, "mt", "Type of the message.", types, NULL),
    CHAR_OF(F_MT_CHAR, "mt", PARM("MT")),
    STR(F_NB, "nb", "Bits of transparent data.", PARM("NB")),
    ROW(F_NMSG, "text", "Numeric message.", NULL, NULL, TT_STR, TT_PAYLOAD),
    ROW(F_AMSG, "text", "Text as UTF-8.", NULL, PARM("AMsg"), TT_STR, TT_PAYLOAD),
    ROW(F_TMSG, "tmsg", "Transparent data, hexadecimal.", NULL, NULL, TT_STR, TT_UNRECORDED),
    NUM(F_MMS, "mms", "More messages to send.", NULL), /* tshark: the code of the character */
    CHR(F_DCS, "dcs", "0 = GSM alphabet, 1 = 8 bits.", PARM("DCs")),
    CHR(F_MCLS, "mcls", "Message class; 0 = flash.", PARM("MCLs")),
    CHR(F_RPI, "rpi", "Reply path.", PARM("RPI")),
    STR(F_CPG, "cpg", "Code page.", NULL),
    STR(F_RPLY, "rply", "Reply type.", NULL),
    STR(F_OTOA, "otoa", "Type of the originator; 5039 = a name.", PARM("OTOA")),
    STR(F_HPLMN, "hplmn", "Home network.", PARM("HPLMN")),
    NUM(F_XSER, "xser[].type", "Extra service.", "ucp.xser.service"),
    ENUM(F_XSER_NAME, "xser[].name", "Its name.", services, NULL),
    NUM(F_XSER_LENGTH, "xser[].length", "Its octets.", "ucp.xser.length"),
    STR(F_XSER_DATA, "xser[].data", "Its value, hexadecimal.", "ucp.xser.data"),
    STR(F_RES4, "res4", "Reserved.", PARM("RES4")),
    STR(F_RES5, "res5", "Reserved.", PARM("RES5")),
    CHR(F_OTON, "oton", "Originator's type of number.", PARM("OTON")),
    CHR(F_ONPI, "onpi", "Originator's numbering plan.", PARM("ONPI")),
    CHR(F_STYP0, "styp", "1 = open a session, 3 = change the password.", PARM("STYP0")),
    CHR(F_STYP1, "styp", "1 to 3 = list of senders, 4 to 6 = of receivers.", PARM("STYP1")),
    SECRET(F_PWD, "pwd", "Password.", PARM("PWD")),
    ROW(F_PWD_HEX, "pwd_hex", "Password as it was sent.", NULL, NULL, TT_STR,
        TT_SECRET | TT_UNRECORDED),
    SECRET(F_NPWD, "npwd", "New password.", PARM("NPWD")),
    ROW(F_NPWD_HEX, "npwd_hex", "New password as it was sent.", NULL, NULL, TT_STR,
        TT_SECRET | TT_UNRECORDED),
    STR(F_VERS, "vers", "Version.", PARM("VERS")),
    STR(F_LADC, "ladc", "Address for the list.", PARM("LAdC")),
    NUM(F_LTON, "lton", "Its type of number.", PARM("LTON")),
    NUM(F_LNPI, "lnpi", "Its numbering plan.", PARM("LNPI")),
    NUM(F_OPID, "opid", "Kind of the originator.", PARM("OPID")),
    STR(F_RES1, "res1", "Reserved.", PARM("RES1")),
    STR(F_RES2, "res2", "Reserved.", PARM("RES2")),
    STR(F_MVP, "mvp", "Validity period that the SMSC made of it.", NULL),
    STR(F_SM, "sm", "System message.", PARM("SM")),
    STR(F_REST, "fields[]", "Fields without a name.", NULL),
    NUM(F_ELEMENT, "udh[].iei", "Element of the user data header.", NULL),
    ENUM(F_ELEMENT_NAME, "udh[].name", "Its name.", tt_sms_elements, NULL),
    ROW(F_ELEMENT_VALUE, "udh[].value", "Its octets.", NULL, NULL, TT_BYTES, 0),
    NUM(F_REFERENCE, "concatenation.reference", "Same in all parts of a message.", NULL),
    NUM(F_PARTS, "concatenation.parts", "Number of parts.", NULL),
    NUM(F_PART, "concatenation.part", "Number of this one, from 1.", NULL),
    NUM(F_PORT_TO, "ports.destination", "Application that it is for.", NULL),
    NUM(F_PORT_FROM, "ports.source", "Application that it is from.", NULL),
    ENUM(F_ALPHABET, "encoding", "What the octets of the text are.", tt_sms_alphabets, NULL),
    ENUM(F_CLASS, "class", "Message class of the data coding.", tt_sms_classes, NULL),
    ROW(F_TEXT, "text", "Text of transparent data as UTF-8.", NULL, NULL, TT_STR, TT_PAYLOAD),
    ROW(F_BINARY, "binary", "User data that is no text.", NULL, NULL, TT_BYTES, TT_PAYLOAD),
    STR(F_WHOLE, "whole_text", "Text of all parts, in the last that came.", NULL),
    ROW(F_WHOLE_BINARY, "whole_binary", "User data of all parts, where it is no text.", NULL, NULL,
        TT_BYTES, 0),
    TT_SMS_OTA_FIELDS(F_OTA),
    ROW(F_ACCOUNT, "account", "User of the session.", NULL, NULL, TT_STR, TT_UNRECORDED),
};

static const struct tt_sms_part sms_parts[] = {
    {TT_ROLE_FROM, F_OADC}, {TT_ROLE_FROM, F_OADC_TEXT}, {TT_ROLE_TO, F_ADC},
    {TT_ROLE_RECEIVER, F_ADC_LIST}, {TT_ROLE_ACCOUNT, F_ACCOUNT}, {TT_ROLE_PARTS, F_PARTS},
    {TT_ROLE_PART, F_PART}, {TT_ROLE_ENCODING, F_ALPHABET}, {TT_ROLE_TEXT, F_NMSG},
    {TT_ROLE_TEXT, F_AMSG}, {TT_ROLE_TEXT, F_TEXT}, {TT_ROLE_WHOLE, F_WHOLE},
    {TT_ROLE_OCTETS, F_BINARY}, {TT_ROLE_WHOLE_OCTETS, F_WHOLE_BINARY}, {TT_ROLE_CLASS, F_CLASS},
    {TT_ROLE_PROTOCOL, F_RPID}, {TT_ROLE_PORT_TO, F_PORT_TO}, {TT_ROLE_PORT_FROM, F_PORT_FROM},
    {TT_ROLE_ELEMENT, F_ELEMENT}, {TT_ROLE_ELEMENT_NAME, F_ELEMENT_NAME},
    {TT_ROLE_ELEMENT_VALUE, F_ELEMENT_VALUE}, TT_SMS_OTA_PARTS(F_OTA), {TT_ROLE_END, 0},
};

/* missing_operation is raised by the engine: a result without its operation. */
enum oddity {
    A_MALFORMED, A_MISSING, A_SUM, A_LENGTH, A_NO_ETX, A_TOO_LONG, A_OCTETS, A_OPERATION, A_FIELDS,
    A_NUMBER, A_HEX, A_XSER, A_TYPE, A_ANSWER, A_ERROR, A_TIME, A_NO_SCTS, A_IN_USE, A_REFUSED,
    A_UDH, A_CONCATENATION, A_CONFLICT, A_NOT_KEPT, A_TEXT, A_CODING, N_ODDITIES,
};
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Not the frame of an operation or a result."},
    [A_MISSING] = {"missing_operation", "Result without its operation."},
    [A_SUM] = {"bad_checksum", "The checksum is wrong."},
    [A_LENGTH] = {"bad_length", "The length that is announced is not that of the frame."},
    [A_NO_ETX] = {"missing_etx", "The next frame begins before this one ends."},
    [A_TOO_LONG] = {"frame_too_long", "Longer than any operation has reason to be."},
    [A_OCTETS] = {"bad_octets", "Octets that no field may have."},
    [A_OPERATION] = {"unknown_operation", "Operation that the specification does not define."},
    [A_FIELDS] = {"wrong_field_count", "Not the fields of the operation."},
    [A_NUMBER] = {"bad_number", "A number with other signs than digits."},
    [A_HEX] = {"bad_hexadecimal", "Hexadecimal digits that are odd in number, or other signs."},
    [A_XSER] = {"bad_extra_service", "Extra service whose length runs past the end."},
    [A_TYPE] = {"bad_message_type", "Type of message that does not exist."},
    [A_ANSWER] = {"bad_answer", "Result that is neither A nor N."},
    [A_ERROR] = {"unknown_error_code", "Error code that is not defined."},
    [A_TIME] = {"bad_time", "Time that is not of 10 or 12 digits."},
    [A_NO_SCTS] = {"notification_without_time", "Notification without SCTS (crashes Kannel)."},
    [A_IN_USE] = {"trn_in_use", "Transaction number of an operation without result."},
    [A_REFUSED] = {"operation_after_refusal", "Operation after a refused session."},
    [A_UDH] = {"bad_udh", "User data header whose lengths do not add up."},
    [A_CONCATENATION] = {"bad_concatenation", "Part 0, or beyond the number of parts."},
    [A_CONFLICT] = {"concatenation_conflict", "A part again with other octets."},
    [A_NOT_KEPT] = {"concatenation_not_kept", "Message of more parts than are put together."},
    [A_TEXT] = {"bad_text", "Octets that the alphabet does not have, or too many."},
    [A_CODING] = {"reserved_data_coding", "Data coding that is reserved."},
};
_Static_assert(N_ROWS <= TT_FIELDS_MAX && N_ODDITIES <= 64, "engine's limits");
/* clang-format on */

#endif
