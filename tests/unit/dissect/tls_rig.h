/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Octets for the tests of TLS: hexadecimal digits, 'texts', and blocks behind their own length:
 * <1 …>, <2 …>, <3 …> with that in one, two or three octets. The last 16 stay valid.
 */
#ifndef TESTS_DISSECT_TLS_RIG_H
#define TESTS_DISSECT_TLS_RIG_H

#include "unit/dissect/sms_rig.h"

extern const struct tt_dissector tt_dissector_tls;

static inline struct tt_bytes octets(const char *text)
{
    static uint8_t ring[16][20000];
    static unsigned next;
    uint8_t *p = ring[next++ % 16];
    uint32_t n = 0, starts[8], depth = 0, sizes[8];
    for (; *text; text++) {
        if (*text == '\'') {
            for (text++; *text != '\''; text++) {
                p[n++] = (uint8_t)*text;
            }
        } else if (*text == '<') {
            sizes[depth] = (uint32_t)(*++text - '0');
            starts[depth] = n;
            n += sizes[depth++];
        } else if (*text == '>') {
            uint32_t size = sizes[--depth], length = n - starts[depth] - size;
            for (uint32_t i = 0; i < size; i++) {
                p[starts[depth] + i] = (uint8_t)(length >> 8 * (size - 1 - i));
            }
        } else if (*text != ' ' && *text != '\n') {
            char two[3] = {text[0], text[1], 0};
            p[n++] = (uint8_t)strtoul(two, NULL, 16);
            text++;
        }
    }
    assert_int_equal(depth, 0);
    return (struct tt_bytes){p, n};
}

#define R32 "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
/* A record of TLS, a record of DTLS with a whole message. */
#define RECORD_OF(type, inside)    type "0303 <2" inside ">"
#define HANDSHAKE_OF(type, inside) RECORD_OF("16", type "<3" inside ">")
/* Hellos: version, session, suites, extensions. */
#define CLIENT(version, session, suites, extensions)                                               \
    HANDSHAKE_OF("01", version R32 "<1" session "><2" suites "> 0100 <2" extensions ">")
#define SERVER(version, session, suite, extensions)                                                \
    HANDSHAKE_OF("02", version R32 "<1" session ">" suite "00 <2" extensions ">")

/* RFC 8448, 3. */
static const char trace_client[] =
    "16 03 01 <2 01 00 00 c0 03 03 cb 34 ec b1 e7 81 63 ba 1c 38 c6 da cb 19 6a 6d ff a2 1a 8d 99"
    "12 ec 18 a2 ef 62 83 02 4d ec e7 00 00 06 13 01 13 03 13 02 01 00 00 91 00 00 00 0b 00 09 00"
    "00 06 73 65 72 76 65 72 ff 01 00 01 00 00 0a 00 14 00 12 00 1d 00 17 00 18 00 19 01 00 01 01"
    "01 02 01 03 01 04 00 23 00 00 00 33 00 26 00 24 00 1d 00 20 99 38 1d e5 60 e4 bd 43 d2 3d 8e"
    "43 5a 7d ba fe b3 c0 6e 51 c1 3c ae 4d 54 13 69 1e 52 9a af 2c 00 2b 00 03 02 03 04 00 0d 00"
    "20 00 1e 04 03 05 03 06 03 02 03 08 04 08 05 08 06 04 01 05 01 06 01 02 01 04 02 05 02 06 02"
    "02 02 00 2d 00 02 01 01 00 1c 00 02 40 01>";
static const char trace_server[] =
    "16 03 03 <2 02 00 00 56 03 03 a6 af 06 a4 12 18 60 dc 5e 6e 60 24 9c d3 4c 95 93 0c 8a c5 cb"
    "14 34 da c1 55 77 2e d3 e2 69 28 00 13 01 00 00 2e 00 33 00 24 00 1d 00 20 c9 82 88 76 11 20"
    "95 fe 66 76 2b db f7 c6 72 e1 56 d6 cc 25 3b 83 3d f1 dd 69 b1 b0 4e 75 1f 0f 00 2b 00 02 03"
    "04>";

/* Made by openssl; its subject in UTF-8: C=DE, O=Zähler AG, CN=meter.example. */
#define CERTIFICATE_OF_METER                                                                       \
    "308201a53082014ca003020102020300fe01300a06082a8648ce3d040302303a310b3009060355040613024445"   \
    "31133011060355040a0c0a5ac3a4686c65722041473116301406035504030c0d6d657465722e6578616d706c65"   \
    "301e170d3236313132323034353132325a170d3237313132323034353132325a303a310b300906035504061302"   \
    "444531133011060355040a0c0a5ac3a4686c65722041473116301406035504030c0d6d657465722e6578616d70"   \
    "6c653059301306072a8648ce3d020106082a8648ce3d03010703420004397ae8b7caf98bb08308cc1c8795dd12"   \
    "977c2ed712e678161d569fad9f9957e04fa8956c84997d80d561dc208090ef59acfc6a5cd3d4410efb2b8078f3"   \
    "e6e36da341303f301e0603551d1104173015820d6d657465722e6578616d706c658704c0000201301d0603551d"   \
    "0e04160414381aace963f0411e2ab5161f2ef5abcac6471603300a06082a8648ce3d0403020347003044022055"   \
    "cb84aae46fab491ac3cee63fd3d962a43e94760fb8911cfc2f1f564c6e8490022011081ddf07417d3c0aecdd8b"   \
    "1fba57e449a7f905b5ff0175f1da10f8d024bcd5"

#endif
