// The open book between an ICB and its providers: the agreement, the shared lines, a disputed figure,
// a release. With JavaScript and without it the same.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { json, openBrowser, settled, signIn } from './support/browser.mjs'
import { startSite } from './support/site.mjs'

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

const answer = (page) => page.locator('.vb-answer').first().innerText()
const heading = (page, name) => page.getByRole('heading', { name, level: 1 }).waitFor()

async function somebody(wanted, options) {
  const page = await browser.window(options)
  await signIn(page, site.person(wanted))
  return page
}

/** Records an agreement from a day to another, each as day, month and year. */
async function records(page, from, until) {
  await page.getByRole('link', { name: 'Data sharing' }).first().click()
  await page.getByLabel('What may the lines be used for?').fill('Planning care together')
  for (const [legend, day] of [['First day', from], ['Last day', until]]) {
    const group = page.getByRole('group', { name: legend })
    for (const [at, part] of ['Day', 'Month', 'Year'].entries()) {
      await group.getByLabel(part).fill(day[at])
    }
  }
  await page.getByRole('button', { name: 'Record the agreement' }).click()
}

const ways = [
  ['with JavaScript', {}, { key: 'RY8/A08', name: 'Musculoskeletal physiotherapy' }],
  ['without JavaScript', { javaScriptEnabled: false }, { key: 'RY8/N11', name: 'Cardiac nursing' }]
]

for (const [way, options, line] of ways) {
  test(`from an agreement to a release, ${way}`, async (t) => {
    const administrator = await somebody({ role: 'icb_administrator' }, options)
    const finance = await somebody({ role: 'icb_finance' }, options)
    const director = await somebody({ provider: 'RFS' }, options)
    let dispute

    await t.test('an agreement that has ended ends the sharing', async () => {
      await records(administrator, ['1', '4', '2026'], ['31', '3', '2025'])
      const summary = administrator.getByRole('alert')
      await summary.getByRole('link', { name: /ends on/ }).waitFor()
      assert.equal(await administrator.getByLabel('Year').first().inputValue(), '2026')
      await records(administrator, ['1', '4', '2024'], ['31', '3', '2025'])
      assert.match(await answer(administrator), /see nothing of each other: .* ended on 31 March 2025/)
      await director.goto('/editions/1/others')
      assert.match(await answer(director), /^You see no lines of other providers/)
      assert.equal(await director.getByRole('table').count(), 0)
    })

    await t.test('under one in force a provider sees the others, by name or as indices', async () => {
      await records(administrator, ['1', '4', '2024'], ['31', '3', '2199'])
      assert.match(await answer(administrator), /until 31 March 2199/)
      await director.getByRole('link', { name: 'The data-sharing agreement' }).click()
      await director.getByRole('link', { name: /lines that are shared/ }).click()
      assert.match(await answer(director), /^You see \d+ lines of other providers, 3 providers by name/)
      await director.getByLabel('Sector').selectOption('primary_care')
      await director.getByRole('button', { name: 'Show' }).click()
      await director.waitForURL(/sector=primary_care/)
      const rows = director.getByRole('table').locator('tbody tr')
      assert.ok(await rows.count() > 5)
      assert.equal(await rows.count(), await rows.filter({ hasText: 'Another provider' }).count())
      assert.equal(await rows.filter({ hasText: /£\d/ }).count(), 0, 'no money without a name')
    })

    await t.test('a published figure is disputed, with what should stand there', async () => {
      await director.getByLabel('Sector').selectOption('community')
      await director.getByRole('button', { name: 'Show' }).click()
      await director.waitForURL(/sector=community/)
      const row = director.getByRole('row', { name: new RegExp(line.key) })
      await row.getByRole('link', { name: /Query or dispute/ }).click()
      await heading(director, /Query or dispute a figure/)
      await director.getByLabel('What is wrong with it?').fill('It counts the <b>ward</b> twice.')
      await director.getByRole('button', { name: 'Dispute the figure' }).click()
      await director.getByText('There is a problem').waitFor()
      const claim = await director.getByLabel('What is wrong with it?').inputValue()
      assert.equal(claim, 'It counts the <b>ward</b> twice.', 'nothing typed is lost')
      await director.getByLabel('Which figure?').selectOption({ label: 'Cost, table costs' })
      await director.getByLabel(/What should stand there/).fill('1000000.00')
      await director.getByLabel('Why, and where can that be seen?').fill('Note 4 of the accounts.')
      await director.getByRole('button', { name: 'Dispute the figure' }).click()
      await director.waitForURL(/\/disputes\/[0-9a-f-]{36}$/)
      dispute = new URL(director.url()).pathname
      await settled(director)
      assert.match(await answer(director), /^With the proposed figure, spend would be £1\.0m, not £/)
      const said = await director.locator('main').innerText()
      assert.ok(said.includes('It counts the <b>ward</b> twice.'), said)
      assert.ok(!said.includes('Price of the last'), 'the last pound of another is not shared')
    })

    await t.test('evidence is attached, and comes back as it was', async () => {
      const input = director.getByLabel('Attach evidence')
      const button = director.getByRole('button', { name: 'Attach', exact: true })
      await input.setInputFiles({ name: 'a.pdf', mimeType: 'text/html', buffer: Buffer.from('<p>') })
      await button.click()
      await director.getByText('There is a problem').waitFor()
      const content = 'ward,beds\nA,12\n'
      const mimeType = 'application/vnd.ms-excel'
      await input.setInputFiles({ name: 'Wards.csv', mimeType, buffer: Buffer.from(content) })
      await button.click()
      const link = director.getByRole('link', { name: 'Wards.csv' })
      const got = await director.request.get(await link.getAttribute('href'))
      assert.equal(await got.text(), content)
      assert.match(got.headers()['content-disposition'], /^attachment/)
    })

    await t.test('finance sees it with and without, and decides', async () => {
      await finance.getByRole('link', { name: 'Disputes' }).first().click()
      await finance.getByRole('link', { name: new RegExp(`of ${line.key}$`) }).click()
      assert.equal(new URL(finance.url()).pathname, dispute)
      const table = finance.getByRole('table', { name: 'The result with and without the figure' })
      const spend = await table.getByRole('row', { name: /Spend a year/ }).innerText()
      assert.match(spend, /£1\.0m/)
      await table.getByRole('row', { name: /Price of the last/ }).waitFor()
      const found = await json(finance, `/api/v1${dispute}`)
      assert.equal(found.result.disputed.spend_gbp, '1000000.00')
      await finance.getByRole('button', { name: 'Decide' }).click()
      await finance.getByText('There is a problem').waitFor()
      await finance.getByLabel('Reject: it stands').check()
      await finance.getByLabel('Why?').fill('The ward is counted once.')
      await finance.getByRole('button', { name: 'Decide' }).click()
      await finance.getByText('The ward is counted once.').waitFor()
      assert.match(await answer(finance), /^The dispute was rejected: the figure stands\./)
      await director.reload()
      assert.match(await answer(director), /^The dispute was rejected/)
      assert.equal(await director.getByRole('button', { name: 'Withdraw the dispute' }).count(), 0)
    })

    await t.test('finance makes a release in which small counts are hidden', async () => {
      await finance.getByRole('link', { name: 'Releases' }).first().click()
      await finance.getByRole('button', { name: 'Make a release' }).click()
      await finance.getByRole('button', { name: 'Make the release' }).click()
      await finance.getByText('There is a problem').waitFor()
      await finance.getByLabel('For whom is it, and what for?').fill(`The board, ${way}`)
      await finance.getByLabel('Programme of care').check()
      await finance.getByRole('button', { name: 'Make the release' }).click()
      await finance.waitForURL(/\/releases\/[0-9a-f-]{36}$/)
      assert.match(await answer(finance), /^This table has \d+ rows; /)
      const place = new URL(finance.url()).pathname
      const { table } = await json(finance, `/api/v1${place}`)
      const shown = finance.getByRole('table', { name: 'As it left the ICB' }).locator('tbody tr')
      assert.equal(await shown.count(), table.rows.length, 'every row, and the total')
      const file = await (await finance.request.get(`${place}.csv`)).text()
      assert.match(file, /^fin_year,programme,activity,cost_gbp,note\r?\n/)
      await finance.getByRole('link', { name: 'Releases' }).first().click()
      await finance.getByRole('link', { name: `The board, ${way}` }).waitFor()
      assert.equal((await director.request.get(place)).status(), 403)
    })

    for (const page of [administrator, finance, director]) {
      assert.deepEqual(page.complaints, [])
      await page.context().close()
    }
  })
}
