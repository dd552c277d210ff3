// The command palette (⌘K): its entries are links the server has written; words narrow them, Enter follows.
// Entries with data-search take the words along as their query.
import { Controller } from "@hotwired/stimulus"

export default class extends Controller {
  static targets = ["input", "entry", "none"]

  open() {
    if (this.element.open) return
    this.inputTarget.value = ""
    this.element.showModal()
    this.inputTarget.focus()
    this.narrow()
  }

  narrow() {
    const words = plain(this.inputTarget.value)
    for (const entry of this.entryTargets) entry.hidden = !this.fits(entry, words)
    this.noneTarget.hidden = this.shown.length > 0
    this.choose(0)
  }

  fits(entry, words) {
    if (entry.dataset.search === undefined) return words.split(" ").every((word) => plain(entry.textContent).includes(word))
    entry.href = `${entry.dataset.search}?q=${encodeURIComponent(this.inputTarget.value.trim())}`
    entry.querySelector("[data-words]").textContent = this.inputTarget.value.trim()
    return words !== ""
  }

  key(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key]
    if (step) {
      event.preventDefault()
      this.choose(this.position + step)
    } else if (event.key === "Enter") {
      event.preventDefault()
      this.shown[this.position]?.click()
    }
  }

  choose(position) {
    const shown = this.shown
    this.position = shown.length ? (position + shown.length) % shown.length : 0
    const chosen = shown[this.position]
    for (const entry of this.entryTargets) entry.setAttribute("aria-selected", String(entry === chosen))
    chosen?.scrollIntoView({ block: "nearest" })
    this.inputTarget.setAttribute("aria-activedescendant", chosen?.id ?? "")
  }

  get shown() {
    return this.entryTargets.filter((entry) => !entry.hidden)
  }
}

/* Lower case without accents, so that "modelli" finds "Modèlli". */
function plain(text) {
  return text.normalize("NFD").replace(/\p{Mn}/gu, "").toLocaleLowerCase().trim()
}
