/** What extends one of our collectors, so that it also exports the metrics of frr_exporter. */
import type { FlagSet, FlagValues } from '../../flags/flag.ts';
import type { Command } from '../../frr/commands.ts';
import { type Descriptor, metric } from '../../metrics/family.ts';
import type { ActiveCollector, Collector, FamiliesContext, Frr } from '../collector.ts';
import { unlessFailed } from '../unless-failed.ts';

/** Receives the seconds that FRR took for a poll, by frr_exporter's names of the collector. */
export type Took = (names: readonly string[], seconds: number) => void;

export interface Extension {
  /** The collector that is extended. */
  readonly of: Collector;
  /** Makes the extended collector. */
  activate(flags: FlagValues<FlagSet>, took: Took): ActiveCollector;
}

interface Declaration<Answers, Flags extends FlagSet, More> {
  readonly of: Collector<Answers, Flags>;
  /** What frr_exporter calls this collector; it may have several for one of ours. */
  readonly names?: readonly string[];
  /** The commands that it uses besides those of the collector. */
  readonly commands?: readonly Command[];
  /** Where the collector has a metric of the same name, this one takes its place. */
  readonly descriptors: readonly Descriptor[];
  /** Queries what it needs besides the collector's answers. A failure does not fail the collector. */
  query?(frr: Frr): Promise<More>;
  /**
   * Emits samples, as the collector's own `families` does.
   * @param more what `query` gave; undefined where FRR failed it
   */
  families(answers: Answers, context: FamiliesContext, more: More | undefined): Generator<void, void, void>;
}

/** Declares an extension; takes the type of the answers from the collector that it extends. */
export function extension<Answers, Flags extends FlagSet, More = undefined>(
  declaration: Declaration<Answers, Flags, More>,
): Extension {
  const { of, names = [], commands = [], descriptors } = declaration;
  const replaced = new Set(of.descriptors.filter((own) => descriptors.some(({ name }) => name === own.name)));
  return {
    of,
    activate(flags: FlagValues<Flags>, took): ActiveCollector<{ own: Answers; more: More | undefined }> {
      const poll = of.create(flags);
      const queryMore = async (frr: Frr) =>
        declaration.query && unlessFailed<More | undefined>(declaration.query(frr), undefined);
      return {
        ...of,
        ...poll,
        commands: [...of.commands, ...commands],
        descriptors: [...of.descriptors.filter((own) => !replaced.has(own)), ...descriptors],
        async query(frr) {
          const start = performance.now();
          const own = await poll.query(frr).finally(() => took(names, (performance.now() - start) / 1000));
          return { own, more: await queryMore(frr) };
        },
        *families({ own, more }, context) {
          const { emit } = context;
          yield* poll.families(own, {
            ...context,
            emit(descriptor, set, value) {
              if (!replaced.has(descriptor)) emit(descriptor, set, value);
            },
          });
          yield* declaration.families(own, context, more);
        },
      };
    },
  };
}

function as(type: 'gauge' | 'counter') {
  return <const Labels extends readonly string[]>(
    name: string,
    labels: Labels,
    help: string,
    from: string,
    since?: string,
  ): Descriptor<Labels> =>
    metric({ name, type, help, labels, source: from, ...(since === undefined ? {} : { since }) });
}

/** Declares a gauge of frr_exporter. Many of its gauges end in `_total`. */
export const gauge = as('gauge');

/** Declares a counter of frr_exporter. */
export const counter = as('counter');
