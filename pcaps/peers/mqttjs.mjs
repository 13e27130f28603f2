// What the MQTT.js scripts share: the module from the folder TT_NPM names, a connection from a
// chosen address, and waiting. Nothing reconnects by itself.
import { createRequire } from 'node:module'
import net from 'node:net'
import path from 'node:path'

const require = createRequire(path.join(process.env.TT_NPM, 'node_modules', 'x.js'))
const mqtt = require('mqtt')

export const HOST = process.env.TT_HOST ?? '10.77.0.2'
export const PORT = Number(process.env.TT_PORT ?? 1883)

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))

const once = (client, event) =>
  new Promise((resolve, reject) => {
    client.once(event, (...values) => resolve(values))
    client.once('error', reject)
  })

// Open a connection from `address`; resolves with the client after a good CONNACK (kept as
// client.connack), rejects after a refusal. Errors after that are kept as client.lastError.
export async function open(address, options) {
  const stream = () =>
    net.connect({ host: HOST, port: PORT, localAddress: address, noDelay: true })
  const client = new mqtt.MqttClient(stream, {
    protocolVersion: 4,
    reconnectPeriod: 0,
    connectTimeout: 8000,
    resubscribe: false,
    ...options,
  })
  client.received = []
  client.on('message', (topic, payload, packet) => client.received.push(packet))
  client.on('packetreceive', (packet) => {
    if (packet.cmd === 'disconnect') client.serverDisconnect = packet
  })
  ;[client.connack] = await once(client, 'connect')
  client.on('error', (error) => (client.lastError = error))
  return client
}

// The reason of a refused connection, or null when it was accepted (and closed again).
export async function tryLogin(address, options) {
  try {
    const client = await open(address, options)
    await client.endAsync()
    return null
  } catch (error) {
    return error.message
  }
}

export const ended = (client) =>
  client.connected ? new Promise((resolve) => client.once('close', resolve)) : Promise.resolve()

export function check(condition, text) {
  if (!condition) {
    console.error(`not as expected: ${text}`)
    process.exit(1)
  }
}
