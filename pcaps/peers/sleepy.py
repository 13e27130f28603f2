#!/usr/bin/env python3
"""The story of meter-reconnect.pcap.gz: address, microseconds since 1970, payload as text.

A battery meter connects for each hourly reading and leaves again. After nine days it is restarted
every two seconds, each time sending the same reading: a reboot loop.
"""

import random
from datetime import datetime, timezone

START = int(datetime(2026, 6, 1, tzinfo=timezone.utc).timestamp())


def main():
    dice = random.Random(501)
    litres = 88_120
    when = START
    for hour in range(9 * 24):
        litres += dice.choice((0, 0, 3, 6, 11))
        when = START + hour * 3600 + 2400 + dice.uniform(-30, 30)
        print("10.77.0.32", round(when * 1e6), f"{litres} l {dice.randrange(341, 346) / 100} V",
              sep="\t")
    when += 700
    for _ in range(40):
        when += dice.uniform(1.7, 2.4)
        print("10.77.0.32", round(when * 1e6), f"{litres} l 2.71 V", sep="\t")


if __name__ == "__main__":
    main()
