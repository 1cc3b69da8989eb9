import type { Attack } from '../ocsf/event.ts';

/** MITRE ATT&CK Enterprise tactics by Sigma tag. @see https://attack.mitre.org/tactics/enterprise/ */
const TACTICS: ReadonlyMap<string, readonly [uid: string, name: string]> = new Map([
  ['reconnaissance', ['TA0043', 'Reconnaissance']],
  ['resource-development', ['TA0042', 'Resource Development']],
  ['initial-access', ['TA0001', 'Initial Access']],
  ['execution', ['TA0002', 'Execution']],
  ['persistence', ['TA0003', 'Persistence']],
  ['privilege-escalation', ['TA0004', 'Privilege Escalation']],
  ['defense-evasion', ['TA0005', 'Defense Evasion']],
  ['credential-access', ['TA0006', 'Credential Access']],
  ['discovery', ['TA0007', 'Discovery']],
  ['lateral-movement', ['TA0008', 'Lateral Movement']],
  ['collection', ['TA0009', 'Collection']],
  ['command-and-control', ['TA0011', 'Command and Control']],
  ['exfiltration', ['TA0010', 'Exfiltration']],
  ['impact', ['TA0040', 'Impact']],
]);

/** Names of the techniques that our rules use; another keeps its id, which is enough to look it up. */
const TECHNIQUES: ReadonlyMap<string, string> = new Map([
  ['T1070', 'Indicator Removal'],
  ['T1078', 'Valid Accounts'],
  ['T1078.004', 'Cloud Accounts'],
  ['T1098', 'Account Manipulation'],
  ['T1098.001', 'Additional Cloud Credentials'],
  ['T1195', 'Supply Chain Compromise'],
  ['T1195.002', 'Compromise Software Supply Chain'],
  ['T1525', 'Implant Internal Image'],
  ['T1552', 'Unsecured Credentials'],
  ['T1552.001', 'Credentials In Files'],
  ['T1553', 'Subvert Trust Controls'],
  ['T1556', 'Modify Authentication Process'],
  ['T1562', 'Impair Defenses'],
  ['T1562.001', 'Disable or Modify Tools'],
  ['T1562.008', 'Disable or Modify Cloud Logs'],
  ['T1565', 'Data Manipulation'],
  ['T1565.001', 'Stored Data Manipulation'],
  ['T1610', 'Deploy Container'],
]);

/**
 * OCSF attacks of a rule's tags. A technique takes the tactic with it where the rule names only one; else the tactics
 * stand beside the techniques, because tags do not say which belongs to which.
 */
export function attacksOf(tags: readonly string[]): readonly Attack[] {
  const names = tags.flatMap((tag) => (tag.startsWith('attack.') ? [tag.slice('attack.'.length)] : []));
  const tactics = names.flatMap((name) => {
    const tactic = TACTICS.get(name.replaceAll('_', '-'));
    return tactic === undefined ? [] : [{ uid: tactic[0], name: tactic[1] }];
  });
  const techniques = names
    .filter((name) => /^t\d{4}(\.\d{3})?$/i.test(name))
    .map((name) => name.toUpperCase());
  const [only] = tactics;
  const shared = techniques.length > 0 && tactics.length === 1 && only !== undefined ? { tactic: only } : {};
  const alone = 'tactic' in shared ? [] : tactics.map((tactic) => ({ tactic }));
  return [...techniques.map((technique) => ({ ...shared, ...techniqueOf(technique) })), ...alone];
}

/** Whether a tag of the `attack` namespace is one that readers can look up. */
export function isAttackTag(name: string): boolean {
  return TACTICS.has(name) || /^t\d{4}(\.\d{3})?$/.test(name);
}

function techniqueOf(uid: string): Attack {
  const [parent = uid] = uid.split('.');
  const technique = named(parent);
  return parent === uid ? { technique } : { technique, sub_technique: named(uid) };
}

function named(uid: string): { uid: string; name?: string } {
  const name = TECHNIQUES.get(uid);
  return name === undefined ? { uid } : { uid, name };
}
