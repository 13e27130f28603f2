/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Who is behind an address: one line for each binding that is new, changed or over. The shard
 * decides what is told; here it gets its form.
 */
#include "device/claim.h"
#include "output/eve_line.h"

static void text_member(struct tt_json *j, const char *key, const void *text, size_t n)
{
    if (n) {
        tt_json_key(j, key, strlen(key));
        tt_json_text(j, text, n, EVE_NAME_LIMIT);
    }
}

static bool is_set(const struct tt_address *a)
{
    static const struct tt_address none;
    return memcmp(a, &none, sizeof none) != 0;
}

static const char *name_key(const struct tt_claim *c)
{
    return c->name_kind == TT_IS_ENDPOINT ? "endpoint" : "client_id";
}

static void facts(struct tt_json *j, const struct tt_claim *c)
{
    static const char *const keys[2] = {"ip", "ipv6"};
    TT_KEY(j, "facts");
    tt_json_open(j, '{');
    for (unsigned i = 0; i < 2; i++) {
        if (is_set(&c->ips[i])) {
            tt_json_key(j, keys[i], strlen(keys[i]));
            tt_json_address(j, c->ips[i].b);
        }
    }
    text_member(j, "imsi", c->imsi, strlen(c->imsi));
    text_member(j, "imei", c->imei, strlen(c->imei));
    text_member(j, "msisdn", c->msisdn, strlen(c->msisdn));
    if (c->has_mac) {
        char mac[18];
        size_t n = (size_t)snprintf(mac, sizeof mac, "%02x:%02x:%02x:%02x:%02x:%02x", c->mac[0],
                                    c->mac[1], c->mac[2], c->mac[3], c->mac[4], c->mac[5]);
        text_member(j, "mac", mac, n);
    }
    text_member(j, name_key(c), c->name, c->n_name);
    tt_json_close(j, '}');
}

static void changed(struct tt_json *j, const struct tt_identity *i)
{
    static const char *const names[TT_PARTS] = {
        [TT_PART_IP] = "ip",     [TT_PART_IPV6] = "ipv6",     [TT_PART_IMSI] = "imsi",
        [TT_PART_IMEI] = "imei", [TT_PART_IMEISV] = "imeisv", [TT_PART_MSISDN] = "msisdn",
        [TT_PART_MAC] = "mac",
    };
    if (i->changed == 0) {
        return;
    }
    TT_KEY(j, "changed");
    tt_json_open(j, '[');
    for (unsigned p = 0; p < TT_PARTS; p++) {
        if (i->changed >> p & 1) {
            tt_json_cstr(j, names[p] ? names[p] : name_key(&i->facts));
        }
    }
    tt_json_close(j, ']');
}

void tt_eve_identity(struct tt_eve *e, struct tt_json *j, const struct tt_identity *i)
{
    const struct tt_claim *c = i->claim;
    const struct tt_dissector *d = tt_dissector_at(c->protocol);
    bool lwm2m = i->facts.name_kind == TT_IS_ENDPOINT;
    struct eve_head h = {.time = c->time,
                         EVE_HEAD_TYPE(identity),
                         .src = &c->client,
                         .dst = &c->server,
                         .sport = c->sport,
                         .dport = c->dport,
                         .ports = true,
                         .protocol = c->transport,
                         .ip_version = tt_address_is_v4(&c->client) ? 4 : 6,
                         .count = c->count,
                         .input = c->input};
    eve_head(e, j, &h);
    TT_KEY(j, "flow_id");
    tt_json_uint(j, c->flow_id);
    TT_KEY(j, "identity");
    tt_json_open(j, '{');
    text_member(j, "device", i->device, strlen(i->device));
    facts(j, &i->facts);
    TT_KEY(j, "source");
    tt_json_cstr(j, lwm2m ? "lwm2m" : d ? d->name : "unknown");
    if (i->since) {
        TT_KEY(j, "since");
        tt_json_time(j, i->since);
    }
    if (i->until) {
        TT_KEY(j, "until");
        tt_json_time(j, i->until);
    }
    changed(j, i);
    tt_json_close(j, '}');
    eve_end(j);
}
