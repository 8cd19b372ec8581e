/**
 * A stand-in for FRR's daemons, for more sessions than two real bgpd can establish in reasonable time. It is NOT FRR. It
 * speaks the vty protocol (command, NUL; answer, three NULs, return code) on `DIR/bgpd.vty`, and answers the summary and
 * neighbors commands in the format of FRR 8.4.4, with invented sessions whose counters increase. It sends each answer in
 * writes of 4 KiB, as FRR does.
 *
 * Usage: node bench/stand-in-bgpd.ts DIR SESSIONS
 */
import { mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';

const FAMILIES = ['ipv4Unicast', 'ipv6Unicast', 'l2VpnEvpn'] as const;
const WRITE_SIZE = 4096;

/** The address of the n-th session, within 10.128.0.0/9. */
export function peerAddress(n: number): string {
  return `10.${128 + (n >> 16)}.${(n >> 8) & 0xff}.${n & 0xff}`;
}

/** `show bgp vrf all summary json`, formatted like FRR's. */
export function summary(sessions: number, ticks: number): string {
  const established = 1_795_000_000;
  const families: Record<string, unknown> = {};
  for (const family of FAMILIES) {
    const peers: Record<string, unknown> = {};
    for (let n = 0; n < sessions; n++) {
      peers[peerAddress(n)] = {
        hostname: 'stand-in',
        remoteAs: 65_000 + (n % 500),
        localAs: 64_999,
        version: 4,
        msgRcvd: 100 + ticks + n,
        msgSent: 200 + ticks + n,
        tableVersion: 0,
        outq: 0,
        inq: 0,
        peerUptime: '01:00:00',
        peerUptimeMsec: 3_600_000,
        peerUptimeEstablishedEpoch: established + n,
        pfxRcd: 2 + (n % 7),
        pfxSnt: 3,
        state: 'Established',
        peerState: 'OK',
        connectionsEstablished: 1,
        connectionsDropped: 0,
        desc: `peer ${n}`,
        idType: 'ipv4',
      };
    }
    families[family] = {
      routerId: '10.0.0.1',
      as: 64_999,
      vrfId: 0,
      vrfName: 'default',
      tableVersion: ticks,
      ribCount: 5 * sessions,
      ribMemory: 920 * sessions,
      peerCount: sessions,
      peerMemory: 723_000 * sessions,
      peers,
      failedPeers: 0,
      displayedPeers: sessions,
      totalPeers: sessions,
      dynamicPeers: 0,
      bestPath: { multiPathRelax: 'false' },
    };
  }
  return `${JSON.stringify({ default: families }, null, 2)}\n`;
}

/** `show bgp vrf all neighbors json` of FRR 8.4.4, reduced to the fields that an exporter could use. */
export function neighbors(sessions: number, ticks: number): string {
  const peers: Record<string, unknown> = { vrfId: 0, vrfName: 'default' };
  for (let n = 0; n < sessions; n++) {
    const families: Record<string, unknown> = {};
    for (const family of FAMILIES) {
      families[family] = {
        updateGroupId: 1,
        subGroupId: 1,
        packetQueueLength: 0,
        commAttriSentToNbr: 'extendedAndStandard',
        acceptedPrefixCounter: 2,
        sentPrefixCounter: 3,
      };
    }
    peers[peerAddress(n)] = {
      remoteAs: 65_000 + (n % 500),
      localAs: 64_999,
      nbrExternalLink: true,
      nbrDesc: `peer ${n}`,
      hostname: 'stand-in',
      bgpVersion: 4,
      remoteRouterId: peerAddress(n),
      localRouterId: '10.0.0.1',
      bgpState: 'Established',
      bgpTimerUpMsec: 3_600_000,
      bgpTimerUpEstablishedEpoch: 1_795_000_000 + n,
      bgpTimerLastRead: 1000,
      bgpTimerLastWrite: 1000,
      bgpTimerHoldTimeMsecs: 9000,
      bgpTimerKeepAliveIntervalMsecs: 3000,
      gracefulRestartInfo: { localGrMode: 'Helper*', remoteGrMode: 'Helper', rBit: true },
      messageStats: {
        depthInq: 0,
        depthOutq: 0,
        opensSent: 1,
        opensRecv: 1,
        notificationsSent: 0,
        notificationsRecv: 0,
        updatesSent: 6,
        updatesRecv: 6,
        keepalivesSent: 100 + ticks,
        keepalivesRecv: 100 + ticks,
        routeRefreshSent: 0,
        routeRefreshRecv: 0,
        capabilitySent: 0,
        capabilityRecv: 0,
        totalSent: 107 + ticks,
        totalRecv: 107 + ticks,
      },
      addressFamilyInfo: families,
      connectionsEstablished: 1,
      connectionsDropped: 0,
      lastResetTimerMsecs: 3_700_000,
      lastResetDueTo: 'No AFI/SAFI activated for peer',
      lastResetCode: 30,
      hostLocal: '10.0.0.1',
      hostForeign: peerAddress(n),
      connectRetryTimer: 120,
      estimatedRttInMsecs: 1,
    };
  }
  return `${JSON.stringify({ default: peers }, null, 2)}\n`;
}

/** Serves the stand-in. Returns a function that stops it and removes its socket. */
export function serveStandIn(directory: string, sessions: number): () => void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'bgpd.vty');
  rmSync(path, { force: true });
  const queried = new Map<string, number>();
  const answers = new Map<string, readonly Buffer[]>();
  const answer = (command: string): readonly Buffer[] => {
    const ticks = (queried.get(command) ?? 0) + 1;
    queried.set(command, ticks);
    const known = answers.get(`${command} ${ticks % 2}`);
    if (known !== undefined) return known;
    let text: string;
    let code = 0;
    if (command === 'show bgp vrf all summary json') text = summary(sessions, ticks);
    else if (command === 'show bgp vrf all neighbors json') text = neighbors(sessions, ticks);
    else if (command === 'show bgp vrf all summary failed json') text = '{}\n';
    else if (command === 'show memory')
      text = 'System allocator statistics:\n  Total heap allocated:  13 MiB\n';
    else {
      text = `% Unknown command: ${command}\n`;
      code = 2;
    }
    const framed = Buffer.concat([Buffer.from(text), Buffer.from([0, 0, 0, code])]);
    const writes: Buffer[] = [];
    for (let at = 0; at < framed.length; at += WRITE_SIZE) writes.push(framed.subarray(at, at + WRITE_SIZE));
    answers.set(`${command} ${ticks % 2}`, writes);
    return writes;
  };
  const server = createServer((connection) => {
    let pending = '';
    connection.on('error', () => connection.destroy());
    connection.on('data', (chunk) => {
      pending += chunk.toString();
      for (let end = pending.indexOf('\0'); end >= 0; end = pending.indexOf('\0')) {
        const command = pending.slice(0, end);
        pending = pending.slice(end + 1);
        for (const write of answer(command)) connection.write(write);
      }
    });
  });
  server.listen(path);
  return () => {
    server.close();
    rmSync(path, { force: true });
  };
}

if (import.meta.main) {
  const [directory, sessions] = process.argv.slice(2);
  if (directory === undefined || !Number.isInteger(Number(sessions))) {
    process.stderr.write('usage: stand-in-bgpd.ts DIR SESSIONS\n');
    process.exit(2);
  }
  serveStandIn(directory, Number(sessions));
}
