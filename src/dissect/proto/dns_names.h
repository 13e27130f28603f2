/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers of DNS with their names, part of dns.c alone: types (IANA's registry, with the form of
 * their data), codes of answers, operations.
 */
#ifndef DISSECT_PROTO_DNS_NAMES_H
#define DISSECT_PROTO_DNS_NAMES_H

#include "telltale/dissect.h"

/* What may be in a record's data: a, 6 addresses · n name · b, w, l numbers of 1, 2, 4 octets ·
 * s text with its length, quoted · k the same without quotes · S such texts to the end, joined · q
 * text to the end, quoted · x octets to the end · N octets with their length · t type · m types as
 * bits · p parameters of a service · o options of EDNS. Nothing: octets as they are. */
/* clang-format off */
#define TYPES(X) \
    X(1, A, "a") X(2, NS, "n") X(3, MD, "n") X(4, MF, "n") X(5, CNAME, "n") \
    X(6, SOA, "nnlllll") X(7, MB, "n") X(8, MG, "n") X(9, MR, "n") X(10, NULL, "") \
    X(11, WKS, "abx") X(12, PTR, "n") X(13, HINFO, "ss") X(14, MINFO, "nn") X(15, MX, "wn") \
    X(16, TXT, "S") X(17, RP, "nn") X(18, AFSDB, "wn") X(19, X25, "s") X(20, ISDN, "s") \
    X(21, RT, "wn") X(22, NSAP, "x") X(24, SIG, "tbblllwnx") X(25, KEY, "wbbx") X(26, PX, "wnn") \
    X(28, AAAA, "6") X(29, LOC, "x") X(30, NXT, "nx") X(33, SRV, "wwwn") X(35, NAPTR, "wwsssn") \
    X(36, KX, "wn") X(37, CERT, "wwbx") X(39, DNAME, "n") X(41, OPT, "o") X(42, APL, "x") \
    X(43, DS, "wbbx") X(44, SSHFP, "bbx") X(45, IPSECKEY, "bbbx") X(46, RRSIG, "tbblllwnx") \
    X(47, NSEC, "nm") X(48, DNSKEY, "wbbx") X(49, DHCID, "x") X(50, NSEC3, "bbwNNm") \
    X(51, NSEC3PARAM, "bbwN") X(52, TLSA, "bbbx") X(53, SMIMEA, "bbbx") X(55, HIP, "x") \
    X(59, CDS, "wbbx") X(60, CDNSKEY, "wbbx") X(61, OPENPGPKEY, "x") X(62, CSYNC, "lwm") \
    X(63, ZONEMD, "lbbx") X(64, SVCB, "wnp") X(65, HTTPS, "wnp") X(99, SPF, "S") \
    X(104, NID, "wx") X(105, L32, "wa") X(106, L64, "wx") X(107, LP, "wn") X(108, EUI48, "x") \
    X(109, EUI64, "x") X(249, TKEY, "nx") X(250, TSIG, "nx") X(251, IXFR, "") X(252, AXFR, "") \
    X(253, MAILB, "") X(254, MAILA, "") X(255, ANY, "") X(256, URI, "wwq") X(257, CAA, "bkq") \
    X(32768, TA, "wbbx") X(32769, DLV, "wbbx")
/* clang-format on */

enum type {
#define NUMBER_OF(number, name, form) TYPE_##name = (number),
    TYPES(NUMBER_OF)
#undef NUMBER_OF
};

#define NAME_OF(number, name, form) {number, #name},
static const struct tt_name types[] = {TYPES(NAME_OF){0, NULL}};
#undef NAME_OF

/* What a type's data look like; NULL = no such type. */
static inline const char *form_of(uint32_t type)
{
    static const struct {
        uint32_t type;
        const char *form;
    } forms[] = {
#define FORM_OF(number, name, form) {number, form},
        TYPES(FORM_OF)
#undef FORM_OF
    };
    for (unsigned i = 0; i < sizeof forms / sizeof *forms; i++) {
        if (forms[i].type == type) {
            return forms[i].form;
        }
    }
    return NULL;
}

static const struct tt_name rcodes[] = {
    {0, "NOERROR"},  {1, "FORMERR"},    {2, "SERVFAIL"}, {3, "NXDOMAIN"},   {4, "NOTIMP"},
    {5, "REFUSED"},  {6, "YXDOMAIN"},   {7, "YXRRSET"},  {8, "NXRRSET"},    {9, "NOTAUTH"},
    {10, "NOTZONE"}, {11, "DSOTYPENI"}, {16, "BADVERS"}, {23, "BADCOOKIE"}, {0, NULL}};

enum { CLASS_IN = 1, CLASS_TOP = 0x8000 }; /* mDNS: unicast wanted, or flush the cache */

static inline bool class_known(uint32_t class)
{
    class &= ~(uint32_t)CLASS_TOP;
    return class == CLASS_IN || class == 3 || class == 4 || class == 254 || class == 255;
}

#endif
