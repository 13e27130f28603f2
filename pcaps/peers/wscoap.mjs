// CoAP over WebSocket (RFC 8323 8) on the package ws; the octets of CoAP are ours: no program of a distribution speaks it. CSM from both sides,
// GET and its answer, a PUT in two fragments, a relation with two notifications, Ping and Pong, Release.
// wscoap.mjs server PORT | client HOST PORT
import { createRequire } from 'node:module'
import path from 'node:path'

const require = createRequire(path.join(process.env.TT_NPM, 'node_modules', 'x.js'))
const WebSocket = require('ws')
const [role, ...rest] = process.argv.slice(2)
const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
// Len is 0: the frame has the length.
const message = (code, token, ...more) => Buffer.concat([Buffer.from([token.length, code, ...token]), ...more.map((m) => Buffer.from(m))])
const CSM = message(0xe1, [], [0x22, 0x04, 0x80, 0x20])
const DATA = [0xff]

if (role === 'server') {
  const server = new WebSocket.Server({ port: Number(rest[0]), path: '/.well-known/coap', perMessageDeflate: false, handleProtocols: () => 'coap' })
  server.on('connection', (ws) => {
    ws.send(CSM)
    ws.on('message', async (m) => {
      const code = m[1], token = [...m.subarray(2, 2 + (m[0] & 15))]
      const observe = m[2 + token.length] === 0x60
      if (code === 1 && observe) {
        for (let i = 0; i < 3; i++) {
          ws.send(message(0x45, token, [0x61, i + 2], DATA, `21.${i}`))
          await sleep(100)
        }
      } else if (code === 1) ws.send(message(0x45, token, [0xc0], DATA, '22.5'))
      else if (code === 3) ws.send(message(0x44, token))
      else if (code === 0xe2) ws.send(message(0xe3, token))
    })
  })
  server.on('listening', () => console.log('ready'))
} else {
  const ws = new WebSocket(`ws://${rest[0]}:${rest[1]}/.well-known/coap`, 'coap', { perMessageDeflate: false })
  await new Promise((resolve) => ws.on('open', resolve))
  const send = (octets, fin = true) => new Promise((resolve) => ws.send(octets, { fin, binary: true }, resolve))
  await send(CSM)
  await send(message(1, [0x01], [0xb4], 'temp'))
  await sleep(150)
  const put = message(3, [0x02], [0xb5], 'limit', [0x10], DATA, '30')
  await send(put.subarray(0, 5), false)
  await send(put.subarray(5))
  await sleep(150)
  await send(message(1, [0x03], [0x60, 0x54], 'temp'))
  await sleep(500)
  await send(message(0xe2, [0x04]))
  await sleep(150)
  await send(message(0xe4, []))
  ws.close(1000)
  await sleep(150)
  process.exit(0)
}
