/* SPDX-License-Identifier: BSD-3-Clause
 *
 * LwM2M in CoAP: operations, endpoint names, and values in every format; octets of TLV and JSON are
 * the examples of OMA's specification 1.0 (6.4), SenML those of RFC 8428.
 */
#include "unit/dissect/coap_rig.h"

static void registration(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    GOES(r, C,
         "4202 0001 0102 b2 'rd' 11 28 3d 07 'ep=urn:imei:35209900' 06 'lt=300' 09 'lwm2m=1.1'"
         "03 'b=U' 0b 'sms=4912345' ff '</1/0>;ver=1.1,</3/0>,</5>'");
    IS(r, "*.lwm2m.operation", "1");
    IS(r, "*.lwm2m.endpoint", "urn:imei:35209900");
    IS(r, "*.lwm2m.lifetime", "300");
    IS(r, "*.lwm2m.version", "1.1");
    IS(r, "*.lwm2m.binding", "U");
    IS(r, "*.lwm2m.sms", "4912345");
    IS(r, "*.lwm2m.objects[]", "/1/0|/3/0|/5");
    const struct tt_value *id = &r->m.values[r->m.identity];
    assert_int_equal(id->n, 17);
    assert_memory_equal(id->p, "urn:imei:35209900", 17);
    GOES(r, S, "6241 0001 0102 82 'rd' 04 '5a3f'");
    IS(r, "*.location_path[]", "rd|5a3f");
    IS(r, "*.lwm2m.location", "/rd/5a3f");
    GOES(r, C, "4202 0002 0103 b2 'rd' 04 '5a3f'");
    IS(r, "*.lwm2m.operation", "2");
    GOES(r, C, "4204 0003 0104 b2 'rd' 04 '5a3f'");
    IS(r, "*.lwm2m.operation", "3");
    GOES(r, C, "4202 0004 0105 b2 'bs' 48 'ep=meter'");
    IS(r, "*.lwm2m.operation", "4");
    GOES(r, S, "4202 0004 0106 b2 'bs'");
    IS(r, "*.lwm2m.operation", "5");
    rig_free(r);
}

static void operations_by_method_and_path(void **state)
{
    (void)state;
    static const struct {
        const char *octets, *operation, *object, *resource;
    } rows[] = {
        {"4101 0001 01 b1 '3' 01 '0'", "7", "Device", "(none)"},
        {"4101 0001 01 b1 '3' 01 '0' 01 '3'", "7", "Device", "Firmware Version"},
        {"4101 0001 01 b1 '3' 61 28", "13", "Device", "(none)"},                   /* discover */
        {"4101 0001 01 60 51 '3' 01 '0' 01 '9'", "14", "Device", "Battery Level"}, /* observe */
        {"4101 0001 01 61 01 51 '3' 01 '0'", "15", "Device", "(none)"},
        {"4103 0001 01 b1 '5' 01 '0' 01 '1' 10 ff 'coap://x/fw'", "8", "Firmware Update",
         "Package URI"},
        {"4103 0001 01 b1 '3' 01 '0' 47 'pmin=10'", "9", "Device", "(none)"},
        {"4102 0001 01 b1 '5' 01 '0' 01 '2'", "10", "Firmware Update", "Update"}, /* execute */
        {"4102 0001 01 b1 '3' 01 '0' 01 '5'", "10", "Device", "Factory Reset"},
        {"4102 0001 01 b1 '3' 12 2d16 ff c10901", "11", "Device", "(none)"}, /* create */
        {"4104 0001 01 b1 '1' 01 '2'", "12", "Server", "(none)"},
        {"4101 0001 01 b1 'a' 01 '0'", "(none)", "(none)", "(none)"},
        {"4101 0001 01 b6 '123456'", "(none)", "(none)", "(none)"},
        {"4101 0001 01 b2 '99'", "(none)", "(none)",
         "(none)"}, /* nobody's, and not known as LwM2M */
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig *r = rig_new(TT_UDP);
        GOES(r, S, rows[i].octets);
        IS(r, "*.lwm2m.operation", rows[i].operation);
        IS(r, "*.lwm2m.object_name", rows[i].object);
        IS(r, "*.lwm2m.resource_name", rows[i].resource);
        rig_free(r);
    }
}

/* 1.0, 6.4.3: Device of the example client, request for /3/0. */
static void a_device_in_tlv(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    GOES(r, S, "4101 0001 01 b1 '3' 01 '0' 62 2d16");
    GOES(r, C,
         "6145 0001 01 c2 2d16 ff"
         "c800 14 'Open Mobile Alliance' c801 16 'Lightweight M2M Client' c802 09 '345000123'"
         "c303 '1.0' 8606 410001 410105 8807 08 42000ed8 42011388 8708 41007d 42010384 c10964"
         "c10a0f 830b 410000 c40d 5182428f c60e '+02:00' c110 'U'");
    IS(r, "*.lwm2m.operation", "7");
    IS(r, "*.lwm2m.values[].path",
       "/3/0/0|/3/0/1|/3/0/2|/3/0/3|/3/0/6/0|/3/0/6/1|/3/0/7/0|/3/0/7/1|/3/0/8/0|/3/0/8/1|/3/0/9|"
       "/3/0/10|/3/0/11/0|/3/0/13|/3/0/14|/3/0/16");
    IS(r, "*.lwm2m.values[].value",
       "Open Mobile Alliance|Lightweight M2M Client|345000123|1.0|1|5|3800|5000|125|900|100|15|0|"
       "1367491215|+02:00|U");
    ODD(r, "");
    rig_free(r);
}

/* 1.0, 6.4.3: two instances of the server object's access control, request for /2. */
static void instances_in_tlv(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    GOES(r, S, "4101 0001 01 b1 '2' 62 2d16");
    GOES(r, C,
         "6145 0001 01 c2 2d16 ff 0800 0e c10001 c10100 8302 417f07 c1037f"
         "0802 12 c10003 c10100 8702 417f07 613601 01 c1037f");
    IS(r, "*.lwm2m.values[].path",
       "/2/0/0|/2/0/1|/2/0/2/127|/2/0/3|/2/2/0|/2/2/1|/2/2/2/127|/2/2/2/13825|/2/2/3");
    IS(r, "*.lwm2m.values[].value", "1|0|7|127|3|0|7|1|127");
    rig_free(r);
}

static void broken_tlv(void **state)
{
    (void)state;
    static const char *const rows[] = {"c80014'short'",   "c1",
                                       "4100 01",         "0800 03 0800 00",
                                       "0800 02 4100 01", "8800 04 0801 01 00"};
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig *r = rig_new(TT_UDP);
        char text[128];
        snprintf(text, sizeof text, "4103 0001 01 b1 '3' 12 2d16 ff %s", rows[i]);
        GOES(r, S, text);
        if (strcmp(rig_anomalies(r), i == 2 ? "" : "lwm2m_tlv") != 0) {
            fail_msg("%s: %s", rows[i], rig_anomalies(r));
        }
        rig_free(r);
    }
}

/* RFC 8428, 5.1.2 and 6; LwM2M 1.0 JSON. */
static void senml(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    GOES(r, C,
         "4102 0001 01 b2 'dp' 11 6e ff"
         "'[{\"bn\":\"/3303/0/\",\"n\":\"5700\",\"v\":23.1,\"u\":\"Cel\"},"
         " {\"n\":\"5701\",\"vs\":\"Cel\"},{\"n\":\"5850\",\"vb\":true}]'");
    IS(r, "*.lwm2m.operation", "17");
    IS(r, "*.lwm2m.values[].path", "/3303/0/5700|/3303/0/5701|/3303/0/5850");
    IS(r, "*.lwm2m.values[].name", "Sensor Value|Sensor Units|On/Off");
    IS(r, "*.lwm2m.values[].value", "23.1|Cel|true");
    ODD(r, "");
    /* [{-2: "/3303/0/", 0: "5700", 2: 23.0 (half)}, {0: "5601", 2: -5}, {0: "9", 8: h'0102'}] */
    GOES(r, C,
         "4102 0002 02 b2 'dp' 11 70 ff"
         "83 a3 21 68 '/3303/0/' 00 64 '5700' 02 f94dc0 a2 00 64 '5601' 02 24"
         "a2 00 61 '9' 08 42 6162");
    IS(r, "*.lwm2m.values[].path", "/3303/0/5700|/3303/0/5601|/3303/0/9");
    IS(r, "*.lwm2m.values[].value", "23|-5|ab");
    ODD(r, "");
    /* endless lists and maps, a value that is a list */
    GOES(r, C,
         "4102 0003 03 b2 'dp' 11 70 ff 9f bf 00 63 '/1/' 02 fb4037000000000000 63 'abc' 82"
         "01 a1 01 02 ff ff");
    IS(r, "*.lwm2m.values[].value", "23");
    ODD(r, "");
    GOES(r, S, "4101 0004 04 b1 '3' 01 '0' 62 2d17");
    GOES(r, C,
         "6145 0004 04 c2 2d17 ff '{\"bn\":\"/3/0/\",\"e\":[{\"n\":\"0\",\"sv\":\"OMA\"},"
         "{\"n\":\"9\",\"v\":100}]}'");
    IS(r, "*.lwm2m.values[].path", "/3/0/0|/3/0/9");
    IS(r, "*.lwm2m.values[].value", "OMA|100");
    rig_free(r);
}

/* LwM2M 1.2 core, 7.4.6: the Device object as nested maps; steps of a path in one key; a map
 * without a length; a time with its tag. */
static void lwm2m_cbor(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    GOES(r, S, "4101 0001 01 b1 '3' 01 '0' 62 2d18");
    GOES(r, C,
         "6145 0001 01 c2 2d18 ff a1 03 a1 00 a6 00 74 'Open Mobile Alliance' 02 69 '345000123'"
         "06 a2 00 01 01 05 09 18 64 0d c1 1a 5182428f 0e 66 '+02:00'");
    IS(r, "*.lwm2m.values[].path", "/3/0/0|/3/0/2|/3/0/6/0|/3/0/6/1|/3/0/9|/3/0/13|/3/0/14");
    IS(r, "*.lwm2m.values[].value", "Open Mobile Alliance|345000123|1|5|100|1367491215|+02:00");
    IS(r, "*.lwm2m.values[].name",
       "Manufacturer|Serial Number|Available Power Sources|Available Power Sources|Battery "
       "Level|Current Time|UTC Offset");
    ODD(r, "");
    GOES(r, S, "4101 0002 02 b4 '3303' 62 2d18");
    GOES(r, C,
         "6145 0002 02 c2 2d18 ff bf 83 19 0ce7 00 19 1644 fb 4035 800000000000 82 19 0ce7 01"
         "a2 19 1644 f9 4d60 19 1645 63 'Cel' ff");
    IS(r, "*.lwm2m.values[].path", "/3303/0/5700|/3303/1/5700|/3303/1/5701");
    IS(r, "*.lwm2m.values[].value", "21.5|21.5|Cel");
    ODD(r, "");
    /* plain CBOR: one resource; octets that are no text */
    GOES(r, S, "4103 0003 03 b1 '3' 01 '0' 02 '13' 11 3c ff 1a 5182428f");
    IS(r, "*.lwm2m.values[].value", "1367491215");
    GOES(r, S, "4103 0004 04 b1 '6' 01 '0' 01 '4' 11 3c ff 44 00ff1002");
    IS(r, "*.lwm2m.values[].value", "00ff1002");
    ODD(r, "");
    rig_free(r);
}

static void broken_cbor(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "a1",                               /* no pair */
        "a1 03 a1 00 a1 00",                /* no value */
        "a1 20 01",                         /* a key below 0 */
        "a1 1a 00010000 01",                /* above 65535 */
        "a1 85 01 02 03 04 05 00",          /* a path of five */
        "a1 01 a1 01 a1 01 a1 01 a1 01 00", /* and nested */
        "a1 80 00",                         /* of none */
        "a1 61 'n' 00",                     /* a text */
        "a1 03 01 00",                      /* something behind it */
        "83 01 02 03",                      /* no map */
        "bb ffffffffffffffff",              /* without an end */
        "a1 9b ffffffffffffff00 01",
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig *r = rig_new(TT_UDP);
        char text[128];
        snprintf(text, sizeof text, "4103 0001 01 b1 '3' 12 2d18 ff %s", rows[i]);
        GOES(r, C, text);
        if (strcmp(rig_anomalies(r), "lwm2m_senml") != 0) {
            fail_msg("%s: %s", rows[i], rig_anomalies(r));
        }
        rig_free(r);
    }
}

/* LwM2M 1.1, E.6: the package in blocks, or where it is; it is executed, and the state told. */
static void a_firmware_update(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    GOES(r, S, "4103 0001 01 b1 '5' 01 '0' 01 '0' 11 2a d1 02 08 ff '0123456789abcdef'");
    IS(r, "*.lwm2m.operation", "8");
    IS(r, "*.lwm2m.resource_name", "Package");
    GOES(r, S, "4103 0002 02 b1 '5' 01 '0' 01 '0' 11 2a d1 02 10 ff 'end'");
    IS(r, "*.payload", "0123456789abcdefend");
    IS(r, "*.lwm2m.operation", "8");
    GOES(r, S, "4103 0003 03 b1 '5' 01 '0' 01 '1' 10 ff 'coaps://fw.example/7'");
    IS(r, "*.lwm2m.operation", "8");
    IS(r, "*.lwm2m.values[].name", "Package URI");
    IS(r, "*.lwm2m.values[].value", "coaps://fw.example/7");
    GOES(r, S, "4102 0004 04 b1 '5' 01 '0' 01 '2'");
    IS(r, "*.lwm2m.operation", "10");
    IS(r, "*.lwm2m.resource_name", "Update");
    GOES(r, C, "6144 0004 04");
    IS(r, "*.lwm2m.operation", "10");
    GOES(r, S, "4102 0005 05 b1 '3' 01 '0' 01 '5' ff '0'");
    IS(r, "*.lwm2m.resource_name", "Factory Reset");
    IS(r, "*.lwm2m.operation", "10");
    GOES(r, S, "4101 0006 06 60 51 '5' 01 '0' 01 '3'");
    GOES(r, C, "6145 0006 06 60 60 ff '1'");
    GOES(r, C, "5145 1001 06 61 01 60 ff '2'");
    IS(r, "*.lwm2m.path", "/5/0/3");
    IS(r, "*.lwm2m.values[].name", "State");
    IS(r, "*.lwm2m.values[].value", "2");
    ODD(r, "");
    rig_free(r);
}

/* A large list in blocks is read when it is whole. */
static void values_of_a_body(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    GOES(r, C, "4102 0001 01 b2 'dp' 11 6e d1 02 08 ff '[{\"n\":\"/3303/0/5'");
    IS(r, "*.lwm2m.values[].path", "(none)");
    GOES(r, C, "4102 0002 02 b2 'dp' 11 6e d1 02 10 ff '700\",\"v\":21}]'");
    IS(r, "*.lwm2m.values[].path", "/3303/0/5700");
    IS(r, "*.lwm2m.values[].value", "21");
    IS(r, "*.lwm2m.operation", "17");
    ODD(r, "");
    rig_free(r);
}

static void broken_senml(void **state)
{
    (void)state;
    static const char *const rows[] = {
        "6e ff '[{\"n\":\"5700\",\"v\":'",
        "6e ff '[[[[[]]]]]'",
        "6e ff '[{\"n\":\"'",
        "6e ff ']'",
        "70 ff 82 a1 00",
        "70 ff 9b ffffffffffffff00 a0",
        "70 ff 01",
        "70 ff 81 a1 00 fc",
        "70 ff 81 a1 02 9b 0000000100000000",
        "70 ff 81 a1 00 5f",
    };
    for (unsigned i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct rig *r = rig_new(TT_UDP);
        char text[128];
        snprintf(text, sizeof text, "4102 0001 01 b2 'dp' 11 %s", rows[i]);
        GOES(r, C, text);
        if (strcmp(rig_anomalies(r), "lwm2m_senml") != 0) {
            fail_msg("%s: %s", rows[i], rig_anomalies(r));
        }
        rig_free(r);
    }
}

/* A relation's notifications have the path of what was asked for. */
static void notifications_have_a_stream(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    GOES(r, S, "4101 0001 07 60 54 '3303' 01 '0' 04 '5700'");
    IS(r, "*.lwm2m.operation", "14");
    GOES(r, C, "6145 0001 07 60 60 ff '21.5'");
    IS(r, "*.lwm2m.operation", "14");
    GOES(r, C, "5145 1001 07 61 01 60 ff '21.6'");
    IS(r, "*.lwm2m.operation", "16");
    IS(r, "*.lwm2m.path", "/3303/0/5700");
    IS(r, "*.lwm2m.values[].value", "21.6");
    IS(r, "*.stream", "GET /3303/0/5700");
    ODD(r, "");
    GOES(r, C, "5145 1002 07 61 01 60 ff '21.6'");
    ODD(r, "observe_order");
    rig_free(r);
}

/* What is written to the security object holds keys: neither payload nor value is shown. */
static void keys_are_secret(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    GOES(r, S, "4103 0001 01 b1 '0' 01 '1' 12 2d16 ff c800 08 'coap://x' c505 'SECRE'");
    IS(r, "*.lwm2m.values[].name", "LwM2M Server URI|Secret Key");
    unsigned secrets = 0, shown = 0;
    for (unsigned i = 0; i < r->m.n_values; i++) {
        const struct tt_value *v = &r->m.values[i];
        const struct tt_field *f = &tt_dissector_coap.fields[v->field];
        bool key = v->type == TT_STR && v->n >= 5 && memmem(v->p, v->n, "SECRE", 5);
        secrets += key && f->flags & TT_SECRET;
        shown += key && !(f->flags & TT_SECRET);
    }
    assert_int_equal(secrets, 2);
    assert_int_equal(shown, 0);
    rig_free(r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(registration),     cmocka_unit_test(operations_by_method_and_path),
        cmocka_unit_test(a_device_in_tlv),  cmocka_unit_test(instances_in_tlv),
        cmocka_unit_test(broken_tlv),       cmocka_unit_test(senml),
        cmocka_unit_test(broken_senml),     cmocka_unit_test(notifications_have_a_stream),
        cmocka_unit_test(keys_are_secret),  cmocka_unit_test(lwm2m_cbor),
        cmocka_unit_test(broken_cbor),      cmocka_unit_test(a_firmware_update),
        cmocka_unit_test(values_of_a_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
