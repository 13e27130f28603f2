/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Attributes of RADIUS, part of radius.c alone: one line for each attribute
 * that has a field of its own (RFC 2865 to 2869, 3162, 3580, 4372, 4675, 4818, 4849, 5176, 5580,
 * 6911; TS 29.061 16.4.7); what else comes stands in attributes[].
 */
#ifndef DISSECT_PROTO_RADIUS_ATTRIBUTES_H
#define DISSECT_PROTO_RADIUS_ATTRIBUTES_H

#include "dissect/proto/radius_names.h"

/* clang-format off */
enum form {
    OTHER, /* no row of its own */
    TEXT, OCTETS, NUMBER, NAMED,
    OCTET, OCTET_NAMED, /* a number of one octet, or of four (TS 29.061 has both) */
    IP4, IP6,
    IP6S,    /* some, one after the other */
    PREFIX6, /* as text; another row keeps the octets */
    DATE,    /* as text; another row keeps it as tshark writes it */
    TAG_TEXT, TAG_NAMED, TAG_NUMBER, /* behind a tag (RFC 2868, 3.1) */
    VLAN, VLAN_NAME, /* RFC 4675, 2.1 and 2.3 */
    LOCATION, ZONE, VENDOR, EAP, EXTENDED_TYPE,
};

#define R(name) "radius." name
#define G3(name) R("3GPP_" name)
/* type, row, form, path, tshark's name, names of its numbers, flags, what it is. Where [] is in the
 * path it may come more than once. */
#define STANDARD(X) \
    X(1, USER, TEXT, "user", R("User_Name"), NULL, TT_PERSONAL, "Name of the user.") \
    X(2, PASSWORD, OCTETS, "password", R("User_Password_encrypted"), NULL, TT_SECRET, \
      "Password, hidden by the shared secret.") \
    X(3, CHAP, OCTETS, "chap_password", R("CHAP_Password"), NULL, TT_SECRET, \
      "Answer to the challenge.") \
    X(60, CHALLENGE, OCTETS, "chap_challenge", R("CHAP_Challenge"), NULL, TT_SECRET, "Challenge.") \
    X(40, STATUS, NAMED, "acct_status", R("Acct_Status_Type"), statuses, 0, "What is told.") \
    X(44, SESSION, TEXT, "session_id", R("Acct_Session_Id"), NULL, 0, "Session.") \
    X(50, MULTI_SESSION, TEXT, "multi_session_id", R("Acct_Multi_Session_Id"), NULL, 0, \
      "What joins sessions.") \
    X(31, CALLING, TEXT, "msisdn", R("Calling_Station_Id"), NULL, TT_PERSONAL, "Who calls.") \
    X(30, CALLED, TEXT, "apn", R("Called_Station_Id"), NULL, 0, "Whom it calls: the APN.") \
    X(8, FRAMED_IP, IP4, "framed_ip", R("Framed-IP-Address"), NULL, TT_PERSONAL, \
      "Address of the user.") \
    X(9, NETMASK, IP4, "framed_netmask", R("Framed_IP_Netmask"), NULL, 0, "Its net mask.") \
    X(97, PREFIX, PREFIX6, "framed_ipv6_prefix[]", NULL, NULL, TT_PERSONAL, \
      "Prefix of the user's IPv6 addresses.") \
    X(168, FRAMED_IP6, IP6, "framed_ipv6[]", R("Framed_IPv6_Address"), NULL, TT_PERSONAL, \
      "IPv6 address of the user.") \
    X(123, DELEGATED, PREFIX6, "delegated_ipv6_prefix[]", NULL, NULL, TT_PERSONAL, \
      "Prefix that the user hands out.") \
    X(96, INTERFACE, OCTETS, "framed_interface_id", NULL, NULL, 0, "IPv6 interface.") \
    X(4, NAS_IP, IP4, "nas_ip", R("NAS_IP_Address"), NULL, 0, "Who asks: the network's access.") \
    X(95, NAS_IP6, IP6, "nas_ipv6", R("NAS_IPv6_Address"), NULL, 0, "Its IPv6 address.") \
    X(32, NAS, TEXT, "nas_identifier", R("NAS_Identifier"), NULL, TT_IDENTITY, "Its name.") \
    X(5, NAS_PORT, NUMBER, "nas_port", R("NAS_Port"), NULL, 0, "Its port.") \
    X(61, PORT_TYPE, NAMED, "nas_port_type", R("NAS_Port_Type"), port_types, 0, \
      "Type of the port.") \
    X(87, PORT_NAME, TEXT, "nas_port_id", R("NAS_Port_Id"), NULL, 0, "Name of the port.") \
    X(6, SERVICE, NAMED, "service_type", R("Service_Type"), service_types, 0, "Service.") \
    X(7, PROTOCOL, NAMED, "framed_protocol", R("Framed_Protocol"), framed_protocols, 0, \
      "Framing.") \
    X(10, ROUTING, NUMBER, "framed_routing", R("Framed_Routing"), NULL, 0, "Routing.") \
    X(12, MTU, NUMBER, "framed_mtu", R("Framed_MTU"), NULL, 0, "Longest packet.") \
    X(13, COMPRESSION, NUMBER, "framed_compression[]", R("Framed_Compression"), NULL, 0, \
      "Compression.") \
    X(22, ROUTE, TEXT, "framed_route[]", R("Framed_Route"), NULL, 0, "Route.") \
    X(99, ROUTE6, TEXT, "framed_ipv6_route[]", R("Framed_IPv6_Route"), NULL, 0, "IPv6 route.") \
    X(170, ROUTE_INFORMATION, OCTETS, "route_ipv6_information[]", NULL, NULL, 0, "IPv6 route.") \
    X(88, POOL, TEXT, "framed_pool", R("Framed_Pool"), NULL, 0, "Pool of the address.") \
    X(100, POOL6, TEXT, "framed_ipv6_pool", R("Framed_IPv6_Pool"), NULL, 0, "Of the prefix.") \
    X(171, DELEGATED_POOL, TEXT, \
      "delegated_ipv6_prefix_pool", R("Delegated_IPv6_Prefix_Pool"), NULL, \
      0, "Pool of the delegated prefix.") \
    X(172, STATEFUL_POOL, TEXT, \
      "stateful_ipv6_address_pool", R("Stateful_IPv6_Address_Pool"), NULL, \
      0, "Pool of the IPv6 address.") \
    X(169, DNS6, IP6, "dns_ipv6[]", R("DNS_Server_IPv6_Address"), NULL, 0, "DNS server.") \
    X(11, FILTER, TEXT, "filter_id[]", R("Filter_Id"), NULL, 0, "Filter.") \
    X(92, FILTER_RULE, TEXT, "nas_filter_rule[]", R("NAS_Filter_Rule"), NULL, 0, "Filter rule.") \
    X(14, LOGIN_HOST, IP4, "login_host[]", R("Login-IP-Host"), NULL, 0, "Host to log in to.") \
    X(98, LOGIN_HOST6, IP6, "login_ipv6_host[]", R("Login_IPv6_Host"), NULL, 0, "The same.") \
    X(15, LOGIN_SERVICE, NUMBER, "login_service", R("Login_Service"), NULL, 0, "How to log in.") \
    X(16, LOGIN_PORT, NUMBER, "login_port", R("Login_TCP_Port"), NULL, 0, "Port to log in to.") \
    X(18, REPLY, TEXT, "reply_message[]", R("Reply_Message"), NULL, 0, "Text for the user.") \
    X(19, CALLBACK, TEXT, "callback_number", R("Callback_Number"), NULL, TT_PERSONAL, \
      "Number to call back.") \
    X(20, CALLBACK_NAME, TEXT, "callback_id", R("Callback_Id"), NULL, 0, "Name of who is called.") \
    X(24, STATE, OCTETS, "state", R("State"), NULL, 0, "What the next request repeats.") \
    X(25, CLASS, OCTETS, "class[]", R("Class"), NULL, 0, "What accounting repeats.") \
    X(33, PROXY, OCTETS, "proxy_state[]", R("Proxy_State"), NULL, 0, "What a proxy has added.") \
    X(27, SESSION_TIMEOUT, NUMBER, "session_timeout", R("Session_Timeout"), NULL, 0, \
      "Longest session in s.") \
    X(28, IDLE_TIMEOUT, NUMBER, "idle_timeout", R("Idle_Timeout"), NULL, 0, \
      "Longest silence in s.") \
    X(29, ACTION, NAMED, "termination_action", R("Termination_Action"), actions, 0, \
      "What to do at the end.") \
    X(62, PORTS, NUMBER, "port_limit", R("Port_Limit"), NULL, 0, "Ports at most.") \
    X(41, DELAY, NUMBER, "acct_delay", R("Acct_Delay_Time"), NULL, 0, \
      "Seconds since it happened.") \
    X(42, INPUT, NUMBER, "input_octets", R("Acct_Input_Octets"), NULL, TT_UNRECORDED, \
      "Octets from the user, without gigawords.") \
    X(43, OUTPUT, NUMBER, "output_octets", R("Acct_Output_Octets"), NULL, TT_UNRECORDED, \
      "Octets to the user, without gigawords.") \
    X(52, INPUT_HIGH, NUMBER, "input_gigawords", R("Acct_Input_Gigawords"), NULL, TT_UNRECORDED, \
      "How often the octets from the user passed 2^32.") \
    X(53, OUTPUT_HIGH, NUMBER, \
      "output_gigawords", R("Acct_Output_Gigawords"), NULL, TT_UNRECORDED, \
      "How often the octets to the user passed 2^32.") \
    X(47, PACKETS_IN, NUMBER, "packets_in", R("Acct_Input_Packets"), NULL, 0, "From the user.") \
    X(48, PACKETS_OUT, NUMBER, "packets_out", R("Acct_Output_Packets"), NULL, 0, "To the user.") \
    X(45, AUTHENTIC, NAMED, "acct_authentic", R("Acct_Authentic"), authentics, 0, \
      "Who has authenticated.") \
    X(46, TIME, NUMBER, "session_time", R("Acct_Session_Time"), NULL, 0, \
      "Age of the session in s.") \
    X(49, CAUSE, NAMED, "terminate_cause", R("Acct_Terminate_Cause"), causes, 0, "Why it ended.") \
    X(51, LINKS, NUMBER, "link_count", R("Acct_Link_Count"), NULL, 0, "Links of the session.") \
    X(55, TIMESTAMP, DATE, "event_timestamp", NULL, NULL, 0, "When it happened.") \
    X(85, INTERIM, NUMBER, "interim_interval", R("Acct_Interim_Interval"), NULL, 0, \
      "Seconds between updates.") \
    X(56, EGRESS, VLAN, "egress_vlanid[]", R("egress_vlanid"), NULL, 0, "VLAN allowed.") \
    X(57, INGRESS, NAMED, "ingress_filters", R("Ingress_Filters"), filters, 0, "Ingress filters.") \
    X(58, EGRESS_NAME, VLAN_NAME, "egress_vlan_name[]", R("egress_vlan_name"), NULL, 0, \
      "Its name.") \
    X(59, PRIORITIES, OCTETS, "user_priority_table", R("User_Priority_Table"), NULL, 0, \
      "Priorities.") \
    X(64, TUNNEL, TAG_NAMED, "tunnel.type[]", R("Tunnel_Type"), tunnel_types, 0, "Tunnel.") \
    X(65, MEDIUM, TAG_NAMED, "tunnel.medium[]", R("Tunnel_Medium_Type"), media, 0, "Over what.") \
    X(66, TUNNEL_CLIENT, TAG_TEXT, "tunnel.client[]", R("Tunnel_Client_Endpoint"), NULL, 0, \
      "Who begins it.") \
    X(67, TUNNEL_SERVER, TAG_TEXT, "tunnel.server[]", R("Tunnel_Server_Endpoint"), NULL, 0, \
      "To whom.") \
    X(69, TUNNEL_PASSWORD, OCTETS, "tunnel.password[]", NULL, NULL, TT_SECRET, "Its password.") \
    X(81, GROUP, TAG_TEXT, "tunnel.private_group[]", R("Tunnel_Private_Group_Id"), NULL, 0, \
      "Group or VLAN.") \
    X(82, ASSIGNMENT, TAG_TEXT, "tunnel.assignment[]", R("Tunnel_Assignment_Id"), NULL, 0, \
      "Which tunnel.") \
    X(83, PREFERENCE, TAG_NUMBER, "tunnel.preference[]", R("Tunnel_Preference"), NULL, 0, \
      "Which first.") \
    X(90, CLIENT_AUTH, TAG_TEXT, "tunnel.client_auth[]", R("Tunnel_Client_Auth_Id"), NULL, 0, \
      "Name of who begins it.") \
    X(91, SERVER_AUTH, TAG_TEXT, "tunnel.server_auth[]", R("Tunnel_Server_Auth_Id"), NULL, 0, \
      "Name of who ends it.") \
    X(68, TUNNEL_CONNECTION, TEXT, "tunnel.connection", R("Acct_Tunnel_Connection"), NULL, 0, \
      "Session in the tunnel.") \
    X(86, TUNNEL_LOST, NUMBER, "tunnel.packets_lost", R("Acct_Tunnel_Packets_Lost"), NULL, 0, \
      "Packets lost.") \
    X(75, RETRY, NUMBER, "password_retry", R("Password_Retry"), NULL, 0, "Trials left.") \
    X(76, PROMPT, NUMBER, "prompt", R("Prompt"), NULL, 0, "1 = show what is typed.") \
    X(77, CONNECT, TEXT, "connect_info[]", R("Connect_Info"), NULL, 0, "Speed, modulation.") \
    X(78, TOKEN, TEXT, "configuration_token[]", R("Configuration_Token"), NULL, 0, "For a proxy.") \
    X(89, CHARGEABLE, TEXT, "chargeable_user", R("Chargeable_User_Identity"), NULL, TT_PERSONAL, \
      "Who is charged.") \
    X(94, LINE, OCTETS, "originating_line", NULL, NULL, 0, "Kind of the line.") \
    X(101, ERROR, NAMED, "error_cause", R("Error_Cause"), error_causes, 0, "Why not.") \
    X(102, KEY_NAME, OCTETS, "eap_key_name", NULL, NULL, 0, "Name of the EAP session.") \
    X(126, OPERATOR, TEXT, "operator_name", R("Operator_Name"), NULL, 0, "Who runs the access.")
#define MOBILE(X) \
    X(1, IMSI, TEXT, "imsi", "e212.imsi", NULL, TT_PERSONAL, "Subscriber.") \
    X(20, IMEISV, TEXT, "imeisv", G3("IMEISV"), NULL, TT_PERSONAL, "Device and its software.") \
    X(21, RAT, OCTET_NAMED, "rat", G3("RAT_Type"), rats, 0, "Radio access.") \
    X(2, CHARGING, NUMBER, "charging_id", G3("Charging_ID"), NULL, 0, "Name for charging.") \
    X(3, PDP, NAMED, "pdp_type", G3("PDP_Type"), pdp_types, 0, "What is carried.") \
    X(4, CG, IP4, "charging_gateway", G3("Charging_Gateway_Address"), NULL, 0, "For charging.") \
    X(14, CG6, IP6, "charging_gateway_ipv6", G3("Charging_Gateway_IPv6_Address"), NULL, 0, \
      "The same.") \
    X(5, QOS, TEXT, "qos", NULL, NULL, 0, "Quality of service, in hexadecimal digits.") \
    X(6, SGSN, IP4, "sgsn", G3("SGSN_Address"), NULL, 0, "Node that serves the device.") \
    X(15, SGSN6, IP6, "sgsn_ipv6", G3("SGSN_IPv6_Address"), NULL, 0, "The same.") \
    X(7, GGSN, IP4, "ggsn", G3("GGSN_Address"), NULL, 0, "Gateway.") \
    X(16, GGSN6, IP6, "ggsn_ipv6", G3("GGSN_IPv6_Address"), NULL, 0, "The same.") \
    X(8, HOME, TEXT, "imsi_mcc_mnc", G3("IMSI_MCC_MNC"), NULL, 0, "Network of the SIM.") \
    X(9, GATEWAY, TEXT, "ggsn_mcc_mnc", G3("GGSN_MCC_MNC"), NULL, 0, "Of the gateway.") \
    X(18, SERVING, TEXT, "sgsn_mcc_mnc", G3("SGSN_MCC_MNC"), NULL, 0, "Where the device is.") \
    X(10, NSAPI, TEXT, "nsapi", G3("NSAPI"), NULL, 0, "Which bearer.") \
    X(11, LAST, OCTETS, "session_stop_indicator", G3("Session_Stop_Indicator"), NULL, 0, \
      "ff: the last bearer ended.") \
    X(12, SELECTION, TEXT, "selection_mode", "gtp.sel_mode", NULL, 0, \
      "Who chose the APN: 0 verified subscription, 1 the device, 2 the network.") \
    X(13, TARIFF, TEXT, "charging_characteristics", G3("Charging_Characteristics"), NULL, 0, \
      "How it is charged.") \
    X(17, DNS_3GPP, IP6S, "ipv6_dns[]", NULL, NULL, 0, "DNS server.") \
    X(19, TEARDOWN, OCTETS, "teardown_indicator", G3("Teardown_Indicator"), NULL, 0, \
      "1: all bearers of the address end.") \
    X(24, CAMEL, OCTETS, "camel_charging", G3("Camel_Charging_Info"), NULL, 0, "For CAMEL.") \
    X(25, PACKET_FILTER, OCTETS, "packet_filter[]", G3("Packet_Filter"), NULL, 0, "Filter.") \
    X(26, DSCP, OCTET, "negotiated_dscp", G3("Negotiated_DSCP"), NULL, 0, "DSCP.") \
    X(27, ALLOCATE, OCTET_NAMED, "allocate_ip", G3("Allocate_IP_Type"), allocations, 0, \
      "What address is wanted.") \
    X(28, EXTERNAL, TEXT, "external_identifier", NULL, NULL, TT_PERSONAL, "Name outside.") \
    X(29, TWAN, OCTETS, "twan_identifier", NULL, NULL, 0, "Trusted WLAN.") \
    X(30, PLACE_TIME, OCTETS, "location_time", G3("User_Location_Info_Time"), NULL, 0, \
      "Since when it is there.") \
    X(31, SECOND_RAT, OCTETS, "secondary_rat_usage[]", G3("Secondary_RAT_Usage"), NULL, 0, \
      "Volume by another radio access.") \
    X(32, UE_IP, OCTETS, "ue_local_ip", G3("UE_Local_IP_Address"), NULL, TT_PERSONAL, "In WLAN.") \
    X(33, UE_PORT, OCTETS, "ue_source_port", G3("UE_Source_Port"), NULL, 0, "In WLAN.")
/* clang-format on */

#endif
