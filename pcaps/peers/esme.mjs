// Clients of npm smpp: a refused bind, a receiver, a transmitter of 3.3, and a transceiver that sends
// every request and coding. esme.mjs HOST PORT
import { createRequire } from 'module'
const smpp = createRequire(`${process.env.TT_NPM}/`)('smpp')
const [host, port] = process.argv.slice(2)

const sleep = (ms) => new Promise((done) => setTimeout(done, ms))
const open = () =>
  new Promise((done) => {
    const session = smpp.connect({ url: `smpp://${host}:${port}` }, () => done(session))
    session.on('error', () => {})
    session.on('deliver_sm', (pdu) => session.send(pdu.response()))
    session.on('enquire_link', (pdu) => session.send(pdu.response()))
  })
const ask = (session, command, fields) =>
  new Promise((done) => session[command](fields || {}, done))
const leave = async (session) => {
  await ask(session, 'unbind')
  session.close()
  await sleep(100)
}

const numbers = {
  source_addr_ton: 1, source_addr_npi: 1, source_addr: '491720000042',
  dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: '491710000001',
}
const login = { system_id: 'meters', password: 'secret', interface_version: 0x34 }

const refused = await open()
await ask(refused, 'bind_transceiver', { ...login, password: 'guess' })
refused.close()

const old = await open()
await ask(old, 'bind_transmitter', { ...login, interface_version: 0x33, system_type: 'TELEM' })
await ask(old, 'submit_sm', { ...numbers, short_message: 'meter 7: 1234 kWh' })
await leave(old)

const receiver = await open()
await ask(receiver, 'bind_receiver', { ...login, addr_ton: 1, addr_npi: 1, address_range: '^4711' })
await sleep(200)
await ask(receiver, 'enquire_link')
await leave(receiver)

const both = await open()
await ask(both, 'bind_transceiver', { ...login, interface_version: 0x50, system_type: 'M2M' })
const submit = (fields) => ask(both, 'submit_sm', { ...numbers, ...fields })
const octets = (text) => Buffer.from(text, 'hex')
await submit({ registered_delivery: 1, short_message: 'valve 3 closed' })
await submit({ data_coding: 3, short_message: 'grüße aus köln' })
await submit({ data_coding: 8, short_message: 'Привет' })
await submit({ data_coding: 4, short_message: octets('00ff80c0de') })
await submit({ data_coding: 0, short_message: octets('e8329bfd4697d9ec37') })
await submit({ data_coding: 0xf0, short_message: 'flash' })
await submit({ data_coding: 0xf6, esm_class: 0x40, protocol_id: 0x7f,
  short_message: octets('0270000000100d00000000505348000000000000420000') })
await submit({ data_coding: 4, esm_class: 0x40, short_message: octets('0605040b8423f00106') })
for (const part of ['0201', '0202']) {
  await submit({ esm_class: 0x40, data_coding: 1,
    short_message: Buffer.concat([octets(`050003a7${part}`), Buffer.from('half a text ')]) })
}
for (const part of [1, 2]) {
  await submit({ data_coding: 1, short_message: `part ${part} `, sar_msg_ref_num: 7,
    sar_total_segments: 2, sar_segment_seqnum: part })
}
await submit({ message_payload: 'x'.repeat(600), short_message: '' })
await submit({ priority_flag: 2, schedule_delivery_time: '261121223151600+', short_message: 'later',
  user_message_reference: 77, privacy_indicator: 1, source_port: 9200, destination_port: 2948 })
await ask(both, 'data_sm', { ...numbers, message_payload: 'data body', registered_delivery: 1 })
await ask(both, 'submit_multi', { ...numbers, short_message: 'to all', dest_address: [
  { dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: '491710000001' }, { dl_name: 'fleet' }] })
await ask(both, 'query_sm', { message_id: '3e9', source_addr: '491720000042' })
await ask(both, 'replace_sm', { message_id: '3e9', source_addr: '491720000042',
  short_message: 'new text' })
await ask(both, 'cancel_sm', { message_id: '3e9', source_addr: '491720000042',
  destination_addr: '491710000001' })
await ask(both, 'enquire_link')
await sleep(200)
await leave(both)
process.exit(0)
