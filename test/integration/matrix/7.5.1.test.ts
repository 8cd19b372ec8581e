import { describeVersion } from './on-version.ts';

describeVersion('7.5.1', 'socket');
