/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The fields of each command in their order, part of smpp.c alone: 3.4 (4), 5.0 (4), for three old
 * commands 3.3 (6).
 */
#ifndef DISSECT_PROTO_SMPP_LAYOUT_H
#define DISSECT_PROTO_SMPP_LAYOUT_H

#include "dissect/proto/smpp_rows.h"

/* max: octets of a C-octet string with its NUL; U8, U32 a number. Row 0 ends the list. */
enum { U8 = 0, U32 = 255 };
enum special { S_ESM = N_ROWS, S_REGISTERED, S_MESSAGE, S_LIST, S_FAILED, S_MSC, S_MESSAGES };
struct step {
    uint8_t row, max;
};
_Static_assert(S_MESSAGES <= 255, "rows of steps are octets");

/* clang-format off */
#define SOURCE(n) {F_SOURCE_TON, U8}, {F_SOURCE_NPI, U8}, {F_SOURCE, n}
#define DESTINATION(n) {F_DEST_TON, U8}, {F_DEST_NPI, U8}, {F_DEST, n}
#define TIMES {F_SCHEDULE, 17}, {F_VALIDITY, 17}
#define MESSAGE \
    {S_ESM, 0}, {F_PROTOCOL, U8}, {F_PRIORITY, U8}, TIMES, {S_REGISTERED, 0}, {F_REPLACE, U8}, \
    {F_CODING, U8}, {F_DEFAULT_ID, U8}, {S_MESSAGE, 0}
#define VENDOR \
    {F_HUAWEI_VERSION, U8}, {F_SMSC, 21}, {S_MSC, 0}, {F_SOURCE, 21}, {F_DEST, 21}, \
    {F_MO_MT, U8}, {F_SM_ID, 65}, {F_AUTH_LENGTH, U32}
#define END {0, 0}
static const struct step
    none[] = {END},
    bind[] = {{F_SYSTEM_ID, 16}, {F_PASSWORD, 9}, {F_SYSTEM_TYPE, 13}, {F_VERSION, U8},
              {F_TON, U8}, {F_NPI, U8}, {F_RANGE, 41}, END},
    bind_resp[] = {{F_SYSTEM_ID, 16}, END},
    outbind[] = {{F_SYSTEM_ID, 16}, {F_PASSWORD, 9}, END},
    query[] = {{F_MESSAGE_ID, 65}, SOURCE(21), END},
    query_resp[] = {{F_MESSAGE_ID, 65}, {F_FINAL_DATE, 17}, {F_STATE, U8}, {F_ERROR, U8}, END},
    submit[] = {{F_SERVICE, 6}, SOURCE(21), DESTINATION(21), MESSAGE, END},
    message_resp[] = {{F_MESSAGE_ID, 65}, END},
    multi[] = {{F_SERVICE, 6}, SOURCE(21), {S_LIST, 0}, MESSAGE, END},
    multi_resp[] = {{F_MESSAGE_ID, 65}, {S_FAILED, 0}, END},
    replace[] = {{F_MESSAGE_ID, 65}, SOURCE(21), TIMES, {S_REGISTERED, 0}, {F_DEFAULT_ID, U8},
                 {S_MESSAGE, 0}, END},
    cancel[] = {{F_SERVICE, 6}, {F_MESSAGE_ID, 65}, SOURCE(21), DESTINATION(21), END},
    alert[] = {SOURCE(65), {F_ESME_TON, U8}, {F_ESME_NPI, U8}, {F_ESME, 65}, END},
    carry[] = {{F_SERVICE, 6}, SOURCE(65), DESTINATION(65), {S_ESM, 0}, {S_REGISTERED, 0},
               {F_CODING, U8}, END},
    broadcast[] = {{F_SERVICE, 6}, SOURCE(21), {F_MESSAGE_ID, 65}, {F_PRIORITY, U8}, TIMES,
                   {F_REPLACE, U8}, {F_CODING, U8}, {F_DEFAULT_ID, U8}, END},
    cancel_broadcast[] = {{F_SERVICE, 6}, {F_MESSAGE_ID, 65}, SOURCE(21), END},
    retrieve[] = {{F_PARAM_NAME, 32}, END},
    retrieve_resp[] = {{F_PARAM_VALUE, 101}, END},
    last[] = {SOURCE(21), {F_COUNT, U8}, END},
    last_resp[] = {{S_MESSAGES, 0}, END},
    details[] = {SOURCE(21), {F_MESSAGE_ID, 65}, {F_SM_LENGTH, U8}, END},
    details_resp[] = {{F_SERVICE, 6}, SOURCE(21), {S_LIST, 0}, {F_PROTOCOL, U8}, {F_PRIORITY, U8},
                      TIMES, {S_REGISTERED, 0}, {F_CODING, U8}, {S_MESSAGE, 0}, {F_MESSAGE_ID, 65},
                      {F_FINAL_DATE, 17}, {F_STATE, U8}, {F_ERROR, U8}, END},
    auth[] = {VENDOR, {F_SERVICE_ID, U32}, END},
    auth_resp[] = {{F_RESULT, U32}, {F_NOTIFY, U8}, END},
    result[] = {VENDOR, {F_DELIVERY_RESULT, U32}, {F_SERVICE_ID, U32}, END},
    result_resp[] = {{F_RESULT, U32}, END};

/* Optional parameters may follow (a request's, a response's). */
enum { TLV = 1, TLV_RESP = 2, TLVS = 3 };
static const struct layout {
    const struct step *request, *response;
    uint8_t parameters;
} layouts[N_COMMANDS] = {
    [OTHER] = {none, none, TLVS},
    [CMD_bind_receiver] = {bind, bind_resp, TLVS}, [CMD_bind_transmitter] = {bind, bind_resp, TLVS},
    [CMD_bind_transceiver] = {bind, bind_resp, TLVS}, [CMD_outbind] = {outbind, none, TLV},
    [CMD_query_sm] = {query, query_resp, TLVS}, [CMD_submit_sm] = {submit, message_resp, TLVS},
    [CMD_deliver_sm] = {submit, message_resp, TLVS}, [CMD_unbind] = {none, none, 0},
    [CMD_replace_sm] = {replace, none, TLVS}, [CMD_cancel_sm] = {cancel, none, TLVS},
    [CMD_enquire_link] = {none, none, 0}, [CMD_submit_multi] = {multi, multi_resp, TLVS},
    [CMD_param_retrieve] = {retrieve, retrieve_resp, 0},
    [CMD_query_last_msgs] = {last, last_resp, 0},
    [CMD_query_msg_details] = {details, details_resp, 0},
    [CMD_alert_notification] = {alert, none, TLV}, [CMD_data_sm] = {carry, message_resp, TLVS},
    [CMD_broadcast_sm] = {broadcast, message_resp, TLVS},
    [CMD_query_broadcast_sm] = {query, message_resp, TLVS},
    [CMD_cancel_broadcast_sm] = {cancel_broadcast, none, TLVS},
    [CMD_auth_acc] = {auth, auth_resp, 0}, [CMD_sm_result_notify] = {result, result_resp, 0},
};
/* clang-format on */

#endif
