/**
 * Traffic to an address, from the network namespace that this program runs in: a connection to a port that nobody listens on,
 * every so often. The refusal comes from whoever has the address, by the way back that its node has. Each attempt is one packet,
 * given up before the kernel would send it again, and one letter of output: `.` answered, `x` lost.
 *
 *     node probe.ts ADDRESS SOURCE MILLISECONDS
 */
import { connect } from 'node:net';

const [address = '', source = '', every = ''] = process.argv.slice(2);

/** Milliseconds; the kernel sends a SYN again after a second. */
const LOST_AFTER = 400;

function attempt(): void {
  const socket = connect({ host: address, port: 9, localAddress: source });
  const lost = setTimeout(() => {
    socket.destroy();
    process.stdout.write('x');
  }, LOST_AFTER);
  socket.on('error', ({ code }: NodeJS.ErrnoException) => {
    clearTimeout(lost);
    process.stdout.write(code === 'ECONNREFUSED' ? '.' : 'x');
  });
}

setInterval(attempt, Number(every));
