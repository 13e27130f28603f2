/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Messages of GTP, part of gtp.c alone: names, which asks and which answers, what must be in them
 * (3GPP TS 29.060, 7.1 and 7.3 to 7.5C; TS 29.274, 6.1 and 7.1 to 7.13; TS 29.281, 6.1; TS 32.295,
 * 6.2).
 */
#ifndef DISSECT_PROTO_GTP_MESSAGES_H
#define DISSECT_PROTO_GTP_MESSAGES_H

#include "telltale/dissect.h"

enum {
    ECHO_REQUEST = 1,
    ECHO_RESPONSE = 2,
    VERSION_NOT_SUPPORTED = 3,
    ERROR_INDICATION = 26,
    SUPPORTED_EXTENSIONS = 31,
    TUNNEL_STATUS = 253,
    END_MARKER = 254,
    G_PDU = 255,
    HAS_EXTENSIONS = 4, /* flags of version 1 */
    HAS_SEQUENCE = 2,
    HAS_NPDU = 1,
    PIGGYBACKED = 0x10, /* of version 2 */
    HAS_TEID = 8,
    PROTOCOL_TYPE = 0x10, /* 0 = GTP' */
    USER_PORT = 2152,
};

enum { ANY_QUESTION = 255, ZERO_TEID_IS_ODD = 1 };
enum kind { REQUEST, RESPONSE, UNPAIRED };

/* clang-format off */
/* type, the request that it belongs to (itself: it is one; 0: none), flags, name */
#define MESSAGES_1(X) \
    X(1, 1, 0, "echo_request") X(2, 1, 0, "echo_response") \
    X(3, ANY_QUESTION, 0, "version_not_supported") X(4, 4, 0, "node_alive_request") \
    X(5, 4, 0, "node_alive_response") X(6, 6, 0, "redirection_request") \
    X(7, 6, 0, "redirection_response") X(16, 16, 0, "create_pdp_context_request") \
    X(17, 16, 1, "create_pdp_context_response") X(18, 18, 1, "update_pdp_context_request") \
    X(19, 18, 1, "update_pdp_context_response") X(20, 20, 1, "delete_pdp_context_request") \
    X(21, 20, 1, "delete_pdp_context_response") \
    X(22, 22, 1, "initiate_pdp_context_activation_request") \
    X(23, 22, 1, "initiate_pdp_context_activation_response") X(26, 0, 0, "error_indication") \
    X(27, 27, 0, "pdu_notification_request") X(28, 27, 0, "pdu_notification_response") \
    X(29, 29, 0, "pdu_notification_reject_request") \
    X(30, 29, 0, "pdu_notification_reject_response") \
    X(31, 0, 0, "supported_extension_headers_notification") \
    X(32, 32, 0, "send_routeing_information_request") \
    X(33, 32, 0, "send_routeing_information_response") X(34, 34, 0, "failure_report_request") \
    X(35, 34, 0, "failure_report_response") X(36, 36, 0, "note_ms_present_request") \
    X(37, 36, 0, "note_ms_present_response") X(48, 48, 0, "identification_request") \
    X(49, 48, 0, "identification_response") X(50, 50, 0, "sgsn_context_request") \
    X(51, 50, 0, "sgsn_context_response") X(52, 0, 0, "sgsn_context_acknowledge") \
    X(53, 53, 0, "forward_relocation_request") X(54, 53, 0, "forward_relocation_response") \
    X(55, 55, 0, "forward_relocation_complete") X(56, 56, 0, "relocation_cancel_request") \
    X(57, 56, 0, "relocation_cancel_response") X(58, 58, 0, "forward_srns_context") \
    X(59, 55, 0, "forward_relocation_complete_acknowledge") \
    X(60, 58, 0, "forward_srns_context_acknowledge") X(61, 61, 0, "ue_registration_query_request") \
    X(62, 61, 0, "ue_registration_query_response") X(70, 0, 0, "ran_information_relay") \
    X(96, 96, 0, "mbms_notification_request") X(97, 96, 0, "mbms_notification_response") \
    X(98, 98, 0, "mbms_notification_reject_request") \
    X(99, 98, 0, "mbms_notification_reject_response") \
    X(100, 100, 0, "create_mbms_context_request") \
    X(101, 100, 0, "create_mbms_context_response") X(102, 102, 0, "update_mbms_context_request") \
    X(103, 102, 0, "update_mbms_context_response") X(104, 104, 0, "delete_mbms_context_request") \
    X(105, 104, 0, "delete_mbms_context_response") X(112, 112, 0, "mbms_registration_request") \
    X(113, 112, 0, "mbms_registration_response") X(114, 114, 0, "mbms_deregistration_request") \
    X(115, 114, 0, "mbms_deregistration_response") X(116, 116, 0, "mbms_session_start_request") \
    X(117, 116, 0, "mbms_session_start_response") X(118, 118, 0, "mbms_session_stop_request") \
    X(119, 118, 0, "mbms_session_stop_response") X(120, 120, 0, "mbms_session_update_request") \
    X(121, 120, 0, "mbms_session_update_response") \
    X(128, 128, 0, "ms_info_change_notification_request") \
    X(129, 128, 0, "ms_info_change_notification_response") \
    X(240, 240, 0, "data_record_transfer_request") \
    X(241, 240, 0, "data_record_transfer_response") X(253, 0, 0, "tunnel_status") \
    X(254, 0, 0, "end_marker") X(255, 0, 0, "g_pdu")

#define MESSAGES_2(X) \
    X(1, 1, 0, "echo_request") X(2, 1, 0, "echo_response") \
    X(3, ANY_QUESTION, 0, "version_not_supported") X(25, 25, 0, "srvcc_ps_to_cs_request") \
    X(26, 25, 0, "srvcc_ps_to_cs_response") X(27, 27, 0, "srvcc_ps_to_cs_complete_notification") \
    X(28, 27, 0, "srvcc_ps_to_cs_complete_acknowledge") \
    X(29, 29, 0, "srvcc_ps_to_cs_cancel_notification") \
    X(30, 29, 0, "srvcc_ps_to_cs_cancel_acknowledge") X(31, 31, 0, "srvcc_cs_to_ps_request") \
    X(32, 32, 0, "create_session_request") X(33, 32, 1, "create_session_response") \
    X(34, 34, 1, "modify_bearer_request") X(35, 34, 1, "modify_bearer_response") \
    X(36, 36, 1, "delete_session_request") X(37, 36, 1, "delete_session_response") \
    X(38, 38, 0, "change_notification_request") X(39, 38, 0, "change_notification_response") \
    X(40, 40, 0, "remote_ue_report_notification") X(41, 40, 0, "remote_ue_report_acknowledge") \
    X(64, 0, 1, "modify_bearer_command") X(65, 0, 1, "modify_bearer_failure_indication") \
    X(66, 0, 1, "delete_bearer_command") X(67, 0, 1, "delete_bearer_failure_indication") \
    X(68, 0, 1, "bearer_resource_command") X(69, 0, 1, "bearer_resource_failure_indication") \
    X(70, 0, 0, "downlink_data_notification_failure_indication") \
    X(71, 0, 0, "trace_session_activation") X(72, 0, 0, "trace_session_deactivation") \
    X(73, 0, 0, "stop_paging_indication") X(95, 95, 1, "create_bearer_request") \
    X(96, 95, 1, "create_bearer_response") X(97, 97, 1, "update_bearer_request") \
    X(98, 97, 1, "update_bearer_response") X(99, 99, 1, "delete_bearer_request") \
    X(100, 99, 1, "delete_bearer_response") X(101, 101, 0, "delete_pdn_connection_set_request") \
    X(102, 101, 0, "delete_pdn_connection_set_response") \
    X(103, 103, 0, "pgw_downlink_triggering_notification") \
    X(104, 103, 0, "pgw_downlink_triggering_acknowledge") X(128, 128, 0, "identification_request") \
    X(129, 128, 0, "identification_response") X(130, 130, 0, "context_request") \
    X(131, 130, 0, "context_response") X(132, 0, 0, "context_acknowledge") \
    X(133, 133, 0, "forward_relocation_request") X(134, 133, 0, "forward_relocation_response") \
    X(135, 135, 0, "forward_relocation_complete_notification") \
    X(136, 135, 0, "forward_relocation_complete_acknowledge") \
    X(137, 137, 0, "forward_access_context_notification") \
    X(138, 137, 0, "forward_access_context_acknowledge") \
    X(139, 139, 0, "relocation_cancel_request") X(140, 139, 0, "relocation_cancel_response") \
    X(141, 0, 0, "configuration_transfer_tunnel") X(149, 149, 0, "detach_notification") \
    X(150, 149, 0, "detach_acknowledge") X(151, 0, 0, "cs_paging_indication") \
    X(152, 0, 0, "ran_information_relay") X(153, 153, 0, "alert_mme_notification") \
    X(154, 153, 0, "alert_mme_acknowledge") X(155, 155, 0, "ue_activity_notification") \
    X(156, 155, 0, "ue_activity_acknowledge") X(157, 0, 0, "isr_status_indication") \
    X(158, 158, 0, "ue_registration_query_request") \
    X(159, 158, 0, "ue_registration_query_response") \
    X(160, 160, 0, "create_forwarding_tunnel_request") \
    X(161, 160, 0, "create_forwarding_tunnel_response") X(162, 162, 0, "suspend_notification") \
    X(163, 162, 0, "suspend_acknowledge") X(164, 164, 0, "resume_notification") \
    X(165, 164, 0, "resume_acknowledge") \
    X(166, 166, 0, "create_indirect_data_forwarding_tunnel_request") \
    X(167, 166, 0, "create_indirect_data_forwarding_tunnel_response") \
    X(168, 168, 0, "delete_indirect_data_forwarding_tunnel_request") \
    X(169, 168, 0, "delete_indirect_data_forwarding_tunnel_response") \
    X(170, 170, 1, "release_access_bearers_request") \
    X(171, 170, 1, "release_access_bearers_response") X(176, 176, 0, "downlink_data_notification") \
    X(177, 176, 0, "downlink_data_notification_acknowledge") \
    X(179, 179, 0, "pgw_restart_notification") \
    X(180, 179, 0, "pgw_restart_notification_acknowledge") \
    X(200, 200, 0, "update_pdn_connection_set_request") \
    X(201, 200, 0, "update_pdn_connection_set_response") \
    X(211, 211, 1, "modify_access_bearers_request") \
    X(212, 211, 1, "modify_access_bearers_response") X(231, 231, 0, "mbms_session_start_request") \
    X(232, 231, 0, "mbms_session_start_response") X(233, 233, 0, "mbms_session_update_request") \
    X(234, 233, 0, "mbms_session_update_response") X(235, 235, 0, "mbms_session_stop_request") \
    X(236, 235, 0, "mbms_session_stop_response") X(240, 31, 0, "srvcc_cs_to_ps_response") \
    X(241, 241, 0, "srvcc_cs_to_ps_complete_notification") \
    X(242, 241, 0, "srvcc_cs_to_ps_complete_acknowledge") \
    X(243, 243, 0, "srvcc_cs_to_ps_cancel_notification") \
    X(244, 243, 0, "srvcc_cs_to_ps_cancel_acknowledge")

struct message {
    uint8_t question, flags;
    bool known;
};
#define NAME_OF(type, question, flags, name) {type, name},
#define MESSAGE_OF(type, question, flags, name) [type] = {question, flags, true},
static const struct tt_name types_1[] = {MESSAGES_1(NAME_OF) {0, NULL}};
static const struct tt_name types_2[] = {MESSAGES_2(NAME_OF) {0, NULL}};
static const struct message messages_1[256] = {MESSAGES_1(MESSAGE_OF)};
static const struct message messages_2[256] = {MESSAGES_2(MESSAGE_OF)};

/* What is mandatory, whatever the procedure is; ends with 0. */
struct required {
    uint8_t version, type, elements[6];
};
static const struct required required[] = {
    {1, 2, {14}}, {1, 16, {16, 20, 133, 135}}, {1, 17, {1}}, {1, 18, {20}}, {1, 19, {1}},
    {1, 20, {20}}, {1, 21, {1}}, {1, 22, {20, 132}}, {1, 23, {1}}, {1, 26, {16, 133}},
    {1, 27, {2, 17, 128, 131, 133}}, {1, 28, {1}}, {1, 29, {1, 17, 128, 131}}, {1, 30, {1}},
    {1, 31, {141}}, {1, 32, {2}}, {1, 33, {1, 2}}, {1, 34, {2}}, {1, 35, {1}}, {1, 36, {2, 133}},
    {1, 37, {1}}, {1, 48, {3, 5}}, {1, 49, {1}}, {1, 50, {3, 17, 133}}, {1, 51, {1}}, {1, 52, {1}},
    {1, 53, {17, 129, 133, 138, 139}}, {1, 54, {1}}, {1, 57, {1}}, {1, 59, {1}}, {1, 60, {1}},
    {1, 129, {1}}, {2, 1, {3}}, {2, 2, {3}}, {2, 32, {71, 82, 87, 93}}, {2, 33, {2}}, {2, 35, {2}},
    {2, 37, {2}}, {2, 38, {82}}, {2, 39, {2}}, {2, 64, {72, 93}}, {2, 65, {2}}, {2, 66, {93}},
    {2, 67, {2, 93}}, {2, 68, {73, 100}}, {2, 69, {2, 73, 100}}, {2, 95, {73, 93}},
    {2, 96, {2, 93}}, {2, 97, {72, 93}}, {2, 98, {2, 93}}, {2, 100, {2}}, {2, 102, {2}},
    {2, 129, {2}}, {2, 131, {2}}, {2, 132, {2}}, {2, 133, {87, 109}}, {2, 134, {2}}, {2, 136, {2}},
    {2, 138, {2}}, {2, 140, {2}}, {2, 150, {2}}, {2, 159, {2}}, {2, 161, {2}}, {2, 163, {2}},
    {2, 164, {1}}, {2, 165, {2}}, {2, 167, {2}}, {2, 169, {2}}, {2, 171, {2}}, {2, 177, {2}},
    {2, 180, {2}}, {2, 201, {2}}, {2, 212, {2}},
};
/* clang-format on */

#endif
