/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names of the numbers of GTP, part of gtp.c alone: 3GPP TS 29.060 (7.7), TS 29.274 (8.1, 8.4,
 * 8.17, 8.22), TS 29.281 (5.2.1, 8), TS 32.295 (6.2).
 */
#ifndef DISSECT_PROTO_GTP_NAMES_H
#define DISSECT_PROTO_GTP_NAMES_H

#include "dissect/proto/gtp_messages.h"

/* clang-format off */
static const struct tt_name kinds[] = {
    {REQUEST, "request"}, {RESPONSE, "response"}, {UNPAIRED, "message"}, {0, NULL}};
static const struct tt_name planes[] = {{'c', "c"}, {'u', "u"}, {0, NULL}};
static const struct tt_name causes_1[] = {
    {0, "request_imsi"}, {1, "request_imei"}, {2, "request_imsi_and_imei"},
    {3, "no_identity_needed"}, {4, "ms_refuses"}, {5, "ms_is_not_gprs_responding"},
    {6, "reactivation_requested"}, {7, "pdp_address_inactivity_timer_expires"},
    {8, "network_failure"}, {9, "qos_parameter_mismatch"}, {59, "system_failure"},
    {60, "transmit_buffers_becoming_full"}, {61, "receive_buffers_becoming_full"},
    {62, "another_node_is_about_to_go_down"}, {63, "this_node_is_about_to_go_down"},
    {128, "request_accepted"}, {129, "new_pdp_type_due_to_network_preference"},
    {130, "new_pdp_type_due_to_single_address_bearer_only"}, {177, "cdr_decoding_error"},
    {192, "non_existent"}, {193, "invalid_message_format"}, {194, "imsi_imei_not_known"},
    {195, "ms_is_gprs_detached"}, {196, "ms_is_not_gprs_responding_reject"},
    {197, "ms_refuses_reject"}, {198, "version_not_supported"}, {199, "no_resources_available"},
    {200, "service_not_supported"}, {201, "mandatory_ie_incorrect"},
    {202, "mandatory_ie_missing"}, {203, "optional_ie_incorrect"},
    {204, "system_failure_reject"}, {205, "roaming_restriction"},
    {206, "p_tmsi_signature_mismatch"}, {207, "gprs_connection_suspended"},
    {208, "authentication_failure"}, {209, "user_authentication_failed"},
    {210, "context_not_found"}, {211, "all_dynamic_pdp_addresses_are_occupied"},
    {212, "no_memory_is_available"}, {213, "relocation_failure"},
    {214, "unknown_mandatory_extension_header"}, {215, "semantic_error_in_the_tft_operation"},
    {216, "syntactic_error_in_the_tft_operation"}, {217, "semantic_errors_in_packet_filters"},
    {218, "syntactic_errors_in_packet_filters"}, {219, "missing_or_unknown_apn"},
    {220, "unknown_pdp_address_or_pdp_type"}, {221, "pdp_context_without_tft_already_activated"},
    {222, "apn_access_denied_no_subscription"}, {223, "apn_restriction_type_incompatible"},
    {224, "ms_mbms_capabilities_insufficient"}, {225, "invalid_correlation_id"},
    {226, "mbms_bearer_context_superseded"}, {227, "bearer_control_mode_violation"},
    {228, "collision_with_network_initiated_request"}, {229, "apn_congestion"},
    {230, "bearer_handling_not_supported"}, {231, "target_access_restricted_for_the_subscriber"},
    {232, "ue_is_temporarily_not_reachable_due_to_power_saving"},
    {233, "relocation_failure_due_to_nas_message_redirection"},
    {252, "request_related_to_possibly_duplicated_packets_already_fulfilled"},
    {253, "request_already_fulfilled"},
    {254, "sequence_numbers_of_released_or_cancelled_packets_ie_incorrect"},
    {255, "request_not_fulfilled"}, {0, NULL}};
static const struct tt_name causes_2[] = {
    {2, "local_detach"}, {3, "complete_detach"}, {4, "rat_changed_from_3gpp_to_non_3gpp"},
    {5, "isr_deactivation"}, {6, "error_indication_received"}, {7, "imsi_detach_only"},
    {8, "reactivation_requested"}, {9, "pdn_reconnection_to_this_apn_disallowed"},
    {10, "access_changed_from_non_3gpp_to_3gpp"},
    {11, "pdn_connection_inactivity_timer_expires"}, {12, "pgw_not_responding"},
    {13, "network_failure"}, {14, "qos_parameter_mismatch"}, {15, "eps_to_5gs_mobility"},
    {16, "request_accepted"}, {17, "request_accepted_partially"},
    {18, "new_pdn_type_due_to_network_preference"},
    {19, "new_pdn_type_due_to_single_address_bearer_only"}, {64, "context_not_found"},
    {65, "invalid_message_format"}, {66, "version_not_supported_by_next_peer"},
    {67, "invalid_length"}, {68, "service_not_supported"}, {69, "mandatory_ie_incorrect"},
    {70, "mandatory_ie_missing"}, {72, "system_failure"}, {73, "no_resources_available"},
    {74, "semantic_error_in_the_tft_operation"}, {75, "syntactic_error_in_the_tft_operation"},
    {76, "semantic_errors_in_packet_filters"}, {77, "syntactic_errors_in_packet_filters"},
    {78, "missing_or_unknown_apn"}, {80, "gre_key_not_found"}, {81, "relocation_failure"},
    {82, "denied_in_rat"}, {83, "preferred_pdn_type_not_supported"},
    {84, "all_dynamic_addresses_are_occupied"}, {85, "ue_context_without_tft_already_activated"},
    {86, "protocol_type_not_supported"}, {87, "ue_not_responding"}, {88, "ue_refuses"},
    {89, "service_denied"}, {90, "unable_to_page_ue"}, {91, "no_memory_available"},
    {92, "user_authentication_failed"}, {93, "apn_access_denied_no_subscription"},
    {94, "request_rejected"}, {95, "p_tmsi_signature_mismatch"}, {96, "imsi_imei_not_known"},
    {97, "semantic_error_in_the_tad_operation"}, {98, "syntactic_error_in_the_tad_operation"},
    {100, "remote_peer_not_responding"}, {101, "collision_with_network_initiated_request"},
    {102, "unable_to_page_ue_due_to_suspension"}, {103, "conditional_ie_missing"},
    {104, "apn_restriction_type_incompatible"},
    {105, "invalid_overall_length_with_piggybacked_message"},
    {106, "data_forwarding_not_supported"}, {107, "invalid_reply_from_remote_peer"},
    {108, "fallback_to_gtpv1"}, {109, "invalid_peer"},
    {110, "temporarily_rejected_due_to_mobility_procedure"},
    {111, "modifications_not_limited_to_s1_u_bearers"},
    {112, "request_rejected_for_a_pmipv6_reason"}, {113, "apn_congestion"},
    {114, "bearer_handling_not_supported"}, {115, "ue_already_reattached"},
    {116, "multiple_pdn_connections_for_an_apn_not_allowed"},
    {117, "target_access_restricted_for_the_subscriber"}, {119, "refused_due_to_vplmn_policy"},
    {120, "gtp_c_entity_congestion"}, {121, "late_overlapping_request"},
    {122, "timed_out_request"}, {123, "ue_is_temporarily_not_reachable_due_to_power_saving"},
    {124, "relocation_failure_due_to_nas_message_redirection"},
    {125, "ue_not_authorised_by_ocs_or_aaa"},
    {126, "multiple_accesses_to_a_pdn_connection_not_allowed"},
    {127, "request_rejected_due_to_ue_capability"}, {128, "s1_u_path_failure"},
    {129, "5gc_not_allowed"}, {130, "pgw_mismatch_with_network_slice"},
    {131, "rejection_due_to_paging_restriction"}, {0, NULL}};
static const struct tt_name rats[] = {
    {1, "utran"}, {2, "geran"}, {3, "wlan"}, {4, "gan"}, {5, "hspa_evolution"}, {6, "eutran"},
    {7, "virtual"}, {8, "nb_iot"}, {9, "lte_m"}, {10, "nr"}, {0, NULL}};
static const struct tt_name extensions[] = {
    {0x00, "none"}, {0x01, "mbms_support_indication"},
    {0x02, "ms_info_change_reporting_support_indication"}, {0x03, "long_pdcp_pdu_number"},
    {0x20, "service_class_indicator"}, {0x40, "udp_port"}, {0x81, "ran_container"},
    {0x82, "long_pdcp_pdu_number"}, {0x83, "xw_ran_container"}, {0x84, "nr_ran_container"},
    {0x85, "pdu_session_container"}, {0xc0, "pdcp_pdu_number"}, {0xc1, "suspend_request"},
    {0xc2, "suspend_response"}, {0, NULL}};
static const struct tt_name interfaces[] = {
    {0, "s1_u_enodeb"}, {1, "s1_u_sgw"}, {2, "s12_rnc"}, {3, "s12_sgw"}, {4, "s5_s8_sgw_gtp_u"},
    {5, "s5_s8_pgw_gtp_u"}, {6, "s5_s8_sgw_gtp_c"}, {7, "s5_s8_pgw_gtp_c"},
    {8, "s5_s8_sgw_pmipv6"}, {9, "s5_s8_pgw_pmipv6"}, {10, "s11_mme_gtp_c"},
    {11, "s11_s4_sgw_gtp_c"}, {12, "s10_n26_mme_gtp_c"}, {13, "s3_mme_gtp_c"},
    {14, "s3_sgsn_gtp_c"}, {15, "s4_sgsn_gtp_u"}, {16, "s4_sgw_gtp_u"}, {17, "s4_sgsn_gtp_c"},
    {18, "s16_sgsn_gtp_c"}, {19, "enodeb_dl_forwarding"}, {20, "enodeb_ul_forwarding"},
    {21, "rnc_forwarding"}, {22, "sgsn_forwarding"}, {23, "sgw_dl_forwarding"},
    {24, "sm_mbms_gw_gtp_c"}, {25, "sn_mbms_gw_gtp_c"}, {26, "sm_mme_gtp_c"},
    {27, "sn_sgsn_gtp_c"}, {28, "sgw_ul_forwarding"}, {29, "sn_sgsn_gtp_u"},
    {30, "s2b_epdg_gtp_c"}, {31, "s2b_u_epdg_gtp_u"}, {32, "s2b_pgw_gtp_c"},
    {33, "s2b_u_pgw_gtp_u"}, {34, "s2a_twan_gtp_u"}, {35, "s2a_twan_gtp_c"},
    {36, "s2a_pgw_gtp_c"}, {37, "s2a_pgw_gtp_u"}, {38, "s11_mme_gtp_u"}, {39, "s11_sgw_gtp_u"},
    {40, "n26_amf_gtp_c"}, {41, "n19mb_upf_gtp_u"}, {0, NULL}};
static const struct tt_name pdp_types[] = {
    {0x001, "ppp"}, {0x002, "non_ip"}, {0x121, "ipv4"}, {0x157, "ipv6"}, {0x18d, "ipv4v6"},
    {0, NULL}};
static const struct tt_name pdn_types[] = {
    {1, "ipv4"}, {2, "ipv6"}, {3, "ipv4v6"}, {4, "non_ip"}, {5, "ethernet"}, {0, NULL}};
static const struct tt_name places[] = {
    {0, "cgi"}, {1, "sai"}, {2, "rai"}, {0, NULL}};
static const struct tt_name selections[] = {
    {0, "verified"}, {1, "by_device"}, {2, "by_network"}, {3, "by_network_3"}, {0, NULL}};
/* clang-format on */

#endif
