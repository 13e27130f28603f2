/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Fields and oddities of HTTP/1, part of http.c alone. What is in the record has Suricata's names,
 * and so have keywords and oddities where Suricata has them.
 */
#ifndef DISSECT_PROTO_HTTP_ROWS_H
#define DISSECT_PROTO_HTTP_ROWS_H

#include "telltale/dissect.h"

enum kind { REQUEST, RESPONSE, REQUEST_BODY, RESPONSE_BODY, REQUEST_END, RESPONSE_END };

/* clang-format off */
static const struct tt_name kinds[] = {
    {REQUEST, "request"}, {RESPONSE, "response"}, {REQUEST_BODY, "request_content"},
    {RESPONSE_BODY, "response_content"}, {REQUEST_END, "request_trailer"},
    {RESPONSE_END, "response_trailer"}, {0, NULL}};

enum row {
    F_HOSTNAME, F_PORT, F_URL, F_USER_AGENT, F_XFF, F_CONTENT_TYPE, F_REFER, F_METHOD, F_PROTOCOL,
    F_STATUS, F_REDIRECT, F_LENGTH, F_REQUEST_NAME, F_REQUEST_VALUE, F_REQUEST_SECRET,
    F_RESPONSE_NAME, F_RESPONSE_VALUE, F_RESPONSE_SECRET, F_URI, F_URI_RAW, F_URI_HIDDEN,
    F_HOST_RAW, F_REQUEST_TYPE, F_REQUEST_LINE, F_RESPONSE_LINE, F_RESPONSE_PROTOCOL, F_STAT_CODE,
    F_STAT_MSG, F_REQUEST_HEADER, F_RESPONSE_HEADER, F_COOKIE, F_SET_COOKIE, F_CONTENT_LEN,
    F_SERVER, F_ACCEPT, F_ACCEPT_LANG, F_ACCEPT_ENC, F_CONNECTION, F_TRANSFER, F_UPGRADE_TO,
    F_WS_PROTOCOL, F_REQUEST_BODY, F_RESPONSE_BODY, N_ROWS,
};

#define ROW(row, path, doc, keyword, tshark, type, flags) \
    [row] = {path, doc, NULL, keyword, tshark, type, 0, flags}
#define STR(row, path, doc, keyword, tshark) ROW(row, path, doc, keyword, tshark, TT_STR, 0)
#define RULE(row, path, doc, keyword, tshark) \
    ROW(row, path, doc, keyword, tshark, TT_STR, TT_UNRECORDED)
#define HIDDEN(row, path, doc, keyword, type) \
    ROW(row, path, doc, keyword, NULL, type, TT_UNRECORDED | TT_SECRET)

static const struct tt_field fields[N_ROWS] = {
    STR(F_HOSTNAME, "hostname", "Host that is asked, in lower case.", "http.host", NULL),
    ROW(F_PORT, "http_port", "Its port, where it is told.", "http.port", NULL, TT_UINT, 0),
    STR(F_URL, "url", "What is asked for, without the values of secrets.", "http.url", NULL),
    STR(F_USER_AGENT, "http_user_agent", "Program that asks.", "http.user_agent",
        "http.user_agent"),
    STR(F_XFF, "xff", "X-Forwarded-For.", "http.xff", "http.x_forwarded_for"),
    STR(F_CONTENT_TYPE, "http_content_type", "Media type of the answer.", "http.content_type",
        "http.content_type"),
    STR(F_REFER, "http_refer", "Referer.", "http.referer", "http.referer"),
    STR(F_METHOD, "http_method", "Method.", "http.method", "http.request.method"),
    STR(F_PROTOCOL, "protocol", "Version of the request.", "http.protocol",
        "http.request.version"),
    ROW(F_STATUS, "status", "Status code.", "http.status", "http.response.code", TT_UINT, 0),
    STR(F_REDIRECT, "redirect", "Location.", "http.location", "http.location"),
    ROW(F_LENGTH, "length", "Octets of the answer's content, as sent.", NULL, NULL, TT_UINT, 0),
    STR(F_REQUEST_NAME, "request_headers[].name", "Name of a field of the request.", NULL, NULL),
    STR(F_REQUEST_VALUE, "request_headers[].value", "Its value.", NULL, NULL),
    ROW(F_REQUEST_SECRET, "request_headers[].value", "A value that is a secret.", NULL, NULL,
        TT_STR, TT_SECRET),
    STR(F_RESPONSE_NAME, "response_headers[].name", "Name of a field of the answer.", NULL, NULL),
    STR(F_RESPONSE_VALUE, "response_headers[].value", "Its value.", NULL, NULL),
    ROW(F_RESPONSE_SECRET, "response_headers[].value", "A value that is a secret.", NULL, NULL,
        TT_STR, TT_SECRET),
    HIDDEN(F_URI, "uri", "What is asked for, percent coding undone.", "http.uri", TT_STR),
    RULE(F_URI_RAW, "uri_raw", "What is asked for, as sent.", "http.uri.raw", "http.request.uri"),
    HIDDEN(F_URI_HIDDEN, "uri_raw", "What is asked for, with secrets in it.", "http.uri.raw",
           TT_STR),
    RULE(F_HOST_RAW, "host_raw", "Host as sent.", "http.host.raw", "http.host"),
    RULE(F_REQUEST_TYPE, "request_type", "Media type of the request.", "http.content_type",
         "http.content_type"),
    HIDDEN(F_REQUEST_LINE, "request_line", "First line of the request.", "http.request_line",
           TT_STR),
    RULE(F_RESPONSE_LINE, "response_line", "First line of the answer.", "http.response_line",
         NULL),
    RULE(F_RESPONSE_PROTOCOL, "response_protocol", "Version of the answer.", "http.protocol",
         "http.response.version"),
    RULE(F_STAT_CODE, "stat_code", "Status code as a text.", "http.stat_code", NULL),
    RULE(F_STAT_MSG, "stat_msg", "What the status means.", "http.stat_msg",
         "http.response.phrase"),
    HIDDEN(F_REQUEST_HEADER, "request_header", "All fields of the request.", "http.header",
           TT_STR),
    HIDDEN(F_RESPONSE_HEADER, "response_header", "All fields of the answer.", "http.header",
           TT_STR),
    HIDDEN(F_COOKIE, "cookie", "Cookie.", "http.cookie", TT_STR),
    HIDDEN(F_SET_COOKIE, "set_cookie[]", "Set-Cookie.", "http.cookie", TT_STR),
    RULE(F_CONTENT_LEN, "content_len", "Content-Length as sent.", "http.content_len",
         "http.content_length_header"),
    RULE(F_SERVER, "server", "Program that answers.", "http.server", "http.server"),
    RULE(F_ACCEPT, "accept", "Media types that are wanted.", "http.accept", "http.accept"),
    RULE(F_ACCEPT_LANG, "accept_lang", "Languages that are wanted.", "http.accept_lang",
         "http.accept_language"),
    RULE(F_ACCEPT_ENC, "accept_enc", "Codings that are wanted.", "http.accept_enc",
         "http.accept_encoding"),
    RULE(F_CONNECTION, "connection", "Options of the connection.", "http.connection",
         "http.connection"),
    RULE(F_TRANSFER, "transfer_encoding", "How the content is sent.", NULL,
         "http.transfer_encoding"),
    RULE(F_UPGRADE_TO, "upgrade", "Protocol to go on with.", NULL, "http.upgrade"),
    RULE(F_WS_PROTOCOL, "sec_websocket_protocol", "Subprotocol.", NULL,
         "http.sec_websocket_protocol"),
    HIDDEN(F_REQUEST_BODY, "request_body", "Content of the request, its first 16 KiB.",
           "http.request_body", TT_STR),
    RULE(F_RESPONSE_BODY, "response_body", "Content of the answer, its first 16 KiB.",
         "http.response_body", NULL),
};

enum oddity {
    A_MALFORMED, A_REQUEST_LINE, A_RESPONSE_LINE, A_STATUS, A_PROTOCOL, A_REQUEST_HEADER,
    A_RESPONSE_HEADER, A_REQUEST_COLON, A_RESPONSE_COLON, A_REQUEST_FOLDED, A_RESPONSE_FOLDED,
    A_BARE_LF, A_STRAY_CR, A_SPACED, A_REQUEST_LENGTH, A_RESPONSE_LENGTH, A_REQUEST_TWICE,
    A_RESPONSE_TWICE, A_BOTH, A_REQUEST_CODING, A_RESPONSE_CODING, A_OLD_CHUNKED, A_REQUEST_CHUNK,
    A_RESPONSE_CHUNK, A_REQUEST_EXTENSION, A_RESPONSE_EXTENSION, A_NO_HOST, A_HOST, A_CONTINUED,
    A_UNMATCHED, A_DIRECTION, A_PIPELINE, A_MANY_REQUEST, A_MANY_RESPONSE, A_ACCEPT,
    N_ODDITIES,
};
static const struct tt_anomaly anomalies[N_ODDITIES] = {
    [A_MALFORMED] = {"malformed_traffic", "Octets that are not HTTP."},
    [A_REQUEST_LINE] = {"request_line_invalid", "First line that a strict reader refuses."},
    [A_RESPONSE_LINE] = {"response_invalid_protocol", "First line that a strict reader refuses."},
    [A_STATUS] = {"response_invalid_status", "Status that is not of 100 to 599."},
    [A_PROTOCOL] = {"request_line_missing_protocol", "A request that tells no version."},
    [A_REQUEST_HEADER] = {"request_header_invalid", "Octets that a field may not have."},
    [A_RESPONSE_HEADER] = {"response_header_invalid", "Octets that a field may not have."},
    [A_REQUEST_COLON] = {"request_field_missing_colon", "Line without a colon."},
    [A_RESPONSE_COLON] = {"response_field_missing_colon", "Line without a colon."},
    [A_REQUEST_FOLDED] = {"invalid_request_field_folding", "Field over several lines."},
    [A_RESPONSE_FOLDED] = {"invalid_response_field_folding", "Field over several lines."},
    [A_BARE_LF] = {"bare_lf", "Line that ends with LF alone: servers disagree about it."},
    [A_STRAY_CR] = {"bare_cr", "CR or NUL inside of a line: servers disagree about it."},
    [A_SPACED] = {"space_before_colon", "White space before the colon (RFC 9112 5.1)."},
    [A_REQUEST_LENGTH] = {"invalid_content_length_field_in_request", "Not a number."},
    [A_RESPONSE_LENGTH] = {"invalid_content_length_field_in_response", "Not a number."},
    [A_REQUEST_TWICE] = {"duplicate_content_length_field_in_request", "Content-Length twice."},
    [A_RESPONSE_TWICE] = {"duplicate_content_length_field_in_response", "Content-Length twice."},
    [A_BOTH] = {"content_length_and_transfer_encoding",
                "Both lengths: the way to smuggle a request (RFC 9112 6.1)."},
    [A_REQUEST_CODING] = {"invalid_transfer_encoding_value_in_request",
                          "Transfer coding that does not end with chunked, or unknown."},
    [A_RESPONSE_CODING] = {"invalid_transfer_encoding_value_in_response",
                           "Transfer coding that is unknown."},
    [A_OLD_CHUNKED] = {"response_chunked_old_proto", "Chunks in HTTP/1.0."},
    [A_REQUEST_CHUNK] = {"invalid_request_chunk_len", "Length of a chunk that is none."},
    [A_RESPONSE_CHUNK] = {"invalid_response_chunk_len", "Length of a chunk that is none."},
    [A_REQUEST_EXTENSION] = {"request_chunk_extension", "Chunk with an extension."},
    [A_RESPONSE_EXTENSION] = {"response_chunk_extension", "Chunk with an extension."},
    [A_NO_HOST] = {"missing_host_header", "HTTP/1.1 without Host."},
    [A_HOST] = {"host_header_ambiguous", "Two hosts."},
    [A_CONTINUED] = {"100_continue_already_seen", "100 twice for one request."},
    [A_UNMATCHED] = {"unable_to_match_response_to_request", "Answer that nobody asked for."},
    [A_DIRECTION] = {"wrong_direction", "A request from the server, or an answer from the client."},
    [A_PIPELINE] = {"too_many_requests", "More requests without an answer than are kept."},
    [A_MANY_REQUEST] = {"request_too_many_headers", "More than 100 fields."},
    [A_MANY_RESPONSE] = {"response_too_many_headers", "More than 100 fields."},
    [A_ACCEPT] = {"websocket_accept_wrong", "Sec-WebSocket-Accept that is not of the key."},
};

/* What a field means for the message. */
enum meaning { NOTHING, HOST, LENGTH, TRANSFER, TYPE, EXPECT, UPGRADE, OPTIONS, KEY, ACCEPT };

#define FIELD(name, ...) {name, sizeof(name) - 1, __VA_ARGS__}
static const struct known {
    const char *name;
    uint8_t n, request, response; /* octets; rows, N_ROWS = none */
    uint8_t meaning;
    bool secret;
} field_names[] = {
    FIELD("host", F_HOST_RAW, N_ROWS, HOST, false),
    FIELD("user-agent", F_USER_AGENT, N_ROWS, NOTHING, false),
    FIELD("x-forwarded-for", F_XFF, N_ROWS, NOTHING, false),
    FIELD("content-type", F_REQUEST_TYPE, F_CONTENT_TYPE, TYPE, false),
    FIELD("referer", F_REFER, N_ROWS, NOTHING, false),
    FIELD("location", N_ROWS, F_REDIRECT, NOTHING, false),
    FIELD("cookie", F_COOKIE, N_ROWS, NOTHING, true),
    FIELD("set-cookie", N_ROWS, F_SET_COOKIE, NOTHING, true),
    FIELD("content-length", F_CONTENT_LEN, F_CONTENT_LEN, LENGTH, false),
    FIELD("server", N_ROWS, F_SERVER, NOTHING, false),
    FIELD("accept", F_ACCEPT, N_ROWS, NOTHING, false),
    FIELD("accept-language", F_ACCEPT_LANG, N_ROWS, NOTHING, false),
    FIELD("accept-encoding", F_ACCEPT_ENC, N_ROWS, NOTHING, false),
    FIELD("connection", F_CONNECTION, F_CONNECTION, OPTIONS, false),
    FIELD("transfer-encoding", F_TRANSFER, F_TRANSFER, TRANSFER, false),
    FIELD("upgrade", F_UPGRADE_TO, F_UPGRADE_TO, UPGRADE, false),
    FIELD("sec-websocket-protocol", F_WS_PROTOCOL, F_WS_PROTOCOL, NOTHING, false),
    FIELD("sec-websocket-key", N_ROWS, N_ROWS, KEY, false),
    FIELD("sec-websocket-accept", N_ROWS, N_ROWS, ACCEPT, false),
    FIELD("expect", N_ROWS, N_ROWS, EXPECT, false),
    FIELD("authorization", N_ROWS, N_ROWS, NOTHING, true),
    FIELD("date", N_ROWS, N_ROWS, NOTHING, false),
    FIELD("cache-control", N_ROWS, N_ROWS, NOTHING, false),
    FIELD("keep-alive", N_ROWS, N_ROWS, NOTHING, false),
    FIELD("www-authenticate", N_ROWS, N_ROWS, NOTHING, false),
    FIELD("proxy-authenticate", N_ROWS, N_ROWS, NOTHING, false),
};
/* clang-format on */

#endif
