/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Members that several event types share: what the flow speaks and counts, the protocol's object,
 * lists of words, ids. Each is written as Suricata 8 writes it where Suricata has it.
 */
#include <stdio.h>

#include "output/eve_line.h"

void eve_app_proto(struct tt_json *j, const struct tt_flow *f)
{
    const struct tt_dissector *d = f ? tt_engine_dissector(f) : NULL;
    if (d || (f && tt_engine_failed(f))) {
        TT_KEY(j, "app_proto");
        tt_json_cstr(j, d ? d->name : "failed");
    }
}

void eve_app_proto_flow(struct tt_json *j, const struct tt_flow *f)
{
    const struct tt_dissector *inner = tt_engine_innermost(f), *d = tt_engine_dissector(f);
    if (inner == d) {
        eve_app_proto(j, f);
        return;
    }
    TT_KEY(j, "app_proto");
    tt_json_cstr(j, inner->name);
    TT_KEY(j, "app_proto_orig");
    tt_json_cstr(j, d->name);
}

void eve_direction(struct tt_json *j, enum tt_direction direction)
{
    static const char server[] = ",\"direction\":\"to_server\"",
                      client[] = ",\"direction\":\"to_client\"";
    _Static_assert(sizeof server == sizeof client, "one length");
    tt_json_raw(j, direction == TT_TO_SERVER ? server : client, sizeof server - 1);
    j->comma = true;
}

void eve_flow_counts(struct tt_json *j, const struct tt_flow *f)
{
    TT_KEY(j, "pkts_toserver");
    tt_json_uint(j, f->packets[TT_TO_SERVER]);
    TT_KEY(j, "pkts_toclient");
    tt_json_uint(j, f->packets[TT_TO_CLIENT]);
    TT_KEY(j, "bytes_toserver");
    tt_json_uint(j, f->octets[TT_TO_SERVER]);
    TT_KEY(j, "bytes_toclient");
    tt_json_uint(j, f->octets[TT_TO_CLIENT]);
    TT_KEY(j, "start");
    tt_json_time(j, f->first);
}

void eve_protocol(struct tt_json *j, const struct tt_dissector *d, const void *members, size_t n)
{
    tt_json_key(j, d->name, strlen(d->name));
    tt_json_raw(j, "{", 1);
    tt_json_raw(j, members, n);
    tt_json_raw(j, "}", 1);
    j->comma = true;
}

void eve_text(struct tt_json *j, const char *text)
{
    tt_json_text(j, text, strlen(text), EVE_NAME_LIMIT);
}

void eve_words(struct tt_json *j, const char *words)
{
    tt_json_open(j, '[');
    for (unsigned i = 0; *words && i < EVE_LIST_LIMIT; i++) {
        words += strspn(words, " ,");
        size_t n = strcspn(words, ",");
        size_t keep = n;
        while (keep && words[keep - 1] == ' ') {
            keep--;
        }
        if (keep) {
            tt_json_text(j, words, keep, EVE_NAME_LIMIT);
        }
        words += n;
    }
    tt_json_close(j, ']');
}

const char *eve_severity_name(unsigned severity)
{
    static const char *const names[] = {"info", "low", "medium", "high", "critical"};
    return names[severity <= TT_CRITICAL ? severity : TT_CRITICAL];
}

void eve_uid(char out[20], uint64_t hash)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";
    memcpy(out, "tt1-", 4);
    for (int i = 0; i < 13; i++) { /* 13 × 5 bits hold 64; the last digit has four of them */
        out[4 + i] = i < 12 ? digits[hash >> (59 - 5 * i) & 31] : digits[(hash & 15) << 1];
    }
    out[17] = 0;
}
