/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields and oddities of RADIUS, part of radius.c alone.
 */
#ifndef DISSECT_PROTO_RADIUS_ROWS_H
#define DISSECT_PROTO_RADIUS_ROWS_H

#include "dissect/proto/radius_attributes.h"

/* clang-format off */
enum row {
    F_CODE, F_ID, F_LENGTH, F_AUTHENTICATOR, F_RETRANSMISSION, F_VERIFIED, F_VERIFIER,
#define NAME(type, row, form, path, tshark, names, flags, doc) F_##row,
    STANDARD(NAME)
    F_BYTES_IN, F_BYTES_OUT, F_TIMESTAMP_TEXT, F_PREFIX_RAW, F_DELEGATED_RAW,
    MOBILE(NAME)
#undef NAME
    F_PLACE, F_PLACE_RAW, F_MCC, F_MNC, F_LAC, F_RAC, F_SAC, F_CI, F_TAC, F_ECI, F_ZONE,
    F_DST, F_ZONE_RAW, F_EAP_CODE, F_EAP_ID, F_EAP_TYPE, F_EAP_IDENTITY, F_OTHER,
    F_OTHER_EXTENDED, F_OTHER_VENDOR, F_OTHER_VENDOR_TYPE, F_OTHER_NAME, F_OTHER_VALUE,
    F_OTHER_SECRET, N_ROWS,
};

#define ROW(row, path, doc, names, tshark, type, flags) \
    [row] = {"*." path, doc, names, NULL, tshark, type, 0, flags}
#define NUM(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_UINT, 0)
#define ENUM(row, path, doc, names, tshark) ROW(row, path, doc, names, tshark, TT_ENUM, 0)
#define STR(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_STR, 0)
#define BOOL(row, path, doc) ROW(row, path, doc, NULL, NULL, TT_BOOL, 0)
#define RAW(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_BYTES, TT_UNRECORDED)

/* The type of a form. */
enum {
    TYPE_TEXT = TT_STR, TYPE_OCTETS = TT_BYTES, TYPE_NUMBER = TT_UINT, TYPE_NAMED = TT_ENUM,
    TYPE_OCTET = TT_UINT, TYPE_OCTET_NAMED = TT_ENUM, TYPE_IP4 = TT_IP, TYPE_IP6 = TT_IP,
    TYPE_IP6S = TT_IP, TYPE_PREFIX6 = TT_STR, TYPE_DATE = TT_STR, TYPE_TAG_TEXT = TT_STR,
    TYPE_TAG_NAMED = TT_ENUM, TYPE_TAG_NUMBER = TT_UINT, TYPE_VLAN = TT_UINT,
    TYPE_VLAN_NAME = TT_STR,
};
#define DECLARE(type, row, form, path, tshark, names, flags, doc) \
    ROW(F_##row, path, doc, names, tshark, TYPE_##form, flags),

static const struct tt_field fields[N_ROWS] = {
    ENUM(F_CODE, "code", "What it is.", codes, R("code")),
    NUM(F_ID, "id", "Number that the answer repeats.", R("id")),
    NUM(F_LENGTH, "length", "Octets, as announced.", R("length")),
    RAW(F_AUTHENTICATOR, "authenticator", "Proof by the shared secret, or random octets.",
        R("authenticator")),
    BOOL(F_RETRANSMISSION, "retransmission", "The same request again."),
    BOOL(F_VERIFIED, "message_authenticator", "There is a Message-Authenticator."),
    RAW(F_VERIFIER, "message_authenticator_octets", "Its octets.", R("Message_Authenticator")),
    STANDARD(DECLARE)
    NUM(F_BYTES_IN, "bytes_in", "Octets from the user, with gigawords.", NULL),
    NUM(F_BYTES_OUT, "bytes_out", "Octets to the user, with gigawords.", NULL),
    ROW(F_TIMESTAMP_TEXT, "event_timestamp_text", "When it happened.", NULL, R("Event_Timestamp"),
        TT_STR, TT_UNRECORDED),
    RAW(F_PREFIX_RAW, "framed_ipv6_prefix_octets[]", "The prefix as it was sent.",
        R("Framed_IPv6_Prefix")),
    RAW(F_DELEGATED_RAW, "delegated_ipv6_prefix_octets[]", "The prefix as it was sent.",
        R("Delegated_IPv6_Prefix")),
    MOBILE(DECLARE)
    ENUM(F_PLACE, "location.type", "What the location is.", places, "gtpv2.glt"),
    RAW(F_PLACE_RAW, "location_octets", "The location as it was sent.", NULL),
    STR(F_MCC, "location.mcc", "Country.", NULL),
    STR(F_MNC, "location.mnc", "Network.", NULL),
    NUM(F_LAC, "location.lac", "Location area.", NULL),
    NUM(F_RAC, "location.rac", "Routing area.", NULL),
    NUM(F_SAC, "location.sac", "Service area.", NULL),
    NUM(F_CI, "location.cell", "Cell.", NULL),
    NUM(F_TAC, "location.tac", "Tracking area.", NULL),
    NUM(F_ECI, "location.cell", "Cell of LTE: eNodeB times 256 and its cell.", NULL),
    STR(F_ZONE, "timezone", "Time zone of the device.", NULL),
    NUM(F_DST, "daylight_saving", "Hours of daylight saving in it.", NULL),
    RAW(F_ZONE_RAW, "timezone_octets", "The time zone as it was sent.", R("3gpp_ms_tmime_zone")),
    ENUM(F_EAP_CODE, "eap.code", "What EAP says.", eap_codes, "eap.code"),
    NUM(F_EAP_ID, "eap.id", "Its number.", "eap.id"),
    ENUM(F_EAP_TYPE, "eap.type", "Method.", eap_types, "eap.type"),
    ROW(F_EAP_IDENTITY, "eap.identity", "Identity told.", NULL, "eap.identity", TT_STR,
        TT_PERSONAL),
    NUM(F_OTHER, "attributes[].type", "Attribute without a field of its own.", NULL),
    NUM(F_OTHER_EXTENDED, "attributes[].extended_type", "Its extended type (RFC 6929).", NULL),
    ENUM(F_OTHER_VENDOR, "attributes[].vendor", "Whose it is.", vendors, NULL),
    NUM(F_OTHER_VENDOR_TYPE, "attributes[].vendor_type", "Type by the vendor.", NULL),
    ENUM(F_OTHER_NAME, "attributes[].name", "Its name.", others, NULL),
    ROW(F_OTHER_VALUE, "attributes[].value", "Its octets.", NULL, NULL, TT_BYTES, 0),
    ROW(F_OTHER_SECRET, "attributes[].secret", "Octets that hold a secret.", NULL, NULL, TT_BYTES,
        TT_SECRET),
};

static const struct tt_field_says facts[] = {
    {F_IMSI, TT_IS_IMSI}, {F_IMEISV, TT_IS_IMEI}, {F_CALLING, TT_IS_MSISDN},
    {F_FRAMED_IP, TT_IS_IP}, {F_FRAMED_IP6, TT_IS_IP}, {F_SESSION, TT_IS_SESSION},
    {0, TT_NO_FACT},
};

/* Attributes by type. */
struct attribute {
    uint8_t row, form;
};
#define PLACE_OF(type, row, form, path, tshark, names, flags, doc) [type] = {F_##row, form},
static const struct attribute standard[256] = {
    STANDARD(PLACE_OF) [26] = {F_OTHER, VENDOR}, [79] = {F_EAP_CODE, EAP},
    [80] = {F_VERIFIER, OCTETS}, [241] = {F_OTHER, EXTENDED_TYPE}, [242] = {F_OTHER, EXTENDED_TYPE},
    [243] = {F_OTHER, EXTENDED_TYPE}, [244] = {F_OTHER, EXTENDED_TYPE},
    [245] = {F_OTHER, EXTENDED_TYPE}, [246] = {F_OTHER, EXTENDED_TYPE},
};
static const struct attribute mobile[256] = {
    MOBILE(PLACE_OF) [22] = {F_PLACE, LOCATION}, [23] = {F_ZONE, ZONE},
};

enum oddity {
    A_MALFORMED, A_CODE, A_LENGTH, A_BEYOND, A_TRAILING, A_SHORT, A_OVERRUN, A_TYPE, A_EMPTY,
    A_VALUE, A_VENDOR, A_PASSWORD, A_TWO_PASSWORDS, A_MISPLACED, A_NO_NAS, A_NO_STATUS,
    A_NO_SESSION, A_UNVERIFIED, A_ANSWER_UNVERIFIED, A_NOT_FIRST, A_EAP_UNVERIFIED, A_PROXIES,
    A_LONG_PROXY, A_IMSI, A_IMEISV, N_ODDITIES,
};
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Shorter than a header."},
    [A_CODE] = {"unknown_code", "Code that is not assigned."},
    [A_LENGTH] = {"bad_length", "Length below 20 or above 4096."},
    [A_BEYOND] = {"length_beyond_datagram", "The length is more than what came."},
    [A_TRAILING] = {"trailing_octets", "Octets behind the length."},
    [A_SHORT] = {"attribute_too_short", "Attribute of length 0 or 1."},
    [A_OVERRUN] = {"attribute_overrun", "Attribute that runs past the end."},
    [A_TYPE] = {"reserved_attribute", "Attribute of type 0 or 255."},
    [A_EMPTY] = {"empty_attribute", "Text or octets of no length."},
    [A_VALUE] = {"bad_attribute_value", "Value that is not of the attribute's type."},
    [A_VENDOR] = {"bad_vendor_attribute", "Vendor attribute whose lengths do not add up."},
    [A_PASSWORD] = {"bad_password_length", "Password whose length no client can make."},
    [A_TWO_PASSWORDS] = {"two_passwords", "User-Password and CHAP-Password."},
    [A_MISPLACED] = {"misplaced_attribute", "Attribute that this code may not have."},
    [A_NO_NAS] = {"missing_nas", "Access-Request that does not say which NAS."},
    [A_NO_STATUS] = {"missing_status_type", "Accounting-Request without Acct-Status-Type."},
    [A_NO_SESSION] = {"missing_session_id", "Accounting-Request without Acct-Session-Id."},
    [A_UNVERIFIED] = {"missing_message_authenticator",
                      "Access-Request or Status-Server that anyone may forge (CVE-2024-3596)."},
    [A_ANSWER_UNVERIFIED] = {"answer_without_message_authenticator",
                             "Accept, Reject or Challenge that can be forged (CVE-2024-3596)."},
    [A_NOT_FIRST] = {"message_authenticator_not_first",
                     "Message-Authenticator of an answer behind other attributes."},
    [A_EAP_UNVERIFIED] = {"eap_without_message_authenticator", "EAP that must be dropped."},
    [A_PROXIES] = {"many_proxy_states", "More than eight proxies: a loop, or an attack."},
    [A_LONG_PROXY] = {"long_proxy_state", "As many octets as forging an answer takes."},
    [A_IMSI] = {"bad_imsi", "IMSI that is not of 6 to 15 digits."},
    [A_IMEISV] = {"bad_imeisv", "IMEISV that is not of 14 to 16 digits."},
};
_Static_assert(N_ROWS <= TT_FIELDS_MAX && N_ODDITIES <= 64, "engine's limits");
/* clang-format on */

#endif
