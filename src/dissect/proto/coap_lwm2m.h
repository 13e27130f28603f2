/* SPDX-License-Identifier: BSD-3-Clause
 *
 * LwM2M 1.0 and 1.1 in CoAP, part of coap.c alone: which operation a request is (transport 1.1,
 * 6.4), whose, on what, and with which values. LwM2M has no message of its own, so it has rows in
 * CoAP's record and no dissector. Paths of numbers are LwM2M's when the flow showed a registration
 * or a format of LwM2M, or the object has a name.
 */
#ifndef DISSECT_PROTO_COAP_LWM2M_H
#define DISSECT_PROTO_COAP_LWM2M_H

#include "dissect/proto/coap_cbor.h"

static inline bool of_lwm2m(int32_t format)
{
    return (format >= TLV && format <= LWM2M_CBOR) || (format >= OLD_TEXT && format <= OLD_TLV + 2);
}

static inline bool is_senml(int32_t format)
{
    return format == SENML_JSON || format == SENML_CBOR || format == LWM2M_CBOR;
}

static inline bool text_is(struct tt_bytes b, const char *text)
{
    return tt_bytes_equal(b, of_text(text));
}

static inline bool text_begins(struct tt_bytes b, const char *text)
{
    return b.n >= strlen(text) && memcmp(b.p, text, strlen(text)) == 0;
}

/* Keys are in what is written to, or read from, objects 0 (security) and 21 (OSCORE). */
static inline bool holds_keys(const struct tt_msg *m, const struct head *h)
{
    if (h->path_n < 2 || (h->text[PATH_AT + 1] != '0' && h->text[PATH_AT + 1] != '2')) {
        return false;
    }
    struct place p = place_of(path_text(h));
    bool body = m->kind == RESPONSE ? h->x && h->x->method == GET : h->code != GET;
    return p.n && (p.id[0] == 0 || p.id[0] == 21) && body && h->format != LINKS;
}

static inline enum operation on_resource(const struct head *h, const struct place *p)
{
    bool payload = h->payload.n || h->format >= 0;
    switch (h->code) {
    case GET:
        return h->observe == 0      ? OP_OBSERVE
               : h->observe == 1    ? OP_CANCEL_OBSERVATION
               : h->accept == LINKS ? OP_DISCOVER
                                    : OP_READ;
    case PUT:
        return payload || !h->queries ? OP_WRITE : OP_WRITE_ATTRIBUTES;
    case POST:
        return p->n == 1                                                   ? OP_CREATE
               : p->n == 3 && (h->format <= TEXT || h->format == OLD_TEXT) ? OP_EXECUTE
                                                                           : OP_WRITE;
    case DELETE:
        return OP_DELETE;
    default:
        return OP_NONE;
    }
}

/* Operations on several objects at once (1.1, 6.4.5). */
static inline enum operation composite(const struct head *h)
{
    if (h->code == FETCH && is_senml(h->format)) {
        return h->observe == 0 ? OP_OBSERVE_COMPOSITE : OP_READ_COMPOSITE;
    }
    return h->code == IPATCH && is_senml(h->format) ? OP_WRITE_COMPOSITE : OP_NONE;
}

/* Between the device and its servers: /rd, /bs, /dp. */
static inline enum operation on_server(const struct state *s, const struct head *h,
                                       struct tt_bytes path)
{
    bool named = h->arguments && h->query[Q_ENDPOINT].n, known = s->seen & LWM2M_SEEN;
    if (text_is(path, "/rd") && h->code == POST && named) {
        return OP_REGISTER;
    }
    if (text_begins(path, "/rd/") && path.n > 4 && (h->code == POST || h->code == DELETE)) {
        return h->code == POST ? OP_UPDATE : OP_DEREGISTER;
    }
    if (text_is(path, "/bs") && h->code == POST) {
        return named ? OP_BOOTSTRAP_REQUEST : known ? OP_BOOTSTRAP_FINISH : OP_NONE;
    }
    if (text_is(path, "/bspack") && h->code == GET && named) {
        return OP_BOOTSTRAP_PACK;
    }
    if (text_is(path, "/dp") && h->code == POST && (is_senml(h->format) || of_lwm2m(h->format))) {
        return OP_SEND;
    }
    return known && path.n <= 1 ? composite(h) : OP_NONE;
}

/* What the operation is about. */
static inline void about(struct tt_msg *m, const struct head *h, const struct place *p)
{
    struct tt_reader good = tt_reader_over(m->unit);
    if (p->n == 0) {
        return;
    }
    tt_put_bytes(m, &good, F_LWM2M_PATH, path_text(h));
    tt_put_uint(m, &good, F_OBJECT, p->id[0]);
    const char *name = object_name(p->id[0]);
    if (name) {
        tt_put_bytes(m, &good, F_OBJECT_NAME, of_text(name));
    }
    const struct resource *known = resource_at(p);
    if (known) {
        tt_put_bytes(m, &good, F_RESOURCE_NAME, of_text(known->name));
    }
}

static inline void registration(struct tt_msg *m, const struct head *h)
{
    static const uint8_t rows[] = {F_ENDPOINT, F_LIFETIME, F_LWM2M_VERSION, F_BINDING, F_SMS};
    struct tt_reader good = tt_reader_over(m->unit);
    for (unsigned i = 0; h->arguments && i < N_QUERIES; i++) {
        struct tt_bytes b = h->query[i];
        if (b.n == 0) {
            continue;
        }
        if (i != Q_LIFETIME) {
            tt_put_bytes(m, &good, rows[i], b);
            continue;
        }
        uint64_t v = 0;
        for (uint32_t k = 0; k < b.n && k < 18 && b.p[k] >= '0' && b.p[k] <= '9'; k++) {
            v = v * 10 + (b.p[k] - '0');
        }
        tt_put_uint(m, &good, F_LIFETIME, v);
    }
}

/* The payload, where it is all of it. */
static inline void values(struct tt_msg *m, const struct head *h, enum operation op,
                          const struct place *p)
{
    if (!h->payload.n || h->partial || !h->whole || (m->kind == RESPONSE && h->code >= 128)) {
        return;
    }
    bool of_objects = op == OP_REGISTER || op == OP_UPDATE;
    switch (h->format < 0 && of_objects ? LINKS : h->format) {
    case LINKS:
        if (of_objects) {
            links(m, h->payload);
        }
        break;
    case TLV:
    case OLD_TLV:
        tlv(m, *p, h->payload);
        break;
    case SENML_JSON:
    case LWM2M_JSON:
    case OLD_JSON:
        senml_json(m, h->payload);
        break;
    case SENML_CBOR:
        senml_cbor(m, h->payload);
        break;
    case LWM2M_CBOR:
        lwm2m_cbor(m, h->payload);
        break;
    case CBOR:
        if (p->n >= 3) {
            one_cbor(m, p, path_text(h), h->payload);
        }
        break;
    case -1: /* plain text is the default of a resource (1.0, 6.4) */
    case TEXT:
    case OLD_TEXT:
        if (p->n >= 3) {
            put_value(m, p, path_text(h), h->payload);
        }
        break;
    default:
        break;
    }
}

/* Nothing about the message is LwM2M's: most of CoAP. */
static inline bool foreign(const struct state *s, const struct tt_msg *m, const struct head *h)
{
    if (m->kind == RESPONSE) {
        return !(h->x ? h->x->flags & X_LWM2M : h->observe >= 0);
    }
    char c = h->path_n > 2 ? h->text[PATH_AT + 1] : '0';
    bool near = (c >= '0' && c <= '9') || c == 'r' || c == 'b' || c == 'd';
    return !near && !(s->seen & LWM2M_SEEN);
}

static inline void lwm2m(struct state *s, struct tt_msg *m, struct head *h)
{
    if (foreign(s, m, h)) {
        return;
    }
    struct tt_reader good = tt_reader_over(m->unit);
    struct place p = place_of(path_text(h));
    enum operation op = OP_NONE;
    if (m->kind == REQUEST) {
        op = on_server(s, h, path_text(h));
        bool named = p.n && object_name(p.id[0]);
        if (p.n && (s->seen & LWM2M_SEEN || named || of_lwm2m(h->format) || of_lwm2m(h->accept))) {
            op = on_resource(h, &p);
        }
        if (op != OP_NONE && h->x && !h->again) {
            h->x->operation = (uint8_t)op;
            h->x->flags |= X_LWM2M;
        }
    } else if (h->x && h->x->flags & X_LWM2M) {
        op = (enum operation)h->x->operation;
        bool goes_on = op == OP_OBSERVE || op == OP_OBSERVE_COMPOSITE;
        op = h->notification && goes_on ? OP_NOTIFY : op;
    } else if (h->observe >= 0 && s->seen & LWM2M_SEEN && !h->x) {
        op = OP_NOTIFY;
    }
    if (op == OP_NONE) {
        return;
    }
    bool sure = op <= OP_BOOTSTRAP_PACK || of_lwm2m(h->format) || op == OP_SEND;
    s->seen |= sure ? LWM2M_SEEN : 0;
    tt_put_uint(m, &good, F_OPERATION, op);
    if (m->kind == REQUEST && op <= OP_BOOTSTRAP_PACK) {
        registration(m, h);
    }
    if (op == OP_REGISTER && h->location.n) {
        tt_put_bytes(m, &good, F_REGISTRATION, h->location);
    } else if (op == OP_DEREGISTER && m->kind == REQUEST) {
        tt_put_bytes(m, &good, F_REGISTRATION, path_text(h));
        m->claim |= TT_CLAIM_ENDS;
    }
    m->claim |= m->kind == RESPONSE && h->code >= 128 ? TT_CLAIM_REFUSED : 0;
    about(m, h, &p);
    values(m, h, op, &p);
}

#endif
