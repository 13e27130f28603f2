/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Secured packets of the SIM toolkit in short messages (ETSI TS 102 225 5.1 and 5.2, 3GPP TS 31.115
 * 4): what their security header says in the open. Never decrypts and holds no key.
 */
#include "dissect/sms.h"

enum { COMMAND = 0x70, RESPONSE = 0x71, HEADER = 13, RESPONSE_HEADER = 10, COUNTER = 5 };
enum { CIPHERED = 4 };

const struct tt_name tt_sms_ota_packets[] = {{COMMAND, "command"}, {RESPONSE, "response"}, {0, 0}};
const struct tt_name tt_sms_ota_integrity[] = {
    {0, "none"}, {1, "rc"}, {2, "cc"}, {3, "ds"}, {0, 0}};
const struct tt_name tt_sms_ota_counters[] = {
    {0, "none"}, {1, "unchecked"}, {2, "higher"}, {3, "next"}, {0, NULL}};
const struct tt_name tt_sms_ota_statuses[] = {{0, "ok"},
                                              {1, "integrity_failed"},
                                              {2, "counter_low"},
                                              {3, "counter_high"},
                                              {4, "counter_blocked"},
                                              {5, "ciphering"},
                                              {6, "unidentified_security"},
                                              {7, "memory"},
                                              {8, "more_time"},
                                              {9, "tar_unknown"},
                                              {10, "insufficient_security"},
                                              {11, "response_by_submit"},
                                              {12, "response_by_ussd"},
                                              {0, NULL}};

static uint64_t counter_of(struct tt_bytes b)
{
    uint64_t v = 0;
    for (uint32_t i = 0; i < b.n; i++) {
        v = v << 8 | b.p[i];
    }
    return v;
}

static void command(const struct tt_sms_rows *rows, struct tt_reader in, struct tt_msg *m)
{
    unsigned row = rows->ota;
    struct tt_bytes spi = tt_read_bytes(&in, 2);
    uint8_t kic = tt_read_u8(&in), kid = tt_read_u8(&in);
    struct tt_bytes tar = tt_read_bytes(&in, 3), counter = tt_read_bytes(&in, COUNTER);
    if (!tt_reader_ok(&in)) {
        return;
    }
    uint8_t first = spi.p[0], integrity = first & 3;
    bool ciphered = first & CIPHERED;
    tt_put_uint(m, &in, row + TT_SMS_OTA_PACKET, COMMAND);
    tt_put_bytes(m, &in, row + TT_SMS_OTA_SPI, spi);
    tt_put_uint(m, &in, row + TT_SMS_OTA_INTEGRITY, integrity);
    tt_put_uint(m, &in, row + TT_SMS_OTA_CIPHERED, ciphered);
    tt_put_uint(m, &in, row + TT_SMS_OTA_SECURED, ciphered || integrity > 1);
    tt_put_uint(m, &in, row + TT_SMS_OTA_KIC, kic);
    tt_put_uint(m, &in, row + TT_SMS_OTA_KID, kid);
    tt_put_bytes(m, &in, row + TT_SMS_OTA_TAR, tar);
    tt_put_uint(m, &in, row + TT_SMS_OTA_COUNTER_MODE, first >> 3 & 3);
    if (!ciphered) {
        tt_put_uint(m, &in, row + TT_SMS_OTA_CNTR, counter_of(counter));
    }
}

static void response(const struct tt_sms_rows *rows, struct tt_reader in, struct tt_msg *m)
{
    struct tt_bytes tar = tt_read_bytes(&in, 3), counter = tt_read_bytes(&in, COUNTER);
    tt_read_skip(&in, 1);
    uint8_t status = tt_read_u8(&in);
    if (tt_reader_ok(&in)) {
        tt_put_uint(m, &in, rows->ota + TT_SMS_OTA_PACKET, RESPONSE);
        tt_put_bytes(m, &in, rows->ota + TT_SMS_OTA_TAR, tar);
        tt_put_uint(m, &in, rows->ota + TT_SMS_OTA_CNTR, counter_of(counter));
        tt_put_uint(m, &in, rows->ota + TT_SMS_OTA_STATUS, status);
    }
}

void tt_sms_put_ota(const struct tt_sms_rows *rows, struct tt_msg *m, uint8_t element,
                    bool for_the_sim, struct tt_bytes body)
{
    struct tt_reader in = tt_reader_over(body);
    if (element == 0 && for_the_sim && body.n > 3 && body.p[0] == 2 && body.p[2] == 0 &&
        (body.p[1] == COMMAND || body.p[1] == RESPONSE)) {
        element = body.p[1]; /* a user data header that nobody announced */
        tt_read_skip(&in, 3);
    }
    if (element == 0 && !for_the_sim) {
        return;
    }
    uint32_t length = tt_read_u16(&in), left = tt_reader_left(&in);
    uint8_t header = tt_read_u8(&in);
    bool fits = element ? length > header : length == left && length > header;
    if (!tt_reader_ok(&in) || !fits) {
        return;
    }
    if (element == RESPONSE && header >= RESPONSE_HEADER) {
        response(rows, in, m);
    } else if (element != RESPONSE && header >= HEADER) {
        command(rows, in, m);
    }
}
