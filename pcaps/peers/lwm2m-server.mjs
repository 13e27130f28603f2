// A device management server of npm coap: takes registrations, then reads, writes, observes and
// executes on the device, which says at which port it listens (query `at`). lwm2m-server.mjs PORT
import { createRequire } from 'module'
const coap = createRequire(`${process.env.TT_NPM}/`)('coap')

const ask = (to, method, pathname, options = {}) => new Promise((done) => {
  const request = coap.request({ ...to, method, pathname, observe: options.observe })
  for (const [name, value] of Object.entries(options.set || {})) request.setOption(name, value)
  request.on('response', (answer) => {
    answer.on('data', () => {})
    if (options.observe) setTimeout(() => { answer.close(); done() }, 1800)
    else done()
  })
  request.on('error', done)
  request.end(options.payload)
})

const manage = async (to) => {
  await ask(to, 'GET', '/3/0', { set: { Accept: Buffer.from([0x2d, 0x16]) } })
  await ask(to, 'GET', '/3/0/3')
  await ask(to, 'PUT', '/5/0/1', { payload: 'coap://10.77.0.2/firmware.bin' })
  await ask(to, 'POST', '/5/0/2')
  await ask(to, 'GET', '/3303/0/5700', { observe: true })
  await ask(to, 'GET', '/0/0/5')
}

coap.createServer((request, answer) => {
  const query = new URLSearchParams(request.url.split('?')[1] || '')
  if (request.method === 'POST' && request.url.startsWith('/rd?')) {
    answer.code = '2.01'
    answer.setOption('Location-Path', [Buffer.from('rd'), Buffer.from('5a3f')])
    answer.end()
    setTimeout(() => manage({ host: request.rsinfo.address, port: Number(query.get('at')) }), 200)
    return
  }
  answer.code = request.method === 'DELETE' ? '2.02' : '2.04'
  answer.end()
}).listen(Number(process.argv[2]), () => console.log('server ready'))
