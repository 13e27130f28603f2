/* SPDX-License-Identifier: BSD-3-Clause
 *
 * generate FILE PACKETS [DEVICES [PROTOCOL=SHARE,…]] - writes a classic pcap of devices and their
 * servers, the same octets every time: a shorter file is the beginning of a longer one. Each MQTT
 * device is a row of steps (RFC 9293 handshake, MQTT 3.1.1 or 5 session, a reading about once a
 * minute, pings, commands, now and then a new connection), and so is an SMPP client; devices of the
 * other protocols ask and are answered. A heap of next steps interleaves them as a SPAN port does.
 * Shares are of the packets, in percent; without them all is MQTT. Prints what it wrote as
 * NAME=NUMBER lines. Loss-free and in order: it measures the usual case, not the worst.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "messages.h"

#define START   UINT64_C(1778918400000000) /* 2026-05-16 08:00:00 UTC, µs */
#define SECOND  UINT64_C(1000000)
#define BROKERS 4u
#define RAMP    120u  /* seconds in which the devices connect */
#define ALARMS  1000u /* one reading in so many says "alarm": what the rule with hits looks for */

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
    [ASK] = {QUESTION, false, ASK_2, 20000},
    [ASK_2] = {ANSWER, true, REST, 0},
};

/* few: so many devices of the others are one of these, which speaks for all of them. */
static const struct {
    const char *name;
    uint16_t port;
    uint16_t few;
    void (*say)(struct device *, bool answer, struct octets *); /* of datagrams */
} protocols[PROTOCOLS] = {
    [MQTT] = {"mqtt", 1883, 1, NULL},  [COAP] = {"coap", 5683, 1, coap},
    [DNS] = {"dns", 53, 1, dns},       [RADIUS] = {"radius", 1813, 50, radius},
    [SMPP] = {"smpp", 2775, 10, NULL}, [GTP] = {"gtp", 2123, 50, gtp},
};

struct counts {
    uint64_t packets, octets, messages, readings, alarms, connections;
};

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
    if (d->protocol == SMPP) {
        smpp(d, send, o);
        c->messages += o->n != 0;
        return;
    }
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

/* Ethernet and IPv4 as far as the ports, lengths and sums open; `side` 1 is the server. */
static void headers(struct device *d, struct octets *f, uint32_t side, uint32_t protocol)
{
    const uint32_t device = 0x0a400000 + d->number + 1, broker = 0x0a140001 + d->number % BROKERS;
    const uint16_t port = protocols[d->protocol].port;
    const uint8_t mac[2][6] = {{2, 0x4d, 0, 0, (uint8_t)(d->number >> 8), (uint8_t)d->number},
                               {2, 0x42, 0, 0, 0, 1}};
    put(f, mac[!side], 6);
    put(f, mac[side], 6);
    put16(f, 0x0800);
    put16(f, 0x4500);
    put16(f, 0); /* length */
    put16(f, d->ip_id[side]++);
    put16(f, 0x4000);
    put16(f, (side ? 0x4000 : 0x3f00) + protocol);
    put16(f, 0); /* checksum */
    put32(f, side ? broker : device);
    put32(f, side ? device : broker);
    put16(f, side ? port : d->port);
    put16(f, side ? d->port : port);
}

/* Lengths, sums and Ethernet's padding; `at` is where the sum of TCP or UDP stands. */
static void close_frame(struct octets *f, uint32_t at)
{
    fill16(f->p + 16, f->n - 14);
    fill16(f->p + 24, ~sum(f->p + 14, 20, 0));
    fill16(f->p + at, ~sum(f->p + 34, f->n - 34, sum(f->p + 26, 8, f->p[23] + f->n - 34)));
    while (f->n < 60) {
        put8(f, 0);
    }
}

static void segment(struct device *d, struct octets *f, enum send send, uint32_t side,
                    const struct octets *load)
{
    const bool syn = send == SYN || send == SYN_ACK;
    headers(d, f, side, 6);
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
    close_frame(f, 50);
}

static void datagram(struct device *d, struct octets *f, uint32_t side, const struct octets *load)
{
    headers(d, f, side, 17);
    put16(f, 8 + load->n);
    put16(f, 0); /* checksum */
    put(f, load->p, load->n);
    close_frame(f, 40);
}

/* After an exchange: what comes next and when. */
static void rest(struct device *d)
{
    const bool datagrams = protocols[d->protocol].say != NULL;
    const uint32_t r = datagrams ? 0 : below(d, 1000);
    const uint64_t gap = d->reading > d->at ? d->reading - d->at : 0;
    if (d->protocol == MQTT && !d->rested && gap > 20 * SECOND && r < 220) {
        d->rested = true;
        d->step = r < 10 ? LEAVE : r < 170 ? PING : ORDER;
        d->at += gap / 4 + below(d, (uint32_t)(gap / 2));
        return;
    }
    d->rested = false;
    d->step = datagrams ? ASK : d->protocol == SMPP && r < 100 ? PING : d->qos1 ? ASSURE : TELL;
    d->at = d->reading > d->at ? d->reading : d->at + SECOND / protocols[d->protocol].few;
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
    if (d->step == OPEN || (d->step == ASK && d->protocol == DNS)) {
        begin(d);
        c->connections += d->step == OPEN;
    }
    if (protocols[d->protocol].say) {
        protocols[d->protocol].say(d, side, &load);
        c->messages++;
        datagram(d, &f, side, &load);
    } else {
        payload(d, steps[d->step].send, &load, c);
        segment(d, &f, steps[d->step].send, side, &load);
    }
    const uint32_t record[4] = {(uint32_t)(d->at / SECOND), (uint32_t)(d->at % SECOND), f.n, f.n};
    fwrite(record, sizeof record, 1, out);
    fwrite(f.p, f.n, 1, out);
    c->packets++;
    c->octets += f.n;
    const uint32_t delay = steps[d->step].delay;
    d->at += delay + (delay ? below(d, 3 * delay) : 0);
    d->step = steps[d->step].next;
    if (d->step == REST || (d->step == WISH && d->protocol == SMPP)) {
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

/* Percents of the packets, from "coap=60,mqtt=40". */
static bool read_shares(char *text, uint32_t shares[PROTOCOLS])
{
    uint32_t all = 0;
    for (char *next, *one = strtok_r(text, ",", &next); one; one = strtok_r(NULL, ",", &next)) {
        unsigned p = 0;
        size_t n = 0;
        for (; p < PROTOCOLS; p++) {
            n = strlen(protocols[p].name);
            if (strncmp(one, protocols[p].name, n) == 0 && one[n] == '=') {
                break;
            }
        }
        if (p == PROTOCOLS) {
            return false;
        }
        shares[p] = (uint32_t)strtoul(one + n + 1, NULL, 10);
        all += shares[p];
    }
    return all == 100;
}

static void make(struct device *d, uint32_t number, enum protocol protocol)
{
    *d = (struct device){.random = UINT64_C(20260516) * 1000003 + number, .number = number};
    d->protocol = protocol;
    d->version5 = below(d, 4) == 0;
    d->timestamps = below(d, 2) == 0;
    d->qos1 = below(d, 2) == 0 || protocol == SMPP;
    d->period = 55000000 + below(d, 10000000);
    d->at = START + below(d, RAMP * 1000000);
    if (protocols[protocol].say) { /* as many packets as an MQTT device has: one in 17.5 s */
        begin(d);
        d->step = ASK;
        d->period = 34000000 + below(d, 2000000);
    }
    d->period /= protocols[protocol].few;
    d->reading = d->at + below(d, d->period);
}

int main(int argc, char **argv)
{
    const uint64_t packets = argc > 2 ? strtoull(argv[2], NULL, 10) : 1000000;
    const uint32_t n = argc > 3 ? (uint32_t)strtoul(argv[3], NULL, 10) : 10000;
    FILE *out = argc > 1 ? fopen(argv[1], "wb") : NULL;
    struct device *devices = calloc(n ? n : 1, sizeof *devices),
                  **heap = calloc(n ? n : 1, sizeof *heap);
    uint32_t shares[PROTOCOLS] = {[MQTT] = argc > 4 ? 0 : 100}, made = 0;
    if (!out || !devices || !heap || n == 0 || n > 65535 ||
        (argc > 4 && !read_shares(argv[4], shares))) {
        fprintf(stderr, "usage: generate FILE PACKETS [DEVICES 1-65535 [PROTOCOL=PERCENT,…]]\n");
        return 2;
    }
    setvbuf(out, NULL, _IOFBF, 1 << 20);
    for (enum protocol p = 0; p < PROTOCOLS; p++) {
        const uint32_t few = 100u * protocols[p].few;
        for (uint32_t left = (n * shares[p] + few - 1) / few; left > 0 && made < n; left--) {
            heap[made] = &devices[made];
            make(heap[made], made, p);
            made++;
        }
    }
    for (uint32_t i = made; i-- > 0;) {
        sink(heap, made, i);
    }
    const uint32_t header[6] = {0xa1b2c3d4, 4 << 16 | 2, 0, 0, 262144, 1};
    fwrite(header, sizeof header, 1, out);
    struct counts c = {.packets = 0};
    uint64_t last = START;
    while (c.packets < packets) {
        last = heap[0]->at;
        one(heap[0], out, &c);
        sink(heap, made, 0);
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
