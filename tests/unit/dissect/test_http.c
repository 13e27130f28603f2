/* SPDX-License-Identifier: BSD-3-Clause
 *
 * HTTP/1: messages from the specifications and what follows from them, each whole and in segments
 * of one octet. Expected: RFC 9110, RFC 9112 (sections are named), names as Suricata has them.
 */
#include "unit/dissect/http_rig.h"

#define EACH(r, start)                                                                             \
    for (uint32_t each = 0; each < 2; each++)                                                      \
        for (struct rig *r = rig_new(each, start); r; rig_free(r), r = NULL)

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

/* RFC 9110 3.9, with a port and a query. */
static void a_request_and_its_answer(void **unused)
{
    EACH(r, true)
    {
        SEND(r, C,
             "GET /hello%20there.txt?a=1&Password=hush&b=2 HTTP/1.1\r\nUser-Agent: curl/7.64.1\r\n"
             "Host: WWW.Example.com:8080\r\nAccept-Language: en, mi\r\nReferer: "
             "http://a/?token=t\r\n"
             "Authorization: Basic dXNlcjpwYXNz\r\nCookie: a=b\r\n\r\n");
        SEND(r, S,
             "HTTP/1.1 301 Moved Permanently\r\nDate: Mon, 27 Jul 2009 12:28:53 GMT\r\nServer: "
             "Apache\r\n"
             "Location: /new?sig=x\r\nContent-Type: text/plain\r\nSet-Cookie: a=b\r\n"
             "Content-Length: 5\r\n\r\nHello");
        rig_end(r);
        TELLS(r, "http request tx 0 ");
        TELLS(r, " hostname=www.example.com ");
        TELLS(r, " host_raw=WWW.Example.com:8080 ");
        TELLS(r, " http_port=8080 ");
        TELLS(r, " url=/hello%20there.txt?a=1&Password=<redacted>&b=2 ");
        TELLS(r, " uri=#/hello there.txt?a=1&Password=hush&b=2 ");
        TELLS(r, " uri_raw=#/hello%20there.txt?a=1&Password=hush&b=2 ");
        TELLS(r, " http_method=GET ");
        TELLS(r, " protocol=HTTP/1.1 ");
        TELLS(r, " http_user_agent=curl/7.64.1 ");
        TELLS(r, " http_refer=http://a/?token=<redacted> ");
        TELLS(r, " request_headers[].name=Authorization request_headers[].value=#Basic");
        TELLS(r, " request_headers[].name=Cookie request_headers[].value=#a=b");
        TELLS(r, " request_headers[].name=Accept-Language request_headers[].value=en, mi ");
        TELLS(r, "http response tx 0 ");
        TELLS(r, " status=301 ");
        TELLS(r, " stat_msg=Moved Permanently ");
        TELLS(r, " redirect=/new?sig=<redacted> ");
        TELLS(r, " http_content_type=text/plain ");
        TELLS(r, " response_headers[].name=Set-Cookie response_headers[].value=#a=b");
        TELLS(r, "http response_content tx 0 length=5 response_body=Hello\nend http 0\n");
        SILENT(r, "anomaly");
        SILENT(r, " !");
    }
    (void)unused;
}

/* Pipelining (RFC 9112 9.3.2): answers in the order of the requests; HEAD, 204 and 304 have no
 * content whatever they say (6.3). */
static void answers_in_order(void **unused)
{
    EACH(r, true)
    {
        SEND(r, C,
             "HEAD /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n"
             "GET /3 HTTP/1.1\r\nHost: a\r\n\r\nGET /4 HTTP/1.1\r\nHost: a\r\n\r\n");
        SEND(r, S,
             "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" OK
             "HTTP/1.1 304 Not Modified\r\nContent-Length: 77\r\n\r\n"
             "HTTP/1.1 204 No Content\r\n\r\n");
        rig_end(r);
        TELLS(r, "http response tx 0");
        TELLS(r, "http response_content tx 1 length=2 response_body=ok");
        TELLS(r, "http response tx 2");
        TELLS(r, "http response tx 3");
        assert_int_equal(rig_count(r, "end http"), 4);
        SILENT(r, "unanswered");
        SILENT(r, "unasked");
        SILENT(r, " !");
    }
    (void)unused;
}

/* RFC 9112 7.1: chunks, an extension, a trailer; the example of 7.1.2's older edition. */
static void chunks(void **unused)
{
    EACH(r, true)
    {
        SEND(r, C,
             "POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
             "3\r\nabc\r\n0\r\n\r\nGET /d HTTP/1.1\r\nHost: a\r\n\r\n");
        SEND(
            r, S,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n"
            "4\r\nWiki\r\n5;x=1\r\npedia\r\nE\r\n in\r\n\r\nchunks.\r\n0\r\nExpires: 0\r\n\r\n" OK);
        rig_end(r);
        TELLS(r, "http request_trailer tx 0\n");
        TELLS(r, "http request tx 1 ");
        TELLS(r, "http response_trailer tx 0 length=23\nend http 0\n");
        TELLS(r, "http response_content tx 1 length=2 ");
        TELLS(r, "anomaly response_chunk_extension\n");
        SILENT(r, " !");
        assert_int_equal(rig_count(r, "anomaly"), 1);
    }
    (void)unused;
}

/* Of long content the first 16 KiB are shown; without a length it ends with the connection. */
static void long_content(void **unused)
{
    static char text[20000];
    memset(text, 'x', sizeof text);
    EACH(r, true)
    {
        SEND(r, C, "GET /l HTTP/1.1\r\nHost: a\r\n\r\nGET /m HTTP/1.0\r\n\r\n");
        SEND(r, S, "HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n");
        rig_send(r, S, text, sizeof text);
        SEND(r, S, "HTTP/1.0 200 OK\r\n\r\nGET /not HTTP/1.0\r\n\r\nHTTP/1.0 200 OK\r\n\r\n");
        rig_end(r);
        TELLS(r, "http response_content tx 0 length=20000 response_body=xxxx");
        assert_int_equal(rig_count(r, "http response tx"), 2);
        assert_int_equal(rig_count(r, "http request tx"), 2);
        TELLS(r, "end http 1\n");
        SILENT(r, "anomaly");
    }
    (void)unused;
}

/* RFC 9110 10.1.1: the content comes after 100; it may come after the answer, too. */
static void expectations(void **unused)
{
    EACH(r, true)
    {
        SEND(r, C,
             "PUT /x HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n");
        SEND(r, S, "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n");
        SEND(r, C, "abc");
        SEND(r, S, "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n");
        SEND(r, C, "POST /y HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nabc");
        SEND(r, S, "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
        SEND(r, C, "defGET /z HTTP/1.1\r\nHost: a\r\n\r\n");
        SEND(r, S, OK);
        rig_end(r);
        TELLS(r, "http request_content tx 0 request_body=#abc\n");
        TELLS(r, "status=201");
        assert_int_equal(rig_count(r, " length=0"), 2);
        TELLS(r, "http request tx 2");
        SILENT(r, "http request_content tx 1");
        assert_int_equal(rig_count(r, "end http"), 3);
        SILENT(r, "un"
                  "asked");
        SILENT(r, " !");
    }
    (void)unused;
}

/* The ways to make two receivers disagree, each told by its name (RFC 9112 2.2, 5.1, 5.2, 6.1, 6.3,
 * 11.2). What follows is read as a strict receiver frames it. */
static void oddities(void **unused)
{
    static const struct {
        const char *request, *name;
    } cases[] = {
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
         "0\r\n\r\n",
         "content_length_and_transfer_encoding"},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
         "duplicate_content_length_field_in_request"},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3, 3\r\n\r\nabc",
         "duplicate_content_length_field_in_request"},
        {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +3\r\n\r\n",
         "invalid_content_length_field_in_request"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n",
         "invalid_transfer_encoding_value_in_request"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, identity\r\n\r\n",
         "invalid_transfer_encoding_value_in_request"},
        {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n\r\n",
         "invalid_request_chunk_len"},
        {"GET / HTTP/1.1\nHost: a\n\n", "bare_lf"},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: 1\n\r\n", "bare_lf"},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: 1\rY: 2\r\n\r\n", "bare_cr"},
        {"GET / HTTP/1.1\r\nHost : a\r\n\r\n", "space_before_colon"},
        {"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n  2\r\n\r\n", "invalid_request_field_folding"},
        {"GET / HTTP/1.1\r\nHost: a\r\nNo colon\r\n\r\n", "request_field_missing_colon"},
        {"GET / HTTP/1.1\r\n\r\n", "missing_host_header"},
        {"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "host_header_ambiguous"},
        {"GET http://b/ HTTP/1.1\r\nHost: a\r\n\r\n", "host_header_ambiguous"},
        {"GET /\r\nHost: a\r\n\r\n", "request_line_missing_protocol"},
        {"GET / HTTP/7x\r\nHost: a\r\n\r\n", "request_line_invalid"},
        {"GET / HTTP/1.1\r\nHost: a\r\nX\x01: 1\r\n\r\n", "request_header_invalid"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        EACH(r, true)
        {
            char name[80];
            snprintf(name, sizeof name, "%s", cases[i].name);
            SEND(r, C, "GET /first HTTP/1.1\r\nHost: a\r\n\r\n");
            rig_send(r, C, cases[i].request, strlen(cases[i].request));
            SEND(r, C, "GET /last HTTP/1.1\r\nHost: a\r\n\r\n");
            rig_end(r);
            TELLS(r, name);
            TELLS(r, " url=/first ");
            TELLS(r, " url=/last ");
            SILENT(r, "lost_synchronisation");
        }
    }
    (void)unused;
}

static void odd_answers(void **unused)
{
    EACH(r, true)
    {
        SEND(r, C, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        SEND(r, S, "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        SEND(r, S, "HTTP/1.1 999 ?\r\nContent-Length: 0\r\nContent-Length: 1\r\n\r\n");
        SEND(r, S, OK);
        SEND(r, C, OK);
        SEND(r, S, "GET /turned HTTP/1.1\r\nHost: a\r\n\r\n");
        rig_end(r);
        TELLS(r, "!response_chunked_old_proto");
        TELLS(r, "!response_invalid_status");
        TELLS(r, "!duplicate_content_length_field_in_response");
        assert_int_equal(rig_count(r, "!unable_to_match_response_to_request"), 2);
        assert_int_equal(rig_count(r, "!wrong_direction"), 2);
    }
    (void)unused;
}

/* A flow that is joined later is read from its next head on; nothing is judged. */
static void joined_later(void **unused)
{
    EACH(r, false)
    {
        SEND(r, S,
             "ent of an answer that began earlier\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
        SEND(r, S, "ok");
        SEND(r, C, "GET /later HTTP/1.1\r\nHost: a\r\n\r\n");
        SEND(r, S, OK);
        rig_end(r);
        TELLS(r, " url=/later ");
        TELLS(r, "http response_content tx 0 length=2 response_body=ok\n");
        SILENT(r, " !");
    }
    (void)unused;
}

/* A hole in content whose length is known is no loss; one that takes a head with it is. */
static void holes(void **unused)
{
    EACH(r, true)
    {
        SEND(r, C, "GET /1 HTTP/1.1\r\nHost: a\r\n\r\n");
        SEND(r, S, "HTTP/1.1 200 OK\r\nContent-Length: 40000\r\n\r\n");
        static char text[20000];
        rig_send(r, S, text, sizeof text);
        tt_engine_gap(r->e, &r->f, S, 10000, NULL);
        rig_send(r, S, text, 10000);
        SEND(r, C, "GET /2 HTTP/1.1\r\nHost: a\r\n\r\n");
        SEND(r, S, OK);
        tt_engine_gap(r->e, &r->f, C, 100, NULL);
        SEND(r, C, "x: y\r\n\r\nGET /3 HTTP/1.1\r\nHost: a\r\n\r\n");
        rig_end(r);
        TELLS(r, "http response_content tx 1 length=2 ");
        TELLS(r, " url=/3 ");
        TELLS(r, "resynchronised");
        SILENT(r, " !");
    }
    (void)unused;
}

/* CONNECT (RFC 9110 9.3.6): what goes through the tunnel is looked at, too; but not what comes
 * after a refusal. Octets that wait for the answer are not lost. */
static void tunnels(void **unused)
{
    EACH(r, true)
    {
        SEND(r, C, "CONNECT broker:1883 HTTP/1.1\r\nHost: broker:1883\r\n\r\n");
        SEND(r, C, "\x10\x0d\0\4MQTT\4\2\0\x3c\0\1x"); /* sent early */
        SEND(r, S, "HTTP/1.1 200 Connection established\r\n\r\n\x20\2\0\0");
        SEND(r, C, "\x30\5\0\1th1");
        rig_end(r);
        TELLS(r, "http/mqtt connect tx 0");
        TELLS(r, "http/mqtt connack tx 0");
        TELLS(r, "http/mqtt publish tx 1");
        SILENT(r, "!");
    }
    EACH(r, true)
    {
        SEND(r, C, "CONNECT broker:1883 HTTP/1.1\r\nHost: broker:1883\r\n\r\n");
        SEND(r, C, "GET /after HTTP/1.1\r\nHost: a\r\n\r\n");
        SEND(r, S, "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
        SEND(r, S, OK);
        rig_end(r);
        TELLS(r, " url=/after ");
        TELLS(r, "http response_content tx 1 ");
        SILENT(r, "!");
    }
    (void)unused;
}

static void probing(void **unused)
{
    extern const struct tt_dissector tt_dissector_http;
    static const struct {
        const char *text;
        enum tt_probe is;
    } cases[] = {
        {"G", TT_PROBE_MAYBE},           {"GET", TT_PROBE_MAYBE},
        {"GET ", TT_PROBE_MAYBE},        {"GET /", TT_PROBE_YES},
        {"GET http:", TT_PROBE_YES},     {"GET htt", TT_PROBE_MAYBE},
        {"OPTIONS *", TT_PROBE_YES},     {"OPTIONS s", TT_PROBE_NO},
        {"GET x", TT_PROBE_NO},          {"CONNECT a", TT_PROBE_YES},
        {"INVITE /", TT_PROBE_NO},       {"HTTP/1.1 20", TT_PROBE_MAYBE},
        {"HTTP/1.1 200", TT_PROBE_YES},  {"HTTP/2", TT_PROBE_NO},
        {"PRI * HTTP/2.0", TT_PROBE_NO}, {"POSTER /", TT_PROBE_NO},
        {"get /", TT_PROBE_NO},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct tt_bytes b = {(const uint8_t *)cases[i].text, (uint32_t)strlen(cases[i].text)};
        assert_int_equal(tt_dissector_http.probe(b, C), cases[i].is);
    }
    (void)unused;
}

/* More requests than are remembered, and a head that never ends, are told and cost no more. */
static void limits(void **unused)
{
    static char text[70000];
    EACH(r, true)
    {
        for (unsigned i = 0; i < 40; i++) {
            SEND(r, C, "GET /many HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        memset(text, 'x', sizeof text);
        memcpy(text, "GET /long HTTP/1.1\r\nX: ", 23);
        rig_send(r, C, text, sizeof text);
        SEND(r, C, "\r\n\r\nGET /back HTTP/1.1\r\nHost: a\r\n\r\n");
        rig_end(r);
        assert_int_equal(rig_count(r, "!too_many_requests"), 9);
        TELLS(r, "anomaly malformed_traffic\n");
        TELLS(r, " url=/back ");
    }
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_and_its_answer),
        cmocka_unit_test(answers_in_order),
        cmocka_unit_test(chunks),
        cmocka_unit_test(long_content),
        cmocka_unit_test(expectations),
        cmocka_unit_test(oddities),
        cmocka_unit_test(odd_answers),
        cmocka_unit_test(joined_later),
        cmocka_unit_test(holes),
        cmocka_unit_test(tunnels),
        cmocka_unit_test(probing),
        cmocka_unit_test(limits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
