// Without JavaScript everything can be done: pages refresh themselves and forms post.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import {
  answerAll, handInFile, json, openBrowser, settled, signIn, signOff
} from './support/browser.mjs'
import { ownRows, startSite } from './support/site.mjs'
import { workbook } from './support/workbook.mjs'

let site
let browser
let page

before(async () => {
  site = await startSite()
  browser = await openBrowser(site)
  page = await browser.window({ javaScriptEnabled: false })
})

after(async () => {
  await browser?.close()
  await site?.stop()
})

const answer = () => page.locator('.vb-answer').first().innerText()
const field = (label) => page.getByLabel(label, { exact: true })

test('an ICB reads the book and solves a scenario without JavaScript', async (t) => {
  await t.test('a wrong password says so beside the field', async () => {
    await page.goto('/sign-in')
    await field('Email address').fill(site.person({ role: 'icb_finance' }).email)
    await field('Password').fill('wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('There is a problem').waitFor()
    assert.equal(await page.getByText('The email address or the password is not right').count(), 2)
  })

  await t.test('from signing in to one service', async () => {
    await signIn(page, site.person({ role: 'icb_finance' }))
    await page.getByRole('heading', { name: 'What is waiting for you' }).waitFor()
    await page.getByRole('link', { name: 'Value', exact: true }).click()
    assert.match(await answer(), /^The last pound spent on .+ buys .+/)
    assert.ok(await page.locator('[data-explorer] [data-mark]').count() > 10, 'the picture')
    assert.equal(await page.locator('[data-explorer-panel]').isVisible(), false)

    await field('Sector').selectOption('community')
    await page.getByRole('button', { name: 'Show' }).click()
    await page.waitForURL(/sector=community/)
    const rows = page.locator('table tbody tr')
    assert.ok(await rows.count() > 5)
    assert.equal(await rows.count(), await rows.filter({ hasText: 'Community' }).count())
    await page.getByRole('link', { name: 'Podiatry' }).first().click()
    await page.getByRole('heading', { name: /Podiatry/ }).waitFor()
    await page.getByRole('table', { name: 'Outcomes that were valued' }).waitFor()
  })

  await t.test('a mistake in the form is named, and nothing typed is lost', async () => {
    await page.getByRole('link', { name: 'Scenarios', exact: true }).first().click()
    await page.getByRole('button', { name: 'New scenario' }).click()
    await field('Name').fill('Hold the total without JavaScript')
    await field('Cut any line by at most').fill('lots')
    await page.getByRole('button', { name: 'Solve' }).click()
    await page.getByText('There is a problem').waitFor()
    assert.equal(await field('Name').inputValue(), 'Hold the total without JavaScript')
    assert.equal(await field('Cut any line by at most').inputValue(), 'lots')
  })

  await t.test('the mended scenario is solved, and the page turns up by itself', async () => {
    await field('Cut any line by at most').fill('10')
    await field('Draws').fill('100')
    await page.getByRole('button', { name: 'Solve' }).click()
    await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/)
    await settled(page)
    assert.match(await answer(), /^Same money, [\d,]+ more healthy years \(QALYs\)/)
    const { status, certified } = await json(page, `/api/v1${new URL(page.url()).pathname}`)
    assert.deepEqual({ status, certified }, { status: 'optimal', certified: true })
    await page.locator('summary', { hasText: /^Why$/ }).first().click()
    assert.ok(await page.locator('details[open]').count() > 0, 'a reason opens without a script')
  })
})

test('a provider hands in a workbook and signs it off without JavaScript', async (t) => {
  const provider = await browser.window({ javaScriptEnabled: false, acceptDownloads: true })
  const tables = {}
  for (const table of ['costs', 'workforce', 'outcomes', 'ledger']) {
    tables[table] = await ownRows(table, 'RXM')
  }
  const file = (name, given) => ({
    name,
    mimeType: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
    buffer: workbook(given)
  })
  const said = () => provider.locator('main').innerText()
  const table = (caption) => provider.getByRole('table', { name: caption })
  await signIn(provider, site.person({ provider: 'RXM' }))

  await t.test('it finds a template', async () => {
    await provider.goto('/submissions/new')
    await provider.getByRole('link', { name: 'Formats and templates to fill in' }).click()
    const asked = provider.waitForEvent('download')
    await provider.getByRole('button', { name: /^One workbook with a sheet/ }).click()
    assert.equal((await asked).suggestedFilename(), 'valuebook-provider.xlsx')
    await provider.getByRole('link', { name: 'Workforce', exact: true }).click()
    await table('Columns').getByRole('row', { name: /^pay_cost_gbp/ }).waitFor()
  })

  await t.test('a workbook with faults in two sheets is refused whole', async () => {
    const faulty = {
      ...tables,
      workforce: tables.workforce.replace(/(\d+\.\d\d)\n/, '$15\n'),
      ledger: tables.ledger.replace('operating_expenses', 'operating_expense')
    }
    await handInFile(provider, 'workbook', file('figures.xlsx', faulty))
    assert.match(await said(), /Your file was not accepted: 2 things must be mended/)
    const sheets = table('Tables in this file').locator('tbody tr')
    assert.equal(await sheets.count(), 4)
    await sheets.filter({ hasText: 'Workforce' }).getByRole('link', { name: /^1 problem/ }).click()
    await provider.waitForURL(/table=workforce/)
    assert.equal(await provider.locator('#table tbody tr').count(), 1)
    const rows = provider.getByRole('link', { name: /^Download the rows of .+ with the mend/ })
    const asked = provider.waitForEvent('download')
    await rows.filter({ hasText: 'Ledger' }).click()
    assert.match((await asked).suggestedFilename(), /^valuebook-to-mend-.+-ledger\.csv$/)
  })

  await t.test('the mended one is answered, looked at and signed off', async () => {
    await handInFile(provider, 'workbook', file('figures.xlsx', tables))
    assert.match(await said(), /Your file was accepted/)
    await answerAll(provider, 'As it is: a small specialist team.')
    await signOff(provider)
    const { tables: kept } = await json(provider, `/api/v1${new URL(provider.url()).pathname}`)
    assert.deepEqual(kept.map((one) => one.table).sort(), Object.keys(tables).sort())
  })
})
