// An aedes broker with logins and a topic that nobody may subscribe to: broker.mjs ADDRESS PORT
import { createRequire } from 'node:module'
import net from 'node:net'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const [address, port] = process.argv.slice(2)
const require = createRequire(path.join(process.env.TT_NPM, 'node_modules', 'x.js'))
const { Aedes } = await import(pathToFileURL(require.resolve('aedes')).href)
const users = { roof: 'sunshine', desk: 'Pa55' }
const aedes = await Aedes.createBroker({
  id: 'aedes-1',
  heartbeatInterval: 1000,
  authenticate: (client, user, password, done) => {
    if (users[user] !== undefined && users[user] === password?.toString()) return done(null, true)
    const refusal = new Error('bad user name or password')
    refusal.returnCode = 4
    done(refusal, null)
  },
  authorizeSubscribe: (client, subscription, done) =>
    done(null, subscription.topic.startsWith('private/') ? null : subscription),
})
net.createServer(aedes.handle).listen(Number(port), address)
