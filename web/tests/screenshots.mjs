// Writes a picture of every page at three widths into web/screenshots, to be looked at.
import { mkdir, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { desktop, openBrowser, phone, projector } from './support/browser.mjs'
import { startSite } from './support/site.mjs'
import { tour, visit } from './support/tour.mjs'

const folder = resolve(import.meta.dirname, '../screenshots')
await rm(folder, { recursive: true, force: true })
await mkdir(folder, { recursive: true })

const site = await startSite()
const browser = await openBrowser(site)
try {
  const pages = await tour(site, browser)
  await visit(browser, pages, [desktop, phone, projector], {}, async (page, name, { width }) => {
    await page.screenshot({ path: join(folder, `${name}-${width}.png`), fullPage: true })
  })
  console.log(`${pages.length} pages at three widths in ${folder}`)
} finally {
  await browser.close()
  await site.stop()
}
