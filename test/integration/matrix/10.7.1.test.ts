import { describeVersion } from './on-version.ts';

describeVersion('10.7.1', 'socket');
