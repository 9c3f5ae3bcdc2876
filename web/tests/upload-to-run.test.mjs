// The main job: what a provider hands in ends in a new edition of the book and a changed plan.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readFile } from 'node:fs/promises'
import {
  answerAll, handIn, json, openBrowser, signIn, signOff, signOut, solve
} from './support/browser.mjs'
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
  assert.equal(await page.getByRole('button', { name: 'Look before you sign' }).count(), 0)
  assert.equal((await page.request.get(`${page.url()}/sign-off`)).status(), 409)
}

/** What a link downloads: its name and its text. */
async function downloaded(name) {
  const asked = page.waitForEvent('download')
  await page.getByRole('link', { name }).click()
  const download = await asked
  return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') }
}

test("a provider's upload ends in a new edition and a changed run", async (t) => {
  let first
  let seen

  await t.test('the provider is told of every fault, with its row and mend', async () => {
    await signIn(page, site.person({ provider: 'RY8' }))
    const extra = costs.replaceAll('\n', ',red\n').replace('data_as_at,red', 'data_as_at,colour')
    await handIn(page, 'costs', extra)
    assert.match(await said(), /Your file was not accepted: 1 thing must be mended/)
    const unknown = table('What the checks found').getByRole('row', { name: /colour/ })
    assert.match(await unknown.innerText(), /Mend\s+1\s+row 1\s.+rename or remove it/)
    await assertNothingStored()

    const wrong = costs.replace(line, line.replace('3796000.00', '3796000.005'))
    const row = wrong.split('\n').findIndex((text) => text.includes('3796000.005')) + 1
    await handIn(page, 'costs', wrong.replaceAll(',semi_fixed,', ',semifixed,'))
    assert.match(await said(), /Your file was not accepted: 2 things must be mended, 1 needs an answer/)
    const pence = table('What the checks found').getByRole('row', { name: /3796000\.005/ })
    const place = new RegExp(`Mend\\s+1\\s+row ${row}, cost_gbp\\s.+such as 12\\.01`)
    assert.match(await pence.innerText(), place)
    const behaviour = table('What the checks found').getByRole('row', { name: /semifixed/ })
    assert.match(await behaviour.innerText(), /\s+1[0-9]{2}\s+row \d+.+did you mean "semi_fixed"\?/)
    await assertNothingStored()
  })

  await t.test('it looks at the rows of one rule, and downloads them with the mend', async () => {
    const pence = table('What the checks found').getByRole('row', { name: /3796000\.005/ })
    await pence.getByRole('link', { name: /^Show rows/ }).click()
    await page.waitForURL(/rule=money\.decimals/)
    const rows = table('Money with more than two decimals: 1 row').locator('tbody tr')
    assert.equal(await rows.count(), 1)
    await page.getByLabel('Rule', { exact: true }).selectOption({ label: 'All rules' })
    await page.getByLabel('To do').selectOption({ label: 'Answer' })
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.waitForURL(/severity=query/)
    assert.ok(await page.locator('#table tbody tr').count() > 0)

    const mend = await downloaded(/Download the rows with the mend/)
    assert.match(mend.name, /^valuebook-to-mend-.*-costs\.csv$/)
    assert.match(mend.text, /3796000\.005/)
    assert.ok(!mend.text.includes(',fixed,'), 'rows without a fault are not in it')
    const all = await downloaded(/Download the list of everything found/)
    assert.match(all.name, /^valuebook-problems-.*\.csv$/)
    assert.match(all.text, /^table,row,column,rule,severity,message\ncosts,/)
  })

  await t.test('the mended file is accepted, with questions', async () => {
    await handIn(page, 'costs', costs.replace(line, dearer))
    assert.match(await said(), /Your file was accepted: \d rows need an answer before it can be signed/)
    assert.match(await said(), /419 rows were read; costs add up to £168m/)
    await page.goto('/')
    await page.getByRole('link', { name: /^Answer \d queries on Costs, version \d+/ }).waitFor()
  })

  await t.test('the same file once more is recognised', async () => {
    const versions = (await json(page, '/api/v1/submissions')).items.length
    await handIn(page, 'costs', costs.replace(line, dearer))
    assert.match(await said(), /You have handed in this very file before/)
    assert.equal((await json(page, '/api/v1/submissions')).items.length, versions)
    await page.goto('/')
  })

  await t.test('nothing is signed while a question is open, and it says which', async () => {
    await page.getByRole('link', { name: /^Sign off Costs, version \d+/ }).click()
    await page.getByRole('heading', { name: 'Before you sign' }).waitFor()
    const button = page.getByRole('button', { name: 'Sign off this version' })
    assert.equal(await button.count(), 0)
    // Another window may have shown it before the question was asked.
    await page.evaluate(() => {
      const form = Object.assign(document.createElement('form'), { method: 'post' })
      document.body.append(form)
      form.submit()
    })
    await page.getByRole('alert').waitFor()
    assert.match(await page.getByRole('alert').innerText(), /answer "A unit cost far from the .+" first/)
    await page.getByRole('link', { name: /^Back to Costs/ }).click()
    assert.equal((await thisSubmission()).state, 'checked')
    await answerAll(page, 'A small team; the national mean is of larger ones.')
    assert.match(await said(), /every question is answered/)
  })

  await t.test('the director sees what others will see and what matters, and signs', async () => {
    await page.getByRole('button', { name: 'Look before you sign' }).click()
    assert.match(await said(), /Nothing stands in the way of a signature/)
    const physio = table(/^Service lines .* as other providers see them/)
      .getByRole('row', { name: /^Musculoskeletal physiotherapy/ })
    assert.match(await physio.innerText(), /£14,985,211\.47/)
    assert.equal(await table('The most telling first').locator('tbody tr').count(), 5)
    assert.match(await said(), /The last pound now buys a healthy year for £/)
    const { pathname } = new URL(page.url())
    seen = await json(page, `/api/v1${pathname.replace(/sign-off$/, 'seen-by-others')}`)
    assert.equal(await table(/^Service lines/).locator('tbody tr').count(), seen.lines.length)
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

  await t.test('others see exactly what the director saw', async () => {
    const agreement = { purpose: 'Planning together', from: '2026-01-01', until: '2100-01-01' }
    const administrator = await browser.window()
    await signIn(administrator, site.person({ role: 'icb_administrator' }))
    const recorded = await administrator.request.put('/api/v1/agreement', {
      data: agreement, headers: { origin: site.url }
    })
    assert.equal(recorded.status(), 200, await recorded.text())
    await administrator.context().close()
    const other = await browser.window()
    await signIn(other, site.person({ provider: 'RTG' }))
    const { lines } = await json(other, '/api/v1/editions/2/others')
    assert.deepEqual(lines.filter((one) => one.provider === 'RY8'), seen.lines)
    await other.context().close()
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

  await t.test('a later version says what changed', async () => {
    await signOut(page)
    await signIn(page, site.person({ provider: 'RY8' }))
    await handIn(page, 'costs', costs)
    await page.getByRole('link', { name: 'What changed since the accepted version before' }).click()
    assert.match(await said(), /1 row changed; costs fall by £1\.0m/)
    const cell = table('Cells that changed').getByRole('row', { name: /A08, 2024-25/ })
    assert.match(await cell.innerText(), /cost_gbp\s+4796000\.00\s+3796000\.00/)
    await page.getByRole('link', { name: 'Every version' }).click()
    const versions = table('Every version, the latest first').locator('tbody tr')
    assert.equal(await versions.filter({ hasText: 'Published' }).count(), 1)
    await versions.getByRole('link', { name: /^Compare with/ }).first().click()
    await page.waitForURL(/against=/)
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
