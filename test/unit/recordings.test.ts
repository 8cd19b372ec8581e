import { expect, test } from 'vitest';
import { recordingNames, unusedAnswers } from '../recordings.ts';

test('every stored answer is used by a situation', () => {
  expect(recordingNames()).toContain('8.4.4/healthy');
  expect(unusedAnswers()).toEqual([]);
});
