/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The source as a whole: the message for each thing that can be wrong with an input, folders, the
 * order of several files, the filter, the clock.
 */
#include "unit/capture/build.h"

#include "decode/decode.h"

#include <sys/wait.h>

/* UDP 192.0.2.1:1000 -> 192.0.2.2:<port> in Ethernet, enough for a filter. */
static struct octets udp_frame(uint16_t port)
{
    struct octets o = {.big = true};
    put(&o, "\2\0\0\0\0\1\2\0\0\0\0\2\x08\0", 14);
    put(&o, "\x45\0\0\x20\0\0\0\0\x40\x11\0\0\xc0\0\2\1\xc0\0\2\2", 20);
    put16(&o, 1000);
    put16(&o, port);
    put16(&o, 12);
    put16(&o, 0);
    put(&o, "abcd", 4);
    return o;
}

static char *capture(const char *name, uint32_t second, uint32_t packets, uint32_t link_type)
{
    struct octets o = {0};
    put_pcap_header(&o, 0xa1b2c3d4, 65535, link_type);
    for (uint32_t i = 0; i < packets; i++) {
        struct octets f = udp_frame((uint16_t)(2000 + i % 2));
        put_record(&o, second, i % 1000000, (uint32_t)f.n, f.p, (uint32_t)f.n);
        free(f.p);
    }
    char *path = write_file(name, o.p, o.n);
    free(o.p);
    return path;
}

/* The path must not open, with these words. */
static void refused(const char *path, const char *bpf, const char *what, const char *fix)
{
    struct tt_error e;
    struct tt_source *s = open_path(&e, bpf, path);
    assert_null(s);
    if (!strstr(e.what, what) || !strstr(e.fix, fix)) {
        print_error("%s: %s (%s)\n", path, e.what, e.fix);
    }
    assert_non_null(strstr(e.what, what));
    assert_non_null(strstr(e.fix, fix));
    if (!bpf) {
        assert_string_equal(e.file, path);
    }
}

static void refused_octets(const void *p, size_t n, const char *what, const char *fix)
{
    char *path = write_file("input", p, n);
    refused(path, NULL, what, fix);
    free(path);
}

static void missing_file(void **state)
{
    (void)state;
    refused("/tmp/there is no such file.pcap", NULL, "no such file", "check the path");
}

static void no_permission(void **state)
{
    (void)state;
    char *path = capture("secret.pcap", 1, 1, 1);
    assert_int_equal(chmod(path, 0), 0);
    assert_int_equal(chmod(folder(), 0755), 0);
    pid_t child = fork();
    if (child == 0) { /* root may read everything */
        struct tt_error e;
        if (geteuid() == 0 && seteuid(65534) != 0) {
            _exit(0);
        }
        _exit(!open_path(&e, NULL, path) && strstr(e.what, "no permission") ? 0 : 1);
    }
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
    unlink(path);
    free(path);
}

static void foreign_files(void **state)
{
    (void)state;
    refused_octets("", 0, "file is empty (0 octets)", "stopped");
    refused_octets("hello, world\n", 13, "it is text", "pcap");
    refused_octets("{\"a\": 1}", 8, "text (JSON)", "pcap");
    refused_octets("\x7f"
                   "ELF\2\1\1\0\0\0\0\0\0\0\0\0\3\0\x3e\0\1\0\0\0",
                   24, "an ELF program", "pcap");
    refused_octets("BZh91AY", 7, "compressed with bzip2", "bzip2 -d");
    refused_octets("PK\3\4\0\0\0\0\0\0", 10, "a ZIP archive", "unzip");
    refused_octets("\1\2\3\4\5\6\7\10\11\12\13\14\15\16\17\20\21\22\23\24\25\26\27\30", 24,
                   "its first octets are 01 02 03 04 05 06 07 08", "pcap");
    refused_octets("\xd4\xc3\xb2\xa1\2\0\4\0", 8, "file ends inside the pcap header: 8 of 24", "");
    refused_octets("\xd4\xc3\xb2\xa1\2\0\7\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0", 24, "2.7", "");
    char *path = write_gzip("text.gz", "some text in here", 17);
    refused(path, NULL, "it is text (inside gzip)", "pcap");
    free(path);
    path = write_gzip("empty.gz", "", 0);
    refused(path, NULL, "file is empty", "");
    free(path);
}

static void unsupported_link_types_are_named(void **state)
{
    (void)state;
    char *path = capture("wlan.pcap", 1, 1, 105);
    refused(path, NULL, "link type 105 (IEEE802_11: 802.11) is not supported", "Ethernet");
    free(path);
    path = capture("unknown.pcap", 1, 1, 60000);
    refused(path, NULL, "link type 60000 is not supported", "Ethernet");
    free(path);
}

static void link_types_are_those_of_decode(void **state)
{
    (void)state;
    for (uint32_t link = 0; link < 400; link++) {
        char *path = capture("link.pcap", 1, 1, link);
        struct tt_error e;
        struct tt_source *s = open_path(&e, NULL, path);
        assert_int_equal(s != NULL, tt_link_type_name(link) != NULL);
        tt_source_close(s);
        free(path);
    }
}

static void interfaces_of_other_link_types(void **state)
{
    (void)state;
    struct octets o = {0};
    put_section(&o);
    put_interface(&o, 105, 0, -1, 0);
    put_enhanced(&o, 0, 1000000, 4, "abcd", 4);
    char *path = write_file("wlan.pcapng", o.p, o.n);
    refused(path, NULL, "link type 105", "Ethernet");
    free(path);
    put_interface(&o, 1, 0, -1, 0);
    put_enhanced(&o, 1, 2000000, 4, "abcd", 4);
    path = write_file("both.pcapng", o.p, o.n);
    struct all_seen a = read_path(path, NULL);
    assert_int_equal(a.n, 2);
    assert_int_equal(a.row[0].link_type, 105);
    assert_int_equal(a.row[1].link_type, 1);
    free_seen(&a);
    free(path);
    free(o.p);
}

static void bad_filter(void **state)
{
    (void)state;
    char *path = capture("a.pcap", 1, 1, 1);
    refused(path, "tcp prot 80",
            "packet filter 'tcp prot 80': can't parse filter expression: syntax error",
            "pcap-filter");
    refused(path, "wlan type mgt", "packet filter 'wlan type mgt'", "pcap-filter");
    free(path);
}

/* Numbers count what the filter rejects too, as tshark's frame numbers do. */
static void filter_keeps_the_numbers(void **state)
{
    (void)state;
    char *path = capture("a.pcap", 1, 1501, 1);
    struct tt_error e;
    struct tt_source *s = open_path(&e, "udp dst port 2001", path);
    assert_non_null(s);
    struct all_seen a = read_all(s);
    assert_int_equal(a.n, 750);
    for (uint32_t i = 0; i < 750; i++) {
        assert_int_equal(a.row[i].number, 2 * i + 2);
        assert_int_equal(a.row[i].count, 2 * i + 2);
    }
    uint32_t n;
    assert_int_equal(tt_source_inputs(s, &n)[0].packets, 1501);
    free_seen(&a);
    tt_source_close(s);
    s = open_path(&e, "tcp", path);
    assert_non_null(s);
    a = read_all(s);
    assert_int_equal(a.n, 0);
    tt_source_close(s);
    free_seen(&a);
    free(path);
}

static void several_files_in_order_of_their_first_packet(void **state)
{
    (void)state;
    char *late = capture("1.pcap", 300, 2, 1), *early = capture("2.pcap", 100, 3, 1),
         *none = capture("3.pcap", 0, 0, 1);
    char *text = write_file("4.txt", "hello", 5);
    const char *paths[] = {text, late, none, early, "/tmp/not there", NULL};
    struct tt_error e;
    struct tt_source *s = open_paths(&e, NULL, paths);
    assert_non_null(s);
    /* The files cover 2 µs and 1 µs: 30 % are over after 0.9 µs of the first, 90 %
     * after 0.7 µs of the second. */
    int64_t until = 0;
    assert_true(tt_source_share(s, 30, &until));
    assert_int_equal(until, 100000000900);
    assert_true(tt_source_share(s, 90, &until));
    assert_int_equal(until, 300000000700);
    struct all_seen a = read_all(s);
    assert_int_equal(a.n, 5);
    const uint32_t counts[] = {1, 2, 3, 1, 2};
    for (uint32_t i = 0; i < 5; i++) {
        assert_int_equal(a.row[i].number, i + 1);
        assert_int_equal(a.row[i].count, counts[i]);
        assert_int_equal(a.row[i].input, i < 3 ? 0 : 1);
        assert_int_equal(a.row[i].time / 1000000000, i < 3 ? 100 : 300);
    }
    uint32_t n;
    const struct tt_input *in = tt_source_inputs(s, &n);
    assert_int_equal(n, 5);
    assert_string_equal(in[0].name, early);
    assert_string_equal(in[1].name, late);
    assert_string_equal(in[2].name, none);
    assert_true(in[2].opened);
    assert_int_equal(in[1].first, 300000000000);
    assert_string_equal(in[3].name, text);
    assert_false(in[3].opened);
    assert_non_null(strstr(in[3].error.what, "text"));
    assert_non_null(strstr(in[4].error.what, "no such file"));
    free_seen(&a);
    tt_source_close(s);
    const char *bad[] = {text, "/tmp/not there", NULL};
    assert_null(open_paths(&e, NULL, bad));
    assert_non_null(strstr(e.what, "none of 2 inputs can be read"));
    free(late);
    free(early);
    free(none);
    free(text);
}

static void folders(void **state)
{
    (void)state;
    char *path = file_path("inner"), *deeper = file_path("inner/deeper");
    assert_int_equal(mkdir(path, 0755), 0);
    refused(path, NULL, "folder holds no file", "");
    assert_int_equal(mkdir(deeper, 0755), 0);
    char *text = write_file("inner/readme.txt", "hello", 5), *b = capture("inner/b.pcap", 7, 1, 1);
    unlink(b);
    refused(path, NULL, "folder holds no capture: 1 files, the first", "pcap");
    free(b);
    b = capture("inner/b.pcap", 7, 1, 1);
    char *a = capture("inner/a.pcap", 7, 1, 1);
    struct tt_error e;
    struct tt_source *s = open_path(&e, NULL, path);
    assert_non_null(s);
    uint32_t n;
    const struct tt_input *in = tt_source_inputs(s, &n);
    assert_int_equal(n, 3);
    assert_string_equal(in[0].name, a); /* same time: by name */
    assert_string_equal(in[1].name, b);
    assert_non_null(strstr(in[2].error.what, "text"));
    struct all_seen all = read_all(s);
    assert_int_equal(all.n, 2);
    free_seen(&all);
    tt_source_close(s);
    free(a);
    free(b);
    free(text);
    free(deeper);
    free(path);
}

/* The clock is the running maximum: it ticks at the first packet and whenever its second
 * grows, once for any jump. */
static void ticks(void **state)
{
    (void)state;
    static const uint32_t seconds[] = {0, 0, 5, 3, 5, 6, 4294967295u, 0, 7, 4294967295u};
    struct octets o = {0};
    put_pcap_header(&o, 0xa1b2c3d4, 65535, 1);
    for (unsigned i = 0; i < 10; i++) {
        put_record(&o, seconds[i], i == 1 ? 999999 : 0, 4, "abcd", 4);
    }
    char *path = write_file("ticks.pcap", o.p, o.n);
    struct all_seen a = read_path(path, NULL);
    static const struct tt_tick want[] = {{0, 1, 0}, {5, 3, 2}, {6, 6, 5}, {4294967295, 7, 6}};
    assert_int_equal(a.n_ticks, 4);
    for (unsigned i = 0; i < 4; i++) {
        assert_int_equal(a.tick[i].second, want[i].second);
        assert_int_equal(a.tick[i].packet, want[i].packet);
        assert_int_equal(a.tick[i].index, want[i].index);
    }
    free_seen(&a);
    free(path);
    free(o.p);
    /* as many ticks as packets: a block holds them all */
    struct octets many = {0};
    put_pcap_header(&many, 0xa1b2c3d4, 65535, 1);
    for (uint32_t i = 0; i < 2000; i++) {
        put_record(&many, i, 0, 4, "abcd", 4);
    }
    path = write_file("many.pcap", many.p, many.n);
    a = read_path(path, NULL);
    assert_int_equal(a.n, 2000);
    assert_int_equal(a.n_ticks, 2000);
    free_seen(&a);
    free(path);
    free(many.p);
}

static void fraction_above_a_second_is_carried(void **state)
{
    (void)state;
    struct octets o = {0};
    put_pcap_header(&o, 0xa1b2c3d4, 65535, 1);
    put_record(&o, 10, 4294967295u, 2, "abcd", 4); /* also: less on the wire than captured */
    char *path = write_file("odd.pcap", o.p, o.n);
    struct all_seen a = read_path(path, NULL);
    assert_int_equal(a.row[0].time, 10000000000 + 4294967295000);
    assert_int_equal(a.row[0].length, 4);
    free_seen(&a);
    free(path);
    free(o.p);
}

static void no_such_interface(void **state)
{
    (void)state;
    struct tt_error e;
    struct tt_source_options o = {.interface = "lo9"};
    struct tt_source *s = tt_source_open(&o, &e);
    assert_null(s);
    assert_string_equal(e.file, "lo9");
    assert_true(strstr(e.what, "no such interface") || strstr(e.what, "no permission"));
    if (strstr(e.what, "no such interface")) {
        assert_string_equal(e.fix, "did you mean lo?");
    } else {
        assert_non_null(strstr(e.fix, "CAP_NET_RAW"));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(missing_file),
        cmocka_unit_test(no_permission),
        cmocka_unit_test(foreign_files),
        cmocka_unit_test(unsupported_link_types_are_named),
        cmocka_unit_test(link_types_are_those_of_decode),
        cmocka_unit_test(interfaces_of_other_link_types),
        cmocka_unit_test(bad_filter),
        cmocka_unit_test(filter_keeps_the_numbers),
        cmocka_unit_test(several_files_in_order_of_their_first_packet),
        cmocka_unit_test(folders),
        cmocka_unit_test(ticks),
        cmocka_unit_test(fraction_above_a_second_is_carried),
        cmocka_unit_test(no_such_interface),
    };
    return cmocka_run_group_tests(tests, NULL, remove_folder);
}
