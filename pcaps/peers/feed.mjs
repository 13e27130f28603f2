// A device with one long connection: publishes each line of stdin (payload in hex), one at a time
// with a pause that lets every TCP acknowledgement out, then stays connected until it is stopped.
//   feed.mjs ADDRESS CLIENT-ID TOPIC QOS KEEP-ALIVE
import readline from 'node:readline'
import { open, sleep } from './mqttjs.mjs'

const [address, clientId, topic, qos, keepalive] = process.argv.slice(2)
const client = await open(address, { clientId, keepalive: Number(keepalive), clean: true })
await sleep(200)
for await (const line of readline.createInterface({ input: process.stdin })) {
  await client.publishAsync(topic, Buffer.from(line, 'hex'), { qos: Number(qos) })
  await sleep(90)
}
console.log('all published')
setInterval(() => {}, 60000)
