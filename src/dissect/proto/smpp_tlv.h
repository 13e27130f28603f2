/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Optional parameters of SMPP, part of smpp.c alone: 3.4 (5.3.2) and 5.0 (4.8.4).
 */
#ifndef DISSECT_PROTO_SMPP_TLV_H
#define DISSECT_PROTO_SMPP_TLV_H

#include "telltale/dissect.h"

enum wire { W8, W16, W32, WTEXT, WBYTES, WPARTS }; /* WPARTS: octets, and their parts as fields */

/* clang-format off */
/* Optional parameters (3.4: 5.3.2, 5.0: 4.8.4): tag, name, wire, octets at least and at most,
 * what it is, tshark's name. A C-octet string counts its NUL. */
#define SMPP(name) "smpp." #name
#define PARAMETERS(X) \
    X(0x0005, dest_addr_subunit, W8, 1, 1, "Part of the receiver.", SMPP(dest_addr_subunit)) \
    X(0x0006, dest_network_type, W8, 1, 1, "Receiver's network.", SMPP(dest_network_type)) \
    X(0x0007, dest_bearer_type, W8, 1, 1, "Receiver's bearer.", SMPP(dest_bearer_type)) \
    X(0x0008, dest_telematics_id, W16, 2, 2, "Receiver's telematics.", SMPP(dest_telematics_id)) \
    X(0x000d, source_addr_subunit, W8, 1, 1, "Part of the sender.", SMPP(source_addr_subunit)) \
    X(0x000e, source_network_type, W8, 1, 1, "Sender's network.", SMPP(source_network_type)) \
    X(0x000f, source_bearer_type, W8, 1, 1, "Sender's bearer.", SMPP(source_bearer_type)) \
    X(0x0010, source_telematics_id, W8, 1, 1, "Sender's telematics.", SMPP(source_telematics_id)) \
    X(0x0017, qos_time_to_live, W32, 4, 4, "Life of the message in s.", SMPP(qos_time_to_live)) \
    X(0x0019, payload_type, W8, 1, 1, "0 = WDP, 1 = WCMP.", SMPP(payload_type)) \
    X(0x001d, additional_status_info_text, WTEXT, 1, 256, "Status in words.", \
      SMPP(additional_status_info_text)) \
    X(0x001e, receipted_message_id, WTEXT, 1, 65, "Message that the receipt is of.", \
      SMPP(receipted_message_id)) \
    X(0x0030, ms_msg_wait_facilities, W8, 1, 1, "Message waiting indication.", NULL) \
    X(0x0201, privacy_indicator, W8, 1, 1, "Level of privacy.", SMPP(privacy_indicator)) \
    X(0x0202, source_subaddress, WBYTES, 2, 23, "Sender's subaddress.", SMPP(source_subaddress)) \
    X(0x0203, dest_subaddress, WBYTES, 2, 23, "Receiver's subaddress.", SMPP(dest_subaddress)) \
    X(0x0204, user_message_reference, W16, 2, 2, "Reference by the sender.", \
      SMPP(user_message_reference)) \
    X(0x0205, user_response_code, W8, 1, 1, "Answer of the user.", SMPP(user_response_code)) \
    X(0x020a, source_port, W16, 2, 2, "Port of the sender.", SMPP(source_port)) \
    X(0x020b, destination_port, W16, 2, 2, "Port of the receiver.", SMPP(destination_port)) \
    X(0x020c, sar_msg_ref_num, W16, 2, 2, "Reference of the parts.", SMPP(sar_msg_ref_num)) \
    X(0x020d, language_indicator, W8, 1, 1, "Language.", SMPP(language_indicator)) \
    X(0x020e, sar_total_segments, W8, 1, 1, "Number of parts.", SMPP(sar_total_segments)) \
    X(0x020f, sar_segment_seqnum, W8, 1, 1, "Number of this part.", SMPP(sar_segment_seqnum)) \
    X(0x0210, sc_interface_version, W8, 1, 1, "Version of the SMSC.", SMPP(SC_interface_version)) \
    X(0x0302, callback_num_pres_ind, W8, 1, 1, "How the number may be shown.", NULL) \
    X(0x0303, callback_num_atag, WBYTES, 0, 65, "Name of the number to call back.", NULL) \
    X(0x0304, number_of_messages, W8, 1, 1, "Messages waiting.", SMPP(number_of_messages)) \
    X(0x0381, callback_num, WBYTES, 4, 19, "Number to call back.", NULL) \
    X(0x0420, dpf_result, W8, 1, 1, "Delivery pending flag was set.", SMPP(dpf_result)) \
    X(0x0421, set_dpf, W8, 1, 1, "Set the delivery pending flag.", SMPP(set_dpf)) \
    X(0x0422, ms_availability_status, W8, 1, 1, "0 = reachable.", SMPP(ms_availability_status)) \
    X(0x0423, network_error_code, WPARTS, 3, 3, "Error of the network.", NULL) \
    X(0x0425, delivery_failure_reason, W8, 1, 1, "Why it failed.", SMPP(delivery_failure_reason)) \
    X(0x0426, more_messages_to_send, W8, 1, 1, "More will follow.", SMPP(more_messages_to_send)) \
    X(0x0428, congestion_state, W8, 1, 1, "Load of the SMSC in %.", SMPP(congestion_state)) \
    X(0x0501, ussd_service_op, W8, 1, 1, "USSD operation.", SMPP(ussd_service_op)) \
    X(0x0600, broadcast_channel_indicator, W8, 1, 1, "Channel.", \
      SMPP(broadcast_channel_indicator)) \
    X(0x0601, broadcast_content_type, WPARTS, 3, 3, "Content.", NULL) \
    X(0x0602, broadcast_content_type_info, WBYTES, 1, 255, "More on the content.", \
      "smpp.broadcast_content_type.info") \
    X(0x0603, broadcast_message_class, W8, 1, 1, "Class.", SMPP(broadcast_message_class)) \
    X(0x0604, broadcast_rep_num, W16, 2, 2, "Repetitions.", SMPP(broadcast_rep_num)) \
    X(0x0605, broadcast_frequency_interval, WPARTS, 3, 3, "Interval.", NULL) \
    X(0x0606, broadcast_area_identifier, WPARTS, 1, 100, "Area.", SMPP(broadcast_area_identifier)) \
    X(0x0607, broadcast_error_status, W32, 4, 4, "Status of a part.", \
      SMPP(broadcast_error_status)) \
    X(0x0608, broadcast_area_success, W8, 1, 1, "Success in %.", SMPP(broadcast_area_success)) \
    X(0x0609, broadcast_end_time, WTEXT, 1, 17, "End of the broadcast.", NULL) \
    X(0x060a, broadcast_service_group, WBYTES, 1, 255, "Group.", SMPP(broadcast_service_group)) \
    X(0x060b, billing_identification, WBYTES, 1, 1024, "Billing.", "smpp.billing_id") \
    X(0x060d, source_network_id, WTEXT, 7, 65, "Sender's network.", SMPP(source_network_id)) \
    X(0x060e, dest_network_id, WTEXT, 7, 65, "Receiver's network.", SMPP(dest_network_id)) \
    X(0x060f, source_node_id, WBYTES, 6, 6, "Sender's node.", SMPP(source_node_id)) \
    X(0x0610, dest_node_id, WBYTES, 6, 6, "Receiver's node.", SMPP(dest_node_id)) \
    X(0x0611, dest_addr_np_resolution, W8, 1, 1, "Number portability was asked.", \
      SMPP(dest_addr_np_resolution)) \
    X(0x0612, dest_addr_np_information, WBYTES, 10, 10, "What portability said.", \
      "smpp.dest_addr_np_info") \
    X(0x0613, dest_addr_np_country, WBYTES, 1, 5, "Receiver's country.", \
      SMPP(dest_addr_np_country)) \
    X(0x1201, display_time, W8, 1, 1, "How long to show it.", SMPP(display_time)) \
    X(0x1203, sms_signal, W16, 2, 2, "Sound.", SMPP(sms_signal)) \
    X(0x1204, ms_validity, W8, 1, 4, "How long it is valid there.", SMPP(ms_validity)) \
    X(0x130c, alert_on_message_delivery, W8, 0, 1, "Alert the user.", NULL) \
    X(0x1380, its_reply_type, W8, 1, 1, "How to reply.", SMPP(its_reply_type)) \
    X(0x1383, its_session_info, WPARTS, 2, 2, "Session.", NULL)

/* These two have fields that other commands have too. */
#define TAG_PAYLOAD 0x0424
#define TAG_STATE   0x0427

static const struct tt_name tags[] = {
#define NAME(tag, name, wire, min, max, doc, tshark) {tag, #name},
    PARAMETERS(NAME)
#undef NAME
    {TAG_PAYLOAD, "message_payload"}, {TAG_STATE, "message_state"}, {0, NULL}};
/* clang-format on */

#endif
