// A demonstration of our own for the browser tests: started before them, stopped after them.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

export const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Starts `valuebook demo` on a free port and waits until it serves. */
export async function startDemo() {
  const binary = process.env.VALUEBOOK ?? path.join(repository, 'target/debug/valuebook')
  if (!existsSync(binary)) {
    throw new Error(`${binary} is missing: run "cargo build -p cli" first, or set VALUEBOOK`)
  }
  const folder = await mkdtemp(path.join(tmpdir(), 'valuebook-'))
  const usersFile = path.join(folder, 'users.json')
  const demo = spawn(binary, ['demo', '--listen', '127.0.0.1:0', '--users-file', usersFile], {
    stdio: ['ignore', 'pipe', 'pipe']
  })
  const address = await servedAt(demo)
  const users = JSON.parse(await readFile(usersFile, 'utf8'))
  return {
    address,
    /** The ready-made person of a role, of one provider where the role has one. */
    user(role, provider = null) {
      return users.find((user) => user.role === role && user.provider === provider)
    },
    async stop() {
      const ended = new Promise((resolve) => demo.once('exit', resolve))
      demo.kill('SIGINT')
      await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 15_000))])
      demo.kill('SIGKILL')
      await rm(folder, { recursive: true, force: true })
    }
  }
}

function servedAt(demo) {
  return new Promise((resolve, reject) => {
    let said = ''
    const hear = (text) => {
      said += text
      const found = /Serving on (http:\/\/[^\s]+)/.exec(said)
      if (found) {
        resolve(found[1])
      }
    }
    demo.stdout.on('data', hear)
    demo.stderr.on('data', hear)
    demo.once('error', reject)
    demo.once('exit', (code) => reject(new Error(`the demonstration ended with ${code}:\n${said}`)))
  })
}
