/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What all protocols of short messages share: alphabets as UTF-8 (3GPP TS 23.038, SMPP 5.2.19), the
 * user data header (TS 23.040, 9.2.3.24), and a small place where the parts of a long message meet.
 * Pure: nothing here knows a protocol, keeps a pointer or allocates.
 */
#ifndef DISSECT_SMS_H
#define DISSECT_SMS_H

#include "telltale/dissect.h"

enum tt_sms_alphabet {
    TT_SMS_GSM7,   /* one septet in each octet */
    TT_SMS_PACKED, /* eight septets in seven octets */
    TT_SMS_ASCII,
    TT_SMS_LATIN1,
    TT_SMS_UCS2, /* big-endian; pairs of surrogates are read as UTF-16 */
    TT_SMS_CYRILLIC,
    TT_SMS_HEBREW,
    TT_SMS_BINARY, /* and every alphabet from here on: no text is made */
    TT_SMS_JIS,
    TT_SMS_PICTOGRAM,
    TT_SMS_ISO_2022_JP,
    TT_SMS_EXTENDED_JIS,
    TT_SMS_KS_C_5601,
    TT_SMS_COMPRESSED,
};
extern const struct tt_name tt_sms_alphabets[], tt_sms_elements[], tt_sms_classes[];

/* What a data coding scheme says. class: 0..3, -1 = none. known: false for reserved values. */
struct tt_sms_coding {
    enum tt_sms_alphabet alphabet;
    int8_t class;
    bool known;
};
struct tt_sms_coding tt_sms_dcs(uint8_t dcs);  /* TS 23.038, 4: TP-DCS */
struct tt_sms_coding tt_sms_smpp(uint8_t dcs); /* SMPP 3.4, 5.2.19, and GSM values passed through */

/* UTF-8 of the octets. It lies in `in` where that says the same already, otherwise in m->made.
 * Septets that are not in the alphabet, lone surrogates and octets without a meaning become
 * U+FFFD and set *faulty; *clipped: there was no room for the rest. */
struct tt_bytes tt_sms_text(struct tt_msg *, enum tt_sms_alphabet, struct tt_bytes in, bool *faulty,
                            bool *clipped);

/* The septets of packed text, one in each octet, in m->made. first: bit of the first septet, which
 * a user data header in front moves (TS 23.040, 9.2.3.24); count: septets, UINT32_MAX = as many as
 * fit (7 zero bits at the end of the last octet are filling). */
struct tt_bytes tt_sms_unpack(struct tt_msg *, struct tt_bytes in, unsigned first, uint32_t count);

/* GSM 7-bit text of which nobody says whether it is packed: octets above 0x7f say no to one septet
 * in each octet; packed it is when that gives letters and digits, else Latin-1. */
enum tt_sms_alphabet tt_sms_guess(struct tt_bytes in);

/* n octets from pairs of hexadecimal digits, in m->made; *faulty: odd, another sign, or no room. */
struct tt_bytes tt_sms_hex(struct tt_msg *, struct tt_bytes digits, bool *faulty);

/* Facts of a user data header. */
struct tt_sms_header {
    struct tt_bytes elements; /* behind the length octet */
    struct tt_bytes body;     /* what follows the header */
    uint16_t reference, destination, source;
    uint8_t parts, part;
    uint8_t ota;                    /* element of a secured packet: 0x70, 0x71, 0 = none */
    bool concatenated, ports, wide; /* wide: a reference, or ports, of 16 bits */
    bool faulty;                    /* a length runs past its end, an element has a wrong one */
};
struct tt_sms_header tt_sms_header(struct tt_bytes user_data);

/* The next element; false at the end, and when its length runs past it. */
bool tt_sms_element(struct tt_reader *, uint8_t *iei, struct tt_bytes *value);

/* tt_sms_elements has a name for it. */
bool tt_sms_element_known(uint8_t iei);

/* Parts of a concatenated message may be judged: 1 <= part <= parts. */
static inline bool tt_sms_part_valid(uint8_t parts, uint8_t part)
{
    return part > 0 && part <= parts;
}

enum { TT_SMS_PLACES = 3, TT_SMS_OCTETS = 1224, TT_SMS_PARTS = 8 };

/* Where parts wait for the rest, in the further octets of a flow (tt_state_more); zeroed = empty. A
 * message of more parts or octets is not put together; of more messages at a time the oldest gives
 * way. */
struct tt_sms_places {
    struct tt_sms_place {
        uint32_t key; /* of sender, receiver and reference; 0 = free */
        uint16_t used;
        uint8_t parts, n, alphabet, age;
        uint8_t ota; /* of any part */
        uint8_t part[TT_SMS_PARTS];
        uint8_t length[TT_SMS_PARTS]; /* of the n parts that are here, in the order they came */
        uint8_t octets[TT_SMS_OCTETS];
    } place[TT_SMS_PLACES];
    uint8_t ota; /* of the message that was whole last */
};

enum tt_sms_kept {
    TT_SMS_KEPT,     /* waits for the others */
    TT_SMS_WHOLE,    /* the last that was missing: *whole are the octets of all, in m->made */
    TT_SMS_AGAIN,    /* the same part once more */
    TT_SMS_CONFLICT, /* the part with other octets, or another number of parts: begins anew */
    TT_SMS_NOT_KEPT, /* more parts or octets than there is room for */
};
enum tt_sms_kept tt_sms_keep(struct tt_sms_places *, struct tt_msg *, uint32_t key,
                             const struct tt_sms_header *, enum tt_sms_alphabet,
                             struct tt_bytes part, struct tt_bytes *whole);

/* Key of a message from what tells it from others; start with tt_sms_key_of. */
uint32_t tt_sms_key(uint32_t key, struct tt_bytes);
/* … from direction and reference; sender and receiver are the caller's to add. */
uint32_t tt_sms_key_of(const struct tt_msg *, const struct tt_sms_header *);

/* The rows and anomalies of a dissector for what each tells of a user data header and of parts. */
struct tt_sms_rows {
    uint8_t element, element_name, element_value, reference, parts, part, port_to, port_from;
    uint8_t udh, concatenation, conflict, not_kept; /* anomalies */
    uint8_t ota;                                    /* the first of TT_SMS_OTA_FIELDS */
};

/* Rows of a secured packet for the SIM (ETSI TS 102 225), one after the other: their names in a
 * dissector's enum row are its own, the first is tt_sms_rows.ota. */
enum tt_sms_ota {
    TT_SMS_OTA_PACKET,
    TT_SMS_OTA_SPI,
    TT_SMS_OTA_INTEGRITY,
    TT_SMS_OTA_CIPHERED,
    TT_SMS_OTA_SECURED,
    TT_SMS_OTA_KIC,
    TT_SMS_OTA_KID,
    TT_SMS_OTA_TAR,
    TT_SMS_OTA_COUNTER_MODE,
    TT_SMS_OTA_CNTR,
    TT_SMS_OTA_STATUS,
    TT_SMS_OTA_ROWS
};
extern const struct tt_name tt_sms_ota_packets[], tt_sms_ota_integrity[], tt_sms_ota_counters[];
extern const struct tt_name tt_sms_ota_statuses[];
#define TT_SMS_OTA_FIELD(first, which, path, doc, names, type)                                     \
    [(first) + TT_SMS_OTA_##which] = {"*.ota." path, doc, names, NULL, NULL, type, 0, 0}
#define TT_SMS_OTA_FIELDS(f)                                                                       \
    TT_SMS_OTA_FIELD(f, PACKET, "packet", "Secured packet (TS 102 225).", tt_sms_ota_packets,      \
                     TT_ENUM),                                                                     \
        TT_SMS_OTA_FIELD(f, SPI, "spi", "Security parameters.", NULL, TT_BYTES),                   \
        TT_SMS_OTA_FIELD(f, INTEGRITY, "integrity",                                                \
                         "Redundancy check, cryptographic checksum or "                            \
                         "signature.",                                                             \
                         tt_sms_ota_integrity, TT_ENUM),                                           \
        TT_SMS_OTA_FIELD(f, CIPHERED, "ciphered", "It is encrypted.", NULL, TT_BOOL),              \
        TT_SMS_OTA_FIELD(f, SECURED, "secured", "Encrypted, or proven by a key.", NULL, TT_BOOL),  \
        TT_SMS_OTA_FIELD(f, KIC, "kic", "Key and algorithm of the encryption.", NULL, TT_UINT),    \
        TT_SMS_OTA_FIELD(f, KID, "kid", "Key and algorithm of the checksum.", NULL, TT_UINT),      \
        TT_SMS_OTA_FIELD(f, TAR, "tar", "Application on the SIM.", NULL, TT_BYTES),                \
        TT_SMS_OTA_FIELD(f, COUNTER_MODE, "counter", "What is done with the counter.",             \
                         tt_sms_ota_counters, TT_ENUM),                                            \
        TT_SMS_OTA_FIELD(f, CNTR, "cntr", "Counter, where it is not encrypted.", NULL, TT_UINT),   \
        TT_SMS_OTA_FIELD(f, STATUS, "status", "How the SIM answers.", tt_sms_ota_statuses,         \
                         TT_ENUM)
/* Their parts in a short message (tt_dissector.sms). */
#define TT_SMS_OTA_PARTS(f)                                                                        \
    {TT_ROLE_OTA_PACKET, (f) + TT_SMS_OTA_PACKET}, {TT_ROLE_OTA_SPI, (f) + TT_SMS_OTA_SPI},        \
        {TT_ROLE_OTA_INTEGRITY, (f) + TT_SMS_OTA_INTEGRITY},                                       \
        {TT_ROLE_OTA_CIPHERED, (f) + TT_SMS_OTA_CIPHERED},                                         \
        {TT_ROLE_OTA_SECURED, (f) + TT_SMS_OTA_SECURED}, {TT_ROLE_OTA_KIC, (f) + TT_SMS_OTA_KIC},  \
        {TT_ROLE_OTA_KID, (f) + TT_SMS_OTA_KID}, {TT_ROLE_OTA_TAR, (f) + TT_SMS_OTA_TAR},          \
        {TT_ROLE_OTA_COUNTER_MODE, (f) + TT_SMS_OTA_COUNTER_MODE},                                 \
        {TT_ROLE_OTA_CNTR, (f) + TT_SMS_OTA_CNTR},                                                 \
    {                                                                                              \
        TT_ROLE_OTA_STATUS, (f) + TT_SMS_OTA_STATUS                                                \
    }

/* What the security header at the start of body says in the open. element: 0x70, 0x71, 0 = no
 * header announced one; for_the_sim: the protocol identifier is 127. Anything that is no such
 * header is left alone. */
void tt_sms_put_ota(const struct tt_sms_rows *, struct tt_msg *, uint8_t element, bool for_the_sim,
                    struct tt_bytes body);

/* Puts the elements; then what they say of parts and ports. */
void tt_sms_put_elements(const struct tt_sms_rows *, const struct tt_reader *, struct tt_msg *,
                         const struct tt_sms_header *);
void tt_sms_put_facts(const struct tt_sms_rows *, const struct tt_reader *, struct tt_msg *,
                      const struct tt_sms_header *);

/* Keeps a part in the further octets of the flow (a struct tt_sms_places) and raises what is odd
 * about it. True: it was the last that was missing, *whole are the octets of all, *ota the element
 * of a secured packet that any of them had. *forget: octets
 * of the flow were lost, what waits is void; cleared. */
bool tt_sms_put_part(const struct tt_sms_rows *, struct tt_flow_facts *, uint8_t *forget,
                     struct tt_msg *, uint32_t key, const struct tt_sms_header *,
                     enum tt_sms_alphabet, struct tt_bytes part, struct tt_bytes *whole,
                     uint8_t *ota);

/* Length of a frame from STX to ETX, as unit_length tells it. A second STX begins the next frame:
 * the first has no end. The first `seen` octets were given before and answered 0. -1: no STX, or
 * longer than most. */
int64_t tt_sms_frame_length(struct tt_bytes have, uint32_t seen, uint32_t most);

/* Whose interface for short messages over HTTP a request uses; NONE: nobody's, as far as the
 * target and the media type of its content tell. GENERIC: something named after messages. */
enum tt_sms_api {
    TT_SMS_API_NONE,
    TT_SMS_API_KANNEL,
    TT_SMS_API_KANNEL_ADMIN,
    TT_SMS_API_TWILIO,
    TT_SMS_API_VONAGE,
    TT_SMS_API_CLICKATELL,
    TT_SMS_API_INFOBIP,
    TT_SMS_API_SINCH,
    TT_SMS_API_AFRICASTALKING,
    TT_SMS_API_REPORT, /* a call back: a receipt, or a message from a device */
    TT_SMS_API_GENERIC
};
enum tt_sms_api tt_sms_api(struct tt_bytes target, struct tt_bytes content_type);
/* What a parameter of such a request is; tt_sms_parameter: by its name, of any interface. */
enum tt_sms_parameter {
    TT_SMS_OTHER,
    TT_SMS_TO,
    TT_SMS_FROM,
    TT_SMS_BODY,
    TT_SMS_ACCOUNT,
    TT_SMS_SECRET,
    TT_SMS_ID,
    TT_SMS_STATUS,
    TT_SMS_ERROR,
    TT_SMS_CODING,
    TT_SMS_CHARSET,
    TT_SMS_UDH,
    TT_SMS_CLASS,
    TT_SMS_MWI,
    TT_SMS_PID,
    TT_SMS_VALIDITY,
    TT_SMS_DEFERRED,
    TT_SMS_DLR_MASK,
    TT_SMS_DLR_URL,
    TT_SMS_SMSC
};
enum tt_sms_parameter tt_sms_parameter(struct tt_bytes name);

#endif
