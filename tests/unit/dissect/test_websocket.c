/* SPDX-License-Identifier: BSD-3-Clause
 *
 * WebSocket behind its upgrade, MQTT and CoAP inside of it. Expected: RFC 6455 (1.3 the handshake,
 * 5.7 the frames), RFC 8323 8 and appendix A, MQTT 3.1.1 6; the masked frames by arithmetic.
 */
#include "unit/dissect/http_rig.h"

#define EACH(r)                                                                                    \
    for (uint32_t each = 0; each < 3; each++)                                                      \
        for (struct rig *r = rig_new(each == 2 ? 7 : each, true); r; rig_free(r), r = NULL)

/* RFC 6455 1.3 */
static void upgrade(struct rig *r, const char *protocol, const char *extension)
{
    char text[400];
    snprintf(text, sizeof text,
             "GET /chat HTTP/1.1\r\nHost: server.example.com\r\nUpgrade: websocket\r\n"
             "Connection: keep-alive, Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
             "Sec-WebSocket-Protocol: %s\r\nSec-WebSocket-Version: 13\r\n\r\n",
             protocol);
    rig_send(r, C, text, strlen(text));
    snprintf(text, sizeof text,
             "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"
             "Sec-WebSocket-Protocol: %s\r\n%s\r\n",
             protocol, extension);
    rig_send(r, S, text, strlen(text));
}

/* A frame; from a client it is masked. */
static void frame(struct rig *r, enum tt_direction d, uint8_t first, const void *octets, size_t n)
{
    static const uint8_t key[4] = {0x37, 0xfa, 0x21, 0x3d};
    uint8_t *b = malloc(n + 14);
    size_t at = 2;
    b[0] = first;
    b[1] = (uint8_t)(n < 126 ? n : n < 65536 ? 126 : 127);
    for (unsigned i = n < 126 ? 0 : n < 65536 ? 2 : 8; i > 0; i--) {
        b[at++] = (uint8_t)(i > 4 ? 0 : n >> 8 * (i - 1));
    }
    if (d == C) {
        b[1] |= 128;
        memcpy(b + at, key, 4);
        at += 4;
    }
    for (size_t i = 0; i < n; i++) {
        b[at + i] = ((const uint8_t *)octets)[i] ^ (d == C ? key[i & 3] : 0);
    }
    rig_send(r, d, b, at + n);
    free(b);
}
#define FRAME(r, d, first, text) frame(r, d, first, text, sizeof(text) - 1)

/* Section 5.7, as it is printed there. */
static void the_frames_of_the_specification(void **unused)
{
    static uint8_t large[10 + 65536] = {0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0};
    EACH(r)
    {
        upgrade(r, "chat", "");
        SEND(r, S, "\x81\5Hello");
        SEND(r, C, "\x81\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
        SEND(r, S, "\1\3Hel\x80\2lo");
        SEND(r, S, "\x89\5Hello");
        SEND(r, C, "\x8a\x85\x37\xfa\x21\x3d\x7f\x9f\x4d\x51\x58");
        rig_send(r, S, large, sizeof large);
        SEND(r, S, "\x88\2\3\xe8");
        rig_end(r);
        TELLS(r, " status=101 ");
        assert_int_equal(rig_count(r, "http/websocket frame"), 8);
        assert_int_equal(rig_count(r, "opcode=text masked=0 length=5 payload=Hello\n"), 1);
        TELLS(r,
              "opcode=text masked=1 length=5 mask=939139389 masking_key=37fa213d payload=Hello\n");
        TELLS(r, "fin=0 reserved=0 flags=0 opcode=text masked=0 length=3 payload=Hel\n");
        TELLS(r, "fin=1 reserved=0 flags=128 opcode=continuation masked=0 length=2 payload=lo\n");
        TELLS(r, "opcode=ping masked=0 length=5 payload=Hello\n");
        TELLS(r,
              "opcode=pong masked=1 length=5 mask=939139389 masking_key=37fa213d payload=Hello\n");
        TELLS(r, "opcode=binary masked=0 length=65536 !unknown_subprotocol\n");
        TELLS(r, "opcode=connection_close masked=0 length=2 payload=\3\xe8 close_code=1000\n");
        assert_int_equal(rig_count(r, "!"), 1);
    }
    (void)unused;
}

static void upgrades(void **unused)
{
    EACH(r)
    { /* the wrong answer to the key */
        SEND(r, C,
             "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        SEND(r, S,
             "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xPo=\r\n\r\n\x81\1x");
        rig_end(r);
        TELLS(r, "!websocket_accept_wrong");
        TELLS(r, "payload=x");
    }
    EACH(r)
    { /* frames that come early wait; a refusal means that they are none */
        SEND(r, C,
             "GET / HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\nGET /next HTTP/1.1\r\nHost: "
             "a\r\n\r\n");
        SEND(r, S, "HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n");
        rig_end(r);
        TELLS(r, " url=/next ");
        SILENT(r, "anomaly");
    }
    EACH(r)
    { /* nobody asked: not taken for frames */
        SEND(r, S,
             "HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
             "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n\x81\1x");
        rig_end(r);
        SILENT(r, "websocket frame");
    }
    (void)unused;
}

/* One MQTT packet in many frames, many in one, control frames between them (MQTT 3.1.1 6.0). */
static void mqtt_is_one_stream(void **unused)
{
    static uint8_t large[70000] = {0x30, 0xeb, 0xa2, 4, 0, 1, 't'}; /* length 69995 - 1 + … */
    uint32_t length = sizeof large - 4;
    large[1] = (uint8_t)(length & 127) | 128;
    large[2] = (uint8_t)(length >> 7 & 127) | 128;
    large[3] = (uint8_t)(length >> 14);
    memset(large + 7, 'x', sizeof large - 7);
    EACH(r)
    {
        upgrade(r, "mqtt", "");
        FRAME(r, C, 0x02, "\x10");
        FRAME(r, C, 0x89, "are you there");
        FRAME(r, C, 0x00, "\x0d\0\4MQTT\4\2");
        FRAME(r, C, 0x80, "\0\x3c\0\1x");
        FRAME(r, S, 0x82, "\x20\2\0\0");
        FRAME(r, C, 0x82, "\x30\4\0\1ta\x30\4\0\1tb\x30");
        FRAME(r, C, 0x82, "");
        FRAME(r, C, 0x82, "\4\0\1tc");
        frame(r, C, 0x82, large, sizeof large);
        FRAME(r, C, 0x82, "\xe0\0");
        FRAME(r, C, 0x88, "\3\xe8");
        rig_end(r);
        TELLS(r, "websocket/mqtt connect tx 0 ");
        TELLS(r, " connect.client_id=x");
        TELLS(r, "websocket/mqtt connack tx 0 ");
        TELLS(r, "publish.message=a");
        TELLS(r, "publish.message=b");
        TELLS(r, "publish.message=c");
        TELLS(r, " length=69996 ");
        assert_int_equal(rig_count(r, "websocket/mqtt publish "), 4);
        TELLS(r, "websocket/mqtt disconnect ");
        SILENT(r, "!");
        SILENT(r, "anomaly");
    }
    (void)unused;
}

/* A hole inside of a frame is the inner stream's; the framing goes on. Where it takes the start of
 * a frame with it, nothing is known any more. */
static void holes(void **unused)
{
    static uint8_t publish[9000] = {0x30, 0xa5, 0x46, 0, 1, 't'};
    EACH(r)
    {
        upgrade(r, "mqtt", "");
        FRAME(r, C, 0x82, "\x10\x0d\0\4MQTT\4\2\0\x3c\0\1x");
        SEND(r, C, "\x82\xfe\x23\x28\0\0\0\0"); /* 9000 octets, masked with zeros */
        rig_send(r, C, publish, 3000);
        tt_engine_gap(r->e, &r->f, C, 2000, NULL);
        rig_send(r, C, publish + 5000, 4000);
        FRAME(r, C, 0x82, "\x30\4\0\1tz");
        tt_engine_gap(r->e, &r->f, C, 20, NULL);
        FRAME(r, C, 0x82, "\x30\4\0\1ty");
        rig_end(r);
        assert_int_equal(rig_count(r, "anomaly gap\n"), 2);
        TELLS(r, "publish.message=z");
        SILENT(r, "publish.message=y");
        assert_int_equal(rig_count(r, "http/websocket frame"), 3);
    }
    (void)unused;
}

/* RFC 8323 8.2: a message of CoAP is a message of WebSocket, in one frame or several; Len is 0. The
 * CSM, then GET with a token of one octet and Uri-Path "a", and its answer. */
static void coap_is_whole_messages(void **unused)
{
    static uint8_t put[6000] = {0x01, 0x03, 0x77, 0xb1, 'b', 0xff};
    memset(put + 6, 'x', sizeof put - 6);
    EACH(r)
    {
        upgrade(r, "coap", "");
        FRAME(r, C, 0x82, "\x00\xe1");
        FRAME(r, S, 0x82, "\x00\xe1");
        FRAME(r, C, 0x02, "\x01\x01");
        FRAME(r, C, 0x00, "\x42\xb1");
        FRAME(r, C, 0x80, "a");
        FRAME(r, S, 0x82,
              "\x01\x45\x42\xff"
              "22.5");
        frame(r, C, 0x82, put, sizeof put);
        FRAME(r, C, 0x82, "\x11\x01\x43");
        rig_end(r);
        assert_int_equal(rig_count(r, "websocket/coap csm"), 2);
        assert_int_equal(rig_count(r, "websocket/coap request"), 3);
        TELLS(r, "*.transport=ws *.length=5 ");
        TELLS(r, " *.uri_path=/a ");
        TELLS(r, "payload=22.5");
        TELLS(r, "!length_over_websocket");
        TELLS(r, "!message_size");
        assert_int_equal(rig_count(r, "!"), 2);
    }
    (void)unused;
}

/* Sections 5.1, 5.2, 5.4, 5.5, 5.6, 7.4, 8.1 */
static void violations(void **unused)
{
    static const struct {
        const char *protocol, *name;
        enum tt_direction d;
        uint8_t n;
        const char *octets;
    } cases[] = {
        {"chat", "unmasked_client_frame", C, 3, "\x81\1x"},
        {"chat", "masked_server_frame", S, 7, "\x81\x81\0\0\0\0x"},
        {"chat", "reserved_bits", S, 3, "\xc1\1x"},
        {"chat", "reserved_opcode", S, 3, "\x83\1x"},
        {"chat", "reserved_opcode", S, 3, "\x8b\1x"},
        {"chat", "fragmented_control_frame", S, 3, "\x09\1x"},
        {"chat", "long_control_frame", S, 4, "\x89\x7e\0\x7e"},
        {"chat", "continuation_without_start", S, 3, "\x80\1x"},
        {"chat", "interleaved_message", S, 6, "\1\1x\x81\1y"},
        {"chat", "length_not_minimal", S, 5, "\x81\x7e\0\1x"},
        {"chat", "invalid_utf8", S, 3, "\x81\1\xff"},
        {"chat", "invalid_utf8", S, 6, "\1\1\xc3\x80\1x"},
        {"chat", "invalid_utf8", S, 3, "\x81\1\xc3"},
        {"chat", "invalid_utf8", S, 5, "\x88\3\3\xe8\xff"},
        {"chat", "invalid_close_code", S, 3, "\x88\1x"},
        {"chat", "invalid_close_code", S, 4, "\x88\2\3\xed"},
        {"chat", "frame_after_close", S, 7, "\x88\2\3\xe8\x81\1x"},
        {"mqtt", "text_message", S, 4, "\x81\2\xd0\0"},
    };
    for (unsigned i = 0; i < sizeof cases / sizeof *cases; i++) {
        EACH(r)
        {
            char name[64];
            snprintf(name, sizeof name, "!%s", cases[i].name);
            upgrade(r, cases[i].protocol, "");
            rig_send(r, cases[i].d, cases[i].octets, cases[i].n);
            rig_end(r);
            TELLS(r, name);
        }
    }
    EACH(r)
    { /* a character over two frames, with a control frame between them, is well */
        upgrade(r, "chat", "");
        SEND(r, S, "\1\1\xc3\x89\1p\x80\1\xa9");
        SEND(r, S, "\x81\xff\xff\xff\xff\xff\xff\xff\xff\xff");
        rig_end(r);
        SILENT(r, "!");
        TELLS(r, "anomaly malformed_traffic\n");
    }
    (void)unused;
}

/* RFC 7692: RSV1 says that a message is compressed; it is told and not read. */
static void compression(void **unused)
{
    EACH(r)
    {
        upgrade(r, "mqtt", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
        FRAME(r, C, 0xc2, "\x12\x34\x56");
        FRAME(r, C, 0x42, "\x12");
        FRAME(r, C, 0x80, "\x34");
        FRAME(r, C, 0x82, "\xc0\0"); /* not this one */
        rig_end(r);
        TELLS(r, "!compressed_message");
        TELLS(r, "websocket/mqtt pingreq ");
        assert_int_equal(rig_count(r, "!"), 2); /* the first packet is no CONNECT */
    }
    (void)unused;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_frames_of_the_specification),
        cmocka_unit_test(upgrades),
        cmocka_unit_test(mqtt_is_one_stream),
        cmocka_unit_test(holes),
        cmocka_unit_test(coap_is_whole_messages),
        cmocka_unit_test(violations),
        cmocka_unit_test(compression),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
