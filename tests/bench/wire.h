/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the bench's generator has of a device and of octets on the wire: random numbers, writers in
 * network order, checksums, names and readings.
 */
#ifndef BENCH_WIRE_H
#define BENCH_WIRE_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#define FRAME 512u

enum protocol { MQTT, COAP, DNS, RADIUS, SMPP, GTP, PROTOCOLS };

enum send {
    SYN,
    SYN_ACK,
    ACK,
    CONNECT,
    CONNACK,
    SUBSCRIBE,
    SUBACK,
    READING,
    READING_1,
    PUBACK,
    PINGREQ,
    PINGRESP,
    COMMAND,
    DISCONNECT,
    FIN,
    QUESTION,
    ANSWER,
};

enum step {
    OPEN,
    OPEN_2,
    OPEN_3,
    HELLO,
    HELLO_2,
    HELLO_3,
    WISH,
    WISH_2,
    WISH_3,
    TELL,
    TELL_2,
    ASSURE,
    ASSURE_2,
    ASSURE_3,
    PING,
    PING_2,
    PING_3,
    ORDER,
    ORDER_2,
    LEAVE,
    LEAVE_2,
    LEAVE_3,
    ASK,
    ASK_2,
    STEPS,
    REST = STEPS,
};

struct device {
    uint64_t at, reading; /* µs: its next step, its next reading */
    uint64_t random;
    uint32_t number, seq[2], readings; /* seq[0] the device's */
    uint32_t period;                   /* µs between readings */
    uint16_t port, packet_id, ip_id[2];
    enum step step;
    enum protocol protocol;
    bool version5, timestamps, qos1, rested;
};

struct octets {
    uint8_t p[FRAME];
    uint32_t n;
};

static inline uint64_t draw(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15)); /* splitmix64 */
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static inline uint32_t below(struct device *d, uint32_t n)
{
    return (uint32_t)(draw(&d->random) >> 32) % n;
}

static inline void put8(struct octets *o, uint32_t v)
{
    o->p[o->n++] = (uint8_t)v;
}

static inline void put16(struct octets *o, uint32_t v)
{
    put8(o, v >> 8);
    put8(o, v & 0xff);
}

static inline void put32(struct octets *o, uint32_t v)
{
    put16(o, v >> 16);
    put16(o, v & 0xffff);
}

static inline void put(struct octets *o, const void *p, size_t n)
{
    memcpy(o->p + o->n, p, n);
    o->n += (uint32_t)n;
}

static inline void put_text(struct octets *o, const char *s)
{
    put16(o, (uint32_t)strlen(s));
    put(o, s, strlen(s));
}

static const char *const kinds[4] = {"meter", "pump", "truck", "room"};

static inline void name_of(const struct device *d, char name[32])
{
    snprintf(name, 32, "%s-%05u", kinds[d->number % 4], d->number);
}

/* A reading of 40 to 160 octets, by the kind of the device. */
static inline int reading(struct device *d, char *text, size_t room, bool alarm)
{
    const char *status = alarm ? "alarm" : "ok";
    const uint32_t a = below(d, 1000), b = below(d, 1000), n = d->readings;
    switch (d->number % 4) {
    case 0:
        return snprintf(text, room, "{\"v\":23%u.%u,\"kwh\":%u.%03u,\"status\":\"%s\"}", a % 7,
                        a % 10, 4100 + n / 9, b, status);
    case 1:
        return snprintf(
            text, room,
            "{\"seq\":%u,\"pressure\":3.%03u,\"flow\":12.%u,\"rpm\":14%02u,\"status\":\"%s\"}", n,
            a, b % 10, b % 100, status);
    case 2:
        return snprintf(text, room,
                        "{\"seq\":%u,\"position\":{\"lat\":52.%03u41,\"lon\":13.%03u07},\"speed\":%"
                        "u,\"heading\":%u,"
                        "\"fuel\":0.%02u,\"status\":\"%s\"}",
                        n, a, b, a % 90, b % 360, a % 100, status);
    default:
        return snprintf(
            text, room,
            "{\"seq\":%u,\"temperature\":{\"value\":2%u.%02u,\"unit\":\"C\"},\"humidity\":{"
            "\"value\":4%u.%u,"
            "\"unit\":\"%%\"},\"co2\":{\"value\":%u,\"unit\":\"ppm\"},\"status\":\"%s\"}",
            n, a % 4, a % 100, b % 10, b % 7, 400 + a, status);
    }
}

/* The Internet checksum (RFC 1071) of n octets, on top of a sum. */
static inline uint32_t sum(const uint8_t *p, uint32_t n, uint32_t s)
{
    for (; n > 1; n -= 2, p += 2) {
        s += (uint32_t)p[0] << 8 | p[1];
    }
    s += n ? (uint32_t)*p << 8 : 0;
    s = (s & 0xffff) + (s >> 16);
    return (s & 0xffff) + (s >> 16);
}

static inline void fill16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

#endif
