// Puts a text on the clipboard and says so: data-copy-text-value, data-copy-said-value.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  static values = { text: String, said: String }

  async copy() {
    await navigator.clipboard.writeText(this.textValue)
    document.dispatchEvent(new CustomEvent("toast", { detail: { text: this.saidValue, tone: "good" } }))
  }
}
