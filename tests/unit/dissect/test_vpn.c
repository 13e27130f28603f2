/* SPDX-License-Identifier: BSD-3-Clause
 *
 * WireGuard, OpenVPN and IKE: what is said, what is recognised and when, by octets built after the
 * specifications (RFC 2408, 2409, 3948, 7296; draft-openvpn-wire-protocol; WireGuard 5.4).
 */
#include "unit/dissect/tls_rig.h"

extern const struct tt_dissector tt_dissector_wireguard, tt_dissector_openvpn, tt_dissector_ike;

#define TAKE(d, text) assert_true(rig_parse(r, d, octets(text)))
#define R116          R32 R32 R32 "000102030405060708090a0b0c0d0e0f10111213"
#define INITIATION                                                                                 \
    "01000000 78563412" R116 "000102030405060708090a0b0c0d0e0f"                                    \
    "0001020304050607"
#define RESPONSE             "02000000 01000000 78563412" R32 R32 "000102030405060708090a0b0c0d0e0f"
#define CARRIED(to, counter) "04000000" to counter R32

static struct rig *new (const struct tt_dissector *d, enum tt_transport transport)
{
    struct rig *r = rig_new(d, true);
    r->state[1] = (uint8_t)transport;
    return r;
}

static void wireguard(void **unused)
{
    const struct tt_dissector *d = &tt_dissector_wireguard;
    struct rig *r = new (d, TT_UDP);
    struct tt_bytes first = octets(INITIATION), answer = octets(RESPONSE);
    assert_int_equal(first.n, 148);
    assert_int_equal(answer.n, 92);
    TAKE(C, INITIATION);
    KIND("initiation");
    NUMBER("sender", 0x12345678); /* little-endian */
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    uint32_t key = r->m.tx_key;
    TAKE(S, RESPONSE);
    NUMBER("sender", 1);
    NUMBER("receiver", 0x12345678);
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    assert_int_equal(r->m.tx_key, key);
    TAKE(C, CARRIED("01000000", "0100000000000000"));
    NUMBER("counter", 1);
    NUMBER("octets", 32);
    assert_int_equal(r->m.tx_role, TT_TX_NONE);
    assert_false(rig_parse(r, C, octets("01000000 00")));
    assert_int_equal(d->probe(first, C), TT_PROBE_MAYBE);
    assert_int_equal(d->probe(octets("04000000" R32 "00"), C), TT_PROBE_NO);
    assert_true(d->confirm(first, C, answer, S));
    assert_false(d->confirm(answer, S, first, C));
    struct tt_bytes one = octets(CARRIED("01000000", "0100000000000000"));
    assert_true(d->confirm(one, C, octets(CARRIED("01000000", "0200000000000000")), C));
    assert_false(d->confirm(one, C, octets(CARRIED("02000000", "0200000000000000")), C));
    assert_false(d->confirm(one, C, one, C));
    rig_free(r);
    (void)unused;
}

#define CLIENT_RESET "38 0102030405060708 00 00000000"
#define SERVER_RESET "40 1112131415161718 01 00000000 0102030405060708 00000000"

static void openvpn(void **unused)
{
    const struct tt_dissector *d = &tt_dissector_openvpn;
    struct rig *r = new (d, TT_UDP);
    TAKE(C, CLIENT_RESET);
    NAMED("opcode", "hard_reset_client_v2");
    IS("session", "0102030405060708");
    NUMBER("authenticated", 0);
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    TAKE(S, SERVER_RESET);
    IS("peer_session", "0102030405060708");
    NUMBER("authenticated", 0);
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    TAKE(C, "21 0102030405060709 00 00000001");
    NAMED("opcode", "control");
    NUMBER("key_id", 1);
    ODD("session_changed");
    TAKE(C, "48 000000" R32);
    NAMED("opcode", "data_v2");
    rig_free(r);
    r = new (d, TT_UDP); /* proven by a key: a hash and a number behind the session */
    TAKE(C, "38 0102030405060708 <1" R32 "> 00");
    NUMBER("authenticated", 1);
    assert_int_equal(d->probe_datagram(octets(CLIENT_RESET), C), TT_PROBE_YES);
    assert_int_equal(d->probe_datagram(octets("38 0102030405060708 00 00000001"), C),
                     TT_PROBE_MAYBE);
    assert_int_equal(d->probe_datagram(octets("39 0102030405060708 00 00000001"), C), TT_PROBE_NO);
    assert_true(d->confirm(octets(CLIENT_RESET), C, octets(SERVER_RESET), S));
    assert_false(d->confirm(octets("38 0102030405060709 00 00000000"), C, octets(SERVER_RESET), S));
    assert_int_equal(d->probe(octets("000e" CLIENT_RESET), C), TT_PROBE_YES);
    assert_int_equal(d->probe(octets("000d" CLIENT_RESET), C), TT_PROBE_NO);
    assert_true(d->unit_length(r->state, octets("000e" CLIENT_RESET), 0, C) == 16);
    assert_true(d->unit_length(r->state, octets("0100 48"), 0, C) == TT_UNIT_PASS(3, 255));
    rig_free(r);
    (void)unused;
}

#define SPIS "0102030405060708 0000000000000000"
/* One proposal for IKE: AES-CBC 256, then 3DES; PRF and integrity by MD5; MODP 1024. */
#define SA_2                                                                                       \
    "21 20 22 08 00000000 00000064"                                                                \
    "2b 00 0038 00 00 0034 01 01 00 05"                                                            \
    "03 00 000c 01 00 000c 800e 0100 03 00 0008 01 00 0003 03 00 0008 02 00 0001"                  \
    "03 00 0008 03 00 0001 00 00 0008 04 00 0002"                                                  \
    "29 00 0008 'abcd' 00 00 0008 00 00 4004"

static void ike_of_version_2(void **unused)
{
    const struct tt_dissector *d = &tt_dissector_ike;
    struct rig *r = new (d, TT_UDP);
    struct tt_bytes b = octets(SPIS SA_2);
    assert_int_equal(b.n, 0x64);
    assert_int_equal(d->probe(b, C), TT_PROBE_YES);
    assert_true(rig_parse(r, C, b));
    NUMBER("version_major", 2);
    NUMBER("exchange_type", 34);
    NAMED("exchange", "ike_sa_init");
    IS("init_spi", "0102030405060708");
    IS("payload[]", "33|43|41");
    IS("proposals[].alg_enc", "12|3");
    IS("proposals[].key_bits", "256");
    IS("proposals[].alg_prf", "1");
    IS("proposals[].alg_auth", "1");
    IS("proposals[].alg_dh", "2");
    IS("vendor_ids[]", "61626364");
    IS("notify[]", "16388");
    NAMED("posture", "weak");
    IS("reasons[]", "2|4|6");
    ODD("");
    TAKE(C, "00000000" SPIS SA_2); /* on port 4500 */
    ODD("");
    assert_int_equal(d->probe(octets("00000000" SPIS SA_2), C), TT_PROBE_YES);
    assert_int_equal(d->probe(octets(SPIS SA_2 "00"), C), TT_PROBE_NO);
    rig_free(r);
    (void)unused;
}

/* RFC 2409, 5.4 and appendix A: aggressive mode, 3DES, SHA, a shared key, group 2. */
static void ike_of_version_1(void **unused)
{
    struct rig *r = new (&tt_dissector_ike, TT_UDP);
    TAKE(C, SPIS "01 10 04 00 00000000 0000005a"
                 "05 00 0030 00000001 00000001 00 00 0024 01 01 00 01"
                 "00 00 001c 01 01 0000 8001 0005 8002 0002 8003 0001 8004 0002 800b 0001"
                 "00 00 000e 02 11 01f4 'meter7'");
    NAMED("exchange", "aggressive_mode");
    IS("proposals[].alg_enc", "261");
    NAMED("proposals[].alg_enc", "3des");
    NAMED("proposals[].alg_auth", "sha1");
    NAMED("proposals[].auth_method", "pre_shared_key");
    NAMED("proposals[].alg_dh", "modp1024");
    IS("identity", "meter7");
    IS("reasons[]", "0|2|5|6");
    ODD("");
    TAKE(C, SPIS "01 10 04 00 00000000 00000020 00 00 0030");
    ODD("payload_overrun");
    rig_free(r);
    (void)unused;
}

static void esp_in_udp(void **unused)
{
    struct rig *r = new (&tt_dissector_ike, TT_UDP);
    TAKE(C, "c0010203 00000011" R32);
    KIND("esp_in_udp");
    NUMBER("esp_spi", 0xc0010203);
    NUMBER("esp_sequence", 17);
    assert_int_equal(r->m.tx_role, TT_TX_NONE);
    TAKE(C, "ff");
    KIND("nat_keepalive");
    assert_int_equal(r->d->probe(octets("c0010203 00000011" R32), C), TT_PROBE_PORT);
    assert_int_equal(r->d->probe(octets("ff"), C), TT_PROBE_NO);
    rig_free(r);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wireguard),        cmocka_unit_test(openvpn),
        cmocka_unit_test(ike_of_version_2), cmocka_unit_test(ike_of_version_1),
        cmocka_unit_test(esp_in_udp),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
