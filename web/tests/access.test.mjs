// Every page for everyone: no fault that axe finds at WCAG 2.2 AA, at two sizes, and nothing wider
// than the screen; signing in and walking the services without a mouse.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { desktop, openBrowser, phone, signIn } from './support/browser.mjs'
import { startSite } from './support/site.mjs'
import { tour, visit } from './support/tour.mjs'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

let site
let browser
let pages

before(async () => {
  site = await startSite()
  browser = await openBrowser(site)
  pages = await tour(site, browser)
})

after(async () => {
  await browser?.close()
  await site?.stop()
})

/** What axe finds, a line each. */
async function faults(page) {
  await page.addScriptTag({ path: axe })
  const { violations } = await page.evaluate(
    (values) => globalThis.axe.run(document, {
      resultTypes: ['violations'],
      runOnly: { type: 'tag', values }
    }),
    rules
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target} ${failureSummary}`)
  )
}

test('no page has a fault, on a desk or a phone', async (t) => {
  const seen = new Map()
  const sizes = [desktop, phone]
  await visit(browser, pages, sizes, { bypassCSP: true }, async (page, name, { width }) => {
    // What is folded away must be right as well.
    await page.evaluate(() => {
      for (const details of document.querySelectorAll('details')) {
        details.open = true
      }
    })
    const found = await faults(page)
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    if (wide > width) {
      found.push(`the page is ${wide} pixels wide`)
    }
    seen.set(`${name} at ${width}`, found)
  })
  for (const [place, found] of seen) {
    await t.test(place, () => assert.deepEqual(found, []))
  }
})

test('one signs in and out by keyboard alone, and the focus is always seen', async () => {
  const user = site.person({ role: 'icb_finance' })
  const page = await browser.window()
  const focus = () => page.evaluate(() => {
    const { id, textContent } = document.activeElement
    return id || textContent.trim()
  })
  await page.goto('/sign-in')
  await page.keyboard.press('Tab')
  assert.equal(await focus(), 'Skip to main content')
  assert.ok((await page.locator('.nhsuk-skip-link').boundingBox()).width > 50, 'it is seen')
  await page.keyboard.press('Enter')
  for (const text of [user.email, user.password]) {
    await page.keyboard.press('Tab')
    await page.keyboard.type(text)
  }
  assert.equal(await focus(), 'password')
  const outline = await page.locator('#password').evaluate((field) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(field)
    return `${outlineStyle} ${outlineWidth}`
  })
  assert.match(outline, /^solid [34]px$/)
  await page.keyboard.press('Tab')
  assert.equal(await focus(), 'Sign in')
  await page.keyboard.press('Enter')
  await page.getByRole('heading', { name: 'What is waiting for you' }).waitFor()
  while (await focus() !== 'Sign out') {
    await page.keyboard.press('Tab')
  }
  await page.keyboard.press('Enter')
  await page.waitForURL('**/sign-in')
  assert.deepEqual(page.complaints, [])
})

test('a wrong password moves the focus to what is wrong', async () => {
  const page = await browser.window()
  await page.goto('/sign-in')
  await page.getByLabel('Email address').fill('nobody@example.org')
  await page.keyboard.press('Enter')
  await page.getByRole('alert').waitFor()
  const focused = page.locator('.nhsuk-error-summary')
  assert.equal(await focused.evaluate((summary) => summary === document.activeElement), true)
})

test('arrow keys walk the services, best value first, each said aloud', async () => {
  const page = await browser.window()
  await signIn(page, site.person({ role: 'clinical_lead' }), '/value')
  const said = page.locator('[data-explorer-said]')
  assert.equal(await said.getAttribute('aria-live'), 'polite')
  await page.getByRole('slider').focus()
  const first = await said.innerText()
  assert.match(first, /^Number 1: .+ healthy years/)
  await page.keyboard.press('ArrowRight')
  assert.match(await said.innerText(), /^Number 2: /)
  await page.keyboard.press('ArrowLeft')
  assert.equal(await said.innerText(), first)
  await page.keyboard.press('End')
  const last = /^Number (\d+): /.exec(await said.innerText())
  assert.ok(Number(last?.[1]) > 20, 'the last is far down')
  assert.equal(await page.locator('.vb-is-chosen').count(), 1)
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/value\/[^/]+\/[^/]+$/)
  assert.deepEqual(page.complaints, [])
})
