/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One value: text to value by the option's type with an error that says what would be right, and
 * numbers back to text. Knows no file and no place in one; the caller adds that to the error.
 */
#include "config/value.h"

#include <string.h>
#include <strings.h>

#include "base/text.h"

#define SHOWN 80 /* octets of a given text that an error quotes */

struct unit {
    const char *name;
    uint64_t factor;
};

/* the first name of each factor is the one that is written */
static const struct unit sizes[] = {{"gb", 1U << 30}, {"g", 1U << 30}, {"gib", 1U << 30},
                                    {"mb", 1U << 20}, {"m", 1U << 20}, {"mib", 1U << 20},
                                    {"kb", 1U << 10}, {"k", 1U << 10}, {"kib", 1U << 10},
                                    {"", 1},          {"b", 1},        {NULL, 0}};
static const struct unit durations[] = {{"d", 86400}, {"h", 3600}, {"m", 60},
                                        {"s", 1},     {"", 1},     {NULL, 0}};
static const struct unit plain[] = {{"", 1}, {NULL, 0}};

static const struct unit *units(const struct tt_option *o)
{
    return o->type == TT_OPTION_SIZE ? sizes : o->type == TT_OPTION_DURATION ? durations : plain;
}

void *tt_config_alloc(size_t n, size_t size)
{
    void *p = calloc(n ? n : 1, size);
    if (!p) {
        fputs("telltale: out of memory\n", stderr);
        abort();
    }
    return p;
}

char *tt_config_strdup(const char *text)
{
    size_t n = strlen(text) + 1;
    return memcpy(tt_config_alloc(n, 1), text, n);
}

void tt_value_free(struct tt_value *v)
{
    for (uint32_t i = 0; i < v->n_pairs; i++) {
        free(v->pairs[i].key);
        free(v->pairs[i].value);
    }
    free(v->pairs);
    free(v->text);
    memset(v, 0, sizeof *v);
}

const char *tt_option_number(const struct tt_option *o, uint64_t v, char out[32])
{
    const struct unit *u = units(o);
    while (v == 0 ? u->factor != 1 : v % u->factor != 0) {
        u++;
    }
    snprintf(out, 32, "%llu%s", (unsigned long long)(v / u->factor), u->name);
    return out;
}

/* "one of a, b, c" or "names out of a, b, c", as far as they fit. */
static void list_names(const struct tt_option *o, const char *head, char *out, size_t cap)
{
    size_t n = (size_t)snprintf(out, cap, "%s ", head);
    for (const char *const *name = o->names; *name && n < cap; name++) {
        n += (size_t)snprintf(out + n, cap - n, "%s%s", name == o->names ? "" : ", ", *name);
    }
    if (n >= cap && cap > 4) {
        memcpy(out + cap - 4, "...", 4);
    }
}

const char *tt_option_wants(const struct tt_option *o, char *out, size_t cap)
{
    char least[32], most[32], bounds[96] = "";
    tt_option_number(o, o->min, least);
    tt_option_number(o, o->max, most);
    if (o->max) {
        snprintf(bounds, sizeof bounds, ", %s to %s", least, most);
    } else if (o->min) {
        snprintf(bounds, sizeof bounds, ", at least %s", least);
    }
    switch (o->type) {
    case TT_OPTION_BOOL:
        snprintf(out, cap, "yes or no");
        break;
    case TT_OPTION_UINT:
        snprintf(out, cap, "a whole number%s", bounds);
        break;
    case TT_OPTION_SIZE:
        snprintf(out, cap, "a size in octets such as 512, 64kb, 16mb or 1gb%s", bounds);
        break;
    case TT_OPTION_DURATION:
        snprintf(out, cap, "seconds such as 90, or 90s, 10m, 24h, 7d%s", bounds);
        break;
    case TT_OPTION_CHOICE:
        list_names(o, "one of", out, cap);
        break;
    case TT_OPTION_SET:
        list_names(o, "a list out of", out, cap);
        break;
    case TT_OPTION_TEXT:
        snprintf(out, cap, "a text");
        break;
    case TT_OPTION_MAP:
        snprintf(out, cap, "a map of names to texts");
        break;
    }
    return out;
}

static bool refuse(const struct tt_option *o, const char *text, struct tt_error *e)
{
    char wants[200];
    tt_fail(e, "%s: '%.*s' is not valid", o->path, SHOWN, text);
    return tt_fail_fix(e, "write %s", tt_option_wants(o, wants, sizeof wants));
}

static bool parse_bool(uint64_t *v, const struct tt_option *o, const char *text, struct tt_error *e)
{
    static const char *const words[] = {"no", "yes", "false", "true", "off", "on", "0", "1"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcasecmp(text, words[i]) == 0) {
            *v = i & 1;
            return true;
        }
    }
    return refuse(o, text, e);
}

static bool parse_number(uint64_t *v, const struct tt_option *o, const char *text,
                         struct tt_error *e)
{
    size_t digits = strspn(text, "0123456789");
    const char *unit = text + digits + (digits ? strspn(text + digits, " ") : 0);
    const struct unit *u = units(o);
    uint64_t number = 0;
    char bound[32];
    while (u->name && strcasecmp(u->name, unit) != 0) {
        u++;
    }
    if (!u->name || digits == 0 || (*unit == 0 && text[digits] != 0)) {
        return refuse(o, text, e);
    }
    if (!tt_parse_uint(text, digits, UINT64_MAX / u->factor, &number) ||
        (o->max && number * u->factor > o->max)) {
        tt_fail(e, "%s: %.*s is too large", o->path, SHOWN, text);
        return tt_fail_fix(e, "at most %s",
                           tt_option_number(o, o->max ? o->max : UINT64_MAX, bound));
    }
    number *= u->factor;
    if (number < o->min) {
        tt_fail(e, "%s: %.*s is too small", o->path, SHOWN, text);
        return tt_fail_fix(e, "at least %s", tt_option_number(o, o->min, bound));
    }
    *v = number;
    return true;
}

static int64_t name_index(const struct tt_option *o, const char *name, struct tt_error *e)
{
    for (int64_t i = 0; o->names[i]; i++) {
        if (strcmp(o->names[i], name) == 0) {
            return i;
        }
    }
    const char *near = tt_nearest(name, o->names);
    refuse(o, name, e);
    if (near) {
        tt_fail_fix(e, "did you mean %s?", near);
    }
    return -1;
}

bool tt_value_add_name(uint64_t *bits, const struct tt_option *o, const char *name,
                       struct tt_error *e)
{
    int64_t i = name_index(o, name, e);
    if (i >= 0) {
        *bits |= UINT64_C(1) << i;
    }
    return i >= 0;
}

/* "a, b" or "[a, b]"; nothing = the empty set. */
static bool parse_set(uint64_t *v, const struct tt_option *o, const char *text, struct tt_error *e)
{
    uint64_t bits = 0;
    size_t n = strlen(text);
    if (n >= 2 && text[0] == '[' && text[n - 1] == ']') {
        text++;
        n -= 2;
    }
    const char *end = text + n;
    if (strspn(text, " ") >= n) {
        *v = 0;
        return true;
    }
    while (true) {
        const char *comma = memchr(text, ',', (size_t)(end - text));
        const char *stop = comma ? comma : end;
        char name[64];
        while (text < stop && *text == ' ') {
            text++;
        }
        size_t length = (size_t)(stop - text);
        while (length && text[length - 1] == ' ') {
            length--;
        }
        length = length < sizeof name ? length : sizeof name - 1;
        memcpy(name, text, length);
        name[length] = 0;
        if (!tt_value_add_name(&bits, o, name, e)) {
            return false;
        }
        if (!comma) {
            break;
        }
        text = comma + 1;
    }
    *v = bits;
    return true;
}

static bool parse_text(struct tt_value *v, const struct tt_option *o, const char *text,
                       struct tt_error *e)
{
    if (!tt_utf8_valid((const uint8_t *)text, strlen(text))) {
        return tt_fail(e, "%s: the text is not UTF-8", o->path);
    }
    char *copy = tt_config_strdup(text);
    free(v->text);
    v->text = copy;
    return true;
}

bool tt_value_parse(struct tt_value *v, const struct tt_option *o, const char *text,
                    struct tt_error *e)
{
    int64_t i = 0;
    switch (o->type) {
    case TT_OPTION_BOOL:
        return parse_bool(&v->number, o, text, e);
    case TT_OPTION_UINT:
    case TT_OPTION_SIZE:
    case TT_OPTION_DURATION:
        return parse_number(&v->number, o, text, e);
    case TT_OPTION_CHOICE:
        i = name_index(o, text, e);
        v->number = i >= 0 ? (uint64_t)i : v->number;
        return i >= 0;
    case TT_OPTION_SET:
        return parse_set(&v->number, o, text, e);
    case TT_OPTION_TEXT:
        return parse_text(v, o, text, e);
    case TT_OPTION_MAP:
        break;
    }
    tt_fail(e, "%s is a map of names to texts, not one value", o->path);
    return tt_fail_fix(e, "name an entry: %s.NAME", o->path);
}

bool tt_value_add_pair(struct tt_value *v, const struct tt_option *o, const char *key,
                       const char *text, uint32_t line, struct tt_error *e)
{
    if (!tt_utf8_valid((const uint8_t *)key, strlen(key)) ||
        !tt_utf8_valid((const uint8_t *)text, strlen(text))) {
        return tt_fail(e, "%s: the text is not UTF-8", o->path);
    }
    if (*key == 0) {
        tt_fail(e, "%s: an entry has no name", o->path);
        return tt_fail_fix(e, "name it: %s.NAME", o->path);
    }
    for (uint32_t i = 0; i < v->n_pairs; i++) {
        struct tt_pair *p = &v->pairs[i];
        if (strcmp(p->key, key) != 0) {
            continue;
        }
        if (line && p->line) {
            tt_fail(e, "%s.%.*s is set twice", o->path, SHOWN, key);
            return tt_fail_fix(e, "the first is on line %u", p->line);
        }
        free(p->value);
        p->value = tt_config_strdup(text);
        p->line = line;
        return true;
    }
    if (v->n_pairs >= TT_CONFIG_PAIRS_MAX) {
        return tt_fail(e, "%s has more than %u entries", o->path, TT_CONFIG_PAIRS_MAX);
    }
    if ((v->n_pairs & (v->n_pairs - 1)) == 0) { /* grows at powers of two */
        struct tt_pair *more =
            tt_config_alloc(v->n_pairs ? 2 * (size_t)v->n_pairs : 1, sizeof *more);
        if (v->n_pairs) {
            memcpy(more, v->pairs, v->n_pairs * sizeof *more);
        }
        free(v->pairs);
        v->pairs = more;
    }
    v->pairs[v->n_pairs++] = (struct tt_pair){
        .key = tt_config_strdup(key), .value = tt_config_strdup(text), .line = line};
    return true;
}
