// A <details> that behaves as a menu: arrows move, Escape and a click elsewhere close it.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  connect() {
    this.outside = ({ target }) => {
      if (!this.element.contains(target)) this.element.open = false
    }
    document.addEventListener("click", this.outside)
  }

  disconnect() {
    document.removeEventListener("click", this.outside)
  }

  key(event) {
    if (event.key === "Escape" && this.element.open) this.leave(event)
    if (event.key === "ArrowDown" || event.key === "ArrowUp") this.move(event, event.key === "ArrowDown" ? 1 : -1)
  }

  leave(event) {
    event.stopPropagation()
    this.element.open = false
    this.element.querySelector("summary").focus()
  }

  move(event, step) {
    event.preventDefault()
    this.element.open = true
    const items = [...this.element.querySelectorAll(".menu-item")]
    const next = items.indexOf(document.activeElement) + step
    items[(next + items.length) % items.length]?.focus()
  }
}
