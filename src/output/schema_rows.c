/* SPDX-License-Identifier: BSD-3-Clause
 *
 * One row for each member of an EVE line that no dissector declares, in the order in
 * which eve*.c writes them. Whoever adds a member there adds its row here: the schema is
 * closed, so tests notice.
 */
#include <stddef.h>

#include "output/schema.h"

#define TEXT    "\"type\":\"string\""
#define NUMBER  "\"type\":\"integer\",\"minimum\":0"
#define REAL    "\"type\":\"number\""
#define FLAG    "\"type\":\"boolean\""
#define ONLY    "\"const\":true"
#define PORT    "\"type\":\"integer\",\"minimum\":0,\"maximum\":65535"
#define ADDRESS "\"type\":\"string\",\"pattern\":\"^[0-9a-f.:]+$\""
#define TIME                                                                                       \
    "\"type\":\"string\",\"pattern\":"                                                             \
    "\"^\\\\d{4}-\\\\d{2}-\\\\d{2}T\\\\d{2}:\\\\d{2}:\\\\d{2}\\\\.\\\\d{6}\\\\+0000$\""
#define DIGITS "\"type\":\"string\",\"pattern\":\"^[0-9]{5,16}$\""
#define HEX2   "\"type\":\"string\",\"pattern\":\"^[0-9a-f]{2}$\""

const struct schema_type schema_types[] = {
    {"alert", "\"required\":[\"alert\",\"telltale\"],\"properties\":{"
              "\"alert\":{\"required\":[\"action\",\"gid\",\"signature_id\",\"rev\",\"signature\","
              "\"category\","
              "\"severity\"]},\"telltale\":{\"required\":[\"kind\",\"severity\"]}}"},
    {"anomaly", "\"required\":[\"anomaly\",\"pkt_src\"],\"properties\":{"
                "\"anomaly\":{\"required\":[\"type\",\"event\"]}}"},
    {"flow", "\"required\":[\"flow_id\",\"src_ip\",\"dest_ip\",\"proto\",\"ip_v\",\"flow\"],"
             "\"properties\":{"
             "\"flow\":{\"required\":[\"pkts_toserver\",\"pkts_toclient\",\"bytes_toserver\","
             "\"bytes_toclient\","
             "\"start\",\"end\",\"age\",\"state\",\"reason\",\"alerted\"]}}"},
    {"identity", "\"required\":[\"flow_id\",\"src_ip\",\"dest_ip\",\"identity\"],\"properties\":{"
                 "\"identity\":{\"required\":[\"facts\",\"source\"]}}"},
    {"stats", "\"required\":[\"stats\"],\"properties\":{\"stats\":{\"required\":[\"uptime\"]}}"},
    {"sms", "\"required\":[\"flow_id\",\"src_ip\",\"dest_ip\",\"proto\",\"pkt_src\",\"sms\"],"
            "\"properties\":{\"sms\":{\"required\":[\"carrier\",\"direction\",\"parts\"]}}"},
    {NULL, NULL},
};

const struct schema_row schema_rows[] = {
    {"timestamp", "Time of the packet, UTC.", TIME},
    {"flow_id", "Same for all lines of one flow.",
     "\"type\":\"integer\",\"minimum\":1,\"maximum\":2251799813685247"},
    {"host", "Name of the sensor.", TEXT},
    {"in_iface", "Interface that saw the packet.", TEXT},
    {"pcap_cnt", "Number of the packet in its file, from 1.", "\"type\":\"integer\",\"minimum\":1"},
    {"pcap_filename", "File of the packet where several were read.", TEXT},
    {"vlan[]", "VLAN ids, outermost first.", "\"type\":\"integer\",\"minimum\":0,\"maximum\":4095"},
    {"src_ip", "Alerts, anomalies: sender of the packet; flows, transactions: client.", ADDRESS},
    {"src_port", "Port of src_ip.", PORT},
    {"dest_ip", "The other end.", ADDRESS},
    {"dest_port", "Port of dest_ip.", PORT},
    {"proto", "Transport, or the number of the IP protocol.",
     "\"type\":\"string\",\"pattern\":\"^(TCP|UDP|SCTP|ICMP|IPv6-ICMP|[0-9]{1,3})$\""},
    {"ip_v", "IP version.", "\"enum\":[4,6]"},
    {"pkt_src", "What made the line: a packet, out of a tunnel or not, or the end of its flow.",
     "\"enum\":[\"wire/pcap\",\"stream (flow timeout)\",\"gre tunnel\",\"vxlan encapsulation\","
     "\"geneve encapsulation\",\"gtp-u tunnel\",\"ipv4 tunnel\",\"ipv6 tunnel\"]"},
    {"community_id", "Community ID v1.",
     "\"type\":\"string\",\"pattern\":\"^1:[A-Za-z0-9+/]{27}=$\""},
    {"tx_id", "Number of the transaction in its flow, from 0.", NUMBER},
    {"anomaly.app_proto", "What the flow speaks.", TEXT},
    {"anomaly.type", "Stage that noticed it.", "\"enum\":[\"decode\",\"stream\",\"applayer\"]"},
    {"anomaly.event", "Name of the oddity.", TEXT},
    {"anomaly.layer", "Part of the application layer that noticed it.", TEXT},
    {"alert.action", "telltale only listens.", "\"const\":\"allowed\""},
    {"alert.gid", "1 = rules, 3 = telltale's detectors.", NUMBER},
    {"alert.signature_id", "Number of the rule or detector.", NUMBER},
    {"alert.rev", "Revision of the rule.", NUMBER},
    {"alert.signature", "The rule's msg, the detector's title.", TEXT},
    {"alert.category", "Class in words.", TEXT},
    {"alert.severity", "Priority, 1 is highest.",
     "\"type\":\"integer\",\"minimum\":1,\"maximum\":255"},
    {"alert.source.ip", "Attacker, where the rule has target.", ADDRESS},
    {"alert.source.port", "Its port.", PORT},
    {"alert.target.ip", "Target of the attack.", ADDRESS},
    {"alert.target.port", "Its port.", PORT},
    {"alert.references[]", "Where to read more.", TEXT},
    {"alert.metadata", "The rule's metadata.",
     "\"type\":\"object\",\"additionalProperties\":{\"type\":\"array\",\"minItems\":1,\"items\":{"
     "\"type\":\"string\"}}"},
    {"tunnel.src_ip", "Sender of the packet that carries all others.", ADDRESS},
    {"tunnel.src_port", "Its port.", PORT},
    {"tunnel.dest_ip", "Receiver of it.", ADDRESS},
    {"tunnel.dest_port", "Its port.", PORT},
    {"tunnel.proto", "What carries.", "\"enum\":[\"UDP\",\"GRE\",\"IPv4\",\"IPv6\"]"},
    {"tunnel.depth", "Packets within packets.", NUMBER},
    {"tunnel.pcap_cnt", "Number of the packet in its file, from 1.", NUMBER},
    {"tunnel.pkt_src", "Where it came from.", "\"const\":\"wire/pcap\""},
    {"app_proto", "What the flow speaks; failed = nothing known.", TEXT},
    {"app_proto_orig", "What it spoke before it was upgraded.", TEXT},
    {"direction", "Direction of the packet; of a transaction, that of its question.",
     "\"enum\":[\"to_server\",\"to_client\"]"},
    {"flow.pkts_toserver", "Packets from the client.", NUMBER},
    {"flow.pkts_toclient", "Packets from the server.", NUMBER},
    {"flow.bytes_toserver", "Octets on the wire from the client.", NUMBER},
    {"flow.bytes_toclient", "Octets on the wire from the server.", NUMBER},
    {"flow.start", "Time of the first packet.", TIME},
    {"flow.src_ip", "Client.", ADDRESS},
    {"flow.dest_ip", "Server.", ADDRESS},
    {"flow.src_port", "Client's port.", PORT},
    {"flow.dest_port", "Server's port.", PORT},
    {"flow.end", "Time of the last packet.", TIME},
    {"flow.age", "Seconds between them.", "\"type\":\"integer\""},
    {"flow.state", "How far it came.", "\"enum\":[\"new\",\"established\",\"closed\"]"},
    {"flow.reason", "Why the record is written.",
     "\"enum\":[\"timeout\",\"shutdown\",\"forced\",\"tcp_reuse\",\"unknown\"]"},
    {"flow.alerted", "An alert was raised on it.", FLAG},
    {"flow.tx_cnt", "Transactions.", NUMBER},
    {"ndpi.protocol", "What nDPI takes the flow for.", TEXT},
    {"ndpi.category", "Its class of protocols.", TEXT},
    {"ndpi.risk[]", "What nDPI finds risky.", TEXT},
    {"ndpi.hostname", "Name of the server that it saw.", TEXT},
    {"tcp.tcp_flags", "TCP flags seen, hexadecimal.", HEX2},
    {"tcp.tcp_flags_ts", "Those of the client.", HEX2},
    {"tcp.tcp_flags_tc", "Those of the server.", HEX2},
    {"tcp.syn", "Seen.", ONLY},
    {"tcp.fin", "Seen.", ONLY},
    {"tcp.rst", "Seen.", ONLY},
    {"tcp.psh", "Seen.", ONLY},
    {"tcp.ack", "Seen.", ONLY},
    {"tcp.urg", "Seen.", ONLY},
    {"tcp.ecn", "Seen.", ONLY},
    {"tcp.cwr", "Seen.", ONLY},
    {"tcp.state", "State of the connection at the end.", TEXT},
    {"tcp.ts_gap", "Octets of the client were lost.", ONLY},
    {"tcp.tc_gap", "Octets of the server were lost.", ONLY},
    {"sms.carrier", "Protocol that carried the short message.", TEXT},
    {"sms.direction", "Whether a device is the receiver or the sender.",
     "\"enum\":[\"to_device\",\"from_device\"]"},
    {"sms.from", "Sender.", TEXT},
    {"sms.to", "Receiver.", TEXT},
    {"sms.receivers[]", "Receivers, where it goes to several.", TEXT},
    {"sms.account", "Account of the connection that carried it.", TEXT},
    {"sms.message_id", "The gateway's name of the message.", TEXT},
    {"sms.parts", "Parts that it was sent in.", NUMBER},
    {"sms.part", "Part that this is, where they were not put together.", NUMBER},
    {"sms.encoding", "What the octets of the text were.", TEXT},
    {"sms.data_coding", "Data coding scheme.", NUMBER},
    {"sms.text", "The whole text as UTF-8.", TEXT},
    {"sms.binary", "The whole user data where it is no text, hexadecimal.", TEXT},
    {"sms.class", "Message class.", TEXT},
    {"sms.protocol_id", "TP-PID: 64 = silent, 127 = for the SIM.", NUMBER},
    {"sms.ports.dst", "Application that it is for.", PORT},
    {"sms.ports.src", "Application that it is from.", PORT},
    {"sms.udh[].iei", "Element of the user data header of the part that came last.", NUMBER},
    {"sms.udh[].name", "Its name.", TEXT},
    {"sms.udh[].value", "Its octets.", TEXT},
    {"sms.ota.packet", "Secured packet of the SIM toolkit (TS 102 225).",
     "\"enum\":[\"command\",\"response\"]"},
    {"sms.ota.spi", "Security parameters.", TEXT},
    {"sms.ota.integrity", "What proves who made it.", "\"enum\":[\"none\",\"rc\",\"cc\",\"ds\"]"},
    {"sms.ota.ciphered", "It is encrypted.", FLAG},
    {"sms.ota.secured", "Encrypted, or with a checksum by a key, or signed.", FLAG},
    {"sms.ota.kic", "Key and algorithm of the encryption.", NUMBER},
    {"sms.ota.kid", "Key and algorithm of the checksum.", NUMBER},
    {"sms.ota.tar", "Application on the SIM.", TEXT},
    {"sms.ota.counter", "What the receiver does with the counter.", TEXT},
    {"sms.ota.cntr", "Counter, where it is not encrypted.", NUMBER},
    {"sms.ota.status", "How the SIM answers.", TEXT},
    {"payload", "Octets that the rule saw, base64.", TEXT},
    {"payload_printable", "The same, '.' for what does not print.", TEXT},
    {"stream", "1 = they were put together from segments.", "\"enum\":[0,1]"},
    {"identity.device", "Name of the device: imsi:…, or as in telltale.device.id.", TEXT},
    {"identity.facts.ip", "Address that it has.", ADDRESS},
    {"identity.facts.ipv6", "IPv6 address that it has.", ADDRESS},
    {"identity.facts.imsi", "Subscriber.", DIGITS},
    {"identity.facts.imei", "Device, and its software where it has 16 digits.", DIGITS},
    {"identity.facts.msisdn", "Its number.", DIGITS},
    {"identity.facts.mac", "Address of its interface.", TEXT},
    {"identity.facts.client_id", "Client id that it used.", TEXT},
    {"identity.facts.endpoint", "Endpoint name that it used.", TEXT},
    {"identity.source", "Who said so: radius, gtp, mqtt, lwm2m…", TEXT},
    {"identity.since", "From when on; missing: it began before the capture.", TIME},
    {"identity.until", "To when; missing: it holds.", TIME},
    {"identity.changed[]", "Facts that were others before.",
     "\"enum\":[\"ip\",\"ipv6\",\"imsi\",\"imei\",\"imeisv\",\"msisdn\",\"mac\",\"client_id\","
     "\"endpoint\"]"},
    {"stats.uptime", "Seconds since the start.", "\"type\":\"integer\""},
#define GROUP(name)                                                                                \
    {                                                                                              \
        "stats." name, "Counters.", "\"$ref\":\"#/$defs/counters\""                                \
    }
    GROUP("app_layer"),
    GROUP("capture"),
    GROUP("decoder"),
    GROUP("defrag"),
    GROUP("detect"),
    GROUP("exception_policy"),
    GROUP("file_store"),
    GROUP("firewall"),
    GROUP("flow"),
    GROUP("flow_bypassed"),
    GROUP("ftp"),
    GROUP("host"),
    GROUP("http"),
    GROUP("ippair"),
    GROUP("ips"),
    GROUP("memcap"),
    GROUP("pcap_log"),
    GROUP("stream"),
    GROUP("tcp"),
    {"telltale.id", "Names this alert.", "\"type\":\"string\",\"pattern\":\"^tt1-[a-z2-7]+$\""},
    {"telltale.kind", "What raised it.", "\"enum\":[\"rule\",\"behaviour\"]"},
    {"telltale.severity", "How bad.",
     "\"enum\":[\"info\",\"low\",\"medium\",\"high\",\"critical\"]"},
    {"telltale.confidence", "How sure, 0 to 1.", "\"type\":\"number\",\"minimum\":0,\"maximum\":1"},
    {"telltale.device.id", "Stable name of the device.", TEXT},
    {"telltale.device.ip", "Its address.", ADDRESS},
    {"telltale.device.client_id", "The identity that the protocol showed.", TEXT},
    {"telltale.events[]", "Flow: doubts about what the receiver read, each kind once.", TEXT},
    {"telltale.tunnel",
     "Tunnels around the packet, outermost first; of flows and transactions: around the flow's "
     "first packet.",
     "\"type\":\"array\",\"minItems\":1,\"maxItems\":8,\"items\":{\"type\":\"object\","
     "\"required\":[\"type\"],\"additionalProperties\":false,\"properties\":{"
     "\"type\":{\"enum\":[\"mpls\",\"pppoe\",\"gre\",\"pptp\",\"erspan-1\",\"erspan-2\","
     "\"erspan-3\",\"vxlan\",\"geneve\",\"gtp-u\",\"ip-in-ip\"]},"
     "\"src_ip\":{" ADDRESS "},\"src_port\":{" PORT "},"
     "\"dest_ip\":{" ADDRESS "},\"dest_port\":{" PORT "},"
     "\"key\":{" NUMBER "},\"call\":{" NUMBER "},\"session\":{" NUMBER "},"
     "\"vni\":{" NUMBER "},\"teid\":{" NUMBER "},"
     "\"labels\":{\"type\":\"array\",\"items\":{" NUMBER "}}}}"},
    {"telltale.stream", "Topic or URI that it is about.", TEXT},
    {"telltale.observed.value", "What was seen.", REAL},
    {"telltale.observed.unit", "Of the value.", TEXT},
    {"telltale.observed.window_s", "Over how long.", NUMBER},
    {"telltale.expected.value", "What was learned.", REAL},
    {"telltale.expected.unit", "Of the value.", TEXT},
    {"telltale.expected.window_s", "Over how long.", NUMBER},
    {"telltale.expected.n", "Messages learned from.", NUMBER},
    {"telltale.expected.since", "When learning began.", TIME},
    {"telltale.expected.state", "Phase of the baseline.", TEXT},
    {"telltale.limits[].window_s", "Length of a window.", NUMBER},
    {"telltale.limits[].limit", "What it may hold.", REAL},
    {"telltale.limits[].seen", "What it held.", REAL},
    {"telltale.not[]", "Explanations that were rejected.", TEXT},
    {"telltale.packets[]", "Packets that took part, numbered over all inputs.", NUMBER},
    {"telltale.repeats", "Alerts folded into this one.", NUMBER},
    {"telltale.goal", "What an attacker would want.", TEXT},
    {"telltale.actor[]", "Who does this.", TEXT},
    {"telltale.why", "Why it matters.", TEXT},
    {"telltale.next", "What to do next.", TEXT},
    {"telltale.transport", "What carried it, where that is a protocol of its own.", TEXT},
    {"telltale.unanswered", "The question got no answer.", ONLY},
    {"telltale.unasked", "The answer had no question.", ONLY},
    {"telltale.repeated", "Messages of a kind that came again and were not written.", NUMBER},
    {"telltale.stats", "Counters that Suricata does not have.", "\"$ref\":\"#/$defs/counters\""},
    {NULL, NULL, NULL},
};
