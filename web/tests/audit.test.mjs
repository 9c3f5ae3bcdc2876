// The audit record: an administrator finds who did what, with JavaScript and without it the same,
// and the answers of the service run no script but its own.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { desktop, openBrowser, phone, signIn } from './support/browser.mjs'
import { startSite } from './support/site.mjs'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']

let site
let browser

before(async () => {
  site = await startSite()
  browser = await openBrowser(site)
})

after(async () => {
  await browser?.close()
  await site?.stop()
})

const administrator = () => site.person({ role: 'icb_administrator' })
const lines = (page) => page.locator('tbody tr').count()

for (const [way, options] of [['with JavaScript', {}], ['without JavaScript', { javaScriptEnabled: false }]]) {
  test(`who did what is found and taken out, ${way}`, async () => {
    const page = await browser.window({ ...options, acceptDownloads: true })
    await signIn(page, administrator())
    await page.getByRole('link', { name: 'Audit record' }).first().click()
    await page.getByRole('heading', { name: 'Who did what', level: 1 }).waitFor()
    assert.match(await page.locator('.vb-answer').innerText(), /^The record is whole: [\d,]+ lines,/)

    const first = await lines(page)
    assert.equal(first, 50, 'a page of the record')
    await page.getByRole('link', { name: 'Older lines' }).click()
    await page.getByRole('link', { name: 'The latest lines' }).waitFor()
    await page.getByLabel('What was done').selectOption({ label: 'Edition: publish' })
    await page.getByRole('button', { name: 'Search' }).click()
    await page.waitForURL(/action=edition.publish/)
    assert.equal(await lines(page), 1)
    assert.match(await page.locator('tbody tr').innerText(), /Edition: publish/)

    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: /^Download all lines/ }).click()
    ])
    assert.equal(download.suggestedFilename(), 'valuebook-audit.csv')
    const text = await readFile(await download.path(), 'utf8')
    assert.equal(text.trimEnd().split('\n').length, 2, 'the heading and one line')

    await page.getByLabel('First day').fill('yesterday')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.getByRole('alert').waitFor()
    assert.match(await page.getByRole('alert').innerText(), /Write the day like/)
    assert.deepEqual(page.complaints.filter((it) => !/422/.test(it)), [])
    await page.context().close()
  })
}

test('the page has no fault, on a desk or a phone', async () => {
  for (const size of [desktop, phone]) {
    const page = await browser.window({ bypassCSP: true, viewport: size })
    await signIn(page, administrator(), '/audit')
    await page.addScriptTag({ path: axe })
    const { violations } = await page.evaluate(
      (values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values } }),
      rules
    )
    assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].target}`), [])
    const wide = await page.evaluate(() => document.documentElement.scrollWidth)
    assert.ok(wide <= size.width, `${wide} pixels wide`)
    if (process.env.SCREENSHOTS) {
      const path = `${process.env.SCREENSHOTS}/audit-${size.width}.png`
      await page.screenshot({ path, fullPage: true })
    }
    await page.context().close()
  }
})

test('a page runs no script but its own, and makes no markup of text', async () => {
  const page = await browser.window()
  await signIn(page, administrator(), '/audit')
  const tried = await page.evaluate(() => {
    const said = {}
    const refused = (name, work) => {
      try {
        work()
        said[name] = 'done'
      } catch (error) {
        said[name] = error.name
      }
    }
    globalThis.ran = false
    const script = (text) => {
      const made = document.createElement('script')
      made.textContent = text
      document.body.append(made)
    }
    refused('inline', () => script('globalThis.ran = true'))
    refused('markup', () => { document.createElement('p').innerHTML = '<script>1</script>' })
    refused('policy', () => globalThis.trustedTypes.createPolicy('other', {}))
    refused('address', () => { document.createElement('script').src = '/assets/app.js' })
    return { ...said, ran: globalThis.ran }
  })
  assert.equal(tried.ran, false, 'nothing inline runs')
  for (const name of ['inline', 'markup', 'policy', 'address']) {
    assert.equal(tried[name], 'TypeError', name)
  }
  await page.context().close()
})
