// What one may not see is as if it were not there; what one may not do is refused and named.
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { after, before, test } from 'node:test'
import { handIn, json, openBrowser, signIn } from './support/browser.mjs'
import { ownRows, startSite } from './support/site.mjs'

let site
let browser
let theirs

/** Somebody signed in, in a window of their own. */
async function somebody(wanted) {
  const page = await browser.window()
  await signIn(page, site.person(wanted))
  return page
}

before(async () => {
  site = await startSite('--second-tenant')
  browser = await openBrowser(site)
  const other = await somebody({ tenant: 'QJ2', provider: 'RTG' })
  await handIn(other, 'workforce', await ownRows('workforce', 'RTG'))
  const [submission] = (await json(other, '/api/v1/submissions')).items
  const [run] = (await json(other, '/api/v1/runs')).items
  theirs = { submission: submission.id, run: run.id, scenario: run.scenario }
})

after(async () => {
  await browser?.close()
  await site?.stop()
})

const nobodys = '01a20786-1f72-76e0-a10a-9c4e135a9fa0'

/** An answer without what differs between any two: the time, the request's id, the id asked for. */
async function answer(page, path, id) {
  const got = await page.request.get(path.replace('ID', id))
  const headers = { ...got.headers() }
  delete headers.date
  delete headers['x-request-id']
  const text = (await got.text()).replaceAll(id, 'ID').replace(/"request_id":"[^"]*"/, '')
  return { status: got.status(), headers, text }
}

async function assertSame404(page, path, id) {
  const [hidden, absent] = [await answer(page, path, id), await answer(page, path, nobodys)]
  assert.equal(hidden.status, 404, path)
  assert.deepEqual(hidden, absent, path)
}

test("another provider's submission is the same 404 as none", async () => {
  const page = await somebody({ tenant: 'QJ2', provider: 'RY8' })
  const pages = ['ID', 'ID/progress', 'ID/problems.csv', 'ID/rows-to-mend.csv', 'ID/answers']
  for (const path of [...pages, 'ID/sign-off', 'ID/history', 'ID/differences']) {
    await assertSame404(page, `/submissions/${path}`, theirs.submission)
  }
  for (const path of ['ID', 'ID/problems']) {
    await assertSame404(page, `/api/v1/submissions/${path}`, theirs.submission)
  }
  await page.goto(`/submissions/${theirs.submission}`)
  await page.getByRole('heading', { name: 'Page not found' }).waitFor()
  await page.goto('/submissions')
  const owners = await page.locator('tbody tr td:nth-child(2)').allInnerTexts()
  assert.ok(owners.length > 0 && owners.every((owner) => owner === 'RY8'), owners.join())
})

test("another ICB's run, scenario and submission are the same 404 as none", async () => {
  const page = await somebody({ tenant: 'QZ9', role: 'icb_administrator' })
  for (const [kind, id] of Object.entries(theirs)) {
    await assertSame404(page, `/${kind}s/ID`, id)
    await assertSame404(page, `/api/v1/${kind}s/ID`, id)
  }
  await assertSame404(page, '/runs/ID/result.json', theirs.run)
})

test('a director cannot publish, and is told so', async () => {
  const page = await somebody({ tenant: 'QJ2', provider: 'RTG' })
  await page.getByRole('link', { name: 'Editions' }).first().click()
  await page.getByRole('heading', { name: 'Editions of the book' }).waitFor()
  assert.equal(await page.getByRole('button', { name: /Publish/ }).count(), 0)
  const [status] = await Promise.all([
    page.waitForResponse((got) => got.request().method() === 'POST').then((got) => got.status()),
    page.evaluate(() => {
      const form = document.createElement('form')
      Object.assign(form, { method: 'post', action: '/editions' })
      document.body.append(form)
      form.submit()
    })
  ])
  assert.equal(status, 403)
  await page.getByRole('heading', { name: 'You may not do this' }).waitFor()
  assert.equal((await json(page, '/api/v1/editions')).items.length, 1)
})

test('who is not signed in is sent to sign in, and comes back', async () => {
  const page = await browser.window()
  await page.goto('/value?view=whole-service')
  assert.match(page.url(), /\/sign-in\?next=%2Fvalue%3Fview%3Dwhole-service$/)
  assert.equal((await page.request.get('/api/v1/value')).status(), 401)
  const clinician = site.person({ role: 'clinical_lead', tenant: 'QJ2' })
  await signIn(page, clinician, '/value?view=whole-service')
  await page.getByRole('heading', { name: 'Value of every service' }).waitFor()
})

test('a form of another site is refused, though the person is signed in', async (t) => {
  const page = await somebody({ tenant: 'QJ2', role: 'icb_finance' })
  const scenarios = async () => (await json(page, '/api/v1/scenarios')).items.length
  const before = await scenarios()
  const foreign = [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }, {}]
  for (const headers of foreign) {
    const form = { name: 'Not ours', draws: '0' }
    const got = await page.request.post('/scenarios', { form, headers, maxRedirects: 0 })
    assert.equal(got.status(), 403, JSON.stringify(headers))
  }
  // A real page of another port: browsers send it the cookie, for ports are one site to them.
  const form = `<!DOCTYPE html><form method="post" action="${site.url}/scenarios">
    <input name="name" value="Not ours"><input name="draws" value="0"><button>Go</button></form>`
  const elsewhere = createServer((_, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(form)
  })
  await once(elsewhere.listen(0, '127.0.0.1'), 'listening')
  t.after(() => elsewhere.close().closeAllConnections())
  const lure = await page.context().newPage()
  await lure.goto(`http://127.0.0.1:${elsewhere.address().port}/`)
  const answered = lure.waitForResponse((got) => got.url() === `${site.url}/scenarios`)
  await lure.getByRole('button', { name: 'Go' }).click()
  const got = await answered
  assert.match((await got.request().allHeaders()).cookie ?? '', /valuebook=/)
  assert.equal(got.status(), 403)
  assert.equal(await scenarios(), before)
})
