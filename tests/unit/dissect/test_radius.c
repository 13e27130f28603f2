/* SPDX-License-Identifier: BSD-3-Clause
 *
 * RADIUS: the examples of RFC 2865 (7.1 to 7.3, octet for octet), attributes of 3GPP built after
 * TS 29.061 (16.4.7), what is forbidden, pairing, what is recognised and when. Other expected
 * values by arithmetic.
 */
#include "unit/dissect/sms_rig.h"

extern const struct tt_dissector tt_dissector_radius;

#define NEW() rig_new(&tt_dissector_radius, true)

static struct tt_bytes hex(const char *text)
{
    return written(text, 0);
}

#define AUTH  " 00112233445566778899aabbccddeeff "
#define AUTH2 " 10112233445566778899aabbccddeeff "
/* Acct-Status-Type, Acct-Session-Id */
#define ACCOUNT              "04 05 LL LL" AUTH "2806 00000001 2c04 'zz'"
#define THREE_GPP(n, inside) " 1a" n " 000028af " inside

static const char telnet[] = "01 00 00 38 0f 40 3f 94 73 97 80 57 bd 83 d5 cb 98 f4 22 7a 01 06 6e "
                             "65 6d 6f 02 12 0d be 70 8d 93 d4 13 ce 31 96 e4 3f 78 2a 0a ee 04 06 "
                             "c0 a8 01 10 05 06 00 00 00 03";
static const char telnet_accept[] =
    "02 00 00 26 86 fe 22 0e 76 24 ba 2a 10 05 f6 bf 9b 55 e0 b2 06 "
    "06 00 00 00 01 0f 06 00 00 00 00 0e 06 c0 a8 01 03";

static struct tt_bytes value(const struct rig *r, const char *path)
{
    const struct tt_value *v = rig_value(r, path, 0);
    return v ? (struct tt_bytes){v->p, v->n} : (struct tt_bytes){NULL, 0};
}

#define ADDRESS(path, text) assert_true(tt_bytes_equal(value(r, path), hex(text)))
#define V4                  "0000 0000 0000 0000 0000 ffff "

static void examples_of_the_rfc(void **unused)
{
    struct rig *r = NEW();
    assert_true(rig_parse(r, C, hex(telnet)));
    KIND("request");
    NAMED("code", "access_request");
    NUMBER("id", 0);
    NUMBER("length", 56);
    IS("authenticator", "0f403f9473978057bd83d5cb98f4227a");
    IS("user", "nemo");
    IS("password", "0dbe708d93d413ce3196e43f782a0aee");
    assert_true(r->d->fields[rig_value(r, "password", 0)->field].flags & TT_SECRET);
    ADDRESS("nas_ip", V4 "c0a80110");
    NUMBER("nas_port", 3);
    NUMBER("message_authenticator", 0);
    ODD("missing_message_authenticator");
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    uint32_t key = r->m.tx_key;
    assert_true(rig_parse(r, S, hex(telnet_accept)));
    KIND("response");
    NAMED("code", "access_accept");
    NAMED("service_type", "login");
    NUMBER("login_service", 0);
    ADDRESS("login_host[]", V4 "c0a80103");
    ODD("answer_without_message_authenticator");
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    assert_int_equal(r->m.tx_key, key);
    assert_int_equal(r->m.tx_asker, C);
    /* 7.2: CHAP */
    assert_true(rig_parse(r, C,
                          hex("01 01 00 47 2a ee 86 f0 8d 0d 55 96 9c a5 97 8e 0d 33 67 a2 01 08 66"
                              "6c 6f 70 73 79 03 13 16 e9 75 57 c3 16 18 58 95 f2 93 ff 63 44 07 72"
                              "75 04 06 c0 a8 01 10 05 06 00 00 00 14 06 06 00 00 00 02 07 06 00 00"
                              "00 01")));
    IS("user", "flopsy");
    IS("chap_password", "16e97557c316185895f293ff6344077275");
    NAMED("service_type", "framed");
    NAMED("framed_protocol", "ppp");
    NUMBER("nas_port", 20);
    assert_true(r->m.tx_key != key);
    assert_true(rig_parse(r, S,
                          hex("02 01 00 38 15 ef bc 7d ab 26 cf a3 dc 34 d9 c0 3c 86 01 a4 06 06 00"
                              "00 00 02 07 06 00 00 00 01 08 06 ff ff ff fe 0a 06 00 00 00 00 0d 06"
                              "00 00 00 01 0c 06 00 00 05 dc")));
    ADDRESS("framed_ip", V4 "fffffffe");
    NUMBER("framed_routing", 0);
    NUMBER("framed_compression[]", 1);
    NUMBER("framed_mtu", 1500);
    /* 7.3: challenge */
    assert_true(rig_parse(
        r, S,
        hex("0b 02 00 4e 36 f3 c8 76 4a e8 c7 11 57 40 3c 0c 71 ff 9c 45 12 30 43 68 61 6c 6c 65 6e"
            "67 65 20 33 32 37 36 39 34 33 30 2e 20 20 45 6e 74 65 72 20 72 65 73 70 6f 6e 73 65 20"
            "61 74 20 70 72 6f 6d 70 74 2e 18 0a 33 32 37 36 39 34 33 30")));
    NAMED("code", "access_challenge");
    IS("reply_message[]", "Challenge 32769430.  Enter response at prompt.");
    IS("state", "3332373639343330");
    assert_true(rig_parse(r, S, hex("03 03 00 14 a42f4fca45916c4e09c8340f9e746aa0")));
    NAMED("code", "access_reject");
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    rig_free(r);
    (void)unused;
}

static void accounting(void **unused)
{
    struct rig *r = NEW();
    assert_true(rig_parse(
        r, C,
        hex("04 07 LL LL" AUTH "0105 'abc' 2806 00000003 2c04 'zz' 2a06 ffffffff 3406 00000002 2b06"
            "00000001 3506 00000001 2e06 00000e10 2f06 00000005 3006 00000006 3106 00000001"
            "3706 6b020004 1e09 'm2m.iot' 1f0c '4917100007' 0806 0a000007 2007 'ggsn1' 2905 000001"
            "1a0c 000028af 0206 000000a1")));
    NAMED("acct_status", "interim_update");
    IS("session_id", "zz");
    NUMBER("bytes_in", 0x2ffffffff);
    NUMBER("bytes_out", 0x100000001);
    NUMBER("input_octets", 0xffffffff);
    NUMBER("session_time", 3600);
    NUMBER("packets_in", 5);
    NUMBER("packets_out", 6);
    NAMED("terminate_cause", "user_request");
    /* date -u -d @0x6b020004 */
    IS("event_timestamp", "2026-11-21T20:33:08Z");
    IS("event_timestamp_text", "Nov 21, 2026 20:33:08.000000000 UTC");
    IS("apn", "m2m.iot");
    IS("msisdn", "4917100007");
    IS("nas_identifier", "ggsn1");
    assert_ptr_equal(&r->m.values[r->m.identity], rig_value(r, "nas_identifier", 0));
    NUMBER("acct_delay", 1);
    ODD("bad_attribute_value"); /* of three octets */
    NUMBER("charging_id", 161);
    /* leap days: 2000-02-29, 2100-03-01; the last second there is */
    const char *const dates[][3] = {
        {"38bb5980", "2000-02-29T05:30:40Z", "Feb 29, 2000 05:30:40.000000000 UTC"},
        {"f4865700", "2100-01-01T00:00:00Z", "Jan  1, 2100 00:00:00.000000000 UTC"},
        {"f4d41f80", "2100-03-01T00:00:00Z", "Mar  1, 2100 00:00:00.000000000 UTC"},
        {"00000000", "1970-01-01T00:00:00Z", "Jan  1, 1970 00:00:00.000000000 UTC"},
        {"ffffffff", "2106-02-07T06:28:15Z", "Feb  7, 2106 06:28:15.000000000 UTC"}};
    for (unsigned i = 0; i < 5; i++) {
        char text[200];
        snprintf(text, sizeof text, ACCOUNT "3706 %s", dates[i][0]);
        assert_true(rig_parse(r, C, hex(text)));
        IS("event_timestamp", dates[i][1]);
        IS("event_timestamp_text", dates[i][2]);
    }
    assert_true(rig_parse(r, S, hex("05 07 0014" AUTH)));
    NAMED("code", "accounting_response");
    ODD("");
    rig_free(r);
    (void)unused;
}

static void mobile_attributes(void **unused)
{
    struct rig *r = NEW();
    assert_true(rig_parse(
        r, C,
        hex(ACCOUNT THREE_GPP("17", "0111 '262011234567890'")
                THREE_GPP("18", "1412 '4901542032375181'") THREE_GPP("09", "1503 06")
                    THREE_GPP("0c", "0306 00000003") THREE_GPP("0c", "0606 c0000209")
                        THREE_GPP("0c", "0706 c0000201") THREE_GPP("0d", "1207 '26201'")
                            THREE_GPP("09", "0a03 '5'") THREE_GPP("09", "0c03 '0'")
                                THREE_GPP("0c", "0d06 '0800'") THREE_GPP("0a", "1704 8a01")
                                    THREE_GPP("15", "160f 82 62f210 2710 62f210 00012d01"))));
    ODD("");
    IS("imsi", "262011234567890");
    IS("imeisv", "4901542032375181");
    NAMED("rat", "eutran");
    NAMED("pdp_type", "ipv4v6");
    ADDRESS("sgsn", V4 "c0000209");
    ADDRESS("ggsn", V4 "c0000201");
    IS("sgsn_mcc_mnc", "26201");
    IS("nsapi", "5");
    IS("selection_mode", "0");
    IS("charging_characteristics", "0800");
    /* 0x8a: digits swapped 2, 8 with the sign: 28 quarters west; one hour of daylight saving */
    IS("timezone", "-07:00");
    NUMBER("daylight_saving", 1);
    NAMED("location.type", "tai_and_ecgi");
    IS("location.mcc", "262");
    IS("location.mnc", "01");
    NUMBER("location.tac", 10000);
    NUMBER("location.cell", 301 * 256 + 1);
    const struct {
        const char *octets, *type, *mnc, *odd;
        int64_t lac, tac, cell, sac, rac;
    } places[] = {
        {"160a 00 62f210 1234 5678", "cgi", "01", "", 0x1234, -1, 0x5678, -1, -1},
        {"160a 01 130062 ffff 0001", "sai", "260", "", 0xffff, -1, -1, 1, -1},
        {"160a 02 62f210 1234 05ff", "rai", "01", "", 0x1234, -1, -1, -1, 5},
        {"1608 80 62f210 2710", "tai", "01", "", -1, 10000, -1, -1, -1},
        {"160a 81 62f210 f0000001", "ecgi", "01", "", -1, -1, 1, -1, -1},
        {"160b 87 62f210 0102030405", "ncgi", "01", "", -1, -1, 0x102030405, -1, -1},
        {"1609 88 62f210 010203", "5gs_tai", "01", "", -1, 0x010203, -1, -1, -1},
        {"1609 63 62f210 010203", "(none)", "(none)", "", -1, -1, -1, -1, -1},
        {"1606 00 62f2 10", "cgi", "01", "bad_attribute_value", -1, -1, -1, -1, -1},
        {"160a 00 6af210 1234 5678", "cgi", "(none)", "bad_attribute_value", -1, -1, -1, -1, -1},
    };
    for (unsigned i = 0; i < sizeof places / sizeof *places; i++) {
        char text[200];
        unsigned n =
            (unsigned)strtoul((char[]){places[i].octets[2], places[i].octets[3], 0}, NULL, 16);
        snprintf(text, sizeof text, ACCOUNT THREE_GPP("%02x", "%s"), n + 6, places[i].octets);
        assert_true(rig_parse(r, C, hex(text)));
        ODD(places[i].odd);
        NAMED("location.type", places[i].type);
        IS("location.mnc", places[i].mnc);
        NUMBER("location.lac", places[i].lac);
        NUMBER("location.tac", places[i].tac);
        NUMBER("location.cell", places[i].cell);
        NUMBER("location.sac", places[i].sac);
        NUMBER("location.rac", places[i].rac);
    }
    assert_true(rig_parse(r, C, hex(ACCOUNT THREE_GPP("0b", "0105 '12a'"))));
    ODD("bad_imsi");
    assert_true(rig_parse(r, C, hex(ACCOUNT THREE_GPP("0b", "1405 '123'"))));
    ODD("bad_imeisv");
    /* two attributes of the vendor in one; one without a row; a length that does not add up */
    assert_true(rig_parse(r, C, hex(ACCOUNT THREE_GPP("10", "1503 02 0a03 '7' 7004 abcd"))));
    NAMED("rat", "geran");
    IS("nsapi", "7");
    NAMED("attributes[].vendor", "3gpp");
    NAMED("attributes[].name", "3gpp_authorization_reference");
    IS("attributes[].value", "abcd");
    ODD("");
    assert_true(rig_parse(r, C, hex(ACCOUNT THREE_GPP("09", "1504 02"))));
    ODD("bad_vendor_attribute");
    rig_free(r);
    (void)unused;
}

static void other_attributes(void **unused)
{
    struct rig *r = NEW();
    /* Microsoft's keys are secrets; USR's form is its own; RFC 6929, 4.1: 241.1 and 245.26 */
    assert_true(
        rig_parse(r, S,
                  hex("02 01 LL LL" AUTH "1a0c 00000137 1106 01020304 1a0c 000001ad 00000009"
                      "0102 f107 01 00000002 f50b 1a 00 000028af 05 aabb 2606 01020304")));
    ODD("answer_without_message_authenticator");
    IS("attributes[].type", "26|26|241|245|38");
    IS("attributes[].secret", "01020304");
    IS("attributes[].value", "000000090102|00000002|aabb|01020304");
    IS("attributes[].extended_type", "1|26");
    IS("attributes[].vendor_type", "17|5");
    IS("attributes[].vendor", "311|429|10415");
    /* RFC 3162, 2.3; RFC 2868, 3.1; RFC 4675 */
    assert_true(rig_parse(
        r, S,
        hex("02 01 LL LL" AUTH "5012 000102030405060708090a0b0c0d0e0f"
            "610c 0040 20010db800000001 6104 0000 6105 004020"
            "4006 0100000d 4106 0000 0006 5107 01 '1234' 5106 '1234' 3806 3100007b 3a06 32 'abc'"
            "4506 01800102 a812 20010db8000000000000000000000001")));
    ODD("bad_attribute_value"); /* /64 of one octet */
    IS("framed_ipv6_prefix[]", "2001:db8:0:1::/64|::/0|2000::/64");
    IS("framed_ipv6_prefix_octets[]", "004020010db800000001|0000|004020");
    NAMED("tunnel.type[]", "vlan");
    NAMED("tunnel.medium[]", "802");
    IS("tunnel.private_group[]", "1234|1234");
    NUMBER("egress_vlanid[]", 123);
    IS("egress_vlan_name[]", "abc");
    NUMBER("message_authenticator", 1);
    IS("message_authenticator_octets", "000102030405060708090a0b0c0d0e0f");
    assert_true(r->d->fields[rig_value(r, "tunnel.password[]", 0)->field].flags & TT_SECRET);
    ADDRESS("framed_ipv6[]", "20010db8000000000000000000000001");
    /* what may come once and comes twice: the second is told, too, secrets as secrets */
    assert_true(rig_parse(r, C,
                          hex(ACCOUNT THREE_GPP("0c", "0606 c0000209") THREE_GPP(
                              "0c", "0606 cb00710a") "0105 'one' 0105 'two' 0304 0102 0304 0304")));
    ADDRESS("sgsn", V4 "c0000209");
    IS("user", "one");
    IS("attributes[].type", "26|1|3");
    IS("attributes[].value", "cb00710a|74776f");
    IS("attributes[].secret", "0304");
    assert_true(r->m.repeated);
    /* EAP: identity in a response */
    assert_true(rig_parse(r, C,
                          hex("01 01 LL LL" AUTH "0406 7f000001 4f0c 0201 000a 01 'alice'"
                              "4f04 'xy' 5012 000102030405060708090a0b0c0d0e0f")));
    ODD("");
    NAMED("eap.code", "response");
    NAMED("eap.type", "identity");
    IS("eap.identity", "alice");
    rig_free(r);
    (void)unused;
}

#define VERIFIED "5012 000102030405060708090a0b0c0d0e0f"
#define PROXIES  "2103 '1' 2103 '2' 2103 '3' 2103 '4' "

static void oddities(void **unused)
{
    const struct {
        const char *octets, *odd;
    } cases[] = {
        {"01 01 LL LL" AUTH "0406 7f000001" VERIFIED, ""},
        {"01 01 LL LL" AUTH VERIFIED, "missing_nas"},
        {"01 01 LL LL" AUTH "0406 7f000001", "missing_message_authenticator"},
        {"0c 01 LL LL" AUTH, "missing_message_authenticator"},
        {"0c 01 LL LL" AUTH VERIFIED, ""},
        {"02 01 LL LL" AUTH VERIFIED "1203 'a'", ""},
        {"02 01 LL LL" AUTH "1203 'a'" VERIFIED, "message_authenticator_not_first"},
        {"01 01 LL LL" AUTH "0406 7f000001 4f06 02000004",
         "missing_message_authenticator,eap_without_message_authenticator"},
        {"63 01 LL LL" AUTH, "unknown_code"},
        {"05 01 0013" AUTH, "bad_length"},
        {"05 01 0000" AUTH, "bad_length"},
        {"05 01 0015" AUTH, "length_beyond_datagram"},
        {"05 01 ffff" AUTH, "bad_length,length_beyond_datagram"},
        {"05 01 0014" AUTH "00", "trailing_octets"},
        {ACCOUNT "0100", "attribute_too_short"},
        {ACCOUNT "0101", "attribute_too_short"},
        {ACCOUNT "0105 'ab'", "attribute_overrun"},
        {ACCOUNT "01", "attribute_overrun"},
        {ACCOUNT "0102", "empty_attribute"},
        {ACCOUNT "0003 00", "reserved_attribute"},
        {ACCOUNT "ff03 00", "reserved_attribute"},
        {ACCOUNT "0212 00112233445566778899aabbccddeeff", "misplaced_attribute"},
        {ACCOUNT "1803 00", "misplaced_attribute"},
        {ACCOUNT "0805 010203", "bad_attribute_value"},
        {ACCOUNT "1a06 000028af", "bad_vendor_attribute"},
        {ACCOUNT "1a04 0000", "bad_vendor_attribute"},
        {"04 01 LL LL" AUTH "2806 00000007", "missing_session_id"},
        {"04 01 LL LL" AUTH "2c03 'a'", "missing_status_type"},
        {"01 01 LL LL" AUTH "0406 7f000001 0205 000000" VERIFIED, "bad_password_length"},
        {"01 01 LL LL" AUTH "0406 7f000001 0305 000000" VERIFIED, "bad_password_length"},
        {"01 01 LL LL" AUTH "0406 7f000001 0212 00112233445566778899aabbccddeeff 0313 01"
         "00112233445566778899aabbccddeeff" VERIFIED,
         "two_passwords"},
        {ACCOUNT PROXIES PROXIES, ""},
        {ACCOUNT PROXIES PROXIES "2103 '9'", "many_proxy_states"},
    };
    struct rig *r = NEW();
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_true(rig_parse(r, C, hex(cases[i].octets)));
        ODD(cases[i].odd);
    }
    /* 199 octets of Proxy-State in two, then 200 */
    for (unsigned more = 0; more < 2; more++) {
        uint8_t unit[512] = {4, 1};
        uint32_t n = 20;
        memcpy(unit + n, hex("2806 00000001 2c04 'zz'").p, 10);
        n += 10;
        unit[n] = 33;
        unit[n + 1] = 102;
        n += 102; /* 100 */
        unit[n] = 33;
        unit[n + 1] = (uint8_t)(101 + more);
        n += 101 + more; /* 99 or 100 */
        unit[2] = (uint8_t)(n >> 8);
        unit[3] = (uint8_t)n;
        assert_true(rig_parse(r, C, (struct tt_bytes){unit, n}));
        ODD(more ? "long_proxy_state" : "");
    }
    for (uint32_t n = 1; n < 20; n++) {
        assert_false(rig_parse(r, C, (struct tt_bytes){hex(telnet).p, n}));
    }
    rig_free(r);
    (void)unused;
}

static void pairs(void **unused)
{
    struct rig *r = NEW();
    assert_true(rig_parse(r, C, hex(ACCOUNT)));
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    NUMBER("retransmission", -1);
    uint32_t key = r->m.tx_key;
    assert_true(rig_parse(r, C, hex(ACCOUNT))); /* again: it continues what is open */
    NUMBER("retransmission", 1);
    assert_int_equal(r->m.tx_role, TT_TX_MORE);
    assert_int_equal(r->m.tx_key, key);
    assert_int_equal(r->m.tx_asker, C);
    assert_true(rig_parse(r, S, hex("05 05 0014" AUTH2)));
    assert_int_equal(r->m.tx_role, TT_TX_LAST);
    assert_int_equal(r->m.tx_key, key);
    assert_true(rig_parse(r, C, hex(ACCOUNT))); /* its answer was lost */
    NUMBER("retransmission", 1);
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    /* the identifier is used again: another authenticator, another code */
    assert_true(rig_parse(r, C, hex("04 05 LL LL" AUTH2 "2806 00000001 2c04 'zz'")));
    NUMBER("retransmission", -1);
    assert_int_equal(r->m.tx_role, TT_TX_OPEN);
    assert_true(rig_parse(r, C, hex("01 05 LL LL" AUTH2)));
    NUMBER("retransmission", -1);
    assert_true(r->m.tx_key != key);
    /* Status-Server and its two answers (RFC 5997) */
    for (unsigned i = 0; i < 2; i++) {
        assert_true(rig_parse(r, C, hex("0c 09 0014" AUTH)));
        key = r->m.tx_key;
        assert_true(rig_parse(r, S, hex(i ? "05 09 0014" AUTH2 : "02 09 0014" AUTH2)));
        assert_int_equal(r->m.tx_key, key);
    }
    /* Disconnect and CoA */
    static const uint8_t families[][3] = {{40, 41, 42}, {43, 44, 45}};
    for (unsigned i = 0; i < 4; i++) {
        uint8_t unit[20] = {families[i / 2][0], (uint8_t)i, 0, 20};
        assert_true(rig_parse(r, C, (struct tt_bytes){unit, 20}));
        key = r->m.tx_key;
        unit[0] = families[i / 2][1 + i % 2];
        assert_true(rig_parse(r, S, (struct tt_bytes){unit, 20}));
        assert_int_equal(r->m.tx_role, TT_TX_LAST);
        assert_int_equal(r->m.tx_key, key);
    }
    assert_true(rig_parse(r, C, hex("63 05 0014" AUTH)));
    assert_int_equal(r->m.tx_role, TT_TX_ALONE);
    KIND("message");
    rig_free(r);
    (void)unused;
}

static void recognised(void **unused)
{
    const enum tt_direction asks[] = {C, S}, one_way[] = {C, C};
    const char *const answered[] = {telnet, telnet_accept};
    const char *const again[] = {telnet, telnet};
    const char *const two[] = {ACCOUNT, "04 06 LL LL" AUTH2 "2806 00000001 2c04 'zz'"};
    const char *const other_id[] = {telnet, "02 01 0014" AUTH};
    const char *const other_code[] = {telnet, "05 00 0014" AUTH};
    const char *const echo[] = {ACCOUNT, "05 05 0014" AUTH};
    assert_string_equal(takes(answered, asks, 1, 1812), "radius");
    assert_string_equal(takes(answered, asks, 1, 41812), "");
    assert_string_equal(takes(answered, asks, 2, 41812), "radius");
    assert_string_equal(takes(two, one_way, 2, 41812), "radius");
    assert_string_equal(takes(again, one_way, 2, 41812), "");
    assert_string_equal(takes(other_id, asks, 2, 41812), "");
    assert_string_equal(takes(other_code, asks, 2, 41812), "");
    assert_string_equal(takes(echo, asks, 2, 41812), ""); /* an answer has its own authenticator */
    /* to the port, faulty ones are seen as well; elsewhere they are nobody's */
    const char *const faulty[] = {"04 05 ffff" AUTH "2806 00000001",
                                  "04 06 ffff" AUTH2 "2806 00000001"};
    const char *const noise[] = {"04 05 ffff" AUTH "00ff 00000001"};
    assert_string_equal(takes(faulty, one_way, 1, 1813), "radius");
    assert_string_equal(takes(faulty, one_way, 2, 41813), "");
    assert_string_equal(takes(noise, one_way, 1, 1813), "");
    (void)unused;
}

/* Every cut and every changed octet is survived; the rig looks at all values. */
static void damaged(void **unused)
{
    struct rig *r = NEW();
    const char *const packets[] = {
        telnet,
        ACCOUNT THREE_GPP("17", "0111 '262011234567890'") THREE_GPP(
            "15",
            "160f 82 62f210 2710 62f210 00012d01") " f50b 1a 00 000028af 05 aabb 610c 0040 "
                                                   "20010db800000001 4f0c 0201 000a 01 'alice'"};
    for (unsigned k = 0; k < 2; k++) {
        struct tt_bytes whole = hex(packets[k]);
        for (uint32_t i = 0; i < whole.n; i++) {
            (void)rig_parse(r, C, (struct tt_bytes){whole.p, i});
            for (unsigned v = 0; v < 256; v++) {
                uint8_t changed[512];
                memcpy(changed, whole.p, whole.n);
                changed[i] = (uint8_t)v;
                assert_true(rig_parse(r, C, (struct tt_bytes){changed, whole.n}));
            }
        }
    }
    /* as many addresses as a packet holds: there is room for 512, and it is said */
    uint8_t many[4096] = {2, 0, 16, 0};
    for (unsigned at = 20; at + 6 <= sizeof many; at += 6) {
        many[at] = 14;
        many[at + 1] = 6;
    }
    assert_true(rig_parse(r, S, (struct tt_bytes){many, 20 + 679 * 6}));
    assert_true(r->m.overflow);
    rig_free(r);
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(examples_of_the_rfc),
        cmocka_unit_test(accounting),
        cmocka_unit_test(mobile_attributes),
        cmocka_unit_test(other_attributes),
        cmocka_unit_test(oddities),
        cmocka_unit_test(pairs),
        cmocka_unit_test(recognised),
        cmocka_unit_test(damaged),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
