import { describeVersion } from './on-version.ts';

describeVersion('8.4.4', 'vtysh');
