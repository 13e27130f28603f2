/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names of the numbers of Diameter, part of diameter.c alone: RFC 6733, RFC 8506, 3GPP TS 29.272,
 * 29.212, 29.229, 29.214, 29.230, IANA's registry of AAA parameters.
 */
#ifndef DISSECT_PROTO_DIAMETER_NAMES_H
#define DISSECT_PROTO_DIAMETER_NAMES_H

#include "telltale/dissect.h"

enum { VENDOR_3GPP = 10415, VENDOR_ETSI = 13019, VENDOR_3GPP2 = 5535 };
enum { APPLICATION_CREDIT = 4, APPLICATION_S6A = 16777251, APPLICATION_S13 = 16777252 };
enum { APPLICATION_RELAY = -1 };
enum kind { REQUEST, ANSWER };

/* clang-format off */
static const struct tt_name kinds[] = {{REQUEST, "request"}, {ANSWER, "answer"}, {0, NULL}};
static const struct tt_name commands[] = {
    {257, "capabilities_exchange"}, {258, "re_auth"}, {265, "aa"}, {268, "diameter_eap"},
    {271, "accounting"}, {272, "credit_control"}, {274, "abort_session"},
    {275, "session_termination"}, {280, "device_watchdog"}, {282, "disconnect_peer"},
    {283, "user_authorization"}, {284, "server_assignment"}, {285, "location_info"},
    {286, "multimedia_auth"}, {287, "registration_termination"}, {288, "push_profile"},
    {300, "user_authorization_3gpp"}, {301, "server_assignment_3gpp"}, {302, "location_info_3gpp"},
    {303, "multimedia_auth_3gpp"}, {304, "registration_termination_3gpp"},
    {305, "push_profile_3gpp"}, {306, "user_data"}, {307, "profile_update"},
    {308, "subscribe_notifications"}, {309, "push_notification"}, {310, "bootstrapping_info"},
    {311, "message_process"}, {316, "update_location"}, {317, "cancel_location"},
    {318, "authentication_information"}, {319, "insert_subscriber_data"},
    {320, "delete_subscriber_data"}, {321, "purge_ue"}, {322, "reset"}, {323, "notify"},
    {324, "me_identity_check"}, {325, "mip6"}, {8388620, "provide_location"},
    {8388621, "location_report"}, {8388622, "lcs_routing_info"},
    {8388635, "spending_limit"}, {8388636, "spending_status_notification"},
    {8388637, "tdf_session"}, {8388638, "update_vcsg_location"}, {8388639, "device_action"},
    {8388640, "device_notification"}, {8388641, "subscriber_information"},
    {8388642, "cancel_vcsg_location"}, {8388643, "device_trigger"}, {8388644, "delivery_report"},
    {8388645, "mo_forward_short_message"}, {8388646, "mt_forward_short_message"},
    {8388647, "send_routing_info_for_sm"}, {8388648, "alert_service_centre"},
    {8388649, "report_sm_delivery_status"}, {8388718, "configuration_information"},
    {8388719, "reporting_information"}, {8388726, "nidd_information"},
    {8388732, "connection_management"}, {8388733, "mo_data"}, {8388734, "mt_data"}, {0, NULL}};
static const struct tt_name applications[] = {
    {0, "base"}, {1, "nas"}, {2, "mobile_ip"}, {3, "accounting"}, {4, "credit_control"}, {5, "eap"},
    {6, "sip"}, {16777216, "cx"}, {16777217, "sh"}, {16777219, "wx"}, {16777220, "zn"},
    {16777222, "gq"}, {16777223, "gmb"}, {16777224, "gx_6"}, {16777225, "gx_over_gy"},
    {16777229, "rx_6"}, {16777230, "pr"}, {16777236, "rx"}, {16777238, "gx"}, {16777250, "sta"},
    {16777251, "s6a"}, {16777252, "s13"}, {16777255, "slg"}, {16777264, "swm"}, {16777265, "swx"},
    {16777266, "gxx"}, {16777267, "s9"}, {16777272, "s6b"}, {16777291, "slh"}, {16777302, "sy"},
    {16777303, "sd"}, {16777308, "s7a"}, {16777309, "tsp"}, {16777310, "s6m"}, {16777311, "t4"},
    {16777312, "s6c"}, {16777313, "sgd"}, {16777345, "s6t"}, {16777346, "t6a"}, {16777348, "nt"},
    {16777350, "t6ai"}, {4294967295, "relay"}, {0, NULL}};
static const struct tt_name results[] = {
    {1001, "multi_round_auth"}, {2001, "success"}, {2002, "limited_success"},
    {3001, "command_unsupported"}, {3002, "unable_to_deliver"}, {3003, "realm_not_served"},
    {3004, "too_busy"}, {3005, "loop_detected"}, {3006, "redirect_indication"},
    {3007, "application_unsupported"}, {3008, "invalid_hdr_bits"}, {3009, "invalid_avp_bits"},
    {3010, "unknown_peer"}, {4001, "authentication_rejected"}, {4002, "out_of_space"},
    {4003, "election_lost"}, {4010, "end_user_service_denied"},
    {4011, "credit_control_not_applicable"}, {4012, "credit_limit_reached"},
    {5001, "avp_unsupported"}, {5002, "unknown_session_id"}, {5003, "authorization_rejected"},
    {5004, "invalid_avp_value"}, {5005, "missing_avp"}, {5006, "resources_exceeded"},
    {5007, "contradicting_avps"}, {5008, "avp_not_allowed"}, {5009, "avp_occurs_too_many_times"},
    {5010, "no_common_application"}, {5011, "unsupported_version"}, {5012, "unable_to_comply"},
    {5013, "invalid_bit_in_header"}, {5014, "invalid_avp_length"}, {5015, "invalid_message_length"},
    {5016, "invalid_avp_bit_combo"}, {5017, "no_common_security"}, {5030, "user_unknown"},
    {5031, "rating_failed"}, {0, NULL}};
static const struct tt_name experimental_results[] = {
    {2001, "first_registration"}, {2002, "subsequent_registration"},
    {2003, "unregistered_service"}, {2004, "success_server_name_not_stored"},
    {4100, "user_data_not_available"}, {4101, "prior_update_in_progress"},
    {4141, "pcc_bearer_event"}, {4144, "bearer_event"}, {4181, "authentication_data_unavailable"},
    {4182, "camel_subscription_present"}, {5001, "user_unknown"}, {5002, "identities_dont_match"},
    {5003, "identity_not_registered"}, {5004, "roaming_not_allowed"},
    {5005, "identity_already_registered"}, {5006, "auth_scheme_not_supported"},
    {5007, "in_assignment_type"}, {5008, "too_much_data"}, {5009, "not_supported_user_data"},
    {5011, "feature_unsupported"}, {5012, "serving_node_feature_unsupported"},
    {5100, "user_data_not_recognized"}, {5101, "operation_not_allowed"},
    {5102, "user_data_cannot_be_read"}, {5103, "user_data_cannot_be_modified"},
    {5140, "initial_parameters"}, {5141, "trigger_event"}, {5142, "pcc_rule_event"},
    {5143, "bearer_not_authorized"}, {5144, "traffic_mapping_info_rejected"},
    {5147, "conflicting_request"}, {5401, "imsi_unknown"}, {5420, "unknown_eps_subscription"},
    {5421, "rat_not_allowed"}, {5422, "equipment_unknown"}, {5423, "unknown_serving_node"},
    {5450, "user_no_wlan_subscription"}, {5510, "unauthorized_requesting_entity"}, {0, NULL}};
static const struct tt_name request_types[] = {
    {1, "initial"}, {2, "update"}, {3, "termination"}, {4, "event"}, {0, NULL}};
static const struct tt_name subscription_types[] = {
    {0, "e164"}, {1, "imsi"}, {2, "sip_uri"}, {3, "nai"}, {4, "private"}, {0, NULL}};
static const struct tt_name equipment_types[] = {
    {0, "imeisv"}, {1, "mac"}, {2, "eui64"}, {3, "modified_eui64"}, {0, NULL}};
/* of RAT-Type (TS 29.212), and of 3GPP-RAT-Type (TS 29.061): no number is in both */
static const struct tt_name rats[] = {
    {0, "wlan"}, {1, "virtual"}, {2, "trusted_n3ga"}, {1000, "utran"}, {1001, "geran"},
    {1002, "gan"}, {1003, "hspa_evolution"}, {1004, "eutran"}, {1005, "nb_iot"}, {1006, "nr"},
    {1007, "lte_m"}, {1008, "nr_u"}, {2000, "cdma2000_1x"}, {2001, "hrpd"}, {2002, "umb"},
    {2003, "ehrpd"}, {0, NULL}};
static const struct tt_name radio_types[] = {
    {1, "utran"}, {2, "geran"}, {3, "wlan"}, {4, "gan"}, {5, "hspa_evolution"}, {6, "eutran"},
    {7, "virtual"}, {8, "nb_iot"}, {9, "lte_m"}, {51, "nr"}, {101, "ieee_802_16e"},
    {102, "ehrpd"}, {103, "hrpd"}, {104, "cdma2000_1x"}, {105, "umb"}, {0, NULL}};
static const struct tt_name terminations[] = {
    {1, "logout"}, {2, "service_not_provided"}, {3, "bad_answer"}, {4, "administrative"},
    {5, "link_broken"}, {6, "auth_expired"}, {7, "user_moved"}, {8, "session_timeout"}, {0, NULL}};
static const struct tt_name disconnects[] = {
    {0, "rebooting"}, {1, "busy"}, {2, "do_not_want_to_talk"}, {0, NULL}};
static const struct tt_name session_states[] = {
    {0, "maintained"}, {1, "not_maintained"}, {0, NULL}};
static const struct tt_name cancellations[] = {
    {0, "mme_update_procedure"}, {1, "sgsn_update_procedure"}, {2, "subscription_withdrawal"},
    {3, "update_procedure_iwf"}, {4, "initial_attach_procedure"}, {0, NULL}};
static const struct tt_name equipment_states[] = {
    {0, "whitelisted"}, {1, "blacklisted"}, {2, "greylisted"}, {0, NULL}};
static const struct tt_name access_networks[] = {
    {0, "gprs"}, {1, "docsis"}, {2, "xdsl"}, {3, "wimax"}, {4, "3gpp2"}, {5, "eps"},
    {6, "non_3gpp_eps"}, {7, "fbi"}, {8, "3gpp_gprs_5gs"}, {0, NULL}};
static const struct tt_name pdp_types[] = {
    {0, "ipv4"}, {1, "ppp"}, {2, "ipv6"}, {3, "ipv4v6"}, {4, "non_ip"}, {5, "unstructured"},
    {6, "ethernet"}, {0, NULL}};
static const struct tt_name places[] = {
    {0, "cgi"}, {1, "sai"}, {2, "rai"}, {128, "tai"}, {129, "ecgi"}, {130, "tai_and_ecgi"},
    {131, "enodeb"}, {132, "tai_and_enodeb"}, {133, "extended_enodeb"},
    {134, "tai_and_extended_enodeb"}, {135, "ncgi"}, {136, "5gs_tai"}, {137, "5gs_tai_and_ncgi"},
    {0, NULL}};
static const struct tt_name vendors[] = {
    {0, "none"}, {9, "cisco"}, {11, "hp"}, {94, "nokia"}, {193, "ericsson"}, {311, "microsoft"},
    {2011, "huawei"}, {5535, "3gpp2"}, {5806, "siemens"}, {6431, "tekelec"}, {8164, "starent"},
    {10415, "3gpp"}, {12645, "vodafone"}, {13019, "etsi"}, {0, NULL}};
/* clang-format on */

static inline bool named(const struct tt_name *names, uint64_t v)
{
    while (names->name && names->value != v) {
        names++;
    }
    return names->name != NULL;
}

/* Is the code assigned to somebody? Those without a row of their own, too: ranges of IANA's
 * registry and of TS 29.230. */
static inline bool assigned(uint32_t vendor, uint32_t code)
{
    if (vendor == 0) {
        return code >= 1 && code <= 704;
    }
    return vendor == VENDOR_3GPP ? code >= 1 && code <= 6999
                                 : vendor == VENDOR_ETSI || vendor == VENDOR_3GPP2;
}

#endif
