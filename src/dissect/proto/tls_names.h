/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers of TLS and DTLS with names (IANA's registries; RFC 8446, 9147), part of tls.c alone.
 */
#ifndef DISSECT_PROTO_TLS_NAMES_H
#define DISSECT_PROTO_TLS_NAMES_H

#include "telltale/dissect.h"

/* clang-format off */
enum content { CHANGE_CIPHER = 20, ALERT, HANDSHAKE, APPLICATION, HEARTBEAT, CID_RECORD, ACK };
enum handshake {
    HELLO_REQUEST, CLIENT_HELLO, SERVER_HELLO, HELLO_VERIFY, TICKET, CERTIFICATE = 11,
    SERVER_KEY, CERTIFICATE_REQUEST, SERVER_DONE, CERTIFICATE_VERIFY, CLIENT_KEY, FINISHED = 20,
    CERTIFICATE_STATUS = 22,
};
enum extension {
    X_SNI = 0, X_GROUPS = 10, X_FORMATS = 11, X_SIGNATURES = 13, X_ALPN = 16, X_PSK = 41,
    X_VERSIONS = 43, X_CID = 54,
};

static const struct tt_name versions[] = {
    {0x0002, "SSLv2"}, {0x0300, "SSLv3"}, {0x0301, "TLSv1"}, {0x0302, "TLS 1.1"},
    {0x0303, "TLS 1.2"}, {0x0304, "TLS 1.3"}, {0x0100, "DTLS 0.9"}, {0xfeff, "DTLS 1.0"},
    {0xfefd, "DTLS 1.2"}, {0xfefc, "DTLS 1.3"}, {0, NULL},
};

/* RFC 8446, 6; RFC 5246, 7.2; older ones for those who still send them. */
static const struct tt_name alerts[] = {
    {0, "close_notify"}, {1, "end_of_early_data"}, {10, "unexpected_message"},
    {20, "bad_record_mac"}, {21, "decryption_failed"}, {22, "record_overflow"},
    {30, "decompression_failure"}, {40, "handshake_failure"}, {41, "no_certificate"},
    {42, "bad_certificate"}, {43, "unsupported_certificate"}, {44, "certificate_revoked"},
    {45, "certificate_expired"}, {46, "certificate_unknown"}, {47, "illegal_parameter"},
    {48, "unknown_ca"}, {49, "access_denied"}, {50, "decode_error"}, {51, "decrypt_error"},
    {52, "too_many_cids_requested"}, {60, "export_restriction"}, {70, "protocol_version"},
    {71, "insufficient_security"}, {80, "internal_error"}, {86, "inappropriate_fallback"},
    {90, "user_canceled"}, {100, "no_renegotiation"}, {109, "missing_extension"},
    {110, "unsupported_extension"}, {111, "certificate_unobtainable"},
    {112, "unrecognized_name"}, {113, "bad_certificate_status_response"},
    {114, "bad_certificate_hash_value"}, {115, "unknown_psk_identity"},
    {116, "certificate_required"}, {120, "no_application_protocol"}, {121, "ech_required"},
    {0, NULL},
};
static const struct tt_name alert_levels[] = {{1, "warning"}, {2, "fatal"}, {0, NULL}};
static const struct tt_name sides[] = {{TT_TO_SERVER, "client"}, {TT_TO_CLIENT, "server"},
                                       {0, NULL}};

static const struct tt_name groups[] = {
    {1, "sect163k1"}, {2, "sect163r1"}, {3, "sect163r2"}, {4, "sect193r1"}, {5, "sect193r2"},
    {6, "sect233k1"}, {7, "sect233r1"}, {8, "sect239k1"}, {9, "sect283k1"}, {10, "sect283r1"},
    {11, "sect409k1"}, {12, "sect409r1"}, {13, "sect571k1"}, {14, "sect571r1"},
    {15, "secp160k1"}, {16, "secp160r1"}, {17, "secp160r2"}, {18, "secp192k1"},
    {19, "secp192r1"}, {20, "secp224k1"}, {21, "secp224r1"}, {22, "secp256k1"},
    {23, "secp256r1"}, {24, "secp384r1"}, {25, "secp521r1"}, {26, "brainpoolP256r1"},
    {27, "brainpoolP384r1"}, {28, "brainpoolP512r1"}, {29, "x25519"}, {30, "x448"},
    {31, "brainpoolP256r1tls13"}, {32, "brainpoolP384r1tls13"}, {33, "brainpoolP512r1tls13"},
    {41, "curveSM2"}, {0x100, "ffdhe2048"}, {0x101, "ffdhe3072"}, {0x102, "ffdhe4096"},
    {0x103, "ffdhe6144"}, {0x104, "ffdhe8192"}, {0x200, "mlkem512"}, {0x201, "mlkem768"},
    {0x202, "mlkem1024"}, {0x11eb, "SecP256r1MLKEM768"}, {0x11ec, "X25519MLKEM768"},
    {0x11ed, "SecP384r1MLKEM1024"}, {0x6399, "X25519Kyber768Draft00"}, {0, NULL},
};

enum algorithm { KEY_NONE, RSA_KEY, RSA_PSS_KEY, DSA_KEY, EC_KEY, ED25519, ED448, X25519_KEY,
                 X448_KEY, ML_DSA_44, ML_DSA_65, ML_DSA_87, GOST_KEY };
static const struct tt_name key_names[] = {
    {RSA_KEY, "rsa"}, {RSA_PSS_KEY, "rsa_pss"}, {DSA_KEY, "dsa"}, {EC_KEY, "ec"},
    {ED25519, "ed25519"}, {ED448, "ed448"}, {X25519_KEY, "x25519"}, {X448_KEY, "x448"},
    {ML_DSA_44, "ml_dsa_44"}, {ML_DSA_65, "ml_dsa_65"}, {ML_DSA_87, "ml_dsa_87"},
    {GOST_KEY, "gost"}, {0, NULL},
};
enum signature {
    S_NONE, MD2_RSA, MD4_RSA, MD5_RSA, SHA1_RSA, SHA224_RSA, SHA256_RSA, SHA384_RSA, SHA512_RSA,
    RSA_PSS, SHA1_DSA, SHA224_DSA, SHA256_DSA, SHA1_ECDSA, SHA224_ECDSA, SHA256_ECDSA, SHA384_ECDSA,
    SHA512_ECDSA, S_ED25519, S_ED448, S_ML_DSA_44, S_ML_DSA_65, S_ML_DSA_87,
};
static const struct tt_name signature_names[] = {
    {MD2_RSA, "md2_rsa"}, {MD4_RSA, "md4_rsa"}, {MD5_RSA, "md5_rsa"}, {SHA1_RSA, "sha1_rsa"},
    {SHA224_RSA, "sha224_rsa"}, {SHA256_RSA, "sha256_rsa"}, {SHA384_RSA, "sha384_rsa"},
    {SHA512_RSA, "sha512_rsa"}, {RSA_PSS, "rsa_pss"}, {SHA1_DSA, "sha1_dsa"},
    {SHA224_DSA, "sha224_dsa"}, {SHA256_DSA, "sha256_dsa"}, {SHA1_ECDSA, "sha1_ecdsa"},
    {SHA224_ECDSA, "sha224_ecdsa"}, {SHA256_ECDSA, "sha256_ecdsa"}, {SHA384_ECDSA, "sha384_ecdsa"},
    {SHA512_ECDSA, "sha512_ecdsa"}, {S_ED25519, "ed25519"}, {S_ED448, "ed448"},
    {S_ML_DSA_44, "ml_dsa_44"}, {S_ML_DSA_65, "ml_dsa_65"}, {S_ML_DSA_87, "ml_dsa_87"}, {0, NULL},
};

/* What makes a connection worse than it could be. Up to MD5_USED it is obsolete, behind it weak. */
enum reason {
    OLD_VERSION, NO_ENCRYPTION, EXPORT_SUITE, NO_AUTHENTICATION, RC4_USED, RC2_USED, DES_USED,
    MD5_USED, TRIPLE_DES, SHA1_SIGNATURE, SHORT_KEY, SHORT_GROUP, NO_FORWARD_SECRECY, EXPIRED,
    NOT_YET_VALID, SELF_SIGNED, COMPRESSED, N_REASONS,
};
static const struct tt_name reasons[] = {
    {OLD_VERSION, "old_version"}, {NO_ENCRYPTION, "no_encryption"}, {EXPORT_SUITE, "export"},
    {NO_AUTHENTICATION, "anonymous"}, {RC4_USED, "rc4"}, {RC2_USED, "rc2"}, {DES_USED, "des"},
    {MD5_USED, "md5"}, {TRIPLE_DES, "triple_des"}, {SHA1_SIGNATURE, "sha1_signature"},
    {SHORT_KEY, "short_key"}, {SHORT_GROUP, "short_group"},
    {NO_FORWARD_SECRECY, "no_forward_secrecy"}, {EXPIRED, "expired"},
    {NOT_YET_VALID, "not_yet_valid"}, {SELF_SIGNED, "self_signed"}, {COMPRESSED, "compression"},
    {0, NULL},
};
static const struct tt_name postures[] = {{0, "ok"}, {1, "weak"}, {2, "obsolete"}, {0, NULL}};
/* clang-format on */

#endif
