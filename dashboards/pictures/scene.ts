/** What a picture is made of: a dashboard, and what Prometheus answered to its queries at one moment. */
import type { Dashboard } from '@grafana/grafana-foundation-sdk/dashboard';

/** A series as Prometheus gave it. */
export interface Answered {
  readonly metric: Readonly<Record<string, string>>;
  /** Seconds since the epoch and value; one of them for an instant query. */
  readonly values: readonly (readonly [number, number])[];
}

export interface Scene {
  readonly dashboard: Dashboard;
  /** By panel id: the answers to its queries, in their order. */
  readonly answers: Readonly<Record<number, readonly (readonly Answered[])[]>>;
  /** Answers to the annotations' queries, in the order of the dashboard. */
  readonly annotations: readonly (readonly Answered[])[];
  /** What is chosen at the top, in words, by the variable's label. */
  readonly chosen: Readonly<Record<string, string>>;
  /** Seconds since the epoch, and seconds. */
  readonly end: number;
  readonly range: number;
  readonly step: number;
  /** Rows of the grid that the picture shows; all when left out. */
  readonly rows?: number;
}
