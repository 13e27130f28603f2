/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Elements of GTP, part of gtp.c alone: which row and form each type has, and how each form is put
 * (3GPP TS 29.060, 7.7; TS 29.274, 8).
 */
#ifndef DISSECT_PROTO_GTP_PARTS_H
#define DISSECT_PROTO_GTP_PARTS_H

#include "dissect/proto/gtp_values.h"

enum form {
    OTHER, /* no row of its own */
    SECRETS,
    NUMBER,
    MASKED,
    TEXT_DIGITS,
    MSISDN_1,
    LABELS,
    OCTETS,
    CAUSE,
    END_USER,
    ADDRESS,
    AREA,
    LOCATION,
    PLACES,
    NETWORK,
    ZONE,
    OPTIONS,
    HEADERS,
    AMBR,
    PAA,
    F_TEID,
    BEARER_QOS,
    GROUP,
    EBI,
    CHARGING,
    NODE_IP,
};

/* Row, form, octets at least, octets at most (0 = any), mask of a number. */
struct element {
    uint8_t row, form, min, max, mask;
};
/* clang-format off */
static const struct element parts_1[256] = {
    [1] = {F_CAUSE_1, CAUSE, 1, 1, 0xff}, [2] = {F_IMSI, TEXT_DIGITS, 8, 8, 0},
    [3] = {0, AREA, 6, 6, 0}, [8] = {F_REORDERING, MASKED, 1, 1, 1}, [9] = {0, SECRETS, 28, 28, 0},
    [14] = {F_RECOVERY_1, NUMBER, 1, 1, 0}, [15] = {F_SELECTION_1, MASKED, 1, 1, 3},
    [16] = {F_TEID_DATA, NUMBER, 4, 4, 0}, [17] = {F_TEID_CONTROL, NUMBER, 4, 4, 0},
    [19] = {F_TEARDOWN, MASKED, 1, 1, 1}, [20] = {F_NSAPI, MASKED, 1, 1, 15},
    [26] = {F_CHARGING_1, NUMBER, 2, 2, 0}, [127] = {F_CHARGING_ID, NUMBER, 4, 4, 0},
    [128] = {0, END_USER, 2, 22, 0}, [129] = {0, SECRETS, 1, 0, 0},
    [131] = {F_APN_1, LABELS, 1, 0, 0}, [132] = {0, OPTIONS, 1, 0, 0},
    [133] = {F_GSN4, ADDRESS, 4, 16, 0},
    [134] = {F_MSISDN, MSISDN_1, 2, 0, 0}, [135] = {F_QOS, OCTETS, 4, 0, 0},
    [136] = {0, SECRETS, 1, 0, 0}, [141] = {0, HEADERS, 1, 0, 0},
    [148] = {F_COMMON_FLAGS, NUMBER, 1, 8, 0}, [149] = {F_RESTRICTION_1, NUMBER, 1, 1, 0},
    [151] = {F_RAT_1, NUMBER, 1, 1, 0}, [152] = {0, LOCATION, 8, 0, 0}, [153] = {0, ZONE, 2, 2, 0},
    [154] = {F_IMEI_1, TEXT_DIGITS, 7, 8, 0}, [190] = {F_FQDN, LABELS, 1, 0, 0},
    [207] = {0, SECRETS, 1, 0, 0},
};
static const struct element parts_2[256] = {
    [1] = {F_IMSI, TEXT_DIGITS, 3, 8, 0}, [2] = {F_CAUSE_2, CAUSE, 2, 6, 0xff},
    [3] = {F_RECOVERY_2, NUMBER, 1, 1, 0}, [54] = {0, SECRETS, 1, 0, 0},
    [55] = {0, SECRETS, 1, 0, 0}, [62] = {0, SECRETS, 1, 0, 0},
    [71] = {F_APN_2, LABELS, 1, 0, 0}, [72] = {0, AMBR, 8, 8, 0},
    [73] = {F_EBI, EBI, 1, 1, 15}, [74] = {F_IP, NODE_IP, 4, 16, 0},
    [75] = {F_IMEI_2, TEXT_DIGITS, 7, 8, 0}, [76] = {F_MSISDN, TEXT_DIGITS, 1, 8, 0},
    [77] = {F_INDICATION, OCTETS, 2, 0, 0}, [78] = {0, OPTIONS, 1, 0, 0}, [79] = {0, PAA, 1, 22, 0},
    [80] = {0, BEARER_QOS, 22, 22, 0}, [82] = {F_RAT_2, NUMBER, 1, 1, 0},
    [83] = {F_SERVING, NETWORK, 3, 3, 0}, [86] = {0, PLACES, 1, 0, 0}, [87] = {0, F_TEID, 5, 25, 0},
    [93] = {0, GROUP, 0, 0, 0}, [94] = {F_BEARER_CHARGING, CHARGING, 4, 4, 0},
    [95] = {F_CHARGING_2, NUMBER, 2, 2, 0}, [99] = {F_PDN_TYPE, MASKED, 1, 1, 7},
    [100] = {F_PTI, NUMBER, 1, 1, 0}, [103] = {0, SECRETS, 1, 0, 0}, [104] = {0, SECRETS, 1, 0, 0},
    [105] = {0, SECRETS, 1, 0, 0}, [106] = {0, SECRETS, 1, 0, 0}, [107] = {0, SECRETS, 1, 0, 0},
    [108] = {0, SECRETS, 1, 0, 0}, [109] = {0, GROUP, 0, 0, 0}, [114] = {0, ZONE, 2, 2, 0},
    [127] = {F_RESTRICTION_2, NUMBER, 1, 1, 0}, [128] = {F_SELECTION_2, MASKED, 1, 1, 3},
    [136] = {F_FQDN, LABELS, 1, 0, 0}, [159] = {0, SECRETS, 1, 0, 0}, [163] = {0, OPTIONS, 1, 0, 0},
    [180] = {0, GROUP, 0, 0, 0}, [181] = {0, GROUP, 0, 0, 0}, [191] = {0, GROUP, 0, 0, 0},
    [195] = {0, GROUP, 0, 0, 0}, [197] = {0, OPTIONS, 1, 0, 0}, [208] = {0, GROUP, 0, 0, 0},
    [209] = {0, GROUP, 0, 0, 0}, [214] = {0, GROUP, 0, 0, 0},
};
/* clang-format on */

/* One element as it came. */
struct ie {
    uint8_t type, instance;
    struct tt_bytes b;
};

static void put_other(const struct tt_reader *r, struct tt_msg *m, const struct parts *p,
                      struct ie ie, bool secret)
{
    tt_put_uint(m, r, p->version == 1 ? F_IE_1 : F_IE_2, ie.type);
    if (ie.instance) {
        tt_put_uint(m, r, F_IE_INSTANCE, ie.instance);
    }
    tt_put_uint(m, r, F_IE_LENGTH, ie.b.n);
    if (ie.b.n) {
        tt_put_bytes(m, r, secret ? F_IE_SECRET : F_IE_VALUE, ie.b);
    }
}

/* End user address: organization, number, addresses (TS 29.060, 7.7.27). */
static bool put_end_user(const struct tt_reader *r, struct tt_msg *m, struct tt_bytes b)
{
    enum { IPV4 = 0x121, IPV6 = 0x157, IPV4V6 = 0x18d };
    unsigned type = (b.p[0] & 15u) << 8 | b.p[1];
    struct tt_bytes a = {b.p + 2, b.n - 2};
    if (tt_msg_has(m, F_PDP_TYPE)) {
        return true;
    }
    tt_put_uint(m, r, F_PDP_TYPE, type);
    tt_put_uint(m, r, F_PDP_ORG, type >> 8);
    tt_put_uint(m, r, F_PDP_NUMBER, type & 0xff);
    if (a.n == 0) {
        return true; /* one is wanted */
    }
    if (type == IPV4V6 && a.n == 20) {
        put_ip4(r, m, F_ADDRESS_1, a.p);
        tt_put_bytes(m, r, F_ADDRESS6_1, (struct tt_bytes){a.p + 4, 16});
        return true;
    }
    bool fits = type == IPV4V6 || type == (a.n == 4 ? IPV4 : IPV6);
    return fits && put_address(r, m, F_ADDRESS_1, F_ADDRESS6_1, a);
}

/* PDN address allocation (TS 29.274, 8.14). */
static bool put_paa(const struct tt_reader *r, struct tt_msg *m, struct tt_bytes b)
{
    struct tt_reader in = tt_reader_over(b);
    unsigned type = tt_read_u8(&in) & 7;
    tt_put_uint(m, r, F_PDN_TYPES, type);
    if (type == 2 || type == 3) {
        unsigned bits = tt_read_u8(&in);
        struct tt_bytes v6 = tt_read_bytes(&in, 16);
        if (tt_reader_ok(&in) && !tt_msg_has(m, F_ADDRESS6_2)) {
            tt_put_uint(m, r, F_PREFIX, bits);
            tt_put_bytes(m, r, F_ADDRESS6_2, v6);
        }
    }
    if (type == 1 || type == 3) {
        struct tt_bytes v4 = tt_read_bytes(&in, 4);
        if (tt_reader_ok(&in) && !tt_msg_has(m, F_ADDRESS_2)) {
            put_ip4(r, m, F_ADDRESS_2, v4.p);
        }
    }
    return tt_reader_ok(&in) && type >= 1 && type <= 5;
}

static bool put_fteid(const struct tt_reader *r, struct tt_msg *m, struct parts *p, struct ie ie)
{
    struct tt_reader in = tt_reader_over(ie.b);
    unsigned flags = tt_read_u8(&in), interface = flags & 63;
    uint32_t teid = tt_read_u32(&in);
    tt_put_uint(m, r, F_FTEID_INTERFACE, interface);
    if (ie.instance) {
        tt_put_uint(m, r, F_FTEID_INSTANCE, ie.instance);
    }
    tt_put_uint(m, r, F_FTEID_TEID, teid);
    if (flags & 0x80) {
        struct tt_bytes v4 = tt_read_bytes(&in, 4);
        if (v4.n) {
            put_ip4(r, m, F_FTEID_IP, v4.p);
        }
    }
    if (flags & 0x40) {
        struct tt_bytes v6 = tt_read_bytes(&in, 16);
        if (v6.n) {
            tt_put_bytes(m, r, F_FTEID_IP6, v6);
        }
    }
    if (p->in_bearer) {
        tt_put_uint(m, r, F_FTEID_BEARER, p->bearers - 1);
    } else if (m->n_values && m->values[m->n_values - 1].n == 16) {
        own_end(p, teid, m->values[m->n_values - 1].p);
    }
    return tt_reader_ok(&in) && (flags & 0xc0);
}

/* TS 29.274, 8.15. */
static void put_bearer_qos(const struct tt_reader *r, struct tt_msg *m, struct tt_bytes b)
{
    static const uint8_t rows[] = {F_MBR_UP, F_MBR_DOWN, F_GBR_UP, F_GBR_DOWN};
    tt_put_uint(m, r, F_PRIORITY, b.p[0] >> 2 & 15);
    tt_put_uint(m, r, F_QCI, b.p[1]);
    for (unsigned i = 0; i < sizeof rows; i++) {
        tt_put_uint(m, r, rows[i], number_of((struct tt_bytes){b.p + 2 + 5 * i, 5}));
    }
}

static bool put_digit_text(const struct tt_reader *r, struct tt_msg *m, uint8_t row,
                           struct tt_bytes b)
{
    if (row == F_IMSI) {
        put_digits(r, m, row, b, 6, 15, A_IMSI);
    } else if (row == F_MSISDN) {
        put_digits(r, m, row, b, 1, 15, A_MSISDN);
    } else {
        put_digits(r, m, row, b, 14, 16, A_IMEI);
    }
    return true;
}

/* True: it was a number, or some; what has its length is one. */
static bool put_numbers(const struct tt_reader *r, struct tt_msg *m, struct parts *p,
                        struct element e, struct tt_bytes b, uint8_t instance)
{
    switch ((enum form)e.form) {
    case NUMBER:
    case CHARGING:
        tt_put_uint(m, r, e.row, number_of(b));
        return true;
    case CAUSE:
        p->cause = p->cause || p->in_bearer ? p->cause : b.p[0];
        tt_put_uint(m, r, p->in_bearer ? F_BEARER_CAUSE : e.row, b.p[0]);
        return true;
    case EBI:
        tt_put_uint(m, r, p->in_bearer ? F_BEARER_EBI : e.row, b.p[0] & e.mask);
        p->linked |= !p->in_bearer && instance == 0;
        return true;
    case MASKED:
        tt_put_uint(m, r, e.row, b.p[0] & e.mask);
        if (e.row == F_PDN_TYPE) {
            tt_put_uint(m, r, F_PDN_TYPES, b.p[0] & e.mask);
        }
        return true;
    case AMBR:
        tt_put_uint(m, r, F_AMBR_UP, number_of((struct tt_bytes){b.p, 4}));
        tt_put_uint(m, r, F_AMBR_DOWN, number_of((struct tt_bytes){b.p + 4, 4}));
        return true;
    case BEARER_QOS:
        put_bearer_qos(r, m, b);
        return true;
    case HEADERS:
        for (uint32_t i = 0; i < b.n; i++) {
            tt_put_uint(m, r, F_SUPPORTED, b.p[i]);
        }
        return true;
    default:
        return false;
    }
}

/* False: it is not of its type. */
static bool put_value(const struct tt_reader *r, struct tt_msg *m, struct parts *p,
                      struct element e, struct ie ie)
{
    struct tt_bytes b = ie.b;
    struct tt_reader in = tt_reader_over(b);
    uint8_t text[6];
    uint32_t n;
    switch ((enum form)e.form) {
    case TEXT_DIGITS:
        return put_digit_text(r, m, e.row, b);
    case MSISDN_1: /* behind nature and plan of the number */
        return put_digit_text(r, m, e.row, (struct tt_bytes){b.p + 1, b.n - 1});
    case LABELS:
        note(m, !put_labels(r, m, e.row, b), A_APN);
        return true;
    case OCTETS:
        tt_put_bytes(m, r, e.row, b);
        return true;
    case END_USER:
        return put_end_user(r, m, b);
    case ADDRESS:
        return put_address(r, m, F_GSN4, F_GSN6, b);
    case NODE_IP:
        return put_address(r, m, F_IP, F_IP, b);
    case AREA:
    case LOCATION:
        return read_area(m, p, b, e.form == LOCATION);
    case PLACES:
        return read_places(m, p, b);
    case NETWORK:
        n = network_of(&in, text);
        note(m, n == 0, A_PLMN);
        tt_put_copy(m, r, e.row, text, n);
        return true;
    case ZONE:
        return put_zone(r, m, b);
    case OPTIONS:
        return put_options(r, m, b);
    case PAA:
        return put_paa(r, m, b);
    case F_TEID:
        return put_fteid(r, m, p, ie);
    default:
        return put_numbers(r, m, p, e, b, ie.instance);
    }
}

#endif
