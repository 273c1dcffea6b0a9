import { once } from 'node:events';
import { createServer, request as ask } from 'node:http';

/** A proxy that passes an answer on when it has all of it, as some do. A stream never ends, so nothing of it arrives. */
export async function bufferingProxy(t, hub) {
  const asked = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.accept);
    const onward = ask({ port: hub.port, host: '127.0.0.1', path: request.url, method: request.method, headers: request.headers }, async (answer) => {
      const parts = [];
      try {
        for await (const part of answer) parts.push(part);
      } catch {
        return response.destroy();
      }

      const { 'transfer-encoding': _, ...headers } = answer.headers;
      response.writeHead(answer.statusCode, headers).end(Buffer.concat(parts));
    });
    onward.on('error', () => response.destroy());
    response.on('close', () => onward.destroy());
    request.pipe(onward);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${server.address().port}`, asked };
}
