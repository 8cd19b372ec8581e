/**
 * The names and labels of frr_exporter (tynany), the exporter that most people run, made of the same answers as ours, so
 * that old dashboards and alerts keep working (`--compat.frr-exporter`). Half of the names break Prometheus' naming
 * rules, which is why they are off by default. What differs all the same is listed in docs/compat-differences.ts.
 */
import { FrrError } from '../frr/source.ts';
import type { Families } from '../metrics/family.ts';
import type { Turns } from '../turns.ts';
import type { Collector } from './collector.ts';
import type { Addition } from './compat/addition.ts';
import { bfdNames } from './compat/bfd.ts';
import { type BgpNameSettings, bgpNames } from './compat/bgp.ts';
import { evpnNames } from './compat/evpn.ts';
import { ospfNames } from './compat/ospf.ts';
import { pimNames } from './compat/pim.ts';
import { routeNames } from './compat/routes.ts';
import { rpkiNames } from './compat/rpki.ts';
import { statusNames } from './compat/status.ts';
import { vrrpNames } from './compat/vrrp.ts';

/** The answers to a collector, and to what is added to it. */
interface Answers {
  readonly own: unknown;
  readonly more: unknown;
}

/** The collectors, giving the names of frr_exporter too. Where both have a name, it is as frr_exporter has it. */
export function withFrrExporterNames(
  collectors: readonly Collector[],
  settings: BgpNameSettings,
): readonly Collector[] {
  const bgp = bgpNames(settings);
  const status = statusNames();
  const additions: ReadonlyMap<string, Addition> = new Map([
    ['daemons', status.addition],
    ['bgp', bgp.addition],
    ['bfd', bfdNames],
    ['rib', routeNames],
    ['evpn', evpnNames],
    ['ospf', ospfNames],
    ['pim', pimNames],
    ['vrrp', vrrpNames],
    ['rpki', rpkiNames],
  ]);
  return collectors.map((collector) => {
    if (collector.name === 'bgp-neighbors') return heardBy(collector, bgp.learn);
    const addition = additions.get(collector.name);
    return addition === undefined ? collector : adding(collector, addition, status.took);
  });
}

function heardBy(collector: Collector, listener: (families: Families) => void): Collector {
  return {
    ...collector,
    families: function* (answers, context) {
      const own = yield* inTurns(collector.families(answers, context));
      listener(own);
      return own;
    },
  };
}

function adding(
  collector: Collector,
  addition: Addition,
  took: (collector: string, seconds: number) => void,
): Collector {
  const names = new Set(addition.descriptors.map(({ name }) => name));
  return {
    ...collector,
    descriptors: [...collector.descriptors.filter(({ name }) => !names.has(name)), ...addition.descriptors],
    ask: async (frr): Promise<Answers> => {
      const start = performance.now();
      const own = await collector.ask(frr).finally(() => {
        took(collector.name, (performance.now() - start) / 1000);
      });
      return { own, more: await unlessItFails(addition.ask?.(frr)) };
    },
    families: function* (answers, context) {
      const { own, more } = answers as Answers;
      const ours = yield* inTurns(collector.families(own, context));
      const theirs = yield* inTurns(addition.families(own, more));
      return {
        families: [
          ...ours.families.filter(({ descriptor }) => !names.has(descriptor.name)),
          ...theirs.families,
        ],
        drops: [...ours.drops.filter(({ metric }) => !names.has(metric)), ...theirs.drops],
      };
    },
  };
}

function* inTurns(built: Families | Turns<Families>): Turns<Families> {
  return 'families' in built ? built : yield* built;
}

async function unlessItFails(asked: Promise<unknown> | undefined): Promise<unknown> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof FrrError) return undefined;
    throw error;
  }
}
