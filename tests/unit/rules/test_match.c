/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Conditions on single messages: contents and their modifiers, numbers, names, flags, headers.
 * Expected hits follow from Suricata's guide (payload keywords, integer keywords) by hand.
 */
#define RIG_FAKE
#include "unit/rules/rig.h"

#define RULE(sid, options) "alert fake any any -> any any (msg:\"r\"; " options " sid:" #sid ";)\n"

static void contents(void **state)
{
    (void)state;
    struct rig r;
    rig_open(
        &r,
        RULE(1, "fake.note.topic; content:\"door\";") RULE(
            2, "fake.note.topic; content:\"DOOR\"; "
               "nocase;") RULE(3, "fake.note.topic; content:\"home/\"; startswith;")
            RULE(4, "fake.note.topic; content:\"lock\"; endswith;") RULE(
                5,
                "fake.note.topic; content:\"home\"; offset:1;") RULE(6,
                                                                     "fake.note.topic; "
                                                                     "content:\"door\"; depth:9;")
                RULE(7, "fake.note.topic; content:\"door\"; offset:5; depth:4;") RULE(
                    8, "fake.note.topic; content:\"door\"; content:\"lock\"; distance:1; within:4;")
                    RULE(9, "fake.note.topic; content:\"door\"; content:\"lock\"; within:4;") RULE(
                        10, "fake.note.topic; content:!\"window\";") RULE(11, "fake.note.topic; "
                                                                              "content:!\"door\";")
                        RULE(12, "fake.note.topic; content:\"|64 6f|or|2F|\";") RULE(
                            13, "fake.body; content:\"door\";") RULE(14,
                                                                     "content:\"door/lock|7c|\";")
                            RULE(15, "fake.note.topic; bsize:14; content:\"home\";")
                                RULE(16, "fake.note.topic; bsize:<14; content:\"home\";") RULE(
                                    17, "fake.note.topic; content:\"lock\"; isdataat:!1,relative;")
                                    RULE(18,
                                         "fake.note.topic; content:\"door\"; isdataat:6,relative;")
                                        RULE(19, "fake.note.topic; content:\"door\"; "
                                                 "isdataat:5,relative;")
                                            RULE(20,
                                                 "fake.note.topic; content:\"home\"; isdataat:13;")
                                                RULE(21, "fake.note.topic; content:\"home\"; "
                                                         "isdataat:14;"));
    assert_string_equal(r.reports, "");
    /* "home/door/lock" has 14 octets: door at 5-9, lock at 10-14 */
    assert_string_equal(rig_note(&r, "home/door/lock", "open"),
                        "1,2,3,4,6,7,8,10,12,14,15,17,19,20");
    assert_string_equal(rig_note(&r, "Home/Door", "x"), "2,10,11");
    assert_string_equal(rig_note(&r, "", "a door"), "13"); /* an empty buffer meets nothing */
    rig_close(&r);
}

/* A relative content that fails makes the one before it move on: a1 a2 b. */
static void backtracking(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r,
             RULE(1, "fake.body; content:\"ab\"; content:\"cd\"; distance:0; within:2;") RULE(
                 2, "fake.body; content:\"a\"; content:\"b\"; within:1; content:\"c\"; within:1;")
                 RULE(3, "fake.body; content:\"ab\"; content:!\"x\"; within:1;")
                     RULE(4, "fake.body; pcre:\"/a\\d/\"; content:\"z\"; within:1;")
                         RULE(5, "fake.body; content:\"key=\"; pcre:\"/^\\d+\\;/R\";"));
    assert_string_equal(r.reports, "");
    assert_string_equal(rig_note(&r, "t", "ab.ab.abcd"), "1,2,3");
    assert_string_equal(rig_note(&r, "t", "ab.ab.ab.cd"), "3");
    assert_string_equal(rig_note(&r, "t", "aababc"), "2,3");
    assert_string_equal(rig_note(&r, "t", "abx"), "");
    assert_string_equal(rig_note(&r, "t", "a1 a2z"), "4");
    assert_string_equal(rig_note(&r, "t", "key=x key=12;"), "5");
    rig_close(&r);
}

static void expressions(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, RULE(1, "fake.body; pcre:\"/^temp=\\d{2,3}$/\";")
                     RULE(2, "fake.body; pcre:\"/TEMP/i\";") RULE(3, "fake.body; pcre:!\"/temp/\";")
                         RULE(4, "fake.body; pcre:\"/a.b/s\";")
                             RULE(5, "fake.body; pcre:\"/(a+)+$/\";"));
    assert_string_equal(r.reports, "");
    assert_string_equal(rig_note(&r, "t", "temp=21"), "1,2");
    assert_string_equal(rig_note(&r, "t", "a\nb"), "3,4");
    /* the classic explosion stops at the match limit instead of hanging */
    assert_string_equal(
        rig_note(&r, "t", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"),
        "3");
    assert_true(rig_counter(&r, "telltale.rules.pcre_limit") > 0);
    rig_close(&r);
}

static void octets(void **state)
{
    (void)state;
    struct rig r;
    rig_open(
        &r,
        RULE(1, "fake.body; content:\"L\"; byte_test:2,>,100,0,relative;") RULE(
            2, "fake.body; content:\"L\"; byte_test:2,>,100,0,relative,little;")
            RULE(3, "fake.body; content:\"n=\"; byte_test:4,=,1234,0,relative,string,dec;") RULE(
                4, "fake.body; content:\"n=\"; byte_test:4,=,0x4d2,0,relative,string,dec;")
                RULE(5,
                     "fake.body; content:\"J\"; byte_jump:1,0,relative; content:\"end\"; within:3;")
                    RULE(6, "fake.body; content:\"E\"; byte_extract:1,0,len,relative; "
                            "content:\"end\"; distance:len; within:3;")
                        RULE(7, "fake.body; content:\"L\"; byte_test:1,&,0x40,0,relative;")
                            RULE(8, "fake.body; content:\"L\"; byte_test:1,!&,0x40,0,relative;"));
    assert_string_equal(r.reports, "");
    /* 0x4001 = 16385 big, 0x0140 = 320 little */
    assert_string_equal(rig_note(&r, "t", "L\x40\x01"), "1,2,7");
    assert_string_equal(rig_note(&r, "t", "L\x01\x01"), "1,2,8");
    assert_string_equal(rig_note(&r, "t", "n=1234"), "3,4");
    assert_string_equal(rig_note(&r, "t",
                                 "J\x03"
                                 "abcend"),
                        "5");
    assert_string_equal(rig_note(&r, "t",
                                 "J\x04"
                                 "abcend"),
                        "");
    assert_string_equal(rig_note(&r, "t", "E\x02xxend"), "6");
    assert_string_equal(rig_note(&r, "t", "E\x7f"), ""); /* 127 octets are not there */
    rig_close(&r);
}

static const char *sized(struct rig *r, uint64_t size)
{
    rig_begin(FAKE_NOTE, TT_TO_SERVER, TT_TX_ALONE, "u");
    rig_uint(FK_SIZE, size);
    rig_send(r, NULL);
    return rig_hits(r);
}

static void numbers(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r,
             RULE(1, "fake.size:5;") RULE(2, "fake.size:=5;") RULE(3, "fake.size:!5;")
                 RULE(4, "fake.size:>5;") RULE(5, "fake.size:>=5;") RULE(6, "fake.size:<5;")
                     RULE(7, "fake.size:<=5;") RULE(8, "fake.size:3-6;") RULE(9, "fake.size:4<>6;")
                         RULE(10, "fake.size:!4-6;") RULE(11, "fake.size:&0x04=0x04;")
                             RULE(12, "fake.size:2kb;") RULE(13, "fake.size:>0xff;"));
    assert_string_equal(r.reports, "");
    assert_string_equal(sized(&r, 5), "1,2,5,7,8,9,11");
    assert_string_equal(sized(&r, 4), "3,6,7,8,10,11");
    assert_string_equal(sized(&r, 6), "3,4,5,10,11"); /* ranges are exclusive */
    assert_string_equal(sized(&r, 2048), "3,4,5,10,12,13");
    rig_close(&r);
}

static void names(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, RULE(1, "fake.type:note;") RULE(2, "fake.type:!NOTE;") RULE(3, "fake.type:4;")
                     RULE(4, "fake.flags:dup,!keep;") RULE(5, "fake.flags:keep;")
                         RULE(6, "fake.urgent:yes;") RULE(7, "fake.urgent:0;")
                             RULE(8, "fake.urgent:!true;") RULE(9, "fake.flags:&0x09=0x09;"));
    assert_string_equal(r.reports, "");
    rig_begin(FAKE_NOTE, TT_TO_SERVER, TT_TX_ALONE, "u");
    rig_uint(FK_FLAGS, 8);
    rig_uint(FK_URGENT, 1);
    rig_send(&r, NULL);
    assert_string_equal(rig_hits(&r), "1,4,6");
    rig_begin(FAKE_PING, TT_TO_SERVER, TT_TX_ALONE, "u");
    rig_uint(FK_FLAGS, 9);
    rig_uint(FK_URGENT, 0);
    rig_send(&r, NULL);
    assert_string_equal(rig_hits(&r), "2,3,5,7,8,9");
    rig_close(&r);
}

/* Several values under one keyword, several rows under one keyword: any of them. */
static void any_value(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, RULE(1, "fake.note.tags; content:\"red\"; bsize:3;")
                     RULE(2, "fake.note.tags; content:\"red\"; fake.note.tags; content:\"blue\";")
                         RULE(3, "fake.note.tags; content:\"red\"; content:\"blue\";")
                             RULE(4, "fake.reason:7;"));
    assert_string_equal(r.reports, "");
    rig_begin(FAKE_NOTE, TT_TO_SERVER, TT_TX_ALONE, "tags: darkred red blue");
    rig_text(FK_TAG, "darkred");
    rig_text(FK_TAG, "blue");
    rig_uint(FK_CODE_2, 7);
    rig_send(&r, NULL);
    assert_string_equal(rig_hits(&r), "2,4");
    rig_begin(FAKE_ACK, TT_TO_CLIENT, TT_TX_ALONE, "red blue");
    rig_uint(FK_CODE, 7);
    rig_send(&r, NULL);
    assert_string_equal(rig_hits(&r), "4");
    rig_begin(FAKE_NOTE, TT_TO_SERVER, TT_TX_ALONE, "red");
    rig_text(FK_TAG, "red");
    rig_send(&r, NULL);
    assert_string_equal(rig_hits(&r), "1");
    rig_close(&r);
}

/* A value that is not in the unit (a resolved alias) is found as well; octets of the unit
 * outside the buffer are not. */
static void outside_unit(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, RULE(1, "fake.note.topic; content:\"secret/place\";"));
    rig_begin(FAKE_NOTE, TT_TO_SERVER, TT_TX_ALONE, "alias 3");
    rig_text(FK_TOPIC, "a/secret/place");
    rig_send(&r, NULL);
    assert_string_equal(rig_hits(&r), "1");
    assert_string_equal(rig_note(&r, "x", "secret/place"), "");
    rig_close(&r);
}

static void headers(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "alert fake 10.0.0.0/8 any -> any 1883 (sid:1;)\n"
                 "alert fake any 1883 -> any any (sid:2;)\n"
                 "alert fake any any -> any any (flow:to_client; sid:3;)\n"
                 "alert fake any 1883 <> any any (sid:4;)\n"
                 "alert fake $EXTERNAL_NET any -> any any (sid:5;)\n"
                 "alert fake [10.0.0.0/24,!10.0.0.5] any -> any any (sid:6;)\n"
                 "alert fake 10.0.0.4-10.0.0.6 [1024:,!40001] -> $BROKER $MQTT_PORTS (sid:7;)\n"
                 "alert fake any any => $BROKER any (sid:8;)\n"
                 "alert fake any any -> any any (flow:not_established; sid:9;)\n"
                 "alert udp any any -> any any (fake.type:NOTE; sid:10;)\n"
                 "alert fake any any -> !$BROKER ![1:1023,50000:] (flow:established,from_server; "
                 "sid:11;)\n");
    assert_string_equal(r.reports, "");
    rig_begin(FAKE_NOTE, TT_TO_SERVER, TT_TX_ALONE, "u");
    rig_send(&r, NULL);
    assert_string_equal(rig_hits(&r), "1,4,7,8");
    rig_begin(FAKE_NOTE, TT_TO_CLIENT, TT_TX_ALONE, "u");
    struct tt_tx tx = {.asker = TT_TO_SERVER};
    rig_send(&r, &tx);
    assert_string_equal(rig_hits(&r), "2,3,4,8,11");
    rig_close(&r);
}

static void order_limit_pass(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, "alert fake any any -> any any (priority:3; sid:9;)\n"
                 "alert fake any any -> any any (priority:1; sid:30;)\n"
                 "alert fake any any -> any any (priority:1; sid:20;)\n"
                 "drop fake any any -> any any (priority:200; sid:40;)\n"
                 "alert fake any any -> any any (noalert; sid:41;)\n"
                 "pass fake any any -> any any (fake.note.topic; content:\"calm\"; sid:50;)\n");
    assert_string_equal(rig_note(&r, "x", "y"), "40,20,30,9");
    assert_string_equal(rig_note(&r, "calm", "y"), "");
    rig_close(&r);

    static char rules[4096];
    rules[0] = 0;
    for (int i = 0; i < 20; i++) {
        snprintf(rules + strlen(rules), 80, "alert fake any any -> any any (sid:%d;)\n", 100 + i);
    }
    rig_open(&r, rules);
    assert_string_equal(rig_note(&r, "x", "y"),
                        "100,101,102,103,104,105,106,107,108,109,110,111,112,113,114");
    assert_int_equal(rig_counter(&r, "detect.alert_queue_overflow"), 5);
    rig_close(&r);
}

/* Of equal conditions, those of one message kind cost nothing on another. */
static void kinds_cost_nothing(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, RULE(1, "fake.note.topic; content:\"abcdef\";")
                     RULE(2, "fake.type:NOTE; fake.size:>3;")
                         RULE(3, "fake.hello.name; content:\"abcdef\";"));
    rig_begin(FAKE_PING, TT_TO_SERVER, TT_TX_ALONE, "abcdef abcdef abcdef");
    rig_uint(FK_SIZE, 99);
    rig_send(&r, NULL);
    assert_string_equal(rig_hits(&r), "");
    assert_int_equal(rig_counter(&r, "telltale.rules.scans"), 0);
    assert_int_equal(rig_counter(&r, "telltale.rules.judged"), 0);
    rig_close(&r);
}

/* Random contents on random topics: Hyperscan and the steps behind it agree with a
 * naive search, octet by octet. */
static void differential(void **state)
{
    (void)state;
    enum { RULES = 60, NOTES = 3000 };
    static char literals[RULES][8], rules[RULES * 160];
    uint32_t seed = 1; /* a linear congruential generator: every run is the same */
    unsigned hits = 0;
    rules[0] = 0;
    for (unsigned i = 0; i < RULES; i++) {
        unsigned n = 1 + (seed >> 16) % 4;
        for (unsigned k = 0; k <= n; k++) {
            seed = seed * 1103515245 + 12345;
            literals[i][k] = k < n ? "abAB"[(seed >> 16) % 4] : 0;
        }
        snprintf(rules + strlen(rules), 160,
                 "alert fake any any -> any any (fake.note.topic; content:\"%.7s\";%s sid:%u;)\n",
                 literals[i], i % 2 ? " nocase;" : "", i + 1);
    }
    struct rig r;
    rig_open(&r, rules);
    assert_string_equal(r.reports, "");
    for (unsigned i = 0; i < NOTES; i++) {
        char topic[12];
        unsigned n = 1 + (seed >> 20) % 10, want = 0;
        for (unsigned k = 0; k <= n; k++) {
            seed = seed * 1103515245 + 12345;
            topic[k] = k < n ? "abAB"[(seed >> 16) % 4] : 0;
        }
        char expected[512] = "";
        for (unsigned k = 0; k < RULES; k++) {
            const char *at = k % 2 ? strcasestr(topic, literals[k]) : strstr(topic, literals[k]);
            if (at && want++ < 15) {
                snprintf(expected + strlen(expected), 8, "%s%u", want > 1 ? "," : "", k + 1);
            }
        }
        hits += want;
        assert_string_equal(rig_note(&r, topic, "abABabAB"), expected);
    }
    assert_true(hits > NOTES);
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(contents),
        cmocka_unit_test(backtracking),
        cmocka_unit_test(expressions),
        cmocka_unit_test(octets),
        cmocka_unit_test(numbers),
        cmocka_unit_test(names),
        cmocka_unit_test(any_value),
        cmocka_unit_test(outside_unit),
        cmocka_unit_test(headers),
        cmocka_unit_test(order_limit_pass),
        cmocka_unit_test(kinds_cost_nothing),
        cmocka_unit_test(differential),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
