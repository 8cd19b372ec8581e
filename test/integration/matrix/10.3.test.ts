import { describeVersion } from './on-version.ts';

describeVersion('10.3', 'socket');
