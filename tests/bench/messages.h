/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What the bench's devices say in protocols other than MQTT: one question with its answer each, of
 * the size and shape that is usual. CoAP (RFC 7252), DNS (RFC 1035), RADIUS accounting (RFC 2866,
 * 3GPP TS 29.061), SMPP 3.4 and GTPv2-C (3GPP TS 29.274).
 */
#ifndef BENCH_MESSAGES_H
#define BENCH_MESSAGES_H

#include "wire.h"

/* An option of CoAP: its number less the last one's, under 13, and at most 268 octets. */
static inline void coap_option(struct octets *o, uint32_t delta, const char *value)
{
    const uint32_t n = (uint32_t)strlen(value);
    put8(o, delta << 4 | (n < 13 ? n : 13));
    if (n >= 13) {
        put8(o, n - 13);
    }
    put(o, value, n);
}

/* Readings are POSTed, every third question is for the settings. */
static inline void coap(struct device *d, bool answer, struct octets *o)
{
    char name[32], text[256];
    const bool asks = d->readings % 3 == 2;
    name_of(d, name);
    d->packet_id = (uint16_t)(d->packet_id + !answer);
    put8(o, answer ? 0x64 : 0x44);
    put8(o, !answer ? (asks ? 0x01 : 0x02) : asks ? 0x45 : 0x44);
    put16(o, d->packet_id);
    put32(o, d->number * 2654435761u + d->packet_id);
    if (!answer) {
        coap_option(o, 11, "site");
        coap_option(o, 0, name);
        coap_option(o, 0, asks ? "settings" : "reading");
    }
    if (answer == asks) {
        coap_option(o, answer ? 12 : 1, "\x32"); /* Content-Format: JSON */
        put8(o, 0xff);
        if (answer) {
            snprintf(text, sizeof text, "{\"interval\":60,\"revision\":%u}", d->readings / 50);
        } else {
            reading(d, text, sizeof text, false);
        }
        put(o, text, strlen(text));
    }
    d->readings += answer;
}

static inline void dns_label(struct octets *o, const char *s)
{
    put8(o, (uint32_t)strlen(s));
    put(o, s, strlen(s));
}

static inline void dns(struct device *d, bool answer, struct octets *o)
{
    char name[32];
    name_of(d, name);
    d->packet_id = (uint16_t)(d->packet_id + (answer ? 0 : 1 + below(d, 7000)));
    put16(o, d->packet_id);
    put16(o, answer ? 0x8180 : 0x0100);
    put16(o, 1);
    put16(o, answer);
    put32(o, 0);
    dns_label(o, d->readings % 3 ? "broker" : name);
    dns_label(o, "fleet");
    dns_label(o, "example");
    put8(o, 0);
    put32(o, 0x00010001); /* A IN */
    if (answer) {
        put16(o, 0xc00c);
        put32(o, 0x00010001);
        put32(o, 300);
        put16(o, 4);
        put32(o, 0x0a140001 + d->number % 4);
    }
    d->readings += answer;
}

static inline void radius_text(struct octets *o, uint32_t type, const char *s)
{
    put8(o, type);
    put8(o, (uint32_t)strlen(s) + 2);
    put(o, s, strlen(s));
}

static inline void radius_number(struct octets *o, uint32_t type, uint32_t v)
{
    put8(o, type);
    put8(o, 6);
    put32(o, v);
}

static inline void radius(struct device *d, bool answer, struct octets *o)
{
    char text[64];
    const uint32_t sim = d->readings % 1000, round = d->readings / 1000;
    const uint32_t begin = o->n;
    put8(o, answer ? 5 : 4);
    put8(o, d->readings & 0xff);
    put16(o, 0);
    for (int i = 0; i < 4; i++) {
        put32(o, (uint32_t)draw(&d->random));
    }
    if (!answer) {
        radius_number(o, 40, round ? 3 : 1); /* Start, then Interim-Update */
        snprintf(text, sizeof text, "4917%08u", d->number * 1000 + sim);
        radius_text(o, 31, text); /* Calling-Station-Id */
        radius_text(o, 30, "iot.example");
        radius_number(o, 8, 0x0a800000 + d->number * 1024 + sim);
        radius_number(o, 4, 0x0a640000 + d->number);
        snprintf(text, sizeof text, "%04x%08x", d->number, sim);
        radius_text(o, 44, text); /* Acct-Session-Id */
        radius_number(o, 42, round * 1777);
        radius_number(o, 43, round * 431);
        put8(o, 26);
        put8(o, 6 + 17);
        put32(o, 10415);
        snprintf(text, sizeof text, "26201%010u", d->number * 1000 + sim);
        radius_text(o, 1, text); /* 3GPP-IMSI */
    }
    fill16(o->p + begin + 2, o->n - begin);
    d->readings += answer;
}

static inline void smpp_head(struct octets *o, uint32_t command, uint32_t sequence)
{
    put32(o, 0);
    put32(o, command);
    put32(o, 0);
    put32(o, sequence);
}

static inline void smpp_string(struct octets *o, const char *s)
{
    put(o, s, strlen(s) + 1);
}

/* The same steps as MQTT's: the connection is bound, texts are submitted, the link is asked for. */
static inline void smpp(struct device *d, enum send send, struct octets *o)
{
    char text[160], name[32];
    const uint32_t begin = o->n;
    name_of(d, name);
    switch (send) {
    case CONNECT:
        smpp_head(o, 0x00000009, ++d->packet_id); /* bind_transceiver */
        smpp_string(o, name);
        smpp_string(o, "secret08");
        smpp_string(o, "");
        put32(o, 0x34000000);
        break;
    case CONNACK:
        smpp_head(o, 0x80000009, d->packet_id);
        smpp_string(o, "smsc");
        break;
    case READING_1:
        smpp_head(o, 0x00000004, ++d->packet_id); /* submit_sm */
        smpp_string(o, "");
        put16(o, 0x0101);
        smpp_string(o, "491700000001");
        put16(o, 0x0101);
        snprintf(text, sizeof text, "4917%08u", below(d, 90000));
        smpp_string(o, text);
        put(o, "\0\0\0\0\0\1\0\0\0", 9);
        snprintf(text, sizeof text, "meter reading %u: %u.%03u kWh", d->readings, below(d, 9000),
                 below(d, 1000));
        put8(o, (uint32_t)strlen(text));
        put(o, text, strlen(text));
        d->readings++;
        break;
    case PUBACK:
        smpp_head(o, 0x80000004, d->packet_id);
        snprintf(text, sizeof text, "%08x", d->number * 65536 + d->packet_id);
        smpp_string(o, text);
        break;
    case PINGREQ:
        smpp_head(o, 0x00000015, ++d->packet_id); /* enquire_link */
        break;
    case PINGRESP:
        smpp_head(o, 0x80000015, d->packet_id);
        break;
    default:
        return;
    }
    fill16(o->p + begin + 2, o->n - begin);
}

static inline void gtp_element(struct octets *o, uint32_t type, const char *p, uint32_t n)
{
    put8(o, type);
    put16(o, n);
    put8(o, 0);
    put(o, p, n);
}

/* Decimal digits, the low half of an octet first (TBCD). */
static inline void gtp_digits(struct octets *o, uint32_t type, const char *digits)
{
    char packed[16];
    uint32_t n = 0;
    for (const char *s = digits; *s; s += s[1] ? 2 : 1) {
        packed[n++] = (char)((s[0] - '0') | (s[1] ? s[1] - '0' : 15) << 4);
    }
    gtp_element(o, type, packed, n);
}

static inline void gtp_endpoint(struct octets *o, uint32_t instance, uint32_t kind, uint32_t teid,
                                uint32_t address)
{
    put8(o, 87); /* F-TEID */
    put16(o, 9);
    put8(o, instance);
    put8(o, 0x80 | kind);
    put32(o, teid);
    put32(o, address);
}

/* Create Session Request and Response */
static inline void gtp(struct device *d, bool answer, struct octets *o)
{
    char text[32];
    const uint32_t sim = d->number * 1000 + d->readings % 1000, begin = o->n;
    put8(o, 0x48);
    put8(o, answer ? 33 : 32);
    put16(o, 0);
    put32(o, answer ? sim + 1 : 0);
    put32(o, ++d->readings / 2 << 8);
    if (answer) {
        gtp_element(o, 2, "\20\0", 2); /* accepted */
        gtp_endpoint(o, 1, 7, sim + 1, 0x0a640001);
        put8(o, 79); /* PAA */
        put16(o, 5);
        put16(o, 0x0001);
        put32(o, 0x0a800000 + sim);
        put8(o, 93); /* bearer context: EBI, cause, F-TEID */
        put16(o, 5 + 6 + 13);
        put8(o, 0);
        gtp_element(o, 73, "\5", 1);
        gtp_element(o, 2, "\20\0", 2);
        gtp_endpoint(o, 2, 5, sim + 7, 0x0a640001);
    } else {
        snprintf(text, sizeof text, "26201%010u", sim);
        gtp_digits(o, 1, text); /* IMSI */
        snprintf(text, sizeof text, "4917%08u", sim);
        gtp_digits(o, 76, text); /* MSISDN */
        snprintf(text, sizeof text, "3569380356%06u", sim);
        gtp_digits(o, 75, text);               /* MEI */
        gtp_element(o, 82, "\6", 1);           /* RAT: E-UTRAN */
        gtp_element(o, 83, "\x62\xf2\x10", 3); /* serving network */
        gtp_endpoint(o, 0, 6, sim + 1, 0x0a650000 + d->number);
        gtp_element(o, 71, "\3iot\7example", 12); /* APN */
        gtp_element(o, 99, "\1", 1);              /* PDN type: IPv4 */
        gtp_element(o, 79, "\1\0\0\0\0", 5);
        put8(o, 93);
        put16(o, 5 + 26 + 13);
        put8(o, 0);
        gtp_element(o, 73, "\5", 1);
        gtp_element(o, 80, "\x7c\x09\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", 22);
        gtp_endpoint(o, 2, 4, sim + 5, 0x0a650000 + d->number);
    }
    fill16(o->p + begin + 2, o->n - begin - 4);
}

#endif
