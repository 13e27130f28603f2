/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the tests of this room share: two dissectors made for them (one in the shape of Suricata's
 * mqtt object), a flow, a packet, and the few functions of other rooms that the writer asks.
 */
#ifndef TESTS_UNIT_OUTPUT_FIXTURE_H
#define TESTS_UNIT_OUTPUT_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/registry.h"
#include "output/eve.h"
#include "unit/output/judge.h"

/* 2026-11-21T14:02:11.204518 UTC; date -u -d says 1795269731 */
#define NOON INT64_C(1795269731204518000)

/* ---- dissectors ---- */

enum { M_CONNECT, M_PUBLISH, M_SUBSCRIBE, M_UNSUBSCRIBE, M_SUBACK, M_PINGREQ, M_DISCONNECT };
enum mqtt_row {
    R_RAW,
    R_QOS,
    R_QOS_TOO,
    R_RETAIN,
    R_DUP,
    R_CLIENT,
    R_HAS_NAME,
    R_CLEAN,
    R_PASSWORD,
    R_WILL_TOPIC,
    R_WILL_KEY,
    R_WILL_VALUE,
    R_TOPIC,
    R_ID,
    R_MESSAGE,
    R_SUB_TOPIC,
    R_SUB_QOS,
    R_UNSUB_TOPIC,
    R_GRANTED,
    R_REASON,
    R_EXPIRY,
    R_KEY,
    R_VALUE,
    MQTT_ROWS
};

static const struct tt_name mqtt_kinds[] = {
    {M_CONNECT, "connect"},       {M_PUBLISH, "publish"},
    {M_SUBSCRIBE, "subscribe"},   {M_UNSUBSCRIBE, "unsubscribe"},
    {M_SUBACK, "suback"},         {M_PINGREQ, "pingreq"},
    {M_DISCONNECT, "disconnect"}, {0, NULL}};
static const struct tt_field mqtt_fields[] = {
    [R_RAW] = {"raw", "Raw.", NULL, NULL, NULL, TT_BYTES, 0, TT_UNRECORDED},
    [R_QOS] = {"*.qos", "Quality of service.", NULL, NULL, NULL, TT_UINT, 0, 0},
    [R_QOS_TOO] = {"*.qos", "Quality of service.", NULL, NULL, NULL, TT_UINT, 0, 0},
    [R_RETAIN] = {"*.retain", "Retain.", NULL, NULL, NULL, TT_BOOL, 0, 0},
    [R_DUP] = {"*.dup", "Again.", NULL, NULL, NULL, TT_BOOL, 0, 0},
    [R_CLIENT] = {"connect.client_id", "Who.", NULL, NULL, NULL, TT_STR, 0, TT_IDENTITY},
    [R_HAS_NAME] = {"connect.flags.username", "Flag.", NULL, NULL, NULL, TT_BOOL, 0, 0},
    [R_CLEAN] = {"connect.flags.clean_session", "Flag.", NULL, NULL, NULL, TT_BOOL, 0, 0},
    [R_PASSWORD] = {"connect.password", "Secret.", NULL, NULL, NULL, TT_STR, 0, TT_SECRET},
    [R_WILL_TOPIC] = {"connect.will.topic", "Will.", NULL, NULL, NULL, TT_STR, 0, 0},
    [R_WILL_KEY] = {"connect.will.properties.user_properties[].key", "Pair.", NULL, NULL, NULL,
                    TT_STR, 0, 0},
    [R_WILL_VALUE] = {"connect.will.properties.user_properties[].value", "Pair.", NULL, NULL, NULL,
                      TT_STR, 0, 0},
    [R_TOPIC] = {"publish.topic", "Topic.", NULL, NULL, NULL, TT_STR, 0, TT_STREAM},
    [R_ID] = {"*.message_id", "Id.", NULL, NULL, NULL, TT_UINT, 0, 0},
    [R_MESSAGE] = {"publish.message", "Payload.", NULL, NULL, NULL, TT_STR, 0, TT_PAYLOAD},
    [R_SUB_TOPIC] = {"subscribe.topics[].topic", "Filter.", NULL, NULL, NULL, TT_STR, 0, 0},
    [R_SUB_QOS] = {"subscribe.topics[].qos", "Wanted.", NULL, NULL, NULL, TT_UINT, 0, 0},
    [R_UNSUB_TOPIC] = {"unsubscribe.topics[]", "Filter.", NULL, NULL, NULL, TT_STR, 0, 0},
    [R_GRANTED] = {"suback.qos_granted[]", "Granted.", NULL, NULL, NULL, TT_UINT, 0, 0},
    [R_REASON] = {"*.reason_code", "Code.", NULL, NULL, NULL, TT_UINT, 0, 0},
    [R_EXPIRY] = {"*.properties.message_expiry_interval", "Life.", NULL, NULL, NULL, TT_UINT, 0, 0},
    [R_KEY] = {"*.properties.user_properties[].key", "Pair.", NULL, NULL, NULL, TT_STR, 0, 0},
    [R_VALUE] = {"*.properties.user_properties[].value", "Pair.", NULL, NULL, NULL, TT_STR, 0, 0},
};
static const struct tt_dissector tt_mqtt = {.name = "mqtt",
                                            .kinds = mqtt_kinds,
                                            .fields = mqtt_fields,
                                            .n_fields = MQTT_ROWS,
                                            .transport = TT_TCP};

enum { D_REQUEST, D_ANSWER };
enum demo_row {
    D_VERSION,
    D_CODE,
    D_FLAGS,
    D_TOKEN,
    D_ADDRESS,
    D_KEY,
    D_OPT_NUMBER,
    D_OPT_ODD,
    D_OPT_NAME,
    D_OPT_DEEP,
    D_CODES,
    D_LAST,
    DEMO_ROWS
};
static const struct tt_name demo_kinds[] = {
    {D_REQUEST, "request"}, {D_ANSWER, "answer"}, {0, NULL}};
static const struct tt_name demo_codes[] = {{1, "GET"}, {2, "POST"}, {0, NULL}};
static const struct tt_field demo_fields[] = {
    [D_VERSION] = {"version", "V.", NULL, NULL, NULL, TT_UINT, 0, 0},
    [D_CODE] = {"*.code", "C.", demo_codes, NULL, NULL, TT_ENUM, 0, 0},
    [D_FLAGS] = {"*.flags", "F.", NULL, NULL, NULL, TT_FLAGS, 0, 0},
    [D_TOKEN] = {"*.token", "T.", NULL, NULL, NULL, TT_BYTES, 0, 0},
    [D_ADDRESS] = {"*.address", "A.", NULL, NULL, NULL, TT_IP, 0, 0},
    [D_KEY] = {"*.key", "K.", NULL, NULL, NULL, TT_UINT, 0, TT_SECRET},
    [D_OPT_NUMBER] = {"*.options[].number", "N.", NULL, NULL, NULL, TT_UINT, 0, 0},
    [D_OPT_ODD] = {"*.options[].is.odd", "O.", NULL, NULL, NULL, TT_BOOL, 0, 0},
    [D_OPT_NAME] = {"*.options[].name", "N.", NULL, NULL, NULL, TT_STR, 0, 0},
    [D_OPT_DEEP] = {"*.options[].is.deep", "D.", NULL, NULL, NULL, TT_STR, 0, 0},
    [D_CODES] = {"*.codes[]", "C.", demo_codes, NULL, NULL, TT_ENUM, 0, 0},
    [D_LAST] = {"last", "L.", NULL, NULL, NULL, TT_UINT, 0, 0},
};
static const struct tt_dissector tt_demo = {.name = "demo",
                                            .kinds = demo_kinds,
                                            .fields = demo_fields,
                                            .n_fields = DEMO_ROWS,
                                            .transport = TT_UDP};

/* ---- other rooms ---- */

const struct tt_dissector *const tt_registry_dissectors[] = {&tt_mqtt, &tt_demo, NULL};
static bool probing_failed;

uint64_t tt_flow_id(const struct tt_flow *f)
{
    (void)f;
    return 1399;
}

const struct tt_dissector *tt_engine_dissector(const struct tt_flow *f)
{
    return (const void *)f->app;
}

const struct tt_dissector *tt_engine_innermost(const struct tt_flow *f)
{
    return (const void *)f->app;
}

static const struct tt_dissector *the_carrier;

const struct tt_dissector *tt_engine_carrier(const struct tt_flow *f)
{
    (void)f;
    return the_carrier;
}

bool tt_engine_failed(const struct tt_flow *f)
{
    (void)f;
    return probing_failed;
}

uint64_t tt_engine_tx_count(const struct tt_flow *f)
{
    (void)f;
    return 12;
}

/* NULL: nothing is remembered between records, each head is rendered. */
static struct tt_flow_device *the_device;

struct tt_flow_device *tt_engine_device(const struct tt_flow *f)
{
    (void)f;
    return the_device;
}

const struct tt_anomaly *tt_dissect_anomalies(uint32_t *n)
{
    static const struct tt_anomaly row = {"unit_cut", "a unit that its stream does not end"};
    *n = 1;
    return &row;
}

const struct tt_dissector *tt_dissector_at(unsigned index)
{
    return index < 2 ? tt_registry_dissectors[index] : NULL;
}

/* ---- values ---- */

static inline struct tt_address v4(uint8_t a, uint8_t b, uint8_t c, uint8_t d)
{
    return (struct tt_address){{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}};
}

/* 10.64.3.17:40112 is the client of 198.51.100.7:1883 */
static inline struct tt_flow make_flow(const struct tt_dissector *d)
{
    return (struct tt_flow){.key = {.low = v4(10, 64, 3, 17),
                                    .high = v4(198, 51, 100, 7),
                                    .low_port = 40112,
                                    .high_port = 1883,
                                    .protocol = 6},
                            .first = NOON - 3000000000,
                            .last = NOON,
                            .first_packet = 1,
                            .packets = {7, 5},
                            .octets = {700, 512},
                            .app = (void *)(uintptr_t)d,
                            .state = TT_FLOW_ESTABLISHED,
                            .ip_version = 4};
}

static inline struct tt_packet make_packet(bool to_server)
{
    struct tt_packet p = {.time = NOON,
                          .number = 88273,
                          .count = 88273,
                          .ip_version = 4,
                          .protocol = 6,
                          .flags = TT_PACKET_IP | TT_PACKET_TRANSPORT};
    p.src = to_server ? v4(10, 64, 3, 17) : v4(198, 51, 100, 7);
    p.dst = to_server ? v4(198, 51, 100, 7) : v4(10, 64, 3, 17);
    p.sport = to_server ? 40112 : 1883;
    p.dport = to_server ? 1883 : 40112;
    return p;
}

static struct tt_msg the_msg;

static inline void msg_start(const struct tt_dissector *d, unsigned kind)
{
    memset(&the_msg, 0, sizeof the_msg);
    the_msg.dissector = d;
    the_msg.kind = (uint8_t)kind;
}

static inline void put_number(unsigned field, uint64_t v)
{
    struct tt_value *s = &the_msg.values[the_msg.n_values++];
    *s = (struct tt_value){
        .u = v, .field = (uint8_t)field, .type = the_msg.dissector->fields[field].type};
}

static inline void put_octets(unsigned field, const void *p, size_t n)
{
    struct tt_value *s = &the_msg.values[the_msg.n_values++];
    *s = (struct tt_value){.p = p,
                           .n = (uint32_t)n,
                           .field = (uint8_t)field,
                           .type = the_msg.dissector->fields[field].type};
}
#define put_text(field, literal) put_octets(field, "" literal, sizeof(literal) - 1)

#endif
