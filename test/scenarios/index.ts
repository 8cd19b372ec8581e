/** The uses of FRR in a cloud, each a scenario on real FRR. */
import { bgpVpn } from './bgp-vpn.ts';
import { floatingIp } from './floating-ip.ts';
import { providerIp } from './provider-ip.ts';
import { tenantGateways } from './tenant-gateways.ts';
import { tenantVrfs } from './tenant-vrfs.ts';
import type { UseCase } from './use-case.ts';
import { vip } from './vip.ts';

export const USE_CASES: readonly UseCase[] = [
  vip,
  floatingIp,
  providerIp,
  bgpVpn,
  tenantGateways,
  tenantVrfs,
];
