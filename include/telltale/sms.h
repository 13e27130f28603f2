/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What a whole short message is, whatever carried it: a dissector says which of its rows play which
 * part (tt_dissector.sms) and marks each message that is one (tt_msg.sms). From that alone the EVE
 * record `sms` is written.
 */
#ifndef TELLTALE_SMS_H
#define TELLTALE_SMS_H

#include <stdint.h>

/* Of a message: it is a short message, or the part of one that completes it. */
enum tt_sms_way { TT_SMS_NO, TT_SMS_TO_DEVICE, TT_SMS_FROM_DEVICE };

/* In the order of the record. Each part is one member of it; those with [] are lists. */
enum tt_sms_role {
    TT_ROLE_END,
    TT_ROLE_FROM,          /* from */
    TT_ROLE_TO,            /* to */
    TT_ROLE_RECEIVER,      /* receivers[]: one of several */
    TT_ROLE_ACCOUNT,       /* account: who uses the gateway; never a password */
    TT_ROLE_MESSAGE_ID,    /* message_id */
    TT_ROLE_PARTS,         /* parts; 1 where nobody says */
    TT_ROLE_PART,          /* part: where the parts were not put together */
    TT_ROLE_ENCODING,      /* encoding */
    TT_ROLE_CODING,        /* data_coding */
    TT_ROLE_TEXT,          /* text; of several the last row that is there */
    TT_ROLE_WHOLE,         /* text of all parts: instead of TEXT */
    TT_ROLE_OCTETS,        /* binary */
    TT_ROLE_WHOLE_OCTETS,  /* binary of all parts: instead of OCTETS */
    TT_ROLE_CLASS,         /* class */
    TT_ROLE_PROTOCOL,      /* protocol_id */
    TT_ROLE_PORT_TO,       /* ports.dst */
    TT_ROLE_PORT_FROM,     /* ports.src */
    TT_ROLE_ELEMENT,       /* udh[].iei: opens the element */
    TT_ROLE_ELEMENT_NAME,  /* udh[].name */
    TT_ROLE_ELEMENT_VALUE, /* udh[].value */
    TT_ROLE_OTA_PACKET,    /* ota.packet, and so on: TS 102 225 */
    TT_ROLE_OTA_SPI,
    TT_ROLE_OTA_INTEGRITY,
    TT_ROLE_OTA_CIPHERED,
    TT_ROLE_OTA_SECURED,
    TT_ROLE_OTA_KIC,
    TT_ROLE_OTA_KID,
    TT_ROLE_OTA_TAR,
    TT_ROLE_OTA_COUNTER_MODE,
    TT_ROLE_OTA_CNTR,
    TT_ROLE_OTA_STATUS,
    TT_ROLES
};

/* Ends with TT_ROLE_END. */
struct tt_sms_part {
    uint8_t role; /* enum tt_sms_role */
    uint8_t row;
};

#endif
