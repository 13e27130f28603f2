/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Messages as members of the protocol's object: shapes by hand from Suricata's mqtt object (user
 * guide, EVE format) and the rows' declarations; hostile texts; every length of the span.
 */
#include "unit/output/fixture.h"

static char span[1 << 20];
static struct tt_json j;
static struct tt_eve *eve;

static int start(void **state)
{
    (void)state;
    eve = tt_eve_new(&(struct tt_eve_options){0});
    return eve ? 0 : -1;
}

static int stop(void **state)
{
    (void)state;
    tt_eve_free(eve);
    return 0;
}

/* Members are no JSON by themselves: braces are put around them. */
static void write_message(void)
{
    tt_json_init(&j, span, sizeof span);
    tt_json_open(&j, '{');
    tt_eve_message(eve, &j, &the_msg);
    tt_json_close(&j, '}');
    assert_false(j.full);
    assert_true(json_valid(span, tt_json_length(&j)));
    assert_true(keys_once(span, tt_json_length(&j)));
}

static void expect(const char *want)
{
    write_message();
    size_t n = tt_json_length(&j);
    if (n != strlen(want) || memcmp(span, want, n) != 0) {
        fail_msg("\nwant %s\nhave %.*s", want, (int)n, span);
    }
}

static void head(unsigned qos)
{
    put_number(R_QOS, qos);
    put_number(R_RETAIN, 0);
    put_number(R_DUP, 1);
}

static void a_publish(void **state)
{
    (void)state;
    msg_start(&tt_mqtt, M_PUBLISH);
    head(1);
    put_text(R_TOPIC, "meters/0417/up");
    put_number(R_ID, 65535);
    put_text(R_MESSAGE, "{\"kwh\":17}");
    put_octets(R_RAW, "\1\2", 2);
    expect("{\"publish\":{\"qos\":1,\"retain\":false,\"dup\":true,\"topic\":\"meters/0417/up\","
           "\"message_id\":65535,\"message\":\"{\\\"kwh\\\":17}\"}}");
}

static void values_go_out_in_declared_order(void **state)
{
    (void)state;
    msg_start(&tt_mqtt, M_CONNECT);
    put_number(R_EXPIRY, 9);
    put_text(R_WILL_VALUE, "v1");
    put_text(R_WILL_KEY, "k1");
    put_text(R_KEY, "k2");
    put_text(R_WILL_TOPIC, "t");
    put_number(R_CLEAN, 1);
    put_text(R_VALUE, "v2");
    put_text(R_CLIENT, "c");
    put_number(R_QOS, 0);
    put_number(R_HAS_NAME, 0);
    expect("{\"connect\":{\"qos\":0,\"client_id\":\"c\",\"flags\":{\"username\":false,\"clean_"
           "session\":true},"
           "\"will\":{\"topic\":\"t\",\"properties\":{\"user_properties\":[{\"value\":\"v1\"},{"
           "\"key\":\"k1\"}]}},"
           "\"properties\":{\"message_expiry_interval\":9,\"user_properties\":[{\"key\":\"k2\","
           "\"value\":\"v2\"}]}}}");
}

static void lists_keep_wire_order(void **state)
{
    (void)state;
    msg_start(&tt_mqtt, M_SUBSCRIBE);
    put_number(R_QOS, 1);
    put_text(R_SUB_TOPIC, "a/#");
    put_number(R_SUB_QOS, 2);
    put_text(R_SUB_TOPIC, "b");
    put_text(R_SUB_TOPIC, "c");
    put_number(R_SUB_QOS, 0);
    put_number(R_ID, 7); /* before the list in the rows */
    expect("{\"subscribe\":{\"qos\":1,\"message_id\":7,\"topics\":[{\"topic\":\"a/#\",\"qos\":2},"
           "{\"topic\":\"b\"},{\"topic\":\"c\",\"qos\":0}]}}");
    msg_start(&tt_mqtt, M_SUBACK);
    put_number(R_GRANTED, 2);
    put_number(R_GRANTED, 0);
    put_number(R_ID, 7);
    put_number(R_GRANTED, 128);
    expect("{\"suback\":{\"message_id\":7,\"qos_granted\":[2,0,128]}}");
    msg_start(&tt_mqtt, M_UNSUBSCRIBE);
    put_text(R_UNSUB_TOPIC, "a");
    put_text(R_UNSUB_TOPIC, "");
    expect("{\"unsubscribe\":{\"topics\":[\"a\",\"\"]}}");
}

static void pairs_of_two_lists_do_not_mix(void **state)
{
    (void)state;
    msg_start(&tt_mqtt, M_CONNECT);
    for (int i = 0; i < 3; i++) {
        put_octets(R_KEY, &"abc"[i], 1);
        put_octets(R_WILL_KEY, &"uvw"[i], 1);
        put_octets(R_VALUE, &"123"[i], 1);
        put_octets(R_WILL_VALUE, &"789"[i], 1);
    }
    expect("{\"connect\":{\"will\":{\"properties\":{\"user_properties\":[{\"key\":\"u\",\"value\":"
           "\"7\"},"
           "{\"key\":\"v\",\"value\":\"8\"},{\"key\":\"w\",\"value\":\"9\"}]}},\"properties\":{"
           "\"user_properties\":["
           "{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"b\",\"value\":\"2\"},{\"key\":\"c\","
           "\"value\":\"3\"}]}}}");
}

static void rows_of_another_kind_are_left_out(void **state)
{
    (void)state;
    msg_start(&tt_mqtt, M_PUBLISH);
    put_number(R_QOS, 0);
    put_text(R_CLIENT, "not here");
    put_text(R_SUB_TOPIC, "nor here");
    expect("{\"publish\":{\"qos\":0}}");
}

static void one_path_is_written_once(void **state)
{
    (void)state;
    msg_start(&tt_mqtt, M_PINGREQ);
    put_number(R_QOS_TOO, 0);
    put_number(R_QOS, 1);
    put_number(R_DUP, 0);
    put_number(R_DUP, 1);
    expect("{\"pingreq\":{\"qos\":0,\"dup\":false}}");
}

static void an_empty_message_has_its_object(void **state)
{
    (void)state;
    msg_start(&tt_mqtt, M_PINGREQ);
    expect("{\"pingreq\":{}}");
    msg_start(&tt_demo, D_ANSWER);
    put_number(D_LAST, 3);
    put_number(D_VERSION, 1);
    expect("{\"version\":1,\"last\":3,\"answer\":{}}");
}

static void messages_join_with_commas(void **state)
{
    (void)state;
    tt_json_init(&j, span, sizeof span);
    msg_start(&tt_mqtt, M_SUBSCRIBE);
    put_number(R_ID, 1);
    tt_eve_message(eve, &j, &the_msg);
    msg_start(&tt_mqtt, M_SUBACK);
    put_number(R_ID, 1);
    tt_eve_message(eve, &j, &the_msg);
    static const char want[] = "\"subscribe\":{\"message_id\":1},\"suback\":{\"message_id\":1}";
    assert_int_equal(tt_json_length(&j), sizeof want - 1);
    assert_memory_equal(span, want, sizeof want - 1);
}

static void a_skipped_body_is_told(void **state)
{
    (void)state;
    msg_start(&tt_mqtt, M_PUBLISH);
    the_msg.truncated = true;
    the_msg.skipped = 2000000;
    head(0);
    put_text(R_TOPIC, "t");
    expect(
        "{\"publish\":{\"qos\":0,\"retain\":false,\"dup\":true,\"topic\":\"t\",\"truncated\":true,"
        "\"skipped_length\":2000000}}");
    msg_start(&tt_demo, D_ANSWER);
    the_msg.truncated = true;
    expect("{\"answer\":{\"truncated\":true,\"skipped_length\":0}}");
}

static void passwords_are_redacted(void **state)
{
    (void)state;
    msg_start(&tt_mqtt, M_CONNECT);
    put_text(R_PASSWORD, "hunter2");
    expect("{\"connect\":{\"password\":\"<redacted>\"}}");
    struct tt_eve *kept = eve;
    eve = tt_eve_new(&(struct tt_eve_options){.passwords = true});
    expect("{\"connect\":{\"password\":\"hunter2\"}}");
    msg_start(&tt_demo, D_REQUEST); /* the option is mqtt's */
    put_number(D_KEY, 4711);
    expect("{\"request\":{\"key\":\"<redacted>\"}}");
    tt_eve_free(eve);
    eve = kept;
}

static void every_type(void **state)
{
    (void)state;
    static const uint8_t six[16] = {0x20, 1, 0xd, 0xb8, [15] = 1};
    struct tt_address four = v4(192, 0, 2, 255);
    msg_start(&tt_demo, D_REQUEST);
    put_number(D_VERSION, UINT64_MAX);
    put_number(D_CODE, 2);
    put_number(D_FLAGS, 0x80);
    put_octets(D_TOKEN, "\x00\xff\x1c", 3);
    put_octets(D_ADDRESS, six, 16);
    put_number(D_CODES, 1);
    put_number(D_CODES, 99);
    expect("{\"version\":18446744073709551615,\"request\":{\"code\":\"POST\",\"flags\":128,"
           "\"token\":\"00ff1c\","
           "\"address\":\"2001:0db8:0000:0000:0000:0000:0000:0001\",\"codes\":[\"GET\",\"99\"]}}");
    msg_start(&tt_demo, D_REQUEST);
    put_number(D_CODE, 3);
    put_octets(D_ADDRESS, four.b, 16);
    expect("{\"request\":{\"code_code\":3,\"address\":\"192.0.2.255\"}}");
    msg_start(&tt_demo, D_REQUEST);
    put_octets(D_ADDRESS, six, 3); /* not an address after all */
    expect("{\"request\":{\"address\":\"20010d\"}}");
}

/* An object inside an element comes together, whatever the order on the wire. */
static void objects_in_elements(void **state)
{
    (void)state;
    msg_start(&tt_demo, D_REQUEST);
    put_number(D_OPT_NUMBER, 1);
    put_text(D_OPT_DEEP, "x");
    put_text(D_OPT_NAME, "n");
    put_number(D_OPT_ODD, 1);
    put_number(D_OPT_NUMBER, 2);
    put_number(D_CODES, 1);
    put_text(D_OPT_NAME, "m");
    put_number(D_LAST, 5);
    expect("{\"request\":{\"options\":[{\"number\":1,\"is\":{\"odd\":true,\"deep\":\"x\"},\"name\":"
           "\"n\"},"
           "{\"number\":2,\"name\":\"m\"}],\"codes\":[\"GET\"]},\"last\":5}");
}

static void hostile_texts(void **state)
{
    (void)state;
    msg_start(&tt_mqtt, M_PUBLISH);
    put_text(R_TOPIC, "\"\\\n\0\x1f\x7f\xc3\x28\xed\xa0\x80\xf0\x9f\x98\x80");
    put_text(R_MESSAGE, "\",\"evil\":{\"a\":1");
    expect("{\"publish\":{\"topic\":\"\\\"\\\\\\n\\u0000\\u001f\x7f\\\\xc3("
           "\\\\xed\\\\xa0\\\\x80\xf0\x9f\x98\x80\","
           "\"message\":\"\\\",\\\"evil\\\":{\\\"a\\\":1\"}}");
    static uint8_t big[65536];
    memset(big, 0xff, sizeof big);
    msg_start(&tt_mqtt, M_PUBLISH);
    put_octets(R_MESSAGE, big, sizeof big);
    write_message();
    /* 1024 octets of five characters, the mark, and 23 around them */
    assert_int_equal(tt_json_length(&j), 1024 * 5 + strlen("[truncated 64512 additional bytes]") +
                                             strlen("{\"publish\":{\"message\":\"\"}}"));
}

/* Texts of every length with a special octet at every place: the quick way must
 * agree with the appender's. */
static void quick_texts_agree(void **state)
{
    (void)state;
    static const char specials[] = "\"\\\n\x01\x7f\xc3 a";
    static char want[1024];
    for (size_t n = 0; n < 70; n++) {
        uint8_t *text = malloc(n ? n : 1); /* the sanitizer sees one octet too many */
        for (size_t at = 0; at <= n; at++) {
            for (unsigned k = 0; k < sizeof specials - 1; k++) {
                memset(text, 'x', n);
                if (at < n) {
                    text[at] = (uint8_t)specials[k];
                    text[n - 1 - at / 2] = (uint8_t)specials[(k + at) % (sizeof specials - 1)];
                }
                struct tt_json w;
                tt_json_init(&w, want, sizeof want);
                tt_json_open(&w, '{');
                TT_KEY(&w, "publish");
                tt_json_open(&w, '{');
                TT_KEY(&w, "topic");
                tt_json_text(&w, text, n, 0);
                TT_KEY(&w, "message_id");
                tt_json_uint(&w, 7);
                tt_json_close(&w, '}');
                tt_json_close(&w, '}');
                want[tt_json_length(&w)] = 0;
                msg_start(&tt_mqtt, M_PUBLISH);
                put_octets(R_TOPIC, text, n);
                put_number(R_ID, 7);
                expect(want);
            }
        }
        free(text);
    }
}

static uint32_t seed = 1;

static unsigned draw(unsigned n)
{
    seed = seed * 1664525 + 1013904223;
    return (seed >> 8) % n;
}

static void any_values_in_any_order(void **state)
{
    (void)state;
    static uint8_t noise[256];
    for (unsigned i = 0; i < sizeof noise; i++) {
        noise[i] = (uint8_t)(i * 7);
    }
    for (int round = 0; round < 300; round++) {
        const struct tt_dissector *d = draw(2) ? &tt_mqtt : &tt_demo;
        msg_start(d, draw(10));
        the_msg.truncated = draw(8) == 0;
        unsigned n = round % 10 ? draw(40) : TT_MSG_VALUES;
        while (the_msg.n_values < n) {
            unsigned field = draw(d->n_fields);
            uint8_t type = d->fields[field].type;
            if (type == TT_STR || type == TT_BYTES || type == TT_IP) {
                put_octets(field, noise + draw(128), type == TT_IP && draw(2) ? 16 : draw(64));
            } else {
                put_number(field, draw(5));
            }
        }
        write_message();
    }
}

static void every_span(void **state)
{
    (void)state;
    msg_start(&tt_mqtt, M_CONNECT);
    head(0);
    put_text(R_CLIENT, "meter \"0417\"");
    put_number(R_CLEAN, 1);
    put_text(R_WILL_TOPIC, "w");
    put_text(R_WILL_KEY, "k");
    put_text(R_WILL_VALUE, "v");
    put_text(R_KEY, "k");
    put_number(R_ID, 3);
    write_message();
    size_t whole = tt_json_length(&j) - 2;
    for (size_t n = 0; n <= whole + 70; n++) {
        uint8_t *exact = malloc(n ? n : 1); /* the sanitizer sees one octet too many */
        tt_json_init(&j, exact, n);
        tt_eve_message(eve, &j, &the_msg);
        assert_int_equal(j.full, n < whole);
        if (!j.full) {
            assert_memory_equal(exact, span + 1, whole);
        }
        free(exact);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_publish),
        cmocka_unit_test(values_go_out_in_declared_order),
        cmocka_unit_test(lists_keep_wire_order),
        cmocka_unit_test(pairs_of_two_lists_do_not_mix),
        cmocka_unit_test(rows_of_another_kind_are_left_out),
        cmocka_unit_test(one_path_is_written_once),
        cmocka_unit_test(an_empty_message_has_its_object),
        cmocka_unit_test(messages_join_with_commas),
        cmocka_unit_test(a_skipped_body_is_told),
        cmocka_unit_test(passwords_are_redacted),
        cmocka_unit_test(every_type),
        cmocka_unit_test(objects_in_elements),
        cmocka_unit_test(hostile_texts),
        cmocka_unit_test(quick_texts_agree),
        cmocka_unit_test(any_values_in_any_order),
        cmocka_unit_test(every_span),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
