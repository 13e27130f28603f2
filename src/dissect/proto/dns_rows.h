/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields and oddities of DNS, part of dns.c alone. What is recorded has the names and shape of
 * Suricata 8 (version 3 of its dns record); what Suricata's record has no place for is there for
 * rules and `fields` only.
 */
#ifndef DISSECT_PROTO_DNS_ROWS_H
#define DISSECT_PROTO_DNS_ROWS_H

#include "dissect/proto/dns_names.h"

enum kind { REQUEST, RESPONSE };

static const struct tt_name kinds[] = {{REQUEST, "request"}, {RESPONSE, "response"}, {0, NULL}};

/* clang-format off */
/* A record of a section: ANSWER, AUTHORITY, MORE (additional). The name of the root has a row of
 * its own, since tshark names it. */
#define RECORD(S) \
    F_##S##_NAME, F_##S##_ROOT, F_##S##_TYPE, F_##S##_TTL, F_##S##_NO_TTL, F_##S##_RDATA, \
    F_##S##_TEXT
#define SOA(S) \
    F_##S##_MNAME, F_##S##_RNAME, F_##S##_SERIAL, F_##S##_REFRESH, F_##S##_RETRY, \
    F_##S##_EXPIRE, F_##S##_MINIMUM
#define SRV(S)   F_##S##_PRIORITY, F_##S##_WEIGHT, F_##S##_PORT, F_##S##_TARGET
#define SSHFP(S) F_##S##_ALGO, F_##S##_FP_TYPE, F_##S##_FINGERPRINT

enum row {
    F_VERSION, F_TYPE, F_ID, F_FLAGS, F_QR, F_AA, F_TC, F_RD, F_RA, F_Z, F_OPCODE, F_RCODE,
    F_QUERY_NAME, F_QUERY_ROOT, F_QUERY_TYPE,
    RECORD(ANSWER), SOA(ANSWER), SRV(ANSWER), SSHFP(ANSWER),
    RECORD(AUTHORITY), SOA(AUTHORITY),
    RECORD(MORE),
    F_G_A, F_G_AAAA, F_G_CNAME, F_G_MX, F_G_NS, F_G_NULL, F_G_PTR, SOA(G), SRV(G), SSHFP(G),
    F_G_TXT,
    F_LENGTH, F_WORD, F_T_QR, F_T_AA, F_T_TC, F_T_RD, F_T_RA, F_T_Z, F_AD, F_CD, F_QUERIES,
    F_ANSWERS, F_AUTHORITIES, F_ADDITIONALS, F_QUERY, F_ANY_NAME, F_QUERY_SHOWN, F_QUERY_CLASS,
    F_UNICAST, F_SHOWN, F_CLASS, F_FLUSH, F_A, F_AAAA, F_CNAME, F_NS, F_PTR, F_DNAME, F_PREFERENCE,
    F_EXCHANGE, SOA(T), SRV(T), F_ORDER, F_NAPTR_PREFERENCE, F_NAPTR_FLAGS, F_SERVICE, F_REGEX,
    F_REPLACEMENT, F_SVC_PRIORITY, F_SVC_TARGET, F_SVC_KEY, F_TXT, F_UDP_SIZE, F_EXTENDED_RCODE,
    F_EDNS_VERSION, F_DO, F_EDNS_OPTION, F_BIT, N_ROWS,
};
/* Beside one another in every section: rows of one relative to its name. */
enum { R_NAME, R_ROOT, R_TYPE, R_TTL, R_NO_TTL, R_RDATA, R_TEXT };

#define ROW(row, path, doc, names, keyword, tshark, type, flags) \
    [row] = {path, doc, names, keyword, tshark, type, 0, flags}
#define NUM(row, path, doc) ROW(row, path, doc, NULL, NULL, NULL, TT_UINT, 0)
#define STR(row, path, doc) ROW(row, path, doc, NULL, NULL, NULL, TT_STR, 0)
#define BOOL(row, path, doc) ROW(row, path, doc, NULL, NULL, NULL, TT_BOOL, 0)
#define ONLY(row, path, doc, tshark, type) \
    ROW(row, path, doc, NULL, NULL, tshark, type, TT_UNRECORDED)

#define RECORD_ROWS(S, list, what) \
    ROW(F_##S##_NAME, list "[].rrname", "Name of " what ".", NULL, "dns." list ".rrname", \
        "dns.resp.name", TT_STR, 0), \
    ROW(F_##S##_ROOT, list "[].rrname", "Name of " what ", empty: the root.", NULL, \
        "dns." list ".rrname", NULL, TT_STR, 0), \
    ROW(F_##S##_TYPE, list "[].rrtype", "Its type.", types, "dns.rrtype", "dns.resp.type", \
        TT_ENUM, 0), \
    ROW(F_##S##_TTL, list "[].ttl", "Seconds that it may be kept.", NULL, NULL, "dns.resp.ttl", \
        TT_UINT, 0), \
    NUM(F_##S##_NO_TTL, list "[].ttl", "Of OPT: flags."), \
    STR(F_##S##_RDATA, list "[].rdata", "Its data as text."), \
    STR(F_##S##_TEXT, list "[].rdata", "Its data as they are.")
#define SOA_ROWS(S, at) \
    STR(F_##S##_MNAME, at "mname", "Primary server of the zone."), \
    STR(F_##S##_RNAME, at "rname", "Mailbox of who is responsible."), \
    NUM(F_##S##_SERIAL, at "serial", "Version of the zone."), \
    NUM(F_##S##_REFRESH, at "refresh", "Seconds until it is looked for again."), \
    NUM(F_##S##_RETRY, at "retry", "Seconds until that is tried again."), \
    NUM(F_##S##_EXPIRE, at "expire", "Seconds after which it is not valid."), \
    NUM(F_##S##_MINIMUM, at "minimum", "Seconds that a refusal may be kept.")
#define SRV_ROWS(S, at) \
    NUM(F_##S##_PRIORITY, at "priority", "Lower is asked first."), \
    NUM(F_##S##_WEIGHT, at "weight", "Share among those of one priority."), \
    NUM(F_##S##_PORT, at "port", "Port of the service."), \
    STR(F_##S##_TARGET, at "name", "Host of the service.")
#define SSHFP_ROWS(S, at) \
    NUM(F_##S##_ALGO, at "algo", "Algorithm of the key."), \
    NUM(F_##S##_FP_TYPE, at "type", "Kind of fingerprint."), \
    STR(F_##S##_FINGERPRINT, at "fingerprint", "Fingerprint of the key.")
#define TSHARK_SOA(row, name, doc, tshark, type) \
    ONLY(F_T_##row, "soa[]." name, doc, "dns.soa." tshark, type)

static const struct tt_field fields[N_ROWS] = {
    NUM(F_VERSION, "version", "Version of the record: 3."),
    ROW(F_TYPE, "type", "Question or answer.", kinds, NULL, NULL, TT_ENUM, 0),
    ROW(F_ID, "id", "Number that the answer repeats.", NULL, NULL, "dns.id", TT_UINT, 0),
    STR(F_FLAGS, "flags", "The word of flags in hexadecimal digits."),
    BOOL(F_QR, "qr", "An answer."),
    BOOL(F_AA, "aa", "By the server of the zone itself."),
    BOOL(F_TC, "tc", "Cut: ask again over TCP."),
    BOOL(F_RD, "rd", "Recursion is wanted."),
    BOOL(F_RA, "ra", "Recursion can be had."),
    BOOL(F_Z, "z", "The reserved bit is set."),
    ROW(F_OPCODE, "opcode", "0 query, 1 inverse, 2 status, 4 notify, 5 update, 6 stateful.", NULL,
        NULL, "dns.flags.opcode", TT_UINT, 0),
    ROW(F_RCODE, "rcode", "What came of it.", rcodes, NULL, "dns.flags.rcode", TT_ENUM, 0),
    ROW(F_QUERY_NAME, "queries[].rrname", "Name that is asked for.", NULL, "dns.queries.rrname",
        NULL, TT_STR, 0),
    ROW(F_QUERY_ROOT, "queries[].rrname", "Name that is asked for, empty: the root.", NULL,
        "dns.queries.rrname", NULL, TT_STR, 0),
    ROW(F_QUERY_TYPE, "queries[].rrtype", "Type that is asked for.", types, "dns.rrtype",
        "dns.qry.type", TT_ENUM, 0),
    RECORD_ROWS(ANSWER, "answers", "what answers"),
    SOA_ROWS(ANSWER, "answers[].soa."), SRV_ROWS(ANSWER, "answers[].srv."),
    SSHFP_ROWS(ANSWER, "answers[].sshfp."),
    RECORD_ROWS(AUTHORITY, "authorities", "what belongs to the zone's servers"),
    SOA_ROWS(AUTHORITY, "authorities[].soa."),
    RECORD_ROWS(MORE, "additionals", "what is told beside"),
    STR(F_G_A, "grouped.A[]", "Addresses that answer."),
    STR(F_G_AAAA, "grouped.AAAA[]", "IPv6 addresses that answer."),
    STR(F_G_CNAME, "grouped.CNAME[]", "Names that the name stands for."),
    STR(F_G_MX, "grouped.MX[]", "Mail exchanges."),
    STR(F_G_NS, "grouped.NS[]", "Name servers."),
    STR(F_G_NULL, "grouped.NULL[]", "Anything: a tunnel's."),
    STR(F_G_PTR, "grouped.PTR[]", "Names of an address."),
    SOA_ROWS(G, "grouped.SOA[]."), SRV_ROWS(G, "grouped.SRV[]."), SSHFP_ROWS(G, "grouped.SSHFP[]."),
    STR(F_G_TXT, "grouped.TXT[]", "Texts."),
    ONLY(F_LENGTH, "length", "Octets of the message, over TCP.", "dns.length", TT_UINT),
    ONLY(F_WORD, "flags_word", "The word of flags.", "dns.flags", TT_UINT),
    ONLY(F_T_QR, "response", "An answer.", "dns.flags.response", TT_BOOL),
    ONLY(F_T_AA, "authoritative", "By the server of the zone itself.", "dns.flags.authoritative",
         TT_BOOL),
    ONLY(F_T_TC, "truncated", "Cut: ask again over TCP.", "dns.flags.truncated", TT_BOOL),
    ONLY(F_T_RD, "recursion_desired", "Recursion is wanted.", "dns.flags.recdesired", TT_BOOL),
    ONLY(F_T_RA, "recursion_available", "Recursion can be had.", "dns.flags.recavail", TT_BOOL),
    ONLY(F_T_Z, "reserved", "The reserved bit.", "dns.flags.z", TT_BOOL),
    ONLY(F_AD, "authenticated", "Proven by DNSSEC.", "dns.flags.authenticated", TT_BOOL),
    ONLY(F_CD, "checking_disabled", "Proof is not wanted.", "dns.flags.checkdisable", TT_BOOL),
    ONLY(F_QUERIES, "counts.queries", "Questions, as announced.", "dns.count.queries", TT_UINT),
    ONLY(F_ANSWERS, "counts.answers", "Answers, as announced.", "dns.count.answers", TT_UINT),
    ONLY(F_AUTHORITIES, "counts.authorities", "Records of the zone's servers, as announced.",
         "dns.count.auth_rr", TT_UINT),
    ONLY(F_ADDITIONALS, "counts.additionals", "Further records, as announced.",
         "dns.count.add_rr", TT_UINT),
    ROW(F_QUERY, "query[].name", "Name that a question asks for.", NULL, "dns.query", NULL, TT_STR,
        TT_UNRECORDED),
    ROW(F_ANY_NAME, "names[]", "Any name in an answer.", NULL, "dns.response.rrname", NULL, TT_STR,
        TT_UNRECORDED),
    ONLY(F_QUERY_SHOWN, "query_shown[]", "Name that is asked for; the root is <Root>.",
         "dns.qry.name", TT_STR),
    ONLY(F_QUERY_CLASS, "query_class[]", "Class that is asked for.", "dns.qry.class", TT_UINT),
    ONLY(F_UNICAST, "unicast_wanted[]", "mDNS: the answer may come to the asker alone.",
         "dns.qry.qu", TT_BOOL),
    ONLY(F_SHOWN, "root[]", "Root, as tshark shows it.", "dns.resp.name", TT_STR),
    ONLY(F_CLASS, "class[]", "Class of a record.", "dns.resp.class", TT_UINT),
    ONLY(F_FLUSH, "cache_flush[]", "mDNS: what was kept under the name is wrong.",
         "dns.resp.cache_flush", TT_BOOL),
    ONLY(F_A, "address[]", "IPv4 address.", "dns.a", TT_IP),
    ONLY(F_AAAA, "address6[]", "IPv6 address.", "dns.aaaa", TT_IP),
    ONLY(F_CNAME, "cname[]", "Name that a name stands for.", "dns.cname", TT_STR),
    ONLY(F_NS, "ns[]", "Name server.", "dns.ns", TT_STR),
    ONLY(F_PTR, "ptr[]", "Name of an address, or of a service.", "dns.ptr.domain_name", TT_STR),
    ONLY(F_DNAME, "dname[]", "Name that a branch stands for.", "dns.dname", TT_STR),
    ONLY(F_PREFERENCE, "mx[].preference", "Lower is asked first.", "dns.mx.preference", TT_UINT),
    ONLY(F_EXCHANGE, "mx[].exchange", "Mail exchange.", "dns.mx.mail_exchange", TT_STR),
    TSHARK_SOA(MNAME, "mname", "Primary server of the zone.", "mname", TT_STR),
    TSHARK_SOA(RNAME, "rname", "Mailbox of who is responsible.", "rname", TT_STR),
    TSHARK_SOA(SERIAL, "serial", "Version of the zone.", "serial_number", TT_UINT),
    TSHARK_SOA(REFRESH, "refresh", "Until it is looked for again.", "refresh_interval", TT_UINT),
    TSHARK_SOA(RETRY, "retry", "Until that is tried again.", "retry_interval", TT_UINT),
    TSHARK_SOA(EXPIRE, "expire", "After which it is not valid.", "expire_limit", TT_UINT),
    TSHARK_SOA(MINIMUM, "minimum", "That a refusal may be kept.", "minimum_ttl", TT_UINT),
    ONLY(F_T_PRIORITY, "srv[].priority", "Lower is asked first.", "dns.srv.priority", TT_UINT),
    ONLY(F_T_WEIGHT, "srv[].weight", "Share among those of one priority.", "dns.srv.weight",
         TT_UINT),
    ONLY(F_T_PORT, "srv[].port", "Port of the service.", "dns.srv.port", TT_UINT),
    ONLY(F_T_TARGET, "srv[].name", "Host of the service.", "dns.srv.target", TT_STR),
    ONLY(F_ORDER, "naptr[].order", "Order of rules.", "dns.naptr.order", TT_UINT),
    ONLY(F_NAPTR_PREFERENCE, "naptr[].preference", "Among those of one order.",
         "dns.naptr.preference", TT_UINT),
    ONLY(F_NAPTR_FLAGS, "naptr[].flags", "What follows.", "dns.naptr.flags", TT_STR),
    ONLY(F_SERVICE, "naptr[].service", "Service and protocol.", "dns.naptr.service", TT_STR),
    ONLY(F_REGEX, "naptr[].regex", "Substitution.", "dns.naptr.regex", TT_STR),
    ONLY(F_REPLACEMENT, "naptr[].replacement", "Name that is next.", "dns.naptr.replacement",
         TT_STR),
    ONLY(F_SVC_PRIORITY, "svcb[].priority", "Lower is asked first; 0 is an alias.",
         "dns.svcb.svcpriority", TT_UINT),
    ONLY(F_SVC_TARGET, "svcb[].target", "Host of the service.", "dns.svcb.targetname", TT_STR),
    ONLY(F_SVC_KEY, "svcb_keys[]", "Parameter of the service.", "dns.svcb.svcparam.key", TT_UINT),
    ONLY(F_TXT, "txt[]", "Text.", "dns.txt", TT_STR),
    ONLY(F_UDP_SIZE, "edns.udp_size", "Longest datagram that the sender takes.",
         "dns.rr.udp_payload_size", TT_UINT),
    ONLY(F_EXTENDED_RCODE, "edns.extended_rcode", "Upper eight bits of the code.",
         "dns.resp.ext_rcode", TT_UINT),
    ONLY(F_EDNS_VERSION, "edns.version", "Version of EDNS: 0.", "dns.resp.edns0_version", TT_UINT),
    ONLY(F_DO, "edns.do", "Signatures are wanted.", "dns.resp.z.do", TT_BOOL),
    ONLY(F_EDNS_OPTION, "edns.options[]", "Option.", "dns.opt.code", TT_UINT),
    ONLY(F_BIT, "nsec_types[]", "Type that a name has.", "dns.resp.type", TT_UINT),
};

enum oddity {
    A_MALFORMED, A_Z, A_OPCODE, A_LOOP, A_FORWARD, A_POINTERS, A_HEADER, A_LONG, A_LABEL, A_COUNTS,
    A_TRAILING, A_QUESTIONS, A_NO_QUESTION, A_MISMATCH, A_UNASKED, A_TWICE, A_NOT_REQUEST,
    A_NOT_RESPONSE, A_QUERY_FLAGS, A_CLASS, A_TTL, A_RDATA, A_OPT, A_EDNS, A_CHARACTERS, N_ODDITIES,
};
/* Where Suricata has an event for it, it has Suricata's name. */
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_data", "Shorter than a header."},
    [A_Z] = {"z_flag_set", "The reserved bit is set."},
    [A_OPCODE] = {"invalid_opcode", "Operation that is not assigned."},
    [A_LOOP] = {"infinite_loop", "Name that points to itself."},
    [A_FORWARD] = {"forward_pointer", "Name that goes on behind where it points from."},
    [A_POINTERS] = {"too_many_pointers", "Names that point on and on."},
    [A_HEADER] = {"pointer_into_header", "Name that goes on in the header."},
    [A_LONG] = {"name_too_long", "Name of more than 255 octets."},
    [A_LABEL] = {"bad_label", "Label of a kind that is not used."},
    [A_COUNTS] = {"bad_counts", "Fewer questions or records than announced."},
    [A_TRAILING] = {"trailing_octets", "Octets behind the last record."},
    [A_QUESTIONS] = {"several_questions", "More than one question; no server answers that."},
    [A_NO_QUESTION] = {"response_without_question", "Good answer that does not say to what."},
    [A_MISMATCH] = {"mismatched_question", "Answer to another question than that of its number."},
    [A_UNASKED] = {"unsolicited_response", "Answer with a number that nobody asked under."},
    [A_TWICE] = {"answered_twice", "A further answer to a question: one may be forged."},
    [A_NOT_REQUEST] = {"not_request", "Answer by the client."},
    [A_NOT_RESPONSE] = {"not_response", "Question by the server."},
    [A_QUERY_FLAGS] = {"response_flags_in_query", "Question with flags or code of an answer."},
    [A_CLASS] = {"odd_class", "Class that nobody uses."},
    [A_TTL] = {"negative_ttl", "Life with the top bit set (RFC 2181, 8)."},
    [A_RDATA] = {"bad_rdata", "Data that are not of the record's type."},
    [A_OPT] = {"misplaced_opt", "EDNS twice, with a name, or among the answers."},
    [A_EDNS] = {"edns_version", "Version of EDNS that is not 0."},
    [A_CHARACTERS] = {"odd_name", "Name with a dot, a blank or a control octet in a label."},
};
_Static_assert(N_ROWS <= TT_FIELDS_MAX && N_ODDITIES <= 64, "engine's limits");
/* clang-format on */

#endif
