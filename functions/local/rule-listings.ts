import type { RuleListing } from '../../console/rule-listing.ts';
import { readRules } from '../../shared/adapters/local/rules.ts';
import { loadRules, type ParsedFile } from '../../shared/detect/load-rules.ts';
import type { RuleFolder } from '../../shared/detect/rule-folder.ts';
import { settingsOf } from '../../shared/detect/settings.ts';
import { type RuleHeader, referenceOf } from '../../shared/detect/sigma/index.ts';
import { sources } from '../../shared/sources/index.ts';
import { OWN_RULES } from './hub.ts';

/** The rules at work as the console lists them: ours, and those that the settings name. */
export async function ruleListings(more: readonly string[]): Promise<readonly RuleListing[]> {
  const listings = await Promise.all([OWN_RULES, ...more].map(readRules));
  const folders = listings.flatMap((each) => each.folders);
  const files = listings.flatMap((each) => each.files);
  const { parsed } = loadRules([...folders.map(({ rule }) => rule), ...files], {
    logsources: new Map(sources.map(({ id, logsource }) => [id, logsource])),
  });
  return parsed.flatMap((file, n) => listed(file, folders[n]));
}

function listed({ rules }: ParsedFile, folder: RuleFolder | undefined): readonly RuleListing[] {
  return rules.map((rule) => ({
    id: referenceOf(rule),
    title: rule.title,
    level: rule.level ?? 'unknown',
    stage: settingsOf(rule).stage,
    kind: kindOf(rule),
    description: rule.description?.trim() ?? '',
    author: rule.author,
    tags: rule.tags,
    references: rule.references,
    falsePositives: rule.falsepositives,
    logsource: logsourceOf(rule),
    tests: folder === undefined ? undefined : { matching: folder.match.length, others: folder.ignore.length },
  }));
}

function kindOf(rule: RuleHeader): string {
  if ('detection' in rule) return 'rule';
  return 'timespanMs' in rule && !('learningMs' in rule) ? 'correlation' : 'baseline';
}

function logsourceOf(rule: RuleHeader): string {
  const logsource = 'logsource' in rule ? rule.logsource : undefined;
  if (typeof logsource !== 'object' || logsource === null) return 'what other rules match';
  const words = Object.values(logsource).filter((word) => typeof word === 'string');
  return words.length === 0 ? 'every event' : words.join(' ');
}
