// A demonstration of one's own: started on a free port, ended with the tests that asked for it.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'

const repository = resolve(import.meta.dirname, '../../..')
const binary = resolve(process.env.VALUEBOOK_BIN ?? join(repository, 'target/debug/valuebook'))
const patience = 60_000

/** One provider's rows of a table of the example book, with the header. */
export async function ownRows(table, provider) {
  const folder = join(repository, 'models/examples/derby-and-derbyshire')
  const text = await readFile(join(folder, `${table}.csv`), 'utf8')
  const [head, ...rows] = text.trimEnd().split('\n')
  return [head, ...rows.filter((row) => row.startsWith(`${provider},`)), ''].join('\n')
}

/** Starts `valuebook demo`; `more` are further arguments. */
export async function startSite(...more) {
  if (!existsSync(binary)) {
    throw new Error(`${binary} is not built; run \`cargo build\` first, as make test does`)
  }
  const folder = await mkdtemp(join(tmpdir(), 'valuebook-browser-'))
  const usersFile = join(folder, 'users.json')
  const places = ['--data-dir', join(folder, 'data'), '--users-file', usersFile]
  const given = ['demo', '--listen', '127.0.0.1:0', ...places, ...more]
  const server = spawn(binary, given, { stdio: ['ignore', 'pipe', 'pipe'] })
  const kill = () => server.kill('SIGKILL')
  process.once('exit', kill)

  const stop = async () => {
    if (server.exitCode === null && server.signalCode === null) {
      const ended = once(server, 'exit')
      server.kill('SIGTERM')
      await Promise.race([ended, sleep(5_000, undefined, { ref: false }).then(kill)])
    }
    process.off('exit', kill)
    await rm(folder, { recursive: true, force: true })
  }

  try {
    const url = await address(server)
    await ready(url)
    const users = JSON.parse(await readFile(usersFile, 'utf8'))
    return { url, stop, folder, person: (wanted) => person(users, wanted) }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The first ready-made user with these properties: `{ role, provider, tenant }`. */
function person(users, wanted) {
  const entries = Object.entries(wanted)
  const found = users.find((user) => entries.every(([key, value]) => user[key] === value))
  if (!found) {
    throw new Error(`the demonstration has nobody with ${JSON.stringify(wanted)}`)
  }
  return found
}

/** The address it says it serves on; what it says afterwards is read and dropped. */
function address(server) {
  let said = ''
  server.stderr.on('data', (chunk) => { said += chunk })
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => reject(new Error(`no address in time: ${said}`)), patience)
    createInterface({ input: server.stdout }).on('line', (line) => {
      const found = /^Serving on (http:\S+)/.exec(line)
      if (found) {
        clearTimeout(late)
        resolve(found[1])
      }
    })
    server.once('error', reject)
    server.once('exit', (code) => {
      clearTimeout(late)
      reject(new Error(`the demonstration ended (${code}): ${said}`))
    })
  })
}

async function ready(url) {
  const until = Date.now() + patience
  while (Date.now() < until) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined)
    if (answer?.ok) {
      return
    }
    await sleep(50)
  }
  throw new Error(`${url} did not become ready`)
}
