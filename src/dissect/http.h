/* SPDX-License-Identifier: BSD-3-Clause
 *
 * What dissectors of HTTP/1 and of what it carries share: where a head ends, its lines, percent
 * coding, parameters of forms, and which words name a secret. Nothing here allocates or remembers.
 */
#ifndef DISSECT_HTTP_H
#define DISSECT_HTTP_H

#include "telltale/dissect.h"

#define TT_HTTP_HEAD 65536 /* octets of a head at most */

/* Octets of the head at the start of `have`, its empty line included (lines may end with LF alone,
 * empty lines may stand before it: RFC 9112 2.2); 0 = need more, -1 = not in TT_HTTP_HEAD octets.
 * The first `seen` octets were given before and answered 0. */
int64_t tt_http_head_length(struct tt_bytes have, uint32_t seen);

/* Octets of the line at the start of `have`, its LF included; as above, -1 = not in `most`. */
int64_t tt_http_line_length(struct tt_bytes have, uint32_t seen, uint32_t most);

/* One line of a head. */
struct tt_http_line {
    struct tt_bytes all; /* without its end; with the lines that are folded into it */
    struct tt_bytes name, value;
    bool colon;    /* there is one */
    bool spaced;   /* white space before it */
    bool folded;   /* the value goes on in the next line */
    bool bare_lf;  /* ends without CR */
    bool stray_cr; /* CR, or NUL, inside */
};

/* The next line of r; false at the empty line or the end. `first`: of the head, never folded. */
bool tt_http_line(struct tt_reader *r, struct tt_http_line *, bool first);

/* The next parameter of `name=value&…`, which lies in what is left; false at the end. */
bool tt_http_parameter(struct tt_bytes *left, struct tt_bytes *name, struct tt_bytes *value);
/* b with %XX decoded (and + as a space), in what the message made; b itself when nothing was to
 * decode, or there is no room. */
struct tt_bytes tt_http_decode(struct tt_msg *, struct tt_bytes b, bool plus);
/* What b says in base64, in what the message made; empty when it is none, or there is no room. */
struct tt_bytes tt_http_base64(struct tt_msg *, struct tt_bytes b);
/* b with "<redacted>" for the values of parameters that are secrets; b itself when there are none.
 * Empty when there are some and no room. */
struct tt_bytes tt_http_redact(struct tt_msg *, struct tt_bytes b);

/* Letters do not differ by case; `word` is in lower case. */
bool tt_http_is(struct tt_bytes, const char *word);
bool tt_http_has(struct tt_bytes, const char *word); /* anywhere */
bool tt_http_begins(struct tt_bytes, const char *word);
/* One of a comma-separated list (RFC 9110 5.6.1), what is behind ; left out. */
bool tt_http_lists(struct tt_bytes, const char *word);
/* The name of a parameter whose value is a secret: password, api_key, token… */
bool tt_http_secret(struct tt_bytes name);
/* Without white space around it. */
struct tt_bytes tt_http_trim(struct tt_bytes);
/* Digits alone; false when it is none, or too large. */
bool tt_http_number(struct tt_bytes, uint64_t *);

#endif
