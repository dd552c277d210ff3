// Says whether the stream of a page is open, and after a gap lets every part of the page fetch itself once.
// On the element that has sse-connect; `state` targets show one of: connecting, live, reconnecting.
import { Controller } from "@hotwired/stimulus"
import htmx from "./htmx.js"

export default class extends Controller {
  static targets = ["state"]

  connect() {
    this.broken = false
    this.opened = () => this.open()
    this.failed = () => this.fail()
    this.gap = ({ detail }) => detail.address === this.element.getAttribute("sse-connect") && this.fail()
    document.addEventListener("live:gap", this.gap)
    this.element.addEventListener("htmx:sseOpen", this.opened)
    this.element.addEventListener("htmx:sseError", this.failed)
  }

  disconnect() {
    document.removeEventListener("live:gap", this.gap)
    this.element.removeEventListener("htmx:sseOpen", this.opened)
    this.element.removeEventListener("htmx:sseError", this.failed)
  }

  stateTargetConnected(element) {
    element.dataset.state = this.state ?? "connecting"
  }

  open() {
    this.show("live")
    if (this.broken) this.catchUp()
    this.broken = false
  }

  fail() {
    this.broken = true
    this.show("reconnecting")
  }

  show(state) {
    this.state = state
    for (const element of this.stateTargets) element.dataset.state = state
  }

  catchUp() {
    for (const element of this.element.querySelectorAll("[hx-trigger*='sse:']")) {
      const name = element.getAttribute("hx-trigger").match(/sse:[\w:-]+/)[0]
      htmx.trigger(element, name)
    }
  }
}
