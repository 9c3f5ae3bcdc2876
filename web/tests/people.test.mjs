// People of an ICB: invited by a link, signed in, changed, ended and refused. With JavaScript and
// without it the same.
import assert from 'node:assert/strict'
import { createRequire } from 'node:module'
import { after, before, test } from 'node:test'
import { json, openBrowser, phone, signIn, signOut } from './support/browser.mjs'
import { startSite } from './support/site.mjs'

const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')
const password = 'several words are good'

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
const press = (page, name) => page.getByRole('button', { name, exact: true }).click()
const follow = (page, name) => page.getByRole('link', { name, exact: true }).first().click()

async function somebody(wanted, options) {
  const page = await browser.window(options)
  await signIn(page, site.person(wanted))
  return page
}

/** Where scripts run: no fault that axe finds on the page as it stands. */
async function withoutFault(page, options) {
  if (options.javaScriptEnabled === false) {
    return
  }
  await page.addScriptTag({ path: axe })
  const { violations } = await page.evaluate(() => globalThis.axe.run(document))
  assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].target}`), [], page.url())
}

/** Opens the link that is shown once, in a window of its own. */
async function openLink(page, options) {
  const link = await page.getByLabel('The link').inputValue()
  assert.match(link, /^http:\/\/127\.0\.0\.1:\d+\/invitation\/[0-9a-f]{64}$/)
  const guest = await browser.window(options)
  await guest.goto(new URL(link).pathname)
  return { guest, link: new URL(link).pathname }
}

async function tries(page, email, secret) {
  await page.goto('/sign-in')
  await page.getByLabel('Email address').fill(email)
  await page.getByLabel('Password').fill(secret)
  await press(page, 'Sign in')
}

const ways = [
  ['with JavaScript', { bypassCSP: true }, 'ada'],
  ['without JavaScript, on a phone', { javaScriptEnabled: false, viewport: phone }, 'bea']
]

for (const [way, options, name] of ways) {
  test(`from an invitation to the end of a membership, ${way}`, async (t) => {
    const director = await somebody({ role: 'provider_director', provider: 'RXM' }, options)
    const administrator = await somebody({ role: 'icb_administrator' }, options)
    const email = `${name}@rxm.example`
    let guest
    let link

    await t.test('a director invites an analyst, and nobody else', async () => {
      await director.goto('/people')
      await press(director, 'Invite somebody')
      await withoutFault(director, options)
      assert.equal(await director.getByRole('radio').count(), 0, 'there is no choice of roles')
      await press(director, 'Make the link')
      await director.getByText('There is a problem').waitFor()
      await director.getByLabel('Email address').fill(email)
      await press(director, 'Make the link')
      await director.getByRole('heading', { name: `Link for ${email}` }).waitFor()
      await withoutFault(director, options);
      ({ guest, link } = await openLink(director, options))
      await follow(director, 'Go to people')
      const row = director.getByRole('row', { name: new RegExp(email) })
      await row.getByRole('button', { name: /^Withdraw/ }).waitFor()
      assert.ok(!(await director.content()).includes(link), 'the link is shown once')
    })

    await t.test('the link makes an account, once', async () => {
      assert.match(await answer(guest), /^You are invited as a provider analyst of RXM; /)
      await withoutFault(guest, options)
      await guest.getByLabel('Your name').fill('Ada <b>Lovelace</b>')
      await guest.getByLabel('New password').fill(password)
      await guest.getByLabel('The same password again').fill('another one')
      await press(guest, 'Accept the invitation')
      await guest.getByText('There is a problem').waitFor()
      assert.equal(await guest.getByLabel('Your name').inputValue(), 'Ada <b>Lovelace</b>')
      await withoutFault(guest, options)
      await guest.getByLabel('New password').fill(password)
      await guest.getByLabel('The same password again').fill(password)
      await press(guest, 'Accept the invitation')
      await guest.waitForURL('**/sign-in')
      assert.equal((await guest.request.get(link)).status(), 404)
    })

    await t.test('the analyst signs in and finds what is theirs', async () => {
      await signIn(guest, { email, password })
      await guest.getByRole('heading', { name: 'What is waiting for you' }).waitFor()
      assert.equal((await json(guest, '/api/v1/me')).role, 'provider_analyst')
      const menu = guest.getByRole('navigation', { name: 'Menu' })
      assert.equal(await menu.getByRole('link', { name: 'Submissions' }).count(), 1)
      assert.equal(await menu.getByRole('link', { name: /^(Disputes|Releases|People)$/ }).count(), 0)
      assert.equal((await guest.request.get('/people')).status(), 403)
    })

    await t.test('an administrator changes the role, and the open page follows', async () => {
      await administrator.goto('/people')
      await withoutFault(administrator, options)
      const row = administrator.getByRole('row', { name: new RegExp(email) })
      await row.getByRole('link', { name: 'Ada <b>Lovelace</b>' }).click()
      await withoutFault(administrator, options)
      await administrator.getByLabel('Viewer', { exact: true }).check()
      await press(administrator, 'Change the role')
      await administrator.getByText('is a viewer and can sign in.').waitFor()
      await guest.goto('/')
      assert.equal((await guest.request.get('/submissions')).status(), 403)
    })

    await t.test('a membership that is ended signs out at once', async () => {
      await press(administrator, 'End the membership')
      await administrator.getByText(/can no longer sign in; what they did stays on record/).waitFor()
      await guest.goto('/value')
      await guest.waitForURL(/\/sign-in/)
      await tries(guest, email, password)
      await guest.getByText('The email address or the password is not right').first().waitFor()
    })

    await t.test('a membership that is restored lets in again', async () => {
      await press(administrator, 'Restore the membership')
      await administrator.getByText('is a viewer and can sign in.').waitFor()
      await signIn(guest, { email, password })
      await signOut(guest)
    })

    await t.test('nobody ends themself, and an open invitation is withdrawn', async () => {
      await administrator.goto('/people')
      await administrator.getByRole('link', { name: /\(you\)$/ }).click()
      await administrator.getByText('This is you.').waitFor()
      assert.equal(await administrator.getByRole('button', { name: /membership|role/ }).count(), 0)
      await administrator.goto('/people/invite')
      await administrator.getByLabel('Email address').fill(`late.${email}`)
      await administrator.getByLabel('Clinical lead', { exact: true }).check()
      await press(administrator, 'Make the link')
      const late = await openLink(administrator, options)
      await late.guest.getByRole('heading', { name: /^Join NHS Derby/ }).waitFor()
      await administrator.goto('/people')
      await administrator.getByRole('button', { name: `Withdraw the invitation of late.${email}` }).click()
      await administrator.waitForURL('**/people')
      await late.guest.reload()
      await late.guest.getByRole('heading', { name: 'Page not found' }).waitFor()
      await late.guest.context().close()
    })

    for (const page of [director, administrator, guest]) {
      assert.deepEqual(page.complaints, [])
      await page.context().close()
    }
  })
}
