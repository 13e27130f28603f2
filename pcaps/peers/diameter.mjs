// diameter.mjs server ADDRESS PORT | client ADDRESS PORT [errors] - npm diameter as what serves subscribers (HSS, PCRF, online
// charging) and as MME and gateway: S6a, Gx, Gy. With "errors" the client asks a server that has no such applications.
import { createRequire } from 'node:module';

const require = createRequire(process.env.TT_NPM + '/node_modules/');
const diameter = require('diameter');
const [role, address, port, errors] = process.argv.slice(2);
const imsi = '001010000000417', imeisv = '3520990017614823', msisdn = '999700000417', realm = 'm2m.example';
const own = role === 'server' ? 'hss.m2m.example' : 'pgw.m2m.example';
const origin = [['Origin-Host', own], ['Origin-Realm', realm]];
const capabilities = [...origin, ['Host-IP-Address', role === 'server' ? address : '10.77.0.7'], ['Vendor-Id', 10415],
    ['Product-Name', 'node-diameter'], ['Supported-Vendor-Id', 10415], ['Auth-Application-Id', 4],
    ['Vendor-Specific-Application-Id', [['Vendor-Id', 10415], ['Auth-Application-Id', 16777238]]],
    ['Vendor-Specific-Application-Id', [['Vendor-Id', 10415], ['Auth-Application-Id', 16777251]]]];
const value = (message, name) => (message.body.find(avp => avp[0] === name) || [])[1];
const octets = hex => Buffer.from(hex, 'hex');

function answer({ message, response, callback }) {
    const say = (...avps) => {
        response.body = [...response.body, ...avps];
        callback(response);
    };
    switch (message.command) {
    case 'Capabilities-Exchange':
        return say(['Result-Code', 2001], ...capabilities);
    case 'Credit-Control':
        return say(['Result-Code', 2001], ...origin, ['Auth-Application-Id', value(message, 'Auth-Application-Id')],
            ['CC-Request-Type', value(message, 'CC-Request-Type')], ['CC-Request-Number', value(message, 'CC-Request-Number')],
            ...(value(message, 'Service-Context-Id') ? [['Multiple-Services-Credit-Control', [['Result-Code', 4012],
                ['Rating-Group', 7], ['Granted-Service-Unit', [['CC-Total-Octets', 1000000]]], ['Validity-Time', 3600]]]] : []));
    case '3GPP-Update-Location':
        if (String(value(message, 'User-Name')) !== imsi) {
            return say(...origin, ['Experimental-Result', [['Vendor-Id', 10415], ['Experimental-Result-Code', 5001]]],
                ['Auth-Session-State', 1]);
        }
        return say(['Result-Code', 2001], ...origin, ['Auth-Session-State', 1], ['ULA-Flags', 1],
            ['Subscription-Data', [['Access-Restriction-Data', 0], ['APN-Configuration-Profile', [['Context-Identifier', 1],
                ['APN-Configuration', [['Context-Identifier', 1]]]]]]]);
    default:
        return say(['Result-Code', 2001], ...origin);
    }
}

if (role === 'server') {
    diameter.createServer({}, socket => {
        socket.on('diameterMessage', answer);
        socket.on('error', error => console.log(String(error)));
    }).listen(Number(port), address, () => console.log('server ready'));
} else {
    const socket = diameter.createConnection({ host: address, port: Number(port), localAddress: '10.77.0.7' }, async () => {
        const connection = socket.diameterConnection;
        const ask = async (application, command, session, ...avps) => {
            const request = connection.createRequest(application, command, session);
            if (!session) {
                request.body = [];
            }
            request.body = [...request.body, ...origin, ...avps];
            await connection.sendRequest(request, 3000).catch(error => console.log(command, String(error)));
        };
        const base = 'Diameter Common Messages', to = ['Destination-Realm', realm];
        const who = [['Subscription-Id', [['Subscription-Id-Type', 1], ['Subscription-Id-Data', imsi]]],
            ['Subscription-Id', [['Subscription-Id-Type', 0], ['Subscription-Id-Data', msisdn]]]];
        await ask(base, 'Capabilities-Exchange', '', ...capabilities.slice(2));
        for (const user of errors ? [imsi] : [imsi, '001019999999999']) {
            await ask('3GPP S6a/S6d', '3GPP-Update-Location', 'pgw.m2m.example;1;1', to, ['Auth-Session-State', 1], ['User-Name', user],
                ['Terminal-Information', [['IMEI', imeisv.slice(0, 14)], ['Software-Version', imeisv.slice(14)]]],
                [1032, 1004], ['ULR-Flags', 34], ['Visited-PLMN-Id', octets('00f110')]);
        }
        for (const [kind, number] of [[1, 0], [2, 1], [3, 2]]) {
            await ask('3GPP Gx', 'Credit-Control', 'pgw.m2m.example;1;2', to, ['Auth-Application-Id', 16777238],
                ['CC-Request-Type', kind], ['CC-Request-Number', number], ...who, ['Framed-IP-Address', '10.45.0.7'],
                ['Called-Station-Id', 'meters.m2m'], ['IP-CAN-Type', 5], ['3GPP-SGSN-MCC-MNC', '00101'],
                ['User-Equipment-Info', [['User-Equipment-Info-Type', 0], ['User-Equipment-Info-Value', imeisv]]],
                ['3GPP-User-Location-Info', octets('8200f110271000f11000012d01')]);
            await ask('Diameter Credit Control Application', 'Credit-Control', 'pgw.m2m.example;1;4', to, ['Auth-Application-Id', 4],
                ['Service-Context-Id', '32251@3gpp.org'], ['CC-Request-Type', kind], ['CC-Request-Number', number], ...who,
                ['Multiple-Services-Credit-Control', [['Rating-Group', 7], ['Used-Service-Unit', [['CC-Input-Octets', 1200 * number],
                    ['CC-Output-Octets', 340 * number]]]]]);
        }
        await ask(base, 'Device-Watchdog', '');
        await ask(base, 'Disconnect-Peer', '', ['Disconnect-Cause', 0]);
        setTimeout(() => process.exit(0), 200);
    });
    socket.on('diameterMessage', answer);
    socket.on('error', error => console.log(String(error)));
}
