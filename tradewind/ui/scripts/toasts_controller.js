// The corner where news appears. The server says so by a `toast` event (HX-Trigger) with {text, tone};
// failures of a request bring their own sentence from the page, so that no wording stands here.
import { Controller } from "@hotwired/stimulus"

const SHOWN_MS = 6000

export default class extends Controller {
  static targets = ["item", "pattern"]
  static values = { unreachable: String, refused: String, failed: String, signedOut: String }

  connect() {
    this.on = [
      ["toast", ({ detail }) => this.show(detail.text, detail.tone)],
      ["htmx:sendError", () => this.show(this.unreachableValue, "bad")],
      ["htmx:timeout", () => this.show(this.unreachableValue, "bad")],
      ["htmx:responseError", ({ detail }) => this.show(this.sentenceFor(detail.xhr.status), "bad")],
    ]
    for (const [name, listener] of this.on) document.addEventListener(name, listener)
  }

  disconnect() {
    for (const [name, listener] of this.on) document.removeEventListener(name, listener)
  }

  sentenceFor(status) {
    if (status === 401) return this.signedOutValue
    return status === 403 || status === 404 ? this.refusedValue : this.failedValue
  }

  show(text, tone = "good") {
    const pattern = this.patternTargets.find((one) => one.dataset.for === tone) ?? this.patternTargets[0]
    const toast = pattern.content.firstElementChild.cloneNode(true)
    toast.querySelector("[data-text]").textContent = text
    this.element.append(toast)
  }

  itemTargetConnected(toast) {
    if (toast.dataset.tone === "bad") return
    let timer = setTimeout(() => toast.remove(), SHOWN_MS)
    toast.addEventListener("pointerenter", () => clearTimeout(timer))
    toast.addEventListener("pointerleave", () => (timer = setTimeout(() => toast.remove(), SHOWN_MS)))
  }

  close({ target }) {
    target.closest(".toast").remove()
  }
}
