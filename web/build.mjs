// Builds dist/ from styles/, src/ and assets/. The server embeds dist/ and serves it under /assets/.
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { compileAsync } from 'sass'

const icons = ['arrow-down', 'arrow-up', 'arrow-up-down', 'cross']

await rm('dist', { recursive: true, force: true })
await mkdir('dist/images', { recursive: true })

const styles = await compileAsync('styles/app.scss', {
  loadPaths: ['node_modules/nhsuk-frontend/dist/nhsuk'],
  quietDeps: true,
  style: 'compressed'
})
await writeFile('dist/app.css', styles.css)

await build({
  bundle: true,
  entryPoints: ['src/app.ts', 'src/explorer.ts'],
  format: 'esm',
  legalComments: 'linked',
  minify: true,
  outdir: 'dist',
  target: 'es2020'
})

await cp('assets', 'dist', { recursive: true })
for (const icon of icons) {
  const file = `images/nhsuk-icon-${icon}.svg`
  await cp(`node_modules/nhsuk-frontend/dist/nhsuk/assets/${file}`, `dist/${file}`)
}
