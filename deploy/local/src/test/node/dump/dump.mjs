// Runs a script on an empty Postgres and writes what pg_dump makes of it: node dump.mjs script.sql dump.sql
import { readFileSync, writeFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { pgDump } from '@electric-sql/pglite-tools/pg_dump';

const [script, dump] = process.argv.slice(2);
const postgres = await PGlite.create();
await postgres.exec(readFileSync(script, 'utf8'));
// A script that was a dump has emptied it, and pgDump puts back what was there.
await postgres.exec('SET search_path TO public');
writeFileSync(dump, await (await pgDump({ pg: postgres })).text());
await postgres.close();
