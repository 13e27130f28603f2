/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What stands around the text of a short message: the data coding scheme (3GPP TS 23.038, 4; SMPP
 * 3.4, 5.2.19), the user data header (TS 23.040, 9.2.3.24), and the places where parts of a long
 * message wait for one another. What is kept is bounded by the places; the rest is told to the
 * caller.
 */
#include "base/work.h"
#include "dissect/sms.h"

const struct tt_name tt_sms_alphabets[] = {
    {TT_SMS_GSM7, "gsm7"},
    {TT_SMS_PACKED, "gsm7_packed"},
    {TT_SMS_ASCII, "ascii"},
    {TT_SMS_LATIN1, "latin1"},
    {TT_SMS_UCS2, "ucs2"},
    {TT_SMS_CYRILLIC, "cyrillic"},
    {TT_SMS_HEBREW, "hebrew"},
    {TT_SMS_BINARY, "binary"},
    {TT_SMS_JIS, "jis"},
    {TT_SMS_PICTOGRAM, "pictogram"},
    {TT_SMS_ISO_2022_JP, "iso_2022_jp"},
    {TT_SMS_EXTENDED_JIS, "extended_jis"},
    {TT_SMS_KS_C_5601, "ks_c_5601"},
    {TT_SMS_COMPRESSED, "compressed"},
    {0, NULL},
};

const struct tt_name tt_sms_classes[] = {
    {0, "flash"}, {1, "equipment"}, {2, "sim"}, {3, "terminal"}, {0, NULL}};

/* TS 23.040, 9.2.3.24 */
const struct tt_name tt_sms_elements[] = {
    {0x00, "concatenation"},
    {0x01, "message_indication"},
    {0x04, "ports_8"},
    {0x05, "ports_16"},
    {0x06, "smsc_control"},
    {0x07, "udh_source"},
    {0x08, "concatenation_16"},
    {0x09, "wireless_control"},
    {0x0a, "text_formatting"},
    {0x0b, "predefined_sound"},
    {0x0c, "user_sound"},
    {0x0d, "predefined_animation"},
    {0x0e, "large_animation"},
    {0x0f, "small_animation"},
    {0x10, "large_picture"},
    {0x11, "small_picture"},
    {0x12, "variable_picture"},
    {0x13, "user_prompt"},
    {0x14, "extended_object"},
    {0x15, "reused_object"},
    {0x16, "compression_control"},
    {0x17, "object_distribution"},
    {0x18, "standard_object"},
    {0x19, "character_object"},
    {0x1a, "extended_object_request"},
    {0x20, "mail_header"},
    {0x21, "hyperlink"},
    {0x22, "reply_address"},
    {0x23, "voice_mail"},
    {0x24, "national_single_shift"},
    {0x25, "national_locking_shift"},
    {0x70, "sim_command_packet"},
    {0x71, "sim_response_packet"},
    {0, NULL},
};

struct tt_sms_coding tt_sms_dcs(uint8_t dcs)
{
    static const uint8_t alphabets[4] = {TT_SMS_GSM7, TT_SMS_BINARY, TT_SMS_UCS2, TT_SMS_BINARY};
    struct tt_sms_coding c = {.alphabet = TT_SMS_GSM7, .class = -1, .known = true};
    if (dcs < 0x80) {
        c.alphabet = dcs & 0x20 ? TT_SMS_COMPRESSED : alphabets[dcs >> 2 & 3];
        c.class = (int8_t)(dcs & 0x10 ? dcs & 3 : -1);
        c.known = (dcs & 0x0c) != 0x0c;
    } else if (dcs < 0xc0) {
        c.alphabet = TT_SMS_BINARY;
        c.known = false;
    } else if (dcs < 0xf0) {
        c.alphabet = dcs >= 0xe0 ? TT_SMS_UCS2 : TT_SMS_GSM7;
        c.known = !(dcs & 4);
    } else {
        c.alphabet = dcs & 4 ? TT_SMS_BINARY : TT_SMS_GSM7;
        c.class = (int8_t)(dcs & 3);
        c.known = !(dcs & 8);
    }
    return c;
}

struct tt_sms_coding tt_sms_smpp(uint8_t dcs)
{
    static const uint8_t alphabets[16] = {
        TT_SMS_GSM7,   TT_SMS_ASCII,        TT_SMS_BINARY,      TT_SMS_LATIN1,
        TT_SMS_BINARY, TT_SMS_JIS,          TT_SMS_CYRILLIC,    TT_SMS_HEBREW,
        TT_SMS_UCS2,   TT_SMS_PICTOGRAM,    TT_SMS_ISO_2022_JP, TT_SMS_BINARY,
        TT_SMS_BINARY, TT_SMS_EXTENDED_JIS, TT_SMS_KS_C_5601,   TT_SMS_BINARY};
    if (dcs >= 16) {
        return tt_sms_dcs(dcs);
    }
    return (struct tt_sms_coding){.alphabet = (enum tt_sms_alphabet)alphabets[dcs],
                                  .class = -1,
                                  .known = dcs != 11 && dcs != 12 && dcs != 15};
}

bool tt_sms_element(struct tt_reader *r, uint8_t *iei, struct tt_bytes *value)
{
    if (tt_reader_left(r) == 0) {
        return false;
    }
    *iei = tt_read_u8(r);
    *value = tt_read_bytes(r, tt_read_u8(r));
    return tt_reader_ok(r);
}

bool tt_sms_element_known(uint8_t iei)
{
    const struct tt_name *n = tt_sms_elements;
    while (n->name && n->value != iei) {
        n++;
    }
    return n->name != NULL;
}

static void concatenation(struct tt_sms_header *h, struct tt_bytes v, bool wide)
{
    unsigned n = wide ? 4 : 3;
    if (v.n != n) {
        h->faulty = true;
        return;
    }
    h->reference = wide ? (uint16_t)(v.p[0] << 8 | v.p[1]) : v.p[0];
    h->parts = v.p[n - 2];
    h->part = v.p[n - 1];
    h->concatenated = true;
    h->wide = wide;
}

static void ports(struct tt_sms_header *h, struct tt_bytes v, bool wide)
{
    if (v.n != (wide ? 4u : 2u)) {
        h->faulty = true;
        return;
    }
    h->destination = wide ? (uint16_t)(v.p[0] << 8 | v.p[1]) : v.p[0];
    h->source = wide ? (uint16_t)(v.p[2] << 8 | v.p[3]) : v.p[1];
    h->ports = true;
}

struct tt_sms_header tt_sms_header(struct tt_bytes user_data)
{
    struct tt_sms_header h = {.body = user_data};
    struct tt_reader r = tt_reader_over(user_data);
    uint8_t n = tt_read_u8(&r), iei;
    struct tt_bytes value;
    h.elements = tt_read_bytes(&r, n);
    if (!tt_reader_ok(&r)) {
        h.elements.n = 0;
        h.faulty = true;
        return h;
    }
    h.body = tt_read_rest(&r);
    r = tt_reader_over(h.elements);
    while (tt_sms_element(&r, &iei, &value)) {
        if (iei == 0x00 || iei == 0x08) {
            concatenation(&h, value, iei == 0x08);
        } else if (iei == 0x04 || iei == 0x05) {
            ports(&h, value, iei == 0x05);
        } else if (iei == 0x70 || iei == 0x71) {
            h.ota = iei;
        }
    }
    h.faulty |= !tt_reader_ok(&r);
    return h;
}

uint32_t tt_sms_key(uint32_t key, struct tt_bytes b)
{
    key = key ? key : 2166136261u; /* FNV-1a */
    for (uint32_t i = 0; i < b.n; i++) {
        key = (key ^ b.p[i]) * 16777619u;
    }
    key = (key ^ 0xff) * 16777619u; /* where one ends and the next begins counts */
    return key ? key : 1;
}

/* The place of a key, or the one that is given up for it. */
static struct tt_sms_place *place_of(struct tt_sms_places *all, uint32_t key, bool *there)
{
    struct tt_sms_place *oldest = &all->place[0];
    *there = true;
    for (unsigned i = 0; i < TT_SMS_PLACES; i++) {
        struct tt_sms_place *p = &all->place[i];
        if (p->key == key) {
            return p;
        }
        p->age = (uint8_t)(p->age + (p->age < UINT8_MAX));
        if (oldest->key && (p->key == 0 || p->age > oldest->age)) {
            oldest = p;
        }
    }
    *there = false;
    return oldest;
}

static void join(const struct tt_sms_place *p, struct tt_msg *m, struct tt_bytes *whole)
{
    uint8_t *out = tt_msg_make(m, p->used);
    uint32_t at = 0;
    for (unsigned part = 1; out && part <= p->parts; part++) {
        for (uint32_t i = 0, from = 0; i < p->n; from += p->length[i++]) {
            if (p->part[i] == part) {
                memcpy(out + at, p->octets + from, p->length[i]);
                at += p->length[i];
            }
        }
    }
    *whole = (struct tt_bytes){out, at};
}

enum tt_sms_kept tt_sms_keep(struct tt_sms_places *all, struct tt_msg *m, uint32_t key,
                             const struct tt_sms_header *h, enum tt_sms_alphabet alphabet,
                             struct tt_bytes part, struct tt_bytes *whole)
{
    bool there, conflict = false;
    struct tt_sms_place *p = place_of(all, key, &there);
    if (there && (p->parts != h->parts || p->alphabet != alphabet)) {
        conflict = true;
        there = false;
    }
    for (uint32_t i = 0, from = 0; there && i < p->n; from += p->length[i++]) {
        if (p->part[i] != h->part) {
            continue;
        }
        if (p->length[i] == part.n && (part.n == 0 || !memcmp(p->octets + from, part.p, part.n))) {
            return TT_SMS_AGAIN;
        }
        conflict = true;
        there = false;
        break;
    }
    if (!there) {
        *p = (struct tt_sms_place){.key = key, .parts = h->parts, .alphabet = (uint8_t)alphabet};
    }
    if (h->parts > TT_SMS_PARTS || part.n > UINT8_MAX ||
        part.n > (uint32_t)(TT_SMS_OCTETS - p->used)) {
        p->key = 0;
        return conflict ? TT_SMS_CONFLICT : TT_SMS_NOT_KEPT;
    }
    p->part[p->n] = h->part;
    p->length[p->n++] = (uint8_t)part.n;
    if (part.n) {
        memcpy(p->octets + p->used, part.p, part.n);
    }
    p->used = (uint16_t)(p->used + part.n);
    p->ota = h->ota ? h->ota : p->ota;
    if (p->n < p->parts) {
        return conflict ? TT_SMS_CONFLICT : TT_SMS_KEPT;
    }
    join(p, m, whole);
    all->ota = p->ota;
    p->key = 0;
    return TT_SMS_WHOLE;
}

uint32_t tt_sms_key_of(const struct tt_msg *m, const struct tt_sms_header *h)
{
    uint8_t which[4] = {m->direction, h->wide, (uint8_t)(h->reference >> 8), (uint8_t)h->reference};
    return tt_sms_key(0, (struct tt_bytes){which, sizeof which});
}

static void raise(struct tt_msg *m, bool when, unsigned anomaly)
{
    if (when) {
        tt_msg_anomaly(m, anomaly);
    }
}

void tt_sms_put_elements(const struct tt_sms_rows *rows, const struct tt_reader *r,
                         struct tt_msg *m, const struct tt_sms_header *h)
{
    struct tt_reader in = tt_reader_over(h->elements);
    struct tt_bytes value;
    uint8_t iei;
    while (tt_sms_element(&in, &iei, &value)) {
        tt_put_uint(m, r, rows->element, iei);
        if (tt_sms_element_known(iei)) {
            tt_put_uint(m, r, rows->element_name, iei);
        }
        tt_put_bytes(m, r, rows->element_value, value);
    }
    raise(m, h->faulty, rows->udh);
}

void tt_sms_put_facts(const struct tt_sms_rows *rows, const struct tt_reader *r, struct tt_msg *m,
                      const struct tt_sms_header *h)
{
    if (h->concatenated) {
        tt_put_uint(m, r, rows->reference, h->reference);
        tt_put_uint(m, r, rows->parts, h->parts);
        tt_put_uint(m, r, rows->part, h->part);
        raise(m, !tt_sms_part_valid(h->parts, h->part), rows->concatenation);
    }
    if (h->ports) {
        tt_put_uint(m, r, rows->port_to, h->destination);
        tt_put_uint(m, r, rows->port_from, h->source);
    }
}

bool tt_sms_put_part(const struct tt_sms_rows *rows, struct tt_flow_facts *facts, uint8_t *forget,
                     struct tt_msg *m, uint32_t key, const struct tt_sms_header *h,
                     enum tt_sms_alphabet alphabet, struct tt_bytes part, struct tt_bytes *whole,
                     uint8_t *ota)
{
    struct tt_sms_places *p = tt_state_more(facts, m);
    if (p && *forget) {
        memset(p, 0, sizeof *p);
        *forget = 0;
    }
    enum tt_sms_kept kept = p ? tt_sms_keep(p, m, key, h, alphabet, part, whole) : TT_SMS_NOT_KEPT;
    raise(m, kept == TT_SMS_CONFLICT, rows->conflict);
    raise(m, kept == TT_SMS_NOT_KEPT, rows->not_kept);
    if (kept == TT_SMS_WHOLE) {
        *ota = p->ota;
    }
    return kept == TT_SMS_WHOLE && whole->n;
}

enum { STX = 2, ETX = 3 };

/* Where the first STX or ETX of the octets from `at` on is, or n: eight at a time. */
static uint32_t next_mark(const uint8_t *p, uint32_t at, uint32_t n)
{
    const uint64_t ones = UINT64_C(0x0101010101010101);
    while (n - at >= 8) {
        uint64_t v;
        memcpy(&v, p + at, 8);
        v = (v & ~ones) ^ (ones * STX); /* an octet is 0 where there is one of the two */
        if ((v - ones) & ~v & (ones << 7)) {
            break;
        }
        at += 8;
    }
    while (at < n && p[at] != STX && p[at] != ETX) {
        at++;
    }
    return at;
}

int64_t tt_sms_frame_length(struct tt_bytes have, uint32_t seen, uint32_t most)
{
    if (have.n == 0 || (seen == 0 && have.p[0] != STX)) {
        return have.n ? -1 : 0;
    }
    uint32_t look = have.n < most ? have.n : most, from = seen ? seen : 1;
    uint32_t at = from < look ? next_mark(have.p, from, look) : look;
    TT_LOOKED(at < look ? at + 1 - from : look - (from < look ? from : look));
    if (at < look) {
        return (int64_t)at + (have.p[at] == ETX);
    }
    return look == most ? -1 : 0;
}
