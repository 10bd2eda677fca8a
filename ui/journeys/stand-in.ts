// What stands in for Codat where a journey needs more than the sandbox inside.
import { spawn } from 'node:child_process';
import { createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const BUILT = dirname(
  process.env['PORTAL_WEBHOST_BIN'] ?? resolve(import.meta.dirname, '../../target/debug/webhost'),
);

/** Runs a sandbox of its own for as long as its address is used. */
export async function standIn(given: string[], use: (address: string) => Promise<void>): Promise<void> {
  const program = spawn(join(BUILT, 'portal-sandbox'), ['--port', '0', ...given], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const lines = createInterface({ input: program.stdout });
    const address = await new Promise<string>((found) =>
      lines.on('line', (line) => {
        const there = /http:\/\/127\.0\.0\.1:\d+/.exec(line)?.[0];
        if (there !== undefined) found(there);
      }),
    );
    await use(address);
  } finally {
    program.kill('SIGTERM');
  }
}

/** Passes every request on to another address, and changes the text of the answers that are JSON. */
export async function changing(
  address: string,
  change: (text: string) => string,
  use: (address: string) => Promise<void>,
): Promise<void> {
  const server = createServer((asked, answer) => {
    const headers = { ...asked.headers, host: new URL(address).host, 'accept-encoding': 'identity' };
    const onward = request(`${address}${asked.url ?? ''}`, { method: asked.method, headers }, (answered) => {
      const parts: Buffer[] = [];
      answered.on('data', (part: Buffer) => parts.push(part));
      answered.on('end', () => {
        const body = Buffer.concat(parts);
        const isJson = answered.headers['content-type']?.includes('json') === true && body.length > 0;
        const changed = isJson ? Buffer.from(change(body.toString())) : body;
        const status = answered.statusCode ?? 502;
        answer.writeHead(status, { ...answered.headers, 'content-length': changed.length });
        answer.end(changed);
      });
    });
    onward.on('error', () => answer.destroy());
    asked.pipe(onward);
  });
  await serving(server, use);
}

/** Listens on a free port for as long as the address is used. */
export async function serving(server: Server, use: (address: string) => Promise<void>): Promise<void> {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  try {
    await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
