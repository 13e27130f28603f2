/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The source: its inputs in the order of their first packet, one open at a time, or one interface.
 * Numbers packets and blocks and keeps the clock. Knows no capture format.
 */
#include <stdlib.h>

#include "capture/input.h"

struct tt_source {
    struct tt_reading reading;
    char *bpf, *interface;
    struct tt_paths paths;
    struct tt_input *inputs;
    /* pipes stay open from the start, since nobody can look at them twice */
    struct tt_capture **kept;
    uint32_t n, next; /* inputs; the one to open next */
    struct tt_capture *current;
    struct tt_live *live;
    uint64_t sequence;
};

void tt_clock_tick(struct tt_clock *clock, struct tt_block *b, int64_t time, uint64_t number)
{
    int64_t second = time / 1000000000;
    clock->next = (second + 1) * 1000000000;
    b->ticks[b->n_ticks++] = (struct tt_tick){second, number, b->n_packets};
}

static struct tt_capture *open_capture(struct tt_reading *r, struct tt_input *in, uint32_t index)
{
    struct tt_capture *c = malloc(sizeof *c);
    if (!c) {
        tt_fail(&in->error, "no memory");
        return NULL;
    }
    if (tt_capture_open(c, r, in, index)) {
        return c;
    }
    tt_capture_close(c);
    free(c);
    return NULL;
}

static void close_capture(struct tt_capture **c)
{
    if (*c) {
        tt_capture_close(*c);
        free(*c);
        *c = NULL;
    }
}

/* Does the filter compile for what was seen? An input's own fault otherwise: the filter is
 * the user's for all inputs. */
static bool check_filter(struct tt_capture *c, const char *bpf, struct tt_error *e)
{
    const struct bpf_program *program;
    for (uint32_t i = 0; i < c->n_interfaces; i++) {
        const struct tt_interface *f = &c->interfaces[i];
        if (f->readable && !tt_filter_for(&c->filters, bpf, f->link_type, &program, e)) {
            return false;
        }
    }
    return true;
}

/* Looks at input i: can it be read, when does it begin? *e is set when the filter is bad. */
static void look(struct tt_source *s, uint32_t i, struct tt_block *scratch, struct tt_error *e)
{
    struct tt_input *in = &s->inputs[i], seen = {.name = in->name};
    struct tt_reading apart = {.clock = {INT64_MIN}};
    struct tt_capture *c = open_capture(&apart, &seen, i);
    in->opened = c != NULL;
    in->error = seen.error;
    if (!c || !check_filter(c, s->bpf, e)) {
        close_capture(&c);
        return;
    }
    if (!c->octets.regular) {
        tt_filters_free(&c->filters);
        if (c->format != TT_FORMAT_PCAPNG) {
            (void)tt_filter_for(&c->filters, s->bpf, c->interfaces[0].link_type,
                                &c->interfaces[0].filter, e);
        }
        c->input = in;
        c->reading = &s->reading;
        in->first = INT64_MAX;
        s->kept[i] = c;
        return;
    }
    do {
        tt_block_reset(scratch);
    } while ((seen.packets == 0 || !c->readable) &&
             tt_capture_read(c, scratch) == TT_SOURCE_PACKETS);
    (void)check_filter(c, s->bpf, e);
    in->first = seen.packets ? seen.first : INT64_MAX;
    bool header_damaged = seen.packets == 0 && seen.error.has_offset && seen.error.offset == 0;
    if (header_damaged || (seen.packets && !c->readable && c->ended)) {
        in->opened = false;
        in->error = seen.error;
    }
    close_capture(&c);
}

static bool comes_before(const struct tt_input *a, const struct tt_input *b)
{
    return a->opened != b->opened ? a->opened : a->opened && a->first < b->first;
}

/* By first packet; those that have none, and then those that cannot be read, stay in the
 * given order behind. Stable. */
static bool sort_inputs(struct tt_source *s)
{
    struct tt_input *inputs = calloc(s->n, sizeof *inputs);
    struct tt_capture **kept = calloc(s->n, sizeof *kept);
    uint32_t *order = calloc(2 * (size_t)s->n, sizeof *order), *other = order ? order + s->n : NULL;
    if (!inputs || !kept || !order) {
        free(inputs);
        free(kept);
        free(order);
        return false;
    }
    for (uint32_t i = 0; i < s->n; i++) {
        order[i] = i;
    }
    for (uint32_t width = 1; width < s->n; width *= 2) { /* merge sort from the bottom up */
        for (uint32_t low = 0; low < s->n; low += 2 * width) {
            uint32_t a = low, b = low + width < s->n ? low + width : s->n, middle = b, k = low;
            uint32_t high = s->n - low > 2 * width ? low + 2 * width : s->n;
            while (k < high) {
                bool right = a == middle ||
                             (b < high && comes_before(&s->inputs[order[b]], &s->inputs[order[a]]));
                other[k++] = order[right ? b++ : a++];
            }
        }
        memcpy(order, other, s->n * sizeof *order);
    }
    for (uint32_t i = 0; i < s->n; i++) {
        inputs[i] = s->inputs[order[i]];
        inputs[i].first = 0;
        kept[i] = s->kept[order[i]];
        if (kept[i]) {
            kept[i]->input = &inputs[i];
            kept[i]->index = i;
        }
    }
    free(order);
    free(s->inputs);
    free(s->kept);
    s->inputs = inputs;
    s->kept = kept;
    return true;
}

/* The error when none of several inputs can be read: the first one's, and how many there are. */
static void none_opened(const struct tt_source *s, const char *const *given, struct tt_error *e)
{
    const struct tt_error first = s->inputs[0].error;
    if (s->n == 1 && !s->paths.row[0].in_folder) {
        *e = first;
        return;
    }
    bool folder = s->paths.row[0].in_folder && !given[1];
    tt_fail(e,
            folder ? "folder holds no capture: %u files, the first (%s): %s"
                   : "none of %u inputs can be read; the first (%s): %s",
            s->n, first.file, first.what);
    tt_fail_fix(e, "%s", first.fix);
    tt_fail_at(e, folder ? given[0] : "", 0, 0);
}

static bool open_files(struct tt_source *s, const char *const *given, struct tt_error *e)
{
    if (!tt_paths_expand(&s->paths, given, e)) {
        return false;
    }
    s->n = s->paths.n;
    s->inputs = calloc(s->n, sizeof *s->inputs);
    s->kept = calloc(s->n, sizeof *s->kept);
    struct tt_block *scratch = tt_block_new();
    struct tt_error bad_filter = {.what = ""};
    bool any = false;
    for (uint32_t i = 0; s->inputs && s->kept && scratch && i < s->n && !bad_filter.what[0]; i++) {
        s->inputs[i].name = s->paths.row[i].name;
        s->inputs[i].in_folder = s->paths.row[i].in_folder;
        look(s, i, scratch, &bad_filter);
        any |= s->inputs[i].opened;
    }
    bool memory = s->inputs && s->kept && scratch;
    tt_block_free(scratch);
    if (!memory) {
        return tt_fail(e, "no memory");
    }
    if (bad_filter.what[0]) {
        *e = bad_filter;
        return false;
    }
    if (!any) {
        none_opened(s, given, e);
        return false;
    }
    return sort_inputs(s) || tt_fail(e, "no memory");
}

static bool open_interface(struct tt_source *s, const struct tt_source_options *o,
                           struct tt_error *e)
{
    s->interface = strdup(o->interface);
    s->inputs = calloc(1, sizeof *s->inputs);
    if (!s->interface || !s->inputs) {
        return tt_fail(e, "no memory");
    }
    s->inputs[0].name = s->interface;
    s->n = 1;
    s->live = tt_live_open(o, &s->reading, &s->inputs[0], e);
    return s->live != NULL;
}

struct tt_source *tt_source_open(const struct tt_source_options *o, struct tt_error *e)
{
    struct tt_error unused;
    e = e ? e : &unused;
    struct tt_source *s = calloc(1, sizeof *s);
    if (!s) {
        tt_fail(e, "no memory");
        return NULL;
    }
    s->reading.clock.next = INT64_MIN;
    if (o->bpf && o->bpf[0]) {
        s->bpf = strdup(o->bpf);
        s->reading.bpf = s->bpf;
    }
    bool good = o->interface ? open_interface(s, o, e) : open_files(s, o->paths, e);
    if (!good) {
        tt_source_close(s);
        return NULL;
    }
    return s;
}

enum tt_source_result tt_source_read(struct tt_source *s, struct tt_block *b)
{
    tt_block_reset(b);
    enum tt_source_result result = TT_SOURCE_END;
    if (s->live) {
        result = tt_live_read(s->live, b);
    }
    while (!s->live) {
        if (!s->current) {
            if (s->next == s->n) {
                break;
            }
            uint32_t i = s->next++;
            s->current = s->kept[i];
            s->kept[i] = NULL;
            if (!s->current && s->inputs[i].opened) {
                s->current = open_capture(&s->reading, &s->inputs[i], i);
            }
            continue;
        }
        result = tt_capture_read(s->current, b);
        if (result != TT_SOURCE_END) {
            break;
        }
        close_capture(&s->current);
    }
    if (result != TT_SOURCE_IDLE) {
        b->sequence = s->sequence++;
    }
    b->last = result == TT_SOURCE_END;
    return result;
}

const struct tt_input *tt_source_inputs(const struct tt_source *s, uint32_t *n)
{
    *n = s->n;
    return s->inputs;
}

/* First and last time of each file, by reading it apart; false for pipes and live.
 * Does not disturb reading. */
static bool walk(const struct tt_source *s, struct tt_input *seen)
{
    struct tt_block *scratch = s->live ? NULL : tt_block_new();
    bool good = scratch != NULL;
    for (uint32_t i = 0; good && i < s->n; i++) {
        good = !s->kept[i]; /* a pipe: nobody knows */
        seen[i] = (struct tt_input){.name = s->inputs[i].name};
        struct tt_reading apart = {.clock = {INT64_MIN}};
        struct tt_capture *c =
            good && s->inputs[i].opened ? open_capture(&apart, &seen[i], i) : NULL;
        do {
            tt_block_reset(scratch);
        } while (c && tt_capture_read(c, scratch) == TT_SOURCE_PACKETS);
        close_capture(&c);
    }
    tt_block_free(scratch);
    return good;
}

/* What file i adds to the time that the earlier ones (they begin before it) covered. */
static int64_t adds(const struct tt_input *in, int64_t *covered)
{
    int64_t from = in->first > *covered ? in->first : *covered;
    if (!in->packets || in->last <= from) {
        return 0;
    }
    *covered = in->last;
    return in->last - from;
}

bool tt_source_share(struct tt_source *s, uint32_t percent, int64_t *until)
{
    struct tt_input *seen = calloc(s->n + 1, sizeof *seen);
    bool good = seen && walk(s, seen), found = false;
    int64_t covered = INT64_MIN, total = 0;
    for (uint32_t i = 0; good && i < s->n; i++) {
        total += adds(&seen[i], &covered);
    }
    covered = INT64_MIN;
    int64_t left = total / 100 * percent;
    for (uint32_t i = 0; good && total && !found; i++) {
        int64_t n = adds(&seen[i], &covered);
        found = n && n >= left;
        *until = found ? covered - (n - left) : 0;
        left -= n;
    }
    free(seen);
    return found;
}

void tt_source_drops(struct tt_source *s, struct tt_source_drops *drops)
{
    *drops = (struct tt_source_drops){0};
    if (s->live) {
        tt_live_drops(s->live, drops);
    }
}

void tt_source_close(struct tt_source *s)
{
    if (!s) {
        return;
    }
    close_capture(&s->current);
    for (uint32_t i = 0; s->kept && i < s->n; i++) {
        close_capture(&s->kept[i]);
    }
    tt_live_close(s->live);
    tt_paths_free(&s->paths);
    free(s->kept);
    free(s->inputs);
    free(s->bpf);
    free(s->interface);
    free(s);
}
