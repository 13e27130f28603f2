/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names of the numbers of RADIUS, part of radius.c alone: IANA's "RADIUS Types" registry, 3GPP TS
 * 29.061 (16.4.7) for the vendor attributes.
 */
#ifndef DISSECT_PROTO_RADIUS_NAMES_H
#define DISSECT_PROTO_RADIUS_NAMES_H

#include "telltale/dissect.h"

enum { VENDOR_3GPP = 10415, VENDOR_MICROSOFT = 311 };
enum kind { REQUEST, RESPONSE, UNPAIRED };

/* clang-format off */
static const struct tt_name kinds[] = {
    {REQUEST, "request"}, {RESPONSE, "response"}, {UNPAIRED, "message"}, {0, NULL}};
static const struct tt_name codes[] = {
    {1, "access_request"}, {2, "access_accept"}, {3, "access_reject"}, {4, "accounting_request"},
    {5, "accounting_response"}, {6, "accounting_status"}, {7, "password_request"},
    {8, "password_ack"}, {9, "password_reject"}, {10, "accounting_message"},
    {11, "access_challenge"}, {12, "status_server"}, {13, "status_client"},
    {21, "resource_free_request"}, {22, "resource_free_response"},
    {23, "resource_query_request"}, {24, "resource_query_response"},
    {25, "alternate_resource_reclaim_request"}, {26, "nas_reboot_request"},
    {27, "nas_reboot_response"}, {29, "next_passcode"}, {30, "new_pin"}, {31, "terminate_session"},
    {32, "password_expired"}, {33, "event_request"}, {34, "event_response"},
    {40, "disconnect_request"}, {41, "disconnect_ack"}, {42, "disconnect_nak"},
    {43, "coa_request"}, {44, "coa_ack"}, {45, "coa_nak"}, {50, "ip_address_allocate"},
    {51, "ip_address_release"}, {52, "protocol_error"}, {0, NULL}};
static const struct tt_name service_types[] = {
    {1, "login"}, {2, "framed"}, {3, "callback_login"}, {4, "callback_framed"}, {5, "outbound"},
    {6, "administrative"}, {7, "nas_prompt"}, {8, "authenticate_only"},
    {9, "callback_nas_prompt"}, {10, "call_check"}, {11, "callback_administrative"}, {12, "voice"},
    {13, "fax"}, {14, "modem_relay"}, {15, "iapp_register"}, {16, "iapp_ap_check"},
    {17, "authorize_only"}, {18, "framed_management"}, {19, "additional_authorization"}, {0, NULL}};
static const struct tt_name framed_protocols[] = {
    {1, "ppp"}, {2, "slip"}, {3, "arap"}, {4, "gandalf"}, {5, "xylogics"}, {6, "x75"},
    {7, "gprs_pdp_context"}, {0, NULL}};
static const struct tt_name statuses[] = {
    {1, "start"}, {2, "stop"}, {3, "interim_update"}, {7, "accounting_on"}, {8, "accounting_off"},
    {9, "tunnel_start"}, {10, "tunnel_stop"}, {11, "tunnel_reject"}, {12, "tunnel_link_start"},
    {13, "tunnel_link_stop"}, {14, "tunnel_link_reject"}, {15, "failed"}, {0, NULL}};
static const struct tt_name authentics[] = {
    {1, "radius"}, {2, "local"}, {3, "remote"}, {4, "diameter"}, {0, NULL}};
static const struct tt_name causes[] = {
    {1, "user_request"}, {2, "lost_carrier"}, {3, "lost_service"}, {4, "idle_timeout"},
    {5, "session_timeout"}, {6, "admin_reset"}, {7, "admin_reboot"}, {8, "port_error"},
    {9, "nas_error"}, {10, "nas_request"}, {11, "nas_reboot"}, {12, "port_unneeded"},
    {13, "port_preempted"}, {14, "port_suspended"}, {15, "service_unavailable"}, {16, "callback"},
    {17, "user_error"}, {18, "host_request"}, {19, "supplicant_restart"},
    {20, "reauthentication_failure"}, {21, "port_reinitialised"}, {22, "port_disabled"},
    {23, "lost_power"}, {0, NULL}};
static const struct tt_name port_types[] = {
    {0, "async"}, {1, "sync"}, {2, "isdn"}, {3, "isdn_v120"}, {4, "isdn_v110"}, {5, "virtual"},
    {6, "piafs"}, {7, "hdlc"}, {8, "x25"}, {9, "x75"}, {10, "g3_fax"}, {11, "sdsl"},
    {12, "adsl_cap"}, {13, "adsl_dmt"}, {14, "idsl"}, {15, "ethernet"}, {16, "xdsl"},
    {17, "cable"}, {18, "wireless_other"}, {19, "wireless_802_11"}, {20, "token_ring"},
    {21, "fddi"}, {22, "cdma2000"}, {23, "umts"}, {24, "1x_ev"}, {25, "iapp"}, {26, "fttp"},
    {27, "wireless_802_16"}, {28, "wireless_802_20"}, {29, "wireless_802_22"}, {30, "pppoa"},
    {31, "pppoeoa"}, {32, "pppoeoe"}, {33, "pppoeovlan"}, {34, "pppoeoqinq"}, {35, "xpon"},
    {36, "wireless_xgp"}, {0, NULL}};
static const struct tt_name tunnel_types[] = {
    {1, "pptp"}, {2, "l2f"}, {3, "l2tp"}, {4, "atmp"}, {5, "vtp"}, {6, "ah"}, {7, "ip_ip"},
    {8, "min_ip_ip"}, {9, "esp"}, {10, "gre"}, {11, "dvs"}, {12, "ip_in_ip"}, {13, "vlan"},
    {0, NULL}};
static const struct tt_name media[] = {
    {1, "ipv4"}, {2, "ipv6"}, {3, "nsap"}, {4, "hdlc"}, {5, "bbn_1822"}, {6, "802"}, {7, "e163"},
    {8, "e164"}, {9, "f69"}, {10, "x121"}, {11, "ipx"}, {12, "appletalk"}, {13, "decnet"},
    {14, "vines"}, {15, "e164_nsap"}, {0, NULL}};
static const struct tt_name error_causes[] = {
    {201, "residual_context_removed"}, {202, "invalid_eap_packet"}, {401, "unsupported_attribute"},
    {402, "missing_attribute"}, {403, "nas_identification_mismatch"}, {404, "invalid_request"},
    {405, "unsupported_service"}, {406, "unsupported_extension"}, {407, "invalid_attribute_value"},
    {501, "administratively_prohibited"}, {502, "not_routable"}, {503, "session_not_found"},
    {504, "session_not_removable"}, {505, "proxy_processing_error"}, {506, "no_resources"},
    {507, "request_initiated"}, {508, "multiple_sessions_unsupported"},
    {509, "location_info_required"}, {601, "response_too_big"}, {0, NULL}};
static const struct tt_name filters[] = {{1, "enabled"}, {2, "disabled"}, {0, NULL}};
static const struct tt_name actions[] = {{0, "default"}, {1, "radius_request"}, {0, NULL}};
static const struct tt_name pdp_types[] = {
    {0, "ipv4"}, {1, "ppp"}, {2, "ipv6"}, {3, "ipv4v6"}, {4, "non_ip"}, {5, "unstructured"},
    {6, "ethernet"}, {0, NULL}};
static const struct tt_name rats[] = {
    {0, "reserved"}, {1, "utran"}, {2, "geran"}, {3, "wlan"}, {4, "gan"}, {5, "hspa_evolution"},
    {6, "eutran"}, {7, "virtual"}, {8, "eutran_nb_iot"}, {9, "lte_m"},
    {51, "nr"}, {52, "nr_unlicensed"}, {53, "trusted_wlan"}, {54, "trusted_non_3gpp"},
    {55, "wireline"}, {101, "ieee_802_16e"}, {102, "ehrpd"}, {103, "hrpd"}, {104, "1xrtt"},
    {105, "umb"}, {0, NULL}};
static const struct tt_name allocations[] = {
    {0, "none"}, {1, "ipv4"}, {2, "ipv6_prefix"}, {3, "ipv4_and_ipv6_prefix"}, {0, NULL}};
static const struct tt_name places[] = {
    {0, "cgi"}, {1, "sai"}, {2, "rai"}, {128, "tai"}, {129, "ecgi"}, {130, "tai_and_ecgi"},
    {131, "enodeb"}, {132, "tai_and_enodeb"}, {133, "extended_enodeb"},
    {134, "tai_and_extended_enodeb"}, {135, "ncgi"}, {136, "5gs_tai"}, {137, "5gs_tai_and_ncgi"},
    {138, "ng_ran_node"}, {139, "5gs_tai_and_ng_ran_node"}, {0, NULL}};
static const struct tt_name eap_codes[] = {
    {1, "request"}, {2, "response"}, {3, "success"}, {4, "failure"}, {5, "initiate"},
    {6, "finish"}, {0, NULL}};
static const struct tt_name eap_types[] = {
    {1, "identity"}, {2, "notification"}, {3, "nak"}, {4, "md5"}, {5, "otp"}, {6, "gtc"},
    {13, "tls"}, {17, "leap"}, {18, "sim"}, {21, "ttls"}, {23, "aka"}, {25, "peap"},
    {26, "mschapv2"}, {43, "fast"}, {46, "pax"}, {47, "psk"}, {48, "sake"}, {49, "ikev2"},
    {50, "aka_prime"}, {51, "gpsk"}, {52, "pwd"}, {53, "eke"}, {55, "teap"}, {254, "expanded"},
    {0, NULL}};
static const struct tt_name vendors[] = {
    {9, "cisco"}, {94, "nokia"}, {193, "ericsson"}, {311, "microsoft"}, {429, "usr"},
    {529, "ascend"}, {2011, "huawei"}, {2636, "juniper"}, {3902, "zte"}, {4846, "lucent"},
    {4874, "unisphere"}, {5535, "3gpp2"}, {6527, "alcatel_sr"}, {8164, "starent"},
    {10415, "3gpp"}, {12356, "fortinet"}, {14122, "wispr"}, {14823, "aruba"},
    {14988, "mikrotik"}, {24757, "wimax"}, {25053, "ruckus"}, {0, NULL}};
/* Attributes without a row of their own: type; extended type << 8 | type; vendor << 16 | type. */
#define OF_3GPP(type) ((uint64_t)VENDOR_3GPP << 16 | (type))
#define EXTENDED(type, extended) ((extended) << 8 | (type))
static const struct tt_name others[] = {
    {17, "change_password"}, {23, "framed_ipx_network"}, {26, "vendor_specific"},
    {34, "login_lat_service"}, {35, "login_lat_node"}, {36, "login_lat_group"},
    {37, "framed_appletalk_link"}, {38, "framed_appletalk_network"},
    {39, "framed_appletalk_zone"}, {63, "login_lat_port"}, {70, "arap_password"},
    {71, "arap_features"}, {72, "arap_zone_access"}, {73, "arap_security"},
    {74, "arap_security_data"}, {84, "arap_challenge_response"}, {93, "unassigned"},
    {103, "digest_response"}, {104, "digest_realm"}, {105, "digest_nonce"},
    {106, "digest_response_auth"}, {107, "digest_nextnonce"}, {108, "digest_method"},
    {109, "digest_uri"}, {110, "digest_qop"}, {111, "digest_algorithm"},
    {112, "digest_entity_body_hash"}, {113, "digest_cnonce"}, {114, "digest_nonce_count"},
    {115, "digest_username"}, {116, "digest_opaque"}, {117, "digest_auth_param"},
    {118, "digest_aka_auts"}, {119, "digest_domain"}, {120, "digest_stale"},
    {121, "digest_ha1"}, {122, "sip_aor"}, {124, "mip6_feature_vector"},
    {125, "mip6_home_link_prefix"}, {127, "location_information"}, {128, "location_data"},
    {129, "basic_location_policy_rules"}, {130, "extended_location_policy_rules"},
    {131, "location_capable"}, {132, "requested_location_info"}, {133, "framed_management"},
    {134, "management_transport_protection"}, {135, "management_policy_id"},
    {136, "management_privilege_level"}, {137, "pkm_ss_cert"}, {138, "pkm_ca_cert"},
    {139, "pkm_config_settings"}, {140, "pkm_cryptosuite_list"}, {141, "pkm_said"},
    {142, "pkm_sa_descriptor"}, {143, "pkm_auth_key"}, {144, "ds_lite_tunnel_name"},
    {145, "mobile_node_identifier"}, {146, "service_selection"},
    {147, "pmip6_home_lma_ipv6_address"}, {148, "pmip6_visited_lma_ipv6_address"},
    {149, "pmip6_home_lma_ipv4_address"}, {150, "pmip6_visited_lma_ipv4_address"},
    {151, "pmip6_home_hn_prefix"}, {152, "pmip6_visited_hn_prefix"},
    {153, "pmip6_home_interface_id"}, {154, "pmip6_visited_interface_id"},
    {155, "pmip6_home_ipv4_hoa"}, {156, "pmip6_visited_ipv4_hoa"},
    {157, "pmip6_home_dhcp4_server"}, {158, "pmip6_visited_dhcp4_server"},
    {159, "pmip6_home_dhcp6_server"}, {160, "pmip6_visited_dhcp6_server"},
    {161, "pmip6_home_ipv4_gateway"}, {162, "pmip6_visited_ipv4_gateway"},
    {163, "eap_lower_layer"}, {164, "gss_acceptor_service_name"},
    {165, "gss_acceptor_host_name"}, {166, "gss_acceptor_service_specifics"},
    {167, "gss_acceptor_realm_name"}, {173, "ipv6_6rd_configuration"},
    {174, "allowed_called_station_id"}, {175, "eap_peer_id"}, {176, "eap_server_id"},
    {177, "mobility_domain_id"}, {178, "preauth_timeout"}, {179, "network_id_name"},
    {180, "eapol_announcement"}, {181, "wlan_hessid"}, {182, "wlan_venue_info"},
    {183, "wlan_venue_language"}, {184, "wlan_venue_name"}, {185, "wlan_reason_code"},
    {186, "wlan_pairwise_cipher"}, {187, "wlan_group_cipher"}, {188, "wlan_akm_suite"},
    {189, "wlan_group_mgmt_cipher"}, {190, "wlan_rf_band"},
    {EXTENDED(241, 1), "frag_status"}, {EXTENDED(241, 2), "proxy_state_length"},
    {EXTENDED(241, 3), "response_length"}, {EXTENDED(241, 4), "original_packet_code"},
    {EXTENDED(241, 5), "ip_port_limit_info"}, {EXTENDED(241, 6), "ip_port_range"},
    {EXTENDED(241, 7), "ip_port_forwarding_map"}, {EXTENDED(241, 8), "operator_nas_identifier"},
    {EXTENDED(241, 9), "softwire46_configuration"}, {EXTENDED(241, 10), "softwire46_priority"},
    {EXTENDED(241, 11), "softwire46_multicast"}, {EXTENDED(241, 26), "extended_vendor_specific_1"},
    {EXTENDED(242, 26), "extended_vendor_specific_2"},
    {EXTENDED(243, 26), "extended_vendor_specific_3"},
    {EXTENDED(244, 26), "extended_vendor_specific_4"}, {EXTENDED(245, 1), "saml_assertion"},
    {EXTENDED(245, 2), "saml_protocol"}, {EXTENDED(245, 26), "extended_vendor_specific_5"},
    {EXTENDED(245, 27), "dhcpv6_options"}, {EXTENDED(245, 28), "dhcpv4_options"},
    {EXTENDED(246, 26), "extended_vendor_specific_6"},
    {OF_3GPP(110), "3gpp_notification"}, {OF_3GPP(111), "3gpp_ue_mac_address"},
    {OF_3GPP(112), "3gpp_authorization_reference"}, {OF_3GPP(113), "3gpp_policy_reference"},
    {OF_3GPP(114), "3gpp_session_ambr"}, {OF_3GPP(115), "3gpp_nai"},
    {OF_3GPP(116), "3gpp_session_ambr_v2"}, {OF_3GPP(117), "3gpp_supported_features"},
    {OF_3GPP(118), "3gpp_ip_address_pool_info"}, {OF_3GPP(119), "3gpp_vlan_id"},
    {OF_3GPP(120), "3gpp_tnap_identifier"}, {OF_3GPP(121), "3gpp_hfc_nodeid"},
    {OF_3GPP(122), "3gpp_gli"}, {OF_3GPP(123), "3gpp_line_type"}, {OF_3GPP(124), "3gpp_nid"},
    {OF_3GPP(125), "3gpp_session_s_nssai"}, {OF_3GPP(126), "3gpp_chf_fqdn"},
    {OF_3GPP(127), "3gpp_serving_nf_fqdn"}, {OF_3GPP(128), "3gpp_session_id"},
    {OF_3GPP(129), "3gpp_gci"}, {0, NULL}};
/* clang-format on */

#endif
