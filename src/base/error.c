/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The error of the control plane as one line for a person, and the nearest name to a mistyped one.
 * What is quoted in an error may come from a file that somebody else wrote: control characters
 * never reach the terminal, UTF-8 is never cut in two.
 */
#include "base/error.h"

#include <stdarg.h>
#include <string.h>

#include "base/text.h"

#define WORD_MAX 63

/* True when the n octets at p are the beginning of a sequence that was cut off. */
static bool is_cut(const uint8_t *p, size_t n)
{
    size_t whole = *p >= 0xf0 ? 4 : *p >= 0xe0 ? 3 : 2, tails = 1;
    while (tails < n && (p[tails] & 0xc0) == 0x80) {
        tails++;
    }
    return *p >= 0xc2 && *p <= 0xf4 && tails == n && n < whole;
}

/* Makes a text that snprintf may have cut safe to show: C0, C1 controls, DEL and octets that are
 * not UTF-8 become '?'. */
static void clean(char *text)
{
    size_t n = strlen(text), i = 0;
    while (i < n) {
        const uint8_t *p = (const uint8_t *)text + i;
        unsigned length = tt_utf8_length(p, n - i);
        if (length == 0 && is_cut(p, n - i)) {
            text[i] = 0;
            return;
        }
        if (length == 0 || *p < 0x20 || *p == 0x7f) {
            text[i++] = '?';
        } else if (*p == 0xc2 && p[1] < 0xa0) {
            text[i++] = '?';
            memmove(text + i, text + i + 1, n - i);
            n--;
        } else {
            i += length;
        }
    }
}

bool tt_fail(struct tt_error *e, const char *format, ...)
{
    if (!e) {
        return false;
    }
    char what[sizeof e->what]; /* the arguments may quote the old *e */
    va_list list;
    va_start(list, format);
    vsnprintf(what, sizeof what, format, list);
    va_end(list);
    clean(what);
    memset(e, 0, sizeof *e);
    memcpy(e->what, what, strlen(what) + 1);
    return false;
}

bool tt_fail_at(struct tt_error *e, const char *file, uint32_t line, uint32_t column)
{
    if (!e) {
        return false;
    }
    snprintf(e->file, sizeof e->file, "%s", file ? file : "");
    clean(e->file);
    e->line = line;
    e->column = column;
    return false;
}

bool tt_fail_fix(struct tt_error *e, const char *format, ...)
{
    if (!e) {
        return false;
    }
    char fix[sizeof e->fix];
    va_list list;
    va_start(list, format);
    vsnprintf(fix, sizeof fix, format, list);
    va_end(list);
    clean(fix);
    memcpy(e->fix, fix, strlen(fix) + 1);
    return false;
}

/* "file:line:column", "file: packet 17, offset 4711" or what there is of them. */
static void where(const struct tt_error *e, char *text, size_t cap)
{
    char place[96] = "";
    if (e->line && e->column) {
        snprintf(place, sizeof place, "%s%u:%u", e->file[0] ? ":" : "line ", e->line, e->column);
    } else if (e->line) {
        snprintf(place, sizeof place, "%s%u", e->file[0] ? ":" : "line ", e->line);
    } else if (e->packet && e->has_offset) {
        snprintf(place, sizeof place, "%spacket %llu, offset %llu", e->file[0] ? ": " : "",
                 (unsigned long long)e->packet, (unsigned long long)e->offset);
    } else if (e->packet) {
        snprintf(place, sizeof place, "%spacket %llu", e->file[0] ? ": " : "",
                 (unsigned long long)e->packet);
    } else if (e->has_offset) {
        snprintf(place, sizeof place, "%soffset %llu", e->file[0] ? ": " : "",
                 (unsigned long long)e->offset);
    }
    snprintf(text, cap, "%s%s", e->file, place);
}

size_t tt_error_text(const struct tt_error *e, char *text, size_t cap)
{
    if (cap == 0) {
        return 0;
    }
    char at[sizeof e->file + 96];
    where(e, at, sizeof at);
    bool fix = e->fix[0] != 0;
    snprintf(text, cap, "%s%s%s%s%s%s", at, at[0] ? ": " : "", e->what, fix ? " (" : "", e->fix,
             fix ? ")" : "");
    clean(text); /* cap may have cut a sequence, and not every error was made by tt_fail */
    return strlen(text);
}

unsigned tt_edit_distance(const char *a, const char *b)
{
    size_t n = strnlen(a, WORD_MAX), m = strnlen(b, WORD_MAX);
    /* the row before the last, the last one, this one: by index modulo 3 */
    uint8_t rows[3][WORD_MAX + 1];
    for (size_t k = 0; k <= m; k++) {
        rows[0][k] = (uint8_t)k;
    }
    for (size_t i = 1; i <= n; i++) {
        const uint8_t *last = rows[(i - 1) % 3], *before = rows[(i + 1) % 3];
        uint8_t *row = rows[i % 3];
        row[0] = (uint8_t)i;
        for (size_t k = 1; k <= m; k++) {
            unsigned d = last[k - 1] + (a[i - 1] != b[k - 1] ? 1U : 0U);
            d = last[k] + 1U < d ? last[k] + 1U : d;
            d = row[k - 1] + 1U < d ? row[k - 1] + 1U : d;
            if (i > 1 && k > 1 && a[i - 1] == b[k - 2] && a[i - 2] == b[k - 1]) {
                d = before[k - 2] + 1U < d ? before[k - 2] + 1U : d;
            }
            row[k] = (uint8_t)d;
        }
    }
    return rows[n % 3][m];
}

const char *tt_nearest(const char *word, const char *const *names)
{
    const char *best = NULL;
    size_t length = strnlen(word, WORD_MAX);
    unsigned limit = 1 + (unsigned)length / 3, least = UINT32_MAX;
    for (; length && *names; names++) {
        unsigned d = tt_edit_distance(word, *names);
        if (d <= limit && d < least) {
            least = d;
            best = *names;
        }
    }
    return best;
}
