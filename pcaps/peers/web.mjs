// A server of HTTP/1.1 for curl and for Kannel's call backs: answers with a length, in chunks, until the connection ends, redirects, and
// joins tunnels (CONNECT) to this machine. Paths of providers of short messages get answers of their form. web.mjs PORT
import http from 'node:http'
import net from 'node:net'

const JSON_TYPE = { 'Content-Type': 'application/json' }
const answers = {
  '/moved': (q, a) => a.writeHead(301, { Location: '/reading?meter=0417' }).end('moved'),
  '/chunked': (q, a) => { a.write('one'); a.write('two'); a.end('three') },
  '/close': (q, a) => { a.writeHead(200, { Connection: 'close' }); a.write('until '); a.end('the end') },
  '/nothing': (q, a) => a.writeHead(404, { 'Content-Length': 0 }).end(),
  '/dlr': (q, a) => text(a, 'ok'),
  '/mo': (q, a) => text(a, 'got it'),
  '/2010-04-01/Accounts/AC123/Messages.json': (q, a) => json(a, 201, { sid: 'SM1', status: 'queued' }),
  '/sms/json': (q, a) => json(a, 200, { 'message-count': '1', messages: [{ status: '4', 'error-text': 'Bad Credentials' }] }),
  '/v1/messages': (q, a) => json(a, 202, { id: 'm1', state: 'accepted' }),
  '/version1/messaging': (q, a) => json(a, 201, { SMSMessageData: { Recipients: [{ messageId: 'AT1', status: 'Success' }] } }),
  '/v1/sms': (q, a) => a.writeHead(200, JSON_TYPE).end('{"id":"7"}'),
}
const text = (a, body) => a.writeHead(200, { 'Content-Type': 'text/plain', 'Content-Length': body.length }).end(body)
const json = (a, status, body) => {
  const octets = JSON.stringify(body)
  a.writeHead(status, { ...JSON_TYPE, 'Content-Length': octets.length }).end(octets)
}

const server = http.createServer((q, a) => {
  q.resume()
  q.on('end', () => {
    const path = new URL(q.url, 'http://x').pathname
    if (answers[path]) answers[path](q, a)
    else text(a, q.method === 'HEAD' ? '' : 'reading=12.5')
  })
})
server.on('connect', (q, socket) => {
  const [host, port] = q.url.split(':')
  const other = net.connect(Number(port), host, () => {
    socket.write('HTTP/1.1 200 Connection established\r\n\r\n')
    other.pipe(socket)
    socket.pipe(other)
  })
  other.on('error', () => socket.end('HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n'))
  socket.on('error', () => other.destroy())
})
server.listen(Number(process.argv[2]), () => console.log('web ready'))
