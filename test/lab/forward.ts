/**
 * Runs in a router's network namespace: takes connections from a socket that was opened outside of it (file
 * descriptor 3) and hands them on to a port of 127.0.0.1 inside. So what listens in the laboratory can be reached at
 * an address of this machine, and the machine's own network stays as it is.
 *
 *   node forward.ts PORT
 */
import { connect, createServer } from 'node:net';

const port = Number(process.argv[2]);

createServer({ allowHalfOpen: true }, (outside) => {
  const inside = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  outside.pipe(inside).pipe(outside);
  outside.on('error', () => inside.destroy());
  inside.on('error', () => outside.destroy());
}).listen({ fd: 3 });
