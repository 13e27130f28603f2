// Connections that the broker ends: take-over of a client id from another address (both versions),
// a packet that is too large, a retained message, QoS 2.
import { check, ended, open, sleep } from './mqttjs.mjs'

for (const protocolVersion of [4, 5]) {
  const who = { protocolVersion, clientId: `crane-${protocolVersion}` }
  const will = { topic: 'crane/lost', payload: `${protocolVersion}`, qos: 1, retain: false }
  for (const round of [1, 2]) {
    await sleep(200)
    const owner = await open('10.77.0.17', { ...who, will })
    await owner.publishAsync('crane/angle', `${40 + round}`, { qos: 1 })
    const thrown = ended(owner)
    const thief = await open('10.77.0.66', who)
    await thrown
    await thief.publishAsync('crane/angle', '0', { qos: 1 })
    const back = ended(thief)
    const again = await open('10.77.0.17', { ...who, will })
    await back
    await again.endAsync()
  }
}
// What the broker forbids in its CONNACK, done all the same: a client without a client id (it is
// given one) that asks for a longer keep-alive than it gets.
const forbidden = [
  [0x95, Buffer.alloc(3000, 0x61), { qos: 1 }],
  [0x9a, 'kept', { qos: 1, retain: true }],
  [0x9b, 'twice', { qos: 2 }],
]
for (const [reason, payload, options] of forbidden) {
  const camera = await open('10.77.0.30', { protocolVersion: 5, clientId: '', keepalive: 900 })
  const closed = ended(camera)
  camera.publish('camera/picture', payload, options, () => {})
  await closed
  await sleep(100)
  check(camera.serverDisconnect?.reasonCode === reason, `no DISCONNECT ${reason}`)
}
