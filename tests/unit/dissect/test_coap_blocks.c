/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Bodies in blocks put together: the exchanges of RFC 7959, 3 (figures 2, 4, 7, 8 and 11, with
 * their numbers, sizes and tokens), RFC 9177 for blocks in any order, BERT of RFC 8323 4.2, and
 * what an attacker makes of them.
 */
#include "coap_rig.h"

/* A request with Block1, or its response with Block2. */
struct piece {
    uint32_t num, octets, fill; /* fill: of the octets, by their place in the body */
    bool more;
    unsigned szx;
};

static uint8_t fill_at(uint32_t fill, uint32_t at)
{
    return (uint8_t)('a' + (at / 16 + fill) % 26);
}

static uint32_t put_option(uint8_t *p, unsigned delta, const void *value, uint32_t n)
{
    uint32_t at = 0;
    assert_true(n < 13);
    p[at++] = (uint8_t)((delta < 13 ? delta : delta < 269 ? 13 : 14) << 4 | n);
    if (delta >= 269) {
        p[at++] = (uint8_t)((delta - 269) >> 8);
        p[at++] = (uint8_t)(delta - 269);
    } else if (delta >= 13) {
        p[at++] = (uint8_t)(delta - 13);
    }
    memcpy(p + at, value, n);
    return at + n;
}

static uint32_t block_octets(uint8_t *p, const struct piece *b)
{
    uint32_t v = b->num << 4 | (unsigned)b->more << 3 | b->szx;
    p[0] = (uint8_t)(v >> 16);
    p[1] = (uint8_t)(v >> 8);
    p[2] = (uint8_t)v;
    return 3;
}

static uint32_t put_payload(uint8_t *p, const struct piece *b)
{
    uint32_t size = b->szx == 7 ? 1024 : 16u << b->szx;
    p[0] = 0xff;
    for (uint32_t i = 0; i < b->octets; i++) {
        p[1 + i] = fill_at(b->fill, b->num * size + i);
    }
    return 1 + b->octets;
}

static uint16_t mid = 100;

/* CON PUT /u with Block1 (number 27, or 19); its own token. */
static void upload(struct rig *r, unsigned option, struct piece b, const char *tag)
{
    static uint8_t p[70000];
    uint8_t v[3];
    uint32_t n = 0;
    mid++;
    const uint8_t head[] = {0x42, 3, (uint8_t)(mid >> 8), (uint8_t)mid, (uint8_t)mid, 7};
    memcpy(p, head, n = sizeof head);
    n += put_option(p + n, 11, "u", 1);
    uint32_t k = block_octets(v, &b);
    n += put_option(p + n, option - 11, v, k);
    if (tag) {
        n += put_option(p + n, 292 - option, tag, (uint32_t)strlen(tag));
    }
    n += put_payload(p + n, &b);
    assert_true(rig_parse(r, C, (struct tt_bytes){p, n}));
}

/* GET /d with a token of its own and the response with Block2 (23, or 31) and an ETag. */
static void download(struct rig *r, unsigned option, struct piece b, const char *etag)
{
    static uint8_t p[70000];
    uint8_t v[3];
    mid++;
    const uint8_t ask[] = {0x42, 1, (uint8_t)(mid >> 8), (uint8_t)mid, (uint8_t)mid, 9, 0xb1, 'd'};
    assert_true(rig_parse(r, C, (struct tt_bytes){ask, sizeof ask}));
    const uint8_t head[] = {0x62, 69, (uint8_t)(mid >> 8), (uint8_t)mid, (uint8_t)mid, 9};
    uint32_t n = sizeof head, k = block_octets(v, &b);
    memcpy(p, head, n);
    n += put_option(p + n, 4, etag, (uint32_t)strlen(etag));
    n += put_option(p + n, option - 4, v, k);
    n += put_payload(p + n, &b);
    assert_true(rig_parse(r, S, (struct tt_bytes){p, n}));
}

static void body_is(const struct rig *r, uint32_t octets, uint32_t blocks, uint32_t fill)
{
    char text[16];
    snprintf(text, sizeof text, "%u", octets);
    IS(r, "*.body_length", text);
    snprintf(text, sizeof text, "%u", blocks);
    IS(r, "*.body_blocks", text);
    ODD(r, "");
    const struct tt_value *v = &r->m.values[r->m.payload];
    uint32_t kept = octets < 8192 ? octets : 8192;
    IS(r, "*.body_truncated", kept < octets ? "1" : "(none)");
    assert_int_equal(v->n, kept);
    for (uint32_t i = 0; i < kept; i++) {
        assert_int_equal(v->p[i], fill_at(fill, i));
    }
    assert_true(r->m.outside && r->m.stream >= 0);
}

static void not_yet(const struct rig *r)
{
    IS(r, "*.body_length", "(none)");
    ODD(r, "");
    assert_int_equal(r->m.payload, -1);
    assert_int_equal(r->m.stream, -1);
    assert_string_not_equal(rig_text(r, "*.payload"), "(none)"); /* its own octets are shown */
}

/* Figure 2: GET /status, two blocks of 128 and one of 50; figure 4 with late negotiation: the first
 * block has 128 octets, the client wants 64 from then on. */
static void a_response(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    download(r, 23, (struct piece){0, 128, 0, true, 3}, "e");
    not_yet(r);
    download(r, 23, (struct piece){1, 128, 0, true, 3}, "e");
    not_yet(r);
    download(r, 23, (struct piece){2, 50, 0, false, 3}, "e");
    body_is(r, 306, 3, 0);
    download(r, 23, (struct piece){0, 128, 1, true, 3}, "f");
    for (uint32_t num = 2; num < 5; num++) {
        download(r, 23, (struct piece){num, 64, 1, true, 2}, "f");
        not_yet(r);
    }
    download(r, 23, (struct piece){5, 42, 1, false, 2}, "f");
    body_is(r, 362, 5, 1);
    /* what is no longer in blocks */
    download(r, 23, (struct piece){0, 64, 1, false, 2}, "f");
    IS(r, "*.body_length", "64");
    assert_true(r->m.payload >= 0 && r->m.stream >= 0);
    rig_free(r);
}

/* Figures 7 and 8: PUT in blocks of 128; the server wants 32 after the first. */
static void a_request(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    upload(r, 27, (struct piece){0, 128, 0, true, 3}, NULL);
    not_yet(r);
    upload(r, 27, (struct piece){1, 128, 0, true, 3}, NULL);
    not_yet(r);
    upload(r, 27, (struct piece){2, 60, 0, false, 3}, NULL);
    body_is(r, 316, 3, 0);
    upload(r, 27, (struct piece){0, 128, 2, true, 3}, NULL);
    for (uint32_t num = 4; num < 7; num++) {
        upload(r, 27, (struct piece){num, 32, 2, true, 1}, NULL);
        not_yet(r);
    }
    upload(r, 27, (struct piece){7, 12, 2, false, 1}, NULL);
    body_is(r, 128 + 3 * 32 + 12, 5, 2);
    rig_free(r);
}

/* Beyond what is kept: the head, and the length of all of it. */
static void a_firmware(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    for (uint32_t num = 0; num < 1023; num++) {
        upload(r, 27, (struct piece){num, 1024, 0, true, 6}, NULL);
        not_yet(r);
    }
    upload(r, 27, (struct piece){1023, 1000, 0, false, 6}, NULL);
    body_is(r, 1023 * 1024 + 1000, 1024, 0);
    rig_free(r);
}

/* Request-Tag tells two bodies apart that come at the same time (RFC 9175 3). */
static void two_at_a_time(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    upload(r, 27, (struct piece){0, 16, 3, true, 0}, "A");
    upload(r, 27, (struct piece){0, 16, 8, true, 0}, "B");
    upload(r, 27, (struct piece){1, 5, 8, false, 0}, "B");
    body_is(r, 21, 2, 8);
    upload(r, 27, (struct piece){1, 7, 3, false, 0}, "A");
    body_is(r, 23, 2, 3);
    rig_free(r);
}

/* RFC 9177: the order does not matter, and what was lost comes last. */
static void any_order(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    static const uint32_t order[] = {0, 3, 1, 4};
    for (unsigned i = 0; i < 4; i++) {
        upload(r, 19, (struct piece){order[i], 32, 5, order[i] != 4, 1}, "t");
        not_yet(r);
    }
    upload(r, 19, (struct piece){2, 32, 5, true, 1}, "t");
    body_is(r, 160, 5, 5);
    download(r, 31, (struct piece){1, 9, 6, false, 1}, "g");
    not_yet(r);
    download(r, 31, (struct piece){0, 32, 6, true, 1}, "g");
    body_is(r, 41, 2, 6);
    rig_free(r);
}

/* RFC 8323, 4.2: blocks of several times 1024 octets over TCP. */
static void large_blocks_over_tcp(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_TCP);
    static uint8_t p[8000];
    GOES(r, C, "40 e1 42 0480 40"); /* CSM */
    static const struct piece pieces[] = {{0, 4096, 4, true, 7}, {4, 1000, 4, false, 7}};
    for (unsigned i = 0; i < 2; i++) {
        uint8_t v[3];
        uint32_t n = 8;
        n += put_option(p + n, 11, "u", 1);
        n += put_option(p + n, 16, v, block_octets(v, &pieces[i]));
        n += put_payload(p + n, &pieces[i]);
        uint32_t length = n - 8 - 269;
        const uint8_t head[] = {0xe1, (uint8_t)(length >> 8), (uint8_t)length, 3,
                                (uint8_t)(65 + i)};
        memcpy(p + 3, head, sizeof head);
        assert_true(rig_parse(r, C, (struct tt_bytes){p + 3, n - 3}));
        ODD(r, i ? "" : "message_size"); /* over 1152, and no CSM of the server allows it */
    }
    IS(r, "*.body_length", "5096");
    assert_int_equal(r->m.values[r->m.payload].n, 5096);
    rig_free(r);
}

static void what_contradicts_itself(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    upload(r, 27, (struct piece){0, 64, 0, true, 2}, NULL);
    upload(r, 27, (struct piece){1, 64, 0, true, 2}, NULL);
    upload(r, 27, (struct piece){1, 64, 0, true, 2}, NULL); /* again, the same octets: no harm */
    ODD(r, "");
    upload(r, 27, (struct piece){1, 64, 9, true, 2}, NULL);
    ODD(r, "block_conflict");
    upload(r, 27, (struct piece){0, 64, 0, true, 2}, NULL);
    upload(r, 27, (struct piece){2, 64, 0, true, 2}, NULL);
    ODD(r, "block_order");
    upload(r, 27, (struct piece){3, 64, 0, true, 2}, NULL);
    ODD(r, ""); /* it was given up */
    upload(r, 27, (struct piece){0, 64, 0, true, 2}, NULL);
    upload(r, 27, (struct piece){1, 64, 0, true, 2}, NULL);
    upload(r, 27, (struct piece){1, 128, 0, true, 3}, NULL);
    ODD(r, "block_grows");
    upload(r, 27, (struct piece){0, 60, 0, true, 2}, NULL);
    ODD(r, "block_length");
    download(r, 23, (struct piece){0, 64, 0, true, 2}, "e");
    download(r, 23, (struct piece){1, 64, 0, true, 2}, "f");
    ODD(r, "etag_changes");
    rig_free(r);
}

/* Size1 (option 60): 100 octets are announced, then 200, and 80 come. */
static void lies_about_the_size(void **state)
{
    (void)state;
    struct rig *r = rig_new(TT_UDP);
    char text[300];
    static const char *const blocks[] = {"4003 0001 b1 'u' d1 03 0a d1 14 64 ff '",
                                         "4003 0002 b1 'u' d1 03 12 d1 14 c8 ff '"};
    for (unsigned i = 0; i < 2; i++) {
        int n = snprintf(text, sizeof text, "%s", blocks[i]);
        memset(text + n, 'x', i ? 16 : 64);
        strcpy(text + n + (i ? 16 : 64), "'");
        GOES(r, C, text);
        ODD(r, i ? "size_changes,body_size" : "");
    }
    rig_free(r);
}

/* Three places in all: a fourth body takes the oldest one's. */
static void the_oldest_gives_way(void **state)
{
    (void)state;
    struct rig *r[4];
    for (unsigned i = 0; i < 4; i++) {
        r[i] = rig_new(TT_UDP);
        r[i]->m.more = &r[0]->more;
        upload(r[i], 27, (struct piece){0, 16, i, true, 0}, NULL);
    }
    assert_int_equal(r[0]->givenup, 1);
    upload(r[0], 27, (struct piece){1, 4, 0, false, 0}, NULL);
    IS(r[0], "*.body_length", "20");
    ODD(r[0], "body_not_kept");
    for (unsigned i = 1; i < 4; i++) {
        upload(r[i], 27, (struct piece){1, 4, i, false, 0}, NULL);
        body_is(r[i], 20, 2, i);
    }
    assert_int_equal(r[0]->givenup, 1);
    for (unsigned i = 4; i-- > 0;) {
        rig_free(r[i]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_response),
        cmocka_unit_test(a_request),
        cmocka_unit_test(a_firmware),
        cmocka_unit_test(two_at_a_time),
        cmocka_unit_test(any_order),
        cmocka_unit_test(large_blocks_over_tcp),
        cmocka_unit_test(what_contradicts_itself),
        cmocka_unit_test(lies_about_the_size),
        cmocka_unit_test(the_oldest_gives_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
