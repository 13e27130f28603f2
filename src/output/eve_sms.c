/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The record of a whole short message, whatever carried it: what the dissector's rows say that have
 * a part in one (telltale/sms.h), under names that are the same for all carriers. Knows no protocol
 * and looks into no octets.
 */
#include "output/eve_line.h"

/* Where the values of a message that have a part stand: index + 1, by role; the last of a kind. */
struct parts {
    uint16_t at[TT_ROLES];
    uint8_t role[TT_FIELDS_MAX + 1]; /* by row */
};

static const struct {
    const char *key, *object; /* object: "" = of the record itself */
} members[TT_ROLES] = {
    [TT_ROLE_FROM] = {"from", ""},
    [TT_ROLE_TO] = {"to", ""},
    [TT_ROLE_RECEIVER] = {"receivers", NULL},
    [TT_ROLE_ACCOUNT] = {"account", ""},
    [TT_ROLE_MESSAGE_ID] = {"message_id", ""},
    [TT_ROLE_PART] = {"part", ""},
    [TT_ROLE_ENCODING] = {"encoding", ""},
    [TT_ROLE_CODING] = {"data_coding", ""},
    [TT_ROLE_TEXT] = {"text", ""},
    [TT_ROLE_WHOLE] = {"text", ""},
    [TT_ROLE_OCTETS] = {"binary", ""},
    [TT_ROLE_WHOLE_OCTETS] = {"binary", ""},
    [TT_ROLE_CLASS] = {"class", ""},
    [TT_ROLE_PROTOCOL] = {"protocol_id", ""},
    [TT_ROLE_PORT_TO] = {"dst", "ports"},
    [TT_ROLE_PORT_FROM] = {"src", "ports"},
    [TT_ROLE_ELEMENT] = {"iei", NULL},
    [TT_ROLE_ELEMENT_NAME] = {"name", NULL},
    [TT_ROLE_ELEMENT_VALUE] = {"value", NULL},
    [TT_ROLE_OTA_PACKET] = {"packet", "ota"},
    [TT_ROLE_OTA_SPI] = {"spi", "ota"},
    [TT_ROLE_OTA_INTEGRITY] = {"integrity", "ota"},
    [TT_ROLE_OTA_CIPHERED] = {"ciphered", "ota"},
    [TT_ROLE_OTA_SECURED] = {"secured", "ota"},
    [TT_ROLE_OTA_KIC] = {"kic", "ota"},
    [TT_ROLE_OTA_KID] = {"kid", "ota"},
    [TT_ROLE_OTA_TAR] = {"tar", "ota"},
    [TT_ROLE_OTA_COUNTER_MODE] = {"counter", "ota"},
    [TT_ROLE_OTA_CNTR] = {"cntr", "ota"},
    [TT_ROLE_OTA_STATUS] = {"status", "ota"},
};

/* Members that are numbers in every carrier; some send them as text. */
static bool is_number(unsigned role)
{
    return role == TT_ROLE_CODING || role == TT_ROLE_PROTOCOL || role == TT_ROLE_PART;
}

static uint64_t digits_of(const struct tt_value *v)
{
    uint64_t n = 0;
    for (uint32_t i = 0; i < v->n && i < 9 && v->p[i] >= '0' && v->p[i] <= '9'; i++) {
        n = n * 10 + v->p[i] - '0';
    }
    return n;
}

static void put_enum(struct tt_json *j, const struct tt_field *f, uint64_t number)
{
    char digits[20];
    for (const struct tt_name *n = f->names; n && n->name; n++) {
        if (n->value == number) {
            tt_json_cstr(j, n->name);
            return;
        }
    }
    tt_json_text(j, digits, tt_text_uint(digits, number), 0);
}

static void put_value(const struct tt_eve *e, struct tt_json *j, const struct tt_msg *m,
                      const struct tt_value *v, unsigned role)
{
    const struct tt_field *f = &m->dissector->fields[v->field];
    bool text = v->type == TT_STR || v->type == TT_BYTES || v->type == TT_IP;
    if (f->flags & TT_SECRET) {
        tt_json_cstr(j, "<redacted>"); /* a mistake of the rows */
    } else if (is_number(role)) {
        tt_json_uint(j, text ? digits_of(v) : v->u);
    } else if (v->type == TT_BOOL) {
        tt_json_bool(j, v->u != 0);
    } else if (v->type == TT_ENUM) {
        put_enum(j, f, v->u);
    } else if (!text) {
        tt_json_uint(j, v->u);
    } else if (v->type == TT_STR) {
        tt_json_text(j, v->p, v->n, e->limit);
    } else {
        tt_json_hex(j, v->p, v->n, e->limit);
    }
}

static void find(struct parts *parts, const struct tt_msg *m)
{
    memset(parts, 0, sizeof *parts);
    for (const struct tt_sms_part *p = m->dissector->sms; p && p->role; p++) {
        parts->role[p->row] = p->role < TT_ROLES ? p->role : 0;
    }
    for (unsigned i = 0; i < m->n_values; i++) {
        parts->at[parts->role[m->values[i].field]] = (uint16_t)(i + 1);
    }
    if (parts->at[TT_ROLE_WHOLE]) {
        parts->at[TT_ROLE_TEXT] = 0;
    }
    if (parts->at[TT_ROLE_WHOLE_OCTETS]) {
        parts->at[TT_ROLE_OCTETS] = 0;
    }
    if (parts->at[TT_ROLE_WHOLE] || parts->at[TT_ROLE_WHOLE_OCTETS]) {
        parts->at[TT_ROLE_PART] = 0; /* all of them are here */
    }
}

/* The members of an object, those of the record itself for "". */
static void put_object(const struct tt_eve *e, struct tt_json *j, const struct tt_msg *m,
                       const struct parts *parts, const char *object)
{
    bool open = false;
    for (unsigned role = 1; role < TT_ROLES; role++) {
        const char *of = members[role].object;
        if (!parts->at[role] || !of || strcmp(of, object) != 0) {
            continue;
        }
        if (*object && !open) {
            tt_json_key(j, object, strlen(object));
            tt_json_open(j, '{');
            open = true;
        }
        tt_json_key(j, members[role].key, strlen(members[role].key));
        put_value(e, j, m, &m->values[parts->at[role] - 1], role);
    }
    if (open) {
        tt_json_close(j, '}');
    }
}

static void put_receivers(const struct tt_eve *e, struct tt_json *j, const struct tt_msg *m,
                          const struct parts *parts)
{
    TT_KEY(j, "receivers");
    tt_json_open(j, '[');
    for (unsigned i = 0; i < m->n_values; i++) {
        if (parts->role[m->values[i].field] == TT_ROLE_RECEIVER) {
            put_value(e, j, m, &m->values[i], TT_ROLE_RECEIVER);
        }
    }
    tt_json_close(j, ']');
}

static void put_header(const struct tt_eve *e, struct tt_json *j, const struct tt_msg *m,
                       const struct parts *parts)
{
    bool open = false;
    TT_KEY(j, "udh");
    tt_json_open(j, '[');
    for (unsigned i = 0; i < m->n_values; i++) {
        unsigned role = parts->role[m->values[i].field];
        if (role < TT_ROLE_ELEMENT || role > TT_ROLE_ELEMENT_VALUE) {
            continue;
        }
        if (open && role == TT_ROLE_ELEMENT) {
            tt_json_close(j, '}');
            open = false;
        }
        if (!open) {
            tt_json_open(j, '{');
            open = true;
        }
        tt_json_key(j, members[role].key, strlen(members[role].key));
        put_value(e, j, m, &m->values[i], role);
    }
    if (open) {
        tt_json_close(j, '}');
    }
    tt_json_close(j, ']');
}

void tt_eve_sms(struct tt_eve *e, struct tt_json *j, const struct tt_flow *f,
                const struct tt_packet *p, const struct tt_msg *m, const struct tt_tx *tx)
{
    struct parts parts;
    struct eve_head h = {.time = p ? p->time : f->last, EVE_HEAD_TYPE(sms), .pkt_src = true};
    find(&parts, m);
    eve_head_packet(&h, f, p, (enum tt_direction)m->direction);
    eve_head(e, j, &h);
    if (tx) {
        TT_KEY(j, "tx_id");
        tt_json_uint(j, tx->id);
    }
    TT_KEY(j, "sms");
    tt_json_open(j, '{');
    TT_KEY(j, "carrier");
    tt_json_cstr(j, m->dissector->name);
    TT_KEY(j, "direction");
    tt_json_cstr(j, m->sms == TT_SMS_FROM_DEVICE ? "from_device" : "to_device");
    TT_KEY(j, "parts");
    uint16_t n = parts.at[TT_ROLE_PARTS];
    tt_json_uint(j, n ? m->values[n - 1].u : 1);
    put_object(e, j, m, &parts, "");
    if (parts.at[TT_ROLE_RECEIVER]) {
        put_receivers(e, j, m, &parts);
    }
    put_object(e, j, m, &parts, "ports");
    if (parts.at[TT_ROLE_ELEMENT]) {
        put_header(e, j, m, &parts);
    }
    put_object(e, j, m, &parts, "ota");
    tt_json_close(j, '}');
    eve_end(j);
}
