/** Every rule file. A new topic is one file in `topics/` and one line here. */
import type { RuleFile } from './rule.ts';
import type { Thresholds } from './thresholds.ts';
import { availability } from './topics/availability.ts';
import { daemons } from './topics/daemons.ts';
import { dashboards } from './topics/dashboards.ts';
import { exporters } from './topics/exporters.ts';
import { maintenance } from './topics/maintenance.ts';
import { memory } from './topics/memory.ts';
import { pipeline } from './topics/pipeline.ts';
import { prefixes } from './topics/prefixes.ts';
import { probing } from './topics/probing.ts';
import { reachability } from './topics/reachability.ts';
import { sessions } from './topics/sessions.ts';
import { vrfs } from './topics/vrfs.ts';
import { witness } from './topics/witness.ts';

export function ruleFiles(site: Thresholds): readonly RuleFile[] {
  return [
    maintenance,
    exporters,
    daemons,
    sessions,
    prefixes,
    reachability,
    vrfs,
    probing,
    witness,
    memory,
    pipeline,
    dashboards,
    availability,
  ].map((topic) => topic(site));
}
