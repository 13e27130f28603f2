// MQTT over WebSocket to a broker: MQTT.js in 3.1.1 and 5 (it writes many small frames), then a client on the package ws that puts one packet
// into fragments with a ping between them, and three packets into one frame. wsmqtt.mjs HOST PORT
import { createRequire } from 'node:module'
import path from 'node:path'

const require = createRequire(path.join(process.env.TT_NPM, 'node_modules', 'x.js'))
const mqtt = require('mqtt')
const WebSocket = require('ws')
const [host, port] = process.argv.slice(2)
const at = `ws://${host}:${port}/mqtt`
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

for (const version of [4, 5]) {
  const client = await mqtt.connectAsync(at, { clientId: `ws-${version}`, protocolVersion: version, username: 'u', password: 'p', reconnectPeriod: 0 })
  await client.subscribeAsync('site/#', { qos: 1 })
  await client.publishAsync('site/7', 'x'.repeat(version === 4 ? 20 : 9000), { qos: version === 4 ? 2 : 1 })
  await sleep(200)
  await client.endAsync()
}

const ws = new WebSocket(at, 'mqtt', { perMessageDeflate: false })
await new Promise((resolve) => ws.on('open', resolve))
const send = (octets, fin = true) => new Promise((resolve) => ws.send(Buffer.from(octets, 'latin1'), { fin, binary: true }, resolve))
const publish = (topic, body) => `\x30${String.fromCharCode(2 + topic.length + body.length)}\0${String.fromCharCode(topic.length)}${topic}${body}`
await send('\x10\x12\0\x04MQ', false)
ws.ping('between')
await send('TT\x04\x02\0\x3c\0\x06pieces')
await sleep(200)
await send(publish('site/a', '1') + publish('site/b', '2') + publish('site/c', '3').slice(0, 3))
await send(publish('site/c', '3').slice(3))
await send('\xe0\0')
await sleep(200)
ws.close(1000, 'done')
await sleep(200)
process.exit(0)
