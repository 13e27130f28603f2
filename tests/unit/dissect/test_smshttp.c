/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Short messages over HTTP: requests as the makers of the interfaces document them, whole and in
 * segments of one octet. Expected: Kannel User's Guide 1.4 (tables of sendsms and of the
 * administration), the providers' API references, TS 23.040 for the header.
 */
#include "unit/dissect/http_rig.h"

#define EACH(r)                                                                                    \
    for (uint32_t each = 0; each < 2; each++)                                                      \
        for (struct rig *r = rig_new(each, true); r; rig_free(r), r = NULL)

static void post(struct rig *r, const char *path, const char *type, const char *more,
                 const char *body)
{
    char text[2000];
    snprintf(text, sizeof text,
             "POST %s HTTP/1.1\r\nHost: a\r\nContent-Type: %s\r\n%sContent-Length: %zu\r\n\r\n%s",
             path, type, more, strlen(body), body);
    rig_send(r, C, text, strlen(text));
}

static void answer(struct rig *r, const char *status, const char *type, const char *body)
{
    char text[2000];
    snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n%s",
             status, type, strlen(body), body);
    rig_send(r, S, text, strlen(text));
}

static void kannel(void **unused)
{
    EACH(r)
    {
        SEND(r, C,
             "GET "
             "/cgi-bin/sendsms?username=app&password=hush&from=4711&to=%2B491710000001+491720000002"
             "&text=Gr%C3%BC%C3%9Fe+%26+mehr&coding=0&mclass=0&pid=64&dlr-mask=31"
             "&dlr-url=http%3A%2F%2Fa%2Fdlr%3Fpass%3Dx%26id%3D%25I&smsc=lab&validity=60&x=y"
             " HTTP/1.1\r\nHost: a\r\n\r\n");
        answer(r, "202 Accepted", "text/html", "0: Accepted for delivery");
        rig_end(r);
        TELLS(r, "http/smshttp request tx 0 ");
        TELLS(r,
              " request.api=kannel request.operation=send request.account=app "
              "request.password=#hush request.from=4711 request.to[]=+491710000001 "
              "request.to[]=491720000002 request.coding=0 request.text=Grüße & mehr "
              "request.class=flash request.protocol_id=64 request.validity=60 request.dlr_mask=31 "
              "request.dlr_url=http://a/dlr?pass=<redacted>&id=%I request.smsc=lab ");
        TELLS(r, "request.parameters[].name=x request.parameters[].value=y ");
        TELLS(r, "!credentials_in_url !silent_message !flash_message\n");
        TELLS(r, "http/smshttp response tx 0 response.status=202 response.result=accepted "
                 "response.text=0: Accepted for delivery\nend smshttp 0\n");
        TELLS(r, " url=/cgi-bin/sendsms?username=app&password=<redacted>&from=4711&");
        assert_int_equal(rig_count(r, "!"), 3);
    }
    (void)unused;
}

/* Binary with a header: WAP push, then a second part with a wrong number; UCS-2. */
static void headers_and_alphabets(void **unused)
{
    EACH(r)
    {
        SEND(r, C,
             "GET /sendsms?username=a&password=b&to=1&coding=1&udh=%06%05%04%0B%84%23%F0"
             "&text=%01%06%03 HTTP/1.1\r\nHost: a\r\n\r\n");
        SEND(r, C,
             "GET /sendsms?username=a&password=b&to=1&charset=UTF-16BE&coding=2&udh=050003A70203"
             "&text=%00H%20%AC HTTP/1.1\r\nHost: a\r\n\r\n");
        SEND(r, C,
             "GET /sendsms?username=a&password=b&to=1&udh=0500&text=%E4%00 HTTP/1.1\r\nHost: "
             "a\r\n\r\n");
        answer(r, "403 Forbidden", "text/html", "Authorization failed for sendsms");
        rig_end(r);
        TELLS(r, "request.coding=1 request.data=010603 request.header=0605040b8423f0 "
                 "request.udh[].iei=5 request.udh[].name=ports_16 request.udh[].value=0b8423f0 "
                 "request.ports.destination=2948 request.ports.source=9200");
        TELLS(r, "request.text=H€ request.header=050003a70203 ");
        TELLS(r, "request.concatenation.reference=167 request.concatenation.parts=2 "
                 "request.concatenation.part=3");
        TELLS(r, "!bad_concatenation");
        TELLS(r, "!bad_udh !control_characters");
        TELLS(r, "response.status=403 response.result=refused "
                 "response.text=Authorization failed for sendsms");
        assert_int_equal(rig_count(r, "end smshttp"), 3);
        assert_int_equal(
            rig_count(r, "end smshttp 1 unanswered") + rig_count(r, "end smshttp 2 unanswered"), 2);
    }
    (void)unused;
}

static void kannel_admin(void **unused)
{
    EACH(r)
    {
        SEND(r, C, "GET /stop-smsc?password=bar&smsc=lab HTTP/1.1\r\nHost: a\r\n\r\n");
        answer(r, "200 OK", "text/plain", "SMSC `lab' shut down");
        SEND(r, C, "GET /status.txt?password=bar HTTP/1.1\r\nHost: a\r\n\r\n");
        SEND(r, C, "GET /status HTTP/1.1\r\nHost: a\r\n\r\n"); /* anybody's */
        rig_end(r);
        TELLS(r, "request.operation=admin request.password=#bar request.smsc=lab "
                 "request.command=stop-smsc !credentials_in_url !admin_command\n");
        TELLS(r, "request.command=status.txt !credentials_in_url\n");
        assert_int_equal(rig_count(r, "smshttp request"), 2);
    }
    (void)unused;
}

static void providers(void **unused)
{
    EACH(r)
    {
        post(r, "/2010-04-01/Accounts/AC123/Messages.json", "application/x-www-form-urlencoded",
             "Authorization: Basic QUMxMjM6c2VjcmV0\r\n",
             "To=%2B491710000001&From=%2B1555&Body=Hello+there&StatusCallback=http%3A%2F%2Fc%2F");
        answer(r, "201 Created", "application/json",
               "{\"sid\": \"SM1\", \"status\": \"queued\", \"body\": \"Hello there\"}");
        post(r, "/sms/json", "application/x-www-form-urlencoded", "",
             "api_key=k&api_secret=s&to=491710000001&from=Bank&text=hi");
        answer(r, "200 OK", "application/json",
               "{\"message-count\":\"1\",\"messages\":[{\"status\":\"4\",\"error-text\":\"Bad "
               "Credentials\"}]}");
        post(r, "/sms/2/text/advanced", "application/json", "Authorization: App key\r\n",
             "{\"messages\":[{\"from\":\"Info\",\"destinations\":[{\"to\":\"491\"},{\"to\":\"492\"}"
             "],"
             "\"text\":\"\\u00c9t\\u00e9 \\ud83d\\ude00\\n\\\"q\\\"\"}]}");
        answer(r, "200 OK", "application/json", "{\"messages\":[{\"messageId\":\"m1\"}]}");
        post(r, "/xms/v1/plan/batches", "application/json", "Authorization: Bearer t\r\n",
             "{\"from\":\"12\",\"to\":[\"491\",\"492\"],\"body\":\"b\"}");
        answer(r, "401 Unauthorized", "application/json", "{}");
        post(r, "/version1/messaging", "application/x-www-form-urlencoded", "apiKey: k\r\n",
             "username=me&to=%2B254700000001,%2B254700000002&message=m");
        post(r, "/v1/messages", "application/json", "Authorization: Basic bWU6c2VjcmV0\r\n",
             "{\"from\":\"4711\",\"to\":\"491\",\"text\":\"generic\",\"password\":\"p\",\"flash\":"
             "true}");
        rig_end(r);
        TELLS(r, "request.api=twilio request.operation=send request.account=AC123 "
                 "request.from=+1555 request.to[]=+491710000001 request.text=Hello there "
                 "request.dlr_url=http://c/\n");
        TELLS(r, "response tx 0 *.ids[]=SM1 response.status=201 response.result=accepted "
                 "*.state=queued\n");
        TELLS(r,
              "request.api=vonage request.operation=send request.password=#k request.from=Bank ");
        TELLS(r, "request.parameters[].name=api_secret request.parameters[].value=#s ");
        TELLS(r, "response.status=200 response.result=refused *.state=4 *.error=Bad Credentials\n");
        TELLS(r, "request.api=infobip request.operation=send request.from=Info request.to[]=491 "
                 "request.to[]=492 request.text=Été 😀\n\"q\"\n");
        TELLS(r, "*.ids[]=m1 response.status=200 response.result=accepted\n");
        TELLS(r, "request.api=sinch request.operation=send request.from=12 request.to[]=491 "
                 "request.to[]=492 request.text=b\n");
        TELLS(r, "response.status=401 response.result=refused\n");
        TELLS(r, "request.api=africastalking request.operation=send request.account=me "
                 "request.to[]=+254700000001 request.to[]=+254700000002 request.text=m\n");
        TELLS(r, "request.parameters[].name=flash request.parameters[].value=true "
                 "request.api=generic request.operation=send request.account=me "
                 "request.password=#p request.from=4711 request.to[]=491 request.text=generic\n");
        SILENT(r, "!");
    }
    (void)unused;
}

static void call_backs(void **unused)
{
    EACH(r)
    {
        SEND(r, C, "GET /dlr?id=42&st=8 HTTP/1.1\r\nHost: a\r\n\r\n");
        SEND(r, C, "GET /mo?from=%2B491&to=4711&text=STATUS+42 HTTP/1.1\r\nHost: a\r\n\r\n");
        post(r, "/sms/callback", "application/x-www-form-urlencoded", "",
             "MessageSid=SM1&MessageStatus=delivered&To=%2B491");
        rig_end(r);
        TELLS(r, "*.ids[]=42 request.api=callback request.operation=report *.state=8\n");
        TELLS(r, "request.api=callback request.operation=receive request.from=+491 "
                 "request.to[]=4711 request.text=STATUS 42\n");
        TELLS(r, "*.ids[]=SM1 request.api=generic request.operation=report request.to[]=+491 "
                 "*.state=delivered\n");
    }
    (void)unused;
}

/* What only looks like one is HTTP, and so is its answer; chunks are put together; content of
 * more than 64 KiB is told as cut. */
static void frames(void **unused)
{
    static char large[70000];
    memset(large, ' ', sizeof large);
    EACH(r)
    {
        SEND(r, C, "GET /messages?page=2 HTTP/1.1\r\nHost: a\r\n\r\n");
        answer(r, "200 OK", "application/json", "{\"to\":\"x\",\"text\":\"y\"}");
        SEND(r, C,
             "POST /v1/sms HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
             "Transfer-Encoding: chunked\r\n\r\n9\r\n{\"to\":\"49\r\n8\r\n1\",\"text\r\n"
             "7\r\n\":\"in\"}\r\n0\r\n\r\n");
        SEND(r, S,
             "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: "
             "chunked\r\n\r\n"
             "5\r\n{\"id\"\r\n5\r\n:\"7\"}\r\n0\r\n\r\n");
        SEND(r, C,
             "POST /v1/sms HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
             "Content-Length: 70023\r\n\r\n{\"to\":\"1\",\"text\":\"long\"");
        rig_send(r, C, large, sizeof large - 1);
        SEND(r, C, "}");
        SEND(r, S, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end");
        rig_end(r);
        assert_int_equal(rig_count(r, "smshttp request"), 2);
        TELLS(r, "request.to[]=491 request.text=in\n");
        TELLS(r, "*.ids[]=7 response.status=200 response.result=accepted\n");
        TELLS(r, "http/smshttp request tx 1 truncated request.api=generic request.operation=send "
                 "request.to[]=1 request.text=long\n");
        TELLS(r, "response.result=accepted response.text=until the end\n");
        assert_int_equal(rig_count(r, "end smshttp"), 2);
        SILENT(r, "!");
    }
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(kannel),       cmocka_unit_test(headers_and_alphabets),
        cmocka_unit_test(kannel_admin), cmocka_unit_test(providers),
        cmocka_unit_test(call_backs),   cmocka_unit_test(frames),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
