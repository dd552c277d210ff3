// Everything by keyboard: / searches, j and k move through rows, ⌘K opens the palette, ? lists the keys.
import { Controller } from "@hotwired/stimulus"

const TYPING = "input, textarea, select, [contenteditable='true']"

export default class extends Controller {
  key(event) {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === "k") return this.openPalette(event)
    if (event.metaKey || event.ctrlKey || event.altKey || event.target.matches(TYPING)) return
    if (document.querySelector("dialog[open]")) return
    const act = { "/": "search", j: "next", k: "previous", "?": "help" }[event.key]
    if (act && this[act]()) event.preventDefault()
  }

  openPalette(event) {
    event?.preventDefault()
    document.getElementById("palette")?.dispatchEvent(new CustomEvent("palette:open"))
  }

  search() {
    const field = document.querySelector("main input[type='search']")
    if (!field) this.openPalette()
    field?.focus()
    field?.select()
    return true
  }

  next() {
    return this.move(1)
  }

  previous() {
    return this.move(-1)
  }

  move(step) {
    const links = [...document.querySelectorAll("main [data-row]")].map((row) => row.querySelector("a[href], button") ?? row)
    if (links.length === 0) return false
    const here = links.findIndex((link) => link === document.activeElement)
    const next = here < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(here + step, 0), links.length - 1)
    links[next].focus()
    links[next].scrollIntoView({ block: "nearest" })
    return true
  }

  help() {
    document.getElementById("keys")?.showModal()
    return true
  }
}
