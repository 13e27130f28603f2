/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Formats that only libpcap reads (old versions, the modified headers of Kuznetzov and Navtel,
 * IXIA): the same octets are given to it as a stdio stream, and each packet is copied into the
 * block. Several times dearer than the own readers.
 */
#include "capture/input.h"

#include <errno.h>
#include <stdlib.h>

/* What the stream reads from: first the octets that were looked at, then the rest. */
struct cookie {
    struct tt_capture *c;
    uint32_t used;
};

static ssize_t cookie_read(void *opaque, char *to, size_t n)
{
    struct cookie *k = opaque;
    struct tt_capture *c = k->c;
    if (k->used < c->n_rest) {
        uint32_t left = c->n_rest - k->used;
        size_t part = n < left ? n : left;
        memcpy(to, c->rest + k->used, part);
        k->used += (uint32_t)part;
        return (ssize_t)part;
    }
    int64_t got;
    do {
        got = tt_octets_read(&c->octets, to, n, &c->input->error);
    } while (got == TT_OCTETS_INTERRUPTED);
    if (got < 0) {
        errno = EIO;
        return -1;
    }
    return (ssize_t)got;
}

static int cookie_close(void *opaque)
{
    free(opaque);
    return 0;
}

/* The own readers found neither format: what libpcap says counts, unless it does
 * not know the format either. */
bool tt_libpcap_open(struct tt_capture *c, uint32_t have)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    struct cookie *k = malloc(sizeof *k);
    if (!k) {
        return tt_fail(&c->input->error, "no memory");
    }
    c->n_rest = have;
    *k = (struct cookie){.c = c};
    FILE *f =
        fopencookie(k, "r", (cookie_io_functions_t){.read = cookie_read, .close = cookie_close});
    if (!f) {
        free(k);
        return tt_fail(&c->input->error, "no memory");
    }
    c->pcap = pcap_fopen_offline_with_tstamp_precision(f, PCAP_TSTAMP_PRECISION_NANO, why);
    if (!c->pcap) {
        fclose(f);
        return tt_fail(&c->input->error, "%s", why);
    }
    uint32_t link_type = tt_link_type_of_dlt(pcap_datalink(c->pcap));
    if (!tt_link_type_readable(link_type)) {
        return tt_link_type_refuse(&c->input->error, link_type);
    }
    c->format = TT_FORMAT_LIBPCAP;
    c->readable = true;
    c->interfaces[0] = (struct tt_interface){.link_type = (uint16_t)link_type, .readable = true};
    c->n_interfaces = 1;
    return tt_filter_for(&c->filters, c->reading->bpf, link_type, &c->interfaces[0].filter,
                         &c->input->error);
}

static void stop(struct tt_capture *c)
{
    struct tt_error *e = &c->input->error;
    c->ended = true;
    if (!e->what[0]) { /* else the octets below it failed: that says more */
        tt_fail(e, "%s", pcap_geterr(c->pcap));
    }
    e->packet = c->input->packets + 1;
}

void tt_libpcap_read(struct tt_capture *c, struct tt_block *b)
{
    const struct tt_interface *f = &c->interfaces[0];
    while (b->n_packets < TT_BLOCK_PACKETS && b->octets_used <= TT_BLOCK_OCTETS) {
        struct pcap_pkthdr *h;
        const u_char *frame;
        int r = pcap_next_ex(c->pcap, &h, &frame);
        if (r == PCAP_ERROR_BREAK) {
            c->ended = true;
            return;
        }
        if (r != 1) {
            stop(c);
            return;
        }
        if (h->caplen > TT_CAPTURED_MAX) {
            tt_capture_damage(c, 0, "the record announces %u captured octets (at most %u)",
                              h->caplen, TT_CAPTURED_MAX);
            c->input->error.has_offset = false;
            return;
        }
        uint8_t *to = b->octets + b->octets_used;
        memcpy(to, frame, h->caplen);
        int64_t second = h->ts.tv_sec < 0            ? 0
                         : h->ts.tv_sec > 9223372034 ? 9223372034
                                                     : h->ts.tv_sec;
        uint32_t before = b->n_packets;
        tt_capture_add(c, b, f->filter, f->link_type, to, h->caplen, h->len,
                       second * 1000000000 + (h->ts.tv_usec & 0x3fffffff) % 1000000000);
        b->octets_used += b->n_packets > before ? h->caplen : 0;
    }
}
