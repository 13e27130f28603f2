// A device of npm coap that registers, serves a few resources and leaves.
// lwm2m-device.mjs SERVER PORT
import { createRequire } from 'module'
const coap = createRequire(`${process.env.TT_NPM}/`)('coap')
const [host, port] = process.argv.slice(2)
const own = 56830

const device = Buffer.concat([Buffer.from([0xc8, 0, 4]), Buffer.from('ACME'),
  Buffer.from([0xc3, 3]), Buffer.from('1.0'), Buffer.from([0xc1, 9, 100])])

const server = coap.createServer((request, answer) => {
  if (request.url === '/3/0') {
    answer.setOption('Content-Format', Buffer.from([0x2d, 0x16]))
    answer.end(device)
  } else if (request.url === '/3303/0/5700') {
    let n = 0
    answer.write('21.5')
    const timer = setInterval(() => answer.write(`21.${6 + ++n}`), 500)
    answer.on('finish', () => clearInterval(timer))
  } else if (request.method === 'GET') {
    answer.code = request.url.startsWith('/0') ? '4.01' : '2.05'
    answer.end(request.url.startsWith('/0') ? '' : '1.0')
  } else {
    answer.code = '2.04'
    answer.end()
  }
})

const ask = (method, pathname, query, payload) => new Promise((done, fail) => {
  const request = coap.request({ host, port: Number(port), method, pathname, query })
  if (payload) request.setOption('Content-Format', 'application/link-format')
  request.on('response', (answer) => { answer.resume(); done() })
  request.on('error', fail)
  request.end(payload)
})

server.listen(own, async () => {
  await ask('POST', '/rd', `ep=urn:imei:490154203237518&lt=300&lwm2m=1.1&b=U&at=${own}`,
    '</1/0>,</3/0>,</5/0>,</3303/0>')
  await new Promise((done) => setTimeout(done, 4000))
  await ask('POST', '/rd/5a3f', 'lt=600')
  await ask('DELETE', '/rd/5a3f')
  process.exit(0)
})
