#!/usr/bin/env python3
"""The story of meter-hourly.pcap: who publishes when, and what.

Prints one line per PUBLISH: address, time in microseconds since 1970, payload in hex. The same
seed gives the same lines each time. Two meters report hourly and a pump every six hours, from
Monday 2026-05-04. On the ninth day meter-0418 has no coverage for five hours and then delivers the
readings it kept (honest catch-up). On the thirteenth day meter-0417 goes nonstop with garbage.
"""

import json
import math
import random
from datetime import datetime, timezone

START = int(datetime(2026, 5, 4, tzinfo=timezone.utc).timestamp())
HOUR = 3600
DAYS = 12
NONSTOP = 120
OUTAGE_FROM, OUTAGE_HOURS = 8 * 24 + 13, 5


def micros(seconds):
    return round(seconds * 1_000_000)


def reading(when, **values):
    return json.dumps({"t": int(when), **values}, separators=(",", ":")).encode("ascii")


def meter(dice, second_of_hour, base_kwh, hours):
    """Yield (time, payload) of an energy meter with a daily load curve."""
    kwh = base_kwh
    for hour in range(hours):
        kwh += 0.4 + 0.3 * math.sin((hour % 24 - 8) / 24 * 2 * math.pi) + dice.uniform(0, 0.15)
        when = START + hour * HOUR + second_of_hour + dice.uniform(-20, 20)
        yield when, reading(when, kwh=round(kwh, 3), v=round(dice.gauss(230, 1.2), 1))


def pump(dice, hours):
    for hour in range(3, hours, 6):
        when = START + hour * HOUR + 90 + dice.uniform(-45, 45)
        bar = round(dice.gauss(3.4, 0.1), 2)
        yield when, reading(when, bar=bar, rpm=round(dice.gauss(1450, 9)))


def with_outage(readings):
    """Hold back the readings of the outage, then deliver them two seconds apart."""
    kept = []
    for hour, (when, payload) in enumerate(readings):
        if OUTAGE_FROM <= hour < OUTAGE_FROM + OUTAGE_HOURS:
            kept.append(payload)
            continue
        yield when, payload
        for number, late in enumerate(kept, 1):
            yield when + 2.0 * number + (number % 3) * 0.11, late
        kept = []


def nonstop(dice, begin):
    when = begin
    for _ in range(NONSTOP):
        when += dice.uniform(0.85, 1.15)
        yield when, dice.randbytes(dice.randrange(24, 61))


def main():
    mad = START + DAYS * 24 * HOUR + 2 * HOUR + 1021
    devices = {
        "10.77.0.17": [*meter(random.Random(417), 417, 1834.2, DAYS * 24 + 3),
                       *nonstop(random.Random(9), mad)],
        "10.77.0.18": list(with_outage(meter(random.Random(418), 1260, 702.6, DAYS * 24 + 4))),
        "10.77.0.7": list(pump(random.Random(7), DAYS * 24 + 4)),
    }
    for address, messages in devices.items():
        for when, payload in messages:
            print(address, micros(when), payload.hex(), sep="\t")


if __name__ == "__main__":
    main()
