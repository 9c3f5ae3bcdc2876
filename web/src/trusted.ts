// How text becomes markup: the Content-Security-Policy lets nothing else do it. Fragments come from
// our own pages and hold no scripts; a text that does is refused, and nothing ever becomes code.

const scripts = /<\s*script/i

interface Policies {
  createPolicy(name: string, rules: { createHTML: (text: string) => string }): unknown
}

const { trustedTypes } = globalThis as { trustedTypes?: Policies }

trustedTypes?.createPolicy('default', {
  createHTML(text) {
    if (scripts.test(text)) {
      throw new TypeError('A fragment holds a script.')
    }
    return text
  }
})
