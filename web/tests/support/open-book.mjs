// The open book: an edition with changes, shared lines, a dispute and a release to look at.
import { json, settled, signIn } from './browser.mjs'
import { ownRows } from './site.mjs'

/** Sends JSON to the API as whoever is signed in in this window. */
export async function send(page, path, data) {
  const answer = await page.request.post(`/api/v1${path}`, { data })
  if (!answer.ok()) {
    throw new Error(`${path}: ${answer.status()} ${await answer.text()}`)
  }
  return answer.json()
}

/** Waits until what lies at an address of the API is so. */
async function until(page, path, is) {
  for (let tries = 0; tries < 600; tries += 1) {
    const found = await json(page, `/api/v1${path}`)
    if (is(found)) {
      return found
    }
    await page.waitForTimeout(100)
  }
  throw new Error(`${path} did not become ready`)
}

/** Hands in a table, answers what is asked with one answer a rule, and signs it off. */
export async function signedOff(page, table, text) {
  const headers = { 'content-type': 'text/csv', 'sec-fetch-site': 'same-origin' }
  const sent = await page.request.post(`/api/v1/submissions?table=${table}`, { headers, data: text })
  const { id } = await sent.json()
  const { state } = await until(page, `/submissions/${id}`, (it) => it.state !== 'draft')
  if (state !== 'checked') {
    throw new Error(`${table} was not accepted: ${state}`)
  }
  const { queries } = await json(page, `/api/v1/submissions/${id}/answers`)
  const rules = new Map(queries.map(({ table, rule }) => [`${table} ${rule}`, { table, rule }]))
  if (rules.size > 0) {
    const answers = [...rules.values()].map((it) => ({ ...it, text: 'As it should be.' }))
    await send(page, `/submissions/${id}/answers`, { answers })
  }
  await send(page, `/submissions/${id}/sign-off`, {})
}

/** Publishes what is signed off; answers the number of the edition once it is valued. */
export async function published(page) {
  const { number } = await send(page, '/editions', {})
  await until(page, `/editions/${number}`, (it) => it.book_sha256)
  return number
}

/** Pages of the open book, each with something to show. */
export async function openBook(site, browser) {
  const people = {
    administrator: site.person({ role: 'icb_administrator' }),
    finance: site.person({ role: 'icb_finance' }),
    clinician: site.person({ role: 'clinical_lead' }),
    director: site.person({ provider: 'RFS' }),
    other: site.person({ provider: 'RY8' })
  }
  const window = async (as) => {
    const page = await browser.window()
    await signIn(page, as)
    return page
  }
  const [finance, director] = [await window(people.finance), await window(people.director)]
  const costs = await ownRows('costs', 'RFS')
  await signedOff(director, 'costs', costs.replace(/,(\d+)\.(\d\d),(plics|aggregate)/g, ',1$1.$2,$3'))
  const edition = await published(finance)

  const raise = async (page, service, proposed_value) => {
    const { id } = await send(page, '/disputes', {
      edition,
      service,
      table: 'costs',
      column: 'cost_gbp',
      claim: 'It counts the ward of another line twice.',
      evidence: 'Note 4 of the annual accounts, page 81.',
      proposed_value
    })
    await page.goto(`/disputes/${id}`)
    await settled(page)
    return `/disputes/${id}`
  }
  const dispute = await raise(director, 'RY8/A08', '4000000.00')
  const decided = await raise(director, 'RY8/A09', undefined).catch(() => dispute)
  const id = decided.split('/').pop()
  if (decided !== dispute) {
    const reason = 'The ward is counted once: see the ledger.'
    await send(finance, `/disputes/${id}/decision`, { state: 'rejected', reason })
  }
  const by = ['service', 'point_of_delivery']
  const purpose = "For the scrutiny committee's meeting in January"
  const release = await send(finance, '/releases', { purpose, by })
  await Promise.all([finance, director].map((page) => page.context().close()))

  const { administrator, clinician, other } = people
  const others = `/editions/${edition}/others`
  return [
    { name: 'edition', path: `/editions/${edition}`, as: people.finance },
    { name: 'edition-first', path: '/editions/1', as: people.director },
    { name: 'edition-clinical', path: `/editions/${edition}`, as: clinician },
    { name: 'agreement', path: '/agreement', as: clinician },
    { name: 'agreement-form', path: '/agreement', as: administrator },
    { name: 'others', path: others, as: people.director },
    { name: 'others-board', path: `${others}?sector=community&sort=-index`, as: people.finance },
    { name: 'disputes', path: '/disputes', as: people.finance },
    { name: 'disputes-none', path: '/disputes', as: site.person({ provider: 'RXM' }) },
    {
      name: 'dispute-new',
      path: `/disputes/new?edition=${edition}&service=RY8/A08`,
      as: other
    },
    { name: 'dispute', path: dispute, as: people.finance },
    { name: 'dispute-raised', path: dispute, as: people.director },
    { name: 'dispute-decided', path: decided, as: other },
    { name: 'releases', path: '/releases', as: people.finance },
    { name: 'release-new', path: '/releases/new', as: people.finance },
    { name: 'release', path: `/releases/${release.id}`, as: people.finance }
  ]
}
