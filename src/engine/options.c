/* SPDX-License-Identifier: BSD-3-Clause
 *
 * The engine's options: limits, timers, records, address groups. Each row is the only
 * place where it is named.
 */
#include <stddef.h>

#include "config/receivers.h"

static const char *const checksums[] = {"auto", "all", "none", NULL};

static const struct tt_option rows[] = {
    {"eve.types",
     "event types that are written, separated by commas; all = every one but device and stats",
     "all", NULL, 0, 0, TT_OPTION_TEXT},
    {"eve.mqtt.passwords", "write MQTT passwords instead of <redacted>", "no", NULL, 0, 0,
     TT_OPTION_BOOL},
    {"eve.string-limit",
     "octets of a text from the wire in a record; longer ones are cut and say so", "1kb", NULL, 64,
     16384, TT_OPTION_SIZE},
    {"eve.community-id", "write community_id (Community ID v1)", "yes", NULL, 0, 0, TT_OPTION_BOOL},
    {"eve.community-id-seed", "seed of community_id; equal on all tools", "0", NULL, 0, 65535,
     TT_OPTION_UINT},
    {"eve.payload", "write payload and payload_printable in alerts", "no", NULL, 0, 0,
     TT_OPTION_BOOL},
    {"eve.sensor", "name of this sensor, written as host", "", NULL, 0, 0, TT_OPTION_TEXT},
    {"flows.max",
     "conversations watched at once, shared by the workers; about 1 KiB each where a protocol is "
     "read. Unanswered ones and those of few packets make room for new ones",
     "96000", NULL, 64, 67108864, TT_OPTION_UINT},
    {"flows.tcp-new", "silence after which a TCP flow without handshake ends", "60s", NULL, 1,
     86400, TT_OPTION_DURATION},
    {"flows.tcp-established",
     "silence after which an established TCP flow ends; devices sleep for hours", "25h", NULL, 1,
     2592000, TT_OPTION_DURATION},
    {"flows.tcp-closed", "how long a closed TCP flow is remembered", "10s", NULL, 1, 86400,
     TT_OPTION_DURATION},
    {"flows.udp-new", "silence after which an unanswered UDP flow ends", "30s", NULL, 1, 86400,
     TT_OPTION_DURATION},
    {"flows.udp-established", "silence after which an answered UDP flow ends", "300s", NULL, 1,
     86400, TT_OPTION_DURATION},
    {"stream.policy",
     "system of the receivers that host-os-policy does not name: it decides which octets are read "
     "where segments or fragments overlap",
     "linux", tt_receiver_names, 0, 0, TT_OPTION_CHOICE},
    {"host-os-policy",
     "systems of receivers, each with its addresses; the longest prefix counts:\n"
     "windows: [10.1.0.0/16, 2001:db8::/32]. Systems: linux first last bsd windows vista\n"
     "windows2k3 bsd-right old-linux solaris old-solaris hpux10 hpux11 irix macos",
     "", NULL, 0, 0, TT_OPTION_MAP},
    {"stream.checksums", "auto: wrong sums are accepted in a direction until a right one was seen",
     "auto", checksums, 0, 0, TT_OPTION_CHOICE},
    {"stream.memory", "octets that wait for earlier ones, all flows; shared by the workers", "32mb",
     NULL, 65536, UINT64_C(1) << 40, TT_OPTION_SIZE},
    {"stream.flow-memory", "octets that wait for earlier ones in one direction", "256kb", NULL,
     4096, 1u << 30, TT_OPTION_SIZE},
    {"fragments.max", "datagrams being put together", "4096", NULL, 1, 1048576, TT_OPTION_UINT},
    {"fragments.memory", "octets of fragments held", "16mb", NULL, 65536, UINT32_MAX,
     TT_OPTION_SIZE},
    {"fragments.timeout", "how long a datagram may take", "30s", NULL, 1, 3600, TT_OPTION_DURATION},
    {"dissect.memory", "octets of unfinished messages held; shared by the workers", "64mb", NULL,
     1 << 20, UINT64_C(1) << 40, TT_OPTION_SIZE},
    {"dissect.transactions", "open questions of one flow; the oldest ends unanswered", "64", NULL,
     1, 65536, TT_OPTION_UINT},
    {"ndpi.enabled",
     "ask nDPI about flows of no protocol of machines or signalling; flow records tell", "yes",
     NULL, 0, 0, TT_OPTION_BOOL},
    {"ndpi.flows", "flows that it looks at together, 704 octets each; shared by the workers",
     "16384", NULL, 16, 1048576, TT_OPTION_UINT},
    {"ndpi.packets", "packets that it is given in a second; shared by the workers", "200000", NULL,
     1, UINT32_MAX, TT_OPTION_UINT},
    {"devices.max", "devices known at once", "100000", NULL, 16, 16777216, TT_OPTION_UINT},
    {"devices.enabled", "learn what devices normally do", "yes", NULL, 0, 0, TT_OPTION_BOOL},
    {"vars.address-groups", "named addresses for rules: HOME_NET: \"[10.0.0.0/8]\"", "", NULL, 0, 0,
     TT_OPTION_MAP},
    {"vars.port-groups", "named ports for rules: HTTP_PORTS: \"80\"", "", NULL, 0, 0,
     TT_OPTION_MAP},
    {"rules.classification", "path of a classification.config; empty = built in", "", NULL, 0, 0,
     TT_OPTION_TEXT},
    {"rules.reference", "path of a reference.config; empty = built in", "", NULL, 0, 0,
     TT_OPTION_TEXT},
    {"capture.ring", "octets of the kernel's ring for live capture", "64mb", NULL, 1 << 20,
     INT32_MAX, TT_OPTION_SIZE},
    {"capture.snaplen", "octets captured of each packet", "262144", NULL, 64, 262144,
     TT_OPTION_UINT},
    {"stats.interval", "live: how often statistics are written (eve.types must hold stats)", "60s",
     NULL, 1, 86400, TT_OPTION_DURATION},
};

const struct tt_option_table tt_options_engine = {rows, sizeof rows / sizeof *rows};
