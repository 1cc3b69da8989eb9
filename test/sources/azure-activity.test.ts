import { expect, test } from 'vitest';
import { azureActivity } from '../../shared/sources/azure-activity.ts';
import { faultsOf, goldenFiles, split, told } from './azure-gcp-support.ts';

test.each(goldenFiles('azure.activity'))(
  '$name reads as its golden file says',
  ({ input, expected, update }) => {
    const found = told(azureActivity, input);
    if (process.env['UPDATE'] === '1') update(found);
    else expect(found).toEqual(expected);
  },
);

test.each(goldenFiles('azure.activity'))('$name is valid OCSF', ({ input }) => {
  for (const record of split(azureActivity, input).records) {
    const mapped = azureActivity.map(record);
    if ('body' in mapped) expect(faultsOf(azureActivity, mapped)).toEqual([]);
  }
});
