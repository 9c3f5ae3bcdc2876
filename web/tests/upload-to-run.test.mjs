// The main job: what a provider hands in ends in a new edition of the book and a changed plan.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { handIn, json, openBrowser, signIn, signOut, solve } from './support/browser.mjs'
import { ownRows, startSite } from './support/site.mjs'

const scenario = 'Hold the total, follow value'
// One variable row of musculoskeletal physiotherapy at RY8, and the same with £1m more.
const line = 'RY8,A08,2024-25,0,CHS,A08A1,ahp,variable,160879,3796000.00,'
const dearer = line.replace('3796000.00', '4796000.00')

let site
let browser
let page
let costs

before(async () => {
  site = await startSite()
  browser = await openBrowser(site)
  page = await browser.window({ acceptDownloads: true })
  costs = await ownRows('costs', 'RY8')
  assert.ok(costs.includes(line), 'the example has the row that this test changes')
})

after(async () => {
  await browser?.close()
  await site?.stop()
})

const said = () => page.locator('main').innerText()
const thisSubmission = () => json(page, `/api/v1${new URL(page.url()).pathname}`)

/** One table of the page, by the words above it. */
function table(caption) {
  return page.getByRole('table', { name: caption })
}

/** Nothing of the file is kept, and nobody can sign it off. */
async function assertNothingStored() {
  const { state, tables } = await thisSubmission()
  assert.deepEqual({ state, tables }, { state: 'refused', tables: [] })
  assert.equal(await page.getByRole('button', { name: 'Sign off this version' }).count(), 0)
}

test("a provider's upload ends in a new edition and a changed run", async (t) => {
  let first

  await t.test('the provider is told of every fault, with its row and mend', async () => {
    await signIn(page, site.person({ provider: 'RY8' }))
    const extra = costs.replaceAll('\n', ',red\n').replace('data_as_at,red', 'data_as_at,colour')
    await handIn(page, 'costs', extra)
    assert.match(await said(), /Your file was not accepted: 1 thing must be mended/)
    const unknown = table('To be mended').getByRole('row', { name: /colour/ })
    assert.match(await unknown.innerText(), /rename or remove it\s+1\s+row 1/)
    await assertNothingStored()

    const wrong = costs.replace(line, line.replace('3796000.00', '3796000.005'))
    const row = wrong.split('\n').findIndex((text) => text.includes('3796000.005')) + 1
    await handIn(page, 'costs', wrong.replace(',semi_fixed,', ',semifixed,'))
    assert.match(await said(), /Your file was not accepted: 2 things must be mended/)
    const pence = table('To be mended').getByRole('row', { name: /3796000\.005/ })
    assert.match(await pence.innerText(), new RegExp(`such as 12\\.01\\s+1\\s+row ${row}`))
    const behaviour = table('To be mended').getByRole('row', { name: /semifixed/ })
    assert.match(await behaviour.innerText(), /did you mean "semi_fixed"\?\s+1\s+row \d+/)
    await assertNothingStored()

    const asked = page.waitForEvent('download')
    await page.getByRole('link', { name: /Download the rows with the mend/ }).click()
    const download = await asked
    assert.match(download.suggestedFilename(), /^valuebook-problems-.*\.csv$/)
  })

  await t.test('the mended file is accepted and signed off', async () => {
    await handIn(page, 'costs', costs.replace(line, dearer))
    assert.match(await said(), /Your file was accepted: nothing has to be mended/)
    assert.match(await said(), /419 rows were read; costs add up to £168m/)
    await page.getByRole('button', { name: 'Sign off this version' }).click()
    await page.getByText('Signed off by you on').waitFor()
    assert.equal((await thisSubmission()).state, 'signed_off')
  })

  await t.test('its costs are reconciled to the accounts', async () => {
    assert.match(await said(), /Accounts bridge/)
    const bridge = table('Costed against the accounts').getByRole('row', { name: /RY8/ })
    assert.match(await bridge.innerText(), /£168/)
  })

  await t.test('the ICB publishes a new edition', async () => {
    await signOut(page)
    await signIn(page, site.person({ role: 'icb_finance' }))
    const runs = (await json(page, '/api/v1/runs')).items
    const { id, edition } = runs.find((run) => run.scenario_name === scenario)
    assert.equal(edition, 1)
    first = await json(page, `/api/v1/runs/${id}`)

    await page.goto('/editions')
    const waiting = table('What the next edition would add').getByRole('row')
    assert.equal(await waiting.count(), 2)
    assert.match(await waiting.last().innerText(), /Costs, version \d+\s+RY8/)
    await page.getByRole('button', { name: 'Publish' }).click()
    await table('Editions, the latest first').getByRole('row', { name: /^2 / }).waitFor()
    await computed()
    assert.match(await page.locator('.vb-edition').innerText(), /^Edition 2/)
  })

  await t.test('the same scenario now gives another proven plan', async () => {
    await solve(page, scenario)
    const id = page.url().split('/').pop()
    const second = await json(page, `/api/v1/runs/${id}`)
    assert.equal((await json(page, `/api/v1/runs/${id}/status`)).edition, 2)
    assert.equal(second.certified, true)
    assert.equal(second.provenance.scenario_sha256, first.provenance.scenario_sha256)
    assert.notEqual(second.provenance.book_sha256, first.provenance.book_sha256)
    const pence = (run) => BigInt(run.totals.base_spend_gbp.replace('.', ''))
    assert.equal(pence(second) - pence(first), 100_000_000n)
    assert.notEqual(second.totals.gain_qaly, first.totals.gain_qaly)
    const ofA08 = (run) => run.services.find((service) => service.service === 'RY8/A08')
    assert.notEqual(ofA08(second).plan_gbp, ofA08(first).plan_gbp)
    t.diagnostic(`${first.totals.gain_qaly} → ${second.totals.gain_qaly} healthy years`)

    const gain = Math.round(second.totals.gain_if_fully_released_qaly).toLocaleString('en-GB')
    assert.match(await said(), new RegExp(`Same money, ${gain} more healthy years \\(QALYs\\)`))
    for (const caption of ['The largest moves', 'Providers', 'Sectors', 'All services']) {
      assert.ok(await table(new RegExp(`^${caption}`)).getByRole('row').count() > 3, caption)
    }
    assert.match(await said(), /On edition 2, asked for by you/)
    assert.match(await said(), /Proven: yes/)
  })

  assert.deepEqual(page.complaints, [])
})

/** Waits until the values of the new edition are there. */
async function computed() {
  await page.waitForFunction(async () => {
    const answer = await fetch('/api/v1/value')
    return answer.ok
  }, undefined, { polling: 300 })
  await page.reload()
}
