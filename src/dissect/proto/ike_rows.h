/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields, names and oddities of IKE (IANA's registries for IKEv1 and IKEv2), part of ike.c alone.
 */
#ifndef DISSECT_PROTO_IKE_ROWS_H
#define DISSECT_PROTO_IKE_ROWS_H

#include "telltale/dissect.h"

/* clang-format off */
enum kind { MESSAGE, ESP, KEEPALIVE };
static const struct tt_name kinds[] = {{MESSAGE, "message"}, {ESP, "esp_in_udp"},
                                       {KEEPALIVE, "nat_keepalive"}, {0, NULL}};
static const struct tt_name exchanges[] = {
    {1, "base"}, {2, "main_mode"}, {3, "authentication_only"}, {4, "aggressive_mode"},
    {5, "informational_1"}, {6, "transaction"}, {32, "quick_mode"}, {33, "new_group"},
    {34, "ike_sa_init"}, {35, "ike_auth"}, {36, "create_child_sa"}, {37, "informational"},
    {38, "ike_session_resume"}, {43, "ike_intermediate"}, {44, "ike_followup_ke"}, {0, NULL},
};
static const struct tt_name roles[] = {{0, "initiator"}, {1, "responder"}, {0, NULL}};
static const struct tt_name payloads[] = {
    {1, "security_association"}, {2, "proposal"}, {3, "transform"}, {4, "key_exchange"},
    {5, "identification"}, {6, "certificate"}, {7, "certificate_request"}, {8, "hash"},
    {9, "signature"}, {10, "nonce"}, {11, "notification"}, {12, "delete"}, {13, "vendor_id"},
    {14, "attributes"}, {20, "nat_discovery"}, {21, "nat_original_address"},
    {33, "security_association"}, {34, "key_exchange"}, {35, "id_initiator"},
    {36, "id_responder"}, {37, "certificate"}, {38, "certificate_request"},
    {39, "authentication"}, {40, "nonce"}, {41, "notify"}, {42, "delete"}, {43, "vendor_id"},
    {44, "ts_initiator"}, {45, "ts_responder"}, {46, "encrypted"}, {47, "configuration"},
    {48, "eap"}, {53, "encrypted_fragment"}, {0, NULL},
};
/* Of IKEv1 as 0x100 and more: the numbers mean other things. */
static const struct tt_name ciphers[] = {
    {1, "des_iv64"}, {2, "des"}, {3, "3des"}, {4, "rc5"}, {5, "idea"}, {6, "cast"},
    {7, "blowfish"}, {8, "3idea"}, {9, "des_iv32"}, {11, "null"}, {12, "aes_cbc"},
    {13, "aes_ctr"}, {14, "aes_ccm_8"}, {15, "aes_ccm_12"}, {16, "aes_ccm_16"},
    {18, "aes_gcm_8"}, {19, "aes_gcm_12"}, {20, "aes_gcm_16"}, {23, "camellia_cbc"},
    {28, "chacha20_poly1305"}, {0x101, "des"}, {0x102, "idea"}, {0x103, "blowfish"},
    {0x104, "rc5"}, {0x105, "3des"}, {0x106, "cast"}, {0x107, "aes_cbc"},
    {0x108, "camellia_cbc"}, {0, NULL},
};
static const struct tt_name hashes[] = {
    {0, "none"}, {1, "hmac_md5_96"}, {2, "hmac_sha1_96"}, {3, "des_mac"}, {4, "kpdk_md5"},
    {5, "aes_xcbc_96"}, {6, "hmac_md5_128"}, {7, "hmac_sha1_160"}, {8, "aes_cmac_96"},
    {12, "hmac_sha2_256_128"}, {13, "hmac_sha2_384_192"}, {14, "hmac_sha2_512_256"},
    {0x101, "md5"}, {0x102, "sha1"}, {0x103, "tiger"}, {0x104, "sha2_256"}, {0x105, "sha2_384"},
    {0x106, "sha2_512"}, {0, NULL},
};
static const struct tt_name prfs[] = {
    {1, "hmac_md5"}, {2, "hmac_sha1"}, {3, "hmac_tiger"}, {4, "aes128_xcbc"},
    {5, "hmac_sha2_256"}, {6, "hmac_sha2_384"}, {7, "hmac_sha2_512"}, {8, "aes128_cmac"},
    {0, NULL},
};
static const struct tt_name dh_groups[] = {
    {0, "none"}, {1, "modp768"}, {2, "modp1024"}, {3, "ec2n155"}, {4, "ec2n185"},
    {5, "modp1536"}, {14, "modp2048"}, {15, "modp3072"}, {16, "modp4096"}, {17, "modp6144"},
    {18, "modp8192"}, {19, "ecp256"}, {20, "ecp384"}, {21, "ecp521"}, {22, "modp1024s160"},
    {23, "modp2048s224"}, {24, "modp2048s256"}, {25, "ecp192"}, {26, "ecp224"},
    {27, "brainpool224"}, {28, "brainpool256"}, {29, "brainpool384"}, {30, "brainpool512"},
    {31, "x25519"}, {32, "x448"}, {35, "mlkem512"}, {36, "mlkem768"}, {37, "mlkem1024"}, {0, NULL},
};
static const struct tt_name methods[] = {
    {1, "pre_shared_key"}, {2, "dss"}, {3, "rsa"}, {4, "rsa_encryption"},
    {5, "rsa_encryption_revised"}, {64221, "hybrid_rsa"}, {65001, "xauth_pre_shared_key"},
    {65005, "xauth_rsa"}, {0, NULL},
};
enum reason { AGGRESSIVE, DES_USED, TRIPLE_DES, NO_ENCRYPTION, MD5_USED, SHA1_USED, SHORT_GROUP,
              N_REASONS };
static const struct tt_name reasons[] = {
    {AGGRESSIVE, "aggressive_mode"}, {DES_USED, "des"}, {TRIPLE_DES, "triple_des"},
    {NO_ENCRYPTION, "no_encryption"}, {MD5_USED, "md5"}, {SHA1_USED, "sha1"},
    {SHORT_GROUP, "short_group"}, {0, NULL},
};
static const struct tt_name postures[] = {{0, "ok"}, {1, "weak"}, {0, NULL}};

enum row {
    F_MAJOR, F_MINOR, F_EXCHANGE, F_EXCHANGE_NAME, F_MESSAGE, F_INITIATOR, F_RESPONDER, F_ROLE,
    F_ENCRYPTED, F_PAYLOAD, F_PROPOSAL, F_CIPHER, F_BITS, F_HASH, F_PRF, F_GROUP, F_METHOD,
    F_GROUP_USED, F_IDENTITY, F_NOTIFY, F_VENDOR, F_POSTURE, F_REASON, F_SPI, F_SEQUENCE, N_ROWS,
};
#define ROW(row, path, doc, names, tshark, type, flags) \
    [row] = {path, doc, names, NULL, tshark, type, 0, flags}
static const struct tt_field fields[N_ROWS] = {
    ROW(F_MAJOR, "version_major", "Version.", NULL, NULL, TT_UINT, 0),
    ROW(F_MINOR, "version_minor", "Its second part.", NULL, NULL, TT_UINT, 0),
    ROW(F_EXCHANGE, "exchange_type", "What is exchanged, its number.", NULL, "isakmp.exchangetype",
        TT_UINT, 0),
    ROW(F_EXCHANGE_NAME, "exchange", "Its name.", exchanges, NULL, TT_ENUM, 0),
    ROW(F_MESSAGE, "message_id", "Number of the exchange.", NULL, "isakmp.messageid", TT_UINT,
        TT_TSHARK_HEX),
    ROW(F_INITIATOR, "init_spi", "The initiator's number.", NULL, "isakmp.ispi", TT_BYTES, 0),
    ROW(F_RESPONDER, "resp_spi", "The responder's number.", NULL, "isakmp.rspi", TT_BYTES, 0),
    ROW(F_ROLE, "role", "Whose message, of version 2.", roles, NULL, TT_ENUM, 0),
    ROW(F_ENCRYPTED, "encrypted", "Its payloads are.", NULL, NULL, TT_BOOL, 0),
    ROW(F_PAYLOAD, "payload[]", "Payloads in clear.", payloads, NULL, TT_ENUM, 0),
    ROW(F_PROPOSAL, "proposals[].number", "Offered; from the responder: chosen.", NULL, NULL,
        TT_UINT, 0),
    ROW(F_CIPHER, "proposals[].alg_enc", "Cipher.", ciphers, NULL, TT_ENUM, 0),
    ROW(F_BITS, "proposals[].key_bits", "Length of its key.", NULL, NULL, TT_UINT, 0),
    ROW(F_HASH, "proposals[].alg_auth", "Hash, or proof of integrity.", hashes, NULL, TT_ENUM, 0),
    ROW(F_PRF, "proposals[].alg_prf", "Pseudo-random function.", prfs, NULL, TT_ENUM, 0),
    ROW(F_GROUP, "proposals[].alg_dh", "Group of the key exchange.", dh_groups, NULL, TT_ENUM, 0),
    ROW(F_METHOD, "proposals[].auth_method", "How the ends prove who they are.", methods, NULL,
        TT_ENUM, 0),
    ROW(F_GROUP_USED, "group", "Group of the key that was sent.", dh_groups, NULL, TT_ENUM, 0),
    ROW(F_IDENTITY, "identity", "Who it is, in clear.", NULL, NULL, TT_STR, TT_IDENTITY),
    ROW(F_NOTIFY, "notify[]", "Notifications, by number.", NULL, NULL, TT_UINT, 0),
    ROW(F_VENDOR, "vendor_ids[]", "Whose program.", NULL, NULL, TT_BYTES, 0),
    ROW(F_POSTURE, "posture", "How good what is offered or chosen is.", postures, NULL, TT_ENUM, 0),
    ROW(F_REASON, "reasons[]", "What is not good.", reasons, NULL, TT_ENUM, 0),
    ROW(F_SPI, "esp_spi", "Number of a tunnel in UDP (RFC 3948).", NULL, "esp.spi", TT_UINT,
        TT_UNRECORDED | TT_TSHARK_HEX),
    ROW(F_SEQUENCE, "esp_sequence", "Number of its packet.", NULL, "esp.sequence", TT_UINT,
        TT_UNRECORDED),
};
enum oddity { A_MALFORMED, A_LENGTH, A_PAYLOAD, A_PROPOSAL, N_ODDITIES };
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Neither IKE nor ESP."},
    [A_LENGTH] = {"bad_length", "The header's length is not the datagram's."},
    [A_PAYLOAD] = {"payload_overrun", "Payload that runs past the end, or is too short."},
    [A_PROPOSAL] = {"bad_proposal", "Proposal whose lengths do not fit."},
};
_Static_assert(N_ROWS <= TT_FIELDS_MAX && N_ODDITIES <= 64, "engine's limits");
/* clang-format on */

#endif
