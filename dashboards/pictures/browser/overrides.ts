/** The settings that the dashboards override, as input of Grafana's own code for overrides. */
import {
  dataLinksOverrideProcessor,
  FieldConfigOptionsRegistry,
  type FieldConfigPropertyItem,
  identityOverrideProcessor,
  numberOverrideProcessor,
  stringOverrideProcessor,
  thresholdsOverrideProcessor,
  unitOverrideProcessor,
  valueMappingsOverrideProcessor,
} from '@grafana/data';

type Process = FieldConfigPropertyItem['process'];

function item(id: string, process: unknown): FieldConfigPropertyItem {
  const custom = id.startsWith('custom.');
  return {
    id,
    path: custom ? id.slice('custom.'.length) : id,
    name: id,
    isCustom: custom,
    process: process as Process,
    shouldApply: () => true,
    editor: () => null,
    override: () => null,
  } as unknown as FieldConfigPropertyItem;
}

export const OVERRIDES = new FieldConfigOptionsRegistry(() => [
  item('unit', unitOverrideProcessor),
  item('decimals', numberOverrideProcessor),
  item('min', numberOverrideProcessor),
  item('max', numberOverrideProcessor),
  item('noValue', stringOverrideProcessor),
  item('mappings', valueMappingsOverrideProcessor),
  item('thresholds', thresholdsOverrideProcessor),
  item('links', dataLinksOverrideProcessor),
  item('color', identityOverrideProcessor),
  item('custom.width', numberOverrideProcessor),
  item('custom.cellOptions', identityOverrideProcessor),
  item('custom.filterable', identityOverrideProcessor),
  item('custom.lineWidth', identityOverrideProcessor),
  item('custom.lineStyle', identityOverrideProcessor),
  item('custom.lineInterpolation', identityOverrideProcessor),
  item('custom.fillOpacity', identityOverrideProcessor),
  item('custom.showPoints', identityOverrideProcessor),
  item('custom.spanNulls', identityOverrideProcessor),
  item('custom.stacking', identityOverrideProcessor),
  item('custom.thresholdsStyle', identityOverrideProcessor),
]);
