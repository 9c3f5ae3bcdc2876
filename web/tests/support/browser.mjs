// Chromium, and what people do in it on any page.
import { chromium } from 'playwright-core'

const arguments_ = [
  '--no-sandbox',
  '--disable-dev-shm-usage',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run'
]

export const desktop = { width: 1280, height: 800 }
export const phone = { width: 390, height: 844 }
export const projector = { width: 1920, height: 1080 }

/** A browser that opens windows on a site; every window has cookies of its own. */
export async function openBrowser(site) {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: arguments_ })
  return {
    close: () => browser.close(),
    /** A new window; `complaints` gathers what the browser complained of in it. */
    async window(options = {}) {
      const given = { baseURL: site.url, viewport: desktop, locale: 'en-GB', ...options }
      const context = await browser.newContext(given)
      context.setDefaultTimeout(20_000)
      const page = await context.newPage()
      const complaints = []
      page.on('pageerror', (error) => complaints.push(String(error)))
      page.on('console', (message) => {
        // An answer that is not 200 is named as well; the tests look at those themselves.
        if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
          complaints.push(message.text())
        }
      })
      return Object.assign(page, { complaints })
    }
  }
}

/** Signs in by the form; ends on the page that was asked for. */
export async function signIn(page, user, next = '/') {
  await page.goto(next)
  await page.getByLabel('Email address').fill(user.email)
  await page.getByLabel('Password').fill(user.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((url) => url.pathname === new URL(next, url).pathname)
}

export async function signOut(page) {
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.waitForURL('**/sign-in')
}

/** Hands in a table through the form; ends on its page, once it is checked. */
export async function handIn(page, table, text) {
  const file = { name: `${table}.csv`, mimeType: 'text/csv', buffer: Buffer.from(text) }
  await handInFile(page, table, file)
}

/** The same with any file; `workbook` where it holds several tables. */
export async function handInFile(page, choice, file) {
  await page.goto('/submissions/new')
  await page.locator(`input[name=table][value=${choice}]`).check()
  await page.getByLabel('The file').setInputFiles(file)
  await page.getByRole('button', { name: 'Hand in', exact: true }).click()
  await page.waitForURL(/\/submissions\/[0-9a-f-]{36}(\?same=yes)?$/)
  await settled(page)
}

/** From a submission's page: answers what is asked, one answer for every row of a rule. */
export async function answerAll(page, text) {
  await page.getByRole('button', { name: 'Answer the questions' }).click()
  const open = page.locator('section', { hasText: 'Not answered' })
  while (await open.count() > 0) {
    await open.first().getByRole('textbox').fill(text)
    await open.first().getByRole('button', { name: 'Save the answer' }).click()
    await page.waitForURL(/\/answers$/)
  }
  await page.getByText('Every question is answered.').waitFor()
  await page.getByRole('link', { name: /^Back to / }).last().click()
}

/** From a submission's page: looks at what others will see, and signs off. */
export async function signOff(page) {
  await page.getByRole('button', { name: 'Look before you sign' }).click()
  await page.getByRole('button', { name: 'Sign off this version' }).click()
  await page.getByText('Signed off by you on').waitFor()
}

/** Waits until nothing on the page is still being computed. */
export async function settled(page) {
  await page.locator('main:not(:has(#progress))').waitFor({ timeout: 60_000 })
}

/** Starts a run of a scenario from its page; ends on the result. */
export async function solve(page, scenario) {
  await page.goto('/scenarios')
  await page.getByRole('link', { name: scenario, exact: true }).first().click()
  await page.getByRole('button', { name: 'Solve on the latest edition' }).click()
  await page.waitForURL(/\/runs\/[0-9a-f-]{36}$/)
  await settled(page)
}

/** The JSON of the API for whoever is signed in in this window. */
export async function json(page, path) {
  const answer = await page.request.get(path)
  if (!answer.ok()) {
    throw new Error(`${path}: ${answer.status()} ${await answer.text()}`)
  }
  return answer.json()
}
