// Bolt's own receiver on the port it prints: 200 for a callback that it believes, 401 otherwise.
import { createServer } from 'node:http';
import bolt from '@slack/bolt';

const receiver = new bolt.HTTPReceiver({ signingSecret: process.env.SIGNING_SECRET, endpoints: '/slack/interactive' });
const app = new bolt.App({ receiver, authorize: async () => ({ botToken: 'xoxb-1-abc', botId: 'B1', botUserId: 'UB' }) });
app.action(/.*/, async ({ ack }) => ack());
app.view(/.*/, async ({ ack }) => ack());
app.error(async () => {});
const server = createServer((request, response) => receiver.requestListener(request, response));
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
process.stdin.on('end', () => process.exit(0)).resume();
