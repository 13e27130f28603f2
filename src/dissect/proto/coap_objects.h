/* SPDX-License-Identifier: BSD-3-Clause
 *
 * Names of LwM2M's objects and resources, part of coap.c alone: the core objects of LwM2M 1.1
 * (appendix E), others of the registry that devices have, and the reusable resources of IPSO.
 */
#ifndef DISSECT_PROTO_COAP_OBJECTS_H
#define DISSECT_PROTO_COAP_OBJECTS_H

#include "telltale/dissect.h"

/* How a value is to be read: string, integer, float, boolean, opaque, time, object link; E is
 * executed. K: opaque, and a key that is never shown. */
struct resource {
    uint16_t object, number; /* object REUSABLE: in any */
    char type;
    const char *name;
};
#define REUSABLE 65535

/* clang-format off */
static const struct tt_name object_names[] = {
    {0, "Security"}, {1, "Server"}, {2, "Access Control"}, {3, "Device"},
    {4, "Connectivity Monitoring"}, {5, "Firmware Update"}, {6, "Location"},
    {7, "Connectivity Statistics"}, {8, "Lock and Wipe"}, {9, "Software Management"},
    {10, "Cellular Connectivity"}, {11, "APN Connection Profile"}, {12, "WLAN Connectivity"},
    {13, "Bearer Selection"}, {16, "Portfolio"}, {19, "BinaryAppDataContainer"},
    {20, "Event Log"}, {21, "OSCORE"}, {23, "COSE"}, {3200, "Digital Input"},
    {3201, "Digital Output"}, {3202, "Analog Input"}, {3203, "Analog Output"},
    {3300, "Generic Sensor"}, {3301, "Illuminance"}, {3302, "Presence"}, {3303, "Temperature"},
    {3304, "Humidity"}, {3305, "Power Measurement"}, {3306, "Actuation"}, {3308, "Set Point"},
    {3310, "Load Control"}, {3311, "Light Control"}, {3312, "Power Control"},
    {3313, "Accelerometer"}, {3314, "Magnetometer"}, {3315, "Barometer"}, {3316, "Voltage"},
    {3317, "Current"}, {3318, "Frequency"}, {3323, "Pressure"}, {3328, "Power"},
    {3331, "Energy"}, {3336, "Location"}, {3340, "Timer"}, {3342, "On/Off Switch"},
    {3347, "Push Button"}, {0, NULL},
};

/* In order of object and number. */
static const struct resource resources[] = {
    {0, 0, 'S', "LwM2M Server URI"}, {0, 1, 'B', "Bootstrap-Server"},
    {0, 2, 'I', "Security Mode"}, {0, 3, 'O', "Public Key or Identity"},
    {0, 4, 'O', "Server Public Key"}, {0, 5, 'K', "Secret Key"},
    {0, 6, 'I', "SMS Security Mode"}, {0, 7, 'K', "SMS Binding Key Parameters"},
    {0, 8, 'K', "SMS Binding Secret Key(s)"}, {0, 9, 'S', "LwM2M Server SMS Number"},
    {0, 10, 'I', "Short Server ID"}, {0, 11, 'I', "Client Hold Off Time"},
    {0, 12, 'I', "Bootstrap-Server Account Timeout"}, {0, 13, 'I', "Matching Type"},
    {0, 14, 'S', "SNI"}, {0, 15, 'I', "Certificate Usage"}, {0, 16, 'I', "DTLS/TLS Ciphersuite"},
    {0, 17, 'L', "OSCORE Security Mode"}, {1, 0, 'I', "Short Server ID"},
    {1, 1, 'I', "Lifetime"}, {1, 2, 'I', "Default Minimum Period"},
    {1, 3, 'I', "Default Maximum Period"}, {1, 4, 'E', "Disable"},
    {1, 5, 'I', "Disable Timeout"}, {1, 6, 'B', "Notification Storing"}, {1, 7, 'S', "Binding"},
    {1, 8, 'E', "Registration Update Trigger"}, {1, 9, 'E', "Bootstrap-Request Trigger"},
    {1, 10, 'L', "APN Link"}, {1, 11, 'I', "TLS-DTLS Alert Code"},
    {1, 12, 'T', "Last Bootstrapped"}, {1, 22, 'B', "Trigger"},
    {1, 23, 'S', "Preferred Transport"}, {2, 0, 'I', "Object ID"},
    {2, 1, 'I', "Object Instance ID"}, {2, 2, 'I', "ACL"}, {2, 3, 'I', "Access Control Owner"},
    {3, 0, 'S', "Manufacturer"}, {3, 1, 'S', "Model Number"}, {3, 2, 'S', "Serial Number"},
    {3, 3, 'S', "Firmware Version"}, {3, 4, 'E', "Reboot"}, {3, 5, 'E', "Factory Reset"},
    {3, 6, 'I', "Available Power Sources"}, {3, 7, 'I', "Power Source Voltage"},
    {3, 8, 'I', "Power Source Current"}, {3, 9, 'I', "Battery Level"},
    {3, 10, 'I', "Memory Free"}, {3, 11, 'I', "Error Code"}, {3, 12, 'E', "Reset Error Code"},
    {3, 13, 'T', "Current Time"}, {3, 14, 'S', "UTC Offset"}, {3, 15, 'S', "Timezone"},
    {3, 16, 'S', "Supported Binding and Modes"}, {3, 17, 'S', "Device Type"},
    {3, 18, 'S', "Hardware Version"}, {3, 19, 'S', "Software Version"},
    {3, 20, 'I', "Battery Status"}, {3, 21, 'I', "Memory Total"}, {3, 22, 'L', "ExtDevInfo"},
    {4, 0, 'I', "Network Bearer"}, {4, 1, 'I', "Available Network Bearer"},
    {4, 2, 'I', "Radio Signal Strength"}, {4, 3, 'I', "Link Quality"},
    {4, 4, 'S', "IP Addresses"}, {4, 5, 'S', "Router IP Addresses"},
    {4, 6, 'I', "Link Utilization"}, {4, 7, 'S', "APN"}, {4, 8, 'I', "Cell ID"},
    {4, 9, 'I', "SMNC"}, {4, 10, 'I', "SMCC"}, {4, 11, 'I', "SignalSNR"}, {4, 12, 'I', "LAC"},
    {5, 0, 'O', "Package"}, {5, 1, 'S', "Package URI"}, {5, 2, 'E', "Update"},
    {5, 3, 'I', "State"}, {5, 5, 'I', "Update Result"}, {5, 6, 'S', "PkgName"},
    {5, 7, 'S', "PkgVersion"}, {5, 8, 'I', "Firmware Update Protocol Support"},
    {5, 9, 'I', "Firmware Update Delivery Method"}, {6, 0, 'F', "Latitude"},
    {6, 1, 'F', "Longitude"}, {6, 2, 'F', "Altitude"}, {6, 3, 'F', "Radius"},
    {6, 4, 'O', "Velocity"}, {6, 5, 'T', "Timestamp"}, {6, 6, 'F', "Speed"},
    {7, 0, 'I', "SMS Tx Counter"}, {7, 1, 'I', "SMS Rx Counter"}, {7, 2, 'I', "Tx Data"},
    {7, 3, 'I', "Rx Data"}, {7, 4, 'I', "Max Message Size"}, {7, 5, 'I', "Average Message Size"},
    {7, 6, 'E', "Start"}, {7, 7, 'E', "Stop"}, {7, 8, 'I', "Collection Period"},
    {21, 0, 'K', "OSCORE Master Secret"}, {21, 1, 'O', "OSCORE Sender ID"},
    {21, 2, 'O', "OSCORE Recipient ID"}, {REUSABLE, 5500, 'B', "Digital Input State"},
    {REUSABLE, 5501, 'I', "Digital Input Counter"},
    {REUSABLE, 5550, 'B', "Digital Output State"},
    {REUSABLE, 5600, 'F', "Analog Input Current Value"},
    {REUSABLE, 5601, 'F', "Min Measured Value"}, {REUSABLE, 5602, 'F', "Max Measured Value"},
    {REUSABLE, 5603, 'F', "Min Range Value"}, {REUSABLE, 5604, 'F', "Max Range Value"},
    {REUSABLE, 5605, 'E', "Reset Min and Max Measured Values"},
    {REUSABLE, 5700, 'F', "Sensor Value"}, {REUSABLE, 5701, 'S', "Sensor Units"},
    {REUSABLE, 5750, 'S', "Application Type"}, {REUSABLE, 5805, 'F', "Cumulative active power"},
    {REUSABLE, 5850, 'B', "On/Off"}, {REUSABLE, 5851, 'I', "Dimmer"},
    {REUSABLE, 5852, 'I', "On time"}, {REUSABLE, 5900, 'F', "Set Point Value"},
};
/* clang-format on */

/* NULL: not known. */
static inline const char *object_name(uint64_t object)
{
    for (const struct tt_name *n = object_names; n->name; n++) {
        if (n->value == object) {
            return n->name;
        }
    }
    return NULL;
}

/* NULL: not known. */
static inline const struct resource *resource_of(uint32_t object, uint32_t number)
{
    uint32_t wanted = number >= 5500 && object > 42 ? REUSABLE : object;
    for (unsigned i = 0; i < sizeof resources / sizeof *resources; i++) {
        if (resources[i].object == wanted && resources[i].number == number) {
            return &resources[i];
        }
    }
    return NULL;
}

#endif
