// Slack's own client against the double at SLACK_API_URL: prints what came back, a line a call.
import { WebClient } from '@slack/web-api';

const client = new WebClient('xoxb-1-abc', { slackApiUrl: process.env.SLACK_API_URL + '/', retryConfig: { retries: 0 } });
const say = (value) => console.log(JSON.stringify(value));
const blocks = [{ type: 'section', text: { type: 'plain_text', text: 'x' } }];

const posted = await client.chat.postMessage({ channel: 'C1', text: 'a & b', blocks, metadata: { event_type: 'e', event_payload: { nonce: 'n' } } });
say([posted.ok, posted.channel, typeof posted.ts]);
say((await client.chat.update({ channel: 'C1', ts: posted.ts, text: 'c', blocks })).ok);
say((await client.conversations.open({ users: 'UBOB' })).channel.id);
say((await client.conversations.history({ channel: 'C1', include_all_metadata: true })).messages[0].metadata.event_payload.nonce);
say((await client.users.info({ user: 'UBOB' })).user.id);
say((await client.chat.postEphemeral({ channel: 'C1', user: 'UBOB', text: 'x' })).ok);
say(await client.chat.update({ channel: 'C1', ts: '1.1', text: 'c', blocks }).catch((failure) => failure.data.error));
