import type { Scenario } from '../scenario.ts';
import { ADDRESSES } from './addresses.ts';
import { AVAILABILITY } from './availability.ts';
import { DAEMONS } from './daemons.ts';
import { DASHBOARDS } from './dashboards.ts';
import { EXPORTERS } from './exporters.ts';
import { FOLDED } from './folded.ts';
import { MAINTENANCE } from './maintenance.ts';
import { MEMORY } from './memory.ts';
import { PIPELINE } from './pipeline.ts';
import { PREFIXES } from './prefixes.ts';
import { PROBING } from './probing.ts';
import { QUIET } from './quiet.ts';
import { REACHABILITY } from './reachability.ts';
import { SESSIONS } from './sessions.ts';
import { STORMS } from './storms.ts';
import { UPLINKS } from './uplinks.ts';
import { VRFS } from './vrfs.ts';
import { WITNESS } from './witness.ts';

export const SCENARIOS: readonly Scenario[] = [
  ...SESSIONS,
  ...PREFIXES,
  ...REACHABILITY,
  ...DAEMONS,
  ...EXPORTERS,
  ...FOLDED,
  ...MAINTENANCE,
  ...MEMORY,
  ...PIPELINE,
  ...DASHBOARDS,
  ...AVAILABILITY,
  ...QUIET,
  ...STORMS,
  ...UPLINKS,
  ...ADDRESSES,
  ...PROBING,
  ...VRFS,
  ...WITNESS,
];
