/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Interfaces for short messages over HTTP, by what their makers document: Kannel 1.4 (User's Guide,
 * 7 and 10), Twilio, Vonage, Clickatell, Infobip, Sinch, Africa's Talking, and what looks like
 * them. Tells whose a target is and what a parameter means; never looks at a message.
 */
#include "dissect/http.h"
#include "dissect/sms.h"

static bool ends(struct tt_bytes b, const char *word)
{
    uint32_t n = (uint32_t)strlen(word);
    return b.n >= n && tt_http_is((struct tt_bytes){b.p + b.n - n, n}, word);
}

/* The target without its query, and without scheme and host. */
static struct tt_bytes path_of(struct tt_bytes target, struct tt_bytes *query)
{
    const uint8_t *mark = target.n ? memchr(target.p, '?', target.n) : NULL;
    uint32_t n = mark ? (uint32_t)(mark - target.p) : target.n;
    *query = mark ? (struct tt_bytes){mark + 1, target.n - n - 1} : (struct tt_bytes){target.p, 0};
    struct tt_bytes path = {target.p, n};
    while (path.n && ends(path, "/")) {
        path.n--;
    }
    return path;
}

static struct tt_bytes last_segment(struct tt_bytes path)
{
    uint32_t n = path.n;
    while (n && path.p[n - 1] != '/') {
        n--;
    }
    return (struct tt_bytes){path.p + n, path.n - n};
}

/* What the names of parameters say. */
static bool carries_message(struct tt_bytes query)
{
    struct tt_bytes name, value;
    uint32_t seen = 0;
    while (tt_http_parameter(&query, &name, &value)) {
        seen |= 1u << tt_sms_parameter(name);
    }
    const uint32_t want = 1u << TT_SMS_TO | 1u << TT_SMS_BODY;
    return (seen & want) == want;
}

static bool has_parameter(struct tt_bytes query, const char *word)
{
    struct tt_bytes name, value;
    while (tt_http_parameter(&query, &name, &value)) {
        if (tt_http_is(name, word)) {
            return true;
        }
    }
    return false;
}

/* The administration of Kannel's bearerbox (User's Guide, 4.2). */
static bool is_kannel_admin(struct tt_bytes segment, struct tt_bytes query)
{
    static const char *const commands[] = {"shutdown",
                                           "suspend",
                                           "isolate",
                                           "resume",
                                           "restart",
                                           "flush-dlr",
                                           "start-smsc",
                                           "stop-smsc",
                                           "add-smsc",
                                           "remove-smsc",
                                           "status",
                                           "log-level",
                                           "status.html",
                                           "status.wml",
                                           "status.txt",
                                           "status.xml",
                                           "reload-lists",
                                           "store-status",
                                           "store-status.html",
                                           "store-status.txt",
                                           "store-status.xml"};
    for (unsigned i = 0; i < sizeof commands / sizeof *commands; i++) {
        if (tt_http_is(segment, commands[i])) {
            return has_parameter(query, "password");
        }
    }
    return false;
}

static bool readable(struct tt_bytes type)
{
    return type.n == 0 || tt_http_has(type, "json") || tt_http_has(type, "urlencoded");
}

enum tt_sms_api tt_sms_api(struct tt_bytes target, struct tt_bytes type)
{
    struct tt_bytes query, path = path_of(target, &query), last = last_segment(path);
    bool messages = tt_http_begins(last, "message");
    if (tt_http_is(last, "sendsms") || tt_http_is(last, "sendota")) {
        return TT_SMS_API_KANNEL;
    }
    if (query.n && is_kannel_admin(last, query)) {
        return TT_SMS_API_KANNEL_ADMIN;
    }
    if (messages && tt_http_has(path, "/accounts/")) {
        return TT_SMS_API_TWILIO;
    }
    if (ends(path, "/sms/json") || ends(path, "/sms/xml")) {
        return TT_SMS_API_VONAGE;
    }
    if (ends(path, "/messages/http/send") || ends(path, "/http/sendmsg")) {
        return TT_SMS_API_CLICKATELL;
    }
    if (tt_http_has(path, "/sms/2/text") || tt_http_has(path, "/sms/3/messages")) {
        return TT_SMS_API_INFOBIP;
    }
    if (tt_http_has(path, "/xms/v1/")) {
        return TT_SMS_API_SINCH;
    }
    if (ends(path, "/version1/messaging")) {
        return TT_SMS_API_AFRICASTALKING;
    }
    if (tt_http_has(last, "dlr") || tt_http_is(last, "mo") || tt_http_has(last, "deliveryreport")) {
        return TT_SMS_API_REPORT;
    }
    if (carries_message(query)) {
        return TT_SMS_API_GENERIC;
    }
    bool named = messages || tt_http_has(last, "sms") || tt_http_has(path, "/sms/");
    return named && readable(type) ? TT_SMS_API_GENERIC : TT_SMS_API_NONE;
}

/* clang-format off */
static const struct {
    const char *name;
    enum tt_sms_parameter is;
} parameters[] = {
    {"to", TT_SMS_TO}, {"dst", TT_SMS_TO}, {"dest", TT_SMS_TO}, {"destination", TT_SMS_TO},
    {"destinations", TT_SMS_TO}, {"recipient", TT_SMS_TO}, {"recipients", TT_SMS_TO},
    {"mobile", TT_SMS_TO}, {"phone", TT_SMS_TO}, {"phonenumber", TT_SMS_TO},
    {"number", TT_SMS_TO}, {"numbers", TT_SMS_TO}, {"from", TT_SMS_FROM}, {"src", TT_SMS_FROM},
    {"sender", TT_SMS_FROM}, {"senderid", TT_SMS_FROM}, {"sender_id", TT_SMS_FROM},
    {"originator", TT_SMS_FROM}, {"msisdn", TT_SMS_FROM}, {"text", TT_SMS_BODY},
    {"body", TT_SMS_BODY}, {"message", TT_SMS_BODY}, {"content", TT_SMS_BODY},
    {"msg", TT_SMS_BODY}, {"sms", TT_SMS_BODY}, {"username", TT_SMS_ACCOUNT},
    {"user", TT_SMS_ACCOUNT}, {"login", TT_SMS_ACCOUNT}, {"account", TT_SMS_ACCOUNT},
    {"accountsid", TT_SMS_ACCOUNT}, {"id", TT_SMS_ID}, {"sid", TT_SMS_ID},
    {"messagesid", TT_SMS_ID}, {"messageid", TT_SMS_ID}, {"message_id", TT_SMS_ID},
    {"message-id", TT_SMS_ID}, {"msgid", TT_SMS_ID}, {"status", TT_SMS_STATUS},
    {"st", TT_SMS_STATUS}, {"messagestatus", TT_SMS_STATUS}, {"smsstatus", TT_SMS_STATUS},
    {"state", TT_SMS_STATUS}, {"error", TT_SMS_ERROR}, {"code", TT_SMS_ERROR},
    {"err-code", TT_SMS_ERROR}, {"error-text", TT_SMS_ERROR}, {"errorcode", TT_SMS_ERROR},
    {"coding", TT_SMS_CODING}, {"charset", TT_SMS_CHARSET}, {"udh", TT_SMS_UDH},
    {"mclass", TT_SMS_CLASS}, {"message-class", TT_SMS_CLASS}, {"mwi", TT_SMS_MWI},
    {"pid", TT_SMS_PID}, {"protocol-id", TT_SMS_PID}, {"validity", TT_SMS_VALIDITY},
    {"ttl", TT_SMS_VALIDITY}, {"deferred", TT_SMS_DEFERRED}, {"dlr-mask", TT_SMS_DLR_MASK},
    {"dlr-url", TT_SMS_DLR_URL}, {"statuscallback", TT_SMS_DLR_URL}, {"callback", TT_SMS_DLR_URL},
    {"callback_url", TT_SMS_DLR_URL}, {"delivery_report_url", TT_SMS_DLR_URL},
    {"smsc", TT_SMS_SMSC},
};
/* clang-format on */

enum tt_sms_parameter tt_sms_parameter(struct tt_bytes name)
{
    for (unsigned i = 0; i < sizeof parameters / sizeof *parameters; i++) {
        if (name.n && (name.p[0] | 0x20) == parameters[i].name[0] &&
            tt_http_is(name, parameters[i].name)) {
            return parameters[i].is;
        }
    }
    return tt_http_secret(name) ? TT_SMS_SECRET : TT_SMS_OTHER;
}
