/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Small captures of every format, cut at each octet and changed at each octet, beside libpcap: no
 * fewer packets than it reads, with the same content; where reading stops, the message names the
 * file and the place. The same inside gzip and zstd.
 */
#include "unit/capture/build.h"

#include <pcap/pcap.h>
#include <sys/mman.h>
#include <zstd.h>

#define PACKETS_MOST 64
#define FRAME_MOST   256

struct record {
    int64_t time;
    uint32_t captured, length;
    uint8_t octets[FRAME_MOST];
};

struct reading {
    struct record row[PACKETS_MOST];
    uint32_t n;
    bool opened;
    char why[400];
};

static struct tt_block *block;
static int fd = -1;
static char path[32];

static void rewrite(const uint8_t *p, size_t n)
{
    assert_int_equal(ftruncate(fd, 0), 0);
    assert_int_equal(pwrite(fd, p, n, 0), (ssize_t)n);
}

static void keep(struct reading *r, int64_t time, const uint8_t *p, uint32_t captured,
                 uint32_t length)
{
    if (r->n < PACKETS_MOST) {
        struct record *k = &r->row[r->n++];
        *k = (struct record){.time = time, .captured = captured, .length = length};
        memcpy(k->octets, p, captured < FRAME_MOST ? captured : FRAME_MOST);
    }
}

static void with_libpcap(struct reading *r)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    r->n = 0;
    pcap_t *p = pcap_open_offline_with_tstamp_precision(path, PCAP_TSTAMP_PRECISION_NANO, why);
    r->opened = p != NULL;
    struct pcap_pkthdr *h;
    const u_char *frame;
    while (p && pcap_next_ex(p, &h, &frame) == 1) {
        /* what is beyond a second, or beyond 2262, is told otherwise */
        bool usual = h->ts.tv_sec > 0 && h->ts.tv_sec < INT64_C(9000000000) && h->ts.tv_usec >= 0 &&
                     h->ts.tv_usec < 1000000000;
        keep(r, usual ? (int64_t)h->ts.tv_sec * 1000000000 + h->ts.tv_usec : -1, frame, h->caplen,
             h->len);
    }
    if (p) {
        pcap_close(p);
    }
}

static void with_telltale(struct reading *r)
{
    struct tt_error e;
    struct tt_source *s = open_path(&e, NULL, path);
    r->n = 0;
    r->why[0] = 0;
    r->opened = s != NULL;
    if (!s) {
        assert_true(e.what[0] && strcmp(e.file, path) == 0);
        snprintf(r->why, sizeof r->why, "%s", e.what);
        return;
    }
    while (tt_source_read(s, block) != TT_SOURCE_END) {
        for (uint32_t i = 0; i < block->n_packets; i++) {
            const struct tt_packet *k = &block->packets[i];
            keep(r, k->time, k->frame, k->captured, k->length);
        }
    }
    uint32_t n;
    const struct tt_input *in = tt_source_inputs(s, &n);
    assert_int_equal(n, 1);
    if (in->error.what[0]) { /* where: the file, and packet or octet */
        assert_string_equal(in->error.file, path);
        if (in->error.packet != in->packets + 1 && !in->error.has_offset &&
            !strstr(in->error.what, "link type")) {
            fail_msg("nobody knows where: %s", in->error.what);
        }
        snprintf(r->why, sizeof r->why, "%s", in->error.what);
    }
    tt_source_close(s);
}

/* False: one of libpcap's packets is missing or another. Link types that decode does not know are
 * refused with a message, and times are told from 1970 to 2262. */
static bool agrees(const struct reading *pcap, const struct reading *own)
{
    if (strstr(own->why, "link type")) {
        return true;
    }
    if (own->n < pcap->n) {
        return false;
    }
    for (uint32_t i = 0; i < pcap->n; i++) {
        const struct record *a = &pcap->row[i], *b = &own->row[i];
        uint32_t n = a->captured < FRAME_MOST ? a->captured : FRAME_MOST;
        if (b->captured < a->captured || memcmp(a->octets, b->octets, n) != 0 ||
            (b->length != a->length && a->length >= a->captured) ||
            (a->time >= 0 && b->time != a->time)) {
            return false;
        }
    }
    return true;
}

static unsigned differ; /* of a specimen */

static void compare(const char *name, const char *what, size_t at, const uint8_t *p, size_t n)
{
    static struct reading pcap, own;
    rewrite(p, n);
    with_libpcap(&pcap);
    with_telltale(&own);
    if (!agrees(&pcap, &own)) {
        differ++;
        print_message("%s, %s at %zu: libpcap reads %u packets, telltale %u (%s)\n", name, what, at,
                      pcap.n, own.n, own.why);
        for (uint32_t i = 0; i < pcap.n && i < own.n; i++) {
            const struct record *a = &pcap.row[i], *b = &own.row[i];
            if (a->time != b->time || a->captured != b->captured || a->length != b->length) {
                print_message("  packet %u: %lld/%lld, %u/%u captured, %u/%u on the wire\n", i + 1,
                              (long long)a->time, (long long)b->time, a->captured, b->captured,
                              a->length, b->length);
            }
        }
    }
}

static void mutate(const char *name, const struct octets *o)
{
    static const uint8_t flips[] = {0x01, 0x04, 0x80, 0xff};
    uint8_t *p = malloc(o->n);
    differ = 0;
    compare(name, "whole", 0, o->p, o->n);
    for (size_t at = 0; at < o->n; at++) {
        compare(name, "cut", at, o->p, at);
        memcpy(p, o->p, o->n);
        for (size_t i = 0; i < sizeof flips; i++) {
            p[at] = o->p[at] ^ flips[i];
            compare(name, "changed", at, p, o->n);
        }
        p[at] = 0;
        compare(name, "zeroed", at, p, o->n);
        memmove(p + at, o->p + at + 1, o->n - at - 1);
        compare(name, "left out", at, p, o->n - 1);
    }
    free(p);
    assert_int_equal(differ, 0);
}

static void frames(struct octets *o,
                   void (*one)(struct octets *, unsigned, const uint8_t *, uint32_t))
{
    uint8_t f[80];
    for (unsigned i = 0; i < 4; i++) {
        memset(f, (int)(0x11 * (i + 1)), sizeof f);
        one(o, i, f, 33 + 5 * i);
    }
}

static void classic(struct octets *o, unsigned i, const uint8_t *p, uint32_t n)
{
    put_record(o, 1700000000 + i, 1000 * i, n + i % 2, p, n);
}

static void pcap_files(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        for (int nano = 0; nano < 2; nano++) {
            struct octets o = {.big = big};
            put_pcap_header(&o, nano ? 0xa1b23c4d : 0xa1b2c3d4, 65535, 1);
            frames(&o, classic);
            mutate(big ? "pcap, big-endian" : "pcap", &o);
            free(o.p);
        }
    }
}

static void modified(struct octets *o, unsigned i, const uint8_t *p, uint32_t n)
{
    put32(o, 1700000000 + i);
    put32(o, i);
    put32(o, n);
    put32(o, n);
    put32(o, 2);       /* interface */
    put16(o, 0x0800);  /* protocol */
    put(o, "\0\0", 2); /* kind, padding */
    put(o, p, n);
}

static void swapped_lengths(struct octets *o, unsigned i, const uint8_t *p, uint32_t n)
{
    put32(o, 1700000000 + i);
    put32(o, i);
    put32(o, n + 3); /* version 2.3 before it was said which comes first */
    put32(o, n);
    put(o, p, n);
}

/* Kuznetzov's, IXIA's, and old versions: libpcap's readers. */
static void rare_pcap_files(void **state)
{
    (void)state;
    static const uint32_t magics[] = {0xa1b2cd34, 0x1c0001ac, 0x1c0001ab};
    for (unsigned m = 0; m < 3; m++) {
        for (int big = 0; big < 2; big++) {
            struct octets o = {.big = big};
            put_pcap_header(&o, magics[m], 65535, 1);
            if (m) {
                put32(&o, 0); /* IXIA: octets of all records */
            }
            frames(&o, m ? classic : modified);
            mutate("modified pcap", &o);
            free(o.p);
        }
    }
    struct octets o = {.big = false};
    put_pcap_header(&o, 0xa1b2c3d4, 65535, 1);
    o.p[6] = 3;
    frames(&o, swapped_lengths);
    mutate("pcap 2.3", &o);
    o.p[4] = 0x1f; /* 543.0: DG/UX tcpdump */
    o.p[5] = 2;
    o.p[6] = 0;
    mutate("pcap 543.0", &o);
    free(o.p);
}

static void options(struct octets *o, unsigned code, const char *text, unsigned n)
{
    put16(o, code);
    put16(o, n);
    put(o, text, n);
    put(o, "\0\0\0", (4 - n % 4) % 4);
}

static void enhanced(struct octets *o, unsigned i, const uint8_t *p, uint32_t n)
{
    struct octets b = {.big = o->big};
    put32(&b, i % 2);
    put32(&b, 0x60000);
    put32(&b, 1000 * i);
    put32(&b, n);
    put32(&b, n + i % 2);
    put(&b, p, n);
    put(&b, "\0\0\0", (4 - n % 4) % 4);
    if (i % 2) {
        options(&b, 1, "a note", 6);
        options(&b, 2, "\0\0\0\1", 4);
        put32(&b, 0);
    }
    put_block(o, 6, &b);
    free(b.p);
}

static void other_block(struct octets *o, uint32_t type, const char *text, unsigned n)
{
    struct octets b = {.big = o->big};
    put(&b, text, n);
    put_block(o, type, &b);
    free(b.p);
}

static void section(struct octets *o, int resolution, int64_t offset, bool length_known)
{
    struct octets b = {.big = o->big}, body = {.big = o->big};
    put_interface(&body, 1, 65535, resolution, offset);
    put_interface(&body, 1, 65535, resolution, offset);
    other_block(&body, 4, "\0\0\0\0", 4);                    /* names */
    other_block(&body, 5, "\0\0\0\0\0\0\0\0\0\0\0\0", 12);   /* statistics */
    other_block(&body, 9, "MESSAGE=hello\n", 14);            /* systemd journal */
    other_block(&body, 10, "TLSK\4\0\0\0keys", 12);          /* decryption secrets */
    other_block(&body, 0xbad, "\0\0\x7f\xd9odd length", 14); /* custom */
    other_block(&body, 0x40000bad, "\0\0\x7f\xd9not copied", 14);
    other_block(&body, 0x0bb1, "of a type to come", 17);
    frames(&body, enhanced);
    put32(&b, 0x1a2b3c4d);
    put16(&b, 1);
    put16(&b, 0);
    put_int(&b, length_known ? body.n : UINT64_MAX, 8);
    options(&b, 2, "a machine", 9);
    options(&b, 4, "a test", 6);
    put32(&b, 0);
    put_block(o, 0x0a0d0d0a, &b);
    put(o, body.p, body.n);
    free(body.p);
    free(b.p);
}

static void pcapng_files(void **state)
{
    (void)state;
    struct octets o = {.big = false};
    section(&o, -1, 0, false);
    mutate("pcapng", &o);
    o.n = 0;
    o.big = true;
    section(&o, 9, 0, true);
    o.big = false;
    section(&o, 6, 100, false); /* another section, in the other byte order */
    mutate("pcapng of two byte orders", &o);
    free(o.p);
}

static void simple(struct octets *o, unsigned i, const uint8_t *p, uint32_t n)
{
    struct octets b = {.big = o->big};
    uint32_t kept = n < 40 ? n : 40; /* the interface's snap length */
    if (i % 2) {                     /* the obsolete block */
        put16(&b, 0);
        put16(&b, 0xffff);
        put32(&b, 0x5000);
        put32(&b, i);
        put32(&b, kept);
    }
    put32(&b, n);
    put(&b, p, kept);
    put_block(o, i % 2 ? 2 : 3, &b);
    free(b.p);
}

static void old_pcapng_files(void **state)
{
    (void)state;
    for (int big = 0; big < 2; big++) {
        for (int resolution = -1; resolution < 0x93; resolution += 0x93 - 6) {
            struct octets o = {.big = big};
            put_section(&o);
            put_interface(&o, 1, 40, resolution, 0);
            frames(&o, simple);
            mutate("pcapng of simple and obsolete packets", &o);
            free(o.p);
        }
    }
}

/* Interfaces of several link types: libpcap gives up, telltale reads them all. */
static void several_link_types(void **state)
{
    (void)state;
    static struct reading own;
    struct octets o = {.big = false};
    put_section(&o);
    put_interface(&o, 1, 65535, 9, 0);
    put_interface(&o, 101, 65535, 6, 0);
    put_interface(&o, 113, 65535, 0x8a, 0);
    frames(&o, enhanced);
    put_enhanced(&o, 2, 5, 3, "abc", 3);
    rewrite(o.p, o.n);
    with_telltale(&own);
    assert_int_equal(own.n, 5);
    assert_string_equal(own.why, "");
    assert_int_equal(own.row[4].time, 5 * 1000000000LL / 1024);
    free(o.p);
}

/* In front of the damage everything, behind it nothing, and a message. */
static void packed(const uint8_t *p, size_t n, uint32_t packets)
{
    static struct reading own;
    uint8_t *changed = malloc(n);
    rewrite(p, n);
    with_telltale(&own);
    assert_int_equal(own.n, packets);
    assert_string_equal(own.why, "");
    for (size_t at = 0; at < n; at++) {
        rewrite(p, at);
        with_telltale(&own);
        assert_true(own.n <= packets && (own.why[0] || own.n == packets || own.n == packets / 2));
        memcpy(changed, p, n);
        changed[at] ^= 0x10;
        rewrite(changed, n);
        with_telltale(&own);
        assert_true(own.opened || own.why[0]);
    }
    free(changed);
}

static void packed_files(void **state)
{
    (void)state;
    struct octets o = {.big = false};
    put_pcap_header(&o, 0xa1b2c3d4, 65535, 1);
    frames(&o, classic);
    size_t half = 24 + 2 * 16 + 33 + 38, room = 4096;
    uint8_t *z = malloc(room);
    size_t n = ZSTD_compress(z, room, o.p, half, 3);
    memcpy(z + n, "\x5a\x2a\x4d\x18\3\0\0\0abc", 11); /* a frame to be skipped between two */
    n += 11;
    n += ZSTD_compress(z + n, room - n, o.p + half, o.n - half, 19);
    packed(z, n, 4);
    char *gz = write_gzip("two.gz", o.p, half);
    gzFile g = gzopen(gz, "ab");
    gzwrite(g, o.p + half, (unsigned)(o.n - half));
    gzclose(g);
    FILE *f = fopen(gz, "rb");
    n = fread(z, 1, room, f);
    fclose(f);
    packed(z, n, 4);
    free(gz);
    free(z);
    free(o.p);
}

static int prepare(void **state)
{
    (void)state;
    block = tt_block_new();
    fd = memfd_create("capture", 0);
    snprintf(path, sizeof path, "/dev/fd/%d", fd);
    return block && fd >= 0 ? 0 : -1;
}

static int release(void **state)
{
    tt_block_free(block);
    close(fd);
    return remove_folder(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pcap_files),         cmocka_unit_test(rare_pcap_files),
        cmocka_unit_test(pcapng_files),       cmocka_unit_test(old_pcapng_files),
        cmocka_unit_test(several_link_types), cmocka_unit_test(packed_files),
    };
    return cmocka_run_group_tests_name("capture/damage", tests, prepare, release);
}
