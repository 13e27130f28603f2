/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The alert of a rule, in the order of Suricata 8's alert logger; device, severity name and packet
 * stand under `telltale`. Lists are bounded, texts are cut, and a payload never shows a secret of
 * the message that it carries.
 */
#include "base/hash.h"
#include "output/eve_line.h"

static void references(struct tt_json *j, const struct tt_pair *pairs)
{
    if (!pairs || !pairs->key) {
        return;
    }
    TT_KEY(j, "references");
    tt_json_open(j, '[');
    for (unsigned i = 0; i < EVE_LIST_LIMIT && pairs[i].key; i++) {
        tt_json_text(j, pairs[i].value, strlen(pairs[i].value), EVE_TEXT_LIMIT);
    }
    tt_json_close(j, ']');
}

/* A key that comes again adds to the list of its first place. */
static void metadata(struct tt_json *j, const struct tt_pair *pairs)
{
    if (!pairs || !pairs->key) {
        return;
    }
    TT_KEY(j, "metadata");
    tt_json_open(j, '{');
    for (unsigned i = 0; i < EVE_LIST_LIMIT && pairs[i].key; i++) {
        bool before = false;
        for (unsigned k = 0; k < i && !before; k++) {
            before = strcmp(pairs[k].key, pairs[i].key) == 0;
        }
        if (before) {
            continue;
        }
        /* a key is the rule author's text: escaped like any other */
        eve_text(j, pairs[i].key);
        tt_json_raw(j, ":", 1);
        j->comma = false;
        tt_json_open(j, '[');
        for (unsigned k = i; k < EVE_LIST_LIMIT && pairs[k].key; k++) {
            if (strcmp(pairs[k].key, pairs[i].key) == 0) {
                eve_text(j, pairs[k].value);
            }
        }
        tt_json_close(j, ']');
    }
    tt_json_close(j, '}');
}

static void endpoint(struct tt_json *j, const struct eve_head *h, bool src)
{
    tt_json_open(j, '{');
    TT_KEY(j, "ip");
    tt_json_address(j, src ? h->src->b : h->dst->b);
    if (h->ports) {
        TT_KEY(j, "port");
        tt_json_uint(j, src ? h->sport : h->dport);
    }
    tt_json_close(j, '}');
}

static void alert_object(struct tt_json *j, const struct tt_rule *r, const struct eve_head *h)
{
    TT_KEY(j, "alert");
    tt_json_open(j, '{');
    TT_KEY(j, "action");
    tt_json_cstr(j, "allowed"); /* telltale only listens */
    TT_KEY(j, "gid");
    tt_json_uint(j, r->gid);
    TT_KEY(j, "signature_id");
    tt_json_uint(j, r->sid);
    TT_KEY(j, "rev");
    tt_json_uint(j, r->rev);
    TT_KEY(j, "signature");
    tt_json_text(j, r->msg, strlen(r->msg), EVE_TEXT_LIMIT);
    TT_KEY(j, "category");
    eve_text(j, r->category ? r->category : "");
    TT_KEY(j, "severity");
    tt_json_uint(j, r->priority);
    if (r->target && h->src && h->dst) {
        bool src = strcmp(r->target, "src_ip") == 0;
        TT_KEY(j, "source");
        endpoint(j, h, !src);
        TT_KEY(j, "target");
        endpoint(j, h, src);
    }
    references(j, r->references);
    metadata(j, r->metadata);
    tt_json_close(j, '}');
}

static void flow_object(struct tt_json *j, const struct tt_flow *f)
{
    TT_KEY(j, "flow");
    tt_json_open(j, '{');
    eve_flow_counts(j, f);
    TT_KEY(j, "src_ip");
    tt_json_address(j, tt_flow_client(f)->b);
    TT_KEY(j, "dest_ip");
    tt_json_address(j, tt_flow_server(f)->b);
    if (f->key.protocol == 6 || f->key.protocol == 17 || f->key.protocol == 132) {
        TT_KEY(j, "src_port");
        tt_json_uint(j, tt_flow_client_port(f));
        TT_KEY(j, "dest_port");
        tt_json_uint(j, tt_flow_server_port(f));
    }
    tt_json_close(j, '}');
}

/* Writes '*' over every place where the text of a SECRET field of the message stands. */
static void mask_secrets(uint8_t *octets, size_t n, const struct tt_plan *plan,
                         const struct tt_msg *msg)
{
    for (unsigned i = 0; i < msg->n_values && i < TT_MSG_VALUES; i++) {
        const struct tt_value *v = &msg->values[i];
        bool secret = v->field < plan->dissector->n_fields &&
                      (plan->dissector->fields[v->field].flags & TT_SECRET) != 0;
        if (!secret || plan->by_kind[msg->kind]->rows[v->field].render == TT_RENDER_TEXT ||
            v->n == 0) {
            continue;
        }
        uint8_t *at = octets;
        size_t left = n;
        while (v->n <= left && (at = memmem(at, left, v->p, v->n)) != NULL) {
            memset(at, '*', v->n);
            at += v->n;
            left = (size_t)(octets + n - at);
        }
        /* the copy may end inside it */
        for (size_t part = v->n < n ? v->n : n; part > 0; part--) {
            if (memcmp(octets + n - part, v->p, part) == 0) {
                memset(octets + n - part, '*', part);
                break;
            }
        }
    }
}

static void payload(struct tt_eve *e, struct tt_json *j, const struct tt_hit *hit)
{
    const struct tt_packet *p = hit->packet;
    struct tt_bytes from = hit->octets;
    if (from.n == 0 && p) {
        from = (struct tt_bytes){p->payload, p->payload_length};
    }
    bool stream =
        !p || !p->payload || from.p < p->payload || from.p >= p->payload + p->payload_length;
    if (!from.p || from.n == 0) {
        return;
    }
    size_t n = from.n < EVE_PAYLOAD_LIMIT ? from.n : EVE_PAYLOAD_LIMIT;
    uint8_t *copy = e->payload_copy;
    memcpy(copy, from.p, n);
    const struct tt_plan *plan = hit->msg ? eve_plan(e, hit->msg->dissector) : NULL;
    if (plan) {
        mask_secrets(copy, n, plan, hit->msg);
    }
    TT_KEY(j, "payload");
    tt_json_base64(j, copy, n);
    for (size_t i = 0; i < n; i++) {
        bool shown = (copy[i] >= 0x20 && copy[i] < 0x7f) || copy[i] == '\n' || copy[i] == '\r';
        copy[i] = shown ? copy[i] : '.';
    }
    TT_KEY(j, "payload_printable");
    tt_json_text(j, copy, n, 0);
    TT_KEY(j, "stream");
    tt_json_uint(j, stream);
}

static uint64_t alert_hash(const struct tt_hit *hit)
{
    uint64_t parts[6] = {hit->rule->gid,
                         hit->rule->sid,
                         hit->flow ? tt_flow_id(hit->flow) : 0,
                         hit->packet ? hit->packet->number : 0,
                         hit->tx ? hit->tx->id + 1 : 0,
                         (uint64_t)hit->direction};
    return tt_hash_bytes(parts, sizeof parts, 0);
}

static void own_object(const struct tt_eve *e, struct tt_json *j, const struct tt_hit *hit,
                       const struct tt_device_key *device, const char *client_id)
{
    char id[20];
    eve_uid(id, alert_hash(hit));
    TT_KEY(j, "telltale");
    tt_json_open(j, '{');
    TT_KEY(j, "id");
    tt_json_cstr(j, id);
    TT_KEY(j, "kind");
    tt_json_cstr(j, "rule");
    TT_KEY(j, "severity");
    tt_json_cstr(j, eve_severity_name(hit->rule->severity));
    if (device) {
        TT_KEY(j, "device");
        tt_json_open(j, '{');
        TT_KEY(j, "ip");
        tt_json_address(j, device->address.b);
        if (client_id && client_id[0]) {
            TT_KEY(j, "client_id");
            eve_text(j, client_id);
        }
        tt_json_close(j, '}');
    }
    if (hit->packet) {
        TT_KEY(j, "packets");
        tt_json_open(j, '[');
        tt_json_uint(j, hit->packet->number);
        tt_json_close(j, ']');
    }
    eve_tunnels(j, eve_tunnels_of(e, hit->flow, hit->packet));
    tt_json_close(j, '}');
}

void tt_eve_alert(struct tt_eve *e, struct tt_json *j, const struct tt_hit *hit,
                  const void *members, size_t n, const struct tt_device_key *device,
                  const char *client_id)
{
    const struct tt_flow *f = hit->flow;
    struct eve_head h = {EVE_HEAD_TYPE(alert), .pkt_src = true};
    if (hit->packet) {
        h.time = hit->packet->time;
    } else if (f) {
        h.time = f->last;
    } else {
        j->full = true;
        j->end = j->p;
        return;
    }
    eve_head_packet(&h, f, hit->packet, hit->direction);
    eve_head(e, j, &h);
    if (hit->tx) {
        TT_KEY(j, "tx_id");
        tt_json_uint(j, hit->tx->id);
    }
    alert_object(j, hit->rule, &h);
    eve_tunnel_root(e, j, hit->packet);
    const struct tt_dissector *d = f ? tt_engine_dissector(f) : NULL;
    if (d && n) {
        eve_protocol(j, d, members, n);
    }
    eve_app_proto(j, f);
    if (f) {
        eve_direction(j, hit->direction);
        flow_object(j, f);
    }
    if (e->payload) {
        payload(e, j, hit);
    }
    own_object(e, j, hit, device, client_id);
    eve_end(j);
}
