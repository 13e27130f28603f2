/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields and oddities of GTP, and what is gathered of a message, part of gtp.c alone. Where the
 * versions have other names in tshark a field has a row for each.
 */
#ifndef DISSECT_PROTO_GTP_ROWS_H
#define DISSECT_PROTO_GTP_ROWS_H

#include "dissect/proto/gtp_elements.h"

/* clang-format off */
enum row {
    F_VERSION_1, F_VERSION_2, F_FLAGS_1, F_FLAGS_2, F_PROTOCOL_TYPE, F_PRIME, F_PLANE, F_TYPE_1,
    F_TYPE_2, F_TYPE_NUMBER, F_LENGTH_1, F_LENGTH_2, F_TEID_1, F_TEID_2, F_SEQ_1, F_SEQ_2, F_NPDU,
    F_TID, F_RETRANSMISSION, F_PIGGYBACKED, F_EXT_NEXT, F_EXT_TYPE, F_EXT_LENGTH, F_EXT_QFI,
    F_PAYLOAD_LENGTH, F_CAUSE_1, F_CAUSE_2, F_IMSI, F_IMEI_1, F_IMEI_2, F_MSISDN, F_APN_1, F_APN_2,
    F_ADDRESS_1, F_ADDRESS_2, F_ADDRESS6_1, F_ADDRESS6_2, F_PREFIX, F_PDP_TYPE, F_PDP_ORG,
    F_PDP_NUMBER, F_PDN_TYPE, F_PDN_TYPES, F_RAT_1, F_RAT_2, F_MCC, F_MNC, F_LAC, F_RAC, F_SAC,
    F_TAC, F_CELL, F_LACS, F_CIS, F_TACS, F_ECIS, F_TEID_DATA, F_TEID_CONTROL, F_NSAPI, F_LINKED,
    F_RECOVERY_1, F_RECOVERY_2, F_GSN4, F_GSN6, F_SELECTION_1, F_SELECTION_2, F_CHARGING_ID,
    F_CHARGING_1, F_CHARGING_2, F_TEARDOWN, F_REORDERING, F_RESTRICTION_1, F_RESTRICTION_2, F_QOS,
    F_COMMON_FLAGS, F_INDICATION, F_ZONE, F_DST, F_AMBR_UP, F_AMBR_DOWN, F_SERVING, F_EBI, F_PTI,
    F_FQDN, F_IP, F_SUPPORTED, F_PCO_USER, F_PCO_DNS, F_PCO_DNS6, F_FTEID_INTERFACE,
    F_FTEID_INSTANCE, F_FTEID_TEID, F_FTEID_IP, F_FTEID_IP6, F_FTEID_BEARER, F_BEARER, F_BEARER_EBI,
    F_BEARER_CAUSE, F_QCI, F_PRIORITY, F_MBR_UP, F_MBR_DOWN, F_GBR_UP, F_GBR_DOWN,
    F_BEARER_CHARGING, F_IE_1, F_IE_2, F_IE_INSTANCE, F_IE_LENGTH, F_IE_VALUE, F_IE_SECRET,
    F_LENGTHS_1, F_TYPES_2, F_LENGTHS_2, F_INSTANCES_2, N_ROWS,
};

#define ROW(row, path, doc, names, tshark, type, flags) \
    [row] = {"*." path, doc, names, NULL, tshark, type, 0, flags}
#define NUM(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_UINT, 0)
#define HEX(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_UINT, TT_TSHARK_HEX)
#define ENUM(row, path, doc, names, tshark) ROW(row, path, doc, names, tshark, TT_ENUM, 0)
#define STR(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_STR, 0)
#define WHO(row, path, doc, tshark, type) ROW(row, path, doc, NULL, tshark, type, TT_PERSONAL)
#define BOOL(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_BOOL, 0)
#define RAW(row, path, doc, tshark, more) \
    ROW(row, path, doc, NULL, tshark, TT_UINT, TT_UNRECORDED | (more))

static const struct tt_field fields[N_ROWS] = {
    NUM(F_VERSION_1, "version", "Version of GTP.", "gtp.flags.version"),
    NUM(F_VERSION_2, "version", "Version of GTP.", "gtpv2.version"),
    RAW(F_FLAGS_1, "flags", "First octet.", "gtp.flags", TT_TSHARK_HEX),
    RAW(F_FLAGS_2, "flags", "First octet.", "gtpv2.flags", TT_TSHARK_HEX),
    RAW(F_PROTOCOL_TYPE, "protocol_type", "0 = GTP'.", "gtp.flags.payload", 0),
    BOOL(F_PRIME, "prime", "GTP', of charging.", NULL),
    ENUM(F_PLANE, "plane", "c: signalling, u: of the tunnels.", planes, NULL),
    ROW(F_TYPE_1, "type", "What it is.", types_1, "gtp.message", TT_ENUM, TT_TSHARK_HEX),
    ENUM(F_TYPE_2, "type", "What it is.", types_2, "gtpv2.message_type"),
    NUM(F_TYPE_NUMBER, "type_number", "The number of the type.", NULL),
    NUM(F_LENGTH_1, "length", "Octets behind the length, as announced.", "gtp.length"),
    NUM(F_LENGTH_2, "length", "Octets behind the length, as announced.", "gtpv2.msg_length"),
    HEX(F_TEID_1, "teid", "Tunnel, as its receiver names it.", "gtp.teid"),
    HEX(F_TEID_2, "teid", "Tunnel, as its receiver names it.", "gtpv2.teid"),
    HEX(F_SEQ_1, "seq", "Number that the answer repeats.", "gtp.seq_number"),
    HEX(F_SEQ_2, "seq", "Number that the answer repeats.", "gtpv2.seq"),
    HEX(F_NPDU, "npdu", "Number of the user's packet.", "gtp.npdu_number"),
    ROW(F_TID, "tid", "Tunnel of version 0: IMSI and NSAPI.", NULL, NULL, TT_BYTES, TT_PERSONAL),
    BOOL(F_RETRANSMISSION, "retransmission", "The same request again.", NULL),
    BOOL(F_PIGGYBACKED, "piggybacked", "Another message follows in the datagram.", NULL),
    RAW(F_EXT_NEXT, "extension_types[]", "Extension headers and what follows the last.",
        "gtp.ext_hdr.next", TT_TSHARK_HEX),
    ENUM(F_EXT_TYPE, "extensions[].type", "Extension header.", extensions, NULL),
    NUM(F_EXT_LENGTH, "extensions[].length", "Its length in units of four octets.",
        "gtp.ext_hdr.length"),
    NUM(F_EXT_QFI, "extensions[].qfi", "Flow of quality of service.",
        "gtp.ext_hdr.pdu_ses_con.qos_flow_id"),
    NUM(F_PAYLOAD_LENGTH, "payload_length", "Octets of the user's packet.", NULL),
    ENUM(F_CAUSE_1, "cause", "What became of the request, or why it is made.", causes_1,
         "gtp.cause"),
    ENUM(F_CAUSE_2, "cause", "What became of the request, or why it is made.", causes_2,
         "gtpv2.cause"),
    WHO(F_IMSI, "imsi", "Subscriber.", "e212.imsi", TT_STR),
    WHO(F_IMEI_1, "imei", "Device (and its software).", "gtp.ext_imeisv", TT_STR),
    WHO(F_IMEI_2, "imei", "Device (and its software).", "gtpv2.mei", TT_STR),
    WHO(F_MSISDN, "msisdn", "Its number.", "e164.msisdn", TT_STR),
    STR(F_APN_1, "apn", "Access point name.", "gtp.apn"),
    STR(F_APN_2, "apn", "Access point name.", "gtpv2.apn"),
    WHO(F_ADDRESS_1, "address", "Address of the user.", "gtp.user_ipv4", TT_IP),
    WHO(F_ADDRESS_2, "address", "Address of the user; 0.0.0.0: one is wanted.",
        "gtpv2.pdn_addr_and_prefix.ipv4", TT_IP),
    WHO(F_ADDRESS6_1, "address_ipv6", "IPv6 address of the user.", "gtp.user_ipv6", TT_IP),
    WHO(F_ADDRESS6_2, "address_ipv6", "IPv6 address of the user.",
        "gtpv2.pdn_addr_and_prefix.ipv6", TT_IP),
    NUM(F_PREFIX, "address_ipv6_prefix", "Bits of it that are the prefix.", "gtpv2.pdn_ipv6_len"),
    ENUM(F_PDP_TYPE, "pdp_type", "What is carried.", pdp_types, NULL),
    RAW(F_PDP_ORG, "pdp_organization", "Who numbers it.", "gtp.user_addr_pdp_org", 0),
    RAW(F_PDP_NUMBER, "pdp_number", "Its number.", "gtp.user_addr_pdp_type", TT_TSHARK_HEX),
    ENUM(F_PDN_TYPE, "pdn_type", "What is carried.", pdn_types, NULL),
    RAW(F_PDN_TYPES, "pdn_types[]", "The same, each time.", "gtpv2.pdn_type", 0),
    ENUM(F_RAT_1, "rat", "Radio access.", rats, "gtp.ext_rat_type"),
    ENUM(F_RAT_2, "rat", "Radio access.", rats, "gtpv2.rat_type"),
    STR(F_MCC, "location.mcc", "Country.", NULL),
    STR(F_MNC, "location.mnc", "Network.", NULL),
    NUM(F_LAC, "location.lac", "Location area.", NULL),
    NUM(F_RAC, "location.rac", "Routing area.", NULL),
    NUM(F_SAC, "location.sac", "Service area.", NULL),
    NUM(F_TAC, "location.tac", "Tracking area.", NULL),
    NUM(F_CELL, "location.cell", "Cell; of LTE: eNodeB times 256 and its cell.", NULL),
    RAW(F_LACS, "lacs[]", "Location areas, each time.", "gtp.lac", 0),
    RAW(F_CIS, "cells[]", "Cells, each time.", "gtp.cgi_ci", 0),
    RAW(F_TACS, "tacs[]", "Tracking areas, each time.", "gtpv2.tai_tac", TT_TSHARK_HEX),
    RAW(F_ECIS, "ecis[]", "Cells of LTE, each time.", "gtpv2.ecgi_eci", 0),
    HEX(F_TEID_DATA, "teid_data", "Tunnel of the user's packets to the sender.", "gtp.teid_data"),
    HEX(F_TEID_CONTROL, "teid_control", "Tunnel of signalling to the sender.", "gtp.teid_cp"),
    NUM(F_NSAPI, "nsapi", "Which bearer.", "gtp.nsapi"),
    NUM(F_LINKED, "linked_nsapi", "The bearer whose address it shares.", "gtp.nsapi"),
    NUM(F_RECOVERY_1, "recovery", "How often the node began.", "gtp.recovery"),
    NUM(F_RECOVERY_2, "recovery", "How often the node began.", "gtpv2.rec"),
    ROW(F_GSN4, "gsn[]", "Node: first for signalling, then for packets.", NULL, "gtp.gsn_ipv4",
        TT_IP, 0),
    ROW(F_GSN6, "gsn[]", "Node: first for signalling, then for packets.", NULL, "gtp.gsn_ipv6",
        TT_IP, 0),
    ENUM(F_SELECTION_1, "selection_mode", "Who chose the APN.", selections, "gtp.sel_mode"),
    ENUM(F_SELECTION_2, "selection_mode", "Who chose the APN.", selections, "gtpv2.selec_mode"),
    HEX(F_CHARGING_ID, "charging_id", "Name for charging.", "gtp.chrg_id"),
    NUM(F_CHARGING_1, "charging_characteristics", "How it is charged.", "gtp.chrg_char"),
    HEX(F_CHARGING_2, "charging_characteristics", "How it is charged.",
        "gtpv2.charging_characteristic"),
    BOOL(F_TEARDOWN, "teardown", "All bearers of the address end.", "gtp.tear_ind"),
    BOOL(F_REORDERING, "reordering", "Packets are to be put in order.", "gtp.reorder"),
    NUM(F_RESTRICTION_1, "apn_restriction", "What the APN may be joined with.", NULL),
    NUM(F_RESTRICTION_2, "apn_restriction", "What the APN may be joined with.", "gtpv2.apn_rest"),
    ROW(F_QOS, "qos", "Quality of service (TS 24.008, 10.5.6.5).", NULL, NULL, TT_BYTES, 0),
    NUM(F_COMMON_FLAGS, "common_flags", "Flags (TS 29.060, 7.7.48).", NULL),
    ROW(F_INDICATION, "indication", "Flags (TS 29.274, 8.12).", NULL, NULL, TT_BYTES, 0),
    STR(F_ZONE, "timezone", "Time zone of the device.", NULL),
    NUM(F_DST, "daylight_saving", "Hours of daylight saving in it.", NULL),
    NUM(F_AMBR_UP, "ambr.up", "Most that all bearers send, kbit/s.", "gtpv2.ambr_up"),
    NUM(F_AMBR_DOWN, "ambr.down", "Most that all bearers receive, kbit/s.", "gtpv2.ambr_down"),
    STR(F_SERVING, "serving_network", "Country and network that serve the device.", NULL),
    NUM(F_EBI, "ebi[]", "Bearers.", "gtpv2.ebi"),
    NUM(F_PTI, "pti", "Number of the device's transaction.", "gtpv2.pti"),
    STR(F_FQDN, "fqdn[]", "Name of a node.", "gtpv2.fqdn"),
    ROW(F_IP, "addresses[]", "Address of a node.", NULL, NULL, TT_IP, 0),
    ENUM(F_SUPPORTED, "supported_extensions[]", "Extension header that is understood.", extensions,
         NULL),
    WHO(F_PCO_USER, "pco.user", "Name that the device logs in with.", NULL, TT_STR),
    ROW(F_PCO_DNS, "pco.dns[]", "DNS server of the device.", NULL, "gsm_a.gm.sm.pco.dns.ipv4",
        TT_IP, 0),
    ROW(F_PCO_DNS6, "pco.dns[]", "DNS server of the device.", NULL, "gsm_a.gm.sm.pco.dns.ipv6",
        TT_IP, 0),
    ENUM(F_FTEID_INTERFACE, "fteid[].interface", "What it is the end of.", interfaces,
         "gtpv2.f_teid_interface_type"),
    NUM(F_FTEID_INSTANCE, "fteid[].instance", "Which of its kind.", NULL),
    HEX(F_FTEID_TEID, "fteid[].teid", "Tunnel.", "gtpv2.f_teid_gre_key"),
    ROW(F_FTEID_IP, "fteid[].ip", "Its end.", NULL, "gtpv2.f_teid_ipv4", TT_IP, 0),
    ROW(F_FTEID_IP6, "fteid[].ipv6", "Its end.", NULL, "gtpv2.f_teid_ipv6", TT_IP, 0),
    NUM(F_FTEID_BEARER, "fteid[].bearer", "Which of bearers[] it is of, from 0.", NULL),
    NUM(F_BEARER, "bearers[].instance", "Which kind: to be made, to be removed.", NULL),
    NUM(F_BEARER_EBI, "bearers[].ebi", "Bearer.", "gtpv2.ebi"),
    ENUM(F_BEARER_CAUSE, "bearers[].cause", "What became of it.", causes_2, "gtpv2.cause"),
    NUM(F_QCI, "bearers[].qci", "Class of service.", "gtpv2.bearer_qos_label_qci"),
    NUM(F_PRIORITY, "bearers[].priority", "Priority.", "gtpv2.bearer_qos_pl"),
    NUM(F_MBR_UP, "bearers[].mbr_up", "Most it sends, kbit/s.", "gtpv2.bearer_qos_mbr_up"),
    NUM(F_MBR_DOWN, "bearers[].mbr_down", "Receives.", "gtpv2.bearer_qos_mbr_down"),
    NUM(F_GBR_UP, "bearers[].gbr_up", "Guaranteed, kbit/s.", "gtpv2.bearer_qos_gbr_up"),
    NUM(F_GBR_DOWN, "bearers[].gbr_down", "Guaranteed.", "gtpv2.bearer_qos_gbr_down"),
    NUM(F_BEARER_CHARGING, "bearers[].charging_id", "Name for charging.", "gtpv2.charging_id"),
    ENUM(F_IE_1, "ies[].type", "Element without a field of its own.", elements_1, NULL),
    ENUM(F_IE_2, "ies[].type", "Element without a field of its own.", elements_2, NULL),
    NUM(F_IE_INSTANCE, "ies[].instance", "Which of its type.", NULL),
    NUM(F_IE_LENGTH, "ies[].length", "Its octets.", NULL),
    ROW(F_IE_VALUE, "ies[].value", "What it holds.", NULL, NULL, TT_BYTES, TT_PERSONAL),
    ROW(F_IE_SECRET, "ies[].secret", "It holds keys or passwords.", NULL, NULL, TT_BYTES,
        TT_SECRET),
    RAW(F_LENGTHS_1, "ie_lengths[]", "Lengths of some elements.", "gtp.length", 0),
    RAW(F_TYPES_2, "ie_types[]", "Elements as they came.", "gtpv2.ie_type", 0),
    RAW(F_LENGTHS_2, "ie_lengths[]", "Their lengths.", "gtpv2.ie_len", 0),
    RAW(F_INSTANCES_2, "ie_instances[]", "Their instances.", "gtpv2.instance", 0),
};

static const struct tt_field_says facts[] = {
    {F_IMSI, TT_IS_IMSI}, {F_IMEI_1, TT_IS_IMEI}, {F_IMEI_2, TT_IS_IMEI}, {F_MSISDN, TT_IS_MSISDN},
    {F_ADDRESS_1, TT_IS_IP}, {F_ADDRESS_2, TT_IS_IP}, {F_ADDRESS6_1, TT_IS_IP},
    {F_ADDRESS6_2, TT_IS_IP}, {0, TT_NO_FACT},
};

enum oddity {
    A_MALFORMED, A_VERSION, A_TYPE, A_BEYOND, A_TRAILING, A_FLAGS, A_NO_SEQUENCE, A_NO_TEID,
    A_ZERO_TEID, A_TEID, A_EXT_ZERO, A_EXT_OVERRUN, A_EXT_UNKNOWN, A_OVERRUN, A_UNKNOWN_FIXED,
    A_LENGTH, A_VALUE, A_ORDER, A_REPEATED, A_MISSING, A_DEEP, A_IMSI, A_IMEI, A_MSISDN, A_APN,
    A_PLMN, A_UNASKED, A_GTP_IN_GTP, N_ODDITIES,
};
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Shorter than its header."},
    [A_VERSION] = {"unknown_version", "Version above 2."},
    [A_TYPE] = {"unknown_type", "Message type that is not assigned."},
    [A_BEYOND] = {"length_beyond_datagram", "The length is more than what came."},
    [A_TRAILING] = {"trailing_octets", "Octets behind the message that are none of GTP."},
    [A_FLAGS] = {"bad_flags", "Spare bits of the first octet are set."},
    [A_NO_SEQUENCE] = {"missing_sequence_number", "Signalling without a sequence number."},
    [A_NO_TEID] = {"missing_teid", "A message about a session without a TEID."},
    [A_ZERO_TEID] = {"zero_teid", "TEID 0 in a message about a session that is there."},
    [A_TEID] = {"unexpected_teid", "TEID in a message about no session."},
    [A_EXT_ZERO] = {"extension_header_of_length_zero",
                    "Extension header of length 0: loops forever (CVE-2023-23846)."},
    [A_EXT_OVERRUN] = {"extension_header_overrun", "Extension header that runs past the end."},
    [A_EXT_UNKNOWN] = {"unknown_extension_header",
                       "Extension header that is not assigned and must be understood."},
    [A_OVERRUN] = {"ie_overrun", "Element that runs past the end."},
    [A_UNKNOWN_FIXED] = {"unknown_fixed_ie",
                         "Element of an unknown type below 128: the rest cannot be read."},
    [A_LENGTH] = {"bad_ie_length", "Element shorter or longer than its type."},
    [A_VALUE] = {"bad_ie_value", "Element whose value is none of its type."},
    [A_ORDER] = {"ie_out_of_order", "Element behind one of a higher type."},
    [A_REPEATED] = {"repeated_ie", "Element that may come once came again."},
    [A_MISSING] = {"missing_mandatory_ie", "An element without which the message is void."},
    [A_DEEP] = {"ie_too_deep", "Groups in groups in groups."},
    [A_IMSI] = {"bad_imsi", "IMSI that is not of 6 to 15 digits."},
    [A_IMEI] = {"bad_imei", "IMEI that is not of 14 to 16 digits."},
    [A_MSISDN] = {"bad_msisdn", "Number that is not of 1 to 15 digits."},
    [A_APN] = {"bad_apn", "APN that is not made of labels."},
    [A_PLMN] = {"bad_network", "Country or network that is not of digits."},
    [A_UNASKED] = {"response_without_request",
                   "Answer to what was not asked, though earlier requests were seen."},
    [A_GTP_IN_GTP] = {"gtp_in_gtp", "A user's packet that is GTP: an attack on the network."},
};
_Static_assert(N_ROWS <= TT_FIELDS_MAX && N_ODDITIES <= 64, "engine's limits");
/* clang-format on */

#define NOWHERE UINT64_MAX

/* Where the device is, put when all elements were read. */
struct place {
    uint8_t mcc[3], mnc[3], n_mnc, rank; /* 0: nothing, 1: of a routing area, 2: its own element */
    uint64_t lac, rac, sac, tac, cell;   /* NOWHERE = not told */
};

/* What is told of all elements of a message together. */
struct parts {
    struct place place;
    uint64_t seen[4]; /* types of elements outside groups */
    uint32_t cause;   /* 0 = none */
    uint32_t bearers; /* contexts that have begun */
    uint8_t version, type, highest, n_ends;
    bool in_bearer, linked; /* a bearer is named with all that hang on it */
    struct {
        uint32_t teid;
        const uint8_t *address; /* in the message */
    } ends[2];                  /* of the control plane of whoever sent it */
};

#endif
