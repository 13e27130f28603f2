/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Reading rules: exact places and hints of errors, what rests instead of being refused, lines,
 * duplicates, what a writer gets. The grammar is Suricata's (user guide, "Rules Format");
 * places are counted by hand.
 */
#define RIG_FAKE
#include "unit/rules/rig.h"

#define HEAD "alert fake any any -> any any "

/* One bad rule, one report, exactly this. A good rule beside it still loads. */
static void expect(const char *rule, const char *report)
{
    struct rig r;
    static char text[16384];
    snprintf(text, sizeof text, "%s\n" HEAD "(msg:\"good\"; sid:99;)\n", rule);
    rig_open(&r, text);
    assert_string_equal(r.reports, report);
    struct tt_ruleset_counts c = tt_ruleset_counts(r.set);
    assert_int_equal(c.loaded, report[0] == 'R' ? 1 : 2);
    assert_int_equal(c.rejected, report[0] == 'R');
    assert_int_equal(c.not_evaluated, report[0] == 'I');
    rig_close(&r);
}

static void unknown_names(void **state)
{
    (void)state;
    expect(HEAD "(fake.note.topik; content:\"a\"; sid:1;)",
           "R 1:32 unknown keyword \"fake.note.topik\" (did you mean \"fake.note.topic\"?)\n");
    expect(HEAD "(fake.note.topic; conten:\"a\"; sid:1;)",
           "R 1:49 unknown keyword \"conten\" (did you mean \"content\"?)\n");
    expect("alert fakke any any -> any any (sid:1;)",
           "R 1:7 unknown protocol \"fakke\" (did you mean \"fake\"?)\n");
    expect("alret fake any any -> any any (sid:1;)",
           "R 1:1 unknown action \"alret\" (did you mean \"alert\"?)\n");
    expect(HEAD "(fake.type:NOTTE; sid:1;)",
           "R 1:42 \"NOTTE\" is not a value of fake.type (did you mean \"NOTE\"?)\n");
    expect(HEAD "(app-layer-event:fake.too_lowd; sid:1;)",
           "R 1:48 unknown event \"fake.too_lowd\" (did you mean \"fake.too_loud\"?)\n");
    expect(HEAD "(classtype:misc-atack; sid:1;)",
           "R 1:42 unknown classtype \"misc-atack\" (did you mean \"misc-attack\"?)\n");
    expect("alert fake $HOME_NETT any -> any any (sid:1;)",
           "R 1:12 undefined variable $HOME_NETT (define it under vars.address-groups)\n");
}

static void bad_values(void **state)
{
    (void)state;
    expect(HEAD "(content:\"a|0g|\"; sid:1;)", "R 1:44 'g' is not a hexadecimal digit\n");
    expect(HEAD "(content:\"a|0|\"; sid:1;)", "R 1:44 odd number of hexadecimal digits\n");
    expect(HEAD "(content:\"a|00\"; sid:1;)", "R 1:42 hexadecimal part without '|' at its end\n");
    expect(HEAD "(content:abc; sid:1;)",
           "R 1:40 content is not in quotes (content:\"text |0d 0a|\";)\n");
    expect(HEAD "(nocase; content:\"a\"; sid:1;)", "R 1:32 nocase without a content before it\n");
    expect(HEAD "(content:\"abcd\"; depth:3; sid:1;)",
           "R 1:54 depth 3 is shorter than its content of 4 octets: never matches (at least 4)\n");
    expect(HEAD "(fake.size:abc; sid:1;)",
           "R 1:42 \"abc\" is not a number condition (write N, !N, >N, >=N, <N, <=N, a-b or "
           "&mask=value, up to 18446744073709551615)\n");
    expect(HEAD "(fake.size:6-5; sid:1;)",
           "R 1:42 \"6-5\" is not a number condition (write N, !N, >N, >=N, <N, <=N, a-b or "
           "&mask=value, up to 18446744073709551615)\n");
    expect(HEAD "(pcre:\"/a(b/\"; sid:1;)",
           "R 1:42 expression refused: missing closing parenthesis\n");
    expect(HEAD "(fake.note.topic; sid:1;)",
           "R 1:1 fake.note.topic is a buffer: a content or another test must follow it "
           "(fake.note.topic; content:\"…\";)\n");
    expect("alert fake 10.0.0.256 any -> any any (sid:1;)",
           "R 1:12 \"10.0.0.256\" is not an address or network\n");
    expect("alert fake any 70000 -> any any (sid:1;)",
           "R 1:16 \"70000\" is not a port or range of ports\n");
    expect("alert fake !any any -> any any (sid:1;)", "R 1:12 \"!any\" matches no address\n");
    expect("alert fake $LOOP any -> any any (sid:1;)",
           "R 1:12 lists or variables nested deeper than 16\n");
    expect("alert udp any any -> any any (threshold:type limit, track by_scr, count 1, seconds 1; "
           "sid:1;)",
           "R 1:59 unknown track \"by_scr\" (write by_src, by_dst, by_both, by_rule or by_flow)\n");
}

static void bad_shapes(void **state)
{
    (void)state;
    expect(HEAD "(msg:\"a\")",
           "R 1:32 option without ';' at its end (end every option with ';')\n");
    expect(HEAD, "R 1:30 rule without options (write the options in ( ) after the header)\n");
    expect(HEAD "(sid:1;", "R 1:38 rule without ')' at its end (end the rule with ;))\n");
    expect("alert fake any any -> any (sid:1;)",
           "R 1:26 header without destination port (action protocol address port -> address port "
           "(options))\n");
    expect("alert fake any any >> any any (sid:1;)",
           "R 1:20 \">>\" is not a direction (write ->, <> or =>)\n");
    expect(HEAD "(msg:\"no sid\";)",
           "R 1:1 rule without sid (add sid:N; with a number of your own, 1000000 to 1999999)\n");
    /* the place of an error on a joined line is that of the physical line */
    expect(HEAD "(msg:\"a\"; \\\n    content:\"x\"; \\\n  nocas; sid:1;)",
           "R 3:3 unknown keyword \"nocas\" (did you mean \"nocase\"?)\n");
    expect("  " HEAD "(sid:1;)",
           "R 1:1 line begins with a blank: skipped, as Suricata does (remove the "
           "blanks before \"alert \")\n");
    static char rule[9000];
    memset(rule, 'x', sizeof rule);
    rule[8999] = 0;
    expect(rule, "R 1:1 rule longer than 8192 octets\n");
}

static void rests(void **state)
{
    (void)state;
    expect("alert http any any -> any any (http.uri; content:\"/x\"; endswith; sid:1;)",
           "I 1:7 protocol http is not evaluated: needs http\n");
    expect("alert tcp any any -> any any (content:\"a\"; http_uri; nocase; sid:1;)",
           "I 1:44 http_uri is not evaluated: needs http\n");
    expect("alert tcp any any -> any any (content:\"a\"; flowbits:isset,x; sid:1;)",
           "I 1:44 flowbits:isset is not evaluated\n");
    expect("alert icmp any any -> any any (itype:8; sid:1;)",
           "I 1:32 itype is not evaluated: needs icmp header\n");
    expect("alert icmp any any -> any any (content:\"a\"; sid:1;)",
           "I 1:7 content of icmp is not evaluated\n");
    expect(HEAD "(requires: feature output::eve, version >= 8; sid:1;)",
           "I 1:42 requires feature output::eve\n");
}

/* ';' splits whatever the quotes say, unless '\' stands before it: public rules need that. */
static void split(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, HEAD
             "(msg:\"semi\\; colon\\: \\\"q\\\"\"; fake.body; pcre:\"/a\\x22b\"c\\;/\"; sid:1;)\n"
             "# comment\n\n" HEAD
             "(msg:\"crlf\"; fake.body; content:\"a\\;b\\\\c\\\"\"; sid:2;)\r\n");
    assert_string_equal(r.reports, "");
    assert_string_equal(tt_ruleset_rule(r.set, 0)->msg, "semi; colon: \"q\"");
    assert_string_equal(rig_note(&r, "t", "a\"b\"c;"), "1");
    assert_string_equal(rig_note(&r, "t", "a;b\\c\""), "2");
    rig_close(&r);
}

static void duplicates(void **state)
{
    (void)state;
    struct rig r;
    rig_open(&r, HEAD "(msg:\"one\"; sid:1; rev:1;)\n" HEAD "(msg:\"three\"; sid:1; rev:3;)\n" HEAD
                      "(msg:\"again\"; sid:1; rev:3;)\n" HEAD "(msg:\"old\"; sid:1; rev:2;)\n" HEAD
                      "(msg:\"other\"; gid:2; sid:1; rev:1;)\n");
    struct tt_ruleset_counts c = tt_ruleset_counts(r.set);
    assert_int_equal(c.loaded, 2);
    assert_int_equal(c.rejected, 2);
    assert_string_equal(tt_ruleset_rule(r.set, 0)->msg, "three");
    assert_string_equal(tt_ruleset_rule(r.set, 1)->msg, "other");
    assert_null(tt_ruleset_rule(r.set, 2));
    assert_non_null(strstr(r.reports, "R 3:1 duplicate of sid 1, revision 3 at "));
    assert_non_null(strstr(r.reports, "R 4:1 duplicate of sid 1, revision 3 at "));
    rig_close(&r);
}

static void meaning(void **state)
{
    (void)state;
    struct rig r;
    rig_open(
        &r, "drop fake any any -> any any (msg:\"m\"; classtype:misc-attack; reference:cve,2020-1; "
            "reference:url,example.org/a; metadata:a b, signature_severity Major, a c d; "
            "target:dest_ip; "
            "threshold: type both, track by_dst, count 5, seconds 60; rev:7; gid:3; sid:42;)\n");
    assert_string_equal(r.reports, "");
    const struct tt_rule *x = tt_ruleset_rule(r.set, 0);
    assert_int_equal(x->gid, 3);
    assert_int_equal(x->sid, 42);
    assert_int_equal(x->rev, 7);
    assert_int_equal(x->action, TT_ACTION_DROP);
    assert_int_equal(x->priority, 2);
    assert_int_equal(x->severity, TT_HIGH);
    assert_string_equal(x->classtype, "misc-attack");
    assert_string_equal(x->category, "Misc Attack");
    assert_string_equal(x->references[0].key, "cve");
    assert_string_equal(x->references[1].value, "https://example.org/a");
    assert_null(x->references[2].key);
    assert_string_equal(x->metadata[0].key, "a");
    assert_string_equal(x->metadata[2].value, "c d");
    assert_null(x->metadata[3].key);
    assert_string_equal(x->target, "dest_ip");
    assert_int_equal(x->threshold.type, TT_THRESHOLD_BOTH);
    assert_int_equal(x->threshold.track, TT_TRACK_DST);
    assert_int_equal(x->threshold.count, 5);
    assert_int_equal(x->threshold.seconds, 60);
    assert_int_equal(x->line, 1);
    rig_close(&r);
}

/* siem.md 0: priority 1 high, 2 medium, 3 low, 4 and more info; metadata wins,
 * Minor follows the priority. */
static void severities(void **state)
{
    (void)state;
    static const struct {
        const char *options;
        enum tt_severity severity;
    } rows[] = {{"priority:1;", TT_HIGH},
                {"priority:2;", TT_MEDIUM},
                {"priority:3;", TT_LOW},
                {"priority:4;", TT_INFO},
                {"", TT_LOW},
                {"classtype:trojan-activity;", TT_HIGH},
                {"priority:3; metadata:signature_severity Critical;", TT_CRITICAL},
                {"priority:2; metadata:signature_severity Minor;", TT_MEDIUM},
                {"priority:3; metadata:signature_severity Minor;", TT_LOW},
                {"classtype:trojan-activity; metadata:signature_severity Informational;", TT_INFO}};
    for (unsigned i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rig r;
        char text[256];
        snprintf(text, sizeof text, HEAD "(%s sid:1;)\n", rows[i].options);
        rig_open(&r, text);
        assert_int_equal(tt_ruleset_rule(r.set, 0)->severity, rows[i].severity);
        rig_close(&r);
    }
}

static void files(void **state)
{
    (void)state;
    struct tt_error e;
    const char *none[] = {"/nonexistent/x.rules", NULL};
    struct tt_rules_options o = {.files = none};
    assert_null(tt_ruleset_new(&o, &e));
    assert_string_equal(e.file, "/nonexistent/x.rules");
    assert_non_null(strstr(e.what, "No such file"));

    char folder[] = "/tmp/tt-folder-XXXXXX", path[64];
    assert_non_null(mkdtemp(folder));
    static const char *const names[] = {"b.rules", "a.rules", "readme.txt"};
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        FILE *f = fopen(path, "w");
        fprintf(f, HEAD "(sid:%u;)\n", i + 1);
        fclose(f);
    }
    const char *one[] = {folder, NULL};
    o.files = one;
    struct tt_ruleset *set = tt_ruleset_new(&o, &e);
    assert_non_null(set);
    assert_int_equal(tt_ruleset_counts(set).files, 2);
    assert_int_equal(tt_ruleset_counts(set).loaded, 2);
    tt_ruleset_free(set);
    for (unsigned i = 0; i < 3; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        unlink(path);
    }
    rmdir(folder);
}

/* Groups that public rules use. */
static const char *common_variable(void *ctx, const char *name, bool port)
{
    (void)ctx;
    if (port) {
        return strcmp(name, "HTTP_PORTS") == 0        ? "80"
               : strcmp(name, "SHELLCODE_PORTS") == 0 ? "!80"
                                                      : "any";
    }
    return strcmp(name, "HOME_NET") == 0       ? "[192.168.0.0/16,10.0.0.0/8,172.16.0.0/12]"
           : strcmp(name, "EXTERNAL_NET") == 0 ? "!$HOME_NET"
                                               : "$HOME_NET";
}

/* Every file of the public corpus, when it is there: no keyword and no shape of it is unknown. */
static void corpus(void **state)
{
    (void)state;
    const char *folder = "../shared/rules-corpus/et-open-suricata5-2024-04-21";
    if (access(folder, R_OK) != 0) {
        print_message("skipped: %s is not there\n", folder);
        skip();
    }
    struct tt_error e;
    const char *paths[] = {folder, NULL};
    struct tt_rules_options o = {.files = paths, .variable = common_variable};
    struct tt_ruleset *set = tt_ruleset_new(&o, &e);
    assert_non_null(set);
    struct tt_ruleset_counts c = tt_ruleset_counts(set);
    assert_int_equal(c.files, 41);
    assert_int_equal(c.loaded, 23635); /* enabled ones, by the corpus' own count */
    assert_int_equal(c.rejected, 0);
    assert_in_range(c.not_evaluated, 20000, 22000); /* http, dns, tls… */
    tt_ruleset_free(set);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(unknown_names), cmocka_unit_test(bad_values), cmocka_unit_test(bad_shapes),
        cmocka_unit_test(rests),         cmocka_unit_test(split),      cmocka_unit_test(duplicates),
        cmocka_unit_test(meaning),       cmocka_unit_test(severities), cmocka_unit_test(files),
        cmocka_unit_test(corpus),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
