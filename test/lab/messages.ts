/**
 * The end of the way: Alertmanager with the configuration and templates of `alerts/`, and something that takes what would
 * go to Slack, PagerDuty, mail and the dead man's switch. Only addresses and secrets are changed.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { freePort } from './process.ts';
import { type Alertmanager, startAlertmanager } from './prometheus.ts';

const ALERTS = resolve(import.meta.dirname, '../../alerts');

/** Something that reached somebody. */
export interface Message {
  readonly via: 'slack' | 'pagerduty' | 'mail' | 'watchdog';
  /** Milliseconds since the epoch. */
  readonly at: number;
  readonly status: 'firing' | 'resolved';
  /** One line: what a locked screen shows. */
  readonly title: string;
  /** The payload as it came: an object, or a mail's text. */
  readonly body: unknown;
}

/** As much of Alertmanager's configuration as is changed here. */
export interface AlertmanagerConfig {
  global: Record<string, unknown>;
  templates: string[];
  route: Record<string, unknown> & { routes: Record<string, unknown>[] };
  receivers: (Record<string, unknown> & {
    pagerduty_configs?: Record<string, unknown>[];
    webhook_configs?: Record<string, unknown>[];
  })[];
}

export interface Messages extends AsyncDisposable {
  /** The first of them: the only one unless a cluster was requested. */
  readonly alertmanager: Alertmanager;
  readonly alertmanagers: readonly Alertmanager[];
  /** What has come so far, in the order in which it came. */
  readonly messages: readonly Message[];
  stop(): Promise<void>;
}

/**
 * Starts Alertmanager and what it sends to.
 * @param change changes the shipped configuration before its addresses are replaced
 * @param size of the cluster; one Alertmanager is alone
 */
export async function startMessages(
  change?: (config: AlertmanagerConfig) => void,
  size = 1,
): Promise<Messages> {
  const messages: Message[] = [];
  const inbox = await startInbox(messages);
  const mailbox = await startMailbox(messages);
  const alertmanagers: Alertmanager[] = [];
  const stop = async () => {
    await Promise.all(alertmanagers.map((one) => one.stop()));
    await Promise.all([inbox.stop(), mailbox.stop()]);
  };
  try {
    const config = parse(
      readFileSync(join(ALERTS, 'alertmanager/alertmanager.yml'), 'utf8'),
    ) as AlertmanagerConfig;
    change?.(config);
    replaceAddresses(config, inbox.url, mailbox.address);
    for (const args of await clusterArguments(size))
      alertmanagers.push(
        await startAlertmanager({ config: config as unknown as Record<string, unknown>, args }),
      );
    const [alertmanager] = alertmanagers as [Alertmanager];
    return { alertmanager, alertmanagers, messages, stop, [Symbol.asyncDispose]: stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The arguments of each Alertmanager of a cluster; none for one that is alone. */
async function clusterArguments(size: number): Promise<readonly (readonly string[])[]> {
  if (size === 1) return [[]];
  const peers: string[] = [];
  while (peers.length < size) peers.push(`127.0.0.1:${await freePort()}`);
  return peers.map((self) => [
    `--cluster.listen-address=${self}`,
    `--cluster.advertise-address=${self}`,
    ...peers.filter((peer) => peer !== self).map((peer) => `--cluster.peer=${peer}`),
    '--cluster.peer-timeout=5s',
    '--cluster.settle-timeout=5s',
  ]);
}

function replaceAddresses(config: AlertmanagerConfig, inbox: string, mailbox: string): void {
  const { smtp_from, resolve_timeout } = config.global;
  config.global = {
    resolve_timeout,
    smtp_from,
    smtp_smarthost: mailbox,
    smtp_require_tls: false,
    slack_api_url: `${inbox}/slack`,
    pagerduty_url: `${inbox}/pagerduty`,
  };
  config.templates = [join(ALERTS, 'alertmanager/templates/*.tmpl')];
  for (const receiver of config.receivers) {
    for (const pagerduty of receiver.pagerduty_configs ?? []) {
      delete pagerduty.routing_key_file;
      pagerduty.routing_key = 'laboratory';
    }
    for (const webhook of receiver.webhook_configs ?? []) webhook.url = `${inbox}/watchdog`;
  }
}

interface SlackMessage {
  readonly attachments?: readonly { readonly fallback?: string; readonly color?: string }[];
}

interface PagerDutyEvent {
  readonly event_action?: string;
  readonly payload?: { readonly summary?: string };
}

/** Takes what would go to Slack, PagerDuty and the dead man's switch. */
async function startInbox(messages: Message[]): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const server: Server = createServer((request, response) => {
    let text = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    request.on('end', () => {
      messages.push(readMessage(request.url ?? '', text));
      response.writeHead(request.url === '/pagerduty' ? 202 : 200, { 'content-type': 'application/json' });
      response.end('{"status":"success"}');
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((closed) => server.close(closed));
    },
  };
}

function readMessage(path: string, text: string): Message {
  const at = Date.now();
  const body: unknown = JSON.parse(text);
  if (path === '/slack') {
    const [attachment] = (body as SlackMessage).attachments ?? [];
    const status = attachment?.color === 'good' ? 'resolved' : 'firing';
    return { via: 'slack', at, status, title: attachment?.fallback ?? '', body };
  }
  if (path === '/pagerduty') {
    const { event_action, payload } = body as PagerDutyEvent;
    const status = event_action === 'resolve' ? 'resolved' : 'firing';
    return { via: 'pagerduty', at, status, title: payload?.summary ?? '', body };
  }
  return { via: 'watchdog', at, status: 'firing', title: 'Watchdog', body };
}

/** Takes mail: as much of SMTP (RFC 5321) as it needs to be given some. */
async function startMailbox(
  messages: Message[],
): Promise<{ readonly address: string; stop(): Promise<void> }> {
  const server = createTcpServer((socket) => {
    socket.setEncoding('utf8').on('error', () => socket.destroy());
    socket.write('220 laboratory\r\n');
    let rest = '';
    let mail: string | undefined;
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\r\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (mail === undefined) {
          if (/^data/i.test(line)) mail = '';
          socket.write(mail === '' ? '354 go on\r\n' : /^quit/i.test(line) ? '221 bye\r\n' : '250 ok\r\n');
        } else if (line === '.') {
          const title = decodeHeader(/^Subject: (.*)$/m.exec(mail)?.[1] ?? '');
          const status = title.startsWith('RESOLVED') ? 'resolved' : 'firing';
          messages.push({ via: 'mail', at: Date.now(), status, title, body: mail });
          mail = undefined;
          socket.write('250 taken\r\n');
        } else mail += `${line.replace(/^\./, '')}\n`;
      }
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  return {
    address: `127.0.0.1:${port}`,
    stop: () => new Promise((closed) => server.close(() => closed())),
  };
}

/** RFC 2047: `=?utf-8?q?...?=`. */
function decodeHeader(text: string): string {
  return text
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?q\?(.*?)\?=/gi, (_, words: string) =>
      words
        .replaceAll('_', ' ')
        .replace(/=([0-9A-F]{2})/g, (__, code: string) => String.fromCharCode(Number.parseInt(code, 16))),
    );
}
