// The SMSC side of UCP/EMI for Kannel, as far as the recordings need it: it takes the session, answers
// alerts and messages, delivers one message and notifies what was submitted. ucp-smsc.mjs PORT
import net from 'net'

const frame = (trn, kind, operation, fields) => {
  const body = `${kind}/${operation}/${fields}/`
  const length = String(trn.length + 7 + body.length + 2).padStart(5, '0')
  const text = `${trn}/${length}/${body}`
  const sum = [...Buffer.from(text, 'latin1')].reduce((a, b) => a + b, 0) & 0xff
  return `\x02${text}${sum.toString(16).toUpperCase().padStart(2, '0')}\x03`
}
const five = (fields) => Array.from({ length: 33 }, (_, i) => fields[i] || '').join('/')
const hex = (text) => Buffer.from(text).toString('hex').toUpperCase()

net.createServer((socket) => {
  let waits = ''
  let own = 0
  const say = (...words) => socket.write(frame(...words))
  const ask = (operation, fields) =>
    say(String(own++ % 100).padStart(2, '0'), 'O', operation, five(fields))
  const act = ([trn, , kind, operation, ...fields]) => {
    const stamp = '211126120001'
    if (kind !== 'O') return
    if (operation === '60') {
      const good = fields[4] === hex('secret')
      say(trn, 'R', '60', good ? 'A/' : 'N/07/Authentication failure')
      if (good) {
        setTimeout(() => ask('52', { 0: '4711', 1: '491710000001', 14: stamp, 18: '3',
          20: hex('STATUS 7') }), 200)
      }
    } else if (operation === '31') {
      say(trn, 'R', '31', 'A/0000')
    } else if (operation === '51') {
      say(trn, 'R', '51', `A//${fields[0]}:${stamp}`)
      if (fields[5]) {
        setTimeout(() => ask('53', { 0: fields[1], 1: fields[0], 14: stamp, 15: '0', 16: '000',
          17: stamp, 18: '3', 20: hex('Delivered') }), 200)
      }
    } else {
      say(trn, 'R', operation, 'N/03/Operation not supported')
    }
  }
  socket.on('error', () => {})
  socket.on('data', (data) => {
    waits += data.toString('latin1')
    for (let end; (end = waits.indexOf('\x03')) >= 0; waits = waits.slice(end + 1)) {
      act(waits.slice(waits.indexOf('\x02') + 1, end).split('/'))
    }
  })
}).listen(Number(process.argv[2]), () => console.log('smsc ready'))
