/* SPDX-License-Identifier: BSD-3-Clause
 *
 * YAML 1.1 (libyaml's events, which carry line and column) over a configuration. Keys nest to
 * dotted paths, dots in a key do too. Not taken: anchors, aliases and tags (they make small files
 * huge, or hide what is set), several documents, more than 16 levels. Nothing recurses; no event is
 * kept.
 */
#include <string.h>
#include <yaml.h>

#include "config/value.h"

#define DEPTH_MAX 16
#define SHOWN     80

enum frame_kind { SECTION, PAIRS, NAMES, JOINED };

struct frame {
    enum frame_kind kind;
    bool has_key;   /* the next event is the value of path */
    size_t path;    /* length of the path of this collection */
    int64_t option; /* PAIRS, NAMES, JOINED: index */
};

struct section {
    char *path;
    uint32_t line;
};

struct reading {
    struct tt_config *config;
    const char *file;
    struct tt_error *error;
    struct frame frames[DEPTH_MAX];
    uint32_t depth, documents;
    yaml_mark_t mark;                  /* of the event */
    yaml_mark_t key;                   /* of the last key */
    char path[TT_CONFIG_PATH_MAX + 1]; /* of the pending value */
    uint32_t *lines;                   /* per option: where this file has set it, 0 = not yet */
    struct section *sections;          /* opened so far: only known ones, hence few */
    uint32_t n_sections;
    uint64_t bits;     /* NAMES: of the list being read */
    char joined[4096]; /* JOINED: the list being read, "[a,b" */
};

static bool at(struct reading *r, yaml_mark_t mark)
{
    return tt_fail_at(r->error, r->file, (uint32_t)mark.line + 1, (uint32_t)mark.column + 1);
}

static bool fail(struct reading *r, const char *what, const char *fix)
{
    tt_fail(r->error, "%s", what);
    tt_fail_fix(r->error, "%s", fix);
    return at(r, r->mark);
}

static struct frame *top(struct reading *r)
{
    return &r->frames[r->depth - 1];
}

static bool push(struct reading *r, enum frame_kind kind, int64_t option)
{
    if (r->depth == DEPTH_MAX) {
        return fail(r, "the nesting is too deep", "no option lies deeper than a few levels");
    }
    r->frames[r->depth++] = (struct frame){.kind = kind, .path = strlen(r->path), .option = option};
    return true;
}

/* An option may be set once per file. */
static bool once(struct reading *r, int64_t i)
{
    if (r->lines[i]) {
        tt_fail(r->error, "%s is set twice", r->path);
        tt_fail_fix(r->error, "the first is on line %u", r->lines[i]);
        return at(r, r->key);
    }
    r->lines[i] = (uint32_t)r->key.line + 1;
    return true;
}

static bool open_section(struct reading *r)
{
    for (uint32_t i = 0; i < r->n_sections; i++) {
        if (strcmp(r->sections[i].path, r->path) == 0) {
            tt_fail(r->error, "section %s occurs twice", r->path);
            tt_fail_fix(r->error, "the first is on line %u; join them", r->sections[i].line);
            return at(r, r->key);
        }
    }
    if ((r->n_sections & (r->n_sections - 1)) == 0) { /* grows at powers of two */
        size_t room = r->n_sections ? 2 * (size_t)r->n_sections : 1;
        struct section *more = tt_config_alloc(room, sizeof *more);
        if (r->n_sections) {
            memcpy(more, r->sections, r->n_sections * sizeof *more);
        }
        free(r->sections);
        r->sections = more;
    }
    r->sections[r->n_sections++] =
        (struct section){.path = tt_config_strdup(r->path), .line = (uint32_t)r->key.line + 1};
    return true;
}

static bool wrong_shape(struct reading *r, const struct tt_option *o, const char *given)
{
    char wants[200];
    tt_fail(r->error, "%s: %s cannot stand here", r->path, given);
    tt_fail_fix(r->error, "write %s", tt_option_wants(o, wants, sizeof wants));
    return at(r, r->mark);
}

/* A key in a section or a map: r->path becomes the path of its value. */
static bool take_key(struct reading *r, const char *text, size_t n)
{
    struct frame *f = top(r);
    size_t dot = f->path ? 1 : 0;
    r->key = r->mark;
    if (memchr(text, 0, n) || n > TT_CONFIG_PATH_MAX - f->path - dot) {
        return fail(r, "the key is too long or has a NUL in it", "see `telltale config --explain`");
    }
    r->path[f->path] = '.';
    memcpy(r->path + f->path + dot, text, n);
    r->path[f->path + dot + n] = 0;
    f->has_key = true;
    if (f->kind == SECTION && tt_config_find(r->config, r->path) < 0 &&
        !tt_config_is_section(r->config, r->path)) {
        const char *entry = NULL;
        if (tt_config_find_map(r->config, r->path, &entry) < 0) {
            tt_config_unknown(r->config, r->path, r->error);
            return at(r, r->mark);
        }
    }
    return true;
}

static bool add_pair(struct reading *r, int64_t i, const char *text)
{
    const struct tt_option *o = r->config->options[i];
    const char *key = r->path + strlen(o->path) + 1;
    uint32_t line = (uint32_t)r->key.line + 1;
    return tt_value_add_pair(&r->config->values[i], o, key, text, line, r->error) || at(r, r->key);
}

static bool is_nothing(const char *text, yaml_scalar_style_t style)
{
    return style == YAML_PLAIN_SCALAR_STYLE &&
           (*text == 0 || strcmp(text, "~") == 0 || strcmp(text, "null") == 0);
}

static bool no_value(struct reading *r, const struct tt_option *o)
{
    char wants[200];
    tt_fail(r->error, "%s has no value", r->path);
    tt_fail_fix(r->error, "write %s",
                o->type == TT_OPTION_MAP ? "a text; \"\" is an empty one"
                                         : tt_option_wants(o, wants, sizeof wants));
    return at(r, r->key);
}

/* The value of r->path in a section. */
static bool take_value(struct reading *r, const char *text, bool nothing)
{
    const char *entry = NULL;
    int64_t i = tt_config_find(r->config, r->path);
    int64_t map = i < 0 ? tt_config_find_map(r->config, r->path, &entry) : -1;
    if (map >= 0) {
        return nothing ? no_value(r, r->config->options[map]) : add_pair(r, map, text);
    }
    if (i < 0) { /* a section whose options are all commented out is one without a value */
        if (nothing) {
            return open_section(r);
        }
        tt_fail(r->error, "%s is a section, not an option", r->path);
        tt_fail_fix(r->error, "its options stand indented below it");
        return at(r, r->mark);
    }
    const struct tt_option *o = r->config->options[i];
    if (!once(r, i)) {
        return false;
    }
    if (nothing && o->type == TT_OPTION_MAP) {
        return true;
    }
    if (nothing) {
        return no_value(r, o);
    }
    return tt_value_parse(&r->config->values[i], o, text, r->error) || at(r, r->mark);
}

static bool join(struct reading *r, const char *text)
{
    size_t n = strlen(r->joined), more = strlen(text);
    if (more > sizeof r->joined - n - 3) {
        return fail(r, "the list is too long", "at most 4 KiB");
    }
    snprintf(r->joined + n, sizeof r->joined - n, "%s%s", n ? "," : "[", text);
    return true;
}

static bool take_scalar(struct reading *r, const yaml_event_t *event)
{
    const char *text = (const char *)event->data.scalar.value;
    size_t n = event->data.scalar.length;
    bool nothing = is_nothing(text, event->data.scalar.style);
    if (r->depth == 0) {
        return nothing || fail(r, "the file is a single value", "write KEY: VALUE");
    }
    struct frame *f = top(r);
    if ((f->kind == SECTION || f->kind == PAIRS) && !f->has_key) {
        return take_key(r, text, n);
    }
    if (memchr(text, 0, n)) {
        return fail(r, "the value has a NUL in it", "leave it out");
    }
    f->has_key = false;
    switch (f->kind) {
    case SECTION:
        return take_value(r, text, nothing);
    case PAIRS:
        return nothing ? no_value(r, r->config->options[f->option]) : add_pair(r, f->option, text);
    case NAMES:
        return tt_value_add_name(&r->bits, r->config->options[f->option], text, r->error) ||
               at(r, r->mark);
    case JOINED:
        return join(r, text);
    }
    return false;
}

/* The option that the collection at r->path belongs to: an option, or the map that it is an entry
 * of (*pair); -1 = a section. */
static int64_t owner(struct reading *r, bool *pair)
{
    const char *entry = NULL;
    struct frame *f = top(r);
    *pair = f->kind == PAIRS;
    if (*pair) {
        return f->option;
    }
    int64_t i = tt_config_find(r->config, r->path);
    if (i < 0) {
        i = tt_config_find_map(r->config, r->path, &entry);
        *pair = i >= 0;
    }
    return i;
}

static bool take_collection(struct reading *r, bool mapping)
{
    bool pair = false;
    if (r->depth == 0) {
        r->path[0] = 0;
        return mapping ? push(r, SECTION, -1)
                       : fail(r, "the file is a list", "write KEY: VALUE, without the dash");
    }
    struct frame *f = top(r);
    if (f->kind == NAMES || f->kind == JOINED) {
        return fail(r, "a list holds single values only", "write them side by side");
    }
    if (!f->has_key) {
        return fail(r, "a key cannot be a list or a map", "write KEY: VALUE");
    }
    f->has_key = false;
    int64_t i = owner(r, &pair);
    if (i < 0) {
        if (!mapping) {
            tt_fail(r->error, "%s is a section, not a list", r->path);
            tt_fail_fix(r->error, "its options stand indented below it, without dashes");
            return at(r, r->mark);
        }
        return open_section(r) && push(r, SECTION, -1);
    }
    const struct tt_option *o = r->config->options[i];
    if (pair) {
        r->joined[0] = 0;
        return mapping ? fail(r, "an entry of a map is a text or a list", "not a map in turn")
                       : push(r, JOINED, i);
    }
    if (mapping ? o->type != TT_OPTION_MAP : o->type != TT_OPTION_SET) {
        return wrong_shape(r, o, mapping ? "a map" : "a list");
    }
    r->bits = 0;
    return once(r, i) && push(r, mapping ? PAIRS : NAMES, i);
}

static bool end_collection(struct reading *r)
{
    struct frame *f = top(r);
    r->depth--;
    if (f->kind == NAMES) {
        r->config->values[f->option].number = r->bits;
    } else if (f->kind == JOINED) {
        size_t n = strlen(r->joined);
        snprintf(r->joined + n, sizeof r->joined - n, "%s]", n ? "" : "[");
        return add_pair(r, f->option, r->joined);
    }
    return true;
}

static bool has_tag(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_SCALAR_EVENT:
        return event->data.scalar.tag != NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.tag != NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.tag != NULL;
    default:
        return false;
    }
}

static bool has_anchor(const yaml_event_t *event)
{
    switch (event->type) {
    case YAML_ALIAS_EVENT:
        return true;
    case YAML_SCALAR_EVENT:
        return event->data.scalar.anchor != NULL;
    case YAML_SEQUENCE_START_EVENT:
        return event->data.sequence_start.anchor != NULL;
    case YAML_MAPPING_START_EVENT:
        return event->data.mapping_start.anchor != NULL;
    default:
        return false;
    }
}

static bool take(struct reading *r, const yaml_event_t *event)
{
    r->mark = event->start_mark;
    if (has_anchor(event)) {
        return fail(r, "anchors (&) and aliases (*) are not supported",
                    "write the value out, or quote a text that begins so");
    }
    if (has_tag(event)) {
        return fail(r, "tags (!) are not supported", "quote a text that begins with !");
    }
    switch (event->type) {
    case YAML_DOCUMENT_START_EVENT:
        return r->documents++ == 0 || fail(r, "a second document begins", "one file, one document");
    case YAML_SCALAR_EVENT:
        return take_scalar(r, event);
    case YAML_MAPPING_START_EVENT:
        return take_collection(r, true);
    case YAML_SEQUENCE_START_EVENT:
        return take_collection(r, false);
    case YAML_MAPPING_END_EVENT:
    case YAML_SEQUENCE_END_EVENT:
        return end_collection(r);
    default:
        return true;
    }
}

/* True when a tab stands among the blanks that the line (0-based) begins with. */
static bool tab_indents(const char *yaml, size_t n, size_t line)
{
    size_t i = 0;
    for (; i < n && line; i++) {
        line -= yaml[i] == '\n';
    }
    while (i < n && yaml[i] == ' ') {
        i++;
    }
    return i < n && yaml[i] == '\t';
}

static bool not_yaml(struct reading *r, const yaml_parser_t *p, const char *yaml, size_t n)
{
    yaml_mark_t mark = p->problem_mark;
    if (p->error == YAML_READER_ERROR) { /* it knows an offset only */
        mark.line = mark.column = 0;
        for (size_t i = 0; i < n && i < p->problem_offset; i++) {
            mark.column = yaml[i] == '\n' ? 0 : mark.column + 1;
            mark.line += yaml[i] == '\n';
        }
    }
    tt_fail(r->error, "this is not YAML: %s", p->problem ? p->problem : "it cannot be read");
    if (p->context) {
        tt_fail_fix(r->error, "%s on line %u", p->context, (unsigned)p->context_mark.line + 1);
    }
    if (p->context && strstr(p->context, "a tag")) {
        tt_fail_fix(r->error, "quote a text that begins with !");
    }
    if (tab_indents(yaml, n, mark.line)) {
        tt_fail_fix(r->error, "YAML indents with spaces, never with tabs");
    }
    return at(r, mark);
}

/* "Set twice" is said of one file only. */
static void forget_lines(struct tt_config *c)
{
    for (uint32_t i = 0; i < c->n; i++) {
        for (uint32_t k = 0; k < c->values[i].n_pairs; k++) {
            c->values[i].pairs[k].line = 0;
        }
    }
}

bool tt_config_parse(struct tt_config *c, const char *file, const char *yaml, size_t n,
                     struct tt_error *e)
{
    struct reading r = {.config = c, .file = file, .error = e};
    yaml_parser_t parser;
    yaml_event_t event;
    bool good = true, end = false;
    if (!yaml_parser_initialize(&parser)) {
        return tt_fail(e, "out of memory");
    }
    yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING);
    yaml_parser_set_input_string(&parser, (const unsigned char *)yaml, n);
    r.lines = tt_config_alloc(c->n, sizeof *r.lines);
    while (good && !end) {
        if (!yaml_parser_parse(&parser, &event)) {
            good = not_yaml(&r, &parser, yaml, n);
            break;
        }
        end = event.type == YAML_STREAM_END_EVENT;
        good = take(&r, &event);
        yaml_event_delete(&event);
    }
    yaml_parser_delete(&parser);
    forget_lines(c);
    for (uint32_t i = 0; i < r.n_sections; i++) {
        free(r.sections[i].path);
    }
    free(r.sections);
    free(r.lines);
    return good;
}
