/** Writes the documentation that is generated from the code: `make docs`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { causesPage } from '../docs/causes-page.ts';
import { COLLECTOR_NAME_FILES, withCollectorNames } from '../docs/collector-names.ts';
import { flagsPage } from '../docs/flags-page.ts';
import { withFrrParameters } from '../docs/frr-parameters.ts';
import { metricsPage } from '../docs/metrics-page.ts';
import { withCollectorTable } from '../docs/readme-collectors.ts';
import { statusPage } from '../docs/status-page.ts';
import { useCasePicture, useCasesPage } from '../docs/use-cases-page.ts';
import { USE_CASES } from '../test/scenarios/index.ts';

const write = (name: string, page: string) =>
  writeFileSync(new URL(`../docs/${name}.md`, import.meta.url), page);

write('metrics', await metricsPage());
write('flags', flagsPage());
write('status', statusPage());
write('causes', causesPage());
write('use-cases', useCasesPage());
for (const use of USE_CASES)
  writeFileSync(new URL(`../docs/img/use-cases/${use.name}.svg`, import.meta.url), useCasePicture(use));

const readme = new URL('../README.md', import.meta.url);
writeFileSync(readme, withCollectorTable(readFileSync(readme, 'utf8')));

for (const name of COLLECTOR_NAME_FILES) {
  const file = new URL(`../${name}`, import.meta.url);
  writeFileSync(file, withCollectorNames(readFileSync(file, 'utf8')));
}

const tripleo = new URL('../docs/tripleo.md', import.meta.url);
writeFileSync(tripleo, withFrrParameters(readFileSync(tripleo, 'utf8')));
