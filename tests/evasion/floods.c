/* SPDX-License-Identifier: BSD-3-Clause
 *
 * floods NAME COUNT FILE - writes a capture of COUNT packets of one flood, with 200 markers of 20
 * devices that mean no harm between them, sent in turn in one segment, in two, in two that come in
 * wrong order, and as two IP fragments. Prints what it wrote: "packets N", and "flood N" = those of
 * the flood. The same octets each time. A sensor has to report all markers in bounded memory, and
 * to account for every packet.
 */
#include <arpa/inet.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEVICES 20
#define MARKERS 200
#define BROKER  0x0a090001u /* 10.9.0.1 */
#define FIN     1
#define SYN     2
#define RST     4
#define PSH     8
#define ACK     16

struct peer {
    uint32_t address, next, server_next; /* sequence numbers */
    uint16_t port;
    uint8_t server_window;
};

static FILE *out;
static uint64_t now = 1700000000ull * 1000000000, written, rng = 88172645463325252ull;
static uint16_t datagram;
static struct peer devices[DEVICES];

static uint32_t any(void)
{
    rng ^= rng << 13;
    rng ^= rng >> 7;
    rng ^= rng << 17;
    return (uint32_t)(rng >> 16);
}

static void put16(uint8_t *p, unsigned v)
{
    p[0] = (uint8_t)(v >> 8);
    p[1] = (uint8_t)v;
}

static void put32(uint8_t *p, uint32_t v)
{
    put16(p, v >> 16);
    put16(p + 2, v & 0xffff);
}

static uint32_t sum(const uint8_t *p, size_t n, uint32_t s)
{
    for (size_t i = 0; i + 1 < n; i += 2) {
        s += (uint32_t)p[i] << 8 | p[i + 1];
    }
    return n % 2 ? s + ((uint32_t)p[n - 1] << 8) : s;
}

static unsigned folded(uint32_t s)
{
    s = (s >> 16) + (s & 0xffff);
    return ~((s >> 16) + s) & 0xffff;
}

/* One frame with an IPv4 packet; place: flags and offset of a fragment. */
static void ip(uint32_t src, uint32_t dst, unsigned protocol, unsigned id, unsigned place,
               const uint8_t *payload, unsigned n)
{
    uint8_t f[16 + 34 + 1500] = {0};
    uint32_t seconds = (uint32_t)(now / 1000000000), rest = (uint32_t)(now % 1000000000);
    uint32_t record[4] = {seconds, rest, 34 + n, 34 + n};
    memcpy(f, record, 16);
    uint8_t *e = f + 16, *h = e + 14;
    memcpy(e, "\2\0\0\0\0\2\2\0\0\0\0\1\10\0", 14);
    h[0] = 0x45;
    put16(h + 2, 20 + n);
    put16(h + 4, id);
    put16(h + 6, place);
    h[8] = 64;
    h[9] = (uint8_t)protocol;
    put32(h + 12, src);
    put32(h + 16, dst);
    put16(h + 10, folded(sum(h, 20, 0)));
    memcpy(h + 20, payload, n);
    fwrite(f, 1, 16 + 34 + n, out);
    written++;
    now += 20000;
}

/* A TCP segment into s; returns its length. */
static unsigned segment(uint8_t *s, uint32_t src, uint32_t dst, uint16_t sport, uint16_t dport,
                        uint32_t seq, uint32_t ack, unsigned flags, const void *data, unsigned n)
{
    memset(s, 0, 20);
    put16(s, sport);
    put16(s + 2, dport);
    put32(s + 4, seq);
    put32(s + 8, ack);
    s[12] = 0x50;
    s[13] = (uint8_t)flags;
    put16(s + 14, 65000);
    memcpy(s + 20, data, n);
    uint8_t pseudo[12] = {0};
    put32(pseudo, src);
    put32(pseudo + 4, dst);
    pseudo[9] = 6;
    put16(pseudo + 10, 20 + n);
    put16(s + 16, folded(sum(s, 20 + n, sum(pseudo, 12, 0))));
    return 20 + n;
}

static void from_client(struct peer *p, unsigned flags, const void *data, unsigned n)
{
    uint8_t s[1500];
    unsigned k =
        segment(s, p->address, BROKER, p->port, 1883, p->next, p->server_next, flags, data, n);
    ip(p->address, BROKER, 6, ++datagram, 0x4000, s, k);
    p->next += n + (flags & SYN ? 1 : 0);
}

static void from_server(struct peer *p, unsigned flags, const void *data, unsigned n)
{
    uint8_t s[1500];
    unsigned k =
        segment(s, BROKER, p->address, 1883, p->port, p->server_next, p->next, flags, data, n);
    ip(BROKER, p->address, 6, ++datagram, 0x4000, s, k);
    p->server_next += n + (flags & SYN ? 1 : 0);
}

static unsigned connect_packet(uint8_t *m, const char *id)
{
    unsigned n = (unsigned)strlen(id);
    memcpy(m, "\x10\0\0\4MQTT\4\2\0\x3c\0\0", 14);
    m[1] = (uint8_t)(12 + n);
    m[13] = (uint8_t)n;
    memcpy(m + 14, id, n);
    return 14 + n;
}

/* At most 16 KiB. */
static unsigned publish_packet(uint8_t *m, const char *topic, const void *data, unsigned n)
{
    unsigned t = (unsigned)strlen(topic), length = 2 + t + n, at = 0;
    m[at++] = 0x30;
    if (length > 127) {
        m[at++] = (uint8_t)(length & 127) | 128;
        m[at++] = (uint8_t)(length >> 7);
    } else {
        m[at++] = (uint8_t)length;
    }
    put16(m + at, t);
    memcpy(m + at + 2, topic, t);
    memcpy(m + at + 2 + t, data, n);
    return at + 2 + t + n;
}

static void handshake(struct peer *p)
{
    from_client(p, SYN, "", 0);
    from_server(p, SYN | ACK, "", 0);
}

static void login(struct peer *p, const char *id)
{
    uint8_t m[128];
    handshake(p);
    from_client(p, ACK | PSH, m, connect_packet(m, id));
    from_server(p, ACK | PSH, "\x20\2\0\0", 4);
}

static struct peer stranger(void)
{
    struct peer p = {.address = any(), .next = any(), .server_next = any()};
    p.address = p.address >> 24 == 10 ? p.address ^ 0x80000000u : p.address;
    p.port = (uint16_t)(1024 + any() % 60000);
    return p;
}

/* ---- who means no harm ---- */

static void marker(unsigned i)
{
    struct peer *p = &devices[i % DEVICES], early;
    uint8_t m[128], s[200];
    char text[64], topic[32];
    unsigned k = (unsigned)snprintf(text, sizeof text, "EVILMARK of device %u, number %u",
                                    i % DEVICES, i / DEVICES);
    snprintf(topic, sizeof topic, "pump/%u/state", i % DEVICES);
    unsigned n = publish_packet(m, topic, text, k), half = n / 2;
    switch ((i + i / DEVICES) % 4) {
    case 0:
        from_client(p, ACK | PSH, m, n);
        break;
    case 1:
        from_client(p, ACK, m, half);
        from_client(p, ACK | PSH, m + half, n - half);
        break;
    case 2:
        early = *p;
        early.next += half;
        from_client(&early, ACK | PSH, m + half, n - half);
        from_client(p, ACK, m, half);
        p->next = early.next;
        break;
    default:
        k = segment(s, p->address, BROKER, p->port, 1883, p->next, p->server_next, ACK | PSH, m, n);
        ip(p->address, BROKER, 6, ++datagram, 0x2000, s, 40);
        ip(p->address, BROKER, 6, datagram, 5, s + 40, k - 40);
        p->next += n;
    }
    from_server(p, ACK, "", 0);
}

static void begin(void)
{
    uint8_t m[128];
    for (unsigned i = 0; i < DEVICES; i++) {
        char id[32];
        devices[i] = (struct peer){.address = BROKER + 16 + i,
                                   .port = (uint16_t)(40000 + i),
                                   .next = any(),
                                   .server_next = any()};
        snprintf(id, sizeof id, "pump-%u", i);
        login(&devices[i], id);
        for (int k = 0; k < 8; k++) {
            from_client(&devices[i], ACK | PSH, m, publish_packet(m, "pump/level", "ok", 2));
            from_server(&devices[i], ACK, "", 0);
        }
    }
}

/* ---- who does ---- */

static void syn(uint32_t i)
{
    struct peer p = stranger();
    (void)i;
    from_client(&p, SYN, "", 0);
}

static void udp(uint32_t i)
{
    uint8_t d[28];
    (void)i;
    for (unsigned k = 0; k < 28; k += 4) {
        put32(d + k, any());
    }
    put16(d + 4, 28);
    put16(d + 6, 0);
    ip(any(), BROKER, 17, ++datagram, 0, d, 28);
}

/* First fragments that nobody completes. */
static void fragments(uint32_t i)
{
    uint8_t d[64] = {0};
    ip(any(), BROKER, 6, i & 0xffff, 0x2000, d, 64);
}

/* Pieces of 65,528 octets with a hole in front: as much memory as a fragment can cost. */
static void tails(uint32_t i)
{
    uint8_t d[1024] = {0};
    ip(0x14000000u + i / 32, BROKER, 17, i / 32 & 0xffff, 0x2000 | (128 * (1 + i % 32)), d, 1024);
}

static void clients(uint32_t i)
{
    static struct peer p;
    uint8_t m[128];
    char name[32];
    switch (i % 5) {
    case 0:
        p = stranger();
        from_client(&p, SYN, "", 0);
        break;
    case 1:
        from_server(&p, SYN | ACK, "", 0);
        break;
    case 2:
        snprintf(name, sizeof name, "bot-%u", i / 5);
        from_client(&p, ACK | PSH, m, connect_packet(m, name));
        break;
    case 3:
        from_server(&p, ACK | PSH, "\x20\2\0\0", 4);
        break;
    default:
        snprintf(name, sizeof name, "bot/%u", i / 5);
        from_client(&p, ACK | PSH, m, publish_packet(m, name, "x", 1));
    }
}

/* Client ids that are new in every CONNECT, all behind one address. */
static void behind(uint32_t i)
{
    static struct peer p;
    uint8_t m[128];
    char name[32];
    if (i % 4 == 0) {
        p = stranger();
        p.address = 0x5db8d822;
        from_client(&p, SYN, "", 0);
    } else if (i % 4 == 1) {
        from_server(&p, SYN | ACK, "", 0);
    } else if (i % 4 == 2) {
        snprintf(name, sizeof name, "sensor-%u", i / 4);
        from_client(&p, ACK | PSH, m, connect_packet(m, name));
    } else {
        from_client(&p, ACK | FIN, "", 0);
    }
}

/* 50 devices, ever new topics. */
static void topics(uint32_t i)
{
    static struct peer talkers[50];
    struct peer *p = &talkers[i % 50];
    uint8_t m[128];
    char name[32];
    if (i < 50) {
        *p = stranger();
        from_client(p, SYN, "", 0);
    } else if (i < 100) {
        from_server(p, SYN | ACK, "", 0);
    } else if (i < 150) {
        snprintf(name, sizeof name, "talker-%u", i % 50);
        from_client(p, ACK | PSH, m, connect_packet(m, name));
    } else if (i < 200) {
        from_server(p, ACK | PSH, "\x20\2\0\0", 4);
    } else {
        snprintf(name, sizeof name, "topic/%u", i);
        from_client(p, ACK | PSH, m, publish_packet(m, name, "x", 1));
    }
    if (i >= 200 && i / 50 % 64 == 0) {
        from_server(p, ACK, "", 0);
    }
}

/* Ever new connections, each with octets behind a hole that is never filled. */
static void holes(uint32_t i)
{
    static struct peer p;
    uint8_t m[600] = {0};
    if (i % 4 == 0) {
        p = stranger();
        from_client(&p, SYN, "", 0);
    } else if (i % 4 == 1) {
        from_server(&p, SYN | ACK, "", 0);
    } else if (i % 4 == 2) {
        from_client(&p, ACK | PSH, m, connect_packet(m, "digger"));
    } else {
        p.next += 100;
        from_client(&p, ACK, m, 600);
    }
}

/* 50 connections with more and more behind a hole. */
static void deep(uint32_t i)
{
    static struct peer diggers[50];
    struct peer *p = &diggers[i % 50];
    uint8_t m[600] = {0};
    if (i < 50) {
        *p = stranger();
        from_client(p, SYN, "", 0);
    } else if (i < 100) {
        from_server(p, SYN | ACK, "", 0);
    } else if (i < 150) {
        from_client(p, ACK | PSH, m, connect_packet(m, "digger"));
        p->next += 100;
    } else {
        from_client(p, ACK, m, 600);
        p->next += i / 50 % 3 == 0 ? 7 : 0; /* and further holes */
    }
}

/* 256 MB announced, little of it sent, on ever new connections. */
static void announced(uint32_t i)
{
    static struct peer p;
    uint8_t m[1200] = {0};
    if (i % 8 == 0) {
        p = stranger();
        from_client(&p, SYN, "", 0);
    } else if (i % 8 == 1) {
        from_server(&p, SYN | ACK, "", 0);
    } else if (i % 8 == 2) {
        from_client(&p, ACK | PSH, m, connect_packet(m, "boaster"));
    } else if (i % 8 == 3) {
        memcpy(m, i & 8 ? "\x30\xff\xff\xff\x7f\0\1t" : "\x30\xff\xff\x3e\0\1t", 8);
        from_client(&p, ACK, m, 1200);
    } else {
        from_client(&p, ACK, m, 1200);
    }
}

/* QoS 2 never completed: as many packet ids in flight as there are, on 16 connections. */
static void flights(uint32_t i)
{
    static struct peer pilots[16];
    struct peer *p = &pilots[i % 16];
    uint8_t m[64];
    if (i < 16) {
        *p = stranger();
        from_client(p, SYN, "", 0);
    } else if (i < 32) {
        from_server(p, SYN | ACK, "", 0);
    } else if (i < 48) {
        from_client(p, ACK | PSH, m, connect_packet(m, "pilot"));
    } else {
        memcpy(m, "\x34\6\0\1t\0\0x", 8);
        put16(m + 5, 1 + i / 16 % 65535);
        from_client(p, ACK | PSH, m, 8);
    }
    if (i >= 48 && i / 16 % 64 == 0) {
        from_server(p, ACK, "", 0);
    }
}

/* Messages that a rule likes, from a known device: the alerts are the flood. */
static void alarms(uint32_t i)
{
    uint8_t m[64];
    struct peer *p = &devices[i % DEVICES];
    from_client(p, ACK | PSH, m, publish_packet(m, "pump/noise", "LOUD", 4));
    if (i / DEVICES % 64 == 0) {
        from_server(p, ACK, "", 0);
    }
}

/* The clock jumps: a day ahead, an hour back, with a connection each. */
static void clocks(uint32_t i)
{
    uint64_t kept = now;
    now = i % 3 == 0 ? now + 86400000000000ull : i % 3 == 1 ? now - 3600000000000ull : now;
    clients(i);
    now = kept + 20000;
}

static const struct {
    const char *name;
    void (*one)(uint32_t);
} floods[] = {
    {"none", NULL},
    {"syn", syn},
    {"udp", udp},
    {"fragments", fragments},
    {"tails", tails},
    {"clients", clients},
    {"behind", behind},
    {"topics", topics},
    {"holes", holes},
    {"deep", deep},
    {"announced", announced},
    {"flights", flights},
    {"alarms", alarms},
    {"clocks", clocks},
};

int main(int argc, char **argv)
{
    if (argc != 4 || !(out = fopen(argv[3], "wb"))) {
        fprintf(stderr, "usage: floods NAME COUNT FILE\n");
        return 2;
    }
    static char room[1 << 20];
    setvbuf(out, room, _IOFBF, sizeof room);
    void (*one)(uint32_t) = NULL;
    bool known = false;
    for (size_t i = 0; i < sizeof floods / sizeof *floods; i++) {
        if (strcmp(floods[i].name, argv[1]) == 0) {
            one = floods[i].one;
            known = true;
        }
    }
    if (!known) {
        fprintf(stderr, "floods: no flood '%s'\n", argv[1]);
        return 2;
    }
    uint32_t header[6] = {0xa1b23c4d, 2 | 4 << 16, 0, 0, 262144, 1};
    fwrite(header, 1, sizeof header, out);
    begin();
    uint32_t count = (uint32_t)strtoul(argv[2], NULL, 10), n = one ? count : MARKERS, k = 0;
    for (uint32_t i = 0; i < n; i++) {
        if (one) {
            one(i);
        }
        while ((uint64_t)(i + 1) * MARKERS >= (uint64_t)(k + 1) * n && k < MARKERS) {
            marker(k++);
        }
    }
    printf("packets %llu\nflood %u\n", (unsigned long long)written, one ? n : 0);
    return fclose(out) == 0 ? 0 : 1;
}
