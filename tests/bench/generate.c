/* SPDX-License-Identifier: BSD-3-Clause
 *
 * generate FILE PACKETS [DEVICES] - writes a classic pcap of MQTT devices at their brokers, the
 * same octets every time: a shorter file is the beginning of a longer one. Each device is a row
 * of steps (RFC 9293 handshake, MQTT 3.1.1 or 5 session, a reading about once a minute, pings,
 * commands, now and then a new connection); a heap of next steps interleaves them as a SPAN
 * port does. Prints what it wrote as NAME=NUMBER lines. Loss-free and in order: it measures the
 * usual case, not the worst.
 */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define START   UINT64_C(1778918400000000) /* 2026-05-16 08:00:00 UTC, µs */
#define SECOND  UINT64_C(1000000)
#define BROKERS 4u
#define RAMP    120u  /* seconds in which the devices connect */
#define ALARMS  1000u /* one reading in so many says "alarm": what the rule with hits looks for */
#define FRAME   512u

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
    STEPS,
    REST = STEPS,
};

/* What each step sends, whether the broker does, the step after it and how many µs later at least
 * (up to four times that). */
static const struct {
    enum send send;
    bool broker;
    enum step next;
    uint32_t delay;
} steps[STEPS] = {
    [OPEN] = {SYN, false, OPEN_2, 9000},
    [OPEN_2] = {SYN_ACK, true, OPEN_3, 9000},
    [OPEN_3] = {ACK, false, HELLO, 800},
    [HELLO] = {CONNECT, false, HELLO_2, 9000},
    [HELLO_2] = {CONNACK, true, HELLO_3, 9000},
    [HELLO_3] = {ACK, false, WISH, 2000},
    [WISH] = {SUBSCRIBE, false, WISH_2, 9000},
    [WISH_2] = {SUBACK, true, WISH_3, 9000},
    [WISH_3] = {ACK, false, REST, 0},
    [TELL] = {READING, false, TELL_2, 9000},
    [TELL_2] = {ACK, true, REST, 0},
    [ASSURE] = {READING_1, false, ASSURE_2, 9000},
    [ASSURE_2] = {PUBACK, true, ASSURE_3, 9000},
    [ASSURE_3] = {ACK, false, REST, 0},
    [PING] = {PINGREQ, false, PING_2, 9000},
    [PING_2] = {PINGRESP, true, PING_3, 9000},
    [PING_3] = {ACK, false, REST, 0},
    [ORDER] = {COMMAND, true, ORDER_2, 9000},
    [ORDER_2] = {ACK, false, REST, 0},
    [LEAVE] = {DISCONNECT, false, LEAVE_2, 500},
    [LEAVE_2] = {FIN, false, LEAVE_3, 9000},
    [LEAVE_3] = {FIN, true, OPEN, 1000000},
};

struct device {
    uint64_t at, reading; /* µs: its next step, its next reading */
    uint64_t random;
    uint32_t number, seq[2], readings; /* seq[0] the device's */
    uint32_t period;                   /* µs between readings */
    uint16_t port, packet_id, ip_id[2];
    enum step step;
    bool version5, timestamps, qos1, rested;
};

struct octets {
    uint8_t p[FRAME];
    uint32_t n;
};

struct counts {
    uint64_t packets, octets, messages, readings, alarms, connections;
};

static uint64_t draw(uint64_t *state)
{
    uint64_t z = (*state += UINT64_C(0x9e3779b97f4a7c15)); /* splitmix64 */
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

static uint32_t below(struct device *d, uint32_t n)
{
    return (uint32_t)(draw(&d->random) >> 32) % n;
}

static void put8(struct octets *o, uint32_t v)
{
    o->p[o->n++] = (uint8_t)v;
}

static void put16(struct octets *o, uint32_t v)
{
    put8(o, v >> 8);
    put8(o, v & 0xff);
}

static void put32(struct octets *o, uint32_t v)
{
    put16(o, v >> 16);
    put16(o, v & 0xffff);
}

static void put(struct octets *o, const void *p, size_t n)
{
    memcpy(o->p + o->n, p, n);
    o->n += (uint32_t)n;
}

static void put_text(struct octets *o, const char *s)
{
    put16(o, (uint32_t)strlen(s));
    put(o, s, strlen(s));
}

static const char *const kinds[4] = {"meter", "pump", "truck", "room"};

static void name_of(const struct device *d, char name[32])
{
    snprintf(name, 32, "%s-%05u", kinds[d->number % 4], d->number);
}

/* A reading of 40 to 160 octets, by the kind of the device. */
static int reading(struct device *d, char *text, size_t room, bool alarm)
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

/* MQTT: fixed header before what `body` holds (OASIS MQTT 3.1.1, 5: section 2.1). */
static void message(struct octets *o, uint32_t first, const struct octets *body)
{
    put8(o, first);
    for (uint32_t left = body->n;;) {
        put8(o, (left & 127) | (left > 127 ? 128 : 0));
        if ((left >>= 7) == 0) {
            break;
        }
    }
    put(o, body->p, body->n);
}

static void publish(struct device *d, struct octets *o, bool qos1, const char *topic,
                    const char *text)
{
    struct octets b = {.n = 0};
    put_text(&b, topic);
    if (qos1) {
        put16(&b, ++d->packet_id ? d->packet_id : ++d->packet_id);
    }
    if (d->version5) {
        put8(&b, 0);
    }
    put(&b, text, strlen(text));
    message(o, qos1 ? 0x32 : 0x30, &b);
}

static void connect_message(struct device *d, struct octets *o)
{
    struct octets b = {.n = 0};
    char name[32];
    name_of(d, name);
    put_text(&b, "MQTT");
    put8(&b, d->version5 ? 5 : 4);
    put8(&b, 0x02); /* a clean session */
    put16(&b, 120);
    if (d->version5) {
        put8(&b, 0);
    }
    put_text(&b, name);
    message(o, 0x10, &b);
}

static void told(struct device *d, struct octets *o, bool qos1, struct counts *c)
{
    char topic[64], text[256], name[32];
    const bool alarm = below(d, ALARMS) == 0;
    name_of(d, name);
    snprintf(topic, sizeof topic, "site/%02u/%s/reading", d->number % 50, name);
    reading(d, text, sizeof text, alarm);
    publish(d, o, qos1, topic, text);
    d->readings++;
    c->readings++;
    c->alarms += alarm;
}

/* The octets that a step carries; none for the transport's own packets. */
static void payload(struct device *d, enum send send, struct octets *o, struct counts *c)
{
    static const char *const orders[3] = {"{\"set\":\"interval\",\"s\":60}", "{\"get\":\"state\"}",
                                          "{\"set\":\"clock\"}"};
    struct octets b = {.n = 0};
    char topic[64], name[32];
    name_of(d, name);
    snprintf(topic, sizeof topic, "site/%02u/%s/order", d->number % 50, name);
    switch (send) {
    case CONNECT:
        connect_message(d, o);
        break;
    case CONNACK:
        put(&b, "\0\0\0", d->version5 ? 3 : 2);
        message(o, 0x20, &b);
        break;
    case SUBSCRIBE:
        put16(&b, ++d->packet_id ? d->packet_id : ++d->packet_id);
        put(&b, "", d->version5 ? 1 : 0);
        put_text(&b, topic);
        put8(&b, 0);
        message(o, 0x82, &b);
        break;
    case SUBACK:
        put16(&b, d->packet_id);
        put(&b, "\0", d->version5 ? 2 : 1);
        message(o, 0x90, &b);
        break;
    case READING:
    case READING_1:
        told(d, o, send == READING_1, c);
        break;
    case PUBACK:
        put16(&b, d->packet_id);
        message(o, 0x40, &b);
        break;
    case PINGREQ:
    case PINGRESP:
    case DISCONNECT:
        message(o, send == PINGREQ ? 0xc0 : send == PINGRESP ? 0xd0 : 0xe0, &b);
        break;
    case COMMAND:
        publish(d, o, false, topic, orders[below(d, 3)]);
        break;
    default:
        return;
    }
    c->messages++;
}

/* The Internet checksum (RFC 1071) of n octets, on top of a sum. */
static uint32_t sum(const uint8_t *p, uint32_t n, uint32_t s)
{
    for (; n > 1; n -= 2, p += 2) {
        s += (uint32_t)p[0] << 8 | p[1];
    }
    s += n ? (uint32_t)*p << 8 : 0;
    s = (s & 0xffff) + (s >> 16);
    return (s & 0xffff) + (s >> 16);
}

static void fill16(uint8_t *p, uint32_t v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void options(struct octets *f, const struct device *d, bool syn, bool broker)
{
    if (syn) {
        put(f, "\2\4\5\xb4", 4);
    }
    if (d->timestamps) {
        const uint32_t now = (uint32_t)(d->at / 1000);
        put(f, syn ? "\4\2\10\12" : "\1\1\10\12", 4);
        put32(f, now + (broker ? 77000 : 0));
        put32(f, syn && !broker ? 0 : now + (broker ? 0 : 77000));
    }
    if (syn && d->timestamps) {
        put(f, "\1\3\3\7", 4);
    }
}

/* Ethernet, IPv4 and TCP around a payload; `side` 1 is the broker. */
static void frame(struct device *d, struct octets *f, enum send send, uint32_t side,
                  const struct octets *load)
{
    const uint32_t device = 0x0a400000 + d->number + 1, broker = 0x0a140001 + d->number % BROKERS;
    const bool syn = send == SYN || send == SYN_ACK;
    const uint8_t mac[2][6] = {{2, 0x4d, 0, 0, (uint8_t)(d->number >> 8), (uint8_t)d->number},
                               {2, 0x42, 0, 0, 0, 1}};
    put(f, mac[!side], 6);
    put(f, mac[side], 6);
    put16(f, 0x0800);
    put16(f, 0x4500);
    put16(f, 0); /* length */
    put16(f, d->ip_id[side]++);
    put16(f, 0x4000);
    put16(f, side ? 0x4006 : 0x3f06);
    put16(f, 0); /* checksum */
    put32(f, side ? broker : device);
    put32(f, side ? device : broker);
    put16(f, side ? 1883 : d->port);
    put16(f, side ? d->port : 1883);
    put32(f, d->seq[side]);
    put32(f, send == SYN ? 0 : d->seq[!side]);
    const uint32_t header = f->n;
    put16(f, syn ? (send == SYN ? 0x02 : 0x12) : send == FIN ? 0x11 : load->n ? 0x18 : 0x10);
    put16(f, side ? 64240 : 5840);
    put32(f, 0); /* checksum, urgent */
    options(f, d, syn, side);
    f->p[header] = (uint8_t)((f->n - 34) << 2);
    put(f, load->p, load->n);
    d->seq[side] += load->n + (syn || send == FIN);
    fill16(f->p + 16, f->n - 14);
    fill16(f->p + 24, ~sum(f->p + 14, 20, 0));
    fill16(f->p + 50, ~sum(f->p + 34, f->n - 34, sum(f->p + 26, 8, 6 + f->n - 34)));
    while (f->n < 60) {
        put8(f, 0);
    }
}

/* After an exchange: what comes next and when. */
static void rest(struct device *d)
{
    const uint32_t r = below(d, 1000);
    const uint64_t gap = d->reading > d->at ? d->reading - d->at : 0;
    if (!d->rested && gap > 20 * SECOND && r < 220) {
        d->rested = true;
        d->step = r < 10 ? LEAVE : r < 170 ? PING : ORDER;
        d->at += gap / 4 + below(d, (uint32_t)(gap / 2));
        return;
    }
    d->rested = false;
    d->step = d->qos1 ? ASSURE : TELL;
    d->at = d->reading > d->at ? d->reading : d->at + SECOND;
    d->reading = d->at + d->period - d->period / 50 + below(d, d->period / 25);
}

static void begin(struct device *d)
{
    d->port = (uint16_t)(49152 + below(d, 16000));
    d->seq[0] = below(d, UINT32_MAX);
    d->seq[1] = below(d, UINT32_MAX);
    d->packet_id = 0;
}

static void one(struct device *d, FILE *out, struct counts *c)
{
    struct octets load = {.n = 0}, f = {.n = 0};
    const uint32_t side = steps[d->step].broker;
    if (d->step == OPEN) {
        begin(d);
        c->connections++;
    }
    payload(d, steps[d->step].send, &load, c);
    frame(d, &f, steps[d->step].send, side, &load);
    const uint32_t record[4] = {(uint32_t)(d->at / SECOND), (uint32_t)(d->at % SECOND), f.n, f.n};
    fwrite(record, sizeof record, 1, out);
    fwrite(f.p, f.n, 1, out);
    c->packets++;
    c->octets += f.n;
    const uint32_t delay = steps[d->step].delay;
    d->at += delay + (delay ? below(d, 3 * delay) : 0);
    d->step = steps[d->step].next;
    if (d->step == REST) {
        rest(d);
    }
}

static bool sooner(const struct device *a, const struct device *b)
{
    return a->at != b->at ? a->at < b->at : a->number < b->number;
}

static void sink(struct device **heap, uint32_t n, uint32_t i)
{
    for (uint32_t child; (child = 2 * i + 1) < n; i = child) {
        child += child + 1 < n && sooner(heap[child + 1], heap[child]);
        if (!sooner(heap[child], heap[i])) {
            break;
        }
        struct device *d = heap[i];
        heap[i] = heap[child];
        heap[child] = d;
    }
}

int main(int argc, char **argv)
{
    const uint64_t packets = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
    const uint32_t n = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 10000;
    FILE *out = argc > 1 ? fopen(argv[1], "wb") : NULL;
    struct device *devices = calloc(n ? n : 1, sizeof *devices),
                  **heap = calloc(n ? n : 1, sizeof *heap);
    if (!out || !devices || !heap || n == 0 || n > 65535) {
        fprintf(stderr, "usage: generate FILE PACKETS [DEVICES 1-65535]\n");
        return 2;
    }
    setvbuf(out, NULL, _IOFBF, 1 << 20);
    for (uint32_t i = 0; i < n; i++) {
        struct device *d = heap[i] = &devices[i];
        *d = (struct device){.random = UINT64_C(20260516) * 1000003 + i, .number = i};
        d->version5 = below(d, 4) == 0;
        d->timestamps = below(d, 2) == 0;
        d->qos1 = below(d, 2) == 0;
        d->period = 55000000 + below(d, 10000000);
        d->at = START + below(d, RAMP * 1000000);
        d->reading = d->at + below(d, d->period);
    }
    for (uint32_t i = n; i-- > 0;) {
        sink(heap, n, i);
    }
    const uint32_t header[6] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 262144, 1};
    fwrite(header, sizeof header, 1, out);
    struct counts c = {.packets = 0};
    uint64_t last = START;
    while (c.packets < packets) {
        last = heap[0]->at;
        one(heap[0], out, &c);
        sink(heap, n, 0);
    }
    const bool good = !ferror(out) && fclose(out) == 0;
    printf("packets=%" PRIu64 "\noctets=%" PRIu64 "\nmessages=%" PRIu64 "\nreadings=%" PRIu64
           "\nalarms=%" PRIu64 "\nconnections=%" PRIu64 "\nseconds=%" PRIu64 "\n",
           c.packets, c.octets, c.messages, c.readings, c.alarms, c.connections,
           (last - START) / SECOND);
    free(devices);
    free(heap);
    return good ? 0 : 3;
}
