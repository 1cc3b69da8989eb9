import { expect, test } from 'vitest';
import { gcpAudit } from '../../shared/sources/gcp-audit.ts';
import { faultsOf, goldenFiles, split, told } from './azure-gcp-support.ts';

test.each(goldenFiles('gcp.audit'))('$name reads as its golden file says', ({ input, expected, update }) => {
  const found = told(gcpAudit, input);
  if (process.env['UPDATE'] === '1') update(found);
  else expect(found).toEqual(expected);
});

test.each(goldenFiles('gcp.audit'))('$name is valid OCSF', ({ input }) => {
  for (const record of split(gcpAudit, input).records) {
    const mapped = gcpAudit.map(record);
    if ('body' in mapped) expect(faultsOf(gcpAudit, mapped)).toEqual([]);
  }
});
