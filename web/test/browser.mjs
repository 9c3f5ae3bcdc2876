// One Chromium for all tests, and what every visit checks by the way.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

const axeSource = await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export async function openBrowser() {
  const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
  const executablePath = places.find((place) => place && existsSync(place))
  if (!executablePath) {
    throw new Error('no Chromium is installed: install it, or set CHROMIUM')
  }
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu']
  })
}

/** Somebody at a screen of this width, signed in. Anything the browser complains of is kept. */
export async function visit(browser, demo, user, { width = 1280, javaScriptEnabled = true } = {}) {
  const context = await browser.newContext({
    baseURL: demo.address,
    viewport: { width, height: 900 },
    javaScriptEnabled
  })
  const page = await context.newPage()
  const complaints = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') {
      complaints.push(message.text())
    }
  })
  await page.goto('/sign-in')
  await page.getByLabel('Email address').fill(user.email)
  await page.getByLabel('Password').fill(user.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1 }).waitFor()
  return { context, page, complaints }
}

/** Fails where the page is wider than the screen, or axe finds anything. SCREENSHOTS=1 keeps a picture. */
export async function assertReadable(page) {
  const where = page.url()
  const over = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth
  )
  assert.equal(over, 0, `${where} is ${over} pixels wider than the screen`)
  if (process.env.SCREENSHOTS) {
    const name = new URL(where).pathname.replaceAll('/', '-')
    await page.screenshot({
      path: `screenshots/${page.viewportSize().width}${name}.png`,
      fullPage: true
    })
  }
  await page.evaluate(axeSource)
  const found = await page.evaluate(() => globalThis.axe.run())
  const violations = found.violations.map((it) => `${it.id}: ${it.nodes[0]?.target}`)
  assert.deepEqual(violations, [], where)
}
