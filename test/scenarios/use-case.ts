/** What a use case declares: read by the test that runs it, by `make scenario`, and by docs/use-cases.md. */
import type { Cloud, Place } from '../lab/index.ts';

/** A box of the picture, and what it is in this use. */
export type Picture = Readonly<Partial<Record<Exclude<Place, `${string}-${string}`>, string>>>;

export interface Fault {
  /** What happens: `no node has the VIP`. */
  readonly what: string;
  readonly cause: (cloud: Cloud) => Promise<unknown>;
  readonly undo: (cloud: Cloud) => Promise<unknown>;
  /**
   * What the exporters show then: the value by node and series (`node1 frr_up`), undefined where there is none. The first one is
   * what gives the fault away.
   */
  readonly shows: Readonly<Record<string, number | undefined>>;
  /** What the status pages say then, besides what is fine: `node1 critical: 1 of 2 uplinks down`. */
  readonly says: readonly string[];
  /** All alerts that fire, apart from those of severity info: name, severity, node, then what tells them apart. */
  readonly alerts: readonly string[];
  /** The addresses from which no packet comes back outside then; each of the others answers all of them. */
  readonly lost: readonly string[];
  /** The most packets of one every 10 ms to an address that may be lost until routing has settled; any number if left out. */
  readonly settles?: number;
}

export interface UseCase {
  /** As in `make scenario NAME=vip`. */
  readonly name: string;
  readonly title: string;
  /** Two or three sentences: what is announced, by whom, and why. */
  readonly about: string;
  readonly picture: Picture;
  /** Where the traffic goes. */
  readonly addresses: readonly string[];
  /** Commands for a node, that show what FRR makes of it. */
  readonly commands: readonly string[];
  /** Puts what this use needs into the cloud. */
  readonly prepare: (cloud: Cloud) => Promise<unknown>;
  /** Takes it out again. */
  readonly remove: (cloud: Cloud) => Promise<unknown>;
  /** What the exporters show without a fault. */
  readonly works: Fault['shows'];
  readonly faults: readonly Fault[];
}
