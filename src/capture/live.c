/* SPDX-License-Identifier: BSD-3-Clause
 *
 * An interface, by libpcap (TPACKET_V3 on Linux). Packets are copied into the block, because the
 * ring is the kernel's; waiting is poll(2) of its own, since libpcap waits for ever on a silent
 * interface. Never uses immediate mode (a wake-up per packet).
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "capture/input.h"

#define SNAPLEN 262144
#define RING    (64u << 20)
#define WAIT_MS 10

struct tt_live {
    struct tt_capture capture; /* only what tt_capture_add needs */
    struct tt_block *block;    /* being filled */
    pcap_t *pcap;
    int fd;
    int64_t nano; /* ns of one unit of the time stamp's fraction */
};

static bool no_such_interface(struct tt_error *e, const char *name)
{
    char why[PCAP_ERRBUF_SIZE];
    pcap_if_t *all = NULL;
    const char *names[256];
    size_t n = 0;
    if (pcap_findalldevs(&all, why) == 0) {
        for (const pcap_if_t *i = all; i && n < 255; i = i->next) {
            names[n++] = i->name;
        }
    }
    names[n] = NULL;
    const char *near = tt_nearest(name, names);
    tt_fail(e, "no such interface");
    if (near) {
        tt_fail_fix(e, "did you mean %s?", near);
    } else {
        tt_fail_fix(e, "ip link shows the interfaces of this host");
    }
    if (all) {
        pcap_freealldevs(all);
    }
    return false;
}

static bool activate_failed(struct tt_error *e, const struct tt_live *l, const char *name, int code)
{
    switch (code) {
    case PCAP_ERROR_NO_SUCH_DEVICE:
        no_such_interface(e, name);
        break;
    case PCAP_ERROR_PERM_DENIED:
    case PCAP_ERROR_PROMISC_PERM_DENIED:
        tt_fail(e, "no permission to capture");
        tt_fail_fix(e,
                    "run as root, or give the program CAP_NET_RAW: setcap cap_net_raw+ep telltale");
        break;
    case PCAP_ERROR_IFACE_NOT_UP:
        tt_fail(e, "interface is down");
        tt_fail_fix(e, "ip link set %s up", name);
        break;
    default:
        tt_fail(e, "cannot be captured: %s (%s)", pcap_statustostr(code), pcap_geterr(l->pcap));
        break;
    }
    return tt_fail_at(e, name, 0, 0);
}

static bool set_filter(struct tt_live *l, const char *bpf, struct tt_error *e)
{
    struct bpf_program program;
    if (!bpf) {
        return true;
    }
    if (pcap_compile(l->pcap, &program, bpf, 1, PCAP_NETMASK_UNKNOWN) != 0) {
        tt_fail(e, "packet filter '%s': %s", bpf, pcap_geterr(l->pcap));
        return tt_fail_fix(e, "the syntax is that of tcpdump: see man 7 pcap-filter");
    }
    bool good = pcap_setfilter(l->pcap, &program) == 0;
    if (!good) {
        tt_fail(e, "packet filter '%s': %s", bpf, pcap_geterr(l->pcap));
    }
    pcap_freecode(&program);
    return good;
}

static bool start(struct tt_live *l, const struct tt_source_options *o, struct tt_error *e)
{
    char why[PCAP_ERRBUF_SIZE] = "";
    l->pcap = pcap_create(o->interface, why);
    if (!l->pcap) {
        tt_fail(e, "cannot be captured: %s", why);
        return tt_fail_at(e, o->interface, 0, 0);
    }
    pcap_set_snaplen(l->pcap, o->snaplen && o->snaplen < SNAPLEN ? (int)o->snaplen : SNAPLEN);
    uint32_t ring = o->ring_octets ? o->ring_octets : RING;
    pcap_set_buffer_size(l->pcap, ring > INT32_MAX ? INT32_MAX : (int)ring);
    pcap_set_timeout(l->pcap, WAIT_MS);
    pcap_set_promisc(l->pcap, 1);
    (void)pcap_set_tstamp_precision(l->pcap, PCAP_TSTAMP_PRECISION_NANO);
    int code = pcap_activate(l->pcap);
    if (code < 0) {
        return activate_failed(e, l, o->interface, code);
    }
    l->nano = pcap_get_tstamp_precision(l->pcap) == PCAP_TSTAMP_PRECISION_NANO ? 1 : 1000;
    uint32_t link_type = tt_link_type_of_dlt(pcap_datalink(l->pcap));
    if (!tt_link_type_readable(link_type)) {
        tt_link_type_refuse(e, link_type);
        return tt_fail_at(e, o->interface, 0, 0);
    }
    l->capture.interfaces = calloc(1, sizeof *l->capture.interfaces);
    l->fd = pcap_get_selectable_fd(l->pcap);
    if (!l->capture.interfaces || l->fd < 0 || pcap_setnonblock(l->pcap, 1, why) != 0) {
        tt_fail(e, "cannot be captured without waiting: %s", why);
        return tt_fail_at(e, o->interface, 0, 0);
    }
    l->capture.interfaces[0].link_type = (uint16_t)link_type;
    return set_filter(l, o->bpf, e);
}

struct tt_live *tt_live_open(const struct tt_source_options *o, struct tt_reading *r,
                             struct tt_input *in, struct tt_error *e)
{
    struct tt_live *l = calloc(1, sizeof *l);
    if (!l) {
        tt_fail(e, "no memory");
        return NULL;
    }
    l->capture = (struct tt_capture){.reading = r, .input = in, .octets = {.fd = -1}};
    if (!start(l, o, e)) {
        tt_live_close(l);
        return NULL;
    }
    in->opened = true;
    return l;
}

static void take(u_char *opaque, const struct pcap_pkthdr *h, const u_char *frame)
{
    struct tt_live *l = (struct tt_live *)(void *)opaque;
    struct tt_block *b = l->block;
    uint32_t captured = h->caplen > TT_CAPTURED_MAX ? TT_CAPTURED_MAX : h->caplen;
    if (b->n_packets == TT_BLOCK_PACKETS || captured > TT_BLOCK_ROOM - b->octets_used) {
        l->capture.input->packets++; /* cannot be: the loop was told to stop before */
        return;
    }
    uint8_t *to = b->octets + b->octets_used;
    memcpy(to, frame, captured);
    b->octets_used += captured;
    int64_t second = h->ts.tv_sec < 0 ? 0 : h->ts.tv_sec > 9223372034 ? 9223372034 : h->ts.tv_sec;
    tt_capture_add(&l->capture, b, NULL, l->capture.interfaces[0].link_type, to, captured, h->len,
                   second * 1000000000 + (int64_t)h->ts.tv_usec * l->nano);
    if (TT_BLOCK_ROOM - b->octets_used < TT_CAPTURED_MAX) {
        pcap_breakloop(l->pcap);
    }
}

static enum tt_source_result end(struct tt_live *l)
{
    struct tt_error *e = &l->capture.input->error;
    tt_fail(e, "capturing ended: %s", pcap_geterr(l->pcap));
    tt_fail_at(e, l->capture.input->name, 0, 0);
    l->capture.ended = true;
    return TT_SOURCE_END;
}

enum tt_source_result tt_live_read(struct tt_live *l, struct tt_block *b)
{
    if (l->capture.ended) {
        return TT_SOURCE_END;
    }
    l->block = b;
    for (int round = 0; round < 2; round++) {
        int n = pcap_dispatch(l->pcap, TT_BLOCK_PACKETS, take, (u_char *)l);
        if (b->n_packets) {
            return TT_SOURCE_PACKETS; /* an error comes again */
        }
        if (n == PCAP_ERROR) {
            return end(l);
        }
        if (round == 0) {
            struct pollfd p = {.fd = l->fd, .events = POLLIN};
            if (poll(&p, 1, WAIT_MS) <= 0) {
                break; /* nothing, or a signal */
            }
        }
    }
    return TT_SOURCE_IDLE;
}

void tt_live_drops(struct tt_live *l, struct tt_source_drops *drops)
{
    struct pcap_stat s;
    *drops = (struct tt_source_drops){0};
    if (pcap_stats(l->pcap, &s) == 0) {
        *drops = (struct tt_source_drops){s.ps_recv, s.ps_drop, s.ps_ifdrop};
    }
}

void tt_live_close(struct tt_live *l)
{
    if (l) {
        if (l->pcap) {
            pcap_close(l->pcap);
        }
        free(l->capture.interfaces);
        free(l);
    }
}
