/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One row for each field of a protocol: the only place where it is named. EVE path, rule keyword,
 * `telltale fields` column, JSON Schema, keyword list and device features are derived from it.
 */
#ifndef TELLTALE_FIELD_H
#define TELLTALE_FIELD_H

#include <stdint.h>

enum tt_field_type {
    TT_BOOL, /* 0 or 1; JSON true/false */
    TT_UINT, /* up to 64 bits */
    /* number with names; JSON writes the name, or <path>_code with the number where it has none */
    TT_ENUM,
    TT_FLAGS, /* number; names are bit masks; rules test `name,!name` */
    TT_STR,   /* text from the wire: any octets, nominally UTF-8 */
    TT_BYTES, /* octets; JSON and export write hex */
    TT_IP,    /* 16 octets, IPv4 as ::ffff:a.b.c.d */
};

enum tt_field_feature {
    TT_FEATURE_NONE,
    TT_FEATURE_COUNT,
    TT_FEATURE_SUM,
    TT_FEATURE_HIST,
    TT_FEATURE_DISTINCT,
    TT_FEATURE_NOVEL,
};

enum tt_field_flag {
    /* never written by default: "<redacted>"; MQTT passwords with eve.mqtt.passwords */
    TT_SECRET = 1,
    TT_PERSONAL = 2, /* masked where a SIEM output asks for it */
    TT_IDENTITY = 4, /* names the device that sent it (client id, endpoint name) */
    TT_STREAM = 8,   /* names the stream of a device that the message belongs to (topic, URI) */
    TT_PAYLOAD = 16, /* the application payload whose shape is learned */
    /* not in the EVE record: rules and `fields` only (raw octets, flow facts) */
    TT_UNRECORDED = 32,
    /* tshark shows the number in hexadecimal; of a STR: the one character in quotes */
    TT_TSHARK_HEX = 64,
    /* tshark shows the name of the number, and "Unknown Type 7" where it has none */
    TT_TSHARK_NAME = 128,
};

/* What a value says of who somebody is: facts of all messages of a transaction that was not refused
 * are one claim (telltale/window.h). */
enum tt_field_fact {
    TT_NO_FACT,
    TT_IS_IP, /* address of the subscriber; where none is told a name is of who asked */
    TT_IS_IMSI,
    TT_IS_IMEI,
    TT_IS_MSISDN, /* digits; a MAC address in its place is one */
    TT_IS_CLIENT_ID,
    TT_IS_ENDPOINT, /* of LwM2M: urn:imei:… is an IMEI, too */
    TT_IS_SESSION,  /* text that the session's later messages repeat */
};

/* What a message says of who somebody is. */
enum tt_msg_claim {
    TT_CLAIM_FACTS = 1,    /* it has values of rows with a fact */
    TT_CLAIM_SESSIONS = 2, /* it names sessions */
    TT_CLAIM_REFUSED = 4,  /* the request was not granted: nothing of it holds */
    TT_CLAIM_ENDS = 8,     /* the session ends when this is granted */
};
#define TT_MSG_SESSIONS 3

/* Ends with a row whose name is NULL. For TT_FLAGS value is a bit mask. */
struct tt_name {
    uint64_t value;
    const char *name;
};

struct tt_field {
    /* path below the protocol's object; "[]" after a part opens a list; a leading "*" is the
     * message's kind. The first declared row of a list opens its next element. */
    const char *path;
    const char *doc;             /* one sentence, for schema, keyword list and manual */
    const struct tt_name *names; /* for ENUM and FLAGS; NULL otherwise */
    /* rule keyword where it is not "<protocol>.<path without * and []>";
     * several rows may share one */
    const char *keyword;
    /* tshark's field for the differential test, NULL = none; several rows may share one */
    const char *tshark;
    uint8_t type;    /* enum tt_field_type */
    uint8_t feature; /* enum tt_field_feature */
    uint8_t flags;   /* enum tt_field_flag */
};

/* Row `field` says this of somebody. A table of them ends with TT_NO_FACT. */
struct tt_field_says {
    uint8_t field; /* index of the row */
    uint8_t fact;  /* enum tt_field_fact */
};

/* An oddity that a dissector can report: EVE anomaly `event`, rule
 * `app-layer-event:<protocol>.<name>`. */
struct tt_anomaly {
    const char *name; /* snake_case */
    const char *doc;
};

#endif
