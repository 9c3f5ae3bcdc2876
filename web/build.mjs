// Builds dist/ from styles/, src/ and assets/. The server embeds dist/ and serves it under /assets/.
import { cp, mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { compileAsync } from 'sass'

const icons = ['arrow-down', 'arrow-up', 'arrow-up-down', 'cross']

// Built apart and put in place at the end: a server that reads dist/ never finds it half done.
const out = 'dist.new'
await rm(out, { recursive: true, force: true })
await mkdir(`${out}/images`, { recursive: true })

const styles = await compileAsync('styles/app.scss', {
  loadPaths: ['node_modules/nhsuk-frontend/dist/nhsuk'],
  quietDeps: true,
  style: 'compressed'
})
await writeFile(`${out}/app.css`, styles.css)

await build({
  bundle: true,
  entryPoints: ['src/app.ts', 'src/explorer.ts'],
  format: 'esm',
  legalComments: 'linked',
  minify: true,
  outdir: out,
  target: 'es2020'
})

await cp('assets', out, { recursive: true })
for (const icon of icons) {
  const file = `images/nhsuk-icon-${icon}.svg`
  await cp(`node_modules/nhsuk-frontend/dist/nhsuk/assets/${file}`, `${out}/${file}`)
}

await rm('dist', { recursive: true, force: true })
await rename(out, 'dist')
