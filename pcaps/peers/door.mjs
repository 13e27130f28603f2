// A door lock that obeys its command topic: subscribes, publishes its state (retained) at the start
// and after each command. Runs until it is stopped.
//   door.mjs ADDRESS CLIENT-ID TOPIC-PREFIX USER PASSWORD
import { open } from './mqttjs.mjs'

const [address, clientId, prefix, username, password] = process.argv.slice(2)
const say = (state) => JSON.stringify({ locked: state === 'lock', by: 'remote', battery: 87 })
const client = await open(address, {
  clientId,
  username,
  password,
  keepalive: 120,
  will: { topic: `${prefix}/online`, payload: '0', qos: 1, retain: true },
})
client.on('message', (topic, payload) => {
  const { action } = JSON.parse(payload.toString())
  client.publish(`${prefix}/state`, say(action), { qos: 1, retain: true })
})
await client.subscribeAsync(`${prefix}/cmd`, { qos: 1 })
await client.publishAsync(`${prefix}/online`, '1', { qos: 1, retain: true })
await client.publishAsync(`${prefix}/state`, say('lock'), { qos: 1, retain: true })
console.log('door ready')
