/** Exit statuses of the plugins of Nagios, Icinga and Checkmk (Monitoring Plugins Development Guidelines, "Return Codes"). */
import type { VerdictLevel } from './verdict.ts';

export const PLUGIN_STATUS: Readonly<Record<VerdictLevel, number>> = {
  ok: 0,
  warning: 1,
  critical: 2,
  unknown: 3,
};
