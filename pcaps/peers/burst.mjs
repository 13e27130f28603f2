// Many small messages in few segments: 40 publishes written at once, QoS 0 and 1 in turn.
import { open, sleep } from './mqttjs.mjs'

const client = await open('10.77.0.18', { clientId: 'counter', protocolVersion: 4 })
client.stream.cork()
const done = []
for (let number = 0; number < 40; number++) {
  done.push(client.publishAsync(`count/${number % 4}`, `${number}`, { qos: number % 2 }))
}
await sleep(50)
client.stream.uncork()
await Promise.all(done)
await client.endAsync()
