/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The alert of a detector: Suricata's `alert` with gid 3, and under `telltale` everything that
 * explains it: what was seen, what was learned, from how much, which explanations were
 * rejected, what to do next.
 */
#include <math.h>

#include "output/eve_line.h"

/* "61" for whole numbers, three decimals otherwise; nothing for what is not a number. */
static void number(struct tt_json *j, const char *key, double v)
{
    if (!isfinite(v)) {
        return;
    }
    tt_json_key(j, key, strlen(key));
    if (fabs(v) < 1e15 && v == floor(v)) {
        tt_json_int(j, (int64_t)v);
    } else {
        tt_json_double(j, v, 3);
    }
}

static void text_member(struct tt_json *j, const char *key, const char *text)
{
    if (text && text[0]) {
        tt_json_key(j, key, strlen(key));
        tt_json_text(j, text, strlen(text), EVE_TEXT_LIMIT);
    }
}

static void words_member(struct tt_json *j, const char *key, const char *words)
{
    if (words && words[0]) {
        tt_json_key(j, key, strlen(key));
        eve_words(j, words);
    }
}

static void alert_object(struct tt_json *j, const struct tt_finding *f)
{
    const struct tt_detector *d = f->detector;
    static const uint8_t severities[] = {3, 3, 2, 1, 1}; /* info … critical (siem.md 0) */
    TT_KEY(j, "alert");
    tt_json_open(j, '{');
    TT_KEY(j, "action");
    tt_json_cstr(j, "allowed");
    TT_KEY(j, "gid");
    tt_json_uint(j, 3);
    TT_KEY(j, "signature_id");
    tt_json_uint(j, d->sid);
    TT_KEY(j, "rev");
    tt_json_uint(j, 1);
    TT_KEY(j, "signature");
    eve_text(j, d->title);
    TT_KEY(j, "category");
    eve_text(j, d->category ? d->category : "");
    TT_KEY(j, "severity");
    tt_json_uint(j, severities[f->severity <= TT_CRITICAL ? f->severity : TT_CRITICAL]);
    TT_KEY(j, "metadata");
    tt_json_open(j, '{');
    words_member(j, "detector", d->id);
    words_member(j, "mitre_technique_id", d->attack);
    words_member(j, "principle", d->principle);
    tt_json_close(j, '}');
    tt_json_close(j, '}');
}

static void device_object(struct tt_json *j, const struct tt_finding *f)
{
    TT_KEY(j, "device");
    tt_json_open(j, '{');
    text_member(j, "id", f->device);
    TT_KEY(j, "ip");
    tt_json_address(j, f->address.b);
    text_member(j, "client_id", f->client_id);
    tt_json_close(j, '}');
}

static void measured(struct tt_json *j, const struct tt_finding *f)
{
    TT_KEY(j, "observed");
    tt_json_open(j, '{');
    number(j, "value", f->observed);
    text_member(j, "unit", f->unit);
    if (f->observed_window_s) {
        TT_KEY(j, "window_s");
        tt_json_uint(j, f->observed_window_s);
    }
    tt_json_close(j, '}');
    TT_KEY(j, "expected");
    tt_json_open(j, '{');
    number(j, "value", f->expected);
    text_member(j, "unit", f->unit);
    if (f->expected_window_s) {
        TT_KEY(j, "window_s");
        tt_json_uint(j, f->expected_window_s);
    }
    TT_KEY(j, "n");
    tt_json_uint(j, f->n);
    if (f->since) {
        TT_KEY(j, "since");
        tt_json_time(j, f->since);
    }
    text_member(j, "state", f->state);
    tt_json_close(j, '}');
}

static void lists(struct tt_json *j, const struct tt_finding *f)
{
    if (f->n_limits) {
        TT_KEY(j, "limits");
        tt_json_open(j, '[');
        for (unsigned i = 0; i < f->n_limits && i < TT_FINDING_LIMITS; i++) {
            tt_json_open(j, '{');
            TT_KEY(j, "window_s");
            tt_json_uint(j, f->limits[i].window_s);
            number(j, "limit", f->limits[i].limit);
            number(j, "seen", f->limits[i].seen);
            tt_json_close(j, '}');
        }
        tt_json_close(j, ']');
    }
    if (f->n_nots) {
        TT_KEY(j, "not");
        tt_json_open(j, '[');
        for (unsigned i = 0; i < f->n_nots && i < TT_FINDING_NOTS; i++) {
            tt_json_cstr(j, f->nots[i]);
        }
        tt_json_close(j, ']');
    }
    if (f->n_packets) {
        TT_KEY(j, "packets");
        tt_json_open(j, '[');
        for (unsigned i = 0; i < f->n_packets && i < TT_FINDING_PACKETS; i++) {
            tt_json_uint(j, f->packets[i]);
        }
        tt_json_close(j, ']');
    }
}

static void own_object(struct tt_json *j, const struct tt_finding *f)
{
    const struct tt_detector *d = f->detector;
    TT_KEY(j, "telltale");
    tt_json_open(j, '{');
    text_member(j, "id", f->id);
    TT_KEY(j, "kind");
    tt_json_cstr(j, "behaviour");
    TT_KEY(j, "severity");
    tt_json_cstr(j, eve_severity_name(f->severity));
    if (isfinite(f->confidence)) {
        TT_KEY(j, "confidence");
        tt_json_double(j, f->confidence, 2);
    }
    device_object(j, f);
    text_member(j, "stream", f->stream);
    measured(j, f);
    lists(j, f);
    if (f->repeats) {
        TT_KEY(j, "repeats");
        tt_json_uint(j, f->repeats);
    }
    text_member(j, "goal", d->goal);
    words_member(j, "actor", d->actor);
    text_member(j, "why", d->why);
    text_member(j, "next", d->next);
    tt_json_close(j, '}');
}

static bool is_set(const struct tt_address *a)
{
    static const uint8_t none[16];
    return memcmp(a->b, none, sizeof none) != 0;
}

void tt_eve_finding(struct tt_eve *e, struct tt_json *j, const struct tt_finding *f)
{
    const struct tt_dissector *d = tt_dissector_at(f->protocol);
    struct eve_head h = {
        .time = f->time, EVE_HEAD_TYPE(alert), .count = f->count, .input = UINT32_MAX};
    h.src = is_set(&f->address) ? &f->address : NULL;
    h.dst = is_set(&f->peer) ? &f->peer : NULL;
    h.ip_version = h.src ? tt_address_is_v4(h.src) ? 4 : 6 : 0;
    /* where a protocol may have either transport the finding does not say which */
    h.protocol = d && d->transport == TT_TCP ? 6 : d && d->transport == TT_UDP ? 17 : 0;
    eve_head(e, j, &h);
    if (h.dst && f->port && h.protocol) {
        TT_KEY(j, "dest_port");
        tt_json_uint(j, f->port);
    }
    alert_object(j, f);
    if (d) {
        TT_KEY(j, "app_proto");
        tt_json_cstr(j, d->name);
    }
    own_object(j, f);
    eve_end(j);
}
