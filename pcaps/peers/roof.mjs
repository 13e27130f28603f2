// MQTT.js clients of the aedes broker: 3.1 and 3.1.1, every QoS, retained, will, refusals.
import { check, open, sleep, tryLogin } from './mqttjs.mjs'

const login = { username: 'roof', password: 'sunshine' }
const desk = await open('10.77.0.30', { clientId: 'desk', username: 'desk', password: 'Pa55' })
await desk.subscribeAsync({ 'roof/#': { qos: 2 }, 'private/keys': { qos: 1 } }).catch(() => {})
const old = await open('10.77.0.17', {
  ...login,
  clientId: 'inverter-1',
  protocolId: 'MQIsdp',
  protocolVersion: 3,
  will: { topic: 'roof/inverter-1/gone', payload: 'power', qos: 1, retain: false },
})
const mid = await open('10.77.0.18', { ...login, clientId: 'inverter-2', keepalive: 1 })
for (const [client, name] of [[old, 'inverter-1'], [mid, 'inverter-2']]) {
  for (const qos of [0, 1, 2]) {
    const reading = JSON.stringify({ w: 2310 + qos, name })
    await client.publishAsync(`roof/${name}/power`, reading, { qos, retain: qos === 1 })
  }
}
const guess = (password) =>
  tryLogin('10.77.0.66', { clientId: 'probe', username: 'roof', password })
check((await guess('rain')) !== null, 'a wrong password was accepted')
check((await guess('snow')) !== null, 'a wrong password was accepted')
const late = await open('10.77.0.7', { ...login, clientId: 'display' })
await late.subscribeAsync('roof/+/power', { qos: 1 })
await sleep(2200) // two pings of inverter-2
old.stream.destroy() // no DISCONNECT: the will fires
await sleep(300)
await late.unsubscribeAsync('roof/+/power')
await Promise.all([desk, mid, late].map((client) => client.endAsync()))
check(desk.received.some((packet) => packet.topic === 'roof/inverter-1/gone'), 'no will')
check(late.received.length === 2, `retained: ${late.received.length}`)
