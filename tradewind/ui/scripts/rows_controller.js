// A click anywhere on a row with data-href follows the row; links and buttons inside it keep their own meaning.
import { Controller } from "@hotwired/stimulus"

const OWN_MEANING = "a, button, input, select, textarea, label, summary, [data-opens]"

export default class extends Controller {
  follow(event) {
    const row = event.target.closest("[data-href]")
    if (!row || event.target.closest(OWN_MEANING) || getSelection().toString()) return
    if (event.metaKey || event.ctrlKey) window.open(row.dataset.href)
    else location.assign(row.dataset.href)
  }
}
