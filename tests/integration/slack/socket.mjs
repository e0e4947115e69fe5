// Slack's end of Socket Mode. Prints a line of JSON for all that happens; takes orders as lines on stdin:
// {"send": …} goes to the newest connection, {"disconnect": true} asks it to be replaced.
import { createInterface } from 'node:readline';
import { WebSocketServer } from 'ws';

const say = (value) => console.log(JSON.stringify(value));
const server = new WebSocketServer({ port: 0, host: '127.0.0.1', clientTracking: true });
let newest = null;
let number = 0;
server.on('listening', () => say({ port: server.address().port }));
server.on('connection', (socket, request) => {
  const id = ++number;
  newest = socket;
  say({ open: id, path: request.url });
  socket.send(JSON.stringify({ type: 'hello', num_connections: 1, connection_info: { app_id: 'A0SLUICE' } }));
  socket.ping('are you there');
  socket.on('pong', (data) => say({ pong: id, data: data.toString() }));
  socket.on('message', (data) => say({ message: id, data: JSON.parse(data.toString()) }));
  socket.on('close', (code) => say({ closed: id, code }));
});
createInterface({ input: process.stdin }).on('line', (line) => {
  const order = JSON.parse(line);
  if (order.send) newest.send(JSON.stringify(order.send));
  if (order.raw) newest.send(order.raw);
  if (order.disconnect) newest.send(JSON.stringify({ type: 'disconnect', reason: 'refresh_requested' }));
  if (order.kill) newest.terminate();
}).on('close', () => process.exit(0));
