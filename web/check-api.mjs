// The types in src/schema.ts must be those of the OpenAPI document that is kept beside them.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const folder = mkdtempSync(join(tmpdir(), 'api-'))
const fresh = join(folder, 'schema.ts')
try {
  execFileSync('node_modules/.bin/openapi-typescript', ['openapi.json', '-o', fresh], { stdio: 'pipe' })
  if (readFileSync(fresh, 'utf8') !== readFileSync('src/schema.ts', 'utf8')) {
    console.error('src/schema.ts is not made from openapi.json: run `npm run api` in web/')
    process.exitCode = 1
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
