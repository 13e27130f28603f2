/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers of SMPP and their names, part of smpp.c alone: commands, status codes, states, types of
 * numbers. SMPP 3.3, 3.4 (5.1) and 5.0 (4.7); 0x01000001 and 2 are a vendor's.
 */
#ifndef DISSECT_PROTO_SMPP_CODES_H
#define DISSECT_PROTO_SMPP_CODES_H

#include "telltale/dissect.h"

/* clang-format off */
/* index, command_id of the request, name; kinds are 2 * index, + 1 for the response */
#define COMMANDS(X) \
    X(1, 0x001, bind_receiver) X(2, 0x002, bind_transmitter) X(3, 0x003, query_sm) \
    X(4, 0x004, submit_sm) X(5, 0x005, deliver_sm) X(6, 0x006, unbind) X(7, 0x007, replace_sm) \
    X(8, 0x008, cancel_sm) X(9, 0x009, bind_transceiver) X(10, 0x00b, outbind) \
    X(11, 0x015, enquire_link) X(12, 0x021, submit_multi) X(13, 0x022, param_retrieve) \
    X(14, 0x023, query_last_msgs) X(15, 0x024, query_msg_details) \
    X(16, 0x102, alert_notification) X(17, 0x103, data_sm) X(18, 0x111, broadcast_sm) \
    X(19, 0x112, query_broadcast_sm) X(20, 0x113, cancel_broadcast_sm) \
    X(21, 0x01000001, auth_acc) X(22, 0x01000002, sm_result_notify)
enum command {
    OTHER,
#define NAME(index, id, name) CMD_##name = (index),
    COMMANDS(NAME)
#undef NAME
    N_COMMANDS,
    KIND_NACK = 2 * N_COMMANDS,
};
static const uint32_t command_ids[N_COMMANDS] = {
#define NAME(index, id, name) [index] = (id),
    COMMANDS(NAME)
#undef NAME
};
static const struct tt_name kinds[] = {
    {0, "request"}, {1, "response"}, /* of commands without a name */
#define NAME(index, id, name) {2 * (index), #name}, {2 * (index) + 1, #name "_resp"},
    COMMANDS(NAME)
#undef NAME
    {KIND_NACK, "generic_nack"}, {0, NULL}};
#define RESPONSE 0x80000000u
static const struct tt_name commands[] = {
#define NAME(index, id, name) {(id), #name}, {RESPONSE | (id), #name "_resp"},
    COMMANDS(NAME)
#undef NAME
    {RESPONSE, "generic_nack"}, {0, NULL}};

static const struct tt_name statuses[] = {
    {0x00, "ok"}, {0x01, "invalid_message_length"}, {0x02, "invalid_command_length"},
    {0x03, "invalid_command_id"}, {0x04, "incorrect_bind_status"}, {0x05, "already_bound"},
    {0x06, "invalid_priority"}, {0x07, "invalid_registered_delivery"}, {0x08, "system_error"},
    {0x0a, "invalid_source_address"}, {0x0b, "invalid_destination_address"},
    {0x0c, "invalid_message_id"}, {0x0d, "bind_failed"}, {0x0e, "invalid_password"},
    {0x0f, "invalid_system_id"}, {0x11, "cancel_failed"}, {0x13, "replace_failed"},
    {0x14, "message_queue_full"}, {0x15, "invalid_service_type"},
    {0x33, "invalid_number_of_destinations"}, {0x34, "invalid_distribution_list"},
    {0x40, "invalid_destination_flag"}, {0x42, "invalid_submit_with_replace"},
    {0x43, "invalid_esm_class"}, {0x44, "cannot_submit_to_list"}, {0x45, "submit_failed"},
    {0x48, "invalid_source_ton"}, {0x49, "invalid_source_npi"},
    {0x50, "invalid_destination_ton"}, {0x51, "invalid_destination_npi"},
    {0x53, "invalid_system_type"}, {0x54, "invalid_replace_flag"},
    {0x55, "invalid_number_of_messages"}, {0x58, "throttled"}, {0x61, "invalid_schedule"},
    {0x62, "invalid_validity"}, {0x63, "invalid_predefined_message"},
    {0x64, "receiver_temporary_error"}, {0x65, "receiver_permanent_error"},
    {0x66, "receiver_reject"}, {0x67, "query_failed"}, {0xc0, "invalid_tlv_stream"},
    {0xc1, "tlv_not_allowed"}, {0xc2, "invalid_tlv_length"}, {0xc3, "missing_tlv"},
    {0xc4, "invalid_tlv_value"}, {0xfe, "delivery_failure"}, {0xff, "unknown_error"},
    {0x100, "service_type_unauthorised"}, {0x101, "prohibited"},
    {0x102, "service_type_unavailable"}, {0x103, "service_type_denied"},
    {0x104, "invalid_data_coding"}, {0x105, "invalid_source_subunit"},
    {0x106, "invalid_destination_subunit"}, {0x107, "invalid_broadcast_frequency"},
    {0x108, "invalid_broadcast_alias"}, {0x109, "invalid_broadcast_area"},
    {0x10a, "invalid_broadcast_areas"}, {0x10b, "invalid_broadcast_content"},
    {0x10c, "invalid_broadcast_class"}, {0x10d, "broadcast_failed"},
    {0x10e, "broadcast_query_failed"}, {0x10f, "broadcast_cancel_failed"},
    {0x110, "invalid_broadcast_repetitions"}, {0x111, "invalid_broadcast_service_group"},
    {0x112, "invalid_broadcast_channel"}, {0, NULL}};

static const struct tt_name versions[] = {
    {0x33, "3.3"}, {0x34, "3.4"}, {0x50, "5.0"}, {0, NULL}};
static const struct tt_name tons[] = {
    {0, "unknown"}, {1, "international"}, {2, "national"}, {3, "network_specific"},
    {4, "subscriber"}, {5, "alphanumeric"}, {6, "abbreviated"}, {0, NULL}};
static const struct tt_name npis[] = {
    {0, "unknown"}, {1, "e164"}, {3, "x121"}, {4, "telex"}, {6, "e212"}, {8, "national"},
    {9, "private"}, {10, "ermes"}, {14, "internet"}, {18, "wap"}, {0, NULL}};
static const struct tt_name modes[] = {
    {0, "default"}, {1, "datagram"}, {2, "forward"}, {3, "store_and_forward"}, {0, NULL}};
/* 5.2.12; "delivery_receipt" and "notification" come from the SMSC */
static const struct tt_name message_types[] = {
    {0, "default"}, {1, "delivery_receipt"}, {2, "delivery_acknowledgement"},
    {4, "user_acknowledgement"}, {6, "conversation_abort"}, {8, "notification"}, {0, NULL}};
static const struct tt_name features[] = {
    {0, "none"}, {1, "udhi"}, {2, "reply_path"}, {3, "udhi_and_reply_path"}, {0, NULL}};
static const struct tt_name receipts[] = {
    {0, "none"}, {1, "always"}, {2, "failure"}, {3, "success"}, {0, NULL}};
static const struct tt_name acknowledgements[] = {
    {0, "none"}, {1, "delivery"}, {2, "user"}, {3, "both"}, {0, NULL}};
static const struct tt_name states[] = {
    {0, "scheduled"}, {1, "enroute"}, {2, "delivered"}, {3, "expired"}, {4, "deleted"},
    {5, "undeliverable"}, {6, "accepted"}, {7, "unknown"}, {8, "rejected"}, {9, "skipped"},
    {0, NULL}};
/* clang-format on */

/* Index of a command by the id of its request, OTHER = not known. */
static inline unsigned command_of(uint32_t id)
{
    for (unsigned i = 1; i < N_COMMANDS; i++) {
        if (command_ids[i] == id) {
            return i;
        }
    }
    return OTHER;
}

static inline bool named(const struct tt_name *n, uint64_t value)
{
    while (n->name && n->value != value) {
        n++;
    }
    return n->name != NULL;
}

#endif
