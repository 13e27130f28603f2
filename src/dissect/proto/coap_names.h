/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Numbers of CoAP with their names, part of coap.c alone: codes, content formats (IANA's "CoRE
 * Parameters" and what was in use before registration), options, operations of LwM2M.
 */
#ifndef DISSECT_PROTO_COAP_NAMES_H
#define DISSECT_PROTO_COAP_NAMES_H

#include "telltale/dissect.h"

static const struct tt_name transports[] = {
    {TT_TCP, "tcp"}, {TT_UDP, "udp"}, {TT_MESSAGES, "ws"}, {0, NULL}};

enum { CON, NON, ACK_TYPE, RST };
static const struct tt_name types[] = {
    {CON, "CON"}, {NON, "NON"}, {ACK_TYPE, "ACK"}, {RST, "RST"}, {0, NULL}};

enum { EMPTY = 0, GET = 1, POST, PUT, DELETE, FETCH, PATCH, IPATCH };
enum {
    CREATED = 65,
    CONTENT = 69,
    CONTINUE = 95,
    INCOMPLETE = 136,
    CODE_CSM = 225,
    CODE_PING,
    CODE_PONG
};
enum { CODE_RELEASE = 228, CODE_ABORT };

/* clang-format off */
static const struct tt_name methods[] = {
    {1, "GET"}, {2, "POST"}, {3, "PUT"}, {4, "DELETE"}, {5, "FETCH"}, {6, "PATCH"},
    {7, "iPATCH"}, {0, NULL},
};
static const struct tt_name statuses[] = {
    {69, "Content"}, {68, "Changed"}, {65, "Created"}, {95, "Continue"}, {132, "Not Found"},
    {66, "Deleted"}, {67, "Valid"}, {128, "Bad Request"}, {129, "Unauthorized"},
    {130, "Bad Option"}, {131, "Forbidden"}, {133, "Method Not Allowed"},
    {134, "Not Acceptable"}, {136, "Request Entity Incomplete"}, {137, "Conflict"},
    {140, "Precondition Failed"}, {141, "Request Entity Too Large"},
    {143, "Unsupported Content-Format"}, {150, "Unprocessable Entity"},
    {157, "Too Many Requests"}, {160, "Internal Server Error"}, {161, "Not Implemented"},
    {162, "Bad Gateway"}, {163, "Service Unavailable"}, {164, "Gateway Timeout"},
    {165, "Proxying Not Supported"}, {168, "Hop Limit Reached"}, {0, NULL},
};

/* Registered codes, the usual ones first. */
static const struct tt_name codes[] = {
    {1, "0.01"}, {69, "2.05"}, {68, "2.04"}, {2, "0.02"}, {3, "0.03"}, {0, "0.00"}, {65, "2.01"},
    {95, "2.31"}, {132, "4.04"}, {4, "0.04"}, {5, "0.05"}, {6, "0.06"}, {7, "0.07"},
    {66, "2.02"}, {67, "2.03"}, {128, "4.00"}, {129, "4.01"}, {130, "4.02"}, {131, "4.03"},
    {133, "4.05"}, {134, "4.06"}, {136, "4.08"}, {137, "4.09"}, {140, "4.12"}, {141, "4.13"},
    {143, "4.15"}, {150, "4.22"}, {157, "4.29"}, {160, "5.00"}, {161, "5.01"}, {162, "5.02"},
    {163, "5.03"}, {164, "5.04"}, {165, "5.05"}, {168, "5.08"}, {225, "7.01"}, {226, "7.02"},
    {227, "7.03"}, {228, "7.04"}, {229, "7.05"}, {0, NULL},
};

enum { TEXT = 0, LINKS = 40, OPAQUE = 42, CBOR = 60, SENML_JSON = 110, SENML_CBOR = 112 };
enum { OLD_TEXT = 1541, OLD_TLV, OLD_JSON, TLV = 11542, LWM2M_JSON, LWM2M_CBOR };
static const struct tt_name formats[] = {
    {0, "text/plain; charset=utf-8"}, {16, "application/cose; cose-type=\"cose-encrypt0\""},
    {17, "application/cose; cose-type=\"cose-mac0\""},
    {18, "application/cose; cose-type=\"cose-sign1\""}, {40, "application/link-format"},
    {41, "application/xml"}, {42, "application/octet-stream"}, {47, "application/exi"},
    {50, "application/json"}, {51, "application/json-patch+json"},
    {52, "application/merge-patch+json"}, {60, "application/cbor"}, {61, "application/cwt"},
    {62, "application/multipart-core"}, {63, "application/cbor-seq"},
    {64, "application/edhoc+cbor-seq"}, {65, "application/cid-edhoc+cbor-seq"},
    {96, "application/cose; cose-type=\"cose-encrypt\""},
    {97, "application/cose; cose-type=\"cose-mac\""},
    {98, "application/cose; cose-type=\"cose-sign\""}, {101, "application/cose-key"},
    {102, "application/cose-key-set"}, {110, "application/senml+json"},
    {111, "application/sensml+json"}, {112, "application/senml+cbor"},
    {113, "application/sensml+cbor"}, {114, "application/senml-exi"},
    {115, "application/sensml-exi"}, {256, "application/coap-group+json"},
    {258, "application/concise-problem-details+cbor"}, {259, "application/swid+cbor"},
    {271, "application/dots+cbor"}, {272, "application/missing-blocks+cbor-seq"},
    {280, "application/pkcs7-mime; smime-type=server-generated-key"},
    {281, "application/pkcs7-mime; smime-type=certs-only"}, {284, "application/pkcs8"},
    {285, "application/csrattrs"}, {286, "application/pkcs10"}, {287, "application/pkix-cert"},
    {310, "application/senml+xml"}, {311, "application/sensml+xml"},
    {320, "application/senml-etch+json"}, {322, "application/senml-etch+cbor"},
    {432, "application/td+json"},
    {1542, "application/vnd.oma.lwm2m+tlv"}, {1543, "application/vnd.oma.lwm2m+json"},
    {10000, "application/vnd.ocf+cbor"},
    {10001, "application/oscore"}, {11542, "application/vnd.oma.lwm2m+tlv"},
    {11543, "application/vnd.oma.lwm2m+json"}, {11544, "application/vnd.oma.lwm2m+cbor"},
    {0, NULL},
};

enum operation {
    OP_NONE, OP_REGISTER, OP_UPDATE, OP_DEREGISTER, OP_BOOTSTRAP_REQUEST, OP_BOOTSTRAP_FINISH,
    OP_BOOTSTRAP_PACK, OP_READ, OP_WRITE, OP_WRITE_ATTRIBUTES, OP_EXECUTE, OP_CREATE, OP_DELETE,
    OP_DISCOVER, OP_OBSERVE, OP_CANCEL_OBSERVATION, OP_NOTIFY, OP_SEND, OP_READ_COMPOSITE,
    OP_OBSERVE_COMPOSITE, OP_WRITE_COMPOSITE,
};
static const struct tt_name operations[] = {
    {OP_REGISTER, "register"}, {OP_UPDATE, "update"}, {OP_DEREGISTER, "deregister"},
    {OP_BOOTSTRAP_REQUEST, "bootstrap-request"}, {OP_BOOTSTRAP_FINISH, "bootstrap-finish"},
    {OP_BOOTSTRAP_PACK, "bootstrap-pack"}, {OP_READ, "read"}, {OP_WRITE, "write"},
    {OP_WRITE_ATTRIBUTES, "write-attributes"}, {OP_EXECUTE, "execute"}, {OP_CREATE, "create"},
    {OP_DELETE, "delete"}, {OP_DISCOVER, "discover"}, {OP_OBSERVE, "observe"},
    {OP_CANCEL_OBSERVATION, "cancel-observation"}, {OP_NOTIFY, "notify"}, {OP_SEND, "send"},
    {OP_READ_COMPOSITE, "read-composite"}, {OP_OBSERVE_COMPOSITE, "observe-composite"},
    {OP_WRITE_COMPOSITE, "write-composite"}, {0, NULL},
};
/* clang-format on */

/* A code that somebody registered (RFC 7252 12.1, 7959, 8132, 8323, 8516, 8768). */
static inline bool code_known(unsigned code)
{
    static const uint32_t details[8] = {
        [0] = 0xff, [2] = 1u << 31 | 0x3e, [4] = 0x2040b37f, [5] = 0x13f, [7] = 0x3e};
    return details[code >> 5] >> (code & 31) & 1;
}

#endif
