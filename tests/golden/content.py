#!/usr/bin/env python3
"""content.py EVE.json - what the records say, without what may differ when a stream is cut anew (decisions: pcap_cnt, times, packet and
octet counts, stream anomalies): one line for each transaction or application anomaly, in no order of time."""
import json
import sys

DROP = ("timestamp", "pcap_cnt", "flow_id", "flow", "pkt_src", "tcp")


def lines(texts):
    """The content of records."""
    records = ({k: v for k, v in json.loads(text).items() if k not in DROP} for text in texts)
    return sorted(json.dumps(r, sort_keys=True) for r in records if r["event_type"] not in ("flow", "stats", "alert")
                  and r.get("anomaly", {}).get("type") not in ("stream", "decode"))


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8") as file:
        print("".join(line + "\n" for line in lines(file)), end="")
