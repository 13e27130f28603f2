/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The same packets in every form give the same packets; cuts and damage give everything in front of
 * them and their place. The forms are those of the pcap and pcapng drafts (draft-ietf-opsawg-pcap,
 * draft-ietf-opsawg-pcapng).
 */
#include "unit/capture/build.h"

#include <sys/wait.h>

#define PACKETS 1300u

static uint8_t frame_octets[300000];

/* Sizes from 0 to the largest allowed; times that microseconds can say; some
 * packets cut by the snap length. */
static uint32_t size_of(uint32_t i)
{
    return i == 700 ? 262144 : i % 97 == 5 ? 0 : i % 300;
}

static uint32_t wire_of(uint32_t i)
{
    return size_of(i) + (i % 7 == 3 ? 100 : 0);
}

static uint32_t second_of(uint32_t i)
{
    return 1700000000 + i / 10;
}

static uint32_t micro_of(uint32_t i)
{
    return i % 10 * 100000 + 17;
}

static void fill(void)
{
    for (uint32_t i = 0; i < sizeof frame_octets; i++) {
        frame_octets[i] = (uint8_t)(i * 7 + i / 251);
    }
}

static const uint8_t *frame_of(uint32_t i)
{
    return frame_octets + i % 1000;
}

static struct octets classic(bool big, bool nano, uint32_t from, uint32_t to)
{
    struct octets o = {.big = big};
    put_pcap_header(&o, nano ? 0xa1b23c4d : 0xa1b2c3d4, 65535, 1);
    for (uint32_t i = from; i < to; i++) {
        put_record(&o, second_of(i), micro_of(i) * (nano ? 1000 : 1), wire_of(i), frame_of(i),
                   size_of(i));
    }
    return o;
}

static struct octets next_generation(bool big, int tsresol, uint32_t per_second)
{
    struct octets o = {.big = big}, unknown = {.big = big};
    put(&unknown, frame_octets, 150001);
    put_section(&o);
    put_interface(&o, 1, 0, tsresol, 0);
    for (uint32_t i = 0; i < PACKETS; i++) {
        uint64_t time =
            (uint64_t)second_of(i) * per_second + micro_of(i) * (uint64_t)(per_second / 1000000);
        put_enhanced(&o, 0, time, wire_of(i), frame_of(i), size_of(i));
        if (i % 400 == 7) {
            put_block(&o, 0x0bad, &unknown); /* longer than what is read at once */
        }
        if (i % 100 == 9) {
            put_block(&o, 5, &(struct octets){.p = frame_octets, .n = 13}); /* statistics */
        }
        if (i == 1000) { /* a section in the other byte order */
            o.big = !o.big;
            put_section(&o);
            put_interface(&o, 1, 0, tsresol, 0);
        }
    }
    free(unknown.p);
    return o;
}

static void check(const struct all_seen *a, uint32_t from, uint32_t to)
{
    assert_int_equal(a->n, to - from);
    for (uint32_t i = from; i < to; i++) {
        const struct seen *k = &a->row[i - from];
        assert_int_equal(k->time, (int64_t)second_of(i) * 1000000000 + micro_of(i) * INT64_C(1000));
        assert_int_equal(k->number, i - from + 1);
        assert_int_equal(k->count, i - from + 1);
        assert_int_equal(k->captured, size_of(i));
        assert_int_equal(k->length, wire_of(i));
        assert_int_equal(k->input, 0);
        assert_int_equal(k->link_type, 1);
        assert_int_equal(k->sum, sum_of(frame_of(i), size_of(i)));
    }
}

static void check_file(struct octets *o, const char *name, bool gzip)
{
    char *path = gzip ? write_gzip(name, o->p, o->n) : write_file(name, o->p, o->n);
    struct all_seen a = read_path(path, NULL);
    check(&a, 0, PACKETS);
    free_seen(&a);
    free(path);
    free(o->p);
}

static void classic_in_all_forms(void **state)
{
    (void)state;
    for (unsigned form = 0; form < 8; form++) {
        struct octets o = classic(form & 1, form & 2, 0, PACKETS);
        check_file(&o, "classic.pcap", form & 4);
    }
}

static void next_generation_in_all_forms(void **state)
{
    (void)state;
    for (unsigned form = 0; form < 4; form++) {
        struct octets o = next_generation(form & 1, -1, 1000000);
        check_file(&o, "ng.pcapng", form & 2);
        o = next_generation(form & 1, 9, 1000000000);
        check_file(&o, "ng9.pcapng", form & 2);
    }
}

static void modified_header_goes_to_libpcap(void **state)
{
    (void)state;
    struct octets o = {0};
    put_pcap_header(&o, 0xa1b2cd34, 65535, 1); /* Kuznetzov: 8 more octets in each record header */
    for (uint32_t i = 0; i < 600; i++) {
        put32(&o, second_of(i));
        put32(&o, micro_of(i));
        put32(&o, size_of(i));
        put32(&o, wire_of(i));
        put(&o, "\1\0\0\0\0\0\0\0", 8);
        put(&o, frame_of(i), size_of(i));
    }
    for (unsigned gzip = 0; gzip < 2; gzip++) {
        char *path = gzip ? write_gzip("k.pcap.gz", o.p, o.n) : write_file("k.pcap", o.p, o.n);
        struct all_seen a = read_path(path, NULL);
        check(&a, 0, 600);
        free_seen(&a);
        free(path);
    }
    char *path = write_file("k-cut.pcap", o.p, o.n - 3);
    struct tt_error e;
    struct all_seen a = read_path(path, &e);
    check(&a, 0, 599);
    assert_int_equal(e.packet, 600);
    assert_non_null(strstr(e.what, "truncated"));
    free_seen(&a);
    free(path);
    free(o.p);
}

/* A child writes to our standard input: `step` octets at a time. */
static void through_pipe(const struct octets *o, size_t step, uint32_t from, uint32_t to)
{
    int ends[2], saved = dup(0);
    assert_int_equal(pipe(ends), 0);
    pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(ends[0]);
        for (size_t i = 0; i < o->n; i += step) {
            size_t n = o->n - i < step ? o->n - i : step;
            if (write(ends[1], o->p + i, n) != (ssize_t)n) {
                _exit(1);
            }
        }
        _exit(0);
    }
    close(ends[1]);
    dup2(ends[0], 0);
    close(ends[0]);
    struct all_seen a = read_path("-", NULL);
    check(&a, from, to);
    free_seen(&a);
    dup2(saved, 0);
    close(saved);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

static void standard_input_in_any_portions(void **state)
{
    (void)state;
    struct octets o = classic(false, false, 0, 300);
    through_pipe(&o, 1, 0, 300);
    free(o.p);
    o = classic(true, true, 0, PACKETS);
    through_pipe(&o, 1000, 0, PACKETS);
    through_pipe(&o, 1 << 20, 0, PACKETS);
    free(o.p);
    o = next_generation(true, 9, 1000000000);
    through_pipe(&o, 777, 0, PACKETS);
    through_pipe(&o, 100001, 0, PACKETS);
    free(o.p);
    char *path = file_path("pipe.gz"), *again = write_gzip("pipe.gz", "", 0);
    o = classic(false, false, 0, 300);
    free(write_gzip("pipe.gz", o.p, o.n));
    FILE *f = fopen(path, "rb");
    struct octets packed = {0};
    uint8_t chunk[4096];
    size_t n;
    while ((n = fread(chunk, 1, sizeof chunk, f)) > 0) {
        put(&packed, chunk, n);
    }
    fclose(f);
    through_pipe(&packed, 1, 0, 300);
    free(packed.p);
    free(o.p);
    free(path);
    free(again);
}

/* A cut at every offset of a small file: all whole packets, and the place. */
static void cut_everywhere(struct octets *o, uint32_t header, const uint32_t *ends, uint32_t n)
{
    for (size_t cut = header; cut < o->n; cut++) {
        char *path = write_file("cut", o->p, cut);
        struct tt_error e;
        uint32_t whole = 0, start = header;
        while (whole < n && ends[whole] <= cut) {
            start = ends[whole++];
        }
        struct all_seen a = read_path(path, &e);
        assert_int_equal(a.n, whole);
        if (cut == start) {
            assert_string_equal(e.what, "");
        } else {
            assert_non_null(strstr(e.what, "file ends inside"));
            assert_int_equal(e.packet, whole + 1);
            assert_true(e.has_offset);
            assert_int_equal(e.offset, start);
            assert_string_equal(e.file, path);
        }
        free_seen(&a);
        free(path);
    }
}

static void cut_files_tell_where(void **state)
{
    (void)state;
    struct octets o = classic(false, false, 30, 33);
    const uint32_t ends[] = {24 + 16 + 30, 24 + 32 + 61, 24 + 48 + 93};
    assert_int_equal(o.n, ends[2]);
    cut_everywhere(&o, 24, ends, 3);
    free(o.p);
    struct octets g = {.big = true};
    put_section(&g);
    put_interface(&g, 1, 0, -1, 0);
    uint32_t header = (uint32_t)g.n, ng_ends[3];
    for (uint32_t i = 0; i < 3; i++) {
        put_enhanced(&g, 0, 1, 10 + i, frame_octets, 10 + i);
        ng_ends[i] = (uint32_t)g.n;
    }
    cut_everywhere(&g, header, ng_ends, 3);
    free(g.p);
}

static void impossible_length_is_damage(void **state)
{
    (void)state;
    struct octets o = classic(false, false, 30, 33);
    size_t at = o.n;
    put_record(&o, 1, 1, 300000, frame_octets, 0);
    o.p[at + 8] = 1; /* captured 262145 */
    o.p[at + 10] = 4;
    put(&o, frame_octets, 270000);
    char *path = write_file("long.pcap", o.p, o.n);
    struct tt_error e;
    struct all_seen a = read_path(path, &e);
    assert_int_equal(a.n, 3);
    assert_int_equal(e.packet, 4);
    assert_int_equal(e.offset, at);
    assert_string_equal(e.what, "the record announces 262145 captured octets (at most 262144)");
    free_seen(&a);
    free(path);
    free(o.p);
}

/* One good packet, then a block made wrong by `spoil`. */
static void next_generation_damage(void **state)
{
    (void)state;
    static const struct {
        uint32_t at; /* in the damaged enhanced packet block of 12 + 20 + 8 octets */
        uint8_t octet;
        const char *what;
    } cases[] = {
        {4, 41, "announces a length"},    {4, 8, "announces a length"},
        {36, 44, "two lengths"},          {8, 9, "names interface 9 of 1"},
        {20, 200, "200 captured octets"}, {22, 200, "captured octets"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct octets o = {0};
        put_section(&o);
        put_interface(&o, 1, 0, -1, 0);
        put_enhanced(&o, 0, 1, 8, frame_octets, 8);
        size_t at = o.n;
        put_enhanced(&o, 0, 1, 8, frame_octets, 8);
        assert_int_equal(o.n - at, 40);
        o.p[at + cases[i].at] = cases[i].octet;
        put_enhanced(&o, 0, 1, 8, frame_octets, 8);
        char *path = write_file("bad.pcapng", o.p, o.n);
        struct tt_error e;
        struct all_seen a = read_path(path, &e);
        assert_int_equal(a.n, 1);
        assert_non_null(strstr(e.what, cases[i].what));
        assert_int_equal(e.packet, 2);
        assert_int_equal(e.offset, at);
        free_seen(&a);
        free(path);
        free(o.p);
    }
}

/* Clocks of pcapng: the value 3·10^9 + … in each resolution, worked out by hand. */
static void clocks(void **state)
{
    (void)state;
    static const struct {
        int tsresol;
        int64_t offset;
        uint64_t units;
        int64_t ns;
    } cases[] = {
        {-1, 0, 1500000, 1500000000},
        {0, 0, 7, 7000000000},
        {3, 0, 1234, 1234000000},
        {9, 0, 1700000000123456789, 1700000000123456789},
        {12, 0, 1500000000999, 1500000000},
        {0x80 | 10, 0, 1024 + 512, 1500000000},
        {0x80 | 32, 0, (UINT64_C(5) << 32) | 0x40000000, 5250000000},
        {0x80, 0, 3, 3000000000},
        {6, 1000000000, 1500000, 1000000001500000000},
        {6, -1000, 1500000, 0}, /* before 1970 */
        {6, 0, UINT64_MAX, INT64_C(9223372035) * 1000000000},
        {0, INT64_MAX, 1, INT64_C(9223372035) * 1000000000},
        {0x80 | 64, 0, UINT64_MAX, 999999999},
        {0x80 | 63, 0, UINT64_MAX, 1999999999},
        {0x80 | 127, 0, UINT64_MAX, 0},
        {28, 0, UINT64_MAX, 1}, /* 1.8e19 units of 1e-28 s */
        {29, 0, UINT64_MAX, 0},
        {127, 0, UINT64_MAX, 0},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct octets o = {.big = i % 2 == 1};
        put_section(&o);
        put_interface(&o, 1, 0, cases[i].tsresol, cases[i].offset);
        put_enhanced(&o, 0, cases[i].units, 8, frame_octets, 8);
        char *path = write_file("clock.pcapng", o.p, o.n);
        struct all_seen a = read_path(path, NULL);
        assert_int_equal(a.n, 1);
        if (a.row[0].time != cases[i].ns) {
            print_error("clock %u: %lld\n", i, (long long)a.row[0].time);
        }
        assert_int_equal(a.row[0].time, cases[i].ns);
        free_seen(&a);
        free(path);
        free(o.p);
    }
}

static void simple_and_obsolete_packets(void **state)
{
    (void)state;
    struct octets o = {0}, b = {0};
    put_section(&o);
    put_interface(&o, 101, 20, -1, 0);
    put_interface(&o, 1, 0, -1, 0);
    put32(&b, 50); /* simple: 50 octets on the wire, 20 by the snap length of interface 0 */
    put(&b, frame_octets, 20);
    put_block(&o, 3, &b);
    b.n = 0;
    put16(&b, 1); /* obsolete: interface 1, drops, time, captured, length */
    put16(&b, 0xffff);
    put32(&b, 0);
    put32(&b, 2000000);
    put32(&b, 5);
    put32(&b, 6);
    put(&b, frame_octets, 5);
    put_block(&o, 2, &b);
    char *path = write_file("old.pcapng", o.p, o.n);
    struct all_seen a = read_path(path, NULL);
    assert_int_equal(a.n, 2);
    assert_int_equal(a.row[0].captured, 20);
    assert_int_equal(a.row[0].length, 50);
    assert_int_equal(a.row[0].link_type, 101);
    assert_int_equal(a.row[0].time, 0);
    assert_int_equal(a.row[1].captured, 5);
    assert_int_equal(a.row[1].length, 6);
    assert_int_equal(a.row[1].link_type, 1);
    assert_int_equal(a.row[1].time, 2000000000);
    free_seen(&a);
    free(path);
    free(o.p);
    free(b.p);
}

static void damaged_gzip_gives_what_is_in_front(void **state)
{
    (void)state;
    struct octets o = classic(false, false, 0, 300);
    char *path = write_gzip("cut.gz", o.p, o.n);
    struct stat st;
    assert_int_equal(stat(path, &st), 0);
    assert_int_equal(truncate(path, st.st_size / 2), 0);
    struct tt_error e;
    struct all_seen a = read_path(path, &e);
    assert_in_range(a.n, 1, 299);
    check(&a, 0, (uint32_t)a.n);
    assert_non_null(strstr(e.what, "ends inside gzip data"));
    assert_int_equal(e.packet, a.n + 1);
    free_seen(&a);
    /* two members in a row are one stream; something else behind them is said */
    free(write_gzip("cut.gz", o.p, 1000));
    gzFile g = gzopen(path, "ab");
    gzwrite(g, o.p + 1000, (unsigned)(o.n - 1000));
    gzclose(g);
    a = read_path(path, NULL);
    check(&a, 0, 300);
    free_seen(&a);
    FILE *f = fopen(path, "ab");
    fputs("tail", f);
    fclose(f);
    a = read_path(path, &e);
    check(&a, 0, 300);
    assert_non_null(strstr(e.what, "not gzip"));
    free_seen(&a);
    free(path);
    free(o.p);
}

static int prepare(void **state)
{
    (void)state;
    fill();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(classic_in_all_forms),
        cmocka_unit_test(next_generation_in_all_forms),
        cmocka_unit_test(modified_header_goes_to_libpcap),
        cmocka_unit_test(standard_input_in_any_portions),
        cmocka_unit_test(cut_files_tell_where),
        cmocka_unit_test(impossible_length_is_damage),
        cmocka_unit_test(next_generation_damage),
        cmocka_unit_test(clocks),
        cmocka_unit_test(simple_and_obsolete_packets),
        cmocka_unit_test(damaged_gzip_gives_what_is_in_front),
    };
    return cmocka_run_group_tests(tests, prepare, remove_folder);
}
