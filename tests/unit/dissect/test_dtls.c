/* SPDX-License-Identifier: BSD-3-Clause
 *
 * DTLS (RFC 6347): cookies, fragments in any order, what comes again, epochs; connection ids
 * (RFC 9146); headers of 1.3 (RFC 9147); what shares its ports (RFC 7983).
 */
#include "unit/dissect/tls_rig.h"

#define TAKE(d, text)                          assert_true(rig_parse(r, d, octets(text)))
#define RECORD_IN(type, epoch, number, inside) type "fefd" epoch number "<2" inside ">"
/* Type, length, number, offset, then a fragment behind its length. */
#define MESSAGE(type, length, number, offset, part)                                                \
    RECORD_IN("16", "0000", "00000000 0001", type length number offset "<3" part ">")
/* 44 and 40 octets, and cookie and extensions */
#define HELLO(cookie, extensions) "fefd" R32 "00 <1" cookie "> 0002 00a8 0100 <2" extensions ">"
#define CHOICE(extensions)        "fefd" R32 "00 00a8 00 <2" extensions ">"

static struct rig *new (void)
{
    struct rig *r = rig_new(&tt_dissector_tls, true);
    r->state[1] = TT_UDP;
    return r;
}

static void association(void **unused)
{
    struct rig *r = new ();
    TAKE(C, MESSAGE("01", "00002c", "0000", "000000", HELLO("", "")));
    KIND("client_hello");
    NUMBER("dtls", 1);
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    TAKE(S, MESSAGE("03", "000007", "0000", "000000", "feff <1 01020304>"));
    NUMBER("retry", 1);
    assert_int_equal(r->m.tx_role, TT_TX_MORE);
    TAKE(C, MESSAGE("01", "000030", "0001", "000000", HELLO("01020304", "")));
    assert_int_equal(r->m.tx_role, TT_TX_NONE); /* nothing new */
    TAKE(S, MESSAGE("02", "000028", "0001", "000000", CHOICE(""))
                MESSAGE("0e", "000000", "0002", "000000", ""));
    NAMED("version", "DTLS 1.2");
    IS("cipher", "TLS_PSK_WITH_AES_128_GCM_SHA256");
    IS("dtls_handshake_type[]", "2|14");
    TAKE(C, MESSAGE("10", "000009", "0002", "000000", "<2'meter-7'>") RECORD_IN(
                "14", "0000", "00000000 0003", "01") RECORD_IN("16", "0001", "00000000 0000", R32));
    IS("psk_identity", "meter-7");
    IS("epoch[]", "0|0|1");
    TAKE(C, MESSAGE("10", "000009", "0002", "000000", "<2'meter-7'>")); /* again, in clear */
    IS("dtls_handshake_type[]", "16");
    IS("psk_identity", "(none)");
    TAKE(S, RECORD_IN("14", "0000", "00000000 0005", "01")
                RECORD_IN("16", "0001", "00000000 0000", R32));
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    NAMED("posture", "weak");
    NUMBER("reasons[]", 12);
    TAKE(C, RECORD_IN("17", "0001", "00000000 0001", R32));
    assert_int_equal(r->m.tx_role, TT_TX_NONE);
    TAKE(C, MESSAGE("01", "00002c", "0000", "000000", HELLO("", ""))); /* a new one */
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    NUMBER("dtls", 1);
    rig_free(r);
    (void)unused;
}

/* A hello of 40 octets in three parts: 10, 20 and 10. */
static void part(struct rig *r, uint32_t offset, uint32_t n, const char *oddity)
{
    struct tt_bytes whole = octets(CHOICE(""));
    uint8_t b[100] = {0x16,
                      0xfe,
                      0xfd,
                      0,
                      0,
                      0,
                      0,
                      0,
                      0,
                      0,
                      1,
                      0,
                      (uint8_t)(12 + n),
                      2,
                      0,
                      0,
                      40,
                      0,
                      7,
                      0,
                      0,
                      (uint8_t)offset,
                      0,
                      0,
                      (uint8_t)n};
    assert_int_equal(whole.n, 40);
    memcpy(b + 25, whole.p + offset, n);
    assert_true(rig_parse(r, S, (struct tt_bytes){b, 25 + n}));
    ODD(oddity);
}

static void fragments(void **unused)
{
    struct rig *r = new ();
    part(r, 0, 10, "");
    KIND("record");
    part(r, 30, 10, "");
    part(r, 10, 20, ""); /* fills the hole */
    KIND("server_hello");
    NAMED("version", "DTLS 1.2");
    assert_int_equal(r->more.pieces.used, 0);
    part(r, 10, 20, ""); /* late: the message was read */
    KIND("record");
    assert_int_equal(r->more.pieces.used, 0);
    rig_free(r);
    r = new ();
    part(r, 0, 10, "");
    part(r, 0, 10, ""); /* again */
    part(r, 5, 20, "fragment_overlap");
    rig_free(r);
    r = new ();
    TAKE(S, MESSAGE("02", "000028", "0001", "000027", "0102"));
    ODD("fragment_beyond_message");
    TAKE(S, MESSAGE("02", "000028", "0001", "000000", "0102"));
    TAKE(S, MESSAGE("02", "000029", "0001", "000002", "0102"));
    ODD("fragment_contradiction");
    rig_free(r);
    (void)unused;
}

/* The client wants 2 octets on records to itself, the server 4. */
static void connection_ids(void **unused)
{
    struct rig *r = new ();
    TAKE(C, MESSAGE("01", "000033", "0000", "000000", HELLO("", "0036<2<1 a1a2>>")));
    TAKE(S, MESSAGE("02", "000031", "0000", "000000", CHOICE("0036<2<1 b1b2b3b4>>")));
    IS("connection_id", "b1b2b3b4");
    TAKE(C, "19 fefd 0001 000000000001 b1b2b3b4 <2" R32 ">");
    ODD("");
    TAKE(C, "19 fefd 0001 000000000002 b1b2b3b5 <2" R32 ">");
    ODD("connection_id_mismatch");
    TAKE(S, "19 fefd 0001 000000000001 a1a2 <2" R32 ">");
    ODD("");
    rig_free(r);
    r = new (); /* not agreed on: the server says nothing of it */
    TAKE(C, MESSAGE("01", "000033", "0000", "000000", HELLO("", "0036<2<1 a1a2>>")));
    TAKE(S, MESSAGE("02", "000028", "0000", "000000", CHOICE("")));
    IS("connection_id", "(none)");
    rig_free(r);
    (void)unused;
}

static void version_1_3(void **unused)
{
    struct rig *r = new ();
    TAKE(C, MESSAGE("01", "000033", "0000", "000000", HELLO("", "002b<2<1 fefc>>")));
    TAKE(S, MESSAGE("02", "00002e", "0000", "000000", CHOICE("002b<2 fefc>")));
    NAMED("version", "DTLS 1.3");
    TAKE(S, "2e 0000 0020" R32 "2e 0001 0020" R32);
    assert_int_equal(r->m.tx_role, TT_TX_NONE);
    TAKE(C, "2a 00 20" R32); /* epoch 2, no length: all of it */
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    rig_free(r);
    (void)unused;
}

static void others(void **unused)
{
    const struct tt_dissector *d = &tt_dissector_tls;
    struct rig *r = new ();
    TAKE(C, MESSAGE("01", "00002c", "0000", "000000", HELLO("", "")));
    TAKE(C, "0001 0000 2112a442 000102030405060708090a0b"); /* STUN */
    ODD("");
    TAKE(C, "80 60 0001"); /* RTP */
    ODD("");
    assert_false(rig_parse(r, C, octets("17 fefd 0001 00000000 0001 0010 00")));
    struct tt_bytes hello = octets(MESSAGE("01", "00002c", "0000", "000000", HELLO("", "")));
    struct tt_bytes first = octets(RECORD_IN("17", "0001", "00000000 0001", R32));
    struct tt_bytes second = octets(RECORD_IN("17", "0001", "00000000 0002", R32));
    assert_int_equal(d->probe_datagram(hello, C), TT_PROBE_YES);
    assert_int_equal(d->probe_datagram(first, C), TT_PROBE_MAYBE);
    assert_int_equal(d->probe_datagram(octets("17 fefd 0001 00000000 0001 0010 00"), C),
                     TT_PROBE_NO);
    assert_true(d->confirm(first, C, second, C));
    assert_false(d->confirm(second, C, first, C));
    assert_true(d->confirm(first, C, first, S));
    rig_free(r);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(association),    cmocka_unit_test(fragments),
        cmocka_unit_test(connection_ids), cmocka_unit_test(version_1_3),
        cmocka_unit_test(others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
