// Slack's own client of Socket Mode against the double: prints the action of the first interaction and leaves.
import { SocketModeClient } from '@slack/socket-mode';

const client = new SocketModeClient({ appToken: 'xapp-1-abc', clientOptions: { slackApiUrl: process.env.SLACK_API_URL + '/' } });
client.on('interactive', async ({ body, ack }) => {
  await ack();
  console.log(body.actions[0].action_id);
  await client.disconnect();
  process.exit(0);
});
await client.start();
console.log('connected');
