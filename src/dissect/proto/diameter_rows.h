/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields, AVPs and oddities of Diameter, part of diameter.c alone. An AVP with a row is one line of
 * AVPS; groups are walked, what is in them is told as if it stood alone.
 */
#ifndef DISSECT_PROTO_DIAMETER_ROWS_H
#define DISSECT_PROTO_DIAMETER_ROWS_H

#include "dissect/proto/diameter_names.h"

/* How an AVP's data are read. */
enum form {
    OTHER,
    TEXT,
    OCTETS,
    NUMBER,
    LONG,
    NAMED,
    OCTET_NAMED,
    IP4,
    ADDRESS,
    PREFIX6,
    DATE,
    GROUP,
    IMSI,
    IMEI,
    TBCD,
    NETWORK,
    LOCATION,
    SECRET,
    SUBSCRIPTION_TYPE,
    SUBSCRIPTION,
    EQUIPMENT_TYPE,
    EQUIPMENT,
};

/* clang-format off */
#define D(name) "diameter." name
#define G(name) D("3GPP-" name)
/* vendor, code, row, form, path, tshark, names, flags, doc. In the order of the record. */
#define AVPS(X) \
    X(0, 263, SESSION, TEXT, "session_id", D("Session-Id"), NULL, 0, "Session.") \
    X(0, 264, ORIGIN, TEXT, "origin_host", D("Origin-Host"), NULL, 0, "Who sends it.") \
    X(0, 296, ORIGIN_REALM, TEXT, "origin_realm", D("Origin-Realm"), NULL, 0, "Its realm.") \
    X(0, 293, TARGET, TEXT, "destination_host", D("Destination-Host"), NULL, 0, "Who gets it.") \
    X(0, 283, TARGET_REALM, TEXT, "destination_realm", D("Destination-Realm"), NULL, 0, \
      "Realm that gets it.") \
    X(0, 1, USER, TEXT, "user", D("User-Name"), NULL, TT_PERSONAL, "User.") \
    X(0, 268, RESULT, NAMED, "result_code", D("Result-Code"), results, 0, "What came of it.") \
    X(0, 298, EXPERIMENTAL, NAMED, "experimental_result_code", D("Experimental-Result-Code"), \
      experimental_results, 0, "What came of it, in words of the application.") \
    X(0, 281, ERROR_TEXT, TEXT, "error_message", D("Error-Message"), NULL, 0, "Error in words.") \
    X(0, 294, REPORTER, TEXT, "error_reporting_host", D("Error-Reporting-Host"), NULL, 0, \
      "Who found the error.") \
    X(VENDOR_3GPP, 1, IMSI_3GPP, IMSI, "imsi", NULL, NULL, TT_PERSONAL, "Subscriber.") \
    X(VENDOR_3GPP, 1402, IMEI_TEXT, IMEI, "imei", D("IMEI"), NULL, TT_PERSONAL, "Device.") \
    X(VENDOR_3GPP, 20, IMEISV, IMEI, "imei", G("IMEISV"), NULL, TT_PERSONAL, \
      "Device and its software.") \
    X(VENDOR_3GPP, 1403, SOFTWARE, TEXT, "software_version", D("Software-Version"), NULL, 0, \
      "Software of the device.") \
    X(VENDOR_3GPP, 701, NUMBER_TBCD, TBCD, "msisdn", NULL, NULL, TT_PERSONAL, \
      "Number of the device.") \
    X(0, 30, CALLED, TEXT, "apn", D("Called-Station-Id"), NULL, 0, "Access point name.") \
    X(0, 493, SERVICE, TEXT, "services[]", D("Service-Selection"), NULL, 0, \
      "Access point names of the subscription.") \
    X(0, 31, CALLING, TEXT, "calling_station_id", D("Calling-Station-Id"), NULL, TT_PERSONAL, \
      "Number of the device.") \
    X(0, 8, FRAMED, IP4, "framed_ip", D("Framed-IP-Address.IPv4"), NULL, 0, \
      "Address of the device.") \
    X(0, 97, PREFIX, PREFIX6, "framed_ipv6_prefix", NULL, NULL, 0, "Its IPv6 prefix.") \
    X(VENDOR_3GPP, 848, SERVED, ADDRESS, "served_party_ip[]", NULL, NULL, 0, \
      "Address of the device.") \
    X(VENDOR_3GPP, 1032, RAT, NAMED, "rat", D("RAT-Type"), rats, 0, "Radio technology.") \
    X(VENDOR_3GPP, 21, RADIO, OCTET_NAMED, "radio", NULL, radio_types, 0, "Radio technology.") \
    X(VENDOR_3GPP, 1027, NETWORK_TYPE, NAMED, "ip_can_type", D("IP-CAN-Type"), access_networks, 0, \
      "Access network.") \
    X(VENDOR_3GPP, 22, PLACE, LOCATION, "location_octets", G("User-Location-Info"), NULL, \
      TT_UNRECORDED, "Where the device is, as it was sent.") \
    X(VENDOR_3GPP, 1407, VISITED, NETWORK, "visited_network_octets", D("Visited-PLMN-Id"), NULL, \
      TT_UNRECORDED, "Network that the device visits, as it was sent.") \
    X(VENDOR_3GPP, 18, SGSN_NETWORK, TEXT, "sgsn_network", G("SGSN-MCC-MNC"), NULL, 0, \
      "Network that serves it.") \
    X(VENDOR_3GPP, 8, HOME_NETWORK, TEXT, "home_network", G("IMSI-MCC-MNC"), NULL, 0, \
      "Network that the subscriber belongs to.") \
    X(VENDOR_3GPP, 9, GGSN_NETWORK, TEXT, "ggsn_network", G("GGSN-MCC-MNC"), NULL, 0, \
      "Network of the gateway.") \
    X(VENDOR_3GPP, 6, SGSN, IP4, "sgsn", NULL, NULL, 0, "Node that serves it.") \
    X(VENDOR_3GPP, 7, GGSN, IP4, "ggsn", NULL, NULL, 0, "Gateway.") \
    X(VENDOR_3GPP, 1050, GATEWAY, ADDRESS, "gateways[]", NULL, NULL, 0, "Access gateway.") \
    X(VENDOR_3GPP, 2, CHARGING, OCTETS, "charging_id", G("Charging-Id"), NULL, 0, "For the bill.") \
    X(VENDOR_3GPP, 3, PDP, NAMED, "pdp_type", G("PDP-Type"), pdp_types, 0, "What is carried.") \
    X(VENDOR_3GPP, 1405, ULR, NUMBER, "ulr_flags", D("ULR-Flags"), NULL, 0, \
      "Update-Location flags.") \
    X(VENDOR_3GPP, 1406, ULA, NUMBER, "ula_flags", D("ULA-Flags"), NULL, 0, "Their answer.") \
    X(VENDOR_3GPP, 1420, CANCELLATION, NAMED, "cancellation_type", D("Cancellation-Type"), \
      cancellations, 0, "Why the location is cancelled.") \
    X(VENDOR_3GPP, 1445, EQUIPMENT_STATUS, NAMED, "equipment_status", D("Equipment-Status"), \
      equipment_states, 0, "Whether the device may be used.") \
    X(0, 416, REQUEST_TYPE, NAMED, "cc_request_type", D("CC-Request-Type"), request_types, 0, \
      "Begin, go on, end, or once.") \
    X(0, 415, REQUEST_NUMBER, NUMBER, "cc_request_number", D("CC-Request-Number"), NULL, 0, \
      "Number in the session.") \
    X(0, 461, CONTEXT, TEXT, "service_context", D("Service-Context-Id"), NULL, 0, \
      "Which rules of charging.") \
    X(0, 295, TERMINATION, NAMED, "termination_cause", D("Termination-Cause"), terminations, 0, \
      "Why the session ends.") \
    X(0, 273, DISCONNECT, NAMED, "disconnect_cause", D("Disconnect-Cause"), disconnects, 0, \
      "Why the connection ends.") \
    X(0, 277, STATE, NAMED, "auth_session_state", D("Auth-Session-State"), session_states, 0, \
      "Whether the server keeps the session.") \
    X(0, 278, ORIGIN_STATE, NUMBER, "origin_state", D("Origin-State-Id"), NULL, 0, \
      "Grows when the peer begins anew.") \
    X(0, 55, TIMESTAMP, DATE, "event_timestamp", NULL, NULL, 0, "When it happened.") \
    X(0, 269, PRODUCT, TEXT, "product", D("Product-Name"), NULL, 0, "Program of the peer.") \
    X(0, 267, FIRMWARE, NUMBER, "firmware", D("Firmware-Revision"), NULL, 0, "Its version.") \
    X(0, 257, HOST, ADDRESS, "host_ip[]", D("Host-IP-Address.IPv4"), NULL, 0, \
      "Address of the peer.") \
    X(0, 258, AUTH, NAMED, "auth_applications[]", D("Auth-Application-Id"), applications, 0, \
      "Application of the session, or that the peer has.") \
    X(0, 259, ACCT, NAMED, "acct_applications[]", D("Acct-Application-Id"), applications, 0, \
      "Application of accounting.") \
    X(0, 266, VENDOR, NUMBER, "vendors[]", D("Vendor-Id"), NULL, 0, "Whose it is.") \
    X(0, 265, SUPPORTED, NUMBER, "supported_vendors[]", D("Supported-Vendor-Id"), NULL, 0, \
      "Whose AVPs the peer knows.") \
    X(0, 282, ROUTE, TEXT, "route[]", D("Route-Record"), NULL, 0, "Who passed it on.") \
    X(0, 432, RATING, NUMBER, "rating_groups[]", D("Rating-Group"), NULL, 0, "Tariff.") \
    X(0, 439, SERVICE_ID, NUMBER, "service_ids[]", D("Service-Identifier"), NULL, 0, "Service.") \
    X(0, 412, INPUT, LONG, "bytes_in[]", D("CC-Input-Octets"), NULL, 0, "Octets from the user.") \
    X(0, 414, OUTPUT, LONG, "bytes_out[]", D("CC-Output-Octets"), NULL, 0, "Octets to the user.") \
    X(0, 421, TOTAL, LONG, "bytes_total[]", D("CC-Total-Octets"), NULL, 0, "Octets both ways.") \
    X(0, 420, TIME, NUMBER, "seconds[]", D("CC-Time"), NULL, 0, "Seconds.") \
    X(VENDOR_3GPP, 1005, RULE, OCTETS, "rules[]", D("Charging-Rule-Name"), NULL, 0, \
      "Rule of charging.") \
    X(VENDOR_3GPP, 1006, TRIGGER, NUMBER, "event_triggers[]", D("Event-Trigger"), NULL, 0, \
      "What is told, or shall be.")

/* Groups: their members are told; nothing else is in them. */
#define GROUPS(X) \
    X(0, 260) X(0, 279) X(0, 284) X(0, 297) X(0, 413) X(0, 423) X(0, 431) X(0, 437) X(0, 440) \
    X(0, 443) X(0, 445) X(0, 446) X(0, 456) X(0, 458) X(0, 457) X(0, 486) X(VENDOR_3GPP, 628) \
    X(VENDOR_3GPP, 873) X(VENDOR_3GPP, 874) X(VENDOR_3GPP, 1001) X(VENDOR_3GPP, 1002) \
    X(VENDOR_3GPP, 1003) X(VENDOR_3GPP, 1016) X(VENDOR_3GPP, 1018) X(VENDOR_3GPP, 1034) \
    X(VENDOR_3GPP, 1049) X(VENDOR_3GPP, 1058) X(VENDOR_3GPP, 1400) X(VENDOR_3GPP, 1401) \
    X(VENDOR_3GPP, 1408) X(VENDOR_3GPP, 1409) X(VENDOR_3GPP, 1413) X(VENDOR_3GPP, 1414) \
    X(VENDOR_3GPP, 1415) X(VENDOR_3GPP, 1416) X(VENDOR_3GPP, 1429) X(VENDOR_3GPP, 1430) \
    X(VENDOR_3GPP, 1431) X(VENDOR_3GPP, 1435) X(VENDOR_3GPP, 1475) X(VENDOR_3GPP, 1484) \
    X(VENDOR_3GPP, 1486) X(VENDOR_3GPP, 1493) X(VENDOR_3GPP, 1600) X(VENDOR_3GPP, 1601) \
    X(VENDOR_3GPP, 1612) X(VENDOR_3GPP, 502) X(VENDOR_3GPP, 517) \
    X(VENDOR_3GPP, 519) X(VENDOR_3GPP, 603) X(VENDOR_3GPP, 612) X(VENDOR_3GPP, 618) \
    X(VENDOR_3GPP, 632)

enum row {
    F_VERSION, F_LENGTH, F_FLAGS, F_COMMAND, F_IS_REQUEST, F_PROXIABLE, F_ERROR, F_AGAIN,
    F_APPLICATION, F_HOP, F_END,
#define NAME(vendor, code, row, form, path, tshark, names, flags, doc) F_##row,
    AVPS(NAME)
#undef NAME
    F_IMSI, F_IMSI_SUBSCRIPTION, F_MSISDN, F_IMEI_EQUIPMENT, F_SUBSCRIPTION_TYPE, F_SUBSCRIPTION,
    F_EQUIPMENT_TYPE, F_EQUIPMENT, F_PLACE_TYPE, F_MCC, F_MNC, F_LAC, F_RAC, F_SAC, F_CI, F_TAC,
    F_ECI, F_VISITED_MCC, F_VISITED_MNC, F_RESULT_MORE, F_OTHER, F_OTHER_VENDOR, F_OTHER_VALUE,
    F_OTHER_SECRET,
    F_AVP, F_AVP_VENDOR, F_AVP_LENGTH, F_HOST6, F_MSISDN_OCTETS, N_ROWS,
};

#define ROW(row, path, doc, names, tshark, type, flags) \
    [row] = {"*." path, doc, names, NULL, tshark, type, 0, flags}
#define NUM(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_UINT, 0)
#define ENUM(row, path, doc, names, tshark) ROW(row, path, doc, names, tshark, TT_ENUM, 0)
#define STR(row, path, doc, tshark, flags) ROW(row, path, doc, NULL, tshark, TT_STR, flags)
#define BOOL(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_BOOL, 0)
#define ONLY(row, path, doc, tshark) ROW(row, path, doc, NULL, tshark, TT_UINT, TT_UNRECORDED)

/* The type of a form. */
enum {
    TYPE_TEXT = TT_STR, TYPE_OCTETS = TT_BYTES, TYPE_NUMBER = TT_UINT, TYPE_LONG = TT_UINT,
    TYPE_NAMED = TT_ENUM, TYPE_OCTET_NAMED = TT_ENUM, TYPE_IP4 = TT_IP, TYPE_ADDRESS = TT_IP,
    TYPE_PREFIX6 = TT_STR, TYPE_DATE = TT_STR, TYPE_IMSI = TT_STR, TYPE_IMEI = TT_STR,
    TYPE_TBCD = TT_STR, TYPE_NETWORK = TT_BYTES, TYPE_LOCATION = TT_BYTES,
};
#define DECLARE(vendor, code, row, form, path, tshark, names, flags, doc) \
    ROW(F_##row, path, doc, names, tshark, TYPE_##form, flags),

static const struct tt_field fields[N_ROWS] = {
    ONLY(F_VERSION, "version", "Version: 1.", D("version")),
    ONLY(F_LENGTH, "length", "Octets of the message.", D("length")),
    ONLY(F_FLAGS, "flags", "Octet of flags.", D("flags")),
    ENUM(F_COMMAND, "command", "What is asked.", commands, D("cmd.code")),
    BOOL(F_IS_REQUEST, "request", "A request.", D("flags.request")),
    BOOL(F_PROXIABLE, "proxiable", "It may be passed on.", D("flags.proxyable")),
    BOOL(F_ERROR, "error", "The request was not understood.", D("flags.error")),
    BOOL(F_AGAIN, "retransmission", "Perhaps sent again, after a connection broke.", D("flags.T")),
    ENUM(F_APPLICATION, "application", "Of which application.", applications, D("applicationId")),
    NUM(F_HOP, "hop_by_hop", "Number that the answer repeats.", D("hopbyhopid")),
    NUM(F_END, "end_to_end", "Number that tells duplicates.", D("endtoendid")),
    AVPS(DECLARE)
    STR(F_IMSI, "imsi", "Subscriber, by the user name.", "e212.imsi", TT_PERSONAL),
    STR(F_IMSI_SUBSCRIPTION, "imsi", "Subscriber, by the subscription.", "e212.imsi",
        TT_PERSONAL),
    STR(F_MSISDN, "msisdn", "Number of the device, by the subscription.", NULL, TT_PERSONAL),
    STR(F_IMEI_EQUIPMENT, "imei", "Device, by its equipment.", NULL, TT_PERSONAL),
    ENUM(F_SUBSCRIPTION_TYPE, "subscriptions[].type", "Kind of name.", subscription_types,
        D("Subscription-Id-Type")),
    STR(F_SUBSCRIPTION, "subscriptions[].data", "Name of the subscriber.",
        D("Subscription-Id-Data"), TT_PERSONAL),
    ENUM(F_EQUIPMENT_TYPE, "equipment.type", "Kind of number.", equipment_types,
        D("User-Equipment-Info-Type")),
    ROW(F_EQUIPMENT, "equipment.value", "Number of the device.", NULL,
        D("User-Equipment-Info-Value"), TT_BYTES, TT_PERSONAL),
    ENUM(F_PLACE_TYPE, "location.type", "What the location is.", places, NULL),
    STR(F_MCC, "location.mcc", "Country.", NULL, 0),
    STR(F_MNC, "location.mnc", "Network.", NULL, 0),
    NUM(F_LAC, "location.lac", "Location area.", NULL),
    NUM(F_RAC, "location.rac", "Routing area.", NULL),
    NUM(F_SAC, "location.sac", "Service area.", NULL),
    NUM(F_CI, "location.cell", "Cell.", NULL),
    NUM(F_TAC, "location.tac", "Tracking area.", NULL),
    NUM(F_ECI, "location.cell", "Cell of LTE.", NULL),
    STR(F_VISITED_MCC, "visited_network.mcc", "Country that the device visits.", NULL, 0),
    STR(F_VISITED_MNC, "visited_network.mnc", "Network that the device visits.", NULL, 0),
    ENUM(F_RESULT_MORE, "service_results[]", "What came of each service.", results,
        D("Result-Code")),
    NUM(F_OTHER, "avps[].code", "AVP without a field of its own.", NULL),
    ENUM(F_OTHER_VENDOR, "avps[].vendor", "Whose it is.", vendors, NULL),
    ROW(F_OTHER_VALUE, "avps[].value", "Its octets.", NULL, NULL, TT_BYTES, 0),
    ROW(F_OTHER_SECRET, "avps[].secret", "Octets that hold a key.", NULL, NULL, TT_BYTES,
        TT_SECRET),
    ONLY(F_AVP, "avp_codes[]", "Every AVP, as it comes.", D("avp.code")),
    ONLY(F_AVP_VENDOR, "avp_vendors[]", "Whose they are.", D("avp.vendorId")),
    ONLY(F_AVP_LENGTH, "avp_lengths[]", "Their octets.", D("avp.len")),
    ROW(F_HOST6, "host_ip6[]", "IPv6 address of the peer.", NULL, D("Host-IP-Address.IPv6"), TT_IP,
        TT_UNRECORDED),
    ROW(F_MSISDN_OCTETS, "msisdn_octets", "Number of the device, as it was sent.", NULL,
        D("MSISDN"), TT_BYTES, TT_UNRECORDED | TT_PERSONAL),
};

enum oddity {
    A_MALFORMED, A_VERSION, A_LENGTH, A_FLAGS, A_ERROR_REQUEST, A_AGAIN_ANSWER, A_COMMAND,
    A_APPLICATION, A_SHORT, A_OVERRUN, A_AVP_FLAGS, A_PADDING, A_UNKNOWN_MANDATORY, A_VALUE, A_DEEP,
    A_UNASKED, A_MISMATCH, A_IN_USE, A_NO_RESULT, A_NO_ORIGIN, A_LATE_SESSION, A_UNINTRODUCED,
    A_IMSI, A_IMEI, A_ERROR_BIT, N_ODDITIES,
};
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Shorter than a header."},
    [A_VERSION] = {"bad_version", "Version that is not 1."},
    [A_LENGTH] = {"bad_length", "Length that is no multiple of four."},
    [A_FLAGS] = {"reserved_flags", "Reserved flags of the message are set."},
    [A_ERROR_REQUEST] = {"error_in_request", "Request with the flag of an error."},
    [A_AGAIN_ANSWER] = {"retransmission_in_answer", "Answer with the flag of a retransmission."},
    [A_COMMAND] = {"unknown_command", "Command that nobody has."},
    [A_APPLICATION] = {"unknown_application", "Application that nobody has."},
    [A_SHORT] = {"avp_too_short", "AVP shorter than its header."},
    [A_OVERRUN] = {"avp_overrun", "AVP that runs past the end of the message or of its group."},
    [A_AVP_FLAGS] = {"reserved_avp_flags", "Reserved flags of an AVP are set."},
    [A_PADDING] = {"nonzero_padding", "Octets that fill up an AVP are not 0."},
    [A_UNKNOWN_MANDATORY] = {"unknown_mandatory_avp", "AVP of nobody that must be understood."},
    [A_VALUE] = {"bad_avp_value", "Data that are not of the AVP's type."},
    [A_DEEP] = {"grouped_too_deep", "Groups in groups beyond what is walked."},
    [A_UNASKED] = {"answer_without_request", "Answer with a number that nobody asked under."},
    [A_MISMATCH] = {"mismatched_answer", "Answer to another command than that of its number."},
    [A_IN_USE] = {"hop_by_hop_in_use", "Number of a request that is not answered yet."},
    [A_NO_RESULT] = {"missing_result_code", "Answer that does not say what came of it."},
    [A_NO_ORIGIN] = {"missing_origin", "Message that does not say who sends it."},
    [A_LATE_SESSION] = {"session_id_not_first", "Session-Id behind other AVPs."},
    [A_UNINTRODUCED] = {"unintroduced_message", "The first message exchanges no capabilities."},
    [A_IMSI] = {"bad_imsi", "IMSI that is not of 6 to 15 digits."},
    [A_IMEI] = {"bad_imei", "IMEI that is not of 14 to 16 digits."},
    [A_ERROR_BIT] = {"error_flag_mismatch", "Flag of an error beside another kind of code."},
};
_Static_assert(N_ROWS <= TT_FIELDS_MAX && N_ODDITIES <= 64, "engine's limits");
/* clang-format on */

#endif
