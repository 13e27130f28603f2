/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields and oddities of TLS and DTLS, part of tls.c alone. What is recorded comes once for each
 * connection, in the object of the protocol itself as Suricata has it; rows that are held against
 * tshark's come with every record and are not recorded.
 */
#ifndef DISSECT_PROTO_TLS_ROWS_H
#define DISSECT_PROTO_TLS_ROWS_H

#include "dissect/proto/tls_names.h"

/* clang-format off */
/* A message tells at most one part of the record, each part is told once; RECORD tells none. */
enum part {
    RECORD, P_CLIENT_HELLO, P_RETRY, P_SERVER_HELLO, P_CERTIFICATE, P_CLIENT_CERTIFICATE,
    P_SERVER_KEY, P_CLIENT_KEY, P_ALERT, P_END,
};
static const struct tt_name kinds[] = {
    {RECORD, "record"}, {P_CLIENT_HELLO, "client_hello"}, {P_RETRY, "hello_again"},
    {P_SERVER_HELLO, "server_hello"}, {P_CERTIFICATE, "server_certificate"},
    {P_CLIENT_CERTIFICATE, "client_identity"}, {P_SERVER_KEY, "server_key_exchange"},
    {P_CLIENT_KEY, "client_key_exchange"}, {P_ALERT, "failure"}, {P_END, "end"}, {0, NULL},
};

enum row {
    F_SUBJECT, F_ISSUER, F_SAN, F_SERIAL, F_FINGERPRINT, F_SNI, F_VERSION, F_NOT_BEFORE,
    F_NOT_AFTER, F_RESUMED, F_JA3, F_JA3_TEXT, F_JA3S, F_JA3S_TEXT, F_JA4, F_CLIENT_ALPN,
    F_SERVER_ALPN, F_ALPN, F_DTLS, F_CIPHER, F_CIPHER_CODE, F_GROUP, F_PSK, F_PSK_HINT, F_CID,
    F_RETRY, F_KEY, F_KEY_BITS, F_SIGNATURE, F_CHAIN, F_CLIENT_CERT, F_CLIENT_SUBJECT,
    F_CLIENT_ISSUER, F_CLIENT_SERIAL, F_CLIENT_FINGERPRINT, F_CLIENT_NOT_BEFORE,
    F_CLIENT_NOT_AFTER, F_ALERT_LEVEL, F_ALERT, F_ALERT_BY, F_POSTURE, F_REASON,
    /* of every record, TLS; those of DTLS are BESIDE behind them */
    F_RAW_CONTENT, F_RAW_VERSION, F_RAW_TYPE, F_RAW_HELLO_VERSION, F_RAW_SUPPORTED, F_RAW_SNI,
    F_RAW_SUITE, F_RAW_ALPN, F_RAW_JA3, F_RAW_JA3S, F_RAW_ALERT, F_RAW_PSK,
    F_DTLS_CONTENT, F_DTLS_VERSION, F_DTLS_TYPE, F_DTLS_HELLO_VERSION, F_DTLS_SUPPORTED,
    F_DTLS_SNI, F_DTLS_SUITE, F_DTLS_ALPN, F_DTLS_JA3, F_DTLS_JA3S, F_DTLS_ALERT, F_DTLS_PSK,
    F_EPOCH, F_SEQUENCE, N_ROWS,
};
enum { BESIDE = F_DTLS_CONTENT - F_RAW_CONTENT };

#define ROW(row, path, doc, names, keyword, type, flags) \
    [row] = {path, doc, names, keyword, NULL, type, 0, flags}
#define STR(row, path, doc, keyword) ROW(row, path, doc, NULL, keyword, TT_STR, 0)
#define NUM(row, path, doc) ROW(row, path, doc, NULL, NULL, TT_UINT, 0)
#define ENUM(row, path, doc, names, keyword) ROW(row, path, doc, names, keyword, TT_ENUM, 0)
#define BOOL(row, path, doc) ROW(row, path, doc, NULL, NULL, TT_BOOL, 0)
#define RAW(row, path, doc, tshark, type, flags) \
    [row] = {path, doc, NULL, NULL, tshark, type, 0, TT_UNRECORDED | (flags)}
/* As tshark names it in both protocols. */
#define BOTH(row, path, doc, tshark, type, flags) \
    RAW(row, path, doc, "tls." tshark, type, flags), \
    RAW((row) + BESIDE, "dtls_" path, doc, "dtls." tshark, type, flags)

static const struct tt_field fields[N_ROWS] = {
    STR(F_SUBJECT, "subject", "Whom the server's certificate names.", "tls.cert_subject"),
    STR(F_ISSUER, "issuerdn", "Who signed it.", "tls.cert_issuer"),
    STR(F_SAN, "subjectaltname[]", "Names and addresses that it is for.", "tls.subjectaltname"),
    STR(F_SERIAL, "serial", "Its number.", "tls.cert_serial"),
    STR(F_FINGERPRINT, "fingerprint", "SHA-1 of it.", "tls.cert_fingerprint"),
    STR(F_SNI, "sni", "Name of the server that the client asks for.", NULL),
    ENUM(F_VERSION, "version", "Version that the server chose.", versions, NULL),
    STR(F_NOT_BEFORE, "notbefore", "Start of its validity.", NULL),
    STR(F_NOT_AFTER, "notafter", "End of its validity.", NULL),
    BOOL(F_RESUMED, "session_resumed", "An earlier session goes on."),
    STR(F_JA3, "ja3.hash", "Fingerprint of the client, MD5.", "ja3.hash"),
    STR(F_JA3_TEXT, "ja3.string", "What it is made from.", "ja3.string"),
    STR(F_JA3S, "ja3s.hash", "Fingerprint of the server, MD5.", "ja3s.hash"),
    STR(F_JA3S_TEXT, "ja3s.string", "What it is made from.", "ja3s.string"),
    STR(F_JA4, "ja4", "Fingerprint of the client, JA4.", "ja4.hash"),
    STR(F_CLIENT_ALPN, "client_alpns[]", "Protocols that the client would speak.", "tls.alpn"),
    STR(F_SERVER_ALPN, "server_alpns[]", "Protocol that the server chose.", "tls.alpn"),
    STR(F_ALPN, "alpn", "Protocol that both speak.", NULL),
    BOOL(F_DTLS, "dtls", "Over datagrams."),
    STR(F_CIPHER, "cipher", "Cipher suite that the server chose.", NULL),
    NUM(F_CIPHER_CODE, "cipher_code", "Its number."),
    ENUM(F_GROUP, "group", "Group of the key exchange.", groups, NULL),
    ROW(F_PSK, "psk_identity", "Which pre-shared key the client uses.", NULL, NULL, TT_STR,
        TT_IDENTITY),
    STR(F_PSK_HINT, "psk_identity_hint", "The server's hint which to use.", NULL),
    ROW(F_CID, "connection_id", "Identifier on records to the server (RFC 9146).", NULL, NULL,
        TT_BYTES, 0),
    BOOL(F_RETRY, "retry", "The client was asked to say hello again: cookie, or another group."),
    ENUM(F_KEY, "key.type", "Kind of the certificate's key.", key_names, NULL),
    NUM(F_KEY_BITS, "key.bits", "Its length."),
    ENUM(F_SIGNATURE, "signature", "How the certificate is signed.", signature_names, NULL),
    NUM(F_CHAIN, "chain_length", "Certificates sent."),
    BOOL(F_CLIENT_CERT, "client_certificate", "The client showed a certificate."),
    STR(F_CLIENT_SUBJECT, "client.subject", "Whom the client's certificate names.", NULL),
    STR(F_CLIENT_ISSUER, "client.issuerdn", "Who signed it.", NULL),
    STR(F_CLIENT_SERIAL, "client.serial", "Its number.", NULL),
    STR(F_CLIENT_FINGERPRINT, "client.fingerprint", "SHA-1 of it.", NULL),
    STR(F_CLIENT_NOT_BEFORE, "client.notbefore", "Start of its validity.", NULL),
    STR(F_CLIENT_NOT_AFTER, "client.notafter", "End of its validity.", NULL),
    ENUM(F_ALERT_LEVEL, "alert.level", "How bad.", alert_levels, NULL),
    ENUM(F_ALERT, "alert.description", "Why the handshake failed.", alerts, NULL),
    ENUM(F_ALERT_BY, "alert.by", "Who said so.", sides, NULL),
    ENUM(F_POSTURE, "posture", "How good it is.", postures, NULL),
    ENUM(F_REASON, "reasons[]", "What is not good.", reasons, NULL),
    BOTH(F_RAW_CONTENT, "record_type[]", "Type of a record.", "record.content_type", TT_UINT, 0),
    BOTH(F_RAW_VERSION, "record_version[]", "Its version.", "record.version", TT_UINT,
         TT_TSHARK_HEX),
    BOTH(F_RAW_TYPE, "handshake_type[]", "Type of a handshake message.", "handshake.type", TT_UINT,
         0),
    BOTH(F_RAW_HELLO_VERSION, "hello_version[]", "Version in a hello.", "handshake.version",
         TT_UINT, TT_TSHARK_HEX),
    BOTH(F_RAW_SUPPORTED, "supported_version[]", "Version that is supported.",
         "handshake.extensions.supported_version", TT_UINT, TT_TSHARK_HEX),
    BOTH(F_RAW_SNI, "hello_sni[]", "Name asked for.", "handshake.extensions_server_name", TT_STR,
         0),
    BOTH(F_RAW_SUITE, "hello_suite[]", "Cipher suite.", "handshake.ciphersuite", TT_UINT,
         TT_TSHARK_HEX),
    BOTH(F_RAW_ALPN, "hello_alpn[]", "Protocol offered or chosen.",
         "handshake.extensions_alpn_str", TT_STR, 0),
    BOTH(F_RAW_JA3, "hello_ja3[]", "JA3.", "handshake.ja3", TT_STR, 0),
    BOTH(F_RAW_JA3S, "hello_ja3s[]", "JA3S.", "handshake.ja3s", TT_STR, 0),
    BOTH(F_RAW_ALERT, "alert_description[]", "Alert.", "alert_message.desc", TT_UINT, 0),
    BOTH(F_RAW_PSK, "hello_psk[]", "Pre-shared key.",
         "handshake.extensions.psk.identity.identity", TT_BYTES, 0),
    RAW(F_EPOCH, "epoch[]", "Epoch of a record.", "dtls.record.epoch", TT_UINT, 0),
    RAW(F_SEQUENCE, "sequence[]", "Number of a record.", "dtls.record.sequence_number", TT_UINT, 0),
};

enum oddity {
    A_MALFORMED, A_RECORD_VERSION, A_RECORD_LENGTH, A_RECORD_TYPE, A_HANDSHAKE_LENGTH, A_HANDSHAKE,
    A_HANDSHAKE_CUT, A_CERTIFICATE, A_HEARTBEAT, A_HEARTBEAT_LENGTH, A_ALERT, A_SNI, A_SNI_TWICE,
    A_SUITES, A_EXTENSION, A_EXTENSION_TWICE, A_FRAGMENT, A_FRAGMENT_LENGTH, A_FRAGMENT_OVERLAP,
    A_CHANGE, A_CID, A_UNKEPT, N_ODDITIES,
};
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Not a record."},
    [A_RECORD_VERSION] = {"invalid_record_version", "Version that no TLS has."},
    [A_RECORD_LENGTH] = {"invalid_record_length", "Record longer than 18432 octets, or empty."},
    [A_RECORD_TYPE] = {"invalid_record_type", "Content type that is not defined."},
    [A_HANDSHAKE_LENGTH] = {"handshake_invalid_length",
                            "Handshake message that is longer than any, or than what it holds."},
    [A_HANDSHAKE] = {"invalid_handshake_message", "Handshake message whose parts do not fit."},
    [A_HANDSHAKE_CUT] = {"handshake_message_cut", "Only the start of the message was read."},
    [A_CERTIFICATE] = {"certificate_invalid", "Certificate that cannot be read."},
    [A_HEARTBEAT] = {"invalid_heartbeat_message", "Heartbeat of a kind or length that is not one."},
    [A_HEARTBEAT_LENGTH] = {"overflow_heartbeat_message",
                            "Heartbeat that announces more than it holds (CVE-2014-0160)."},
    [A_ALERT] = {"error_message_encountered", "Alert whose level or length is not one."},
    [A_SNI] = {"invalid_sni", "Server name that is empty, has a NUL or is not one."},
    [A_SNI_TWICE] = {"multiple_sni_extensions", "More than one list of server names."},
    [A_SUITES] = {"invalid_cipher_suites", "List of suites that is empty or odd (CVE-2021-42143)."},
    [A_EXTENSION] = {"invalid_extension", "Extension whose lengths do not fit."},
    [A_EXTENSION_TWICE] = {"repeated_extension", "The same extension twice."},
    [A_FRAGMENT] = {"fragment_contradiction", "Fragments that name different lengths."},
    [A_FRAGMENT_LENGTH] = {"fragment_beyond_message", "Fragment that ends behind its message."},
    [A_FRAGMENT_OVERLAP] = {"fragment_overlap", "Fragments of one message that overlap."},
    [A_CHANGE] = {"invalid_change_cipher_spec", "Change of cipher that is not one octet 1."},
    [A_CID] = {"connection_id_mismatch", "Record with another connection id than agreed."},
    [A_UNKEPT] = {"handshake_not_kept", "No memory to put a message's fragments together."},
};
_Static_assert(N_ROWS <= TT_FIELDS_MAX && N_ODDITIES <= 64, "engine's limits");
/* clang-format on */

#endif
