/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The sieve before the search: it must never hide a literal, wherever that stands, and must let
 * ordinary messages go. What is expected is where the test itself put the literals.
 */
#define RIG_FAKE
#include "rules/compiled.h"
#include "unit/rules/rig.h"

static const struct sieve *sieve_of(const struct rig *r, unsigned kind)
{
    const struct prefilter *s = r->set->protocols[0].bench[TT_TO_SERVER].searches[kind];
    return s ? s->sieve : NULL;
}

#define RULE(sid, options) "alert fake any any -> any any (msg:\"r\"; " options " sid:" #sid ";)\n"

/* Every literal at each of 40 places, whole and without its last octet. */
static void any_place(void **state)
{
    (void)state;
    struct rig r;
    static const char *const literals[] = {"wipe/key", "\"status\":\"alarm\"", "FirmWare/9",
                                           "abcdef", "zzzzzzzzzzzz"};
    rig_open(&r, RULE(1, "fake.body; content:\"wipe/key\";")
                     RULE(2, "fake.body; content:\"|22|status|22 3a 22|alarm|22|\";")
                         RULE(3, "fake.body; content:\"firmware/9\"; nocase;")
                             RULE(4, "fake.body; content:\"abcdef\";")
                                 RULE(5, "fake.body; content:\"zzzzzzzzzzzz\";"));
    assert_non_null(sieve_of(&r, FAKE_NOTE));
    assert_null(sieve_of(&r, FAKE_ACK));
    for (unsigned i = 0; i < 5; i++) {
        for (unsigned before = 0; before < 40; before++) {
            for (unsigned after = 0; after < 9; after++) {
                char body[128], expected[8];
                snprintf(body, sizeof body, "%.*s%s%.*s", (int)before,
                         "{\"seq\":12,\"state\":\"open\",\"value\":17.25,\"n\":", literals[i],
                         (int)after, ",\"ok\":1}");
                snprintf(expected, sizeof expected, "%u", i + 1);
                assert_string_equal(rig_note(&r, "t/1", body), expected);
                body[before + strlen(literals[i]) - 1] = '~';
                assert_string_equal(rig_note(&r, "t/1", body), "");
            }
        }
    }
    rig_close(&r);
}

/* Ordinary messages do not get through, though one literal shares words with them. */
static void ordinary(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, RULE(1, "fake.body; content:\"|22|status|22 3a 22|alarm|22|\";")
                     RULE(2, "fake.body; content:\"override/relay\";"));
    static const char *const texts[] = {
        "{\"seq\":412,\"temperature\":{\"value\":21.4,\"unit\":\"C\"},\"status\":\"ok\"}",
        "{\"v\":231.4,\"kwh\":4107.331,\"status\":\"ok\"}",
        "status",
        "\"status\":\"",
        "",
        "ala"};
    for (unsigned i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct tt_bytes b = {(const uint8_t *)texts[i], (uint32_t)strlen(texts[i])};
        assert_false(sieve_lets(sieve_of(&r, FAKE_NOTE), b));
    }
    struct tt_bytes alarm = {(const uint8_t *)"x\"status\":\"alarm\"", 17};
    assert_true(sieve_lets(sieve_of(&r, FAKE_NOTE), alarm));
    rig_close(&r);
}

/* Short literals, and hundreds, have none, and are found. */
static void without(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, RULE(1, "fake.body; content:\"abcde\";")
                     RULE(2, "fake.note.topic; content:\"longer one\";"));
    assert_null(sieve_of(&r, FAKE_NOTE));
    assert_string_equal(rig_note(&r, "a longer one", "xabcde"), "1,2");
    assert_null(r.set->protocols[0].bench[TT_TO_SERVER].searches[FAKE_ACK]);
    rig_close(&r);
    static char rules[300 * 96];
    size_t n = 0;
    for (unsigned i = 0; i < 300; i++) {
        n += (size_t)snprintf(rules + n, sizeof rules - n,
                              "alert fake any any -> any any (fake.body; content:\"literal-%03u\"; "
                              "sid:%u;)\n",
                              i, i + 1);
    }
    rig_open(&r, rules);
    assert_null(sieve_of(&r, FAKE_NOTE));
    assert_string_equal(rig_note(&r, "t", "is literal-299"), "300");
    rig_close(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_place),
        cmocka_unit_test(ordinary),
        cmocka_unit_test(without),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
