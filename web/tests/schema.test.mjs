// The types of the API in src/schema.ts are those of openapi.json, which the server's tests keep.
import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'

const web = resolve(import.meta.dirname, '..')

test('src/schema.ts is what `npm run api` writes', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'valuebook-schema-'))
  t.after(() => rm(folder, { recursive: true, force: true }))
  const anew = join(folder, 'schema.ts')
  const command = join(web, 'node_modules/.bin/openapi-typescript')
  await promisify(execFile)(command, [join(web, 'openapi.json'), '-o', anew])
  const [kept, made] = await Promise.all(
    [join(web, 'src/schema.ts'), anew].map((file) => readFile(file, 'utf8'))
  )
  assert.ok(kept === made, 'src/schema.ts is not current: run `npm run api` in web/')
})
