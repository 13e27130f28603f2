// MQTT 5 with MQTT.js: user properties, topic aliases in both directions, request and response,
// subscription identifiers and options, shared subscription, reason codes, delayed will.
import { check, ended, open, sleep } from './mqttjs.mjs'

const v5 = { protocolVersion: 5 }
const plant = await open('10.77.0.30', {
  ...v5,
  clientId: 'plant-a',
  clean: true,
  properties: {
    sessionExpiryInterval: 120,
    receiveMaximum: 16,
    maximumPacketSize: 65536,
    topicAliasMaximum: 8,
    requestResponseInformation: true,
    requestProblemInformation: true,
    userProperties: { site: 'north', tags: ['pump', 'backup'] },
  },
  will: {
    topic: 'plant/a/gone',
    payload: Buffer.from('{"gone":true}'),
    qos: 1,
    retain: false,
    properties: {
      willDelayInterval: 1,
      payloadFormatIndicator: true,
      messageExpiryInterval: 600,
      contentType: 'application/json',
      responseTopic: 'plant/a/answer',
      correlationData: Buffer.from([1, 2, 3, 4]),
      userProperties: { cause: 'lost' },
    },
  },
})
const watch = await open('10.77.0.31', {
  ...v5,
  clientId: 'watch',
  properties: { topicAliasMaximum: 4 },
})
const options = { qos: 2, nl: true, rap: true, rh: 1 }
await watch.subscribeAsync('plant/+/gone', { qos: 1, properties: { subscriptionIdentifier: 3 } })
await watch.subscribeAsync('plant/#', {
  ...options,
  properties: { subscriptionIdentifier: 268435455, userProperties: { why: 'log' } },
})
await watch.subscribeAsync('secret/keys', { qos: 1 }).catch(() => {})
await watch.subscribeAsync('$share/crew/job/+', { qos: 1 })

// A topic alias: set once with the name, then used without it.
const alias = { topicAlias: 5 }
await plant.publishAsync('plant/a/temperature', '20.1', { qos: 0, properties: alias })
for (const value of ['20.2', '20.4', '20.3']) {
  await plant.publishAsync('', value, { qos: 0, properties: alias })
}
// The alias gets another topic.
await plant.publishAsync('plant/a/pressure', '3.41', { qos: 1, properties: alias })
await plant.publishAsync('', '3.40', { qos: 1, properties: alias })
await plant.publishAsync('plant/a/order', '{"open":true}', {
  qos: 2,
  properties: {
    payloadFormatIndicator: true,
    messageExpiryInterval: 30,
    contentType: 'application/json; charset=utf-8',
    responseTopic: 'plant/a/answer',
    correlationData: Buffer.from('c0ffee', 'hex'),
    userProperties: { trace: ['1', '2'], 'Größe': 'µ' },
  },
})
await plant.publishAsync('nobody/listens', 'x', { qos: 1 }) // 0x10 no matching subscribers
await plant.publishAsync('secret/keys', 'x', { qos: 1 }).catch(() => {}) // 0x87 not authorized
await plant.publishAsync('secret/keys', 'x', { qos: 2 }).catch(() => {})
await plant.publishAsync('job/1', 'weigh', { qos: 1 })
await plant.publishAsync('job/2', 'wash', { qos: 1 })
await watch.unsubscribeAsync('plant/+/gone', { properties: { userProperties: { done: 'yes' } } })
await watch.unsubscribeAsync('never/had')
await watch.subscribeAsync('plant/+/gone', { qos: 1, properties: { subscriptionIdentifier: 4 } })

// 0x04: leave, but let the will fire (after its delay).
const close = ended(plant)
await plant.endAsync(false, {
  reasonCode: 4,
  properties: {
    sessionExpiryInterval: 5,
    reasonString: 'maintenance',
    userProperties: { by: 'cron' },
  },
})
await close
await sleep(2500)
await watch.endAsync(false, { reasonCode: 0 })
const topics = watch.received.map((packet) => packet.topic)
check(topics.includes('plant/a/gone'), 'no will')
check(topics.includes('plant/a/order'), 'no order')
