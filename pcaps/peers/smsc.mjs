// An SMSC of npm smpp: binds with a password, answers every request, sends a receipt for each
// message that wants one and one message of its own. smsc.mjs PORT
import { createRequire } from 'module'
const smpp = createRequire(`${process.env.TT_NPM}/`)('smpp')

let sequence = 0
const receipt = (id, text) =>
  `id:${id} sub:001 dlvrd:001 submit date:2611210900 done date:2611210901 ` +
  `stat:DELIVRD err:000 text:${text.slice(0, 20)}`

const accept = (session, pdu) => {
  const id = (++sequence + 1000).toString(16)
  session.send(pdu.response({ message_id: id }))
  if (pdu.registered_delivery & 1) {
    const message = pdu.short_message && pdu.short_message.message
    session.deliver_sm({
      source_addr_ton: 1, source_addr_npi: 1, source_addr: pdu.destination_addr,
      dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: pdu.source_addr,
      esm_class: 4, short_message: receipt(id, String(message || '')),
      receipted_message_id: id, message_state: 2,
    })
  }
}

const answers = {
  submit_sm: accept,
  data_sm: accept,
  broadcast_sm: accept,
  submit_multi: (session, pdu) =>
    session.send(pdu.response({ message_id: 'm1', unsuccess_sme: [
      { dest_addr_ton: 1, dest_addr_npi: 1, destination_addr: '000', error_status_code: 0x0b }] })),
  query_sm: (session, pdu) =>
    session.send(pdu.response({ message_id: pdu.message_id, final_date: '261121090100000+',
      message_state: 2, error_code: 0 })),
  unbind: (session, pdu) => { session.send(pdu.response()); session.close() },
}

const server = smpp.createServer({}, (session) => {
  session.on('error', () => {})
  session.on('pdu', (pdu) => {
    if (pdu.command.startsWith('bind_')) {
      const good = pdu.password === 'secret'
      session.send(pdu.response(good ? { system_id: 'SMSC', sc_interface_version: 0x34 }
        : { command_status: 0x0e }))
      if (good && pdu.command !== 'bind_transmitter') {
        session.deliver_sm({ source_addr_ton: 1, source_addr_npi: 1, source_addr: '491710000001',
          dest_addr_npi: 1, destination_addr: '4711', short_message: 'STATUS 42' })
      }
    } else if (answers[pdu.command]) {
      answers[pdu.command](session, pdu)
    } else if (!pdu.command.endsWith('_resp')) {
      session.send(pdu.response())
    }
  })
})
server.listen(Number(process.argv[2]), () => console.log('smsc ready'))
