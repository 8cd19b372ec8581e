/** The way from a test to the FRR of a laboratory's router. */
import { join } from 'node:path';
import type { SourceOptions } from '../../src/frr/options.ts';
import type { Router } from './router.ts';

/** Options for `openSource`. */
export function labSource({ root, namespace }: Router, kind: 'socket' | 'vtysh'): SourceOptions {
  return {
    kind,
    pathspace: namespace,
    socketDir: join(kind === 'socket' ? root.path : '/', 'run/frr'),
    vtyshPath: 'vtysh',
    vtyshPrefix: kind === 'socket' || root.path === '/' ? [] : ['chroot', root.path],
    maxOutput: 64 * 1024 * 1024,
  };
}
