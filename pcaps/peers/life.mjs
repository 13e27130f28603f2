// The life of sessions: pings, unsubscribe, a session that is kept and found again, redelivery.
//   life.mjs ADDRESS PROTOCOL-VERSION
import { check, ended, open, sleep } from './mqttjs.mjs'

const [address, version] = process.argv.slice(2)
const protocolVersion = Number(version)
const properties = protocolVersion === 5 ? { sessionExpiryInterval: 60 } : undefined
const base = { protocolVersion, clientId: `panel-${version}`, clean: false, properties }

const first = await open(address, { ...base, keepalive: 1 })
check(!first.connack.sessionPresent, 'a session was there already')
const wanted = { 'hall/light': { qos: 1 }, 'hall/heat': { qos: 2 }, 'hall/+': { qos: 0 } }
await first.subscribeAsync(wanted)
await sleep(3300) // three pings
await first.unsubscribeAsync(['hall/+'])
await first.endAsync()

const other = await open(address, { protocolVersion, clientId: `switch-${version}`, clean: true })
const queue = [['hall/light', 1], ['hall/light', 2], ['hall/heat', 2], ['hall/heat', 0]]
for (const [topic, qos] of queue) {
  await other.publishAsync(topic, `qos ${qos} while away`, { qos })
}

// Takes the queue but loses its connection before it answers: the broker sends again with DUP.
const deaf = await open(address, base)
check(deaf.connack.sessionPresent, 'no session present')
deaf.handleMessage = () => {} // never acknowledges
await sleep(300)
const gone = ended(deaf)
deaf.stream.destroy()
await gone
const second = await open(address, base)
check(second.connack.sessionPresent, 'no session present')
await sleep(400)
await other.publishAsync('hall/light', 'bye', { qos: 1 })
await sleep(200)
check(second.received.some((packet) => packet.dup), 'nothing was delivered again')
const last = ended(second)
const expire = { properties: { sessionExpiryInterval: 0 } }
await second.endAsync(false, protocolVersion === 5 ? expire : {})
await last
await other.endAsync()
