// Walks the triangles of a value chart with a slider or the arrow keys, best first, and says each
// aloud. Every triangle carries its sentence as its <title> and the address of its page.

const chosen = 'vb-is-chosen'

function walk(explorer: HTMLElement): void {
  const marks = [...explorer.querySelectorAll<SVGGElement>('[data-mark]')]
  const panel = explorer.querySelector<HTMLElement>('[data-explorer-panel]')
  const slider = explorer.querySelector<HTMLInputElement>('[data-explorer-slider]')
  const spoken = explorer.querySelector<HTMLElement>('[data-explorer-said]')
  const link = explorer.querySelector<HTMLAnchorElement>('[data-explorer-link]')
  if (marks.length === 0 || !panel || !slider || !spoken || !link) {
    return
  }

  const choose = (index: number): void => {
    const mark = marks[index]
    if (!mark) {
      return
    }
    for (const other of explorer.querySelectorAll(`.${chosen}`)) {
      other.classList.remove(chosen)
    }
    mark.classList.add(chosen)
    const sentence = mark.querySelector('title')?.textContent ?? ''
    spoken.textContent = sentence
    slider.value = String(index + 1)
    slider.setAttribute('aria-valuetext', `${index + 1} of ${marks.length}`)
    link.href = mark.dataset.href ?? '#'
    link.hidden = !mark.dataset.href
  }

  slider.max = String(marks.length)
  slider.addEventListener('input', () => choose(Number(slider.value) - 1))
  explorer.addEventListener('click', (event) => {
    const mark = event.target instanceof Element ? event.target.closest('[data-mark]') : null
    const index = marks.findIndex((other) => other === mark)
    choose(index)
  })
  // While the panel is hidden, nothing is said aloud.
  choose(0)
  panel.hidden = false
}

for (const explorer of document.querySelectorAll<HTMLElement>('[data-explorer]')) {
  walk(explorer)
}
