import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync, zstdDecompressSync } from 'node:zlib';

/** Every byte below a folder in every form that somebody could read it in: as it lies, unpacked, and out of the table. */
export function* everythingBelow(
  folder: string,
): Generator<{ readonly where: string; readonly bytes: Buffer }> {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const where = join(entry.parentPath, entry.name);
    const bytes = readFileSync(where);
    yield { where, bytes };
    const unpacked = unpack(bytes);
    if (unpacked !== undefined) yield { where: `${where} (unpacked)`, bytes: unpacked };
    if (entry.name.endsWith('.json')) yield { where: `${where} (decoded)`, bytes: decodedMembers(bytes) };
    if (entry.name.endsWith('.sqlite')) yield* rowsOf(where);
  }
}

function unpack(bytes: Buffer): Buffer | undefined {
  if (bytes.length < 4) return undefined;
  if (bytes.readUInt16BE() === 0x1f8b) return gunzipSync(bytes);
  if (bytes.readUInt32LE() === 0xfd2fb528) return zstdDecompressSync(bytes);
  return undefined;
}

/** A reject keeps its bytes in base64. */
function decodedMembers(bytes: Buffer): Buffer {
  const content = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
  return Buffer.concat(
    Object.values(content).map((value) => Buffer.from(typeof value === 'string' ? value : '', 'base64')),
  );
}

function* rowsOf(where: string): Generator<{ readonly where: string; readonly bytes: Buffer }> {
  const database = new DatabaseSync(where, { readOnly: true });
  try {
    const tables = database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all();
    for (const { name } of tables) {
      for (const row of database.prepare(`SELECT * FROM "${String(name)}"`).all()) {
        const cells = Object.values(row).map((cell) =>
          cell instanceof Uint8Array ? Buffer.from(cell) : Buffer.from(String(cell)),
        );
        yield { where: `${where}: ${String(row['pk'] ?? name)}`, bytes: Buffer.concat(cells) };
        for (const cell of cells)
          yield { where: `${where} (decoded)`, bytes: Buffer.from(cell.toString(), 'base64') };
      }
    }
  } finally {
    database.close();
  }
}
