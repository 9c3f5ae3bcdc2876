// Behaviours every page shares. Each page works without them.
// Before all others: some of them make markup as they load.
import './trusted'
import htmx from 'htmx.org'
import { Button, createAll, ErrorSummary, Header, Scroll, SkipLink } from 'nhsuk-frontend'

document.body.classList.add('js-enabled', 'nhsuk-frontend-supported')

createAll(Button)
createAll(ErrorSummary)
createAll(Header)
createAll(Scroll)
createAll(SkipLink)

// Neither generated code nor inline styles: the Content-Security-Policy forbids both.
htmx.config.allowEval = false
htmx.config.includeIndicatorStyles = false
htmx.config.allowScriptTags = false
