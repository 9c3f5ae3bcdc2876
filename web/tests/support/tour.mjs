// Every page of the service, each in a state worth looking at.
import { handIn, json, signIn, signOff, solve } from './browser.mjs'
import { openBook, send } from './open-book.mjs'
import { ownRows } from './site.mjs'

/**
 * Brings a fresh demonstration so far that every page has something to show.
 * Answers `[{ name, path, as }]`; `as` is a person, or nothing where nobody is signed in.
 */
export async function tour(site, browser) {
  const finance = site.person({ role: 'icb_finance' })
  const director = site.person({ provider: 'RY8' })
  const clinician = site.person({ role: 'clinical_lead' })
  const administrator = site.person({ role: 'icb_administrator' })
  const of = async (as, work) => {
    const page = await browser.window()
    await signIn(page, as)
    const path = await work(page)
    await page.context().close()
    return path
  }

  const shared = await openBook(site, browser)
  const own = (await ownRows('costs', 'RY8')).replace('3796000.00', '3800000.00')
  const wrong = own.replace('3800000.00', '3800000.005').replaceAll(',semi_fixed,', ',half,')
  const other = own.replace('3800000.00', '4800000.00').replace(/\nRY8,UTC,.*/, '')
  const here = (page) => new URL(page.url()).pathname
  const provider = of(director, async (page) => {
    const places = []
    for (const text of [wrong, own, other]) {
      await handIn(page, 'costs', text)
      places.push(here(page))
    }
    return places
  })
  const signed = of(site.person({ provider: 'RXM' }), async (page) => {
    const fewer = (await ownRows('workforce', 'RXM')).trimEnd().split('\n').slice(0, -1)
    await handIn(page, 'workforce', `${fewer.join('\n')}\n`)
    await signOff(page)
  })
  const board = of(finance, async (page) => {
    const places = []
    for (const name of ['Hold the total, follow value', 'Fifteen per cent less: no plan exists']) {
      await solve(page, name)
      places.push(here(page))
    }
    const back = page.getByRole('navigation', { name: 'Breadcrumb' }).locator('li a').last()
    return [...places, await back.getAttribute('href')]
  })
  const people = await of(administrator, async (page) => {
    const invite = (email, more) => send(page, '/users/invitations', { email, ...more })
    const analyst = { role: 'provider_analyst', provider: 'RY8' }
    const { link } = await invite('a.rather.long.address.of.somebody@derbyshire.example', analyst)
    const known = site.person({ role: 'viewer' }).email
    const { items } = await json(page, '/api/v1/users')
    const viewer = items.find(({ email }) => email === known)
    const gone = items.find(({ role, provider }) => role === 'provider_director' && provider === 'RTG')
    await send(page, `/users/${gone.id}/end`, {})
    return { link: new URL(link).pathname, viewer: viewer.id, gone: gone.id }
  })
  const [[refused, accepted, again], [result, infeasible, scenario]] =
    await Promise.all([provider, board, signed])

  return [
    ...shared,
    { name: 'sign-in', path: '/sign-in' },
    { name: 'start-finance', path: '/', as: finance },
    { name: 'start-director', path: '/', as: director },
    { name: 'start-clinical', path: '/', as: clinician },
    { name: 'submissions', path: '/submissions', as: director },
    { name: 'upload', path: '/submissions/new', as: director },
    { name: 'submission-refused', path: refused, as: director },
    { name: 'submission-accepted', path: accepted, as: director },
    { name: 'submission-rows', path: `${refused}?severity=refuse`, as: director },
    { name: 'answers', path: `${accepted}/answers`, as: director },
    {
      name: 'answers-rows',
      path: `${accepted}/answers?table=costs&rule=costs.unit_cost`,
      as: director
    },
    { name: 'signing', path: `${accepted}/sign-off`, as: director },
    { name: 'versions', path: `${accepted}/history`, as: director },
    { name: 'differences', path: `${again}/differences`, as: director },
    { name: 'formats', path: '/formats', as: director },
    { name: 'format', path: '/formats/costs', as: director },
    { name: 'editions', path: '/editions', as: finance },
    { name: 'value', path: '/value', as: finance },
    { name: 'value-filtered', path: '/value?view=whole-service&sector=community', as: finance },
    { name: 'service', path: '/value/RY8/A08', as: clinician },
    { name: 'service-two-mappings', path: '/value/RXM/IAPT', as: finance },
    { name: 'service-dear', path: '/value/RY8/N08', as: director },
    { name: 'rows', path: '/value/RTG/110H/rows', as: clinician },
    { name: 'method', path: '/value/method', as: clinician },
    { name: 'doubt', path: '/value/doubt', as: finance },
    { name: 'benchmarks', path: '/value/benchmarks', as: finance },
    { name: 'benchmarks-adjusted', path: '/value/benchmarks?basis=adjusted', as: finance },
    { name: 'benchmarks-own', path: '/value/benchmarks', as: director },
    { name: 'equity', path: '/value/equity', as: finance },
    { name: 'equity-weighted', path: '/value/equity?weights=atkinson', as: finance },
    { name: 'need', path: '/value/need', as: finance },
    { name: 'service-not-assessable', path: '/value/RY8/OTHER', as: clinician },
    { name: 'scenarios', path: '/scenarios', as: finance },
    { name: 'scenario', path: scenario, as: finance },
    { name: 'scenario-new', path: '/scenarios/new', as: finance },
    { name: 'run', path: result, as: finance },
    { name: 'run-infeasible', path: infeasible, as: finance },
    { name: 'people', path: '/people', as: administrator },
    { name: 'people-director', path: '/people', as: director },
    { name: 'person', path: `/people/${people.viewer}`, as: administrator },
    { name: 'person-ended', path: `/people/${people.gone}`, as: administrator },
    { name: 'invite', path: '/people/invite', as: administrator },
    { name: 'invite-director', path: '/people/invite', as: director },
    { name: 'invitation', path: people.link },
    { name: 'start-analyst', path: '/', as: site.person({ role: 'provider_analyst' }) },
    { name: 'start-viewer', path: '/', as: site.person({ role: 'viewer' }) },
    { name: 'audit', path: '/audit', as: site.person({ role: 'icb_administrator' }) },
    { name: 'glossary', path: '/glossary', as: finance },
    { name: 'forbidden', path: '/submissions', as: clinician },
    { name: 'not-found', path: '/scenarios/no-such-scenario', as: finance }
  ]
}

/** Shows each page at each size to `look`, in one window a person. */
export async function visit(browser, pages, sizes, options, look) {
  const windows = new Map()
  for (const { name, path, as } of pages) {
    if (!windows.has(as)) {
      const page = await browser.window(options)
      if (as) {
        await signIn(page, as)
      }
      windows.set(as, page)
    }
    const page = windows.get(as)
    for (const size of sizes) {
      await page.setViewportSize(size)
      await page.goto(path)
      await look(page, name, size)
    }
  }
  for (const page of windows.values()) {
    await page.context().close()
  }
}
