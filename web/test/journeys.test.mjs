// What people do, in a real browser against a demonstration of our own.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { after, before, test } from 'node:test'
import { assertReadable, openBrowser, visit } from './browser.mjs'
import { repository, startDemo } from './service.mjs'

let demo
let browser

before(async () => {
  demo = await startDemo()
  browser = await openBrowser()
})

after(async () => {
  await browser?.close()
  await demo?.stop()
})

const finance = () => demo.user('icb_finance')

test('every page reads on a phone and on a desk', async () => {
  for (const width of [390, 1280]) {
    const { context, page, complaints } = await visit(browser, demo, finance(), { width })
    const places = ['/', '/value', '/value?view=whole-service', '/value/RTG/110H', '/scenarios']
    for (const place of [...places, '/scenarios/new', '/submissions', '/submissions/new', '/editions', '/glossary']) {
      await page.goto(place)
      await assertReadable(page)
    }
    await page.goto('/scenarios')
    await page.getByRole('link', { name: /On edition/ }).first().click()
    await page.getByRole('heading', { name: 'What holds us back' }).waitFor()
    await assertReadable(page)
    assert.deepEqual(complaints, [])
    await page.goto('/no-such-page')
    await page.getByRole('heading', { name: 'Page not found' }).waitFor()
    await assertReadable(page)
    await context.close()
  }
})

test('arrow keys walk the services and say each', async () => {
  const { context, page } = await visit(browser, demo, demo.user('clinical_lead'))
  await page.goto('/value')
  const slider = page.getByRole('slider')
  const said = page.locator('[data-explorer-said]')
  await slider.focus()
  assert.match(await said.textContent(), /^Number 1: /)
  await page.keyboard.press('ArrowRight')
  assert.match(await said.textContent(), /^Number 2: .* healthy year costs £/)
  await page.getByRole('link', { name: 'Open this service' }).click()
  await page.getByRole('heading', { name: 'How we know' }).waitFor()
  await context.close()
})

test('everything works without JavaScript', async () => {
  const { context, page } = await visit(browser, demo, finance(), { javaScriptEnabled: false })
  await page.goto('/value')
  await page.getByRole('link', { name: 'Spend a year' }).click()
  assert.match(page.url(), /sort=spend/)
  await page.goto('/scenarios/new?name=Two+per+cent+less&budget_change_pct=-2')
  await page.getByLabel('Draws').fill('0')
  await page.getByLabel('Cut any line by at most').fill('a lot')
  await page.getByRole('button', { name: 'Solve' }).click()
  await page.getByRole('link', { name: /The most a line may be cut must be a number/ }).waitFor()
  await page.getByLabel('Cut any line by at most').fill('30')
  await page.getByRole('button', { name: 'Solve' }).click()
  assert.match(page.url(), /\/runs\//)
  await reloadUntil(page, () => page.getByRole('heading', { name: 'How we know' }))
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByRole('heading', { name: 'Sign in to valuebook' }).waitFor()
  await context.close()
})

test("a provider's upload ends in a new edition and a changed run", async () => {
  const director = await visit(browser, demo, demo.user('provider_director', 'RTG'))
  const wrong = await ownCosts('RTG', (row) => row.replace('306956.25', '306956.255'))
  await handIn(director.page, wrong)
  await director.page.getByText('Your file was not accepted: 1 thing must be mended').waitFor()
  await assertReadable(director.page)

  await director.page.getByRole('button', { name: 'Hand in again' }).click()
  const dearer = await ownCosts('RTG', (row) => row.replace('306956.25', '1306956.25'))
  await handIn(director.page, dearer)
  await director.page.getByText('Your file was accepted').waitFor()
  await director.page.getByRole('button', { name: 'Hand in for sign-off' }).click()
  await director.page.getByRole('button', { name: 'Sign off this version' }).click()
  await director.page.getByText('This version is signed off').waitFor()
  assert.deepEqual(director.complaints, [])
  await director.context.close()

  const { context, page } = await visit(browser, demo, finance())
  await page.goto('/value/RTG/110H')
  const before = await page.locator('.vb-answer').textContent()
  await page.goto('/')
  await page.getByRole('link', { name: 'Publish edition 2' }).click()
  await page.getByRole('button', { name: 'Publish' }).click()
  await reloadUntil(page, () => page.getByRole('row', { name: /^2 .* computed/ }))
  await page.goto('/value/RTG/110H')
  assert.notEqual(await page.locator('.vb-answer').textContent(), before)

  await page.goto('/scenarios')
  const runs = page.getByRole('link', { name: 'On edition 1' })
  await runs.last().click()
  const old = await planOf(page)
  await page.getByRole('link', { name: old.scenario, exact: true }).click()
  await page.getByRole('button', { name: 'Solve on the latest edition' }).click()
  await page.getByRole('heading', { name: 'What holds us back' }).waitFor({ timeout: 60_000 })
  const changed = await planOf(page)
  assert.equal(changed.scenario, old.scenario)
  assert.notEqual(changed.book, old.book)
  assert.notEqual(changed.answer, old.answer)
  await context.close()
})

/** Chooses the file in the form and waits until the checks are done. */
async function handIn(page, text) {
  await page.goto('/submissions/new')
  await page.getByLabel('Costs', { exact: true }).check()
  const file = { name: 'costs.csv', mimeType: 'text/csv', buffer: Buffer.from(text) }
  await page.getByLabel('The file').setInputFiles(file)
  await page.getByRole('button', { name: 'Hand in' }).click()
  await page.getByText(/Your file was (not )?accepted/).waitFor({ timeout: 30_000 })
}

/** One provider's costs in the example book, with something changed. */
async function ownCosts(provider, change) {
  const file = path.join(repository, 'models/examples/derby-and-derbyshire/costs.csv')
  const [header, ...rows] = (await readFile(file, 'utf8')).split('\n')
  const own = rows.filter((row) => row.startsWith(`${provider},`)).map(change)
  return [header, ...own, ''].join('\n')
}

async function planOf(page) {
  return {
    scenario: await page.locator('.nhsuk-breadcrumb__link').last().textContent(),
    answer: await page.locator('.vb-answer').first().textContent(),
    book: await page.locator('.vb-hash').first().textContent()
  }
}

/** What the page would do by itself, without its waiting. */
async function reloadUntil(page, locator) {
  for (let tries = 0; tries < 60; tries += 1) {
    if ((await locator().count()) > 0) {
      return
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
    await page.reload()
  }
  assert.fail(`${page.url()} never came to what was awaited`)
}
