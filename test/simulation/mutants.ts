// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are texts of the source.
import type { Row, RowKey, Table } from '../../shared/ports.ts';
import type { TrailPorts } from '../../shared/trail/sequence/trail-ports.ts';
import type { Mutant, Patch } from './mutant.ts';

/**
 * A clause that safety or progress needs, and the invariants that may break first without it. Three more break so
 * seldom that they are shown by hand in `test/trail/sequence/clauses.test.ts`.
 */
export interface NeededClause extends Mutant {
  readonly breaks: readonly string[];
}

const sequence = 'trail/sequence/sequence.ts';
const waiting = 'trail/sequence/waiting.ts';
const novelty = 'trail/sequence/novelty.ts';
const commit = 'trail/sequence/commit.ts';
const apply = 'trail/sequence/apply.ts';
const head = 'trail/sequence/head.ts';
const surprise = 'trail/sequence/surprise.ts';
const putOnce = 'trail/sequence/put-once.ts';
const sweep = 'stages/sweep.ts';
const rebuild = 'stages/rebuild.ts';
const append = 'stages/append.ts';

const one = (file: string, find: string, replace: string): readonly Patch[] => [{ file, find, replace }];

export const neededClauses: readonly NeededClause[] = [
  {
    clause: 'enqueue: the object before the row',
    patches: one(
      append,
      `await ports.objects.put(key, bytes, 'any');
  await ports.table.put(outboxRow({ id, key, count: entries.length, sizeBytes, sha256 }), 'any');`,
      `await ports.table.put(outboxRow({ id, key, count: entries.length, sizeBytes, sha256 }), 'any');
  await ports.objects.put(key, bytes, 'any');`,
    ),
    breaks: ['no false alarm'],
  },
  {
    clause: '1: the head is read strongly consistent',
    weaken: (ports) => withStaleReads(ports, ({ pk }) => pk === 'head'),
    breaks: ['no false alarm', 'nothing stuck'],
  },
  {
    clause: '2: a commit is rolled forward before the next is made',
    patches: one(
      sequence,
      `  if (head.applied < head.size) return apply(ports, head);
  return commit(ports, head, { bounds, handed });`,
      `  const next = await commit(ports, head, { bounds, handed });
  return next === 'idle' && head.applied < head.size ? apply(ports, head) : next;`,
    ),
    breaks: ['no false alarm', 'nothing lost', 'nothing twice', 'nothing stuck'],
  },
  {
    clause: '3: with no row waiting it stops',
    patches: one(
      commit,
      `if (rows.length + inMemory.length === 0) return 'idle';`,
      `if (rows.length + inMemory.length === 0) return 'again';`,
    ),
    breaks: ['nothing stuck'],
  },
  {
    clause: '3: rows are taken whole',
    patches: one(
      waiting,
      'batches.push({ row, entries: entries.value });',
      'batches.push({ row, entries: entries.value.slice(0, 2) });',
    ),
    breaks: ['nothing lost', 'receipts exact'],
  },
  {
    clause: '4: an object is missing only while its row remains',
    patches: one(waiting, 'if (found === undefined) return;', ''),
    breaks: ['no false alarm'],
    disaster: 'week passes',
    faults: { crash: 0.002, pause: 0.2 },
  },
  {
    clause: '4: a row whose batch has a receipt is an echo',
    patches: one(waiting, 'if (receipt === undefined) {', 'if (receipt === undefined || receipt) {'),
    breaks: ['no false alarm'],
  },
  {
    clause: '4: an object is the one that was written',
    patches: one(
      waiting,
      `if (hash('sha256', stored.bytes, 'hex') !== row.sha256)`,
      'if (row.sha256 === hash.name)',
    ),
    breaks: ['nothing lost', 'receipts exact'],
    disaster: 'inbox object lost',
  },
  {
    clause: '4: a row that cannot be read is set aside',
    patches: one(waiting, '  await ports.table.delete([key]);\n}', '}'),
    breaks: ['nothing stuck'],
    disaster: 'inbox object lost',
  },
  {
    clause: '4: setting aside raises an alarm',
    patches: one(
      waiting,
      "ports.onAlarm({ code: 'inbox-unreadable', message: `batch ${row.id} of ${row.count} entries: ${fault}` });",
      '',
    ),
    breaks: ['nothing lost'],
    disaster: 'inbox object lost',
  },
  {
    clause: '4: uids are looked up in the table',
    patches: one(
      novelty,
      'const rows = await table.get([...new Set(uids)].map(uidKey));',
      'const rows = await table.get(uids.slice(0, 0).map(uidKey));',
    ),
    breaks: ['nothing twice'],
  },
  {
    clause: '4: uids are looked up strongly consistent',
    weaken: (ports) => withStaleReads(ports, ({ pk }) => pk.startsWith('uid#')),
    breaks: ['nothing twice', 'receipts exact'],
  },
  {
    clause: '4: uids are looked up earlier in the batch',
    patches: one(novelty, 'known.get(entry.uid) ?? earlier.get(entry.uid)', 'known.get(entry.uid)'),
    breaks: ['nothing twice'],
  },
  {
    clause: '4: another essence is appended',
    patches: one(
      novelty,
      'else if (contradicts(entry.essence, first.essence)) {',
      'else if (entry.line === contradicts.name) {',
    ),
    breaks: ['nothing lost'],
  },
  {
    clause: '4: the uid of a conflict is looked up in the table',
    patches: one(
      novelty,
      'if (known.has(uid) || earlier.has(uid)) continue;',
      'if (earlier.has(uid)) continue;',
    ),
    breaks: ['nothing twice'],
  },
  {
    clause: '4: the uid of a conflict is looked up earlier in the batch',
    patches: one(
      novelty,
      'if (known.has(uid) || earlier.has(uid)) continue;',
      'if (known.has(uid)) continue;',
    ),
    breaks: ['nothing twice'],
  },
  {
    clause: '4: the new uid is spliced into the line',
    patches: one(
      novelty,
      'line: spliceConflict(entry.line, uid, first) ?? entry.line',
      'line: spliceConflict.name === "" ? uid : entry.line',
    ),
    breaks: ['nothing twice', 'every proof valid', 'nothing lost'],
  },
  {
    clause: '5: the right edge has the root that the head says',
    patches: one(
      commit,
      "return Buffer.from(edgeRoot(edge)).toString('base64') === head.root && isWholeEdge(edge);",
      'return head.root !== edgeRoot.name && isWholeEdge.length + edge.size > 0;',
    ),
    breaks: ['alarm before signing', 'no fork', 'nothing stuck'],
    disaster: 'storage changed',
  },
  {
    clause: '5: the last bundle has the entries whose hashes the tree has',
    patches: one(commit, '=== head.root && isWholeEdge(edge);', '=== head.root && isWholeEdge.length > 0;'),
    breaks: ['alarm before signing'],
    disaster: 'storage changed',
  },
  {
    clause: '5 and 8: at a surprise the head is read again',
    patches: one(
      surprise,
      `if (await headMoved(ports.table, head)) return 'again';`,
      'void [headMoved, head];',
    ),
    breaks: ['no false alarm', 'nothing stuck'],
  },
  {
    clause: '5 and 8: at a surprise that nobody else explains it stops',
    patches: one(surprise, `return 'stopped';`, `return 'again';`),
    breaks: ['nothing stuck', 'alarm before signing'],
  },
  {
    clause: '6: the staging object is written before the swap',
    patches: one(
      commit,
      `  await ports.objects.put(staging.key, staging.bytes, 'any');

`,
      `  queueMicrotask(() => ports.objects.put(staging.key, staging.bytes, 'any').catch(() => undefined));
`,
    ),
    breaks: ['nothing stuck', 'no false alarm', 'no orphan'],
  },
  {
    clause: '6: nothing is written under events/ before the swap',
    patches: one(
      commit,
      `  await ports.objects.put(staging.key, staging.bytes, 'any');`,
      `  await ports.objects.put(staging.key, staging.bytes, 'any');
  for (const [key, bytes] of plan.objects) await ports.objects.put(key, bytes, 'any');`,
    ),
    breaks: ['no orphan'],
  },
  {
    clause: '6: nothing is written under tile/ before the swap',
    patches: one(
      commit,
      `  await ports.objects.put(staging.key, staging.bytes, 'any');`,
      `  await ports.objects.put(staging.key, staging.bytes, 'any');
  for (const [key, bytes] of plan.objects) {
    if (key.startsWith('tile/')) await ports.objects.put(key, bytes, 'absent').catch(() => undefined);
  }`,
    ),
    breaks: ['no false alarm', 'nothing stuck'],
  },
  {
    clause: '7: the head is swapped on its ver',
    patches: one(
      head,
      `return putHead(table, head, { attribute: 'ver', equals: ver });`,
      `return putHead(table, head, ver === '' ? 'absent' : 'any');`,
    ),
    breaks: [
      'nothing lost',
      'nothing twice',
      'no fork',
      'no false alarm',
      'nothing stuck',
      'checkpoint never goes back',
      'every proof valid',
      'alarm before signing',
    ],
  },
  {
    clause: '7: a swap that was lost deletes nothing',
    patches: one(
      commit,
      '  const swapped = await swapHead(ports.table, next, head.ver);\n',
      '  const swapped = await swapHead(ports.table, next, head.ver);\n  if (!swapped) await ports.objects.delete(staging.key);\n',
    ),
    breaks: ['nothing stuck', 'no false alarm'],
  },
  {
    clause: '7: a swap whose answer is unknown deletes nothing',
    patches: one(
      commit,
      '  const swapped = await swapHead(ports.table, next, head.ver);\n',
      `  let swapped = false;
  try {
    swapped = await swapHead(ports.table, next, head.ver);
  } catch (error) {
    await ports.objects.delete(staging.key);
    throw error;
  }
`,
    ),
    breaks: ['nothing stuck', 'no false alarm'],
    disaster: 'none',
    faults: { error: 0.04 },
  },
  {
    clause: '8.1: the staging object is the one that the head names',
    patches: one(
      apply,
      'const stored = await ports.objects.get(head.staging);',
      `let stored = await ports.objects.get(head.staging);
  for await (const key of ports.objects.list(head.staging.slice(0, 20))) stored = await ports.objects.get(key);`,
    ),
    breaks: ['nothing stuck', 'no false alarm'],
  },
  {
    clause: '8.2: what is published and written is looked at before anything is signed',
    patches: [
      {
        file: apply,
        find: 'for (const older of [noted.value, checkpoint]) {',
        replace: 'for (const older of [noted.value]) {',
      },
      { file: apply, find: 'if (checkpoint.size > head.size) {', replace: 'if (checkpoint.size < 0) {' },
      { file: apply, find: 'if (rival !== undefined) return', replace: 'if (rival === head.ver) return' },
    ],
    breaks: ['alarm before signing', 'no fork', 'checkpoint never goes back', 'nothing stuck', 'no orphan'],
    disaster: 'table restored',
  },
  {
    clause: '8.2: no rival has begun on the same base',
    patches: one(apply, 'if (rival !== undefined) return', 'if (rival === head.ver) return'),
    breaks: ['alarm before signing', 'no fork', 'no orphan', 'nothing stuck'],
    disaster: 'table restored',
    faults: { crash: 0.03 },
  },
  {
    clause: '8.3: the first bundle is written first, where a rival looks for it',
    patches: one(apply, 'for (const group of [first, rest]) {', 'for (const group of [rest, first]) {'),
    breaks: ['no orphan', 'no fork', 'nothing stuck', 'no false alarm', 'alarm before signing'],
    disaster: 'table restored',
  },
  {
    clause: '8.3: tiles and block are put on condition absent',
    patches: one(
      putOnce,
      "await objects.put(key, bytes, 'absent');",
      "await objects.put(key, bytes, 'any');",
    ),
    breaks: ['alarm before signing', 'checkpoint never goes back', 'no fork', 'no orphan', 'nothing stuck'],
    disaster: 'table restored',
  },
  {
    clause: '8.3: equal bytes that are there are success',
    patches: one(
      putOnce,
      'return found !== undefined && Buffer.compare(found.bytes, bytes) === 0;',
      'return found === undefined && bytes.length < 0;',
    ),
    breaks: ['no false alarm', 'nothing stuck'],
  },
  {
    clause: '8.3: other bytes that are there are a fork',
    patches: one(
      putOnce,
      'return found !== undefined && Buffer.compare(found.bytes, bytes) === 0;',
      'return found !== undefined;',
    ),
    breaks: ['alarm before signing', 'no fork', 'no orphan', 'every proof valid', 'nothing stuck'],
    disaster: 'table restored',
  },
  {
    clause: '8.3: the tree is signed after the swap',
    patches: one(
      commit,
      '  // 7: lost',
      `  await ports.signer.sign(
    Buffer.from([ports.signer.name, plan.size, plan.root, ''].join('\\n')),
  );
  // 7: lost`,
    ),
    breaks: ['no fork', 'checkpoint never goes back', 'alarm before signing'],
  },
  {
    clause: '8.3: tiles and block are written before the checkpoint',
    patches: [
      {
        file: apply,
        find: '  const forked = await writeObjects(ports, staging);\n',
        replace: '  const forked = undefined;\n',
      },
      { file: apply, find: '  // 8.5\n', replace: '  await writeObjects(ports, staging);\n  // 8.5\n' },
    ],
    breaks: ['every proof valid'],
  },
  {
    clause: '8.3: uid rows are written',
    patches: one(
      apply,
      'await ports.table.write([...uids, ...staging.blocks.map(blockRow)',
      'await ports.table.write([...uids.slice(0, 0), ...staging.blocks.map(blockRow)',
    ),
    breaks: ['nothing twice', 'every proof valid'],
  },
  {
    clause: '8.3: the block row is written',
    patches: one(
      apply,
      '...uids, ...staging.blocks.map(blockRow), ...',
      '...uids, ...staging.blocks.map(blockRow).slice(staging.blocks.length), ...',
    ),
    breaks: ['nothing lost'],
  },
  {
    clause: '8.3: receipts are written',
    patches: one(
      apply,
      '...staging.receipts.map(receiptRow)]',
      '...staging.receipts.slice(0, 0).map(receiptRow)]',
    ),
    breaks: ['receipts exact'],
  },
  {
    clause: '8.3: outbox rows are deleted',
    patches: one(
      apply,
      'await ports.table.delete(staging.batches.map(([id]) => ({ pk: outboxPartition, sk: id })));',
      'void outboxPartition;',
    ),
    breaks: ['no false alarm', 'receipts exact'],
    disaster: 'week passes',
  },
  {
    clause: '8.4: the checkpoint is replaced on the version read',
    patches: one(
      apply,
      'await ports.objects.put(checkpointKey, Buffer.from(note), { version });',
      `await ports.objects.put(checkpointKey, Buffer.from(note), version === '' ? 'absent' : 'any');`,
    ),
    breaks: ['checkpoint never goes back'],
  },
  {
    clause: '8.4: a checkpoint that changed meanwhile begins 8 again',
    patches: one(
      apply,
      `if (!(await replaceCheckpoint(ports, note.value, published.version))) return 'again';`,
      'await replaceCheckpoint(ports, note.value, `${published.version}x`);',
    ),
    breaks: ['nothing stuck', 'checkpoint never goes back'],
  },
  {
    clause: '8.5: the head is updated only while its ver is unchanged',
    patches: one(
      apply,
      "if (!(await swapHead(ports.table, { ...head, applied: head.size, note: note.value }, head.ver)))\n    return 'again';",
      `await ports.table.put({ pk: 'head', sk: 'head', attributes: { ...head, applied: head.size, note: note.value } }, 'any');
  void swapHead;`,
    ),
    breaks: [
      'nothing lost',
      'nothing twice',
      'no fork',
      'no false alarm',
      'nothing stuck',
      'checkpoint never goes back',
      'every proof valid',
    ],
  },
  {
    clause: '8.5: applied is set after the checkpoint is published',
    patches: [
      {
        file: apply,
        find: '  // 8.4\n',
        replace: `  if (!(await swapHead(ports.table, { ...head, applied: head.size, note: note.value }, head.ver))) return 'again';
  // 8.4
`,
      },
    ],
    breaks: ['nothing stuck', 'no false alarm', 'checkpoint never goes back'],
  },
  {
    clause: '8.5: applied is set after the rows are written',
    patches: one(
      apply,
      '  await writeRows(ports, staging);\n\n',
      `  if (!(await swapHead(ports.table, { ...head, applied: head.size, note: note.value }, head.ver))) return 'again';
  await writeRows(ports, staging);

`,
    ),
    breaks: [
      'nothing twice',
      'nothing stuck',
      'every proof valid',
      'no false alarm',
      'receipts exact',
      'nothing lost',
    ],
  },
  {
    clause: '8.5: the staging object is deleted after applied is set',
    patches: one(apply, '  // 8.5\n', '  await ports.objects.delete(head.staging);\n'),
    breaks: ['nothing stuck', 'no false alarm'],
  },
  {
    clause: '8.5: inbox objects are deleted after their rows',
    patches: one(
      apply,
      '  await writeRows(ports, staging);\n',
      '  for (const [, key] of staging.batches) await ports.objects.delete(key);\n  await writeRows(ports, staging);\n',
    ),
    breaks: ['no false alarm', 'nothing lost', 'nothing stuck'],
  },
  {
    clause: '8.5: inbox objects are deleted, else each waits a week to be known again',
    patches: one(apply, '  for (const [, key] of staging.batches) await ports.objects.delete(key);\n', ''),
    breaks: ['nothing stuck'],
  },
  {
    clause: 'sweep: a staging object stays until more than its base is applied',
    patches: one(sweep, 'name.base < head.applied', 'name.base <= head.applied'),
    breaks: ['nothing stuck', 'no false alarm'],
    disaster: 'week passes',
    faults: { crash: 0.03 },
  },
  {
    clause: 'sweep: an inbox object stays while it is young',
    patches: one(sweep, 'id >= before', 'before === id'),
    breaks: ['no false alarm'],
    disaster: 'week passes',
  },
  {
    clause: 'sweep: an inbox object stays while a row names it',
    patches: one(
      sweep,
      ' || (await isNamed(ports, id))',
      ' || (before === id && (await isNamed(ports, id)))',
    ),
    breaks: ['no false alarm', 'nothing lost'],
    disaster: 'week passes',
  },
  {
    clause: 'sweep: an inbox object that no row names is delivered again',
    patches: one(sweep, '  await enqueue(ports, entries.value);\n', '  void enqueue;\n'),
    breaks: ['nothing lost'],
    disaster: 'table restored',
  },
  {
    clause: 'rebuild: from the largest checkpoint',
    patches: one(
      'stages/rebuild-checkpoint.ts',
      'found.checkpoint.size > (largest?.checkpoint.size ?? -1)',
      'found.checkpoint.size < (largest?.checkpoint.size ?? Infinity)',
    ),
    breaks: ['nothing stuck', 'nothing lost', 'no fork', 'checkpoint never goes back', 'no orphan'],
    disaster: 'rebuild',
  },
  {
    clause: 'rebuild: whose signature holds',
    patches: one(
      'trail/sequence/published.ts',
      'return opened.ok ? ok(opened.value.checkpoint) : fail(opened.fault);',
      `if (opened.ok) return ok(opened.value.checkpoint);
  const lines = Buffer.from(note).toString().split('\\n');
  return fail(opened.fault) && ok({ origin: '', extensions: [], size: Number(lines[1]), root: Buffer.from(lines[2] ?? '', 'base64') });`,
    ),
    breaks: ['nothing stuck'],
    disaster: 'rebuild',
  },
  {
    clause: 'rebuild: tiles beyond the checkpoint finish their commit',
    patches: one(
      'stages/rebuild-staging.ts',
      'if (beyond.length === 0) return ok(undefined);',
      'if (beyond.length >= 0) return ok(undefined);',
    ),
    breaks: ['no false alarm', 'no orphan', 'nothing stuck', 'no fork', 'nothing lost'],
    disaster: 'rebuild',
  },
  {
    clause: 'rebuild: by the staging object that they came from',
    patches: one(
      'stages/rebuild-staging.ts',
      'if (Buffer.compare(staged, stored.bytes) !== 0) return false;',
      '',
    ),
    breaks: ['nothing stuck', 'no false alarm', 'no fork'],
    disaster: 'rebuild',
  },
  {
    clause: 'rebuild: blocks that no entry explains are removed',
    patches: one('stages/rebuild-blocks.ts', '      await ports.objects.delete(key);\n', ''),
    breaks: ['no orphan'],
    disaster: 'rebuild',
  },
  {
    clause: 'rebuild: no row names an object that is gone',
    patches: one(
      'stages/rebuild-outbox.ts',
      'await ports.table.delete(rows.map(({ sk }) => ({ pk, sk })));',
      'void rows;',
    ),
    breaks: ['no false alarm', 'nothing lost'],
    disaster: 'rebuild',
  },
  {
    clause: 'rebuild: uid rows are written',
    patches: one(
      'stages/rebuild-blocks.ts',
      'await ports.table.write(chosen.rows);',
      'await ports.table.write(chosen.rows.slice(0, 1));',
    ),
    breaks: ['nothing twice', 'every proof valid'],
    disaster: 'rebuild',
  },
  {
    clause: 'rebuild: a ver never used before',
    patches: [
      {
        file: rebuild,
        find: 'ver: ulid(ports),',
        replace: 'ver: ulid.name + (unfinished?.staging.size ?? size),',
      },
      {
        file: commit,
        find: 'const ver = ulid(ports);',
        replace: 'const ver = ulid.name + (head.size + novelty.entries.length);',
      },
      { file: 'trail/sequence/begin.ts', find: 'ver: ulid(ports),', replace: 'ver: `${ulid.name}0`,' },
    ],
    breaks: ['nothing stuck', 'no false alarm', 'no fork', 'nothing lost', 'nothing twice'],
    disaster: 'rebuild',
  },
];

/** Clauses that only save work, or stand behind another: without one of them no invariant breaks. */
export const savingClauses: readonly Mutant[] = [
  {
    clause:
      '3: outbox rows are read strongly consistent: a row seen too late waits, one seen too long is gone when looked for',
    weaken: (ports) => withStaleReads(ports, ({ pk }) => pk === 'outbox'),
  },
  {
    clause: '3: oldest first: only fairness, under an inflow without end',
    patches: one(
      waiting,
      'query(outboxPartition, { limit: rowCountMax })',
      "query(outboxPartition, { limit: rowCountMax, order: 'descending' })",
    ),
  },
  {
    clause: '3: up to a bounded number of events: only memory',
    patches: one(
      waiting,
      'if (taken.length > 0 && (count > bounds.countMax || sizeBytes > bounds.sizeBytesMax)) break;',
      'if (bounds.countMax < 0) break;',
    ),
  },
  {
    clause: '4: after setting a row aside it goes to 1: the others of that read could go on',
    patches: one(
      waiting,
      'return batches.length === rows.length ? batches : undefined;',
      'return batches.length > 0 || rows.length === 0 ? batches : undefined;',
    ),
  },
  {
    clause: '4: with nothing new the rows are deleted: their receipts say so when the objects are gone',
    patches: one(
      commit,
      'await ports.table.delete(batches.map(({ row }) => ({ pk: outboxPartition, sk: row.id })));',
      'void outboxPartition;',
    ),
  },
  {
    clause: '4: with nothing new the rows go before the objects: their receipts say so',
    patches: one(
      commit,
      `  await ports.table.delete(batches.map(({ row }) => ({ pk: outboxPartition, sk: row.id })));
  for (const { row } of batches.filter(isStored)) await ports.objects.delete(row.key);`,
      `  for (const { row } of batches.filter(isStored)) await ports.objects.delete(row.key);
  await ports.table.delete(batches.map(({ row }) => ({ pk: outboxPartition, sk: row.id })));`,
    ),
  },
  {
    clause: '4: a dismissal never replaces a receipt: a batch that has one is none of those dismissed',
    patches: one(commit, `await ports.table.put(row, 'absent');`, `await ports.table.put(row, 'any');`),
  },
  {
    clause:
      '8.2: consistent with the published checkpoint: its tiles show as those of a rival, while the bucket is whole',
    patches: [
      {
        file: apply,
        find: 'for (const older of [noted.value, checkpoint]) {',
        replace: 'for (const older of [noted.value]) {',
      },
      { file: apply, find: 'if (checkpoint.size > head.size) {', replace: 'if (checkpoint.size < 0) {' },
    ],
    disaster: 'table restored',
  },
  {
    clause: '8.2: consistent with the note of the head: the published checkpoint is at least as large',
    patches: one(
      apply,
      'for (const older of [noted.value, checkpoint]) {',
      'for (const older of [checkpoint]) {',
    ),
  },
  {
    clause: '8.2: the checkpoint is not larger than the head: it could not be consistent then',
    patches: one(apply, 'if (checkpoint.size > head.size) {', 'if (checkpoint.size < 0) {'),
  },
  {
    clause: '8.3: uid rows before the outbox rows go: nobody commits before both are done',
    patches: one(
      apply,
      `  await ports.table.write([...uids, ...staging.blocks.map(blockRow), ...staging.receipts.map(receiptRow)]);
  await ports.table.delete(staging.batches.map(([id]) => ({ pk: outboxPartition, sk: id })));
`,
      `  await ports.table.delete(staging.batches.map(([id]) => ({ pk: outboxPartition, sk: id })));
  await ports.table.write([...uids, ...staging.blocks.map(blockRow), ...staging.receipts.map(receiptRow)]);
`,
    ),
  },
  {
    clause: '8.4: unless it is of this size already: it would be replaced by itself',
    patches: one(
      apply,
      'if (published.checkpoint.size < head.size) {',
      'if (published.checkpoint.size <= head.size) {',
    ),
  },
  {
    clause: '8.4: the archived checkpoint is put absent: it would be replaced by itself',
    patches: one(
      apply,
      'await putOnce(ports.objects, archivedCheckpointKey(head.size), Buffer.from(note.value));',
      "await ports.objects.put(archivedCheckpointKey(head.size), Buffer.from(note.value), 'any');",
    ),
  },
  {
    clause: '8.5: the staging object is deleted: the sweep does it',
    patches: one(apply, '  await ports.objects.delete(head.staging);\n', ''),
  },
  {
    clause: '8.5: superseded partial tiles are deleted: they only take room',
    patches: one(apply, '  await removeSuperseded(ports.objects, staging);\n', '  void removeSuperseded;\n'),
  },
  {
    clause: '8.5: the doorbell rings: folds look by themselves',
    patches: one(
      apply,
      '  await ports.bus.publish([{ topic: committedTopic, body: String(head.size) }]);\n',
      '',
    ),
  },
  {
    clause: 'rebuild: a row for every inbox object: the sweep would deliver it again after a week',
    patches: one(
      'stages/rebuild-outbox.ts',
      'if (await rebuildRow(ports, key)) count += 1;',
      'if (key === rebuildRow.name) count += 1;',
    ),
  },
];

/** A table of which some reads say what they said the last time: a replica that lags behind. */
function withStaleReads(ports: TrailPorts, isStale: (key: RowKey) => boolean): TrailPorts {
  const said = new Map<string, Row | undefined>();
  const listed = new Map<string, readonly Row[]>();
  let reads = 0;
  const get: Table['get'] = async (keys) => {
    const rows = await ports.table.get(keys);
    const answers: (Row | undefined)[] = [];
    for (const key of keys) {
      const name = `${key.pk}/${key.sk}`;
      const now = rows.find(({ pk, sk }) => pk === key.pk && sk === key.sk);
      reads += 1;
      const lags = isStale(key) && said.has(name) && isLate(reads);
      answers.push(lags ? said.get(name) : now);
      if (!lags) said.set(name, now);
    }
    return answers.filter((row) => row !== undefined);
  };
  const { table } = ports;
  return {
    ...ports,
    table: {
      get,
      put: (row, condition) => table.put(row, condition),
      write: (rows) => table.write(rows),
      delete: (keys) => table.delete(keys),
      query: async (pk, range) => {
        const now = await table.query(pk, range);
        reads += 1;
        const before = listed.get(pk);
        if (isStale({ pk, sk: '' }) && before !== undefined && isLate(reads)) return before;
        listed.set(pk, now);
        return now;
      },
    },
  };
}

/** Two reads of three, in no pattern that a loop could fall in step with. */
function isLate(read: number): boolean {
  return (Math.imul(read, 0x9e3779b1) >>> 0) % 3 !== 0;
}
