/**
 * Who is in the story. Larkspur Goods does not exist; addresses are of the documentation ranges (RFC 5737), account
 * numbers and keys are the vendors' own example values.
 */
export interface Person {
  readonly login: string;
  readonly id: number;
  readonly email: string;
  readonly ip: string;
}

export interface Team {
  readonly name: string;
  readonly repository: string;
  readonly repositoryId: number;
  readonly cloud: 'aws' | 'gcp' | 'azure';
  readonly people: readonly [Person, Person];
}

const person = (login: string, id: number, ip: string): Person => ({
  login,
  id,
  ip,
  email: `${login}@larkspur.example`,
});

export const ORGANISATION = { login: 'larkspur-goods', id: 7_700_100 };

export const MAYA = person('maya-lindqvist', 501_001, '198.51.100.21');
export const TOMAS = person('tomas-reyes', 501_002, '198.51.100.22');
export const AIKO = person('aiko-tanaka', 501_003, '198.51.100.23');
export const BEN = person('ben-osei', 501_004, '198.51.100.24');
export const PRIYA = person('priya-nair', 501_005, '198.51.100.25');
export const LARS = person('lars-holm', 501_006, '198.51.100.26');

/** Where the stolen session of the last night comes from: nobody has ever worked from there. */
export const INTRUDER_IP = '203.0.113.77';
/** A runner of GitHub's, as the clouds see it. */
export const RUNNER_IP = '192.0.2.140';

export const PAYMENTS: Team = {
  name: 'payments',
  repository: 'payments-api',
  repositoryId: 640_001,
  cloud: 'aws',
  people: [MAYA, TOMAS],
};
export const STOREFRONT: Team = {
  name: 'storefront',
  repository: 'storefront',
  repositoryId: 640_002,
  cloud: 'gcp',
  people: [AIKO, BEN],
};
export const INSIGHTS: Team = {
  name: 'insights',
  repository: 'insights',
  repositoryId: 640_003,
  cloud: 'azure',
  people: [PRIYA, LARS],
};

export const TEAMS = [PAYMENTS, STOREFRONT, INSIGHTS] as const;

/** The company grown: as many times the teams, each copy with people, addresses and a repository of its own. */
export function teamsOf(volume: number): readonly Team[] {
  return Array.from({ length: volume }, (_, n) =>
    TEAMS.map((team) => (n === 0 ? team : copyOf(team, n))),
  ).flat();
}

function copyOf(team: Team, n: number): Team {
  const copy = ({ login, id }: Person) =>
    person(`${login}-${n}`, id + n * 1_000, `198.51.100.${100 + ((id + n) % 150)}`);
  const [first, second] = team.people;
  return {
    ...team,
    name: `${team.name}-${n}`,
    repository: `${team.repository}-${n}`,
    repositoryId: team.repositoryId + n * 1_000,
    people: [copy(first), copy(second)],
  };
}

export const AWS = {
  account: '111122223333',
  region: 'eu-west-1',
  role: 'payments-deploy',
  ciUser: 'ci-payments',
};
export const GCP = {
  project: 'larkspur-shop',
  projectNumber: '481516234200',
  location: 'europe-west1',
  cluster: 'shop-prod',
  deployer: 'deployer@larkspur-shop.iam.gserviceaccount.com',
};
export const AZURE = {
  tenant: '72f988bf-0000-4000-8000-00000000e0a1',
  subscription: '0b1f6471-1bf0-4dda-aec3-111122223333',
  group: 'rg-insights-prod',
  application: '3f0c0c6e-1111-4a6b-9d0e-0000000c0de1',
  principal: '9d1d0c7a-2222-4e55-8c3a-0000000c0de2',
};
