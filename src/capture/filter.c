/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What libpcap is asked about link types: their names, and the BPF filter compiled for each of
 * them. Which link types can be decoded is listed here and in decode/link.c, since siblings do not
 * include each other; a test compares the two lists.
 */
#include "capture/input.h"

/* LINKTYPE_ numbers where they differ from what pcap_datalink() says (DLT_) on Linux. */
#define LINKTYPE_RAW     101u
#define DLT_RAW_LINUX    12
#define DLT_RAW_OPENBSD  14
#define FILTER_SNAPLEN   262144
#define PCAP_UNSPECIFIED PCAP_NETMASK_UNKNOWN

static const uint16_t readable[] = {
    0 /* NULL */,
    1 /* Ethernet */,
    9 /* PPP */,
    12,
    14 /* raw IP, as some files say */,
    101 /* raw IP */,
    108 /* LOOP */,
    113 /* SLL */,
    228 /* IPv4 */,
    229 /* IPv6 */,
    276 /* SLL2 */,
};

bool tt_link_type_readable(uint32_t link_type)
{
    for (size_t i = 0; i < sizeof readable / sizeof readable[0]; i++) {
        if (readable[i] == link_type) {
            return true;
        }
    }
    return false;
}

uint32_t tt_link_type_of_dlt(int dlt)
{
    return dlt == DLT_RAW_LINUX || dlt == DLT_RAW_OPENBSD ? LINKTYPE_RAW : (uint32_t)dlt;
}

static int dlt_of_link_type(uint32_t link_type)
{
    return link_type == LINKTYPE_RAW || link_type == DLT_RAW_OPENBSD ? DLT_RAW_LINUX
                                                                     : (int)link_type;
}

bool tt_link_type_refuse(struct tt_error *e, uint32_t link_type)
{
    const char *name = pcap_datalink_val_to_name(dlt_of_link_type(link_type));
    const char *text = pcap_datalink_val_to_description(dlt_of_link_type(link_type));
    if (name && text) {
        tt_fail(e, "link type %u (%s: %s) is not supported", link_type, name, text);
    } else {
        tt_fail(e, "link type %u is not supported", link_type);
    }
    return tt_fail_fix(
        e, "supported: Ethernet, Linux cooked v1 and v2, raw IP, loopback (NULL, LOOP), PPP");
}

bool tt_filter_for(struct tt_filters *f, const char *bpf, uint32_t link_type,
                   const struct bpf_program **program, struct tt_error *e)
{
    *program = NULL;
    if (!bpf) {
        return true;
    }
    for (uint32_t i = 0; i < f->n; i++) {
        if (f->link_type[i] == link_type) {
            *program = &f->program[i];
            return true;
        }
    }
    if (f->n == TT_FILTERS) {
        return tt_fail(e, "more than %u link types", TT_FILTERS);
    }
    pcap_t *p = pcap_open_dead(dlt_of_link_type(link_type), FILTER_SNAPLEN);
    if (!p) {
        return tt_fail(e, "no memory for the packet filter");
    }
    bool good = pcap_compile(p, &f->program[f->n], bpf, 1, PCAP_UNSPECIFIED) == 0;
    if (good) {
        f->link_type[f->n] = (uint16_t)link_type;
        *program = &f->program[f->n++];
    } else {
        tt_fail(e, "packet filter '%s': %s", bpf, pcap_geterr(p));
        tt_fail_fix(e, "the syntax is that of tcpdump: see man 7 pcap-filter");
    }
    pcap_close(p);
    return good;
}

void tt_filters_free(struct tt_filters *f)
{
    for (uint32_t i = 0; i < f->n; i++) {
        pcap_freecode(&f->program[i]);
    }
    f->n = 0;
}
