/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Aligned tables for a person. Widths are terminal columns (wcwidth's two-column characters are
 * known by range, so that no locale is needed); what came from the wire cannot move the cursor:
 * control characters and octets that are not UTF-8 show as '?'.
 */
#include "output/table.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

#define GAP       2 /* blanks between columns */
#define LEAST     4 /* no column is shortened below this */
#define CELL_MAX  4096
#define TITLE_MAX 256

struct cell {
    char *text;
    uint32_t columns;
    enum tt_cell_colour colour;
};

struct tt_table {
    char title[TITLE_MAX];
    uint32_t n; /* columns */
    uint32_t cells, room;
    struct cell *cell; /* row by row; the first row are the headings */
    uint32_t *width;
    bool *right;
    uint32_t more; /* rows that are only counted */
};

static void *grow(void *old, size_t n, size_t size)
{
    void *p = reallocarray(old, n, size);
    if (!p) {
        fputs("telltale: out of memory\n", stderr);
        abort();
    }
    return p;
}

static uint32_t decode(const uint8_t *p, unsigned length)
{
    uint32_t v = length == 1 ? p[0] : p[0] & (0xffU >> (length + 1));
    for (unsigned i = 1; i < length; i++) {
        v = v << 6 | (p[i] & 0x3fU);
    }
    return v;
}

/* Columns of a character: 0 for combining marks and joiners, 2 for East Asian wide ones and emoji
 * (the large ranges of UAX #11). */
static uint32_t columns_of(uint32_t c)
{
    static const struct {
        uint32_t first, last, columns;
    } ranges[] = {
        {0x300, 0x36f, 0},     {0x200b, 0x200f, 0},   {0x202a, 0x202e, 0},   {0x2060, 0x206f, 0},
        {0x20d0, 0x20ff, 0},   {0xfe00, 0xfe0f, 0},   {0xfe20, 0xfe2f, 0},   {0xfeff, 0xfeff, 0},
        {0x1100, 0x115f, 2},   {0x2e80, 0x303e, 2},   {0x3041, 0xa4cf, 2},   {0xac00, 0xd7a3, 2},
        {0xf900, 0xfaff, 2},   {0xfe30, 0xfe6f, 2},   {0xff00, 0xff60, 2},   {0xffe0, 0xffe6, 2},
        {0x1f300, 0x1f64f, 2}, {0x1f680, 0x1f6ff, 2}, {0x1f900, 0x1f9ff, 2}, {0x20000, 0x3fffd, 2},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++) {
        if (c >= ranges[i].first && c <= ranges[i].last) {
            return ranges[i].columns;
        }
    }
    return 1;
}

/* Controls, and the marks that turn the direction of a whole line. */
static bool is_control(uint32_t c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || (c >= 0x200e && c <= 0x200f) ||
           (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

/* Copies text as it may be shown into out (as long as text at most) and returns its columns. */
static uint32_t clean(char *out, const char *text)
{
    size_t n = strlen(text), i = 0;
    uint32_t columns = 0;
    while (i < n) {
        const uint8_t *p = (const uint8_t *)text + i;
        unsigned length = tt_utf8_length(p, n - i);
        uint32_t c = length ? decode(p, length) : 0;
        if (length == 0 || is_control(c)) {
            *out++ = '?';
            columns++;
        } else {
            memcpy(out, p, length);
            out += length;
            columns += columns_of(c);
        }
        i += length ? length : 1;
    }
    *out = 0;
    return columns;
}

/* Octets of text that fit into `columns`; *used = the columns that they take. */
static size_t fit(const char *text, uint32_t columns, uint32_t *used)
{
    size_t n = strlen(text), i = 0;
    *used = 0;
    while (i < n) {
        const uint8_t *p = (const uint8_t *)text + i;
        unsigned length = tt_utf8_length(p, n - i);
        length = length ? length : 1;
        uint32_t wide = columns_of(decode(p, length));
        if (wide > columns - *used) {
            break;
        }
        *used += wide;
        i += length;
    }
    return i;
}

static void add(struct tt_table *t, enum tt_cell_colour colour, const char *text)
{
    if (t->cells == t->room) {
        t->room = t->room ? 2 * t->room : 64;
        t->cell = grow(t->cell, t->room, sizeof *t->cell);
    }
    struct cell *c = &t->cell[t->cells];
    c->text = grow(NULL, strlen(text) + 1, 1);
    c->columns = clean(c->text, text);
    c->colour = colour;
    t->cells++;
}

struct tt_table *tt_table_new(const char *title, const char *const *headings, uint32_t n)
{
    struct tt_table *t = grow(NULL, 1, sizeof *t);
    memset(t, 0, sizeof *t);
    t->n = n ? n : 1;
    t->width = grow(NULL, t->n, sizeof *t->width);
    t->right = grow(NULL, t->n, sizeof *t->right);
    memset(t->width, 0, t->n * sizeof *t->width);
    char raw[TITLE_MAX];
    snprintf(raw, sizeof raw, "%s", title ? title : "");
    clean(t->title, raw);
    for (uint32_t i = 0; i < t->n; i++) {
        const char *heading = i < n ? headings[i] : "";
        t->right[i] = heading[0] == '>';
        add(t, TT_DIM, heading + t->right[i]);
    }
    return t;
}

void tt_table_cell(struct tt_table *t, enum tt_cell_colour colour, const char *format, ...)
{
    char text[CELL_MAX];
    va_list list;
    va_start(list, format);
    vsnprintf(text, sizeof text, format, list);
    va_end(list);
    add(t, colour, text);
}

/* Widths of the rows that are shown, headings included. */
static void measure(struct tt_table *t, uint32_t rows)
{
    for (uint32_t i = 0; i < t->cells && i / t->n <= rows; i++) {
        uint32_t *width = &t->width[i % t->n];
        *width = t->cell[i].columns > *width ? t->cell[i].columns : *width;
    }
}

/* Takes columns from the widest until the table fits or all are at LEAST. */
static void shorten(struct tt_table *t, uint32_t width)
{
    uint64_t sum = (uint64_t)GAP * (t->n - 1);
    for (uint32_t i = 0; i < t->n; i++) {
        sum += t->width[i];
    }
    while (sum > width) {
        uint32_t widest = 0, second = LEAST;
        for (uint32_t i = 1; i < t->n; i++) {
            widest = t->width[i] > t->width[widest] ? i : widest;
        }
        for (uint32_t i = 0; i < t->n; i++) {
            bool between = i != widest && t->width[i] > second;
            second = between ? t->width[i] : second;
        }
        uint32_t have = t->width[widest];
        if (have <= LEAST) {
            return;
        }
        uint64_t over = sum - width;
        uint32_t step = have > second ? have - second : 1; /* down to the next widest at once */
        step = over < step ? (uint32_t)over : step;
        t->width[widest] -= step;
        sum -= step;
    }
}

/* *pending: blanks that are due before the next text, so that no line ends in blanks. */
static void print_cell(const struct tt_table *t, FILE *out, uint32_t column, const struct cell *c,
                       bool colour, uint32_t *pending)
{
    static const char *const codes[] = {[TT_PLAIN] = "",
                                        [TT_RED] = "\033[31m",
                                        [TT_YELLOW] = "\033[33m",
                                        [TT_GREEN] = "\033[32m",
                                        [TT_DIM] = "\033[2m"};
    uint32_t width = t->width[column], used = c->columns;
    size_t n = strlen(c->text);
    bool cut = used > width;
    if (cut) {
        n = fit(c->text, width - 1, &used);
        used++;
    }
    *pending += (column ? GAP : 0) + (t->right[column] ? width - used : 0);
    if (n) {
        bool painted = colour && c->colour != TT_PLAIN;
        fprintf(out, "%*s%s%.*s%s%s", (int)*pending, "", painted ? codes[c->colour] : "", (int)n,
                c->text, cut ? "…" : "", painted ? "\033[0m" : "");
        *pending = 0;
    }
    *pending += t->right[column] ? 0 : width - used;
}

static void print_row(const struct tt_table *t, FILE *out, uint32_t row, bool colour)
{
    uint32_t pending = 0;
    for (uint32_t i = 0; i < t->n && row * t->n + i < t->cells; i++) {
        print_cell(t, out, i, &t->cell[row * t->n + i], colour, &pending);
    }
    fputc('\n', out);
}

void tt_table_more(struct tt_table *t, uint32_t rows)
{
    t->more += rows;
}

static void destroy(struct tt_table *t)
{
    for (uint32_t i = 0; i < t->cells; i++) {
        free(t->cell[i].text);
    }
    free(t->cell);
    free(t->width);
    free(t->right);
    free(t);
}

void tt_table_print(struct tt_table *t, FILE *out, uint32_t width, bool colour, uint32_t max_rows)
{
    /* without the headings; an unfinished row counts */
    uint32_t rows = (t->cells + t->n - 1) / t->n - 1;
    uint32_t shown = max_rows && rows > max_rows ? max_rows : rows;
    measure(t, shown);
    if (width) {
        shorten(t, width);
    }
    if (t->title[0]) {
        fprintf(out, "%s\n", t->title);
    }
    for (uint32_t row = 0; row <= shown; row++) {
        print_row(t, out, row, colour);
    }
    if (shown < rows || t->more) {
        fprintf(out, "… and %u more\n", rows - shown + t->more);
    }
    destroy(t);
}
