/**
 * The floor of the server's figures: a bare proxy. Each `POST` goes to the provider at the address given as argument, and
 * what comes back is piped to whoever asked. Runs as a process of its own; tells its port by IPC.
 */
import http from 'node:http';
import type { AddressInfo } from 'node:net';

const upstream = new URL(process.argv[2] ?? '');
const agent = new http.Agent({ keepAlive: false });

const server = http.createServer((request, response) => {
  const forward = http.request(upstream, { method: 'POST', agent, headers: { 'content-type': 'application/json' } });
  forward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, { 'content-type': answer.headers['content-type'] ?? 'text/plain' });
    response.flushHeaders();
    answer.pipe(response);
  });
  forward.on('error', (error) => response.destroy(error));
  response.on('close', () => forward.destroy());
  request.pipe(forward);
});

server.listen(0, '127.0.0.1', () => process.send?.({ type: 'port', port: (server.address() as AddressInfo).port }));
process.on('disconnect', () => process.exit());
